//! `sync`: every due feed is asked for, read and recorded, and what is missing is downloaded.

use super::pipeline::{Pipeline, Reach};
use super::schedule::is_due;
use super::session::{Manner, Session, now};
use super::{Error, beside, hooks, reparse};
use crate::config::{self, Config};
use crate::report::Run;

/// What `sync` is to do.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Slugs; all shows if empty.
    pub shows: Vec<String>,
    /// Asks feeds that are not due, and tries failed downloads again at once. Validators are sent all the same.
    pub force: bool,
    /// Records feeds, downloads nothing.
    pub feeds_only: bool,
}

/// Runs it.
pub async fn sync(config: Config, request: Request, manner: Manner) -> Result<Run, Error> {
    let mut session = Session::open(config, "sync", manner)?;
    session.report.tells_once = !request.force;
    let end = run(&mut session, &request).await;
    session.close(end)
}

async fn run(session: &mut Session, request: &Request) -> Result<(), Error> {
    let shows = session.shows(&request.shows)?;
    reparse::catch_up(session)?;
    let at = now();
    let reach = match request {
        Request { feeds_only: true, .. } => Reach::Feeds,
        Request { force: true, .. } => Reach::AllAudio,
        Request { .. } => Reach::DueAudio,
    };
    let mut pipeline = Pipeline::new(session, reach);
    for show in shows.iter().filter(|show| !is_paused(&show.config, request)) {
        if (request.force || is_due(&show.row, at)) && pipeline.add_live(show)? {
            continue;
        }
        pipeline.add_captures(show)?;
    }
    pipeline.run().await?;
    beside::refresh(session, &shows, false)?;
    if !request.feeds_only {
        hooks::call(session, &shows, request.force).await?;
    }
    Ok(())
}

/// Whether a show rests: until it is asked for by its name.
pub(super) fn is_paused(show: &config::Show, request: &Request) -> bool {
    show.paused && request.shows.is_empty()
}
