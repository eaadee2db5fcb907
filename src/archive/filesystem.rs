//! What kind of file system the archive is on. A write-ahead log lives from memory that all who use the database share, and
//! a network gives none (sqlite.org/wal.html, "All processes using a database must be on the same host computer").

use std::path::Path;

/// What a file system is to SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSystem {
    /// On this machine, as far as can be told.
    Local,
    /// On another one, by this protocol.
    Network(&'static str),
    /// Answered by a program (FUSE), which may well ask another machine.
    Fuse,
}

/// `f_type` of statfs(2), as in linux/magic.h and the sources of each file system.
const NETWORK: &[(u32, &str)] = &[
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x0116_1970, "GFS2"),
    (0x7461_636f, "OCFS2"),
];

/// FUSE_SUPER_MAGIC, virtiofs too.
const FUSE: u32 = 0x6573_5546;

impl FileSystem {
    /// That of a file or folder; local where the system does not say.
    pub fn of(path: &Path) -> Self {
        magic(path).map_or(Self::Local, Self::by_magic)
    }

    fn by_magic(magic: u32) -> Self {
        let network = NETWORK.iter().find(|(known, _)| *known == magic);
        match network {
            Some((_, name)) => Self::Network(name),
            None if magic == FUSE => Self::Fuse,
            None => Self::Local,
        }
    }
}

/// The number is 32 bits wide, in a field whose width and sign differ between machines.
#[cfg(target_os = "linux")]
fn magic(path: &Path) -> Option<u32> {
    rustix::fs::statfs(path).ok().map(|found| found.f_type as u32)
}

/// Elsewhere the field is no magic number.
#[cfg(not(target_os = "linux"))]
fn magic(_: &Path) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_is_told_by_its_magic_number() {
        for (magic, found) in [
            (0xef53, FileSystem::Local),      // ext4
            (0x0102_1994, FileSystem::Local), // tmpfs
            (0x9123_683e, FileSystem::Local), // btrfs
            (0x2fc1_2fc1, FileSystem::Local), // ZFS
            (0x6969, FileSystem::Network("NFS")),
            (0xff53_4d42, FileSystem::Network("CIFS")),
            (0xfe53_4d42, FileSystem::Network("SMB")),
            (0x0102_1997, FileSystem::Network("9p")),
            (0x00c3_6400, FileSystem::Network("Ceph")),
            (0x0bd0_0bd0, FileSystem::Network("Lustre")),
            (0x6573_5546, FileSystem::Fuse),
        ] {
            assert_eq!(FileSystem::by_magic(magic), found, "{magic:x}");
        }
        assert_eq!(FileSystem::of(Path::new("/nowhere/at/all")), FileSystem::Local);
    }
}
