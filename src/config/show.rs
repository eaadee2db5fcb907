//! A show of the configuration: its feed, and what it overrules.

use serde::Deserialize;
use url::Url;

use super::{Alternates, Beside, Day, EpisodeType, Interval, Kind, Pattern, choose};
use crate::download::Template;
use crate::model::{redact, redact_text};

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
    /// See [`super::Choose::audio`].
    pub audio: Option<bool>,
    /// See [`super::Choose::only`].
    pub only: Option<Pattern>,
    /// See [`super::Choose::skip`].
    pub skip: Option<Pattern>,
    /// See [`super::Choose::since`].
    #[serde(default, deserialize_with = "choose::day")]
    pub since: Option<Day>,
    /// See [`super::Choose::until`].
    #[serde(default, deserialize_with = "choose::day")]
    pub until: Option<Day>,
    /// See [`super::Choose::newest`].
    pub newest: Option<u64>,
    /// See [`super::Choose::seasons`].
    #[serde(default, deserialize_with = "choose::own_numbers")]
    pub seasons: Option<Vec<i64>>,
    /// See [`super::Choose::types`].
    pub types: Option<Vec<EpisodeType>>,
    /// See [`super::Choose::kinds`].
    pub kinds: Option<Vec<Kind>>,
    /// See [`super::Choose::max_mb`].
    pub max_mb: Option<u64>,
    /// See [`super::Capture::alternates`].
    pub alternates: Option<Alternates>,
    /// See [`super::Capture::languages`].
    pub languages: Option<Vec<String>>,
    /// See [`super::Naming::template`].
    pub template: Option<Template>,
    /// See [`super::Naming::beside`].
    pub beside: Option<Vec<Beside>>,
    /// See [`super::Hooks::on_episode`].
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
