//! The zone of a date, and the names zones go by.

use chrono::{Datelike, NaiveDate, Weekday};

use super::parts::{Part, is_mark, number, past_space, take, word};
use super::words::{month, weekday};

/// Minutes east of Greenwich, and what had to be assumed.
#[derive(Debug, Default)]
pub(super) struct Zone {
    pub(super) minutes: i64,
    pub(super) assumed: Option<String>,
}

impl Zone {
    fn assumed(why: impl Into<String>) -> Self {
        Self { minutes: 0, assumed: Some(why.into()) }
    }

    /// For who writes Korean and names no zone.
    pub(super) fn korean() -> Self {
        Self { minutes: 9 * 60, assumed: Some("no zone is named: Korea's was assumed".to_owned()) }
    }
}

/// Takes `+0200`, `-07:00`, `GMT+2` out of a date.
pub(super) fn take_offset(parts: &mut [Part]) -> Option<Zone> {
    let (at, minutes, end) = (1..parts.len()).find_map(|at| {
        let (minutes, end) = offset_at(parts, at + 1)?;
        is_sign(parts, at).then_some((at, minutes, end))
    })?;
    // POSIX counts the other way: Etc/GMT+5 lies west.
    let is_turned = word(parts, at - 1).is_some_and(|word| word.starts_with("etc/"));
    let sign = if is_mark(parts, at, '+') == is_turned { -1 } else { 1 };
    take(parts, at..end);
    // No place on Earth is further from Greenwich than 14 hours; 24 leaves room for `+1800`-like slips.
    Some(match minutes {
        0..=1440 => Zone { minutes: sign * i64::try_from(minutes).unwrap_or(0), assumed: None },
        _ => Zone::assumed("the zone is impossible: UTC was assumed"),
    })
}

/// The minutes that an offset's number at `at` says, and its end.
fn offset_at(parts: &[Part], at: usize) -> Option<(u64, usize)> {
    let pair = |mark| number(parts, at + 2).filter(|_| is_mark(parts, at + 1, mark));
    match number(parts, at)? {
        (hours, 1 | 2) => match (pair(':'), pair('.')) {
            (Some((minutes, 2)), _) if is_mark(parts, at + 3, ':') => Some((hours * 60 + minutes, at + 5)),
            (Some((minutes, 2)), _) | (_, Some((minutes, 2))) => Some((hours * 60 + minutes, at + 3)),
            (_, Some((5, 1))) => Some((hours * 60 + 30, at + 3)),
            _ => Some((hours * 60, at + 1)),
        },
        (both, 3 | 4) => Some((both / 100 * 60 + both % 100, at + 1)),
        _ => None,
    }
}

/// Is the mark at `at` the sign of a zone? Dashes also join days, and times.
fn is_sign(parts: &[Part], at: usize) -> bool {
    let earlier = &parts[..at];
    let has_clock = earlier.contains(&Part::Mark(':'));
    if !earlier.iter().any(|part| matches!(part, Part::Number(..))) {
        return false;
    }
    if is_mark(parts, at, '+') {
        return true;
    }
    let value = number(parts, at + 1);
    let is_pair = is_mark(parts, at + 2, ':') && value.is_some_and(|(hours, _)| hours <= 14);
    is_mark(parts, at, '-')
        && match &parts[at - 1] {
            Part::Number(..) => {
                let behind = at.checked_sub(2);
                let is_clock = behind.is_some_and(|behind| {
                    is_mark(parts, behind, ':')
                        || has_clock && (is_mark(parts, behind, '.') || is_mark(parts, behind, ','))
                        || word(parts, behind) == Some("t")
                });
                is_clock || is_pair && !is_mark(parts, at + 4, ':')
            }
            Part::Word(word) => month(word).is_none(),
            _ => has_clock || is_pair || value.is_some_and(|(value, digits)| digits == 4 && value <= 1400),
        }
}

/// Takes a number behind a time that can only be a zone: `00`, or `0200` whose plus was lost.
pub(super) fn take_unsigned(parts: &mut [Part], end_of_clock: usize) -> Option<Zone> {
    let at = past_space(parts, end_of_clock);
    let zone = match number(parts, at)? {
        (0, 1..=4) => Zone::default(),
        (both @ 100..=1400, 4) if matches!(both % 100, 0 | 30 | 45) => Zone {
            minutes: i64::try_from(both / 100 * 60 + both % 100).ok()?,
            assumed: Some("the zone has no sign: east was assumed".to_owned()),
        },
        _ => return None,
    };
    take(parts, [at]);
    Some(zone)
}

