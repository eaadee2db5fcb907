//! What castkeep writes beside the audio: of what, from what, and what lies there already.

use std::collections::HashSet;
use std::path::PathBuf;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use serde_json::{Map, Value};

use super::error::Result;
use super::{Archive, Reader, Stored};
use crate::model::{Digest, Time};

/// A file that castkeep wrote beside the audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its row; 0 before it has one.
    pub id: i64,
    /// The episode.
    pub episode_id: i64,
    /// `json`, `html`, `cover`, `transcript`.
    pub kind: String,
    /// Relative to the archive's folder.
    pub path: String,
    /// Of what was written.
    pub sha256: Digest,
    /// Its length.
    pub size_bytes: u64,
    /// Key of what it was made from; empty: it is to be written again.
    pub made_from: String,
}

/// An episode whose audio is there, with what may be written beside that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbourhood {
    /// The episode.
    pub episode_id: i64,
    /// Its audio, relative to the archive's folder.
    pub audio: String,
    /// What the archive knows of it, as a key: another key, perhaps other words.
    pub key: String,
    /// Its picture, else that of its show.
    pub cover: Option<Stored>,
    /// What is said in it, best in WebVTT.
    pub transcript: Option<Stored>,
}

/// All that is known of an episode: each part is a row, its members named as the columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Record {
    /// The episode.
    pub episode: Map<String, Value>,
    /// Its show.
    pub show: Map<String, Value>,
    /// The parts of its notes.
    pub segments: Vec<Map<String, Value>>,
    /// The links in them.
    pub links: Vec<Map<String, Value>>,
    /// Who is in it.
    pub people: Vec<Map<String, Value>>,
    /// Who paid for it.
    pub sponsors: Vec<Map<String, Value>>,
    /// Its timed marks.
    pub chapters: Vec<Map<String, Value>>,
    /// What it points at, with the files that were captured of that.
    pub resources: Vec<Map<String, Value>>,
}

impl Archive {
    /// The episodes of a show whose audio is there, by row.
    pub fn neighbourhoods(&self, show: i64) -> Result<Vec<Neighbourhood>> {
        neighbourhoods(&self.db, show).map_err(self.sql("read what lies beside the audio"))
    }

    /// What was written beside the audio of a show; of all shows for `None`.
    pub fn written(&self, show: Option<i64>) -> Result<Vec<Written>> {
        written(&self.db, show).map_err(self.sql("read what was written beside the audio"))
    }

    /// The paths of all files that castkeep named, relative to the archive's folder.
    pub fn paths(&self) -> Result<HashSet<PathBuf>> {
        paths(&self.db).map_err(self.sql("list the files"))
    }

    /// All that is known of an episode.
    pub fn episode_record(&self, episode: i64) -> Result<Option<Record>> {
        record(&self.db, episode).map_err(self.sql("read an episode"))
    }

    /// Writes down what is about to be written: new files get rows, others are no longer vouched for. The same with their rows.
    pub fn claim(&mut self, files: &[Written], now: Time) -> Result<Vec<Written>> {
        self.write("write down what goes beside the audio", |tx| {
            let mut claimed = files.to_vec();
            for file in &mut claimed {
                if file.id == 0 {
                    tx.prepare_cached(
                        "INSERT INTO sidecar_files (episode_id, kind, path, sha256, size_bytes, written_at, made_from)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, '')",
                    )?
                    .execute(params![file.episode_id, file.kind, file.path, file.sha256, file.size_bytes as i64, now])?;
                    file.id = tx.last_insert_rowid();
                } else {
                    tx.prepare_cached("UPDATE sidecar_files SET made_from = '' WHERE id = ?1")?.execute([file.id])?;
                }
            }
            Ok(claimed)
        })
    }

    /// Records what was written. The bytes must be synced by now.
    pub fn wrote(&mut self, files: &[Written], now: Time) -> Result<()> {
        self.write("record what lies beside the audio", |tx| {
            let mut update = tx.prepare_cached(
                "UPDATE sidecar_files SET written_at = CASE WHEN made_from = '' THEN ?4 ELSE written_at END,
                     sha256 = ?2, size_bytes = ?3, made_from = ?5 WHERE id = ?1",
            )?;
            for file in files {
                update.execute(params![file.id, file.sha256, file.size_bytes as i64, now, file.made_from])?;
            }
            Ok(())
        })
    }

    /// Forgets files that are not there: they are written again.
    pub fn lost_beside(&mut self, missing: &[i64]) -> Result<()> {
        self.write("forget what lay beside the audio", |tx| {
            for id in missing {
                tx.prepare_cached("DELETE FROM renames WHERE sidecar_id = ?1")?.execute([id])?;
                tx.prepare_cached("DELETE FROM sidecar_files WHERE id = ?1")?.execute([id])?;
            }
            Ok(())
        })
    }
}

