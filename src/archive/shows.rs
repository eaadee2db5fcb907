//! Rows of `shows`: found, made, polled, described.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::changes::{Change, Changes, Place, note_changes};
use super::episodes::Voice;
use super::fetches::{FetchRow, Poll};
use super::reading::Listing;
use super::values::{text_value, value};
use super::{notes, reread, resources};
use crate::model::{self, Show, Time, redact_text};

/// A show as the configuration names it.
#[derive(Debug, Clone)]
pub struct Configured {
    /// Its short name, if the configuration gives one.
    pub slug: Option<String>,
    /// The address of its feed, without secrets.
    pub feed_url: String,
    /// Another show of the configuration has this address, but for its secrets: only the slug tells which is which.
    pub shares_address: bool,
}

/// A show as the archive knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowRow {
    /// Its row.
    pub id: i64,
    /// Its short name.
    pub slug: String,
    /// Where its feed is polled today, without secrets: where it is the configured address, the configuration has the whole.
    pub feed_url: String,
    /// The address that the configuration names, without secrets.
    pub configured_url: String,
    /// Its title, once a feed was read.
    pub title: Option<String>,
    /// `active`, `complete` or `gone`.
    pub state: String,
    /// When its feed is due again.
    pub next_fetch_at: Option<Time>,
    /// When its feed was last asked for.
    pub polled_at: Option<Time>,
    /// Failed polls in a row.
    pub error_count: u32,
    /// How many minutes the feed asked to be kept, when it was last read.
    pub ttl_minutes: Option<u32>,
    /// Where the feed said that it has moved, when it was last read.
    pub new_feed_url: Option<String>,
}

const COLUMNS: &str = "id, slug, feed_url, configured_url, title, state, next_fetch_at, polled_at, error_count, ttl_minutes, \
     new_feed_url";

fn read(row: &Row<'_>) -> rusqlite::Result<ShowRow> {
    Ok(ShowRow {
        id: row.get(0)?,
        slug: row.get(1)?,
        feed_url: row.get(2)?,
        configured_url: row.get(3)?,
        title: row.get(4)?,
        state: row.get(5)?,
        next_fetch_at: row.get(6)?,
        polled_at: row.get(7)?,
        error_count: row.get(8)?,
        ttl_minutes: row.get(9)?,
        new_feed_url: row.get(10)?,
    })
}

fn by(db: &Connection, condition: &str, value: &str) -> rusqlite::Result<Option<ShowRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM shows WHERE {condition} ORDER BY id LIMIT 1"))?
        .query_row([value], read)
        .optional()
}

pub(super) fn by_slug(db: &Connection, slug: &str) -> rusqlite::Result<Option<ShowRow>> {
    by(db, "slug = ?1", slug)
}

pub(super) fn all(db: &Connection) -> rusqlite::Result<Vec<ShowRow>> {
    db.prepare(&format!("SELECT {COLUMNS} FROM shows ORDER BY slug"))?.query_map([], read)?.collect()
}

/// By slug, else by the configured address, else by today's address; else made.
pub(super) fn find_or_make(db: &Connection, configured: &Configured, now: Time) -> rusqlite::Result<ShowRow> {
    let url = &configured.feed_url;
    let named = configured.slug.as_deref().map(|slug| by_slug(db, slug)).transpose()?.flatten();
    if let Some(show) = named {
        return readdress(db, show, url, now);
    }
    let found = if configured.shares_address { None } else { by_address(db, url)? };
    match (found, &configured.slug) {
        (Some(show), Some(slug)) if show.title.is_none() => rename(db, show, slug),
        (Some(show), _) => Ok(show),
        (None, slug) => make(db, slug.as_deref(), url, now),
    }
}

/// The row that a configuration entry means, if there is one.
pub(super) fn find(db: &Connection, configured: &Configured) -> rusqlite::Result<Option<ShowRow>> {
    match configured.slug.as_deref().map(|slug| by_slug(db, slug)).transpose()?.flatten() {
        Some(show) => Ok(Some(show)),
        None if configured.shares_address => Ok(None),
        None => by_address(db, &configured.feed_url),
    }
}

