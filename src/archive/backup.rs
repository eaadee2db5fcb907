//! A copy of the database: of one moment, also beside a writer, and compared with that moment before it gets its name.
//!
//! One read transaction is held over copy and comparison, so that a writer's commits between them are in neither. With a
//! rollback journal (network file systems) a writer waits for its end, with a write-ahead log it does not.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use serde::Serialize;

use super::error::{Error, Result};
use super::part::{self, Existing, Part, folder_of, is_same};
use super::{care, open};
use crate::model::{Digest, Hasher};

/// Pages that are copied between two questions whether to go on.
const PAGES: i32 = 1000;

/// What is in a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Length of the file.
    pub size_bytes: u64,
    /// Shows in it.
    pub shows: u64,
    /// Episodes in it.
    pub episodes: u64,
    /// Rows in all its tables.
    pub rows: u64,
}

/// Copies the database at `source`, open as `db`, to `target`. `None` if `go_on`, asked with pages done and pages in all,
/// said no.
pub(super) fn back_up(
    db: &Connection,
    source: &Path,
    target: &Path,
    existing: Existing,
    go_on: &dyn Fn(u64, u64) -> bool,
) -> Result<Option<Copied>> {
    refuse(source, target, existing)?;
    let part = Part::like(source, target)?;
    let Some(copied) = fill(db, source, &part, go_on)? else { return Ok(None) };
    part.give_name(existing)?;
    Ok(Some(copied))
}

/// Fills a part with a copy, and compares the two.
pub(super) fn fill(
    db: &Connection,
    source: &Path,
    part: &Part,
    go_on: &dyn Fn(u64, u64) -> bool,
) -> Result<Option<Copied>> {
    let reading = |error| Error::Sql { path: source.to_owned(), doing: "read it for a copy", source: error };
    let snapshot = db.unchecked_transaction().map_err(reading)?;
    // The snapshot is that of the first read.
    let there = contents(&snapshot).map_err(reading)?;
    if !copy(&snapshot, part.path(), go_on)? {
        return Ok(None);
    }
    part.sync()?;
    let copied = compare(&there, source, part.path())?;
    Ok(Some(Copied { size_bytes: part.size()?, ..copied }))
}

/// What can't be a copy's name is told before anything is made.
pub(super) fn refuse(source: &Path, target: &Path, existing: Existing) -> Result<()> {
    let bad = |why| Err(Error::Target { path: target.to_owned(), why });
    let Some(name) = target.file_name() else { return bad("this is no name for a file") };
    let same_folder = || {
        let folder = |path: &Path| folder_of(path).canonicalize().ok();
        folder(source).is_some() && folder(source) == folder(target)
    };
    if part::FILES.iter().any(|own| name == *own) && same_folder() {
        return bad("this is the archive itself");
    }
    match std::fs::symlink_metadata(target) {
        Ok(found) if found.is_dir() || target.is_dir() => bad("this is a folder"),
        Ok(_) if is_same(source, target) => bad("this is the archive itself"),
        Ok(_) if existing == Existing::Keep => Err(Error::Taken(target.to_owned())),
        Ok(found) if !found.is_file() || !is_archive(target) => bad("this is not a copy of an archive"),
        // What is not there, or can't be looked at, is told by the attempt.
        _ => Ok(()),
    }
}

/// Whether the file begins as an archive does (sqlite.org/fileformat2.html, 1.3).
fn is_archive(path: &Path) -> bool {
    let mut header = [0; 72];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    let [.., a, b, c, d] = header;
    let id = i64::from(u32::from_be_bytes([a, b, c, d]));
    read.is_ok() && header.starts_with(b"SQLite format 3\0") && id == open::APPLICATION_ID
}

