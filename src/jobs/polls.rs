//! What an answer means for the next request for a feed.

use std::time::Duration;

use super::feeds::FeedJob;
use super::schedule::{self, Frequency, RHYTHM, Wishes};
use super::session::{Session, now};
use crate::archive::{self, Listing, Poll};
use crate::config::Interval;
use crate::model::Parsed;

/// What is known of an answer.
#[derive(Default)]
pub(super) struct Heard<'a> {
    /// What the feed and its host want; the interval is filled in here.
    pub(super) wishes: Wishes,
    /// The document, if one was read.
    pub(super) parsed: Option<&'a Parsed>,
    /// There is no whole feed in it.
    pub(super) is_failure: bool,
}

impl Heard<'_> {
    /// Of a failure whose host asks to be left alone for so long.
    pub(super) fn failure(retry_after: Option<Duration>) -> Self {
        Self { wishes: Wishes { retry_after, ..Wishes::default() }, parsed: None, is_failure: true }
    }
}

impl FeedJob {
    /// What an answer means for the next poll; nothing, for a document that is not the live feed, nor for a failure of what
    /// may become it.
    pub(super) fn poll(&self, session: &Session, heard: &Heard<'_>) -> archive::Result<Option<Poll>> {
        if self.listing != Listing::Live || self.is_move && heard.is_failure {
            return Ok(None);
        }
        let interval = match self.show.config.interval.unwrap_or(session.config.sync.interval) {
            Interval::Every(interval) => interval,
            Interval::Auto => self.rest(session, heard.parsed)?,
        };
        let error_count = if heard.is_failure { self.show.row.error_count.saturating_add(1) } else { 0 };
        let wishes = Wishes { interval, ..heard.wishes };
        let next_fetch_at = schedule::next_fetch(now(), wishes, error_count, fastrand::f64());
        Ok(Some(Poll { next_fetch_at, error_count, moved_to: None, gone: false }))
    }

    /// As its show publishes, by the archive and by the document that is about to go into it.
    fn rest(&self, session: &Session, parsed: Option<&Parsed>) -> archive::Result<Duration> {
        let at = now();
        let pace = session.archive.pace(self.show.row.id, at, RHYTHM)?;
        let (mut published, mut says) = (pace.published, Frequency::of(&pace.extra));
        if let Some(parsed) = parsed {
            published.extend(parsed.episodes.iter().filter_map(|episode| episode.published_at));
            says = Frequency::of(&parsed.show.extra.clone().into());
        }
        Ok(schedule::rest(at, &published, says))
    }
}
