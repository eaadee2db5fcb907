//! A small, correct web server on loopback: validators, conditional requests and ranges, as RFC 9110 has them.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::service::service_fn;
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use super::edition::Edition;
use super::show::{self, Resource, SHOWS};
use crate::model::Digest;

/// When the shows were last changed, as a header has it. Any fixed date does: what changes is told by the `ETag`.
const LAST_MODIFIED: &str = "Thu, 25 Apr 2024 05:00:00 GMT";

type Response = hyper::Response<Full<Bytes>>;

/// The host at work, on a thread of its own; it ends when this is dropped.
pub struct Host {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    is_second: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A request as the host saw it, and how it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, mostly.
    pub method: String,
    /// The path asked for.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
}

impl Host {
    /// Starts serving the first edition of the shows on 127.0.0.1, on a port that is free.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let requests = Arc::default();
        let is_second = Arc::default();
        let site = Site::new(&address.to_string(), Arc::clone(&requests), Arc::clone(&is_second));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("demo host".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, Arc::new(site)) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, requests, is_second, stop: Some(stop), thread: Some(thread) })
    }

    /// The address of the feed of Two Kettles.
    pub fn feed(&self) -> String {
        self.feeds()
            .into_iter()
            .find(|(slug, _)| *slug == show::SLUG)
            .map(|(_, feed)| feed)
            .unwrap_or_default()
    }

    /// The short names of the shows, each with the address of its feed.
    pub fn feeds(&self) -> Vec<(&'static str, String)> {
        SHOWS.iter().map(|show| (show.slug, format!("http://{}{}", self.address, show.feed_path))).collect()
    }

    /// Serves that edition of the feeds from now on.
    pub fn publish(&self, edition: Edition) {
        self.is_second.store(edition == Edition::Second, Ordering::Relaxed);
    }

    /// What was asked since the last call, in order of the answers.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: TcpListener, site: Arc<Site>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answer = site.answer(&request);
                async { Ok::<_, Infallible>(answer) }
            });
            // A client that hangs up ends its connection; there is nobody to tell.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// What is served, and what was asked.
struct Site {
    first: Vec<Page>,
    second: Vec<Page>,
    is_second: Arc<AtomicBool>,
    requests: Arc<Mutex<Vec<Request>>>,
}

struct Page {
    path: &'static str,
    media_type: &'static str,
    etag: String,
    bytes: Bytes,
}

impl Site {
    fn new(host: &str, requests: Arc<Mutex<Vec<Request>>>, is_second: Arc<AtomicBool>) -> Self {
        let pages = |edition| show::resources(host, edition).into_iter().map(page).collect();
        Self { first: pages(Edition::First), second: pages(Edition::Second), is_second, requests }
    }

    fn pages(&self) -> &[Page] {
        if self.is_second.load(Ordering::Relaxed) { &self.second } else { &self.first }
    }

    fn answer<B>(&self, request: &hyper::Request<B>) -> Response {
        let (method, path) = (request.method(), request.uri().path());
        let response = match self.pages().iter().find(|page| page.path == path) {
            None => empty(StatusCode::NOT_FOUND, &[]),
            Some(_) if method != Method::GET && method != Method::HEAD => {
                empty(StatusCode::METHOD_NOT_ALLOWED, &[(header::ALLOW, "GET, HEAD")])
            }
            // hyper leaves the body of an answer to HEAD out and keeps its length.
            Some(page) => page.answer(request.headers(), method == Method::GET),
        };
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(Request {
            method: method.to_string(),
            path: path.to_owned(),
            status: response.status().as_u16(),
        });
        response
    }
}

fn page(resource: Resource) -> Page {
    let digest = Digest::of(&resource.bytes).to_string();
    Page {
        path: resource.path,
        media_type: resource.media_type,
        etag: format!("\"{}\"", &digest[..16]),
        bytes: resource.bytes.into(),
    }
}

impl Page {
    fn answer(&self, headers: &HeaderMap, with_ranges: bool) -> Response {
        let validators = [(header::ETAG, self.etag.as_str()), (header::LAST_MODIFIED, LAST_MODIFIED)];
        if self.is_known(headers) {
            return empty(StatusCode::NOT_MODIFIED, &validators);
        }
        let range = text(headers, header::RANGE).filter(|_| with_ranges && self.may_continue(headers));
        let total = self.bytes.len();
        let (status, part, content_range) = match range.map_or(Wish::Whole, |range| wish(range, total)) {
            Wish::Whole => (StatusCode::OK, self.bytes.clone(), None),
            Wish::Part(first, last) => (
                StatusCode::PARTIAL_CONTENT,
                self.bytes.slice(first..=last),
                Some(format!("bytes {first}-{last}/{total}")),
            ),
            Wish::Beyond => {
                let content_range = format!("bytes */{total}");
                return empty(StatusCode::RANGE_NOT_SATISFIABLE, &[(header::CONTENT_RANGE, &content_range)]);
            }
        };
        let mut fields = validators.to_vec();
        fields.extend([(header::CONTENT_TYPE, self.media_type), (header::ACCEPT_RANGES, "bytes")]);
        fields.extend(content_range.as_deref().map(|range| (header::CONTENT_RANGE, range)));
        respond(status, part, &fields)
    }

