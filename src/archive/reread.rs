//! Notes read again: by newer rules, or because the episodes of a show have come to say something else of each other.
//!
//! What an episode's rows are is a function of its notes and of all notes of its show. Beside each reading stands a key
//! of what the show's habits said; where that key differs today, the notes are read again, in the transaction that
//! changed it. So the rows depend on which episodes there are, never on the order in which they came.

use rusqlite::{Connection, params};

use super::{Archive, Result, notes};
use crate::model::{Credit, Notes, redact_text};

/// So many notes are held at once.
const BATCH: usize = 256;

/// Notes as they were read, with what tells when they must be read again.
#[derive(Debug, Clone, Default)]
pub struct ReadNotes {
    /// What they say.
    pub notes: Notes,
    /// Which rules read them.
    pub version: i64,
    /// What they tell of the habits of the show; the reader's own form.
    pub traits: Vec<u8>,
    /// Key of what the habits of the show said of them.
    pub habits: i64,
}

/// What a show says of itself that bears on its notes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShowFacts {
    /// Its title.
    pub title: Option<String>,
    /// Its description, HTML or text.
    pub description: Option<String>,
    /// Who makes it.
    pub author: Option<String>,
    /// Its web page.
    pub link: Option<String>,
    /// Persons that its feed names outright, of whom the hosts bear on its notes.
    pub persons: Vec<Credit>,
}

/// Notes that are to be read.
#[derive(Debug, Clone)]
pub struct Unread {
    /// As published.
    pub html: String,
    /// The title of the episode.
    pub title: Option<String>,
    /// What relative links are relative to.
    pub base_url: Option<String>,
    /// What they tell of the habits of the show; empty until that is known.
    pub traits: Vec<u8>,
}

/// Reads notes; the archive does not know how.
pub trait NotesReader {
    /// Which rules it goes by.
    fn version(&self) -> i64;
    /// What each of these notes tells of the habits of the show.
    fn traits(&self, notes: &[Unread]) -> Vec<Vec<u8>>;
    /// Takes in a show: its facts, and the traits of all of its notes.
    fn learn(&mut self, facts: &ShowFacts, traits: &mut dyn Iterator<Item = &[u8]>);
    /// Persons that the facts of the show name: its author, whom its description presents.
    fn show_credits(&self) -> Vec<Credit>;
    /// Key of what the habits of the show say of notes with these traits.
    fn bearing(&self, traits: &[u8]) -> i64;
    /// Reads notes, the traits of which are known, by the habits of the show.
    fn read(&self, notes: &[Unread]) -> Vec<ReadNotes>;
}

/// Which notes are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that would read otherwise today.
    Stale,
    /// All of them.
    All,
}

/// The notes of one episode, as the archive knows them.
struct Known {
    episode: i64,
    /// Empty if other rules read them.
    traits: Vec<u8>,
    habits: Option<i64>,
}

/// Reads notes of a show again; how many.
pub(super) fn settle(
    db: &Connection,
    show: i64,
    reader: &mut dyn NotesReader,
    which: Which,
) -> rusqlite::Result<u64> {
    let mut known = known(db, show, reader.version(), which)?;
    fill_in(db, &mut known, reader)?;
    reader.learn(&facts(db, show)?, &mut known.iter().map(|known| known.traits.as_slice()));
    notes::told_of_show(db, show, &reader.show_credits())?;
    let is_stale = |known: &&Known| known.habits != Some(reader.bearing(&known.traits));
    let stale: Vec<&Known> = known.iter().filter(is_stale).collect();
    for batch in stale.chunks(BATCH) {
        let unread = batch.iter().map(|known| load(db, known)).collect::<rusqlite::Result<Vec<_>>>()?;
        for ((known, unread), read) in batch.iter().zip(&unread).zip(reader.read(&unread)) {
            rewrite(db, known.episode, &read, unread.base_url.as_deref())?;
        }
    }
    notes::forget_strangers(db)?;
    Ok(stale.len() as u64)
}

/// What a newer castkeep read is left to it, unless all is asked for.
fn known(db: &Connection, show: i64, version: i64, which: Which) -> rusqlite::Result<Vec<Known>> {
    let mut select = db.prepare_cached(
        "SELECT e.id, r.traits, r.habits FROM episodes e
         LEFT JOIN notes_readings r ON r.episode_id = e.id AND e.notes_version = ?2 AND NOT ?3
         WHERE e.show_id = ?1 AND e.notes_html IS NOT NULL
           AND (?3 OR coalesce(e.notes_version, 0) <= ?2) ORDER BY e.id",
    )?;
    let rows = select.query_map(params![show, version, which == Which::All], |row| {
        let traits: Option<Vec<u8>> = row.get(1)?;
        Ok(Known { episode: row.get(0)?, traits: traits.unwrap_or_default(), habits: row.get(2)? })
    })?;
    rows.collect()
}

/// The traits of notes that other rules read are not known yet.
fn fill_in(db: &Connection, known: &mut [Known], reader: &dyn NotesReader) -> rusqlite::Result<()> {
    let mut unknown: Vec<&mut Known> = known.iter_mut().filter(|known| known.traits.is_empty()).collect();
    for batch in unknown.chunks_mut(BATCH) {
        let unread = batch.iter().map(|known| load(db, known)).collect::<rusqlite::Result<Vec<_>>>()?;
        for (known, traits) in batch.iter_mut().zip(reader.traits(&unread)) {
            known.traits = traits;
        }
    }
    Ok(())
}

