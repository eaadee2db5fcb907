//! The day in a date.

use chrono::{Datelike, NaiveDate, Weekday};

use super::parts::{Part, is_mark, number, past_space, take, word};
use super::words::{month, weekday};

/// Years that an episode may be of; programs write the years 1 and 9999 for want of one.
pub(super) const YEARS: std::ops::RangeInclusive<u64> = 1800..=2199;

/// A day, where it ended, and what had to be assumed.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    pub(super) end: usize,
    pub(super) assumed: Option<String>,
}

/// A form that stands in a text: the places that say it, and the day if one can be told.
struct Found {
    date: Option<NaiveDate>,
    places: Vec<usize>,
    assumed: Option<String>,
}

impl Found {
    fn at(places: impl IntoIterator<Item = usize>, date: Option<NaiveDate>) -> Self {
        Self { date, places: places.into_iter().collect(), assumed: None }
    }

    fn assuming(self, assumed: Option<&str>) -> Self {
        Self { assumed: assumed.map(str::to_owned), ..self }
    }
}

/// Takes the day out of a date. `is_american`: the rest of the date says that the month stands first.
pub(super) fn take_day(parts: &mut [Part], is_american: bool) -> Option<Day> {
    let found = year_first(parts)
        .or_else(|| year_last(parts, is_american))
        .or_else(|| week_or_ordinal(parts))
        .or_else(|| compact(parts))
        .or_else(|| named(parts))
        .or_else(|| short_year(parts))
        .or_else(|| spaced(parts))?;
    let (date, end) = (found.date?, found.places.iter().max()? + 1);
    take(parts, found.places);
    Some(Day { date, end, assumed: found.assumed })
}

fn day_of(year: u64, month: u64, day: u64) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|_| YEARS.contains(&year))?;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// Three numbers with the same mark between them.
struct Triple {
    numbers: [(u64, usize); 3],
    mark: char,
    end: usize,
}

fn triple(parts: &[Part], at: usize) -> Option<Triple> {
    let joined = |at: usize| {
        let mark_at = past_space(parts, at + 1);
        match parts.get(mark_at) {
            Some(Part::Mark(mark @ ('-' | '/' | '.'))) => Some((*mark, past_space(parts, mark_at + 1))),
            _ => None,
        }
    };
    let first = number(parts, at)?;
    let (mark, second_at) = joined(at)?;
    let second = number(parts, second_at)?;
    let (_, third_at) = joined(second_at).filter(|(other, _)| *other == mark)?;
    Some(Triple { numbers: [first, second, number(parts, third_at)?], mark, end: third_at + 1 })
}

/// `2019-04-19`, `2019/4/19`, `2019. 04. 19.`; `2019-004-19` as Google wrote it.
fn year_first(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let Triple { numbers, end, .. } = triple(parts, at)?;
        match numbers {
            [(year, 4), (month, 1 | 2) | (month @ 0..=12, 3), (day, 1 | 2)] => {
                Some(Found::at(at..end, day_of(year, month, day)))
            }
            _ => None,
        }
    })
}

/// `19.04.2019`, `04/19/2019`. Points stand behind days. Of `04/05/2019` the month is first if it is American or
/// the weekday says so, and no date else.
fn year_last(parts: &[Part], is_american: bool) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let Triple { numbers, mark, end } = triple(parts, at)?;
        let [(a, 1 | 2), (b, 1 | 2), (year, 4)] = numbers else { return None };
        let (date, assumed) = if b > 12 {
            (day_of(year, a, b), None)
        } else if a > 12 || a == b || mark == '.' {
            (day_of(year, b, a), None)
        } else {
            told_apart(parts, day_of(year, b, a), day_of(year, a, b), is_american)
        };
        Some(Found::at(at..end, date).assuming(assumed))
    })
}

/// The day that agrees with the weekday if only one does, else the American one where that is known.
fn told_apart(
    parts: &[Part],
    day_first: Option<NaiveDate>,
    month_first: Option<NaiveDate>,
    is_american: bool,
) -> (Option<NaiveDate>, Option<&'static str>) {
    let named = (0..parts.len()).find_map(|at| weekday(word(parts, at)?));
    let agrees = |date: Option<NaiveDate>| date.filter(|date| Some(date.weekday()) == named);
    match (agrees(day_first), agrees(month_first)) {
        (Some(date), None) | (None, Some(date)) => {
            (Some(date), Some("day and month were told apart by the weekday"))
        }
        _ if is_american => (month_first, Some("the month was taken to stand first")),
        _ => (None, None),
    }
}

/// `2019-W16-5` and `2019-109` (ISO 8601).
fn week_or_ordinal(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let (year, _) = number(parts, at).filter(|(year, digits)| *digits == 4 && YEARS.contains(year))?;
        let year = i32::try_from(year).ok()?;
        if let Some((ordinal, 3)) = number(parts, at + 2).filter(|_| is_mark(parts, at + 1, '-')) {
            return Some(Found::at(at..at + 3, NaiveDate::from_yo_opt(year, u32::try_from(ordinal).ok()?)));
        }
        let (week, day, end) = week_and_day(parts, at + 1)?;
        let day = Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
        Some(Found::at(at..end, NaiveDate::from_isoywd_opt(year, u32::try_from(week).ok()?, day)))
    })
}

