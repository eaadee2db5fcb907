//! `adopt`: audio that another program downloaded comes into the archive, without being downloaded or kept twice.
//!
//! ```text
//! walk:    what lies in the folder, and which databases and lists
//! clues:   what each file tells of itself
//! compare: what speaks for an episode and against it, with points
//! judge:   which episode it is, if one is clear; twice, since neighbours tell of one another
//! settle:  two files for one episode
//! take:    hashed, judged, linked or copied in, named, recorded
//! leave:   what stays outside is listed, with why
//! ```
//! A file that may be something else is listed and left alone: a wrong match is worse than none.

mod books;
mod by_hand;
mod clock;
mod clues;
mod compare;
mod fold;
mod foreign;
mod head;
mod judge;
mod judged;
mod known;
mod leave;
mod own;
mod place;
mod serial;
mod settle;
mod still;
mod take;
mod walk;
mod weight;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Error;
use super::session::{Manner, Session};
use crate::archive::{self, Program};
use crate::config::Config;
use crate::download::Take;
use crate::report::Run;
use books::Books;
use clock::Clocks;
use clues::Asked;
use foreign::Memory;
use judged::{Against, Judged};
use known::Known;
use own::Own;
use walk::{Walked, walk};

pub use judge::Evidence;
pub use still::Still;

/// What `adopt` is to do.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A folder, or one file.
    pub from: PathBuf,
    /// All of it is of this show, by its slug.
    pub show: Option<String>,
    /// The program whose files they are; any, if none.
    pub program: Option<Program>,
    /// Its database or list; those that are found, if none.
    pub database: Option<PathBuf>,
    /// Only tells what would be done.
    pub dry_run: bool,
    /// Removes what was adopted from where it was found.
    pub moves: bool,
    /// How files come in.
    pub take: Take,
    /// The one file is this episode's.
    pub as_episode: Option<i64>,
}

/// What became of the files.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Adopted {
    /// Nothing was changed: this is what would be.
    pub dry_run: bool,
    /// A show each, by its slug.
    pub shows: Vec<ShowCount>,
    /// Files that came in.
    pub adopted: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Files whose bytes the archive has.
    pub here: u64,
    /// Files that may be something else.
    pub doubtful: Vec<Doubt>,
    /// Files of which nothing tells what they are.
    pub unmatched: Vec<Doubt>,
    /// Files that are no audio, though their names say so.
    pub rejected: Vec<Doubt>,
    /// Files that could not be read.
    pub unread: Vec<String>,
    /// What was not looked at: links, downloads that did not end.
    pub left: Vec<String>,
    /// Files that are nothing of ours: pictures, notes.
    pub other: u64,
    /// What `sync` would download of the doubtful files' episodes.
    pub still_to_download: Still,
    /// What came in, where from and how it was told; for `--json`.
    pub files: Vec<Taken>,
}

impl Adopted {
    /// Whether some audio stayed outside.
    pub fn has_open(&self) -> bool {
        !(self.doubtful.is_empty() && self.unmatched.is_empty() && self.rejected.is_empty())
    }
}

/// The counts of a show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShowCount {
    /// Its short name.
    pub show: String,
    /// Files that came in.
    pub adopted: u64,
    /// Files whose bytes the archive has.
    pub here: u64,
    /// Files that may be its episodes.
    pub doubtful: u64,
}

/// A file that did not come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// Where it is.
    pub path: String,
    /// The short name of the show that is likeliest.
    pub show: Option<String>,
    /// The title of the episode that is likeliest.
    pub title: Option<String>,
    /// What names that episode in commands.
    pub episode: Option<String>,
    /// Why it did not come in; what differs from file to file stands after a colon.
    pub why: String,
    /// It fits, but nothing says that it is of this show: `--show` does.
    pub needs_show: bool,
    /// What was compared.
    pub evidence: Vec<Evidence>,
}

/// A file that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Where it was found.
    pub path: String,
    /// The show.
    pub show: String,
    /// The episode.
    pub title: Option<String>,
    /// Where it is in the archive; `None` if this was only tried.
    pub kept: Option<String>,
    /// Whose it was.
    pub program: &'static str,
    /// What told.
    pub evidence: Vec<Evidence>,
}

/// Runs it.
pub async fn adopt(config: Config, request: Request, manner: Manner) -> Result<(Run, Adopted), Error> {
    // No host is asked for anything, and what is done here waits for nothing but the disk.
    let work = tokio::task::spawn_blocking(move || run(&config, &request, manner));
    work.await.map_err(|error| Error::Store(std::io::Error::other(error)))?
}

