//! The road from an older archive to today's schema: numbered steps, counted by `PRAGMA user_version`.
//!
//! `schema.sql` is today's truth and makes a new archive; a test walks every older version here and compares.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::backup;
use super::error::{Error, Result};
use super::open::APPLICATION_ID;
use super::part::Existing;

/// Today's schema, as a fresh archive gets it.
pub const SCHEMA: &str = include_str!("../../schema.sql");

/// `STEPS[n]` leads from version n + 1 to version n + 2.
const STEPS: &[&str] = &[
    include_str!("steps/2.sql"),
    include_str!("steps/3.sql"),
    include_str!("steps/4.sql"),
    include_str!("steps/5.sql"),
    include_str!("steps/6.sql"),
];

/// The version that `SCHEMA` is.
pub const VERSION: i64 = STEPS.len() as i64 + 1;

/// Brings the database at `path` to today's schema; a copy of an older one,
/// `archive.db.v{version}.bak`, is kept beside it first, and compared with it.
pub(super) fn migrate(db: &mut Connection, path: &Path) -> Result<()> {
    let sql = |doing| move |source| Error::Sql { path: path.to_owned(), doing, source };
    let found = version(db).map_err(sql("read its version"))?;
    match found {
        VERSION => own(db, path),
        0 => create(db, path),
        _ if found > VERSION => Err(Error::Newer { path: path.to_owned(), found, known: VERSION }),
        _ => {
            own(db, path)?;
            // Nothing is asked for that could be said no to: a migration is short, and its copy is needed.
            let copy = path.with_file_name(format!("archive.db.v{found}.bak"));
            backup::back_up(db, path, &copy, Existing::Replace, &|_, _| true)?;
            climb(db, found).map_err(sql("migrate to today's schema"))
        }
    }
}

/// The version of its schema. Refuses what a newer castkeep or another program wrote; for readers, who change nothing.
pub(super) fn check(db: &Connection, path: &Path) -> Result<i64> {
    let found = version(db).map_err(|source| Error::Sql {
        path: path.to_owned(),
        doing: "read its version",
        source,
    })?;
    if found > VERSION {
        return Err(Error::Newer { path: path.to_owned(), found, known: VERSION });
    }
    own(db, path).map(|()| found)
}

/// The same before a writer touches it: an empty one, left by a run that was killed while making it, may be begun again.
pub(super) fn check_before_writing(db: &Connection, path: &Path) -> Result<()> {
    let sql = |source| Error::Sql { path: path.to_owned(), doing: "look at it", source };
    if version(db).map_err(sql)? == 0 && tables(db).map_err(sql)? == 0 {
        return Ok(());
    }
    check(db, path).map(|_| ())
}

fn tables(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn own(db: &Connection, path: &Path) -> Result<()> {
    let id: i64 = db
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|source| Error::Sql { path: path.to_owned(), doing: "read its application id", source })?;
    if id == APPLICATION_ID { Ok(()) } else { Err(Error::Foreign(path.to_owned())) }
}

fn create(db: &mut Connection, path: &Path) -> Result<()> {
    let sql = |source| Error::Sql { path: path.to_owned(), doing: "create the schema", source };
    if tables(db).map_err(sql)? > 0 {
        return Err(Error::Foreign(path.to_owned()));
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
    tx.execute_batch(SCHEMA).and_then(|()| tx.pragma_update(None, "user_version", VERSION)).map_err(sql)?;
    tx.commit().map_err(sql)
}

/// All steps and the new version number in one transaction: an archive is at one version or another, never between.
fn climb(db: &mut Connection, from: i64) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in STEPS.iter().skip(usize::try_from(from - 1).unwrap_or(usize::MAX)) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", VERSION)?;
    tx.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema of every older version, as it was.
    const OLDER: &[&str] = &[
        include_str!("../../fixtures/schema/1.sql"),
        include_str!("../../fixtures/schema/2.sql"),
        include_str!("../../fixtures/schema/3.sql"),
        include_str!("../../fixtures/schema/4.sql"),
        include_str!("../../fixtures/schema/5.sql"),
    ];

    /// All that makes up a schema, by name, white space and comments aside.
    fn shape(db: &Connection) -> Vec<(String, String)> {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).unwrap();
        rows.map(|row| row.map(|(name, sql)| (name, plain(&sql))).unwrap()).collect()
    }

    fn plain(sql: &str) -> String {
        let lines = sql.lines().map(|line| line.split("-- ").next().unwrap_or_default());
        let text = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        text.replace(" ,", ",").replace(" )", ")")
    }

    fn open(folder: &tempfile::TempDir) -> (std::path::PathBuf, Connection) {
        let path = folder.path().join("archive.db");
        (path.clone(), super::super::open::writer(&path).unwrap())
    }

    #[test]
    fn every_older_archive_becomes_what_a_new_one_is_and_keeps_its_rows() {
        let fresh = tempfile::tempdir().unwrap();
        let (path, mut new) = open(&fresh);
        migrate(&mut new, &path).unwrap();
        assert_eq!(OLDER.len(), STEPS.len(), "a step needs the schema it starts from");
        for (version, schema) in (1..).zip(OLDER) {
            let folder = tempfile::tempdir().unwrap();
            let (path, mut db) = open(&folder);
            db.execute_batch(schema).unwrap();
            db.pragma_update(None, "user_version", version).unwrap();
            let show = "INSERT INTO shows (slug, feed_url, configured_url, first_seen_at) VALUES ('a', 'u', 'u', 'now')";
            db.execute(show, []).unwrap();

            migrate(&mut db, &path).unwrap();

            assert_eq!(super::version(&db).unwrap(), VERSION);
            assert_eq!(shape(&db), shape(&new), "from version {version}");
            let slug: String = db.query_row("SELECT slug FROM shows", [], |row| row.get(0)).unwrap();
            assert_eq!(slug, "a");
            let backup = Connection::open(folder.path().join(format!("archive.db.v{version}.bak"))).unwrap();
            assert_eq!(super::version(&backup).unwrap(), version);
            let kept: i64 = backup.query_row("SELECT count(*) FROM shows", [], |row| row.get(0)).unwrap();
            assert_eq!(kept, 1);
        }
    }

    #[test]
    fn what_a_newer_castkeep_or_another_program_wrote_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut db) = open(&folder);
        migrate(&mut db, &path).unwrap();
        db.pragma_update(None, "user_version", VERSION + 1).unwrap();
        assert!(matches!(migrate(&mut db, &path), Err(Error::Newer { found, .. }) if found == VERSION + 1));
        assert!(matches!(check(&db, &path), Err(Error::Newer { .. })));

        let folder = tempfile::tempdir().unwrap();
        let (path, mut db) = open(&folder);
        db.execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(matches!(migrate(&mut db, &path), Err(Error::Foreign(_))));
    }
}
