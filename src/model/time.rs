//! Points in time: whole seconds of UTC, written `2019-04-19T08:00:00Z` everywhere.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde::{Serialize, Serializer};

/// Nothing rests longer than this before it is asked for again, whatever its host asks for. A time further ahead was written
/// under a wrong clock, and does not count.
pub const LONGEST_REST: Duration = Duration::from_hours(7 * 24);

/// A point in time, UTC, whole seconds (RFC 3339 with `Z`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(DateTime<Utc>);

impl Time {
    /// Seconds since 1970-01-01T00:00:00Z; `None` outside the years a date can be written in (0000 to 9999).
    pub fn from_unix(seconds: i64) -> Option<Self> {
        let in_range = (-62_167_219_200..253_402_300_800).contains(&seconds);
        DateTime::from_timestamp(seconds, 0).filter(|_| in_range).map(Self)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0.timestamp()
    }

    /// Formats by a `chrono::format::strftime` pattern; what the pattern can't say is left as it stands.
    pub fn format(self, pattern: &str) -> String {
        let mut out = String::new();
        match fmt::write(&mut out, format_args!("{}", self.0.format(pattern))) {
            Ok(()) => out,
            Err(fmt::Error) => pattern.to_owned(),
        }
    }

    /// Whether [`Time::format`] can say all of the pattern.
    pub fn is_pattern(pattern: &str) -> bool {
        let says = |at: DateTime<Utc>| {
            fmt::write(&mut String::new(), format_args!("{}", at.format(pattern))).is_ok()
        };
        let is_error = |item| matches!(item, Item::Error);
        !pattern.is_empty() && !StrftimeItems::new(pattern).any(is_error) && says(DateTime::UNIX_EPOCH)
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Time) -> Duration {
        (self.0 - earlier.0).to_std().unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Time {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(0))
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    fn add(self, by: Duration) -> Time {
        let delta = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        Time(self.0.checked_add_signed(delta).unwrap_or(self.0))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;

    fn sub(self, by: Duration) -> Time {
        let delta = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        Time(self.0.checked_sub_signed(delta).unwrap_or(self.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl FromStr for Time {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|at| at.to_utc().into())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_both_ways_and_keeps_order() {
        let early: Time = "2019-04-19T08:00:00Z".parse().unwrap();
        assert_eq!(early.to_string(), "2019-04-19T08:00:00Z");
        assert_eq!(early.format("%Y-%m-%d"), "2019-04-19");
        let late = early + Duration::from_secs(90);
        assert_eq!(late.to_string(), "2019-04-19T08:01:30Z");
        assert_eq!(late.since(early), Duration::from_secs(90));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(Time::from_unix(early.unix()), Some(early));
        assert_eq!(Time::from_unix(i64::MAX), None);
    }
}
