//! Why something can't be written, and what helps: whose it is, who runs, what the disk allows.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};

/// What helps where a disk can only be read.
pub const READ_ONLY: &str =
    "the disk can only be read: mount it for writing; where it went bad, the kernel may have done so (dmesg)";

/// Names of users are looked up in no larger file, in bytes.
const LARGEST: u64 = 1 << 20;

/// What helps where `path` could not be written. Of what is not there yet, the folder above it counts.
pub fn about_rights(path: &Path) -> String {
    if flags(path).is_some_and(|flags| flags.contains(StatVfsMountFlags::RDONLY)) {
        return READ_ONLY.to_owned();
    }
    let me = rustix::process::geteuid().as_raw();
    match there(path) {
        Some((place, found)) => told(place, Right::of(place, &found), me, &user),
        None => format!("castkeep runs as {}, who may not write there", user(me)),
    }
}

/// What is known of a file or folder that may not be written.
#[derive(Debug, Clone, Copy)]
struct Right {
    owner: u32,
    /// Its owner may write.
    by_owner: bool,
    /// Neither owner nor mode keep this user out.
    is_open: bool,
}

impl Right {
    fn of(path: &Path, found: &Metadata) -> Self {
        let is_open = access(path, Access::WRITE_OK).is_ok();
        Self { owner: found.uid(), by_owner: found.mode() & 0o200 != 0, is_open }
    }
}

fn told(place: &Path, right: Right, me: u32, user: &dyn Fn(u32) -> String) -> String {
    let (path, mine) = (place.display(), user(me));
    match right {
        Right { is_open: true, .. } => {
            format!(
                "castkeep runs as {mine}: it must be able to write all that is in {path} (ls -l, chown -R, chmod -R)"
            )
        }
        Right { owner, .. } if owner != me && me != 0 => {
            let owner = user(owner);
            format!(
                "{path} belongs to {owner}, and castkeep runs as {mine}: run it as {owner}, or make it {mine}'s (chown -R)"
            )
        }
        Right { by_owner: false, owner, .. } if owner == me => {
            format!("{path} may not be written by {mine}, whose it is: chmod -R u+w")
        }
        Right { .. } => {
            format!(
                "castkeep runs as {mine}, who is kept out of {path}: by the server, by lsattr's i, or by a container"
            )
        }
    }
}

/// The file, else the nearest folder above it that is there.
fn there(path: &Path) -> Option<(&Path, Metadata)> {
    path.ancestors().find_map(|place| Some((place, place.symlink_metadata().ok()?)))
}

/// Those of the disk that it is on.
fn flags(path: &Path) -> Option<StatVfsMountFlags> {
    path.ancestors().find_map(|place| Some(statvfs(place).ok()?.f_flag))
}

/// A user by name, where the list of users has it.
fn user(id: u32) -> String {
    let list = Path::new("/etc/passwd");
    let is_small = list.metadata().is_ok_and(|found| found.len() <= LARGEST);
    let text = if is_small { std::fs::read_to_string(list).unwrap_or_default() } else { String::new() };
    named(&text, id).map_or_else(|| format!("user {id}"), str::to_owned)
}

/// passwd(5): `name:password:id:...`
fn named(list: &str, id: u32) -> Option<&str> {
    list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(id)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_have_names_where_the_list_has_them() {
        let list = "root:x:0:0:root:/root:/bin/sh\n\nbroken\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!((named(list, 0), named(list, 1000), named(list, 7)), (Some("root"), Some("ada"), None));
    }

    #[test]
    fn what_helps_depends_on_whose_it_is_and_who_runs() {
        let user = |id: u32| ["root", "ada", "bo"][id as usize].to_owned();
        let said = |owner, by_owner, is_open, me| {
            told(Path::new("/pods/audio"), Right { owner, by_owner, is_open }, me, &user)
        };
        assert_eq!(
            said(1, true, false, 2),
            "/pods/audio belongs to ada, and castkeep runs as bo: run it as ada, or make it bo's (chown -R)"
        );
        assert_eq!(
            said(1, false, false, 1),
            "/pods/audio may not be written by ada, whose it is: chmod -R u+w"
        );
        assert!(said(1, true, false, 0).starts_with("castkeep runs as root, who is kept out of /pods/audio"));
        // Whom no mode keeps out is kept out by something else.
        assert_eq!(said(1, false, false, 0), said(1, true, false, 0));
        assert!(said(1, true, true, 1).starts_with("castkeep runs as ada: it must be able to write all"));
    }

    #[test]
    fn of_what_is_not_there_the_folder_above_counts() {
        let folder = tempfile::tempdir().unwrap();
        let (place, _) =
            there(&folder.path().join("a/b")).map(|(place, found)| (place.to_owned(), found)).unwrap();
        assert_eq!(place, folder.path());
    }
}
