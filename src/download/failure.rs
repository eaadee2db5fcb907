//! Why a resource was not captured.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::http;

/// An attempt that gave no file.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// The words on it, without secrets.
    pub message: String,
    /// How long the host is to be left alone.
    pub retry_after: Option<Duration>,
    /// No further download can do better: the disk is full or broken.
    pub fatal: bool,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The body ended early; the part is kept where it may be resumed.
    ShortBody,
    /// The body stopped coming.
    Stalled,
    /// It came too slowly.
    TooSlow,
    /// No answer in time.
    NoAnswer,
    /// It is larger than allowed.
    TooLarge,
    /// A status that brings no file.
    Status,
    /// The bytes are not what was wanted: recorded as `rejected`, and kept out.
    NotWanted,
    /// Two tries for a body of untold length did not agree with each other or the feed.
    Suspect,
    /// The address may not be asked.
    Refused,
    /// Redirects that lead nowhere.
    Redirect,
    /// Length or chunks contradict HTTP, or a partial answer contradicts itself.
    Framing,
    /// A content coding though none was asked for.
    Coding,
    /// The answer is no HTTP.
    Protocol,
    /// No connection, name or TLS.
    Connection,
    /// The host asked to be left alone.
    HeldBack,
    /// The disk is full, or would be.
    DiskFull,
    /// The disk does not do as told.
    Io,
    /// The run is ending; the part is kept.
    Cancelled,
}

impl Failure {
    pub(super) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        let fatal = matches!(kind, FailureKind::DiskFull | FailureKind::Io);
        Self { kind, message: message.into(), retry_after: None, fatal }
    }

    /// The disk did not do as told.
    pub fn io(doing: &str, error: &io::Error) -> Self {
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let kind = if full { FailureKind::DiskFull } else { FailureKind::Io };
        Self::new(kind, format!("{doing}: {error}"))
    }

    /// Bytes that came whole and are not what was wanted.
    pub fn not_wanted(message: impl Into<String>) -> Self {
        Self::new(FailureKind::NotWanted, message)
    }

    /// The `outcome` column.
    pub fn outcome(&self) -> &'static str {
        if self.kind == FailureKind::NotWanted { "rejected" } else { "failed" }
    }

    /// From the network side of a request for `url`.
    pub(super) fn http(url: &http::Url, error: &http::Error) -> Self {
        let kind = match &error.kind {
            http::Kind::Refused(_) => FailureKind::Refused,
            http::Kind::Redirect => FailureKind::Redirect,
            http::Kind::HeaderTimeout => FailureKind::NoAnswer,
            http::Kind::Stalled => FailureKind::Stalled,
            http::Kind::TooSlow => FailureKind::TooSlow,
            http::Kind::ShortBody => FailureKind::ShortBody,
            http::Kind::Framing => FailureKind::Framing,
            http::Kind::Headers | http::Kind::Protocol => FailureKind::Protocol,
            http::Kind::HeldBack => FailureKind::HeldBack,
            http::Kind::Resolve | http::Kind::Connection | http::Kind::Tls | http::Kind::Setup => {
                FailureKind::Connection
            }
        };
        Self { retry_after: error.retry_after, ..Self::new(kind, error.cause_for(url)) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
