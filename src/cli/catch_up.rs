//! `castkeep catch-up`

use std::future::ready;
use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::Usage;
use super::find::{find, find_episode};
use super::setting::Setting;
use crate::archive::PassedOver;
use crate::jobs;
use crate::report::counted;

/// Mark all that is recorded of a show so far, or one episode, as not wanted
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CatchUp {
    /// The shows
    #[arg(value_name = "SHOW", required = true)]
    shows: Vec<String>,
    /// But for so many of the newest episodes
    #[arg(long, value_name = "N", default_value_t = 0)]
    keep: u64,
    /// Only this episode of the show: its number, its guid, words of its title, or latest; may be given again
    #[arg(long = "episode", value_name = "EPISODE", conflicts_with = "keep")]
    episodes: Vec<String>,
    /// Take it back: it is wanted again
    #[arg(long, conflicts_with = "keep")]
    undo: bool,
}

const EXAMPLES: &str = "\
Examples:
\x20 castkeep catch-up two-kettles               only what is published from now on is downloaded
\x20 castkeep catch-up two-kettles --keep 5      ... and the newest five
\x20 castkeep catch-up two-kettles --undo
\x20 castkeep catch-up two-kettles --episode 3   one whose audio its host no longer has

All episodes stay in the record, and files that are here stay. It asks nobody: where the feed was not asked for a while,
\"castkeep sync --feeds-only SHOW\" comes first.";

impl CatchUp {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let which = self.which(setting)?;
        let request = jobs::CatchUpRequest { shows: self.shows, which, undo: self.undo };
        let (done, _) = setting.run(|manner| ready(jobs::catch_up(config, &request, manner)))?;
        let named = matches!(request.which, PassedOver::These(_));
        let mut out = stdout().lock();
        for show in done.iter().filter(|_| !setting.talk.quiet) {
            let count = counted(show.episodes, "episode");
            let words = match (request.undo, named) {
                (true, _) => "wanted again",
                (false, true) => "given up",
                (false, false) => "left out",
            };
            writeln!(out, "{}: {count} {words}", show.show)?;
            if named && !request.undo && show.episodes == 0 {
                setting.talk.hint("their audio was captured: if a file is lost since, castkeep verify --repair fetches it again");
            }
            if show.is_unread && !request.undo {
                setting.talk.hint(&format!(
                    "its feed was never read: \"castkeep sync --feeds-only {}\", then catch up",
                    show.show
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn which(&self, setting: &Setting) -> anyhow::Result<PassedOver> {
        if self.episodes.is_empty() {
            return Ok(PassedOver::AllBut(self.keep));
        }
        let [slug] = self.shows.as_slice() else {
            let message = "--episode is of one show: name one".to_owned();
            return Err(Usage { message, hint: None }.into());
        };
        let reader = setting.reader()?;
        let show = find(&reader, slug)?;
        let mut rows = Vec::new();
        for which in &self.episodes {
            rows.push(find_episode(&reader, &show, which)?.id);
        }
        rows.sort_unstable();
        rows.dedup();
        Ok(PassedOver::These(rows))
    }
}
