//! Rows derived from an item: segments, links, sponsors, credits, chapters; and the credits of a show.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use crate::model::{Chapter, Credit, Notes, Person, Role};

/// Removes all that was derived from an episode's item, before it is derived anew. What stands in captured files stays.
pub(super) fn forget(db: &Connection, episode: i64) -> rusqlite::Result<()> {
    forget_notes(db, episode)?;
    for what in ["credits WHERE", "chapters WHERE source = 'psc' AND"] {
        db.prepare_cached(&format!("DELETE FROM {what} episode_id = ?1"))?.execute([episode])?;
    }
    Ok(())
}

/// Removes what was derived from the notes alone, before they are read again.
pub(super) fn forget_notes(db: &Connection, episode: i64) -> rusqlite::Result<()> {
    for what in [
        "links WHERE",
        "sponsors WHERE",
        "segments WHERE",
        "credits WHERE source LIKE 'notes:%' AND",
        "chapters WHERE source = 'notes' AND",
    ] {
        db.prepare_cached(&format!("DELETE FROM {what} episode_id = ?1"))?.execute([episode])?;
    }
    Ok(())
}

/// Removes persons of whom nothing is told any more.
pub(super) fn forget_strangers(db: &Connection) -> rusqlite::Result<()> {
    db.execute("DELETE FROM people WHERE id NOT IN (SELECT person_id FROM credits)", [])?;
    Ok(())
}

pub(super) fn insert(db: &Connection, episode: i64, notes: &Notes) -> rusqlite::Result<()> {
    let ids = segments(db, episode, notes)?;
    links(db, episode, notes, &ids)?;
    sponsors(db, episode, notes, &ids)?;
    chapters(db, episode, &notes.chapters())?;
    people(db, episode, &notes.people)
}

/// Rows of segments, by position.
type Ids = HashMap<u32, i64>;

fn segments(db: &Connection, episode: i64, notes: &Notes) -> rusqlite::Result<Ids> {
    let mut insert = db.prepare_cached(
        "INSERT INTO segments (episode_id, position, kind, number, presenter, title, group_title, url, start_seconds, text, html)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    let mut ids = Ids::with_capacity(notes.segments.len());
    for s in &notes.segments {
        let id = insert.insert(params![
            episode,
            s.position,
            s.kind.as_str(),
            s.number,
            s.presenter,
            s.title,
            s.group_title,
            s.url,
            s.start_seconds,
            s.text,
            s.html,
        ])?;
        ids.insert(s.position, id);
    }
    Ok(ids)
}

fn links(db: &Connection, episode: i64, notes: &Notes, ids: &Ids) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO links (episode_id, segment_id, position, url, text, target_url, host, domain, in_boilerplate)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for l in &notes.links {
        // Segments cover the notes, so every link stands in one.
        let Some(segment) = l.segment.and_then(|position| ids.get(&position)).or_else(|| ids.get(&1)) else {
            continue;
        };
        insert.execute(params![
            episode,
            segment,
            l.position,
            l.url,
            l.text,
            l.target_url,
            l.host,
            l.domain,
            l.in_boilerplate,
        ])?;
    }
    Ok(())
}

fn sponsors(db: &Connection, episode: i64, notes: &Notes, ids: &Ids) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO sponsors (episode_id, segment_id, position, name, url, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for s in &notes.sponsors {
        let segment = s.segment.and_then(|position| ids.get(&position));
        insert.execute(params![episode, segment, s.position, s.name, s.url, s.text])?;
    }
    Ok(())
}

fn people(db: &Connection, episode: i64, people: &[Person]) -> rusqlite::Result<()> {
    people.iter().try_for_each(|p| {
        let person = person(db, &p.name, p.url.as_deref(), None)?;
        credit(db, episode, person, p.role.as_str(), &p.source)
    })
}

/// Persons that the item itself names.
pub(super) fn credits(db: &Connection, episode: i64, credits: &[Credit]) -> rusqlite::Result<()> {
    credits.iter().try_for_each(|c| {
        let person = person(db, &c.name, c.url.as_deref(), c.image_url.as_deref())?;
        credit(db, episode, person, c.role.as_str(), &c.source)
    })
}

/// What tells of persons in the words of a show, rather than in elements for persons.
const TOLD: &str = "('itunes:author', 'notes:show')";

/// Persons that the feed names for the whole show: those it names no more are forgotten.
pub(super) fn show_credits(db: &Connection, show: i64, credits: &[Credit]) -> rusqlite::Result<()> {
    db.prepare_cached(&format!("DELETE FROM credits WHERE show_id = ?1 AND source NOT IN {TOLD}"))?
        .execute([show])?;
    credit_show(db, show, credits)
}

/// Persons that the author and the description of a show name, in place of those they named before.
pub(super) fn told_of_show(db: &Connection, show: i64, credits: &[Credit]) -> rusqlite::Result<()> {
    db.prepare_cached(&format!("DELETE FROM credits WHERE show_id = ?1 AND source IN {TOLD}"))?
        .execute([show])?;
    credit_show(db, show, credits)
}

fn credit_show(db: &Connection, show: i64, credits: &[Credit]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO credits (show_id, person_id, role, source) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for c in credits {
        let person = person(db, &c.name, c.url.as_deref(), c.image_url.as_deref())?;
        insert.execute(params![show, person, c.role.as_str(), c.source])?;
    }
    Ok(())
}

/// The hosts that the feed names outright for the whole show.
pub(super) fn hosts_of_show(db: &Connection, show: i64) -> rusqlite::Result<Vec<Credit>> {
    let mut select = db.prepare_cached(&format!(
        "SELECT p.name, min(c.source) FROM credits c JOIN people p ON p.id = c.person_id
         WHERE c.show_id = ?1 AND c.role = 'host' AND c.source NOT IN {TOLD} GROUP BY p.name"
    ))?;
    let rows = select.query_map([show], |row| {
        Ok(Credit { name: row.get(0)?, role: Role::Host, source: row.get(1)?, url: None, image_url: None })
    })?;
    rows.collect()
}

/// The row of a person; what was not known of them before is filled in. Of several addresses the first by the alphabet is
/// theirs, so that it does not matter which came first.
fn person(db: &Connection, name: &str, url: Option<&str>, image: Option<&str>) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO people (name, url, image_url) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET url = coalesce(min(url, excluded.url), url, excluded.url),
             image_url = coalesce(min(image_url, excluded.image_url), image_url, excluded.image_url)
         RETURNING id",
    )?
    .query_row(params![name, url, image], |row| row.get(0))
}

fn credit(db: &Connection, episode: i64, person: i64, role: &str, source: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO credits (episode_id, person_id, role, source) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![episode, person, role, source])?;
    Ok(())
}

pub(super) fn chapters(db: &Connection, episode: i64, chapters: &[Chapter]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO chapters (episode_id, source, position, start_seconds, end_seconds, title, url, image_url)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for c in chapters {
        insert.execute(params![
            episode,
            c.source,
            c.position,
            c.start_seconds,
            c.end_seconds,
            c.title,
            c.url,
            c.image_url,
        ])?;
    }
    Ok(())
}
