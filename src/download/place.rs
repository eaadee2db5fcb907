//! Whole bytes get their readable name: once, never over other bytes, and durably before this returns.

use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};
use std::sync::PoisonError;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::carry::carry;
use super::check::FileState;
use super::names::case_blind;
use super::rename::{is_listed, rename_to_free_name};
use super::store::{AUDIO, Store, TakenNames, about, open_folder, rehash_file};
use super::{Captured, part};
use crate::model::Digest;

/// So many files of one name are enough.
const MOST_NAMESAKES: u32 = 9_999;

impl Store {
    /// Moves the part to `audio/{stem}.{extension}`, or to the next free name ` (2)`. Where `existing` or a file of that
    /// name already holds these bytes, the part goes and that path is the answer. A path of which `is_promised` says that
    /// it belongs to other bytes is not used, though no file be there. Paths are relative to the archive. The new name
    /// lasts once [`Store::sync`] has returned.
    pub fn place(
        &self,
        captured: &Captured,
        stem: &str,
        existing: Option<&Path>,
        is_promised: &dyn Fn(&Path) -> bool,
    ) -> io::Result<PathBuf> {
        if let Some(path) = existing
            && matches!(self.check(path, captured.size_bytes, Some(captured.sha256)), Ok(FileState::Whole))
        {
            part::remove(self, captured.resource_id)?;
            return Ok(path.to_owned());
        }
        let (folder, name) = split(stem)?;
        let folder = Shelf::open(self, &self.spelled(folder)?)?;
        let placed = folder.place(captured, name, is_promised)?;
        Ok(folder.path.join(placed))
    }

    /// A folder below `audio/`, as it is spelled there already: two that differ in capitals alone would be one elsewhere, and the
    /// files in them in each other's way.
    fn spelled(&self, below: &Path) -> io::Result<PathBuf> {
        let mut spelled = PathBuf::new();
        for name in below {
            let name = Shelf::open(self, &spelled)?.spelling(name)?;
            spelled.push(name);
        }
        Ok(spelled)
    }

    /// Makes the names of placed files last: one sync a folder, however many files came into it.
    pub fn sync(&self, placed: &[PathBuf]) -> io::Result<()> {
        let folders: BTreeSet<&Path> = placed.iter().filter_map(|path| path.parent()).collect();
        for folder in &folders {
            let below = folder.strip_prefix(AUDIO).unwrap_or(folder);
            let shelf = Shelf::open(self, below)?;
            rustix::fs::fsync(&shelf.folder).map_err(about(&shelf.path))?;
        }
        if folders.is_empty() {
            return Ok(());
        }
        rustix::fs::fsync(&self.0.tmp).map_err(about("tmp".as_ref()))
    }

    /// Moves the part over the damaged file at `path` (relative to the archive), or to where that file is missing. The
    /// caller has seen that these are the bytes recorded for it: this is a repair, and the one way to replace a file.
    pub fn restore(&self, captured: &Captured, path: &Path) -> io::Result<()> {
        let below =
            path.strip_prefix(AUDIO).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let (folder, name) = split(below.to_str().unwrap_or_default())?;
        let shelf = Shelf::open(self, folder)?;
        let (part, tmp) = (part::part_name(captured.resource_id), &self.0.tmp);
        part::seal(self, captured.resource_id)?;
        match rustix::fs::renameat(tmp, &part, &shelf.folder, name) {
            Err(Errno::XDEV) => carry(self, captured, &shelf.folder, name, true)?,
            moved => moved.map_err(about(path))?,
        }
        self.sync(&[path.to_owned()])
    }
}

/// The folder part of a stem and its last name.
pub(super) fn split(stem: &str) -> io::Result<(&Path, &str)> {
    let path = Path::new(stem);
    let plain = path.components().all(|component| matches!(component, Component::Normal(_)));
    match (path.parent(), path.file_name().and_then(OsStr::to_str)) {
        (Some(folder), Some(name)) if plain => Ok((folder, name)),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("not a name for a file: {stem:?}"))),
    }
}

/// A folder that files are placed in.
pub(super) struct Shelf<'a> {
    store: &'a Store,
    pub(super) folder: OwnedFd,
    /// Relative to the archive.
    path: PathBuf,
}

