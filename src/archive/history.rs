//! What became of an episode: what it is told apart by, and every field that changed.

use rusqlite::Connection;
use serde::Serialize;

use crate::model::Time;

/// A field of an episode that a document changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeDetail {
    /// When castkeep saw it.
    pub seen_at: Time,
    /// A column of `episodes`, or `enclosure_url`.
    pub field: String,
    /// What it was; `None`: nothing.
    pub old_value: Option<String>,
    /// What it became; `None`: nothing.
    pub new_value: Option<String>,
    /// By what the item was known to be this episode.
    pub reason: Option<String>,
    /// The document that changed it: its row in `documents`.
    pub document_id: Option<i64>,
    /// For when that document speaks, where it is an old copy.
    pub as_of: Option<Time>,
}

/// An episode's record: what it was told apart by, and what changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    /// What tells it from the show's other episodes.
    pub identity: String,
    /// What that was made from.
    pub identity_source: String,
    /// When castkeep first saw it.
    pub first_seen_at: Time,
    /// When a document last listed it.
    pub last_seen_at: Time,
    /// When the live feed was first seen without it.
    pub gone_at: Option<Time>,
    /// What changed, in order.
    pub changes: Vec<ChangeDetail>,
}

pub(super) fn of(db: &Connection, episode: i64) -> rusqlite::Result<History> {
    let changes = db
        .prepare(
            "SELECT c.seen_at, c.field, c.old_value, c.new_value, c.reason, f.document_id, f.as_of
             FROM changes c LEFT JOIN fetches f ON f.id = c.fetch_id WHERE c.episode_id = ?1 ORDER BY c.id",
        )?
        .query_map([episode], |row| {
            Ok(ChangeDetail {
                seen_at: row.get(0)?,
                field: row.get(1)?,
                old_value: row.get(2)?,
                new_value: row.get(3)?,
                reason: row.get(4)?,
                document_id: row.get(5)?,
                as_of: row.get(6)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    db.query_row(
        "SELECT identity, identity_source, first_seen_at, last_seen_at, gone_at FROM episodes WHERE id = ?1",
        [episode],
        |row| {
            Ok(History {
                identity: row.get(0)?,
                identity_source: row.get(1)?,
                first_seen_at: row.get(2)?,
                last_seen_at: row.get(3)?,
                gone_at: row.get(4)?,
                changes,
            })
        },
    )
}
