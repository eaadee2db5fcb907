//! What is wanted, and what of it was captured: resources, with what their files are named after.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::sidecars::{self, Content};
use super::values::value;
use super::{Archive, Result};
use crate::model::{LONGEST_REST, ResourceKind, ResourceRole, Time};

/// A resource to capture, with what its file is to be called.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its row.
    pub resource_id: i64,
    /// The slug of its show.
    pub show: String,
    /// The row of its episode; `None` for what belongs to the show itself.
    pub episode_id: Option<i64>,
    /// The title of its episode.
    pub title: Option<String>,
    /// The number of its episode.
    pub number: Option<i64>,
    /// The date of its episode.
    pub published_at: Option<Time>,
    /// Where it is.
    pub url: String,
    /// What it is.
    pub kind: ResourceKind,
    /// What it is to the item that names it.
    pub role: ResourceRole,
    /// Its media type, as the feed says.
    pub media_type: Option<String>,
    /// Its language, as the feed says.
    pub language: Option<String>,
    /// Its length, as the feed says.
    pub length_bytes: Option<u64>,
    /// How long its episode plays, as the feed says, in seconds.
    pub duration_seconds: Option<f64>,
    /// `podcast:integrity` of these bytes, as `type:value`.
    pub integrity: Option<String>,
    /// Failed downloads in a row so far.
    pub failed_attempts: u32,
    /// No download before; `None`: at once.
    pub next_attempt_at: Option<Time>,
}

const WANTED: &str =
    "SELECT r.id, s.slug, e.title, e.number, e.published_at, r.url, r.kind, r.length_bytes, r.failed_attempts, r.role,
            r.media_type, r.language, e.duration_seconds, r.integrity, r.episode_id, r.next_attempt_at
     FROM resources r JOIN shows s ON s.id = r.show_id LEFT JOIN episodes e ON e.id = r.episode_id";

fn read_wanted(row: &Row<'_>) -> rusqlite::Result<Wanted> {
    Ok(Wanted {
        resource_id: row.get(0)?,
        show: row.get(1)?,
        title: row.get(2)?,
        number: row.get(3)?,
        published_at: row.get(4)?,
        url: row.get(5)?,
        kind: ResourceKind::from_name(&row.get::<_, String>(6)?).unwrap_or(ResourceKind::Other),
        length_bytes: row.get::<_, Option<i64>>(7)?.and_then(|n| u64::try_from(n).ok()),
        failed_attempts: row.get(8)?,
        role: ResourceRole::from_name(&row.get::<_, String>(9)?).unwrap_or(ResourceRole::Enclosure),
        media_type: row.get(10)?,
        language: row.get(11)?,
        duration_seconds: row.get(12)?,
        integrity: row.get(13)?,
        episode_id: row.get(14)?,
        next_attempt_at: row.get(15)?,
    })
}

/// Which of what is not captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What may be downloaded at this time.
    Due(Time),
    /// What may be downloaded, be it but later.
    Chosen,
    /// What is left out by choice, too.
    All,
}

/// Of pictures with one address, one is asked for.
pub(super) fn wanted(
    db: &Connection,
    show: i64,
    roles: &[ResourceRole],
    which: Which,
) -> rusqlite::Result<Vec<Wanted>> {
    let now = if let Which::Due(now) = which { Some(now) } else { None };
    let chosen = |table: &str| {
        if which == Which::All { String::new() } else { format!("AND {table}.skip_reason IS NULL") }
    };
    let (ours, theirs) = (chosen("r"), chosen("x"));
    let marks = vec!["?"; roles.len()].join(", ");
    let sql = format!(
        "{WANTED} WHERE r.show_id = ?1 AND r.file_id IS NULL AND r.is_current = 1 AND r.is_wanted = 1 {ours}
                    AND (?2 IS NULL OR r.next_attempt_at IS NULL OR r.next_attempt_at <= ?2 OR r.next_attempt_at > ?3)
                    AND r.role IN ({marks})
                    AND (r.role <> 'image' OR r.id = (
                        SELECT min(x.id) FROM resources x WHERE x.show_id = r.show_id AND x.url = r.url AND x.role = 'image'
                           AND x.file_id IS NULL AND x.is_current = 1 AND x.is_wanted = 1 {theirs}))
         ORDER BY e.published_at DESC, r.id"
    );
    let time = |time: Option<Time>| value(time.map(|time| time.to_string()));
    let mut values = vec![Value::Integer(show), time(now), time(now.map(|now| now + LONGEST_REST))];
    values.extend(roles.iter().map(|role| Value::Text(role.as_str().to_owned())));
    db.prepare_cached(&sql)?.query_map(params_from_iter(values), read_wanted)?.collect()
}

