//! The feed transaction: the request, the body, the show, every item and the validators together, or nothing.
//!
//! Validators are saved only with the items they stand for: else a crash followed by a 304 would lose episodes for ever.

use rusqlite::{Connection, Transaction};

use super::changes::Place;
use super::choices;
use super::documents::{self, Body};
use super::fetches::{self, FetchRow, Poll};
use super::reading::{Item, Listing, Reading};
use super::reread::{self, NotesReader, Which};
use super::{Archive, Result, episodes, shows};
use crate::model::Resolution;

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

pub(super) fn record(
    tx: &Transaction<'_>,
    fetch: &FetchRow,
    body: &Body,
    poll: Option<&Poll>,
    reading: &Reading,
    reader: &mut dyn NotesReader,
) -> rusqlite::Result<Recorded> {
    let document = documents::keep(tx, body)?;
    let place = Place {
        show: fetch.show_id,
        fetch: fetches::insert(tx, fetch, Some(document))?,
        now: fetch.started_at,
        as_of: fetch.as_of.unwrap_or(fetch.started_at),
    };
    fetches::warn(tx, fetch, place.fetch, &reading.parsed.warnings)?;
    if shows::may_describe(tx, place, reading.listing)? {
        shows::describe(tx, place, &reading.parsed.show, reading.listing, reading.address_key)?;
    }
    let done = record_items(tx, place, reading)?;
    choices::reopen(tx, place.show)?;
    // What is new may settle what was doubtful in the notes of others.
    reread::settle(tx, place.show, reader, Which::Stale)?;
    if let Some(poll) = poll {
        shows::polled(tx, fetch, place.fetch, poll)?;
    }
    Ok(done)
}

fn record_items(db: &Connection, place: Place, reading: &Reading) -> rusqlite::Result<Recorded> {
    let mut done = Recorded::default();
    let mut ids: Vec<i64> = Vec::with_capacity(reading.parsed.episodes.len());
    // Written oldest first, so that ids grow with time where a feed runs newest first.
    let mut rows: Vec<Option<i64>> = vec![None; reading.parsed.episodes.len()];
    for (index, episode) in reading.parsed.episodes.iter().enumerate().rev() {
        let notes = reading.notes.get(index).and_then(Option::as_ref);
        let item = Item { episode, notes, reading };
        rows[index] = match reading.resolutions.get(index) {
            Some(Resolution::Known(id, by)) => {
                done.changed += u64::from(episodes::update(db, place, *id, *by, &item)?);
                Some(*id)
            }
            Some(Resolution::New { identity, source }) => {
                Some(episodes::insert(db, place, identity, *source, &item)?)
            }
            Some(Resolution::RepeatsKnown(id)) => Some(*id),
            Some(Resolution::Repeats(_)) | None => None,
        };
        if matches!(reading.resolutions.get(index), Some(Resolution::New { .. })) {
            done.new.push(episode.title.clone().unwrap_or_else(|| "(untitled)".to_owned()));
        }
    }
    done.new.reverse();
    ids.extend(rows.into_iter().flatten());
    ids.extend(episodes::of_items(db, place.show, &reading.parsed.unchanged)?);
    // An item that repeats an unchanged one lists the same episode.
    ids.sort_unstable();
    ids.dedup();
    done.listed = ids.len() as u64;
    episodes::seen(db, place, reading.listing, &ids)?;
    if reading.listing == Listing::Live {
        done.gone = episodes::mark_listed(db, place, &ids, &reading.parsed)?;
    }
    Ok(done)
}

impl Archive {
    /// Records a document with all that was read in it, and the validators that stand for it, in one transaction.
    pub fn record(
        &mut self,
        fetch: &FetchRow,
        body: &Body,
        poll: Option<&Poll>,
        reading: &Reading,
        reader: &mut dyn NotesReader,
    ) -> Result<Recorded> {
        self.write("record the feed", |tx| record(tx, fetch, body, poll, reading, reader))
    }
}
