//! A file that others read while it is written anew: it is there whole, as it was or as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::archive::{Error, folder_of, refuse_place};
use crate::report::is_report;

/// A pipe that nobody empties for so long is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// The first line of a report or of metrics is shorter than this, in bytes.
const BEGINNING: u64 = 200;
const FOREIGN: &str = "this is a file that castkeep did not write";

/// Looks whether [`write_whole`] may write there: neither in a place that the archive in the folder `archive` keeps for itself, nor
/// over a file that is not its own. A folder that is not there is no harm.
pub fn check_whole(path: &Path, archive: &Path) -> Result<(), Error> {
    let place = place(path);
    if folder_of(&place).is_dir() {
        refuse_place(&place, Some(archive))?;
    }
    if is_foreign(&place) {
        return Err(Error::Target { path: path.to_owned(), why: FOREIGN });
    }
    Ok(())
}

/// Writes the file, for all to read, under another name, and then gives it its own. What is no file (a terminal, a pipe) is
/// written to as it is.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let place = place(path);
    if fs::metadata(&place).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return pour(&place, text.as_bytes());
    }
    if is_foreign(&place) {
        return Err(io::Error::other(FOREIGN));
    }
    let folder = folder_of(&place);
    fs::metadata(folder)?;
    // It would name the file that is to be renamed.
    let unnamed = |error: io::Error| io::Error::from(error.kind());
    let mut file = tempfile::Builder::new().prefix(".castkeep-").tempfile_in(folder).map_err(unnamed)?;
    file.as_file_mut().write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(&place).map_err(|error| error.error).map(drop)
}

/// Where links lead to.
fn place(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Writes to a pipe or a device. One that nobody reads must not hold a run up.
fn pour(place: &Path, mut bytes: &[u8]) -> io::Result<()> {
    let never = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let opened = OpenOptions::new().write(true).custom_flags(never).open(place);
    let no_reader = rustix::io::Errno::NXIO.raw_os_error();
    let mut file = opened.map_err(|error| match error.raw_os_error() {
        Some(code) if code == no_reader => io::Error::other("nobody reads from it"),
        _ => error,
    })?;
    let mut last = Instant::now();
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(written) => {
                bytes = bytes.get(written..).unwrap_or_default();
                last = Instant::now();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock && last.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Err(io::Error::other("its reader stopped reading"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A report, as far as it tells that it is one.
#[derive(Deserialize)]
struct Report {
    #[serde(rename = "command")]
    _command: String,
    #[serde(rename = "outcome")]
    _outcome: String,
}

/// Whether a file is there that is neither empty nor a report nor metrics.
fn is_foreign(place: &Path) -> bool {
    let Ok(found) = fs::metadata(place) else { return false };
    found.is_file() && found.len() > 0 && !is_ours(place).unwrap_or(false)
}

fn is_ours(place: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(place)?.take(BEGINNING).read_to_end(&mut beginning)?;
    let beginning = String::from_utf8_lossy(&beginning);
    let first = beginning.lines().next().unwrap_or_default();
    Ok(match first {
        "{" => serde_json::from_reader::<_, Report>(BufReader::new(File::open(place)?)).is_ok(),
        _ => first.starts_with("# HELP castkeep_") || is_report(first),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_a_pipe_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.prom"), folder.path().join("link"));
        write_whole(&path, "# HELP castkeep_one\n").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_whole(&link, "sync: ok\ntwo\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "sync: ok\ntwo\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        // No device of the machine is put at risk for a test.
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert_eq!(write_whole(&pipe, "none\n").unwrap_err().to_string(), "nobody reads from it");
        let mut end = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        write_whole(&pipe, "three\n").unwrap();
        let mut said = [0; 6];
        std::io::Read::read_exact(&mut end, &mut said).unwrap();
        assert_eq!(&said, b"three\n");
        assert!(write_whole(folder.path(), "five\n").is_err());
        let told = write_whole(&folder.path().join("none/a"), "six\n").unwrap_err().to_string();
        assert_eq!(told, "No such file or directory (os error 2)", "no other file is named");
    }

    #[test]
    fn what_castkeep_did_not_write_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for (text, is_replaced) in [
            ("", true),
            ("sync: ok\n", true),
            (": failed\n", true),
            ("# HELP castkeep_last_run_timestamp_seconds When\n", true),
            ("{\n  \"command\": \"sync\",\n  \"outcome\": \"ok\", \"shows\": []\n}\n", true),
            ("{\n  \"command\": \"sync\",\n  \"outco", false),
            ("{\n  \"a\": 1\n}\n", false),
            ("sync: okay\n", false),
            ("[http]\n", false),
            ("SQLite format 3\0", false),
            ("\n", false),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(check_whole(&path, Path::new("none")).is_ok(), is_replaced, "{text:?}");
            assert_eq!(write_whole(&path, "sync: failed\n").is_ok(), is_replaced, "{text:?}");
            assert_eq!(fs::read_to_string(&path).unwrap() == text, !is_replaced, "{text:?}");
        }
    }
}
