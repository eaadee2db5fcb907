//! A small web host on loopback: pages set by the test, correct validators and ranges, a log of all requests.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use castkeep::model::Digest;

/// What a path answers.
#[derive(Clone)]
pub enum Page {
    /// 200 with a strong ETag; 304 and 206 where the request asks for them.
    Body { bytes: Vec<u8>, media_type: String },
    /// A bare status.
    Status(u16),
    /// A redirect.
    Redirect(u16, String),
    /// Half of the bytes (to who asks for the rest: none), then silence, until another page is set at the path: then the rest.
    Stall(Vec<u8>),
    /// The first half of what is asked for, after a promise of all of it.
    Cut { bytes: Vec<u8>, media_type: String },
    /// A status with headers.
    Headers(u16, Vec<(String, String)>),
    /// A status with headers and a body, and nothing added.
    Full(u16, Vec<(String, String)>, Vec<u8>),
    /// What a function makes of the request.
    With(Arc<dyn Fn(&Request) -> Page + Send + Sync>),
}

impl Page {
    /// A page with these headers.
    pub fn full(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self::Full(status, headers.iter().map(owned).collect(), body.into())
    }

    pub fn with(answer: impl Fn(&Request) -> Page + Send + Sync + 'static) -> Self {
        Self::With(Arc::new(answer))
    }
}

/// A request, as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
}

#[derive(Default)]
struct State {
    pages: HashMap<String, Page>,
    log: Vec<Request>,
    /// Headers sent with every page body.
    extra: Vec<(String, String)>,
}

/// A running host. Its thread ends with the test process.
pub struct Host {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

impl Host {
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { port, state }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn set(&self, path: &str, page: Page) {
        self.state.lock().unwrap().pages.insert(path.to_owned(), page);
    }

    /// The page of one path at another, too.
    pub fn copy(&self, from: &str, to: &str) {
        let mut state = self.state.lock().unwrap();
        if let Some(page) = state.pages.get(from).cloned() {
            state.pages.insert(to.to_owned(), page);
        }
    }

    pub fn set_feed(&self, path: &str, xml: impl Into<Vec<u8>>) {
        self.set(path, Page::Body { bytes: xml.into(), media_type: "application/rss+xml".to_owned() });
    }

    pub fn set_audio(&self, path: &str, bytes: Vec<u8>) {
        self.set(path, Page::Body { bytes, media_type: "audio/mpeg".to_owned() });
    }

    /// Sends a header with every page from now on.
    pub fn with_header(&self, name: &str, value: &str) {
        self.state.lock().unwrap().extra.push((name.to_owned(), value.to_owned()));
    }

    /// The requests since the last call.
    pub fn take_log(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.lock().unwrap().log)
    }

    /// Their paths, sorted: downloads run side by side.
    pub fn take_paths(&self) -> Vec<String> {
        let mut paths: Vec<_> = self.take_log().into_iter().map(|request| request.path).collect();
        paths.sort();
        paths
    }

    /// Waits until a path was asked for; on a busy machine for a while.
    pub fn wait_for(&self, path: &str) {
        for _ in 0..12_000 {
            if self.state.lock().unwrap().log.iter().any(|request| request.path == path) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("{path} was never asked for");
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    while let Some(request) = read_request(&mut reader) {
        let (page, extra) = {
            let mut state = state.lock().unwrap();
            state.log.push(request.clone());
            let path = request.path.split('?').next().unwrap_or_default();
            // A page may be set for whatever query.
            let page = state.pages.get(&request.path).or_else(|| state.pages.get(&format!("{path}?*")));
            (page.cloned(), state.extra.clone())
        };
        let is_stalled = || matches!(state.lock().unwrap().pages.get(&request.path), Some(Page::Stall(_)));
        if answer(&mut stream, &request, page, &extra, &is_stalled).is_none() {
            return;
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
        match line.trim().split_once(':') {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.trim().to_owned()),
            None => return Some(Request { method, path, headers }),
        };
    }
}

/// `None` if the connection is to be closed.
fn answer(
    stream: &mut TcpStream,
    request: &Request,
    page: Option<Page>,
    extra: &[(String, String)],
    is_stalled: &dyn Fn() -> bool,
) -> Option<()> {
    match page {
        None => send(stream, 404, &[], b""),
        Some(Page::Status(status)) => send(stream, status, &[], b""),
        Some(Page::Full(status, headers, body)) => send(stream, status, &headers, &body),
        Some(Page::With(make)) => answer(stream, request, Some(make(request)), extra, is_stalled),
        Some(Page::Headers(status, headers)) => send(stream, status, &headers, b""),
        Some(Page::Redirect(status, to)) => send(stream, status, &[("Location".to_owned(), to)], b""),
        Some(Page::Stall(bytes)) => {
            let (half, total) = (bytes.len() / 2, bytes.len());
            let etag = format!("ETag: \"{}\"\r\nContent-Type: audio/mpeg", Digest::of(&bytes));
            let range =
                request.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
            let from = range.and_then(|from| from.parse().ok()).filter(|from| *from < total);
            if let Some(from) = from {
                let range = format!("Content-Range: bytes {from}-{}/{total}", total - 1);
                let length = format!("Content-Length: {}", total - from);
                write!(stream, "HTTP/1.1 206 OK\r\n{length}\r\n{range}\r\n{etag}\r\n\r\n").ok()?;
            } else {
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n{etag}\r\n\r\n").ok()?;
                stream.write_all(&bytes[..half]).ok()?;
            }
            while is_stalled() {
                std::thread::sleep(Duration::from_millis(5));
            }
            stream.write_all(&bytes[from.unwrap_or(half)..]).ok()
        }
        Some(Page::Body { bytes, media_type }) => body(stream, request, &bytes, &media_type, extra),
        Some(Page::Cut { bytes, media_type }) => {
            let mut whole = Vec::new();
            body(&mut whole, request, &bytes, &media_type, extra)?;
            let head = whole.windows(4).position(|at| at == b"\r\n\r\n").unwrap_or_default() + 4;
            stream.write_all(&whole[..head + (whole.len() - head) / 2]).ok()?;
            None
        }
    }
}

fn body(
    stream: &mut impl Write,
    request: &Request,
    bytes: &[u8],
    media_type: &str,
    extra: &[(String, String)],
) -> Option<()> {
    let etag = format!("\"{}\"", Digest::of(bytes));
    let mut headers =
        vec![("ETag".to_owned(), etag.clone()), ("Content-Type".to_owned(), media_type.to_owned())];
    headers.extend_from_slice(extra);
    if request.headers.get("if-none-match") == Some(&etag) {
        return send(stream, 304, &headers, b"");
    }
    let range = request
        .headers
        .get("range")
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let holds = request.headers.get("if-range").is_none_or(|validator| *validator == etag);
    match range.filter(|from| holds && *from < bytes.len()) {
        Some(from) => {
            let total = bytes.len();
            headers.push(("Content-Range".to_owned(), format!("bytes {from}-{}/{total}", total - 1)));
            send(stream, 206, &headers, &bytes[from..])
        }
        None => send(stream, 200, &headers, bytes),
    }
}

fn send(stream: &mut impl Write, status: u16, headers: &[(String, String)], body: &[u8]) -> Option<()> {
    let mut head = format!("HTTP/1.1 {status} Status\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if status != 304 {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}
