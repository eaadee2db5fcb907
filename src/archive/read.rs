//! Reading what people ask for most: how the shows stand, one episode whole.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use crate::model::Time;

/// How a show stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShowStatus {
    /// Its short name.
    pub show: String,
    /// Its title.
    pub title: Option<String>,
    /// The address that the configuration names, or named.
    #[serde(skip)]
    pub configured_url: String,
    /// When its feed was last asked for, well or not.
    pub polled_at: Option<Time>,
    /// `active`, `complete` or `gone`.
    pub state: String,
    /// Episodes in the archive.
    pub episodes: u64,
    /// Of them, those whose audio is captured.
    pub with_audio: u64,
    /// Enclosures that are wanted and not there.
    pub missing: u64,
    /// Episodes that the feed lists no more.
    pub gone: u64,
    /// Bytes of captured files.
    pub bytes: u64,
    /// The date of the newest episode.
    pub newest: Option<Time>,
    /// When the feed was last answered well.
    pub last_seen_at: Option<Time>,
    /// When it is due again.
    pub next_fetch_at: Option<Time>,
    /// Failed polls in a row.
    pub error_count: u64,
    /// Why the last request failed, if it did.
    pub last_error: Option<String>,
    /// What was wrong with the feed when it was last read, and what was assumed: see `feed_warnings`.
    pub warnings: u64,
}

pub(super) fn status(db: &Connection) -> rusqlite::Result<Vec<ShowStatus>> {
    db.prepare(
        "SELECT s.slug, s.title, s.state,
                (SELECT count(*) FROM episodes e WHERE e.show_id = s.id),
                (SELECT count(DISTINCT r.episode_id) FROM resources r JOIN files f ON f.id = r.file_id
                  WHERE r.show_id = s.id AND r.role = 'enclosure' AND f.state = 'present'),
                (SELECT count(*) FROM missing_audio m WHERE m.show = s.slug),
                (SELECT count(*) FROM episodes e WHERE e.show_id = s.id AND e.gone_at IS NOT NULL),
                (SELECT coalesce(sum(size_bytes), 0) FROM files WHERE state = 'present'
                    AND id IN (SELECT r.file_id FROM resources r WHERE r.show_id = s.id)),
                (SELECT max(published_at) FROM episodes e WHERE e.show_id = s.id),
                s.last_seen_at, s.next_fetch_at, s.error_count,
                (SELECT f.error FROM fetches f WHERE f.show_id = s.id ORDER BY f.id DESC LIMIT 1), s.configured_url, s.polled_at,
                (SELECT count(*) FROM feed_warnings w JOIN fetches f ON f.id = w.fetch_id WHERE f.show_id = s.id)
         FROM shows s ORDER BY s.slug",
    )?
    .query_map([], |row| {
        let errors = count(row, 11)?;
        Ok(ShowStatus {
            show: row.get(0)?,
            title: row.get(1)?,
            state: row.get(2)?,
            configured_url: row.get(13)?,
            polled_at: row.get(14)?,
            episodes: count(row, 3)?,
            with_audio: count(row, 4)?,
            missing: count(row, 5)?,
            gone: count(row, 6)?,
            bytes: count(row, 7)?,
            newest: row.get(8)?,
            last_seen_at: row.get(9)?,
            next_fetch_at: row.get(10)?,
            error_count: errors,
            last_error: row.get::<_, Option<String>>(12)?.filter(|_| errors > 0),
            warnings: count(row, 15)?,
        })
    })?
    .collect()
}

pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or_default())
}

/// One episode with all that was made of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EpisodeDetail {
    /// Its row.
    #[serde(skip)]
    pub id: i64,
    /// The title of its show.
    pub show: String,
    /// Its title.
    pub title: Option<String>,
    /// Its number.
    pub number: Option<i64>,
    /// Its date.
    pub published_at: Option<Time>,
    /// Its identifier.
    pub guid: Option<String>,
    /// Its web page.
    pub link: Option<String>,
    /// Its length as the feed says, in seconds.
    pub duration_seconds: Option<f64>,
    /// When it left the feed.
    pub gone_at: Option<Time>,
    /// Its audio: path, SHA-256, bytes; `None` if not captured.
    pub audio: Option<AudioDetail>,
    /// Guests and hosts: name, role.
    pub people: Vec<(String, String)>,
    /// Who paid: name, address.
    pub sponsors: Vec<(String, Option<String>)>,
    /// The parts of the notes.
    pub segments: Vec<SegmentDetail>,
    /// The notes as published.
    #[serde(skip)]
    pub notes_html: Option<String>,
}

/// The captured audio of an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudioDetail {
    /// Relative to the archive's folder.
    pub path: String,
    /// Of the whole file.
    pub sha256: String,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// `present`, `missing` or `damaged`.
    pub state: String,
}

