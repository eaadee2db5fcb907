//! What the configuration wants beside the audio is written there, and again when the archive knows otherwise.
//!
//! An episode is read only where the key of what is known of it has changed. Names are claimed in the books before anything is
//! written under them: what a killed run leaves is castkeep's own, and written again.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::Error;
use super::findings::Lost;
use super::rename::stem;
use super::session::{Session, Show, now};
use crate::archive::{Neighbourhood, Record, Stored, Written};
use crate::config::Beside;
use crate::download::{Content, FileState, case_blind};
use crate::export::beside;
use crate::model::Digest;

/// So many episodes are written between two entries in the books.
const BATCH: usize = 64;

/// A file to be written.
struct Draft {
    /// As its row is to be.
    row: Written,
    /// The bytes, or `None` for those of a kept file.
    bytes: Option<Vec<u8>>,
    kept: String,
}

/// Writes what is wanted beside the audio of these shows; `again` also where nothing is known to have changed.
pub(super) fn refresh(session: &mut Session, shows: &[Show], again: bool) -> Result<(), Error> {
    let mut taken = Taken::default();
    for show in shows {
        let wanted = show.config.beside.as_ref().unwrap_or(&session.config.naming.beside).clone();
        if !wanted.is_empty() && session.disk.is_none() {
            of_show(session, show, &wanted, again, &mut taken)?;
        }
    }
    Ok(())
}

/// The names that castkeep gave to files, case-blind, once they are asked for: what are two names here may be one elsewhere.
#[derive(Default)]
struct Taken(Option<HashSet<String>>);

impl Taken {
    fn has(&mut self, session: &Session, path: &str) -> Result<bool, Error> {
        if self.0.is_none() {
            let paths = session.archive.paths()?;
            self.0 = Some(paths.iter().map(|path| case_blind(&path.to_string_lossy())).collect());
        }
        Ok(self.0.as_ref().is_some_and(|taken| taken.contains(&case_blind(path))))
    }
}

fn of_show(
    session: &mut Session,
    show: &Show,
    wanted: &[Beside],
    again: bool,
    taken: &mut Taken,
) -> Result<(), Error> {
    let mut written: HashMap<i64, Vec<Written>> = HashMap::new();
    for file in session.archive.written(Some(show.row.id))? {
        written.entry(file.episode_id).or_default().push(file);
    }
    let mut drafts = Vec::new();
    let (mut episodes, mut claimed) = (0, HashSet::new());
    for place in session.archive.neighbourhoods(show.row.id)? {
        if session.is_cancelled() {
            break;
        }
        let known = written.remove(&place.episode_id).unwrap_or_default();
        let mut found = drafts_of(session, show, &place, &known, wanted, again, taken)?;
        // Two episodes with one audio: the first has what lies beside it.
        found.retain(|draft| claimed.insert(draft.row.path.clone()));
        episodes += usize::from(!found.is_empty());
        drafts.extend(found);
        if episodes >= BATCH {
            write(session, show, std::mem::take(&mut drafts))?;
            episodes = 0;
        }
    }
    write(session, show, drafts)
}

/// What is to be written for an episode.
fn drafts_of(
    session: &mut Session,
    show: &Show,
    place: &Neighbourhood,
    known: &[Written],
    wanted: &[Beside],
    again: bool,
    taken: &mut Taken,
) -> Result<Vec<Draft>, Error> {
    let (mut drafts, mut record) = (Vec::new(), None);
    for kind in wanted {
        let Some((ending, key)) = goal(*kind, place) else { continue };
        let path = format!("{}{ending}", stem(&place.audio));
        let row = known.iter().find(|file| file.kind == name(*kind) && file.path.ends_with(&ending));
        let is_done = !again && row.is_some_and(|row| row.made_from == key);
        if is_done || row.is_none() && taken.has(session, &path)? {
            continue;
        }
        if record.is_none() && matches!(kind, Beside::Json | Beside::Html) {
            record = session.archive.episode_record(place.episode_id)?;
        }
        let Some((kept, bytes)) = content(*kind, place, record.as_ref()) else { continue };
        let (sha256, size_bytes) = match (&bytes, source(*kind, place)) {
            (Some(bytes), _) => (Digest::of(bytes), bytes.len() as u64),
            (None, Some(kept)) => (kept.sha256, kept.size_bytes),
            (None, None) => continue,
        };
        let new = Written {
            id: row.map_or(0, |row| row.id),
            episode_id: place.episode_id,
            kind: name(*kind).to_owned(),
            path: row.map_or(path, |row| row.path.clone()),
            sha256,
            size_bytes,
            made_from: key,
        };
        if !is_strangers(session, &new, row)? {
            drafts.push(Draft { row: new, bytes, kept });
            continue;
        }
        warn_of_strangers(session, show, &new.path);
        if let Some(row) = row {
            // Told once, until the archive knows otherwise again.
            let told = Written { made_from: new.made_from, ..row.clone() };
            session.archive.wrote(&[told], now())?;
        }
    }
    Ok(drafts)
}

