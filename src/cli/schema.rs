//! `castkeep schema`

mod datasette;

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::failure::Usage;
use crate::archive::{SCHEMA, Table, TableKind, schema};
use crate::model::nearest;
use crate::report::table;

const HELP: &str = "Examples:\n\
\x20 castkeep schema\n\
\x20 castkeep schema episode_list link_list\n\
\x20 castkeep schema --sql episodes";

/// Tell what the tables, views and columns of an archive mean
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Schema {
    /// Of these tables and views; else the list of all
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
    /// The SQL that makes them, as it is
    #[arg(long, conflicts_with = "format")]
    sql: bool,
    /// A metadata.yaml for Datasette, which then shows these words beside the columns
    #[arg(long, conflicts_with_all = ["tables", "sql", "format"])]
    datasette: bool,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Schema {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        write!(stdout(), "{}", self.text()?)?;
        Ok(ExitCode::SUCCESS)
    }

    fn text(&self) -> anyhow::Result<String> {
        if self.datasette {
            return Ok(datasette::metadata(&schema()));
        }
        if self.tables.is_empty() && self.sql {
            return Ok(SCHEMA.to_owned());
        }
        let tables = if self.tables.is_empty() { schema() } else { named(&self.tables)? };
        Ok(match self.format {
            Format::Json => serde_json::to_string_pretty(&tables)? + "\n",
            Format::Text if self.sql => joined(&tables, |table| format!("{}\n", table.sql)),
            Format::Text if self.tables.is_empty() => list(&tables),
            Format::Text => joined(&tables, page),
        })
    }
}

/// The list of what there is, or what stands of those that are named, as text.
pub(super) fn tell(names: &[String]) -> anyhow::Result<String> {
    Ok(if names.is_empty() { list(&schema()) } else { joined(&named(names)?, page) })
}

fn named(names: &[String]) -> Result<Vec<Table>, Usage> {
    let all = schema();
    let find = |name: &String| {
        let found = all.iter().find(|table| table.name.eq_ignore_ascii_case(name));
        found.cloned().ok_or_else(|| unknown(name, &all))
    };
    names.iter().map(find).collect()
}

fn unknown(name: &str, all: &[Table]) -> Usage {
    let near = nearest(name, all.iter().map(|table| table.name.as_str()));
    let hint = near.map_or("castkeep schema lists them".to_owned(), |near| format!("did you mean {near}?"));
    Usage { message: format!("there is no table or view {name}"), hint: Some(hint) }
}

fn joined(tables: &[Table], text: impl Fn(&Table) -> String) -> String {
    tables.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// castkeep's own books: what people ask of them, other tables and views tell better.
const OWN: &[&str] = &[
    "notes_readings",
    "domain_counts",
    "hosts",
    "segments_terms",
    "unspaced",
    "unspaced_fts",
    "unspaced_terms",
];

/// The views that are for people, by name.
pub(super) fn views() -> Vec<String> {
    let is_for_people = |table: &Table| table.kind == TableKind::View && !OWN.contains(&table.name.as_str());
    schema().into_iter().filter(is_for_people).map(|table| table.name).collect()
}

/// By what they are for.
const GROUPS: &[(Option<TableKind>, &str)] = &[
    (Some(TableKind::View), "Views, which answer most questions:"),
    (Some(TableKind::Table), "Tables:"),
    (Some(TableKind::Search), "For words:"),
    (None, "castkeep's own books:"),
];

/// A line for each.
fn list(tables: &[Table]) -> String {
    let width = tables.iter().map(|table| table.name.len()).max().unwrap_or(0);
    let group_of = |table: &Table| (!OWN.contains(&table.name.as_str())).then_some(table.kind);
    let group = |(kind, heading): &(Option<TableKind>, &str)| {
        let members = tables.iter().filter(|table| group_of(table) == *kind);
        let lines =
            members.map(|table| format!("  {:width$}  {}\n", table.name, first_sentence(&table.about)));
        format!("{heading}\n{}", lines.collect::<String>())
    };
    GROUPS.iter().map(group).collect::<Vec<_>>().join("\n")
}

fn first_sentence(text: &str) -> &str {
    text.find(". ").and_then(|end| text.get(..=end)).unwrap_or(text)
}

/// All about one.
fn page(of: &Table) -> String {
    let kind = match of.kind {
        TableKind::Table => "table",
        TableKind::View => "view",
        TableKind::Search => "search table",
    };
    let mut text = format!("{} ({kind}): {}\n", of.name, of.about);
    if !of.columns.is_empty() {
        text += "\n";
        text += &columns(of);
    }
    if !of.indexes.is_empty() {
        text += &format!(
            "\nIndexes:\n{}",
            of.indexes.iter().map(|index| format!("  {index}\n")).collect::<String>()
        );
    }
    text
}

fn columns(of: &Table) -> String {
    let is_table = of.kind == TableKind::Table;
    let rows = of.columns.iter().map(|column| {
        let about = match &column.references {
            Some(to) => format!("{} ({}.{})", column.about, to.table, to.column),
            None => column.about.clone(),
        };
        let null = if column.is_null { "null" } else { "" };
        match &column.kind {
            Some(kind) if is_table => vec![column.name.clone(), kind.clone(), null.to_owned(), about],
            _ => vec![column.name.clone(), about],
        }
    });
    let header: &[&str] =
        if is_table { &["column", "type", "or", "meaning"] } else { &["column", "meaning"] };
    table(header, &rows.collect::<Vec<_>>(), &[])
}
