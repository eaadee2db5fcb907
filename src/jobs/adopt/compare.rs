//! A file held against one episode: each thing that agrees is worth points, and each that disagrees costs some.

use super::clock::Fit;
use super::clues::Clues;
use super::fold::{Day, fold, forms};
use super::judge::{Evidence, Match, TELLING};
use super::known::{Episode, Known};
use super::place::Ties;
use super::serial;
use crate::archive::Remembered;
use crate::feed::address_key;
use crate::model::{Time, redact_text};

/// A title cut off in a file name has at least so many letters.
const LONG: usize = 50;
/// Lengths below this tell nothing (bytes): feeds write 0, 1 or 1024.
pub(super) const LEAST_LENGTH: u64 = 2000;
/// A file that is so much shorter than it should be may have been cut off.
const SHORT: f64 = 0.95;
/// By this share of its length other advertisements may make a file longer or shorter.
const FAR: f64 = 0.1;

/// A length against what the feed says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Exact,
    Near,
    Far,
}

/// Compares all that the file tells with all that is known of the episode in the place `at`.
pub(super) fn compare(clues: &Clues, known: &Known, at: usize, episode: &Episode) -> Match {
    let length = episode.row.length_bytes.filter(|length| *length >= LEAST_LENGTH);
    let plays = clues.probed.duration_seconds.zip(episode.row.duration_seconds.filter(|said| *said > 0.0));
    let mut held = Held { clues, known, episode, evidence: Vec::new() };
    match (&clues.told, &clues.titled) {
        (Some(told), _) => held.told(told),
        (None, Some(titled)) => held.titled(titled),
        (None, None) => {}
    }
    held.guid();
    held.name();
    held.tag();
    held.date();
    held.number();
    held.lengths(length, plays);
    held.show();
    let evidence = held.evidence;
    let points = evidence.iter().map(|evidence| evidence.points).sum();
    Match {
        episode: at,
        points,
        evidence,
        is_long_enough: long_enough(clues.size, length, plays),
        span: length.map(|said| span(clues.size, said)),
        ties: Ties::default(),
        is_lost: false,
    }
}

/// A file and an episode, with what was compared so far.
struct Held<'a> {
    clues: &'a Clues,
    known: &'a Known,
    episode: &'a Episode,
    evidence: Vec<Evidence>,
}

impl<'a> Held<'a> {
    fn add(&mut self, what: &'static str, found: &str, expected: &str, points: i32) {
        let (found, expected) = (redact_text(found), redact_text(expected));
        self.evidence.push(Evidence { what, found, expected, points });
    }

    fn has(&self, what: &[&str]) -> bool {
        self.evidence.iter().any(|evidence| what.contains(&evidence.what))
    }

