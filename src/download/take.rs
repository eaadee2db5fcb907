//! Bytes that another program downloaded come in without being downloaded again: as a second name of the same file where the
//! file systems allow it, else as a copy.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};

use super::part;
use super::sniff::{HEAD, NotWanted, sniff};
use super::store::{Store, hash_into, rehash_file, subject};
use super::{Captured, Flags, Sniffed};
use crate::model::{Digest, Hasher, ResourceKind, Time};

/// Who writes a file writes again before so much time has gone by.
const FRESH_SECONDS: u64 = 60;

/// How a file comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Take {
    /// As a hard link; as a copy, sharing blocks where that can be, if no link is possible.
    #[default]
    Link,
    /// As a copy, always.
    Copy,
}

/// How files come in, how much of the disk is to stay free, and when that is.
#[derive(Debug, Clone, Copy)]
pub struct HowTaken {
    /// By link or copy.
    pub take: Take,
    /// Of a copy, as in `min_free_mb`.
    pub min_free_bytes: u64,
    /// A file that was written to just before this is copied, never linked: its writer may have more to say.
    pub now: Time,
}

/// Whether a file that was last written to at `modified` (seconds since 1970) may be in the making: within a minute.
pub fn is_fresh(modified: i64, now: Time) -> bool {
    now.unix().abs_diff(modified) < FRESH_SECONDS
}

/// A file outside the archive, or one below `audio/` that no row names.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// Device and number, as they were when it was looked at.
    pub inode: (u64, u64),
}

/// Why a file did not come in.
#[derive(Debug)]
pub enum Untaken {
    /// It is not what it is taken for.
    NotWanted(NotWanted),
    /// It could not be read: it has gone, has become another, or may not be read.
    Source(io::Error),
    /// The archive's disk did not do as told; what comes after would fare no better.
    Store(io::Error),
}

impl Store {
    /// Brings the file into `tmp/` as the part of a resource, hashed, judged and synced; [`Store::place`] names it.
    pub fn take(
        &self,
        outside: Outside<'_>,
        resource_id: i64,
        kind: ResourceKind,
        how: HowTaken,
    ) -> Result<Captured, Untaken> {
        part::remove(self, resource_id).map_err(Untaken::Store)?;
        let taken = self.bring(outside, resource_id, kind, how);
        if taken.is_err() {
            // The failure is what counts; what stays is swept away by a later run: it has no sidecar.
            let _ = part::remove(self, resource_id);
        }
        taken
    }

    fn bring(
        &self,
        outside: Outside<'_>,
        resource_id: i64,
        kind: ResourceKind,
        how: HowTaken,
    ) -> Result<Captured, Untaken> {
        let source = open(outside)?;
        let before = stamp(&source, outside.path)?;
        let size = before.0;
        // What is no audio is not copied first.
        judge(&source, size, kind, outside.path)?;
        let may_link = how.take == Take::Link && !is_fresh(before.1, how.now);
        let (sha256, size_bytes) = if may_link && self.link_in(outside, resource_id) {
            let part = part::open_to_read(self, resource_id).map_err(Untaken::Store)?;
            let hashed =
                rehash_file(&part).map_err(|error| Untaken::Source(subject(outside.path, &error)))?;
            // Its own program need not have done so.
            part.sync_all().map_err(Untaken::Store)?;
            hashed
        } else {
            self.make_room(size, how.min_free_bytes)?;
            self.copy_in(&source, outside.path, resource_id)?
        };
        at_rest(&source, outside.path, before, size_bytes)?;
        let part = part::open_to_read(self, resource_id).map_err(Untaken::Store)?;
        let sniffed = judge(&part, size_bytes, kind, outside.path)?;
        let path = self.root().join("tmp").join(part::part_name(resource_id));
        Ok(captured(path, resource_id, (sha256, size_bytes), sniffed))
    }

    /// Whether the part is now a second name of the very file that was looked at.
    fn link_in(&self, outside: Outside<'_>, resource_id: i64) -> bool {
        let name = part::part_name(resource_id);
        // Another disk, a file system without links, a file of somebody else's, too many names.
        if rustix::fs::linkat(CWD, outside.path, &self.0.tmp, &name, AtFlags::empty()).is_err() {
            return false;
        }
        let is_same = part::open_to_read(self, resource_id)
            .and_then(|file| file.metadata())
            .is_ok_and(|found| found.is_file() && (found.dev(), found.ino()) == outside.inode);
        if !is_same {
            let _ = part::remove(self, resource_id);
        }
        is_same
    }

