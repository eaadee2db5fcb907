//! An archive of an older castkeep: every row of it survives the road to today's schema, also when the run is killed on it.
//!
//! Case 115 of the fault catalogue, and case 111 for readers.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use castkeep::archive::VERSION;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use support::mounts::unshared;
use support::say::say;
use support::scene::Scene;
use support::strace;

const SCHEMAS: [&str; 5] = [
    include_str!("../fixtures/schema/1.sql"),
    include_str!("../fixtures/schema/2.sql"),
    include_str!("../fixtures/schema/3.sql"),
    include_str!("../fixtures/schema/4.sql"),
    include_str!("../fixtures/schema/5.sql"),
];
const ROWS: &str = include_str!("../fixtures/schema/rows.sql");

/// An archive of an older version, with rows in every table.
fn old(version: usize) -> (Scene, Rows) {
    let scene = Scene::configured("");
    fs::create_dir_all(scene.path("archive/audio/two-pans")).unwrap();
    fs::write(scene.path("archive/audio/two-pans/1.mp3"), "abc").unwrap();
    let path = scene.path("archive/archive.db");
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    db.execute_batch(SCHEMAS[version - 1]).unwrap();
    db.execute_batch(ROWS).unwrap();
    if version >= 3 {
        let reading =
            "INSERT INTO notes_readings (episode_id, base_url, traits, habits) VALUES (1, NULL, x'0102', 7)";
        db.execute(reading, []).unwrap();
    }
    if version >= 4 {
        let warning = "INSERT INTO feed_warnings (fetch_id, position, message) VALUES (1, 1, 'no pubDate')";
        db.execute(warning, []).unwrap();
    }
    if version >= 5 {
        let unspaced = "INSERT INTO segments (id, episode_id, position, kind, text, html) VALUES (3, 1, 3, 'topic', '煎鸡蛋', '煎鸡蛋')";
        db.execute(unspaced, []).unwrap();
    }
    db.pragma_update(None, "user_version", version as i64).unwrap();
    db.close().unwrap();
    let columns = columns(&path);
    assert!(columns.len() >= 17, "{}", columns.len());
    let rows = Rows { said: rows(&path, &columns), columns };
    assert!(rows.said.values().all(|rows| !rows.is_empty()), "every table has rows: {:?}", rows.said);
    (scene, rows)
}

/// What an archive said, in the tables and columns that it had.
struct Rows {
    columns: BTreeMap<String, String>,
    said: BTreeMap<String, Vec<String>>,
}

