//! `verify --refetch`: whether the hosts still serve the bytes that are kept. Kept files stay as they are; other bytes are
//! stored beside them, and are their episode's from then on.

use std::collections::HashMap;

use super::again::fetch_again;
use super::findings::{Findings, Replaced};
use super::session::{Session, Show};
use super::{Error, captures};
use crate::archive::FileRow;

/// Asks for the files one by one, until the run is asked to stop or the disk is full.
pub(super) async fn refetch(
    session: &mut Session,
    shows: &[Show],
    files: &[FileRow],
    findings: &mut Findings,
) -> Result<(), Error> {
    for file in files {
        if session.is_cancelled() || session.disk.is_some() {
            break;
        }
        // An earlier revision, or of a show that is not followed any more: there is nobody to ask.
        let Some(done) = fetch_again(session, shows, file).await? else { continue };
        let found = done.attempt.result.as_ref().ok().map(|captured| captured.sha256);
        captures::settle(session, vec![done], HashMap::new())?;
        match found {
            Some(sha256) if sha256 == file.sha256 => findings.confirmed += 1,
            Some(sha256) => {
                let Some(stored) = session.archive.file(&sha256)? else { continue };
                let owner = session.archive.owner(file.id)?;
                findings.replaced.push(Replaced { path: file.path.clone(), owner, by: stored.path });
            }
            None => {}
        }
    }
    Ok(())
}
