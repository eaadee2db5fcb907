//! The episodes of the archive, to be found by what a file may tell of one.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::percent_decode_str;

use super::fold::{Day, fold, forms};
use crate::archive::{Adoptable, AdoptableShow};
use crate::feed::address_key;

/// More episodes than this that have something in common are not told apart by it.
const MOST: usize = 8;

/// An episode, by its audio that is to be had.
pub(super) struct Episode {
    /// Its row, its audio, what the feed says.
    pub(super) row: Adoptable,
    /// The place of its show.
    pub(super) show: usize,
    /// Its title in the forms that file names have.
    pub(super) titles: Vec<String>,
    /// The names of its audio at its host, folded.
    pub(super) bases: Vec<String>,
    /// What tells its audio's addresses from others.
    pub(super) keys: Vec<String>,
    pub(super) day: Option<Day>,
}

/// Everything that a file may turn out to be.
pub(super) struct Known {
    pub(super) shows: Vec<AdoptableShow>,
    pub(super) episodes: Vec<Episode>,
    by_guid: HashMap<String, Vec<usize>>,
    by_url: HashMap<String, Vec<usize>>,
    by_base: HashMap<String, Vec<usize>>,
    by_title: BTreeMap<String, Vec<usize>>,
    by_length: HashMap<u64, Vec<usize>>,
    by_day: HashMap<Day, Vec<usize>>,
    shows_by_name: HashMap<String, Vec<usize>>,
}

impl Known {
    pub(super) fn new(shows: Vec<AdoptableShow>, rows: Vec<Adoptable>) -> Self {
        let places: HashMap<i64, usize> = shows.iter().enumerate().map(|(at, show)| (show.id, at)).collect();
        let mut known = Self {
            shows,
            episodes: Vec::with_capacity(rows.len()),
            by_guid: HashMap::new(),
            by_url: HashMap::new(),
            by_base: HashMap::new(),
            by_title: BTreeMap::new(),
            by_length: HashMap::new(),
            by_day: HashMap::new(),
            shows_by_name: HashMap::new(),
        };
        for (at, show) in known.shows.iter().enumerate() {
            let mut names = forms(&show.title);
            names.push(fold(&show.slug));
            names.sort();
            names.dedup();
            names.retain(|name| !name.is_empty());
            for name in names {
                known.shows_by_name.entry(name).or_default().push(at);
            }
        }
        for row in rows {
            if let Some(show) = places.get(&row.show_id) {
                known.learn(row, *show);
            }
        }
        known
    }

    fn learn(&mut self, row: Adoptable, show: usize) {
        let at = self.episodes.len();
        let mut bases: Vec<String> = row.urls.iter().map(|url| fold(&base(url))).collect();
        let mut keys: Vec<String> = row.urls.iter().map(|url| address_key(url)).collect();
        for list in [&mut bases, &mut keys] {
            list.sort();
            list.dedup();
            list.retain(|name| !name.is_empty());
        }
        let episode = Episode {
            titles: titles(&row),
            day: row.published_at.map(|time| time.unix().div_euclid(86_400)),
            bases,
            keys,
            show,
            row,
        };
        if let Some(guid) = &episode.row.guid {
            self.by_guid.entry(guid.clone()).or_default().push(at);
            let folded = fold(guid);
            if folded != *guid {
                self.by_guid.entry(folded).or_default().push(at);
            }
        }
        for key in &episode.keys {
            self.by_url.entry(key.clone()).or_default().push(at);
        }
        for base in &episode.bases {
            self.by_base.entry(base.clone()).or_default().push(at);
        }
        for title in &episode.titles {
            self.by_title.entry(title.clone()).or_default().push(at);
        }
        if let Some(length) = episode.row.length_bytes {
            self.by_length.entry(length).or_default().push(at);
        }
        if let Some(day) = episode.day {
            self.by_day.entry(day).or_default().push(at);
        }
        self.episodes.push(episode);
    }

