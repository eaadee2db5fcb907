//! `castkeep sync`

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use clap::Args;

use super::after::{self, After, Report};
use super::look::screen_width;
use super::plan;
use super::setting::Setting;
use crate::jobs;
use crate::report::Outcome;

/// Ask due feeds, record what is new, download what is missing
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Sync {
    /// Only these shows
    #[arg(value_name = "SHOW")]
    shows: Vec<String>,
    /// Ask feeds that are not due, and try failed downloads again
    #[arg(long)]
    force: bool,
    /// Tell what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Record feeds, download nothing
    #[arg(long)]
    feeds_only: bool,
    /// How the run is reported: text or json on stdout, or a file (JSON if its name ends in .json)
    #[arg(long, value_name = "FORMAT|FILE", default_value = "text")]
    report: Report,
    /// The exit code where all is well and nothing is new, from 6 to 125
    #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u8).range(6..=125))]
    exit_code_if_none: Option<u8>,
}

const HELP: &str = "Examples:\n\
\x20 castkeep sync two-kettles --force\n\
\x20 castkeep sync --dry-run\n\
\x20 castkeep sync --report night.json";

impl Sync {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        // Said to a person who looks on, not to cron.
        if config.shows.is_empty() && stderr().is_terminal() {
            setting.talk.note("no show is followed yet: castkeep add URL");
        }
        let request = jobs::SyncRequest { shows: self.shows, force: self.force, feeds_only: self.feeds_only };
        after::check(setting, &config, &self.report)?;
        if self.dry_run {
            let is_json = matches!(self.report, Report::Json);
            return plan::print(&jobs::plan(&config, &request)?, is_json, setting.talk);
        }
        let after =
            After { setting, config: config.clone(), report: self.report, is_quiet: setting.talk.quiet };
        let (run, signals) = match setting.run(|manner| jobs::sync(config, request, manner)) {
            Ok(ended) => ended,
            Err(error) => {
                after.error(&error);
                return Err(error);
            }
        };
        // What goes into a file is as wide as it is.
        let screen = screen_width().filter(|_| matches!(after.report, Report::Text));
        let text = run.text(screen);
        // Who was stopped does not know what there is.
        let is_whole = run.outcome == Outcome::Ok && run.failures.is_empty();
        if text.is_empty() && is_whole && stderr().is_terminal() {
            setting.talk.note("nothing new (feeds that are not due were not asked; --force asks them)");
        }
        let code = after.run(&run, &signals, &text, &run);
        after.tell(&run, code);
        let is_quiet = code == ExitCode::SUCCESS && text.is_empty();
        Ok(self.exit_code_if_none.filter(|_| is_quiet).map_or(code, ExitCode::from))
    }
}
