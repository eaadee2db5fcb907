//! `sync`: every due feed is asked for, read and recorded, and what is missing is downloaded.

use super::pipeline::{Pipeline, Reach};
use super::schedule::is_due;
use super::session::{Manner, Session, configured, now};
use super::{Error, reparse};
use crate::archive::{self, Reader, ShowRow};
use crate::config::{self, Config};
use crate::model::ResourceRole;
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
    reparse::catch_up(session)?;
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

/// Tells what `sync` would do. Asks nobody and writes nothing.
pub fn plan(config: &Config, request: &Request) -> Result<Vec<Plan>, Error> {
    let reader = match Reader::open(&config.archive.directory) {
        Ok(reader) => Some(reader),
        Err(archive::Error::Absent(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let mut plans = Vec::new();
    for (show, configured) in config.shows.iter().zip(configured(config)) {
        let row = reader.as_ref().map(|reader| reader.show(&configured)).transpose()?.flatten();
        plans.push(plan_show(config, request, reader.as_ref(), show, row.as_ref())?);
    }
    if let Some(name) = request.shows.iter().find(|name| !plans.iter().any(|plan| plan.show == **name)) {
        let known = plans.into_iter().map(|plan| plan.show).collect();
        return Err(Error::UnknownShow { name: name.clone(), known });
    }
    plans.retain(|plan| request.shows.is_empty() || request.shows.contains(&plan.show));
    Ok(plans)
}

fn plan_show(
    config: &Config,
    request: &Request,
    reader: Option<&Reader>,
    show: &config::Show,
    row: Option<&ShowRow>,
) -> Result<Plan, Error> {
    let at = now();
    let wanted = match (reader, row) {
        (Some(reader), Some(row)) if config.choose.of(show).audio && !request.feeds_only => {
            reader.wanted(row.id, &[ResourceRole::Enclosure], (!request.force).then_some(at))?
        }
        _ => Vec::new(),
    };
    let name = row.map(|row| row.slug.clone()).or_else(|| show.slug.clone());
    Ok(Plan {
        show: name.unwrap_or_else(|| show.address()),
        due: request.force || row.is_none_or(|row| is_due(row, at)),
        downloads: wanted
            .into_iter()
            .map(|wanted| (wanted.title.unwrap_or_else(|| "(untitled)".to_owned()), wanted.length_bytes))
            .collect(),
    })
}
