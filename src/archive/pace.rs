//! In which rhythm a show publishes: the dates of its episodes, and what it says.

use rusqlite::{Connection, params};
use serde_json::Value;

use super::{Archive, Result};
use crate::model::Time;

/// What there is to tell a show's rhythm by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    /// When its newest episodes were published, newest first.
    pub published: Vec<Time>,
    /// `shows.extra`, in which it may say how often it publishes.
    pub extra: Value,
}

pub(super) fn of(db: &Connection, show: i64, now: Time, most: usize) -> rusqlite::Result<Pace> {
    let published = db
        .prepare_cached(
            "SELECT published_at FROM episodes WHERE show_id = ?1 AND published_at <= ?2
             ORDER BY published_at DESC LIMIT ?3",
        )?
        .query_map(params![show, now, most as i64], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let extra: String =
        db.prepare_cached("SELECT extra FROM shows WHERE id = ?1")?.query_row([show], |row| row.get(0))?;
    Ok(Pace { published, extra: serde_json::from_str(&extra).unwrap_or_default() })
}

impl Archive {
    /// What tells in which rhythm the show publishes: the dates of so many of its newest episodes, and what it says itself.
    pub fn pace(&self, show: i64, now: Time, most: usize) -> Result<Pace> {
        of(&self.db, show, now, most).map_err(self.sql("read the rhythm of the show"))
    }
}
