//! What a configuration says that can't be: serde sees whether it is of the right form, and no more.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use url::Url;

use super::place::place;
use super::{Config, Error, Show};

impl Config {
    /// What serde can't see: addresses that are none, days that leave none, shows that are named twice.
    pub(super) fn check(&self, source: &Source<'_>) -> Result<(), Error> {
        let pings = [("on_success", &self.notify.on_success), ("on_failure", &self.notify.on_failure)];
        for (key, url) in pings {
            let checked = url.as_deref().map_or(Ok(()), check_ping);
            checked.map_err(|message| source.wrong("notify", key, message))?;
        }
        check_command(&self.hooks.on_episode)
            .map_err(|message| source.invalid("[hooks] on_episode".to_owned(), message))?;
        if let Some(message) = self.choose.of(&Show::new(String::new())).contradiction() {
            return Err(source.invalid("[choose]".to_owned(), message));
        }
        check_url(&self.http.apple_lookup)
            .map_err(|message| source.wrong("http", "apple_lookup", message))?;
        let mut slugs = HashSet::new();
        let mut feeds: HashMap<String, &Show> = HashMap::new();
        for (index, show) in self.shows.iter().enumerate() {
            self.check_show(source, index, show)?;
            if let Some(other) = feeds.insert(show.address(), show) {
                if other.feed == show.feed {
                    return Err(source.invalid(show.address(), "this feed is there twice".to_owned()));
                }
                if other.slug.is_none() || show.slug.is_none() {
                    return Err(Error::Alike { path: source.path.to_owned(), feed: show.address() });
                }
            }
            let Some(slug) = &show.slug else { continue };
            check_slug(slug).map_err(|message| source.invalid(slug.clone(), message))?;
            if !slugs.insert(slug) {
                let message = format!("{slug:?} is another show's already; give this one its own");
                return Err(source.invalid(place(source.text, "shows", Some(index), "slug"), message));
            }
        }
        Ok(())
    }

    /// The show at this place in the list, from 0, whatever the others are.
    fn check_show(&self, source: &Source<'_>, index: usize, show: &Show) -> Result<(), Error> {
        for (key, url) in [("feed", Some(&show.feed)), ("history_url", show.history_url.as_ref())] {
            // The address is not shown: one that is none may have a secret in any place.
            let subject = || place(source.text, "shows", Some(index), key);
            url.map_or(Ok(()), |url| check_url(url).map(drop))
                .map_err(|message| source.invalid(subject(), message))?;
        }
        check_command(self.on_episode(show))
            .map_err(|message| source.invalid(format!("on_episode of {}", show.address()), message))?;
        let contradiction = self.choose.of(show).contradiction();
        contradiction.map_or(Ok(()), |message| Err(source.invalid(show.address(), message)))
    }
}

/// What a configuration is read from.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) environment: &'a HashMap<String, String>,
}

impl Source<'_> {
    fn invalid(&self, subject: String, message: String) -> Error {
        Error::Invalid { path: self.path.to_owned(), subject, message }
    }

    /// A value of a section that can't be right; the value is not shown. What the environment says is no fault of the file.
    fn wrong(&self, section: &str, key: &str, message: String) -> Error {
        let variable = format!("CASTKEEP_{section}_{key}").to_ascii_uppercase();
        if self.environment.contains_key(&variable) {
            return Error::variable(&variable, &message);
        }
        self.invalid(place(self.text, section, None, key), message)
    }
}

/// Whether an address can be that of a feed: http, https or a local file.
pub fn check_url(url: &str) -> Result<Url, String> {
    let parsed = Url::parse(url).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => "not an address: one begins with https://".to_owned(),
        error => format!("not an address: {error}"),
    })?;
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

/// Whether an address can be asked for after a run.
fn check_ping(url: &str) -> Result<(), String> {
    match Url::parse(url) {
        Ok(parsed) if !matches!(parsed.scheme(), "http" | "https") && url.contains("://") => {
            Err("it is asked for by http or https".to_owned())
        }
        _ => check_url(url).map(drop),
    }
}

/// Whether a short name is one.
fn check_slug(slug: &str) -> Result<(), String> {
    let wish = crate::model::slug(slug);
    if wish == slug && !slug.is_empty() {
        return Ok(());
    }
    Err(format!("a slug is lower-case letters, digits and dashes, such as {wish:?}"))
}

/// Whether a program can be called so. None at all calls none.
fn check_command(command: &[String]) -> Result<(), String> {
    let program = command.first().map(|program| program.trim());
    match program {
        Some("") => Err("the program has no name; [] calls none".to_owned()),
        _ if command.iter().any(|word| word.contains('\0')) => {
            Err("no program can be given a null character".to_owned())
        }
        _ => Ok(()),
    }
}
