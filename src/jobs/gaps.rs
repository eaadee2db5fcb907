//! What a show's record lacks, as far as it tells by itself: numbers, times of silence, audio. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::archive::{Coverage, Mark};
use crate::model::Time;

/// Numbers as large as this are dates, or count something else.
const LARGEST: i64 = 100_000;
/// Of so many waits between episodes, half on each side, a show's rhythm at a time is the middle one.
const WINDOW: usize = 12;
/// With fewer there is no rhythm.
const FEWEST: usize = 6;
/// A wait of so many times the rhythm is a silence ...
const UNUSUAL: f64 = 4.0;
/// ... unless it is not this much longer than it.
const LEAST: Duration = Duration::from_hours(10 * 24);

/// What a show's record lacks.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Gaps {
    /// Episodes in the archive.
    pub episodes: u64,
    /// Of them, those with an enclosure.
    pub with_enclosure: u64,
    /// Of them, those whose audio is captured and present.
    pub captured: u64,
    /// Enclosures that are not downloaded by choice, in no other form either.
    pub left_out: u64,
    /// Runs of numbers, where episodes are numbered: one, or one a season.
    pub sequences: Vec<Sequence>,
    /// Times without an episode, longer than the show's rhythm there lets expect, over which its numbers do not run on.
    pub silences: Vec<Silence>,
    /// Enclosures, or forms taken in their place, that are not there: title and last reason.
    pub missing_audio: Vec<(String, Option<String>)>,
    /// Captured audio that is not as the feed says: title, and how its length, duration or hash differ.
    pub odd_audio: Vec<(String, String)>,
}

/// Numbers that should follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sequence {
    /// The season, where each counts anew.
    pub season: Option<i64>,
    /// The lowest number.
    pub first: i64,
    /// The highest.
    pub last: i64,
    /// Those between them that no episode bears.
    pub missing: Vec<i64>,
}

/// A time without an episode.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silence {
    /// The last episode before it.
    pub after: Option<String>,
    /// Its date.
    pub from: Time,
    /// The date of the first episode after it.
    pub until: Time,
    /// How many days that is.
    pub days: u64,
    /// How many days there were between episodes around that time.
    pub usual_days: f64,
}

impl Gaps {
    /// Nothing is known to be missing: every audio is there, and the numbers begin at the beginning and run on.
    pub fn is_whole(&self) -> bool {
        let runs_on = |sequence: &Sequence| sequence.first <= 1 && sequence.missing.is_empty();
        self.missing_audio.is_empty() && self.sequences.iter().all(runs_on)
    }
}

/// Looks for gaps in what the archive holds of a show.
pub fn gaps(coverage: Coverage) -> Gaps {
    Gaps {
        episodes: coverage.marks.len() as u64,
        with_enclosure: coverage.with_enclosure,
        captured: coverage.captured,
        left_out: coverage.left_out,
        sequences: sequences(&coverage.marks),
        silences: silences(&coverage.marks),
        missing_audio: coverage.missing_audio,
        odd_audio: coverage.odd_audio,
    }
}

/// One run of numbers, or one a season where seasons use the same numbers.
fn sequences(marks: &[Mark]) -> Vec<Sequence> {
    let mut seasons: BTreeMap<Option<i64>, Vec<i64>> = BTreeMap::new();
    for mark in marks {
        if let Some(number) = mark.number {
            seasons.entry(mark.season).or_default().push(number);
        }
    }
    let ranges: Vec<_> =
        seasons.values().filter_map(|all| Some((*all.iter().min()?, *all.iter().max()?))).collect();
    let overlap = |at: usize, (first, last): (i64, i64)| {
        ranges[at + 1..].iter().any(|(other, end)| first <= *end && *other <= last)
    };
    if ranges.len() > 1 && ranges.iter().enumerate().any(|(at, range)| overlap(at, *range)) {
        return seasons.into_iter().filter_map(|(season, all)| sequence(season, all)).collect();
    }
    sequence(None, seasons.into_values().flatten().collect()).into_iter().collect()
}

fn sequence(season: Option<i64>, mut numbers: Vec<i64>) -> Option<Sequence> {
    numbers.sort_unstable();
    numbers.dedup();
    let (first, last) = (*numbers.first()?, *numbers.last()?);
    if first < 0 || last >= LARGEST {
        return None;
    }
    let missing = numbers.windows(2).flat_map(|pair| pair[0] + 1..pair[1]).collect();
    Some(Sequence { season, first, last, missing })
}

