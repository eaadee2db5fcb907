//! Configuration: `config.toml`, overruled by `CASTKEEP_*` of the environment, overruled by flags.
//!
//! An unknown or misspelt key is an error that shows its line; nothing is silently ignored.

mod check;
mod choose;
mod duration;
mod edit;
mod environment;
mod error;
mod hush;
mod place;
mod podcast_archiver;
mod secret;
mod sections;
mod show;
mod take_over;
mod words;

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use url::Url;

use check::Source;
pub use check::check_url;
pub use choose::{Alternates, Choose, Day, EpisodeType, Kind, Pattern};
pub use duration::{Interval, parse_duration};
pub use edit::{add_show, add_shows, remove_show};
use environment::{overrule, setting};
pub use error::Error;
pub use podcast_archiver::{Translated, translate};
use secret::{Missing, Sources};
pub use sections::{Archive, Beside, Capture, Hooks, Http, Naming, Notify, Sync};
pub use show::Show;
pub use take_over::{Setting, Taken, take_over};

use crate::model::{blunt, redact};

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

impl Config {
    /// The program that is called for each stored episode of a show, with its arguments; empty if none is.
    pub fn on_episode<'a>(&'a self, show: &'a Show) -> &'a [String] {
        show.on_episode.as_ref().unwrap_or(&self.hooks.on_episode)
    }

    /// Whether a program is called for stored episodes of any show.
    pub fn calls_programs(&self) -> bool {
        self.shows.iter().any(|show| !self.on_episode(show).is_empty())
    }

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
            config =
                Self::deserialize(table.clone()).map_err(|source| Error::variable(name, source.message()))?;
        }
        config.fill(path, &Sources { environment: &environment, folder })?;
        config.check(&Source { path, text, environment: &environment })?;
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

/// A program that is named with a folder is relative to the configuration file; one without is looked for in `PATH`.
fn relative(command: &mut [String], folder: &Path) {
    if let Some(program) = command.first_mut().filter(|program| program.contains('/')) {
        *program = folder.join(&*program).to_string_lossy().into_owned();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            "config.toml: at line 2: [[shows]] feed: feeds are fetched by http, https or file, not by ftp"
        );
        let twice = "[[shows]]\nslug = \"a\"\nfeed = \"https://a.example/\"\n[[shows]]\nslug = \"a\"\nfeed = \"https://b.example/\"\n";
        assert_eq!(
            message(twice),
            "config.toml: at line 5: [[shows]] slug: \"a\" is another show's already; give this one its own"
        );
        assert!(
            message("[[shows]]\nslug = \"A B\"\nfeed = \"https://a.example/\"\n")
                .ends_with("such as \"a-b\"")
        );
    }

    #[test]
    fn what_can_not_be_told_or_called_is_refused_with_its_key() {
        let message = |text: &str| parse(text, &[]).unwrap_err().to_string();
        for (text, want) in [
            (
                "[notify]\non_success = \"\"",
                "at line 2: [notify] on_success: not an address: one begins with https://",
            ),
            (
                "[notify]\non_failure = \"ftp://a.example/\"",
                "at line 2: [notify] on_failure: it is asked for by http or https",
            ),
            (
                "[notify]\non_failure = \"file:///etc/motd\"",
                "at line 2: [notify] on_failure: it is asked for by http or https",
            ),
            ("[hooks]\non_episode = [\"\"]", "[hooks] on_episode: the program has no name; [] calls none"),
            (
                "[[shows]]\nfeed = \"https://a.example/\"\non_episode = [\"./x\", \"a\\u0000b\"]",
                "on_episode of https://a.example/: no program can be given a null character",
            ),
        ] {
            assert_eq!(message(text), format!("config.toml: {want}"));
        }
        assert!(parse("[hooks]\non_episode = []\n", &[]).is_ok());
    }

    #[test]
    fn days_that_leave_none_are_refused_also_where_a_show_makes_them_so() {
        let message = |text: &str| parse(text, &[]).unwrap_err().to_string();
        assert_eq!(
            message("[choose]\nsince = 2024-01-01\nuntil = \"2023\"\n"),
            "config.toml: [choose]: no day is left: until = 2023-01-01 to 2023-12-31 is before since = 2024-01-01"
        );
        assert_eq!(
            message(
                "[choose]\nsince = 2024-01-01\n[[shows]]\nfeed = \"https://a.example/\"\nuntil = 2023-12-31\n"
            ),
            "config.toml: https://a.example/: no day is left: until = 2023-12-31 is before since = 2024-01-01"
        );
        assert!(parse("[choose]\nsince = 2024\nuntil = 2024\n", &[]).is_ok());
    }

    #[test]
    fn an_empty_pattern_is_none_and_takes_that_of_all_shows_back() {
        let text = "[choose]\nonly = \"\"\nskip = \"rerun\"\n[[shows]]\nfeed = \"https://a.example/\"\nskip = \"\"\n";
        let config = parse(text, &[]).unwrap();
        let rules = config.choose.of(&config.shows[0]);
        assert!(rules.only.is_none() && rules.skip.is_none());
        assert!(config.choose.of(&Show::new("https://b.example/".to_owned())).skip.is_some());
    }

    #[test]
    fn a_month_without_quotes_is_told_to_need_them_and_a_year_does_not() {
        let message = |text: &str| parse(text, &[]).unwrap_err().to_string();
        let wanted =
            "not a date; a day is written as 2021-06-30, a month or a year in quotes: \"2021-06\", \"2021\"";
        for section in ["[choose]\n", "[[shows]]\nfeed = \"https://a.example/\"\n"] {
            let said = message(&format!("{section}since = 2020-06\n"));
            assert!(said.contains("since = 2020-06\n") && said.ends_with(wanted), "{said}");
            assert!(parse(&format!("{section}since = 2020\nuntil = \"2020-06\"\n"), &[]).is_ok());
        }
    }
}
