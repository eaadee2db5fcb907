//! The folders of the archive that hold bytes: `audio/` for what is kept, `tmp/` for what is under way. They are held
//! open, and every file in them is reached from there without following links.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustix::fs::{CWD, Mode, OFlags};

use super::part;
use crate::model::{Digest, Hasher, Time};

/// The folder of kept files, relative to the archive.
pub(super) const AUDIO: &str = "audio";
/// The folder of parts, relative to the archive, on the same file system.
const TMP: &str = "tmp";

/// The store of an archive. Clones are the same store.
#[derive(Clone)]
pub struct Store(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) root: PathBuf,
    pub(super) audio: OwnedFd,
    pub(super) tmp: OwnedFd,
    /// The names taken in each folder that files were placed in, by their case-blind form.
    pub(super) taken: Mutex<HashMap<PathBuf, HashMap<String, OsString>>>,
}

impl Store {
    /// Opens the folders below the archive's root, which must be there; makes them if they are missing.
    pub fn open(root: &Path) -> io::Result<Self> {
        let folder = rustix::fs::openat(CWD, root, folder_flags(), Mode::empty()).map_err(about(root))?;
        let open = |name: &str| open_folder(&folder, name.as_ref()).map_err(about(&root.join(name)));
        let (audio, tmp) = (open(AUDIO)?, open(TMP)?);
        Ok(Self(Arc::new(Inner { root: root.to_owned(), audio, tmp, taken: Mutex::default() })))
    }

    /// How many bytes a user without privileges may still write.
    pub fn free_space(&self) -> io::Result<u64> {
        let free = |folder: &OwnedFd, name: &str| -> io::Result<u64> {
            let stat = rustix::fs::fstatvfs(folder).map_err(about(&self.0.root.join(name)))?;
            Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
        };
        // One disk as a rule; the fuller of two, where `audio/` is a disk of its own.
        Ok(free(&self.0.tmp, TMP)?.min(free(&self.0.audio, AUDIO)?))
    }

    /// Clears `tmp/` of parts that can't be resumed: without a readable sidecar, older than a week, or of a resource
    /// that `wanted` says no longer misses its bytes. Tells how many files went.
    pub fn sweep(&self, now: Time, wanted: &dyn Fn(i64) -> bool) -> io::Result<usize> {
        part::sweep(self, now, wanted)
    }

    /// Removes what is left of a capture, after the rows that name its file are committed.
    pub fn finish(&self, resource_id: i64) -> io::Result<()> {
        part::remove(self, resource_id)
    }

    /// Files under `audio/` that no row names, relative to the archive. Links are listed and not followed.
    pub fn strays(&self, known: &HashSet<PathBuf>) -> io::Result<Vec<PathBuf>> {
        let mut strays = Vec::new();
        let mut folders = vec![PathBuf::from(AUDIO)];
        while let Some(folder) = folders.pop() {
            let full = self.0.root.join(&folder);
            for entry in std::fs::read_dir(&full).map_err(|error| subject(&full, &error))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                if entry.file_type()?.is_dir() {
                    folders.push(path);
                } else if !known.contains(&path) {
                    strays.push(path);
                }
            }
        }
        strays.sort();
        Ok(strays)
    }

    /// The archive's root.
    pub fn root(&self) -> &Path {
        &self.0.root
    }
}

/// Hashes a file from the disk; links are not followed, and only plain files are read.
pub fn rehash(path: &Path) -> io::Result<(Digest, u64)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(about(path))?;
    rehash_file(&File::from(file)).map_err(|error| subject(path, &error))
}

/// Hashes an open file from its current place to its end.
pub(super) fn rehash_file(file: &File) -> io::Result<(Digest, u64)> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
    }
    let mut hasher = Hasher::default();
    let size = hash_into(&mut hasher, file, u64::MAX)?;
    Ok((hasher.finish(), size))
}

/// Feeds up to `limit` bytes into the hasher; tells how many there were.
pub(super) fn hash_into(hasher: &mut Hasher, file: &File, limit: u64) -> io::Result<u64> {
    let mut buffer = vec![0; 256 * 1024];
    let (mut source, mut total) = (file.take(limit), 0);
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(total),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                total += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC
}

/// Opens a folder inside another, making it if need be; a link in its place is an error.
pub(super) fn open_folder(parent: &OwnedFd, name: &std::ffi::OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = folder_flags() | OFlags::NOFOLLOW;
    match rustix::fs::openat(parent, name, flags, Mode::empty()) {
        Err(rustix::io::Errno::NOENT) => {
            match rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o777)) {
                Ok(()) => rustix::fs::fsync(parent)?,
                Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
            rustix::fs::openat(parent, name, flags, Mode::empty())
        }
        opened => opened,
    }
}

/// Puts the path into an error from below.
pub(super) fn about(path: &Path) -> impl Fn(rustix::io::Errno) -> io::Error + '_ {
    move |errno| subject(path, &io::Error::from(errno))
}

/// The same error with its subject, its kind kept.
pub(super) fn subject(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strays_are_what_no_row_names_and_links_are_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        std::fs::create_dir(root.path().join("audio/show")).unwrap();
        for name in ["audio/show/a.mp3", "audio/show/b.mp3"] {
            std::fs::write(root.path().join(name), name).unwrap();
        }
        std::os::unix::fs::symlink("/etc", root.path().join("audio/link")).unwrap();
        let known = HashSet::from([PathBuf::from("audio/show/a.mp3")]);
        assert_eq!(store.strays(&known).unwrap(), ["audio/link", "audio/show/b.mp3"].map(PathBuf::from));
        assert!(rehash(&root.path().join("audio/link")).is_err());
        assert!(rehash(&root.path().join("audio")).is_err());
        let (digest, size) = rehash(&root.path().join("audio/show/a.mp3")).unwrap();
        assert_eq!((digest, size), (Digest::of(b"audio/show/a.mp3"), 16));
        assert!(store.free_space().unwrap() > 0);
    }

    #[test]
    fn a_linked_folder_is_no_store() {
        let root = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), root.path().join("audio")).unwrap();
        assert!(Store::open(root.path()).is_err());
        assert!(Store::open(&root.path().join("missing")).is_err());
    }
}