/// A part of the notes with its links.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentDetail {
    /// Its kind.
    pub kind: String,
    /// Its number.
    pub number: Option<i64>,
    /// Who brings it.
    pub presenter: Option<String>,
    /// Its heading.
    pub title: Option<String>,
    /// The heading over it and its neighbours.
    pub group_title: Option<String>,
    /// The first link of its heading.
    pub url: Option<String>,
    /// Where in the audio it begins.
    pub start_seconds: Option<f64>,
    /// All of it.
    pub text: String,
    /// Its source.
    #[serde(skip)]
    pub html: String,
    /// Its links: address, words.
    pub links: Vec<(String, Option<String>)>,
}

/// More than this many matches are not told apart by a person.
const MOST_MATCHES: i64 = 10;

pub(super) fn episode(db: &Connection, show: i64, which: &str) -> rusqlite::Result<Vec<EpisodeDetail>> {
    let ids = find(db, show, which)?;
    ids.into_iter().map(|id| detail(db, id)).collect()
}

/// By number or guid, else by words of the title; `latest` is the newest.
fn find(db: &Connection, show: i64, which: &str) -> rusqlite::Result<Vec<i64>> {
    let ids = |condition: &str| -> rusqlite::Result<Vec<i64>> {
        db.prepare(&format!(
            "SELECT id FROM episodes WHERE show_id = ?1 AND {condition} ORDER BY published_at DESC, id DESC LIMIT {MOST_MATCHES}"
        ))?
        .query_map(params![show, which], |row| row.get(0))?
        .collect()
    };
    if which == "latest" {
        return Ok(ids("?2 = ?2")?.into_iter().take(1).collect());
    }
    let number = which.trim_start_matches('#').parse::<i64>().is_ok();
    let exact = if number { ids("number = CAST(ltrim(?2, '#') AS INTEGER)")? } else { ids("guid = ?2")? };
    if !exact.is_empty() {
        return Ok(exact);
    }
    ids("instr(lower(title), lower(?2)) > 0")
}

fn detail(db: &Connection, id: i64) -> rusqlite::Result<EpisodeDetail> {
    let sponsors = db
        .prepare("SELECT name, url FROM sponsors WHERE episode_id = ?1 ORDER BY position")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let audio = db
        .query_row(
            "SELECT path, sha256, size, state FROM audio WHERE episode_id = ?1 AND path IS NOT NULL",
            [id],
            |row| {
                Ok(AudioDetail {
                    path: row.get(0)?,
                    sha256: row.get(1)?,
                    size_bytes: count(row, 2)?,
                    state: row.get(3)?,
                })
            },
        )
        .optional()?;
    let people = db
        .prepare(
            "SELECT p.name, c.role FROM credits c JOIN people p ON p.id = c.person_id WHERE c.episode_id = ?1
             GROUP BY p.name, c.role ORDER BY min(c.id)",
        )?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let segments = segments(db, id)?;
    db.query_row(
        "SELECT coalesce(s.title, s.slug), e.title, e.number, e.published_at, e.guid, e.link, e.duration_seconds, e.gone_at,
                e.notes_html
         FROM episodes e JOIN shows s ON s.id = e.show_id WHERE e.id = ?1",
        [id],
        |row| {
            Ok(EpisodeDetail {
                id,
                show: row.get(0)?,
                title: row.get(1)?,
                number: row.get(2)?,
                published_at: row.get(3)?,
                guid: row.get(4)?,
                link: row.get(5)?,
                duration_seconds: row.get(6)?,
                gone_at: row.get(7)?,
                audio,
                people,
                sponsors,
                segments,
                notes_html: row.get(8)?,
            })
        },
    )
}

fn segments(db: &Connection, id: i64) -> rusqlite::Result<Vec<SegmentDetail>> {
    let mut links = db.prepare("SELECT url, text FROM links WHERE segment_id = ?1 ORDER BY position")?;
    let mut select = db.prepare(
        "SELECT id, kind, number, presenter, title, group_title, url, start_seconds, text, html FROM segments
         WHERE episode_id = ?1 ORDER BY position",
    )?;
    select
        .query_map([id], |row| {
            let segment: i64 = row.get(0)?;
            Ok(SegmentDetail {
                kind: row.get(1)?,
                number: row.get(2)?,
                presenter: row.get(3)?,
                title: row.get(4)?,
                group_title: row.get(5)?,
                url: row.get(6)?,
                start_seconds: row.get(7)?,
                text: row.get(8)?,
                html: row.get(9)?,
                links: links
                    .query_map([segment], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect::<rusqlite::Result<_>>()?,
            })
        })?
        .collect()
}