/// `marks` are in order of date.
fn silences(marks: &[Mark]) -> Vec<Silence> {
    let dated: Vec<(&Mark, Time)> =
        marks.iter().filter_map(|mark| Some((mark, mark.published_at?))).collect();
    let waits: Vec<Duration> = dated.windows(2).map(|pair| pair[1].1.since(pair[0].1)).collect();
    let mut found = Vec::new();
    for (at, wait) in waits.iter().enumerate() {
        let Some(usual) = rhythm(&waits, at) else { continue };
        let (before, after) = (dated[at], dated[at + 1]);
        if *wait >= usual.mul_f64(UNUSUAL).max(usual + LEAST) && !runs_on(before.0, after.0) {
            found.push(Silence {
                after: before.0.title.clone(),
                from: before.1,
                until: after.1,
                days: wait.as_secs() / 86_400,
                usual_days: (usual.as_secs_f64() / 8_640.0).round() / 10.0,
            });
        }
    }
    found
}

/// The middle one of the waits around one of them.
fn rhythm(waits: &[Duration], at: usize) -> Option<Duration> {
    let around = at.saturating_sub(WINDOW / 2)..waits.len().min(at + WINDOW / 2 + 1);
    let mut others: Vec<Duration> = around.filter(|other| *other != at).map(|other| waits[other]).collect();
    others.sort_unstable();
    (others.len() >= FEWEST).then(|| others[others.len() / 2])
}

/// Numbers that follow each other say that nothing is missing between two episodes.
fn runs_on(before: &Mark, after: &Mark) -> bool {
    let next_season = before.season.zip(after.season).is_some_and(|(was, is)| is == was + 1);
    match (before.number, after.number) {
        (Some(_), Some(1)) if next_season => true,
        (Some(was), Some(is)) => is == was + 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(day: i64, number: Option<i64>, season: Option<i64>) -> Mark {
        let published_at = Time::from_unix(1_500_000_000 + day * 86_400);
        Mark { title: Some(format!("day {day}")), number, season, published_at }
    }

    fn weekly(weeks: impl Iterator<Item = i64>) -> Vec<Mark> {
        weeks.map(|week| mark(week * 7, None, None)).collect()
    }

    #[test]
    fn numbers_between_the_first_and_the_last_are_missed() {
        let numbers =
            |list: &[i64]| sequences(&list.iter().map(|n| mark(*n, Some(*n), None)).collect::<Vec<_>>());
        let want = Sequence { season: None, first: 3, last: 9, missing: vec![5, 6] };
        assert_eq!(numbers(&[3, 4, 7, 8, 9]), [want]);
        assert_eq!(numbers(&[]), []);
        let few = Sequence { season: None, first: 1, last: 13, missing: (3..13).collect() };
        assert_eq!(numbers(&[1, 2, 13]), [few], "more are missing than are there");
        assert_eq!(numbers(&[20_190_101, 20_190_215, 20_190_401]), [], "dates are no sequence");
    }

    #[test]
    fn seasons_that_count_anew_are_sequences_of_their_own() {
        let marks: Vec<_> =
            [(1, 1), (1, 2), (2, 1), (2, 3)].iter().map(|(s, n)| mark(*n, Some(*n), Some(*s))).collect();
        let missing: Vec<_> = sequences(&marks).into_iter().map(|s| (s.season, s.missing)).collect();
        assert_eq!(missing, [(Some(1), vec![]), (Some(2), vec![2])]);
        let through: Vec<_> =
            [(1, 1), (1, 2), (2, 4)].iter().map(|(s, n)| mark(*n, Some(*n), Some(*s))).collect();
        assert_eq!(sequences(&through), [Sequence { season: None, first: 1, last: 4, missing: vec![3] }]);
    }

    #[test]
    fn a_silence_is_long_for_the_rhythm_of_its_time() {
        let mut marks = weekly((0..10).chain(16..30));
        let days =
            |marks: &[Mark]| silences(marks).iter().map(|s| (s.days, s.usual_days)).collect::<Vec<_>>();
        assert_eq!(days(&marks), [(49, 7.0)]);
        // Numbers that run on say that it was a holiday.
        for (number, mark) in (1..).zip(&mut marks) {
            mark.number = Some(number);
        }
        assert_eq!(days(&marks), []);
        assert_eq!(days(&weekly(0..5)), [], "too few for a rhythm");
        let slower: Vec<_> =
            weekly(0..12).into_iter().chain((4..16).map(|month| mark(month * 30, None, None))).collect();
        assert_eq!(days(&slower), [], "a show that becomes monthly");
    }
}