/// The zone that the words from `from` on name, or else a comment; UTC where the name is unknown.
pub(super) fn named(parts: &[Part], from: usize, comments: &[Part], date: NaiveDate) -> Option<Zone> {
    let known = |parts: &[Part], from: usize| {
        (from..parts.len())
            .find_map(|at| long_name(parts, at, date).or_else(|| minutes(word(parts, at)?, date)))
    };
    if let Some(minutes) = known(parts, from).or_else(|| known(comments, 0)) {
        return Some(Zone { minutes, assumed: None });
    }
    let name = (from..parts.len()).find_map(|at| word(parts, at)).filter(|name| !is_filler(name))?;
    Some(Zone::assumed(format!("the zone {name:?} is unknown: UTC was assumed")))
}

/// Words that may follow a time or day and say nothing of a zone.
fn is_filler(name: &str) -> bool {
    let is_known = matches!(
        name,
        "am" | "pm"
            | "st"
            | "nd"
            | "rd"
            | "th"
            | "at"
            | "um"
            | "uhr"
            | "de"
            | "del"
            | "of"
            | "o"
            | "h"
            | "hs"
            | "hrs"
            | "hours"
            | "etc"
            | "t"
            | "a"
            | "г"
            | "год"
            | "года"
            | "р"
            | "r"
            | "kl"
            | "klo"
            | "min"
            | "antemeridiem"
            | "postmeridiem"
    );
    is_known || month(name).is_some() || weekday(name).is_some()
}

/// `Eastern Daylight Time` by its first letters.
fn long_name(parts: &[Part], at: usize, date: NaiveDate) -> Option<i64> {
    let mut letters = String::new();
    for at in (at..parts.len()).step_by(2).take(4) {
        let name = word(parts, at)?;
        letters.push(name.chars().next()?);
        if name == "time" {
            return minutes(&letters, date);
        }
    }
    None
}

/// Did an American write a date? Its zone may say so, or its `am` or `pm` if the zone lies in the west or is not said.
pub(super) fn is_american(parts: &[Part], offset: Option<&Zone>, is_halved: bool) -> bool {
    const AMERICAN: [&str; 12] =
        ["est", "edt", "et", "cst", "cdt", "ct", "mst", "mdt", "mt", "pst", "pdt", "pt"];
    let mut names = (0..parts.len()).filter_map(|at| word(parts, at));
    if names.clone().any(|name| AMERICAN.contains(&name)) {
        return true;
    }
    let is_east = |name| minutes(name, NaiveDate::MIN).is_some_and(|minutes| minutes > 0);
    is_halved && offset.is_none_or(|zone| zone.minutes <= 0) && !names.any(is_east)
}

/// A named zone in minutes east of Greenwich, on a date where that matters. Lower case.
fn minutes(name: &str, date: NaiveDate) -> Option<i64> {
    let hours = |hours: i64| Some(hours * 60);
    let name = name.strip_prefix("etc/").unwrap_or(name);
    match name {
        "gmt" | "utc" | "ut" | "z" | "wet" | "wez" | "zulu" | "uct" | "cut" | "greenwich" => hours(0),
        "bst" | "west" | "wesz" | "cet" | "met" | "mez" | "wat" => hours(1),
        "cest" | "cedt" | "mest" | "mesz" | "eet" | "cat" | "sast" => hours(2),
        "eest" | "msk" | "мск" | "eat" | "trt" | "idt" => hours(3),
        "msd" | "gst" | "samt" => hours(4),
        "pkt" | "yekt" | "uzt" => hours(5),
        "ist" => Some(5 * 60 + 30),
        "npt" => Some(5 * 60 + 45),
        "omst" => hours(6),
        "wib" | "ict" | "krat" | "novt" => hours(7),
        "hkt" | "sgt" | "awst" | "wita" | "myt" | "pht" | "irkt" => hours(8),
        "jst" | "kst" | "wit" | "yakt" => hours(9),
        "acst" => Some(9 * 60 + 30),
        "aest" | "vlat" | "chst" => hours(10),
        "acdt" => Some(10 * 60 + 30),
        "aedt" => hours(11),
        "nzst" => hours(12),
        "nzdt" => hours(13),

        "nst" => Some(-(3 * 60 + 30)),
        "ndt" => Some(-(2 * 60 + 30)),
        "brst" => hours(-2),
        "adt" | "brt" | "art" | "clst" => hours(-3),
        "ast" | "edt" | "hae" | "clt" => hours(-4),
        "est" | "cdt" | "hne" | "cot" | "pet" => hours(-5),
        "cst" | "mdt" => hours(-6),
        "mst" | "pdt" => hours(-7),
        "pst" | "akdt" => hours(-8),
        "akst" => hours(-9),
        "hst" => hours(-10),
        "at" => hours(-4 + american_summer(date)),
        "et" => hours(-5 + american_summer(date)),
        "ct" => hours(-6 + american_summer(date)),
        "mt" => hours(-7 + american_summer(date)),
        "pt" => hours(-8 + american_summer(date)),
        _ => place(name, date),
    }
}

