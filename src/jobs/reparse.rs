//! `reparse`: all that castkeep reads in notes and in captured files is read again from what is stored. It asks nobody.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::habits::Reader;
use super::inspect::{Inspected, inspect};
use super::session::{Manner, Session};
use super::{Error, beside};
use crate::archive::{self, Kept, ShowRow, Which};
use crate::config::Config;
use crate::download::{Failure, FileState};
use crate::notes;
use crate::report::Run;

/// What `reparse` did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reparsed {
    /// Shows, be they in the configuration or not.
    pub shows: u64,
    /// Episodes whose notes were read.
    pub episodes: u64,
    /// Which rules read them.
    pub notes_version: i64,
    /// Captured files that were measured and read.
    pub files: u64,
}

/// Runs it for the shows named by slug; for all if none is.
pub fn reparse(config: Config, names: &[String], manner: Manner) -> Result<(Run, Reparsed), Error> {
    let folder = &config.archive.directory;
    if !folder.join("archive.db").exists() {
        return Err(archive::Error::Absent(folder.clone()).into());
    }
    let mut session = Session::open(config, "reparse", manner)?;
    let mut done = Reparsed { notes_version: notes::VERSION, ..Reparsed::default() };
    let end = run(&mut session, names, &mut done);
    Ok((session.close(end)?, done))
}

fn run(session: &mut Session, names: &[String], done: &mut Reparsed) -> Result<(), Error> {
    let mut shows = session.archive.all_shows()?;
    if let Some(name) = names.iter().find(|name| !shows.iter().any(|show| show.slug == **name)) {
        let known = shows.into_iter().map(|show| show.slug).collect();
        return Err(Error::UnknownShow { name: name.clone(), known });
    }
    shows.retain(|show| names.is_empty() || names.contains(&show.slug));
    session.run_id()?;
    let ids: Vec<i64> = shows.iter().map(|show: &ShowRow| show.id).collect();
    (done.shows, done.episodes) = read_again(session, &ids, Which::All)?;
    for show in shows {
        done.files += look_again(session, &show)?;
    }
    let mut followed = session.shows(&[])?;
    followed.retain(|show| ids.contains(&show.row.id));
    beside::refresh(session, &followed, true)
}

/// Measures and reads what was captured of a show; how many files. One that can't be read any more keeps what was found in it.
fn look_again(session: &mut Session, show: &ShowRow) -> Result<u64, Error> {
    let kept = session.archive.kept(show.id)?;
    let bar = session.manner.progress.count("files read again", kept.len() as u64);
    let mut count = 0;
    for kept in kept {
        if session.is_cancelled() {
            break;
        }
        let found = reachable(session, &kept)
            .and_then(|path| inspect(&path, &kept.wanted, kept.content_type.as_deref()));
        match found {
            Ok(found) => {
                let Inspected { duration_seconds, bitrate, content, .. } = found;
                session.archive.measured(&kept, duration_seconds, bitrate, &content)?;
                count += 1;
            }
            Err(failure) => session.report.fail(&show.slug, format!("read {}: {failure}", kept.path)),
        }
        bar.step();
    }
    Ok(count)
}

/// The file of a resource, unless a link leads elsewhere from its place.
fn reachable(session: &Session, kept: &Kept) -> Result<PathBuf, Failure> {
    let path = Path::new(&kept.path);
    match session.store.check(path, kept.size_bytes, None) {
        Ok(FileState::Whole) => Ok(session.archive.root().join(path)),
        Ok(FileState::Missing) => Err(Failure::not_wanted("it is missing")),
        Ok(FileState::Damaged(why)) => Err(Failure::not_wanted(why)),
        Err(error) => Err(Failure::io("look", &error)),
    }
}

/// Reads again what older rules read; what every run that writes does first, so that the archive speaks with one voice.
pub(super) fn catch_up(session: &mut Session) -> Result<(), Error> {
    let outdated = session.archive.outdated(notes::VERSION)?;
    if !outdated.is_empty() {
        session.run_id()?;
        read_again(session, &outdated, Which::Stale)?;
    }
    Ok(())
}

/// A show is read again whole or not at all: an interrupt takes effect between two. How many shows and episodes were.
fn read_again(session: &mut Session, shows: &[i64], which: Which) -> Result<(u64, u64), Error> {
    let bar = session.manner.progress.count("shows whose notes are read again", shows.len() as u64);
    let (mut count, mut episodes) = (0, 0);
    for show in shows {
        if session.is_cancelled() {
            break;
        }
        episodes += session.archive.reread(*show, which, &mut Reader::default())?;
        count += 1;
        bar.step();
    }
    Ok((count, episodes))
}
