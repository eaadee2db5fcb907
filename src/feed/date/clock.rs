//! The time of day in a date.

use chrono::NaiveTime;

use super::parts::{Part, is_mark, number, past_space, take, word};

/// A time of day; `next_day` for `24:00`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) time: NaiveTime,
    pub(super) next_day: bool,
    /// Said with `am` or `pm`.
    pub(super) is_halved: bool,
}

impl Clock {
    pub(super) const MIDNIGHT: Self = Self { time: NaiveTime::MIN, next_day: false, is_halved: false };

    fn of(hour: u64, minute: u64, second: u64) -> Option<Self> {
        let next_day = (hour, minute, second) == (24, 0, 0);
        let hour = if next_day { 0 } else { hour };
        // A leap second is the last second of its minute to everything that follows.
        let second = if second == 60 { 59 } else { second };
        let [hour, minute, second] = [hour, minute, second].map(|value| u32::try_from(value).ok());
        Some(Self { time: NaiveTime::from_hms_opt(hour?, minute?, second?)?, next_day, is_halved: false })
    }

    /// `0800` or `080000`, or an hour.
    fn compact(value: u64, digits: usize) -> Option<Self> {
        match digits {
            6 => Self::of(value / 10_000, value / 100 % 100, value % 100),
            4 => Self::of(value / 100, value % 100, 0),
            2 => Self::of(value, 0, 0),
            _ => None,
        }
    }
}

/// A time was written, and there is none such.
#[derive(Debug)]
pub(super) struct Impossible;

/// Takes `8:00`, `08:00:00.5`, `8:00 PM`, `8pm`, `20h30`, `T0800` out of a date, with the place behind it.
pub(super) fn take_clock(parts: &mut [Part]) -> Result<Option<(Clock, usize)>, Impossible> {
    let Some((start, read)) = colons(parts).or_else(|| behind_t(parts)).or_else(|| united(parts)) else {
        return Ok(None);
    };
    let (clock, end) = read.ok_or(Impossible)?;
    take(parts, start..end);
    Ok(Some((clock, end)))
}

/// Where a time begins, and if there is such a time, it and its end.
type Found = (usize, Option<(Clock, usize)>);

/// The first time with colons; of `2006-01-02 00:00:00.0 15:04:05.0` the second.
fn colons(parts: &[Part]) -> Option<Found> {
    let mut starts = (0..parts.len()).filter(|at| is_pair(parts, *at));
    let first = starts.next()?;
    let end = end_of_clock(parts, first);
    let is_midnight = (first..end).all(|at| matches!(number(parts, at), None | Some((0, _))));
    let second = starts.find(|at| *at >= end).filter(|_| is_midnight);
    Some((first, with_colons(parts, second.unwrap_or(first))))
}

/// `T0800` behind a number.
fn behind_t(parts: &[Part]) -> Option<Found> {
    let is_t = |at: &usize| word(parts, *at) == Some("t") && number(parts, at + 1).is_some();
    let t = (1..parts.len()).find(|at| is_t(at) && number(parts, at - 1).is_some())?;
    let has_fraction = is_mark(parts, t + 2, '.') && number(parts, t + 3).is_some();
    let end = if has_fraction { t + 4 } else { t + 2 };
    let digits = number(parts, t + 1).filter(|_| !is_mark(parts, t + 2, ':'));
    let clock = digits.and_then(|(value, digits)| Clock::compact(value, digits));
    Some((t, clock.map(|clock| (clock, end))))
}

/// The first time with `am`, `pm` or the word for hours.
fn united(parts: &[Part]) -> Option<Found> {
    (0..parts.len()).find_map(|at| Some((at, with_unit(parts, at)?)))
}

/// Takes a time that only the day before it shows to be one: `19 Apr 2019 0800`, `19.4.2019 20.30`,
/// `2 Jan 2006 15 -0700`.
pub(super) fn take_late(parts: &mut [Part], has_zone: bool) -> Option<(Clock, usize)> {
    let start = (0..parts.len()).find(|at| number(parts, *at).is_some())?;
    let before = parts.iter().take(start).rev().find(|part| !says_nothing(part));
    if before != Some(&Part::Taken) {
        return None;
    }
    let (value, digits) = number(parts, start)?;
    let dotted = |at| number(parts, at + 1).filter(|(_, digits)| is_mark(parts, at, '.') && *digits == 2);
    let is_before_zone = has_zone && parts.get(past_space(parts, start + 1)) == Some(&Part::Taken);
    let (clock, end) = match (digits, dotted(start + 1), dotted(start + 3)) {
        (1 | 2, Some((minute, _)), Some((second, _))) => (Clock::of(value, minute, second)?, start + 5),
        (1 | 2, Some((minute, _)), None) => (Clock::of(value, minute, 0)?, start + 3),
        (2, None, _) if is_before_zone => (Clock::compact(value, digits)?, start + 1),
        (4 | 6, None, _) => (Clock::compact(value, digits)?, start + 1),
        _ => return None,
    };
    take(parts, start..end);
    Some((clock, end))
}

