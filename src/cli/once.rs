//! What `watch` says of an error that goes on.

use std::time::Duration;

use super::failure::say;
use super::talk::Talk;
use crate::model::Time;

const A_DAY: Duration = Duration::from_hours(24);

/// An error that goes on is said when it begins, and then once a day.
#[derive(Default)]
pub(super) struct Once(Option<(String, Time)>);

impl Once {
    /// Says it, if it is another than before, or a day has passed.
    pub(super) fn say(&mut self, talk: Talk, error: &anyhow::Error, now: Time) {
        // A number of bytes that are free is another each time.
        let text: String = format!("{error:#}").chars().filter(|c| !c.is_ascii_digit()).collect();
        let is_said =
            self.0.as_ref().is_some_and(|(said, at)| *said == text && now.since(*at) < A_DAY && now >= *at);
        if !is_said || talk.verbose {
            say(talk, error);
            self.0 = Some((text, now));
        }
    }

    /// It is over.
    pub(super) fn well(&mut self) {
        self.0 = None;
    }
}