/// The zone of a place as the tz database names it.
#[expect(clippy::match_same_arms, reason = "a table in the order of the map")]
fn place(name: &str, date: NaiveDate) -> Option<i64> {
    let (region, city) = name.split_once('/')?;
    let hours = match (region, city) {
        ("europe", "london" | "dublin" | "lisbon") => european_summer(date),
        (
            "europe",
            "athens" | "bucharest" | "helsinki" | "kiev" | "kyiv" | "riga" | "sofia" | "tallinn" | "vilnius",
        ) => 2 + european_summer(date),
        (
            "europe",
            "amsterdam" | "belgrade" | "berlin" | "brussels" | "budapest" | "copenhagen" | "ljubljana"
            | "luxembourg" | "madrid" | "oslo" | "paris" | "prague" | "rome" | "stockholm" | "vienna"
            | "warsaw" | "zagreb" | "zurich",
        ) => 1 + european_summer(date),
        ("america", "halifax") => -4 + american_summer(date),
        ("america", "new_york" | "detroit" | "toronto" | "montreal") | ("us", "eastern") => {
            -5 + american_summer(date)
        }
        ("america", "chicago" | "winnipeg") | ("us", "central") => -6 + american_summer(date),
        ("america", "denver" | "edmonton" | "boise") | ("us", "mountain") => -7 + american_summer(date),
        ("america", "los_angeles" | "vancouver") | ("us", "pacific") => -8 + american_summer(date),
        ("america", "phoenix") => -7,
        ("america", "bogota" | "lima") => -5,
        ("america", "argentina" | "argentina/buenos_aires" | "buenos_aires") => -3,
        ("asia", "tokyo" | "seoul") => 9,
        ("asia", "shanghai" | "hong_kong" | "singapore" | "taipei" | "manila") => 8,
        ("asia", "bangkok" | "jakarta") => 7,
        ("asia", "dubai") => 4,
        ("africa", "johannesburg") => 2,
        ("africa", "nairobi") => 3,
        ("africa", "lagos") => 1,
        ("australia", "sydney" | "melbourne" | "hobart" | "canberra") => 10 + australian_summer(date),
        ("australia", "brisbane") => 10,
        ("australia", "perth") => 8,
        _ => return None,
    };
    Some(hours * 60)
}

/// 1 from the second Sunday of March to the first of November (before 2007: first of April to last of October).
fn american_summer(date: NaiveDate) -> i64 {
    let modern = date.year() >= 2007;
    let begin = if modern { sunday(date, 3, 2) } else { sunday(date, 4, 1) };
    let end = if modern { sunday(date, 11, 1) } else { last_sunday(date, 10) };
    i64::from(begin.is_some_and(|begin| date >= begin) && end.is_some_and(|end| date < end))
}

/// 1 from the last Sunday of March to the last of October (since 1996).
fn european_summer(date: NaiveDate) -> i64 {
    let (begin, end) = (last_sunday(date, 3), last_sunday(date, 10));
    i64::from(begin.is_some_and(|begin| date >= begin) && end.is_some_and(|end| date < end))
}

/// 1 from the first Sunday of October to the first of April (since 2008).
fn australian_summer(date: NaiveDate) -> i64 {
    let (end, begin) = (sunday(date, 4, 1), sunday(date, 10, 1));
    i64::from(end.is_some_and(|end| date < end) || begin.is_some_and(|begin| date >= begin))
}

fn sunday(date: NaiveDate, month: u32, nth: u8) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(date.year(), month, Weekday::Sun, nth)
}

fn last_sunday(date: NaiveDate, month: u32) -> Option<NaiveDate> {
    sunday(date, month, 5).or_else(|| sunday(date, month, 4))
}
