//! `backfill`: the whole history of a show, and at the end what is complete and what is missing.
//!
//! Every document is recorded as it comes, so that an interrupted backfill goes on where it stood: pages are asked for
//! conditionally, and what was captured is not asked for again.

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::copies;
use super::feeds::FeedJob;
use super::gaps::{Gaps, gaps};
use super::pipeline::{Pipeline, Reach};
use super::session::{MEGABYTE, Manner, Session, Show};
use super::{Error, beside, hooks, reparse};
use crate::archive;
use crate::config::Config;
use crate::feed;
use crate::http::{Url, redact, redact_text};
use crate::model::{Paging, blunt};
use crate::report::Run;

/// What `backfill` is to do.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Slugs; all shows if empty.
    pub shows: Vec<String>,
    /// Records feeds, downloads nothing.
    pub feeds_only: bool,
    /// Old copies of the feed of the one show named: files, and folders of them.
    pub from: Vec<PathBuf>,
}

/// What the archive holds of a show's history when a backfill ends.
#[derive(Debug, Clone, Serialize)]
pub struct Completeness {
    /// The show.
    pub show: String,
    /// Where its history was looked for, in words.
    pub history: String,
    /// The whole list of its history was read.
    pub listed: bool,
    /// What is there and what is not.
    pub gaps: Gaps,
}

/// Runs it.
pub async fn backfill(
    config: Config,
    request: Request,
    manner: Manner,
) -> Result<(Run, Vec<Completeness>), Error> {
    let mut session = Session::open(config, "backfill", manner)?;
    let mut found = Vec::new();
    let end = run(&mut session, &request, &mut found).await;
    Ok((session.close(end)?, found))
}

async fn run(session: &mut Session, request: &Request, found: &mut Vec<Completeness>) -> Result<(), Error> {
    let shows = session.shows(&request.shows)?;
    reparse::catch_up(session)?;
    for show in shows {
        let mut history = list(session, &show).await?;
        copies(session, &show, &request.from, &mut history).await?;
        let reach = if request.feeds_only { Reach::Feeds } else { Reach::AllAudio };
        let mut pipeline = Pipeline::new(session, reach);
        pipeline.add_captures(&show)?;
        pipeline.run().await?;
        beside::refresh(session, std::slice::from_ref(&show), false)?;
        if !request.feeds_only {
            hooks::call(session, std::slice::from_ref(&show), true).await?;
        }
        let gaps = gaps(session.archive.coverage(show.row.id)?);
        let slug = session.archive.slug(show.row.id)?;
        found.push(Completeness { show: slug, history: history.words, listed: history.complete, gaps });
        if session.is_cancelled() {
            break;
        }
    }
    Ok(())
}

/// How far the list of a show's history was read.
struct History {
    words: String,
    complete: bool,
}

/// Reads the live feed, then the full feed that the configuration names, else page after page.
async fn list(session: &mut Session, show: &Show) -> Result<History, Error> {
    let live = ask(session, show, FeedJob::live(show)).await?;
    match &show.config.history_url {
        Some(url) => {
            let job = Url::parse(url)
                .map(|url| FeedJob::history(show, url))
                .map_err(|e| format!("{}: {e}", blunt(url)));
            let complete = ask(session, show, job).await?.is_some();
            Ok(History { words: "the feed that history_url names".to_owned(), complete })
        }
        None => pages(session, show, live).await,
    }
}

/// Follows the links from one document to the others (RFC 5005), never twice to one address and not without end. What a
/// broken page hides may be reached from the other side: from the last page back, from an archive forth.
async fn pages(session: &mut Session, show: &Show, live: Option<Paging>) -> Result<History, Error> {
    let Some(live) = live else {
        return Ok(History { words: "the feed, which could not be read".to_owned(), complete: false });
    };
    let is_all = live.is_complete;
    let mut visited =
        HashSet::from([show.polled_at().map_or_else(|_| show.row.feed_url.clone(), String::from)]);
    let (mut ahead, mut aside) = links(live);
    let (mut end, mut is_chain) = ("", true);
    let pause = Duration::try_from_secs_f64(session.config.http.page_pause_seconds).unwrap_or_default();
    while let Some((rel, next)) = ahead.pop_front().or_else(|| {
        is_chain = false;
        aside.pop_front()
    }) {
        if visited.contains(&next) {
            // Every page may name one archive, and every document the first; a next page is another one.
            if is_chain && rel == Rel::Next {
                session.report.warn(
                    &show.row.slug,
                    format!("the pages of the feed lead back to {}", redact_text(&next)),
                );
                end = ", the last of which leads back to one of them";
            }
            continue;
        }
        if visited.len() >= session.config.http.max_pages {
            let message = format!("the feed has more than {} pages (max_pages)", visited.len());
            session.report.fail(&show.row.slug, message);
            return Ok(History { words: format!("{} pages of the feed", visited.len()), complete: false });
        }
        session.manner.cancel.rest(pause).await;
        if session.is_cancelled() {
            end = " before it was interrupted";
            break;
        }
        let job = Url::parse(&next)
            .map(|url| FeedJob::history(show, url))
            .map_err(|e| format!("{}: {e}", blunt(&next)));
        match ask(session, show, job).await? {
            Some(paging) => {
                let (older, others) = links(paging);
                let way = if is_chain { &mut ahead } else { &mut aside };
                way.extend(older);
                aside.extend(others);
            }
            None => end = ", not all of which could be read",
        }
        visited.insert(next);
    }
    let words = match visited.len() {
        1 if is_all => "the feed, which says that it is complete".to_owned(),
        1 => "the feed itself (it names no older pages, and there is no history_url)".to_owned(),
        n => format!("{n} pages of the feed{end}"),
    };
    Ok(History { words, complete: end.is_empty() })
}

