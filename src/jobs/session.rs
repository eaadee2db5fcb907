//! What every job works with: the archive, the store, the client, the books.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::Utc;

use super::naming::Templates;
use super::{Error, rename, trouble};
use crate::archive::{self, Archive, Configured, Counts, RunOutcome, ShowRow};
use crate::config::{self, Config};
use crate::download::{Cancel, Store};
use crate::http::{Client, HostPattern, Options, Scope, Url, redact_text};
use crate::model::Time;
use crate::report::{Outcome, Progress, Run};

/// Who castkeep says it is, with a page that tells an operator more.
const USER_AGENT: &str =
    concat!("castkeep/", env!("CARGO_PKG_VERSION"), " (+https://crates.io/crates/castkeep)");

/// What the configuration and all reports mean by a megabyte, in bytes.
pub(super) const MEGABYTE: u64 = 1_000_000;

/// How a job is run.
#[derive(Clone)]
pub struct Manner {
    /// Where its progress is shown.
    pub progress: Progress,
    /// Asks it to stop.
    pub cancel: Cancel,
}

/// A job under way: it holds the archive's lock, and its run is in the books once there is something to write there.
pub(super) struct Session {
    pub(super) archive: Archive,
    pub(super) store: Store,
    pub(super) client: Client,
    pub(super) config: Config,
    pub(super) manner: Manner,
    pub(super) report: Run,
    pub(super) counts: Counts,
    /// How files are called.
    pub(super) templates: Templates,
    /// Files that no row named, once that was looked at.
    pub(super) strays: Option<Vec<PathBuf>>,
    /// Why downloads had to stop.
    pub(super) disk: Option<String>,
    command: &'static str,
    run: Option<i64>,
}

/// A show of the configuration beside its row.
#[derive(Clone)]
pub(super) struct Show {
    pub(super) row: ShowRow,
    pub(super) config: config::Show,
    /// Which special addresses may be met on its behalf.
    pub(super) scope: Scope,
}

impl Show {
    /// Where its feed is polled: the configured address with its secrets, else the one that it has moved to, which has none.
    pub(super) fn polled_at(&self) -> Result<Url, String> {
        let whole =
            if self.row.feed_url == self.row.configured_url { &self.config.feed } else { &self.row.feed_url };
        Url::parse(whole).map_err(|error| format!("{}: {error}", self.row.feed_url))
    }
}

impl Session {
    /// Takes the archive. Nothing is asked of any host before that is done.
    pub(super) fn open(config: Config, command: &'static str, manner: Manner) -> Result<Self, Error> {
        let client = Client::new(options(&config.http)?);
        let open = if config.archive.create { Archive::open } else { Archive::open_existing };
        let mut archive = open(&config.archive.directory)?;
        match mounted(archive.root(), || archive.has_files()) {
            // `verify` is who finds out what of it is lost.
            Err(Error::EmptyAudio(_)) if command == "verify" => {}
            mounted => mounted?,
        }
        let store = Store::open(archive.root())?;
        store.sweep(now(), &|resource| archive.is_wanted(resource).unwrap_or(true))?;
        rename::recover(&mut archive, &store)?;
        hold_hosts(&client, &archive)?;
        Ok(Self::of(archive, store, client, config, command, manner))
    }

    /// For a try that changes nothing and asks nobody: without the lock, and nothing is tidied up.
    pub(super) fn look(config: Config, command: &'static str, manner: Manner) -> Result<Self, Error> {
        let archive = Archive::look(&config.archive.directory)?;
        mounted(archive.root(), || archive.has_files())?;
        let store = match Store::open_existing(archive.root()) {
            // A new archive has no folders yet, and nothing to lay into them.
            Err(_) if archive.adoptable()?.is_empty() => return Err(Error::NoEpisodes),
            opened => opened?,
        };
        let client = Client::new(options(&config.http)?);
        Ok(Self::of(archive, store, client, config, command, manner))
    }

    fn of(
        archive: Archive,
        store: Store,
        client: Client,
        config: Config,
        command: &'static str,
        manner: Manner,
    ) -> Self {
        Self {
            archive,
            store,
            client,
            templates: Templates::new(&config),
            config,
            manner,
            report: Run { command: command.to_owned(), started_at: Some(now()), ..Run::default() },
            counts: Counts::default(),
            strays: None,
            disk: None,
            command,
            run: None,
        }
    }

    /// The row of this run, made when it is first needed: a run that does nothing leaves none.
    pub(super) fn run_id(&mut self) -> archive::Result<i64> {
        if let Some(id) = self.run {
            return Ok(id);
        }
        let id = self.archive.begin_run(self.command, now())?;
        self.run = Some(id);
        Ok(id)
    }

    /// The shows of the configuration that `names` names, by slug; all if it names none.
    pub(super) fn shows(&mut self, names: &[String]) -> Result<Vec<Show>, Error> {
        let at = now();
        let mut shows = Vec::new();
        self.archive.hide_secrets()?;
        for (config, configured) in self.config.shows.iter().zip(configured(&self.config)) {
            let row = self.archive.show(&configured, at)?;
            shows.push(Show { row, config: config.clone(), scope: scope(config) });
        }
        self.templates.add(&shows);
        if names.is_empty() {
            return Ok(shows);
        }
        let known = || shows.iter().map(|show| show.row.slug.clone()).collect();
        if let Some(name) = names.iter().find(|name| !shows.iter().any(|show| is(show, name))) {
            return Err(Error::UnknownShow { name: name.clone(), known: known() });
        }
        shows.retain(|show| names.iter().any(|name| is(show, name)));
        Ok(shows)
    }

