//! What of a show is downloaded: what could be, and why the rest is not. The rules themselves are the caller's.

use rusqlite::{Connection, Row, params};

use super::values::{count, natural};
use super::{Archive, Reader, Result};
use crate::model::{ResourceKind, ResourceRole, Time};

/// Why what was there when a user caught up is not downloaded.
pub const CAUGHT_UP: &str = "caught up";

/// Why one episode that a user gave up is not downloaded.
pub const GIVEN_UP: &str = "given up";

/// Whether a user left it out by a command: no rule of the configuration brings it back.
pub fn is_by_hand(skip_reason: &str) -> bool {
    [CAUGHT_UP, GIVEN_UP].contains(&skip_reason)
}

/// Whether the resource `r` is an enclosure that is left out, and not only another form taken in its place: as in `skipped_audio`.
pub(super) const IS_LEFT_OUT: &str =
    "r.skip_reason IS NOT NULL AND r.role = 'enclosure' AND r.file_id IS NULL AND r.is_current = 1
     AND (r.skip_reason NOT GLOB 'alternates = *' OR NOT EXISTS (
        SELECT 1 FROM resources x WHERE x.episode_id = r.episode_id AND x.role IN ('enclosure', 'alternate')
           AND x.is_current = 1 AND x.skip_reason IS NULL))";

/// The rules that leave nothing out.
pub const EVERYTHING: i64 = 0;

/// Which episodes of a show a user catches up with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassedOver {
    /// All but so many of the newest.
    AllBut(u64),
    /// These rows, each once.
    These(Vec<i64>),
}

impl PassedOver {
    /// What is asked for: one episode after the other, or once for the show.
    fn each(&self) -> Vec<Option<i64>> {
        match self {
            Self::AllBut(_) => vec![None],
            Self::These(episodes) => episodes.iter().copied().map(Some).collect(),
        }
    }
}

/// Something that an episode points at today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its row.
    pub resource_id: i64,
    /// The row of its episode.
    pub episode_id: i64,
    /// The title of its episode.
    pub title: Option<String>,
    /// The season of its episode.
    pub season: Option<i64>,
    /// `itunes:episodeType`, as published.
    pub episode_type: Option<String>,
    /// The date of its episode.
    pub published_at: Option<Time>,
    /// What it is.
    pub kind: ResourceKind,
    /// What it is to the item that names it.
    pub role: ResourceRole,
    /// Its length, as the feed says.
    pub length_bytes: Option<u64>,
    /// Its language, as the feed says.
    pub language: Option<String>,
    /// Bits a second, as the feed says.
    pub bitrate: Option<u64>,
    /// Of a video in pixels, as the feed says.
    pub height: Option<u32>,
    /// It is in the archive, or another address of the same thing is.
    pub is_captured: bool,
    /// Why it is not downloaded, as last recorded.
    pub skip_reason: Option<String>,
}

/// What the episodes of a show point at, newest episode first, in the order of the feed.
pub(super) fn candidates(db: &Connection, show: i64) -> rusqlite::Result<Vec<Candidate>> {
    db.prepare_cached(
        "SELECT r.id, e.id, e.title, e.season, e.episode_type, e.published_at, r.kind, r.role, r.length_bytes, r.language,
                r.bitrate, r.height, r.file_id IS NOT NULL OR r.is_wanted = 0, r.skip_reason
         FROM episodes e JOIN resources r ON r.episode_id = e.id AND r.is_current = 1
         WHERE e.show_id = ?1 ORDER BY e.published_at IS NULL, e.published_at DESC, e.id DESC, r.role, r.position, r.id",
    )?
    .query_map([show], read)?
    .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    let (kind, role): (String, String) = (row.get(6)?, row.get(7)?);
    Ok(Candidate {
        resource_id: row.get(0)?,
        episode_id: row.get(1)?,
        title: row.get(2)?,
        season: row.get(3)?,
        episode_type: row.get(4)?,
        published_at: row.get(5)?,
        kind: ResourceKind::from_name(&kind).unwrap_or(ResourceKind::Other),
        role: ResourceRole::from_name(&role).unwrap_or(ResourceRole::Enclosure),
        length_bytes: natural(row, 8)?,
        language: row.get(9)?,
        bitrate: natural(row, 10)?,
        height: natural(row, 11)?.and_then(|height| height.try_into().ok()),
        is_captured: row.get(12)?,
        skip_reason: row.get(13)?,
    })
}

/// By which rules the downloads of the show were last chosen; `None`: they are to be chosen again.
pub(super) fn chosen_by(db: &Connection, show: i64) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT choice FROM shows WHERE id = ?1")?.query_row([show], |row| row.get(0))
}

/// The episodes of the show changed: unless nothing is ever left out, its downloads are to be chosen again.
pub(super) fn reopen(db: &Connection, show: i64) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE shows SET choice = NULL WHERE id = ?1 AND choice <> ?2")?
        .execute([show, EVERYTHING])?;
    Ok(())
}

/// Records why resources are not downloaded, `None` for those that may be, and by which rules that was told.
pub(super) fn choose(
    db: &Connection,
    show: i64,
    key: i64,
    reasons: &[(i64, Option<String>)],
) -> rusqlite::Result<()> {
    // What was left out and is wanted again is tried at once, whatever came of it before.
    let mut update = db.prepare_cached(
        "UPDATE resources SET skip_reason = ?2,
                failed_attempts = iif(?2 IS NULL AND skip_reason IS NOT NULL, 0, failed_attempts),
                next_attempt_at = iif(?2 IS NULL AND skip_reason IS NOT NULL, NULL, next_attempt_at)
         WHERE id = ?1",
    )?;
    for (resource, reason) in reasons {
        update.execute(params![resource, reason])?;
    }
    db.prepare_cached("UPDATE shows SET choice = ?2 WHERE id = ?1")?.execute([show, key])?;
    Ok(())
}

