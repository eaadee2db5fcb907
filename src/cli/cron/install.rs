//! Units and lists, written where systemd and launchd look for those of a user.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::failure::Advised;

/// What tells a file that castkeep wrote, near its beginning.
pub(super) const MARK: &str = "Written by castkeep cron, which replaces it when asked to write it again";

/// The mark stands within so many bytes.
const BEGINNING: u64 = 300;

/// Writes each file whole, into a folder that is made if need be: all or, where one of them is somebody else's, none. Where
/// they are then.
pub(super) fn install(folder: &Path, files: &[(&str, String)]) -> anyhow::Result<Vec<PathBuf>> {
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    for path in &paths {
        refuse_foreign(path)?;
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
