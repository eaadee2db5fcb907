//! `castkeep sql`: formats, messages, and attacks.

mod support;

use std::io::{Read, Write};
use std::process::{Command, Stdio};

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
fn a_query_comes_from_a_file_and_its_values_from_elsewhere() {
    let scene = scene();
    let query = "SELECT :show AS show, @n + $n AS sum, typeof(:text) AS type,\n  count(*) AS titles\nFROM episode_list WHERE show = :show AND title LIKE :like";
    std::fs::write(scene.path("query.sql"), query).unwrap();
    let values = ["show=a-show", ":n=1.5", "text='12'", "like=%Episode%"];
    let mut args = vec!["sql", "--file", "query.sql", "--format", "csv"];
    args.extend(values.iter().flat_map(|value| ["--param", value]));
    let ran = scene.run(&args);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "show,sum,type,titles\na-show,3,text,1\n");
    let missing = scene.run(&["sql", "--file", "no.sql"]);
    assert_eq!(
        (missing.code, missing.stderr.as_str()),
        (2, "castkeep: no.sql: No such file or directory (os error 2)\n")
    );
}

#[test]
fn timing_is_told_beside_the_answer() {
    let scene = scene();
    let ran = scene.run(&["sql", "SELECT title FROM episodes", "--format", "csv", "--timing"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 3));
    assert!(ran.stderr.starts_with("castkeep: 2 rows in ") && ran.stderr.ends_with(" s\n"), "{}", ran.stderr);
}

