//! One conditional GET of a feed, and what came of it: nothing new, the same bytes again, a new body, gone, or an
//! error that a row can be written from.

mod coding;
mod error;
mod file;
mod freshness;

use std::time::{Duration, Instant};

use crate::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use crate::http::{Client, Framing, Lane, Request, Response, Scope, Url};
use crate::model::Digest;

pub use error::{Error, Kind};
pub use file::read_file;

/// The size beyond which no feed is honest.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A whole feed arrives within this time or not at all.
const DEADLINE: Duration = Duration::from_mins(15);
/// Validators longer than this are not stored, and so not sent back.
const LONGEST_VALIDATOR: usize = 4096;

const ACCEPTED: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, \
                        text/xml;q=0.9, application/json;q=0.8, */*;q=0.5";

/// What to ask.
#[derive(Debug, Clone)]
pub struct FeedRequest {
    /// Where the feed is. `file:` is read only where `scope` says that the user configured this very address.
    pub url: Url,
    /// Which special addresses may be met.
    pub scope: Scope,
    /// The `ETag` of the body last recorded, as received.
    pub etag: Option<String>,
    /// The `Last-Modified` of the body last recorded, as received.
    pub last_modified: Option<String>,
    /// The digest of the body last recorded.
    pub known_body: Option<Digest>,
    /// A longer body, on the wire or decoded, is refused.
    pub max_bytes: u64,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// What it means.
    pub outcome: Outcome,
    /// The status; 0 for a file.
    pub status: u16,
    /// The address that answered, without userinfo. Redact it before showing it.
    pub final_url: Url,
    /// There were redirects, and each was permanent.
    pub moved_permanently: bool,
    /// The validator to keep from now on: as received, else (after a 304 without one) as sent.
    pub etag: Option<String>,
    /// As `etag`.
    pub last_modified: Option<String>,
    /// `Content-Type`, as received.
    pub content_type: Option<String>,
    /// For how long the publisher asks us not to come again (`Cache-Control: max-age`, else `Expires` less `Date`).
    pub max_age: Option<Duration>,
    /// `Retry-After`, where even a good answer has one.
    pub retry_after: Option<Duration>,
    /// Bytes of body on the wire.
    pub bytes: u64,
    /// How long it took.
    pub duration: Duration,
    /// What was odd and did no harm.
    pub warnings: Vec<String>,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// 304 to our validators.
    NotModified,
    /// The very bytes that are recorded already.
    Same,
    /// Other bytes.
    New(Body),
    /// 410: the publisher ended it.
    Gone,
}

/// A feed's bytes, decoded from any content coding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The document.
    pub bytes: Vec<u8>,
    /// Its digest.
    pub digest: Digest,
}

/// Fetches a feed, or says why not.
pub async fn fetch(client: &Client, request: &FeedRequest) -> Result<Fetched, Error> {
    let started = Instant::now();
    let mut attempt = Attempt::default();
    let outcome = if request.url.scheme() == "file" {
        file::read(request, &mut attempt).await
    } else {
        over_http(client, request, &mut attempt).await
    };
    match outcome {
        Ok(fetched) => Ok(Fetched { duration: started.elapsed(), ..fetched }),
        Err(kind) => Err(Error::new(&request.url, kind, attempt, started.elapsed())),
    }
}

/// What is known of a request whether or not it ends well.
#[derive(Clone, Default)]
struct Attempt {
    /// The address that answered last.
    answered_by: Option<Url>,
    bytes: u64,
    status: Option<u16>,
    retry_after: Option<Duration>,
}

async fn over_http(client: &Client, request: &FeedRequest, attempt: &mut Attempt) -> Result<Fetched, Kind> {
    let headers = conditions(request);
    let asked_conditionally = headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE);
    let get = Request {
        url: request.url.clone(),
        scope: request.scope.clone(),
        lane: Lane::Feed,
        headers,
        deadline: DEADLINE,
    };
    let mut response = client.get(get).await?;
    attempt.answered_by = Some(response.final_url.clone());
    attempt.status = Some(response.status);
    attempt.retry_after = response.retry_after;
    match response.status {
        200 => {
            let coding = coding::named(&response.headers)?;
            let wire = read(&mut response, request.max_bytes, attempt).await?;
            let (outcome, warning) = decode(wire, coding, request).await?;
            Ok(answer(&response, outcome, attempt.bytes, warning))
        }
        304 if asked_conditionally => {
            let answer = answer(&response, Outcome::NotModified, 0, None);
            Ok(Fetched {
                etag: answer.etag.or_else(|| request.etag.clone()),
                last_modified: answer.last_modified.or_else(|| request.last_modified.clone()),
                ..answer
            })
        }
        304 => Err(Kind::Unasked304),
        410 => Ok(answer(&response, Outcome::Gone, 0, None)),
        status => Err(Kind::Status(status)),
    }
}

fn conditions(request: &FeedRequest) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd"));
    let validators = [(IF_NONE_MATCH, &request.etag), (IF_MODIFIED_SINCE, &request.last_modified)];
    for (name, validator) in validators {
        // What is no header value can't have come from a header; it is not sent.
        let value = validator.as_ref().and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok());
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    headers
}

/// The whole body as it is on the wire.
async fn read(response: &mut Response, cap: u64, attempt: &mut Attempt) -> Result<Vec<u8>, Kind> {
    let announced = match response.framing() {
        Framing::Length(length) if length > cap => return Err(Kind::TooLarge(cap)),
        Framing::Length(length) => length,
        Framing::Chunked | Framing::Close => 0,
    };
    let mut body = Vec::with_capacity(announced.min(1 << 20) as usize);
    while let Some(piece) = response.chunk().await? {
        attempt.bytes += piece.len() as u64;
        if attempt.bytes > cap {
            return Err(Kind::TooLarge(cap));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Decodes and hashes off the network's threads.
async fn decode(
    wire: Vec<u8>,
    coding: Option<coding::Coding>,
    request: &FeedRequest,
) -> Result<(Outcome, Option<String>), Kind> {
    let (cap, known) = (request.max_bytes, request.known_body);
    let work = tokio::task::spawn_blocking(move || {
        let decoded = coding::decode(wire, coding, cap)?;
        let digest = Digest::of(&decoded.bytes);
        let outcome = match known {
            Some(known) if known == digest => Outcome::Same,
            _ => Outcome::New(Body { bytes: decoded.bytes, digest }),
        };
        Ok((outcome, decoded.warning))
    });
    work.await.unwrap_or_else(|error| Err(Kind::Coding(error.to_string())))
}

fn answer(response: &Response, outcome: Outcome, bytes: u64, warning: Option<String>) -> Fetched {
    Fetched {
        outcome,
        status: response.status,
        final_url: response.final_url.clone(),
        moved_permanently: response.moved_permanently(),
        etag: validator(&response.headers, &ETAG),
        last_modified: validator(&response.headers, &LAST_MODIFIED),
        content_type: response.header(&CONTENT_TYPE).map(crate::http::printable),
        max_age: freshness::max_age(response),
        retry_after: response.retry_after,
        bytes,
        duration: Duration::ZERO,
        warnings: warning.into_iter().collect(),
    }
}

/// A validator byte for byte, if it is UTF-8 (ASCII in practice) and of sane length; else none at all.
fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let bytes = headers.get(name)?.as_bytes();
    let sane = !bytes.is_empty() && bytes.len() <= LONGEST_VALIDATOR;
    sane.then(|| String::from_utf8(bytes.to_vec()).ok()).flatten()
}

/// The values of `Content-Encoding`, joined.
fn content_encoding(headers: &HeaderMap) -> String {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(",")
}
