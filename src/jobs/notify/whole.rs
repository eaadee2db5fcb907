//! A file that others read while it is written anew: it is there whole, as it was or as it is.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Writes the file, for all to read, under another name, and then gives it its own. What is no file (a terminal, a pipe) is
/// written to as it is.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&place).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::OpenOptions::new().write(true).open(&place)?.write_all(text.as_bytes());
    }
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".castkeep-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(&place).map_err(|error| error.error).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_a_pipe_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.prom"), folder.path().join("link"));
        write_whole(&path, "one\n").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_whole(&link, "two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        // No device of the machine is put at risk for a test.
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let mut end = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        write_whole(&pipe, "three\n").unwrap();
        let mut said = [0; 6];
        std::io::Read::read_exact(&mut end, &mut said).unwrap();
        assert_eq!(&said, b"three\n");
        assert!(write_whole(folder.path(), "five\n").is_err());
        assert!(write_whole(&folder.path().join("none/a"), "six\n").is_err());
    }
}
