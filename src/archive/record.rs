//! The feed transaction: the request, the body, the show, every item and the validators together, or nothing.
//!
//! Validators are saved only with the items they stand for: else a crash followed by a 304 would lose episodes for ever.

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params};

use super::documents::{self, Body};
use super::fetches::{self, FetchRow, Poll};
use super::values::text;
use super::{episodes, shows};
use crate::model::{Notes, Parsed, Resolution, Time};

/// Which list of a show's episodes a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// The feed that is polled: it tells what is listed now, and what has gone.
    Live,
    /// An older or fuller list: it adds what is unknown, and never overwrites what the live feed said.
    History,
}

/// A document, read: what it says, which episode each of its items is, and the notes of each.
#[derive(Debug)]
pub struct Reading {
    /// Which list it is.
    pub listing: Listing,
    /// What it says.
    pub parsed: Parsed,
    /// Which episode each item is; as many as `parsed.episodes`.
    pub resolutions: Vec<Resolution>,
    /// The notes of each item; as many as `parsed.episodes`.
    pub notes: Vec<Notes>,
    /// Which rules read the notes.
    pub notes_version: i64,
    /// What two addresses of one thing have in common.
    pub address_key: fn(&str) -> String,
    /// An address without its secrets.
    pub redact: fn(&str) -> String,
}

/// What recording a document changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Titles of the episodes not seen before, in document order.
    pub new: Vec<String>,
    /// Episodes of which a field changed.
    pub changed: u64,
    /// Episodes that left the feed.
    pub gone: u64,
    /// Episodes that the feed lists.
    pub listed: u64,
}

/// A field that a document changed.
pub(super) struct Change {
    pub(super) field: &'static str,
    pub(super) old: Value,
    pub(super) new: Value,
}

/// Where a document's rows go: the show, the request that brought it, when.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) show: i64,
    pub(super) fetch: i64,
    pub(super) now: Time,
}

pub(super) fn record(
    tx: &Transaction<'_>,
    fetch: &FetchRow,
    body: &Body,
    poll: Option<&Poll>,
    reading: &Reading,
) -> rusqlite::Result<Recorded> {
    let document = documents::keep(tx, body)?;
    let place = Place {
        show: fetch.show_id,
        fetch: fetches::insert(tx, fetch, Some(document))?,
        now: fetch.started_at,
    };
    // A history document describes the show as it once was; it only speaks where the live feed has not yet.
    if reading.listing == Listing::Live || is_undescribed(tx, place.show)? {
        shows::describe(tx, place.show, &reading.parsed.show, place.fetch, place.now)?;
    }
    let done = record_items(tx, place, reading)?;
    if let Some(poll) = poll {
        shows::polled(tx, fetch, poll)?;
    }
    Ok(done)
}

fn is_undescribed(db: &Connection, show: i64) -> rusqlite::Result<bool> {
    db.query_row("SELECT title IS NULL FROM shows WHERE id = ?1", [show], |row| row.get(0))
}

fn record_items(db: &Connection, place: Place, reading: &Reading) -> rusqlite::Result<Recorded> {
    let mut done = Recorded::default();
    let mut ids: Vec<i64> = Vec::with_capacity(reading.parsed.episodes.len());
    // Written oldest first, so that ids grow with time where a feed runs newest first.
    let mut rows: Vec<Option<i64>> = vec![None; reading.parsed.episodes.len()];
    for (index, episode) in reading.parsed.episodes.iter().enumerate().rev() {
        let notes = reading.notes.get(index);
        let item = episodes::Item { episode, notes, reading };
        rows[index] = match reading.resolutions.get(index) {
            Some(Resolution::Known(id)) => {
                done.changed += u64::from(episodes::update(db, place, *id, &item)?);
                Some(*id)
            }
            Some(Resolution::New { identity, source }) => {
                Some(episodes::insert(db, place, identity, *source, &item)?)
            }
            Some(Resolution::Repeats(_)) | None => None,
        };
        if matches!(reading.resolutions.get(index), Some(Resolution::New { .. })) {
            done.new.push(episode.title.clone().unwrap_or_else(|| "(untitled)".to_owned()));
        }
    }
    done.new.reverse();
    ids.extend(rows.into_iter().flatten());
    ids.extend(episodes::of_items(db, place.show, &reading.parsed.unchanged)?);
    done.listed = ids.len() as u64;
    episodes::seen(db, place, reading.listing, &ids)?;
    if reading.listing == Listing::Live {
        done.gone = episodes::mark_listed(db, place, &ids, &reading.parsed)?;
    }
    Ok(done)
}

/// Writes a row a change.
pub(super) fn note_changes(
    db: &Connection,
    show: i64,
    episode: Option<i64>,
    fetch: Option<i64>,
    now: Time,
    changes: &[Change],
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO changes (show_id, episode_id, fetch_id, seen_at, field, old_value, new_value)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for change in changes {
        insert.execute(params![
            show,
            episode,
            fetch,
            now,
            change.field,
            text(&change.old),
            text(&change.new)
        ])?;
    }
    Ok(())
}
