//! Rows that captured files hold: cues of transcripts, chapters of chapter files and of audio.

use rusqlite::{Connection, OptionalExtension, params};

use super::notes;
use crate::model::{Chapter, Cue};

/// What stands in a captured file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// Chapters of the episode, in place of those of the same source.
    pub chapters: Vec<Chapter>,
    /// What is said, in place of what the resource said before.
    pub cues: Vec<Cue>,
}

/// Writes what stands in the file that was captured for a resource, in place of what stood there before. Of an episode's
/// audio, the first enclosure speaks.
pub(super) fn write(db: &Connection, resource: i64, content: &Content) -> rusqlite::Result<()> {
    cues(db, resource, &content.cues)?;
    let found = db
        .prepare_cached("SELECT episode_id, role, position FROM resources WHERE id = ?1")?
        .query_row([resource], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))
        .optional()?;
    let Some((Some(episode), role, position)): Option<(Option<i64>, String, Option<u32>)> = found else {
        return Ok(());
    };
    let sources = match (role.as_str(), position) {
        ("chapters", _) => "('podcast:chapters')",
        ("enclosure", Some(1)) => "('id3', 'mp4', 'vorbis')",
        _ => return Ok(()),
    };
    db.prepare_cached(&format!("DELETE FROM chapters WHERE episode_id = ?1 AND source IN {sources}"))?
        .execute([episode])?;
    notes::chapters(db, episode, &content.chapters)
}

/// A transcript that the episode no longer points at gives way to the one in its place, of the same language, once that is
/// captured; until then it is the best there is.
const GIVES_WAY: &str = "SELECT old.id FROM resources old JOIN resources new
    ON new.episode_id = old.episode_id AND new.role = old.role AND new.language IS old.language
    WHERE old.role = 'transcript' AND old.is_current = 0 AND new.is_current = 1";

fn cues(db: &Connection, resource: i64, cues: &[Cue]) -> rusqlite::Result<()> {
    db.prepare_cached(&format!(
        "DELETE FROM transcript_cues WHERE resource_id = ?1 OR resource_id IN ({GIVES_WAY} AND new.id = ?1)"
    ))?
    .execute([resource])?;
    let is_replaced = format!("{GIVES_WAY} AND new.file_id IS NOT NULL AND old.id = ?1");
    if db.prepare_cached(&is_replaced)?.exists([resource])? {
        return Ok(());
    }
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
