//! A name for a file that takes nobody else's.

use std::os::fd::OwnedFd;

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
