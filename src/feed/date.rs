//! Dates as feeds write them: RFC 2822, RFC 3339, and what people and programs make of those.
//!
//! A date is told if a person could tell it: the weekday is never believed, day and month must be in order or
//! told apart by a name, and a date that does not exist (`31 Jun`, `15:12:352`) is none.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::date_words::{Word, month, word, zone};
use crate::model::Time;

/// No honest date is longer (bytes); nested comments in longer ones have exhausted parsers.
const LONGEST: usize = 64;

/// A date read, with what had to be assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) at: Time,
    pub(super) assumed: Option<String>,
}

/// Reads a date; `None` if a person could not tell it either.
pub(super) fn read(raw: &str) -> Option<Date> {
    let raw = raw.trim();
    let end = raw
        .char_indices()
        .map(|(at, found)| at + found.len_utf8())
        .take_while(|end| *end <= LONGEST)
        .last()?;
    let text = without_comments(&raw[..end]);
    let parts = split(&text);
    iso(&parts).or_else(|| named(&parts)).or_else(|| numeric(&parts)).or_else(|| unix(&parts))
}

/// What a date is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A number and how many digits it is written with.
    Number(u32, usize),
    Word(String),
    /// A character between them that bears on their meaning: `:`, `-`, `/`, `.`, `+`, `,`.
    Mark(char),
    Space,
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|found| {
            depth += usize::from(*found == '(');
            let keep = depth == 0;
            depth -= usize::from(*found == ')' && depth > 0);
            keep && *found != ')'
        })
        .collect()
}

fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let class = |found: char| match found {
            '0'..='9' => 0,
            _ if found.is_alphabetic() => 1,
            _ if found.is_whitespace() => 2,
            _ => 3,
        };
        let end = match class(first) {
            3 => first.len_utf8(),
            kind => rest.find(|found| class(found) != kind).unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(end);
        parts.push(match class(first) {
            0 => Part::Number(piece.parse().unwrap_or(u32::MAX), piece.len()),
            1 => Part::Word(piece.to_lowercase()),
            2 => Part::Space,
            _ => Part::Mark(first),
        });
        rest = after;
    }
    parts
}

