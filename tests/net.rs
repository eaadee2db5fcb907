//! The network side against a host that misbehaves, case by case (the numbers are those of the fault catalogue).
//! Each row says what came of it and what the host saw.

#[path = "support/hostile.rs"]
mod hostile;

use std::time::Duration;

use castkeep::download::{Attempt, Cancel, Store, Target, capture, rehash};
use castkeep::fetch::{FeedRequest, MAX_BYTES, Outcome, fetch};
use castkeep::http::{Client, Options, Scope, Url};
use castkeep::model::ResourceKind;
use hostile::Hostile;

/// Limits that a test can wait for.
fn impatient() -> Options {
    Options {
        user_agent: "castkeep/test (+https://castkeep.example)".to_owned(),
        connect_timeout: Duration::from_secs(2),
        header_timeout: Duration::from_secs(1),
        read_timeout: Duration::from_millis(400),
        least_rate: 5_000,
        rate_window: Duration::from_millis(500),
        retry_pause: Duration::from_millis(20),
        patience: Duration::from_secs(4),
        ..Options::default()
    }
}

struct Scene {
    host: Hostile,
    client: Client,
    store: Store,
    root: tempfile::TempDir,
}

impl Scene {
    fn start() -> Option<Self> {
        Self::with(impatient())
    }

    fn with(options: Options) -> Option<Self> {
        let host = Hostile::start()?;
        let root = tempfile::tempdir().expect("a folder");
        let store = Store::open(root.path()).expect("a store");
        Some(Self { host, client: Client::new(options), store, root })
    }

    fn target(&self, id: i64, path: &str) -> Target {
        Target {
            resource_id: id,
            url: self.host.url(path),
            scope: Scope::of_feed(&self.host.url("/feed.xml")),
            kind: ResourceKind::Audio,
            expected_length: Some(262_144),
            max_bytes: 8 << 20,
            min_free_bytes: 0,
        }
    }

    async fn capture(&self, target: &Target) -> Attempt {
        capture(&self.client, &self.store, target, &|_, _| (), &Cancel::default()).await
    }

    /// Captures `/audio/{id}.mp3` while the host does this and that; tells what came of it and which statuses it sent.
    async fn audio(&self, id: i64, faults: &str) -> String {
        let path = format!("/audio/{id}.mp3");
        self.host.script(&path, faults);
        let attempt = self.capture(&self.target(id, &path)).await;
        let told = self.told(&attempt, &path);
        format!("{told} [{}]", self.statuses(&path))
    }

    fn told(&self, attempt: &Attempt, path: &str) -> String {
        match &attempt.result {
            Ok(captured) => {
                let (length, sha256) = self.host.expect(path);
                let found = rehash(&captured.part).expect("the part is there");
                assert_eq!(found, (captured.sha256, captured.size_bytes), "{path}: what is said is what is there");
                let flags = captured.flags;
                let marks = [
                    ("resumed", flags.resumed),
                    ("length unverified", flags.length_unverified),
                    ("length mismatch", flags.length_mismatch),
                    ("other bytes", (length, sha256) != (captured.size_bytes, captured.sha256.to_string())),
                ];
                let marks = marks.iter().filter(|mark| mark.1).map(|mark| mark.0);
                std::iter::once("stored").chain(marks).collect::<Vec<_>>().join(", ")
            }
            Err(failure) => {
                assert!(!failure.message.contains(char::is_control), "{failure}");
                assert!(!failure.fatal, "{failure}");
                let part = self.root.path().join("tmp").join(path.replace("/audio/", "").replace("mp3", "part"));
                let kept = if part.exists() { ", part kept" } else { "" };
                format!("{} {:?}{kept}", failure.outcome(), failure.kind)
            }
        }
    }

    fn statuses(&self, path: &str) -> String {
        let log = self.host.log(path);
        let one = |line: &serde_json::Value| line["status"].as_u64().map_or("-".to_owned(), |status| status.to_string());
        log.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    async fn rows(&self, cases: &[(&str, &str)]) {
        let mut wrong = Vec::new();
        for (id, (faults, expected)) in (100..).zip(cases) {
            let told = self.audio(id, faults).await;
            if told != *expected {
                wrong.push(format!("{faults}\n    expected: {expected}\n    found:    {told}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        self.host.summary();
    }

    fn feed(&self, path: &str) -> FeedRequest {
        let url = self.host.url(path);
        FeedRequest {
            scope: Scope::of_feed(&url),
            url,
            etag: None,
            last_modified: None,
            known_body: None,
            max_bytes: MAX_BYTES,
        }
    }

    /// Fetches a feed with a fault; tells what came of it.
    async fn fetched(&self, request: &FeedRequest) -> String {
        match fetch(&self.client, request).await {
            Ok(fetched) => {
                let outcome = match &fetched.outcome {
                    Outcome::New(body) if body.bytes.ends_with(b"</rss>\n") || body.bytes.ends_with(b"</rss>") => {
                        "new, whole".to_owned()
                    }
                    Outcome::New(body) => format!("new, {} bytes", body.bytes.len()),
                    other => format!("{other:?}"),
                };
                let moved = if fetched.moved_permanently { ", moved" } else { "" };
                format!("{}{outcome}{moved}{}", "", fetched.warnings.iter().map(|w| format!(" ({w})")).collect::<String>())
            }
            Err(error) => {
                assert!(!error.to_string().contains(char::is_control), "{error}");
                format!("{}: {}", error.outcome(), error.cause)
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_break() {
    let Some(scene) = Scene::start() else { return };
    scene
        .rows(&[
            ("ok", "stored [200]"),
            ("truncated", "failed ShortBody, part kept [200 206 206 206]"),
            ("truncated ok", "stored, resumed [200 206]"),
            ("reset ok", "stored, resumed [200 206]"),
            ("empty_reply", "failed Connection [- - -]"),
            ("empty_reply ok", "stored [- 200]"),
            ("reset_early", "failed Connection [- - -]"),
            ("stall", "failed Stalled, part kept [200]"),
            ("stall_headers", "failed NoAnswer [-]"),
            ("slow", "failed TooSlow, part kept [200]"),
            ("infinite_slow", "failed TooSlow, part kept [200]"),
            ("cut_each", "stored, resumed [200 206 206 206 206]"),
        ])
        .await;
}
