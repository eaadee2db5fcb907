//! An answer whose header is there and whose body is still to come.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, TRANSFER_ENCODING};
use tokio::time::Instant;
use url::Url;

use super::budget::Permit;
use super::error::classify_body;
use super::throttle::Throttle;
use super::{Error, Kind, Options};

/// A redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The address that redirected, without userinfo.
    pub url: Url,
    /// By which status.
    pub status: u16,
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By its announced length.
    Length(u64),
    /// By a last chunk.
    Chunked,
    /// By the end of the connection, which a cut looks just like.
    Close,
}

/// An answer. Dropping it ends the request and gives the host's turn back.
pub struct Response {
    /// The status, whatever it is.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The address that answered, without userinfo and fragment.
    pub final_url: Url,
    /// The redirects on the way, in order.
    pub hops: Vec<Hop>,
    /// What a valid `Retry-After` says, capped.
    pub retry_after: Option<Duration>,
    body: reqwest::Response,
    pace: Pace,
    throttle: Option<Throttle>,
    read_timeout: Duration,
    deadline: Instant,
    _permit: Option<Permit>,
}

impl Response {
    pub(super) fn new(
        body: reqwest::Response,
        url: Url,
        hops: Vec<Hop>,
        permit: Option<Permit>,
        deadline: Instant,
        options: &Options,
        retry_after: Option<Duration>,
    ) -> Self {
        Self {
            status: body.status().as_u16(),
            headers: body.headers().clone(),
            final_url: url,
            hops,
            retry_after,
            body,
            pace: Pace::new(options),
            throttle: None,
            read_timeout: options.read_timeout,
            deadline,
            _permit: permit,
        }
    }

    /// The same, no faster than what all of its kind keep to.
    pub(super) fn throttled(self, throttle: Option<Throttle>) -> Self {
        Self { throttle, ..self }
    }

    /// There were redirects, and each was said to be permanent (301 or 308).
    pub fn moved_permanently(&self) -> bool {
        !self.hops.is_empty() && self.hops.iter().all(|hop| matches!(hop.status, 301 | 308))
    }

    /// A header field as text; `None` if it is absent, empty or not visible ASCII.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
    }

    /// How the body ends.
    pub fn framing(&self) -> Framing {
        if self.headers.contains_key(TRANSFER_ENCODING) {
            return Framing::Chunked;
        }
        match self.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.trim().parse().ok()) {
            Some(length) => Framing::Length(length),
            None => Framing::Close,
        }
    }

    /// The next piece of the body; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let asked = Instant::now();
        let left = self.deadline.saturating_duration_since(asked);
        let piece = tokio::time::timeout(self.read_timeout.min(left), self.body.chunk()).await;
        let url = &self.final_url;
        let piece = match piece {
            Ok(Ok(piece)) => piece,
            Ok(Err(error)) => {
                let chunked = self.framing() == Framing::Chunked;
                return Err(classify_body(url, &error, chunked));
            }
            Err(_) if left < self.read_timeout => {
                return Err(Error::new(url, Kind::TooSlow).detail("the deadline has passed"));
            }
            Err(_) => return Err(Error::new(url, Kind::Stalled)),
        };
        let length = piece.as_ref().map_or(0, Bytes::len) as u64;
        if let Some(detail) = self.pace.too_slow(asked.elapsed(), length).filter(|_| piece.is_some()) {
            return Err(Error::new(url, Kind::TooSlow).detail(detail));
        }
        if let Some(throttle) = &self.throttle {
            let wait = throttle.wait(length, Instant::now());
            // Our own slowness is not the server's.
            self.deadline += wait;
            tokio::time::sleep(wait).await;
        }
        Ok(piece)
    }
}

/// Measures the rate over windows of waiting, so that time spent on our own disk is not the server's fault.
struct Pace {
    least_rate: u64,
    window: Duration,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    fn new(options: &Options) -> Self {
        let (least_rate, window) = (options.least_rate, options.rate_window);
        Self { least_rate, window, waited: Duration::ZERO, bytes: 0 }
    }

    /// Takes a piece in; says so at the end of a window in which too little came.
    fn too_slow(&mut self, waited: Duration, bytes: u64) -> Option<String> {
        self.waited += waited;
        self.bytes += bytes;
        if self.waited < self.window {
            return None;
        }
        let rate = self.bytes as f64 / self.waited.as_secs_f64();
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        (rate <= self.least_rate as f64)
            .then(|| format!("{rate:.0} bytes/s over {} s", self.window.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drip_is_too_slow_and_a_pause_is_not() {
        let mut pace = Pace::new(&Options::default());
        assert_eq!(pace.too_slow(Duration::from_secs(59), 1), None);
        assert!(pace.too_slow(Duration::from_secs(1), 1).is_some());
        assert_eq!(pace.too_slow(Duration::from_secs(59), 1), None);
        assert_eq!(pace.too_slow(Duration::from_secs(1), 1_000_000), None);
    }
}
