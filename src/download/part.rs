//! Parts: bodies under way in `tmp/`, each with a sidecar that says of which answer they are.
//!
//! A part is trusted only as far as its sidecar vouches for it: the same address, a strong validator, the same boot.
//! After a power cut the boot differs and the part goes, so neither file needs a sync before its time; a killed
//! process leaves both as they were.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::store::{Store, about};
use crate::http::{Url, redact};
use crate::model::{Digest, Time};

/// Shorter parts are not worth a resume.
const LEAST_PART: u64 = 64 * 1024;
/// So much of a part is asked for again and compared.
pub(super) const OVERLAP: u64 = 4096;
/// Older parts are swept.
const OLDEST: Duration = Duration::from_hours(7 * 24);

impl Store {
    /// Clears `tmp/` of parts that can't be resumed: without a readable sidecar, older than a week, or of a resource
    /// that `wanted` says no longer misses its bytes. Tells how many files went.
    pub fn sweep(&self, now: Time, wanted: &dyn Fn(i64) -> bool) -> io::Result<usize> {
        sweep(self, now, wanted)
    }

    /// Removes what is left of a capture, after the rows that name its file are committed.
    pub fn finish(&self, resource_id: i64) -> io::Result<()> {
        remove(self, resource_id)
    }
}

/// Of which answer a part is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sidecar {
    /// For people; secrets hidden.
    url: String,
    /// Of the address itself, for comparing.
    url_sha256: String,
    pub(super) final_url: String,
    pub(super) strong_etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// The length of the whole, where it was told.
    pub(super) total: Option<u64>,
    started: String,
    boot_id: String,
}

impl Sidecar {
    /// A sidecar for an answer with these validators; `None` if nothing allows the part to be resumed.
    pub(super) fn new(
        url: &Url,
        final_url: &Url,
        strong_etag: Option<String>,
        last_modified: Option<String>,
        total: Option<u64>,
        started: Time,
    ) -> Option<Self> {
        let worth_it = total.is_none_or(|total| total >= LEAST_PART);
        (worth_it && (strong_etag.is_some() || last_modified.is_some())).then_some(())?;
        Some(Self {
            url: redact(url),
            url_sha256: Digest::of(url.as_str().as_bytes()).to_string(),
            final_url: redact(final_url),
            strong_etag,
            last_modified,
            total,
            started: started.to_string(),
            boot_id: boot_id()?,
        })
    }

    /// What goes into If-Range.
    pub(super) fn validator(&self) -> Option<&str> {
        self.strong_etag.as_deref().or(self.last_modified.as_deref())
    }

    fn vouches(&self, url: &Url, have: u64) -> bool {
        let same_url = self.url_sha256 == Digest::of(url.as_str().as_bytes()).to_string();
        let fits = have >= LEAST_PART && self.total.is_none_or(|total| have <= total);
        same_url && fits && self.validator().is_some() && boot_id().is_some_and(|boot| boot == self.boot_id)
    }
}

/// A part that may be resumed.
#[derive(Debug, Clone)]
pub(super) struct Resumable {
    pub(super) sidecar: Sidecar,
    /// How many bytes are there.
    pub(super) have: u64,
}

impl Resumable {
    /// Where the resumed answer is to begin.
    pub(super) fn from(&self) -> u64 {
        self.have.saturating_sub(OVERLAP)
    }
}

/// The part of an earlier attempt, if it can be trusted; else nothing of it is left.
pub(super) fn find(store: &Store, id: i64, url: &Url) -> io::Result<Option<Resumable>> {
    let sidecar = read_sidecar(store, id);
    let have = match open(store, id, false) {
        Ok(file) => file.metadata().map(|data| if data.is_file() { data.len() } else { 0 })?,
        Err(_) => 0,
    };
    match sidecar.filter(|sidecar| sidecar.vouches(url, have)) {
        Some(sidecar) => Ok(Some(Resumable { sidecar, have })),
        None => remove(store, id).map(|()| None),
    }
}