/// `-W16-5` or `W165`: the week, its day, and their end.
fn week_and_day(parts: &[Part], at: usize) -> Option<(u64, u64, usize)> {
    let past_dash = |at: usize| if is_mark(parts, at, '-') { at + 1 } else { at };
    let at = past_dash(at);
    word(parts, at).filter(|word| *word == "w")?;
    match number(parts, at + 1)? {
        (both, 3) => Some((both / 10, both % 10, at + 2)),
        (week, 2) => {
            let day_at = past_dash(at + 2);
            let (day, _) = number(parts, day_at).filter(|(_, digits)| *digits == 1)?;
            Some((week, day, day_at + 1))
        }
        _ => None,
    }
}

/// `20190419`.
fn compact(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let (date, _) = number(parts, at).filter(|(_, digits)| *digits == 8)?;
        Some(Found::at([at], day_of(date / 10_000, date / 100 % 100, date % 100)))
    })
}

/// `Fri, 19 Apr 2019`, `April 19th, 2019`, `2019 April 19`, `Fri Apr 19 08:00:00 2019` without its time.
fn named(parts: &[Part]) -> Option<Found> {
    // The last of the words that may be one: Spanish `mar` before it is Tuesday.
    let (month_at, month) =
        (0..parts.len()).rev().find_map(|at| Some((at, word(parts, at).and_then(month)?)))?;
    let numbers: Vec<_> = (0..parts.len())
        .filter_map(|at| number(parts, at).map(|(value, digits)| (at, value, digits)))
        .collect();
    let (first, last, day, year) = day_and_year(&numbers, month_at)?;
    // Of `19-20 Apr 2019` no one day can be told, nor of `19 Apr 2019, again 20 Apr 2019`.
    let earlier = || numbers.iter().take_while(|(at, ..)| *at < first);
    let is_second = earlier().any(|(_, _, digits)| *digits == 4);
    let is_range = earlier().count() > 0 && ends_a_range(parts, first);
    let date = if is_second || is_range { None } else { day_of(year, u64::from(month), day) };
    Some(Found::at([first, month_at, last], date))
}

/// Of numbers (place, value, digits) the neighbours that are day and year: their places, and what they say.
fn day_and_year(numbers: &[(usize, u64, usize)], month_at: usize) -> Option<(usize, usize, u64, u64)> {
    let is_year = |value: u64, digits: usize| digits == 4 && YEARS.contains(&value);
    let whole = numbers.windows(2).find_map(|pair| match *pair {
        [_, (at, ..)] if at < month_at => None,
        [(first, day, 1 | 2), (last, year, digits)] if is_year(year, digits) => {
            Some((first, last, day, year))
        }
        [(first, year, digits), (last, day, 1 | 2)] if is_year(year, digits) => {
            Some((first, last, day, year))
        }
        _ => None,
    });
    whole.or_else(|| match *numbers {
        [(first, day, 1 | 2), (last, year, 2)] if last > month_at => {
            Some((first, last, day, full_year(year)))
        }
        _ => None,
    })
}

/// Does the number at `at` follow another one?
fn ends_a_range(parts: &[Part], at: usize) -> bool {
    let mut before = parts.iter().take(at).rev().filter(|part| **part != Part::Space);
    matches!(before.next(), Some(Part::Mark('-' | '/' | '+' | '&' | ',') | Part::Number(..)))
}

/// As feedparser has it: podcasts of the nineties are met, of the eighties not.
fn full_year(year: u64) -> u64 {
    if year < 90 { 2000 + year } else { 1900 + year }
}

/// `10/30/23`, `30.10.23`: only what can be no other day, or is written with points.
fn short_year(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let Triple { numbers, mark, end } = triple(parts, at)?;
        let [(a, 1 | 2), (b, 1 | 2), (c, 2)] = numbers else { return None };
        let (date, assumed) = match (a, b, c) {
            (1..=12, 13..=31, _) => (day_of(full_year(c), a, b), None),
            (1..=31, 1..=12, 0 | 32..) => (day_of(full_year(c), b, a), None),
            (0 | 32.., 1..=12, 1..=31) => (day_of(full_year(a), b, c), None),
            _ if mark == '.' => (day_of(full_year(c), b, a), Some("the year was taken to stand last")),
            _ => (None, None),
        };
        Some(Found::at(at..end, date).assuming(assumed))
    })
}

/// `2019 04 19`, `19 04 2019`.
fn spaced(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let [first, Part::Space, second, Part::Space, third, ..] = parts.get(at..)? else { return None };
        let (Part::Number(a, first), Part::Number(b, 1 | 2), Part::Number(c, last)) = (first, second, third)
        else {
            return None;
        };
        let (date, assumed) = match (first, last) {
            (4, 1 | 2) => (day_of(*a, *b, *c), None),
            (1 | 2, 4) if *a > 12 || a == b => (day_of(*c, *b, *a), None),
            (1 | 2, 4) if *b > 12 => (day_of(*c, *a, *b), None),
            (1 | 2, 4) => told_apart(parts, day_of(*c, *b, *a), day_of(*c, *a, *b), false),
            _ => return None,
        };
        Some(Found::at(at..at + 5, date).assuming(assumed))
    })
}
