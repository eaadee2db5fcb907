//! What can be wrong with a configuration: where, what, and what was probably meant.

use std::path::{Path, PathBuf};

use super::{hush, words};
use crate::model::{self, nearest, redact_text};

/// The configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can't be read.
    #[error("{}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what it should be; the message shows the line with a caret.
    #[error("{}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, caret and what was expected.
        message: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// A `CASTKEEP_*` variable is not what it should be.
    #[error("{name}: {message}")]
    Variable {
        /// The variable.
        name: String,
        /// What was expected.
        message: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// A value can't be right.
    #[error("{}: {subject}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The value.
        subject: String,
        /// What is wrong with it.
        message: String,
    },
    /// Two feeds that are told apart by their secrets alone.
    #[error("{}: {feed}: two shows have this address, but for their secrets", path.display())]
    Alike {
        /// The file.
        path: PathBuf,
        /// The address that they have in common.
        feed: String,
    },
    /// It could not be written.
    #[error("write {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No show of this name is in it.
    #[error("{}: there is no show {slug:?}", path.display())]
    NoShow {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        slug: String,
        /// The names there are.
        known: Vec<String>,
    },
}

impl Error {
    pub(super) fn syntax(path: &Path, source: &toml::de::Error) -> Self {
        let (said, meant) = said(source.message());
        let whole = source.to_string();
        // It quotes the line.
        let quoted = whole.trim_end().strip_suffix(source.message().trim_end()).unwrap_or_default();
        let unknown =
            source.message().strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        let quoted = hush::hushed(quoted.trim_start_matches("TOML parse error "), unknown);
        let message = format!("{quoted}{said}");
        Self::Syntax { path: path.to_owned(), message: redact_text(&message), meant }
    }

    pub(super) fn variable(name: &str, message: &str) -> Self {
        let (said, meant) = said(message.trim_end());
        Self::Variable { name: name.to_owned(), message: redact_text(&said), meant }
    }

    /// What was probably meant.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Syntax { meant, .. } | Self::Variable { meant, .. } => meant.clone(),
            Self::NoShow { slug, known, .. } => model::meant(slug, known),
            Self::Alike { .. } => Some("give each of them a slug of its own".to_owned()),
            Self::Unreadable { .. } | Self::Invalid { .. } | Self::Unwritable { .. } => None,
        }
    }
}

/// A message in plain words, and what was probably meant: then the names that could have been are not listed.
fn said(message: &str) -> (String, Option<String>) {
    match (meant(message), message.split_once(", expected one of ")) {
        (Some(meant), Some((wrong, _))) => (wrong.to_owned(), Some(meant)),
        (meant, _) => (words::plain(message), meant),
    }
}

/// The nearest of the names that serde lists: ``unknown field `x`, expected one of `a`, `b` ``.
fn meant(message: &str) -> Option<String> {
    let after = message.split_once("unknown field ").or_else(|| message.split_once("unknown filter "))?.1;
    let mut quoted = after.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    did_you_mean(nearest(wrong, quoted))
}

fn did_you_mean(name: Option<&str>) -> Option<String> {
    name.map(|name| format!("did you mean {name:?}?"))
}
