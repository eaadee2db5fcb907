//! Rows of `episodes`: known, new, changed, gone and back.

use std::collections::{HashMap, HashSet};

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::changes::{Change, Changes, Place, note_changes};
use super::reading::{Item, Listing};
use super::reread::{self, ReadNotes};
use super::values::{text_value, value};
use super::{Archive, Result, notes, resources};
use crate::model::{Digest, Episode, IdentitySource, KnownEpisode, Match, Parsed};

/// A column that the feed fills: its name, whether a change of it is worth a row of `changes`, and how it is filled.
type Field = (&'static str, bool, fn(&Episode) -> Value);

const FIELDS: &[Field] = &[
    ("guid", true, |e| text_value(e.guid.as_deref())),
    ("title", true, |e| text_value(e.title.as_deref())),
    ("number", true, |e| value(e.number)),
    ("season", true, |e| value(e.season)),
    ("episode_type", true, |e| text_value(e.episode_type.as_deref())),
    ("published_at", true, |e| value(e.published_at.map(|at| at.to_string()))),
    ("published_raw", false, |e| text_value(e.published_raw.as_deref())),
    ("link", true, |e| text_value(e.link.as_deref())),
    ("author", true, |e| text_value(e.author.as_deref())),
    ("duration_seconds", true, |e| value(e.duration_seconds)),
    ("explicit", true, |e| value(e.explicit.map(i64::from))),
    ("image_url", true, |e| text_value(e.image_url.as_deref())),
    ("summary", true, |e| text_value(e.summary.as_deref())),
    ("notes_html", true, |e| text_value(e.notes_html.as_deref())),
    ("notes_source", false, |e| text_value(e.notes_source.as_deref())),
    ("extra", false, |e| Value::Text(serde_json::Value::from(e.extra.clone()).to_string())),
];

fn values(episode: &Episode) -> Vec<Value> {
    FIELDS.iter().map(|(_, _, get)| get(episode)).collect()
}

fn names() -> String {
    FIELDS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}

pub(super) fn known_items(db: &Connection, show: i64) -> rusqlite::Result<HashSet<Digest>> {
    db.prepare_cached("SELECT item_sha256 FROM episodes WHERE show_id = ?1 AND item_sha256 IS NOT NULL")?
        .query_map([show], |row| row.get(0))?
        .collect()
}

pub(super) fn known(db: &Connection, show: i64) -> rusqlite::Result<Vec<KnownEpisode>> {
    let mut enclosures: HashMap<i64, Vec<String>> = HashMap::new();
    let mut urls = db.prepare_cached(
        "SELECT episode_id, url FROM resources
         WHERE show_id = ?1 AND role = 'enclosure' AND episode_id IS NOT NULL ORDER BY is_current DESC, position, id DESC",
    )?;
    let mut rows = urls.query([show])?;
    while let Some(row) = rows.next()? {
        enclosures.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    db.prepare_cached(
        "SELECT id, guid, identity, title, link, published_at, item_sha256 FROM episodes WHERE show_id = ?1 ORDER BY id",
    )?
    .query_map([show], |row| {
        let id = row.get(0)?;
        Ok(KnownEpisode {
            id,
            guid: row.get(1)?,
            identity: row.get(2)?,
            title: row.get(3)?,
            link: row.get(4)?,
            published_at: row.get(5)?,
            enclosure_urls: enclosures.remove(&id).unwrap_or_default(),
            item_sha256: row.get(6)?,
        })
    })?
    .collect()
}

/// The episodes that were last read from these items.
pub(super) fn of_items(db: &Connection, show: i64, items: &[Digest]) -> rusqlite::Result<Vec<i64>> {
    let items: HashSet<&Digest> = items.iter().collect();
    let mut ids = Vec::with_capacity(items.len());
    let mut select = db.prepare_cached(
        "SELECT id, item_sha256 FROM episodes WHERE show_id = ?1 AND item_sha256 IS NOT NULL",
    )?;
    let mut rows = select.query([show])?;
    while let Some(row) = rows.next()? {
        if items.contains(&row.get::<_, Digest>(1)?) {
            ids.push(row.get(0)?);
        }
    }
    Ok(ids)
}

pub(super) fn insert(
    db: &Connection,
    place: Place,
    identity: &str,
    source: IdentitySource,
    item: &Item<'_>,
) -> rusqlite::Result<i64> {
    let marks: Vec<_> = (0..FIELDS.len()).map(|i| format!("?{}", i + 9)).collect();
    let sql = format!(
        "INSERT INTO episodes (show_id, identity, identity_source, first_seen_at, last_seen_at, item_sha256, notes_text, as_of, {})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, {})",
        names(),
        marks.join(", "),
    );
    let now = place.now.to_string();
    let mut row = vec![
        Value::Integer(place.show),
        Value::Text(identity.to_owned()),
        Value::Text(source.as_str().to_owned()),
        Value::Text(now.clone()),
        Value::Text(now),
        value(item.episode.item_sha256.map(|digest| digest.to_string())),
        notes_text(item.notes),
        value(Some(place.as_of.to_string())),
    ];
    row.extend(values(item.episode));
    let id = db.prepare_cached(&sql)?.insert(params_from_iter(row))?;
    derive(db, id, item)?;
    resources::insert(db, place, id, &item.episode.resources)?;
    Ok(id)
}

/// Writes what is new of a known episode; whether anything worth a row of `changes` was.
pub(super) fn update(
    db: &Connection,
    place: Place,
    id: i64,
    by: Match,
    item: &Item<'_>,
) -> rusqlite::Result<bool> {
    let Some(voice) = voice(db, place, id, item.reading.listing)? else { return Ok(false) };
    let old: Vec<Value> = db
        .prepare_cached(&format!("SELECT {} FROM episodes WHERE id = ?1", names()))?
        .query_row([id], |row| (0..FIELDS.len()).map(|i| row.get(i)).collect())?;
    let new = voice.heard(&old, values(item.episode));
    let differs = old != new;
    let own = text_value(item.episode.notes_html.as_deref());
    let has_own = |((name, ..), value): (&Field, &Value)| *name == "notes_html" && *value == own;
    let takes_notes = voice == Voice::Speaks || FIELDS.iter().zip(&new).any(has_own);
    let mut changes: Vec<Change> = Vec::new();
    for ((field, watched, _), (old, new)) in FIELDS.iter().zip(old.into_iter().zip(new.iter())) {
        if *watched {
            changes.extend(Change::new(field, old, new.clone()));
        }
    }
    if differs {
        let sets: Vec<_> =
            FIELDS.iter().enumerate().map(|(i, (name, ..))| format!("{name} = ?{}", i + 2)).collect();
        let mut row = vec![Value::Integer(id)];
        row.extend(new);
        db.prepare_cached(&format!("UPDATE episodes SET {} WHERE id = ?1", sets.join(", ")))?
            .execute(params_from_iter(row))?;
        if changes.iter().any(|change| change.field == "notes_html") {
            db.prepare_cached("UPDATE episodes SET notes_text = ?2 WHERE id = ?1")?
                .execute(params![id, notes_text(item.notes)])?;
        }
        if takes_notes {
            notes::forget(db, id)?;
            derive(db, id, item)?;
        }
    }
    if voice != Voice::Fills {
        db.prepare_cached("UPDATE episodes SET item_sha256 = ?2 WHERE id = ?1")?
            .execute(params![id, item.episode.item_sha256])?;
        let resources = &item.episode.resources;
        let key = item.reading.address_key;
        changes.extend(resources::update(db, place, Some(id), resources, key, voice == Voice::Speaks)?);
    }
    let noted = Changes { episode: Some(id), by: Some(by), all: &changes };
    note_changes(db, place.show, Some(place.fetch), place.now, &noted)?;
    Ok(!changes.is_empty())
}

/// How far a document is heard on an episode that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// It is the live feed, or the fullest list: what it does not say is not so.
    Speaks,
    /// A copy, perhaps in a poorer format: what it does not say stays.
    Overwrites,
    /// Something newer has spoken: what that did not say is filled in.
    Fills,
}

impl Voice {
    /// What a row says after this.
    pub(super) fn heard(self, old: &[Value], new: Vec<Value>) -> Vec<Value> {
        let choose = |(old, new): (&Value, Value)| match self {
            Self::Overwrites if new == Value::Null => old.clone(),
            Self::Fills if *old != Value::Null => old.clone(),
            Self::Speaks | Self::Overwrites | Self::Fills => new,
        };
        old.iter().zip(new).map(choose).collect()
    }
}

/// The live feed always speaks, a fuller list where the live feed never listed the episode, an old copy where an older
/// document said something else.
fn voice(db: &Connection, place: Place, id: i64, listing: Listing) -> rusqlite::Result<Option<Voice>> {
    if listing == Listing::Live {
        return Ok(Some(Voice::Speaks));
    }
    // What the feed listed and was answered to list since, be it by a 304, stands.
    let (is_listed, stands, is_older) = db
        .prepare_cached(
            "SELECT last_listed_at IS NOT NULL,
                    last_listed_at IS NOT NULL AND gone_at IS NULL
                        AND ?2 <= (SELECT coalesce(s.last_seen_at, '') FROM shows s WHERE s.id = show_id),
                    coalesce(as_of, last_seen_at) <= ?2
             FROM episodes WHERE id = ?1",
        )?
        .query_row(params![id, place.as_of], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(match (listing, is_listed, stands, is_older) {
        (Listing::History, false, ..) => Some(Voice::Speaks),
        (Listing::History, true, ..) | (_, _, true, _) => None,
        (_, _, false, true) => Some(Voice::Overwrites),
        (_, _, false, false) => Some(Voice::Fills),
    })
}

fn notes_text(notes: Option<&ReadNotes>) -> Value {
    text_value(notes.map(|read| read.notes.text.as_str()).filter(|text| !text.is_empty()))
}

/// Writes what is derived from the item: segments, links, people, sponsors, chapters.
fn derive(db: &Connection, id: i64, item: &Item<'_>) -> rusqlite::Result<()> {
    notes::chapters(db, id, &item.episode.chapters)?;
    notes::credits(db, id, &item.episode.credits)?;
    reread::write(db, id, item.notes, item.episode.base_url.as_deref())
}

/// A document listed these episodes.
pub(super) fn seen(db: &Connection, place: Place, listing: Listing, ids: &[i64]) -> rusqlite::Result<()> {
    let live = listing == Listing::Live;
    let mut episode = db.prepare_cached(
        "UPDATE episodes SET last_seen_at = ?2, last_listed_at = CASE WHEN ?3 THEN ?2 ELSE last_listed_at END,
                as_of = CASE WHEN ?5 AND last_listed_at IS NOT NULL THEN as_of ELSE max(coalesce(as_of, last_seen_at), ?4) END WHERE id = ?1",
    )?;
    // What a fuller list says of an episode that the live feed listed was not taken.
    let is_unheard = listing == Listing::History;
    let mut things = db.prepare_cached(
        "UPDATE resources SET last_seen_at = ?2 WHERE episode_id = ?1 AND is_current = 1 AND last_seen_at <> ?2",
    )?;
    for id in ids {
        episode.execute(params![id, place.now, live, place.as_of, is_unheard])?;
        things.execute(params![id, place.now])?;
    }
    Ok(())
}

/// Marks what the live feed no longer lists, and clears the mark of what is back. A document that was cut off, or is only
/// the first page of several, says nothing about what stands beyond its end. How many have gone.
pub(super) fn mark_listed(
    db: &Connection,
    place: Place,
    ids: &[i64],
    parsed: &Parsed,
) -> rusqlite::Result<u64> {
    let listed: HashSet<i64> = ids.iter().copied().collect();
    let paged = parsed.paging.next.is_some() || parsed.paging.prev_archive.is_some();
    let mut select = db.prepare_cached(
        "SELECT id, gone_at, published_at FROM episodes WHERE show_id = ?1 AND last_listed_at IS NOT NULL",
    )?;
    let known: Vec<(i64, Option<String>, Option<String>)> = select
        .query_map([place.show], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let horizon =
        known.iter().filter(|(id, ..)| listed.contains(id)).filter_map(|(_, _, at)| at.clone()).min();
    let mut mark = db.prepare_cached("UPDATE episodes SET gone_at = ?2 WHERE id = ?1")?;
    let mut gone = 0;
    for (id, was, published) in known {
        let beyond = paged && (horizon.is_none() || published < horizon);
        let now = place.now.to_string();
        let is = match (listed.contains(&id), &was) {
            (true, Some(_)) => None,
            (false, None) if !parsed.truncated && !beyond => Some(now),
            _ => continue,
        };
        gone += u64::from(is.is_some());
        mark.execute(params![id, is])?;
        let change = Change::new("gone_at", value(was), value(is));
        let noted = Changes { episode: Some(id), by: None, all: change.as_slice() };
        note_changes(db, place.show, Some(place.fetch), place.now, &noted)?;
    }
    Ok(gone)
}

impl Archive {
    /// Whether `digest` is an item that some episode of the show was last read from.
    pub fn known_items(&self, show: i64) -> Result<std::collections::HashSet<Digest>> {
        known_items(&self.db, show).map_err(self.sql("read the known items"))
    }

    /// What identifies each episode of the show.
    pub fn known_episodes(&self, show: i64) -> Result<Vec<KnownEpisode>> {
        known(&self.db, show).map_err(self.sql("read the known episodes"))
    }
}
