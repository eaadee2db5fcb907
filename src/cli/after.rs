//! What follows a run: its report, and a word to whom `[notify]` names.

use std::convert::Infallible;
use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Context as _;
use serde::Serialize;

use super::setting::{self, Setting};
use super::signals::Signals;
use crate::archive::refuse_configuration;
use crate::config::Config;
use crate::jobs::{self, Ended};
use crate::report::{Outcome, Run, Trouble};

/// How and where a run is reported.
#[derive(Clone)]
pub(super) enum Report {
    /// As a table on stdout.
    Text,
    /// As JSON on stdout.
    Json,
    /// In a file: JSON if its name ends so, else text.
    File(PathBuf),
}

impl FromStr for Report {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "text" => Self::Text,
            "json" => Self::Json,
            path => Self::File(path.into()),
        })
    }
}

/// A run that is to be reported.
pub(super) struct After<'a> {
    pub(super) setting: &'a Setting,
    pub(super) config: Config,
    pub(super) report: Report,
    /// What stands on stdout as text is left out.
    pub(super) is_quiet: bool,
}

impl After<'_> {
    /// A run came to its end, with this to tell beside it on stdout; its exit code. `json` is the run with what belongs to it.
    pub(super) fn run(&self, run: &Run, signals: &Signals, text: &str, json: &impl Serialize) -> ExitCode {
        let talk = self.setting.talk;
        let code = self.setting.end(run, signals, self.print(text, json));
        match self.file(run, text, json) {
            Err(error) => {
                talk.failure(None, &format!("{error:#}"));
                if code == ExitCode::SUCCESS { ExitCode::FAILURE } else { code }
            }
            Ok(()) => code,
        }
    }

    /// Tells others with which exit code it ended. Of one that a signal stopped nobody hears: the next goes on from there.
    pub(super) fn tell(&self, run: &Run, code: ExitCode) {
        if run.outcome != Outcome::Interrupted {
            self.notify(Ended { well: code == ExitCode::SUCCESS, failures: run.failures.len() as u64 });
        }
    }

    /// A run could not be, or had to stop. Of one that found another at work nobody hears: that one will tell.
    pub(super) fn error(&self, error: &anyhow::Error) {
        if super::failure::is_locked(error) {
            return;
        }
        let trouble = Trouble::new("castkeep", format!("{error:#}"));
        let run = Run { outcome: Outcome::Failed, failures: vec![trouble], ..Run::default() };
        if let Err(error) = self.file(&run, "", &run) {
            self.setting.talk.failure(None, &format!("{error:#}"));
        }
        self.notify(Ended { well: false, failures: 1 });
    }

    fn print(&self, text: &str, json: &impl Serialize) -> io::Result<()> {
        let mut out = stdout().lock();
        match &self.report {
            Report::Json => writeln!(out, "{}", serde_json::to_string_pretty(json)?)?,
            Report::Text if !self.is_quiet => write!(out, "{text}")?,
            Report::Text | Report::File(_) => {}
        }
        out.flush()
    }

    fn file(&self, run: &Run, text: &str, json: &impl Serialize) -> anyhow::Result<()> {
        let Report::File(path) = &self.report else { return Ok(()) };
        let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let written = if is_json {
            serde_json::to_string_pretty(json)? + "\n"
        } else {
            format!("{}: {}\n{text}{}", run.command, run.outcome.as_str(), run.talk())
        };
        refuse(self.setting, &self.config, path).context("--report")?;
        jobs::write_whole(path, &crate::model::redacted(&written))
            .with_context(|| format!("--report {}", path.display()))
    }

    fn notify(&self, ended: Ended) {
        if !wants_word(&self.config) {
            return;
        }
        match setting::runtime() {
            Ok(runtime) => {
                let failed = runtime.block_on(jobs::notify(&self.config, ended));
                // The run was as it was: its exit code stays.
                for line in failed {
                    self.setting.talk.failure(None, &line);
                }
                runtime.shutdown_background();
            }
            Err(error) => self.setting.talk.failure(None, &format!("{error:#}")),
        }
    }
}

/// Whether anybody is to be told of runs.
fn wants_word(config: &Config) -> bool {
    let notify = &config.notify;
    notify.on_success.is_some() || notify.on_failure.is_some() || notify.metrics.is_some()
}

/// What is written after a run can be, and costs no file that somebody needs: so that nothing is done that can't be reported.
pub(super) fn check(setting: &Setting, config: &Config, report: &Report) -> anyhow::Result<()> {
    if let Some(path) = &config.notify.metrics {
        refuse(setting, config, path).context("[notify] metrics")?;
    }
    let Report::File(path) = report else { return Ok(()) };
    refuse(setting, config, path).context("--report")?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() && !path.is_dir() {
        return Ok(());
    }
    let why = if path.is_dir() { "this is a folder" } else { "there is no such folder" };
    let message = format!("--report {}: {why}", path.display());
    let hint = Some("--report json and --report text report on stdout".to_owned());
    Err(super::failure::Usage { message, hint }.into())
}

/// A file of the archive or of the user is no place to write to. What is not there is told when it is to be written.
fn refuse(setting: &Setting, config: &Config, path: &Path) -> Result<(), crate::archive::Error> {
    refuse_configuration(path, &setting.config_path())?;
    jobs::check_whole(path, &config.archive.directory)
}