/// A file of that name with other bytes than castkeep wrote stays as it is; one with the new bytes may have been left by a crash.
fn is_strangers(session: &Session, new: &Written, row: Option<&Written>) -> Result<bool, Error> {
    for file in row.into_iter().chain([new]) {
        let state = session.store.check(Path::new(&file.path), file.size_bytes, Some(file.sha256))?;
        if !matches!(state, FileState::Damaged(_)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn warn_of_strangers(session: &mut Session, show: &Show, path: &str) {
    let message = format!("write {path}: a file that castkeep did not write is there");
    session.report.warn(&show.row.slug, message);
}

/// Claims the names, writes the files, and then says so. Of what has the right bytes already, only that is said.
fn write(session: &mut Session, show: &Show, drafts: Vec<Draft>) -> Result<(), Error> {
    let is_there = |draft: &Draft| {
        let Written { size_bytes, sha256, .. } = draft.row;
        let state = session.store.check(Path::new(&draft.row.path), size_bytes, Some(sha256));
        draft.row.id != 0 && matches!(state, Ok(FileState::Whole))
    };
    let (whole, drafts): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(is_there);
    let mut done: Vec<Written> = whole.into_iter().map(|draft| draft.row).collect();
    let rows: Vec<Written> = drafts.iter().map(|draft| draft.row.clone()).collect();
    let claimed = if rows.is_empty() { rows } else { session.archive.claim(&rows, now())? };
    let mut end = Ok(());
    for (draft, row) in drafts.iter().zip(claimed) {
        match put(session, draft) {
            Ok(true) => done.push(row),
            Ok(false) => {
                warn_of_strangers(session, show, &row.path);
                session.archive.lost_beside(&[row.id])?;
            }
            Err(error) => {
                end = Err(Error::Store(error));
                break;
            }
        }
    }
    let paths: Vec<_> = done.iter().map(|file| file.path.clone().into()).collect();
    session.store.sync(&paths)?;
    if !done.is_empty() {
        session.archive.wrote(&done, now())?;
    }
    end
}

/// Writes a file; `false` if a stranger's is there. One that has the very bytes is taken for what a crash left.
fn put(session: &Session, draft: &Draft) -> std::io::Result<bool> {
    let path = Path::new(&draft.row.path);
    let content = draft.bytes.as_deref().map_or(Content::Kept(Path::new(&draft.kept)), Content::Bytes);
    let is_written = session.store.write_beside(path, content, draft.row.id != 0)?;
    let holds = || session.store.check(path, draft.row.size_bytes, Some(draft.row.sha256));
    Ok(is_written || holds()? == FileState::Whole)
}

/// What is missing or changed of the files beside the audio of shows, by row (of all, for none); with `hashed`, each is hashed.
/// That is no damage: what is missing is written again, and what has other bytes is left to whoever wrote them.
pub(super) fn look(session: &mut Session, shows: &[i64], hashed: bool) -> Result<Vec<Lost>, Error> {
    let scope: Vec<Option<i64>> =
        if shows.is_empty() { vec![None] } else { shows.iter().map(|show| Some(*show)).collect() };
    let (mut lost, mut missing) = (Vec::new(), Vec::new());
    for show in scope {
        for file in session.archive.written(show)? {
            if session.is_cancelled() {
                break;
            }
            let sha256 = hashed.then_some(file.sha256);
            let why = match session.store.check(Path::new(&file.path), file.size_bytes, sha256)? {
                FileState::Whole => continue,
                FileState::Missing => None,
                FileState::Damaged(why) => Some(why),
            };
            if why.is_none() {
                missing.push(file.id);
            }
            // One that a killed run was about to write is nobody's loss.
            if !file.made_from.is_empty() {
                lost.push(Lost { path: file.path, owner: None, why });
            }
        }
    }
    session.archive.lost_beside(&missing)?;
    Ok(lost)
}

/// How the file is to end, and the key of what it is made from; `None` if there is nothing to make it from.
fn goal(kind: Beside, place: &Neighbourhood) -> Option<(String, String)> {
    let made = |ending: &str| Some((ending.to_owned(), key(place)));
    match kind {
        Beside::Json => made(".json"),
        Beside::Html => made(".html"),
        Beside::Cover | Beside::Transcript => {
            let kept = source(kind, place)?;
            let ending = kept.path.get(stem(&kept.path).len()..).unwrap_or_default();
            // Those two are the record and the page.
            let is_taken = kind == Beside::Transcript && matches!(ending, ".json" | ".html");
            let ending = if is_taken { format!(".transcript{ending}") } else { ending.to_owned() };
            Some((ending, kept.sha256.to_string()))
        }
    }
}

/// What is known of the episode and how that is written, in few letters.
fn key(place: &Neighbourhood) -> String {
    let cover = place.cover.as_ref().map(|cover| cover.path.as_str()).unwrap_or_default();
    let text = format!("{} {} {cover} {}", beside::VERSION, place.audio, place.key);
    Digest::of(text.as_bytes()).to_string().get(..16).unwrap_or_default().to_owned()
}

fn source(kind: Beside, place: &Neighbourhood) -> Option<&Stored> {
    match kind {
        Beside::Cover => place.cover.as_ref(),
        Beside::Transcript => place.transcript.as_ref(),
        Beside::Json | Beside::Html => None,
    }
}

/// The kept file, or the bytes.
fn content(
    kind: Beside,
    place: &Neighbourhood,
    record: Option<&Record>,
) -> Option<(String, Option<Vec<u8>>)> {
    let made = |bytes| Some((String::new(), Some(bytes)));
    match kind {
        Beside::Json => made(beside::json(record?)),
        Beside::Html => {
            let audio = place.audio.rsplit('/').next().unwrap_or_default();
            let cover = place.cover.as_ref().and_then(|cover| beside_of(&cover.path, &place.audio));
            made(beside::html(record?, audio, cover))
        }
        Beside::Cover | Beside::Transcript => Some((source(kind, place)?.path.clone(), None)),
    }
}

/// The name of a file in the same folder as the audio; `None` if it is elsewhere.
fn beside_of<'p>(path: &'p str, audio: &str) -> Option<&'p str> {
    let (folder, name) = path.rsplit_once('/')?;
    (audio.rsplit_once('/')?.0 == folder).then_some(name)
}

fn name(kind: Beside) -> &'static str {
    match kind {
        Beside::Json => "json",
        Beside::Html => "html",
        Beside::Cover => "cover",
        Beside::Transcript => "transcript",
    }
}
