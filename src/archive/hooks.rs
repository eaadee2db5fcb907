//! The book of what was called for episodes that were stored: each once, until that went well.

use rusqlite::{Connection, Row, params};

use super::values::count;
use super::{Archive, Reader, Result};
use crate::model::{LONGEST_REST, Time};

/// A call that is to be made: the episode, and the audio that was stored of it.
#[derive(Debug, Clone, PartialEq)]
pub struct HookCall {
    /// Its row.
    pub id: i64,
    /// The row of the show.
    pub show_id: i64,
    /// The row of the episode.
    pub episode_id: i64,
    /// The slug of its show.
    pub show: String,
    /// The title of its show.
    pub show_title: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its number.
    pub number: Option<i64>,
    /// Its season.
    pub season: Option<i64>,
    /// Its guid, as published.
    pub guid: Option<String>,
    /// Its date.
    pub published_at: Option<Time>,
    /// Its web page.
    pub link: Option<String>,
    /// The file, relative to the archive's folder.
    pub path: String,
    /// The digest of the file, as hex digits.
    pub sha256: String,
    /// Its length.
    pub size_bytes: u64,
    /// Told from its bytes.
    pub media_type: Option<String>,
    /// Failed calls so far.
    pub attempts: u32,
}

/// How a call ended.
#[derive(Debug, Clone)]
pub struct HookEnd {
    /// `ok`, `failed` or `abandoned`.
    pub outcome: &'static str,
    /// JSON list of the program and its arguments.
    pub command: String,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub finished_at: Time,
    /// `None` if it did not end by itself.
    pub exit_code: Option<i32>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it is tried again.
    pub next_attempt_at: Option<Time>,
}

/// A file of the episode that this resource belongs to was stored: a call is owed, if it is the first one.
pub(super) fn owe(db: &Connection, resource: i64, file: i64, now: Time) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO hook_runs (episode_id, file_id, created_at)
         SELECT r.episode_id, ?2, ?3 FROM resources r WHERE r.id = ?1 AND r.episode_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM hook_runs h WHERE h.episode_id = r.episode_id)",
    )?
    .execute(params![resource, file, now])?;
    Ok(())
}

/// The calls of a show that are due, in the order in which they came to be owed.
fn due(db: &Connection, show: i64, now: Time, at_once: bool) -> rusqlite::Result<Vec<HookCall>> {
    db.prepare_cached(
        "SELECT h.id, s.id, e.id, s.slug, s.title, e.title, e.number, e.season, e.guid, e.published_at, e.link,
                f.path, f.sha256, f.size_bytes, f.media_type, h.attempts
         FROM hook_runs h JOIN episodes e ON e.id = h.episode_id JOIN shows s ON s.id = e.show_id JOIN files f ON f.id = h.file_id
         WHERE h.outcome IN ('pending', 'failed') AND s.id = ?1 AND f.state = 'present'
           AND (?4 OR h.next_attempt_at IS NULL OR h.next_attempt_at <= ?2 OR h.next_attempt_at > ?3) ORDER BY h.id",
    )?
    .query_map(params![show, now, now + LONGEST_REST, at_once], read)?
    .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<HookCall> {
    Ok(HookCall {
        id: row.get(0)?,
        show_id: row.get(1)?,
        episode_id: row.get(2)?,
        show: row.get(3)?,
        show_title: row.get(4)?,
        title: row.get(5)?,
        number: row.get(6)?,
        season: row.get(7)?,
        guid: row.get(8)?,
        published_at: row.get(9)?,
        link: row.get(10)?,
        path: row.get(11)?,
        sha256: row.get(12)?,
        size_bytes: count(row, 13)?,
        media_type: row.get(14)?,
        attempts: row.get(15)?,
    })
}

fn write(db: &Connection, call: i64, attempts: u32, end: &HookEnd) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE hook_runs SET attempts = ?2, outcome = ?3, command = ?4, started_at = ?5, finished_at = ?6,
                              exit_code = ?7, error = ?8, next_attempt_at = ?9 WHERE id = ?1",
    )?
    .execute(params![
        call,
        attempts,
        end.outcome,
        end.command,
        end.started_at,
        end.finished_at,
        end.exit_code,
        end.error,
        end.next_attempt_at,
    ])?;
    Ok(())
}

impl Archive {
    /// The calls of the show that are due; with `at_once` those that failed a short while ago, too.
    pub fn hook_calls(&self, show: i64, now: Time, at_once: bool) -> Result<Vec<HookCall>> {
        due(&self.db, show, now, at_once).map_err(self.sql("read what is to be called"))
    }

    /// Records a call, the last of so many: how it ended, or before it is made, how it will have ended if nobody comes to say.
    pub fn hook_called(&mut self, call: i64, attempts: u32, end: &HookEnd) -> Result<()> {
        self.write("record a call", |tx| write(tx, call, attempts, end))
    }

    /// The call was broken off by a signal to castkeep: it counts for none.
    pub fn hook_broken_off(&mut self, call: i64, attempts: u32) -> Result<()> {
        self.write("record a call", |tx| {
            tx.execute(
                "UPDATE hook_runs SET attempts = ?2, outcome = iif(?2 = 0, 'pending', 'failed'), next_attempt_at = NULL,
                                      error = NULL, finished_at = NULL WHERE id = ?1",
                params![call, attempts],
            )
            .map(drop)
        })
    }
}

/// Calls that failed and are owed still, or were given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HookTrouble {
    /// They are tried again.
    pub failed: u64,
    /// They are not.
    pub abandoned: u64,
}

impl Reader {
    /// When the next call of the show that failed is due again.
    pub fn next_hook_call(&self, show: i64) -> Result<Option<Time>> {
        let sql = "SELECT min(h.next_attempt_at) FROM hook_runs h JOIN episodes e ON e.id = h.episode_id
                   WHERE e.show_id = ?1 AND h.outcome = 'failed'";
        self.db.query_row(sql, [show], |row| row.get(0)).map_err(self.sql("read what is to be called"))
    }

    /// How many calls stand badly.
    pub fn hook_trouble(&self) -> Result<HookTrouble> {
        let sql = "SELECT count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'abandoned') FROM hook_runs";
        let read = |row: &Row<'_>| Ok(HookTrouble { failed: count(row, 0)?, abandoned: count(row, 1)? });
        self.db.query_row(sql, [], read).map_err(self.sql("read what was called"))
    }
}