/// `2019-04-19T08:00:00Z`, `2019/04/19`, `2019-04-19 08:00 +0200`, `20190419T080000Z`.
fn iso(parts: &[Part]) -> Option<Date> {
    use Part::{Mark, Number, Word};
    let (year, month, day, rest) = match parts {
        [
            Number(year, 4),
            Mark(a @ ('-' | '/' | '.')),
            Number(month, 1 | 2),
            Mark(b),
            Number(day, 1 | 2),
            rest @ ..,
        ] if a == b => (*year, *month, *day, rest),
        [Number(date, 8), rest @ ..] => (date / 10_000, date / 100 % 100, date % 100, rest),
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let rest = match rest {
        [Word(t), rest @ ..] if t == "t" => rest,
        rest => rest,
    };
    match rest {
        [Number(time, 6), rest @ ..] => {
            finish(date, Clock::of(time / 10_000, time / 100 % 100, time % 100)?, rest)
        }
        [Number(time, 4), rest @ ..] => finish(date, Clock::of(time / 100, time % 100, 0)?, rest),
        _ => with_time(date, rest),
    }
}

/// `Fri, 19 Apr 2019 08:00:00 GMT`, `April 19th, 2019`, `Fri Apr 19 08:00:00 2019`, `19-Apr-19 8:00 PM`.
fn named(parts: &[Part]) -> Option<Date> {
    let named_month = |part: &Part| match part {
        Part::Word(name) => month(name),
        _ => None,
    };
    // The last of the words that may be one: Spanish `mar` before it is Tuesday.
    let (at, month) =
        parts.iter().enumerate().filter_map(|(at, part)| Some((at, named_month(part)?))).next_back()?;
    let clock_at = clock_position(parts);
    let numbers = parts.iter().enumerate().filter_map(|(at, part)| match part {
        Part::Number(value, digits) => Some((at, *value, *digits)),
        _ => None,
    });
    let numbers: Vec<_> =
        numbers.filter(|(at, ..)| clock_at.as_ref().is_none_or(|clock| !clock.contains(at))).collect();
    let before = numbers.iter().rev().find(|(place, _, digits)| *place < at && *digits <= 2);
    let mut after = numbers.iter().filter(|(place, ..)| *place > at);
    let (day, year) = match before {
        Some(day) if numbers.iter().any(|(place, _, digits)| *place > at && *digits >= 2) => {
            (day, after.next()?)
        }
        _ => {
            let day = after.find(|(_, _, digits)| *digits <= 2)?;
            (day, after.find(|(_, _, digits)| *digits == 4 || *digits == 2)?)
        }
    };
    if numbers.iter().any(|(place, _, digits)| *place < at && *digits > 2) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(full_year(year.1, year.2)?, month, day.1)?;
    let last = [at, day.0, year.0].into_iter().max()?;
    match clock_at {
        Some(clock) if clock.start < last => {
            // The time stands before the year: what follows it is the zone, unless that follows the year.
            let between: Vec<Part> =
                parts[clock.start..year.0.max(clock.end)].iter().chain(&parts[last + 1..]).cloned().collect();
            with_time(date, &between)
        }
        _ => with_time(date, &parts[last + 1..]),
    }
}

/// `19.04.2019 08:00`, `04/19/2019`: only where the order of day and month is beyond doubt.
fn numeric(parts: &[Part]) -> Option<Date> {
    use Part::{Mark, Number};
    let start = parts.iter().position(|part| matches!(part, Number(..)))?;
    let [Number(a, 1 | 2), Mark(first), Number(b, 1 | 2), Mark(second), Number(year, digits @ 4), rest @ ..] =
        &parts[start..]
    else {
        return None;
    };
    let (day, month) = match first {
        _ if first != second => return None,
        '.' => (*a, *b),
        _ if *a > 12 || a == b => (*a, *b),
        _ if *b > 12 => (*b, *a),
        _ => return None,
    };
    with_time(NaiveDate::from_ymd_opt(full_year(*year, *digits)?, month, day)?, rest)
}

/// Seconds since 1970, in this century.
fn unix(parts: &[Part]) -> Option<Date> {
    match parts {
        [Part::Number(seconds @ 1_000_000_000.., 10)] => Some(Date {
            at: Time::from_unix(i64::from(*seconds))?,
            assumed: Some("a bare number was read as seconds since 1970".to_owned()),
        }),
        _ => None,
    }
}

fn full_year(value: u32, digits: usize) -> Option<i32> {
    let year = match digits {
        4 => value,
        // As feedparser has it: podcasts of the nineties are met, of the eighties not.
        2 if value < 90 => 2000 + value,
        2 => 1900 + value,
        _ => return None,
    };
    i32::try_from(year).ok()
}

/// A time of day; `next_day` for `24:00`.
#[derive(Debug, Clone, Copy)]
struct Clock {
    time: NaiveTime,
    next_day: bool,
}

impl Clock {
    fn of(hour: u32, minute: u32, second: u32) -> Option<Self> {
        let next_day = (hour, minute, second) == (24, 0, 0);
        let hour = if next_day { 0 } else { hour };
        // A leap second is the last second of its minute to everything that follows.
        let time = NaiveTime::from_hms_opt(hour, minute, if second == 60 { 59 } else { second })?;
        Some(Self { time, next_day })
    }
}

/// Where `8:00` or `08:00:00` stands.
fn clock_position(parts: &[Part]) -> Option<std::ops::Range<usize>> {
    // `012:31` is met, and can only be meant for 12:31.
    let is_pair = |at: usize| {
        matches!(
            parts.get(at..at + 3),
            Some([Part::Number(_, 1 | 2) | Part::Number(0..=24, 3), Part::Mark(':'), Part::Number(..)])
        )
    };
    let start = (0..parts.len()).find(|at| is_pair(*at))?;
    let mut end = start + 3;
    while matches!(parts.get(end..end + 2), Some([Part::Mark(':' | '.'), Part::Number(..)])) {
        end += 2;
    }
    Some(start..end)
}

/// Finishes a date with the time and zone in `rest`; midnight UTC where there is none.
fn with_time(date: NaiveDate, rest: &[Part]) -> Option<Date> {
    let Some(span) = clock_position(rest) else {
        let stray = rest.iter().any(|part| matches!(part, Part::Number(..)));
        let midnight = Clock { time: NaiveTime::MIN, next_day: false };
        return if stray { None } else { finish(date, midnight, rest) };
    };
    let numbers: Vec<_> = rest[span.clone()]
        .iter()
        .filter_map(|part| match part {
            Part::Number(value, digits) => Some((*value, *digits)),
            _ => None,
        })
        .collect();
    let fraction = |at: usize| rest.get(at) == Some(&Part::Mark('.'));
    let (hour, minute) = (numbers.first()?.0, numbers.get(1)?.0);
    let second = numbers.get(2).filter(|_| !fraction(span.start + 3));
    if numbers[1].1 > 2 || second.is_some_and(|(_, digits)| *digits > 2) {
        return None;
    }
    let hour = half_of_day(hour, &rest[span.end..])?;
    finish(date, Clock::of(hour, minute, second.map_or(0, |(value, _)| *value))?, &rest[span.end..])
}

/// The hour, given what `AM` or `PM` may follow.
fn half_of_day(hour: u32, rest: &[Part]) -> Option<u32> {
    let said = rest.iter().find_map(|part| match part {
        Part::Word(word) => Some(word.as_str()),
        _ => None,
    });
    match said {
        Some("am" | "a") if hour == 12 => Some(0),
        Some("pm" | "p") if hour < 12 => Some(hour + 12),
        Some("pm" | "p" | "am") if hour > 12 => None,
        _ => Some(hour),
    }
}

/// Puts date, time and the zone that `rest` names together.
fn finish(date: NaiveDate, clock: Clock, rest: &[Part]) -> Option<Date> {
    let (minutes, assumed) = offset(rest, date);
    let local = NaiveDateTime::new(date, clock.time) + TimeDelta::days(i64::from(clock.next_day));
    let utc = local.checked_sub_signed(TimeDelta::minutes(minutes))?;
    Some(Date { at: Time::from_unix(utc.and_utc().timestamp())?, assumed })
}

/// The zone, in minutes east of Greenwich: a number if there is one, else a name.
fn offset(rest: &[Part], date: NaiveDate) -> (i64, Option<String>) {
    use Part::{Mark, Number};
    for (at, part) in rest.iter().enumerate() {
        let sign = match part {
            Mark('+') => 1,
            Mark('-' | '−') => -1,
            _ => continue,
        };
        let east = match &rest[at + 1..] {
            [Number(hours, 1 | 2), Mark(':'), Number(minutes, 2), ..] => hours * 60 + minutes,
            [Number(hours, 1 | 2), ..] => hours * 60,
            [Number(both, 3 | 4), ..] => both / 100 * 60 + both % 100,
            _ => continue,
        };
        // No place on Earth is further from Greenwich than 14 hours; 24 leaves room for `+1800`-like slips.
        if east <= 24 * 60 {
            return (sign * i64::from(east), None);
        }
        return (0, Some("the zone is impossible: UTC was assumed".to_owned()));
    }
    let mut names = rest.iter().filter_map(|part| match part {
        Part::Word(name) if !matches!(word(name), Some(Word::Filler)) => Some(name),
        _ => None,
    });
    match names.next() {
        None => (0, None),
        Some(name) => match zone(name, date) {
            Some(minutes) => (minutes, None),
            None => (0, Some(format!("the zone {name:?} is unknown: UTC was assumed"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_a_person_could_tell() {
        for (raw, want) in [
            ("Fri, 19 Apr 2019 08:00:00 +0000", "2019-04-19T08:00:00Z"),
            ("Fri, 19 Apr 2019 08:00:00 -0800", "2019-04-19T16:00:00Z"),
            ("Mon, 19 Apr 2019 08:00 GMT", "2019-04-19T08:00:00Z"),
            ("19 Apr 2019 08:00:00 PST", "2019-04-19T16:00:00Z"),
            ("Fri, 19 April 2019 8:00:00 EDT", "2019-04-19T12:00:00Z"),
            ("Fri, 19 Apr 2019 08:00:00 +0200 EST", "2019-04-19T06:00:00Z"),
            ("Fri, 19 Apr 2019 08:00:00 GMT+2", "2019-04-19T06:00:00Z"),
            ("Fri, 19 Apr 2019 08:00:00 CEST", "2019-04-19T06:00:00Z"),
            ("Fri, 19 Apr 2019 08:00:00 BST", "2019-04-19T07:00:00Z"),
            ("Fri, 19 Apr 2019 08:00:00 ET", "2019-04-19T12:00:00Z"),
            ("Sat, 19 Jan 2019 08:00:00 ET", "2019-01-19T13:00:00Z"),
            ("Fri, 19 Apr 2019 012:31:50 GMT", "2019-04-19T12:31:50Z"),
            ("Fri, 19 Apr 2019 24:00:00 GMT", "2019-04-20T00:00:00Z"),
            ("Fri, 19 Apr 19 08:00:00 GMT", "2019-04-19T08:00:00Z"),
            ("Fri, 19 Apr 2019", "2019-04-19T00:00:00Z"),
            ("April 19th, 2019", "2019-04-19T00:00:00Z"),
            ("Apr 19, 2019 8:05 PM", "2019-04-19T20:05:00Z"),
            ("Fri Apr 19 08:00:00 2019", "2019-04-19T08:00:00Z"),
            ("Fri Apr 19 08:00:00 PDT 2019", "2019-04-19T15:00:00Z"),
            ("19-Apr-2019 08:00:00 GMT", "2019-04-19T08:00:00Z"),
            ("Fr, 19 Mai 2019 08:00:00 +0200", "2019-05-19T06:00:00Z"),
            ("mar, 19 abr 2019 08:00:00 +0000", "2019-04-19T08:00:00Z"),
            ("пт, 19 апр 2019 08:00:00 +0300", "2019-04-19T05:00:00Z"),
            ("Fri, 19 Apr 2019 08:00:00 (a (nested) comment) +0100", "2019-04-19T07:00:00Z"),
            ("2019-04-19T08:00:00Z", "2019-04-19T08:00:00Z"),
            ("2019-04-19T08:00:00.123+02:00", "2019-04-19T06:00:00Z"),
            ("2019-04-19T08:00-05:00", "2019-04-19T13:00:00Z"),
            ("2019-04-19 08:00:00", "2019-04-19T08:00:00Z"),
            ("2019-04-19", "2019-04-19T00:00:00Z"),
            ("2019/04/19", "2019-04-19T00:00:00Z"),
            ("20190419T080000Z", "2019-04-19T08:00:00Z"),
            ("19.04.2019 08:00", "2019-04-19T08:00:00Z"),
            ("04/19/2019", "2019-04-19T00:00:00Z"),
            ("1555660800", "2019-04-19T08:00:00Z"),
        ] {
            assert_eq!(read(raw).map(|date| date.at.to_string()).as_deref(), Some(want), "{raw}");
        }
    }

    #[test]
    fn no_date_is_made_up() {
        for raw in [
            "",
            "soon",
            "Thu, 118 Jun 2015 14:30:25 +0200",
            "Sun, 28 Apr 2013 15:12:352 CST",
            "31 Jun 2015 08:00:00 GMT",
            "Sat, 07 Mar 2009 24:28:20 CST",
            "04/05/2019",
            "2019-13-01",
            "0000-00-00",
            "Mon, 00 Jan 0000 00:00:00 GMT",
            "12345",
            "99999999999999999999",
            "Fri, 19 Apr",
            "Apr 2019",
            "08:00:00",
            "2019-04-19T25:00:00Z",
            "-",
            "::::",
        ] {
            assert_eq!(read(raw), None, "{raw}");
        }
        read(&"(".repeat(100_000));
        assert!(read("Fri, 19 Apr 2019 08:00:00 XYZT").unwrap().assumed.is_some());
    }
}
