//! `verify`: the database is checked, and every file looked at, hashed anew and held against its row.
//!
//! A database that is damaged is not written to, so that what is left of it stays as it is.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use super::findings::{Findings, Lost};
use super::refetch::refetch;
use super::repair::repair;
use super::session::{Manner, Session, now};
use super::{Error, beside};
use crate::archive::{self, Archive, Depth, FileRow, Reader};
use crate::config::Config;
use crate::download::{FileState, Store};
use crate::report::{Outcome, Run};

/// Which files are hashed, rather than only looked at. Those that were missing or damaged when last seen always are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Hashed {
    /// All of them.
    #[default]
    All,
    /// None but those.
    None,
    /// So many in a hundred, those first that were never hashed since they were stored, then those of the longest ago.
    Percent(f64),
}

/// What `verify` is to do.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Slugs; all shows if empty.
    pub shows: Vec<String>,
    /// Which files are hashed. With `All`, the database is looked at closely, too.
    pub hashed: Hashed,
    /// Fetches again what is missing or damaged.
    pub repair: bool,
    /// Fetches again what was hashed and is whole, to see whether its host still serves the same.
    pub refetch: bool,
}

/// Runs it.
pub async fn verify(config: Config, request: Request, manner: Manner) -> Result<(Run, Findings), Error> {
    let folder = &config.archive.directory;
    if !folder.join("archive.db").exists() {
        return Err(archive::Error::Absent(folder.clone()).into());
    }
    let mut findings = Findings { database: database(folder, &request, &manner)?, ..Findings::default() };
    if !findings.database.is_empty() {
        let run = only_look(folder, &request, &manner, &mut findings)?;
        return Ok((run, findings));
    }
    let mut session = match Session::open(config.clone(), "verify", manner.clone()) {
        // What can't be written to can be proved all the same; that it was is written down nowhere.
        Err(error) if error.is_read_only() && !request.repair && !request.refetch => {
            let run = only_look(folder, &request, &manner, &mut findings)?;
            return Ok((run, findings));
        }
        // A reader may get along with what stops a writer.
        Err(Error::Archive(error)) if error.is_damage() => {
            findings.database.push(described(&error));
            let run = only_look(folder, &request, &manner, &mut findings)?;
            return Ok((run, findings));
        }
        opened => opened?,
    };
    let end = run(&mut session, &request, &mut findings).await;
    Ok((session.close(end)?, findings))
}

/// What is wrong with the database.
fn database(folder: &Path, request: &Request, manner: &Manner) -> Result<Vec<String>, Error> {
    let reader = match Reader::open(folder) {
        Ok(reader) => reader,
        Err(error) if error.is_damage() => return Ok(vec![described(&error)]),
        Err(error) => return Err(error.into()),
    };
    let depth = if request.hashed == Hashed::All { Depth::Full } else { Depth::Quick };
    let mut found = reader.integrity(depth);
    let unread = [reader.status().err(), reader.files(None).err()];
    found.extend(
        unread.into_iter().flatten().filter(archive::Error::is_damage).map(|error| described(&error)),
    );
    if depth == Depth::Full {
        found.extend(reader.broken_documents(&|| !manner.cancel.is_cancelled()));
    }
    Ok(found)
}

