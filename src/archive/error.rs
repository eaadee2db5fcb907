//! What can go wrong with an archive, each error with its subject and, where there is one, advice.

use std::io::ErrorKind;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::rights::{READ_ONLY, about_rights};
use crate::model::few;

/// An archive could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process holds the lock.
    #[error("archive {}: another castkeep run holds it", .0.display())]
    Locked(PathBuf),
    /// A newer castkeep wrote it.
    #[error("archive {}: its schema is version {found}, this castkeep knows up to {known}", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its `user_version`.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// An older castkeep wrote it, and what is asked of it needs today's schema.
    #[error("archive {}: its schema is version {found}, and this needs version {known}", path.display())]
    Older {
        /// The database.
        path: PathBuf,
        /// Its `user_version`.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The file is some other program's database.
    #[error("archive {}: this is not a castkeep archive", .0.display())]
    Foreign(PathBuf),
    /// There is nothing there to read.
    #[error("archive {}: there is no archive.db here yet", .0.display())]
    Absent(PathBuf),
    /// There is nothing there, though there was.
    #[error("archive {}: there is no archive.db here, and [archive] create = false", .0.display())]
    Gone(PathBuf),
    /// The folder that holds its folder is not there.
    #[error("archive {}: the folder above it is not there", .0.display())]
    NoParent(PathBuf),
    /// The database is broken.
    #[error("archive {}: the database is damaged: {}", path.display(), few(found, "; "))]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        found: Vec<String>,
    },
    /// A copy is not what it is a copy of.
    #[error("{}: the copy differs in {table}", path.display())]
    Differs {
        /// The copy.
        path: PathBuf,
        /// Where.
        table: String,
    },
    /// A file of that name is there.
    #[error("{}: there is such a file already", .0.display())]
    Taken(PathBuf),
    /// A copy can't be there.
    #[error("{}: {why}", path.display())]
    Target {
        /// As asked for.
        path: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// There are media files and no database.
    #[error("archive {}: audio/ holds files, and archive.db is gone", .0.display())]
    Lost(PathBuf),
    /// The database is there, and nothing is in it.
    #[error("archive {}: there is no database in it", .0.display())]
    Empty(PathBuf),
    /// A setting that the archive's safety rests on did not take.
    #[error("archive {}: setting {name} reads {got:?} instead of {want:?}", path.display())]
    Setting {
        /// The database.
        path: PathBuf,
        /// The pragma.
        name: &'static str,
        /// What was asked for.
        want: String,
        /// What it reads.
        got: String,
    },
    /// SQLite said no.
    #[error("archive {}: {doing}", path.display())]
    Sql {
        /// The database.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: rusqlite::Error,
    },
    /// The file system said no.
    #[error("archive: {doing} {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A stored feed body can't be unpacked.
    #[error("archive {}: document {id} is damaged", path.display())]
    Document {
        /// The database.
        path: PathBuf,
        /// The row of `documents`.
        id: i64,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    /// Another program holds the database, and held it for as long as we wait.
    pub fn is_busy(&self) -> bool {
        let code = if let Self::Sql { source, .. } = self { source.sqlite_error_code() } else { None };
        code == Some(ErrorCode::DatabaseBusy)
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Locked(_) => Some("wait for it to end; a run that was killed holds nothing".into()),
            Self::Newer { .. } => Some("use the newer castkeep that wrote it".into()),
            Self::Older { .. } => {
                Some("\"castkeep sync\" brings it to today's schema, and keeps a copy of it as it was".into())
            }
            Self::Foreign(_) => Some("set [archive] directory to a folder of castkeep's own".into()),
            Self::Empty(_) => Some(
                "put a backup in its place (\"castkeep backup\" makes them); if there never was an archive here, remove the file"
                    .into(),
            ),
            Self::Lost(_) => {
                Some("put archive.db back from a backup, or move audio/ away to begin anew".into())
            }
            Self::Absent(_) => Some("is its disk not mounted? if there never was one, \"castkeep init\" makes it".into()),
            Self::Gone(_) => Some(
                "is the disk mounted? to begin a new archive there, run \"castkeep init\""
                    .into(),
            ),
            Self::NoParent(_) => Some("is the disk mounted? if it is a new place, make the folder".into()),
            Self::Damaged { .. } => Some(ABOUT_DAMAGE.into()),
            Self::Sql { source, .. } if is_damage(source) => Some(ABOUT_DAMAGE.into()),
            Self::Taken(_) => Some("choose another name, or replace it with --force".into()),
            Self::Target { .. } => Some("choose another place for it".into()),
            Self::Sql { path, source, .. } if is_unwritable(source) => Some(about_rights(path)),
            Self::Sql { source, .. } => advice(source.sqlite_error_code()?).map(Into::into),
            Self::Io { path, source, .. } => match source.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(FULL.into()),
                ErrorKind::ReadOnlyFilesystem => Some(READ_ONLY.into()),
                ErrorKind::PermissionDenied => Some(about_rights(path)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The database itself is broken, as far as can be told from this.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Empty(_) => true,
            Self::Sql { source, .. } => is_damage(source),
            _ => false,
        }
    }
}

/// What can be done about a damaged database.
pub const ABOUT_DAMAGE: &str = "move it aside and put a backup in its place (\"castkeep backup\" makes them; a copy from before the last \
migration is archive.db.v*.bak); the sqlite3 shell can .recover what is left of it";

/// What helps where the disk has no room.
pub const FULL: &str = "free some space; the next run goes on from here";

/// What helps where the disk does not do as told.
pub const FAILING: &str = "free some space, or see to the disk and to what limits castkeep (ulimit -a); the next run goes on from here";

/// What helps where SQLite can't do as told.
fn advice(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some(
            "another program holds the database, such as an open sqlite3 shell: end its transaction and run again",
        ),
        ErrorCode::DiskFull => Some(FULL),
        // Where there is no room for the shared memory beside the log, SQLite says no more than this.
        ErrorCode::SystemIoFailure => Some(FAILING),
        ErrorCode::CannotOpen => {
            Some("may castkeep write here, and is there room for more files (df -i, ulimit -n)?")
        }
        _ => None,
    }
}

/// The database, or the folder around it, can only be read.
fn is_unwritable(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
}

/// Whether an error of SQLite says that the file is broken, rather than busy, locked or not there.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    // A value that is not what its column holds can't have been written so.
    let is_odd_value = matches!(
        error,
        E::Utf8Error(..)
            | E::FromSqlConversionFailure(..)
            | E::InvalidColumnType(..)
            | E::IntegralValueOutOfRange(..)
    );
    is_odd_value
        || matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// The result of an archive operation.
pub type Result<T> = std::result::Result<T, Error>;
