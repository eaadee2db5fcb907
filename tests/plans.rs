//! How SQLite goes about the questions of the cookbook: none may read a big table from end to end.
//!
//! Asked of an archive of some size, first without statistics, as a first run or a copy may lack them, then with those that castkeep
//! takes at the end of every run.

#[path = "support/recipes.rs"]
mod recipes;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use recipes::{COOKBOOK, Kitchen, Recipe, recipes};
use rusqlite::Connection;

/// Tables with many rows an episode, or a run.
const BIG: &[&str] = &["segments", "links", "transcript_cues", "downloads", "resources"];

/// Without statistics and with them.
const WHEN: [(&str, &str); 2] =
    [("guessed", "DELETE FROM sqlite_stat1; ANALYZE sqlite_schema"), ("measured", "PRAGMA optimize")];

/// The demo's archive, with two thousand episodes more, and what belongs to each.
const GROW: &str = "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
    INSERT INTO shows (id, slug, feed_url, configured_url, first_seen_at)
    SELECT 1000 + i, 'show-' || i, 'http://127.0.0.1/' || i, 'http://127.0.0.1/' || i, '2024-01-01T00:00:00Z' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
    INSERT INTO episodes (id, show_id, guid, identity, identity_source, title, number, published_at, first_seen_at, last_seen_at)
    SELECT s.id * 1000 + i, s.id, i, i, 'guid', 'Episode ' || i, i, date('2019-01-01', (i * 50) || ' days') || 'T06:00:00Z',
           '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'
    FROM n, shows s WHERE s.id > 1000;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
    INSERT INTO segments (id, episode_id, position, kind, number, presenter, title, text, html)
    SELECT e.id * 10 + i, e.id, i, 'topic', i, 'Presenter ' || (e.id % 90), 'Topic', 'Words', '<p>Words'
    FROM n, episodes e WHERE e.id > 1000;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8)
    INSERT INTO links (episode_id, segment_id, position, url, text, target_url, host, domain)
    SELECT e.id, e.id * 10 + 1 + i % 4, i, 'https://d' || (e.id % 700) || '.example/' || i, 'Link', 'https://d' || (e.id % 700) || '.example/' || i,
           'd' || (e.id % 700) || '.example', 'd' || (e.id % 700) || '.example'
    FROM n, episodes e WHERE e.id > 1000;
    INSERT INTO resources (id, show_id, episode_id, kind, role, position, url, first_seen_at, last_seen_at)
    SELECT e.id * 2, e.show_id, e.id, 'audio', 'enclosure', 1, 'http://127.0.0.1/' || e.id, '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'
    FROM episodes e WHERE e.id > 1000;
    INSERT INTO resources (id, show_id, episode_id, kind, role, position, url, first_seen_at, last_seen_at)
    SELECT e.id * 2 + 1, e.show_id, e.id, 'transcript', 'transcript', 1, 'http://127.0.0.1/t' || e.id, '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'
    FROM episodes e WHERE e.id > 1000;
    INSERT INTO files (id, sha256, size_bytes, path, kind, stored_at)
    SELECT e.id, printf('%064x', e.id), 1000, 'audio/' || e.id, 'audio', '2024-01-01T00:00:00Z' FROM episodes e WHERE e.id > 1000;
    INSERT INTO downloads (resource_id, run_id, requested_url, started_at, bytes, outcome, file_id)
    SELECT e.id * 2, 1, 'http://127.0.0.1/' || e.id, '2024-01-01T00:00:00Z', 1000, 'stored', e.id FROM episodes e WHERE e.id > 1000;
    UPDATE resources SET file_id = episode_id WHERE role = 'enclosure' AND episode_id > 1000;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
    INSERT INTO transcript_cues (resource_id, position, start_seconds, text)
    SELECT e.id * 2 + 1, i, i, 'Words' FROM n, episodes e WHERE e.id > 1000;";

