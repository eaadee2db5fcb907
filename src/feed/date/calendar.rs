//! The day in a date.

use chrono::{Datelike, NaiveDate, Weekday};

use super::parts::{Part, is_mark, number, past_space, take, word};
use super::words::{month, weekday};

/// Years that an episode may be of; programs write the years 1 and 9999 for want of one.
const YEARS: std::ops::RangeInclusive<u64> = 1800..=2199;

/// A day, where it ended, and what had to be assumed.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    pub(super) end: usize,
    pub(super) assumed: Option<String>,
}

/// A form that stands in a text: what it says, if that can be told, the places that say it, what was assumed.
type Found = (Option<NaiveDate>, Vec<usize>, Option<String>);

/// Takes the day out of a date. `is_american`: the rest of the date says that the month stands first.
pub(super) fn take_day(parts: &mut [Part], is_american: bool) -> Option<Day> {
    let forms: [&dyn Fn(&[Part]) -> Option<Found>; 7] = [
        &year_first,
        &|parts| year_last(parts, is_american),
        &week_or_ordinal,
        &compact,
        &named,
        &|parts| short_year(parts),
        &spaced,
    ];
    let (date, places, assumed) = forms.iter().find_map(|form| form(parts))?;
    let (date, end) = (date?, places.iter().max()? + 1);
    places.iter().for_each(|at| take(parts, *at..at + 1));
    Some(Day { date, end, assumed })
}

fn day_of(year: u64, month: u64, day: u64) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|_| YEARS.contains(&year))?;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// Three numbers with the same mark between them, and their end.
fn triple(parts: &[Part], at: usize) -> Option<([(u64, usize); 3], char, usize)> {
    let mark_after = |at: usize| match parts.get(past_space(parts, at + 1)) {
        Some(Part::Mark(mark @ ('-' | '/' | '.'))) => {
            Some((*mark, past_space(parts, past_space(parts, at + 1) + 1)))
        }
        _ => None,
    };
    let first = number(parts, at)?;
    let (mark, second_at) = mark_after(at)?;
    let second = number(parts, second_at)?;
    let (other, third_at) = mark_after(second_at)?;
    let third = number(parts, third_at).filter(|_| mark == other)?;
    Some(([first, second, third], mark, third_at + 1))
}

/// `2019-04-19`, `2019/4/19`, `2019. 04. 19.`; `2019-004-19` as Google wrote it.
fn year_first(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| match triple(parts, at)? {
        ([(year, 4), (month, 1 | 2), (day, 1 | 2)], _, end) => {
            Some((day_of(year, month, day), (at..end).collect(), None))
        }
        ([(year, 4), (month @ 0..=12, 3), (day, 2)], _, end) => {
            Some((day_of(year, month, day), (at..end).collect(), None))
        }
        _ => None,
    })
}

/// `19.04.2019`, `04/19/2019`. Points stand behind days. Of `04/05/2019` the month is first if it is American or
/// the weekday says so, and no date else.
fn year_last(parts: &[Part], is_american: bool) -> Option<Found> {
    let (at, [a, b, year], mark, end) = (0..parts.len()).find_map(|at| match triple(parts, at)? {
        ([(a, 1 | 2), (b, 1 | 2), (year, 4)], mark, end) => Some((at, [a, b, year], mark, end)),
        _ => None,
    })?;
    let (date, assumed) = if b > 12 {
        (day_of(year, a, b), None)
    } else if a > 12 || a == b || mark == '.' {
        (day_of(year, b, a), None)
    } else {
        told_apart(parts, day_of(year, b, a), day_of(year, a, b), is_american)
    };
    Some((date, (at..end).collect(), assumed))
}

/// The day that agrees with the weekday if only one does, else the American one where that is known.
fn told_apart(
    parts: &[Part],
    day_first: Option<NaiveDate>,
    month_first: Option<NaiveDate>,
    is_american: bool,
) -> (Option<NaiveDate>, Option<String>) {
    let named = parts.iter().find_map(|part| match part {
        Part::Word(word) => weekday(word),
        _ => None,
    });
    let agrees = |date: Option<NaiveDate>| date.filter(|date| Some(date.weekday()) == named);
    match (agrees(day_first), agrees(month_first)) {
        (Some(date), None) | (None, Some(date)) => {
            (Some(date), Some("day and month were told apart by the weekday".to_owned()))
        }
        _ if is_american => (month_first, Some("the month was taken to stand first".to_owned())),
        _ => (None, None),
    }
}

