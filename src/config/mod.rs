//! Configuration: `config.toml`, overruled by `CASTKEEP_*` of the environment, overruled by flags.
//!
//! An unknown or misspelt key is an error that shows its line; nothing is silently ignored.

mod choose;
mod duration;
mod edit;
mod error;
mod podcast_archiver;
mod secret;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use url::Url;

pub use choose::{Alternates, Choose, Day, EpisodeType, Kind, Pattern};
pub use duration::{Interval, parse_duration};
pub use edit::{add_show, add_shows, remove_show};
pub use error::Error;
pub use podcast_archiver::{Translated, translate};
use secret::{Missing, Sources};

use crate::download::Template;
use crate::model::{blunt, redact, redact_text};

/// The configuration file as `castkeep init` writes it, with every key documented.
pub const TEMPLATE: &str = include_str!("../../config.toml");

/// All settings, with defaults filled in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where things are kept.
    pub archive: Archive,
    /// Manners and limits on the network.
    pub http: Http,
    /// What is captured beside the audio.
    pub capture: Capture,
    /// When feeds are due.
    pub sync: Sync,
    /// What is downloaded.
    pub choose: Choose,
    /// What files are called, and what is written beside them.
    pub naming: Naming,
    /// What is called for what was stored.
    pub hooks: Hooks,
    /// Who is told how a run ended.
    pub notify: Notify,
    /// What is kept.
    pub shows: Vec<Show>,
}

/// `[archive]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Archive {
    /// The folder of `archive.db`, `audio/` and `tmp/`; relative to the configuration file.
    pub directory: PathBuf,
    /// Makes the archive where there is none; `false` takes its absence for a disk that is not mounted.
    pub create: bool,
    /// Downloads stop when less than this is free, in megabytes.
    pub min_free_mb: u64,
}

impl Default for Archive {
    fn default() -> Self {
        Self { directory: "archive".into(), create: true, min_free_mb: 200 }
    }
}

/// `[http]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Only these hosts may be asked anything (`host` or `host:port`); empty: any.
    pub only_hosts: Vec<String>,
    /// Hosts on private networks that feeds may point at (`host` or `host:port`).
    pub allow_hosts: Vec<String>,
    /// Feeds fetched side by side.
    pub feeds_at_once: usize,
    /// Downloads side by side.
    pub downloads_at_once: usize,
    /// Downloads side by side from one host.
    pub downloads_per_host: usize,
    /// Seconds to wait for a connection.
    pub connect_seconds: u64,
    /// Seconds to wait for the header of an answer.
    pub header_seconds: u64,
    /// Seconds to wait for the next bytes of a body.
    pub read_seconds: u64,
    /// A body slower than this many bytes a second, over `rate_seconds`, is given up.
    pub least_rate: u64,
    /// Seconds that `least_rate` is measured over.
    pub rate_seconds: u64,
    /// Largest feed that is read, in megabytes.
    pub max_feed_mb: u64,
    /// Largest file that is downloaded, in megabytes.
    pub max_audio_mb: u64,
    /// Pages of a paged feed that a backfill asks for at most.
    pub max_pages: usize,
    /// Seconds between two pages.
    pub page_pause_seconds: f64,
    /// Where it is asked which feed a page of Apple Podcasts stands for.
    pub apple_lookup: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            only_hosts: Vec::new(),
            allow_hosts: Vec::new(),
            feeds_at_once: 8,
            downloads_at_once: 4,
            downloads_per_host: 2,
            connect_seconds: 15,
            header_seconds: 30,
            read_seconds: 30,
            least_rate: 1024,
            rate_seconds: 60,
            max_feed_mb: 64,
            max_audio_mb: 4096,
            max_pages: 1000,
            page_pause_seconds: 1.0,
            apple_lookup: "https://itunes.apple.com/lookup".to_owned(),
        }
    }
}

/// `[capture]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capture {
    /// Transcripts, in all languages and forms.
    pub transcripts: bool,
    /// Files of chapters.
    pub chapters: bool,
    /// Covers of shows and pictures of episodes.
    pub images: bool,
    /// The same audio or video in other forms.
    pub alternates: Alternates,
    /// Of transcripts and alternates that say a language, only those in these; empty: all.
    pub languages: Vec<String>,
}

impl Default for Capture {
    fn default() -> Self {
        Self {
            transcripts: true,
            chapters: true,
            images: true,
            alternates: Alternates::None,
            languages: Vec::new(),
        }
    }
}

/// `[sync]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sync {
    /// How long a feed rests between two requests, at the least: `30m`, `1h`, `1d`.
    pub interval: Interval,
}