/// Takes the secrets out of addresses that castkeep wrote down whole before it knew better. What was polled at an address
/// that is now lost is polled at the configured one again.
pub(super) fn hide_secrets(db: &Connection) -> rusqlite::Result<()> {
    let mut whole = Vec::new();
    let mut all = db.prepare("SELECT id, feed_url, configured_url FROM shows")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let (id, feed, configured): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (bare_feed, bare_configured) = (redact_text(&feed), redact_text(&configured));
        if bare_feed != feed {
            whole.push((id, bare_configured.clone(), bare_configured));
        } else if bare_configured != configured {
            whole.push((id, feed, bare_configured));
        }
    }
    for (show, feed, configured) in whole {
        let addresses = "UPDATE shows SET feed_url = ?2, configured_url = ?3 WHERE id = ?1";
        db.execute(addresses, params![show, feed, configured])?;
        reread::hide_secrets(db, show)?;
    }
    Ok(())
}

fn by_address(db: &Connection, url: &str) -> rusqlite::Result<Option<ShowRow>> {
    match by(db, "configured_url = ?1", url)? {
        Some(show) => Ok(Some(show)),
        None => by(db, "feed_url = ?1", url),
    }
}

fn make(db: &Connection, slug: Option<&str>, url: &str, now: Time) -> rusqlite::Result<ShowRow> {
    let is_provisional = slug.is_none();
    let slug = match slug {
        Some(slug) => slug.to_owned(),
        None => free_slug(db, &provisional(url), 0)?,
    };
    db.execute(
        "INSERT INTO shows (slug, is_provisional, feed_url, configured_url, first_seen_at) VALUES (?1, ?2, ?3, ?3, ?4)",
        params![slug, is_provisional, url, now],
    )?;
    by_slug(db, &slug)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// A slug until the title is known: the host of the feed.
fn provisional(url: &str) -> String {
    let host = url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    model::slug(host)
}

/// The slug that a show of this title would get.
pub(super) fn slug_for(db: &Connection, title: Option<&str>, url: &str) -> rusqlite::Result<String> {
    let made = model::slug(title.unwrap_or_default());
    let wish = if made.is_empty() { provisional(url) } else { made };
    free_slug(db, &wish, 0)
}

/// `wish`, or `wish-2`, `wish-3`, ... where other shows have it.
fn free_slug(db: &Connection, wish: &str, own: i64) -> rusqlite::Result<String> {
    let wish = if wish.is_empty() { "show" } else { wish };
    let mut taken = db.prepare_cached("SELECT 1 FROM shows WHERE slug = ?1 AND id <> ?2")?;
    let mut slug = wish.to_owned();
    let mut n = 2;
    while taken.exists(params![slug, own])? {
        slug = format!("{wish}-{n}");
        n += 1;
    }
    Ok(slug)
}

fn rename(db: &Connection, show: ShowRow, slug: &str) -> rusqlite::Result<ShowRow> {
    db.execute("UPDATE shows SET slug = ?2, is_provisional = 0 WHERE id = ?1", params![show.id, slug])?;
    Ok(ShowRow { slug: slug.to_owned(), ..show })
}

/// The configuration names another address than before: it wins over a move that castkeep had followed.
fn readdress(db: &Connection, show: ShowRow, url: &str, now: Time) -> rusqlite::Result<ShowRow> {
    let configured: String =
        db.query_row("SELECT configured_url FROM shows WHERE id = ?1", [show.id], |row| row.get(0))?;
    if configured == *url {
        return Ok(show);
    }
    move_to(db, &show, url, None, now)?;
    db.execute(
        "UPDATE shows SET configured_url = ?2, next_fetch_at = NULL, error_count = 0,
                          state = CASE state WHEN 'gone' THEN 'active' ELSE state END
         WHERE id = ?1",
        params![show.id, url],
    )?;
    by_id(db, show.id)
}

fn move_to(
    db: &Connection,
    show: &ShowRow,
    url: &str,
    fetch: Option<i64>,
    now: Time,
) -> rusqlite::Result<()> {
    db.execute("UPDATE shows SET feed_url = ?2 WHERE id = ?1", params![show.id, url])?;
    let change = Change::new("feed_url", text_value(Some(&show.feed_url)), text_value(Some(url)));
    // What came before was of another address: its validators are no longer in force. The answer that told of a move came
    // from the new address already.
    let from = "UPDATE shows SET fetches_from = coalesce(?2, (SELECT coalesce(max(id), 0) + 1 FROM fetches)) WHERE id = ?1";
    db.execute(from, params![show.id, fetch])?;
    note_changes(db, show.id, fetch, now, &of_show(change.as_slice()))
}

fn of_show(all: &[Change]) -> Changes<'_> {
    Changes { episode: None, by: None, all }
}

