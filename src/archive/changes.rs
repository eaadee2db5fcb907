//! Rows of `changes`: one field that a later document changed.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::values::text;
use crate::model::{Match, Time, redact_text};

/// A field that a document changed.
pub(super) struct Change {
    pub(super) field: &'static str,
    pub(super) old: Value,
    pub(super) new: Value,
}

/// Changes of one thing, and by what it was known to be that thing.
pub(super) struct Changes<'a> {
    /// `None`: of the show itself.
    pub(super) episode: Option<i64>,
    pub(super) by: Option<Match>,
    pub(super) all: &'a [Change],
}

/// Fields that are addresses: kept without secrets, and compared so. A token renewed with every document is no change.
const ADDRESSES: &[&str] = &["feed_url", "new_feed_url", "link", "image_url", "enclosure_url"];

impl Change {
    /// `None` if nothing changed that is worth a row.
    pub(super) fn new(field: &'static str, old: Value, new: Value) -> Option<Self> {
        let shown = |value: Value| match value {
            Value::Text(url) if ADDRESSES.contains(&field) => Value::Text(redact_text(&url)),
            other => other,
        };
        let (old, new) = (shown(old), shown(new));
        (old != new).then_some(Self { field, old, new })
    }
}

/// Where a document's rows go: the show, the request that brought it, when.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) show: i64,
    pub(super) fetch: i64,
    pub(super) now: Time,
    /// For when the document speaks: now, or, of an old copy, when that was made.
    pub(super) as_of: Time,
}

/// Writes a row a change.
pub(super) fn note_changes(
    db: &Connection,
    show: i64,
    fetch: Option<i64>,
    now: Time,
    changes: &Changes<'_>,
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO changes (show_id, episode_id, fetch_id, seen_at, field, old_value, new_value, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for change in changes.all {
        insert.execute(params![
            show,
            changes.episode,
            fetch,
            now,
            change.field,
            text(&change.old),
            text(&change.new),
            changes.by.map(Match::as_str),
        ])?;
    }
    Ok(())
}
