//! `castkeep watch`

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::sync::Notify;

use super::after::{self, Report};
use super::failure;
use super::once::Once;
use super::setting::{self, Setting};
use super::signals::Signals;
use super::status_line::StatusLine;
use crate::config::Config;
use crate::jobs::{self, Ended, Manner};
use crate::model::{Digest, Time};
use crate::report::{Outcome, Run};

/// The clock is looked at so often: it may have been set, or the machine have slept.
const LOOK: Duration = Duration::from_mins(1);
/// After a round that could not be.
const AGAIN: Duration = Duration::from_mins(5);
/// By so many seconds at the most a round comes later than it is due, so that not everybody comes at once.
const LATE: f64 = 30.0;

/// Keep running, and sync whatever is due: for containers
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Watch {}

const HELP: &str = "Examples:\n\
\x20 castkeep watch\n\
\x20 castkeep --config /data/config.toml watch";

impl Watch {
    #[expect(clippy::unused_self, reason = "all commands are run alike")]
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        after::check(setting, &config, &Report::Text)?;
        let runtime = setting::runtime()?;
        let signals = Signals::default();
        let watched = runtime.block_on(async {
            // A terminal that hangs up is gone, and with it whoever wanted this.
            let reload = if stderr().is_terminal() {
                signals.listen().map(|()| Arc::new(Notify::new()))
            } else {
                signals.listen_for_reload()
            }?;
            let seen = Watcher::look(setting);
            let (said, untold) = (Once::default(), Once::default());
            let mut watcher = Watcher { setting, config, seen, said, untold, signals: &signals };
            watcher.go(&reload).await;
            anyhow::Ok(())
        });
        runtime.shutdown_background();
        watched?;
        setting.talk.note("stopped by a signal; the next run goes on from here");
        Ok(ExitCode::from(signals.exit_code()))
    }
}

/// What lives from round to round. The archive, its lock and the connections do not.
struct Watcher<'a> {
    setting: &'a Setting,
    config: Config,
    /// The configuration file, as it was when it was last read.
    seen: Option<Digest>,
    /// What was said of rounds that could not be.
    said: Once,
    /// What was said of those whom nobody could tell.
    untold: Once,
    signals: &'a Signals,
}

impl Watcher<'_> {
    async fn go(&mut self, reload: &Notify) {
        while !self.signals.cancel().is_cancelled() {
            let is_well = self.round().await;
            let next = self.next(is_well);
            let is_asked = self.rest(next, reload).await;
            if is_asked || Self::look(self.setting) != self.seen {
                self.reload();
            }
        }
    }

    /// Does what `sync` does; whether it could.
    async fn round(&mut self) -> bool {
        let progress = self.setting.progress();
        let manner = Manner { progress: progress.clone(), cancel: self.signals.cancel() };
        let ended = jobs::sync(self.config.clone(), jobs::SyncRequest::default(), manner).await;
        progress.clear();
        match ended {
            Ok(run) => {
                self.said.well();
                self.say(&run);
                if run.outcome != Outcome::Interrupted {
                    let failures = run.failures.len() as u64;
                    self.notify(Ended { well: run.outcome == Outcome::Ok, failures }).await;
                }
                run.outcome != Outcome::Failed
            }
            Err(error) => {
                let error = error.into();
                self.said.say(self.setting.talk, &error, now());
                if !failure::is_locked(&error) {
                    self.notify(Ended { well: false, failures: 1 }).await;
                }
                false
            }
        }
    }

    fn say(&self, run: &Run) {
        let (talk, line) = (self.setting.talk, run.line());
        if !line.is_empty() {
            talk.note(&line);
        } else if talk.verbose && matches!(run.outcome, Outcome::Ok | Outcome::Partial) {
            talk.note("nothing new");
        }
        talk.run(run);
    }

    async fn notify(&mut self, ended: Ended) {
        let failed = jobs::notify(&self.config, ended).await;
        if failed.is_empty() {
            return self.untold.well();
        }
        self.untold.say(self.setting.talk, &anyhow::anyhow!(failed.join("; ")), now());
    }

    /// When the next round is.
    fn next(&mut self, is_well: bool) -> Time {
        let at = now();
        if !is_well {
            return at + AGAIN;
        }
        let found = jobs::next_round(&self.config, at).unwrap_or_else(|error| {
            self.said.say(self.setting.talk, &error.into(), at);
            Some(at + AGAIN)
        });
        let late = Duration::from_secs_f64(fastrand::f64() * LATE);
        // With nothing to wait for, the configuration is waited for.
        found.map_or(at + Duration::from_hours(24), |due| due.max(at + LOOK) + late)
    }

    /// Waits for the next round, or for what makes one come sooner: another configuration, another clock, a signal. Whether
    /// somebody asked for the configuration to be read again.
    async fn rest(&mut self, next: Time, reload: &Notify) -> bool {
        let mut line = StatusLine::new(self.setting.talk);
        line.begin(self.config.shows.len(), next);
        let cancel = self.signals.cancel();
        let (mut looked, mut is_asked) = (now(), false);
        while now() < next && now() >= looked && !is_asked && Self::look(self.setting) == self.seen {
            looked = now();
            line.show(looked);
            tokio::select! {
                () = tokio::time::sleep(next.since(looked).min(LOOK)) => {}
                () = reload.notified() => is_asked = true,
                () = cancel.cancelled() => break,
            }
        }
        line.clear();
        is_asked
    }

    fn look(setting: &Setting) -> Option<Digest> {
        std::fs::read(setting.config_path()).ok().map(|bytes| Digest::of(&bytes))
    }

    /// Reads the configuration again. One that is broken changes nothing.
    fn reload(&mut self) {
        self.seen = Self::look(self.setting);
        match self.setting.load() {
            Ok(config) => {
                self.config = config;
                if self.setting.talk.verbose {
                    self.setting.talk.note("the configuration was read again");
                }
            }
            Err(error) => {
                let error = error.context("the configuration of before stays in force");
                self.said.say(self.setting.talk, &error, now());
            }
        }
    }
}

fn now() -> Time {
    chrono::Utc::now().into()
}