fn described(error: &archive::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// The files of an archive that is not to be written to: it can't be, or its database is damaged and names what it still names.
fn only_look(
    folder: &Path,
    request: &Request,
    manner: &Manner,
    findings: &mut Findings,
) -> Result<Run, Error> {
    let store = Store::open_existing(folder)?;
    let list = Reader::open(folder).map_err(Error::from).and_then(|reader| {
        let find = |name: &str| Ok(reader.find_show(name)?.map(|show| show.id));
        let known = || reader.slugs();
        let files = files(&request.shows, &find, &|show| reader.files(show), &known)?;
        Ok((reader, files))
    });
    match list {
        Ok((reader, files)) => {
            look(&mut Books::Closed(&reader), &store, &files, request.hashed, manner, findings)?;
        }
        Err(Error::Archive(error)) if error.is_damage() => {
            let what = described(&error);
            if !findings.database.contains(&what) {
                findings.database.push(what);
            }
        }
        Err(error) => return Err(error),
    }
    let outcome = if manner.cancel.is_cancelled() { Outcome::Interrupted } else { Outcome::Ok };
    Ok(Run { outcome, ..Run::default() })
}

async fn run(session: &mut Session, request: &Request, findings: &mut Findings) -> Result<(), Error> {
    let shows = session.shows(&[])?;
    let archive = &session.archive;
    let find = |name: &str| Ok(archive.find_show(name)?.map(|show| show.id));
    let known = || Ok(archive.all_shows()?.into_iter().map(|show| show.slug).collect());
    let files = files(&request.shows, &find, &|show| archive.files(show), &known)?;
    if request.hashed == Hashed::All {
        findings.database = session.archive.differing_texts()?;
    }
    session.run_id()?;
    let mut books = Books::Open(&mut session.archive);
    let looked = look(&mut books, &session.store, &files, request.hashed, &session.manner, findings)?;
    let named = request.shows.iter().filter_map(|name| Some(session.archive.find_show(name).ok()??.id));
    let named: Vec<i64> = named.collect();
    findings.beside = beside::look(session, &named, request.hashed == Hashed::All)?;
    if request.shows.is_empty() && !session.is_cancelled() {
        let known = session.archive.paths()?;
        findings.strays =
            session.store.strays(&known)?.iter().map(|path| path.display().to_string()).collect();
    }
    if request.repair {
        repair(session, &shows, &looked.broken, findings).await?;
    }
    if request.refetch {
        refetch(session, &shows, &looked.hashed, findings).await?;
    }
    Ok(())
}

/// The files of the shows that are named, or all: of any show in the archive, also of one that is no longer followed.
fn files(
    names: &[String],
    find: &dyn Fn(&str) -> archive::Result<Option<i64>>,
    list: &dyn Fn(Option<i64>) -> archive::Result<Vec<FileRow>>,
    known: &dyn Fn() -> archive::Result<Vec<String>>,
) -> Result<Vec<FileRow>, Error> {
    if names.is_empty() {
        return Ok(list(None)?);
    }
    let (mut files, mut seen) = (Vec::new(), BTreeSet::new());
    for name in names {
        let Some(show) = find(name)? else {
            return Err(Error::UnknownShow { name: name.clone(), known: known()? });
        };
        files.extend(list(Some(show))?);
    }
    files.retain(|file| seen.insert(file.id));
    Ok(files)
}

/// Where it is written down what was seen; nowhere, if the database is damaged.
enum Books<'a> {
    Open(&'a mut Archive),
    Closed(&'a Reader),
}

impl Books<'_> {
    fn owner(&self, file: i64) -> Option<String> {
        let owner = match self {
            Self::Open(archive) => archive.owner(file),
            Self::Closed(reader) => reader.owner(file),
        };
        // Whose it is is a courtesy; that it is lost must be told.
        owner.ok().flatten()
    }

    fn write(&mut self, seen: &[(i64, &'static str)]) -> archive::Result<()> {
        match self {
            Self::Open(archive) if !seen.is_empty() => archive.verified(seen, now()),
            _ => Ok(()),
        }
    }
}

/// Files that were looked at.
#[derive(Default)]
struct Looked {
    /// Missing or damaged.
    broken: Vec<FileRow>,
    /// Hashed, and whole.
    hashed: Vec<FileRow>,
}

/// Looks at the files, and hashes those that are to be hashed.
fn look(
    books: &mut Books<'_>,
    store: &Store,
    files: &[FileRow],
    hashed: Hashed,
    manner: &Manner,
    findings: &mut Findings,
) -> Result<Looked, Error> {
    let hashed = chosen(files, hashed);
    let bar = manner.progress.count("files verified", files.len() as u64);
    let mut looked = Looked::default();
    for some in files.chunks(32) {
        let mut seen = Vec::new();
        for file in some {
            if manner.cancel.is_cancelled() {
                break;
            }
            let sha256 = hashed.contains(&file.id).then_some(file.sha256);
            let state = store.check(Path::new(&file.path), file.size_bytes, sha256)?;
            seen.extend(remember(file, &state, sha256.is_some()));
            match (&state, sha256) {
                (FileState::Whole, Some(_)) => looked.hashed.push(file.clone()),
                (FileState::Whole, None) => {}
                _ => looked.broken.push(file.clone()),
            }
            findings.add(file, state, sha256.is_some(), &|| books.owner(file.id));
            bar.step();
        }
        books.write(&seen)?;
    }
    Ok(looked)
}

/// The files to hash, by row.
fn chosen(files: &[FileRow], hashed: Hashed) -> HashSet<i64> {
    let share = match hashed {
        Hashed::All => 1.0,
        Hashed::None => 0.0,
        Hashed::Percent(percent) => percent / 100.0,
    };
    let mut present: Vec<&FileRow> = files.iter().filter(|file| file.state == "present").collect();
    present.sort_by_key(|file| (file.verified_at, file.id));
    // A part of a file counts as one: a share that is done so many times must have met all.
    let count = (present.len() as f64 * share).ceil() as usize;
    let suspects = files.iter().filter(|file| file.state != "present");
    suspects.chain(present.into_iter().take(count)).map(|file| file.id).collect()
}

/// What is to be written down of a file: that it is whole says only who has hashed it.
fn remember(file: &FileRow, state: &FileState, hashed: bool) -> Option<(i64, &'static str)> {
    match state {
        FileState::Whole => hashed.then_some((file.id, "present")),
        FileState::Missing => Some((file.id, "missing")),
        FileState::Damaged(_) => Some((file.id, "damaged")),
    }
}

impl Findings {
    fn add(&mut self, file: &FileRow, state: FileState, hashed: bool, owner: &dyn Fn() -> Option<String>) {
        let lost = |why| Lost { path: file.path.clone(), owner: owner(), why };
        match state {
            FileState::Missing => self.missing.push(lost(None)),
            FileState::Damaged(why) => self.damaged.push(lost(Some(why))),
            FileState::Whole => {
                self.whole += 1;
                self.bytes += file.size_bytes;
                self.hashed += u64::from(hashed);
                self.hashed_bytes += if hashed { file.size_bytes } else { 0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;

    fn file(id: i64, verified_at: Option<&str>, state: &str) -> FileRow {
        FileRow {
            id,
            sha256: Digest::of(b""),
            size_bytes: 0,
            path: id.to_string(),
            state: state.to_owned(),
            verified_at: verified_at.map(|at| at.parse().unwrap()),
        }
    }

    #[test]
    fn a_share_takes_the_never_verified_first_and_suspects_always() {
        let files = [
            file(1, Some("2026-01-02T00:00:00Z"), "present"),
            file(2, Some("2026-01-01T00:00:00Z"), "present"),
            file(3, None, "present"),
            file(4, Some("2025-01-01T00:00:00Z"), "damaged"),
            file(5, Some("2026-01-01T00:00:00Z"), "present"),
        ];
        let chosen = |hashed| {
            let mut ids: Vec<_> = chosen(&files, hashed).into_iter().collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(chosen(Hashed::None), [4]);
        assert_eq!(chosen(Hashed::Percent(0.5)), [3, 4]);
        assert_eq!(chosen(Hashed::Percent(50.0)), [2, 3, 4]);
        assert_eq!(chosen(Hashed::Percent(51.0)), [2, 3, 4, 5]);
        assert_eq!(chosen(Hashed::Percent(100.0)), [1, 2, 3, 4, 5]);
        assert_eq!(chosen(Hashed::All), [1, 2, 3, 4, 5]);
    }
}
