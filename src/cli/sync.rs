//! `castkeep sync`

use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::plan;
use super::setting::Setting;
use super::talk::Talk;
use crate::jobs;
use crate::report::Run;

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
    /// How the run is reported on stdout
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    report: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

const HELP: &str = "Examples:\n\
\x20 castkeep sync\n\
\x20 castkeep sync two-kettles --force\n\
\x20 castkeep sync --dry-run";

impl Sync {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        // Said to a person who looks on, not to cron.
        if config.shows.is_empty() && stderr().is_terminal() {
            setting.talk.note("no show is followed yet: castkeep add URL");
        }
        let request = jobs::SyncRequest { shows: self.shows, force: self.force, feeds_only: self.feeds_only };
        if self.dry_run {
            return plan::print(
                &jobs::plan(&config, &request)?,
                self.report == Format::Json,
                setting.talk.verbose,
            );
        }
        let (run, signals) = setting.run(|manner| jobs::sync(config, request, manner))?;
        let printed = print(&run, self.report, setting.talk);
        Ok(setting.end(&run, &signals, printed))
    }
}

fn print(run: &Run, format: Format, talk: Talk) -> io::Result<()> {
    let mut out = stdout().lock();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(run)?)?,
        Format::Text if !talk.quiet => {
            write!(out, "{}", run.text())?;
            if run.text().is_empty() && run.failures.is_empty() && stderr().is_terminal() {
                talk.note("nothing new (feeds that are not due were not asked; --force asks them)");
            }
        }
        Format::Text => {}
    }
    out.flush()
}