    /// The shows of this name.
    pub(super) fn shows_named(&self, name: &str) -> &[usize] {
        self.shows_by_name.get(&fold(name)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_guid(&self, guid: &str, scope: Option<&[usize]>) -> Vec<usize> {
        self.few(self.by_guid.get(guid), scope)
    }

    pub(super) fn with_url(&self, url: &str, scope: Option<&[usize]>) -> Vec<usize> {
        self.few(self.by_url.get(&address_key(url)), scope)
    }

    pub(super) fn with_base(&self, base: &str, scope: Option<&[usize]>) -> Vec<usize> {
        self.few(self.by_base.get(base), scope)
    }

    pub(super) fn with_title(&self, title: &str, scope: Option<&[usize]>) -> Vec<usize> {
        self.few(self.by_title.get(title), scope)
    }

    /// Those whose title begins so.
    pub(super) fn with_title_begun(&self, start: &str, scope: Option<&[usize]>) -> Vec<usize> {
        let mut found = Vec::new();
        let range = self.by_title.range(start.to_owned()..);
        for (_, list) in range.take_while(|(title, _)| title.starts_with(start)).take(4 * MOST) {
            found.extend(self.few(Some(list), scope));
        }
        found
    }

    pub(super) fn with_length(&self, length: u64, scope: Option<&[usize]>) -> Vec<usize> {
        self.few(self.by_length.get(&length), scope)
    }

    pub(super) fn on_day(&self, day: Day, scope: Option<&[usize]>) -> Vec<usize> {
        self.few(self.by_day.get(&day), scope)
    }

    /// Whether an episode of the show has this title.
    pub(super) fn has_titled(&self, title: &str, show: usize) -> bool {
        self.by_title.get(title).is_some_and(|list| !self.of_show(list, show).is_empty())
    }

    /// Whether several episodes of the show have this title.
    pub(super) fn is_serial(&self, title: &str, show: usize) -> bool {
        let episode_of = |at: &usize| self.episodes.get(*at).map(|episode| episode.row.episode_id);
        let list = self.by_title.get(title).map_or(&[][..], |list| self.of_show(list, show));
        list.first().map(episode_of) != list.last().map(episode_of)
    }

    /// Whether only episodes of one show have this title.
    pub(super) fn is_of_one_show(&self, title: &str) -> bool {
        let show_of = |at: &usize| self.episodes.get(*at).map(|episode| episode.show);
        let list = self.by_title.get(title);
        list.is_none_or(|list| list.first().map(show_of) == list.last().map(show_of))
    }

    /// Whether only one episode is, as its feed says, as long.
    pub(super) fn is_alone_of_length(&self, length: u64) -> bool {
        let episode_of = |at: &usize| self.episodes.get(*at).map(|episode| episode.row.episode_id);
        let list = self.by_length.get(&length);
        list.is_some_and(|list| list.first().map(episode_of) == list.last().map(episode_of))
    }

    /// Those of the list that are of these shows; none if there are too many to say anything. Lists are in the order of shows.
    fn few(&self, list: Option<&Vec<usize>>, scope: Option<&[usize]>) -> Vec<usize> {
        let Some(list) = list else { return Vec::new() };
        let mut found: Vec<usize> = Vec::new();
        match scope {
            None if list.len() <= MOST => found.clone_from(list),
            None => {}
            Some(shows) => {
                for show in shows {
                    found.extend(
                        Some(self.of_show(list, *show)).filter(|of| of.len() <= MOST).unwrap_or_default(),
                    );
                }
            }
        }
        found
    }

    /// What of the list is of the show.
    fn of_show<'a>(&self, list: &'a [usize], show: usize) -> &'a [usize] {
        let show_of = |at: &usize| self.episodes.get(*at).map_or(usize::MAX, |episode| episode.show);
        let from = list.partition_point(|at| show_of(at) < show);
        let to = list.partition_point(|at| show_of(at) <= show);
        list.get(from..to).unwrap_or_default()
    }
}

/// Its title and those that it had before, in the forms that file names have.
fn titles(row: &Adoptable) -> Vec<String> {
    let mut titles: Vec<String> =
        row.title.iter().chain(&row.former_titles).flat_map(|title| forms(title)).collect();
    titles.sort();
    titles.dedup();
    titles
}

/// The last part of an address without its ending, as a program would name a file after it.
pub(super) fn base(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    percent_decode_str(stem).decode_utf8_lossy().into_owned()
}