/// May this stand between a day and its time?
fn says_nothing(part: &Part) -> bool {
    match part {
        Part::Space | Part::Mark(',' | '.') => true,
        Part::Word(word) => matches!(word.as_str(), "kl" | "klo" | "at" | "um"),
        _ => false,
    }
}

/// Do an hour and its minutes stand here? `012:31` is met, and can only be meant for 12:31.
fn is_pair(parts: &[Part], at: usize) -> bool {
    let is_hour = matches!(number(parts, at), Some((_, 1 | 2) | (0..=24, 3)));
    is_hour && is_mark(parts, at + 1, ':') && number(parts, at + 2).is_some()
}

fn end_of_clock(parts: &[Part], start: usize) -> usize {
    let mut end = start + 1;
    let goes_on = |end: usize, mark| is_mark(parts, end, mark) && number(parts, end + 1).is_some();
    while goes_on(end, ':') {
        end += 2;
    }
    // A comma is a point only behind seconds: `08:00, 19 Apr`.
    if goes_on(end, '.') || goes_on(end, ',') && end >= start + 5 { end + 2 } else { end }
}

/// The time at `start` and its end. A fourth number is a fraction of the second.
fn with_colons(parts: &[Part], start: usize) -> Option<(Clock, usize)> {
    let end = end_of_clock(parts, start);
    let colons: Vec<_> = (start..end)
        .step_by(2)
        .take_while(|at| *at == start || is_mark(parts, at - 1, ':'))
        .filter_map(|at| number(parts, at))
        .collect();
    let (hour, minute, second) = match colons.as_slice() {
        [(hour, _), (minute, 1 | 2)] => (*hour, *minute, 0),
        [(hour, _), (minute, 1 | 2), (second, 1 | 2), rest @ ..] if rest.len() <= 1 => {
            (*hour, *minute, *second)
        }
        _ => return None,
    };
    halved(parts, end, hour, minute, second)
}

/// `8 PM`, `8pm`, `8.30 p.m.`, `20h`, `20h30`, `20 Uhr 30`, `20.30 Uhr`: a time without colons at `start`.
#[expect(clippy::option_option, reason = "no time, a time that does not exist, and one that does")]
fn with_unit(parts: &[Part], start: usize) -> Option<Option<(Clock, usize)>> {
    let (hour, _) = number(parts, start).filter(|(_, digits)| *digits <= 2)?;
    let dotted =
        number(parts, start + 2).filter(|(_, digits)| is_mark(parts, start + 1, '.') && *digits == 2);
    let (minute, end) = dotted.map_or((0, start + 1), |(minute, _)| (minute, start + 3));
    let unit = past_space(parts, end);
    match word(parts, unit)? {
        "am" | "pm" => Some(halved(parts, end, hour, minute, 0)),
        "a" | "p" if is_mark(parts, unit + 1, '.') => Some(halved(parts, end, hour, minute, 0)),
        "h" | "uhr" | "hs" if dotted.is_some() => {
            Some(Clock::of(hour, minute, 0).map(|clock| (clock, unit + 1)))
        }
        "h" | "uhr" | "hs" => {
            let after = past_space(parts, unit + 1);
            match number(parts, after) {
                Some((minute, 2)) => Some(Clock::of(hour, minute, 0).map(|clock| (clock, after + 1))),
                _ => Some(Clock::of(hour, 0, 0).map(|clock| (clock, unit + 1))),
            }
        }
        _ => None,
    }
}

/// The time, given what `AM` or `PM` may follow at `end`.
fn halved(parts: &[Part], end: usize, hour: u64, minute: u64, second: u64) -> Option<(Clock, usize)> {
    let at = past_space(parts, end);
    let is_said = |name: &str| parts.iter().any(|part| matches!(part, Part::Word(word) if word == name));
    let half = match word(parts, at) {
        Some("am" | "a" | "πμ" | "π") => Some((false, end_of_half(parts, at))),
        Some("pm" | "p" | "μμ" | "μ") => Some((true, end_of_half(parts, at))),
        _ if is_said("antemeridiem") => Some((false, end)),
        _ if is_said("postmeridiem") => Some((true, end)),
        _ => None,
    };
    let hour = match half {
        Some((false, _)) if hour == 12 => 0,
        Some((false, _)) if hour > 12 => return None,
        Some((true, _)) if hour < 12 => hour + 12,
        Some((true, _)) if hour > 23 => return None,
        // `15:30 PM` says one thing twice.
        _ => hour,
    };
    let clock = Clock { is_halved: half.is_some(), ..Clock::of(hour, minute, second)? };
    Some((clock, half.map_or(end, |(_, end)| end)))
}

/// Where `am`, `a.m.` or `p. m.` ends.
fn end_of_half(parts: &[Part], at: usize) -> usize {
    let dot = if is_mark(parts, at + 1, '.') { at + 2 } else { return at + 1 };
    let second = past_space(parts, dot);
    match word(parts, second) {
        Some("m" | "μ") if is_mark(parts, second + 1, '.') => second + 2,
        Some("m" | "μ") => second + 1,
        _ => dot,
    }
}
