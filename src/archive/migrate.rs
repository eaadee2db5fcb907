//! The road from an older archive to today's schema: numbered steps, counted by `PRAGMA user_version`.
//!
//! `schema.sql` is today's truth and makes a new archive; a test walks every older version here and compares.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::{Error, Result};

/// Today's schema, as a fresh archive gets it.
pub const SCHEMA: &str = include_str!("../../schema.sql");

/// `STEPS[n]` leads from version n + 1 to version n + 2.
const STEPS: &[&str] = &[];

/// The version that `SCHEMA` is.
pub const VERSION: i64 = STEPS.len() as i64 + 1;

/// `PRAGMA application_id` of every castkeep archive.
const APPLICATION_ID: i64 = 1_128_352_592;

/// Brings the database at `path` to today's schema; a copy of an older one is kept beside it first.
pub(super) fn migrate(db: &mut Connection, path: &Path) -> Result<()> {
    let sql = |doing| move |source| Error::Sql { path: path.to_owned(), doing, source };
    let found = version(db).map_err(sql("read its version"))?;
    match found {
        VERSION => own(db, path),
        0 => create(db, path),
        _ if found > VERSION => Err(Error::Newer { path: path.to_owned(), found, known: VERSION }),
        _ => {
            own(db, path)?;
            back_up(db, path, found)?;
            climb(db, found).map_err(sql("migrate to today's schema"))
        }
    }
}

/// Refuses what a newer castkeep or another program wrote; for readers, who change nothing.
pub(super) fn check(db: &Connection, path: &Path) -> Result<()> {
    let found = version(db).map_err(|source| Error::Sql {
        path: path.to_owned(),
        doing: "read its version",
        source,
    })?;
    if found > VERSION {
        return Err(Error::Newer { path: path.to_owned(), found, known: VERSION });
    }
    own(db, path)
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
    let tables: i64 =
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sql)?;
    if tables > 0 {
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

/// Writes `archive.db.v{version}.bak`, whole or not at all.
fn back_up(db: &Connection, path: &Path, version: i64) -> Result<()> {
    let backup = path.with_file_name(format!("archive.db.v{version}.bak"));
    let partial = backup.with_extension("bak.part");
    let io = |doing| {
        let path = backup.clone();
        move |source| Error::Io { path, doing, source }
    };
    let _ = std::fs::remove_file(&partial);
    db.execute("VACUUM INTO ?1", [partial.to_string_lossy()]).map_err(|source| Error::Sql {
        path: path.to_owned(),
        doing: "back up before migrating",
        source,
    })?;
    File::open(&partial).and_then(|file| file.sync_all()).map_err(io("sync the backup"))?;
    std::fs::rename(&partial, &backup).map_err(io("name the backup"))
}
