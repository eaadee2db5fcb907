//! Rows -> what a person wants to know of them.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row};

use super::rank::Place;
use super::snippet;
use super::words::Words;
use super::{Hit, HitKind, HitSegment, Search, is_meant};

/// Of one episode no more hits of one kind are shown, unless it was asked for that kind, or for its show.
const OF_ONE_EPISODE: usize = 3;

/// The hits at these places, as many as are wanted.
pub(super) fn read(db: &Connection, search: &Search, places: &[Place]) -> rusqlite::Result<Vec<Hit>> {
    let mut hits = Vec::new();
    let mut segments = HashSet::new();
    let mut counts: HashMap<(i64, &str), usize> = HashMap::new();
    let is_wide = search.kind.is_none() && search.segment_kind.is_none() && search.show.is_none();
    for place in places {
        if hits.len() >= search.limit {
            break;
        }
        let Some(hit) = one(db, place, search)? else { continue };
        let segment =
            hit.segment.as_ref().filter(|_| hit.kind != HitKind::Transcript).map(|part| part.position);
        // A link and the words around it are one find.
        if search.kind.is_none()
            && segment.is_some_and(|position| !segments.insert((hit.episode_id, position)))
        {
            continue;
        }
        let count = counts.entry((hit.episode_id, hit.kind.as_str())).or_default();
        *count += 1;
        if *count <= OF_ONE_EPISODE || !is_wide {
            hits.push(hit);
        }
    }
    Ok(hits)
}

/// What is there; `None` if it is not meant after all.
fn one(db: &Connection, place: &Place, search: &Search) -> rusqlite::Result<Option<Hit>> {
    let held = Held { words: &search.words, is_doubtful: place.is_doubtful };
    match place.source.kind {
        // The words around a link tell more than the link alone.
        HitKind::Link if search.kind.is_none() => match segment_of(db, place.row, held.words)? {
            Some(id) => segment(db, id, held),
            None => link(db, place.row, held),
        },
        HitKind::Episode => episode(db, place.row, held),
        HitKind::Segment => segment(db, place.row, held),
        HitKind::Link => link(db, place.row, held),
        HitKind::Transcript => {
            let said_by =
                |hit: &Hit, name: &str| hit.speaker.as_ref().is_some_and(|speaker| is_meant(speaker, name));
            let hit = transcript(db, place.row, held)?;
            Ok(hit.filter(|hit| search.presenter.as_ref().is_none_or(|name| said_by(hit, name))))
        }
    }
}

/// What a place is held against.
#[derive(Clone, Copy)]
struct Held<'a> {
    words: &'a Words,
    is_doubtful: bool,
}

impl Held<'_> {
    /// Whether texts that a search table found have the words as words, and none of those that must not be there, in whatever
    /// way they are written.
    fn holds(self, texts: &[&str]) -> bool {
        (!self.is_doubtful && self.words.none.is_empty())
            || if self.is_doubtful {
                snippet::is_hit(texts, self.words)
            } else {
                !snippet::is_barred(texts, self.words)
            }
    }
}

/// What every hit has, as the first columns of a row.
const EPISODE: &str = "s.slug, e.id, e.number, e.title, e.published_at, e.link";
/// Of the segment, as the next.
const SEGMENT: &str = "g.position, g.kind, g.number, g.presenter, g.title, g.start_seconds";

fn hit(row: &Row<'_>, kind: HitKind, snippet: snippet::Snippet) -> rusqlite::Result<Hit> {
    Ok(Hit {
        kind,
        show: row.get(0)?,
        episode_id: row.get(1)?,
        episode_number: row.get(2)?,
        episode_title: row.get(3)?,
        published_at: row.get(4)?,
        segment: None,
        speaker: None,
        start_seconds: None,
        link: row.get(5)?,
        snippet,
    })
}

fn part(row: &Row<'_>) -> rusqlite::Result<HitSegment> {
    Ok(HitSegment {
        position: row.get(6)?,
        kind: row.get(7)?,
        number: row.get(8)?,
        presenter: row.get(9)?,
        title: row.get(10)?,
    })
}

fn episode(db: &Connection, id: i64, held: Held<'_>) -> rusqlite::Result<Option<Hit>> {
    let words = held.words;
    let sql = format!(
        "SELECT {EPISODE}, e.summary FROM episodes e JOIN shows s ON s.id = e.show_id WHERE e.id = ?1"
    );
    let read = |row: &Row<'_>| {
        let (title, summary): (Option<String>, Option<String>) = (row.get(3)?, row.get(6)?);
        let title = title.unwrap_or_default();
        if !held.holds(&[&title, summary.as_deref().unwrap_or_default()]) {
            return Ok(None);
        }
        let text = summary.filter(|_| !snippet::is_hit(&[&title], words)).unwrap_or(title);
        hit(row, HitKind::Episode, snippet::of(&text, words)).map(Some)
    };
    Ok(db.prepare_cached(&sql)?.query_row([id], read).optional()?.flatten())
}

