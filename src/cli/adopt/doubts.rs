//! What stayed outside, as `adopt` says it: a line for all files of a folder that came to the same end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::jobs::{Adopted, Doubt};
use crate::report::escape;

/// So many files of a folder are said one by one.
const FEW: usize = 3;

/// A line each; one for all of a folder, where several files of it came to the same end.
pub(super) fn by_folder(list: &[Doubt]) -> Vec<String> {
    let mut folders: BTreeMap<(PathBuf, &str), Vec<&Doubt>> = BTreeMap::new();
    for doubt in list {
        folders.entry((folder(&doubt.path), &doubt.why)).or_default().push(doubt);
    }
    let lines = |((folder, why), files): ((PathBuf, &str), Vec<&Doubt>)| -> Vec<String> {
        if files.len() <= FEW {
            return files.iter().map(|doubt| format!("{}: {why}", doubt.path)).collect();
        }
        vec![format!("{}/: {} files: {why}", folder.display(), files.len())]
    };
    folders.into_iter().flat_map(lines).map(|line| escape(&line, &[])).collect()
}

/// What files may be, why that is not sure, and what settles it. All of a folder, a show and a cause at once, unless there are few
/// or each is asked for.
pub(super) fn doubtful(adopted: &Adopted, each: bool) -> Vec<String> {
    let mut groups: BTreeMap<(PathBuf, &str, &str), Vec<&Doubt>> = BTreeMap::new();
    for doubt in &adopted.doubtful {
        let show = doubt.show.as_deref().unwrap_or_default();
        groups.entry((folder(&doubt.path), show, cause(doubt))).or_default().push(doubt);
    }
    let lines = |((folder, show, cause), files): ((PathBuf, &str, &str), Vec<&Doubt>)| -> Vec<String> {
        if each || files.len() <= FEW {
            return files.into_iter().map(one).collect();
        }
        let settle = settle(adopted, &folder, show, &files);
        let line = format!(
            "doubtful: {}/: {} files, perhaps of {show}: {cause}\n  {settle}",
            folder.display(),
            files.len()
        );
        vec![escape(&line, &['\n'])]
    };
    groups.into_iter().flat_map(lines).collect()
}

fn folder(path: &str) -> PathBuf {
    Path::new(path).parent().map(Path::to_owned).unwrap_or_default()
}

/// What files have in common: what differs stands after a colon.
fn cause(doubt: &Doubt) -> &str {
    doubt.why.split_once(": ").map_or(&doubt.why, |(cause, _)| cause)
}

fn settle(adopted: &Adopted, folder: &Path, show: &str, files: &[&Doubt]) -> String {
    if !files.iter().all(|doubt| doubt.needs_show) {
        return "settle each with: castkeep adopt FILE --as SHOW EPISODE (--verbose lists them)".to_owned();
    }
    // `--show` is for all that lies below.
    if has_below(adopted, folder) {
        return format!("settle each with: castkeep adopt FILE --show {show} (--verbose lists them)");
    }
    let is_other = |doubt: &Doubt| !doubt.needs_show && Path::new(&doubt.path).parent() == Some(folder);
    let first = if adopted.doubtful.iter().any(is_other) {
        "settle the other doubtful files there first, then"
    } else {
        "if they are, settle with"
    };
    format!("{first}: castkeep adopt {} --show {show}", quoted(&folder.to_string_lossy()))
}

/// Whether folders below this one hold audio, too.
fn has_below(adopted: &Adopted, folder: &Path) -> bool {
    let outside = [&adopted.doubtful, &adopted.unmatched].into_iter().flatten().map(|doubt| &doubt.path);
    let mut paths = adopted.files.iter().map(|file| &file.path).chain(outside);
    paths.any(|path| Path::new(path).strip_prefix(folder).is_ok_and(|rest| rest.components().count() > 1))
}

fn one(doubt: &Doubt) -> String {
    let settle = match (&doubt.show, &doubt.episode) {
        (Some(show), Some(episode)) => {
            format!("\n  castkeep adopt {} --as {show} {}", quoted(&doubt.path), quoted(episode))
        }
        _ => String::new(),
    };
    let title = doubt.title.as_ref().map(|title| format!(" (perhaps {title:?})")).unwrap_or_default();
    escape(&format!("doubtful: {}{title}: {}{settle}", doubt.path, doubt.why), &['\n'])
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