    fn title(&self) -> &'a str {
        self.episode.row.title.as_deref().unwrap_or_default()
    }

    fn own_guid(&self) -> &'a str {
        self.episode.row.guid.as_deref().unwrap_or_default()
    }

    fn url(&self) -> &'a str {
        self.episode.row.urls.first().map(String::as_str).unwrap_or_default()
    }

    fn is_at(&self, url: &str) -> bool {
        self.episode.keys.contains(&address_key(url))
    }

    /// Whether this is what a program wrote down as the guid: where there is none, some write down the address.
    fn is_guid(&self, told: &str) -> bool {
        told == self.own_guid() || self.own_guid().is_empty() && self.is_at(told)
    }

    fn is_titled(&self, title: &str) -> bool {
        forms(title).iter().any(|form| self.episode.titles.contains(form))
    }

    /// What its program wrote down of this very file.
    fn told(&mut self, told: &Remembered) {
        let (guid, url) = (self.own_guid(), self.url());
        // A file beside it was written for one of several of the same name; this may be another's audio.
        let is_unsure =
            self.clues.is_told_beside && serial::has_namesake(self.clues, self.known, self.episode);
        let worth = if is_unsure { 5 } else { 100 };
        let told_guid = told.guid.as_deref().unwrap_or_default();
        let told_url = told.url.as_deref().unwrap_or_default();
        let is_own_url = self.episode.row.urls.iter().any(|own| own == told_url) || self.is_at(told_url);
        if !told_guid.is_empty() && self.is_guid(told_guid) {
            self.add("guid", told_guid, guid, worth);
            if worth == 100 && !told_url.is_empty() && self.is_at(told_url) {
                self.add("url", told_url, url, 10);
            }
        } else if !told_url.is_empty() && is_own_url {
            self.add("url", told_url, url, worth);
        } else if serial::is_same_but_for_guid(told, self.known, self.episode) {
            self.add("title and date written down", told_guid, guid, worth.min(60));
        } else if !told_guid.is_empty() || !told_url.is_empty() {
            self.add("guid", told_guid, guid, -worth);
        }
        let told_title = told.title.as_deref().unwrap_or_default();
        if !told_title.is_empty() && self.is_titled(told_title) {
            self.add("title written down", told_title, self.title(), 20);
        }
        if let Some(size) = told.size_bytes.filter(|size| *size != self.clues.size) {
            let points = if (self.clues.size as f64) < size as f64 * 0.99 { -60 } else { -5 };
            self.add("length written down", &self.clues.size.to_string(), &size.to_string(), points);
        }
    }

    /// What its program wrote down of an episode of this title.
    fn titled(&mut self, titled: &Remembered) {
        let told = titled.guid.as_deref().unwrap_or_default();
        if !told.is_empty() && self.is_guid(told) {
            self.add("guid of that title", told, self.own_guid(), 50);
        }
    }

    /// The guid in its tags or in its name.
    fn guid(&mut self) {
        let (clues, guid) = (self.clues, self.own_guid());
        if let Some(told) = clues.tags.guid.as_deref().filter(|told| *told == guid) {
            self.add("guid in its tags", told, guid, 80);
        } else if guid.len() >= 8 && clues.words.contains(&fold(guid)) {
            self.add("guid in its name", &clues.stem, guid, 60);
        }
    }

    /// Its name; another one speaks against it, unless something else tells which episode it is.
    fn name(&mut self) {
        let (clues, episode) = (self.clues, self.episode);
        let is_titled = clues.names.iter().any(|name| episode.titles.contains(name));
        let begins = |name: &String| episode.titles.iter().any(|title| title.starts_with(name));
        let is_begun = || clues.names.iter().any(|name| is_cut(&clues.stem, name) && begins(name));
        if is_titled {
            self.add("title", &clues.stem, self.title(), 50);
        } else if is_begun() {
            self.add("beginning of the title", &clues.stem, self.title(), 45);
        } else if clues.names.iter().any(|name| episode.bases.contains(name)) {
            self.add("name at its host", &clues.stem, self.url(), 50);
        }
        let is_named =
            is_titled || clues.is_bare || self.has(&["beginning of the title", "name at its host"]);
        if !is_named && !self.has(TELLING) {
            self.add("another name", &clues.stem, self.title(), -30);
        }
    }

    /// The title in its tags: that of another episode speaks against it, words that are no title do not.
    fn tag(&mut self) {
        let tag = self.clues.tags.title.as_deref().unwrap_or_default();
        if !tag.is_empty() && self.is_titled(tag) {
            self.add("title in its tags", tag, self.title(), 30);
        } else if !tag.is_empty() && is_titled_alike(self.known, tag, self.episode.show) {
            self.add("title in its tags", tag, self.title(), -60);
        }
    }

    /// The date in its name.
    fn date(&mut self) {
        let (Some(day), Some(own)) = (self.clues.day, self.episode.day) else { return };
        let fit = self.episode.row.published_at.map(|at| self.clues.clock.fit(at, day));
        let is_named = serial::is_named_alone(self.clues, self.known, self.episode);
        let points = match ((day - own).abs(), fit) {
            (0 | 1, Some(Fit::Never)) if !is_named => -50,
            (0, _) | (_, Some(Fit::Surely)) => 30,
            (1, Some(Fit::Perhaps)) if !is_named => 25,
            (1, _) if self.clues.is_local_day => 25,
            (1, _) => 10,
            _ => -50,
        };
        self.add("date", &written(day), &written(own), points);
        // Nothing but a date, a number and the name of the show.
        if points == 30
            && self.clues.is_bare
            && serial::is_only_one(self.clues.clock, self.known, day, self.episode)
        {
            self.add("the only one of that day", &written(day), &written(own), 25);
        }
    }

    /// The number in its name.
    fn number(&mut self) {
        let own = self.episode.row.number;
        if let Some(number) = self.clues.number.filter(|number| own == Some(*number)).map(|n| n.to_string()) {
            self.add("number", &number, &number, 15);
        }
    }

    /// Its length in bytes, and how long it plays: as it is and as the feed says, in seconds.
    fn lengths(&mut self, length: Option<u64>, plays: Option<(f64, f64)>) {
        if length == Some(self.clues.size) {
            let size = self.clues.size.to_string();
            self.add("length", &size, &size, 30);
        }
        if let Some((is, said)) = plays
            && (is - said).abs() <= (said * 0.01).max(2.0)
        {
            self.add("duration", &format!("{is:.0} s"), &format!("{said:.0} s"), 15);
        }
    }

    fn show(&mut self) {
        let show = self.episode.show;
        if let Some((_, how)) = self.clues.shows.as_ref().filter(|(shows, _)| shows.contains(&show)) {
            let title = self.known.shows.get(show).map(|show| show.title.as_str()).unwrap_or_default();
            self.add("show", how, title, 10);
        }
    }
}

/// A day as people write it.
fn written(day: Day) -> String {
    Time::from_unix(day * 86_400).map(|at| at.format("%Y-%m-%d")).unwrap_or_default()
}

/// Whether a name may be the beginning of a longer title.
pub(super) fn is_cut(stem: &str, name: &str) -> bool {
    name.chars().count() >= LONG || name.chars().count() >= 8 && stem.trim_end().ends_with(['…', '.'])
}

/// Whether an episode of the show, whichever, has this title.
fn is_titled_alike(known: &Known, title: &str, show: usize) -> bool {
    forms(title).iter().any(|form| !known.with_title(form, Some(&[show])).is_empty())
}

fn span(size: u64, said: u64) -> Span {
    match size.abs_diff(said) {
        0 => Span::Exact,
        apart if apart as f64 <= said as f64 * FAR => Span::Near,
        _ => Span::Far,
    }
}

/// Whether the file is as long as the feed says, by its bytes or by how long it plays: either will do.
fn long_enough(size: u64, length: Option<u64>, plays: Option<(f64, f64)>) -> Option<bool> {
    let by_length = length.map(|length| size as f64 >= length as f64 * SHORT);
    let by_time = plays.map(|(is, said)| is >= said * 0.9 || said - is <= 60.0 && is >= said * 0.5);
    match (by_length, by_time) {
        (None, None) => None,
        (by_length, by_time) => Some(by_length == Some(true) || by_time == Some(true)),
    }
}
