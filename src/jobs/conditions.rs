//! What a feed is asked with: the validators in force, and when there are none.

use std::time::Duration;

use super::feeds::FeedJob;
use super::session::{MEGABYTE, Session, now};
use crate::archive::{self, Listing, Validators};
use crate::fetch::FeedRequest;
use crate::http::{Url, redact};
use crate::model::hidden_pairs;

/// After nothing but 304 for so long, one poll asks for the whole feed.
const LONGEST_UNCHANGED: Duration = Duration::from_hours(30 * 24);

impl FeedJob {
    /// The request, with the validators in force.
    pub(super) fn request(&self, session: &Session) -> archive::Result<FeedRequest> {
        let validators = if self.looks_like_another() {
            Validators::default()
        } else {
            session.archive.validators(self.show.row.id, &redact(&self.url))?
        };
        // A host that always says 304 is found out: this poll, and not a second request, goes without validators.
        let is_stale =
            validators.unchanged_since.is_some_and(|since| now().since(since) >= LONGEST_UNCHANGED);
        let is_conditional = self.listing != Listing::Live || !is_stale;
        Ok(FeedRequest {
            url: self.url.clone(),
            scope: self.show.scope.clone(),
            etag: validators.etag.filter(|_| is_conditional),
            last_modified: validators.last_modified.filter(|_| is_conditional),
            known_body: validators.body,
            max_bytes: session.config.http.max_feed_mb.saturating_mul(MEGABYTE),
        })
    }

    /// The archive knows addresses without secrets. A page may be told from the next by what looks like one (`token=page2`): then
    /// nobody knows whose validators those are that are kept.
    fn looks_like_another(&self) -> bool {
        let configured = std::iter::once(&self.show.config.feed).chain(&self.show.config.history_url);
        let own: Vec<Url> = configured.filter_map(|url| Url::parse(url).ok()).collect();
        let own: Vec<&str> = own.iter().flat_map(hidden_pairs).collect();
        self.listing == Listing::History && hidden_pairs(&self.url).iter().any(|pair| !own.contains(pair))
    }
}
