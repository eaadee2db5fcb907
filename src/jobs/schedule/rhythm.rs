//! How often a show is asked for whose interval is `auto`: in the rhythm in which it published so far.
//!
//! The first row that fits counts; the README has the same table.
//!
//! | the show | rests for |
//! |---|---|
//! | says that it is complete | 7 days |
//! | has been silent for a year | 3 days |
//! | has been silent for 90 days, and for four of its gaps | 1 day |
//! | publishes every 36 hours or more often, or nobody knows how often | 1 hour |
//! | expects an episode: a gap after the newest, or any number of gaps, give or take what it usually strays (2 to 24 hours) | 1 hour |
//! | has time until then | a 28th of its gap, 12 hours at most, and not beyond the hour from which it expects one |

use std::time::Duration;

use super::frequency::Frequency;
use crate::model::{LONGEST_REST, Time};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// What comes out closer together is one publication.
const TOGETHER: Duration = Duration::from_hours(12);
/// So many dates make a rhythm; of more, the newest count.
pub(in crate::jobs) const FEWEST: usize = 3;
/// How many of the newest dates count.
pub(in crate::jobs) const MOST: usize = 30;

/// How often a show publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rhythm {
    /// Between two episodes.
    gap: Duration,
    /// How far from that they usually stray.
    stray: Duration,
}

/// How long the feed rests, when its episodes were published at these times and it says this of itself.
pub(in crate::jobs) fn rest(now: Time, published: &[Time], says: Frequency) -> Duration {
    if says.is_complete {
        return LONGEST_REST;
    }
    let dates = publications(now, published);
    let rhythm = rhythm(&dates).or(says.gap.map(|gap| Rhythm { gap, stray: Duration::ZERO }));
    let Some(newest) = dates.first() else { return HOUR };
    let silence = now.since(*newest);
    let gap = rhythm.map(|rhythm| rhythm.gap);
    if silence > DAY * 365 {
        return DAY * 3;
    }
    if silence > DAY * 90 && gap.is_none_or(|gap| silence > gap * 4) {
        return DAY;
    }
    match rhythm {
        Some(rhythm) if rhythm.gap > DAY * 3 / 2 => until_expected(silence, rhythm),
        _ => HOUR,
    }
}

/// Hourly while an episode is expected, else so that the hour from which it is expected is not missed.
fn until_expected(silence: Duration, rhythm: Rhythm) -> Duration {
    let stray = rhythm.stray.clamp(HOUR * 2, DAY);
    let seconds = rhythm.gap.as_secs();
    // The first expected time whose window is not over yet.
    let over = silence.saturating_sub(stray).as_secs();
    let expected = Duration::from_secs(over.div_ceil(seconds).max(1).saturating_mul(seconds));
    let left = (expected.saturating_sub(stray)).saturating_sub(silence);
    (rhythm.gap / 28).clamp(HOUR, TOGETHER).min(left).max(HOUR)
}

/// The newest times at which something came out, newest first.
fn publications(now: Time, published: &[Time]) -> Vec<Time> {
    let mut dates: Vec<Time> = published.iter().copied().filter(|at| *at <= now).collect();
    dates.sort_unstable_by(|a, b| b.cmp(a));
    // The later of two is `kept`, the earlier goes.
    dates.dedup_by(|earlier, kept| kept.since(*earlier) < TOGETHER);
    dates.truncate(MOST);
    dates
}

