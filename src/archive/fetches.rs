//! Requests for feeds: the log of them, the validators they left, the hosts that asked for patience.

use rusqlite::{Connection, OptionalExtension, params};

use super::documents::{self, Body};
use super::{Archive, Result, shows};
use crate::model::{Digest, LONGEST_REST, Time, Warning, redact_text};

/// How a request for a feed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchOutcome {
    /// 200 with a body not seen before.
    New,
    /// 200 with the bytes we had.
    Same,
    /// 304.
    NotModified,
    /// A body that ends before the feed does.
    Truncated,
    /// 410.
    Gone,
    /// Anything else that went wrong.
    Failed,
    /// Our own guards forbade it.
    Refused,
}

impl FetchOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::NotModified => "not_modified",
            Self::Truncated => "truncated",
            Self::Gone => "gone",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    /// The server answered with a feed.
    pub fn is_good(self) -> bool {
        matches!(self, Self::New | Self::Same | Self::NotModified)
    }
}

/// A request for a feed, to be recorded.
#[derive(Debug, Clone)]
pub struct FetchRow {
    /// Whose feed.
    pub show_id: i64,
    /// In which run.
    pub run_id: i64,
    /// When it was sent.
    pub started_at: Time,
    /// As asked, without secrets.
    pub url: String,
    /// Where redirects led, without secrets.
    pub final_url: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// How it ended.
    pub outcome: FetchOutcome,
    /// In force after this request.
    pub etag: Option<String>,
    /// In force after this request.
    pub last_modified: Option<String>,
    /// Body bytes on the wire.
    pub bytes: u64,
    /// From request to end of body.
    pub duration_ms: u64,
    /// Why not, or what was odd.
    pub error: Option<String>,
    /// Of an old copy of a feed: when it was made.
    pub as_of: Option<Time>,
}

/// What a request for the live feed means for the next one.
#[derive(Debug, Clone)]
pub struct Poll {
    /// When the feed is due again.
    pub next_fetch_at: Time,
    /// Failed polls in a row, this one included.
    pub error_count: u32,
    /// The feed has moved for good.
    pub moved_to: Option<String>,
    /// The host says that the feed is gone.
    pub gone: bool,
}

/// What to send with the next request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// For `If-None-Match`.
    pub etag: Option<String>,
    /// For `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// Digest of the last good body.
    pub body: Option<Digest>,
    /// Since when the host has answered nothing but 304; `None` if its last answer was another one.
    pub unchanged_since: Option<Time>,
}

pub(super) fn insert(db: &Connection, fetch: &FetchRow, document: Option<i64>) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO fetches (show_id, run_id, started_at, url, final_url, status, outcome, etag, last_modified, bytes,
                              duration_ms, document_id, error, as_of)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .insert(params![
        fetch.show_id,
        fetch.run_id,
        fetch.started_at,
        fetch.url,
        fetch.final_url,
        fetch.status,
        fetch.outcome.as_str(),
        fetch.etag,
        fetch.last_modified,
        fetch.bytes as i64,
        fetch.duration_ms as i64,
        document,
        fetch.error,
        fetch.as_of,
    ])
}

/// The good document is there again: what was wrong with one that broke off is no more.
pub(super) fn heal(db: &Connection, fetch: &FetchRow) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM feed_warnings WHERE fetch_id IN
            (SELECT id FROM fetches WHERE show_id = ?1 AND url = ?2 AND outcome = 'truncated')",
    )?
    .execute(params![fetch.show_id, fetch.url])?;
    Ok(())
}

/// When an address was last asked for on behalf of a show.
pub(super) fn last_asked(db: &Connection, show: i64, url: &str) -> rusqlite::Result<Option<Time>> {
    db.prepare_cached("SELECT max(started_at) FROM fetches WHERE show_id = ?1 AND url = ?2")?
        .query_row(params![show, url], |row| row.get(0))
}

/// Keeps what was wrong with a document, in place of what was wrong with the last one of that address.
pub(super) fn warn(db: &Connection, fetch: &FetchRow, id: i64, warnings: &[Warning]) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM feed_warnings WHERE fetch_id IN (SELECT id FROM fetches WHERE show_id = ?1 AND url = ?2)",
    )?
    .execute(params![fetch.show_id, fetch.url])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO feed_warnings (fetch_id, position, line, item, message) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, warning) in (1..).zip(warnings) {
        let line = warning.line.map(|line| line as i64);
        insert.execute(params![id, position, line, warning.item, redact_text(&warning.message)])?;
    }
    Ok(())
}

