//! The one form in which nearly all feeds write their dates, read at once: `Thu, 17 Dec 2020 11:00:00 -0000`.

use chrono::{NaiveDate, TimeDelta};

use super::calendar::YEARS;
use crate::model::Time;

const DAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads a date in that form, its day with one digit or two, its month whole or not, its zone as a number or by one
/// of the names in RFC 822. `None` says nothing of whether a date can be told.
pub(super) fn read(raw: &str) -> Option<Time> {
    let (weekday, rest) = raw.as_bytes().split_first_chunk::<3>()?;
    let rest = rest.strip_prefix(b", ").filter(|_| DAYS.contains(&weekday))?;
    let (day, rest) = match rest {
        [day @ b'1'..=b'9', b' ', rest @ ..] => (u32::from(day - b'0'), rest),
        [a, b, b' ', rest @ ..] => (two(*a, *b)?, rest),
        _ => return None,
    };
    let named = |name: &str| rest.strip_prefix(name.as_bytes()).or(rest.strip_prefix(&name.as_bytes()[..3]));
    let (month, rest) = (1..).zip(MONTHS).find_map(|(month, name)| Some((month, named(name)?)))?;
    let (clock, zone) = rest.split_first_chunk::<15>()?;
    if [0, 5, 8, 11, 14].map(|at| clock[at]) != *b"  :: " {
        return None;
    }
    let at = |place: usize| two(clock[place], clock[place + 1]);
    let year = at(1)? * 100 + at(3)?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let local = date.and_hms_opt(at(6)?, at(9)?, at(12)?)?;
    let utc = local.checked_sub_signed(TimeDelta::minutes(east(zone)?))?;
    Time::from_unix(utc.and_utc().timestamp()).filter(|_| YEARS.contains(&u64::from(year)))
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
    is_number.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// Minutes east of Greenwich.
fn east(zone: &[u8]) -> Option<i64> {
    match zone {
        b"GMT" => Some(0),
        b"EDT" => Some(-4 * 60),
        b"EST" | b"CDT" => Some(-5 * 60),
        b"CST" | b"MDT" => Some(-6 * 60),
        b"MST" | b"PDT" => Some(-7 * 60),
        b"PST" => Some(-8 * 60),
        [sign @ (b'+' | b'-'), h, i, m, n] => {
            let (hours, minutes) = (i64::from(two(*h, *i)?), i64::from(two(*m, *n)?));
            let east = hours * 60 + minutes;
            (hours <= 12 && minutes < 60).then_some(if *sign == b'-' { -east } else { east })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read as read_any;
    use super::*;

    #[test]
    fn what_is_read_at_once_is_what_is_read_at_leisure() {
        for raw in [
            "Thu, 17 Dec 2020 11:00:00 -0000",
            "Fri, 19 Apr 2019 08:00:00 -0800",
            "Mon, 9 Feb 1998 23:59:59 GMT",
            "Sat, 29 Feb 2020 00:30:00 +0530",
            "Fri, 2 November 2020 20:33:00 EST",
            "Fri, 2 May 2020 20:33:00 PDT",
        ] {
            // A comment makes it another form.
            let otherwise = read_any(&format!("{raw} (c)")).map(|date| date.at);
            assert_eq!(read(raw), otherwise, "{raw}");
            assert!(read(raw).is_some(), "{raw}");
        }
        for raw in ["Fri, 19 Apr 2019 08:00 GMT", "Fri, 31 Apr 2019 08:00:00 GMT", "soon", ""] {
            assert_eq!(read(raw), None, "{raw}");
        }
    }
}
