//! What the user wants called for each episode that was stored: once each, with patience where it fails, and never in the way.

mod call;

use std::path::PathBuf;
use std::time::Duration;

use rustix::fs::Access;
use serde_json::{Value, json};

use call::{Call, End};

use super::session::{Session, Show, now};
use super::{Error, schedule};
use crate::archive::{HookCall, HookEnd};
use crate::export::beside;
use crate::model::{Time, redact_text};

/// A call that failed so often is not made again.
const MOST_ATTEMPTS: u32 = 10;
/// A longer value in the environment is cut, in bytes: Linux starts no program that gets one of 128 KiB (execve(2), `MAX_ARG_STRLEN`).
const LONGEST_VALUE: usize = 8 * 1024;
/// So often a call in which castkeep was killed is made again with the next run; then with patience.
const AT_ONCE: u32 = 2;
/// After so many failures one after the other, the rest of a show waits for the next run.
const MOST_FAILURES: u32 = 3;
/// The outcome of a call that is not made again.
const ABANDONED: &str = "abandoned";

/// Makes the calls that are due for these shows; with `at_once` those that failed a short while ago, too.
pub(super) async fn call(session: &mut Session, shows: &[Show], at_once: bool) -> Result<(), Error> {
    for show in shows {
        let command = command(session, show).to_vec();
        if command.is_empty() {
            continue;
        }
        of_show(session, show, &command, at_once).await?;
    }
    Ok(())
}

/// The calls of one show: what is wrong with them is nothing to the others.
async fn of_show(session: &mut Session, show: &Show, command: &[String], at_once: bool) -> Result<(), Error> {
    let mut failures = 0;
    for owed in session.archive.hook_calls(show.row.id, now(), at_once)? {
        if failures == MOST_FAILURES || session.is_cancelled() {
            break;
        }
        match one(session, command, &owed).await? {
            Went::Well => failures = 0,
            Went::Badly => failures += 1,
            Went::Nowhere => break,
        }
    }
    Ok(())
}

/// The program of a show, with its arguments; empty if none is to be called.
pub(super) fn command<'a>(session: &'a Session, show: &'a Show) -> &'a [String] {
    session.config.on_episode(&show.config)
}

/// Where the program is that a command names; `None` if it is not there, or can't be run.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    let is_program = |path: &PathBuf| rustix::fs::access(path, Access::EXEC_OK).is_ok() && path.is_file();
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(is_program);
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(is_program)
}

/// How a call went, as far as it bears on the next.
enum Went {
    Well,
    Badly,
    /// Nor can any other call of the show.
    Nowhere,
}

/// Makes one call and writes down how it ended.
async fn one(session: &mut Session, command: &[String], owed: &HookCall) -> Result<Went, Error> {
    let started_at = now();
    let call = Call {
        command,
        environment: environment(session, owed).into_iter().map(|(name, value)| (name, cut(value))).collect(),
        input: input(session, owed)?.to_string() + "\n",
        timeout: Duration::from_secs(session.config.hooks.timeout_seconds.max(1)),
    };
    let cancel = session.manner.cancel.clone();
    let attempts = owed.attempts.saturating_add(1);
    session.run_id()?;
    session.archive.hook_called(owed.id, attempts, &unended(command, owed, started_at))?;
    let (exit_code, error, went) = match call.make(&cancel).await {
        End::Well => (Some(0), None, Went::Well),
        End::Badly(code, why) => (code, Some(why), Went::Badly),
        End::NotBegun(why) => (None, Some(format!("{why}; is it there, and executable?")), Went::Nowhere),
        End::Cancelled => {
            session.archive.hook_broken_off(owed.id, owed.attempts)?;
            return Ok(Went::Nowhere);
        }
    };
    let end = ended(command, owed, started_at, exit_code, error);
    session.archive.hook_called(owed.id, attempts, &end)?;
    tell(session, command, owed, &end);
    Ok(went)
}

