//! How much of a show is there: what gaps are looked for in.

use rusqlite::Connection;

use super::choices::IS_LEFT_OUT;
use super::values::count;
use super::{Archive, Result};
use crate::model::Time;

/// What the archive holds of a show, as far as gaps show in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coverage {
    /// Episodes with an enclosure.
    pub with_enclosure: u64,
    /// Of them, those whose audio is captured and present.
    pub captured: u64,
    /// Enclosures that are not downloaded by choice, in no other form either.
    pub left_out: u64,
    /// Enclosures, or forms taken in their place, that are not there: title and last reason.
    pub missing_audio: Vec<(String, Option<String>)>,
    /// Captured audio that is not as the feed says: title and remark.
    pub odd_audio: Vec<(String, String)>,
    /// All episodes, in order of date; those without one first.
    pub marks: Vec<Mark>,
}

/// An episode by what places it among others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mark {
    /// Its title.
    pub title: Option<String>,
    /// Its number.
    pub number: Option<i64>,
    /// Its season.
    pub season: Option<i64>,
    /// Its date.
    pub published_at: Option<Time>,
}

pub(super) fn of(db: &Connection, show: i64) -> rusqlite::Result<Coverage> {
    let (with_enclosure, captured) = db.query_row(
        "SELECT count(r), coalesce(sum(c), 0) FROM (
            SELECT (SELECT max(1) FROM resources r WHERE r.episode_id = e.id AND r.role = 'enclosure') AS r,
                   EXISTS (SELECT 1 FROM resources r JOIN files f ON f.id = r.file_id
                            WHERE r.episode_id = e.id AND r.role IN ('enclosure', 'alternate') AND f.state = 'present') AS c
            FROM episodes e WHERE e.show_id = ?1)",
        [show],
        |row| Ok((count(row, 0)?, count(row, 1)?)),
    )?;
    let left_out = db.query_row(
        &format!("SELECT count(*) FROM resources r WHERE r.show_id = ?1 AND {IS_LEFT_OUT}"),
        [show],
        |row| count(row, 0),
    )?;
    let marks = db
        .prepare("SELECT title, number, season, published_at FROM episodes WHERE show_id = ?1 ORDER BY published_at, number, id")?
        .query_map([show], |row| {
            Ok(Mark { title: row.get(0)?, number: row.get(1)?, season: row.get(2)?, published_at: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let missing_audio = db
        .prepare(
            "SELECT coalesce(m.title, m.url), m.last_error FROM missing_audio m JOIN shows s ON s.slug = m.show
             WHERE s.id = ?1 ORDER BY m.published_at",
        )?
        .query_map([show], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let odd_audio = db
        .prepare(
            "SELECT coalesce(e.title, r.url), d.error FROM resources r JOIN episodes e ON e.id = r.episode_id
               JOIN downloads d ON d.id = (SELECT max(x.id) FROM downloads x WHERE x.resource_id = r.id AND x.file_id IS NOT NULL)
             WHERE r.show_id = ?1 AND r.role = 'enclosure' AND r.is_current = 1 AND instr(d.error, '_mismatch: ') > 0
             ORDER BY e.published_at, r.id",
        )?
        .query_map([show], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Coverage { with_enclosure, captured, left_out, missing_audio, odd_audio, marks })
}

impl Archive {
    /// What the archive holds of the show, as far as gaps show in it.
    pub fn coverage(&self, show: i64) -> Result<Coverage> {
        of(&self.db, show).map_err(self.sql("look for gaps"))
    }
}
