//! The one-writer lock: `flock` on a file beside the database, freed by the kernel however the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::error::{Error, Result};

/// Holds the archive for this process until dropped.
pub(super) struct Lock(
    #[expect(dead_code, reason = "held, never read: closing the file frees the lock")] File,
);

impl Lock {
    /// Whether another process holds it now. Looks, and takes nothing for longer than that.
    pub(super) fn is_held(root: &Path) -> bool {
        let file = File::open(root.join("lock"));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Takes the lock at once or fails: also when the folder is read-only, before anything else is tried.
    pub(super) fn take(root: &Path) -> Result<Self> {
        let path = root.join("lock");
        let io = |source| Error::Io { path: path.clone(), doing: "open for writing", source };
        let mut options = OpenOptions::new();
        // A link in its place could lead anywhere, and a pipe would be waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
        let file = options.create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(root.to_owned())),
            Err(TryLockError::Error(source)) => Err(Error::Io { path, doing: "lock", source }),
        }
    }
}
