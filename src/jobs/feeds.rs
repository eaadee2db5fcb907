//! One feed through the pipeline: asked for, read, recorded, due again.

use std::time::Duration;

use crate::archive::{self, FetchOutcome, FetchRow, Listing, Poll, Recorded};
use crate::fetch::{self, Fetched, Outcome};
use crate::http::{Url, redact, redact_text};
use crate::model::{Parsed, Resolution, Time};
use crate::notes;
use crate::report::{Trouble, shortened};

use super::habits::Reader;
use super::polls::Heard;
use super::reading::{Read, Unread};
use super::schedule::Wishes;
use super::session::{Session, Show, host_of, now};
use super::trouble::{self, Subject};

/// What is said of a feed that lists nothing the archive knows, under another title.
const REPLACED: &str = "another show, none of whose episodes was listed before, is in its place";

/// A feed that is to be asked for.
pub(super) struct FeedJob {
    pub(super) show: Show,
    pub(super) url: Url,
    pub(super) listing: Listing,
    pub(super) started_at: Time,
    /// The address is where the feed says that it has moved: it must show that it is the same show.
    pub(super) is_move: bool,
    /// Of an old copy: when it was made.
    as_of: Option<Time>,
}

/// What to do when an answer is in.
pub(super) enum Next {
    /// It is recorded; there was nothing to read. `moved_to` is where the feed once said that it would be.
    Done { moved_to: Option<Url> },
    /// It is to be read, and then recorded.
    Read(Box<Unread>, Box<Fetched>),
}

/// What recording an answer came to.
pub(super) struct Settled {
    /// The server answered with a feed.
    pub(super) good: bool,
    /// Where older documents stand.
    pub(super) paging: Option<crate::model::Paging>,
    /// Where the feed says that it has moved.
    pub(super) moved_to: Option<Url>,
}

impl FeedJob {
    /// The live feed of a show.
    pub(super) fn live(show: &Show) -> Result<Self, String> {
        Ok(Self::new(show, show.polled_at()?, Listing::Live))
    }

    /// The live feed of a show, at an address that was asked for already.
    pub(super) fn at(show: &Show, url: Url) -> Self {
        Self::new(show, url, Listing::Live)
    }

    /// An older or fuller list of its episodes.
    pub(super) fn history(show: &Show, url: Url) -> Self {
        Self::new(show, url, Listing::History)
    }

    /// Where the live feed says that it has moved.
    pub(super) fn moved(show: &Show, url: Url) -> Self {
        Self { is_move: true, ..Self::new(show, url, Listing::Live) }
    }

    /// A copy of the feed in a file, made at `as_of`.
    pub(super) fn copy(show: &Show, url: Url, as_of: Time) -> Self {
        let show = Show { scope: show.scope.clone().and(&url), ..show.clone() };
        Self { as_of: Some(as_of), ..Self::new(&show, url, Listing::Copy) }
    }

    fn new(show: &Show, url: Url, listing: Listing) -> Self {
        Self { show: show.clone(), url, listing, started_at: now(), is_move: false, as_of: None }
    }

    /// The host whose patience this uses up.
    pub(super) fn host(&self) -> String {
        host_of(&self.url)
    }

    /// Records an answer that needs no reading; hands on one that does.
    pub(super) fn settle(
        &self,
        session: &mut Session,
        answer: Result<Fetched, fetch::Error>,
    ) -> archive::Result<Next> {
        session.counts.fetches += 1;
        match answer {
            Err(error) => self.failed(session, &error),
            Ok(mut fetched) => match std::mem::replace(&mut fetched.outcome, Outcome::Same) {
                Outcome::NotModified => self.unchanged(session, &fetched, FetchOutcome::NotModified),
                Outcome::Same => self.unchanged(session, &fetched, FetchOutcome::Same),
                Outcome::Gone => self.gone(session, &fetched),
                Outcome::New(body) => {
                    let show = self.show.row.id;
                    let unread = Unread {
                        digest: body.digest,
                        bytes: body.bytes,
                        content_type: fetched.content_type.clone(),
                        url: self.base(&fetched),
                        scope: self.show.scope.clone(),
                        listing: self.listing,
                        known_items: session.archive.known_items(show)?,
                        known_episodes: session.archive.known_episodes(show)?,
                        known_traits: session.archive.traits(show, notes::VERSION)?,
                    };
                    Ok(Next::Read(Box::new(unread), Box::new(fetched)))
                }
            },
        }
    }

    /// What relative addresses are relative to: a copy stands for the feed it was made of.
    fn base(&self, fetched: &Fetched) -> Url {
        let feed = Url::parse(&self.show.row.feed_url).ok().filter(|_| self.listing == Listing::Copy);
        let mut base = feed.unwrap_or_else(|| fetched.final_url.clone());
        // An address that is but a fragment would inherit the feed's own token.
        if !crate::model::hidden_pairs(&base).is_empty() {
            base.set_query(None);
        }
        base
    }