/// Opens the part for reading and writing; never through a link.
pub(super) fn open(store: &Store, id: i64, create: bool) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let flags = if create { flags | OFlags::CREATE } else { flags };
    let opened = rustix::fs::openat(&store.0.tmp, part_name(id), flags, Mode::from_raw_mode(0o600));
    opened.map(File::from).map_err(about(part_name(id).as_ref()))
}

/// Opens a whole part, which nobody may write to any more.
pub(super) fn open_to_read(store: &Store, id: i64) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let opened = rustix::fs::openat(&store.0.tmp, part_name(id), flags, Mode::empty());
    opened.map(File::from).map_err(about(part_name(id).as_ref()))
}

/// Makes an empty part and notes of which answer it will be, before any of its bytes are written.
pub(super) fn start(store: &Store, id: i64, sidecar: Option<&Sidecar>) -> io::Result<File> {
    remove(store, id)?;
    if let Some(sidecar) = sidecar {
        write_sidecar(store, id, sidecar)?;
    }
    open(store, id, true)
}

/// Nobody writes to it from now on; not through a link, which would change the mode of what it leads to. A file that has
/// another name, in the folder of another program, keeps its mode.
pub(super) fn seal(store: &Store, id: i64) -> io::Result<()> {
    let file = open_to_read(store, id)?;
    if file.metadata()?.nlink() > 1 {
        return Ok(());
    }
    rustix::fs::fchmod(&file, store.0.kept_mode).map_err(about(part_name(id).as_ref()))
}

/// Removes part and sidecar; the part first, since a sidecar alone claims nothing.
pub(super) fn remove(store: &Store, id: i64) -> io::Result<()> {
    for name in [part_name(id), sidecar_name(id), draft_name(id)] {
        unlink(store, &name)?;
    }
    Ok(())
}

