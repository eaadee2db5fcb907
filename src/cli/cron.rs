//! `castkeep cron`

mod crontab;
mod install;
mod launchd;
mod moment;
mod program;
mod quote;
mod systemd;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::failure::Usage;
use super::setting::{DIRECTORY, Setting, config_home};
use crate::config::{Config, Interval};
use crate::report::escape;
use moment::Moment;

/// Print, or put in place, what runs castkeep by itself: a crontab line, a systemd timer
#[derive(Args)]
#[command(after_help = HELP)]
#[command(group = clap::ArgGroup::new("form"))]
pub(super) struct Cron {
    /// The lines for a crontab alone
    #[arg(long, group = "form")]
    crontab: bool,
    /// The service and the timer for systemd alone
    #[arg(long, group = "form")]
    systemd: bool,
    /// The property list for launchd (macOS) alone
    #[arg(long, group = "form")]
    launchd: bool,
    /// Put the units or the list where systemd or launchd looks, instead of printing them
    #[arg(long, requires = "form", conflicts_with = "crontab")]
    write: bool,
    /// Once a night, instead of as often as the feeds may be asked
    #[arg(long)]
    nightly: bool,
    /// Once a day, at this time (24 hours)
    #[arg(long, value_name = "HH:MM", value_parser = moment::time, conflicts_with = "nightly")]
    at: Option<(u64, u64)>,
}

const HELP: &str = "Examples:\n\
\x20 castkeep cron\n\
\x20 (crontab -l; castkeep cron --crontab --nightly) | crontab -\n\
\x20 castkeep cron --at 4:17\n\
\x20 castkeep cron --systemd --nightly --write";

/// What is run, and when.
struct Job {
    /// What is started, absolute: the binary, or `env` where a variable says where the archive is.
    program: String,
    /// Its arguments.
    arguments: Vec<String>,
    /// The folder of the configuration, where a log may go.
    folder: String,
    moment: Moment,
}

impl Cron {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let job = Job::of(setting, |smallest, path| self.moment(smallest, path))?;
        if self.write {
            return self.put(setting, &job);
        }
        let text = match (self.crontab, self.systemd, self.launchd) {
            (true, _, _) => crontab::lines(&job),
            (_, true, _) => systemd::units(&job),
            (_, _, true) => launchd::list(&job),
            _ if cfg!(target_os = "macos") => crontab::lines(&job) + "\n" + &launchd::list(&job),
            _ => crontab::lines(&job) + "\n" + &systemd::units(&job),
        };
        stdout().lock().write_all(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }

    /// Writes the files, and says what is left to be done.
    fn put(&self, setting: &Setting, job: &Job) -> anyhow::Result<ExitCode> {
        let (paths, next) = if self.systemd { put_systemd(job)? } else { put_launchd(job)? };
        if !setting.talk.quiet {
            let wrote: String = paths
                .iter()
                .map(|path| format!("wrote {}\n", escape(&path.display().to_string(), &[])))
                .collect();
            let next: String = next.lines().map(|line| format!("  {line}\n")).collect();
            stdout().lock().write_all(format!("{wrote}next:\n{next}").as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn moment(&self, smallest: Duration, path: &[u8]) -> Moment {
        match self.at {
            Some((hour, minute)) => Moment::daily(hour, minute),
            None if self.nightly => Moment::nightly(path),
            None => Moment::of(smallest, path),
        }
    }
}

impl Job {
    fn of(setting: &Setting, moment: impl FnOnce(Duration, &[u8]) -> Moment) -> anyhow::Result<Self> {
        let config = setting.load()?;
        let path = std::path::absolute(setting.config_path()).context("the working directory")?;
        let program = text(&program::path()?)?;
        let mut arguments = vec!["--config".to_owned(), text(&path)?];
        if let Some(archive) = setting.archive() {
            let archive = std::path::absolute(archive).context("the working directory")?;
            arguments.extend(["--archive".to_owned(), text(&archive)?]);
        }
        let (program, arguments) = match variable(setting, &config)? {
            Some(variable) => {
                let words = [variable, program].into_iter().chain(arguments);
                ("/usr/bin/env".to_owned(), words.collect())
            }
            None => (program, arguments),
        };
        Ok(Self {
            program,
            arguments,
            folder: text(path.parent().unwrap_or(Path::new("/")))?,
            moment: moment(smallest(&config), path.as_os_str().as_encoded_bytes()),
        })
    }
}

/// Where the files are now, and what is to be typed next.
type Put = anyhow::Result<(Vec<PathBuf>, String)>;

fn put_systemd(job: &Job) -> Put {
    let folder = config_home().context("neither XDG_CONFIG_HOME nor HOME says where your units are")?;
    let files = systemd::files(job).map(|(name, text)| (name, heading(install::MARK) + &text));
    let paths = install::install(&folder.join("systemd/user"), &files)?;
    Ok((paths, systemd::NEXT.to_owned()))
}

fn put_launchd(job: &Job) -> Put {
    if !cfg!(target_os = "macos") {
        let hint = Some("here: castkeep cron --systemd --write, or a crontab".to_owned());
        return Err(Usage { message: "launchd is the timer of macOS".to_owned(), hint }.into());
    }
    let home = std::env::var_os("HOME").context("HOME does not say where your lists are")?;
    let files = [(launchd::FILE, launchd::remarked(job, install::MARK))];
    let paths = install::install(&Path::new(&home).join("Library/LaunchAgents"), &files)?;
    let next = paths.iter().map(|path| launchd::next(&quote::shell(&path.to_string_lossy()))).collect();
    Ok((paths, next))
}

/// What the environment says of the archive's place, which cron's does not: `NAME=value`.
fn variable(setting: &Setting, config: &Config) -> anyhow::Result<Option<String>> {
    if setting.archive().is_some() || std::env::var_os(DIRECTORY).is_none() {
        return Ok(None);
    }
    let directory = std::path::absolute(&config.archive.directory).context("the working directory")?;
    Ok(Some(format!("{DIRECTORY}={}", text(&directory)?)))
}

/// How often the feed that is asked most often may be asked.
fn smallest(config: &Config) -> Duration {
    let of = |interval: Interval| match interval {
        Interval::Every(interval) => interval,
        Interval::Auto => Duration::from_hours(1),
    };
    let shows = config.shows.iter().filter(|show| !show.paused);
    shows
        .map(|show| of(show.interval.unwrap_or(config.sync.interval)))
        .min()
        .unwrap_or_else(|| of(config.sync.interval))
}

/// A path as these files can hold it: UTF-8, in one line.
fn text(path: &Path) -> anyhow::Result<String> {
    match path.to_str() {
        Some(text) if !text.contains(char::is_control) => Ok(text.to_owned()),
        _ => Err(odd(path).into()),
    }
}

fn odd(path: &Path) -> Usage {
    let shown = escape(&path.to_string_lossy(), &[]);
    let message = format!("{shown} can't stand in a crontab or a unit: it is not plain text of one line");
    Usage { message, hint: Some("give the folder another name".to_owned()) }
}

/// Where a unit or list of the user's goes.
fn heading(place: &str) -> String {
    format!("# {place}\n")
}

/// Whether the system has this program where cron looks.
fn has(program: &str) -> bool {
    ["/usr/bin", "/bin"].iter().any(|folder| PathBuf::from(folder).join(program).exists())
}