impl Default for Sync {
    fn default() -> Self {
        Self { interval: Interval::Every(Duration::from_hours(1)) }
    }
}

/// `[naming]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Naming {
    /// How files are called; `None`: as castkeep does by itself.
    pub template: Option<Template>,
    /// What is written beside the audio of each episode.
    pub beside: Vec<Beside>,
}

/// A file that castkeep writes beside the audio of an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Beside {
    /// All that the archive knows of the episode.
    Json,
    /// Its notes as a page.
    Html,
    /// Its picture, or that of the show.
    Cover,
    /// The spoken words.
    Transcript,
}

/// `[hooks]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hooks {
    /// A program and its arguments, run once for each episode whose audio was stored; empty: none.
    pub on_episode: Vec<String>,
    /// It is stopped after so many seconds.
    pub timeout_seconds: u64,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { on_episode: Vec::new(), timeout_seconds: 300 }
    }
}

/// `[notify]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notify {
    /// An address that is asked for after a run that went well.
    pub on_success: Option<String>,
    /// An address that is asked for after any other run.
    pub on_failure: Option<String>,
    /// A file in the text format of Prometheus, written after each run; relative to the configuration file.
    pub metrics: Option<PathBuf>,
}

/// `[[shows]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Show {
    /// Its short name; made from the title if absent.
    pub slug: Option<String>,
    /// The address of its feed, placeholders filled in: it may hold secrets. See [`Show::address`].
    pub feed: String,
    /// The address of a feed with all its episodes, for `backfill`.
    pub history_url: Option<String>,
    /// Neither asked for nor downloaded, for the time being.
    #[serde(default)]
    pub paused: bool,
    /// Its own interval. This and what follows overrules the key of the same name in `[sync]`, `[choose]`, `[capture]`,
    /// `[naming]` or `[hooks]`.
    pub interval: Option<Interval>,
    /// See [`Choose::audio`].
    pub audio: Option<bool>,
    /// See [`Choose::only`].
    pub only: Option<Pattern>,
    /// See [`Choose::skip`].
    pub skip: Option<Pattern>,
    /// See [`Choose::since`].
    #[serde(default, deserialize_with = "choose::day")]
    pub since: Option<Day>,
    /// See [`Choose::until`].
    #[serde(default, deserialize_with = "choose::day")]
    pub until: Option<Day>,
    /// See [`Choose::newest`].
    pub newest: Option<u64>,
    /// See [`Choose::seasons`].
    pub seasons: Option<Vec<i64>>,
    /// See [`Choose::types`].
    pub types: Option<Vec<EpisodeType>>,
    /// See [`Choose::kinds`].
    pub kinds: Option<Vec<Kind>>,
    /// See [`Choose::max_mb`].
    pub max_mb: Option<u64>,
    /// See [`Capture::alternates`].
    pub alternates: Option<Alternates>,
    /// See [`Capture::languages`].
    pub languages: Option<Vec<String>>,
    /// See [`Naming::template`].
    pub template: Option<Template>,
    /// See [`Naming::beside`].
    pub beside: Option<Vec<Beside>>,
    /// See [`Hooks::on_episode`].
    pub on_episode: Option<Vec<String>>,
}

impl Show {
    /// A show of which nothing but its feed is said.
    pub fn new(feed: String) -> Self {
        Self {
            slug: None,
            feed,
            history_url: None,
            paused: false,
            interval: None,
            audio: None,
            only: None,
            skip: None,
            since: None,
            until: None,
            newest: None,
            seasons: None,
            types: None,
            kinds: None,
            max_mb: None,
            alternates: None,
            languages: None,
            template: None,
            beside: None,
            on_episode: None,
        }
    }

    /// The address of the feed without its secrets: what the archive knows the show by, and what may be shown.
    pub fn address(&self) -> String {
        // What has a password is redacted as it is asked for: it may be written in ways that only a parser sees through.
        match Url::parse(&self.feed) {
            Ok(url) if !url.username().is_empty() || url.password().is_some() => redact(&url),
            _ => redact_text(&self.feed),
        }
    }
}

