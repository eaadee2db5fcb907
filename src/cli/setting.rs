//! What all commands share: where the configuration is, how to talk, how a job is run and stopped.

use std::fs::File;
use std::future::Future;
use std::io::{self, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::failure::{PARTIAL, Usage};
use super::log::JsonLines;
use super::look::{is_dumb, is_plain};
use super::signals::Signals;
use super::talk::Talk;
use crate::archive::Reader;
use crate::config::Config;
use crate::jobs::Manner;
use crate::report::{Outcome, Progress, Run};

/// The variable that says where the archive is.
pub(super) const DIRECTORY: &str = "CASTKEEP_ARCHIVE_DIRECTORY";

/// The flags of all commands, and what follows from them.
pub(super) struct Setting {
    pub(super) talk: Talk,
    config: Option<PathBuf>,
    archive: Option<PathBuf>,
}

impl Setting {
    pub(super) fn new(config: Option<PathBuf>, archive: Option<PathBuf>, talk: Talk) -> Self {
        Self { talk, config, archive }
    }

    /// Logs of requests go to stderr, for those who ask (`--verbose`, or `CASTKEEP_LOG=castkeep=debug`).
    pub(super) fn start_log(&self) {
        let default = if self.talk.verbose { "castkeep=debug" } else { "off" };
        let filter = tracing_subscriber::EnvFilter::try_from_env("CASTKEEP_LOG")
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
        let log = tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_ansi(io::stderr().is_terminal() && !is_plain())
            // It would complain to the very stderr that can't be written.
            .log_internal_errors(false)
            .with_env_filter(filter);
        let started = if self.talk.json { log.event_format(JsonLines).try_init() } else { log.try_init() };
        if let Err(error) = started {
            self.talk.note(&format!("no log: {error}"));
        }
    }

    /// The configuration file: the one asked for, else `./config.toml`, else that of the user.
    pub(super) fn config_path(&self) -> PathBuf {
        let here = PathBuf::from("config.toml");
        if let Some(path) = &self.config {
            return path.clone();
        }
        user_config().filter(|path| !here.exists() && path.exists()).unwrap_or(here)
    }

    /// The archive that `--archive` names.
    pub(super) fn archive(&self) -> Option<&Path> {
        self.archive.as_deref()
    }

    /// Whether a flag or the environment says where the archive is.
    pub(super) fn names_archive(&self) -> bool {
        self.archive.is_some() || std::env::var_os(DIRECTORY).is_some()
    }

    pub(super) fn load(&self) -> anyhow::Result<Config> {
        let path = self.config_path();
        if !path.exists() {
            let hint =
                match ["archive.db", "archive/archive.db"].iter().find(|place| Path::new(place).exists()) {
                    Some(found) => format!(
                        "there is an archive, which can be read without one: castkeep --archive {found} ..."
                    ),
                    None => "run \"castkeep init\" to make one here, or name one with --config".to_owned(),
                };
            let message = format!("there is no configuration file {}", path.display());
            return Err(Usage { message, hint: Some(hint) }.into());
        }
        Ok(self.overruled(Config::load(&path, environment())?))
    }

    /// The same, from a text that is yet to become the configuration file.
    pub(super) fn read(&self, text: &str, path: &Path) -> anyhow::Result<Config> {
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(self.overruled(Config::parse(text, path, folder, environment())?))
    }

    fn overruled(&self, mut config: Config) -> Config {
        if let Some(named) = &self.archive {
            // Who names the database means the folder around it.
            let is_file = named.ends_with("archive.db") && named.is_file();
            let directory = named.parent().filter(|_| is_file).unwrap_or(named);
            let whole = |path: &Path| std::path::absolute(path).ok();
            // What the file says of its own folder says nothing of another.
            config.archive.create |= whole(directory) != whole(&config.archive.directory);
            config.archive.directory = directory.to_owned();
        }
        config
    }

    /// The archive, for reading. One that `--archive` names needs no configuration.
    pub(super) fn reader(&self) -> anyhow::Result<Reader> {
        match &self.archive {
            Some(directory) => Ok(Reader::open(directory)?),
            None => Ok(Reader::open(&self.load()?.archive.directory)?),
        }
    }

    /// The configuration of the archive, where there is one: `--archive` alone names an archive without. `needed`: it is an error
    /// if there is none.
    pub(super) fn beside_archive(&self, needed: bool) -> anyhow::Result<Option<Config>> {
        let is_named = self.config.is_some() || self.archive.is_none();
        if needed || is_named && (self.archive.is_none() || self.config_path().exists()) {
            return self.load().map(Some);
        }
        Ok(None)
    }

    /// Runs a job to its end, or until a signal stops it; what it gives, and the code of the signal.
    pub(super) fn run<T, F>(&self, job: impl FnOnce(Manner) -> F) -> anyhow::Result<(T, Signals)>
    where
        F: Future<Output = Result<T, crate::jobs::Error>>,
    {
        let runtime = runtime()?;
        let signals = Signals::default();
        let progress = self.progress();
        let manner = Manner { progress: progress.clone(), cancel: signals.cancel() };
        let done = runtime.block_on(async {
            signals.listen()?;
            anyhow::Ok(job(manner).await?)
        });
        progress.clear();
        // A transfer that hangs in a system call must not keep a finished run from ending.
        runtime.shutdown_background();
        Ok((done?, signals))
    }

    /// Bars for a person who looks on; lines where bars can't be drawn, or would be torn by the log; nothing for cron.
    pub(super) fn progress(&self) -> Progress {
        let (talk, is_terminal) = (self.talk, io::stderr().is_terminal());
        match () {
            () if talk.quiet => Progress::hidden(),
            () if talk.verbose || is_terminal && is_dumb() && !talk.json => {
                Progress::lines(move |line| talk.note(line))
            }
            () if is_terminal && !talk.json => Progress::bars(),
            () => Progress::hidden(),
        }
    }

    /// Says what a run has to say; its exit code. `printed` is what came of its data on stdout: a reader that has gone makes no
    /// failed run a good one, and a full disk there does no harm to the archive.
    pub(super) fn end(&self, run: &Run, signals: &Signals, printed: io::Result<()>) -> ExitCode {
        self.talk.run(run);
        let code = self.code(run, signals);
        match printed {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.talk.failure(None, &format!("stdout: {error}"));
                if code == ExitCode::SUCCESS { ExitCode::FAILURE } else { code }
            }
            _ => code,
        }
    }

    fn code(&self, run: &Run, signals: &Signals) -> ExitCode {
        match run.outcome {
            Outcome::Ok => ExitCode::SUCCESS,
            Outcome::Partial => ExitCode::from(PARTIAL),
            Outcome::Failed => ExitCode::FAILURE,
            Outcome::Interrupted => {
                self.talk.note("stopped by a signal; the next run goes on from here");
                ExitCode::from(signals.exit_code())
            }
        }
    }
}

/// What jobs run on.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    check_room_for_files().context("start the runtime")?;
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().context("start the runtime")
}

/// A runtime that may open no file breaks instead of saying so (`ulimit -n`).
fn check_room_for_files() -> io::Result<()> {
    const NEEDED: usize = 8;
    let few: io::Result<Vec<File>> = (0..NEEDED).map(|_| File::open("/")).collect();
    few.map(drop)
}

/// The variables of the environment that are text.
pub(super) fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn user_config() -> Option<PathBuf> {
    config_home().map(|folder| folder.join("castkeep/config.toml"))
}

/// `$XDG_CONFIG_HOME`, by default `~/.config` (XDG Base Directory Specification).
pub(super) fn config_home() -> Option<PathBuf> {
    std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".config")))
}
