//! The rate that all downloads together keep to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Counts what came in against a rate. Clones count together.
#[derive(Clone)]
pub(super) struct Throttle {
    /// Bytes a second.
    rate: u64,
    /// What came in so far is paid for at this time.
    paid: Arc<Mutex<Instant>>,
}

impl Throttle {
    /// None for a rate of 0: as fast as it comes.
    pub(super) fn new(rate: u64) -> Option<Self> {
        (rate > 0).then(|| Self { rate, paid: Arc::new(Mutex::new(Instant::now())) })
    }

    /// So many bytes came in: how long to wait before more is asked for.
    pub(super) fn wait(&self, bytes: u64, now: Instant) -> Duration {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        *paid = (*paid).max(now) + Duration::from_secs_f64(bytes as f64 / self.rate as f64);
        paid.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_comes_in_waits_its_time() {
        let (throttle, start) = (Throttle::new(1000).unwrap(), Instant::now() + Duration::from_secs(1));
        let other = throttle.clone();
        assert_eq!(throttle.wait(500, start), Duration::from_millis(500));
        assert_eq!(other.wait(1000, start), Duration::from_millis(1500));
        let later = start + Duration::from_secs(9);
        assert_eq!(
            throttle.wait(100, later),
            Duration::from_millis(100),
            "time without transfers is not saved up"
        );
        assert!(Throttle::new(0).is_none());
    }
}
