//! `castkeep catch-up`

use std::future::ready;
use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::setting::Setting;
use crate::jobs;
use crate::report::counted;

/// Mark all that is recorded of a show so far as not wanted
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CatchUp {
    /// The shows
    #[arg(value_name = "SHOW", required = true)]
    shows: Vec<String>,
    /// But for so many of the newest episodes
    #[arg(long, value_name = "N", default_value_t = 0)]
    keep: u64,
    /// Take it back: all of it is wanted again
    #[arg(long, conflicts_with = "keep")]
    undo: bool,
}

const EXAMPLES: &str = "\
Examples:
\x20 castkeep catch-up two-kettles            only what is published from now on is downloaded
\x20 castkeep catch-up two-kettles --keep 5   ... and the newest five
\x20 castkeep catch-up two-kettles --undo

All episodes stay in the record, and files that are here stay. It asks nobody: where the feed was not asked for a while,
\"castkeep sync --feeds-only SHOW\" comes first.";

impl CatchUp {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let request = jobs::CatchUpRequest { shows: self.shows, keep: self.keep, undo: self.undo };
        let (done, _) = setting.run(|manner| ready(jobs::catch_up(config, &request, manner)))?;
        let mut out = stdout().lock();
        for show in done.iter().filter(|_| !setting.talk.quiet) {
            let count = counted(show.episodes, "episode");
            let words = if request.undo { "wanted again" } else { "left out" };
            writeln!(out, "{}: {count} {words}", show.show)?;
            if show.is_unread && !request.undo {
                setting.talk.hint(&format!(
                    "its feed was never read: \"castkeep sync --feeds-only {}\", then catch up",
                    show.show
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