/// The row of a call while it is made: it stays so if castkeep is killed, be it by the program that is called. That may have
/// nothing to do with it: it is tried again with the next run, at first, and never given up.
fn unended(command: &[String], owed: &HookCall, started_at: Time) -> HookEnd {
    let patience = schedule::next_attempt(started_at, owed.attempts.saturating_add(1), None, fastrand::f64());
    HookEnd {
        outcome: "failed",
        command: json!(command).to_string(),
        started_at,
        finished_at: started_at,
        exit_code: None,
        error: Some("castkeep was ended while it ran".to_owned()),
        next_attempt_at: Some(patience).filter(|_| owed.attempts >= AT_ONCE),
    }
}

/// The row of a call that was made: one that failed waits longer each time, and is given up in the end.
fn ended(
    command: &[String],
    owed: &HookCall,
    started_at: Time,
    exit_code: Option<i32>,
    error: Option<String>,
) -> HookEnd {
    let attempts = owed.attempts.saturating_add(1);
    let outcome = match error {
        None => "ok",
        Some(_) if attempts >= MOST_ATTEMPTS => ABANDONED,
        Some(_) => "failed",
    };
    HookEnd {
        outcome,
        command: json!(command).to_string(),
        started_at,
        finished_at: now(),
        exit_code,
        next_attempt_at: (outcome == "failed")
            .then(|| schedule::next_attempt(now(), attempts, None, fastrand::f64())),
        error,
    }
}

/// A call that failed is a line in the report.
fn tell(session: &mut Session, command: &[String], owed: &HookCall, end: &HookEnd) {
    let Some(why) = &end.error else { return };
    let program = command.first().map(String::as_str).unwrap_or_default();
    let title = owed.title.as_deref().unwrap_or("(untitled)");
    let then = if end.outcome == ABANDONED { "; it is not called for it any more" } else { "" };
    session.report.fail(&owed.show, format!("on_episode {program} ({title}): {why}{then}"));
}

/// What is known of the episode, for programs that don't read JSON; what is unknown is empty.
fn environment(session: &Session, owed: &HookCall) -> Vec<(&'static str, String)> {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let address = |text: &Option<String>| text.as_deref().map(redact_text).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let root = session.archive.root();
    vec![
        ("CASTKEEP_EVENT", "episode".to_owned()),
        ("CASTKEEP_ARCHIVE", root.display().to_string()),
        ("CASTKEEP_SHOW", owed.show.clone()),
        ("CASTKEEP_SHOW_TITLE", text(&owed.show_title)),
        ("CASTKEEP_EPISODE_ID", owed.episode_id.to_string()),
        ("CASTKEEP_TITLE", text(&owed.title)),
        ("CASTKEEP_NUMBER", number(owed.number)),
        ("CASTKEEP_SEASON", number(owed.season)),
        ("CASTKEEP_GUID", address(&owed.guid)),
        ("CASTKEEP_PUBLISHED_AT", owed.published_at.map(|at| at.to_string()).unwrap_or_default()),
        ("CASTKEEP_LINK", address(&owed.link)),
        ("CASTKEEP_FILE", root.join(&owed.path).display().to_string()),
        ("CASTKEEP_SHA256", owed.sha256.clone()),
        ("CASTKEEP_SIZE_BYTES", owed.size_bytes.to_string()),
        ("CASTKEEP_MEDIA_TYPE", text(&owed.media_type)),
    ]
}

fn cut(mut value: String) -> String {
    value.truncate(value.floor_char_boundary(LONGEST_VALUE));
    value
}

/// All that is known of the episode, as the JSON beside its audio has it, and its file.
fn input(session: &Session, owed: &HookCall) -> Result<Value, Error> {
    let root = session.archive.root();
    let record = session.archive.episode_record(owed.episode_id)?;
    let mut told = record
        .and_then(|record| serde_json::to_value(beside::bare(&record)).ok())
        .unwrap_or_else(|| json!({}));
    told["event"] = json!("episode");
    told["archive"] = json!(root.display().to_string());
    told["file"] = json!({
        "absolute_path": root.join(&owed.path).display().to_string(),
        "path": owed.path,
        "sha256": owed.sha256,
        "size_bytes": owed.size_bytes,
        "media_type": owed.media_type,
    });
    Ok(told)
}