/// Tables by the page at which they, or their indexes, begin; with the name of what begins there.
fn roots(db: &Connection) -> BTreeMap<i64, (String, String)> {
    let mut statement =
        db.prepare("SELECT rootpage, tbl_name, name FROM sqlite_schema WHERE rootpage > 0").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// The big tables that a query reads from end to end, by its program: a cursor is put on the first or last row
/// (`Rewind`, `Last`). An index may be read so if it holds all that is asked of its table, which is not looked up then.
fn read_whole(db: &Connection, roots: &BTreeMap<i64, (String, String)>, sql: &str) -> BTreeSet<String> {
    let mut statement = db.prepare(&format!("EXPLAIN {sql}")).unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    let steps: Vec<(String, i64, i64, i64)> =
        statement.query_map([], row).unwrap().map(Result::unwrap).collect();
    let opened = steps.iter().filter(|(step, ..)| step == "OpenRead");
    let cursors: BTreeMap<i64, &(String, String)> =
        opened.filter_map(|(_, cursor, root, _)| Some((*cursor, roots.get(root)?))).collect();
    let leads_on = |cursor: i64| {
        let leads = |step: &str| ["DeferredSeek", "IdxRowid"].contains(&step);
        steps.iter().any(|(step, first, ..)| leads(step) && *first == cursor)
    };
    let first = steps.iter().filter(|(step, ..)| step == "Rewind" || step == "Last");
    let whole = first.filter_map(|(_, cursor, ..)| {
        let (table, name) = cursors.get(cursor)?;
        let covers = table != name && !leads_on(*cursor);
        (!covers && BIG.contains(&table.as_str())).then(|| table.clone())
    });
    whole.collect()
}

/// The plan as SQLite tells it, for people.
fn plan(db: &Connection, sql: &str) -> String {
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
    lines.map(|line| format!("  {}\n", line.unwrap())).collect()
}

#[test]
fn no_question_of_the_cookbook_reads_a_big_table_from_end_to_end() {
    let document = fs::read_to_string(COOKBOOK).unwrap();
    let kitchen = Kitchen::new(&document);
    let db = Connection::open(kitchen.database()).unwrap();
    db.execute_batch(&format!("BEGIN; {GROW} COMMIT")).unwrap();
    let roots = roots(&db);
    let mut wrong = String::new();
    for (when, statistics) in WHEN {
        db.execute_batch(statistics).unwrap();
        for Recipe { question, sql, .. } in recipes(&document) {
            let whole = read_whole(&db, &roots, &sql);
            if !whole.is_empty() {
                wrong += &format!("{question} ({when}) reads all of {whole:?}\n{}", plan(&db, &sql));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_query_that_reads_a_big_table_is_noticed() {
    let document = fs::read_to_string(COOKBOOK).unwrap();
    let kitchen = Kitchen::new(&document);
    let db = Connection::open(kitchen.database()).unwrap();
    let roots = roots(&db);
    let whole = |sql: &str| read_whole(&db, &roots, sql).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(whole("SELECT * FROM segments WHERE title = 'x'"), "segments");
    assert_eq!(whole("SELECT text FROM links ORDER BY domain"), "links");
    assert_eq!(whole("SELECT count(*) FROM links GROUP BY domain"), "", "an index holds all that is asked");
    assert_eq!(whole("SELECT * FROM link_list WHERE episode_id = 1"), "");
    assert_eq!(
        whole("SELECT * FROM segments a JOIN segments b ON a.title = b.title AND a.id = 1"),
        "segments"
    );
}

#[test]
fn every_foreign_key_has_an_index() {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(&fs::read_to_string("schema.sql").unwrap()).unwrap();
    let keys = "SELECT m.name, f.\"from\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
    // The first column of an index; a partial one counts if it leaves out nothing but nulls of that column.
    let index = "SELECT EXISTS (
        SELECT 1 FROM pragma_index_list(?1) l JOIN pragma_index_info(l.name) i ON i.seqno = 0 AND i.name = ?2
        WHERE l.partial = 0
           OR (SELECT sql FROM sqlite_schema WHERE name = l.name) LIKE '% WHERE ' || ?2 || ' IS NOT NULL')
        OR EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2 AND pk = 1)";
    let mut statement = db.prepare(keys).unwrap();
    let keys =
        statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    let keys: Vec<_> = keys.map(Result::unwrap).collect();
    assert!(keys.len() >= 25, "{}", keys.len());
    let without = keys.iter().filter(|(table, column)| {
        !db.query_row(index, [table, column], |row| row.get::<_, bool>(0)).unwrap()
    });
    assert_eq!(without.collect::<Vec<_>>(), Vec::<&(String, String)>::new());
}
