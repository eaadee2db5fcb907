//! Case 98 of the fault catalogue: titles that mean something to whoever reads an answer come out as the text they are.

mod support;

use serde_json::Value;
use support::feed::{feed, feed_with, item};
use support::host::Host;
use support::scene::Scene;

/// As a feed has them; a line break and a pipe in a cell, formulas, quotes, markup.
const TITLES: &[&str] = &[
    "=HYPERLINK(\"http://evil.example/\",\"here\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "a | b || c",
    "one, \"two\", three",
    "<script>alert(1)</script>",
    "`code` *bold* [a](b)",
];

fn scene() -> Scene {
    let host = Host::start();
    let escaped = |title: &str| title.replace('&', "&amp;").replace('<', "&lt;");
    let items: Vec<_> = (1..)
        .zip(TITLES)
        .map(|(n, title)| {
            let mut item = item(n, &host.url(""));
            item.title = escaped(title);
            item.notes = "<p>first</p><p>second | third</p>".to_owned();
            item
        })
        .collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    scene
}

const QUERY: &str = "SELECT title, notes_text, -1 AS n FROM episodes ORDER BY published_at";

fn ask(scene: &Scene, format: &[&str]) -> String {
    let ran = scene.run(&[&["sql", QUERY], format].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout
}

fn cells(csv: &str) -> Vec<[String; 3]> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| std::array::from_fn(|n| row.as_ref().unwrap()[n].to_owned()));
    rows.collect()
}

#[test]
fn case_98_csv_and_json_give_every_text_back() {
    let scene = scene();
    let expected: Vec<[String; 3]> = TITLES
        .iter()
        .map(|title| [(*title).to_owned(), "first\n\nsecond | third".to_owned(), "-1".to_owned()])
        .collect();
    assert_eq!(cells(&ask(&scene, &["--format", "csv"])), expected);
    let json: Value = serde_json::from_str(&ask(&scene, &["--format", "json"])).unwrap();
    let titles: Vec<_> = json.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect();
    assert_eq!(titles, TITLES);
    let lines = ask(&scene, &["--format", "ndjson"]);
    assert_eq!(lines.lines().count(), TITLES.len(), "a line a row");
}

#[test]
fn case_98_a_spreadsheet_runs_no_title() {
    let scene = scene();
    let rows = cells(&ask(&scene, &["--format", "csv", "--for-spreadsheet"]));
    let titles: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
    let inert: Vec<_> =
        TITLES
            .iter()
            .map(|title| {
                if title.starts_with(['=', '+', '-', '@']) {
                    format!("'{title}")
                } else {
                    (*title).to_owned()
                }
            })
            .collect();
    assert_eq!(titles, inert);
    assert!(rows.iter().all(|row| row[2] == "-1"), "a number is no formula");
}

#[test]
fn case_98_a_row_of_markdown_is_a_line_with_its_cells() {
    let text = ask(&scene(), &["--format", "markdown"]);
    assert_eq!(text.lines().count(), 2 + TITLES.len());
    for line in text.lines() {
        let bars = line.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 4, "{line}");
    }
}

#[test]
fn no_export_takes_the_place_of_an_archive_behind_a_link() {
    let scene = scene();
    std::fs::create_dir(scene.path("real")).unwrap();
    std::fs::rename(scene.path("archive/archive.db"), scene.path("real/real.db")).unwrap();
    std::os::unix::fs::symlink("../real/real.db", scene.path("archive/archive.db")).unwrap();
    let before = std::fs::read(scene.path("real/real.db")).unwrap();
    for place in ["real/real.db", "archive/archive.db", "real/real.db-wal"] {
        let ran = scene.run(&["export", "csv", "shows", "--output", place, "--force"]);
        assert_eq!(
            (ran.code, ran.stderr.contains("a place that the archive keeps for itself")),
            (2, true),
            "{place}: {}",
            ran.stderr
        );
    }
    assert!(std::fs::read(scene.path("real/real.db")).unwrap() == before);
}

#[test]
fn what_somebody_calls_part_is_theirs() {
    let scene = scene();
    std::fs::write(scene.path("shows.opml.part"), "mine").unwrap();
    assert_eq!(scene.run(&["export", "opml", "--output", "shows.opml"]).code, 0);
    assert_eq!(std::fs::read_to_string(scene.path("shows.opml.part")).unwrap(), "mine");
}

#[test]
fn a_mirror_is_xml_and_a_list_tells_no_secret_whatever_a_feed_says() {
    let host = Host::start();
    let more = "<itunes:category xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" text=\"Arts\"/>";
    let xml = feed_with("A Show", more, &[item(1, &host.url(""))]);
    let xml = xml.replace(
        "<link>https://example.org/</link>",
        "<link>https://example.org/members?token=SECRETTOK</link>",
    );
    host.set_feed("/feed.xml", xml);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    let db = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    let extra = r#"{"itunes:category": {"@1x": "y", "@": "z", "@xmlns": "urn:x", "@text": "Arts"}}"#;
    db.execute("UPDATE shows SET extra = ?1", [extra]).unwrap();
    drop(db);
    let mirror = scene.run(&["export", "rss", "a-show"]);
    assert_eq!(mirror.code, 0);
    let document = roxmltree::Document::parse(&mirror.stdout).unwrap();
    let category = document.descendants().find(|node| node.tag_name().name() == "category").unwrap();
    let said: Vec<_> = category.attributes().map(|said| (said.name(), said.value())).collect();
    assert_eq!(said, [("text", "Arts")]);
    let list = scene.run(&["export", "opml"]);
    assert!(list.stdout.contains("htmlUrl=\"https://example.org/members?token=***\""), "{}", list.stdout);
}