/// `2019-W16-5` and `2019-109` (ISO 8601).
fn week_or_ordinal(parts: &[Part]) -> Option<Found> {
    let dashed = |at: usize| if is_mark(parts, at, '-') { at + 1 } else { at };
    (0..parts.len()).find_map(|at| {
        let (year, _) = number(parts, at).filter(|(year, digits)| *digits == 4 && YEARS.contains(year))?;
        let year = i32::try_from(year).ok()?;
        if let Some((ordinal, 3)) = number(parts, at + 2).filter(|_| is_mark(parts, at + 1, '-')) {
            return Some((
                NaiveDate::from_yo_opt(year, u32::try_from(ordinal).ok()?),
                (at..at + 3).collect(),
                None,
            ));
        }
        let week_at = dashed(at + 1) + 1;
        word(parts, week_at - 1).filter(|word| *word == "w")?;
        let (week, day, end) = match number(parts, week_at)? {
            (both, 3) => (both / 10, both % 10, week_at + 1),
            (week, 2) => (
                week,
                number(parts, dashed(week_at + 1)).filter(|(_, digits)| *digits == 1)?.0,
                dashed(week_at + 1) + 1,
            ),
            _ => return None,
        };
        let day = Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
        Some((NaiveDate::from_isoywd_opt(year, u32::try_from(week).ok()?, day), (at..end).collect(), None))
    })
}

/// `20190419`.
fn compact(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let (date, _) = number(parts, at).filter(|(_, digits)| *digits == 8)?;
        Some((day_of(date / 10_000, date / 100 % 100, date % 100), (at..at + 1).collect(), None))
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
    let is_year = |value: u64, digits: usize| digits == 4 && YEARS.contains(&value);
    let whole = numbers.windows(2).find_map(|pair| match *pair {
        _ if pair[1].0 < month_at => None,
        [(_, day, 1 | 2), (_, year, digits)] if is_year(year, digits) => Some((pair, day, year)),
        [(_, year, digits), (_, day, 1 | 2)] if is_year(year, digits) => Some((pair, day, year)),
        _ => None,
    });
    let found = whole.or_else(|| match *numbers.as_slice() {
        [(_, day, 1 | 2), (at, year, 2)] if at > month_at => Some((&numbers[..], day, full_year(year))),
        _ => None,
    });
    let (pair, day, year) = found?;
    let (first, last) = (pair.first()?.0, pair.last()?.0);
    // Of `19-20 Apr 2019` no one day can be told, nor of `19 Apr 2019, again 20 Apr 2019`.
    let earlier = || numbers.iter().take_while(|(at, ..)| *at < first);
    if earlier().any(|(_, _, digits)| *digits == 4) || earlier().count() > 0 && number_touches(parts, first) {
        return Some((None, Vec::new(), None));
    }
    Some((day_of(year, u64::from(month), day), vec![first, month_at, last], None))
}

/// Is the number at `at` the end of a range?
fn number_touches(parts: &[Part], at: usize) -> bool {
    let before = parts.get(..at).unwrap_or_default().iter().rev().find(|part| **part != Part::Space);
    matches!(before, Some(Part::Mark('-' | '/' | '+' | '&' | ',') | Part::Number(..)))
}

/// As feedparser has it: podcasts of the nineties are met, of the eighties not.
fn full_year(year: u64) -> u64 {
    if year < 90 { 2000 + year } else { 1900 + year }
}

/// `10/30/23`, `30.10.23`: only what can be no other day, or is written with points.
fn short_year(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let ([(a, 1 | 2), (b, 1 | 2), (c, 2)], mark, end) = triple(parts, at)? else { return None };
        let found = match (a, b, c) {
            (1..=12, 13..=31, _) => (day_of(full_year(c), a, b), None),
            (1..=31, 1..=12, 0 | 32..) => (day_of(full_year(c), b, a), None),
            (0 | 32.., 1..=12, 1..=31) => (day_of(full_year(a), b, c), None),
            _ if mark == '.' => {
                (day_of(full_year(c), b, a), Some("the year was taken to stand last".to_owned()))
            }
            _ => (None, None),
        };
        Some((found.0, (at..end).collect(), found.1))
    })
}

/// `2019 04 19`, `19 04 2019`.
fn spaced(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| {
        let [
            Part::Number(a, first),
            Part::Space,
            Part::Number(b, 1 | 2),
            Part::Space,
            Part::Number(c, last),
            ..,
        ] = parts.get(at..)?
        else {
            return None;
        };
        let range = (at..at + 5).collect();
        match (first, last) {
            (4, 1 | 2) => Some((day_of(*a, *b, *c), range, None)),
            (1 | 2, 4) if *a > 12 || a == b => Some((day_of(*c, *b, *a), range, None)),
            (1 | 2, 4) if *b > 12 => Some((day_of(*c, *a, *b), range, None)),
            (1 | 2, 4) => {
                let (date, assumed) = told_apart(parts, day_of(*c, *b, *a), day_of(*c, *a, *b), false);
                Some((date, range, assumed))
            }
            _ => None,
        }
    })
}
