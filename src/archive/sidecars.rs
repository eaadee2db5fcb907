//! Rows that captured files hold: cues of transcripts, chapters of chapter files and of audio.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::downloads::Content;
use super::notes;
use crate::model::Cue;

/// Writes what stands in the file that was captured for a resource, in place of what stood there before.
pub(super) fn write(db: &Connection, resource: i64, content: &Content) -> rusqlite::Result<()> {
    cues(db, resource, &content.cues)?;
    let episode: Option<i64> = db
        .prepare_cached("SELECT episode_id FROM resources WHERE id = ?1")?
        .query_row([resource], |row| row.get(0))
        .optional()?
        .flatten();
    let Some(episode) = episode else { return Ok(()) };
    let sources: BTreeSet<&str> = content.chapters.iter().map(|chapter| chapter.source.as_str()).collect();
    for source in sources {
        db.prepare_cached("DELETE FROM chapters WHERE episode_id = ?1 AND source = ?2")?
            .execute(params![episode, source])?;
    }
    notes::chapters(db, episode, &content.chapters)
}

fn cues(db: &Connection, resource: i64, cues: &[Cue]) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM transcript_cues WHERE resource_id = ?1")?.execute([resource])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO transcript_cues (resource_id, position, start_seconds, end_seconds, speaker, text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, cue) in (1..).zip(cues) {
        insert.execute(params![
            resource,
            position,
            cue.start_seconds,
            cue.end_seconds,
            cue.speaker,
            cue.text
        ])?;
    }
    Ok(())
}
