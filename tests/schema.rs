//! `castkeep schema`: what an archive holds, told without one.

mod support;

use support::scene::Scene;

fn told(args: &[&str]) -> String {
    let ran = Scene::configured("").run(&[&["schema"], args].concat());
    ran_well(&ran);
    ran.stdout
}

#[track_caller]
fn ran_well(ran: &support::scene::Ran) {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn the_list_names_everything_once() {
    let list = told(&[]);
    let schema = std::fs::read_to_string("schema.sql").unwrap();
    let starts = ["CREATE TABLE ", "CREATE VIEW ", "CREATE VIRTUAL TABLE "];
    let names = schema.lines().filter_map(|line| starts.iter().find_map(|start| line.strip_prefix(start)));
    let mut names: Vec<_> = names.map(|rest| rest.split(' ').next().unwrap()).collect();
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    let mut listed: Vec<_> = lines.map(|line| line.split(' ').next().unwrap()).collect();
    names.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, names);
    assert!(
        list.lines().filter(|line| line.starts_with(' ')).all(|line| line.split_whitespace().count() > 2)
    );
}

#[test]
fn a_page_tells_a_row_its_columns_and_its_indexes() {
    assert_eq!(
        told(&["people", "CREDITS"]),
        "people (table): A person, under the name as written.\n\
         \n\
         column     type     or    meaning\n\
         id         INTEGER        the number of the row\n\
         name       TEXT           as written, without titles\n\
         url        TEXT     null  a page of theirs, where one was linked; null if none\n\
         image_url  TEXT     null  a picture of them; null if none\n\
         \n"
        .to_owned()
            + &told(&["credits"])
    );
    let credits = told(&["credits"]);
    assert!(credits.contains("\nperson_id   INTEGER        who (people.id)\n"), "{credits}");
    assert!(
        credits.contains("\nIndexes:\n  unique: credits_show (show_id, person_id, role, source) WHERE"),
        "{credits}"
    );
    assert!(
        told(&["guests"])
            .starts_with("guests (view): One row a guest of an episode.\n\ncolumn          meaning\n")
    );
}

#[test]
fn the_sql_is_that_of_the_schema() {
    let schema = std::fs::read_to_string("schema.sql").unwrap();
    assert_eq!(told(&["--sql"]), schema);
    for name in ["shows", "link_list", "episodes_fts"] {
        let sql = told(&[name, "--sql"]);
        assert!(sql.contains(&format!(" {name} ")) && schema.contains(sql.trim_end()), "{sql}");
    }
}

#[test]
fn programs_get_json() {
    let tables: serde_json::Value = serde_json::from_str(&told(&["links", "--format", "json"])).unwrap();
    assert_eq!(tables[0]["kind"], "table");
    assert_eq!(
        tables[0]["columns"][2],
        serde_json::json!({
            "name": "segment_id",
            "type": "INTEGER",
            "is_null": false,
            "about": "the segment it stands in",
            "references": { "table": "segments", "column": "id" },
        })
    );
}

#[test]
fn a_wrong_name_is_put_right() {
    let ran = Scene::configured("").run(&["schema", "link_lists"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (2, "", "castkeep: there is no table or view link_lists\nhint: did you mean link_list?\n")
    );
}

#[test]
fn datasette_is_told_what_the_schema_tells() {
    let metadata = told(&["--datasette"]);
    assert!(metadata.starts_with("title: castkeep\ndescription: "), "{metadata}");
    for part in [
        "\ndatabases:\n  archive:\n    tables:\n      shows:\n        description: \"A podcast.\"\n        label_column: slug\n",
        "\n      episodes_fts_idx:\n        hidden: true\n",
        "\n        fts_table: segments_fts\n        fts_pk: segment_id\n",
        "\n        facets: [kind]\n",
        "\n          person_id: \"who\"\n",
    ] {
        assert!(metadata.contains(part), "{part}");
    }
    // Two spaces a level, and nothing that YAML would read as something else.
    for line in metadata.lines() {
        let indent = line.len() - line.trim_start().len();
        assert!(indent % 2 == 0 && !line.contains('\t') && line.contains(':'), "{line}");
    }
}