    /// The client has this very page: `If-None-Match` decides where it is sent, else `If-Modified-Since` (RFC 9110 13.2.2).
    fn is_known(&self, headers: &HeaderMap) -> bool {
        match text(headers, header::IF_NONE_MATCH) {
            Some(tags) => tags
                .split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.etag),
            None => text(headers, header::IF_MODIFIED_SINCE) == Some(LAST_MODIFIED),
        }
    }

    /// A range is served if the client has the rest of the same bytes (RFC 9110 13.1.5), or does not ask for that.
    fn may_continue(&self, headers: &HeaderMap) -> bool {
        text(headers, header::IF_RANGE).is_none_or(|has| has == self.etag || has == LAST_MODIFIED)
    }
}

/// What a `Range` header asks for, of a body of so many bytes.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Whole,
    /// From the first to the last byte, both included.
    Part(usize, usize),
    Beyond,
}

/// One range is served; several at once, and what is no range, get the whole (RFC 9110 14.2 allows it).
fn wish(range: &str, total: usize) -> Wish {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wish::Whole;
    };
    let end = total.saturating_sub(1);
    match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), _) if first >= total => Wish::Beyond,
        (Ok(first), Err(_)) if last.trim().is_empty() => Wish::Part(first, end),
        (Ok(first), Ok(last)) if first <= last => Wish::Part(first, last.min(end)),
        (Err(_), Ok(0)) if first.is_empty() => Wish::Beyond,
        (Err(_), Ok(suffix)) if first.is_empty() => Wish::Part(total.saturating_sub(suffix), end),
        _ => Wish::Whole,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn empty(status: StatusCode, fields: &[(HeaderName, &str)]) -> Response {
    respond(status, Bytes::new(), fields)
}

fn respond(status: StatusCode, body: Bytes, fields: &[(HeaderName, &str)]) -> Response {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    for (name, value) in fields {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site::new("127.0.0.1:1", Arc::default(), Arc::default())
    }

    fn ask(site: &Site, method: Method, path: &str, fields: &[(HeaderName, &str)]) -> Response {
        let mut request = hyper::Request::builder().method(method).uri(path);
        for (name, value) in fields {
            request = request.header(name, *value);
        }
        site.answer(&request.body(()).unwrap())
    }

    fn status(path: &str, fields: &[(HeaderName, &str)]) -> u16 {
        ask(&site(), Method::GET, path, fields).status().as_u16()
    }

    #[test]
    fn a_page_that_the_client_has_is_not_sent_again() {
        let whole = ask(&site(), Method::GET, "/feed.xml", &[]);
        assert_eq!(whole.status(), 200);
        let etag = whole.headers()[header::ETAG].to_str().unwrap();
        assert_eq!(status("/feed.xml", &[(header::IF_NONE_MATCH, etag)]), 304);
        assert_eq!(status("/feed.xml", &[(header::IF_NONE_MATCH, &format!("\"x\", W/{etag}"))]), 304);
        assert_eq!(status("/feed.xml", &[(header::IF_MODIFIED_SINCE, LAST_MODIFIED)]), 304);
        let other = [(header::IF_NONE_MATCH, "\"x\""), (header::IF_MODIFIED_SINCE, LAST_MODIFIED)];
        assert_eq!(status("/feed.xml", &other), 200, "a tag that differs outweighs a date that does not");
        assert_eq!(status("/feed", &[]), 404);
    }

    #[test]
    fn a_second_edition_has_another_tag_where_it_differs() {
        let site = site();
        let tag = |path: &str| {
            let answer = ask(&site, Method::GET, path, &[]);
            answer.headers()[header::ETAG].to_str().unwrap().to_owned()
        };
        let paths = ["/feed.xml", "/lamp/feed.xml", "/lamp/1.mp3"];
        let before = paths.map(tag);
        site.is_second.store(true, Ordering::Relaxed);
        let changed: Vec<_> = paths.iter().zip(before).map(|(path, before)| tag(path) != before).collect();
        assert_eq!(changed, [false, true, false]);
    }

    #[test]
    fn ranges() {
        for (range, want) in [
            ("bytes=0-", Wish::Part(0, 9)),
            ("bytes=3-5", Wish::Part(3, 5)),
            ("bytes=3-99", Wish::Part(3, 9)),
            ("bytes=-4", Wish::Part(6, 9)),
            ("bytes=-99", Wish::Part(0, 9)),
            ("bytes=10-", Wish::Beyond),
            ("bytes=-0", Wish::Beyond),
            ("bytes=5-3", Wish::Whole),
            ("bytes=0-1,4-5", Wish::Whole),
            ("bytes=x-", Wish::Whole),
            ("lines=0-", Wish::Whole),
        ] {
            assert_eq!(wish(range, 10), want, "{range}");
        }
    }

    #[test]
    fn a_part_is_sent_only_of_the_bytes_that_the_client_began() {
        let site = site();
        let etag = site.first[1].etag.clone();
        let (range, total) = ((header::RANGE, "bytes=100-"), show::audio(1).unwrap().len());
        let part = ask(&site, Method::GET, "/audio/1.mp3", &[range.clone(), (header::IF_RANGE, &etag)]);
        assert_eq!(part.status(), 206);
        assert_eq!(part.headers()[header::CONTENT_RANGE], format!("bytes 100-{}/{total}", total - 1));
        assert_eq!(status("/audio/1.mp3", &[range.clone(), (header::IF_RANGE, "\"other\"")]), 200);
        assert_eq!(status("/audio/1.mp3", &[(header::RANGE, "bytes=99999999-")]), 416);
        assert_eq!(ask(&site, Method::HEAD, "/audio/1.mp3", &[range]).status(), 200);
        assert_eq!(ask(&site, Method::PUT, "/audio/1.mp3", &[]).status(), 405);
    }
}
