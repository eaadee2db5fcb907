//! The one loop that feeds the network and is the only writer.
//!
//! Requests, transfers and parsing run side by side as tasks; each hands its result to this loop, which records it and starts
//! what follows. So the archive needs no locks, and a slow host holds nobody up.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::task::JoinSet;

use super::Error;
use super::capture_job::CaptureJob;
use super::captures;
use super::choose::{self, Rules};
use super::feeds::{FeedJob, Next, Settled};
use super::inspect::{self, Done};
use super::queue::HostQueue;
use super::reading::{self, Read};
use super::session::{Session, Show, now};
use crate::archive::{Listing, WhichWanted};
use crate::download::capture;
use crate::fetch::{self, Fetched};
use crate::http::Url;
use crate::report::Bar;

/// What a task hands back.
enum Event {
    /// `None`: the run is ending.
    Fetched(Box<FeedJob>, Box<Option<Result<Fetched, fetch::Error>>>),
    Read(Box<FeedJob>, Box<Fetched>, Box<std::io::Result<Read>>),
    Captured(Box<Done>),
}

/// How far a pipeline goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Feeds are recorded, nothing is downloaded.
    Feeds,
    /// What is wanted is downloaded, but for what failed a short while ago.
    DueAudio,
    /// What is wanted is downloaded.
    AllAudio,
}