/// The newest good answer of this very address, asked or redirected to, says which validators are in force: a failure in
/// between changes nothing, and another address has its own.
pub(super) fn validators(db: &Connection, show: i64, url: &str) -> rusqlite::Result<Validators> {
    let found = db
        .prepare_cached(
            "SELECT etag, last_modified FROM fetches
             WHERE show_id = ?1 AND (url = ?2 OR final_url = ?2) AND outcome IN ('new', 'same', 'not_modified')
               AND id >= (SELECT fetches_from FROM shows WHERE shows.id = ?1) ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![show, url], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let body = db
        .prepare_cached(
            "SELECT d.sha256 FROM fetches f JOIN documents d ON d.id = f.document_id
             WHERE f.show_id = ?1 AND (f.url = ?2 OR f.final_url = ?2) AND f.outcome IN ('new', 'same')
               AND f.id >= (SELECT fetches_from FROM shows WHERE shows.id = ?1) ORDER BY f.id DESC LIMIT 1",
        )?
        .query_row(params![show, url], |row| row.get(0))
        .optional()?;
    let (etag, last_modified) = found.unwrap_or_default();
    Ok(Validators { etag, last_modified, body, unchanged_since: unchanged_since(db, show, url)? })
}

/// When the body came that the host has called unchanged ever since, or, after a move, when it first did.
fn unchanged_since(db: &Connection, show: i64, url: &str) -> rusqlite::Result<Option<Time>> {
    db.prepare_cached(
        "WITH f AS (SELECT id, started_at, outcome FROM fetches WHERE show_id = ?1 AND (url = ?2 OR final_url = ?2)
                       AND id >= (SELECT fetches_from FROM shows WHERE shows.id = ?1))
         SELECT coalesce((SELECT max(started_at) FROM f WHERE outcome IN ('new', 'same')),
                         (SELECT min(started_at) FROM f WHERE outcome = 'not_modified'))
         WHERE (SELECT outcome FROM f ORDER BY id DESC LIMIT 1) = 'not_modified'",
    )?
    .query_row(params![show, url], |row| row.get(0))
    .optional()
    .map(Option::flatten)
}

pub(super) fn hold(db: &Connection, host: &str, until: Time, now: Time) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO hosts (host, hold_until) VALUES (?1, ?2)
         ON CONFLICT (host) DO UPDATE SET hold_until =
            CASE WHEN hold_until > ?3 THEN excluded.hold_until ELSE max(hold_until, excluded.hold_until) END",
    )?
    .execute(params![host, until, now + LONGEST_REST])?;
    Ok(())
}

pub(super) fn held(db: &Connection, host: &str, now: Time) -> rusqlite::Result<Option<Time>> {
    db.prepare_cached(
        "SELECT hold_until FROM hosts WHERE host = ?1 AND hold_until > ?2 AND hold_until <= ?3",
    )?
    .query_row(params![host, now, now + LONGEST_REST], |row| row.get(0))
    .optional()
}

pub(super) fn all_held(db: &Connection, now: Time) -> rusqlite::Result<Vec<(String, Time)>> {
    db.prepare("SELECT host, hold_until FROM hosts WHERE hold_until > ?1 AND hold_until <= ?2")?
        .query_map([now, now + LONGEST_REST], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

impl Archive {
    /// When `url` was last asked for on behalf of the show.
    pub fn last_asked(&self, show: i64, url: &str) -> Result<Option<Time>> {
        last_asked(&self.db, show, url).map_err(self.sql("read when an address was asked for"))
    }

    /// What to send with the next request for `url` (as [`FetchRow::url`] writes it), and the digest of the last good body.
    pub fn validators(&self, show: i64, url: &str) -> Result<Validators> {
        validators(&self.db, show, url).map_err(self.sql("read the validators"))
    }

    /// Records a request that brought nothing to read, together with what follows for the next one.
    pub fn record_fetch(&mut self, fetch: &FetchRow, body: Option<&Body>, poll: Option<&Poll>) -> Result<()> {
        self.write("record the fetch", |tx| {
            let document = body.map(|body| documents::keep(tx, body)).transpose()?;
            let id = insert(tx, fetch, document)?;
            if fetch.outcome.is_good() {
                heal(tx, fetch)?;
            }
            poll.map_or(Ok(()), |poll| shows::polled(tx, fetch, id, poll))
        })
    }

    /// No request to `host` before `until`.
    pub fn hold_host(&mut self, host: &str, until: Time, now: Time) -> Result<()> {
        self.write("hold back the host", |tx| hold(tx, host, until, now))
    }

    /// All hosts that ask to be left alone, and until when.
    pub fn held_hosts(&self, now: Time) -> Result<Vec<(String, Time)>> {
        all_held(&self.db, now).map_err(self.sql("read the held hosts"))
    }

    /// Until when `host` asked to be left alone; `None` if it did not, or the time is over.
    pub fn host_hold(&self, host: &str, now: Time) -> Result<Option<Time>> {
        held(&self.db, host, now).map_err(self.sql("read the held hosts"))
    }
}
