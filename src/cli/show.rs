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
use super::look::{Links, Look, screen_width};
use super::setting::Setting;
use crate::archive::{EpisodeLine, Reader, ShowRow};
use crate::report::Columns;

/// Print an episode with its notes in order, or list a show's newest
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Show {
    /// The show
    show: String,
    /// Its number, its guid, words of its title, or latest; without one, the newest are listed
    episode: Vec<String>,
    /// List all episodes, not the newest 20
    #[arg(long, conflicts_with_all = ["episode", "history"])]
    all: bool,
    /// What is known of it over time instead: what it is told apart by, and every field that changed
    #[arg(long, requires = "episode")]
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

/// So many episodes are listed, unless all are asked for.
const MOST_LISTED: u32 = 20;

const LISTED: Columns<'_> = Columns {
    names: &["number", "date", "title"],
    right: &["number"],
    title: Some("title"),
    lesser: &["date"],
    ..Columns::PLAIN
};

const HELP: &str = "Examples:\n\
\x20 castkeep show two-kettles\n\
\x20 castkeep show two-kettles latest\n\
\x20 castkeep show two-kettles 3 --history\n\
\x20 castkeep show two-kettles \"counting sheep\" --links always | less -R";

impl Show {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let show = find(&reader, &self.show)?;
        if self.episode.is_empty() {
            return self.list(&reader, &show);
        }
        let episode = &find_episode(&reader, &show, &self.episode.join(" "))?;
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

    fn list(&self, reader: &Reader, show: &ShowRow) -> anyhow::Result<ExitCode> {
        let lines = reader.newest_of(show.id, (!self.all).then_some(MOST_LISTED))?;
        let text = if self.json {
            serde_json::to_string_pretty(&lines)? + "\n"
        } else {
            LISTED.laid_out(&lines.iter().map(cells).collect::<Vec<_>>(), screen_width())
        };
        write!(stdout().lock(), "{text}")?;
        Ok(ExitCode::SUCCESS)
    }
}

fn cells(line: &EpisodeLine) -> Vec<String> {
    let number = line.number.map(|number| number.to_string());
    let date = line.published_at.map(|at| at.format("%Y-%m-%d"));
    let title = line.title.clone().or_else(|| line.guid.clone());
    [number, date, title].map(Option::unwrap_or_default).to_vec()
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
