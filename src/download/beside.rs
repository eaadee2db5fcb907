//! Files that castkeep writes beside the audio: whole or not at all, and never over a file that is not its own.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::place::{Shelf, split};
use super::rename::rename_to_free_name;
use super::store::{AUDIO, Store, about};

/// What such a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'c> {
    /// These bytes.
    Bytes(&'c [u8]),
    /// Those of a kept file, relative to the archive: by a second name for it where the file system allows that, else a copy.
    Kept(&'c Path),
}

/// Drafts have the form of a part that nobody wants: what a killed run leaves is swept away.
const DRAFT: &str = "0.part";

impl Store {
    /// Writes a file at `path`, relative to the archive; over what is there only if that is castkeep's `own`. `false` if it is
    /// not, and stays. The name lasts once [`Store::sync`] has returned.
    pub fn write_beside(&self, path: &Path, content: Content<'_>, own: bool) -> io::Result<bool> {
        let below = path.strip_prefix(AUDIO).map_err(|_| about(path)(Errno::INVAL))?;
        let (folder, name) = split(below.to_str().unwrap_or_default())?;
        let shelf = Shelf::open(self, folder)?;
        match self.draft_and_name(&self.0.tmp, DRAFT, content, &shelf.folder, name, own) {
            // `audio/` is a disk of its own.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let draft = format!(".{DRAFT}");
                self.draft_and_name(&shelf.folder, &draft, content, &shelf.folder, name, own)
            }
            written => written,
        }
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    fn draft_and_name(
        &self,
        drafts: &OwnedFd,
        draft: &str,
        content: Content<'_>,
        folder: &OwnedFd,
        name: &str,
        own: bool,
    ) -> io::Result<bool> {
        clear(drafts, draft)?;
        self.draft(drafts, draft, content)?;
        let named = if own {
            rustix::fs::renameat(drafts, draft, folder, name)
        } else {
            rename_to_free_name(drafts, draft, folder, name)
        };
        // Of two names for one file, a rename leaves both.
        clear(drafts, draft)?;
        match named {
            Err(Errno::EXIST) => Ok(false),
            named => named.map(|()| true).map_err(io::Error::from),
        }
    }

    fn draft(&self, drafts: &OwnedFd, draft: &str, content: Content<'_>) -> io::Result<()> {
        if let Content::Kept(path) = content {
            let (folder, name) = self.kept_in(path)?;
            if rustix::fs::linkat(&folder, name, drafts, draft, AtFlags::empty()).is_ok() {
                return Ok(());
            }
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(drafts, draft, flags, Mode::from_raw_mode(0o600))?);
        match content {
            Content::Bytes(bytes) => file.write_all(bytes)?,
            Content::Kept(path) => drop(io::copy(&mut self.open_kept(path)?, &mut file)?),
        }
        rustix::fs::fchmod(&file, self.0.kept_mode)?;
        file.sync_all()
    }
}

fn clear(folder: &OwnedFd, name: impl AsRef<OsStr>) -> io::Result<()> {
    match rustix::fs::unlinkat(folder, name.as_ref(), AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_over_its_own_kind_alone() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let read = |path: &str| std::fs::read_to_string(root.path().join(path)).unwrap();
        let write = |path: &str, content, own| store.write_beside(Path::new(path), content, own).unwrap();
        assert!(write("audio/a/1.json", Content::Bytes(b"one"), false));
        assert!(!write("audio/a/1.json", Content::Bytes(b"two"), false));
        assert_eq!(read("audio/a/1.json"), "one");
        assert!(write("audio/a/1.json", Content::Bytes(b"three"), true));
        let kept = Content::Kept(Path::new("audio/a/1.json"));
        assert!(write("audio/a/2.json", kept, false) && write("audio/a/2.json", kept, true));
        assert_eq!(
            (read("audio/a/1.json"), read("audio/a/2.json")),
            ("three".to_owned(), "three".to_owned())
        );
        assert_eq!(std::fs::read_dir(root.path().join("tmp")).unwrap().count(), 0);
        assert!(store.write_beside(Path::new("audio/../x"), kept, true).is_err());
    }
}
