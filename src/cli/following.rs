//! Which shows of an archive the configuration follows, and which of them rest.

use std::collections::HashMap;

use super::setting::Setting;
use crate::archive::ShowStatus;
use crate::model::redacted;

/// What the configuration says of shows. An archive that is read without one can't tell.
pub(super) struct Following(Option<HashMap<String, bool>>);

impl Following {
    pub(super) fn of(setting: &Setting) -> Self {
        let shows = setting.load().ok().map(|config| config.shows);
        Self(shows.map(|shows| shows.iter().map(|show| (show.address(), show.paused)).collect()))
    }

    /// Whether there is a configuration.
    pub(super) fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// Whether any show is followed.
    pub(super) fn is_any(&self) -> bool {
        self.0.as_ref().is_some_and(|shows| !shows.is_empty())
    }

    /// Whether the show of this configured address is followed, as far as that can be told.
    pub(super) fn follows(&self, configured_url: &str) -> bool {
        self.0.as_ref().is_none_or(|shows| shows.contains_key(&*redacted(configured_url)))
    }

    /// Whether it has `paused = true`.
    pub(super) fn rests(&self, configured_url: &str) -> bool {
        self.0.as_ref().and_then(|shows| shows.get(&*redacted(configured_url)).copied()).unwrap_or_default()
    }

    /// A show that rests is told as that, and not as one that is to be asked.
    pub(super) fn told(&self, show: ShowStatus) -> ShowStatus {
        if !self.rests(&show.configured_url) {
            return show;
        }
        ShowStatus { state: PAUSED.to_owned(), next_fetch_at: None, ..show }
    }
}

/// The state of a show that rests.
pub(super) const PAUSED: &str = "paused";
