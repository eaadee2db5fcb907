//! One GET, with its redirects and retries, under the guard and the host's budget.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use tokio::time::Instant;
use tracing::debug;
use url::Url;

use super::budget::{Budget, Permit};
use super::error::classify_send;
use super::guard::{Guard, without_userinfo};
use super::response::{Hop, Response};
use super::throttle::Throttle;
use super::transport::Transport;
use super::{Error, Kind, Options, Scope, parse_http_date, parse_retry_after, redact};
use crate::model::{Time, blunt};

/// The body of a redirect is read up to here, so that its connection can serve the next hop; then it is dropped.
const REDIRECT_BODY_CAP: u64 = 64 * 1024;
/// No honest Location is longer.
const LONGEST_LOCATION: usize = 32 * 1024;

/// Which of a host's budgets a request counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// A feed or page: one at a time.
    Feed,
    /// A file: a configured few at a time.
    Media,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where. Userinfo becomes an Authorization header, for this origin only.
    pub url: Url,
    /// Which special addresses may be met on the way.
    pub scope: Scope,
    /// Whose turn it uses up.
    pub lane: Lane,
    /// Header fields, such as conditions and ranges.
    pub headers: HeaderMap,
    /// The whole transfer, body included, ends by then.
    pub deadline: Duration,
}

/// The client of a run. Clones share connections, budgets and holds.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    options: Options,
    guard: Guard,
    budget: Budget,
    throttle: Option<Throttle>,
    transport: Transport,
}

impl Client {
    /// A client with these limits. Costs next to nothing until the first request.
    pub fn new(options: Options) -> Self {
        let guard = Guard::new(&options);
        let budget = Budget::new(options.media_per_host);
        let throttle = Throttle::new(options.media_rate);
        Self(Arc::new(Inner { options, guard, budget, throttle, transport: Transport::default() }))
    }

    /// What may be spoken to.
    pub fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// How long the host of this address still asks to be left alone.
    pub fn held(&self, url: &Url) -> Option<Duration> {
        self.0.budget.held(url)
    }

    /// Leaves the host alone for so long, as an earlier run was told to.
    pub fn hold(&self, url: &Url, wait: Duration) {
        self.0.budget.hold(url, wait.min(self.0.options.retry_after_cap));
    }

    /// Sends the request and follows redirects until an answer that is none. Any status may come back.
    pub async fn get(&self, request: Request) -> Result<Response, Error> {
        let mut trail = Trail::new(&request.url, self.0.options.redirect_limit);
        let deadline = Instant::now() + request.deadline;
        let mut permit = None;
        loop {
            let answer = self.ask(&trail.url, &request, &mut permit).await?;
            if !is_redirect(answer.status().as_u16()) {
                let retry_after = self.retry_after(answer.headers());
                let (url, hops) = (trail.url, trail.hops);
                let throttle = self.0.throttle.clone().filter(|_| request.lane == Lane::Media);
                let options = &self.0.options;
                let answer = Response::new(answer, url, hops, permit, deadline, options, retry_after);
                return Ok(answer.throttled(throttle));
            }
            let next = trail.next(answer.headers()).map_err(|detail| trail.bad(&answer, detail))?;
            trail.go(answer.status().as_u16(), next);
            drain(answer).await;
        }
    }

    /// One hop, tried again while its failure may pass.
    async fn ask(
        &self,
        url: &Url,
        request: &Request,
        permit: &mut Option<Permit>,
    ) -> Result<reqwest::Response, Error> {
        let mut pause = self.0.options.retry_pause;
        for _ in 1..self.0.options.tries {
            let outcome = self.ask_once(url, request, permit).await;
            let Some(wait) = self.wait_before_next(url, &outcome, pause) else { return outcome };
            debug!(url = redact(url), ?wait, "trying again");
            if let Ok(answer) = outcome {
                drain(answer).await;
            }
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
        let outcome = self.ask_once(url, request, permit).await;
        // The last answer may hold the host back, too.
        let _ = self.wait_before_next(url, &outcome, pause);
        outcome
    }

    /// How long to wait before trying again; `None` if that would be no use or no manners.
    fn wait_before_next(
        &self,
        url: &Url,
        outcome: &Result<reqwest::Response, Error>,
        pause: Duration,
    ) -> Option<Duration> {
        let shortened = pause.mul_f64(1.0 - fastrand::f64() / 2.0);
        let answer = match outcome {
            Ok(answer) => answer,
            Err(error) => return (error.kind == Kind::Connection).then_some(shortened),
        };
        let status = answer.status().as_u16();
        let asked_to_wait = self.retry_after(answer.headers()).filter(|_| matches!(status, 429 | 503));
        match (status, asked_to_wait) {
            (_, Some(wait)) => {
                self.0.budget.hold(url, wait);
                // The hold itself is waited out before the next request.
                (wait <= self.0.options.patience).then_some(Duration::ZERO)
            }
            (500 | 502 | 503 | 504 | 520..=524, None) => Some(shortened),
            _ => None,
        }
    }

    async fn ask_once(
        &self,
        url: &Url,
        request: &Request,
        permit: &mut Option<Permit>,
    ) -> Result<reqwest::Response, Error> {
        let refused = |refusal| Error::new(url, Kind::Refused(refusal));
        let way = self.0.guard.way(url, &request.scope).map_err(refused)?;
        let client = self.0.transport.client(url, way, &self.0.options)?;
        if permit.as_ref().is_none_or(|permit| !permit.covers(url)) {
            // The old host's turn ends before the new one's is waited for, so that two can't wait for each other.
            *permit = None;
            *permit = Some(self.0.budget.turn(url, request.lane).await);
        }
        self.wait_out_hold(url).await?;
        let started = Instant::now();
        let sent = client.get(without_userinfo(url)).headers(request.headers.clone());
        let sent = match credentials(url, request) {
            Some((name, password)) => sent.basic_auth(name, Some(password)),
            None => sent,
        };
        let answered = tokio::time::timeout(self.0.options.header_timeout, sent.send()).await;
        let outcome = match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(classify_send(url, &error)),
            Err(_) => Err(Error::new(url, Kind::HeaderTimeout)),
        };
        log(url, started, &outcome);
        self.0.budget.ended(url, outcome.as_ref().is_ok_and(|answer| !is_trouble(answer.status().as_u16())));
        outcome
    }

