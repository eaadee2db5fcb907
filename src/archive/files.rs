//! Which files there are: their bytes, their paths, and in which state they were last seen.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::sidecars::Content;
use super::{Archive, Reader, Result, beside};
use crate::model::{Digest, ResourceKind, Time};

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

pub(super) fn is_promised(db: &Connection, path: &str, digest: &Digest) -> rusqlite::Result<bool> {
    let of_another = "SELECT 1 FROM files WHERE path = ?1 AND sha256 <> ?2";
    Ok(db.prepare_cached(of_another)?.exists(params![path, digest])? || beside::is_written(db, path)?)
}

impl Reader {
    /// As [`Archive::has_files`].
    pub fn has_files(&self) -> Result<bool> {
        any_present(&self.db).map_err(self.sql("look for files"))
    }
}

impl Archive {
    /// The file with these bytes, in whatever state.
    pub fn file(&self, digest: &Digest) -> Result<Option<FileRow>> {
        file(&self.db, digest).map_err(self.sql("look a file up"))
    }

    /// All files, or those of one show.
    pub fn files(&self, show: Option<i64>) -> Result<Vec<FileRow>> {
        files(&self.db, show).map_err(self.sql("list the files"))
    }

    /// Whether some file is recorded as present.
    pub fn has_files(&self) -> Result<bool> {
        any_present(&self.db).map_err(self.sql("look for files"))
    }

    /// Whether a row says that other bytes than these are at this path, be they there or lost.
    pub fn is_promised(&self, path: &str, digest: &Digest) -> Result<bool> {
        is_promised(&self.db, path, digest).map_err(self.sql("look a path up"))
    }

    /// Records what `verify` saw of files, by row.
    pub fn verified(&mut self, seen: &[(i64, &'static str)], now: Time) -> Result<()> {
        self.write("record what was verified", |tx| verified(tx, seen, now))
    }
}
