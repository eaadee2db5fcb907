//! What is wanted, what was tried, and which files there are.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::beside;
use super::hooks;
use super::sidecars::{self, Content};
use super::values::value;
use crate::model::{Digest, LONGEST_REST, ResourceKind, ResourceRole, Time};

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

pub(super) fn is_promised(db: &Connection, path: &str, digest: &Digest) -> rusqlite::Result<bool> {
    let of_another = "SELECT 1 FROM files WHERE path = ?1 AND sha256 <> ?2";
    Ok(db.prepare_cached(of_another)?.exists(params![path, digest])? || beside::is_written(db, path)?)
}

/// Bytes on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its row.
    pub id: i64,
    /// Of the whole file.
    pub sha256: Digest,
    /// Its length.
    pub size_bytes: u64,
    /// Relative to the archive's folder.
    pub path: String,
    /// `present`, `missing` or `damaged`, as last seen by verify.
    pub state: String,
    /// When its bytes were last hashed and found whole.
    pub verified_at: Option<Time>,
}

const FILE: &str =
    "SELECT DISTINCT f.id, f.sha256, f.size_bytes, f.path, f.state, f.verified_at FROM files f";

pub(super) fn read_file(row: &Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        id: row.get(0)?,
        sha256: row.get(1)?,
        size_bytes: row.get::<_, i64>(2)?.try_into().unwrap_or_default(),
        path: row.get(3)?,
        state: row.get(4)?,
        verified_at: row.get(5)?,
    })
}

pub(super) fn file(db: &Connection, digest: &Digest) -> rusqlite::Result<Option<FileRow>> {
    db.prepare_cached(&format!("{FILE} WHERE f.sha256 = ?1"))?.query_row([digest], read_file).optional()
}

pub(super) fn files(db: &Connection, show: Option<i64>) -> rusqlite::Result<Vec<FileRow>> {
    db.prepare_cached(&files_of())?.query_map([show], read_file)?.collect()
}

/// The files of a show, or of all, by path.
pub(super) fn files_of() -> String {
    format!(
        "{FILE} WHERE ?1 IS NULL
            OR f.id IN (SELECT d.file_id FROM downloads d JOIN resources r ON r.id = d.resource_id WHERE r.show_id = ?1)
            OR f.id IN (SELECT r.file_id FROM resources r WHERE r.show_id = ?1 AND r.file_id IS NOT NULL)
         ORDER BY f.path"
    )
}

/// The show and the episode that a file was captured for, also where that resource has another file by now.
pub(super) fn owner(db: &Connection, file: i64) -> rusqlite::Result<Option<String>> {
    db.prepare_cached(
        "SELECT coalesce(s.title, s.slug) || coalesce(': ' || e.title, '')
         FROM resources r JOIN shows s ON s.id = r.show_id LEFT JOIN episodes e ON e.id = r.episode_id
         WHERE r.file_id = ?1 OR r.id IN (SELECT resource_id FROM downloads WHERE file_id = ?1)
         ORDER BY r.file_id IS ?1 DESC, r.role = 'enclosure' DESC, r.id LIMIT 1",
    )?
    .query_row([file], |row| row.get(0))
    .optional()
}

pub(super) fn any_present(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM files WHERE state = 'present'")?.exists([])
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// New bytes are in the archive.
    Stored,
    /// The very bytes were there already.
    Unchanged,
    /// Nothing was captured.
    Failed,
    /// Bytes came, and were not what the feed promised.
    Rejected,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
        }
    }
}

/// A file that an attempt made or found.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Of the whole file.
    pub sha256: Digest,
    /// Its length.
    pub size_bytes: u64,
    /// Relative to the archive's folder.
    pub path: String,
    /// What it was captured as.
    pub kind: ResourceKind,
    /// Told from its bytes.
    pub media_type: Option<String>,
    /// How long it plays, in seconds.
    pub duration_seconds: Option<f64>,
    /// Bits a second.
    pub bitrate: Option<u32>,
    /// What stands in it.
    pub content: Content,
}