fn segment(db: &Connection, id: i64, held: Held<'_>) -> rusqlite::Result<Option<Hit>> {
    let words = held.words;
    let sql = format!(
        "SELECT {EPISODE}, {SEGMENT}, g.text,
                coalesce((SELECT l.target_url FROM links l WHERE l.segment_id = g.id AND l.url = g.url LIMIT 1), g.url)
         FROM segments g JOIN episodes e ON e.id = g.episode_id JOIN shows s ON s.id = e.show_id WHERE g.id = ?1"
    );
    let read = |row: &Row<'_>| {
        let text: String = row.get(12)?;
        let own: Option<String> = row.get(13)?;
        if !held.holds(&[&text]) {
            return Ok(None);
        }
        let part = part(row)?;
        let mut hit = hit(row, HitKind::Segment, snippet::of(body(&text, part.title.as_deref()), words))?;
        hit.segment = Some(part);
        hit.start_seconds = row.get(11)?;
        hit.link = link_in(db, id, words)?.or(own).or(hit.link);
        Ok(Some(hit))
    };
    Ok(db.prepare_cached(&sql)?.query_row([id], read).optional()?.flatten())
}

/// The segment of a link, if all words stand in its text, too.
fn segment_of(db: &Connection, link: i64, words: &Words) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT g.id, g.text FROM links l JOIN segments g ON g.id = l.segment_id WHERE l.id = ?1";
    let found: Option<(i64, String)> =
        db.prepare_cached(sql)?.query_row([link], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.filter(|(_, text)| snippet::is_hit(&[text], words)).map(|(id, _)| id))
}

/// A text without its first line, where that is the heading, which is shown anyway.
fn body<'a>(text: &'a str, title: Option<&str>) -> &'a str {
    match (text.split_once('\n'), title) {
        (Some((heading, rest)), Some(title)) if heading.contains(title) && !rest.trim().is_empty() => {
            rest.trim_start().trim_start_matches("- ")
        }
        _ => text,
    }
}

/// The first link of a segment that has the words.
fn link_in(db: &Connection, segment: i64, words: &Words) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT coalesce(target_url, url), coalesce(text, '') FROM links WHERE segment_id = ?1 ORDER BY position LIMIT 200";
    let mut statement = db.prepare_cached(sql)?;
    let mut links =
        statement.query_map([segment], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    links
        .find(|link| link.as_ref().is_ok_and(|(url, text)| snippet::is_hit(&[text, url], words)))
        .map(|link| Ok(link?.0))
        .transpose()
}

fn link(db: &Connection, id: i64, held: Held<'_>) -> rusqlite::Result<Option<Hit>> {
    let words = held.words;
    let sql = format!(
        "SELECT {EPISODE}, {SEGMENT}, l.text, coalesce(l.target_url, l.url)
         FROM links l JOIN segments g ON g.id = l.segment_id JOIN episodes e ON e.id = l.episode_id JOIN shows s ON s.id = e.show_id
         WHERE l.id = ?1"
    );
    let read = |row: &Row<'_>| {
        let (text, url): (Option<String>, String) = (row.get(12)?, row.get(13)?);
        let text = text.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| url.clone());
        if !held.holds(&[&text, &url]) {
            return Ok(None);
        }
        let mut hit = hit(row, HitKind::Link, snippet::of(&text, words))?;
        hit.segment = Some(part(row)?);
        hit.start_seconds = row.get(11)?;
        hit.link = Some(url);
        Ok(Some(hit))
    };
    Ok(db.prepare_cached(&sql)?.query_row([id], read).optional()?.flatten())
}

/// The segment of a cue is the one whose time has come, where the notes tell times.
fn transcript(db: &Connection, id: i64, held: Held<'_>) -> rusqlite::Result<Option<Hit>> {
    let words = held.words;
    let sql = format!(
        "SELECT {EPISODE}, {SEGMENT}, t.text, t.speaker, t.start_seconds
         FROM transcript_cues t JOIN resources r ON r.id = t.resource_id JOIN episodes e ON e.id = r.episode_id
         JOIN shows s ON s.id = e.show_id
         LEFT JOIN segments g ON g.id = (
             SELECT x.id FROM segments x WHERE x.episode_id = e.id AND x.start_seconds <= t.start_seconds
             ORDER BY x.start_seconds DESC, x.position DESC LIMIT 1)
         WHERE t.id = ?1"
    );
    let read = |row: &Row<'_>| {
        let text: String = row.get(12)?;
        if !held.holds(&[&text]) {
            return Ok(None);
        }
        let mut hit = hit(row, HitKind::Transcript, snippet::of(&text, words))?;
        hit.segment = row.get::<_, Option<i64>>(6)?.map(|_| part(row)).transpose()?;
        hit.speaker = row.get(13)?;
        hit.start_seconds = row.get(14)?;
        Ok(Some(hit))
    };
    Ok(db.prepare_cached(&sql)?.query_row([id], read).optional()?.flatten())
}
