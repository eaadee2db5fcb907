//! What tells an episode from others, of items and archived episodes alike.

use super::super::tracking::Address;
use crate::model::{Digest, Episode, IdentitySource, KnownEpisode, Time};

/// The traits by which episodes are compared.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    /// The exact bytes, outer white space trimmed.
    pub(super) guid: Option<&'a str>,
    /// The enclosure; of an archived episode, every enclosure it ever had, the current one first.
    addresses: Vec<Address>,
    pub(super) title: Option<&'a str>,
    pub(super) date: Option<Time>,
    pub(super) link: Option<&'a str>,
}

/// What two items of one document have in common that are one item told twice.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Sign<'a> {
    guid: Option<&'a str>,
    address: Option<String>,
    text: Option<(Option<&'a str>, Option<Time>, Option<&'a str>)>,
    bytes: Option<Digest>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of_item(episode: &'a Episode) -> Self {
        Self {
            guid: said(episode.guid.as_deref()),
            addresses: addresses(episode.enclosure().map(|enclosure| enclosure.url.as_str())),
            title: said(episode.title.as_deref()),
            date: episode.published_at,
            link: said(episode.link.as_deref()),
        }
    }

    pub(super) fn of_known(known: &'a KnownEpisode) -> Self {
        Self {
            guid: said(known.guid.as_deref()),
            addresses: addresses(known.enclosure_urls.iter().map(String::as_str)),
            title: said(known.title.as_deref()),
            date: known.published_at,
            link: said(known.link.as_deref()),
        }
    }

    pub(super) fn has_enclosure(&self) -> bool {
        !self.addresses.is_empty()
    }

    /// Its enclosures to the last parameter of their queries.
    pub(super) fn wholes(&self) -> Vec<String> {
        unique(self.addresses.iter().map(|address| address.whole.clone()))
    }

    /// Its enclosures, less what changes from request to request.
    pub(super) fn stables(&self) -> Vec<String> {
        unique(self.addresses.iter().map(|address| address.stable.clone()))
    }

    /// The file names of its enclosures.
    pub(super) fn files(&self) -> Vec<String> {
        unique(self.addresses.iter().map(|address| address.file().to_owned()))
    }

    /// Where both are told.
    pub(super) fn title_date(&self) -> Option<(&'a str, Time)> {
        self.title.zip(self.date)
    }

    /// An item that shares one of these with another of the same document is that one over again: the same guid
    /// with the same enclosure to the last parameter; the same guid, title and date with another query, for its
    /// token may have been renewed in between; without enclosure, or without guid, the same in all else.
    pub(super) fn signs(&self, bytes: Option<Digest>) -> Vec<Sign<'a>> {
        let sign = |address: Option<&String>, text| Sign {
            guid: self.guid,
            address: address.cloned(),
            text,
            bytes: bytes.filter(|_| self.says_nothing()),
        };
        match (self.guid, self.addresses.first()) {
            (Some(_), Some(at)) => {
                let text = self.title_date().map(|_| (self.title, self.date, None));
                let retold = text.map(|text| sign(Some(&at.key), Some(text)));
                [Some(sign(Some(&at.whole), None)), retold].into_iter().flatten().collect()
            }
            (Some(_), None) => vec![sign(None, Some((self.title, self.date, None)))],
            (None, at) => {
                vec![sign(at.map(|at| &at.stable), Some((self.title, self.date, self.link)))]
            }
        }
    }

    /// Title, date and enclosure are all told.
    pub(super) fn is_full(&self) -> bool {
        self.title.is_some() && self.date.is_some() && self.has_enclosure()
    }

    /// Nothing is told that could tell it from another.
    pub(super) fn says_nothing(&self) -> bool {
        self.guid.is_none() && !self.has_enclosure() && self.title.is_none()
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
        let current = self.addresses.first();
        let key = current.map(|address| address.key.clone());
        let stable = current.map(|address| address.stable.clone());
        let link_title = self.link.zip(self.title).map(|(link, title)| format!("{link} {title}"));
        let title_date = self.title.zip(self.date).map(|(title, date)| format!("{title} {date}"));
        if let Some(guid) = self.guid {
            names.extend((!reused).then(|| (guid.to_owned(), IdentitySource::Guid)));
            let beside = [key, stable, title_date, Some(digest.clone())].into_iter().flatten();
            names.extend(beside.map(|beside| (format!("{guid} {beside}"), IdentitySource::GuidEnclosure)));
        } else {
            names.extend([key, stable].into_iter().flatten().map(|name| (name, IdentitySource::Enclosure)));
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

fn addresses<'a>(urls: impl IntoIterator<Item = &'a str>) -> Vec<Address> {
    urls.into_iter().map(Address::of).filter(|address| !address.key.is_empty()).collect()
}

fn unique(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}
