//! Whether a kept file is what its row says. It is reached from the open `audio/`, a folder at a time and through no link.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::store::{AUDIO, Store, folder_flags, rehash_file, subject};
use crate::model::Digest;

/// What is at the place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// The file, as far as it was looked at.
    Whole,
    /// Nothing.
    Missing,
    /// Something else, or other bytes; what.
    Damaged(String),
}

impl Store {
    /// Looks at the file at `path` (relative to the archive): a plain file of `size` bytes, and, with a digest, of these.
    /// A file that the disk can't read is damaged; one that may not be read is an error.
    pub fn check(&self, path: &Path, size: u64, sha256: Option<Digest>) -> io::Result<FileState> {
        let damaged = |why: &str| Ok(FileState::Damaged(why.to_owned()));
        let file = match self.open_kept(path) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(FileState::Missing),
            Err(Errno::LOOP) => return damaged("a link is in its place"),
            Err(Errno::NOTDIR) => return damaged("its folder is none, or a link"),
            Err(Errno::INVAL) => return damaged("its path leads out of audio/"),
            Err(errno) => return seen(path, Err(errno.into())),
        };
        seen(path, state(&file, size, sha256))
    }

    pub(super) fn open_kept(&self, path: &Path) -> rustix::io::Result<File> {
        let (folder, name) = self.kept_in(path)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        rustix::fs::openat(&folder, name, flags, Mode::empty()).map(File::from)
    }

    /// The folder that a kept file is in, and its name there.
    pub(super) fn kept_in<'p>(&self, path: &'p Path) -> rustix::io::Result<(OwnedFd, &'p OsStr)> {
        let below = path.strip_prefix(AUDIO).map_err(|_| Errno::INVAL)?;
        let (Some(name), Some(folders)) = (below.file_name(), below.parent()) else {
            return Err(Errno::INVAL);
        };
        let mut folder = self.0.audio.try_clone().map_err(|_| Errno::MFILE)?;
        for component in folders.components() {
            let Component::Normal(name) = component else { return Err(Errno::INVAL) };
            let flags = folder_flags() | OFlags::NOFOLLOW;
            folder = rustix::fs::openat(&folder, name, flags, Mode::empty())?;
        }
        Ok((folder, name))
    }
}

pub(super) fn state(file: &File, size: u64, sha256: Option<Digest>) -> io::Result<FileState> {
    let damaged = |why: String| Ok(FileState::Damaged(why));
    let found = file.metadata()?;
    match (found.len(), sha256) {
        _ if !found.is_file() => damaged("it is no plain file".to_owned()),
        (length, _) if length != size => damaged(format!("{length} bytes instead of {size}")),
        (_, Some(sha256)) if rehash_file(file)?.0 != sha256 => damaged("its bytes have changed".to_owned()),
        _ => Ok(FileState::Whole),
    }
}

/// A bad place on the disk is the damage that is looked for.
pub(super) fn seen(path: &Path, state: io::Result<FileState>) -> io::Result<FileState> {
    match state {
        Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => {
            Ok(FileState::Damaged("the disk can't read it".to_owned()))
        }
        state => state.map_err(|error| subject(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_file_is_whole_only_at_its_own_place() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let at = |below: &str| root.path().join(below);
        std::fs::create_dir(at("audio/show")).unwrap();
        std::fs::write(at("audio/show/a.mp3"), "aaaa").unwrap();
        symlink("a.mp3", at("audio/show/link.mp3")).unwrap();
        symlink(at("audio/show"), at("audio/other")).unwrap();
        std::fs::create_dir(at("audio/show/folder.mp3")).unwrap();
        let check = |path: &str, text: &str| {
            let quick = store.check(Path::new(path), 4, None).unwrap();
            let full = store.check(Path::new(path), 4, Some(Digest::of(text.as_bytes()))).unwrap();
            [quick, full].map(|state| match state {
                FileState::Damaged(why) => why,
                state => format!("{state:?}"),
            })
        };
        assert_eq!(check("audio/show/a.mp3", "aaaa"), ["Whole", "Whole"]);
        assert_eq!(check("audio/show/a.mp3", "aaab"), ["Whole", "its bytes have changed"]);
        assert_eq!(check("audio/show/b.mp3", "aaaa"), ["Missing"; 2]);
        assert_eq!(check("audio/none/a.mp3", "aaaa"), ["Missing"; 2]);
        assert_eq!(check("audio/show/link.mp3", "aaaa"), ["a link is in its place"; 2]);
        assert_eq!(check("audio/other/a.mp3", "aaaa"), ["its folder is none, or a link"; 2]);
        assert_eq!(check("audio/show/folder.mp3", "aaaa"), ["it is no plain file"; 2]);
        for path in ["audio/../a.mp3", "/etc/passwd", "audio", "tmp/1.part", ""] {
            assert_eq!(check(path, "aaaa"), ["its path leads out of audio/"; 2], "{path}");
        }
        std::fs::write(at("audio/show/a.mp3"), "").unwrap();
        assert_eq!(check("audio/show/a.mp3", "aaaa"), ["0 bytes instead of 4"; 2]);
    }
}
