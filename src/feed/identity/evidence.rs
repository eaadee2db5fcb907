//! What tells an episode from others, of items and archived episodes alike.

use super::super::tracking;
use crate::model::{Episode, IdentitySource, KnownEpisode, Time};

/// The traits by which episodes are compared.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    /// The exact bytes, outer white space trimmed.
    pub(super) guid: Option<&'a str>,
    /// The enclosure's address less what changes; of an archived episode, of every enclosure it ever had.
    pub(super) keys: Vec<String>,
    pub(super) title: Option<&'a str>,
    pub(super) date: Option<Time>,
    pub(super) link: Option<&'a str>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of_item(episode: &'a Episode) -> Self {
        let key = episode.enclosure().map(|enclosure| tracking::key(&enclosure.url));
        Self {
            guid: said(episode.guid.as_deref()),
            keys: key.into_iter().filter(|key| !key.is_empty()).collect(),
            title: said(episode.title.as_deref()),
            date: episode.published_at,
            link: said(episode.link.as_deref()),
        }
    }

    pub(super) fn of_known(known: &'a KnownEpisode) -> Self {
        let mut keys: Vec<String> = known.enclosure_urls.iter().map(|url| tracking::key(url)).collect();
        keys.retain(|key| !key.is_empty());
        keys.sort();
        keys.dedup();
        Self {
            guid: said(known.guid.as_deref()),
            keys,
            title: said(known.title.as_deref()),
            date: known.published_at,
            link: said(known.link.as_deref()),
        }
    }

    /// The enclosure of an item.
    pub(super) fn key(&self) -> Option<&str> {
        self.keys.first().map(String::as_str)
    }

    /// Title, date and enclosure are all told.
    pub(super) fn is_full(&self) -> bool {
        self.title.is_some() && self.date.is_some() && !self.keys.is_empty()
    }

    /// Nothing is told that could tell it from another.
    pub(super) fn says_nothing(&self) -> bool {
        self.guid.is_none() && self.keys.is_empty() && self.title.is_none()
    }

    /// Title and date are told on both sides, and both differ: a fixed address such as `latest.mp3` is served
    /// for one episode after another.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let differ = |a: Option<&str>, b: Option<&str>| a.is_some() && b.is_some() && a != b;
        differ(self.title, other.title)
            && self.date.is_some()
            && other.date.is_some()
            && self.date != other.date
    }

    /// The identities a new episode may have, the best first. `reused`: another episode bears its guid.
    pub(super) fn names(&self, reused: bool, digest: String) -> Vec<(String, IdentitySource)> {
        let mut names = Vec::new();
        let key = self.key().map(str::to_owned);
        let link_title = self.link.zip(self.title).map(|(link, title)| format!("{link} {title}"));
        let title_date = self.title.zip(self.date).map(|(title, date)| format!("{title} {date}"));
        if let Some(guid) = self.guid {
            names.extend((!reused).then(|| (guid.to_owned(), IdentitySource::Guid)));
            let beside = [key, title_date, Some(digest.clone())].into_iter().flatten();
            names.extend(beside.map(|beside| (format!("{guid} {beside}"), IdentitySource::GuidEnclosure)));
        } else {
            names.extend(key.map(|key| (key, IdentitySource::Enclosure)));
            names.extend(link_title.map(|name| (name, IdentitySource::LinkTitle)));
            names.extend(title_date.map(|name| (name, IdentitySource::TitleDate)));
        }
        names.push((digest, IdentitySource::Item));
        names
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
