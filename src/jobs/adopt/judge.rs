//! Which episode a file is: one for which enough speaks, and nothing comparable for another. A wrong match is worse than none.

use serde::Serialize;

use super::clues::Clues;
use super::compare::{LEAST_LENGTH, Span, compare, is_cut};
use super::fold::forms;
use super::known::Known;
use super::place::{Ties, is_placed, unplaced};
use super::serial;

/// So many points are enough.
const ENOUGH: i32 = 60;
/// By how much the best must be better than the next.
const CLEAR: i32 = 20;
/// What podcast-archiver --debug-partial leaves of each file (bytes).
const DEBUG_PARTIAL: u64 = 1_048_576;
/// What tells which episode a file is by itself, whatever its name and its date.
pub(super) const TELLING: &[&str] = &[
    "guid",
    "url",
    "title and date written down",
    "guid of that title",
    "guid in its tags",
    "guid in its name",
];

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
    /// Those of all evidence together.
    pub(super) points: i32,
    pub(super) evidence: Vec<Evidence>,
    /// Its length and how long it plays, against what the feed says; `None` where that can't be told.
    pub(super) is_long_enough: Option<bool>,
    /// Its length against what the feed says, where that can be told.
    pub(super) span: Option<Span>,
    /// What ties it to the show; of the best match only.
    pub(super) ties: Ties,
    /// It is good for all but its show: nothing says that it is of this one.
    pub(super) is_lost: bool,
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
    pub(super) fn has(&self, what: &[&str]) -> bool {
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
    let Some(mut best) = matches.next() else { return Verdict::Nothing };
    best.ties = Ties::of(clues, known, &best);
    let episode_of = |found: &Match| known.episodes.get(found.episode).map(|episode| episode.row.episode_id);
    // An episode in several formats is no rival of itself.
    let rival = matches.find(|other| episode_of(other) != episode_of(&best));
    match doubt(clues, known, &best, rival.as_ref()) {
        None if is_placed(clues, &best) => Verdict::Is(best),
        None => {
            best.is_lost = true;
            let why = unplaced(clues, &best).to_owned();
            Verdict::MayBe(best, why)
        }
        Some(_) if best.points < if clues.shows.is_some() { 35 } else { 50 } => Verdict::Nothing,
        Some(why) => Verdict::MayBe(best, why),
    }
}

/// An episode of another show that fits better than the one of the show that was asked for, as it would be said.
pub(super) fn elsewhere(clues: &Clues, known: &Known, best: &Match) -> Option<String> {
    let show_of = |at: usize| known.episodes.get(at).map(|episode| episode.show);
    let others =
        candidates(clues, known, None).into_iter().filter(|at| show_of(*at) != show_of(best.episode));
    let matches =
        others.filter_map(|at| known.episodes.get(at).map(|episode| compare(clues, known, at, episode)));
    let other = matches.max_by_key(|other| other.points).filter(|other| other.points > best.points)?;
    Some(format!("an episode of another show fits better: {}", name(known, &other)))
}

/// The episodes that something about the file leads to.
fn candidates(clues: &Clues, known: &Known, scope: Option<&[usize]>) -> Vec<usize> {
    let mut found = Vec::new();
    for told in [&clues.told, &clues.titled].into_iter().flatten() {
        if let Some(at) = told.published {
            found.extend(known.on_day(at.unix().div_euclid(86_400), scope));
        }
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

/// An episode, as it is said.
fn name(known: &Known, found: &Match) -> String {
    let episode = known.episodes.get(found.episode);
    let title =
        episode.and_then(|episode| episode.row.title.clone()).unwrap_or_else(|| "(untitled)".to_owned());
    let show = episode.and_then(|episode| known.shows.get(episode.show)).map(|show| show.slug.clone());
    format!("{} \"{title}\"", show.unwrap_or_default())
}

/// Why the best match is not good enough. What differs from file to file stands after a colon.
fn doubt(clues: &Clues, known: &Known, best: &Match, rival: Option<&Match>) -> Option<String> {
    if best.has(&["guid", "url"])
        && best.evidence.iter().any(|e| e.what == "length written down" && e.points < -50)
    {
        return Some("it is shorter than its program wrote down: it may have been cut off".to_owned());
    }
    if let Some(against) = best.evidence.iter().find(|evidence| evidence.points <= -50) {
        return Some(format!("{} speaks against it: {}", against.what, against.found));
    }
    if best.points < ENOUGH {
        return Some("too little speaks for it".to_owned());
    }
    if let Some(why) = serial::doubt(clues, known, best) {
        return Some(why.to_owned());
    }
    if let Some(rival) = rival.filter(|rival| best.points - rival.points < CLEAR) {
        return Some(format!("it may as well be another: {}", name(known, rival)));
    }
    let said = known.episodes.get(best.episode).and_then(|episode| episode.row.length_bytes);
    if clues.size == DEBUG_PARTIAL && said != Some(DEBUG_PARTIAL) {
        return Some("it has the very length of what podcast-archiver --debug-partial leaves".to_owned());
    }
    None
}
