//! Which episode a file is. Each thing that agrees is worth points, and each that disagrees costs some; a file is taken for an
//! episode only if enough speaks for it, and nothing comparable for another. A wrong match is worse than none.

use serde::Serialize;

use super::clues::Clues;
use super::fold::{fold, forms};
use super::known::{Episode, Known};
use crate::model::redact_text;

/// What is enough.
const ENOUGH: i32 = 60;
/// By how much the best must be better than the next.
const CLEAR: i32 = 20;
/// A title cut off in a file name has at least so many letters.
const LONG: usize = 50;
/// Lengths below this tell nothing (bytes): feeds write 0, 1 or 1024.
const LEAST_LENGTH: u64 = 2000;
/// A file that is so much shorter than it should be may have been cut off.
const SHORT: f64 = 0.95;
/// Said of a file that is good for all but its show.
pub(super) const NOT_PLACED: &str = "nothing says which show it is of: --show does";
/// What podcast-archiver --debug-partial leaves of each file (bytes).
const DEBUG_PARTIAL: u64 = 1_048_576;

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What it is.
    pub what: &'static str,
    /// As the file has it.
    pub found: String,
    /// As the feed has it.
    pub expected: String,
    /// What it was worth; below zero where it speaks against.
    pub points: i32,
}

/// A file held against an episode.
#[derive(Debug, Clone)]
pub(super) struct Match {
    /// The place of the episode.
    pub(super) episode: usize,
    pub(super) points: i32,
    pub(super) evidence: Vec<Evidence>,
    /// Its length and how long it plays, against what the feed says; `None` where that can't be told.
    pub(super) is_long_enough: Option<bool>,
}

/// What is thought of a file.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It is this episode.
    Is(Match),
    /// It may be this one; why that is not sure.
    MayBe(Match, String),
    /// Nothing speaks for any.
    Nothing,
}

impl Verdict {
    /// The likeliest episode.
    pub(super) fn best(&self) -> Option<&Match> {
        match self {
            Self::Is(best) | Self::MayBe(best, _) => Some(best),
            Self::Nothing => None,
        }
    }
}

impl Match {
    fn has(&self, what: &[&str]) -> bool {
        self.evidence.iter().any(|evidence| evidence.points > 0 && what.contains(&evidence.what))
    }

    /// Its program says which episode this very file is.
    pub(super) fn is_told(&self) -> bool {
        self.points >= 100 && self.has(&["guid", "url"])
    }
}

/// Holds a file against the episodes.
pub(super) fn judge(clues: &Clues, known: &Known) -> Verdict {
    let scope = clues.shows.as_ref().map(|(shows, _)| shows.as_slice());
    let mut matches: Vec<Match> = candidates(clues, known, scope)
        .into_iter()
        .filter_map(|at| known.episodes.get(at).map(|episode| compare(clues, known, at, episode)))
        .filter(|found| found.points > 0)
        .collect();
    matches.sort_by(|a, b| b.points.cmp(&a.points).then(a.episode.cmp(&b.episode)));
    let mut matches = matches.into_iter();
    let Some(best) = matches.next() else { return Verdict::Nothing };
    let episode_of = |found: &Match| known.episodes.get(found.episode).map(|episode| episode.row.episode_id);
    // An episode in several formats is no rival of itself.
    let rival = matches.find(|other| episode_of(other) != episode_of(&best));
    match doubt(clues, known, &best, rival.as_ref()) {
        None => Verdict::Is(best),
        Some(_) if best.points < if clues.shows.is_some() { 35 } else { 50 } => Verdict::Nothing,
        Some(why) => Verdict::MayBe(best, why),
    }
}

