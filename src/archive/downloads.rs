//! What was tried: each attempt to capture a resource, and what follows for the next.

use rusqlite::{Connection, params};

use super::files::{self, NewFile};
use super::{Archive, Result, hooks, sidecars};
use crate::model::Time;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// New bytes are in the archive.
    Stored,
    /// The very bytes were there already.
    Unchanged,
    /// Nothing was captured.
    Failed,
    /// Bytes came, and were not what the feed promised.
    Rejected,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
        }
    }
}

/// One attempt to capture a resource, to be recorded.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Of what.
    pub resource_id: i64,
    /// In which run.
    pub run_id: i64,
    /// As asked, without secrets.
    pub requested_url: String,
    /// Where redirects led, without secrets.
    pub final_url: Option<String>,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub finished_at: Time,
    /// The HTTP status.
    pub http_status: Option<u16>,
    /// As answered.
    pub etag: Option<String>,
    /// As answered.
    pub last_modified: Option<String>,
    /// As answered.
    pub content_type: Option<String>,
    /// Body bytes received.
    pub bytes: u64,
    /// The byte at which it went on.
    pub resumed_from: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why not, or what was odd.
    pub error: Option<String>,
    /// What it made; `None` unless stored or unchanged.
    pub file: Option<NewFile>,
    /// When to try again, after a failure.
    pub next_attempt_at: Option<Time>,
    /// Why it is not downloaded any more, if that turned out.
    pub skip_reason: Option<String>,
    /// A program is to be called for it.
    pub is_hooked: bool,
}

/// Records an attempt: the file that it made, what stands in it, the call that is owed for it, and what follows for the resource.
pub(super) fn record(db: &Connection, attempt: &Attempt) -> rusqlite::Result<()> {
    let file = attempt.file.as_ref().map(|file| files::keep(db, file, attempt.finished_at)).transpose()?;
    if let Some(file) = &attempt.file {
        sidecars::write(db, attempt.resource_id, &file.content)?;
    }
    if let Some(file) = file.filter(|_| attempt.is_hooked) {
        hooks::owe(db, attempt.resource_id, file, attempt.finished_at)?;
    }
    insert(db, attempt, file)?;
    match file {
        Some(file) => captured(db, attempt.resource_id, file),
        None => failed(db, attempt),
    }
}

fn insert(db: &Connection, attempt: &Attempt, file: Option<i64>) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO downloads (resource_id, run_id, requested_url, final_url, started_at, finished_at, http_status, etag,
                                last_modified, content_type, bytes, resumed_from, outcome, error, file_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        attempt.resource_id,
        attempt.run_id,
        attempt.requested_url,
        attempt.final_url,
        attempt.started_at,
        attempt.finished_at,
        attempt.http_status,
        attempt.etag,
        attempt.last_modified,
        attempt.content_type,
        attempt.bytes as i64,
        attempt.resumed_from.map(|n| n as i64),
        attempt.outcome.as_str(),
        attempt.error,
        file,
    ])?;
    Ok(())
}

fn captured(db: &Connection, resource: i64, file: i64) -> rusqlite::Result<()> {
    db.prepare_cached(&format!(
        "UPDATE resources SET file_id = ?2, failed_attempts = 0, next_attempt_at = NULL, skip_reason = NULL WHERE id = ?1 OR {TWINS}"
    ))?
    .execute(params![resource, file])?;
    Ok(())
}

/// Nothing came: when to try again, and a reason not to, if that turned out; one that stood there stays.
fn failed(db: &Connection, attempt: &Attempt) -> rusqlite::Result<()> {
    db.prepare_cached(&format!(
        "UPDATE resources SET failed_attempts = failed_attempts + 1, next_attempt_at = ?2, skip_reason = coalesce(?3, skip_reason)
         WHERE id = ?1 OR {TWINS}"
    ))?
    .execute(params![attempt.resource_id, attempt.next_attempt_at, attempt.skip_reason])?;
    Ok(())
}

/// The same picture, of other episodes.
const TWINS: &str = "role = 'image' AND file_id IS NULL AND (show_id, url) =
    (SELECT x.show_id, x.url FROM resources x WHERE x.id = ?1 AND x.role = 'image')";

impl Archive {
    /// Records attempts to capture resources, with the files that the good ones made. The bytes must be synced by now.
    pub fn attempted(&mut self, attempts: &[Attempt]) -> Result<()> {
        self.write("record the downloads", |tx| attempts.iter().try_for_each(|a| record(tx, a)))
    }
}