/// Copies page by page; whether to the end.
fn copy(db: &Connection, part: &Path, go_on: &dyn Fn(u64, u64) -> bool) -> Result<bool> {
    let writing = |source| Error::Sql { path: part.to_owned(), doing: "write the copy", source };
    // Nobody sees the copy before it is whole and synced: it needs no journal of its own.
    let mut copy = open::nobodys(part).map_err(writing)?;
    let backup = Backup::new(db, &mut copy).map_err(writing)?;
    loop {
        let step = backup.step(PAGES).map_err(writing)?;
        let progress = backup.progress();
        let all = u64::try_from(progress.pagecount).unwrap_or_default();
        let done = all.saturating_sub(u64::try_from(progress.remaining).unwrap_or_default());
        match step {
            StepResult::Done => break,
            StepResult::More if go_on(done, all) => {}
            StepResult::More => return Ok(false),
            // Neither the snapshot nor a file that nobody else knows can be busy.
            _ => {
                return Err(Error::Io {
                    path: part.to_owned(),
                    doing: "write",
                    source: std::io::Error::other("it is locked"),
                });
            }
        }
    }
    drop(backup);
    copy.close().map_err(|(_, source)| writing(source))?;
    Ok(true)
}

/// All that a database says, table by table: rows, and a digest of their values.
type Contents = Vec<(String, u64, Digest)>;

fn contents(db: &Connection) -> rusqlite::Result<Contents> {
    // What a virtual table (search) keeps is in ordinary tables, too.
    let list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name";
    let mut tables = vec!["sqlite_schema".to_owned()];
    let mut statement = db.prepare(list)?;
    for name in statement.query_map([], |row| row.get(0))? {
        tables.push(name?);
    }
    tables
        .into_iter()
        .map(|table| {
            let (rows, digest) = content(db, &table)?;
            Ok((table, rows, digest))
        })
        .collect()
}

fn content(db: &Connection, table: &str) -> rusqlite::Result<(u64, Digest)> {
    let mut statement = db.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")))?;
    let columns = statement.column_count();
    let (mut rows, mut hasher) = (0, Hasher::default());
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        rows += 1;
        for column in 0..columns {
            take_in(&mut hasher, row.get_ref(column)?);
        }
    }
    Ok((rows, hasher.finish()))
}

fn take_in(hasher: &mut Hasher, value: ValueRef<'_>) {
    let mut long = |kind: u8, bytes: &[u8]| {
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    match value {
        ValueRef::Null => long(0, &[]),
        ValueRef::Integer(n) => long(1, &n.to_be_bytes()),
        ValueRef::Real(n) => long(2, &n.to_bits().to_be_bytes()),
        ValueRef::Text(bytes) => long(3, bytes),
        ValueRef::Blob(bytes) => long(4, bytes),
    }
}

/// Opens the copy anew, and holds all that it says against what the archive said.
fn compare(there: &Contents, source: &Path, part: &Path) -> Result<Copied> {
    let reading = |source| Error::Sql { path: part.to_owned(), doing: "read the copy", source };
    let copy = open::alone(part).map_err(reading)?;
    copy.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(reading)?;
    // The copy is that of the pages: what is broken in it was broken before.
    let broken = care::integrity(&copy, care::Depth::Full);
    if !broken.is_empty() {
        return Err(Error::Damaged { path: source.to_owned(), found: broken });
    }
    let here = contents(&copy).map_err(reading)?;
    if let Some((table, ..)) = there.iter().find(|table| !here.contains(table)) {
        return Err(Error::Differs { path: part.to_owned(), table: table.clone() });
    }
    let count = |name: &str| here.iter().find(|(table, ..)| table == name).map_or(0, |(_, rows, _)| *rows);
    // What search and statistics keep for themselves counts for nobody.
    let is_ours = |table: &str| !table.starts_with("sqlite_") && !table.contains("_fts_");
    let rows = here.iter().filter(|(table, ..)| is_ours(table)).map(|(_, rows, _)| rows).sum();
    Ok(Copied { size_bytes: 0, shows: count("shows"), episodes: count("episodes"), rows })
}
