//! Why a feed was not fetched, with what a `fetches` row holds.

use std::fmt;
use std::io;
use std::time::Duration;

use super::Attempt;
use crate::http::{self, Url, redact};

/// A fetch that failed.
#[derive(Debug)]
pub struct Error {
    /// The feed, without secrets.
    pub url: String,
    /// What went wrong.
    pub kind: Kind,
    /// The words on it.
    pub cause: String,
    /// The address that answered, where one did: after redirects, another than was asked.
    pub answered_by: Option<Url>,
    /// The last status seen.
    pub status: Option<u16>,
    /// How long the host is to be left alone.
    pub retry_after: Option<Duration>,
    /// Bytes of body that came.
    pub bytes: u64,
    /// How long it took.
    pub duration: Duration,
}

/// The kinds of failure.
#[derive(Debug)]
pub enum Kind {
    /// On the way.
    Http(http::Error),
    /// A status that is no feed.
    Status(u16),
    /// 304 though no validator was sent.
    Unasked304,
    /// The content coding is unknown, doubled or broken.
    Coding(String),
    /// More bytes than allowed, on the wire or decoded.
    TooLarge(u64),
    /// A `file:` address that the user did not configure.
    FileNotAllowed,
    /// A `file:` address that can't be read.
    File(io::Error),
}

impl From<http::Error> for Kind {
    fn from(error: http::Error) -> Self {
        Self::Http(error)
    }
}

impl Error {
    pub(super) fn new(url: &Url, kind: Kind, attempt: Attempt, duration: Duration) -> Self {
        let (status, retry_after) = match &kind {
            Kind::Http(error) => (error.status.or(attempt.status), error.retry_after.or(attempt.retry_after)),
            _ => (attempt.status, attempt.retry_after),
        };
        let cause = cause(url, &kind, retry_after);
        Self {
            url: redact(url),
            kind,
            cause,
            answered_by: attempt.answered_by,
            status,
            retry_after,
            bytes: attempt.bytes,
            duration,
        }
    }

    /// The `outcome` column.
    pub fn outcome(&self) -> &'static str {
        if self.is_refused() { "refused" } else { "failed" }
    }

    /// Nothing was asked: the host wants to be left alone for a while yet.
    pub fn is_held_back(&self) -> bool {
        matches!(&self.kind, Kind::Http(error) if matches!(error.kind, http::Kind::HeldBack))
    }

    /// The address was not asked, by `only_hosts` or the address rules.
    pub fn is_refused(&self) -> bool {
        matches!(&self.kind, Kind::Http(error) if matches!(error.kind, http::Kind::Refused(_)))
    }
}

fn cause(url: &Url, kind: &Kind, retry_after: Option<Duration>) -> String {
    let cause = match kind {
        Kind::Http(error) => error.cause_for(url),
        Kind::Status(status) => format!("status {status}"),
        Kind::Unasked304 => "status 304 though nothing was asked conditionally".to_owned(),
        Kind::Coding(detail) => format!("content coding: {}", http::printable(detail)),
        Kind::TooLarge(cap) => format!("too large: more than {cap} bytes"),
        Kind::FileNotAllowed => "a file: address is read only where it is configured".to_owned(),
        Kind::File(error) => error.to_string(),
    };
    match retry_after {
        Some(wait) => format!("{cause}, retry after {} s", wait.as_secs()),
        None => cause,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fetch {}: {}", self.url, self.cause)
    }
}

impl std::error::Error for Error {}