/// What a link of a document leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rel {
    Next,
    Other,
}

type Links = VecDeque<(Rel, String)>;

/// Where a document leads: to what is older, which is a chain, and to what may lie beside it.
fn links(paging: Paging) -> (Links, Links) {
    let Paging { next, prev_archive, first, last, previous, next_archive, .. } = paging;
    let others = |links: Vec<Option<String>>| links.into_iter().flatten().map(|link| (Rel::Other, link));
    let older = next.map(|link| (Rel::Next, link)).into_iter().chain(others(vec![prev_archive]));
    (older.collect(), others(vec![last, previous, next_archive, first]).collect())
}

/// Records old copies of the feed, oldest first, so that each says only what no newer document says otherwise.
async fn copies(
    session: &mut Session,
    show: &Show,
    from: &[PathBuf],
    history: &mut History,
) -> Result<(), Error> {
    let slug = &show.row.slug;
    let found = copies::collect(from, session.config.http.max_feed_mb.saturating_mul(MEGABYTE));
    found.failures.into_iter().for_each(|why| session.report.fail(slug, why));
    let passed_over = found.passed_over.len();
    found.passed_over.into_iter().for_each(|why| session.report.warn(slug, format!("passed over: {why}")));
    let mut taken = 0;
    for copy in found.copies {
        if session.is_cancelled() {
            break;
        }
        // The row of a show that was never read before is not what it was: the live feed has named it since.
        let row = session
            .archive
            .find_show(&session.archive.slug(show.row.id)?)?
            .unwrap_or_else(|| show.row.clone());
        let show = Show { row, ..show.clone() };
        taken +=
            u32::from(ask(session, &show, Ok(FeedJob::copy(&show, copy.url, copy.as_of))).await?.is_some());
    }
    match taken {
        0 => {}
        1 => history.words.push_str(", and one old copy"),
        n => history.words.push_str(&format!(", and {n} old copies")),
    }
    if passed_over > 0 {
        let files = if passed_over == 1 { "1 file was" } else { &format!("{passed_over} files were") };
        history.words.push_str(&format!(" ({files} passed over: --verbose tells why)"));
    }
    Ok(())
}

/// Asks for one document and records it; where older ones stand, `None` if it could not be read.
async fn ask(
    session: &mut Session,
    show: &Show,
    job: Result<FeedJob, String>,
) -> Result<Option<Paging>, Error> {
    let job = match job {
        Ok(job) => job,
        Err(message) => {
            session.report.fail(&show.row.slug, message);
            return Ok(None);
        }
    };
    let (url, before) = (job.url.clone(), session.report.failures.len());
    let mut pipeline = Pipeline::new(session, Reach::Feeds);
    if !pipeline.add_feed(job)? {
        session
            .report
            .fail(&show.row.slug, format!("fetch {}: its host asked to be left alone", redact(&url)));
        return Ok(None);
    }
    let settled = pipeline.run().await?;
    if let Some(settled) = settled.into_iter().next() {
        return Ok(settled.paging.filter(|_| settled.good));
    }
    if session.report.failures.len() > before || session.is_cancelled() {
        return Ok(None);
    }
    // Nothing new at this address: what it said stands in the document that is kept.
    Ok(Some(stored_paging(session, show, &url)?))
}

/// Where the document that is kept leads on to. One that rotted is a failure of its show.
fn stored_paging(session: &mut Session, show: &Show, url: &Url) -> Result<Paging, Error> {
    let body = match session.archive.last_document(show.row.id, &redact(url)) {
        Err(error @ archive::Error::Document { .. }) => {
            session.report.fail(&show.row.slug, error.to_string());
            None
        }
        read => read?,
    };
    let Some(body) = body else { return Ok(Paging::default()) };
    let hints = feed::Hints { url: Some(url), ..feed::Hints::default() };
    Ok(feed::parse(&body, hints, &|_| true).map(|parsed| parsed.paging).unwrap_or_default())
}