impl Config {
    /// Reads the file at `path` and the `CASTKEEP_*` variables in `environment`.
    pub fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, path, folder, environment)
    }

    /// Reads the text of a configuration file; relative folders are relative to `folder`.
    pub fn parse(
        text: &str,
        path: &Path,
        folder: &Path,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut config: Self = toml::from_str(text).map_err(|source| Error::syntax(path, &source))?;
        let mut table: toml::Table = toml::from_str(text).map_err(|source| Error::syntax(path, &source))?;
        let environment: HashMap<String, String> = environment.collect();
        let mut overruled: Vec<_> = environment.iter().filter(|(name, _)| setting(name).is_some()).collect();
        overruled.sort();
        for (name, value) in overruled {
            overrule(&mut table, name, value)?;
            config = Self::deserialize(table.clone())
                .map_err(|source| Error::variable(name, &source.to_string()))?;
        }
        config.fill(path, &Sources { environment: &environment, folder })?;
        config.check(path)?;
        let own = config.shows.iter_mut().filter_map(|show| show.on_episode.as_mut());
        own.chain([&mut config.hooks.on_episode]).for_each(|command| relative(command, folder));
        config.archive.directory = folder.join(&config.archive.directory);
        config.notify.metrics = config.notify.metrics.map(|path| folder.join(path));
        Ok(config)
    }

    /// Fills placeholders in.
    fn fill(&mut self, path: &Path, sources: &Sources<'_>) -> Result<(), Error> {
        for show in &mut self.shows {
            for url in std::iter::once(&mut show.feed).chain(&mut show.history_url) {
                *url = secret::fill(url, sources).map_err(|missing| missing.in_file(path))?;
            }
        }
        for url in self.notify.on_success.iter_mut().chain(&mut self.notify.on_failure) {
            *url = secret::fill(url, sources).map_err(|missing| missing.in_file(path))?;
        }
        Ok(())
    }

    /// What serde can't see: addresses that are none, shows that are named twice.
    fn check(&self, path: &Path) -> Result<(), Error> {
        let invalid =
            |subject: String, message: String| Error::Invalid { path: path.to_owned(), subject, message };
        for url in self.notify.on_success.iter().chain(&self.notify.on_failure) {
            check_ping(url).map_err(|message| invalid(shown(url), message))?;
        }
        check_url(&self.http.apple_lookup)
            .map_err(|message| invalid("[http] apple_lookup".to_owned(), message))?;
        let mut slugs = HashSet::new();
        let mut feeds: HashMap<String, &Show> = HashMap::new();
        for show in &self.shows {
            for url in std::iter::once(&show.feed).chain(&show.history_url) {
                check_url(url).map_err(|message| invalid(shown(url), message))?;
            }
            if let Some(other) = feeds.insert(show.address(), show) {
                if other.feed == show.feed {
                    return Err(invalid(show.address(), "this feed is there twice".to_owned()));
                }
                if other.slug.is_none() || show.slug.is_none() {
                    return Err(Error::Alike { path: path.to_owned(), feed: show.address() });
                }
            }
            let Some(slug) = &show.slug else { continue };
            if crate::model::slug(slug) != *slug || slug.is_empty() {
                let wish = crate::model::slug(slug);
                let message = format!("a slug is lower-case letters, digits and dashes, such as {wish:?}");
                return Err(invalid(slug.clone(), message));
            }
            if !slugs.insert(slug) {
                return Err(invalid(slug.clone(), "two shows have this slug".to_owned()));
            }
        }
        Ok(())
    }
}

impl Missing {
    fn in_file(self, path: &Path) -> Error {
        Error::Invalid { path: path.to_owned(), subject: self.placeholder, message: self.why }
    }
}

/// An address with its placeholders filled in, as in the file at `path`.
pub fn fill(
    address: &str,
    path: &Path,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<String, Error> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let sources = Sources { environment: &environment.collect(), folder };
    secret::fill(address, &sources).map_err(|missing| missing.in_file(path))
}

/// An address as it may be shown, be it one or not.
pub fn shown(url: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) if parsed.has_host() => redact(&parsed),
        _ => blunt(url),
    }
}

/// Whether an address can be that of a feed: http, https or a local file.
pub fn check_url(url: &str) -> Result<Url, String> {
    let parsed = Url::parse(url).map_err(|error| format!("not an address: {error}"))?;
    match parsed.scheme() {
        "http" | "https" if parsed.has_host() => Ok(parsed),
        "file" => Ok(parsed),
        scheme if url.contains("://") => {
            Err(format!("feeds are fetched by http, https or file, not by {scheme}"))
        }
        // What stands before a colon may be a name and a password.
        _ => Err("not an address: it should begin with https://".to_owned()),
    }
}

/// A program that is named with a folder is relative to the configuration file; one without is looked for in `PATH`.
fn relative(command: &mut [String], folder: &Path) {
    if let Some(program) = command.first_mut().filter(|program| program.contains('/')) {
        *program = folder.join(&*program).to_string_lossy().into_owned();
    }
}

/// Whether an address can be asked for after a run.
fn check_ping(url: &str) -> Result<(), String> {
    match check_url(url)?.scheme() {
        "file" => Err("it is asked for by http or https".to_owned()),
        _ => Ok(()),
    }
}