/// When the next of what failed is due after `now`.
pub(super) fn next_attempt(db: &Connection, show: i64, now: Time) -> rusqlite::Result<Option<Time>> {
    db.prepare_cached(
        "SELECT min(next_attempt_at) FROM resources
         WHERE show_id = ?1 AND file_id IS NULL AND is_current = 1 AND is_wanted = 1 AND skip_reason IS NULL AND next_attempt_at > ?2",
    )?
    .query_row(params![show, now], |row| row.get(0))
}

/// A captured resource, with the file that holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The resource.
    pub wanted: Wanted,
    /// The file, relative to the archive's folder.
    pub path: String,
    /// Its length.
    pub size_bytes: u64,
    /// As the server called it.
    pub content_type: Option<String>,
}

/// What was captured of a show and is there, pictures aside. What is pointed at today comes last, so that it has the last word.
pub(super) fn kept(db: &Connection, show: i64) -> rusqlite::Result<Vec<Kept>> {
    let found: Vec<(i64, String, i64)> = db
        .prepare_cached(
            "SELECT r.id, f.path, f.size_bytes FROM resources r JOIN files f ON f.id = r.file_id
             WHERE r.show_id = ?1 AND r.role <> 'image' AND f.state = 'present' ORDER BY r.is_current, r.id",
        )?
        .query_map([show], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut select = db.prepare_cached(&format!("{WANTED} WHERE r.id = ?1"))?;
    let mut sent = db.prepare_cached(
        "SELECT content_type FROM downloads WHERE resource_id = ?1 AND file_id IS NOT NULL ORDER BY id DESC LIMIT 1",
    )?;
    found
        .into_iter()
        .map(|(id, path, size)| {
            let size_bytes = size.try_into().unwrap_or_default();
            let content_type = sent.query_row([id], |row| row.get(0)).optional()?.flatten();
            Ok(Kept { wanted: select.query_row([id], read_wanted)?, path, size_bytes, content_type })
        })
        .collect()
}

/// What was found in the file of a resource, in place of what was found there before.
pub(super) fn measured(
    db: &Connection,
    kept: &Kept,
    duration_seconds: Option<f64>,
    bitrate: Option<u32>,
    content: &Content,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE files SET duration_seconds = ?2, bitrate = ?3 WHERE path = ?1")?
        .execute(params![kept.path, duration_seconds, bitrate])?;
    sidecars::write(db, kept.wanted.resource_id, content)
}

pub(super) fn is_wanted(db: &Connection, resource: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM resources WHERE id = ?1 AND file_id IS NULL AND is_wanted = 1")?
        .exists([resource])
}

/// The resource itself, or where the item has moved to since.
pub(super) fn wanted_for_file(db: &Connection, file: i64) -> rusqlite::Result<Option<Wanted>> {
    db.prepare_cached(&format!(
        "{WANTED} JOIN resources old ON old.file_id = ?1 AND old.show_id = r.show_id AND old.role = r.role
                     AND (old.id = r.id OR old.episode_id = r.episode_id AND old.position IS r.position)
         ORDER BY r.is_current DESC, r.id DESC LIMIT 1"
    ))?
    .query_row([file], read_wanted)
    .optional()
}

pub(super) fn by_id(db: &Connection, resource: i64) -> rusqlite::Result<Option<Wanted>> {
    db.prepare_cached(&format!("{WANTED} WHERE r.id = ?1"))?.query_row([resource], read_wanted).optional()
}

impl Archive {
    /// Resources of the show in these roles that are not captured, newest episode first.
    pub fn wanted(&self, show: i64, roles: &[ResourceRole], which: Which) -> Result<Vec<Wanted>> {
        wanted(&self.db, show, roles, which).map_err(self.sql("read what is wanted"))
    }

    /// The resource as something to capture.
    pub fn wanted_resource(&self, resource: i64) -> Result<Option<Wanted>> {
        by_id(&self.db, resource).map_err(self.sql("look a resource up"))
    }

    /// The resource that a file was captured from, under its present address.
    pub fn wanted_for_file(&self, file: i64) -> Result<Option<Wanted>> {
        wanted_for_file(&self.db, file).map_err(self.sql("read where a file came from"))
    }

    /// Whether the resource is wanted and not captured.
    pub fn is_wanted(&self, resource: i64) -> Result<bool> {
        is_wanted(&self.db, resource).map_err(self.sql("read what is wanted"))
    }

    /// What was captured of the show and is there, pictures aside.
    pub fn kept(&self, show: i64) -> Result<Vec<Kept>> {
        kept(&self.db, show).map_err(self.sql("read what was captured"))
    }

    /// Records what was found in the file of a resource: how long it plays in seconds, bits a second, and what stands in it.
    pub fn measured(
        &mut self,
        kept: &Kept,
        duration_seconds: Option<f64>,
        bitrate: Option<u32>,
        content: &Content,
    ) -> Result<()> {
        self.write("record what is in a file", |tx| measured(tx, kept, duration_seconds, bitrate, content))
    }
}
