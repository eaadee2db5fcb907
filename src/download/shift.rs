//! A kept file gets another name, and never that of another file.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::PoisonError;

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::names::case_blind;
use super::place::{Shelf, split};
use super::rename::{is_listed, rename_to_free_name};
use super::store::{AUDIO, Store, about};
use crate::model::Digest;

/// What came of a new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shifted {
    /// The file has it.
    Done,
    /// There is no file of the old name.
    Absent,
    /// Another file has the new name.
    Taken,
}

impl Store {
    /// Gives the file at `from` the name `to`, making folders on the way; both are relative to the archive. What a killed run
    /// left half done is finished. The name lasts once [`Store::sync`] has returned for both.
    pub fn shift(&self, from: &Path, to: &Path) -> io::Result<Shifted> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let below = to.strip_prefix(AUDIO).map_err(|_| about(to)(Errno::INVAL))?;
        let (folder, new) = split(below.to_str().unwrap_or_default())?;
        let (old_folder, old) = match self.kept_in(from) {
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Shifted::Absent),
            found => found.map_err(about(from))?,
        };
        let old = old.to_str().ok_or_else(|| about(from)(Errno::INVAL))?;
        let shelf = Shelf::open(self, folder)?;
        let blind = |path: &Path| path.parent().map(|folder| case_blind(&folder.to_string_lossy()));
        let is_at_home = blind(from) == blind(to);
        shift(&old_folder, old, &shelf.folder, new, is_at_home).map_err(about(to))
    }

    /// Removes the folders that these paths were in, and those above, as far as nothing is left in them.
    pub fn remove_empty_folders<'p>(&self, paths: impl Iterator<Item = &'p Path>) {
        let folders: std::collections::BTreeSet<&Path> =
            paths.flat_map(|path| path.ancestors().skip(1)).collect();
        // The longer come first: a folder goes after those in it. One that is not empty, or not ours to remove, stays.
        for folder in folders
            .into_iter()
            .rev()
            .filter(|folder| folder.starts_with(AUDIO) && *folder != Path::new(AUDIO))
        {
            if let Ok((parent, name)) = self.kept_in(folder) {
                let _ = rustix::fs::unlinkat(&parent, name, AtFlags::REMOVEDIR);
            }
        }
    }
}

/// `is_at_home`: the folders are one, as far as their names tell.
fn shift(
    old_folder: &OwnedFd,
    old: &str,
    new_folder: &OwnedFd,
    new: &str,
    is_at_home: bool,
) -> Result<Shifted, Errno> {
    match rename_to_free_name(old_folder, old, new_folder, new) {
        Ok(()) => Ok(Shifted::Done),
        Err(Errno::NOENT) => finish_detour(new_folder, new),
        Err(Errno::EXIST)
            if !(is_one_file(old_folder, old, new_folder, new)
                || is_at_home && is_respelled(new_folder, old, new)?) =>
        {
            Ok(Shifted::Taken)
        }
        // A second link that a killed run made, where a file system can do no better: the first goes.
        Err(Errno::EXIST) if is_listed(old_folder, old)? && is_listed(new_folder, new)? => {
            rustix::fs::unlinkat(old_folder, old, AtFlags::empty())?;
            Ok(Shifted::Done)
        }
        // Two spellings of one name, to this file system: it changes the spelling by a detour alone.
        Err(Errno::EXIST) => {
            rename_to_free_name(old_folder, old, new_folder, &detour(new))?;
            finish_detour(new_folder, new)
        }
        Err(error) => Err(error),
    }
}

/// The second half of a detour, if somebody is on one.
fn finish_detour(folder: &OwnedFd, new: &str) -> Result<Shifted, Errno> {
    match rename_to_free_name(folder, &detour(new), folder, new) {
        Ok(()) => Ok(Shifted::Done),
        Err(Errno::NOENT) => Ok(Shifted::Absent),
        Err(Errno::EXIST) => Ok(Shifted::Taken),
        Err(error) => Err(error),
    }
}

/// Hidden, and of a form that no episode's name has.
fn detour(name: &str) -> String {
    let digest = Digest::of(name.as_bytes()).to_string();
    format!(".{}.name", digest.get(..16).unwrap_or_default())
}

fn is_one_file(old_folder: &OwnedFd, old: &str, new_folder: &OwnedFd, new: &str) -> bool {
    let look = |folder: &OwnedFd, name: &str| rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
    match (look(old_folder, old), look(new_folder, new)) {
        (Ok(old), Ok(new)) => (old.st_dev, old.st_ino) == (new.st_dev, new.st_ino),
        _ => false,
    }
}

