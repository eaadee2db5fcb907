//! The folders of the archive that hold bytes: `audio/` for what is kept, `tmp/` for what is under way. They are held
//! open, and every file in them is reached from there without following links.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;

use crate::model::{Digest, Hasher};

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
    /// Of kept files: nobody writes to them, and whoever the umask lets may read them.
    pub(super) kept_mode: Mode,
    /// The names taken in each folder that files were placed in, by their case-blind form.
    pub(super) taken: Mutex<TakenNames>,
}

/// By folder, relative to the archive, and by their case-blind form.
pub(super) type TakenNames = HashMap<PathBuf, HashMap<String, OsString>>;

impl Store {
    /// Opens the folders below the archive's root, which must be there; makes them if they are missing.
    pub fn open(root: &Path) -> io::Result<Self> {
        Self::open_by(root, &open_or_make)
    }

    /// The same for looking only, and makes nothing. Where there is no `tmp/`, `audio/` stands in for it: no part is there.
    pub fn open_existing(root: &Path) -> io::Result<Self> {
        let open = |parent: &OwnedFd, name: &OsStr| {
            rustix::fs::openat(parent, name, folder_flags() | OFlags::NOFOLLOW, Mode::empty())
        };
        Self::open_by(root, &|parent, name, _| match open(parent, name) {
            Err(Errno::NOENT) if name == TMP => open(parent, AUDIO.as_ref()),
            opened => opened,
        })
    }

    fn open_by(
        root: &Path,
        open: &dyn Fn(&OwnedFd, &OsStr, Mode) -> rustix::io::Result<OwnedFd>,
    ) -> io::Result<Self> {
        let folder = rustix::fs::openat(CWD, root, folder_flags(), Mode::empty()).map_err(about(root))?;
        let below = |name: &str, mode: u32| {
            let opened = open(&folder, name.as_ref(), Mode::from_raw_mode(mode));
            opened.map_err(|errno| linked(&root.join(name), errno))
        };
        let (audio, tmp) = (below(AUDIO, 0o777)?, below(TMP, 0o700)?);
        let kept_mode = Mode::from_raw_mode(0o444 & !umask());
        Ok(Self(Arc::new(Inner { root: root.to_owned(), audio, tmp, kept_mode, taken: Mutex::default() })))
    }

    /// Whether files can be placed: fails where `audio/` alone is read-only.
    pub fn check_writable(&self) -> io::Result<()> {
        rustix::fs::accessat(&self.0.audio, ".", Access::WRITE_OK, AtFlags::empty())
            .map_err(about(&self.0.root.join(AUDIO)))
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

    /// How many downloads are under way or were interrupted, and how many bytes of them there are.
    pub fn parts(&self) -> io::Result<(u64, u64)> {
        let (mut count, mut size) = (0, 0);
        for entry in rustix::fs::Dir::read_from(&self.0.tmp)? {
            let entry = entry?;
            if entry.file_name().to_bytes().ends_with(b".part") {
                let found = rustix::fs::statat(&self.0.tmp, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
                count += 1;
                size += u64::try_from(found.st_size).unwrap_or_default();
            }
        }
        Ok((count, size))
    }

    /// The archive's root.
    pub fn root(&self) -> &Path {
        &self.0.root
    }
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
pub(super) fn open_folder(parent: &OwnedFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    open_or_make(parent, name, Mode::from_raw_mode(0o777))
}

fn open_or_make(parent: &OwnedFd, name: &OsStr, mode: Mode) -> rustix::io::Result<OwnedFd> {
    let flags = folder_flags() | OFlags::NOFOLLOW;
    match rustix::fs::openat(parent, name, flags, Mode::empty()) {
        Err(Errno::NOENT) => {
            match rustix::fs::mkdirat(parent, name, mode) {
                Ok(()) => rustix::fs::fsync(parent)?,
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
            rustix::fs::openat(parent, name, flags, Mode::empty())
        }
        opened => opened,
    }
}

/// The kernel says of a link where a folder is wanted that it is no folder; a person needs other words.
fn linked(path: &Path, errno: Errno) -> io::Error {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => {
            let words = "a link is in its place, and inside an archive none is followed (the folder of the archive may be one)";
            io::Error::new(io::ErrorKind::NotADirectory, format!("{}: {words}", path.display()))
        }
        _ => about(path)(errno),
    }
}

/// The bits that new files of this process lack (proc_pid_status(5)). To ask the system call is to change it, for all threads.
fn umask() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let octal = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    octal.and_then(|octal| u32::from_str_radix(octal.trim(), 8).ok()).unwrap_or_default()
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
    fn a_linked_folder_is_no_store() {
        let root = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), root.path().join("audio")).unwrap();
        let error = Store::open(root.path()).err().unwrap().to_string();
        assert!(error.contains("/audio: a link is in its place"), "{error}");
        assert!(Store::open(&root.path().join("missing")).is_err());
    }
}