    /// Records a body and what was read in it.
    pub(super) fn settle_read(
        &self,
        session: &mut Session,
        fetched: &Fetched,
        read: Read,
    ) -> archive::Result<Settled> {
        let reading = match read.reading {
            Ok(reading) => reading,
            Err(error) => return self.unread(session, fetched, &read.body, &error.to_string()),
        };
        if let Some(why) = self.is_another_show(session, &reading)? {
            return self.unread(session, fetched, &read.body, &why);
        }
        let (truncated, parsed) = (reading.parsed.truncated, &reading.parsed);
        let outcome = if truncated { FetchOutcome::Truncated } else { FetchOutcome::New };
        let replaced = self.is_replaced(&reading);
        let row = self.row(session, fetched, outcome, remarks(fetched, parsed, replaced))?;
        let wishes = wishes(fetched, parsed.show.ttl_minutes, parsed.show.complete);
        let mut poll = self.poll(session, &Heard { wishes, parsed: Some(parsed), is_failure: truncated })?;
        if let Some(poll) = poll.as_mut().filter(|_| !truncated && !replaced) {
            poll.moved_to = self.new_address(fetched);
        }
        let recorded =
            session.archive.record(&row, &read.body, poll.as_ref(), &reading, &mut Reader::default())?;
        if truncated {
            let whole = recorded.listed;
            let message = format!(
                "read {}: the document breaks off; its {whole} whole items were taken",
                redact(&self.url)
            );
            if self.listing == Listing::Copy {
                session.report.warn(self.slug(), message);
            } else {
                self.complain(session, message, poll.as_ref())?;
            }
        }
        if replaced {
            let title = shortened(reading.parsed.show.title.as_deref().unwrap_or_default(), 200);
            let message =
                format!("read {}: {REPLACED}: {title:?}; all that was archived stays", redact(&self.url));
            session.report.fail(self.slug(), message);
        }
        self.tell(session, &reading, &recorded, poll.as_ref().and_then(|poll| poll.moved_to.as_deref()))?;
        let moved_to = self.said_move(session, reading.parsed.show.new_feed_url.as_deref())?;
        let good = !truncated || self.listing == Listing::Copy;
        Ok(Settled { good, paging: Some(reading.parsed.paging), moved_to })
    }

    /// A body that is not the feed it should be.
    fn unread(
        &self,
        session: &mut Session,
        fetched: &Fetched,
        body: &archive::Body,
        why: &str,
    ) -> archive::Result<Settled> {
        let row = self.row(session, fetched, FetchOutcome::Failed, Some(why.to_owned()))?;
        let poll = self.poll(session, &Heard::failure(fetched.retry_after))?;
        session.archive.record_fetch(&row, Some(body), poll.as_ref())?;
        self.complain(session, format!("read {}: {why}", redact(&self.url)), poll.as_ref())?;
        Ok(Settled { good: false, paging: None, moved_to: None })
    }

    /// A feed that can't be had is a failure; an address that it may have moved to is worth a remark.
    fn complain(&self, session: &mut Session, message: String, poll: Option<&Poll>) -> archive::Result<()> {
        if self.is_move {
            session.report.warn(self.slug(), format!("the feed says that it has moved: {message}"));
            return Ok(());
        }
        let url = redact(&self.url);
        let failures = session.archive.failed_fetches(self.show.row.id, &url)?;
        let trouble = Trouble { url: Some(url), ..Trouble::new(self.slug(), message) };
        let next_try = poll.map(|poll| poll.next_fetch_at);
        session.report.failures.push(trouble::told(trouble, Subject::Feed, &failures, next_try));
        Ok(())
    }

    /// A live feed of another title that lists nothing the archive knows: somebody else may have taken the address.
    fn is_replaced(&self, reading: &archive::Reading) -> bool {
        let (old, new) = (self.show.row.title.as_ref(), reading.parsed.show.title.as_ref());
        let renamed = old.is_some() && new.is_some() && old != new;
        let (items, known) = (&reading.resolutions, &reading.parsed.unchanged);
        let all_new = known.is_empty() && items.iter().all(|item| !matches!(item, Resolution::Known(..)));
        self.listing == Listing::Live && renamed && all_new && !items.is_empty()
    }

    fn slug(&self) -> &str {
        &self.show.row.slug
    }

    fn failed(&self, session: &mut Session, error: &fetch::Error) -> archive::Result<Next> {
        let asked_by = error.answered_by.as_ref().map_or_else(|| self.host(), host_of);
        if error.is_held_back() {
            // Nothing was sent: no attempt, and no failure of this feed.
            session.report.warn(self.slug(), error.to_string());
            return Ok(Next::Done { moved_to: None });
        }
        if matches!(error.status, Some(429 | 503))
            && let Some(wait) = error.retry_after
        {
            let at = now();
            session.archive.hold_host(&asked_by, at + wait, at)?;
        }
        let outcome = if error.is_refused() { FetchOutcome::Refused } else { FetchOutcome::Failed };
        let row = FetchRow {
            show_id: self.show.row.id,
            run_id: session.run_id()?,
            started_at: self.started_at,
            url: redact(&self.url),
            final_url: None,
            status: error.status,
            outcome,
            etag: None,
            last_modified: None,
            bytes: error.bytes,
            duration_ms: error.duration.as_millis() as u64,
            error: Some(error.cause.clone()),
            as_of: self.as_of,
        };
        let poll = self.poll(session, &Heard::failure(error.retry_after))?;
        session.archive.record_fetch(&row, None, poll.as_ref())?;
        self.complain(session, error.to_string(), poll.as_ref())?;
        self.elsewhere(session)
    }

