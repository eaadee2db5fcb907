//! `castkeep demo`

mod folder;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use folder::Folder;

use super::look::screen_width;
use super::rows::Manner;
use super::setting::Setting;
use super::sql;
use crate::archive::{Limits, Reader};
use crate::config::Config;
use crate::demo::{Edition, Host, QUESTIONS, Question, Request, SLUG, TITLE, slugs};
use crate::jobs;

/// Archive three small shows that are inside castkeep: try it
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Demo {
    /// The folder for it: a new one, an empty one, or that of an earlier demo
    #[arg(value_name = "DIR", default_value = "castkeep-demo")]
    folder: PathBuf,
}

const HELP: &str = "Examples:\n\
\x20 castkeep demo\n\
\x20 castkeep demo /tmp/three-shows";

/// The episode that is looked at closely.
const EPISODE: u32 = 4;

impl Demo {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let mut folder = Folder::open(&self.folder)?;
        let host = Host::start().context("serve the demo's shows on 127.0.0.1")?;
        let config = folder.configure(&host.feeds())?;
        introduce(&folder, &self.folder, &host)?;
        for act in if folder.was_there() { &AGAIN } else { ACTS.as_slice() } {
            let code = act.play(setting, &config, &host)?;
            if code != ExitCode::SUCCESS {
                return Ok(code);
            }
        }
        drop(host);
        let tour = Tour { config: &config, command: command(&folder.config_path()) };
        tour.print(&self.folder)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A sync, and which edition of the feeds it meets.
struct Act {
    heading: &'static str,
    edition: Edition,
    /// It does not wait until a feed is due.
    force: bool,
}

const ACTS: [Act; 3] = [
    Act {
        heading: "A first sync asks for the feeds and for the audio that is not there yet:",
        edition: Edition::First,
        force: false,
    },
    Act {
        heading: "Then two publishers edit their feeds: words mended, an address moved, an episode gone, another come:",
        edition: Edition::Second,
        force: true,
    },
    Act {
        heading: "A third sync, at once, hears that nothing has changed:",
        edition: Edition::Second,
        force: true,
    },
];

/// What an earlier demo meets: its publishers have edited already.
const AGAIN: [Act; 2] = [
    Act {
        heading: "A first sync asks for the feeds and for the audio that is not there yet:",
        edition: Edition::Second,
        force: true,
    },
    Act {
        heading: "A second one, at once, hears that nothing has changed:",
        edition: Edition::Second,
        force: true,
    },
];

fn introduce(folder: &Folder, path: &Path, host: &Host) -> std::io::Result<()> {
    let (path, feed) = (path.display(), host.feed());
    let mut out = stdout().lock();
    if folder.was_there() {
        writeln!(
            out,
            "{path} holds a demo already; its shows have moved since, feeds and audio: {TITLE} to {feed}"
        )
    } else {
        writeln!(
            out,
            "Three small shows are inside castkeep, served now and archived in {path}: {TITLE} at {feed}, and two more"
        )
    }
}

impl Act {
    /// One sync of the shows, with what the host was asked meanwhile.
    fn play(&self, setting: &Setting, config: &Config, host: &Host) -> anyhow::Result<ExitCode> {
        host.publish(self.edition);
        let request = jobs::SyncRequest { shows: slugs(), force: self.force, feeds_only: false };
        let (run, signals) = setting.run(|manner| jobs::sync(config.clone(), request, manner))?;
        let mut out = stdout().lock();
        writeln!(out, "\n{}", self.heading)?;
        write!(out, "{}{}", asked(host.take_requests()), run.text(screen_width()))?;
        Ok(setting.end(&run, &signals, Ok(())))
    }
}

/// The requests for feeds, one a line; how many there were of the rest.
fn asked(requests: Vec<Request>) -> String {
    let (feeds, files): (Vec<_>, Vec<_>) =
        requests.into_iter().partition(|request| request.path.ends_with("/feed.xml"));
    let mut lines: Vec<_> = feeds
        .into_iter()
        .map(|Request { method, path, status }| format!("  {method} {path} {status}\n"))
        .collect();
    match files.as_slice() {
        [] => {}
        [Request { method, path, status }] => lines.push(format!("  {method} {path} {status}\n")),
        files => lines.push(format!("  and {} files: audio, pictures, transcripts, chapters\n", files.len())),
    }
    lines.concat()
}

/// A walk through the archive.
struct Tour<'a> {
    config: &'a Config,
    command: String,
}

impl Tour<'_> {
    fn print(&self, folder: &Path) -> anyhow::Result<()> {
        let archive = folder.join("archive");
        self.section(
            &format!("The episodes of {TITLE}:"),
            &format!(
                "SELECT number, title, substr(published_at, 1, 10) AS published, segments, links, has_audio AS audio \
                 FROM episode_list WHERE show = '{SLUG}' ORDER BY number"
            ),
        )?;
        self.section(
            &format!("What the notes of its episode {EPISODE} became:"),
            &format!(
                "SELECT position, kind, number, presenter, title FROM segment_list \
                 WHERE show = '{SLUG}' AND episode_number = {EPISODE} ORDER BY position"
            ),
        )?;
        self.section(
            "And its links:",
            &format!(
                "SELECT position, segment_kind AS within, text, target_url FROM link_list \
                 WHERE show = '{SLUG}' AND episode_number = {EPISODE} ORDER BY position"
            ),
        )?;
        self.section(
            &format!("Its audio, in {}, with the SHA-256:", archive.display()),
            &format!("SELECT path, size, sha256 FROM audio WHERE show = '{SLUG}' ORDER BY path"),
        )?;
        for Question { words, sql } in QUESTIONS {
            self.section(&format!("{words}\n  {} sql \"{sql}\"", self.command), sql)?;
        }
        let mut out = stdout().lock();
        writeln!(out, "\nGo on with:")?;
        writeln!(out, "  {} show {SLUG} {EPISODE}", self.command)?;
        writeln!(out, "  {} verify", self.command)?;
        writeln!(out, "  sqlite3 {}", quoted(&archive.join("archive.db")))?;
        Ok(())
    }

    fn section(&self, heading: &str, query: &str) -> anyhow::Result<()> {
        let mut reader = Reader::open(&self.config.archive.directory)?;
        let mut out = stdout().lock();
        writeln!(out, "\n{heading}")?;
        let limits = Limits { time: Duration::from_mins(1), ..Limits::default() };
        sql::answer(&mut reader, query, &limits, Manner::TABLE, &mut out)
    }
}

/// How to call this very program on the demo: by the name it was called by.
fn command(config: &Path) -> String {
    let program = std::env::args_os().next().map_or_else(|| PathBuf::from("castkeep"), PathBuf::from);
    format!("{} --config {}", quoted(&program), quoted(config))
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
