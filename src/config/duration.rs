//! Spans of time as people write them: `90s`, `30m`, `1h`, `1d`.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::model::LONGEST_REST;

/// Reads a whole number with a unit: s, m, h, d or w.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("{text:?} is not a span of time such as \"30m\", \"1h\" or \"1d\"");
    let text = text.trim();
    let unit = text.chars().next_back().ok_or_else(bad)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(bad()),
    };
    let number: u64 = text[..text.len() - 1].trim().parse().map_err(|_| bad())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(bad)
}

/// How often a feed is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// No more often than this.
    Every(Duration),
    /// As its show publishes.
    Auto,
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.trim() {
            "auto" => Ok(Self::Auto),
            text => span(text).map(Self::Every).map_err(D::Error::custom),
        }
    }
}

/// What no feed waits for is not promised either.
fn span(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        long if long > LONGEST_REST => Err(format!(
            "{text:?} is too long: 7d at the most; a show with paused = true is not asked at all"
        )),
        span => Ok(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_longer_than_a_feed_ever_rests_is_refused() {
        assert_eq!(span("7d"), Ok(Duration::from_hours(168)));
        assert_eq!(span("1w"), Ok(Duration::from_hours(168)));
        let why = "is too long: 7d at the most; a show with paused = true is not asked at all";
        assert_eq!(span("8d"), Err(format!("\"8d\" {why}")));
        assert_eq!(span("604801s"), Err(format!("\"604801s\" {why}")));
    }

    #[test]
    fn spans_with_units_are_read_and_nothing_else() {
        assert_eq!(parse_duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration(" 1 h"), Ok(Duration::from_hours(1)));
        assert_eq!(parse_duration("2d"), Ok(Duration::from_hours(48)));
        for bad in ["", "1", "h", "-1h", "1.5h", "1é", "99999999999999999999d"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
