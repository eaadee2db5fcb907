//! Which files get other names by a template, and which can't.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::assign::{Item, Taken, assign, number};
use super::order::Move;
use crate::archive::{NamedFile, NamedSidecar, Names, Subject};
use crate::download::{FileState, Store};
use crate::jobs::Error;
use crate::jobs::naming::Templates;

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Files that get other names.
    pub(super) moves: Vec<Move>,
    /// Files that keep theirs, though it does not fit: show, path, why.
    pub(super) kept: Vec<(String, String, String)>,
}

/// Files whose names may change, and names that may not.
struct Sorted<'n> {
    files: Vec<&'n NamedFile>,
    sidecars: Vec<&'n NamedSidecar>,
    taken: Taken,
    plan: Plan,
}

/// Makes the plan for the files of these shows, by row; for all files if there are none.
pub(super) fn plan(
    names: &Names,
    shows: &[i64],
    templates: &Templates,
    store: &Store,
) -> Result<Plan, Error> {
    let Sorted { files, sidecars, mut taken, mut plan } = sort(names, shows, store)?;
    let former = |subject| names.former.get(&subject).cloned().unwrap_or_default();
    let item = |file: &&NamedFile| {
        let stem = file.named.as_ref().map(|named| templates.stem(named)).unwrap_or_default();
        Item {
            subject: Subject::File(file.id),
            path: file.path.clone(),
            stem: format!("audio/{stem}"),
            ending: ending(&file.path).to_owned(),
            former: former(Subject::File(file.id)),
        }
    };
    let items: Vec<Item> = files.iter().map(item).collect();
    let paths = assign(&items, &mut taken);
    let mut now: HashMap<i64, (&str, &str)> =
        names.files.iter().map(|file| (file.id, (file.path.as_str(), file.path.as_str()))).collect();
    for (file, path) in files.iter().zip(&paths) {
        now.insert(file.id, (&file.path, path.as_deref().unwrap_or(&file.path)));
    }
    let beside: Vec<Item> = sidecars
        .iter()
        .filter_map(|sidecar| beside(sidecar, &now, former(Subject::Sidecar(sidecar.id))))
        .collect();
    let beside_paths = assign(&beside, &mut taken);
    let owners = super::owners(names);
    for (item, path) in items.iter().zip(paths).chain(beside.iter().zip(beside_paths)) {
        let owner = || owners.get(&item.subject).copied().unwrap_or_default().to_owned();
        match path {
            Some(path) if path == item.path => {}
            Some(to) => plan.moves.push(Move { subject: item.subject, from: item.path.clone(), to }),
            None => plan.kept.push((owner(), item.path.clone(), "every name is taken".to_owned())),
        }
    }
    Ok(plan)
}

/// Tells what may move from what may not: files of other shows, of nobody, and such as are not what they should be.
fn sort<'n>(names: &'n Names, shows: &[i64], store: &Store) -> Result<Sorted<'n>, Error> {
    let mut sorted =
        Sorted { files: Vec::new(), sidecars: Vec::new(), taken: Taken::default(), plan: Plan::default() };
    let is_meant = |show: i64| shows.is_empty() || shows.contains(&show);
    let known = names.files.iter().map(|file| &file.path).chain(names.sidecars.iter().map(|file| &file.path));
    let known: HashSet<PathBuf> = known.map(PathBuf::from).collect();
    // A stranger's file stays where it is.
    for stray in store.strays(&known)? {
        sorted.taken.hold(&stray.to_string_lossy());
    }
    for file in &names.files {
        let Some(named) = file.named.as_ref().filter(|named| is_meant(named.show_id)) else {
            sorted.taken.hold(&file.path);
            continue;
        };
        match trouble(store, &file.path, file.size_bytes)? {
            None => sorted.files.push(file),
            Some(why) => {
                sorted.taken.hold(&file.path);
                sorted.plan.kept.push((named.show.clone(), file.path.clone(), why));
            }
        }
    }
    for sidecar in &names.sidecars {
        // One that is not there is written again by a later run.
        if is_meant(sidecar.show_id) && trouble(store, &sidecar.path, sidecar.size_bytes)?.is_none() {
            sorted.sidecars.push(sidecar);
        } else {
            sorted.taken.hold(&sidecar.path);
        }
    }
    Ok(sorted)
}

/// Why a file can't be moved; its bytes are not hashed.
fn trouble(store: &Store, path: &str, size: u64) -> Result<Option<String>, Error> {
    Ok(match store.check(Path::new(path), size, None)? {
        FileState::Whole => None,
        FileState::Missing => Some("it is missing".to_owned()),
        FileState::Damaged(why) => Some(why),
    })
}

/// A file beside the audio goes where that goes; `now` has the old and the new path of each file.
fn beside(sidecar: &NamedSidecar, now: &HashMap<i64, (&str, &str)>, former: Vec<String>) -> Option<Item> {
    let (old, new) = now.get(&sidecar.audio?)?;
    let rest = sidecar.path.strip_prefix(stem(old)).filter(|rest| rest.starts_with(['.', ' ']));
    // The name of its own that it got beside a stranger's file is no part of its ending.
    let ending = match rest.and_then(|rest| rest.split_once('.').map(|(before, _)| (rest, before))) {
        Some((rest, "")) => rest,
        Some((rest, before)) if number(before).is_some() => rest.get(before.len()..)?,
        _ => ending(&sidecar.path),
    };
    Some(Item {
        subject: Subject::Sidecar(sidecar.id),
        path: sidecar.path.clone(),
        stem: stem(new).to_owned(),
        ending: ending.to_owned(),
        former,
    })
}

/// From the last dot of the name on; nothing if it has none.
fn ending(path: &str) -> &str {
    path.get(stem(path).len()..).unwrap_or_default()
}

/// A path without its ending.
pub(in crate::jobs) fn stem(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') && !stem.ends_with('/') => stem,
        _ => path,
    }
}
