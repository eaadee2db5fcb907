//! Whether the archive is well: what SQLite finds wrong with the database, and what is wrong with what is stored in it.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use super::error::{Result, is_damage};
use super::{Archive, FileRow, Reader, documents, files, lock};

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// `quick_check`: every page is looked at.
    Quick,
    /// `integrity_check`: indexes are held against tables, too.
    Full,
}

impl Reader {
    /// What SQLite itself finds wrong with the database; empty if it is whole.
    pub fn integrity(&self, depth: Depth) -> Vec<String> {
        integrity(&self.db, depth)
    }

    /// Feed bodies that are not what was stored, each with what is wrong with it. `go_on` is asked between two.
    pub fn broken_documents(&self, go_on: &dyn Fn() -> bool) -> Vec<String> {
        documents::broken(&self.db, go_on)
            .unwrap_or_else(|error| vec![format!("documents can't be read: {error}")])
    }

    /// As [`Archive::files`].
    pub fn files(&self, show: Option<i64>) -> Result<Vec<FileRow>> {
        files::files(&self.db, show).map_err(self.sql("list the files"))
    }

    /// The episode that a file belongs to, or the show: its words for people. `None` if no row tells.
    pub fn owner(&self, file: i64) -> Result<Option<String>> {
        files::owner(&self.db, file).map_err(self.sql("look up whose a file is"))
    }

    /// How the database keeps its journal: `wal`, or `delete` on a network file system.
    pub fn journal_mode(&self) -> Result<String> {
        self.db
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .map_err(self.sql("read its journal mode"))
    }

    /// Its schema, as [`super::VERSION`].
    pub fn version(&self) -> i64 {
        self.found
    }

    /// When the last run wrote, by the clock of that time; `None` in an archive without a run.
    pub fn newest(&self) -> Result<Option<crate::model::Time>> {
        let newest = "SELECT coalesce(finished_at, started_at) FROM runs ORDER BY id DESC LIMIT 1";
        self.db.query_row(newest, [], |row| row.get(0)).optional().map_err(self.sql("read its newest run"))
    }

    /// The files that are recorded as present, as far as verifying them goes.
    pub fn verified(&self) -> Result<Verified> {
        how_verified(&self.db).map_err(self.sql("read what was verified"))
    }
}

impl Archive {
    /// Whether some process holds the archive in the folder `root` for writing. A look, no promise.
    pub fn is_held(root: &Path) -> bool {
        lock::Lock::is_held(root)
    }

    /// Search indexes that differ from the texts they were made from: a text that rotted inside its page is told by nothing
    /// else. The question is put as an INSERT that changes nothing (sqlite.org/fts5.html, 6.4), hence to the writer.
    pub fn differing_texts(&self) -> Result<Vec<String>> {
        differing_texts(&self.db).map_err(self.sql("hold texts against their index"))
    }

    /// The episode that a file belongs to, or the show; see [`Reader::owner`].
    pub fn owner(&self, file: i64) -> Result<Option<String>> {
        files::owner(&self.db, file).map_err(self.sql("look up whose a file is"))
    }
}

/// How far the files were verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    /// Files recorded as present.
    pub files: u64,
    /// Of them, those that were never hashed since they were stored.
    pub never: u64,
    /// When the one that was left alone for longest was hashed or else stored; `None` without files.
    pub since: Option<crate::model::Time>,
}

fn how_verified(db: &Connection) -> rusqlite::Result<Verified> {
    let sql = "SELECT count(*), count(*) - count(verified_at), min(coalesce(verified_at, stored_at)) FROM files WHERE state = 'present'";
    db.query_row(sql, [], |row| {
        let count = |index| row.get::<_, i64>(index).map(|n| u64::try_from(n).unwrap_or_default());
        Ok(Verified { files: count(0)?, never: count(1)?, since: row.get(2)? })
    })
}

/// `quick_check` or `integrity_check`, and `foreign_key_check`, as lines. A database too broken to be checked is a line, too.
pub(super) fn integrity(db: &Connection, depth: Depth) -> Vec<String> {
    let check = match depth {
        Depth::Quick => "PRAGMA quick_check",
        Depth::Full => "PRAGMA integrity_check",
    };
    let mut found = Vec::new();
    for done in [pages(db, check, &mut found), orphans(db, &mut found)] {
        if let Err(error) = done {
            found.push(error.to_string());
        }
    }
    found.dedup();
    found
}

fn pages(db: &Connection, check: &str, found: &mut Vec<String>) -> rusqlite::Result<()> {
    let mut statement = db.prepare(check)?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        found.extend(line?.lines().filter(|line| *line != "ok").map(str::to_owned));
    }
    Ok(())
}

fn orphans(db: &Connection, found: &mut Vec<String>) -> rusqlite::Result<()> {
    let mut statement = db.prepare("PRAGMA foreign_key_check")?;
    let lines = statement.query_map([], |row| {
        Ok(format!(
            "{} row {} points at no row of {}",
            row.get::<_, String>(0)?,
            row.get::<_, Option<i64>>(1)?.unwrap_or_default(),
            row.get::<_, String>(2)?
        ))
    })?;
    for line in lines {
        found.push(line?);
    }
    Ok(())
}

fn differing_texts(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let list =
        "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE % USING fts5 %' ORDER BY name";
    let tables: Vec<String> =
        db.prepare(list)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut found = Vec::new();
    for table in tables {
        let check = format!("INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)");
        match db.execute(&check, []) {
            Err(error) if is_damage(&error) => {
                found.push(format!("{table} differs from the texts that it was made from"));
            }
            done => drop(done?),
        }
    }
    if !are_counted(db)? {
        found.push("domain_counts differs from the links that it counts".to_owned());
    }
    Ok(found)
}

/// Whether the links of each domain are as many as the triggers counted.
fn are_counted(db: &Connection) -> rusqlite::Result<bool> {
    let sql = "WITH counted AS (
                   SELECT coalesce(substr(e.published_at, 1, 4), '') AS year, l.domain, l.in_boilerplate, count(*) AS links
                   FROM links l JOIN episodes e ON e.id = l.episode_id WHERE l.domain IS NOT NULL GROUP BY 1, 2, 3),
               kept AS (SELECT year, domain, in_boilerplate, links FROM domain_counts WHERE links <> 0)
               SELECT NOT EXISTS (SELECT * FROM counted EXCEPT SELECT * FROM kept)
                  AND NOT EXISTS (SELECT * FROM kept EXCEPT SELECT * FROM counted)";
    db.query_row(sql, [], |row| row.get(0))
}