    async fn wait_out_hold(&self, url: &Url) -> Result<(), Error> {
        while let Some(left) = self.0.budget.held(url) {
            if left > self.0.options.patience {
                let mut error = Error::new(url, Kind::HeldBack);
                error.retry_after = Some(left);
                return Err(error);
            }
            tokio::time::sleep(left).await;
        }
        Ok(())
    }

    fn retry_after(&self, headers: &HeaderMap) -> Option<Duration> {
        let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
        // A date is meant by the host's clock; ours may be wrong.
        let theirs = headers.get(DATE).and_then(|date| parse_http_date(date.to_str().ok()?));
        let now = theirs.unwrap_or_else(|| Time::from(chrono::Utc::now()));
        parse_retry_after(text, now, self.0.options.retry_after_cap)
    }
}

/// The way through redirects.
struct Trail {
    url: Url,
    hops: Vec<Hop>,
    seen: HashSet<Url>,
    limit: usize,
}

impl Trail {
    fn new(url: &Url, limit: usize) -> Self {
        // What answers is the address without them: nothing relative to it may inherit a password.
        let mut url = without_userinfo(url);
        url.set_fragment(None);
        Self { seen: HashSet::from([url.clone()]), url, hops: Vec::new(), limit }
    }

    /// Where the redirect leads, if it may be gone there.
    fn next(&self, headers: &HeaderMap) -> Result<Url, String> {
        if self.hops.len() >= self.limit {
            return Err(format!("more than {} redirects", self.limit));
        }
        let mut locations = headers.get_all(LOCATION).iter();
        let location = locations.next().filter(|value| !value.is_empty()).ok_or("no Location")?;
        if locations.any(|other| other != location) {
            return Err("two Locations that differ".to_owned());
        }
        if location.len() > LONGEST_LOCATION {
            return Err("a Location of absurd length".to_owned());
        }
        let text = String::from_utf8_lossy(location.as_bytes());
        let mut next =
            self.url.join(&text).map_err(|error| format!("Location {:?}: {error}", blunt(&text)))?;
        next.set_fragment(None);
        // A redirect may not hand us credentials to send.
        let next = without_userinfo(&next);
        if self.seen.contains(&next) {
            return Err(format!("a loop back to {}", redact(&next)));
        }
        Ok(next)
    }

    fn go(&mut self, status: u16, next: Url) {
        self.seen.insert(next.clone());
        let from = std::mem::replace(&mut self.url, next);
        self.hops.push(Hop { url: from, status });
    }

    fn bad(&self, answer: &reqwest::Response, detail: String) -> Error {
        let mut error = Error::new(&self.url, Kind::Redirect).detail(detail);
        error.status = Some(answer.status().as_u16());
        error
    }
}

/// The host, rather than the page, is in trouble, or tired of us.
fn is_trouble(status: u16) -> bool {
    status == 429 || status >= 500
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Name and password for this address: those of the address asked for or of the configured feed, on their own origin.
fn credentials(url: &Url, request: &Request) -> Option<(String, String)> {
    let owners = std::iter::once(&request.url).chain(request.scope.configured());
    let owner = owners
        .filter(|own| own.origin() == url.origin())
        .find(|own| !own.username().is_empty() || own.password().is_some())?;
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some((plain(owner.username()), plain(owner.password().unwrap_or_default())))
}

/// Reads a short body that nobody wants, so that the connection can be used again.
async fn drain(mut answer: reqwest::Response) {
    if answer.content_length().is_none_or(|length| length > REDIRECT_BODY_CAP) {
        return;
    }
    let read = async { while let Ok(Some(_)) = answer.chunk().await {} };
    let _ = tokio::time::timeout(Duration::from_secs(1), read).await;
}

fn log(url: &Url, started: Instant, outcome: &Result<reqwest::Response, Error>) {
    let milliseconds = started.elapsed().as_millis() as u64;
    match outcome {
        Ok(answer) => debug!(url = redact(url), status = answer.status().as_u16(), milliseconds, "GET"),
        Err(error) => debug!(url = redact(url), cause = error.cause(), milliseconds, "GET"),
    }
}
