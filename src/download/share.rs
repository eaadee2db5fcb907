//! A kept file under a second name, outside the archive: a hard link where the file systems allow it, else a copy.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use rustix::fs::{AtFlags, CWD};

use super::check::FileState;
use super::store::{Store, subject};
use crate::model::Digest;

impl Store {
    /// Gives the file at `path` (relative to the archive), of `size` bytes and this digest, the name `to`, whose folder is made
    /// if need be. What stands there afterwards was hashed there; where that is not what it should be, nothing does.
    pub fn share(&self, path: &Path, size: u64, sha256: Digest, to: &Path) -> io::Result<FileState> {
        // Nothing is made for what is not there, or leads elsewhere.
        let quick = self.check(path, size, None)?;
        if quick != FileState::Whole {
            return Ok(quick);
        }
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).map_err(|error| subject(folder, &error))?;
        }
        if !self.link(path, to)? {
            self.copy(path, to)?;
        }
        let state = look(to, size, sha256)?;
        if state != FileState::Whole {
            std::fs::remove_file(to).map_err(|error| subject(to, &error))?;
        }
        Ok(state)
    }

    /// Whether the file systems allow it.
    fn link(&self, path: &Path, to: &Path) -> io::Result<bool> {
        let (folder, name) = self.kept_in(path).map_err(|errno| subject(path, &errno.into()))?;
        match rustix::fs::linkat(&folder, name, CWD, to, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::EXIST) => Err(subject(to, &rustix::io::Errno::EXIST.into())),
            // Another disk, a file system without links, a file that is not ours, too many names.
            Err(_) => Ok(false),
        }
    }

    fn copy(&self, path: &Path, to: &Path) -> io::Result<()> {
        let mut from = self.open_kept(path).map_err(|errno| subject(path, &errno.into()))?;
        let mut copy =
            OpenOptions::new().write(true).create_new(true).open(to).map_err(|error| subject(to, &error))?;
        io::copy(&mut from, &mut copy).and_then(|_| copy.sync_all()).map_err(|error| subject(to, &error))
    }
}

/// A link is that of the kept file itself: through no link was it reached.
fn look(to: &Path, size: u64, sha256: Digest) -> io::Result<FileState> {
    let state = File::open(to).and_then(|file| super::check::state(&file, size, Some(sha256)));
    super::check::seen(to, state)
}