/// Whether the two are one name in other letters, to a file system that gives each of them a number of its own (exFAT by FUSE).
fn is_respelled(folder: &OwnedFd, old: &str, new: &str) -> Result<bool, Errno> {
    Ok(case_blind(old) == case_blind(new) && is_listed(folder, old)? && !is_listed(folder, new)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(files: &[&str]) -> (tempfile::TempDir, Store) {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        (root, store)
    }

    #[test]
    fn a_file_moves_and_takes_nobodys_place() {
        let (root, store) = store(&["audio/a/1.mp3", "audio/a/2.mp3"]);
        let shift = |from: &str, to: &str| store.shift(Path::new(from), Path::new(to)).unwrap();
        assert_eq!(shift("audio/a/1.mp3", "audio/b/c/1.mp3"), Shifted::Done);
        assert_eq!(shift("audio/a/2.mp3", "audio/b/c/1.mp3"), Shifted::Taken);
        assert_eq!(shift("audio/a/1.mp3", "audio/a/3.mp3"), Shifted::Absent);
        assert_eq!(shift("audio/none/1.mp3", "audio/a/3.mp3"), Shifted::Absent);
        assert_eq!(shift("audio/b/c/1.mp3", "audio/b/c/1.MP3"), Shifted::Done);
        assert_eq!(std::fs::read_to_string(root.path().join("audio/b/c/1.MP3")).unwrap(), "audio/a/1.mp3");
        for path in ["audio/../x.mp3", "tmp/x", "/etc/x", "audio"] {
            assert!(store.shift(Path::new("audio/a/2.mp3"), Path::new(path)).is_err(), "{path}");
        }
    }

    #[test]
    fn what_a_killed_run_left_half_done_is_finished() {
        let (root, store) = store(&["audio/a/1.mp3"]);
        let shift = |from: &str, to: &str| store.shift(Path::new(from), Path::new(to)).unwrap();
        let at = |below: &str| root.path().join(below);
        std::fs::hard_link(at("audio/a/1.mp3"), at("audio/a/2.mp3")).unwrap();
        assert_eq!(shift("audio/a/1.mp3", "audio/a/2.mp3"), Shifted::Done);
        assert!(!at("audio/a/1.mp3").exists() && at("audio/a/2.mp3").exists());
        std::fs::rename(at("audio/a/2.mp3"), at("audio/a").join(detour("3.mp3"))).unwrap();
        assert_eq!(shift("audio/a/2.mp3", "audio/a/3.mp3"), Shifted::Done);
        assert_eq!(std::fs::read_dir(at("audio/a")).unwrap().count(), 1);
    }

    #[test]
    fn a_name_in_other_letters_is_told_from_the_name_of_another_file() {
        let (root, store) = store(&["audio/a/What.mp3", "audio/a/x.mp3"]);
        let folder = Shelf::open(&store, Path::new("a")).unwrap().folder;
        assert_eq!(is_respelled(&folder, "What.mp3", "what.mp3"), Ok(true));
        assert_eq!(is_respelled(&folder, "What.mp3", "x.mp3"), Ok(false));
        std::fs::write(root.path().join("audio/a/what.mp3"), "another").unwrap();
        assert_eq!(is_respelled(&folder, "What.mp3", "what.mp3"), Ok(false));
        let shifted = store.shift(Path::new("audio/a/What.mp3"), Path::new("audio/a/what.mp3"));
        assert_eq!(shifted.unwrap(), Shifted::Taken);
    }

    #[test]
    fn empty_folders_go_and_others_stay() {
        let (root, store) = store(&["audio/a/b/c/1.mp3", "audio/a/keep.mp3"]);
        std::fs::remove_file(root.path().join("audio/a/b/c/1.mp3")).unwrap();
        store.remove_empty_folders([Path::new("audio/a/b/c/1.mp3"), Path::new("audio/x.mp3")].into_iter());
        assert!(!root.path().join("audio/a/b").exists() && root.path().join("audio/a/keep.mp3").exists());
        std::fs::remove_file(root.path().join("audio/a/keep.mp3")).unwrap();
        store.remove_empty_folders([Path::new("audio/a/keep.mp3")].into_iter());
        assert!(root.path().join("audio").exists() && !root.path().join("audio/a").exists());
    }
}
