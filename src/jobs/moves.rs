//! Feeds that have moved: by permanent redirects, or by their own word (`itunes:new-feed-url`), and documents that are
//! another show's.

use std::time::Duration;

use super::feeds::{FeedJob, Next};
use super::session::{Session, now};
use crate::archive::{self, Listing, Reading};
use crate::fetch::Fetched;
use crate::http::{Url, redact, redact_text};
use crate::model::{Resolution, blunt};

/// An address that was no feed of the show is asked again after this.
const A_DAY: Duration = Duration::from_hours(24);

impl FeedJob {
    /// Where the feed is polled from now on, if this answer tells of a move.
    pub(super) fn new_address(&self, fetched: &Fetched) -> Option<String> {
        let permanent = fetched.moved_permanently.then_some(&fetched.final_url);
        let url = permanent.or_else(|| self.is_move.then_some(&self.url))?;
        // An address with a secret in it is not written down: the old one goes on being asked.
        Some(url.to_string()).filter(|address| redact(url) == *address)
    }

    /// Where the live feed says that it has moved, if that is news. One address is not gone back to: two feeds that name each
    /// other would send the show to and fro.
    pub(super) fn said_move(
        &self,
        session: &mut Session,
        said: Option<&str>,
    ) -> archive::Result<Option<Url>> {
        let Some(said) = said.filter(|_| self.listing == Listing::Live && !self.is_move) else {
            return Ok(None);
        };
        let Ok(url) = Url::parse(said) else {
            session
                .report
                .warn(&self.show.row.slug, format!("itunes:new-feed-url is no address: {}", blunt(said)));
            return Ok(None);
        };
        // An address that differs in its secrets alone is no other.
        let here = [self.show.row.feed_url.clone(), self.show.row.configured_url.clone(), redact(&self.url)];
        let is_here = here.contains(&redact_text(said)) || here.contains(&redact(&url));
        if is_here || !matches!(url.scheme(), "http" | "https") {
            return Ok(None);
        }
        if session.archive.has_left(self.show.row.id, said)?
            || session.archive.has_left(self.show.row.id, url.as_str())?
        {
            let message =
                format!("itunes:new-feed-url leads back to {}, which the feed has left", redact(&url));
            session.report.warn(&self.show.row.slug, message);
            return Ok(None);
        }
        Ok(Some(url))
    }

    /// A feed that is as it was, and once said that it has moved: whether that is so by now is looked at once a day.
    pub(super) fn still_moving(&self, session: &mut Session) -> archive::Result<Option<Url>> {
        let said = self.show.row.new_feed_url.clone();
        let Some(url) = self.said_move(session, said.as_deref())? else { return Ok(None) };
        let asked = session.archive.last_asked(self.show.row.id, &redact(&url))?;
        let at = now();
        // A time to come was written under a wrong clock.
        Ok(asked.is_none_or(|asked| at.since(asked) >= A_DAY || asked > at).then_some(url))
    }

    /// A live feed that can't be had: where it once said that it would be.
    pub(super) fn elsewhere(&self, session: &mut Session) -> archive::Result<Next> {
        let said = self.show.row.new_feed_url.clone();
        Ok(Next::Done { moved_to: self.said_move(session, said.as_deref())? })
    }

    /// Why a document that claims to be of this show is taken for another's: a feed that has moved must list an episode that
    /// is archived; a copy must have that, or the show's name, page or `podcast:guid`.
    pub(super) fn is_another_show(
        &self,
        session: &Session,
        reading: &Reading,
    ) -> archive::Result<Option<String>> {
        let is_known =
            |item: &Resolution| matches!(item, Resolution::Known(..) | Resolution::RepeatsKnown(_));
        let shares = !reading.parsed.unchanged.is_empty() || reading.resolutions.iter().any(is_known);
        if shares {
            return Ok(None);
        }
        let show = &reading.parsed.show;
        let named = show.title.as_deref().unwrap_or("(untitled)");
        if self.is_move {
            return Ok(Some(format!("it lists no episode of this show, but is {named:?}; not followed")));
        }
        if self.listing != Listing::Copy || self.show.row.title.is_none() {
            return Ok(None);
        }
        let facts = session.archive.show_facts(self.show.row.id)?;
        let guid = session.archive.podcast_guid(self.show.row.id)?;
        let other_guid = guid.is_some() && show.podcast_guid.is_some() && guid != show.podcast_guid;
        let same = |a: &Option<String>, b: &Option<String>| {
            a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| a.trim().eq_ignore_ascii_case(b.trim()))
        };
        let is_same = same(&facts.title, &show.title)
            || same(&facts.link, &show.link)
            || same(&guid, &show.podcast_guid);
        Ok((other_guid || !is_same)
            .then(|| format!("it lists no episode of this show, but is {named:?}; not taken")))
    }
}
