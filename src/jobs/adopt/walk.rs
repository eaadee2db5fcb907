//! What lies in a folder: files that may be audio, and what is beside them. Links are not followed; what is no plain file is left alone.

use std::collections::HashSet;
use std::fs::DirEntry;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::own::Own;

/// Endings of audio and video, as podcast programs name files.
const MEDIA: &[&str] = &[
    "mp3", "m4a", "m4b", "mp4", "m4v", "aac", "ogg", "oga", "opus", "flac", "wav", "wma", "webm", "mkv",
    "mka", "mov", "avi", "mpg", "mpeg", "mpga", "aif", "aiff", "ogv", "3gp", "ts", "ext", "bin", "amr",
    "caf", "spx",
];
/// Endings of what is not yet whole.
const UNFINISHED: &[&str] =
    &["part", "partial", "tmp", "crdownload", "download", "ytdl", "aria2", "incomplete"];
/// Endings of what is no audio, and is not looked into.
const OTHER: &[&str] = &[
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "svg",
    "bmp",
    "txt",
    "md",
    "html",
    "htm",
    "xml",
    "rss",
    "opml",
    "json",
    "nfo",
    "srt",
    "vtt",
    "lrc",
    "log",
    "db",
    "sqlite",
    "pdf",
    "epub",
    "m3u",
    "m3u8",
    "pls",
    "xspf",
    "yaml",
    "yml",
    "toml",
    "ini",
    "cfg",
    "url",
    "cue",
    "sha256",
    "md5",
    "sfv",
    "zip",
    "gz",
    "7z",
    "rar",
    "py",
    "sh",
    "js",
    "css",
    "bak",
    "desktop",
    "lock",
    "ds_store",
    "xz",
    "zst",
    "csv",
    "db-wal",
    "db-shm",
    "db-journal",
];
/// Names of databases and lists that programs keep beside the audio.
const DATABASES: &[&str] = &["podcast-archiver.db", "Database"];

/// A plain file that may be audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    /// Its name does not say whether it is audio.
    pub(super) is_unsure: bool,
    /// Device and number: two names of one file have it in common.
    pub(super) inode: (u64, u64),
}

/// What a walk met.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) media: Vec<Found>,
    /// Databases of gPodder and podcast-archiver.
    pub(super) databases: Vec<PathBuf>,
    /// JSON lists that may be podcast-dl's.
    pub(super) lists: Vec<PathBuf>,
    /// What was left alone, and why.
    pub(super) left: Vec<String>,
    /// What could not be read.
    pub(super) unread: Vec<String>,
    /// Files that are nothing of ours: pictures, notes.
    pub(super) other: u64,
}

/// Goes through `root`, a folder or one file, but not into the archive, by whatever path it is reached.
pub(super) fn walk(root: &Path, except: Option<(&Path, &Own)>) -> std::io::Result<Walked> {
    let mut walked = Walked::default();
    let found = std::fs::metadata(root)?;
    if found.is_file() {
        walked.media.push(Found {
            path: root.to_owned(),
            size: found.len(),
            is_unsure: false,
            inode: (found.dev(), found.ino()),
        });
        return Ok(walked);
    }
    let mut seen = HashSet::from([(found.dev(), found.ino())]);
    let mut folders = vec![root.to_owned()];
    let mut is_first = true;
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if is_first => return Err(error),
            Err(error) => {
                walked.unread.push(format!("{}: {error}", folder.display()));
                continue;
            }
        };
        is_first = false;
        for entry in entries {
            match entry {
                Ok(entry) => meet(&entry, except, &mut walked, &mut folders, &mut seen),
                Err(error) => walked.unread.push(format!("{}: {error}", folder.display())),
            }
        }
    }
    // In an order that does not change from run to run.
    walked.media.sort_by(|a, b| a.path.cmp(&b.path));
    walked.databases.sort();
    walked.lists.sort();
    Ok(walked)
}

fn meet(
    entry: &DirEntry,
    except: Option<(&Path, &Own)>,
    walked: &mut Walked,
    folders: &mut Vec<PathBuf>,
    seen: &mut HashSet<(u64, u64)>,
) {
    let path = entry.path();
    // Of the entry itself, wherever a link may lead.
    let found = match entry.metadata() {
        Ok(found) => found,
        // It has gone meanwhile.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => return walked.unread.push(format!("{}: {error}", path.display())),
    };
    let name = entry.file_name().to_string_lossy().into_owned();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    if found.is_symlink() {
        if MEDIA.contains(&ending.as_str()) || path.is_dir() {
            walked.left.push(format!("{}: a link, which is not followed", path.display()));
        }
    } else if found.is_dir() {
        let is_own = except.is_some_and(|(root, own)| path == root || own.has((found.dev(), found.ino())));
        if !is_own && seen.insert((found.dev(), found.ino())) {
            folders.push(path);
        }
    } else if !found.is_file() {
        walked.left.push(format!("{}: no plain file", path.display()));
    } else if UNFINISHED.contains(&ending.as_str()) || name.contains(".partial.") {
        walked.left.push(format!("{}: a download that did not end", path.display()));
    } else if DATABASES.contains(&name.as_str()) {
        walked.databases.push(path);
    } else if !OTHER.contains(&ending.as_str()) && !name.starts_with('.') {
        let is_unsure = !MEDIA.contains(&ending.as_str());
        walked.media.push(Found { path, size: found.len(), is_unsure, inode: (found.dev(), found.ino()) });
    } else {
        if ending == "json" && !name.ends_with(".info.json") && !name.ends_with(".meta.json") {
            walked.lists.push(path);
        }
        walked.other += 1;
    }
}