impl<'a> Shelf<'a> {
    /// Walks down from `audio/`, a folder at a time and through no link.
    pub(super) fn open(store: &'a Store, below: &Path) -> io::Result<Self> {
        let mut path = PathBuf::from(AUDIO);
        let mut folder = store.0.audio.try_clone()?;
        for component in below {
            path.push(component);
            folder = open_folder(&folder, component).map_err(about(&path))?;
        }
        Ok(Self { store, folder, path })
    }

    fn place(
        &self,
        captured: &Captured,
        name: &str,
        is_promised: &dyn Fn(&Path) -> bool,
    ) -> io::Result<OsString> {
        let mut all = self.store.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = self.taken(&mut all)?;
        for count in 1..=MOST_NAMESAKES {
            let candidate = numbered(name, count, captured.extension);
            let namesake = taken.get(&case_blind(&candidate));
            // Whatever lies there now: the books say that these are other bytes.
            if is_promised(&self.path.join(&candidate))
                || namesake.is_some_and(|namesake| is_promised(&self.path.join(namesake)))
            {
                continue;
            }
            if let Some(namesake) = namesake {
                if self.holds(namesake, captured.sha256, captured.size_bytes) {
                    return self.adopt(captured, namesake.clone());
                }
                continue;
            }
            match self.take_in(captured, &candidate) {
                // Somebody put a file there behind our back.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    taken.insert(case_blind(&candidate), candidate.into());
                }
                Err(error) => return Err(error),
                Ok(()) => {
                    taken.insert(case_blind(&candidate), candidate.clone().into());
                    return Ok(candidate.into());
                }
            }
        }
        let full = self.path.join(name);
        Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{}: every name is taken", full.display())))
    }

    fn taken<'t>(&self, all: &'t mut TakenNames) -> io::Result<&'t mut HashMap<String, OsString>> {
        if !all.contains_key(&self.path) {
            all.insert(self.path.clone(), self.names()?);
        }
        Ok(all.entry(self.path.clone()).or_default())
    }

    /// How a folder in this one is spelled that may be there in other letters.
    fn spelling(&self, wish: &OsStr) -> io::Result<OsString> {
        let mut all = self.store.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = self.taken(&mut all)?;
        let found = taken.entry(case_blind(&wish.to_string_lossy())).or_insert_with(|| wish.to_owned());
        let is_folder = |name: &OsStr| {
            let found = rustix::fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW);
            found.is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::Directory)
        };
        // An archive of before may have both.
        let is_other = *found != wish
            && is_folder(found)
            && !is_listed(&self.folder, wish).map_err(about(&self.path))?;
        Ok(if is_other { found.clone() } else { wish.to_owned() })
    }

    /// A file left by a crash between the rename and the commit: these very bytes, so that it is the one.
    fn adopt(&self, captured: &Captured, name: OsString) -> io::Result<OsString> {
        part::remove(self.store, captured.resource_id)?;
        Ok(name)
    }

    fn take_in(&self, captured: &Captured, name: &str) -> io::Result<()> {
        let (part, tmp) = (part::part_name(captured.resource_id), &self.store.0.tmp);
        part::seal(self.store, captured.resource_id)?;
        match rename_to_free_name(tmp, &part, &self.folder, name) {
            Err(Errno::XDEV) => carry(self.store, captured, &self.folder, name, false),
            moved => moved.map_err(about(&self.path.join(name))),
        }
    }

    fn holds(&self, name: &OsStr, sha256: Digest, size: u64) -> bool {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let Ok(file) = rustix::fs::openat(&self.folder, name, flags, Mode::empty()) else { return false };
        let file = File::from(file);
        file.metadata().is_ok_and(|data| data.len() == size)
            && rehash_file(&file).is_ok_and(|found| found == (sha256, size))
    }

    /// The names that are taken, by their case-blind form.
    fn names(&self) -> io::Result<HashMap<String, OsString>> {
        use std::os::unix::ffi::OsStrExt as _;
        let mut names = HashMap::new();
        for entry in rustix::fs::Dir::read_from(&self.folder).map_err(about(&self.path))? {
            let entry = entry.map_err(about(&self.path))?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes()).to_owned();
            names.insert(case_blind(&name.to_string_lossy()), name);
        }
        Ok(names)
    }
}

