//! `castkeep sql`: formats, messages, and attacks.

mod support;

use std::io::Write;
use std::process::Stdio;

use support::feed::{feed, item};
use support::host::Host;
use support::scene::Scene;

fn scene() -> Scene {
    let host = Host::start();
    let mut items: Vec<_> = (1..=2).map(|n| item(n, &host.url(""))).collect();
    items[1].title = "Two | \"quoted\", x".to_owned();
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    scene
}

#[test]
fn every_format_says_the_same() {
    let scene = scene();
    let query = "SELECT number, title FROM episode_list ORDER BY published_at";
    let mut formats = Vec::new();
    for format in ["table", "csv", "json", "ndjson", "markdown"] {
        let ran = scene.run(&["sql", query, "--format", format]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        formats.push(ran.stdout);
    }
    assert_eq!(
        formats,
        [
            "number  title\n1       #1 Episode 1\n        Two | \"quoted\", x\n",
            "number,title\n1,#1 Episode 1\n,\"Two | \"\"quoted\"\", x\"\n",
            "[\n{\"number\":1,\"title\":\"#1 Episode 1\"},\n{\"number\":null,\"title\":\"Two | \\\"quoted\\\", x\"}\n]\n",
            "{\"number\":1,\"title\":\"#1 Episode 1\"}\n{\"number\":null,\"title\":\"Two | \\\"quoted\\\", x\"}\n",
            "| number | title |\n| --- | --- |\n| 1 | #1 Episode 1 |\n|  | Two \\| \"quoted\", x |\n",
        ]
    );
    let empty = scene.run(&["sql", "SELECT title FROM shows WHERE 0", "--format", "json"]);
    assert_eq!(empty.stdout, "[]\n");
}

#[test]
fn a_query_comes_from_standard_input_too() {
    let scene = scene();
    let mut command = scene.command(&["sql", "--format", "csv"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"SELECT slug FROM shows; -- and that is all\n").unwrap();
    let ran = Scene::wait(child);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "slug\na-show\n", ""));
}

#[test]
fn search_works_and_so_do_the_usual_functions() {
    let scene = scene();
    let ran = scene.run(&[
        "sql",
        "SELECT snippet(episodes_fts, 2, '[', ']', '', 3) AS s, upper(strftime('%Y', '2026-01-01')) AS y, json_extract('{\"a\":1}', '$.a') AS j
         FROM episodes_fts WHERE episodes_fts MATCH 'page' ORDER BY bm25(episodes_fts) LIMIT 1",
        "--format",
        "csv",
    ]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "s,y,j\nsee this [page].,2026,1\n");
}

#[test]
fn a_wrong_query_is_shown_with_a_mark() {
    let scene = scene();
    let ran = scene.run(&["sql", "SELECT title\nFORM episodes"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.stderr, "castkeep: sql: near \"episodes\": syntax error\n  FORM episodes\n       ^\n");
    let ran = scene.run(&["sql", "SELECT titel FROM episodes"]);
    assert_eq!(
        ran.stderr,
        "castkeep: sql: no such column: titel\n  SELECT titel FROM episodes\n         ^\n"
    );
}

#[test]
fn attacks_are_refused_or_stopped_and_nothing_is_written() {
    let scene = scene();
    let before = std::fs::read(scene.path("archive/archive.db")).unwrap();
    for attack in [
        "ATTACH 'evil.db' AS evil",
        "PRAGMA query_only = 0",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA database_list",
        "VACUUM INTO 'evil.db'",
        "VACUUM",
        "CREATE TEMP TABLE t (x)",
        "INSERT INTO shows (slug) VALUES ('x')",
        "UPDATE episodes SET title = ''",
        "DELETE FROM episodes RETURNING id",
        "DROP TABLE episodes",
        "BEGIN",
        "SAVEPOINT s",
        "ANALYZE",
        "REINDEX",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('simple')",
        "SELECT writefile('evil.db', 'x')",
        "INSERT INTO episodes_fts (episodes_fts) VALUES ('rebuild')",
        "SELECT 1; DELETE FROM episodes",
        "SELECT 1; SELECT 2",
        "",
        "/* nothing */",
    ] {
        let ran = scene.run(&["sql", attack]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{attack}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("castkeep: sql: "), "{attack}: {}", ran.stderr);
    }
    for (attack, why) in [
        ("SELECT length(zeroblob(900000000))", "too big"),
        (
            "SELECT sum(length(printf('%.*c', 9000000, 'x'))) FROM episodes a, episodes b, episodes c, episodes d, episodes e, episodes f, episodes g, segments, links, documents, shows, fetches WHERE 0",
            "",
        ),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
            "stopped after 1 s",
        ),
    ] {
        let ran = scene.run(&["sql", attack, "--timeout", "1"]);
        assert!(
            why.is_empty() || ran.code == 1 && ran.stderr.contains(why),
            "{attack}: {} {}",
            ran.code,
            ran.stderr
        );
    }
    assert!(!scene.path("evil.db").exists());
    assert_eq!(std::fs::read(scene.path("archive/archive.db")).unwrap(), before);
}

#[test]
fn an_archive_that_is_not_there_is_said_so() {
    let scene = Scene::new(&[]);
    let ran = scene.run(&["sql", "SELECT 1"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("there is no archive.db here yet\nhint: "), "{}", ran.stderr);
}