/// The gap in the middle, and how far three of four gaps stay from it at the most.
fn rhythm(dates: &[Time]) -> Option<Rhythm> {
    if dates.len() < FEWEST {
        return None;
    }
    let mut gaps: Vec<Duration> = dates.windows(2).map(|pair| pair[0].since(pair[1])).collect();
    gaps.sort_unstable();
    let gap = *gaps.get(gaps.len() / 2)?;
    let mut strays: Vec<Duration> = gaps.iter().map(|one| one.abs_diff(gap)).collect();
    strays.sort_unstable();
    Some(Rhythm { gap, stray: *strays.get(strays.len() * 3 / 4)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    /// `count` dates, the newest at `newest`, `hours` apart, every third a little late.
    fn dates(newest: &str, count: u64, hours: u64, stray_minutes: u64) -> Vec<Time> {
        let one = |n: u64| {
            at(newest) - Duration::from_hours(n * hours)
                + Duration::from_mins(u64::from(n % 3 == 1) * stray_minutes)
        };
        (0..count).map(one).collect()
    }

    /// Whole hours of rest.
    fn hours(now: &str, dates: &[Time]) -> u64 {
        let seconds = rest(at(now), dates, Frequency::default()).as_secs();
        assert_eq!(seconds % 3600, 0, "{now}");
        seconds / 3600
    }

    #[test]
    fn a_weekly_show_is_asked_hourly_when_its_episode_is_expected_and_a_few_times_a_day_else() {
        // Mondays at 08:00, half an hour to and fro.
        let weekly = dates("2026-06-01T08:00:00Z", 10, 7 * 24, 30);
        for (now, rests) in [
            ("2026-06-01T09:00:00Z", 6),
            ("2026-06-04T12:00:00Z", 6),
            // Never beyond the hour from which one is expected: 06:00.
            ("2026-06-08T03:00:00Z", 3),
            ("2026-06-08T05:30:00Z", 1),
            ("2026-06-08T08:00:00Z", 1),
            ("2026-06-08T09:59:00Z", 1),
            // It did not come: next week, perhaps.
            ("2026-06-08T10:30:00Z", 6),
            ("2026-06-15T07:00:00Z", 1),
        ] {
            assert_eq!(hours(now, &weekly), rests, "{now}");
        }
    }

    #[test]
    fn who_publishes_often_is_asked_hourly_and_who_has_fallen_silent_seldom() {
        let daily = dates("2026-06-01T08:00:00Z", 30, 24, 60);
        assert_eq!(hours("2026-06-01T09:00:00Z", &daily), 1);
        assert_eq!(hours("2026-06-20T09:00:00Z", &daily), 1);
        assert_eq!(hours("2026-09-01T09:00:00Z", &daily), 24);
        assert_eq!(hours("2027-06-02T09:00:00Z", &daily), 72);
        let monthly = dates("2026-06-01T08:00:00Z", 8, 30 * 24, 600);
        assert_eq!(hours("2026-06-10T09:00:00Z", &monthly), 12);
        assert_eq!(hours("2026-09-10T09:00:00Z", &monthly), 12, "it may be late");
        let yearly = dates("2026-06-01T08:00:00Z", 4, 365 * 24, 600);
        assert_eq!(hours("2026-12-10T09:00:00Z", &yearly), 12, "nobody expects it sooner");
    }

    #[test]
    fn what_is_not_known_is_asked_hourly() {
        let now = "2026-06-01T09:00:00Z";
        assert_eq!(hours(now, &[]), 1);
        assert_eq!(hours(now, &dates("2026-05-31T08:00:00Z", 2, 7 * 24, 0)), 1);
        assert_eq!(hours(now, &[at("2009-01-01T00:00:00Z")]), 72);
        // A whole season in one day, and one that is announced for a time to come.
        let season: Vec<_> = (0..10).map(|n| at("2026-05-31T08:00:00Z") + Duration::from_secs(n)).collect();
        assert_eq!(hours(now, &season), 1);
        assert_eq!(hours(now, &[at("2999-01-01T00:00:00Z")]), 1);
        assert_eq!(hours("1970-01-01T00:00:00Z", &season), 1);
    }

    #[test]
    fn a_show_without_a_past_is_taken_at_its_word() {
        let weekly = Frequency { gap: Some(DAY * 7), is_complete: false };
        let one = [at("2026-06-01T08:00:00Z")];
        assert_eq!(rest(at("2026-06-03T08:00:00Z"), &one, weekly), HOUR * 6);
        assert_eq!(rest(at("2026-06-08T07:00:00Z"), &one, weekly), HOUR);
        let complete = Frequency { gap: None, is_complete: true };
        assert_eq!(rest(at("2026-06-03T08:00:00Z"), &one, complete), DAY * 7);
    }
}
