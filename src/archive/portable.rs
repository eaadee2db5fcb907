//! Names in a copy of the database that every tool for checksums reads alike.
//!
//! BagIt has a `%` in a name written as `%25` in its manifests (RFC 8493, 2.1.3), which neither `sha256sum` nor the most used
//! BagIt tools undo. So in a bag no name holds one.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _};

use super::error::{Error, Result};
use super::open;

/// What stands for a `%`: the first of them with which the name is free. The first looks the same.
const INSTEAD: &[&str] = &["\u{ff05}", "_", " percent", " pct"];

/// Gives the files of a copy, which nobody else has, such names; what each that was renamed is called in the archive, by its
/// new path.
pub fn rename_portably(database: &Path) -> Result<HashMap<String, String>> {
    let sql = |source| Error::Sql { path: database.to_owned(), doing: "rename files in the copy", source };
    let db = open::nobodys(database).map_err(sql)?;
    let renamed = rename(&db).map_err(sql)?;
    db.close().map_err(|(_, source)| sql(source))?;
    let synced = std::fs::File::open(database).and_then(|file| file.sync_all());
    synced.map_err(|source| Error::Io { path: database.to_owned(), doing: "sync the copy", source })?;
    Ok(renamed)
}

fn rename(db: &Connection) -> rusqlite::Result<HashMap<String, String>> {
    let mut renamed = HashMap::new();
    let tables = tables(db)?;
    for table in &tables {
        let list = format!("SELECT path FROM {table} WHERE path LIKE '%\\%%' ESCAPE '\\' ORDER BY path");
        let paths: Vec<String> =
            db.prepare(&list)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for path in paths {
            let mut free = INSTEAD.iter().map(|instead| path.replace('%', instead));
            let chosen = free.find_map(|new| match is_taken(db, &tables, &new) {
                Ok(true) => None,
                Ok(false) => Some(Ok(new)),
                Err(error) => Some(Err(error)),
            });
            // Where all are taken it stays, and a manifest has it as BagIt says.
            let Some(new) = chosen.transpose()? else { continue };
            db.execute(&format!("UPDATE {table} SET path = ?2 WHERE path = ?1"), [&path, &new])?;
            renamed.insert(new, path);
        }
    }
    Ok(renamed)
}

/// Where the paths of files stand; an older archive has one of them.
fn tables(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let list = "SELECT name FROM sqlite_schema WHERE name IN ('files', 'sidecar_files') ORDER BY name";
    db.prepare(list)?.query_map([], |row| row.get(0))?.collect()
}

fn is_taken(db: &Connection, tables: &[String], path: &str) -> rusqlite::Result<bool> {
    let in_one = |table: &String| {
        let sql = format!("SELECT 1 FROM {table} WHERE path = ?1");
        Ok(db.query_row(&sql, [path], |_| Ok(())).optional()?.is_some())
    };
    tables.iter().map(in_one).try_fold(false, |found, next: rusqlite::Result<bool>| Ok(found || next?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_makes_way_and_names_stay_apart() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "CREATE TABLE files (path TEXT UNIQUE); CREATE TABLE sidecar_files (path TEXT UNIQUE);
             INSERT INTO files VALUES ('audio/a.mp3'), ('audio/100% x.mp3'), ('audio/5%.mp3'), ('audio/5\u{ff05}.mp3'), ('audio/5_.mp3')",
        )
        .unwrap();
        let mut renamed: Vec<_> = rename(&db).unwrap().into_iter().collect();
        renamed.sort();
        let pair = |new: &str, old: &str| (new.to_owned(), old.to_owned());
        assert_eq!(
            renamed,
            [
                pair("audio/100\u{ff05} x.mp3", "audio/100% x.mp3"),
                pair("audio/5 percent.mp3", "audio/5%.mp3")
            ]
        );
        let left: i64 =
            db.query_row("SELECT count(*) FROM files WHERE instr(path, '%')", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0);
    }
}