/// The message of a query that fails, with its mark and its hint.
fn complaint(scene: &Scene, args: &[&str]) -> String {
    let ran = scene.run(&[&["sql"], args].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
    ran.stderr.strip_prefix("castkeep: sql: ").unwrap_or(&ran.stderr).to_owned()
}

#[test]
fn a_wrong_query_is_shown_with_its_place_and_with_what_would_be_right() {
    let scene = scene();
    for (query, want) in [
        (
            "SELECT title\nFORM episodes",
            "near \"episodes\": syntax error\n  FORM episodes\n       ^\nhint: did you mean FROM for FORM?\n",
        ),
        (
            "SELECT titel FROM episodes",
            "no such column: titel\n  SELECT titel FROM episodes\n         ^\nhint: did you mean title?\n",
        ),
        (
            "SELECT e.domain FROM episode_list e",
            "no such column: e.domain\n  SELECT e.domain FROM episode_list e\n         ^\nhint: it is a column of domain_counts, domain_list, link_list, links\n",
        ),
        (
            "SELECT x.title FROM episode_list e",
            "no such column: x.title\n  SELECT x.title FROM episode_list e\n         ^\nhint: the query names e\n",
        ),
        (
            "SELECT '日本語', titel FROM episodes",
            "no such column: titel\n  SELECT '日本語', titel FROM episodes\n                   ^\nhint: did you mean title?\n",
        ),
        (
            "SELECT 'shw' FROM shw",
            "no such table: shw\n  SELECT 'shw' FROM shw\n                    ^\nhint: did you mean shows?\n",
        ),
        (
            "SELECT * FROM xyzzy",
            "no such table: xyzzy\n  SELECT * FROM xyzzy\n                ^\nhint: castkeep schema lists the tables and views\n",
        ),
        (
            "SELECT uper(title) FROM shows",
            "no such function: uper\n  SELECT uper(title) FROM shows\n         ^\nhint: did you mean upper?\n",
        ),
        // What is not there is not proposed, and least of all under its own name.
        (
            "SELECT median(number) FROM episodes",
            "no such function: median\n  SELECT median(number) FROM episodes\n         ^\nhint: ORDER BY x LIMIT 1 OFFSET (SELECT count(*) / 2 FROM ...) gives the one in the middle\n",
        ),
        (
            "SELECT YEAR(published_at) FROM episodes",
            "no such function: YEAR\n  SELECT YEAR(published_at) FROM episodes\n         ^\nhint: strftime('%Y', published_at) is the year\n",
        ),
        (
            "SELECT now()",
            "no such function: now\n  SELECT now()\n         ^\nhint: date('now') is today, datetime('now') this moment\n",
        ),
        (
            "SELECT percentile_disc(number, 1) FROM episodes",
            "no such function: percentile_disc\n  SELECT percentile_disc(number, 1) FROM episodes\n         ^\n",
        ),
        // What other tables call a column.
        (
            "SELECT episode_title FROM episode_list",
            "no such column: episode_title\n  SELECT episode_title FROM episode_list\n         ^\nhint: did you mean title?\n",
        ),
        (
            "SELECT name FROM show_list",
            "no such column: name\n  SELECT name FROM show_list\n         ^\nhint: did you mean show?\n",
        ),
        (
            "SELECT s.slug FROM show_list s",
            "no such column: s.slug\n  SELECT s.slug FROM show_list s\n         ^\nhint: did you mean show?\n",
        ),
        (
            "SELECT show FROM episodes",
            "no such column: show\n  SELECT show FROM episodes\n         ^\nhint: episode_list has show: FROM episode_list\n",
        ),
        (
            "SELECT notes FROM episode_list",
            "no such column: notes\n  SELECT notes FROM episode_list\n         ^\nhint: did you mean notes_text?\n",
        ),
        (
            "SELECT 1 FROM episode_list WHERE show = two-kettles",
            "no such column: two\n  SELECT 1 FROM episode_list WHERE show = two-kettles\n                                          ^\nhint: a text stands in single quotes: 'two-kettles'\n",
        ),
        // Words are searched in a table of their own.
        (
            "SELECT 1 FROM segment_list WHERE text MATCH 'wasm'",
            "unable to use function MATCH in the requested context\nhint: segment_id IN (SELECT rowid FROM segments_fts WHERE segments_fts MATCH 'wasm')\n",
        ),
        (
            "SELECT 1 FROM episodes WHERE episodes MATCH 'wasm'",
            "no such column: episodes\n  SELECT 1 FROM episodes WHERE episodes MATCH 'wasm'\n                               ^\nhint: id IN (SELECT rowid FROM episodes_fts WHERE episodes_fts MATCH 'wasm')\n",
        ),
        (
            "SELECT 1 FROM shows WHERE title MATCH 'wasm'",
            "unable to use function MATCH in the requested context\nhint: LIKE '%word%' finds a word here; the search tables are episodes_fts, segments_fts, links_fts, transcript_cues_fts\n",
        ),
        (
            "SELECT 1 FROM segments_fts WHERE segments_fts MATCH 'null-sheep'",
            "no such column: sheep\nhint: words with signs in them stand in double quotes: MATCH '\"null-sheep\"'; castkeep search takes plain words\n",
        ),
        (
            "SELECT 1 FROM segments_fts WHERE segments_fts MATCH 'a AND'",
            "fts5: syntax error near \"\"\nhint: words with signs in them stand in double quotes: MATCH '\"a AND\"'; castkeep search takes plain words\n",
        ),
        (
            "SHOW TABLES",
            "near \"SHOW\": syntax error\n  SHOW TABLES\n  ^\nhint: castkeep schema lists the tables and views\n",
        ),
        (
            "describe shows",
            "near \"describe\": syntax error\n  describe shows\n  ^\nhint: castkeep schema shows tells its columns\n",
        ),
        (
            "SELECT 'abc FROM shows",
            "unrecognized token: \"'abc FROM shows\"\n  SELECT 'abc FROM shows\n         ^\nhint: ' is never closed\n",
        ),
        (
            "SELECT 1 FROM episodes_fts WHERE episodes_fts MATCH 'c++'",
            "fts5: syntax error near \"+\"\nhint: words with signs in them stand in double quotes: MATCH '\"c++\"'; castkeep search takes plain words\n",
        ),
        (
            "SELECT 1; SELECT 2",
            "one statement at a time\n  SELECT 1; SELECT 2\n            ^\nhint: ask them one after the other\n",
        ),
        ("", "there is no statement to run\nhint: castkeep sql \"SELECT * FROM episode_list LIMIT 10\"\n"),
        (
            "SELECT :show",
            "no value for :show\n  SELECT :show\n         ^\nhint: give it with --param show=VALUE\n",
        ),
        (
            "SELECT ?",
            "no value for ?\n  SELECT ?\n         ^\nhint: write :name instead of ?, and give it with --param name=VALUE\n",
        ),
    ] {
        assert_eq!(complaint(&scene, &[query]), want, "{query}");
    }
    assert_eq!(
        complaint(&scene, &["SELECT :show, :n", "--param", "shw=a", "--param", "n=1"]),
        "the query has no parameter \"shw\"\nhint: did you mean show?\n"
    );
    assert_eq!(
        complaint(&scene, &["SELECT 1", "--for-spreadsheet", "--format", "json"]),
        "castkeep: --for-spreadsheet is about CSV alone\nhint: add --format csv\n"
    );
    assert_eq!(scene.run(&["sql", "SELECT 1", "--timeout", "0", "--format", "csv"]).stdout, "1\n1\n");
    assert!(complaint(&scene, &["SELECT 1", "--param", "show"]).contains("it should be NAME=VALUE"));
}

#[test]
fn what_is_refused_is_named_with_what_would_do_instead() {
    let scene = scene();
    for (query, what, hint) in [
        ("ATTACH 'evil.db' AS evil", "ATTACH", "sqlite3 or DuckDB"),
        ("PRAGMA table_info(shows)", "PRAGMA table_info", "castkeep schema shows tells"),
        ("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode", "castkeep doctor"),
        ("/* x */ VACUUM INTO 'evil.db'", "VACUUM", "castkeep backup FILE"),
        ("WITH x AS (SELECT 1) DELETE FROM links", "DELETE FROM links", "castkeep backup FILE"),
        ("CREATE TEMP TABLE t (x)", "CREATE", "WITH name AS (SELECT ...)"),
        ("SELECT load_extension('x')", "the function load_extension", "only compute"),
        ("SELECT * FROM dbstat", "the table dbstat", "castkeep schema"),
    ] {
        let said = complaint(&scene, &[query]);
        let message = format!("not allowed: {what}; a query may read the archive and nothing else\n");
        assert!(said.starts_with(&message) && said.contains("^\nhint: ") && said.contains(hint), "{said}");
    }
    // These only tell of the schema, and no other way leads to some of it.
    let told =
        scene.run(&["sql", "SELECT name FROM pragma_table_info('people') WHERE pk", "--format", "csv"]);
    assert_eq!((told.code, told.stdout.as_str()), (0, "name\nid\n"));
}

/// Would write, or read what is not the archive's.
const REFUSED: &[&str] = &[
    "ATTACH 'evil.db' AS evil",
    "ATTACH ':memory:' AS m",
    "DETACH main",
    "EXPLAIN ATTACH 'evil.db' AS evil",
    "PRAGMA query_only = 0",
    "PRAGMA writable_schema = 1",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA temp_store_directory = '/tmp'",
    "PRAGMA database_list",
    "PRAGMA data_version",
    "PRAGMA table_info(shows)",
    "PRAGMA wal_checkpoint",
    "SELECT count(*) FROM dbstat",
    "SELECT 1 FROM dbstat",
    "SELECT 1 FROM fts3tokenize",
    "SELECT * FROM pragma_journal_mode",
    "SELECT * FROM pragma_database_list",
    "SELECT count(*) FROM pragma_wal_checkpoint",
    "VACUUM INTO 'evil.db'",
    "VACUUM",
    "CREATE TABLE t (x)",
    "CREATE TEMP TABLE t (x)",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE TEMP VIEW v AS SELECT 1",
    "CREATE TEMP TRIGGER t AFTER INSERT ON shows BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE temp.v USING fts5 (x)",
    "CREATE INDEX i ON shows (title)",
    "INSERT INTO shows (slug) VALUES ('x')",
    "WITH x AS (SELECT 1) INSERT INTO shows (slug) SELECT 'x' FROM x",
    "REPLACE INTO shows (id) VALUES (1)",
    "UPDATE episodes SET title = ''",
    "UPDATE sqlite_schema SET sql = ''",
    "DELETE FROM episodes RETURNING id",
    "EXPLAIN DELETE FROM episodes",
    "DROP TABLE episodes",
    "ALTER TABLE episodes ADD x",
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "SAVEPOINT s",
    "ANALYZE",
    "REINDEX",
    "SELECT load_extension('x')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT writefile('evil.db', 'x')",
    "SELECT readfile('/etc/passwd')",
    "SELECT edit('x')",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM dbstat",
    "SELECT * FROM bytecode('SELECT 1')",
    "INSERT INTO episodes_fts (episodes_fts) VALUES ('rebuild')",
    "INSERT INTO episodes_fts (episodes_fts, rank) VALUES ('rank', 'bm25()')",
    "SELECT json_extract(printf('%.*c', 900000, '['), '$')",
    "SELECT 1; DELETE FROM episodes",
    "SELECT 1; SELECT 2",
    "",
    "/* nothing */",
    "/* nothing",
];

/// Would take all the time or all the memory; in words, what is said to them.
const STOPPED: &[(&str, &str)] = &[
    ("SELECT length(zeroblob(900000000))", "a value may be 10 MB long"),
    ("SELECT length(hex(zeroblob(9000000)))", "a value may be 10 MB long"),
    ("SELECT length(randomblob(900000000))", "a value may be 10 MB long"),
    ("SELECT length(printf('%*d', 900000000, 1))", "a value may be 10 MB long"),
    ("SELECT length(replace(printf('%.*c', 9000000, 'a'), 'a', 'aaaaaaaaaa'))", "a value may be 10 MB long"),
    (
        "WITH r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r LIMIT 100) SELECT length(group_concat(zeroblob(1000000))) FROM r",
        "a value may be 10 MB long",
    ),
    (
        "SELECT a, a || 'b' AS b, a || 'c' AS c, a || 'd' AS d FROM (SELECT printf('%.*c', 9000000, 'x') AS a)",
        "a row may be 30 MB long",
    ),
    (
        "WITH r (n, s) AS (VALUES (1, zeroblob(1)) UNION ALL SELECT n + 1, zeroblob(1000000 + n) FROM r LIMIT 1000) SELECT n FROM r ORDER BY s",
        "a query may use 256 MB of memory",
    ),
    ("WITH r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r", "stopped after 1 s"),
    (
        "WITH r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r) SELECT printf('%.*c', 1000000, 'x') FROM r",
        "the answer is too large for a table",
    ),
    (
        "SELECT count(*) FROM sqlite_schema a, sqlite_schema b, sqlite_schema c, sqlite_schema d, sqlite_schema e, sqlite_schema f",
        "stopped after 1 s",
    ),
    // All of this is one step of SQLite, which asks nobody in between.
    ("SELECT instr(printf('%.*c', 9999990, 'a'), printf('%.*c', 5000000, 'a') || 'b')", "stopped after 1 s"),
];

#[test]
fn attacks_are_refused_or_stopped_and_nothing_is_written() {
    let scene = scene();
    let before = std::fs::read(scene.path("archive/archive.db")).unwrap();
    for attack in REFUSED {
        let ran = scene.run(&["sql", attack]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{attack}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("castkeep: sql: "), "{attack}: {}", ran.stderr);
    }
    for (attack, why) in STOPPED {
        // Where it is not time that stops it, it may have all the time that a loaded machine needs.
        let seconds = if why.starts_with("stopped") { "1" } else { "600" };
        let ran = scene.run(&["sql", attack, "--timeout", seconds]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{attack}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{attack}: {}", ran.stderr);
    }
    assert!(!scene.path("evil.db").exists());
    assert_eq!(std::fs::read(scene.path("archive/archive.db")).unwrap(), before);
}

#[test]
fn a_signal_stops_a_query_with_one_line() {
    let scene = scene();
    let endless = "WITH r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r) SELECT n FROM r";
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut child = scene.start(&["sql", endless, "--format", "ndjson"]);
        // It runs: something of the answer is there.
        let mut some = [0; 100];
        child.stdout.as_mut().unwrap().read_exact(&mut some).unwrap();
        let kill =
            Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let ran = Scene::wait(child);
        assert_eq!((ran.code, ran.stderr.as_str()), (code, "castkeep: sql: stopped by a signal\n"));
        assert!(ran.stdout.ends_with("}\n"), "whole rows");
    }
}

#[test]
fn an_archive_that_is_not_there_is_said_so() {
    let scene = Scene::new(&[]);
    let ran = scene.run(&["sql", "SELECT 1"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("there is no archive.db here yet\nhint: "), "{}", ran.stderr);
}