impl Rows {
    #[track_caller]
    fn assert_kept(&self, path: &Path) {
        assert_eq!(rows(path, &self.columns), self.said);
        let db = read(path);
        let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(one("PRAGMA integrity_check"), "ok");
        assert!(!db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
    }
}

fn read(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn version(path: &Path) -> i64 {
    read(path).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// The columns of every table, joined.
fn columns(path: &Path) -> BTreeMap<String, String> {
    let db = read(path);
    let sql = "SELECT t.name, group_concat(c.name, ', ') FROM sqlite_schema t, pragma_table_info(t.name) c
               WHERE t.type = 'table' AND t.name NOT LIKE '%\\_fts%' ESCAPE '\\' GROUP BY t.name";
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn rows(path: &Path, columns: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let db = read(path);
    let read = |(table, columns): (&String, &String)| {
        let mut statement = db.prepare(&format!("SELECT {columns} FROM {table} ORDER BY 1")).unwrap();
        let count = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..count).map(|i| row.get::<_, Value>(i)).collect::<rusqlite::Result<Vec<_>>>()
        });
        (table.clone(), rows.unwrap().map(|row| format!("{:?}", row.unwrap())).collect())
    };
    columns.iter().map(read).collect()
}

fn database(scene: &Scene) -> std::path::PathBuf {
    scene.path("archive/archive.db")
}

/// Every file of the archive's folder, with its bytes.
fn files(scene: &Scene) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(scene.path("archive")).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn case_115_every_row_of_an_older_archive_is_kept_and_so_is_a_copy_of_it() {
    for from in 1..=SCHEMAS.len() {
        let (scene, rows) = old(from);
        let ran = scene.run(&["init"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(version(&database(&scene)), VERSION);
        rows.assert_kept(&database(&scene));
        let copy = scene.path(&format!("archive/archive.db.v{from}.bak"));
        assert_eq!(version(&copy), from as i64);
        rows.assert_kept(&copy);
        assert!(!copy.with_extension("bak.castkeep-part").exists());
        // The copy is an archive that castkeep takes up again.
        for name in ["archive.db", "archive.db-wal", "archive.db-shm"] {
            let _ = fs::remove_file(scene.path("archive").join(name));
        }
        fs::rename(&copy, database(&scene)).unwrap();
        assert_eq!(scene.run(&["init"]).code, 0);
        rows.assert_kept(&database(&scene));
    }
}

/// The system calls by which a migration writes.
const CALLS: &[&str] = &[
    "openat",
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
];
/// So many turns of each call are struck, spread from the first to the last.
const TURNS: usize = 9;

/// Runs the migration under strace; whether it was killed, and the calls on files of the archive.
fn under_strace(scene: &Scene, inject: Option<&str>) -> (bool, Vec<String>) {
    let log = scene.path("strace.log");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&log).arg(format!("--trace={}", CALLS.join(",")));
    let root = scene.path("archive").canonicalize().unwrap();
    let copies = (1..=SCHEMAS.len())
        .flat_map(|n| ["", ".castkeep-part"].map(|end| format!("archive.db.v{n}.bak{end}")));
    let names = ["", "archive.db", "archive.db-wal", "archive.db-shm", "archive.db-journal", "lock"];
    for name in names.into_iter().map(str::to_owned).chain(copies) {
        command.arg("-P").arg(if name.is_empty() { root.clone() } else { root.join(name) });
    }
    command.args(inject.map(|inject| format!("--inject={inject}")));
    command.arg(env!("CARGO_BIN_EXE_castkeep")).arg("init").current_dir(scene.path(""));
    let status = command.output().unwrap().status;
    let calls = fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
    fs::remove_file(log).unwrap();
    (status.signal() == Some(9), calls)
}

#[test]
fn case_115_a_migration_that_is_killed_at_any_step_is_finished_by_the_next_run() {
    if !strace::is_there() {
        return;
    }
    let told: Vec<String> = std::thread::scope(|scope| {
        let roads = (1..=SCHEMAS.len()).map(|from| scope.spawn(move || kill_on_the_way_from(from)));
        roads.collect::<Vec<_>>().into_iter().map(|road| road.join().unwrap()).collect()
    });
    say!("{}", told.join("\n"));
}

fn kill_on_the_way_from(from: usize) -> String {
    let (scene, rows) = old(from);
    let (killed, calls) = under_strace(&scene, None);
    assert!(!killed);
    rows.assert_kept(&database(&scene));
    let (mut kills, mut before, mut strikes) = (0, 0, 0);
    for call in CALLS {
        let turns = calls.iter().filter(|line| line.contains(&format!(" {call}("))).count();
        for n in (0..TURNS.min(turns)).map(|n| 1 + n * turns / TURNS.min(turns)) {
            let (scene, rows) = old(from);
            let (killed, _) = under_strace(&scene, Some(&format!("{call}:signal=SIGKILL:when={n}")));
            strikes += 1;
            kills += usize::from(killed);
            let at = version(&database(&scene));
            assert!([from as i64, VERSION].contains(&at), "{call} {n}: version {at}");
            before += usize::from(at != VERSION);
            rows.assert_kept(&database(&scene));
            let copy = scene.path(&format!("archive/archive.db.v{from}.bak"));
            assert!(at != VERSION || copy.exists(), "{call} {n}: there is a copy before there is a change");

            let ran = scene.run(&["init"]);
            assert_eq!(ran.code, 0, "after {call} {n}: {}", ran.stderr);
            assert_eq!(version(&database(&scene)), VERSION);
            rows.assert_kept(&database(&scene));
            rows.assert_kept(&copy);
            assert!(!copy.with_extension("bak.castkeep-part").exists(), "{call} {n}");
        }
    }
    assert!(kills * 10 >= strikes * 9, "{kills} of {strikes}");
    format!(
        "from version {from}: killed at {kills} of {strikes} calls, {before} times before the new schema was there"
    )
}

#[test]
fn case_115_the_copy_is_on_disk_before_the_first_step() {
    if !strace::is_there() {
        return;
    }
    let (scene, _) = old(1);
    let (_, calls) = under_strace(&scene, None);
    let position = |what: &[&str]| {
        calls
            .iter()
            .position(|line| what.iter().all(|word| line.contains(word)))
            .unwrap_or_else(|| panic!("{what:?}: {calls:#?}"))
    };
    let named = position(&["rename", ".bak.castkeep-part"]);
    let synced = calls[..named].iter().rposition(|line| line.contains("fsync(")).unwrap();
    let written = calls[..named].iter().rposition(|line| line.contains("pwrite64(")).unwrap();
    assert!(written < synced, "{calls:#?}");
    // The folder is synced next, and only then is the log written to.
    assert!(calls[named + 1..named + 4].iter().any(|line| line.contains("fsync(")), "{calls:#?}");
    let first = position(&["-wal\"", "O_CREAT"]);
    let log = calls[named..].iter().filter(|line| line.contains("pwrite64(")).count();
    assert!(log > 0 && first < calls.len());
}

#[test]
fn case_115_a_newer_archive_is_left_as_it_is() {
    let (scene, _) = old(3);
    assert_eq!(scene.run(&["init"]).code, 0);
    let db = Connection::open(database(&scene)).unwrap();
    db.pragma_update(None, "user_version", VERSION + 1).unwrap();
    db.close().unwrap();
    let before = files(&scene);
    assert!(!before.contains_key("archive.db-wal"));
    for command in [
        &["sync"][..],
        &["init"],
        &["status"],
        &["sql", "SELECT 1"],
        &["verify"],
        &["verify", "--repair"],
        &["reparse"],
        &["backup", "copy.db"],
    ] {
        let ran = scene.run(command);
        assert_eq!(ran.code, 2, "{command:?}: {}", ran.stderr);
        let words = format!(
            "its schema is version {}, this castkeep knows up to {VERSION}\nhint: use the newer castkeep",
            VERSION + 1
        );
        assert!(ran.stderr.contains(&words), "{}", ran.stderr);
        assert!(files(&scene) == before, "{command:?} wrote {:?}", files(&scene).keys());
    }
    assert_eq!(scene.run(&["doctor"]).code, 5);
    assert!(files(&scene) == before);
    assert!(!scene.path("copy.db").exists());
}

#[test]
fn case_115_a_damaged_archive_is_not_migrated() {
    let (scene, _) = old(2);
    let mut bytes = fs::read(database(&scene)).unwrap();
    let root: u32 = read(&database(&scene))
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'episodes'", [], |row| row.get(0))
        .unwrap();
    let root = root as usize;
    bytes[(root - 1) * 4096..root * 4096].fill(0);
    fs::write(database(&scene), &bytes).unwrap();
    for name in ["archive.db-wal", "archive.db-shm"] {
        let _ = fs::remove_file(scene.path("archive").join(name));
    }
    let ran = scene.run(&["init"]);
    assert!([1, 5].contains(&ran.code), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: move it aside and put a backup in its place"), "{}", ran.stderr);
    assert!(fs::read(database(&scene)).unwrap() == bytes);
    assert!(
        !files(&scene).keys().any(|name| name.contains(".bak")),
        "no bad copy: {:?}",
        files(&scene).keys()
    );
}

#[test]
fn case_115_where_there_is_no_room_for_the_copy_nothing_is_migrated() {
    let (scene, rows) = old(1);
    // Room for the archive, and not for two of it; then for what it takes.
    let script = "mkdir disk && mount -t tmpfs -o size=600k tmpfs disk && cp -r archive/. disk/ \
                  && CASTKEEP_ARCHIVE_DIRECTORY=disk \"$CASTKEEP\" init; echo $?; ls -A disk | tr '\\n' ' '; cp disk/archive.db after.db; \
                  mount -o remount,size=8m disk; CASTKEEP_ARCHIVE_DIRECTORY=disk \"$CASTKEEP\" init; echo $?; cp disk/archive.db last.db";
    let Some(ran) = unshared(&scene, script) else { return };
    assert_eq!(ran.stdout, "1\narchive.db audio lock 0\n", "{}", ran.stderr);
    assert!(
        ran.stderr.contains("database or disk is full") && ran.stderr.contains("hint: free some space"),
        "{}",
        ran.stderr
    );
    assert_eq!(version(&scene.path("after.db")), 1);
    rows.assert_kept(&scene.path("after.db"));
    assert_eq!(version(&scene.path("last.db")), VERSION);
    rows.assert_kept(&scene.path("last.db"));
}

#[test]
fn case_111_an_older_archive_is_read_as_it_is() {
    let (scene, rows) = old(1);
    let ran = scene.run(&["sql", "--format", "csv", "SELECT title FROM shows WHERE title IS NOT NULL"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "title\nTwo Pans\n", ""));
    let ran = scene.run(&["status"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let words = format!(
        ": its schema is version 1, and this needs version {VERSION}\nhint: \"castkeep sync\" brings it"
    );
    assert!(ran.stderr.contains(&words), "{}", ran.stderr);
    let ran = scene.run(&["doctor"]);
    let line = format!(
        "note  archive: archive, schema version 1: the next run that writes makes it version {VERSION}"
    );
    assert!(ran.stdout.contains(&line), "{}", ran.stdout);
    assert_eq!(scene.run(&["backup", "copy.db"]).code, 0);
    rows.assert_kept(&scene.path("copy.db"));
    assert_eq!(version(&database(&scene)), 1);
    rows.assert_kept(&database(&scene));
}

#[test]
fn case_111_readers_are_answered_while_a_migration_is_under_way() {
    let (scene, _) = old(5);
    // As the one transaction of a migration stands before its end.
    let db = Connection::open(database(&scene)).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    db.execute_batch(include_str!("../src/archive/steps/6.sql")).unwrap();
    let ask = || scene.run(&["sql", "--format", "csv", "SELECT count(*) AS n FROM episodes"]);
    assert_eq!((ask().code, ask().stdout.as_str()), (0, "n\n2\n"));
    assert_eq!(scene.run(&["backup", "--quiet", "before.db"]).code, 0);
    assert_eq!(version(&scene.path("before.db")), 5);
    db.execute_batch(&format!("PRAGMA user_version = {VERSION}; COMMIT")).unwrap();
    assert_eq!(ask().code, 0);
    let ran = scene.run(&["status"]);
    assert!(ran.code == 0 && ran.stdout.contains("two-pans"), "{}", ran.stderr);
}