/// Whether something of the show is not downloaded, for another reason than that a user said so.
pub(super) fn leaves_out(db: &Connection, show: i64) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT 1 FROM resources WHERE show_id = ?1 AND skip_reason IS NOT NULL AND skip_reason NOT IN (?2, ?3)",
    )?
    .exists(params![show, CAUGHT_UP, GIVEN_UP])
}

/// Marks what is not captured of these episodes as not wanted; how many of them are so now.
pub(super) fn catch_up(db: &Connection, show: i64, which: &PassedOver) -> rusqlite::Result<u64> {
    let marked = |bound: &str| {
        format!(
            "UPDATE resources SET skip_reason = ?2
             WHERE show_id = ?1 AND episode_id IS NOT NULL AND file_id IS NULL AND is_wanted = 1 AND {bound}"
        )
    };
    match which {
        PassedOver::AllBut(newest) => {
            let bound = "skip_reason IS NOT ?4 AND episode_id NOT IN (SELECT id FROM episodes WHERE show_id = ?1
                                            ORDER BY published_at IS NULL, published_at DESC, id DESC LIMIT ?3)";
            let newest = i64::try_from(*newest).unwrap_or(i64::MAX);
            db.prepare_cached(&marked(bound))?.execute(params![show, CAUGHT_UP, newest, GIVEN_UP])?;
            // Those that an earlier catch-up left out are among the newest, too.
            db.prepare_cached(
                "UPDATE resources SET skip_reason = NULL, failed_attempts = 0, next_attempt_at = NULL
                 WHERE show_id = ?1 AND skip_reason = ?2
                   AND episode_id IN (SELECT id FROM episodes WHERE show_id = ?1
                                      ORDER BY published_at IS NULL, published_at DESC, id DESC LIMIT ?3)",
            )?
            .execute(params![show, CAUGHT_UP, newest])?;
            reopen(db, show)?;
        }
        PassedOver::These(episodes) => {
            let mut mark = db.prepare_cached(&marked("episode_id = ?3"))?;
            for episode in episodes {
                mark.execute(params![show, GIVEN_UP, episode])?;
            }
            // It may have counted among the newest.
            reopen(db, show)?;
        }
    }
    caught_up(db, show, which)
}

/// Takes that back; of how many episodes. Of a whole show, it is of all of it but for what was given up by name.
pub(super) fn resume(db: &Connection, show: i64, which: &PassedOver) -> rusqlite::Result<u64> {
    let were = caught_up(db, show, which)?;
    let mut unmark = db.prepare_cached(
        "UPDATE resources SET skip_reason = NULL, failed_attempts = 0, next_attempt_at = NULL
         WHERE show_id = ?1 AND (skip_reason = ?2 OR ?3 IS NOT NULL AND skip_reason = ?4)
           AND (?3 IS NULL OR episode_id = ?3)",
    )?;
    for episode in which.each() {
        unmark.execute(params![show, CAUGHT_UP, episode, GIVEN_UP])?;
    }
    reopen(db, show)?;
    Ok(were)
}

fn caught_up(db: &Connection, show: i64, which: &PassedOver) -> rusqlite::Result<u64> {
    let mut counted = db.prepare_cached(
        "SELECT count(DISTINCT episode_id) FROM resources
         WHERE role = 'enclosure' AND show_id = ?1 AND (skip_reason = ?2 OR ?3 IS NOT NULL AND skip_reason = ?4)
           AND (?3 IS NULL OR episode_id = ?3)",
    )?;
    let mut one =
        |episode| counted.query_row(params![show, CAUGHT_UP, episode, GIVEN_UP], |row| count(row, 0));
    which.each().into_iter().map(&mut one).sum()
}

impl Archive {
    /// What the episodes of the show point at, newest episode first.
    pub fn candidates(&self, show: i64) -> Result<Vec<Candidate>> {
        candidates(&self.db, show).map_err(self.sql("read what can be downloaded"))
    }

    /// By which rules the downloads of the show were last chosen; `None`: they are to be chosen again.
    pub fn chosen_by(&self, show: i64) -> Result<Option<i64>> {
        chosen_by(&self.db, show).map_err(self.sql("read what was chosen"))
    }

    /// Whether the rules that were last applied leave something of the show out.
    pub fn leaves_out(&self, show: i64) -> Result<bool> {
        leaves_out(&self.db, show).map_err(self.sql("read what was chosen"))
    }

    /// Records why resources are not downloaded, `None` for those that may be, by their rows, and the key of the rules.
    pub fn choose(&mut self, show: i64, key: i64, reasons: &[(i64, Option<String>)]) -> Result<()> {
        self.write("record what was chosen", |tx| choose(tx, show, key, reasons))
    }

    /// Marks what is not captured of these episodes of the show as not wanted; how many of them are so.
    pub fn catch_up(&mut self, show: i64, which: &PassedOver) -> Result<u64> {
        self.write("catch up", |tx| catch_up(tx, show, which))
    }

    /// Takes a catch-up back; of how many episodes.
    pub fn resume(&mut self, show: i64, which: &PassedOver) -> Result<u64> {
        self.write("take a catch-up back", |tx| resume(tx, show, which))
    }
}

impl Reader {
    /// As [`Archive::candidates`].
    pub fn candidates(&self, show: i64) -> Result<Vec<Candidate>> {
        candidates(&self.db, show).map_err(self.sql("read what can be downloaded"))
    }
}