/// Feeds and downloads under way.
pub(super) struct Pipeline<'a> {
    session: &'a mut Session,
    feeds: HostQueue<FeedJob>,
    captures: HostQueue<CaptureJob>,
    tasks: JoinSet<Event>,
    queued: HashSet<i64>,
    /// Hosts that something was downloaded from.
    visited: HashSet<String>,
    reach: Reach,
    settled: Vec<Settled>,
    /// Counts feeds that are through, where there are several.
    bar: Option<Bar>,
    asked: u64,
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(session: &'a mut Session, reach: Reach) -> Self {
        let http = &session.config.http;
        let feeds = HostQueue::new(http.feeds_at_once, 1);
        let captures = HostQueue::new(http.downloads_at_once, http.downloads_per_host);
        Self {
            session,
            feeds,
            captures,
            tasks: JoinSet::new(),
            queued: HashSet::new(),
            visited: HashSet::new(),
            reach,
            settled: Vec::new(),
            bar: None,
            asked: 0,
        }
    }

    /// Asks for a feed, unless its host asked to be left alone; whether it will be asked.
    pub(super) fn add_feed(&mut self, job: FeedJob) -> Result<bool, Error> {
        if let Some(until) = self.session.archive.host_hold(&job.host(), now())? {
            let message = format!(
                "fetch {}: its host asked to be left alone until {until}",
                crate::http::redact(&job.url)
            );
            self.session.report.warn(&job.show.row.slug, message);
            return Ok(false);
        }
        self.feeds.push(&job.host(), job);
        self.asked += 1;
        Ok(true)
    }

    /// Asks for the live feed of a show; whether it will be asked.
    pub(super) fn add_live(&mut self, show: &Show) -> Result<bool, Error> {
        match FeedJob::live(show) {
            Ok(job) => self.add_feed(job),
            Err(message) => {
                self.session.report.fail(&show.row.slug, message);
                Ok(false)
            }
        }
    }

    /// Takes what a show's live feed answered already for an answer to this run.
    pub(super) fn add_answered(&mut self, show: &Show, feed: Url, answer: Result<Fetched, fetch::Error>) {
        let job = FeedJob::at(show, feed);
        let event = Event::Fetched(Box::new(job), Box::new(Some(answer)));
        self.tasks.spawn(async move { event });
    }

    /// Downloads what is wanted of a show.
    pub(super) fn add_captures(&mut self, show: &Show) -> Result<(), Error> {
        let rules = Rules::of(&self.session.config, &show.config);
        choose::apply(self.session, show.row.id, &rules)?;
        if self.reach == Reach::Feeds || !rules.audio() {
            return Ok(());
        }
        let roles = captures::roles(&self.session.config.capture, rules.alternates());
        let at = now();
        let due = if self.reach == Reach::DueAudio { WhichWanted::Due(at) } else { WhichWanted::Chosen };
        let wanted = self.session.archive.wanted(show.row.id, &roles, due)?;
        if !wanted.is_empty() && self.session.disk.is_none() {
            // Nothing is fetched that could not get its name; feeds are recorded all the same.
            self.session.disk = self.session.store.check_writable().err().map(|error| error.to_string());
        }
        for wanted in wanted {
            if !self.queued.insert(wanted.resource_id) {
                continue;
            }
            let Some(job) = CaptureJob::new(self.session, show, Some(&rules), wanted)? else { continue };
            if self.session.archive.host_hold(&job.host(), at)?.is_none() {
                self.session.manner.progress.expect(job.target.expected_length);
                self.captures.push(&job.host(), job);
            }
        }
        Ok(())
    }

    /// Works until nothing is left to do, or the run is asked to stop; what the feeds came to.
    pub(super) async fn run(mut self) -> Result<Vec<Settled>, Error> {
        let cancel = self.session.manner.cancel.clone();
        self.bar = (self.asked > 1).then(|| self.session.manner.progress.count("feeds", self.asked));
        loop {
            if self.session.disk.is_some() {
                self.captures.clear();
            }
            if cancel.is_cancelled() {
                self.feeds.clear();
                self.captures.clear();
            } else {
                self.start()?;
            }
            let event = tokio::select! {
                biased;
                event = self.tasks.join_next() => event,
                () = cancel.cancelled(), if !cancel.is_cancelled() => continue,
            };
            let Some(event) = event else { return Ok(self.settled) };
            self.handle(event)?;
        }
    }

    fn start(&mut self) -> Result<(), Error> {
        while let Some((_, mut job)) = self.feeds.next() {
            job.started_at = now();
            let request = job.request(self.session)?;
            let client = self.session.client.clone();
            let cancel = self.session.manner.cancel.clone();
            self.tasks.spawn(async move {
                let answer = tokio::select! {
                    answer = fetch::fetch(&client, &request) => Some(answer),
                    () = cancel.cancelled() => None,
                };
                Event::Fetched(Box::new(job), Box::new(answer))
            });
        }
        let pause = self.session.config.http.download_pause_seconds;
        let pause = Duration::try_from_secs_f64(pause).unwrap_or_default();
        while let Some((host, job)) = self.captures.next() {
            let rest = if self.visited.insert(host) { Duration::ZERO } else { pause };
            let (client, store) = (self.session.client.clone(), self.session.store.clone());
            let (cancel, progress) =
                (self.session.manner.cancel.clone(), self.session.manner.progress.clone());
            self.tasks.spawn(async move {
                cancel.rest(rest).await;
                let bar = progress.bytes(&job.name(), job.target.expected_length);
                let attempt =
                    capture(&client, &store, &job.target, &|done, total| bar.set(done, total), &cancel).await;
                if attempt.result.is_ok() {
                    bar.stored();
                }
                drop(bar);
                Event::Captured(Box::new(inspect::look(&store, job, attempt).await))
            });
        }
        Ok(())
    }

    /// Handles an event, and with it all captures that are in by now: they share one transaction.
    fn handle(&mut self, event: Result<Event, tokio::task::JoinError>) -> Result<(), Error> {
        let mut captured = Vec::new();
        let mut next = Some(event);
        while let Some(event) = next {
            match event {
                Ok(Event::Captured(done)) => {
                    self.captures.done(&done.job.host());
                    captured.push(*done);
                }
                Ok(Event::Fetched(job, answer)) => self.fetched(*job, *answer)?,
                Ok(Event::Read(job, fetched, read)) => self.read(&job, &fetched, *read)?,
                // A task that panicked is a bug; it must not pass for a quiet success.
                Err(error) => self.session.report.fail("castkeep", format!("a task broke: {error}")),
            }
            next = self.tasks.try_join_next();
        }
        // The network goes on while the disk syncs.
        if self.session.disk.is_none() && !self.session.is_cancelled() {
            self.start()?;
        }
        captures::settle(self.session, captured, HashMap::new())
    }

    fn fetched(&mut self, job: FeedJob, answer: Option<Result<Fetched, fetch::Error>>) -> Result<(), Error> {
        let Some(answer) = answer else {
            self.feeds.done(&job.host());
            return Ok(());
        };
        match job.settle(self.session, answer)? {
            Next::Done { moved_to } => {
                self.follow(&job, moved_to)?;
                self.finish(&job, None)
            }
            Next::Read(unread, fetched) => {
                self.tasks.spawn_blocking(move || {
                    let read = reading::read(*unread);
                    Event::Read(Box::new(job), fetched, Box::new(read))
                });
                Ok(())
            }
        }
    }

    fn read(&mut self, job: &FeedJob, fetched: &Fetched, read: std::io::Result<Read>) -> Result<(), Error> {
        let mut settled = job.settle_read(self.session, fetched, read?)?;
        self.follow(job, settled.moved_to.take())?;
        self.finish(job, Some(settled))
    }

    /// A feed says that it has moved: whether that is so is seen there.
    fn follow(&mut self, job: &FeedJob, moved_to: Option<Url>) -> Result<(), Error> {
        if let Some(url) = moved_to.filter(|_| !self.session.is_cancelled()) {
            self.add_feed(FeedJob::moved(&job.show, url))?;
        }
        Ok(())
    }

    /// A feed is through: its host is free for the next, and what it brought can be downloaded.
    fn finish(&mut self, job: &FeedJob, settled: Option<Settled>) -> Result<(), Error> {
        self.feeds.done(&job.host());
        self.settled.extend(settled);
        if let Some(bar) = &self.bar {
            bar.step();
        }
        if job.listing == Listing::Live {
            self.add_captures(&job.show)?;
        }
        Ok(())
    }
}
