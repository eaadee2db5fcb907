//! A name for a file that takes nobody else's.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{AtFlags, RenameFlags};
use rustix::io::Errno;

/// Renames without overwriting: by the kernel's own means, else by a second link, else (on file systems that have
/// neither) after a look.
pub(super) fn rename_to_free_name(from: &OwnedFd, part: &str, to: &OwnedFd, name: &str) -> Result<(), Errno> {
    match rustix::fs::renameat_with(from, part, to, name, RenameFlags::NOREPLACE) {
        Err(Errno::NOSYS | Errno::INVAL | Errno::OPNOTSUPP) => {}
        outcome => return outcome,
    }
    match rustix::fs::linkat(from, part, to, name, AtFlags::empty()) {
        Ok(()) => {
            // A crash may keep the one and forget the other, but never the new name.
            rustix::fs::fsync(to)?;
            return rustix::fs::unlinkat(from, part, AtFlags::empty());
        }
        Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS | Errno::MLINK) => {}
        Err(error) => return Err(error),
    }
    match rustix::fs::statat(to, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => rustix::fs::renameat(from, part, to, name),
        Err(error) => Err(error),
        Ok(_) => Err(Errno::EXIST),
    }
}

/// Whether the folder lists this very name, rather than one that its file system takes for the same.
pub(super) fn is_listed(folder: &OwnedFd, name: impl AsRef<OsStr>) -> Result<bool, Errno> {
    for entry in rustix::fs::Dir::read_from(folder)? {
        if entry?.file_name().to_bytes() == name.as_ref().as_bytes() {
            return Ok(true);
        }
    }
    Ok(false)
}
