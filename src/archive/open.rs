//! Opening the database file with the settings that its safety rests on, for the writer and for readers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{Error, Result};
use super::filesystem::FileSystem;

/// `PRAGMA application_id` of every castkeep archive.
pub(super) const APPLICATION_ID: i64 = 1_128_352_592;

/// How long to wait for another program's transaction.
const BUSY: Duration = Duration::from_secs(10);

/// Settings of the one writer: each is read back, and the archive is not used if one did not take.
///
/// See [`JOURNAL`] for the two that the file system decides.
const WRITER: &[(&str, &str)] = &[
    ("foreign_keys", "1"),
    ("trusted_schema", "0"),
    ("cell_size_check", "1"),
    ("temp_store", "2"),
    ("cache_size", "-16000"),
    ("journal_size_limit", "67108864"),
    ("checkpoint_fullfsync", "1"),
    ("fullfsync", "1"),
];

/// A write-ahead log lets readers in beside the writer. `synchronous=FULL` (2): a run commits a few dozen times, and losing
/// a "stored" row after a power cut would cost a download.
const JOURNAL: [(&str, &str); 2] = [("journal_mode", "wal"), ("synchronous", "2")];

/// On a network file system, where a log would corrupt the database: a rollback journal, whose removal is synced, too (EXTRA, 3).
const NETWORK_JOURNAL: [(&str, &str); 2] = [("journal_mode", "delete"), ("synchronous", "3")];

/// Opens for writing, creating the file if need be.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    let sql = |source| Error::Sql { path: path.to_owned(), doing: "open", source };
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(sql)?;
    db.busy_timeout(BUSY).map_err(sql)?;
    let journal = match FileSystem::of(path.parent().unwrap_or(path)) {
        FileSystem::Network(_) => NETWORK_JOURNAL,
        FileSystem::Local | FileSystem::Fuse => JOURNAL,
    };
    for (name, want) in journal.into_iter().chain(WRITER.iter().copied()) {
        set(&db, path, name, want)?;
    }
    // mmap_size reads back as nothing where memory maps are compiled out.
    db.pragma_update(None, "mmap_size", 0).map_err(sql)?;
    defend(&db).map_err(sql)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// A connection that only reads, and clears away after itself.
pub(super) struct ReadOnly {
    pub(super) db: Connection,
    // Dropped after the connection: fields go in the order they stand in.
    pub(super) traces: Traces,
}

/// Opens for reading only, also beside a writer, and also on a medium that can't be written.
pub(super) fn reader(path: &Path) -> Result<ReadOnly> {
    let root = path.parent().unwrap_or(path);
    if !path.exists() {
        return Err(Error::Absent(root.to_owned()));
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let sql = |source| Error::Sql { path: path.to_owned(), doing: "open for reading", source };
    let open = |query: &str| {
        let db = Connection::open_with_flags(uri(path, query), flags)?;
        db.busy_timeout(BUSY)?;
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(db)
    };
    let was_closed = !log_of(path).exists();
    let db = match open("mode=ro") {
        Ok(db) => db,
        // WAL needs a shared-memory file beside the database. Where none can be made and no log waits to be read,
        // nobody writes, and the file alone is the whole truth.
        Err(error) if was_closed && !super::error::is_damage(&error) => open("immutable=1").map_err(sql)?,
        Err(error) => return Err(sql(error)),
    };
    db.pragma_update(None, "query_only", 1).map_err(sql)?;
    // Sorts stay in memory, where a query's limit holds them, and never spill into files.
    db.pragma_update(None, "temp_store", 2).map_err(sql)?;
    db.pragma_update(None, "trusted_schema", 0).map_err(sql)?;
    db.pragma_update(None, "cell_size_check", 1).map_err(sql)?;
    defend(&db).map_err(sql)?;
    Ok(ReadOnly { db, traces: Traces::of(path) })
}

/// Opens a file that nobody else has, for reading, without making any file beside it.
pub(super) fn alone(path: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri(path, "immutable=1"), flags)
}

/// Opens a file that nobody else has, and that is worth nothing before it is whole, for writing: without a journal.
pub(super) fn nobodys(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.pragma_update_and_check(None, "journal_mode", "off", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", 0)?;
    Ok(db)
}

/// The write-ahead log of a database.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// The empty log and its index that SQLite makes even for a reader of a closed database. A connection that may only read
/// can't take the lock under which they are removed, so one that may write is opened for a moment, and closed: if it was
/// the last, they go.
pub(super) struct Traces(PathBuf);

impl Traces {
    pub(super) fn of(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        let is_empty = |log: &Path| std::fs::metadata(log).is_ok_and(|found| found.len() == 0);
        if is_empty(&log_of(&self.0)) {
            // They do no harm where they must stay.
            let _ = clear(&self.0);
        }
    }
}

fn clear(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    db.close().map_err(|(_, error)| error)
}

/// An SQLite URI of a path, with the characters that mean something in a URI escaped.
fn uri(path: &Path, query: &str) -> String {
    let escaped: String = path
        .to_string_lossy()
        .chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            _ => c.to_string(),
        })
        .collect();
    format!("file:{escaped}?{query}")
}

fn defend(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(())
}

fn set(db: &Connection, path: &Path, name: &'static str, want: &str) -> Result<()> {
    let sql = |source| Error::Sql { path: path.to_owned(), doing: "set up", source };
    db.pragma_update_and_check(None, name, want, |_| Ok(())).or_else(ignore_no_rows).map_err(sql)?;
    let got =
        db.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).map_err(sql)?;
    let got = super::values::text(&got).unwrap_or_default();
    if got == want {
        return Ok(());
    }
    Err(Error::Setting { path: path.to_owned(), name, want: want.to_owned(), got })
}

/// Most pragmas answer nothing when set.
fn ignore_no_rows(error: rusqlite::Error) -> rusqlite::Result<()> {
    if matches!(error, rusqlite::Error::QueryReturnedNoRows) { Ok(()) } else { Err(error) }
}