pub(super) fn facts(db: &Connection, show: i64) -> rusqlite::Result<ShowFacts> {
    let persons = notes::hosts_of_show(db, show)?;
    db.prepare_cached("SELECT title, description, author, link FROM shows WHERE id = ?1")?.query_row(
        [show],
        |row| {
            Ok(ShowFacts {
                title: row.get(0)?,
                description: row.get(1)?,
                author: row.get(2)?,
                link: row.get(3)?,
                persons: persons.clone(),
            })
        },
    )
}

/// Notes with what lies beside them. Where nobody wrote down what their links are relative to, it is the episode's page,
/// else the feed.
fn load(db: &Connection, known: &Known) -> rusqlite::Result<Unread> {
    db.prepare_cached(
        "SELECT e.notes_html, e.title, coalesce(r.base_url, e.link, s.feed_url)
         FROM episodes e JOIN shows s ON s.id = e.show_id LEFT JOIN notes_readings r ON r.episode_id = e.id WHERE e.id = ?1",
    )?
    .query_row([known.episode], |row| {
        let (html, title, base_url) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Unread { html, title, base_url, traits: known.traits.clone() })
    })
}

fn rewrite(db: &Connection, episode: i64, read: &ReadNotes, base: Option<&str>) -> rusqlite::Result<()> {
    notes::forget_notes(db, episode)?;
    let text = Some(read.notes.text.as_str()).filter(|text| !text.is_empty());
    db.prepare_cached("UPDATE episodes SET notes_text = ?2 WHERE id = ?1 AND notes_text IS NOT ?2")?
        .execute(params![episode, text])?;
    write(db, episode, Some(read), base)
}

/// Writes what was read in the notes of an episode that has no such rows, and how it was read.
pub(super) fn write(
    db: &Connection,
    episode: i64,
    read: Option<&ReadNotes>,
    base: Option<&str>,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE episodes SET notes_version = ?2 WHERE id = ?1 AND notes_version IS NOT ?2")?
        .execute(params![episode, read.map(|read| read.version)])?;
    let Some(read) = read else {
        db.prepare_cached("DELETE FROM notes_readings WHERE episode_id = ?1")?.execute([episode])?;
        return Ok(());
    };
    db.prepare_cached("INSERT OR REPLACE INTO notes_readings (episode_id, base_url, traits, habits) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![episode, base, read.traits, read.habits])?;
    notes::insert(db, episode, &read.notes)
}

pub(super) fn traits(db: &Connection, show: i64, version: i64) -> rusqlite::Result<Vec<(i64, Vec<u8>)>> {
    let mut select = db.prepare_cached(
        "SELECT e.id, r.traits FROM episodes e JOIN notes_readings r ON r.episode_id = e.id
         WHERE e.show_id = ?1 AND e.notes_version = ?2",
    )?;
    let rows = select.query_map([show, version], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Found through an index of versions, so that it costs a run nothing where all is read by today's rules.
pub(super) fn outdated(db: &Connection, version: i64) -> rusqlite::Result<Vec<i64>> {
    db.prepare("SELECT DISTINCT show_id FROM episodes WHERE notes_version < ?1 ORDER BY 1")?
        .query_map([version], |row| row.get(0))?
        .collect()
}

/// What the notes of a show are relative to was its feed's whole address, too.
pub(super) fn hide_secrets(db: &Connection, show: i64) -> rusqlite::Result<()> {
    let mut of_show = db.prepare(
        "SELECT r.episode_id, r.base_url FROM notes_readings r JOIN episodes e ON e.id = r.episode_id
         WHERE e.show_id = ?1 AND r.base_url IS NOT NULL",
    )?;
    let readings: Vec<(i64, String)> =
        of_show.query_map([show], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let mut update = db.prepare("UPDATE notes_readings SET base_url = ?2 WHERE episode_id = ?1")?;
    for (episode, base) in readings {
        update.execute(params![episode, redact_text(&base)])?;
    }
    Ok(())
}

impl Archive {
    /// What the show says of itself.
    pub fn show_facts(&self, show: i64) -> Result<ShowFacts> {
        facts(&self.db, show).map_err(self.sql("read what the show says of itself"))
    }

    /// Reads notes of a show again, in one transaction. How many.
    pub fn reread(&mut self, show: i64, which: Which, reader: &mut dyn NotesReader) -> Result<u64> {
        self.write("read the notes again", |tx| settle(tx, show, reader, which))
    }

    /// What the notes of each episode tell of the habits of the show, as rules of `version` read them; by episode.
    pub fn traits(&self, show: i64, version: i64) -> Result<Vec<(i64, Vec<u8>)>> {
        traits(&self.db, show, version).map_err(self.sql("read the traits of the notes"))
    }

    /// The shows that have notes which rules older than `version` read.
    pub fn outdated(&self, version: i64) -> Result<Vec<i64>> {
        outdated(&self.db, version).map_err(self.sql("look for notes to read again"))
    }
}
