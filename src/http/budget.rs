//! What a stranger's server is asked to bear: one feed request at a time, a few transfers at a time, and nothing at
//! all while it asks to be left alone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

use super::Lane;

/// The budgets of all hosts met in this run.
pub(super) struct Budget {
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    media_per_host: usize,
}

struct Host {
    feeds: Arc<Semaphore>,
    all: Arc<Semaphore>,
    held_until: Mutex<Option<Instant>>,
    /// Requests in a row that came to nothing.
    failures: AtomicU32,
}

/// So many requests in a row that come to nothing (refused, failed, without an answer), and a host is not asked again in this run:
/// three that were tried three times each.
const MOST_FAILURES: u32 = 9;
/// Longer than what is left of most runs.
const REST: Duration = Duration::from_mins(30);

/// Leave to have one request under way; given back when dropped.
pub(super) struct Permit {
    host: String,
    _all: Option<OwnedSemaphorePermit>,
    _feed: Option<OwnedSemaphorePermit>,
}

impl Permit {
    /// Whether the permit is for the host of this address.
    pub(super) fn covers(&self, url: &Url) -> bool {
        self.host == key(url)
    }
}

impl Budget {
    pub(super) fn new(media_per_host: usize) -> Self {
        Self { hosts: Mutex::default(), media_per_host: media_per_host.max(1) }
    }

    /// Waits for a turn at the address's host.
    pub(super) async fn turn(&self, url: &Url, lane: Lane) -> Permit {
        let host = self.host(url);
        // The semaphores are never closed, so that `ok` is always `Some`.
        let feed = match lane {
            Lane::Feed => Arc::clone(&host.feeds).acquire_owned().await.ok(),
            Lane::Media => None,
        };
        let all = Arc::clone(&host.all).acquire_owned().await.ok();
        Permit { host: key(url), _all: all, _feed: feed }
    }

    /// Leaves the host alone for so long.
    pub(super) fn hold(&self, url: &Url, wait: Duration) {
        let until = Instant::now() + wait;
        let host = self.host(url);
        let mut held = lock(&host.held_until);
        *held = Some(held.map_or(until, |before| before.max(until)));
    }

    /// Takes down how a request ended: one that has enough of us is given a rest, whether it asks for one or not.
    pub(super) fn ended(&self, url: &Url, well: bool) {
        let host = self.host(url);
        if well {
            host.failures.store(0, Ordering::Relaxed);
        } else if host.failures.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILURES {
            self.hold(url, REST);
        }
    }

    /// How long the host is still to be left alone.
    pub(super) fn held(&self, url: &Url) -> Option<Duration> {
        let until = (*lock(&self.host(url).held_until))?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    fn host(&self, url: &Url) -> Arc<Host> {
        let mut hosts = lock(&self.hosts);
        let host = hosts.entry(key(url)).or_insert_with(|| {
            Arc::new(Host {
                feeds: Arc::new(Semaphore::new(1)),
                all: Arc::new(Semaphore::new(self.media_per_host)),
                held_until: Mutex::default(),
                failures: AtomicU32::new(0),
            })
        });
        Arc::clone(host)
    }
}

/// http and https of one name are one host; another port is another server.
fn key(url: &Url) -> String {
    let host = super::guard::host_of(url).map(|host| host.to_string()).unwrap_or_default();
    match url.port() {
        Some(port) if port != 80 && port != 443 => format!("{host}:{port}"),
        _ => host,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    async fn has_turn(budget: &Budget, url: &Url, lane: Lane) -> Option<Permit> {
        tokio::time::timeout(Duration::from_millis(5), budget.turn(url, lane)).await.ok()
    }

    #[tokio::test]
    async fn feeds_go_one_by_one_and_media_a_few_at_a_time() {
        let budget = Budget::new(2);
        let (here, there) = (url("https://a.example/1"), url("https://b.example/"));
        let feed = has_turn(&budget, &here, Lane::Feed).await;
        assert!(feed.is_some());
        assert!(has_turn(&budget, &url("http://a.example/2"), Lane::Feed).await.is_none());
        let media = has_turn(&budget, &here, Lane::Media).await;
        assert!(media.is_some());
        assert!(has_turn(&budget, &here, Lane::Media).await.is_none());
        assert!(has_turn(&budget, &there, Lane::Feed).await.is_some());
        drop(feed);
        assert!(has_turn(&budget, &here, Lane::Feed).await.is_some());
    }

    #[test]
    fn a_host_that_fails_again_and_again_gets_a_rest() {
        let budget = Budget::new(2);
        let here = url("https://a.example/feed");
        for _ in 1..MOST_FAILURES {
            budget.ended(&here, false);
        }
        budget.ended(&here, true);
        budget.ended(&here, false);
        assert_eq!(budget.held(&here), None);
        for _ in 1..MOST_FAILURES {
            budget.ended(&here, false);
        }
        assert!(budget.held(&url("https://a.example/other")).is_some());
        assert_eq!(budget.held(&url("https://b.example/")), None);
    }

    #[tokio::test]
    async fn a_hold_covers_the_whole_host_and_no_other() {
        let budget = Budget::new(2);
        budget.hold(&url("https://a.example/feed"), Duration::from_mins(1));
        budget.hold(&url("https://a.example/other"), Duration::from_secs(5));
        assert!(budget.held(&url("http://a.example/audio")).is_some_and(|left| left.as_secs() > 50));
        assert_eq!(budget.held(&url("https://b.example/")), None);
        assert_eq!(budget.held(&url("https://a.example:8443/")), None);
    }
}
