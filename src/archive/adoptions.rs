//! Files that other programs downloaded: what they may turn out to be, and what was made of them.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};

use super::files::{self, NewFile};
use super::foreign::Program;
use super::{Archive, Result, sidecars};
use crate::model::{Digest, ResourceKind, Time};

/// A show whose audio may be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptableShow {
    /// Its row.
    pub id: i64,
    /// Its short name.
    pub slug: String,
    /// Its title; the short name until one is known.
    pub title: String,
    /// The addresses of its feed.
    pub feeds: Vec<String>,
}

/// The audio of an episode, with all that may tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Adoptable {
    /// The resource that its file belongs to.
    pub resource_id: i64,
    /// What it is.
    pub kind: ResourceKind,
    /// The show.
    pub show_id: i64,
    /// The episode.
    pub episode_id: i64,
    /// Its guid, as published.
    pub guid: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// What it was called before.
    pub former_titles: Vec<String>,
    /// Its number.
    pub number: Option<i64>,
    /// Its date.
    pub published_at: Option<Time>,
    /// How long it plays, as the feed says, in seconds.
    pub duration_seconds: Option<f64>,
    /// How long the file is, as the feed says.
    pub length_bytes: Option<u64>,
    /// Where it is, and where it was.
    pub urls: Vec<String>,
    /// The bytes that the archive has of it.
    pub held: Option<Digest>,
}

pub(super) fn shows(db: &Connection) -> rusqlite::Result<Vec<AdoptableShow>> {
    db.prepare_cached(
        "SELECT id, slug, coalesce(title, slug), feed_url, configured_url FROM shows ORDER BY id",
    )?
    .query_map([], |row| {
        let mut feeds = vec![row.get(3)?, row.get(4)?];
        feeds.dedup();
        Ok(AdoptableShow { id: row.get(0)?, slug: row.get(1)?, title: row.get(2)?, feeds })
    })?
    .collect()
}

/// In the order of shows. An episode whose feed points at several files has a row a file.
pub(super) fn adoptable(db: &Connection) -> rusqlite::Result<Vec<Adoptable>> {
    let mut select = db.prepare(
        "SELECT r.id, r.kind, r.show_id, r.episode_id, e.guid, e.title, e.number, e.published_at, e.duration_seconds,
                r.length_bytes, r.url, CASE f.state WHEN 'present' THEN f.sha256 END, r.is_current, r.is_wanted
         FROM resources r JOIN episodes e ON e.id = r.episode_id LEFT JOIN files f ON f.id = r.file_id
         WHERE r.role = 'enclosure' AND r.kind IN ('audio', 'video', 'other')
         ORDER BY r.show_id, r.episode_id, r.is_current DESC, CASE WHEN r.is_current THEN r.position ELSE -r.id END, r.id",
    )?;
    let mut rows = select.query([])?;
    let mut all: Vec<Adoptable> = Vec::new();
    while let Some(row) = rows.next()? {
        let (found, is_current, is_wanted) = read(row)?;
        // The search from the end stops where the episode begins.
        let first = all.iter().rposition(|other| other.episode_id != found.episode_id).map_or(0, |at| at + 1);
        match all.get_mut(first) {
            // Where it was before, and what was captured there.
            Some(now) if !is_current => {
                now.urls.extend(found.urls);
                now.held = now.held.or(found.held);
            }
            Some(now) if !is_wanted => now.urls.extend(found.urls),
            _ => all.push(found),
        }
    }
    let former = former_titles(db)?;
    for one in &mut all {
        one.former_titles = former.get(&one.episode_id).cloned().unwrap_or_default();
    }
    Ok(all)
}

fn former_titles(db: &Connection) -> rusqlite::Result<HashMap<i64, Vec<String>>> {
    let mut titles: HashMap<i64, Vec<String>> = HashMap::new();
    let mut select = db.prepare(
        "SELECT episode_id, old_value FROM changes WHERE field = 'title' AND episode_id IS NOT NULL AND old_value <> ''",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        titles.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(titles)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Adoptable, bool, bool)> {
    let found = Adoptable {
        resource_id: row.get(0)?,
        kind: ResourceKind::from_name(&row.get::<_, String>(1)?).unwrap_or(ResourceKind::Audio),
        show_id: row.get(2)?,
        episode_id: row.get(3)?,
        guid: row.get(4)?,
        title: row.get(5)?,
        former_titles: Vec::new(),
        number: row.get(6)?,
        published_at: row.get(7)?,
        duration_seconds: row.get(8)?,
        length_bytes: row.get::<_, Option<i64>>(9)?.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0),
        urls: vec![row.get(10)?],
        held: row.get(11)?,
    };
    Ok((found, row.get(12)?, row.get(13)?))
}

/// What became of a file that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdoptOutcome {
    /// It is in the archive.
    Adopted,
    /// Nothing told for sure what it is.
    Doubtful,
    /// Nothing told at all.
    Unmatched,
    /// Its bytes are no audio.
    Rejected,
}

impl AdoptOutcome {
    /// The column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adopted => "adopted",
            Self::Doubtful => "doubtful",
            Self::Unmatched => "unmatched",
            Self::Rejected => "rejected",
        }
    }
}

