//! Runs: which command, when, how it ended.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::{Archive, Result};
use crate::model::Time;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// All that was asked for was done.
    Ok,
    /// Some of it failed.
    Partial,
    /// It had to stop.
    Failed,
    /// A signal stopped it.
    Interrupted,
}

impl RunOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What a run did, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Requests for feeds.
    pub fetches: u64,
    /// Episodes not seen before.
    pub episodes_new: u64,
    /// Episodes of which a field changed.
    pub episodes_changed: u64,
    /// Episodes that left their feed.
    pub episodes_gone: u64,
    /// Resources captured.
    pub downloads: u64,
    /// Bytes of them.
    pub download_bytes: u64,
    /// What failed: feeds and downloads.
    pub failures: u64,
}

pub(super) fn begin(db: &Connection, command: &str, now: Time) -> rusqlite::Result<i64> {
    db.prepare_cached("INSERT INTO runs (command, started_at) VALUES (?1, ?2)")?.insert(params![command, now])
}

pub(super) fn finish(
    db: &Connection,
    run: i64,
    outcome: RunOutcome,
    counts: &Counts,
    error: Option<&str>,
    now: Time,
) -> rusqlite::Result<()> {
    let counts =
        serde_json::to_string(counts).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    db.prepare_cached(
        "UPDATE runs SET finished_at = ?2, outcome = ?3, counts = ?4, error = ?5 WHERE id = ?1",
    )?
    .execute(params![run, now, outcome.as_str(), counts, error])?;
    Ok(())
}

/// Since when the run is under way that the books call so.
pub(super) fn running_since(db: &Connection) -> rusqlite::Result<Option<Time>> {
    db.query_row("SELECT max(started_at) FROM runs WHERE outcome = 'running'", [], |row| row.get(0))
}

/// A run that still says `running` when nobody holds the lock was killed.
pub(super) fn close_killed(db: &rusqlite::Transaction<'_>) -> rusqlite::Result<()> {
    db.execute("UPDATE runs SET outcome = 'interrupted' WHERE outcome = 'running'", [])?;
    Ok(())
}

impl Archive {
    /// Opens a run in the books; see [`Archive::finish_run`].
    pub fn begin_run(&mut self, command: &str, now: Time) -> Result<i64> {
        self.write("begin the run", |tx| begin(tx, command, now))
    }

    /// Closes a run in the books; with what it had to stop for, if it had to.
    pub fn finish_run(
        &mut self,
        run: i64,
        outcome: RunOutcome,
        counts: &Counts,
        error: Option<&str>,
        now: Time,
    ) -> Result<()> {
        self.write("finish the run", |tx| finish(tx, run, outcome, counts, error, now))
    }
}
