//! A `metadata.yaml` for Datasette 0.65 (docs.datasette.io/en/stable/metadata.html), from the words of the schema.

use super::OWN;
use crate::archive::{Table, TableKind};

/// How Datasette shows a table or a view.
struct Shown {
    name: &'static str,
    /// Setting and value: a column, a list of columns, a table, or a number.
    settings: &'static [(&'static str, &'static str)],
}

/// Labels stand where a foreign key leads to a row; search boxes are found by themselves over tables, not over views. Orders and
/// facets are those that an index gives.
const SHOWN: &[Shown] = &[
    Shown {
        name: "shows",
        settings: &[("label_column", "slug"), ("sort", "slug"), ("facets", "state, language")],
    },
    Shown {
        name: "episodes",
        settings: &[
            ("label_column", "title"),
            ("sort_desc", "published_at"),
            ("facets", "show_id"),
            ("size", "20"),
        ],
    },
    Shown { name: "segments", settings: &[("label_column", "title"), ("facets", "kind"), ("size", "20")] },
    Shown { name: "links", settings: &[("label_column", "target_url"), ("facets", "in_boilerplate")] },
    Shown { name: "people", settings: &[("label_column", "name"), ("sort", "name")] },
    Shown { name: "credits", settings: &[("facets", "role, source")] },
    Shown { name: "sponsors", settings: &[("label_column", "name"), ("facets", "name")] },
    Shown { name: "resources", settings: &[("label_column", "url"), ("facets", "kind, role")] },
    Shown { name: "downloads", settings: &[("sort_desc", "id"), ("facets", "outcome")] },
    Shown { name: "files", settings: &[("label_column", "path"), ("facets", "kind, state, media_type")] },
    Shown { name: "chapters", settings: &[("label_column", "title"), ("facets", "source")] },
    Shown {
        name: "runs",
        settings: &[("label_column", "started_at"), ("sort_desc", "id"), ("facets", "command, outcome")],
    },
    Shown {
        name: "fetches",
        settings: &[("label_column", "started_at"), ("sort_desc", "id"), ("facets", "outcome")],
    },
    Shown { name: "feed_warnings", settings: &[("sort_desc", "id")] },
    Shown { name: "documents", settings: &[("label_column", "sha256"), ("size", "20")] },
    Shown { name: "changes", settings: &[("sort_desc", "id"), ("facets", "field")] },
    Shown {
        name: "episode_list",
        settings: &[("fts_table", "episodes_fts"), ("fts_pk", "episode_id"), ("facets", "show")],
    },
    Shown {
        name: "segment_list",
        settings: &[("fts_table", "segments_fts"), ("fts_pk", "segment_id"), ("size", "20")],
    },
    Shown { name: "link_list", settings: &[("fts_table", "links_fts"), ("fts_pk", "link_id")] },
    Shown {
        name: "transcript_list",
        settings: &[("fts_table", "transcript_cues_fts"), ("fts_pk", "cue_id")],
    },
    Shown { name: "domain_list", settings: &[("sort_desc", "links"), ("facets", "year")] },
    Shown { name: "credit_list", settings: &[("facets", "role")] },
    Shown { name: "change_list", settings: &[("sort_desc", "change_id"), ("facets", "field")] },
    Shown { name: "download_list", settings: &[("sort_desc", "download_id"), ("facets", "outcome")] },
    Shown { name: "fetch_list", settings: &[("sort_desc", "fetch_id"), ("facets", "outcome")] },
];

/// What full-text search keeps of each of its tables (sqlite.org/fts5.html#fts5_data_structures).
const SHADOWS: &[&str] = &["config", "data", "docsize", "idx"];

/// The text of the file.
pub(super) fn metadata(tables: &[Table]) -> String {
    let mut text = "title: castkeep\n\
        description: Podcasts, kept - every episode, its audio, its show notes as rows\n\
        databases:\n  archive:\n    tables:\n"
        .to_owned();
    for table in tables {
        match table.kind {
            TableKind::Search => text += &search(table),
            TableKind::Table | TableKind::View => text += &entry(table),
        }
    }
    text
}

/// Search boxes say what there is to say of a search table.
fn search(table: &Table) -> String {
    let name = &table.name;
    let shadows = SHADOWS.iter().filter(|_| !table.columns.is_empty());
    let shadows = shadows.map(|shadow| format!("{name}_{shadow}"));
    [name.clone()]
        .into_iter()
        .chain(shadows)
        .map(|name| format!("      {name}:\n        hidden: true\n"))
        .collect()
}

fn entry(table: &Table) -> String {
    let mut text = format!("      {}:\n        description: {}\n", table.name, quoted(&table.about));
    if OWN.contains(&table.name.as_str()) {
        text += "        hidden: true\n";
    }
    let shown = SHOWN.iter().find(|shown| shown.name == table.name);
    for (key, value) in shown.map(|shown| shown.settings).unwrap_or_default() {
        text += &setting(key, value);
    }
    let told = table.columns.iter().filter(|column| !column.about.is_empty());
    let columns: String =
        told.map(|column| format!("          {}: {}\n", column.name, quoted(&column.about))).collect();
    if columns.is_empty() { text } else { text + "        columns:\n" + &columns }
}

fn setting(key: &str, value: &str) -> String {
    if key == "facets" {
        return format!("        facets: [{value}]\n");
    }
    format!("        {key}: {value}\n")
}

/// A text in double quotes, in which YAML takes the escapes of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::schema;

    #[test]
    fn it_names_only_what_is_there() {
        let schema = schema();
        for shown in SHOWN {
            let table = schema.iter().find(|table| table.name == shown.name).unwrap();
            assert_ne!(table.kind, TableKind::Search);
            for (key, value) in shown.settings {
                if *key == "fts_table" {
                    assert!(schema.iter().any(|table| table.name == *value), "{value}");
                } else if *key != "size" {
                    let are_there =
                        value.split(", ").all(|name| table.columns.iter().any(|column| column.name == name));
                    assert!(are_there, "{}: {key}: {value}", shown.name);
                }
            }
        }
    }
}
