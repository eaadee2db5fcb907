//! Units and lists, written where systemd and launchd look for those of a user.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::failure::Advised;

/// What tells a file that castkeep wrote, near its beginning.
pub(super) const MARK: &str = "Written by castkeep cron, which replaces it when asked to write it again";

/// Units and lists are shorter, in bytes.
const LARGEST: u64 = 1 << 16;

/// The mark stands within so many bytes.
const BEGINNING: u64 = 300;

/// Writes each file whole, into a folder that is made if need be: all or, where one of them is somebody else's, none. Where
/// they are then.
pub(super) fn install(folder: &Path, files: &[(&str, String)]) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_absolute() {
        let hint = "HOME and XDG_CONFIG_HOME name folders from the root on".to_owned();
        return Err(Advised::error(
            format!("{}: where that is depends on where you are", folder.display()),
            hint,
        ));
    }
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    for (path, (_, text)) in paths.iter().zip(files) {
        refuse_foreign(path)?;
        refuse_other(path, text)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    for (path, (_, text)) in paths.iter().zip(files) {
        write(path, text).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(paths)
}

fn refuse_foreign(path: &Path) -> anyhow::Result<()> {
    if path.symlink_metadata().is_err() || is_own(path) {
        return Ok(());
    }
    let message = format!("{}: this is a file that castkeep did not write", path.display());
    let hint = "move it away first; without --write, what would be in it is printed";
    Err(Advised::error(message, hint.to_owned()))
}

/// There is one service and one timer a user: those of another archive would end its nights without a word.
fn refuse_other(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut there = String::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut there));
    let (Ok(_), Some(theirs), Some(ours)) = (read, configuration(&there), configuration(text)) else {
        return Ok(());
    };
    if theirs == ours {
        return Ok(());
    }
    let message = format!("{}: it runs castkeep for {theirs}, not for {ours}", path.display());
    let hint = "without --write, what would be in it is printed: put that beside it under another name; \
                or remove it first, if that archive is not to be kept up any more";
    Err(Advised::error(message, hint.to_owned()))
}

/// The configuration that a unit or a list names, as it is written there: the word after `--config`.
fn configuration(text: &str) -> Option<&str> {
    const WORDS: [(&str, char); 2] =
        [("\"--config\" \"", '"'), ("<string>--config</string>\n    <string>", '<')];
    let (rest, end) = WORDS.iter().find_map(|(before, end)| Some((text.split_once(before)?.1, *end)))?;
    let mut is_escaped = false;
    let is_end = |c: char| {
        let ends = c == end && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    };
    rest.split(is_end).next()
}

fn is_own(path: &Path) -> bool {
    // Whoever opens a pipe waits.
    let begun = path.is_file().then(|| File::open(path).ok()).flatten();
    let mut text = Vec::new();
    let read = begun.and_then(|file| file.take(BEGINNING).read_to_end(&mut text).ok());
    read.is_some() && String::from_utf8_lossy(&text).contains(MARK)
}

/// Under another name first. A link stays one.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = place.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".castkeep-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(&place).map_err(|error| error.error).map(drop)
}
