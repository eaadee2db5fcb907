//! How fast bytes come in at present: what this run received, over the last seconds.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The rate is that of so long, at most.
const WINDOW: Duration = Duration::from_secs(15);
/// So often a sample is kept.
const STEP: Duration = Duration::from_millis(500);
/// Of less than this no rate can be told.
const LEAST: Duration = Duration::from_millis(200);

/// Counts what comes in. Asked by a bar that is drawn, which waits for nobody: nothing is done while it is held but counting.
#[derive(Default)]
pub(super) struct Meter(Mutex<Count>);

impl Meter {
    /// Something begins to come in.
    pub(super) fn begin(&self) {
        self.with(|count| count.add(0, Instant::now()));
    }

    /// So many bytes came in.
    pub(super) fn add(&self, bytes: u64) {
        self.with(|count| count.add(bytes, Instant::now()));
    }

    /// Bytes a second; 0 where it can't be told.
    pub(super) fn rate(&self) -> u64 {
        self.with(|count| count.rate(Instant::now()))
    }

    /// All that came in so far, in bytes.
    #[cfg(test)]
    pub(super) fn received(&self) -> u64 {
        self.with(|count| count.received)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Count) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// When how many bytes had come in; the oldest sample is where the window begins.
#[derive(Default)]
struct Count {
    received: u64,
    samples: VecDeque<(Instant, u64)>,
}

impl Count {
    fn add(&mut self, bytes: u64, now: Instant) {
        self.received = self.received.saturating_add(bytes);
        if self.samples.back().is_none_or(|(at, _)| now.saturating_duration_since(*at) >= STEP) {
            self.samples.push_back((now, self.received));
        }
        self.forget(now);
    }

    fn rate(&mut self, now: Instant) -> u64 {
        self.forget(now);
        let Some((since, before)) = self.samples.front() else { return 0 };
        // What was before the window, in a stall, counts for its beginning.
        let time = now.saturating_duration_since(*since).min(WINDOW);
        if time < LEAST {
            return 0;
        }
        (self.received.saturating_sub(*before) as f64 / time.as_secs_f64()) as u64
    }

    /// Keeps one sample from before the window.
    fn forget(&mut self, now: Instant) {
        let is_old = |sample: Option<&(Instant, u64)>| {
            sample.is_some_and(|(at, _)| now.saturating_duration_since(*at) >= WINDOW)
        };
        while is_old(self.samples.get(1)) {
            self.samples.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let begin = Instant::now();
        let mut count = Count::default();
        let at = |tenths: u64| begin + Duration::from_millis(tenths * 100);
        assert_eq!(count.rate(at(0)), 0);
        count.add(0, at(0));
        count.add(50_000, at(1));
        assert_eq!(count.rate(at(1)), 0, "too early to tell");
        for tenths in 2..=300 {
            count.add(10_000, at(tenths));
        }
        assert_eq!(count.rate(at(300)), 100_000);
        assert!(count.samples.len() <= 32, "{}", count.samples.len());
        // A stall: nothing came for as long as the window is.
        assert_eq!(count.rate(at(600)), 0);
        assert_eq!(count.samples.len(), 1);
        count.add(150_000, at(6000));
        assert_eq!(count.rate(at(6010)), 10_000, "a long silence weighs no more than a short one");
    }
}