/// One attempt to capture a resource, to be recorded.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Of what.
    pub resource_id: i64,
    /// In which run.
    pub run_id: i64,
    /// As asked, without secrets.
    pub requested_url: String,
    /// Where redirects led, without secrets.
    pub final_url: Option<String>,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub finished_at: Time,
    /// The HTTP status.
    pub http_status: Option<u16>,
    /// As answered.
    pub etag: Option<String>,
    /// As answered.
    pub last_modified: Option<String>,
    /// As answered.
    pub content_type: Option<String>,
    /// Body bytes received.
    pub bytes: u64,
    /// The byte at which it went on.
    pub resumed_from: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why not, or what was odd.
    pub error: Option<String>,
    /// What it made; `None` unless stored or unchanged.
    pub file: Option<NewFile>,
    /// When to try again, after a failure.
    pub next_attempt_at: Option<Time>,
    /// Why it is not downloaded any more, if that turned out.
    pub skip_reason: Option<String>,
    /// A program is to be called for it.
    pub is_hooked: bool,
}

pub(super) fn record(db: &Connection, attempt: &Attempt) -> rusqlite::Result<()> {
    let file = attempt.file.as_ref().map(|file| keep(db, file, attempt.finished_at)).transpose()?;
    if let Some(file) = &attempt.file {
        sidecars::write(db, attempt.resource_id, &file.content)?;
    }
    if let Some(file) = file.filter(|_| attempt.is_hooked) {
        hooks::owe(db, attempt.resource_id, file, attempt.finished_at)?;
    }
    db.prepare_cached(
        "INSERT INTO downloads (resource_id, run_id, requested_url, final_url, started_at, finished_at, http_status, etag,
                                last_modified, content_type, bytes, resumed_from, outcome, error, file_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        attempt.resource_id,
        attempt.run_id,
        attempt.requested_url,
        attempt.final_url,
        attempt.started_at,
        attempt.finished_at,
        attempt.http_status,
        attempt.etag,
        attempt.last_modified,
        attempt.content_type,
        attempt.bytes as i64,
        attempt.resumed_from.map(|n| n as i64),
        attempt.outcome.as_str(),
        attempt.error,
        file,
    ])?;
    match file {
        Some(file) => db
            .prepare_cached(&format!(
                "UPDATE resources SET file_id = ?2, failed_attempts = 0, next_attempt_at = NULL, skip_reason = NULL WHERE id = ?1 OR {TWINS}"
            ))?
            .execute(params![attempt.resource_id, file])?,
        None => db
            .prepare_cached(&format!(
                "UPDATE resources SET failed_attempts = failed_attempts + 1, next_attempt_at = ?2, skip_reason = coalesce(?3, skip_reason)
                 WHERE id = ?1 OR {TWINS}"
            ))?

            .execute(params![attempt.resource_id, attempt.next_attempt_at, attempt.skip_reason])?,
    };
    Ok(())
}

/// The same picture, of other episodes.
const TWINS: &str = "role = 'image' AND file_id IS NULL AND (show_id, url) =
    (SELECT x.show_id, x.url FROM resources x WHERE x.id = ?1 AND x.role = 'image')";

/// The row of a file; one that was found missing or damaged is whole again with these bytes.
pub(super) fn keep(db: &Connection, file: &NewFile, now: Time) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO files (sha256, size_bytes, path, kind, media_type, stored_at, duration_seconds, bitrate)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (sha256) DO UPDATE SET path = excluded.path, state = 'present', duration_seconds = excluded.duration_seconds,
             bitrate = excluded.bitrate RETURNING id",
    )?
    .query_row(
        params![
            file.sha256,
            file.size_bytes as i64,
            file.path,
            file.kind.as_str(),
            file.media_type,
            now,
            file.duration_seconds,
            file.bitrate
        ],
        |row| row.get(0),
    )
}

pub(super) fn verified(db: &Connection, seen: &[(i64, &'static str)], now: Time) -> rusqlite::Result<()> {
    let mut update = db.prepare_cached(
        "UPDATE files SET state = ?2, verified_at = CASE WHEN ?2 = 'present' THEN ?3 ELSE verified_at END WHERE id = ?1",
    )?;
    for (id, state) in seen {
        update.execute(params![id, state, now])?;
    }
    Ok(())
}
