//! Why a job could not begin or had to stop. What fails for one show or file is in the report instead.

use std::io::{self, ErrorKind};

use crate::model::meant;
use crate::{archive, http};

/// A job could not begin, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The folders of media files.
    #[error("store: {0}")]
    Store(io::Error),
    /// The files are recorded, and the whole folder is not there.
    #[error("{}: the folder is gone, though files are recorded in it", .0.display())]
    NoAudio(std::path::PathBuf),
    /// The same, and the folder is there with nothing in it, as a mount point is.
    #[error("{}: the folder is empty, though files are recorded in it", .0.display())]
    EmptyAudio(std::path::PathBuf),
    /// A host in the configuration is none.
    #[error("[http] {key}: {source}")]
    Host {
        /// The key.
        key: &'static str,
        /// What is wrong.
        source: http::BadHostPattern,
    },
    /// No such show.
    #[error("there is no show {name:?} in the configuration")]
    UnknownShow {
        /// As asked for.
        name: String,
        /// The shows that there are.
        known: Vec<String>,
    },
    /// The folder that was to be adopted can't be read.
    #[error("{}: {}", .0.display(), .1)]
    Folder(std::path::PathBuf, io::Error),
    /// The database of another program can't be used.
    #[error("{0}")]
    Foreign(String),
    /// Nothing can be adopted, since nothing is known that it could be.
    #[error("the archive knows no episode yet, so that no file can be told to be one")]
    NoEpisodes,
    /// What was to be adopted can't be.
    #[error("{0}")]
    NothingToAdopt(String),
}

/// Not as its source: what it says stands in the message already.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Store(error)
    }
}

impl Error {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Archive(error) => error.hint(),
            Self::UnknownShow { known, .. } if known.is_empty() => {
                Some("add one with \"castkeep add URL\"".to_owned())
            }
            Self::UnknownShow { name, known } => meant(name, known),
            Self::Store(error) => Some(about_store(error.kind()).to_owned()),
            Self::EmptyAudio(_) => Some(
                "is a disk not mounted? if the files are lost for good, \"castkeep verify\" writes that down, and runs go on"
                    .to_owned(),
            ),
            Self::NoAudio(_) => {
                Some("is a disk not mounted? if it is lost for good, make an empty folder there".to_owned())
            }
            Self::NoEpisodes => Some(
                "follow the shows first: castkeep add URL (or castkeep import opml FILE), then castkeep sync --feeds-only"
                    .to_owned(),
            ),
            Self::Foreign(_) => Some(
                "without --database, files are told by their names and tags; nothing was changed".to_owned(),
            ),
            Self::Host { .. } | Self::Folder(..) | Self::NothingToAdopt(_) => None,
        }
    }

    /// The archive can't be written to.
    pub fn is_read_only(&self) -> bool {
        let (Self::Archive(archive::Error::Io { source: io, .. }) | Self::Store(io)) = self else {
            return false;
        };
        matches!(io.kind(), std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied)
    }

    /// The request itself was wrong, rather than its execution.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::UnknownShow { .. } | Self::Host { .. } | Self::NoEpisodes | Self::NothingToAdopt(_) => true,
            Self::Folder(_, error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
            Self::Archive(error) => matches!(error, archive::Error::Newer { .. }),
            _ => false,
        }
    }
}

/// What helps where the folders of media files don't do as told.
fn about_store(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => archive::FULL,
        ErrorKind::ReadOnlyFilesystem => archive::READ_ONLY,
        ErrorKind::PermissionDenied => {
            "castkeep must be able to write all that is in the archive: whose is it (ls -l), and who runs castkeep (id)?"
        }
        _ => "see to the disk, to the rights there, and to what limits castkeep (ulimit -a)",
    }
}
