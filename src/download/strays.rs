//! Files below `audio/` that nobody put there, as far as the books know.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use super::names::case_blind;
use super::store::{AUDIO, Store, subject};

impl Store {
    /// Files under `audio/` that no row names, relative to the archive. Links are listed and not followed. Folders that may not
    /// be looked into, such as the `lost+found` of a disk, are passed over: what rows name in them is missed by whoever reads it.
    pub fn strays(&self, known: &HashSet<PathBuf>) -> io::Result<Vec<PathBuf>> {
        let listed = self.listed()?;
        let (found, unknown): (Vec<PathBuf>, Vec<PathBuf>) =
            listed.into_iter().partition(|path| known.contains(path));
        if unknown.is_empty() {
            return Ok(unknown);
        }
        let found: HashSet<PathBuf> = found.into_iter().collect();
        let unseen = known.iter().filter(|path| !found.contains(*path));
        let unseen: HashMap<String, &PathBuf> = unseen.map(|path| (blind(path), path)).collect();
        // Some file systems list a name in other letters than it was given, and find it by either.
        let is_known = |path: &PathBuf| {
            let row = unseen.get(&blind(path));
            row.is_some_and(|row| std::fs::symlink_metadata(self.0.root.join(row)).is_ok())
        };
        let mut strays: Vec<PathBuf> = unknown.into_iter().filter(|path| !is_known(path)).collect();
        strays.sort();
        Ok(strays)
    }

    /// All that is no folder.
    fn listed(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let mut folders = vec![PathBuf::from(AUDIO)];
        while let Some(folder) = folders.pop() {
            let full = self.0.root.join(&folder);
            let entries = match std::fs::read_dir(&full) {
                Err(error) if is_closed(&folder, &error) => continue,
                entries => entries.map_err(|error| subject(&full, &error))?,
            };
            for entry in entries {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                let list = if entry.file_type()?.is_dir() { &mut folders } else { &mut files };
                list.push(path);
            }
        }
        Ok(files)
    }
}

fn is_closed(folder: &Path, error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && folder != Path::new(AUDIO)
}

fn blind(path: &Path) -> String {
    case_blind(&path.to_string_lossy())
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
        assert!(store.free_space().unwrap() > 0);
    }

    /// As exFAT, and whatever else takes capitals and small letters for one, does it: here a link plays the other spelling.
    #[test]
    fn a_file_that_is_listed_in_other_letters_is_no_stray() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        std::fs::create_dir(root.path().join("audio/Café")).unwrap();
        std::fs::write(root.path().join("audio/Café/A.mp3"), "a").unwrap();
        let known = HashSet::from([PathBuf::from("audio/CAFÉ/a.mp3")]);
        assert_eq!(store.strays(&known).unwrap(), [PathBuf::from("audio/Café/A.mp3")]);
        std::os::unix::fs::symlink("Café", root.path().join("audio/CAFÉ")).unwrap();
        std::os::unix::fs::symlink("A.mp3", root.path().join("audio/Café/a.mp3")).unwrap();
        let strays = store.strays(&known).unwrap();
        assert!(!strays.contains(&PathBuf::from("audio/Café/A.mp3")), "{strays:?}");
    }
}
