//! `castkeep backfill`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::after::{self, After, Report};
use super::failure::{PARTIAL, Usage};
use super::gaps;
use super::setting::Setting;
use crate::jobs::{self, Completeness};
use crate::report::Run;

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
    /// How the run is reported: text or json on stdout, or a file (JSON if its name ends in .json)
    #[arg(long, value_name = "FORMAT|FILE", default_value = "text")]
    report: Report,
}

/// A run with what it was for.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    run: &'a Run,
    /// What each show has, and what it lacks.
    completeness: &'a [Completeness],
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
        after::check(setting, &config, &self.report)?;
        let after = After { setting, config: config.clone(), report: self.report, is_quiet: false };
        let ((run, found), signals) = match setting.run(|manner| jobs::backfill(config, request, manner)) {
            Ok(ended) => ended,
            Err(error) => {
                after.error(&error);
                return Err(error);
            }
        };
        let words: String = found.iter().map(text).collect();
        let code = after.run(&run, &signals, &words, &Whole { run: &run, completeness: &found });
        let lacks_audio = !feeds_only && found.iter().any(|show| !show.gaps.missing_audio.is_empty());
        let code = if code == ExitCode::SUCCESS && lacks_audio { PARTIAL.into() } else { code };
        after.tell(&run, code);
        Ok(code)
    }
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
