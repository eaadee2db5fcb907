//! What a killed run was about to rename is finished, or forgotten where that can't be done any more.
//!
//! Names tell how far it came: of a row of files that each take the next one's place, one name is always free. Of a ring, all
//! names are there before and after, so that the bytes have to tell.

use std::collections::HashMap;
use std::path::Path;

use super::company::Company;
use super::perform::{Outcome, record, shift};
use crate::archive::{Archive, Intended};
use crate::download::{FileState, Store};
use crate::jobs::Error;

/// Whatever writes to the archive does this first.
pub(in crate::jobs) fn recover(archive: &mut Archive, store: &Store) -> Result<(), Error> {
    let intended = archive.intended()?;
    if intended.is_empty() {
        return Ok(());
    }
    let mut outcome = Outcome::default();
    let mut open = Vec::new();
    for (step, is_done) in intended.iter().zip(progress(&intended, store)) {
        let list = if is_done { &mut outcome.done } else { &mut open };
        list.push(step.rename.clone());
    }
    let mut company = Company::of(&archive.names()?);
    record(archive, store, shift(store, open, &mut company, outcome))?;
    Ok(())
}

/// Whether each step was done.
fn progress(steps: &[Intended], store: &Store) -> Vec<bool> {
    let by_goal: HashMap<&str, usize> =
        steps.iter().enumerate().map(|(index, step)| (step.rename.new_path.as_str(), index)).collect();
    let mut done = vec![false; steps.len()];
    for (index, step) in steps.iter().enumerate().rev() {
        // Whoever took the old place has it after its file had left.
        let follower = by_goal.get(step.rename.old_path.as_str()).filter(|other| **other > index);
        let is_followed = follower.is_some_and(|other| done.get(*other) == Some(&true));
        let has_moved = !is_there(store, &step.rename.old_path) && is_there(store, &step.rename.new_path);
        if let Some(done) = done.get_mut(index) {
            *done = is_followed || has_moved;
        }
    }
    for ring in rings(steps) {
        let Some((first, of_ring)) = steps.get(ring.clone()).and_then(|steps| steps.split_first()) else {
            continue;
        };
        if !is_there(store, &first.rename.new_path) {
            let is_done = of_ring.iter().find_map(|step| where_it_is(step, first, store)).unwrap_or(false);
            done.get_mut(ring).into_iter().flatten().for_each(|step| *step = is_done);
        }
    }
    done
}

/// The steps from a file that goes aside to its return.
fn rings(steps: &[Intended]) -> Vec<std::ops::Range<usize>> {
    let returns: HashMap<&str, usize> =
        steps.iter().enumerate().map(|(index, step)| (step.rename.old_path.as_str(), index)).collect();
    let ring = |(index, step): (usize, &Intended)| {
        let end = returns.get(step.rename.new_path.as_str()).filter(|end| **end > index)?;
        steps.get(*end).filter(|last| last.rename.subject == step.rename.subject).map(|_| index..*end + 1)
    };
    steps.iter().enumerate().filter_map(ring).collect()
}

/// Whether the bytes of a file of the ring are at its new place, or else at its old one. `None` if neither can be told.
fn where_it_is(step: &Intended, first: &Intended, store: &Store) -> Option<bool> {
    let came_from_aside = step.rename.subject == first.rename.subject;
    let old = if came_from_aside { &first.rename.old_path } else { &step.rename.old_path };
    let holds = |path: &str| {
        matches!(store.check(Path::new(path), step.size_bytes, Some(step.sha256)), Ok(FileState::Whole))
    };
    match (holds(old), holds(&step.rename.new_path)) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    }
}

fn is_there(store: &Store, path: &str) -> bool {
    !matches!(store.check(Path::new(path), 0, None), Ok(FileState::Missing))
}
