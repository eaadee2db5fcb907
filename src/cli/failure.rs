//! From an error to its line, its hint and its exit code.

use std::borrow::Cow;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use super::otherwise;
use super::talk::Talk;
use crate::model::{Time, redacted};
use crate::{archive, config, jobs};

/// The request was wrong: usage or configuration.
pub(super) const USAGE: u8 = 2;
/// Finished with some failures.
pub(super) const PARTIAL: u8 = 3;
/// Another run holds the archive.
const LOCKED: u8 = 4;
/// A run that takes longer is looked at.
const LONG: Duration = Duration::from_hours(24);
/// `verify` found damage.
pub(super) const DAMAGED: u8 = 5;

/// A usage error that clap can't see.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Usage {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Something could not be done, and the user can do something about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Advised {
    message: String,
    hint: String,
}

impl Advised {
    pub(super) fn error(message: String, hint: String) -> anyhow::Error {
        Self { message, hint }.into()
    }
}

/// A file that was named could not be read. One that is not there is a slip of the pen.
pub(super) fn unread(path: &Path, error: std::io::Error) -> anyhow::Error {
    use ErrorKind::{IsADirectory, NotADirectory, NotFound};
    match error.kind() {
        NotFound | NotADirectory | IsADirectory => {
            Usage { message: format!("{}: {error}", path.display()), hint: None }.into()
        }
        _ => anyhow::Error::new(error).context(path.display().to_string()),
    }
}

/// Prints an error; its exit code.
pub(super) fn report(talk: Talk, error: &anyhow::Error) -> ExitCode {
    // Whoever reads our output has heard enough (`| head`): that is no failure.
    let broken_pipe = |e: &std::io::Error| e.kind() == ErrorKind::BrokenPipe;
    if error.chain().any(|cause| cause.downcast_ref().is_some_and(broken_pipe)) {
        return ExitCode::SUCCESS;
    }
    let code = error.chain().find_map(code).unwrap_or(1);
    // Two runs of a timer that meet are no failure of either.
    if !(code == LOCKED && talk.quiet && !is_held_long(error)) {
        say(talk, error);
    }
    ExitCode::from(code)
}

/// Says what went wrong, and what the user can do about it.
pub(super) fn say(talk: Talk, error: &anyhow::Error) {
    talk.failure(None, &format!("{error:#}"));
    if let Some(hint) = error.chain().find_map(hint) {
        talk.hint(&hint);
    }
}

/// Another run holds the archive.
pub(super) fn is_locked(error: &anyhow::Error) -> bool {
    error.chain().find_map(code) == Some(LOCKED)
}

/// The run that holds the archive has done so for longer than any should: somebody may have to see to it.
fn is_held_long(error: &anyhow::Error) -> bool {
    let folder = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(jobs::Error::Archive(archive::Error::Locked(folder))) => Some(folder),
        _ => match cause.downcast_ref() {
            Some(archive::Error::Locked(folder)) => Some(folder),
            _ => None,
        },
    });
    let since = folder.and_then(|folder| archive::Reader::open(folder).ok()?.running_since().ok()?);
    since.is_some_and(|since| Time::from(chrono::Utc::now()).since(since) > LONG)
}

type Cause<'a> = &'a (dyn std::error::Error + 'static);

fn hint(cause: Cause<'_>) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<jobs::Error>() {
        return error.hint();
    }
    if let Some(error) = cause.downcast_ref::<archive::Error>() {
        return error.hint();
    }
    if let Some(error) = cause.downcast_ref::<config::Error>() {
        return error.hint();
    }
    match cause.downcast_ref::<archive::QueryError>() {
        Some(archive::QueryError::Slow(_)) => return Some("--timeout SECONDS gives it more".to_owned()),
        Some(archive::QueryError::Large(_)) => return Some("ask for less at once".to_owned()),
        _ => {}
    }
    if let Some(error) = cause.downcast_ref::<Advised>() {
        return Some(error.hint.clone());
    }
    cause.downcast_ref::<Usage>().and_then(|error| error.hint.clone())
}

fn code(cause: Cause<'_>) -> Option<u8> {
    if let Some(error) = cause.downcast_ref::<jobs::Error>() {
        return match error {
            jobs::Error::Archive(error) => archive_code(error),
            error => error.is_usage().then_some(USAGE),
        };
    }
    if let Some(error) = cause.downcast_ref::<archive::Error>() {
        return archive_code(error);
    }
    (cause.is::<config::Error>() || cause.is::<Usage>()).then_some(USAGE)
}

fn archive_code(error: &archive::Error) -> Option<u8> {
    match error {
        archive::Error::Locked(_) => Some(LOCKED),
        archive::Error::Newer { .. } | archive::Error::Taken(_) | archive::Error::Target { .. } => {
            Some(USAGE)
        }
        archive::Error::Damaged { .. } => Some(DAMAGED),
        _ => None,
    }
}

/// Prints what clap has to say: help on stdout, errors on stderr, these as JSON for who wants that.
pub(super) fn usage(error: &clap::Error, is_json: bool) -> ExitCode {
    if is_json && error.use_stderr() {
        let text = error.render().to_string();
        let first = text.split("\n\n").next().unwrap_or_default().trim();
        let message = first.strip_prefix("error: ").unwrap_or(first);
        let talk = Talk { quiet: false, verbose: false, json: true };
        talk.failure(None, message);
        if let Some(tip) = otherwise::tip(error) {
            talk.hint(&tip);
        }
        return ExitCode::from(USAGE);
    }
    match redacted(&error.render().to_string()) {
        Cow::Borrowed(_) => drop(error.print()),
        // An address that was typed in the wrong place.
        Cow::Owned(bare) => drop(write!(std::io::stderr(), "{bare}")),
    }
    if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}
