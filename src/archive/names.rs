//! What files are named after, which names they had, and their way to another name.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::Result;
use super::{Archive, Reader};
use crate::model::{Digest, ResourceRole, Time};

/// What the file of a resource is named after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The resource.
    pub resource_id: i64,
    /// What it is to the item that names it.
    pub role: ResourceRole,
    /// Its language, as the feed says.
    pub language: Option<String>,
    /// Its show.
    pub show_id: i64,
    /// The slug of the show.
    pub show: String,
    /// The title of the show.
    pub show_title: Option<String>,
    /// Its episode; `None` for what belongs to the show itself.
    pub episode_id: Option<i64>,
    /// The episode's title.
    pub title: Option<String>,
    /// Its date.
    pub published_at: Option<Time>,
    /// Its number.
    pub number: Option<i64>,
    /// Its season.
    pub season: Option<i64>,
    /// Its type, as published.
    pub episode_type: Option<String>,
    /// Its author, else the show's.
    pub author: Option<String>,
    /// Its guid, as published.
    pub guid: Option<String>,
    /// The address of the audio: of this resource if it is an enclosure, else of the episode's first.
    pub enclosure_url: Option<String>,
}

/// A file whose name castkeep gave: one that was captured, or one that it wrote beside the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A row of `files`.
    File(i64),
    /// A row of `sidecar_files`.
    Sidecar(i64),
}

/// A captured file with what it is named after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Its row.
    pub id: i64,
    /// Relative to the archive's folder.
    pub path: String,
    /// Its length.
    pub size_bytes: u64,
    /// Of the resource that it was first captured for; `None` if no row tells.
    pub named: Option<Named>,
}

/// A file beside the audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSidecar {
    /// Its row.
    pub id: i64,
    /// Relative to the archive's folder.
    pub path: String,
    /// The show that it belongs to.
    pub show_id: i64,
    /// The slug of that.
    pub show: String,
    /// Its length.
    pub size_bytes: u64,
    /// The file that it lies beside: a row of `files`; `None` if that is not there any more.
    pub audio: Option<i64>,
}

/// All files with their names, past and present.
#[derive(Debug, Default)]
pub struct Names {
    /// Those that were captured, in the order in which they were.
    pub files: Vec<NamedFile>,
    /// Those beside the audio.
    pub sidecars: Vec<NamedSidecar>,
    /// The names that each had before, the latest first.
    pub former: HashMap<Subject, Vec<String>>,
}

/// A file on its way to another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Its row in `renames`; 0 before it has one.
    pub id: i64,
    /// Which file.
    pub subject: Subject,
    /// Relative to the archive's folder.
    pub old_path: String,
    /// Likewise.
    pub new_path: String,
}

/// A rename that a killed run had begun with, or was about to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intended {
    /// It.
    pub rename: Rename,
    /// The length of its file.
    pub size_bytes: u64,
    /// The digest of its file.
    pub sha256: Digest,
}

impl Archive {
    /// What the file of a resource is named after.
    pub fn named(&self, resource: i64) -> Result<Option<Named>> {
        let sql = format!("SELECT {NAMED} {OF_RESOURCE} WHERE r.id = ?1");
        let read = || self.db.prepare_cached(&sql)?.query_row([resource], |row| named(row, 0)).optional();
        read().map_err(self.sql("read what a file is named after"))
    }

    /// All files with their names.
    pub fn names(&self) -> Result<Names> {
        names(&self.db).map_err(self.sql("read the names of files"))
    }

    /// Writes down what is about to get another name; the same with the rows of it.
    pub fn intend(&mut self, run: i64, renames: &[Rename], now: Time) -> Result<Vec<Rename>> {
        self.write("write down new names", |tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO renames (file_id, sidecar_id, old_path, new_path, run_id, intended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            let mut intended = renames.to_vec();
            for rename in &mut intended {
                let (file, sidecar) = match rename.subject {
                    Subject::File(id) => (Some(id), None),
                    Subject::Sidecar(id) => (None, Some(id)),
                };
                insert.execute(params![file, sidecar, rename.old_path, rename.new_path, run, now])?;
                rename.id = tx.last_insert_rowid();
            }
            Ok(intended)
        })
    }

    /// What was about to get another name when a run was killed, in order.
    pub fn intended(&self) -> Result<Vec<Intended>> {
        intended(&self.db).map_err(self.sql("read unfinished renames"))
    }

    /// Ends renames: the files of those that are `done` have their new names, the others never got them. The names must be
    /// synced by now.
    pub fn renamed(&mut self, done: &[Rename], dropped: &[Rename], now: Time) -> Result<()> {
        self.write("record new names", |tx| {
            for rename in done {
                let (table, id) = match rename.subject {
                    Subject::File(id) => ("files", id),
                    Subject::Sidecar(id) => ("sidecar_files", id),
                };
                tx.prepare_cached(&format!("UPDATE {table} SET path = ?2 WHERE id = ?1"))?
                    .execute(params![id, rename.new_path])?;
                tx.prepare_cached("UPDATE renames SET done_at = ?2 WHERE id = ?1")?
                    .execute(params![rename.id, now])?;
            }
            let mut delete = tx.prepare_cached("DELETE FROM renames WHERE id = ?1")?;
            dropped.iter().try_for_each(|rename| delete.execute([rename.id]).map(drop))
        })
    }
}

impl Reader {
    /// As [`Archive::names`].
    pub fn names(&self) -> Result<Names> {
        names(&self.db).map_err(self.sql("read the names of files"))
    }
}

