//! When a feed or a failed download is due again. Pure: the time and the dice are arguments.

mod frequency;
mod rhythm;

pub(super) use frequency::Frequency;
pub(super) use rhythm::{MOST as RHYTHM, rest};

use std::time::Duration;

use crate::archive::ShowRow;
use crate::model::{LONGEST_REST, Time};

/// What bears on the next request for a feed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wishes {
    /// The configured interval.
    pub(super) interval: Duration,
    /// `Cache-Control: max-age`, else `Expires`.
    pub(super) max_age: Option<Duration>,
    /// The feed's `ttl`.
    pub(super) ttl: Option<Duration>,
    /// `Retry-After`.
    pub(super) retry_after: Option<Duration>,
    /// The show says that no episode will follow: it is looked after now and then.
    pub(super) is_over: bool,
}

/// When a feed that was just asked for is due again: after the largest of all wishes; after `errors` failures in a row the
/// interval is doubled that often. `dice` is from 0 to 1.
pub(super) fn next_fetch(now: Time, wishes: Wishes, errors: u32, dice: f64) -> Time {
    let interval = if errors == 0 { wishes.interval } else { back_off(wishes.interval, errors, dice) };
    let over = wishes.is_over.then_some(LONGEST_REST);
    let longest = [wishes.max_age, wishes.ttl, wishes.retry_after, over]
        .into_iter()
        .flatten()
        .fold(interval, Duration::max);
    now + longest.min(LONGEST_REST)
}

/// When a download that failed `failures` times in a row is tried again.
pub(super) fn next_attempt(now: Time, failures: u32, retry_after: Option<Duration>, dice: f64) -> Time {
    let wait = back_off(Duration::from_mins(30), failures, dice).max(retry_after.unwrap_or_default());
    now + wait.min(LONGEST_REST)
}

/// Doubled with every failure after the first, spread by a tenth so that a crowd does not come back at once.
fn back_off(base: Duration, failures: u32, dice: f64) -> Duration {
    let doubled = base.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_REST);
    doubled.mul_f64(0.95 + dice.clamp(0.0, 1.0) / 10.0)
}

/// When a feed is due, its whole interval over; never, for one that is gone.
pub(super) fn due_at(show: &ShowRow, now: Time) -> Option<Time> {
    if show.state == "gone" {
        return None;
    }
    let next = show.next_fetch_at.filter(|next| next.since(now) <= LONGEST_REST);
    let is_of_another_clock = show.polled_at.is_none_or(|polled| polled > now);
    Some(next.filter(|_| !is_of_another_clock).unwrap_or(now).max(now))
}

/// Whether a feed is due. An interval counts as over when nine tenths of it are: an hourly cron job must not skip every
/// second run. A due time further ahead than any can be was written under a wrong clock.
pub(super) fn is_due(show: &ShowRow, now: Time) -> bool {
    if show.state == "gone" {
        return false;
    }
    let (Some(next), Some(polled)) = (show.next_fetch_at, show.polled_at) else { return true };
    let wait = next.since(polled);
    now >= polled + wait.mul_f64(0.9) || next.since(now) > LONGEST_REST || polled > now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn wishes() -> Wishes {
        Wishes { interval: Duration::from_hours(1), ..Wishes::default() }
    }

    #[test]
    fn the_largest_wish_counts_up_to_a_week() {
        let now = at("2026-01-01T00:00:00Z");
        assert_eq!(next_fetch(now, wishes(), 0, 0.5), at("2026-01-01T01:00:00Z"));
        let patient = Wishes {
            max_age: Some(Duration::from_mins(90)),
            ttl: Some(Duration::from_hours(3)),
            retry_after: Some(Duration::from_mins(1)),
            ..wishes()
        };
        assert_eq!(next_fetch(now, patient, 0, 0.5), at("2026-01-01T03:00:00Z"));
        let over = Wishes { is_over: true, ..wishes() };
        assert_eq!(next_fetch(now, over, 0, 0.5), at("2026-01-08T00:00:00Z"));
        let forever = Wishes { max_age: Some(Duration::from_hours(24 * 365)), ..wishes() };
        assert_eq!(next_fetch(now, forever, 0, 0.5), at("2026-01-08T00:00:00Z"));
    }

    #[test]
    fn errors_double_the_wait() {
        let now = at("2026-01-01T00:00:00Z");
        assert_eq!(next_fetch(now, wishes(), 1, 0.5), at("2026-01-01T01:00:00Z"));
        assert_eq!(next_fetch(now, wishes(), 3, 0.5), at("2026-01-01T04:00:00Z"));
        assert_eq!(next_fetch(now, wishes(), 1, 0.0), at("2026-01-01T00:57:00Z"));
        assert_eq!(next_fetch(now, wishes(), 4_000_000_000, 0.5), at("2026-01-08T00:00:00Z"));
        assert_eq!(next_attempt(now, 2, Some(Duration::from_hours(5)), 0.5), at("2026-01-01T05:00:00Z"));
    }

    #[test]
    fn nine_tenths_of_an_interval_are_enough() {
        let mut show = ShowRow {
            id: 1,
            slug: String::new(),
            feed_url: String::new(),
            configured_url: String::new(),
            title: None,
            state: "active".to_owned(),
            next_fetch_at: None,
            polled_at: None,
            error_count: 0,
            ttl_minutes: None,
            new_feed_url: None,
        };
        let due = |show: &ShowRow, now: &str| is_due(show, at(now));
        assert!(due(&show, "2026-01-01T00:00:00Z"), "never polled");
        show.polled_at = Some(at("2026-01-01T00:00:00Z"));
        show.next_fetch_at = Some(at("2026-01-01T01:00:00Z"));
        assert!(!due(&show, "2026-01-01T00:53:59Z"));
        assert!(due(&show, "2026-01-01T00:54:00Z"));
        assert!(due(&show, "1970-01-01T00:00:00Z"), "the clock went back");
        show.state = "gone".to_owned();
        assert!(!due(&show, "2027-01-01T00:00:00Z"));
    }
}