/// `name.ext`, `name (2).ext`, ...
fn numbered(name: &str, count: u32, extension: &str) -> String {
    match count {
        1 => format!("{name}.{extension}"),
        _ => format!("{name} ({count}).{extension}"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::download::Flags;

    fn captured(store: &Store, resource_id: i64, bytes: &[u8]) -> Captured {
        part::start(store, resource_id, None).unwrap().write_all(bytes).unwrap();
        Captured {
            part: store.root().join("tmp").join(part::part_name(resource_id)),
            resource_id,
            sha256: Digest::of(bytes),
            size_bytes: bytes.len() as u64,
            media_type: "audio/mpeg",
            extension: "mp3",
            flags: Flags::default(),
        }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        (root, store)
    }

    #[test]
    fn no_name_is_used_twice_and_no_bytes_are_kept_twice() {
        let (root, store) = store();
        let place = |id, bytes: &[u8], stem, existing| {
            store
                .place(&captured(&store, id, bytes), stem, existing, &|_| false)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(place(1, b"one", "show/Title", None), "audio/show/Title.mp3");
        assert_eq!(place(2, b"two", "show/title", None), "audio/show/title (2).mp3");
        assert_eq!(place(3, b"thr", "show/TITLE", None), "audio/show/TITLE (3).mp3");
        // A crash after the rename left a file without a row: the same bytes again find it.
        assert_eq!(place(4, b"two", "show/title", None), "audio/show/title (2).mp3");
        let first = Path::new("audio/show/Title.mp3");
        assert_eq!(place(5, b"one", "other/x", Some(first)), "audio/show/Title.mp3");
        // The row says that it is there, the disk that it is not: the part is placed.
        assert_eq!(place(6, b"six", "other/x", Some(first)), "audio/other/x.mp3");
        assert_eq!(std::fs::read(root.path().join("audio/show/Title.mp3")).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(root.path().join("tmp")).unwrap().count(), 0);
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(root.path().join("audio/other/x.mp3")).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o444);
    }

    #[test]
    fn folders_that_are_one_elsewhere_are_one_here() {
        let (root, store) = store();
        let place =
            |id, bytes: &[u8], stem| store.place(&captured(&store, id, bytes), stem, None, &|_| false);
        assert_eq!(place(1, b"one", "Café/a").unwrap(), Path::new("audio/Café/a.mp3"));
        assert_eq!(place(2, b"two", "CAFÉ/a").unwrap(), Path::new("audio/Café/a (2).mp3"));
        assert_eq!(place(3, b"thr", "cafe\u{301}/Sub/a").unwrap(), Path::new("audio/Café/Sub/a.mp3"));
        assert_eq!(place(4, b"fou", "CAFÉ/SUB/A").unwrap(), Path::new("audio/Café/Sub/A (2).mp3"));
        // What an archive of before has keeps its folder, and a file in the way is none.
        std::fs::create_dir(root.path().join("audio/CAFÉ")).unwrap();
        assert_eq!(place(5, b"fiv", "CAFÉ/a").unwrap(), Path::new("audio/CAFÉ/a.mp3"));
        std::fs::write(root.path().join("audio/file"), "").unwrap();
        assert_eq!(place(6, b"six", "FILE/a").unwrap(), Path::new("audio/FILE/a.mp3"));
    }

    #[test]
    fn a_linked_folder_or_a_climbing_stem_is_refused() {
        let (root, store) = store();
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), root.path().join("audio/show")).unwrap();
        for stem in ["show/a", "../a", "/a", "a/../../b", ""] {
            assert!(store.place(&captured(&store, 1, b"x"), stem, None, &|_| false).is_err(), "{stem}");
        }
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_name_taken_behind_our_back_or_promised_to_a_lost_file_is_stepped_over() {
        let (root, store) = store();
        store.place(&captured(&store, 1, b"one"), "show/a", None, &|_| false).unwrap();
        std::fs::write(root.path().join("audio/show/b.mp3"), "theirs").unwrap();
        let promised = Path::new("audio/show/b (2).mp3");
        let placed =
            store.place(&captured(&store, 2, b"two"), "show/b", None, &|path| path == promised).unwrap();
        assert_eq!(placed, Path::new("audio/show/b (3).mp3"));
        store.sync(&[placed]).unwrap();
        // Nor is a name taken whose file has become these very bytes.
        let first = Path::new("audio/show/b (3).mp3");
        let placed =
            store.place(&captured(&store, 3, b"two"), "show/b (3)", None, &|path| path == first).unwrap();
        assert_eq!(placed, Path::new("audio/show/b (3) (2).mp3"));
        assert_eq!(std::fs::read(root.path().join("audio/show/b.mp3")).unwrap(), b"theirs");
    }
}
