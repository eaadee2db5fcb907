//! A file that is stored is fetched once more, from where it came: to repair it, or to see whether it is still the same there.

use super::Error;
use super::capture_job::CaptureJob;
use super::inspect::{self, Done};
use super::session::{Session, Show};
use crate::archive::FileRow;
use crate::download::capture;

/// Captures the resource that the file was captured from; `None` if no show of the configuration offers it any more.
pub(super) async fn fetch_again(
    session: &mut Session,
    shows: &[Show],
    file: &FileRow,
) -> Result<Option<Done>, Error> {
    let Some(wanted) = session.archive.wanted_for_file(file.id)? else { return Ok(None) };
    let Some(show) = shows.iter().find(|show| show.row.slug == wanted.show) else { return Ok(None) };
    let Some(job) = CaptureJob::new(session, show, None, wanted)? else { return Ok(None) };
    let bar = session.manner.progress.bytes(&job.name(), Some(file.size_bytes));
    let progress = |done, total| bar.set(done, total);
    let attempt =
        capture(&session.client, &session.store, &job.target, &progress, &session.manner.cancel).await;
    Ok(Some(inspect::look(&session.store, job, attempt).await))
}