fn run(config: &Config, request: &Request, manner: Manner) -> Result<(Run, Adopted), Error> {
    let from = request.from.canonicalize().map_err(|error| Error::Folder(request.from.clone(), error))?;
    let open = if request.dry_run { Session::look } else { Session::open };
    let mut session = open(config.clone(), "adopt", manner).map_err(|error| match error {
        Error::Archive(archive::Error::Absent(_)) => Error::NoEpisodes,
        error => error,
    })?;
    let mut adopted = Adopted { dry_run: request.dry_run, ..Adopted::default() };
    let mut doubted = HashSet::new();
    let end = work(&mut session, request, &from, &mut adopted).map(|left| doubted = left);
    let run = session.close(end)?;
    adopted.still_to_download = still::still(config, &doubted);
    Ok((run, adopted))
}

/// The audio that may be had of files that stayed doubtful: shows and addresses.
fn work(
    session: &mut Session,
    request: &Request,
    from: &Path,
    adopted: &mut Adopted,
) -> Result<HashSet<(String, String)>, Error> {
    // The templates of shows are known by then.
    if !request.dry_run {
        session.shows(&[])?;
    }
    let known = Known::new(session.archive.adoptable_shows()?, session.archive.adoptable()?);
    if known.episodes.is_empty() {
        return Err(Error::NoEpisodes);
    }
    let asked = asked(&known, request)?;
    let root = session.archive.root().to_owned();
    let own = Own::of(&root);
    // A second mount of the archive's own folders is these folders: what lies there is at home.
    let from = own.known_as(from);
    let from = from.as_path();
    // What the archive has is not found in it, unless it was asked for.
    let except = (!from.starts_with(&root)).then_some((root.as_path(), &own));
    let walked = walk(from, except).map_err(|error| Error::Folder(from.to_owned(), error))?;
    let memory = remember(session, request, from, &walked)?;
    let mut books = Books::open(session, request, &known, &own)?;
    adopted.left.extend(walked.left);
    adopted.unread.extend(walked.unread);
    adopted.other = walked.other;
    if let Some(episode) = request.as_episode {
        let judged = by_hand::judged(&known, &walked.media, episode)?;
        books.take_all(session, judged, adopted)?;
        return Ok(HashSet::new());
    }
    let media = books.without_known(session, walked.media, adopted);
    let clocks = match request.program {
        Some(Program::PodcastArchiver) => Clocks::UTC,
        _ => Clocks::ANY,
    };
    let against = Against { known: &known, memory: &memory, from, clocks };
    let judged = judged::all(session, against, media, books.sightings(from), asked, &mut adopted.unread);
    if session.is_cancelled() {
        return Ok(HashSet::new());
    }
    let judged = settle::settle(&known, judged);
    let likeliest = still::likeliest(&judged);
    books.take_all(session, judged, adopted)?;
    Ok(still::doubted(&known, &likeliest, adopted))
}

/// The place of the show that was asked for.
fn asked(known: &Known, request: &Request) -> Result<Option<Asked>, Error> {
    let Some(slug) = &request.show else { return Ok(None) };
    let place = known.shows.iter().position(|show| show.slug == *slug);
    place.map(|show| Some(Asked { show, how: "--show" })).ok_or_else(|| Error::UnknownShow {
        name: slug.clone(),
        known: known.shows.iter().map(|show| show.slug.clone()).collect(),
    })
}

/// What databases and lists say: the one that was named, else those in the folder and right above it, else those that a program
/// named keeps at home.
fn remember(session: &mut Session, request: &Request, from: &Path, walked: &Walked) -> Result<Memory, Error> {
    let mut memory = Memory::default();
    if let Some(path) = &request.database {
        let is_list = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let read =
            if is_list { memory.list(path, true).map(drop) } else { memory.database(path, None).map(drop) };
        return read.map(|()| memory).map_err(Error::Foreign);
    }
    if request.program == Some(Program::Folder) {
        return Ok(memory);
    }
    let wants = |program: Program| request.program.is_none_or(|wanted| wanted == program);
    let mut databases = walked.databases.clone();
    let above = from
        .parent()
        .into_iter()
        .flat_map(|above| [above.join("Database"), above.join("podcast-archiver.db")]);
    databases.extend(above.filter(|path| path.is_file()));
    let mut has_found = false;
    for path in &databases {
        let is_wanted = if path.ends_with("Database") {
            wants(Program::GPodder)
        } else {
            wants(Program::PodcastArchiver)
        };
        if is_wanted {
            let below = path.parent().map(Path::to_owned);
            has_found |= note(session, memory.database(path, below).map(drop));
        }
    }
    for path in walked.lists.iter().filter(|_| wants(Program::PodcastDl)) {
        has_found |= note(session, memory.list(path, false).map(drop));
    }
    if let Some(path) = request.program.filter(|_| !has_found).and_then(foreign::at_home) {
        note(session, memory.database(&path, None).map(drop));
    }
    Ok(memory)
}

/// A database that is of no use is a failure, and the files are told by the rest.
fn note(session: &mut Session, read: Result<(), String>) -> bool {
    match read {
        Ok(()) => true,
        Err(message) => {
            session.report.fail(
                "adopt",
                format!("{message}; what it knows is not used, files are told by their names"),
            );
            false
        }
    }
}
