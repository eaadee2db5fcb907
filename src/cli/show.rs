//! `castkeep show`

mod history;
mod hyperlink;
mod opening;
mod page;
mod words;
mod wrap;

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::find::{find, find_episode};
use super::look::{Links, Look};
use super::setting::Setting;
pub(in crate::cli) use page::title;

/// Print an episode with its notes in order
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Show {
    /// The show
    show: String,
    /// Its number, its guid, words of its title, or latest
    episode: String,
    /// What is known of it over time instead: what it is told apart by, and every field that changed
    #[arg(long)]
    history: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// When words are hyperlinks; else addresses are written under them
    #[arg(long, value_name = "WHEN", default_value = "auto", conflicts_with = "json")]
    links: Links,
    /// Wrap lines at so many columns, 0 for never [default: those of the terminal, at most 100]
    #[arg(long, value_name = "COLUMNS", conflicts_with = "json")]
    width: Option<usize>,
}

const HELP: &str = "Examples:\n\
\x20 castkeep show two-kettles latest\n\
\x20 castkeep show two-kettles 3 --history\n\
\x20 castkeep show two-kettles \"counting sheep\" --links always | less -R";

impl Show {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let show = find(&reader, &self.show)?;
        let episode = &find_episode(&reader, &show, &self.episode)?;
        let mut out = stdout().lock();
        if self.history {
            let history = reader.history(episode.id)?;
            let text = if self.json {
                serde_json::to_string_pretty(&history)? + "\n"
            } else {
                history::text(episode, &history)
            };
            write!(out, "{text}")?;
        } else if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(episode)?)?;
        } else {
            let look = Look::of_stdout(self.links, self.width);
            write!(out, "{}", page::page(episode, look))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Seconds as `1:02:03` or `2:03`.
fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{:02}", seconds % 60)
    } else {
        format!("{minutes}:{:02}", seconds % 60)
    }
}
