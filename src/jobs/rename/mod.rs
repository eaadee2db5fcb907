//! `rename`: files get the names that a template says, and undo is the same with the old one.
//!
//! What is about to happen is in `renames` before it does, a batch at a time: whatever writes to the archive next finishes what a
//! killed run began. A file is never put where another is.

mod assign;
mod company;
mod order;
mod perform;
mod plan;
mod recover;

use std::collections::HashMap;

use super::naming::Templates;
use super::session::{Manner, Session, Show, configured};
use super::{Error, beside};
use crate::archive::{self, Names, Reader, Rename, ShowRow, Subject};
use crate::config::Config;
use crate::download::{Store, Template};
use crate::http::Scope;
use crate::report::Run;

pub(super) use plan::stem;
use plan::{Plan, plan};
pub(super) use recover::recover;

/// What `rename` is to do.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// How files are to be called; `None`: as the configuration says.
    pub to: Option<Template>,
    /// Slugs; all shows if empty.
    pub shows: Vec<String>,
}

/// What `rename` did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renamed {
    /// Files that have another name now.
    pub files: u64,
    /// Files beside the audio that moved along.
    pub beside: u64,
    /// The configuration would call new files of these shows otherwise.
    pub differs: bool,
}

/// What `rename` would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Old and new paths, relative to the archive, by old path.
    pub moves: Vec<(String, String)>,
    /// Files that would keep a name that does not fit: show, path, why.
    pub kept: Vec<(String, String, String)>,
}

/// So many files get their names between two entries in the books.
const BATCH: usize = 200;

/// Runs it.
pub fn rename(config: Config, request: &Request, manner: Manner) -> Result<(Run, Renamed), Error> {
    let folder = &config.archive.directory;
    if !folder.join("archive.db").exists() {
        return Err(archive::Error::Absent(folder.clone()).into());
    }
    let mut session = Session::open(config, "rename", manner)?;
    let mut renamed = Renamed::default();
    let end = run(&mut session, request, &mut renamed);
    Ok((session.close(end)?, renamed))
}

fn run(session: &mut Session, request: &Request, renamed: &mut Renamed) -> Result<(), Error> {
    let followed = session.shows(&[])?;
    let shows = meant(&session.archive.all_shows()?, &request.shows)?;
    let templates = request.to.clone().map_or_else(|| session.templates.clone(), Templates::one);
    renamed.differs = shows.iter().any(|show| templates.of(*show) != session.templates.of(*show));
    let names = session.archive.names()?;
    let chosen: &[i64] = if request.shows.is_empty() { &[] } else { &shows };
    let Plan { moves, kept } = plan(&names, chosen, &templates, &session.store)?;
    for (show, path, why) in kept {
        session.report.fail(&show, format!("rename {path}: {why}; it keeps its name"));
    }
    let owners = owners(&names);
    let mut company = company::Company::of(&names);
    let bar = session.manner.progress.count("files renamed", moves.len() as u64);
    for batch in batches(order::order(&moves)) {
        if session.is_cancelled() {
            break;
        }
        let run = session.run_id()?;
        let outcome = perform::perform(&mut session.archive, &session.store, run, &batch, &mut company)?;
        for rename in &outcome.done {
            bar.step();
            count(renamed, rename);
        }
        if let Some(error) = outcome.stopped {
            return Err(error.into());
        }
        for (rename, why) in outcome.dropped.into_iter().filter(|(_, why)| !why.is_empty()) {
            let show = owners.get(&rename.subject).copied().unwrap_or_default();
            session.report.fail(show, format!("rename {}: {why}; it keeps its name", rename.old_path));
        }
    }
    // What was written beside the audio tells where that is.
    beside::refresh(session, &followed, false)
}

/// Tells what it would do. Asks nobody and writes nothing.
pub fn preview(config: &Config, request: &Request) -> Result<Preview, Error> {
    let reader = Reader::open(&config.archive.directory)?;
    let store = Store::open_existing(reader.root())?;
    let templates = match &request.to {
        Some(template) => Templates::one(template.clone()),
        None => configured_templates(config, &reader)?,
    };
    let shows = meant(&reader.rows()?, &request.shows)?;
    let chosen: &[i64] = if request.shows.is_empty() { &[] } else { &shows };
    let Plan { moves, kept } = plan(&reader.names()?, chosen, &templates, &store)?;
    let mut moves: Vec<(String, String)> = moves.into_iter().map(|step| (step.from, step.to)).collect();
    moves.sort();
    Ok(Preview { moves, kept })
}

/// The templates of the shows that are in the archive already.
fn configured_templates(config: &Config, reader: &Reader) -> Result<Templates, Error> {
    let mut templates = Templates::new(config);
    for (show, configured) in config.shows.iter().zip(configured(config)) {
        if let Some(row) = reader.show(&configured)? {
            templates.add(&[Show { row, config: show.clone(), scope: Scope::public() }]);
        }
    }
    Ok(templates)
}

/// The rows of the shows that are named, be they in the configuration or not; of all if none is.
fn meant(all: &[ShowRow], names: &[String]) -> Result<Vec<i64>, Error> {
    if let Some(name) = names.iter().find(|name| !all.iter().any(|show| show.slug == **name)) {
        let known = all.iter().map(|show| show.slug.clone()).collect();
        return Err(Error::UnknownShow { name: name.clone(), known });
    }
    Ok(all.iter().filter(|show| names.is_empty() || names.contains(&show.slug)).map(|show| show.id).collect())
}

/// The show of each file, for people.
fn owners(names: &Names) -> HashMap<Subject, &str> {
    let files = names.files.iter();
    let files = files.filter_map(|file| Some((Subject::File(file.id), file.named.as_ref()?.show.as_str())));
    let beside = names.sidecars.iter().map(|file| (Subject::Sidecar(file.id), file.show.as_str()));
    files.chain(beside).collect()
}

/// Groups stay whole: between two batches no file is aside.
fn batches(groups: Vec<Vec<Rename>>) -> Vec<Vec<Rename>> {
    let mut batches: Vec<Vec<Rename>> = Vec::new();
    for group in groups {
        match batches.last_mut().filter(|batch| batch.len() < BATCH) {
            Some(batch) => batch.extend(group),
            None => batches.push(group),
        }
    }
    batches
}

/// A step aside is none that counts.
fn count(renamed: &mut Renamed, rename: &Rename) {
    match rename.subject {
        _ if order::is_aside(&rename.new_path) => {}
        Subject::File(_) => renamed.files += 1,
        Subject::Sidecar(_) => renamed.beside += 1,
    }
}
