//! Who is told how a run ended: an address that waits for a sign of life, a file that Prometheus collects.

mod whole;

pub use whole::write_whole;

use std::time::Duration;

use super::session::{now, options};
use crate::archive::{Reader, ShowStatus};
use crate::config::Config;
use crate::http::header::HeaderMap;
use crate::http::{Client, Lane, Options, Request, Scope, Url};
use crate::report::{Metrics, ShowMetrics, last_success};

/// A sign of life may take so long; the run is over, and its lock free.
const DEADLINE: Duration = Duration::from_secs(20);

/// How a run ended, as far as it is told to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code is 0.
    pub well: bool,
    /// What failed in it.
    pub failures: u64,
}

/// Tells all whom `[notify]` names; what could not be told, a line each.
pub async fn notify(config: &Config, ended: Ended) -> Vec<String> {
    let mut failed = Vec::new();
    failed.extend(write_metrics(config, ended).err());
    let address = if ended.well { &config.notify.on_success } else { &config.notify.on_failure };
    if let Some(address) = address {
        failed.extend(ping(config, address).await.err());
    }
    failed
}

/// Asks for the address. It is a secret: all that is told of it is its host.
async fn ping(config: &Config, address: &str) -> Result<(), String> {
    let url = Url::parse(address).map_err(|_| "[notify]: not an address".to_owned())?;
    crate::model::hide(&url[url::Position::BeforePath..]);
    let host = url.host_str().unwrap_or_default().to_owned();
    let told = |why: String| format!("[notify] {host} could not be told: {why}");
    let limits = options(&config.http).map_err(|error| told(error.to_string()))?;
    let client = Client::new(Options { header_timeout: DEADLINE / 2, ..limits });
    // The user's own address may be on a private network.
    let scope = Scope::of_feed(&url);
    let request = Request { url, scope, lane: Lane::Feed, headers: HeaderMap::new(), deadline: DEADLINE };
    match tokio::time::timeout(DEADLINE, client.get(request)).await {
        Ok(Ok(answer)) if (200..300).contains(&answer.status) => Ok(()),
        Ok(Ok(answer)) => Err(told(format!("status {}", answer.status))),
        Ok(Err(error)) => Err(told(error.kind.words())),
        Err(_) => Err(told("no answer in time".to_owned())),
    }
}

fn write_metrics(config: &Config, ended: Ended) -> Result<(), String> {
    let Some(path) = &config.notify.metrics else { return Ok(()) };
    let told = |why: String| format!("[notify] metrics {}: {why}", path.display());
    let shows = match Reader::open(&config.archive.directory).and_then(|reader| reader.status()) {
        Ok(shows) => shows.into_iter().map(measures).collect(),
        Err(_) if !ended.well => Vec::new(),
        Err(error) => return Err(told(error.to_string())),
    };
    let at = now();
    let before = std::fs::read_to_string(path).ok().and_then(|text| last_success(&text));
    let last_success = if ended.well { Some(at) } else { before };
    let metrics = Metrics { last_run: at, last_success, failures: ended.failures, shows };
    write_whole(path, &metrics.text()).map_err(|error| told(error.to_string()))
}

fn measures(show: ShowStatus) -> ShowMetrics {
    ShowMetrics {
        show: show.show,
        episodes: show.episodes,
        missing: show.missing,
        bytes: show.bytes,
        failures: show.error_count,
        last_success: show.last_seen_at,
        newest: show.newest,
    }
}