    fn unchanged(
        &self,
        session: &mut Session,
        fetched: &Fetched,
        outcome: FetchOutcome,
    ) -> archive::Result<Next> {
        let row = self.row(session, fetched, outcome, remark(&fetched.warnings))?;
        let wishes = wishes(fetched, self.show.row.ttl_minutes, self.show.row.state == "complete");
        let mut poll = self.poll(session, &Heard { wishes, ..Heard::default() })?;
        // An answer to our validators is the feed's own: what vouches for the end of a permanent move.
        if let Some(poll) = poll.as_mut().filter(|_| fetched.moved_permanently) {
            poll.moved_to = self.new_address(fetched);
        }
        session.archive.record_fetch(&row, None, poll.as_ref())?;
        Ok(Next::Done { moved_to: self.still_moving(session)? })
    }

    fn gone(&self, session: &mut Session, fetched: &Fetched) -> archive::Result<Next> {
        let row = self.row(session, fetched, FetchOutcome::Gone, None)?;
        let poll = self.poll(session, &Heard::failure(None))?.map(|poll| Poll { gone: true, ..poll });
        session.archive.record_fetch(&row, None, poll.as_ref())?;
        let message = format!(
            "fetch {}: status 410, the feed is gone; it is not asked for again, and all that was archived stays",
            redact(&self.url)
        );
        self.complain(session, message, None)?;
        self.elsewhere(session)
    }

    fn row(
        &self,
        session: &mut Session,
        fetched: &Fetched,
        outcome: FetchOutcome,
        error: Option<String>,
    ) -> archive::Result<FetchRow> {
        Ok(FetchRow {
            show_id: self.show.row.id,
            run_id: session.run_id()?,
            started_at: self.started_at,
            url: redact(&self.url),
            final_url: Some(redact(&fetched.final_url)),
            status: Some(fetched.status).filter(|status| *status > 0),
            outcome,
            etag: fetched.etag.clone(),
            last_modified: fetched.last_modified.clone(),
            bytes: fetched.bytes,
            duration_ms: fetched.duration.as_millis() as u64,
            error,
            as_of: self.as_of,
        })
    }

    fn tell(
        &self,
        session: &mut Session,
        reading: &archive::Reading,
        recorded: &Recorded,
        moved_to: Option<&str>,
    ) -> archive::Result<()> {
        // The first document of a show gives it its name.
        let slug = session.archive.slug(self.show.row.id)?;
        session.counts.episodes_new += recorded.new.len() as u64;
        session.counts.episodes_changed += recorded.changed;
        session.counts.episodes_gone += recorded.gone;
        for warning in &reading.parsed.warnings {
            session.report.warn(&slug, describe(warning));
        }
        let show = session.report.show(&slug);
        show.new_episodes.extend(recorded.new.iter().cloned());
        show.changed += recorded.changed;
        show.gone += recorded.gone;
        show.warnings += reading.parsed.warnings.len() as u64;
        show.moved_to = moved_to.map(crate::http::redact_text);
        Ok(())
    }
}

/// What the feed and its host want.
fn wishes(fetched: &Fetched, ttl_minutes: Option<u32>, is_over: bool) -> Wishes {
    Wishes {
        max_age: fetched.max_age,
        ttl: ttl_minutes.map(|minutes| Duration::from_mins(minutes.into())),
        retry_after: fetched.retry_after,
        is_over,
        ..Wishes::default()
    }
}

fn describe(warning: &crate::model::Warning) -> String {
    let line = warning.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let item = warning.item.as_ref().map(|item| format!("item {item}: ")).unwrap_or_default();
    redact_text(&format!("{line}{item}{}", warning.message))
}

/// What is worth keeping beside a request that ended well.
fn remarks(fetched: &Fetched, parsed: &Parsed, replaced: bool) -> Option<String> {
    let mut all = fetched.warnings.clone();
    if replaced {
        all.push(REPLACED.to_owned());
    }
    if parsed.episodes.is_empty() && parsed.unchanged.is_empty() {
        all.push("it lists no episode".to_owned());
    }
    if parsed.truncated {
        all.push("the document breaks off".to_owned());
    }
    let count = parsed.warnings.len();
    if let Some(first) = parsed.warnings.first() {
        let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
        all.push(format!("{}{more}", describe(first)));
    }
    remark(&all)
}

fn remark(all: &[String]) -> Option<String> {
    Some(all.join("; ")).filter(|text| !text.is_empty())
}