const NAMED: &str =
    "r.id, r.role, r.language, s.id, s.slug, s.title, e.id, e.title, e.published_at, e.number, e.season, e.episode_type,
     coalesce(e.author, s.author), e.guid,
     CASE WHEN r.role = 'enclosure' THEN r.url ELSE (
        SELECT x.url FROM resources x WHERE x.episode_id = r.episode_id AND x.role = 'enclosure'
        ORDER BY x.is_current DESC, x.position, x.id LIMIT 1) END";

const OF_RESOURCE: &str =
    "FROM resources r JOIN shows s ON s.id = r.show_id LEFT JOIN episodes e ON e.id = r.episode_id";

/// Reads what `NAMED` asks for, from a column on.
fn named(row: &Row<'_>, first: usize) -> rusqlite::Result<Named> {
    Ok(Named {
        resource_id: row.get(first)?,
        role: ResourceRole::from_name(&row.get::<_, String>(first + 1)?).unwrap_or(ResourceRole::Enclosure),
        language: row.get(first + 2)?,
        show_id: row.get(first + 3)?,
        show: row.get(first + 4)?,
        show_title: row.get(first + 5)?,
        episode_id: row.get(first + 6)?,
        title: row.get(first + 7)?,
        published_at: row.get(first + 8)?,
        number: row.get(first + 9)?,
        season: row.get(first + 10)?,
        episode_type: row.get(first + 11)?,
        author: row.get(first + 12)?,
        guid: row.get(first + 13)?,
        enclosure_url: row.get(first + 14)?,
    })
}

fn names(db: &Connection) -> rusqlite::Result<Names> {
    Ok(Names { files: files(db)?, sidecars: sidecars(db)?, former: former(db)? })
}

fn files(db: &Connection) -> rusqlite::Result<Vec<NamedFile>> {
    let sql = format!(
        "SELECT f.id, f.path, f.size_bytes, {NAMED}
         FROM files f LEFT JOIN resources r ON r.id = coalesce(
             (SELECT d.resource_id FROM downloads d WHERE d.file_id = f.id ORDER BY d.id LIMIT 1),
             (SELECT x.id FROM resources x WHERE x.file_id = f.id ORDER BY x.id LIMIT 1))
         LEFT JOIN shows s ON s.id = r.show_id LEFT JOIN episodes e ON e.id = r.episode_id ORDER BY f.id"
    );
    let file = |row: &Row<'_>| {
        let has_owner = row.get::<_, Option<i64>>(3)?.is_some();
        Ok(NamedFile {
            id: row.get(0)?,
            path: row.get(1)?,
            size_bytes: row.get::<_, i64>(2)?.try_into().unwrap_or_default(),
            named: has_owner.then(|| named(row, 3)).transpose()?,
        })
    };
    db.prepare(&sql)?.query_map([], file)?.collect()
}

fn sidecars(db: &Connection) -> rusqlite::Result<Vec<NamedSidecar>> {
    let sql = "SELECT c.id, c.path, e.show_id, s.slug, c.size_bytes, (SELECT f.id FROM audio a JOIN files f USING (path) WHERE a.episode_id = c.episode_id)
               FROM sidecar_files c JOIN episodes e ON e.id = c.episode_id JOIN shows s ON s.id = e.show_id ORDER BY c.id";
    let sidecar = |row: &Row<'_>| {
        Ok(NamedSidecar {
            id: row.get(0)?,
            path: row.get(1)?,
            show_id: row.get(2)?,
            show: row.get(3)?,
            size_bytes: row.get::<_, i64>(4)?.try_into().unwrap_or_default(),
            audio: row.get(5)?,
        })
    };
    db.prepare(sql)?.query_map([], sidecar)?.collect()
}

fn former(db: &Connection) -> rusqlite::Result<HashMap<Subject, Vec<String>>> {
    let sql = "SELECT file_id, sidecar_id, old_path FROM renames WHERE done_at IS NOT NULL ORDER BY id DESC";
    let mut former: HashMap<Subject, Vec<String>> = HashMap::new();
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(subject) = subject(row, 0)? {
            former.entry(subject).or_default().push(row.get(2)?);
        }
    }
    Ok(former)
}

fn subject(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Subject>> {
    let file: Option<i64> = row.get(first)?;
    let sidecar: Option<i64> = row.get(first + 1)?;
    Ok(file.map(Subject::File).or(sidecar.map(Subject::Sidecar)))
}

fn intended(db: &Connection) -> rusqlite::Result<Vec<Intended>> {
    let sql = "SELECT r.file_id, r.sidecar_id, r.id, r.old_path, r.new_path, coalesce(f.size_bytes, c.size_bytes), coalesce(f.sha256, c.sha256)
               FROM renames r LEFT JOIN files f ON f.id = r.file_id LEFT JOIN sidecar_files c ON c.id = r.sidecar_id
               WHERE r.done_at IS NULL ORDER BY r.id";
    let rename = |row: &Row<'_>| {
        let subject = subject(row, 0)?.unwrap_or(Subject::File(0));
        Ok(Intended {
            rename: Rename { id: row.get(2)?, subject, old_path: row.get(3)?, new_path: row.get(4)? },
            size_bytes: row.get::<_, i64>(5)?.try_into().unwrap_or_default(),
            sha256: row.get(6)?,
        })
    };
    db.prepare(sql)?.query_map([], rename)?.collect()
}
