//! The words of dates: months in the languages feeds are met in, and the names of time zones.

use chrono::{Datelike, NaiveDate, Weekday};

/// What a word that is no zone may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It says nothing about the zone.
    Filler,
}

/// Words that stand where a zone may, and are none.
pub(super) fn word(name: &str) -> Option<Word> {
    match name {
        "am" | "pm" | "st" | "nd" | "rd" | "th" | "at" | "um" | "uhr" | "de" | "del" | "of" | "o" | "h"
        | "etc" | "t" | "à" | "г" => Some(Word::Filler),
        _ => month(name).map(|_| Word::Filler),
    }
}

/// The number of a month, 1 to 12, from its name in lower case, whole or cut short.
pub(super) fn month(name: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "jän", "ene", "gen", "янв", "sty"],
        &["feb", "fév", "fev", "фев", "lut"],
        &["mar", "mär", "mrz", "maa", "mrt", "мар"],
        &["apr", "avr", "abr", "апр", "kwi"],
        &["may", "mai", "maj", "mei", "mag", "май", "мая"],
        &["jun", "juin", "giu", "июн", "cze"],
        &["jul", "juil", "lug", "июл", "lip"],
        &["aug", "aoû", "aou", "ago", "авг", "sie"],
        &["sep", "set", "сен", "wrz"],
        &["oct", "okt", "ott", "out", "окт", "paź"],
        &["nov", "ноя", "lis"],
        &["dec", "dez", "déc", "dic", "дек", "gru"],
    ];
    if name.chars().count() > 10 {
        return None;
    }
    let found = MONTHS.iter().position(|names| names.iter().any(|start| name.starts_with(start)));
    found.and_then(|at| u32::try_from(at + 1).ok())
}

/// A named zone in minutes east of Greenwich, on a date where that matters. Lower case.
pub(super) fn zone(name: &str, date: NaiveDate) -> Option<i64> {
    let hours = |hours: i64| Some(hours * 60);
    match name {
        "gmt" | "utc" | "ut" | "z" | "wet" | "zulu" => hours(0),
        "bst" | "west" | "cet" | "met" | "mez" | "wat" => hours(1),
        "cest" | "mest" | "mesz" | "eet" | "cat" | "sast" => hours(2),
        "eest" | "msk" | "eat" => hours(3),
        "msd" => hours(4),
        "ist" => Some(5 * 60 + 30),
        "hkt" | "sgt" | "awst" => hours(8),
        "jst" | "kst" => hours(9),
        "acst" => Some(9 * 60 + 30),
        "aest" => hours(10),
        "acdt" => Some(10 * 60 + 30),
        "aedt" => hours(11),
        "nzst" => hours(12),
        "nzdt" => hours(13),

        "nst" => Some(-(3 * 60 + 30)),
        "ndt" => Some(-(2 * 60 + 30)),
        "adt" | "brt" => hours(-3),
        "ast" | "edt" => hours(-4),
        "est" | "cdt" => hours(-5),
        "cst" | "mdt" => hours(-6),
        "mst" | "pdt" => hours(-7),
        "pst" | "akdt" => hours(-8),
        "akst" => hours(-9),
        "hst" => hours(-10),
        "et" => hours(-5 + american_summer(date)),
        "ct" => hours(-6 + american_summer(date)),
        "mt" => hours(-7 + american_summer(date)),
        "pt" => hours(-8 + american_summer(date)),
        _ => None,
    }
}

/// 1 from the second Sunday of March to the first of November (before 2007: first of April to last of October).
fn american_summer(date: NaiveDate) -> i64 {
    let year = date.year();
    let sunday = |month, nth| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Sun, nth);
    let (begin, end) = if year >= 2007 {
        (sunday(3, 2), sunday(11, 1))
    } else {
        (sunday(4, 1), sunday(10, 5).or_else(|| sunday(10, 4)))
    };
    i64::from(begin.is_some_and(|begin| date >= begin) && end.is_some_and(|end| date < end))
}
