//! Reading one episode whole.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use super::values::count;
use crate::model::Time;

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
    by_title(db, show, which)
}

/// Episodes whose title this is, else in whose title it stands between other words, else wherever it stands in one.
fn by_title(db: &Connection, show: i64, which: &str) -> rusqlite::Result<Vec<i64>> {
    let sql = "SELECT id, title FROM episodes WHERE show_id = ?1 AND title IS NOT NULL ORDER BY published_at DESC, id DESC";
    let mut found: [Vec<i64>; 3] = Default::default();
    let words = which.trim().to_lowercase();
    let mut query = db.prepare(sql)?;
    let mut rows = query.query([show])?;
    while let Some(row) = rows.next()? {
        let title: String = row.get(1)?;
        let Some(fit) = fit(&title.to_lowercase(), &words) else { continue };
        let list = &mut found[fit as usize];
        if list.len() < MOST_MATCHES as usize {
            list.push(row.get(0)?);
        }
    }
    Ok(found.into_iter().find(|list| !list.is_empty()).unwrap_or_default())
}

/// How well words name a title.
#[derive(Clone, Copy)]
enum Fit {
    Whole,
    Words,
    Part,
}

fn fit(title: &str, words: &str) -> Option<Fit> {
    if title.trim() == words {
        return Some(Fit::Whole);
    }
    let is_edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    let stands_alone = |(at, _): (usize, &str)| {
        let (before, after) = (&title[..at], &title[at + words.len()..]);
        is_edge(before.chars().next_back()) && is_edge(after.chars().next())
    };
    if title.match_indices(words).any(stands_alone) {
        return Some(Fit::Words);
    }
    title.contains(words).then_some(Fit::Part)
}

/// An episode in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EpisodeLine {
    /// Its number.
    pub number: Option<i64>,
    /// Its date.
    pub published_at: Option<Time>,
    /// Its title.
    pub title: Option<String>,
    /// Its identifier.
    pub guid: Option<String>,
}

/// The newest episodes of a show, at most so many.
pub(super) fn newest(db: &Connection, show: i64, most: Option<u32>) -> rusqlite::Result<Vec<EpisodeLine>> {
    let sql = "SELECT number, published_at, title, guid FROM episodes WHERE show_id = ?1
               ORDER BY published_at DESC, id DESC LIMIT ?2";
    let line = |row: &Row<'_>| {
        Ok(EpisodeLine {
            number: row.get(0)?,
            published_at: row.get(1)?,
            title: row.get(2)?,
            guid: row.get(3)?,
        })
    };
    db.prepare(sql)?.query_map(params![show, most.map_or(-1, i64::from)], line)?.collect()
}

/// What was said of its enclosure, unless another form of it is to come in its place.
pub(super) fn left_out(db: &Connection, episode: i64) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT skip_reason FROM resources
               WHERE episode_id = ?1 AND role = 'enclosure' AND is_current = 1 AND file_id IS NULL AND skip_reason IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM resources WHERE episode_id = ?1 AND role IN ('enclosure', 'alternate')
                                 AND is_current = 1 AND is_wanted = 1 AND file_id IS NULL AND skip_reason IS NULL)
               ORDER BY id LIMIT 1";
    db.query_row(sql, [episode], |row| row.get(0)).optional()
}

fn detail(db: &Connection, id: i64) -> rusqlite::Result<EpisodeDetail> {
    let (audio, people, sponsors) = (audio(db, id)?, people(db, id)?, sponsors(db, id)?);
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

fn audio(db: &Connection, id: i64) -> rusqlite::Result<Option<AudioDetail>> {
    let sql = "SELECT path, sha256, size, state FROM audio WHERE episode_id = ?1 AND path IS NOT NULL";
    let read = |row: &Row<'_>| {
        Ok(AudioDetail {
            path: row.get(0)?,
            sha256: row.get(1)?,
            size_bytes: count(row, 2)?,
            state: row.get(3)?,
        })
    };
    db.query_row(sql, [id], read).optional()
}

fn people(db: &Connection, id: i64) -> rusqlite::Result<Vec<(String, String)>> {
    db.prepare(
        "SELECT p.name, c.role FROM credits c JOIN people p ON p.id = c.person_id WHERE c.episode_id = ?1
         GROUP BY p.name, c.role ORDER BY min(c.id)",
    )?
    .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

fn sponsors(db: &Connection, id: i64) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    db.prepare("SELECT name, url FROM sponsors WHERE episode_id = ?1 ORDER BY position")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
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
