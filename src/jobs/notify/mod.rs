//! Who is told how a run ended: an address that waits for a sign of life, a file that Prometheus collects.

mod whole;

pub use whole::{check_whole, write_whole};

use std::path::Path;
use std::time::Duration;

use super::Error;
use super::session::{now, options};
use super::trouble::failing;
use crate::archive::{Reader, ShowStatus};
use crate::config::Config;
use crate::http::header::HeaderMap;
use crate::http::{Client, Lane, Options, Request, Scope, Url};
use crate::model::Time;
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

/// How the archive stands after a run.
struct Standing {
    shows: Vec<ShowMetrics>,
    /// What fails at present, be it that this run had no occasion to find out.
    failing: u64,
}

/// Tells all whom `[notify]` names; what could not be told, a line each. A run that went well while something goes on failing is
/// no news to anybody, neither good nor bad.
pub async fn notify(config: &Config, ended: Ended) -> Vec<String> {
    let mut failed = Vec::new();
    let standing = match standing(config) {
        Ok(standing) => Some(standing),
        Err(error) => {
            // A run that could not be has said so.
            failed.extend(ended.well.then(|| format!("[notify] the archive can't be read: {error}")));
            None
        }
    };
    let is_well = ended.well && standing.as_ref().is_some_and(|standing| standing.failing == 0);
    failed.extend(write_metrics(config, ended, standing, is_well).err());
    let (key, address) = if is_well {
        ("on_success", config.notify.on_success.as_ref())
    } else {
        ("on_failure", config.notify.on_failure.as_ref().filter(|_| !ended.well))
    };
    if let Some(address) = address {
        failed.extend(ping(config, key, address).await.err());
    }
    failed
}

fn standing(config: &Config) -> Result<Standing, Error> {
    let reader = Reader::open(&config.archive.directory)?;
    let shows = reader.status()?.into_iter().map(measures).collect();
    Ok(Standing { shows, failing: failing(&reader, config)? })
}

/// Asks for the address that stands under a key of `[notify]`. It is a secret: all that is told of it is its host.
async fn ping(config: &Config, key: &str, address: &str) -> Result<(), String> {
    let url = Url::parse(address).map_err(|_| format!("[notify] {key}: not an address"))?;
    crate::model::hide(&url[url::Position::BeforePath..]);
    let host = url.host_str().unwrap_or_default().to_owned();
    let told = |why: String| format!("[notify] {key}: {host} could not be told: {why}");
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

fn write_metrics(
    config: &Config,
    ended: Ended,
    standing: Option<Standing>,
    is_well: bool,
) -> Result<(), String> {
    let Some(path) = &config.notify.metrics else { return Ok(()) };
    let told = |why: String| format!("[notify] metrics {}: {why}", path.display());
    check_whole(path, &config.archive.directory).map_err(|error| format!("[notify] metrics {error}"))?;
    let at = now();
    let failing = standing.as_ref().map_or(0, |standing| standing.failing);
    let metrics = Metrics {
        last_run: at,
        last_success: if is_well { Some(at) } else { earlier(path) },
        // What is not in the books (a full disk, a program that is called) fails in its run alone.
        failures: ended.failures.max(failing),
        shows: standing.map(|standing| standing.shows),
    };
    write_whole(path, &metrics.text()).map_err(|error| told(error.to_string()))
}

/// When a run last ended well before this one. A pipe tells nothing, and would keep who asks it waiting.
fn earlier(path: &Path) -> Option<Time> {
    let text = path.is_file().then(|| std::fs::read_to_string(path).ok())?;
    last_success(&text?)
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
