//! How each show stands, told of a thousand shows in a moment: every index is read once from end to end, and what belongs together
//! is put together here.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row};
use serde::Serialize;

use super::choices::IS_LEFT_OUT;
use super::values::count;
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
    /// Enclosures, or forms taken in their place, that are wanted and not there.
    pub missing: u64,
    /// Of them, those that were never tried.
    pub untried: u64,
    /// Of them, those that were captured and are lost or damaged.
    pub lost: u64,
    /// Enclosures that are not downloaded by choice, in no other form either.
    pub left_out: u64,
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

/// All shows, by their short names.
pub(super) fn status(db: &Connection) -> rusqlite::Result<Vec<ShowStatus>> {
    let episodes = episodes(db)?;
    let gone =
        counts(db, "SELECT show_id, count(*) FROM episodes WHERE gone_at IS NOT NULL GROUP BY show_id")?;
    let missing = missing(db)?;
    let left_out = counts(
        db,
        &format!("SELECT show_id, count(*) FROM resources r WHERE {IS_LEFT_OUT} GROUP BY show_id"),
    )?;
    let warnings = counts(
        db,
        "SELECT f.show_id, count(*) FROM feed_warnings w JOIN fetches f ON f.id = w.fetch_id GROUP BY f.show_id",
    )?;
    let held = held(db)?;
    let mut statement = db.prepare(
        "SELECT id, slug, title, state, configured_url, polled_at, last_seen_at, next_fetch_at, error_count,
                CASE WHEN error_count > 0 THEN (SELECT f.error FROM fetches f WHERE f.show_id = s.id ORDER BY f.id DESC LIMIT 1) END
         FROM shows s ORDER BY slug",
    )?;
    let of = |counts: &HashMap<i64, u64>, id: i64| counts.get(&id).copied().unwrap_or_default();
    let read = |row: &Row<'_>| {
        let id = row.get(0)?;
        let (number, newest) = episodes.get(&id).copied().unwrap_or_default();
        let held = held.get(&id).copied().unwrap_or_default();
        let lacking = missing.get(&id).copied().unwrap_or_default();
        Ok(ShowStatus {
            show: row.get(1)?,
            title: row.get(2)?,
            state: row.get(3)?,
            configured_url: row.get(4)?,
            polled_at: row.get(5)?,
            last_seen_at: row.get(6)?,
            next_fetch_at: row.get(7)?,
            error_count: count(row, 8)?,
            last_error: row.get(9)?,
            episodes: number,
            newest,
            with_audio: held.with_audio,
            bytes: held.bytes,
            missing: lacking.all,
            untried: lacking.untried,
            lost: lacking.lost,
            left_out: of(&left_out, id),
            gone: of(&gone, id),
            warnings: of(&warnings, id),
        })
    };
    statement.query_map([], read)?.collect()
}

fn episodes(db: &Connection) -> rusqlite::Result<HashMap<i64, (u64, Option<Time>)>> {
    // The newest one ends its part of the index: found without going through the part.
    let sql = "SELECT show_id, n, (SELECT max(published_at) FROM episodes e WHERE e.show_id = c.show_id)
               FROM (SELECT show_id, count(*) AS n FROM episodes GROUP BY show_id) c";
    db.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, (count(row, 1)?, row.get(2)?))))?.collect()
}

/// Audio of a show that is wanted and not there.
#[derive(Debug, Clone, Copy, Default)]
struct Missing {
    all: u64,
    untried: u64,
    lost: u64,
}

fn missing(db: &Connection) -> rusqlite::Result<HashMap<i64, Missing>> {
    let sql =
        "SELECT r.show_id, count(*), count(*) FILTER (WHERE m.file_id IS NULL AND r.failed_attempts = 0),
                      count(m.file_id)
               FROM missing_enclosures m JOIN resources r ON r.id = m.resource_id GROUP BY r.show_id";
    let read = |row: &Row<'_>| {
        let missing = Missing { all: count(row, 1)?, untried: count(row, 2)?, lost: count(row, 3)? };
        Ok((row.get(0)?, missing))
    };
    db.prepare(sql)?.query_map([], read)?.collect()
}

fn counts(db: &Connection, sql: &str) -> rusqlite::Result<HashMap<i64, u64>> {
    db.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, count(row, 1)?)))?.collect()
}

/// What is on disk of a show.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    with_audio: u64,
    bytes: u64,
}

fn held(db: &Connection) -> rusqlite::Result<HashMap<i64, Held>> {
    let sizes = sizes(db)?;
    let size = |file: i64| sizes.binary_search_by_key(&file, |(id, _)| *id).ok().map(|at| sizes[at].1);
    let mut all: HashMap<i64, Held> = HashMap::new();
    let mut files: Vec<(i64, i64, u64)> = Vec::new();
    // Few have another form of their audio, which may be there in place of the enclosure: counted first, as they come first.
    let (mut in_other_form, mut last) = (HashSet::new(), None);
    let mut statement = db.prepare(
        "SELECT show_id, role = 'enclosure', role = 'alternate', episode_id, file_id FROM resources INDEXED BY resources_held
         WHERE file_id IS NOT NULL ORDER BY show_id, role, episode_id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (show, is_enclosure, is_alternate): (i64, bool, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let file = row.get(4)?;
        let Some(bytes) = size(file) else { continue };
        files.push((show, file, bytes));
        let episode = (show, row.get::<_, Option<i64>>(3)?);
        let is_first = is_alternate && in_other_form.insert(episode)
            || is_enclosure && last.replace(episode) != Some(episode) && !in_other_form.contains(&episode);
        if is_first {
            all.entry(show).or_default().with_audio += 1;
        }
    }
    // A file that several resources of a show share is there once.
    files.sort_unstable();
    files.dedup();
    for (show, _, bytes) in files {
        all.entry(show).or_default().bytes += bytes;
    }
    Ok(all)
}

/// The lengths of the files that are there, by their rows.
fn sizes(db: &Connection) -> rusqlite::Result<Vec<(i64, u64)>> {
    let sql = "SELECT id, size_bytes FROM files INDEXED BY files_size WHERE state = 'present' ORDER BY id";
    db.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, count(row, 1)?)))?.collect()
}