/// What the environment may overrule.
const SECTIONS: [&str; 8] = ["archive", "capture", "choose", "hooks", "http", "naming", "notify", "sync"];

/// Keys whose values are lists of texts, which a variable may write with commas.
const LISTS: [&str; 7] = ["only_hosts", "allow_hosts", "seasons", "types", "kinds", "languages", "beside"];

/// The section and key that a variable overrules: `CASTKEEP_HTTP_ONLY_HOSTS` is `only_hosts` of `[http]`.
fn setting(name: &str) -> Option<(String, String)> {
    let rest = name.strip_prefix("CASTKEEP_")?.to_ascii_lowercase();
    SECTIONS.iter().find_map(|section| {
        rest.strip_prefix(&format!("{section}_")).map(|key| ((*section).to_owned(), key.to_owned()))
    })
}

/// Values are TOML; what is no TOML is a text, and a list may be written with commas.
fn overrule(table: &mut toml::Table, name: &str, value: &str) -> Result<(), Error> {
    let Some((section, key)) = setting(name) else { return Ok(()) };
    let value = if LISTS.contains(&key.as_str()) { list(value) } else { literal(value) };
    let entry = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let Some(entry) = entry.as_table_mut() else {
        return Err(Error::variable(name, "its section is not a table in the configuration file"));
    };
    entry.insert(key, value);
    Ok(())
}

fn literal(value: &str) -> toml::Value {
    let parsed = toml::from_str::<toml::Table>(&format!("x = {value}")).ok().and_then(|mut t| t.remove("x"));
    parsed.unwrap_or_else(|| toml::Value::String(value.to_owned()))
}

fn list(value: &str) -> toml::Value {
    match literal(value) {
        whole @ toml::Value::Array(_) => whole,
        _ => value.split(',').map(|item| literal(item.trim())).collect::<Vec<_>>().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, Error> {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::parse(text, Path::new("config.toml"), Path::new("/srv"), environment)
    }

    #[test]
    fn an_empty_file_has_all_defaults() {
        let config = parse("", &[]).unwrap();
        assert_eq!(config.archive.directory, Path::new("/srv/archive"));
        assert_eq!(config.sync.interval, Interval::Every(Duration::from_hours(1)));
        assert!(config.shows.is_empty());
    }

    #[test]
    fn the_environment_overrules_the_file() {
        let text = "[archive]\ndirectory = \"a\"\n[http]\ndownloads_at_once = 2\n";
        let environment = [
            ("CASTKEEP_ARCHIVE_DIRECTORY", "/mnt/b"),
            ("CASTKEEP_HTTP_DOWNLOADS_AT_ONCE", "7"),
            ("CASTKEEP_HTTP_ONLY_HOSTS", "a.example, b.example:81"),
            ("CASTKEEP_SYNC_INTERVAL", "2h"),
            ("CASTKEEP_SHARED", "is none of our settings"),
        ];
        let config = parse(text, &environment).unwrap();
        assert_eq!(config.archive.directory, Path::new("/mnt/b"));
        assert_eq!(config.http.downloads_at_once, 7);
        assert_eq!(config.http.only_hosts, ["a.example", "b.example:81"]);
        assert_eq!(config.sync.interval, Interval::Every(Duration::from_hours(2)));
    }

    #[test]
    fn an_unknown_key_shows_its_line_and_what_was_meant() {
        let error = parse("[archive]\ndirectroy = \"a\"\n", &[]).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("line 2") && message.contains("^^^"), "{message}");
        assert_eq!(error.hint().unwrap(), "did you mean \"directory\"?");
        let error = parse("", &[("CASTKEEP_HTTP_ONLY_HOST", "a")]).unwrap_err();
        assert!(error.to_string().starts_with("CASTKEEP_HTTP_ONLY_HOST: "), "{error}");
        assert_eq!(error.hint().unwrap(), "did you mean \"only_hosts\"?");
    }

    #[test]
    fn what_is_no_feed_address_and_what_is_there_twice_is_refused() {
        let message = |text: &str| parse(text, &[]).unwrap_err().to_string();
        assert_eq!(
            message("[[shows]]\nfeed = \"ftp://a.example/\"\n"),
            "config.toml: ftp://a.example/: feeds are fetched by http, https or file, not by ftp"
        );
        let twice = "[[shows]]\nslug = \"a\"\nfeed = \"https://a.example/\"\n[[shows]]\nslug = \"a\"\nfeed = \"https://b.example/\"\n";
        assert_eq!(message(twice), "config.toml: a: two shows have this slug");
        assert!(
            message("[[shows]]\nslug = \"A B\"\nfeed = \"https://a.example/\"\n")
                .ends_with("such as \"a-b\"")
        );
    }
}