/// What a poll of the live feed means for the next one.
pub(super) fn polled(db: &Connection, fetch: &FetchRow, id: i64, poll: &Poll) -> rusqlite::Result<()> {
    let good = fetch.outcome.is_good();
    db.prepare_cached(
        "UPDATE shows SET next_fetch_at = ?2, polled_at = ?3, error_count = ?4,
                          last_seen_at = CASE WHEN ?5 THEN ?3 ELSE last_seen_at END,
                          state = CASE WHEN ?6 THEN 'gone' WHEN ?5 AND state = 'gone' THEN 'active' ELSE state END
         WHERE id = ?1",
    )?
    .execute(params![fetch.show_id, poll.next_fetch_at, fetch.started_at, poll.error_count, good, poll.gone])?;
    if let Some(url) = &poll.moved_to {
        let show = by_id(db, fetch.show_id)?;
        move_to(db, &show, url, Some(id), fetch.started_at)?;
    }
    Ok(())
}

/// Another show with the same `podcast:guid`.
pub(super) fn twin(db: &Connection, id: i64) -> rusqlite::Result<Option<String>> {
    db.query_row(
        "SELECT other.slug FROM shows s JOIN shows other ON other.podcast_guid = s.podcast_guid AND other.id <> s.id
         WHERE s.id = ?1 ORDER BY other.id LIMIT 1",
        [id],
        |row| row.get(0),
    )
    .optional()
}

pub(super) fn podcast_guid(db: &Connection, id: i64) -> rusqlite::Result<Option<String>> {
    db.query_row("SELECT podcast_guid FROM shows WHERE id = ?1", [id], |row| row.get(0))
}

/// Whether the feed was polled at this address before it moved on.
pub(super) fn has_left(db: &Connection, show: i64, url: &str) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT 1 FROM changes WHERE show_id = ?1 AND episode_id IS NULL AND field = 'feed_url' AND old_value = ?2",
    )?
    .exists(params![show, redact_text(url)])
}

pub(super) fn forget(db: &Connection, id: i64) -> rusqlite::Result<bool> {
    let is_unread = db.query_row(
        "SELECT title IS NULL AND NOT EXISTS (SELECT 1 FROM episodes WHERE show_id = ?1) FROM shows WHERE id = ?1",
        [id],
        |row| row.get(0),
    )?;
    if is_unread {
        db.execute("DELETE FROM changes WHERE show_id = ?1", [id])?;
        db.execute("DELETE FROM fetches WHERE show_id = ?1", [id])?;
        db.execute("DELETE FROM shows WHERE id = ?1", [id])?;
    }
    Ok(is_unread)
}

pub(super) fn slug(db: &Connection, id: i64) -> rusqlite::Result<String> {
    db.query_row("SELECT slug FROM shows WHERE id = ?1", [id], |row| row.get(0))
}

fn by_id(db: &Connection, id: i64) -> rusqlite::Result<ShowRow> {
    db.query_row(&format!("SELECT {COLUMNS} FROM shows WHERE id = ?1"), [id], read)
}

