//! Dates as feeds write them: RFC 2822, RFC 3339, and what people and programs make of those.
//!
//! A date is told if a person could tell it, and no date is invented:
//! - The weekday is never believed, save to tell `04/05` from `05/04` in numbers, which is remarked on. Else the
//!   month stands first in `04/05/2019` only if an American zone's name, or `am` or `pm` and no zone in the east,
//!   says whose habit it is; remarked on too.
//! - A day that does not exist (`31 Jun`), a time that does not (`15:12:352`, `24:28`), a month without a day and
//!   the years 1 and 9999 that programs write for want of one are no date.
//! - What names no zone is UTC, save Korean, whose writers live in one. An unknown zone is UTC and remarked on.
//!
//! The offset is taken out of the text first, then the time, then the day; each looks at what the others left.

mod calendar;
mod clock;
mod parts;
mod usual;
mod words;
mod zone;

use chrono::{NaiveDateTime, TimeDelta};

use crate::model::Time;
use calendar::Day;
use clock::Clock;
use parts::{Part, Text, number};
use zone::Zone;

/// A date read, with what had to be assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) at: Time,
    pub(super) assumed: Option<String>,
}

/// Reads a date; `None` if a person could not tell it either.
pub(super) fn read(raw: &str) -> Option<Date> {
    if let Some(at) = usual::read(raw.trim()) {
        return Some(Date { at, assumed: None });
    }
    let Text { mut parts, comments, is_cut, is_korean } = Text::of(raw);
    if let Some(date) = unix(&parts) {
        return Some(date);
    }
    let offset = zone::take_offset(&mut parts);
    let clock = clock::take_clock(&mut parts).ok()?;
    let is_halved = clock.is_some_and(|(clock, _)| clock.is_halved);
    let is_american = zone::is_american(&parts, offset.as_ref(), is_halved);
    let day = calendar::take_day(&mut parts, is_american)?;
    let clock = clock.or_else(|| clock::take_late(&mut parts, offset.is_some()));
    let end = clock.map_or(day.end, |(_, end)| end);
    let offset = offset.or_else(|| zone::take_unsigned(&mut parts, clock?.1));
    if has_stray(&parts, &day, clock.is_some()) {
        return None;
    }
    let zone = offset
        .or_else(|| zone::named(&parts, end, &comments, day.date))
        .unwrap_or_else(|| if is_korean { Zone::korean() } else { Zone::default() });
    finish(day, clock.map_or(Clock::MIDNIGHT, |(clock, _)| clock), zone, is_cut)
}

/// Seconds or milliseconds since 1970, from September 2001 to 2099.
fn unix(parts: &[Part]) -> Option<Date> {
    let (seconds, unit) = match parts {
        [Part::Number(seconds @ 1_000_000_000..4_102_444_800, 10)] => (*seconds, "seconds"),
        [Part::Number(seconds @ 1_000_000_000..4_102_444_800, 10), Part::Mark('.'), Part::Number(..)] => {
            (*seconds, "seconds")
        }
        [Part::Number(milliseconds @ 1_000_000_000_000..4_102_444_800_000, 13)] => {
            (milliseconds / 1000, "milliseconds")
        }
        _ => return None,
    };
    Some(Date {
        at: Time::from_unix(i64::try_from(seconds).ok()?)?,
        assumed: Some(format!("a bare number was read as {unit} since 1970")),
    })
}

/// Are there numbers left that may belong to the date? Behind day and time they do not.
fn has_stray(parts: &[Part], day: &Day, has_clock: bool) -> bool {
    let mut left = (0..parts.len()).filter(|at| number(parts, *at).is_some());
    left.any(|at| !has_clock && at > day.end)
}

/// Puts day, time and zone together.
fn finish(day: Day, clock: Clock, zone: Zone, is_cut: bool) -> Option<Date> {
    let local = NaiveDateTime::new(day.date, clock.time);
    let utc = local
        .checked_add_signed(TimeDelta::days(i64::from(clock.next_day)))?
        .checked_sub_signed(TimeDelta::minutes(zone.minutes))?;
    let cut = is_cut.then(|| "only its beginning was read".to_owned());
    let assumed: Vec<String> = [day.assumed, zone.assumed, cut].into_iter().flatten().collect();
    Some(Date {
        at: Time::from_unix(utc.and_utc().timestamp())?,
        assumed: (!assumed.is_empty()).then(|| assumed.join("; ")),
    })
}

#[cfg(test)]
mod tests;
