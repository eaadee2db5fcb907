//! What a stranger's server is asked to bear: one feed request at a time, a few transfers at a time, and nothing at
//! all while it asks to be left alone.

use std::collections::HashMap;
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
}

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