/// A column that the feed fills, and how.
type Field = (&'static str, fn(&Show) -> Value);

const FIELDS: &[Field] = &[
    ("title", |s| text_value(s.title.as_deref())),
    ("description", |s| text_value(s.description.as_deref())),
    ("author", |s| text_value(s.author.as_deref())),
    ("owner_name", |s| text_value(s.owner_name.as_deref())),
    ("owner_email", |s| text_value(s.owner_email.as_deref())),
    ("link", |s| text_value(s.link.as_deref())),
    ("language", |s| text_value(s.language.as_deref())),
    ("copyright", |s| text_value(s.copyright.as_deref())),
    ("image_url", |s| text_value(s.image_url.as_deref())),
    ("explicit", |s| value(s.explicit.map(i64::from))),
    ("show_type", |s| text_value(s.show_type.as_deref())),
    ("podcast_guid", |s| text_value(s.podcast_guid.as_deref())),
    ("medium", |s| text_value(s.medium.as_deref())),
    ("ttl_minutes", |s| value(s.ttl_minutes.map(i64::from))),
    ("new_feed_url", |s| text_value(s.new_feed_url.as_deref())),
];

/// Whether a document may say what the show is: the live feed always, a fuller list where nothing was said yet, an old copy
/// in place of an older document.
pub(super) fn may_describe(db: &Connection, place: Place, listing: Listing) -> rusqlite::Result<bool> {
    let condition = match listing {
        Listing::Live => return Ok(true),
        Listing::History => "title IS NULL AND ?2 = ?2",
        Listing::Copy => "title IS NULL OR as_of <= ?2 AND coalesce(last_seen_at, '') < ?2",
    };
    db.query_row(
        &format!("SELECT coalesce({condition}, 0) FROM shows WHERE id = ?1"),
        params![place.show, place.as_of],
        |row| row.get(0),
    )
}

/// Writes what the feed says of the show, and a change for each field that it said otherwise before.
pub(super) fn describe(
    db: &Connection,
    place: Place,
    show: &Show,
    listing: Listing,
    address_key: resources::AddressKey,
) -> rusqlite::Result<()> {
    let id = place.show;
    let names: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
    let old: Vec<Value> = db
        .prepare_cached(&format!("SELECT {} FROM shows WHERE id = ?1", names.join(", ")))?
        .query_row([id], |row| (0..names.len()).map(|i| row.get(i)).collect())?;
    let voice = if listing == Listing::Copy { Voice::Overwrites } else { Voice::Speaks };
    let new = voice.heard(&old, FIELDS.iter().map(|(_, get)| get(show)).collect());
    let first = by_id(db, id)?.title.is_none();
    let sets: Vec<_> = names.iter().enumerate().map(|(i, name)| format!("{name} = ?{}", i + 4)).collect();
    let mut values = vec![
        Value::Integer(id),
        Value::Text(serde_json::Value::from(show.extra.clone()).to_string()),
        Value::Text(place.as_of.to_string()),
    ];
    values.extend(new.iter().cloned());
    db.prepare_cached(&format!(
        "UPDATE shows SET extra = ?2, as_of = ?3, {} WHERE id = ?1",
        sets.join(", ")
    ))?
    .execute(rusqlite::params_from_iter(values))?;
    notes::show_credits(db, id, &show.credits)?;
    resources::update(db, place, None, &show.resources, address_key, voice == Voice::Speaks)?;
    if show.complete {
        db.execute("UPDATE shows SET state = 'complete' WHERE id = ?1 AND state <> 'gone'", [id])?;
    } else {
        db.execute("UPDATE shows SET state = 'active' WHERE id = ?1 AND state = 'complete'", [id])?;
    }
    if first {
        return name_by_title(db, id, show.title.as_deref());
    }
    let changes: Vec<_> = names
        .into_iter()
        .zip(old.into_iter().zip(new))
        .filter_map(|(field, (old, new))| Change::new(field, old, new))
        .collect();
    note_changes(db, id, Some(place.fetch), place.now, &of_show(&changes))
}

/// The slug is made from the title when that is first known, unless the configuration gave one. From then on it is fixed.
fn name_by_title(db: &Connection, id: i64, title: Option<&str>) -> rusqlite::Result<()> {
    let is_provisional: bool =
        db.query_row("SELECT is_provisional FROM shows WHERE id = ?1", [id], |row| row.get(0))?;
    if !is_provisional {
        return Ok(());
    }
    let made = model::slug(title.unwrap_or_default());
    let wish = if made.is_empty() { slug(db, id)? } else { made };
    let slug = free_slug(db, &wish, id)?;
    db.execute("UPDATE shows SET slug = ?2, is_provisional = 0 WHERE id = ?1", params![id, slug])?;
    Ok(())
}
