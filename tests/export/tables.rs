//! `castkeep export csv`, `json`, `ndjson`: tables are what queries give, one or many.

use std::fs;

use serde_json::Value;

use crate::support::archived::archived;
use crate::{export, exported, hostile, names, read};

const FORMATS: [&str; 3] = ["csv", "json", "ndjson"];

#[test]
fn case_98_a_table_is_what_a_query_gives_and_hostile_titles_come_through() {
    let (_host, scene) = hostile::archived();
    for format in FORMATS {
        for table in ["episodes", "shows", "audio", "episode_list", "hosts", "missing_audio"] {
            let asked = scene.run(&["sql", "--format", format, &format!("SELECT * FROM {table}")]);
            assert_eq!(exported(&scene, &[format, table]), asked.stdout, "{format} {table}");
        }
    }
    let asked = scene.run(&["sql", "--format", "csv", "--for-spreadsheet", "SELECT * FROM episodes"]).stdout;
    let inert = exported(&scene, &["csv", "episodes", "--for-spreadsheet"]);
    assert_eq!(inert, asked);
    let mut reader = csv::Reader::from_reader(inert.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "title").unwrap();
    let titles: Vec<_> = reader.records().map(|row| row.unwrap()[at].to_owned()).collect();
    let raw = scene.rows("SELECT coalesce(title, '') FROM episodes ORDER BY id");
    let expected: Vec<_> = raw
        .iter()
        .map(|title| if title.starts_with('=') { format!("'{title}") } else { title.clone() })
        .collect();
    assert_eq!(titles, expected);
    assert!(titles.iter().any(|title| title.starts_with("'=HYPERLINK(\"")), "{titles:?}");
    // Bytes are hex digits.
    let rows: Value = serde_json::from_str(&exported(&scene, &["json", "notes_readings"])).unwrap();
    assert_eq!(
        rows[0]["traits"].as_str().unwrap().to_uppercase(),
        scene.value("SELECT hex(traits) FROM notes_readings LIMIT 1")
    );
}

#[test]
fn many_tables_are_a_file_each() {
    let (_host, scene) = archived(2);
    for format in FORMATS {
        let folder = format!("all-{format}");
        export(&scene, &[format, "--output", &folder]).assert_silent();
        let tables = scene.rows(
            "SELECT name FROM pragma_table_list WHERE type IN ('table', 'view') AND schema = 'main' AND name NOT LIKE 'sqlite%'
             AND name NOT IN ('documents', 'notes_readings', 'unspaced') ORDER BY name",
        );
        assert_eq!(
            names(&scene, &folder),
            tables.iter().map(|name| format!("{name}.{format}")).collect::<Vec<_>>()
        );
        assert_eq!(read(&scene, &format!("{folder}/files.{format}")), exported(&scene, &[format, "files"]));
    }
    for (folder, said) in [
        ("none/tables", "castkeep: none/tables: the folder that it would be in is not there\n"),
        (
            "archive/audio/tables",
            "castkeep: archive/audio/tables: this is a place that the archive keeps for itself\n",
        ),
        (
            "config.toml",
            "castkeep: config.toml/adoption_list.csv: the folder that it would be in is not there\n",
        ),
    ] {
        let ran = export(&scene, &["csv", "--output", folder]);
        assert_eq!((ran.code, ran.stderr.starts_with(said)), (2, true), "{}", ran.stderr);
    }
    // Into a folder that is there, beside other things; not over them.
    fs::create_dir(scene.path("some")).unwrap();
    fs::write(scene.path("some/shows.csv"), "mine").unwrap();
    let taken = export(&scene, &["csv", "audio", "shows", "--output", "some"]);
    assert_eq!(
        (taken.code, taken.stderr.as_str()),
        (
            2,
            "castkeep: some/shows.csv: there is such a file already\nhint: choose another name, or replace it with --force\n"
        )
    );
    assert_eq!(
        (names(&scene, "some"), read(&scene, "some/shows.csv")),
        (vec!["shows.csv".to_owned()], "mine".to_owned())
    );
    export(&scene, &["csv", "shows", "audio", "--output", "some", "--force"]).assert_silent();
    export(&scene, &["json", "shows", "--output", "some"]).assert_silent();
    assert_eq!(names(&scene, "some"), ["audio.csv", "shows.csv", "shows.json"]);
    assert_eq!(read(&scene, "some/shows.csv"), exported(&scene, &["csv", "shows"]));
}

#[test]
fn one_table_goes_into_a_folder_that_is_named_as_one() {
    let (_host, scene) = archived(1);
    fs::create_dir(scene.path("there")).unwrap();
    for folder in ["there", "made/"] {
        export(&scene, &["csv", "SHOW_list", "--output", folder]).assert_silent();
        assert_eq!(names(&scene, folder), ["show_list.csv"]);
        assert_eq!(read(&scene, &format!("{folder}/show_list.csv")), exported(&scene, &["csv", "show_list"]));
    }
}
