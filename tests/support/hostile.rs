//! The misbehaving podcast host (`faults/hostile.py` of the shared files), run beside a test on loopback.
#![allow(dead_code, reason = "each test program uses its own part")]

use super::say::say;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running host; it ends with this value, even in a panic, since its stdin closes.
pub(crate) struct Hostile {
    _child: Child,
    port: u16,
}

impl Hostile {
    /// Starts one; `None`, with a word on stderr, where Python or the shared files are missing.
    pub(crate) fn start() -> Option<Self> {
        let Some(shared) = std::env::var_os("CASTKEEP_SHARED") else {
            say!("skipped: CASTKEEP_SHARED names no folder with faults/hostile.py");
            return None;
        };
        let script = std::path::Path::new(&shared).join("faults/hostile.py");
        let command = Command::new("python3")
            .arg(script)
            .args(["--port", "0", "--die-with-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = command else {
            say!("skipped: there is no python3");
            return None;
        };
        let mut line = String::new();
        BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
        let ready: Value = serde_json::from_str(&line).expect("hostile.py tells its port");
        let port = ready["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        Some(Self { _child: child, port })
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> castkeep::http::Url {
        format!("http://127.0.0.1:{}{path}", self.port).parse().expect("a URL")
    }

    /// Faults for the coming requests to a path, one each; the last one stays.
    pub(crate) fn script(&self, path: &str, faults: &str) {
        let faults = faults.replace(' ', "|");
        self.control(&format!("script?path={path}&faults={faults}&sticky=1"));
    }

    /// Length and digest of what an archive must end with.
    pub(crate) fn expect(&self, path: &str) -> (u64, String) {
        let answer = self.control(&format!("expect?url={path}"));
        let sha256 = answer["sha256"].as_str().expect("a digest").to_owned();
        (answer["length"].as_u64().expect("a length"), sha256)
    }

    /// The requests so far whose path is this one.
    pub(crate) fn log(&self, path: &str) -> Vec<Value> {
        let all = self.control("log?since=0");
        let all = all.as_array().or_else(|| all["log"].as_array()).expect("a log").clone();
        all.into_iter().filter(|line| line["path"] == path).collect()
    }

    /// Forgets scripts, revisions, counters and the log.
    pub(crate) fn reset(&self) {
        self.control("reset");
    }

    /// The number of the latest request; those that were broken off may be logged later, under a smaller one.
    pub(crate) fn mark(&self) -> u64 {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("hostile.py listens");
        let head =
            "GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nUser-Agent: mark\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("it takes a request");
        stream.read_to_end(&mut Vec::new()).expect("an answer");
        let log = self.control("log?since=0");
        let lines = log.as_array().expect("a log");
        lines
            .iter()
            .rev()
            .find(|line| line["path"] == "/robots.txt")
            .and_then(|line| line["id"].as_u64())
            .expect("a mark")
    }

    /// The requests since a mark.
    pub(crate) fn since(&self, mark: u64) -> Vec<Value> {
        self.control(&format!("log?since={mark}")).as_array().expect("a log").clone()
    }

    /// From now on the feed is of this revision.
    pub(crate) fn revise(&self, revision: u32) {
        self.control(&format!("rev?n={revision}"));
    }

    /// `host:port` of the host, and of the address that nobody may ask.
    pub(crate) fn origins(&self) -> (String, String) {
        let canary = &self.control("info")["canary_port"];
        (format!("127.0.0.1:{}", self.port), format!("127.0.0.1:{canary}"))
    }

    /// What the host saw in all, and that nothing of it was a crime.
    pub(crate) fn summary(&self) -> Value {
        let summary = self.control("summary");
        assert_eq!(summary["canary_hits"], serde_json::json!([]), "the canary was hit");
        assert_eq!(summary["cookies_sent"], serde_json::json!([]));
        assert_eq!(summary["server_bugs"], serde_json::json!([]));
        assert_eq!(summary["retried_before_retry_after"], serde_json::json!([]));
        summary
    }

    /// Asks the host to do or tell something.
    pub(crate) fn control(&self, call: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("hostile.py listens");
        stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).expect("a time limit");
        let head = format!("GET /__ctl/{call} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("it takes a request");
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a header line");
            let lower = line.trim().to_ascii_lowercase();
            match lower.strip_prefix("content-length:") {
                Some(number) => length = number.trim().parse().expect("a length"),
                None if lower.is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{call}: {error}"))
    }
}
