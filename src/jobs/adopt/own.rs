//! The archive's own folders, by whatever path they are reached: a second mount of `audio/` shows the same files under other
//! paths, and what is removed there is removed here.

use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::download::case_blind;

/// Device and number of a folder.
type Folder = (u64, u64);

/// `audio/` and what is below it.
pub(super) struct Own {
    folders: HashMap<Folder, PathBuf>,
}

impl Own {
    /// Walks through the folders of the archive at `root`, through no link below `audio/`. What can't be read is passed by.
    pub(super) fn of(root: &Path) -> Self {
        let mut own = Self { folders: HashMap::new() };
        let mut open = vec![root.join("audio")];
        while let Some(path) = open.pop() {
            let Some(folder) = folder(&path) else { continue };
            // A folder that was met already leads nowhere new.
            if own.folders.insert(folder, path.clone()).is_some() {
                continue;
            }
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            let below = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            open.extend(below.map(|entry| entry.path()));
        }
        own
    }

    /// Whether a folder, by device and number, is one of the archive's.
    pub(super) fn has(&self, folder: Folder) -> bool {
        self.folders.contains_key(&folder)
    }

    /// The path by which the archive knows a folder or a file of its own; any other as it is.
    pub(super) fn known_as(&self, path: &Path) -> PathBuf {
        let whole = folder(path).and_then(|folder| self.folders.get(&folder)).cloned();
        let in_folder = || {
            let above = self.folders.get(&folder(path.parent()?)?)?;
            Some(above.join(path.file_name()?))
        };
        whole.or_else(in_folder).unwrap_or_else(|| path.to_owned())
    }

    /// Whether the name `found` may be the archive's own: in one of its folders, or the very name `kept` seen through another file
    /// system, where devices and numbers differ, and lengths and times of two files do not agree by chance.
    pub(super) fn may_be(&self, found: &Path, kept: &Path) -> bool {
        let Some(above) = found.parent().and_then(folder) else { return true };
        self.has(above) || looks_the_same(found, kept)
    }
}

/// Of what is a folder.
fn folder(path: &Path) -> Option<Folder> {
    let found = std::fs::metadata(path).ok().filter(Metadata::is_dir)?;
    Some((found.dev(), found.ino()))
}

/// Of two names of one inode, the folders tell.
fn looks_the_same(one: &Path, other: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| case_blind(&name.to_string_lossy()));
    let stamp = |found: &Metadata| {
        (found.len(), found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec())
    };
    let (Ok(a), Ok(b)) = (std::fs::symlink_metadata(one), std::fs::symlink_metadata(other)) else {
        return true;
    };
    let is_one_inode = (a.dev(), a.ino()) == (b.dev(), b.ino());
    !is_one_inode && name(one) == name(other) && stamp(&a) == stamp(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_folders_are_known_by_any_path() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        std::fs::create_dir_all(path("audio/a/b")).unwrap();
        std::fs::create_dir(path("in")).unwrap();
        // Other lengths: times alone may agree in a test.
        std::fs::write(path("audio/a/1.mp3"), "x").unwrap();
        std::fs::write(path("in/1.mp3"), "xy").unwrap();
        std::fs::hard_link(path("audio/a/1.mp3"), path("in/2.mp3")).unwrap();
        std::os::unix::fs::symlink(path("audio/a"), path("alias")).unwrap();
        let own = Own::of(root.path());
        assert_eq!(own.known_as(&path("alias/b")), path("audio/a/b"));
        assert_eq!(own.known_as(&path("alias/1.mp3")), path("audio/a/1.mp3"));
        assert_eq!(own.known_as(&path("in/1.mp3")), path("in/1.mp3"));
        let kept = path("audio/a/1.mp3");
        assert!(own.may_be(&path("alias/1.mp3"), &kept) && own.may_be(&path("gone/1.mp3"), &kept));
        assert!(!own.may_be(&path("in/1.mp3"), &kept) && !own.may_be(&path("in/2.mp3"), &kept));
    }
}
