//! Names are given: what is about to happen is written down first, then it happens, then it is written down that it did.

use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::company::Company;
use crate::archive::{Archive, Rename, Subject};
use crate::download::{Shifted, Store};
use crate::jobs::Error;
use crate::jobs::session::now;

/// What came of renames.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Those that happened.
    pub(super) done: Vec<Rename>,
    /// Those that did not, and why.
    pub(super) dropped: Vec<(Rename, String)>,
    /// What stopped it: no further one can do better.
    pub(super) stopped: Option<io::Error>,
}

/// Gives the names of a batch.
pub(super) fn perform(
    archive: &mut Archive,
    store: &Store,
    run: i64,
    batch: &[Rename],
    company: &mut Company,
) -> Result<Outcome, Error> {
    let intended = archive.intend(run, batch, now())?;
    record(archive, store, shift(store, intended, company, Outcome::default()))
}

/// Gives names, one after the other. What lies beside audio that keeps its name keeps its own, and nothing is said of it.
pub(super) fn shift(
    store: &Store,
    renames: Vec<Rename>,
    company: &mut Company,
    mut outcome: Outcome,
) -> Outcome {
    for rename in renames {
        if outcome.stopped.is_some() {
            outcome.dropped.push((rename, "the run had to stop before".to_owned()));
            continue;
        }
        if company.must_stay(rename.subject) {
            outcome.dropped.push((rename, String::new()));
            continue;
        }
        let subject = rename.subject;
        match store.shift(Path::new(&rename.old_path), Path::new(&rename.new_path)) {
            Ok(Shifted::Done) => outcome.done.push(rename),
            Ok(Shifted::Absent) => outcome.dropped.push((rename, "it is missing".to_owned())),
            Ok(Shifted::Taken) => {
                let why = format!("another file is at {} now", rename.new_path);
                outcome.dropped.push((rename, why));
            }
            Err(error) => {
                outcome.dropped.push((rename, error.to_string()));
                outcome.stopped = Some(error).filter(|error| !is_of_one_file(error.kind()));
            }
        }
        if outcome.dropped.last().is_some_and(|(dropped, _)| dropped.subject == subject) {
            company.note_stuck(subject);
        }
    }
    go_back(store, &mut outcome);
    outcome
}

/// What stands in the way of one file, and of no other.
fn is_of_one_file(kind: ErrorKind) -> bool {
    use ErrorKind::{
        AlreadyExists, CrossesDevices, InvalidFilename, InvalidInput, IsADirectory, NotADirectory,
    };
    matches!(
        kind,
        AlreadyExists | CrossesDevices | InvalidFilename | InvalidInput | IsADirectory | NotADirectory
    )
}

/// A file that went aside and could not come back from there gets its old name again, if that is free still.
fn go_back(store: &Store, outcome: &mut Outcome) {
    let stranded: HashSet<(Subject, String)> =
        outcome.dropped.iter().map(|(rename, _)| (rename.subject, rename.old_path.clone())).collect();
    for rename in std::mem::take(&mut outcome.done) {
        let is_stranded = stranded.contains(&(rename.subject, rename.new_path.clone()));
        let (aside, old) = (Path::new(&rename.new_path), Path::new(&rename.old_path));
        if is_stranded && matches!(store.shift(aside, old), Ok(Shifted::Done)) {
            outcome.dropped.push((rename, String::new()));
        } else {
            outcome.done.push(rename);
        }
    }
}

/// Writes down what came of it, once that lasts.
pub(super) fn record(archive: &mut Archive, store: &Store, outcome: Outcome) -> Result<Outcome, Error> {
    let paths = outcome.done.iter().flat_map(|rename| [&rename.old_path, &rename.new_path]);
    let paths: Vec<PathBuf> = paths.map(PathBuf::from).collect();
    store.sync(&paths)?;
    let dropped: Vec<Rename> = outcome.dropped.iter().map(|(rename, _)| rename.clone()).collect();
    archive.renamed(&outcome.done, &dropped, now())?;
    store.remove_empty_folders(outcome.done.iter().map(|rename| Path::new(rename.old_path.as_str())));
    Ok(outcome)
}
