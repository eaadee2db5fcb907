//! `verify --repair`: a file that is missing or damaged is fetched again. The recorded bytes go back to their place, other
//! bytes are stored beside it.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::again::fetch_again;
use super::findings::Findings;
use super::session::{Session, Show};
use super::{Error, captures};
use crate::archive::FileRow;

/// Repairs the files one by one, until the run is asked to stop.
pub(super) async fn repair(
    session: &mut Session,
    shows: &[Show],
    broken: &[FileRow],
    findings: &mut Findings,
) -> Result<(), Error> {
    let mut repaired = Vec::new();
    let mut end = Ok(());
    for file in broken {
        if session.is_cancelled() || end.is_err() {
            break;
        }
        match mend(session, shows, file).await {
            Ok(true) => {
                findings.bytes += file.size_bytes;
                findings.hashed_bytes += file.size_bytes;
                repaired.push(file.path.clone());
            }
            Ok(false) => {}
            Err(Error::Store(error)) if is_of_one_file(error.kind()) => {
                session.report.fail("verify", format!("repair: {error}; move away what is in its place"));
            }
            Err(error) => end = Err(error),
        }
    }
    findings.repaired = Some(repaired);
    end
}

/// What stands in the way of one file, and of no other.
fn is_of_one_file(kind: ErrorKind) -> bool {
    use ErrorKind::{AlreadyExists, InvalidInput, IsADirectory, NotADirectory};
    matches!(kind, AlreadyExists | InvalidInput | IsADirectory | NotADirectory)
}

/// Whether the recorded bytes are back.
async fn mend(session: &mut Session, shows: &[Show], file: &FileRow) -> Result<bool, Error> {
    let Some(done) = fetch_again(session, shows, file).await? else {
        let message = format!(
            "repair {}: nothing offers these bytes any more: its show is not followed, or other bytes are in its place",
            file.path
        );
        session.report.fail("verify", message);
        return Ok(false);
    };
    let mut placed = HashMap::new();
    let mut is_repaired = false;
    match &done.attempt.result {
        Ok(captured) if captured.sha256 == file.sha256 => {
            session.store.restore(captured, Path::new(&file.path))?;
            placed.insert(file.sha256, PathBuf::from(&file.path));
            is_repaired = true;
        }
        Ok(_) => {
            let message =
                format!("repair {}: the host serves other bytes now; they are kept beside it", file.path);
            session.report.fail(&done.job.wanted.show, message);
        }
        Err(_) => {}
    }
    captures::settle(session, vec![done], placed)?;
    Ok(is_repaired)
}
