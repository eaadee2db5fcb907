//! A slim copy of the database: without the feeds' documents as they came, and without the room they took.
//!
//! Their rows go, and `fetches.document_id` is null: the copy is a whole archive that no command finds damaged. All that was
//! read in them stays, `notes_html` of every episode included.

use std::path::Path;

use rusqlite::Connection;

use super::backup::{Copied, fill, refuse};
use super::error::{Error, Result};
use super::part::{Existing, Part, refuse_place};
use super::{Reader, care, open};

/// What makes a whole copy a slim one.
const SLIM: &str = "PRAGMA foreign_keys = ON; BEGIN;
    UPDATE fetches SET document_id = NULL WHERE document_id IS NOT NULL; DELETE FROM documents; COMMIT";

impl Reader {
    /// Writes a slim copy to a file, as the archive is at this moment. `None` if `go_on`, asked with pages done and pages in
    /// all, said no. Nothing is left behind but a whole copy.
    pub fn slim_copy(
        &self,
        target: &Path,
        existing: Existing,
        go_on: &dyn Fn(u64, u64) -> bool,
    ) -> Result<Option<Copied>> {
        let source = self.path();
        refuse(source, target, existing)?;
        refuse_place(target, Some(self.root()))?;
        let mut whole = target.file_name().unwrap_or_default().to_owned();
        whole.push(".whole");
        let whole = Part::like(source, &target.with_file_name(whole))?;
        let slim = Part::like(source, target)?;
        let Some(copied) = fill(&self.db, source, &whole, go_on)? else { return Ok(None) };
        let documents = squeeze(whole.path(), slim.path())?;
        drop(whole);
        check(slim.path())?;
        let size_bytes = slim.size()?;
        slim.give_name(existing)?;
        Ok(Some(Copied { size_bytes, rows: copied.rows.saturating_sub(documents), ..copied }))
    }
}

/// Takes the documents out of the one file, and writes what is left into the other; how many documents there were.
fn squeeze(whole: &Path, slim: &Path) -> Result<u64> {
    let sql = |source| Error::Sql { path: slim.to_owned(), doing: "write the slim copy", source };
    let db = open::nobodys(whole).map_err(sql)?;
    let documents: i64 = db.query_row("SELECT count(*) FROM documents", [], |row| row.get(0)).map_err(sql)?;
    db.execute_batch(SLIM).map_err(sql)?;
    // To the other file, so that what is taken out leaves no trace, and takes no room in the folder of temporary files.
    db.execute("VACUUM INTO ?1", [slim.to_string_lossy()]).map_err(sql)?;
    db.close().map_err(|(_, source)| sql(source))?;
    Ok(u64::try_from(documents).unwrap_or_default())
}

fn check(slim: &Path) -> Result<()> {
    let sql = |source| Error::Sql { path: slim.to_owned(), doing: "read the slim copy", source };
    let db: Connection = open::alone(slim).map_err(sql)?;
    let found = care::integrity(&db, care::Depth::Full);
    if found.is_empty() { Ok(()) } else { Err(Error::Damaged { path: slim.to_owned(), found }) }
}