impl Reader {
    /// As [`Archive::written`]; none in an archive of an older castkeep, which wrote none.
    pub fn written(&self, show: Option<i64>) -> Result<Vec<Written>> {
        if self.found < 6 {
            return Ok(Vec::new());
        }
        written(&self.db, show).map_err(self.sql("read what was written beside the audio"))
    }

    /// As [`Archive::paths`].
    pub fn paths(&self) -> Result<HashSet<PathBuf>> {
        let files = self.files(None)?.into_iter().map(|file| file.path);
        Ok(files.chain(self.written(None)?.into_iter().map(|file| file.path)).map(PathBuf::from).collect())
    }
}

fn paths(db: &Connection) -> rusqlite::Result<HashSet<PathBuf>> {
    let mut list = db.prepare_cached("SELECT path FROM files UNION ALL SELECT path FROM sidecar_files")?;
    list.query_map([], |row| Ok(PathBuf::from(row.get::<_, String>(0)?)))?.collect()
}

/// The newest picture or transcript that was captured for it and is there, what it points at today first.
const COVER: &str = "SELECT x.id FROM resources r JOIN files x ON x.id = r.file_id
    WHERE r.episode_id = e.id AND r.role = 'image' AND x.state = 'present' ORDER BY r.is_current DESC, r.position, r.id DESC LIMIT 1";
const SHOW_COVER: &str = "SELECT x.id FROM resources r JOIN files x ON x.id = r.file_id
    WHERE r.show_id = e.show_id AND r.episode_id IS NULL AND r.role = 'image' AND x.state = 'present'
    ORDER BY r.is_current DESC, r.position, r.id DESC LIMIT 1";
const TRANSCRIPT: &str = "SELECT x.id FROM resources r JOIN files x ON x.id = r.file_id
    WHERE r.episode_id = e.id AND r.role = 'transcript' AND x.state = 'present'
    ORDER BY r.is_current DESC, x.path LIKE '%.vtt' DESC, x.path LIKE '%.srt' DESC, r.position, r.id DESC LIMIT 1";

/// What tells that an episode reads otherwise, without reading it: its item, its rules, its changes, its files, its show.
const KEY: &str = "concat_ws('|', e.item_sha256, e.notes_version, n.habits, e.gone_at, e.published_at, e.number, e.title, s.slug, s.title,
    s.author, s.link, s.image_url, (SELECT max(c.id) FROM changes c WHERE c.episode_id = e.id),
    (SELECT group_concat(r.id || r.is_current || coalesce(x.path || x.sha256 || coalesce(x.duration_seconds, ''), ''), ' ' ORDER BY r.id)
     FROM resources r LEFT JOIN files x ON x.id = r.file_id WHERE r.episode_id = e.id))";

fn neighbourhoods(db: &Connection, show: i64) -> rusqlite::Result<Vec<Neighbourhood>> {
    let sql = format!(
        "SELECT e.id, f.path, {KEY}, c.path, c.sha256, c.size_bytes, c.media_type, t.path, t.sha256, t.size_bytes, t.media_type
         FROM episodes e JOIN shows s ON s.id = e.show_id LEFT JOIN notes_readings n ON n.episode_id = e.id
         JOIN resources a ON a.id = (
             SELECT x.id FROM resources x WHERE x.episode_id = e.id AND x.role IN ('enclosure', 'alternate')
             ORDER BY x.file_id IS NULL, x.role = 'alternate', x.is_current DESC, x.position, x.id DESC LIMIT 1)
         JOIN files f ON f.id = a.file_id AND f.state = 'present'
         LEFT JOIN files c ON c.id = coalesce(({COVER}), ({SHOW_COVER})) LEFT JOIN files t ON t.id = ({TRANSCRIPT})
         WHERE e.show_id = ?1 ORDER BY e.id"
    );
    let read = |row: &Row<'_>| {
        Ok(Neighbourhood {
            episode_id: row.get(0)?,
            audio: row.get(1)?,
            key: row.get(2)?,
            cover: stored(row, 3)?,
            transcript: stored(row, 7)?,
        })
    };
    db.prepare_cached(&sql)?.query_map([show], read)?.collect()
}

