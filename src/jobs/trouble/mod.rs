//! What a run tells of a failure: how it began, whether an earlier run has told of it, what can be done. Pure.
//!
//! A failure is told when it begins; while it goes on, once a day; and when it turns from one that passes by itself into one
//! that somebody must see to. A run that is forced, or looked at, tells of each.

mod cause;
mod standing;
mod stopped;

pub(super) use cause::Subject;
pub(super) use standing::failing;
pub use standing::standing;
pub(super) use stopped::stopped;

use std::time::Duration;

use cause::Cause;

use crate::archive::{Failed, Failures};
use crate::model::Time;
use crate::report::Trouble;

/// Nine tenths of a day, as with all intervals: who looks once a day hears of it once a day.
const A_DAY: Duration = Duration::from_mins(24 * 60 * 9 / 10);

/// The books of a failure, the attempt of this run included, as a run tells them.
pub(super) fn told(
    trouble: Trouble,
    subject: Subject,
    failures: &Failures,
    next_try: Option<Time>,
) -> Trouble {
    let last = failures.attempts.last();
    let cause = last.map(Cause::of);
    let is_old = failures.attempts.len() > 1;
    Trouble {
        times: failures.attempts.len() as u64,
        since: failures.attempts.first().map(|first| first.at),
        last_good: failures.last_good,
        next_try,
        hint: cause.and_then(|cause| cause.hint(subject, is_old)).map(str::to_owned),
        told: is_told(&failures.attempts),
        ..trouble
    }
}

/// Whether what the last attempt came to was told by one before it.
fn is_told(attempts: &[Failed]) -> bool {
    let mut told: Option<(Time, bool)> = None;
    let mut is_told = false;
    for attempt in attempts {
        let passes = Cause::of(attempt).passes();
        is_told = told.is_some_and(|(at, passed)| {
            // What was told at a time to come was told by another clock.
            attempt.at >= at && attempt.at.since(at) < A_DAY && (!passed || passes)
        });
        if !is_told {
            told = Some((attempt.at, passes));
        }
    }
    is_told
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attempts at these hours of January 2026, with their statuses; which of them tell.
    fn telling(attempts: &[(u64, u16)]) -> Vec<u64> {
        let begin: Time = "2026-01-01T00:00:00Z".parse().unwrap();
        let failed = |(hour, status): &(u64, u16)| Failed {
            at: begin + Duration::from_hours(*hour),
            status: Some(*status),
            error: None,
        };
        let all: Vec<Failed> = attempts.iter().map(failed).collect();
        (1..=all.len()).filter(|n| !is_told(&all[..*n])).map(|n| attempts[n - 1].0).collect()
    }

    #[test]
    fn a_failure_is_told_when_it_begins_and_once_a_day() {
        let backed_off = [0, 1, 3, 7, 15, 31, 63, 127];
        assert_eq!(telling(&backed_off.map(|hour| (hour, 503))), [0, 31, 63, 127]);
        let hourly: Vec<_> = (0..50).map(|hour| (hour, 503)).collect();
        assert_eq!(telling(&hourly), [0, 22, 44]);
        let daily = [(0, 404), (24, 404), (47, 404), (72, 404)];
        assert_eq!(telling(&daily), [0, 24, 47, 72]);
        assert_eq!(telling(&[]), [] as [u64; 0]);
    }

    #[test]
    fn what_needs_somebody_is_told_when_it_turns_up() {
        assert_eq!(telling(&[(0, 503), (1, 404), (2, 503), (3, 404), (4, 403)]), [0, 1]);
    }

    #[test]
    fn a_clock_that_was_set_back_hushes_nothing() {
        assert_eq!(telling(&[(900, 503), (1, 503), (2, 503)]), [900, 1]);
    }

    #[test]
    fn the_books_are_told_with_what_can_be_done() {
        let failed = |at: &str| Failed { at: at.parse().unwrap(), status: Some(404), error: None };
        let attempts = vec![failed("2026-01-02T00:00:00Z"), failed("2026-01-02T01:00:00Z")];
        let failures = Failures { attempts, last_good: Some("2026-01-01T00:00:00Z".parse().unwrap()) };
        let trouble = told(Trouble::new("a", "gone"), Subject::Feed, &failures, None);
        assert_eq!((trouble.times, trouble.told), (2, true));
        assert_eq!(trouble.since, Some("2026-01-02T00:00:00Z".parse().unwrap()));
        assert!(trouble.hint.is_some_and(|hint| hint.starts_with("404: ")));
    }
}
