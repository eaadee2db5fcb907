//! `castkeep backfill`

use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::PARTIAL;
use super::setting::Setting;
use crate::jobs::{self, Completeness};

/// Fetch the whole back catalog of shows, and tell what is complete and what is missing
///
/// Reads the feed that `history_url` names, else follows the links of the feed to its older pages (RFC 5005). Can be stopped at
/// any point and run again.
#[derive(Args)]
pub(super) struct Backfill {
    /// The shows
    #[arg(value_name = "SHOW", required = true)]
    shows: Vec<String>,
    /// Record feeds, download nothing
    #[arg(long)]
    feeds_only: bool,
}

impl Backfill {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let feeds_only = self.feeds_only;
        let request = jobs::BackfillRequest { shows: self.shows, feeds_only };
        let ((run, found), signals) = setting.run(|manner| jobs::backfill(config, request, manner))?;
        let mut out = stdout().lock();
        for completeness in &found {
            write!(out, "{}", text(completeness))?;
        }
        let code = setting.end(&run, &signals);
        let lacks_audio = !feeds_only && found.iter().any(|show| !show.gaps.missing_audio.is_empty());
        Ok(if code == ExitCode::SUCCESS && lacks_audio { PARTIAL.into() } else { code })
    }
}

/// More than this many are counted, not listed.
const MOST_LISTED: usize = 20;

fn text(found: &Completeness) -> String {
    let gaps = &found.gaps;
    let mut text = format!("{}: {} episodes, listed by {}", found.show, gaps.episodes, found.history);
    if !found.listed {
        text.push_str(" (not read to its end)");
    }
    text.push('\n');
    let missing = gaps.missing_audio.len();
    let _ =
        writeln!(text, "  audio: {} of {} captured, {missing} missing", gaps.captured, gaps.with_enclosure);
    for (title, error) in gaps.missing_audio.iter().take(MOST_LISTED) {
        let _ = writeln!(text, "    {title}: {}", error.as_deref().unwrap_or("not tried yet"));
    }
    if missing > MOST_LISTED {
        let _ = writeln!(text, "    and {} more: SELECT * FROM missing_audio", missing - MOST_LISTED);
    }
    if let Some((first, last)) = gaps.numbers {
        let holes = match gaps.missing_numbers.len() {
            0 => "none missing".to_owned(),
            n if n > MOST_LISTED => format!("{n} missing"),
            _ => format!("missing {}", join(&gaps.missing_numbers)),
        };
        let _ = writeln!(text, "  numbers: {first} to {last}, {holes}");
    }
    let complete = found.listed && missing == 0 && gaps.missing_numbers.is_empty();
    text.push_str(if complete { "  complete\n" } else { "  not complete\n" });
    crate::report::escape(&text, &['\n'])
}

fn join(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}
