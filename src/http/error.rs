//! What can go wrong between a URL and a body, told so that a row can be written and a person can act.

use std::fmt;
use std::time::Duration;

use url::Url;

use super::{Refusal, printable, redact, redact_text};
use crate::model::Time;

/// A request that failed, or a body that did.
#[derive(Debug, Clone)]
pub struct Error {
    /// The address that was being asked, without secrets.
    pub url: String,
    /// What went wrong.
    pub kind: Kind,
    /// More words on it, from the library or system below; without secrets and control characters.
    pub detail: Option<String>,
    /// The last status seen, if any.
    pub status: Option<u16>,
    /// How long the host is to be left alone, if it said so.
    pub retry_after: Option<Duration>,
}

/// The kinds of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The address may not be asked.
    Refused(Refusal),
    /// Too many redirects, a loop, or one that leads nowhere.
    Redirect,
    /// The name has no address.
    Resolve,
    /// No connection, or it broke before the answer began.
    Connection,
    /// No secure connection.
    Tls,
    /// No whole header in time.
    HeaderTimeout,
    /// The body stopped coming.
    Stalled,
    /// The body came more slowly than the least rate, or for longer than the deadline.
    TooSlow,
    /// The body ended before its announced length.
    ShortBody,
    /// The length or the chunks of the body contradict HTTP.
    Framing,
    /// The header is too large.
    Headers,
    /// The answer is no HTTP.
    Protocol,
    /// The host asked to be left alone, and that time is not over.
    HeldBack,
    /// The client could not be set up.
    Setup,
}

impl Kind {
    /// A few words for a person and for the `error` columns.
    pub fn words(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.to_string(),
            Self::Redirect => "bad redirect".to_owned(),
            Self::Resolve => "name not found".to_owned(),
            Self::Connection => "connection failed".to_owned(),
            Self::Tls => "no secure connection".to_owned(),
            Self::HeaderTimeout => "no answer in time".to_owned(),
            Self::Stalled => "stalled".to_owned(),
            Self::TooSlow => "too slow".to_owned(),
            Self::ShortBody => "short body".to_owned(),
            Self::Framing => "bad framing".to_owned(),
            Self::Headers => "header too large".to_owned(),
            Self::Protocol => "not HTTP".to_owned(),
            Self::HeldBack => "held back after earlier answers of its host".to_owned(),
            Self::Setup => "client not set up".to_owned(),
        }
    }
}

impl Error {
    pub(super) fn new(url: &Url, kind: Kind) -> Self {
        Self { url: redact(url), kind, detail: None, status: None, retry_after: None }
    }

    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(printable(&redact_text(&detail.into())));
        self
    }

    /// The cause without the address.
    pub fn cause(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", self.kind.words()),
            None => self.kind.words(),
        }
    }

    /// The cause as seen from a request for `url`: the address is named only where a redirect led elsewhere.
    pub fn cause_for(&self, url: &Url) -> String {
        if self.url == redact(url) { self.cause() } else { self.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.cause())
    }
}

impl std::error::Error for Error {}

/// What kept an answer from beginning.
pub(super) fn classify_send(url: &Url, error: &reqwest::Error) -> Error {
    if let Some(refusal) = find::<Refusal>(error) {
        return Error::new(url, Kind::Refused(refusal.clone()));
    }
    let detail = match find_io::<rustls::Error>(error).and_then(about_clock) {
        Some(words) => format!("{words}: {}", deepest(error)),
        None => deepest(error),
    };
    Error::new(url, send_kind(error)).detail(detail)
}

/// A certificate that is out of its time is the host's fault, or that of the clock here: a person can tell which, from the
/// times that the library names.
fn about_clock(error: &rustls::Error) -> Option<String> {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    let rustls::Error::InvalidCertificate(why) = error else { return None };
    let when = match why {
        Expired | ExpiredContext { .. } => "expired",
        NotValidYet | NotValidYetContext { .. } => "not valid yet",
        _ => return None,
    };
    let now = Time::from(chrono::Utc::now());
    Some(format!("its certificate is {when}, if the clock of this machine is right, which says {now}"))
}

fn send_kind(error: &reqwest::Error) -> Kind {
    let hyper = find::<hyper::Error>(error);
    if error.is_dns() {
        Kind::Resolve
    } else if is_tls(error) {
        Kind::Tls
    } else if hyper.is_some_and(hyper::Error::is_parse_too_large) {
        Kind::Headers
    } else if hyper.is_some_and(is_about_length) {
        Kind::Framing
    } else if hyper.is_some_and(hyper::Error::is_parse) {
        Kind::Protocol
    } else {
        Kind::Connection
    }
}

/// Headers that announce a length that can't be.
fn is_about_length(error: &hyper::Error) -> bool {
    let text = error.to_string();
    error.is_parse() && (text.contains("content-length") || text.contains("transfer-encoding"))
}

/// What cut a body off.
pub(super) fn classify_body(url: &Url, error: &reqwest::Error, chunked: bool) -> Error {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    let kind = match find::<std::io::Error>(error).map(std::io::Error::kind) {
        Some(InvalidData | InvalidInput) => Kind::Framing,
        Some(UnexpectedEof) if chunked => Kind::Framing,
        _ => Kind::ShortBody,
    };
    Error::new(url, kind).detail(deepest(error))
}

fn is_tls(error: &reqwest::Error) -> bool {
    find_io::<rustls::Error>(error).is_some()
}

/// As `find`, also inside of what an I/O error wraps, which may be another one.
fn find_io<E: std::error::Error + Send + Sync + 'static>(error: &reqwest::Error) -> Option<&E> {
    sources(error).find_map(unwrap::<E>)
}

fn unwrap<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    match error.downcast_ref::<std::io::Error>() {
        Some(io) => io.get_ref().and_then(|inner| unwrap(inner)),
        None => error.downcast_ref(),
    }
}

/// The error and what it stands on, outermost first.
fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

fn find<E: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    sources(error).find_map(|source| source.downcast_ref::<E>())
}

/// The innermost cause, which is the one that says something.
fn deepest(error: &reqwest::Error) -> String {
    sources(error).last().map(ToString::to_string).unwrap_or_default()
}

/// All causes, outermost first.
pub(super) fn chain(error: &reqwest::Error) -> String {
    sources(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