fn stored(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Stored>> {
    let Some(path) = row.get(first)? else { return Ok(None) };
    let size_bytes = row.get::<_, i64>(first + 2)?.try_into().unwrap_or_default();
    Ok(Some(Stored { path, sha256: row.get(first + 1)?, size_bytes, media_type: row.get(first + 3)? }))
}

fn written(db: &Connection, show: Option<i64>) -> rusqlite::Result<Vec<Written>> {
    let sql = "SELECT c.id, c.episode_id, c.kind, c.path, c.sha256, c.size_bytes, c.made_from
               FROM sidecar_files c JOIN episodes e ON e.id = c.episode_id WHERE ?1 IS NULL OR e.show_id = ?1 ORDER BY c.path";
    let read = |row: &Row<'_>| {
        Ok(Written {
            id: row.get(0)?,
            episode_id: row.get(1)?,
            kind: row.get(2)?,
            path: row.get(3)?,
            sha256: row.get(4)?,
            size_bytes: row.get::<_, i64>(5)?.try_into().unwrap_or_default(),
            made_from: row.get(6)?,
        })
    };
    db.prepare_cached(sql)?.query_map([show], read)?.collect()
}

/// All that is known of an episode. What changes with every visit (`last_seen_at` and its like) is left out, and so are castkeep's
/// own numbers.
fn record(db: &Connection, episode: i64) -> rusqlite::Result<Option<Record>> {
    let all = |sql: &str| rows(db, sql, episode);
    let first = |sql: &str| all(sql).map(|rows| rows.into_iter().next());
    let Some(of_episode) = first(
        "SELECT guid, identity, identity_source, title, number, season, episode_type, published_at, published_raw, link, author,
                duration_seconds, explicit, image_url, first_seen_at, gone_at, summary, notes_source, notes_html, notes_text, extra
         FROM episodes WHERE id = ?1",
    )?
    else {
        return Ok(None);
    };
    let show = first(
        "SELECT s.slug, s.title, s.description, s.author, s.owner_name, s.link, s.language, s.copyright, s.image_url, s.show_type,
                s.podcast_guid, s.medium, s.feed_url FROM shows s JOIN episodes e ON e.show_id = s.id WHERE e.id = ?1",
    )?;
    Ok(Some(Record {
        episode: of_episode,
        show: show.unwrap_or_default(),
        segments: all(
            "SELECT position, kind, number, presenter, title, group_title, url, start_seconds, text, html FROM segments
             WHERE episode_id = ?1 ORDER BY position",
        )?,
        links: all(
            "SELECT l.position, g.position AS segment_position, l.url, l.text, l.target_url, l.host, l.domain, l.in_boilerplate
             FROM links l LEFT JOIN segments g ON g.id = l.segment_id WHERE l.episode_id = ?1 ORDER BY l.position",
        )?,
        people: all(
            "SELECT p.name, c.role, p.url, p.image_url, min(c.source) AS source FROM credits c JOIN people p ON p.id = c.person_id
             WHERE c.episode_id = ?1 GROUP BY p.id, c.role ORDER BY min(c.id)",
        )?,
        sponsors: all(
            "SELECT position, name, url, text FROM sponsors WHERE episode_id = ?1 ORDER BY position",
        )?,
        chapters: all(
            "SELECT source, position, start_seconds, end_seconds, title, url, image_url FROM chapters WHERE episode_id = ?1
             ORDER BY source, position",
        )?,
        resources: all(
            "SELECT r.kind, r.role, r.position, r.url, r.media_type, r.length_bytes, r.language, r.is_current, f.path, f.sha256,
                    f.size_bytes, f.duration_seconds
             FROM resources r LEFT JOIN files f ON f.id = r.file_id WHERE r.episode_id = ?1 ORDER BY r.id",
        )?,
    }))
}

fn rows(db: &Connection, sql: &str, id: i64) -> rusqlite::Result<Vec<Map<String, Value>>> {
    let mut statement = db.prepare_cached(sql)?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let row = |row: &Row<'_>| {
        let member = |(index, name): (usize, &String)| Ok((name.clone(), value(name, row.get_ref(index)?)));
        names.iter().enumerate().map(member).collect::<rusqlite::Result<Map<_, _>>>()
    };
    statement.query_map([id], row)?.collect()
}

fn value(name: &str, value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number)
            if name == "is_current" || name == "in_boilerplate" || name == "explicit" =>
        {
            (number != 0).into()
        }
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) if name == "extra" => serde_json::from_slice(text).unwrap_or_default(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
    }
}

/// Whether a file of castkeep's own making has this path.
pub(super) fn is_written(db: &Connection, path: &str) -> rusqlite::Result<bool> {
    let found = db
        .prepare_cached("SELECT 1 FROM sidecar_files WHERE path = ?1")?
        .query_row([path], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}