    /// Whether the run is to stop.
    pub(super) fn is_cancelled(&self) -> bool {
        self.manner.cancel.is_cancelled()
    }

    /// Closes the books and the archive; the report of the run, or why there is none. A disk on which no download can end stops
    /// downloads alone: that is a report, too.
    pub(super) fn close(mut self, end: Result<(), Error>) -> Result<Run, Error> {
        let ended = end.and_then(|()| Ok(self.stopped()?));
        let error = match &ended {
            Ok(stopped) => stopped.clone(),
            Err(error) => Some(whole(error)),
        };
        self.report.outcome = if error.is_some() {
            Outcome::Failed
        } else if self.is_cancelled() {
            Outcome::Interrupted
        } else if !self.report.failures.is_empty() {
            Outcome::Partial
        } else {
            Outcome::Ok
        };
        self.report.finished_at = Some(now());
        self.counts.failures = self.report.failures.len() as u64;
        if matches!(&ended, Err(Error::Archive(error)) if error.is_busy()) {
            // Nor could the books be closed now: the next run closes them.
            return ended.map(|_| self.report);
        }
        let finished = self.finish_run(error.as_deref());
        let closed = self.archive.close();
        ended?;
        finished?;
        closed?;
        Ok(self.report)
    }

    /// Why downloads had to stop, if they had to: feeds were recorded. The run is then in the books, for those after it.
    fn stopped(&mut self) -> archive::Result<Option<String>> {
        let Some(why) = self.disk.take() else { return Ok(None) };
        let run = self.run_id()?;
        let trouble = trouble::stopped(&self.archive, self.command, run, &why, now())?;
        let message = trouble.message.clone();
        self.report.failures.push(trouble);
        Ok(Some(message))
    }

    fn finish_run(&mut self, error: Option<&str>) -> archive::Result<()> {
        let Some(run) = self.run else { return Ok(()) };
        let outcome = match self.report.outcome {
            Outcome::Ok => RunOutcome::Ok,
            Outcome::Partial => RunOutcome::Partial,
            Outcome::Failed => RunOutcome::Failed,
            Outcome::Interrupted => RunOutcome::Interrupted,
        };
        let error = error.map(redact_text);
        self.archive.finish_run(run, outcome, &self.counts, error.as_deref(), now())
    }
}

/// An error with what is behind it.
fn whole(error: &Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// What earlier runs were told holds wherever a redirect leads, too.
fn hold_hosts(client: &Client, archive: &Archive) -> archive::Result<()> {
    let at = now();
    for (host, until) in archive.held_hosts(at)? {
        if let Ok(url) = Url::parse(&format!("http://{host}/")) {
            client.hold(&url, until.since(at));
        }
    }
    Ok(())
}

/// The place of the files is there and holds something, if files are recorded: else a disk is not mounted.
pub(super) fn mounted(root: &Path, has_files: impl Fn() -> archive::Result<bool>) -> Result<(), Error> {
    let audio = root.join("audio");
    if !audio.exists() && has_files()? {
        return Err(Error::NoAudio(audio));
    }
    if is_empty(&audio) && has_files()? {
        return Err(Error::EmptyAudio(audio));
    }
    Ok(())
}

fn is_empty(folder: &Path) -> bool {
    // A disk that was just made holds this.
    let is_of_the_disk = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name() == "lost+found")
    };
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.all(is_of_the_disk))
}

/// The clock.
pub(super) fn now() -> Time {
    Utc::now().into()
}

/// The shows of the configuration as the archive is to find them.
pub fn configured(config: &Config) -> Vec<Configured> {
    let addresses: Vec<String> = config.shows.iter().map(config::Show::address).collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for address in &addresses {
        *count.entry(address).or_default() += 1;
    }
    let one = |(show, address): (&config::Show, &String)| Configured {
        slug: show.slug.clone(),
        feed_url: address.clone(),
        shares_address: count.get(address.as_str()).is_some_and(|count| *count > 1),
    };
    config.shows.iter().zip(&addresses).map(one).collect()
}

fn is(show: &Show, name: &str) -> bool {
    show.row.slug == *name || show.config.slug.as_deref() == Some(name)
}

fn scope(show: &config::Show) -> Scope {
    let urls = std::iter::once(&show.feed).chain(&show.history_url).filter_map(|url| Url::parse(url).ok());
    urls.fold(Scope::public(), |scope, url| scope.and(&url))
}

pub(super) fn options(http: &config::Http) -> Result<Options, Error> {
    let hosts = |key, list: &[String]| -> Result<Vec<HostPattern>, Error> {
        list.iter().map(|host| host.parse().map_err(|source| Error::Host { key, source })).collect()
    };
    Ok(Options {
        user_agent: USER_AGENT.to_owned(),
        only_hosts: hosts("only_hosts", &http.only_hosts)?,
        allow_hosts: hosts("allow_hosts", &http.allow_hosts)?,
        connect_timeout: Duration::from_secs(http.connect_seconds),
        header_timeout: Duration::from_secs(http.header_seconds),
        read_timeout: Duration::from_secs(http.read_seconds),
        least_rate: http.least_rate,
        rate_window: Duration::from_secs(http.rate_seconds),
        media_rate: http.max_rate_kb.saturating_mul(1000),
        media_per_host: http.downloads_per_host.max(1),
        ..Options::default()
    })
}

/// The server an address belongs to: its host, with the port where it is not the usual one.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