/// What was made of a file that was found.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// Whose it was.
    pub program: Program,
    /// Where it was found.
    pub found_path: String,
    /// Its length.
    pub size_bytes: u64,
    /// Of the whole file, if it was hashed.
    pub sha256: Option<Digest>,
    /// What became of it.
    pub outcome: AdoptOutcome,
    /// What it is; of a doubtful one, what is likeliest.
    pub resource_id: Option<i64>,
    /// What it became; only if it was adopted.
    pub file: Option<NewFile>,
    /// JSON list of `{what, found, expected}`.
    pub evidence: String,
    /// Why it was not adopted.
    pub message: Option<String>,
    /// The row of an earlier look at the same file, which this one stands in for.
    pub replaces: Option<i64>,
}

/// What an earlier run made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierAdoption {
    /// The row.
    pub id: i64,
    /// Where it was found.
    pub found_path: String,
    /// Its length.
    pub size_bytes: u64,
    /// What became of it.
    pub outcome: String,
    /// What it is, or may be.
    pub resource_id: Option<i64>,
    /// Where it is in the archive.
    pub kept_path: Option<String>,
    /// Why it was not adopted.
    pub message: Option<String>,
    /// What told.
    pub evidence: String,
    /// When.
    pub seen_at: Time,
}

pub(super) fn earlier(db: &Connection) -> rusqlite::Result<Vec<EarlierAdoption>> {
    db.prepare(
        "SELECT a.id, a.found_path, a.size_bytes, a.outcome, a.resource_id, CASE f.state WHEN 'present' THEN f.path END,
                a.message, a.evidence, a.seen_at
         FROM adoptions a LEFT JOIN files f ON f.id = a.file_id ORDER BY a.id",
    )?
    .query_map([], |row| {
        Ok(EarlierAdoption {
            id: row.get(0)?,
            found_path: row.get(1)?,
            size_bytes: row.get::<_, i64>(2)?.try_into().unwrap_or_default(),
            outcome: row.get(3)?,
            resource_id: row.get(4)?,
            kept_path: row.get(5)?,
            message: row.get(6)?,
            evidence: row.get(7)?,
            seen_at: row.get(8)?,
        })
    })?
    .collect()
}

/// The resources that hold these bytes already.
pub(super) fn holders(db: &Connection, digest: &Digest) -> rusqlite::Result<Vec<i64>> {
    db.prepare_cached("SELECT r.id FROM files f JOIN resources r ON r.file_id = f.id WHERE f.sha256 = ?1 AND f.state = 'present'")?
        .query_map([digest], |row| row.get(0))?
        .collect()
}

pub(super) fn record(db: &Connection, run: i64, adoption: &Adoption, now: Time) -> rusqlite::Result<()> {
    if let Some(earlier) = adoption.replaces {
        db.prepare_cached("DELETE FROM adoptions WHERE id = ?1 AND outcome <> 'adopted'")?
            .execute([earlier])?;
    }
    let file = adoption.file.as_ref().map(|file| files::keep(db, file, now)).transpose()?;
    if let (Some(file), Some(id), Some(resource)) = (&adoption.file, file, adoption.resource_id) {
        sidecars::write(db, resource, &file.content)?;
        db.prepare_cached(
            "UPDATE resources SET file_id = ?2, failed_attempts = 0, next_attempt_at = NULL WHERE id = ?1",
        )?
        .execute([resource, id])?;
    }
    db.prepare_cached(
        "INSERT INTO adoptions (run_id, program, found_path, size_bytes, sha256, outcome, resource_id, file_id, evidence, message, seen_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        run,
        adoption.program.as_str(),
        adoption.found_path,
        adoption.size_bytes as i64,
        adoption.sha256,
        adoption.outcome.as_str(),
        adoption.resource_id,
        file,
        adoption.evidence,
        adoption.message,
        now,
    ])?;
    Ok(())
}

impl Archive {
    /// The shows whose audio may be found elsewhere.
    pub fn adoptable_shows(&self) -> Result<Vec<AdoptableShow>> {
        shows(&self.db).map_err(self.sql("list the shows"))
    }

    /// The audio of all episodes, in the order of shows, whether it is here or not.
    pub fn adoptable(&self) -> Result<Vec<Adoptable>> {
        adoptable(&self.db).map_err(self.sql("list what may be adopted"))
    }

    /// What earlier runs made of files that other programs had downloaded, oldest first.
    pub fn earlier_adoptions(&self) -> Result<Vec<EarlierAdoption>> {
        earlier(&self.db).map_err(self.sql("read what was adopted"))
    }

    /// The resources whose file has these bytes.
    pub fn holders(&self, digest: &Digest) -> Result<Vec<i64>> {
        holders(&self.db, digest).map_err(self.sql("look a file up"))
    }

    /// Records what was made of files that other programs had downloaded, in one transaction. Bytes must be synced by now.
    pub fn adopted(&mut self, run: i64, adoptions: &[Adoption], now: Time) -> Result<()> {
        self.write("record what was adopted", |tx| {
            adoptions.iter().try_for_each(|adoption| record(tx, run, adoption, now))
        })
    }
}
