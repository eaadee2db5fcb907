//! From `tmp/` into a folder on another file system, where a rename can't reach: `audio/` may be a disk of its own.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Mode, OFlags};

use super::Captured;
use super::part;
use super::rename::rename_to_free_name;
use super::store::{Store, about, hash_into};
use crate::model::Hasher;

/// Copies the part beside its final place, hashed and synced on the way, and gives it its name there if that is free (and
/// over other bytes, if `replace` says so); then the part goes. A copy that a crash left behind is begun again by the next
/// attempt at the same resource.
pub(super) fn carry(
    store: &Store,
    captured: &Captured,
    to: &OwnedFd,
    name: &str,
    replace: bool,
) -> io::Result<()> {
    let draft = draft_name(captured.resource_id);
    let carried = copy(store, captured, to, &draft).and_then(|()| {
        let named = if replace {
            rustix::fs::renameat(to, &draft, to, name)
        } else {
            rename_to_free_name(to, &draft, to, name)
        };
        named.map_err(about(name.as_ref()))
    });
    if carried.is_err() {
        // The failure is what counts; what stays is overwritten by the next attempt.
        let _ = rustix::fs::unlinkat(to, &draft, AtFlags::empty());
    }
    carried.and_then(|()| part::remove(store, captured.resource_id))
}

/// Hidden, and of a form that no episode's name has.
fn draft_name(resource_id: i64) -> String {
    format!(".{resource_id}.part")
}

fn copy(store: &Store, captured: &Captured, to: &OwnedFd, draft: &str) -> io::Result<()> {
    let mut from = part::open_to_read(store, captured.resource_id)?;
    let flags =
        OFlags::RDWR | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file =
        rustix::fs::openat(to, draft, flags, Mode::from_raw_mode(0o600)).map_err(about(draft.as_ref()))?;
    let mut file = File::from(file);
    io::copy(&mut from, &mut file)?;
    file.flush()?;
    file.sync_all()?;
    io::Seek::rewind(&mut file)?;
    let mut hasher = Hasher::default();
    let size = hash_into(&mut hasher, &file, u64::MAX)?;
    if (hasher.finish(), size) != (captured.sha256, captured.size_bytes) {
        return Err(io::Error::other(
            "the copy on the other file system reads otherwise than it was written",
        ));
    }
    rustix::fs::fchmod(&file, store.0.kept_mode).map_err(about(draft.as_ref()))
}
