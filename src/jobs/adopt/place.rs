//! Which show a file is of, where neither folder nor tags say so. A folder may hold what shows that are not followed published,
//! too: what any of them may have had says nothing.

use super::clues::Clues;
use super::fold::forms;
use super::judge::Match;
use super::known::{Episode, Known};
use super::weight::{Weight, weight};

/// What ties a file to the show of its episode.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ties {
    /// How much the title that they share tells; `Common` if they share none.
    weight: Weight,
    /// The date is that of the feed.
    is_dated: bool,
    /// Its length is, to the byte, what the feed says.
    is_measured: bool,
    /// And no other episode of the archive is as long.
    is_alone: bool,
    /// It plays as long as the feed says.
    is_timed: bool,
}

impl Ties {
    pub(super) fn of(clues: &Clues, known: &Known, best: &Match) -> Self {
        let episode = known.episodes.get(best.episode);
        let is_measured = best.has(&["length"]);
        Self {
            weight: episode.map_or(Weight::Common, |episode| shared(clues, known, episode, best)),
            is_dated: is_dated(best),
            is_measured,
            is_alone: is_measured && known.is_alone_of_length(clues.size),
            is_timed: best.has(&["duration"]),
        }
    }

    /// Enough, whatever lies beside it: nobody else has such a title with such a length, or of that day.
    fn hold_alone(self) -> bool {
        match self.weight {
            Weight::Telling => self.is_measured && (self.is_dated || self.is_alone),
            Weight::Plain => self.is_dated && self.is_alone,
            Weight::Common => false,
        }
    }

    /// Enough if several files beside it are tied so to the same show.
    pub(super) fn hold_among(self) -> bool {
        match self.weight {
            Weight::Telling => self.is_dated,
            Weight::Plain => self.hold_by_length(),
            Weight::Common => false,
        }
    }

    /// Enough, title or not, if nearly all files beside it are tied so to the same show.
    pub(super) fn hold_by_length(self) -> bool {
        self.is_dated && (self.is_measured || self.is_timed)
    }

    /// The title that they share, if any, may be any show's.
    pub(super) fn is_common(self) -> bool {
        self.weight == Weight::Common
    }
}

/// Whether the date in its name, or what its program wrote down, is that of the feed.
fn is_dated(best: &Match) -> bool {
    let is_told = best.has(&["title and date written down"]);
    is_told || best.evidence.iter().any(|evidence| evidence.what == "date" && evidence.points >= 25)
}

/// The weight of the title that a file and its episode share. What episodes of several shows are called tells nothing.
fn shared(clues: &Clues, known: &Known, episode: &Episode, best: &Match) -> Weight {
    let is_begun = best.has(&["beginning of the title"]);
    if !is_begun && !best.has(&["title", "title in its tags"]) {
        return Weight::Common;
    }
    let tagged = clues.tags.title.as_deref().map(forms).unwrap_or_default();
    let is_shared = |title: &&String| {
        is_begun || forms(title).iter().any(|form| clues.names.contains(form) || tagged.contains(form))
    };
    let titles = episode.row.title.iter().chain(&episode.row.former_titles);
    let Some(title) = titles.into_iter().find(is_shared) else { return Weight::Common };
    let is_of_one = forms(title).iter().all(|form| known.is_of_one_show(form));
    if is_of_one { weight(title) } else { Weight::Common }
}

/// Whether it is sure of which show it is: every second one has a "Trailer", and a guid may be no more than a number.
pub(super) fn is_placed(clues: &Clues, best: &Match) -> bool {
    const LONG_GUID: usize = 16;
    let guid = |evidence: &super::Evidence| {
        let is_guid =
            ["guid", "guid of that title", "guid in its tags", "guid in its name"].contains(&evidence.what);
        is_guid && evidence.points > 10 && evidence.expected.len() >= LONG_GUID
    };
    clues.shows.is_some()
        || best.has(&["url"])
        || !clues.is_strange && (best.ties.hold_alone() || best.evidence.iter().any(guid))
}

/// Why it is not.
pub(super) fn unplaced(clues: &Clues, best: &Match) -> &'static str {
    let ties = best.ties;
    if clues.is_strange {
        return "its program had it from a feed that is not followed";
    }
    match (ties.weight, ties.is_dated, ties.is_measured) {
        (Weight::Common, ..) => {
            "what speaks for it any show may have: no title of its own says that it is of this one"
        }
        (_, true, false) => {
            "its title and date fit, but not its length, and nothing else says that it is of this show"
        }
        (_, false, true) => {
            "its title and length fit, but it has no date, and nothing else says that it is of this show"
        }
        (_, true, true) => {
            "its title and date fit, but several episodes are as long, and nothing else says that it is of this show"
        }
        (_, false, false) => {
            "its title fits, but neither date nor length, and nothing else says that it is of this show"
        }
    }
}
