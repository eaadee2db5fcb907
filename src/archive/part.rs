//! A file that appears whole or not at all: it is written as `NAME.castkeep-part` beside its name, synced, and renamed.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;

use super::error::{Error, Result};

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and to write another is an error.
    Keep,
    /// The new one takes its place, once it is whole.
    Replace,
}

/// A file under way; it goes unless it got its name.
pub struct Part {
    target: PathBuf,
    path: PathBuf,
    /// Held open and locked: a second one for the same name must not meddle.
    file: File,
    named: bool,
}

impl Part {
    /// A file to be, which the umask lets others read. What can't be its name is told before anything is made: a folder, a
    /// place that is not there, a name that the archive in the folder `archive` needs, a file that is to stay.
    pub fn create(target: &Path, archive: Option<&Path>, existing: Existing) -> Result<Self> {
        refuse(target, archive, existing)?;
        Self::make(target, 0o666)
    }

    /// A copy to be: who may read the archive may read it, and nobody else.
    pub(super) fn like(source: &Path, target: &Path) -> Result<Self> {
        let part = Self::make(target, 0o600)?;
        let io = part.io("make the copy");
        let mode = std::fs::metadata(source).map_err(&io)?.permissions();
        part.file.set_permissions(mode).map_err(io)?;
        Ok(part)
    }

    fn make(target: &Path, mode: u32) -> Result<Self> {
        let mut name = target.file_name().map_or_else(OsString::new, ToOwned::to_owned);
        name.push(".castkeep-part");
        let path = target.with_file_name(name);
        let io = |source| Error::Io { path: path.clone(), doing: "make the copy", source };
        remove_left_over(&path)?;
        let file = OpenOptions::new().write(true).read(true).create_new(true).mode(mode).open(&path);
        let file = file.map_err(io)?;
        let part = Self { target: target.to_owned(), path: path.clone(), file, named: false };
        part.file.lock().map_err(io)?;
        Ok(part)
    }

    /// Where it is written.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// To write to.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Its length so far, in bytes.
    pub(super) fn size(&self) -> Result<u64> {
        self.file.metadata().map(|found| found.len()).map_err(self.io("measure the copy"))
    }

    /// From here on its bytes outlive a power cut.
    pub(super) fn sync(&self) -> Result<()> {
        self.file.sync_all().map_err(self.io("sync the copy"))
    }

    fn io(&self, doing: &'static str) -> impl Fn(std::io::Error) -> Error + use<> {
        let path = self.path.clone();
        move |source| Error::Io { path: path.clone(), doing, source }
    }

    /// Syncs it, gives it its name, and syncs the folder.
    pub fn give_name(mut self, existing: Existing) -> Result<()> {
        self.sync()?;
        let naming = self.io("name the copy");
        match rename(&self.path, &self.target, existing) {
            Err(Errno::EXIST) => return Err(Error::Taken(self.target.clone())),
            renamed => renamed.map_err(|errno| naming(errno.into()))?,
        }
        self.named = true;
        let folder = folder_of(&self.target);
        let io = |source| Error::Io { path: folder.to_owned(), doing: "sync the folder", source };
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.named {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The folder that a path is in: `.` where the path is a name alone.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The files that the archive calls its own, in its folder.
pub(super) const FILES: [&str; 5] =
    ["archive.db", "archive.db-wal", "archive.db-shm", "archive.db-journal", "lock"];
/// Its folders.
const FOLDERS: [&str; 2] = ["audio", "tmp"];

/// What SQLite puts behind the name of a database.
const BESIDE: &[&str] = &["", "-wal", "-shm", "-journal"];

fn refuse(target: &Path, archive: Option<&Path>, existing: Existing) -> Result<()> {
    refuse_place(target, archive)?;
    let bad = |why| Err(Error::Target { path: target.to_owned(), why });
    match std::fs::symlink_metadata(target) {
        Ok(found) if found.is_dir() || target.is_dir() => bad("this is a folder"),
        Ok(_) if existing == Existing::Keep => Err(Error::Taken(target.to_owned())),
        Ok(found) if !found.is_file() => bad("this is no plain file"),
        // What is not there, or can't be looked at, is told by the attempt.
        _ => Ok(()),
    }
}

/// A place that is not there, or that the archive in the folder `archive` needs, is none for a file.
pub fn refuse_place(target: &Path, archive: Option<&Path>) -> Result<()> {
    let bad = |why| Err(Error::Target { path: target.to_owned(), why });
    let Some(name) = target.file_name() else { return bad("this is no name for a file") };
    let folder = match folder_of(target).canonicalize() {
        Ok(folder) if folder.is_dir() => folder,
        Err(error) if error.kind() != ErrorKind::NotFound && error.kind() != ErrorKind::NotADirectory => {
            return Err(Error::Io { path: folder_of(target).to_owned(), doing: "look at", source: error });
        }
        _ => return bad("the folder that it would be in is not there"),
    };
    if archive.is_some_and(|root| is_own(root, &folder, &name.to_string_lossy())) {
        return bad("this is a place that the archive keeps for itself");
    }
    Ok(())
}

/// The configuration is written over by nothing that leads out of the archive.
pub fn refuse_configuration(target: &Path, configuration: &Path) -> Result<()> {
    if is_same(target, configuration) {
        return Err(Error::Target { path: target.to_owned(), why: "this is the configuration file" });
    }
    Ok(())
}

/// Whether two names are those of one file that is there.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    id(one).is_some() && id(one) == id(other)
}

/// Whether the archive would take a file of this name for its own, or for a stray.
fn is_own(root: &Path, folder: &Path, name: &str) -> bool {
    let Ok(root) = root.canonicalize() else { return false };
    let inside = |own: &str| root.join(own).canonicalize().is_ok_and(|own| folder.starts_with(own));
    // The database may be a link to a file somewhere else; its log is beside that.
    let is_database = root.join("archive.db").canonicalize().is_ok_and(|database| {
        database.parent() == Some(folder)
            && database
                .file_name()
                .and_then(|of| name.strip_prefix(of.to_str()?))
                .is_some_and(|end| BESIDE.contains(&end))
    });
    let is_copy = name.strip_suffix(".bak").is_some_and(|name| name.starts_with("archive.db.v"));
    let is_named = FILES.contains(&name) || FOLDERS.contains(&name) || is_copy;
    is_database || FOLDERS.into_iter().any(inside) || folder == root && is_named
}

/// Where the kernel can't refuse a name that is taken, it was looked at before.
fn rename(from: &Path, to: &Path, existing: Existing) -> rustix::io::Result<()> {
    if existing == Existing::Keep {
        match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::NOSYS | Errno::INVAL | Errno::OPNOTSUPP) => {}
            outcome => return outcome,
        }
    }
    rustix::fs::rename(from, to)
}

/// A part that a killed run left goes; one that is being written is not touched.
fn remove_left_over(path: &Path) -> Result<()> {
    let io = |source| Error::Io { path: path.to_owned(), doing: "clear away", source };
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io(error)),
        Ok(found) if found.is_file() => {
            let held = File::open(path).map(|file| file.try_lock());
            if matches!(held, Ok(Err(TryLockError::WouldBlock))) {
                return Err(io(std::io::Error::other("another copy is being written there")));
            }
        }
        Ok(_) => {}
    }
    std::fs::remove_file(path).map_err(io)
}
