//! When a run begins: as often as the most eager feed may be asked, at a minute that is this archive's own.
//!
//! Were it the full hour, all archives of the world would ask at once.

use std::time::Duration;

use crate::model::Digest;

/// Minutes between two runs that divide an hour.
const MINUTES: [u64; 6] = [5, 10, 15, 20, 30, 60];
/// Hours that divide a day.
const HOURS: [u64; 8] = [1, 2, 3, 4, 6, 8, 12, 24];

/// The times of day at which runs begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    /// Of the hour.
    pub(super) minutes: Vec<u64>,
    /// Of the day; empty: every hour.
    pub(super) hours: Vec<u64>,
    /// Between two runs, as far as one may come late by chance; 0 for a time that was asked for.
    pub(super) period: Duration,
}

impl Moment {
    /// As often as `interval`, or a little more often where that does not divide an hour or a day; spread by what the path
    /// of the configuration hashes to.
    pub(super) fn of(interval: Duration, path: &[u8]) -> Self {
        let hash = Digest::of(path).prefix();
        let minutes = interval.as_secs() / 60;
        let largest =
            |list: &[u64], most: u64| list.iter().copied().filter(|n| *n <= most).max().unwrap_or(list[0]);
        let (every, hours) = (largest(&MINUTES, minutes), largest(&HOURS, minutes / 60));
        // Never the full hour, nor what others hold for a good time.
        let minute = 1 + hash % (every.min(59) - 1);
        let hour = (hash >> 32) % hours;
        Self {
            minutes: (0..60 / every).map(|n| n * every + minute).collect(),
            hours: if hours == 1 { Vec::new() } else { (0..24 / hours).map(|n| n * hours + hour).collect() },
            period: if hours == 1 { Duration::from_mins(every) } else { Duration::from_hours(hours) },
        }
    }

    /// Once a night, between two and five, spread by what the path of the configuration hashes to.
    pub(super) fn nightly(path: &[u8]) -> Self {
        let hash = Digest::of(path).prefix();
        let (minute, hour) = (1 + hash % 59, 2 + (hash >> 32) % 3);
        Self { period: Duration::from_hours(24), ..Self::daily(hour, minute) }
    }

    /// Each day at this time, and not by chance a little later.
    pub(super) fn daily(hour: u64, minute: u64) -> Self {
        Self { minutes: vec![minute], hours: vec![hour], period: Duration::ZERO }
    }

    /// The fields of crontab(5).
    pub(super) fn crontab(&self) -> String {
        let hours = if self.hours.is_empty() { "*".to_owned() } else { list(&self.hours, 1) };
        format!("{} {hours} * * *", list(&self.minutes, 1))
    }

    /// The time of `OnCalendar` (systemd.time(7)).
    pub(super) fn calendar(&self) -> String {
        let hours = if self.hours.is_empty() { "*".to_owned() } else { list(&self.hours, 2) };
        format!("*-*-* {hours}:{}:00", list(&self.minutes, 2))
    }

    /// Hour and minute of each run of a day; no hour: of each hour.
    pub(super) fn times(&self) -> Vec<(Option<u64>, u64)> {
        let hours: Vec<_> =
            if self.hours.is_empty() { vec![None] } else { self.hours.iter().map(|h| Some(*h)).collect() };
        hours.iter().flat_map(|hour| self.minutes.iter().map(|minute| (*hour, *minute))).collect()
    }
}

/// A time of day, `4:17`: hour and minute.
pub(super) fn time(text: &str) -> Result<(u64, u64), String> {
    let number = |text: &str, end: u64| {
        let is_one = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|number| is_one && *number < end)
    };
    let whole =
        text.split_once(':').and_then(|(hour, minute)| Some((number(hour, 24)?, number(minute, 60)?)));
    whole.ok_or_else(|| "a time of day is two numbers, such as 4:17 or 23:05".to_owned())
}

fn list(numbers: &[u64], width: usize) -> String {
    numbers.iter().map(|n| format!("{n:0width$}")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_as_often_as_the_interval_and_never_at_the_full_hour() {
        for (minutes, runs, period) in [
            (1, 288, 5),
            (30, 48, 30),
            (45, 48, 30),
            (60, 24, 60),
            (90, 24, 60),
            (360, 4, 360),
            (20_000, 1, 1440),
        ] {
            let moment = Moment::of(Duration::from_mins(minutes), b"/srv/config.toml");
            let hours = if moment.hours.is_empty() { 24 } else { moment.hours.len() };
            assert_eq!(
                (hours * moment.minutes.len(), moment.period),
                (runs, Duration::from_mins(period)),
                "{minutes}"
            );
            assert!(moment.minutes.iter().all(|minute| (1..60).contains(minute)), "{moment:?}");
            assert!(moment.hours.iter().all(|hour| *hour < 24), "{moment:?}");
            assert_eq!(moment, Moment::of(Duration::from_mins(minutes), b"/srv/config.toml"));
        }
    }

    #[test]
    fn archives_are_spread_over_the_hour() {
        let minute = |n: u32| {
            Moment::of(Duration::from_hours(1), format!("/home/{n}/config.toml").as_bytes()).minutes[0]
        };
        let all: std::collections::BTreeSet<u64> = (0..1000).map(minute).collect();
        assert_eq!(all.len(), 58);
        assert!(!all.contains(&0));
    }

    #[test]
    fn once_a_day_is_one_time() {
        let night = Moment::nightly(b"/srv/config.toml");
        assert_eq!((night.times().len(), night.period), (1, Duration::from_hours(24)));
        assert!((2..5).contains(&night.hours[0]) && (1..60).contains(&night.minutes[0]), "{night:?}");
        assert_eq!(Moment::daily(4, 5).crontab(), "5 4 * * *");
        assert_eq!(Moment::daily(4, 5).calendar(), "*-*-* 04:05:00");
        for (text, want) in [("4:17", Some((4, 17))), ("23:05", Some((23, 5))), ("0:0", Some((0, 0)))] {
            assert_eq!(time(text).ok(), want, "{text}");
        }
        for text in ["", "4", "24:00", "4:60", "4:+1", "4:017", "4:17 pm"] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_form_says_the_same() {
        let moment = Moment { minutes: vec![7, 37], hours: vec![4, 16], period: Duration::from_hours(12) };
        assert_eq!(moment.crontab(), "7,37 4,16 * * *");
        assert_eq!(moment.calendar(), "*-*-* 04,16:07,37:00");
        assert_eq!(moment.times(), [(Some(4), 7), (Some(4), 37), (Some(16), 7), (Some(16), 37)]);
    }
}
