//! Databases of other programs, for reading. They are copied with what their own program left beside them (a journal, a log), and
//! the copy is read: theirs is never written to, nor locked.

mod gpodder;
mod podcast_archiver;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::model::Time;

/// A program that downloads podcasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    /// podcast-dl, with its `archive.json`.
    PodcastDl,
    /// podcast-archiver.
    PodcastArchiver,
    /// gPodder and gpo.
    GPodder,
    /// None that is known: files by their names.
    Folder,
}

impl Program {
    /// As the column `adoptions.program` says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PodcastDl => "podcast-dl",
            Self::PodcastArchiver => "podcast-archiver",
            Self::GPodder => "gpodder",
            Self::Folder => "folder",
        }
    }
}

/// What another program wrote down of an episode that it has, or had, downloaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    /// The name of the folder that its file was put into; `None` if that was not written down.
    pub folder: Option<String>,
    /// The name of its file; `None` if that was not written down.
    pub file: Option<String>,
    /// The guid. Without one in the feed: the address of the audio.
    pub guid: Option<String>,
    /// The address of the audio.
    pub url: Option<String>,
    /// The title, as it was then.
    pub title: Option<String>,
    /// The date.
    pub published: Option<Time>,
    /// How long the file was when it was whole; `None` if that was not written down.
    pub size_bytes: Option<u64>,
    /// The address of the feed.
    pub feed_url: Option<String>,
}

/// Why a database of another program is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// It could not be copied aside.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The database.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// SQLite can't read it.
    #[error("{}: not readable as a database: {source}", .path.display())]
    Sql {
        /// The database.
        path: PathBuf,
        /// What went wrong.
        source: rusqlite::Error,
    },
    /// It is torn.
    #[error("{}: damaged, or half written: {found}", .path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite found.
        found: String,
    },
    /// It is none that is known.
    #[error("{}: {found}", .path.display())]
    Unknown {
        /// The database.
        path: PathBuf,
        /// What is missing.
        found: String,
    },
}

/// Reads the database of podcast-archiver or gPodder at `path`.
pub fn read_foreign(path: &Path) -> Result<(Program, Vec<Remembered>), ForeignError> {
    let io = |source| ForeignError::Io { path: path.to_owned(), source };
    let sql = |source| {
        if super::error::is_damage(&source) {
            ForeignError::Damaged { path: path.to_owned(), found: source.to_string() }
        } else {
            ForeignError::Sql { path: path.to_owned(), source }
        }
    };
    let unknown = |found: &str| ForeignError::Unknown { path: path.to_owned(), found: found.to_owned() };
    if std::fs::metadata(path).map_err(io)?.len() == 0 {
        return Err(unknown("an empty file, which a database never is"));
    }
    let aside = tempfile::tempdir().map_err(io)?;
    let copy = copy(path, aside.path()).map_err(io)?;
    let db = Connection::open(&copy).map_err(sql)?;
    db.pragma_update(None, "trusted_schema", 0).map_err(sql)?;
    let sound: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sql)?;
    if sound != "ok" {
        return Err(ForeignError::Damaged { path: path.to_owned(), found: sound });
    }
    let has = |table: &str, columns: &[&str]| has(&db, table, columns).map_err(sql);
    if has("podcast", &["id"])? && has("episode", &["id"])? {
        let all = has("podcast", gpodder::PODCAST)? && has("episode", gpodder::EPISODE)?;
        if !all {
            return Err(unknown("a database of gPodder whose tables lack columns that castkeep knows"));
        }
        return Ok((Program::GPodder, gpodder::read(&db).map_err(sql)?));
    }
    if has("episodes", podcast_archiver::EPISODES)? {
        return Ok((Program::PodcastArchiver, podcast_archiver::read(&db).map_err(sql)?));
    }
    Err(unknown("a database, and neither podcast-archiver's nor gPodder's: it has no such tables"))
}

/// The database with its journal and its log, so that SQLite finds in the copy what it would have found there.
fn copy(path: &Path, folder: &Path) -> io::Result<PathBuf> {
    let to = folder.join("db");
    std::fs::copy(path, &to)?;
    for ending in ["-journal", "-wal"] {
        let beside = |path: &Path| -> PathBuf {
            let mut name: OsString = path.as_os_str().to_owned();
            name.push(ending);
            name.into()
        };
        match std::fs::copy(beside(path), beside(&to)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(to)
}

/// Whether there is such a table with at least these columns.
fn has(db: &Connection, table: &str, columns: &[&str]) -> rusqlite::Result<bool> {
    let mut select = db.prepare_cached("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2")?;
    for column in columns {
        if !select.exists([table, column])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A text that says something.
fn text(value: Option<String>) -> Option<String> {
    value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
