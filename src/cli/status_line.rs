//! What `watch` says while it waits: on a terminal one line that is written over, elsewhere nothing, or a line with `--verbose`.

use std::io::{IsTerminal, Write, stderr};

use super::talk::Talk;
use crate::model::Time;
use crate::report::counted;

/// The line.
pub(super) struct StatusLine {
    talk: Talk,
    is_shown: bool,
    shows: usize,
    next: Option<Time>,
}

impl StatusLine {
    pub(super) fn new(talk: Talk) -> Self {
        let is_shown = stderr().is_terminal() && !talk.quiet && !talk.json && !talk.verbose;
        Self { talk, is_shown, shows: 0, next: None }
    }

    /// The waiting begins.
    pub(super) fn begin(&mut self, shows: usize, next: Time) {
        (self.shows, self.next) = (shows, Some(next));
        if self.talk.verbose {
            self.talk.note(&format!("next round at {next}"));
        }
    }

    /// It is this time, and the waiting goes on.
    pub(super) fn show(&self, now: Time) {
        let Some(next) = self.next.filter(|_| self.is_shown) else { return };
        let minutes = next.since(now).as_secs().div_ceil(60);
        let shows = counted(self.shows as u64, "show");
        let line =
            format!("castkeep: {shows}; next round at {} (in {minutes} min)", next.format("%H:%M UTC"));
        let _ = write!(stderr(), "\r{line}\x1b[K").and_then(|()| stderr().flush());
    }

    /// Something else is to be said.
    pub(super) fn clear(&self) {
        if self.is_shown {
            let _ = write!(stderr(), "\r\x1b[K").and_then(|()| stderr().flush());
        }
    }
}
