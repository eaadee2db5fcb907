//! `sync`: every due feed is asked for, read and recorded, and what is missing is downloaded.

use super::Error;
use super::pipeline::{Pipeline, Reach};
use super::schedule::is_due;
use super::session::{Manner, Session, now};
use crate::config::Config;
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
    let end = run(&mut session, &request).await;
    session.close(end)
}

async fn run(session: &mut Session, request: &Request) -> Result<(), Error> {
    let shows = session.shows(&request.shows)?;
    let at = now();
    let reach = match request {
        Request { feeds_only: true, .. } => Reach::Feeds,
        Request { force: true, .. } => Reach::AllAudio,
        Request { .. } => Reach::DueAudio,
    };
    let mut pipeline = Pipeline::new(session, reach);
    for show in &shows {
        if (request.force || is_due(&show.row, at)) && pipeline.add_live(show)? {
            continue;
        }
        pipeline.add_captures(show)?;
    }
    pipeline.run().await?;
    Ok(())
}

/// What `sync` would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Plan {
    /// A show.
    pub show: String,
    /// Its feed would be asked for.
    pub due: bool,
    /// Titles of episodes that would be downloaded, with their length as the feed says.
    pub downloads: Vec<(String, Option<u64>)>,
}

/// Tells what `sync` would do; asks nobody and changes nothing but what opening an archive does.
pub fn plan(config: Config, request: &Request, manner: Manner) -> Result<Vec<Plan>, Error> {
    let mut session = Session::open(config, "sync", manner)?;
    let at = now();
    let mut plans = Vec::new();
    for show in session.shows(&request.shows)? {
        let wanted = session.archive.wanted(show.row.id, (!request.force).then_some(at))?;
        let downloads = wanted
            .into_iter()
            .filter(|_| show.config.audio && !request.feeds_only)
            .map(|wanted| (wanted.title.unwrap_or_else(|| "(untitled)".to_owned()), wanted.length_bytes))
            .collect();
        plans.push(Plan { due: request.force || is_due(&show.row, at), show: show.row.slug, downloads });
    }
    session.close(Ok(()))?;
    Ok(plans)
}
