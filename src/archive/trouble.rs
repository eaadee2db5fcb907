//! What has failed since it last went well: of a feed, of a download, of runs.

use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::{Archive, Result};
use crate::model::Time;

/// So many failures in a row are looked at. They come ever more seldom: that is a life's time.
const MOST: usize = 5000;

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// When it began.
    pub at: Time,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// Why.
    pub error: Option<String>,
}

/// A row of failures: what went wrong again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Failures {
    /// Oldest first; empty if the last attempt went well.
    pub attempts: Vec<Failed>,
    /// When it went well the last time before them.
    pub last_good: Option<Time>,
}

/// Of the requests for this address on behalf of a show.
pub(super) fn of_feed(db: &Connection, show: i64, url: &str) -> rusqlite::Result<Failures> {
    let sql = "SELECT started_at, status, error, outcome IN ('new', 'same', 'not_modified') FROM fetches
               WHERE show_id = ?1 AND url = ?2 AND as_of IS NULL ORDER BY id DESC";
    read(db.prepare_cached(sql)?.query(params![show, url])?)
}

/// Of the attempts to capture a resource.
pub(super) fn of_download(db: &Connection, resource: i64) -> rusqlite::Result<Failures> {
    let sql = "SELECT started_at, http_status, error, outcome IN ('stored', 'unchanged') FROM downloads
               WHERE resource_id = ?1 ORDER BY id DESC";
    read(db.prepare_cached(sql)?.query([resource])?)
}

/// Of the runs of a command that had to stop, before the run `but`. A run that a signal ended says nothing of how it would have gone.
pub(super) fn of_runs(db: &Connection, command: &str, but: i64) -> rusqlite::Result<Failures> {
    let sql = "SELECT started_at, NULL, error, outcome <> 'failed' FROM runs
               WHERE command = ?1 AND id < ?2 AND outcome IN ('ok', 'partial', 'failed') ORDER BY id DESC";
    read(db.prepare_cached(sql)?.query(params![command, but])?)
}

/// Goes back to the last one that went well.
fn read(mut rows: rusqlite::Rows<'_>) -> rusqlite::Result<Failures> {
    let mut found = Failures::default();
    while let Some(row) = rows.next()? {
        if row.get(3)? {
            found.last_good = row.get(0)?;
            break;
        }
        if found.attempts.len() < MOST {
            found.attempts.push(failed(row)?);
        }
    }
    found.attempts.reverse();
    Ok(found)
}

fn failed(row: &Row<'_>) -> rusqlite::Result<Failed> {
    Ok(Failed { at: row.get(0)?, status: row.get(1)?, error: row.get(2)? })
}

impl Archive {
    /// What failed since `url` (as [`super::FetchRow::url`] writes it) was last answered well.
    pub fn failed_fetches(&self, show: i64, url: &str) -> Result<Failures> {
        of_feed(&self.db, show, url).map_err(self.sql("read the failed fetches"))
    }

    /// What the runs of the command before the run `but` had to stop for, since one came to its end.
    pub fn failed_runs(&self, command: &str, but: i64) -> Result<Failures> {
        of_runs(&self.db, command, but).map_err(self.sql("read the failed runs"))
    }

    /// What failed since the resource was last captured.
    pub fn failed_downloads(&self, resource: i64) -> Result<Failures> {
        of_download(&self.db, resource).map_err(self.sql("read the failed downloads"))
    }
}
