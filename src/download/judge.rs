//! Judges an answer by its header before a byte of its body is believed (RFC 9110 sections 13.1.5, 14 and 15.3.7).

use std::time::Duration;

use super::part::Resumable;
use super::{Failure, FailureKind};
use crate::http::header::{
    CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED,
};
use crate::http::{Framing, Response, parse_http_date, printable};

/// What an answer is good for.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Its body is the whole resource.
    Whole,
    /// Its body is the rest, beginning where we asked; the length of the whole, where it is known.
    Rest { total: Option<u64> },
    /// We have all of it already.
    Complete,
    /// It does not go with our part, for this reason: ask again, for everything.
    StartOver(String),
    /// It is good for nothing.
    Useless(Failure),
}

/// Judges the answer to a request that asked for the rest of `part`, or for everything.
pub(super) fn judge(response: &Response, part: Option<&Resumable>) -> Verdict {
    match (response.status, part) {
        (200, _) => match coding(response) {
            Some(coding) => Verdict::Useless(Failure::new(
                FailureKind::Coding,
                format!("content coding {coding}, though none was asked for"),
            )),
            None => Verdict::Whole,
        },
        (206, Some(part)) => rest(response, part).unwrap_or_else(Verdict::StartOver),
        (416, Some(part)) if is_all(response, part) => Verdict::Complete,
        // Refusals that a request without Range may not meet.
        (400 | 403 | 405 | 412 | 416 | 501, Some(_)) => {
            Verdict::StartOver(format!("status {} to a Range request", response.status))
        }
        (status, _) => {
            let wait = response.retry_after.map(|wait| format!(", retry after {} s", wait.as_secs()));
            let message = format!("status {status}{}", wait.unwrap_or_default());
            let failure = Failure::new(FailureKind::Status, message);
            Verdict::Useless(Failure { retry_after: response.retry_after, ..failure })
        }
    }
}

/// A 206 is believed only if it begins where we asked, ends at the end, and is of the same version and length.
fn rest(response: &Response, part: &Resumable) -> Result<Verdict, String> {
    if let Some(coding) = coding(response) {
        return Err(format!("a range with content coding {coding}"));
    }
    if response.header(&CONTENT_TYPE).is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/"))
    {
        return Err("several ranges".to_owned());
    }
    same_version(&response.headers, part)?;
    let range = response.header(&CONTENT_RANGE).ok_or("a range without Content-Range")?;
    let range = parse_content_range(range).ok_or_else(|| format!("Content-Range {:?}", printable(range)))?;
    let total = range.total.or(part.sidecar.total);
    if range.first != part.from() {
        return Err(format!("asked for bytes from {}, got them from {}", part.from(), range.first));
    }
    if range.total.is_some() && part.sidecar.total.is_some() && range.total != part.sidecar.total {
        return Err(format!("the length became {}", total.unwrap_or_default()));
    }
    let Some(total) = total else { return Err("a range of a file of unknown length".to_owned()) };
    if range.last + 1 != total {
        return Err(format!("a range that ends at {} of {}", range.last, total));
    }
    match response.framing() {
        Framing::Length(length) if length != range.last - range.first + 1 => {
            Err(format!("a range of {length} bytes that says it is of {}", range.last - range.first + 1))
        }
        // Without a length or chunks nothing would tell a cut.
        Framing::Close => Err("a range without a length".to_owned()),
        Framing::Length(_) | Framing::Chunked => Ok(Verdict::Rest { total: Some(total) }),
    }
}

fn same_version(headers: &HeaderMap, part: &Resumable) -> Result<(), String> {
    let same =
        |name: &HeaderName, known: &str| headers.get(name).map(|value| value.as_bytes() == known.as_bytes());
    let (etag, modified) = (part.sidecar.strong_etag.as_deref(), part.sidecar.last_modified.as_deref());
    match (etag, modified) {
        (Some(known), _) if same(&ETAG, known) != Some(true) => Err("the ETag changed".to_owned()),
        (None, Some(known)) if same(&LAST_MODIFIED, known) == Some(false) => {
            Err("Last-Modified changed".to_owned())
        }
        _ => Ok(()),
    }
}

/// A 416 that names our length as the whole, for the same version.
fn is_all(response: &Response, part: &Resumable) -> bool {
    let total =
        response.header(&CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes */")?.parse().ok());
    let same = response.headers.get(ETAG).is_none() || same_version(&response.headers, part).is_ok();
    same && total == Some(part.have) && part.sidecar.total.is_none_or(|total| total == part.have)
}

#[derive(Debug, PartialEq, Eq)]
struct ContentRange {
    first: u64,
    last: u64,
    total: Option<u64>,
}

fn parse_content_range(text: &str) -> Option<ContentRange> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let total = match total {
        "*" => None,
        total => Some(digits(total)?),
    };
    let range = ContentRange { first: digits(first)?, last: digits(last)?, total };
    let fits = range.first <= range.last
        && range.last < u64::MAX
        && range.total.is_none_or(|total| range.last < total);
    fits.then_some(range)
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A content coding other than none.
fn coding(response: &Response) -> Option<String> {
    let values = response.headers.get_all(CONTENT_ENCODING).iter();
    let all = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(",");
    let coded =
        all.split(',').map(str::trim).any(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
    coded.then(|| printable(&all))
}

/// The ETag, if it promises equal bytes.
pub(super) fn strong_etag(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 1024;
    let text = headers.get(ETAG)?.to_str().ok()?;
    let strong = text.len() >= 2 && text.len() <= LONGEST && text.starts_with('"') && text.ends_with('"');
    strong.then(|| text.to_owned())
}

/// Last-Modified, if it is strong: at least a minute older than the answer (RFC 9110 section 8.8.2.2).
pub(super) fn strong_last_modified(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(LAST_MODIFIED)?.to_str().ok()?;
    let (modified, date) = (parse_http_date(text)?, parse_http_date(headers.get(DATE)?.to_str().ok()?)?);
    (date.since(modified) >= Duration::from_mins(1)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::header::HeaderValue;

    #[test]
    fn content_ranges_are_read_strictly() {
        let range = |first, last, total| Some(ContentRange { first, last, total });
        assert_eq!(parse_content_range("bytes 5-9/10"), range(5, 9, Some(10)));
        assert_eq!(parse_content_range("bytes 5-9/*"), range(5, 9, None));
        for bad in [
            "banana",
            "bytes */10",
            "bytes 5-4/10",
            "bytes 5-10/10",
            "bytes -9/10",
            "bytes 5-/10",
            "items 5-9/10",
            "bytes +5-9/10",
            "bytes 5-9",
            "bytes 0-18446744073709551615/*",
            "bytes 5-9/99999999999999999999",
        ] {
            assert_eq!(parse_content_range(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_strong_validators_allow_a_resume() {
        let headers = |pairs: &[(HeaderName, &'static str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
        };
        let etag = |value| strong_etag(&headers(&[(ETAG, value)]));
        assert_eq!(etag("\"a\""), Some("\"a\"".to_owned()));
        assert_eq!(etag("W/\"a\""), None);
        assert_eq!(etag("a"), None);
        let modified = |modified, date| {
            strong_last_modified(&headers(&[(LAST_MODIFIED, modified), (DATE, date)])).is_some()
        };
        assert!(modified("Sun, 06 Nov 1994 08:48:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"));
        assert!(!modified("Sun, 06 Nov 1994 08:48:38 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"));
        assert!(!modified("yesterday-ish", "Sun, 06 Nov 1994 08:49:37 GMT"));
    }
}
