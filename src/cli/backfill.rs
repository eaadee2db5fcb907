//! `castkeep backfill`

use std::io::{self, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::failure::{PARTIAL, Usage};
use super::gaps;
use super::setting::Setting;
use crate::jobs::{self, Completeness};

/// Fetch the whole back catalog of shows; tell what is missing
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Backfill {
    /// The shows
    #[arg(value_name = "SHOW", required = true)]
    shows: Vec<String>,
    /// Record feeds, download nothing
    #[arg(long)]
    feeds_only: bool,
    /// Also read old copies of the feed: a file, or a folder of them, saved by hand or taken from a web archive; may be repeated
    #[arg(long, value_name = "FILE|DIR")]
    from: Vec<PathBuf>,
}

const HELP: &str = "Examples:\n\
\x20 castkeep backfill two-kettles\n\
\x20 castkeep backfill two-kettles --from old-feeds/";

impl Backfill {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        if !self.from.is_empty() && self.shows.len() != 1 {
            let message = "--from takes the copies of one show's feed".to_owned();
            return Err(Usage { message, hint: Some("name one show".to_owned()) }.into());
        }
        if let Some(absent) = self.from.iter().find(|path| !path.exists()) {
            return Err(Usage {
                message: format!("--from {}: there is no such file", absent.display()),
                hint: None,
            }
            .into());
        }
        let config = setting.load()?;
        let feeds_only = self.feeds_only;
        let request = jobs::BackfillRequest { shows: self.shows, feeds_only, from: self.from };
        let ((run, found), signals) = setting.run(|manner| jobs::backfill(config, request, manner))?;
        let code = setting.end(&run, &signals, print(&found));
        let lacks_audio = !feeds_only && found.iter().any(|show| !show.gaps.missing_audio.is_empty());
        Ok(if code == ExitCode::SUCCESS && lacks_audio { PARTIAL.into() } else { code })
    }
}

fn print(found: &[Completeness]) -> io::Result<()> {
    let mut out = stdout().lock();
    found.iter().try_for_each(|completeness| write!(out, "{}", text(completeness)))?;
    out.flush()
}

fn text(found: &Completeness) -> String {
    let gaps = &found.gaps;
    let mut text = format!("{}: {} episodes, listed by {}", found.show, gaps.episodes, found.history);
    if !found.listed {
        text.push_str(" (not read to its end)");
    }
    text.push('\n');
    text.push_str(&gaps::text(gaps));
    text.push_str(if found.listed { gaps::verdict(gaps) } else { "  not complete\n" });
    crate::report::escape(&text, &['\n'])
}