pub(super) fn sweep(store: &Store, now: Time, wanted: &dyn Fn(i64) -> bool) -> io::Result<usize> {
    let mut removed = 0;
    for entry in rustix::fs::Dir::read_from(&store.0.tmp)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().to_str() else { continue };
        // Files of other names are not ours to remove.
        let Some((id, ending)) = name.split_once('.') else { continue };
        let Ok(id) = id.parse::<i64>() else { continue };
        let keep = match ending {
            "part" | "json" => wanted(id) && is_fresh(store, id, now) && has_part(store, id),
            "json.new" => false,
            _ => continue,
        };
        if !keep {
            unlink(store, name)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether the sidecar is readable, of this boot, and no older than a week (or dated ahead by a clock since set right).
fn is_fresh(store: &Store, id: i64, now: Time) -> bool {
    read_sidecar(store, id).is_some_and(|sidecar| {
        let started = sidecar.started.parse::<Time>();
        started.is_ok_and(|started| now.since(started) < OLDEST) && boot_id() == Some(sidecar.boot_id)
    })
}

/// Whether something vouches for the part.
pub(super) fn has_sidecar(store: &Store, id: i64) -> bool {
    read_sidecar(store, id).is_some()
}

fn has_part(store: &Store, id: i64) -> bool {
    rustix::fs::statat(&store.0.tmp, part_name(id), AtFlags::SYMLINK_NOFOLLOW).is_ok()
}

fn read_sidecar(store: &Store, id: i64) -> Option<Sidecar> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::openat(&store.0.tmp, sidecar_name(id), flags, Mode::empty()).ok()?;
    let mut text = String::new();
    File::from(file).take(64 * 1024).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Appears whole or not at all, by a rename.
fn write_sidecar(store: &Store, id: i64, sidecar: &Sidecar) -> io::Result<()> {
    let (draft, name) = (draft_name(id), sidecar_name(id));
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(&store.0.tmp, &draft, flags, Mode::from_raw_mode(0o600));
    let mut file = file.map(File::from).map_err(about(draft.as_ref()))?;
    file.write_all(&serde_json::to_vec(sidecar)?)?;
    rustix::fs::renameat(&store.0.tmp, &draft, &store.0.tmp, &name).map_err(about(name.as_ref()))
}

fn unlink(store: &Store, name: &str) -> io::Result<()> {
    match rustix::fs::unlinkat(&store.0.tmp, name, AtFlags::empty()) {
        Err(error) if error != Errno::NOENT => Err(about(name.as_ref())(error)),
        _ => Ok(()),
    }
}

pub(super) fn part_name(id: i64) -> String {
    format!("{id}.part")
}

fn sidecar_name(id: i64) -> String {
    format!("{id}.json")
}

fn draft_name(id: i64) -> String {
    format!("{id}.json.new")
}

/// Tells one boot of the machine from another; `None` where the system does not say, and no part is resumed then.
fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned()).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T12:00:00Z";

    fn store() -> (tempfile::TempDir, Store, Url) {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        (root, store, "https://a.example/1.mp3?token=t".parse().unwrap())
    }

    fn sidecar(url: &Url) -> Sidecar {
        let started = NOW.parse().unwrap();
        Sidecar::new(url, url, Some("\"e\"".to_owned()), None, Some(100_000), started).unwrap()
    }

    fn part(store: &Store, sidecar: Option<&Sidecar>, length: usize) {
        start(store, 7, sidecar).unwrap().write_all(&vec![1; length]).unwrap();
    }

    #[test]
    fn a_part_is_trusted_only_with_its_own_sidecar() {
        let (root, store, url) = store();
        let good = sidecar(&url);
        part(&store, Some(&good), 70_000);
        assert_eq!(find(&store, 7, &url).unwrap().unwrap().have, 70_000);
        assert!(!std::fs::read_to_string(root.path().join("tmp/7.json")).unwrap().contains("token=t"));

        let other_url = "https://a.example/2.mp3".parse().unwrap();
        assert!(find(&store, 7, &other_url).unwrap().is_none());
        assert!(!root.path().join("tmp/7.part").exists(), "what is not trusted goes");

        for (sidecar, length) in [
            (None, 70_000),
            (Some(&good), 100_001),
            (Some(&good), 60_000),
            (Some(&Sidecar { boot_id: "another".to_owned(), ..good.clone() }), 70_000),
            (Some(&Sidecar { strong_etag: None, ..good.clone() }), 70_000),
        ] {
            part(&store, sidecar, length);
            assert!(find(&store, 7, &url).unwrap().is_none(), "{sidecar:?} {length}");
        }
    }

    #[test]
    fn the_sweep_keeps_what_can_be_resumed() {
        let (root, store, url) = store();
        let left = |name: &str| root.path().join("tmp").join(name).exists();
        let now: Time = NOW.parse().unwrap();
        part(&store, Some(&sidecar(&url)), 70_000);
        std::fs::write(root.path().join("tmp/note.txt"), "mine").unwrap();
        std::fs::write(root.path().join("tmp/8.part"), "no sidecar").unwrap();
        std::fs::write(root.path().join("tmp/9.json"), "{}").unwrap();
        assert_eq!(store.sweep(now, &|_| true).unwrap(), 2);
        assert!(left("7.part") && left("7.json") && left("note.txt") && !left("8.part") && !left("9.json"));
        assert_eq!(store.sweep(now + Duration::from_hours(8 * 24), &|_| true).unwrap(), 2);
        part(&store, Some(&sidecar(&url)), 70_000);
        assert_eq!(store.sweep(now, &|id| id != 7).unwrap(), 2);
        assert!(!left("7.part") && !left("7.json"));
    }

    #[test]
    fn a_link_in_place_of_a_part_is_not_followed() {
        let (root, store, url) = store();
        let target = root.path().join("precious");
        std::fs::write(&target, vec![1; 70_000]).unwrap();
        part(&store, Some(&sidecar(&url)), 1);
        std::fs::remove_file(root.path().join("tmp/7.part")).unwrap();
        std::os::unix::fs::symlink(&target, root.path().join("tmp/7.part")).unwrap();
        assert!(find(&store, 7, &url).unwrap().is_none());
        start(&store, 7, None).unwrap().write_all(b"new").unwrap();
        assert_eq!(std::fs::read(&target).unwrap().len(), 70_000);
    }
}
