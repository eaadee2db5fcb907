//! Titles that several episodes of a show have, as daily news do: with them nothing but the date tells which one a file is.

use std::path::Path;

use super::clock::{Clock, Fit, Sighting};
use super::clues::Clues;
use super::compare::{LEAST_LENGTH, is_cut};
use super::fold::{Day, date, forms};
use super::judge::{Match, TELLING};
use super::known::{Episode, Known};
use crate::archive::Remembered;
use crate::model::Time;

/// Two episodes so far apart (seconds) have two dates in their names, wherever the clock of their program stood: a day, less what
/// changes of summer time and an early hour make of it.
const APART: i64 = 23 * 3600;

/// Whether another episode of the show would have been given the same file name.
pub(super) fn has_namesake(clues: &Clues, known: &Known, episode: &Episode) -> bool {
    let scope = [episode.show];
    let by_base = clues
        .names
        .iter()
        .any(|name| episode.bases.contains(name) && known.with_base(name, Some(&scope)).len() != 1);
    by_base
        || clues
            .names
            .iter()
            .any(|name| episode.titles.contains(name) && is_shared(clues, known, episode, name))
}

/// Whether the title is another episode's, too, and of the same day if the name has one.
fn is_shared(clues: &Clues, known: &Known, episode: &Episode, title: &str) -> bool {
    if !known.is_serial(title, episode.show) {
        return false;
    }
    let (Some(_), Some(day)) = (clues.day, episode.day) else { return true };
    let at = |episode: &Episode| episode.row.published_at.map_or(0, Time::unix);
    let is_namesake = |other: &Episode| {
        other.row.episode_id != episode.row.episode_id
            && other.titles.iter().any(|own| own == title)
            && (at(other) - at(episode)).abs() < APART
    };
    let days = [day - 1, day, day + 1].map(|day| known.on_day(day, Some(&[episode.show])));
    // A day on which very many came out tells nothing.
    days[1].is_empty() || days.iter().flatten().filter_map(|at| known.episodes.get(*at)).any(is_namesake)
}

/// Whether what was written down is this episode, to the second and the letter, of which the publisher changed guid and address since.
pub(super) fn is_same_but_for_guid(told: &Remembered, known: &Known, episode: &Episode) -> bool {
    let (Some(title), Some(at)) = (&told.title, told.published) else { return false };
    let titles = forms(title);
    let is_it = |episode: &Episode| {
        episode.row.published_at == Some(at) && titles.iter().any(|title| episode.titles.contains(title))
    };
    let scope = Some(&[episode.show][..]);
    let day = known.on_day(at.unix().div_euclid(86_400), scope);
    let is_other = |place: &usize| {
        known.episodes.get(*place).is_some_and(|other| other.row.episode_id != episode.row.episode_id)
    };
    let is_alone = || {
        let mut same = day.iter().filter(|place| known.episodes.get(**place).is_some_and(is_it));
        !same.any(is_other)
    };
    // What was written down is not the guid or the address of another.
    let is_gone = || {
        let by_guid = told.guid.iter().flat_map(|guid| known.with_guid(guid, scope));
        by_guid.chain(told.url.iter().flat_map(|url| known.with_url(url, scope))).next().is_none()
    };
    !day.is_empty() && is_it(episode) && is_alone() && is_gone()
}

/// Why its date, or its length, does not tell for sure which of several episodes it is.
pub(super) fn doubt(clues: &Clues, known: &Known, best: &Match) -> Option<&'static str> {
    let episode = known.episodes.get(best.episode)?;
    if best.has(&["length"]) && known.is_alone_of_length(clues.size) || is_told(best) {
        return None;
    }
    if is_named_alone(clues, known, episode) {
        return None;
    }
    if is_as_long_as_another(clues, known, best, episode) {
        return Some("its length is that of another episode of that title or about that day");
    }
    let fit = clues.clock.fit(episode.row.published_at?, clues.day?);
    match (fit, clues.day == episode.day) {
        (Fit::Surely, _) => None,
        (_, false) => {
            Some("its date is that of the day before or after, and nothing else tells it from the others")
        }
        (_, true) => has_kin(clues, known, best, episode).then_some(
            "by a clock elsewhere its date is that of the day before or after, of which the feed has nothing now",
        ),
    }
}

