//! `castkeep demo`

mod folder;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use folder::Folder;

use super::rows::Manner;
use super::setting::Setting;
use super::sql;
use crate::archive::{Limits, Reader};
use crate::config::Config;
use crate::demo::{Host, QUESTIONS, Question, Request, SLUG, TITLE};
use crate::jobs;

/// Archive a small show that is inside castkeep, and look at what comes of it; needs no network
#[derive(Args)]
pub(super) struct Demo {
    /// The folder for it: a new one, an empty one, or that of an earlier demo
    #[arg(value_name = "DIR", default_value = "castkeep-demo")]
    folder: PathBuf,
}

/// The episode that is looked at closely.
const EPISODE: u32 = 4;

impl Demo {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let mut folder = Folder::open(&self.folder)?;
        let host = Host::start().context("serve the demo's show on 127.0.0.1")?;
        let config = folder.configure(&host.feed())?;
        introduce(&folder, &self.folder, &host)?;
        let headings = [
            ("A first sync asks for the feed and for the audio that is not there yet:", false),
            ("A second one, at once, hears that nothing has changed:", true),
        ];
        for (heading, force) in headings {
            let code = sync(setting, &config, &host, heading, force)?;
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

fn introduce(folder: &Folder, path: &Path, host: &Host) -> std::io::Result<()> {
    let (path, feed) = (path.display(), host.feed());
    let mut out = stdout().lock();
    if folder.was_there() {
        writeln!(out, "{path} holds a demo already; {TITLE} has moved since, feed and audio, to {feed}")
    } else {
        writeln!(out, "{TITLE} is a small show inside castkeep, served now at {feed} and archived in {path}")
    }
}

/// One sync of the show, with what the host was asked meanwhile.
fn sync(
    setting: &Setting,
    config: &Config,
    host: &Host,
    heading: &str,
    force: bool,
) -> anyhow::Result<ExitCode> {
    let request = jobs::SyncRequest { shows: vec![SLUG.to_owned()], force, feeds_only: false };
    let (run, signals) = setting.run(|manner| jobs::sync(config.clone(), request, manner))?;
    let mut out = stdout().lock();
    writeln!(out, "\n{heading}")?;
    for Request { method, path, status } in host.take_requests() {
        writeln!(out, "  {method} {path} {status}")?;
    }
    write!(out, "{}", run.text())?;
    Ok(setting.end(&run, &signals, Ok(())))
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
            "Its episodes:",
            &format!(
                "SELECT number, title, substr(published_at, 1, 10) AS published, segments, links, has_audio AS audio \
                 FROM episode_list WHERE show = '{SLUG}' ORDER BY number"
            ),
        )?;
        self.section(
            &format!("What the notes of episode {EPISODE} became:"),
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
            &format!("The files, in {}, with their SHA-256:", archive.display()),
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