    fn make_room(&self, size: u64, min_free_bytes: u64) -> Result<(), Untaken> {
        let free = self.free_space().map_err(Untaken::Store)?;
        if free.saturating_sub(size) < min_free_bytes {
            let message = format!(
                "a copy of {size} bytes would leave less than {min_free_bytes} bytes free, of {free} (min_free_mb)"
            );
            return Err(Untaken::Store(io::Error::new(io::ErrorKind::StorageFull, message)));
        }
        Ok(())
    }

    fn copy_in(&self, source: &File, path: &Path, resource_id: i64) -> Result<(Digest, u64), Untaken> {
        let mut part = part::start(self, resource_id, None).map_err(Untaken::Store)?;
        let shares_blocks = rustix::fs::ioctl_ficlone(&part, source).is_ok();
        if !shares_blocks {
            let mut from = source;
            io::Seek::rewind(&mut from).map_err(|error| Untaken::Source(subject(path, &error)))?;
            let mut buffer = vec![0; 256 * 1024];
            loop {
                match from.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => part.write_all(&buffer[..count]).map_err(Untaken::Store)?,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(Untaken::Source(subject(path, &error))),
                }
            }
        }
        part.sync_all().map_err(Untaken::Store)?;
        io::Seek::rewind(&mut part).map_err(Untaken::Store)?;
        let mut hasher = Hasher::default();
        let size = hash_into(&mut hasher, &part, u64::MAX).map_err(Untaken::Store)?;
        Ok((hasher.finish(), size))
    }

    /// Hashes a file where it lies; for one that is below `audio/` already.
    pub fn look(
        &self,
        outside: Outside<'_>,
        resource_id: i64,
        kind: ResourceKind,
    ) -> Result<Captured, Untaken> {
        let source = open(outside)?;
        let failed = |error: io::Error| Untaken::Source(subject(outside.path, &error));
        let before = stamp(&source, outside.path)?;
        let size = before.0;
        let sniffed = judge(&source, size, kind, outside.path)?;
        let mut from = &source;
        io::Seek::rewind(&mut from).map_err(failed)?;
        let hashed = rehash_file(&source).map_err(failed)?;
        source.sync_all().map_err(failed)?;
        at_rest(&source, outside.path, before, hashed.1)?;
        Ok(captured(outside.path.to_owned(), resource_id, hashed, sniffed))
    }

    /// Gives up what was taken in, as if it had not been.
    pub fn give_back(&self, captured: &Captured) -> io::Result<()> {
        part::remove(self, captured.resource_id)
    }
}

fn captured(part: PathBuf, resource_id: i64, hashed: (Digest, u64), sniffed: Sniffed) -> Captured {
    let ((sha256, size_bytes), Sniffed { media_type, extension }) = (hashed, sniffed);
    Captured { part, resource_id, sha256, size_bytes, media_type, extension, flags: Flags::default() }
}

/// A plain file, the one that was looked at; through no link.
fn open(outside: Outside<'_>) -> Result<File, Untaken> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let opened = rustix::fs::openat(CWD, outside.path, flags, Mode::empty());
    let file =
        opened.map(File::from).map_err(|errno| Untaken::Source(subject(outside.path, &errno.into())))?;
    let found = file.metadata().map_err(|error| Untaken::Source(subject(outside.path, &error)))?;
    if !found.is_file() || (found.dev(), found.ino()) != outside.inode {
        let error = io::Error::other("it is another file than a moment ago");
        return Err(Untaken::Source(subject(outside.path, &error)));
    }
    Ok(file)
}

/// Length and time of the last writing, in seconds and their billionths.
type Stamp = (u64, i64, i64);

fn stamp(file: &File, path: &Path) -> Result<Stamp, Untaken> {
    let found = file.metadata().map_err(|error| Untaken::Source(subject(path, &error)))?;
    Ok((found.len(), found.mtime(), found.mtime_nsec()))
}

/// Nobody wrote to the file since, and all of it was read.
fn at_rest(file: &File, path: &Path, before: Stamp, read: u64) -> Result<(), Untaken> {
    if stamp(file, path)? == before && read == before.0 {
        return Ok(());
    }
    let error = io::Error::other("it is being written to; a later run takes it");
    Err(Untaken::Source(subject(path, &error)))
}

fn judge(mut file: &File, size: u64, kind: ResourceKind, path: &Path) -> Result<Sniffed, Untaken> {
    let mut head = Vec::with_capacity(HEAD);
    io::Seek::rewind(&mut file)
        .and_then(|()| file.take(HEAD as u64).read_to_end(&mut head))
        .map_err(|error| Untaken::Source(subject(path, &error)))?;
    sniff(&head, size, kind).map_err(Untaken::NotWanted)
}