/// The episodes that something about the file leads to.
fn candidates(clues: &Clues, known: &Known, scope: Option<&[usize]>) -> Vec<usize> {
    let mut found = Vec::new();
    for told in [&clues.told, &clues.titled].into_iter().flatten() {
        // Where there is no guid, programs write down the address.
        if let Some(guid) = &told.guid {
            found.extend(known.with_guid(guid, scope));
            found.extend(known.with_url(guid, scope));
        }
        if let Some(url) = &told.url {
            found.extend(known.with_url(url, scope));
        }
        for title in told.title.as_deref().map(forms).unwrap_or_default() {
            found.extend(known.with_title(&title, scope));
        }
    }
    if let Some(guid) = &clues.tags.guid {
        found.extend(known.with_guid(guid, scope));
    }
    for title in clues.tags.title.as_deref().map(forms).unwrap_or_default() {
        found.extend(known.with_title(&title, scope));
    }
    for name in &clues.names {
        found.extend(known.with_title(name, scope));
        found.extend(known.with_base(name, scope));
        if is_cut(&clues.stem, name) {
            found.extend(known.with_title_begun(name, scope));
        }
    }
    for word in &clues.words {
        found.extend(known.with_guid(word, scope));
    }
    if clues.size >= LEAST_LENGTH {
        found.extend(known.with_length(clues.size, scope));
    }
    for day in clues.day.into_iter().flat_map(|day| [day - 1, day, day + 1]) {
        found.extend(known.on_day(day, scope));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a name may be the beginning of a longer title.
fn is_cut(stem: &str, name: &str) -> bool {
    name.chars().count() >= LONG || name.chars().count() >= 8 && stem.trim_end().ends_with(['…', '.'])
}

fn compare(clues: &Clues, known: &Known, at: usize, episode: &Episode) -> Match {
    let mut evidence = Vec::new();
    let mut add = |what, found: &str, expected: &str, points| {
        evidence.push(Evidence { what, found: redact_text(found), expected: redact_text(expected), points });
    };
    let title = episode.row.title.as_deref().unwrap_or_default();
    let guid = episode.row.guid.as_deref().unwrap_or_default();
    let url = episode.row.urls.first().map(String::as_str).unwrap_or_default();
    let is_at = |url: &str| episode.keys.contains(&crate::feed::address_key(url));

    if let Some(told) = &clues.told {
        // A file beside it was written for one of several of the same name; this may be another's audio.
        let worth = if clues.is_told_beside && has_namesake(clues, known, episode) { 5 } else { 100 };
        let told_guid = told.guid.as_deref().unwrap_or_default();
        let told_url = told.url.as_deref().unwrap_or_default();
        if !told_guid.is_empty() && (told_guid == guid || guid.is_empty() && is_at(told_guid)) {
            add("guid", told_guid, guid, worth);
            if worth == 100 && !told_url.is_empty() && is_at(told_url) {
                add("url", told_url, url, 10);
            }
        } else if !told_url.is_empty()
            && (episode.row.urls.iter().any(|own| own == told_url) || is_at(told_url))
        {
            add("url", told_url, url, worth);
        } else if !told_guid.is_empty() || !told_url.is_empty() {
            add("guid", told_guid, guid, -worth);
        }
        let told_title = told.title.as_deref().unwrap_or_default();
        if !told_title.is_empty() && forms(told_title).iter().any(|form| episode.titles.contains(form)) {
            add("title written down", told_title, title, 20);
        }
        if let Some(size) = told.size_bytes.filter(|size| *size != clues.size) {
            let points = if (clues.size as f64) < size as f64 * 0.99 { -60 } else { -5 };
            add("length written down", &clues.size.to_string(), &size.to_string(), points);
        }
    } else if let Some(titled) = &clues.titled {
        let told = titled.guid.as_deref().unwrap_or_default();
        if !told.is_empty() && (told == guid || guid.is_empty() && is_at(told)) {
            add("guid of that title", told, guid, 50);
        }
    }
    if let Some(told) = clues.tags.guid.as_deref().filter(|told| *told == guid) {
        add("guid in its tags", told, guid, 80);
    } else if guid.len() >= 8 && clues.words.contains(&fold(guid)) {
        add("guid in its name", &clues.stem, guid, 60);
    }
    let is_titled = clues.names.iter().any(|name| episode.titles.contains(name));
    let is_begun = || {
        clues.names.iter().any(|name| {
            is_cut(&clues.stem, name) && episode.titles.iter().any(|title| title.starts_with(name))
        })
    };
    if is_titled {
        add("title", &clues.stem, title, 50);
    } else if is_begun() {
        add("beginning of the title", &clues.stem, title, 45);
    } else if clues.names.iter().any(|name| episode.bases.contains(name)) {
        add("name at its host", &clues.stem, url, 50);
    }
    let is_otherwise_told = ["guid", "url", "guid of that title", "guid in its tags", "guid in its name"];
    let is_named = is_titled
        || clues.is_bare
        || evidence.iter().any(|evidence| {
            is_otherwise_told.contains(&evidence.what)
                || ["beginning of the title", "name at its host"].contains(&evidence.what)
        });
    let mut add = |what, found: &str, expected: &str, points| {
        evidence.push(Evidence { what, found: redact_text(found), expected: redact_text(expected), points });
    };
    if !is_named {
        add("another name", &clues.stem, title, -30);
    }
    let tag = clues.tags.title.as_deref().unwrap_or_default();
    if !tag.is_empty() && forms(tag).iter().any(|form| episode.titles.contains(form)) {
        add("title in its tags", tag, title, 30);
    } else if !tag.is_empty() && is_titled_alike(known, tag, episode.show) {
        add("title in its tags", tag, title, -60);
    }
    if let (Some(day), Some(own)) = (clues.day, episode.day) {
        let points = match (day - own).abs() {
            0 => 30,
            1 if clues.is_local_day => 25,
            1 => 10,
            _ => -50,
        };
        let written = |day: i64| {
            crate::model::Time::from_unix(day * 86_400).map(|at| at.format("%Y-%m-%d")).unwrap_or_default()
        };
        add("date", &written(day), &written(own), points);
        // Nothing but a date, a number and the name of the show.
        if day == own && clues.is_bare && known.is_alone_on(day, episode.show) {
            add("the only one of that day", &written(day), &written(own), 25);
        }
    }
    if let Some(number) = clues.number.filter(|number| episode.row.number == Some(*number)) {
        add("number", &number.to_string(), &number.to_string(), 15);
    }
    let length = episode.row.length_bytes.filter(|length| *length >= LEAST_LENGTH);
    if length == Some(clues.size) {
        add("length", &clues.size.to_string(), &clues.size.to_string(), 30);
    }
    let plays = clues.probed.duration_seconds.zip(episode.row.duration_seconds.filter(|said| *said > 0.0));
    if let Some((is, said)) = plays
        && (is - said).abs() <= (said * 0.01).max(2.0)
    {
        add("duration", &format!("{is:.0} s"), &format!("{said:.0} s"), 15);
    }
    if let Some((shows, how)) = &clues.shows
        && shows.contains(&episode.show)
    {
        let title = known.shows.get(episode.show).map(|show| show.title.clone()).unwrap_or_default();
        add("show", how, &title, 10);
    }
    let points = evidence.iter().map(|evidence| evidence.points).sum();
    let is_long_enough = long_enough(clues.size, length, plays);
    Match { episode: at, points, evidence, is_long_enough }
}

/// Whether an episode of the show, whichever, has this title.
fn is_titled_alike(known: &Known, title: &str, show: usize) -> bool {
    forms(title).iter().any(|form| !known.with_title(form, Some(&[show])).is_empty())
}

/// Whether another episode of the show would have been given the same file name.
fn has_namesake(clues: &Clues, known: &Known, episode: &Episode) -> bool {
    let scope = [episode.show];
    let by_base = clues
        .names
        .iter()
        .any(|name| episode.bases.contains(name) && known.with_base(name, Some(&scope)).len() != 1);
    let by_title = clues.names.iter().filter(|name| episode.titles.contains(*name)).any(|name| {
        let same = known.with_title(name, Some(&scope));
        let near = |at: &&usize| {
            let other = known.episodes.get(**at).and_then(|other| other.day);
            clues.day.is_none() || other.zip(episode.day).is_none_or(|(a, b)| (a - b).abs() <= 1)
        };
        same.is_empty() || same.iter().filter(near).count() > 1
    });
    by_base || by_title
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

/// Whether it is sure of which show it is: every second one has a "Trailer", and a guid may be no more than a number.
fn is_placed(clues: &Clues, best: &Match) -> bool {
    const LONG_GUID: usize = 16;
    let guid = |evidence: &Evidence| {
        let is_guid =
            ["guid", "guid of that title", "guid in its tags", "guid in its name"].contains(&evidence.what);
        is_guid && evidence.points > 10 && evidence.expected.len() >= LONG_GUID
    };
    clues.shows.is_some() || best.has(&["url"]) || !clues.is_strange && best.evidence.iter().any(guid)
}

/// Why the best match is not good enough.
fn doubt(clues: &Clues, known: &Known, best: &Match, rival: Option<&Match>) -> Option<String> {
    let name = |found: &Match| {
        let episode = known.episodes.get(found.episode);
        let title =
            episode.and_then(|episode| episode.row.title.clone()).unwrap_or_else(|| "(untitled)".to_owned());
        let show = episode.and_then(|episode| known.shows.get(episode.show)).map(|show| show.slug.clone());
        format!("{} \"{title}\"", show.unwrap_or_default())
    };
    if best.has(&["guid", "url"])
        && best.evidence.iter().any(|e| e.what == "length written down" && e.points < -50)
    {
        return Some("it is shorter than its program wrote down: it may have been cut off".to_owned());
    }
    if let Some(against) = best.evidence.iter().find(|evidence| evidence.points <= -50) {
        return Some(format!("{} {:?} speaks against it", against.what, against.found));
    }
    if best.points < ENOUGH {
        return Some("too little speaks for it".to_owned());
    }
    if let Some(rival) = rival.filter(|rival| best.points - rival.points < CLEAR) {
        return Some(format!("it may as well be {}", name(rival)));
    }
    if !is_placed(clues, best) {
        return Some(NOT_PLACED.to_owned());
    }
    let said = known.episodes.get(best.episode).and_then(|episode| episode.row.length_bytes);
    if clues.size == DEBUG_PARTIAL && said != Some(DEBUG_PARTIAL) {
        return Some("it has the very length of what podcast-archiver --debug-partial leaves".to_owned());
    }
    None
}