/// Whether its length, to the byte, is what the feed says of another episode that it may be, and not of this one.
fn is_as_long_as_another(clues: &Clues, known: &Known, best: &Match, episode: &Episode) -> bool {
    let is_near = |other: &Episode| {
        clues.day.zip(other.day).is_some_and(|(day, own)| (day - own).abs() <= 1)
            || is_kin(clues, best, other)
    };
    let others = known.with_length(clues.size, Some(&[episode.show]));
    let mut others = others.iter().filter_map(|at| known.episodes.get(*at));
    clues.size >= LEAST_LENGTH
        && !best.has(&["length"])
        && others.any(|other| other.row.episode_id != episode.row.episode_id && is_near(other))
}

/// Whether another that the name would fit but for its date came out within two days: what comes out daily, the feed may have had
/// on the day before or after, too.
fn has_kin(clues: &Clues, known: &Known, best: &Match, episode: &Episode) -> bool {
    let Some(own) = episode.day else { return false };
    let around = (own - 2..=own + 2).flat_map(|day| known.on_day(day, Some(&[episode.show])));
    let mut others = around.filter_map(|at| known.episodes.get(at));
    others.any(|other| other.row.episode_id != episode.row.episode_id && is_kin(clues, best, other))
}

/// Whether the name, but for its date, would fit.
fn is_kin(clues: &Clues, best: &Match, other: &Episode) -> bool {
    let fits = |name: &String| other.titles.contains(name) || other.bases.contains(name);
    let is_bare = clues.is_bare && !best.has(&["title", "beginning of the title", "name at its host"]);
    is_bare || clues.names.iter().any(fits)
}

/// Whether it is the only episode of its show that may have come out on that day, by that clock.
pub(super) fn is_only_one(clock: Clock, known: &Known, day: Day, episode: &Episode) -> bool {
    let around = [day - 1, day, day + 1].map(|day| known.on_day(day, Some(&[episode.show])));
    let others = around.iter().flatten().filter_map(|at| known.episodes.get(*at));
    let mut others = others.filter(|other| other.row.episode_id != episode.row.episode_id);
    let is_of_day =
        |other: &Episode| other.row.published_at.is_some_and(|at| clock.fit(at, day) != Fit::Never);
    // A day on which very many came out tells nothing.
    let is_told = around
        .iter()
        .flatten()
        .any(|at| known.episodes.get(*at).is_some_and(|one| one.row.episode_id == episode.row.episode_id));
    is_told && !others.any(is_of_day)
}

/// Whether nothing but a date tells it from others of its show.
pub(super) fn is_by_date(clues: &Clues, known: &Known, best: &Match) -> bool {
    let is_named = |episode: &Episode| is_named_alone(clues, known, episode);
    clues.day.is_some()
        && !is_told(best)
        && known.episodes.get(best.episode).is_some_and(|own| !is_named(own))
}

/// Whether a guid, an address or what its program wrote down tells which it is.
fn is_told(best: &Match) -> bool {
    best.evidence.iter().any(|found| found.points > 10 && TELLING.contains(&found.what))
}

/// Whether the file has a title, or a name at its host, that no other episode of the show has.
pub(super) fn is_named_alone(clues: &Clues, known: &Known, episode: &Episode) -> bool {
    let show = episode.show;
    let tagged = clues.tags.title.as_deref().map(forms).unwrap_or_default();
    let is_own = |title: &String| episode.titles.contains(title) && !known.is_serial(title, show);
    let is_base =
        |name: &String| episode.bases.contains(name) && known.with_base(name, Some(&[show])).len() == 1;
    let is_begun = |name: &String| {
        is_cut(&clues.stem, name)
            && episode.titles.iter().any(|own| own.starts_with(name) && !known.is_serial(own, show))
    };
    clues.names.iter().chain(&tagged).any(is_own)
        || clues.names.iter().any(|name| is_base(name) || is_begun(name))
}

/// What the file shows of the clock that names go by.
pub(super) fn sighting(clues: &Clues, known: &Known, best: &Match) -> Option<Sighting> {
    let episode = known.episodes.get(best.episode)?;
    let (day, at) = (clues.day?, episode.row.published_at?);
    let is_sure = !is_by_date(clues, known, best);
    is_sure.then_some(Sighting { day, at, is_compact: clues.is_local_day })
}

/// The same of a file that an earlier run took in.
pub(super) fn earlier_sighting(path: &Path, known: &Known, episode: &Episode) -> Option<Sighting> {
    let dated = date(&path.file_stem()?.to_string_lossy())?;
    let is_serial = episode.titles.iter().any(|title| known.is_serial(title, episode.show));
    let at = episode.row.published_at.filter(|_| !is_serial)?;
    Some(Sighting { day: dated.day, at, is_compact: dated.is_compact })
}
