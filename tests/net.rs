//! The network side against a host that misbehaves, case by case (the numbers are those of the fault catalogue).
//! Each row says what came of it and what the host saw.

#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/say.rs"]
mod say;

use std::time::Duration;

use castkeep::download::{Attempt, Cancel, Store, Target, capture};
use castkeep::fetch::{FeedRequest, MAX_BYTES, Outcome, fetch};
use castkeep::http::{Client, Options, Scope, Url};
use castkeep::model::{Digest, ResourceKind};
use hostile::Hostile;

/// Limits that a test can wait for.
fn impatient() -> Options {
    Options {
        user_agent: "castkeep/test (+https://castkeep.example)".to_owned(),
        connect_timeout: Duration::from_secs(2),
        header_timeout: Duration::from_secs(1),
        read_timeout: Duration::from_millis(1200),
        least_rate: 5_000,
        rate_window: Duration::from_millis(800),
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
        // The host logs a request that we broke off when it notices, which may be later.
        let broken_off =
            ["Stalled", "TooSlow", "TooLarge", "NoAnswer"].iter().any(|kind| told.contains(kind));
        if broken_off { told } else { format!("{told} [{}]", self.statuses(&path)) }
    }

    fn told(&self, attempt: &Attempt, path: &str) -> String {
        match &attempt.result {
            Ok(captured) => {
                let bytes = std::fs::read(&captured.part).expect("the part is there");
                let found = (Digest::of(&bytes), bytes.len() as u64);
                assert_eq!(
                    found,
                    (captured.sha256, captured.size_bytes),
                    "{path}: what is said is what is there"
                );
                let flags = captured.flags;
                let marks = [
                    ("resumed", flags.resumed),
                    ("length unverified", flags.length_unverified),
                    ("length mismatch", flags.length_mismatch),
                ];
                let marks = marks.iter().filter(|mark| mark.1).map(|mark| mark.0);
                let bytes = self.whose_bytes(path, captured.size_bytes, &captured.sha256.to_string());
                std::iter::once(bytes.as_str()).chain(marks).collect::<Vec<_>>().join(", ")
            }
            Err(failure) => {
                assert!(!failure.message.contains(char::is_control), "{failure}");
                assert!(!failure.fatal, "{failure}");
                let part =
                    self.root.path().join("tmp").join(path.replace("/audio/", "").replace("mp3", "part"));
                let kept = if part.exists() { ", part kept" } else { "" };
                format!("{} {:?}{kept}", failure.outcome(), failure.kind)
            }
        }
    }

    /// Whether the bytes are those that the host has to give, or gave to the n-th request where they change.
    fn whose_bytes(&self, path: &str, size: u64, sha256: &str) -> String {
        let is = |query: &str| self.host.expect(&format!("{path}{query}")) == (size, sha256.to_owned());
        if is("") {
            return "stored".to_owned();
        }
        let faults = ["ifrange_changed", "ifrange_ignored", "ifrange_ignored_same_etag"];
        let of = |hit: &u8| faults.iter().any(|fault| is(&format!("%3Ffault%3D{fault}&hit={hit}")));
        let hit = (1..=4).find(of);
        hit.map_or("stored other bytes".to_owned(), |hit| format!("stored answer {hit}"))
    }

    fn statuses(&self, path: &str) -> String {
        let log = self.host.log(path);
        let one = |line: &serde_json::Value| {
            line["status"].as_u64().map_or("-".to_owned(), |status| status.to_string())
        };
        log.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    /// The same with the fault in the address, so that a redirect leads out of it.
    async fn redirected(&self, cases: &[(&str, &str)]) {
        let mut wrong = Vec::new();
        for (id, (fault, expected)) in (100..).zip(cases) {
            let attempt = self.capture(&self.target(id, &format!("/audio/{id}.mp3?fault={fault}"))).await;
            let path = format!("/audio/{id}.mp3");
            let told = format!("{} [{}]", self.told(&attempt, &path), self.statuses(&path));
            if told != *expected {
                wrong.push(format!("{fault}\n    expected: {expected}\n    found:    {told}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        self.host.summary();
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
                    Outcome::New(body)
                        if body.bytes.ends_with(b"</rss>\n") || body.bytes.ends_with(b"</rss>") =>
                    {
                        "new, whole".to_owned()
                    }
                    Outcome::New(body) => format!("new, {} bytes", body.bytes.len()),
                    other => format!("{other:?}"),
                };
                let moved = if fetched.moved_permanently { ", moved" } else { "" };
                let warnings = fetched.warnings.iter().fold(String::new(), |all, one| all + " (" + one + ")");
                format!("{outcome}{moved}{warnings}")
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
            ("stall", "failed Stalled, part kept"),
            ("stall_headers", "failed NoAnswer"),
            ("slow", "failed TooSlow, part kept"),
            ("infinite_slow", "failed TooSlow, part kept"),
            ("cut_each", "stored, resumed [200 206 206 206 206]"),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lengths_and_chunks_that_lie() {
    let Some(scene) = Scene::start() else { return };
    scene
        .rows(&[
            ("cl_long", "failed ShortBody, part kept [200 206 200 206]"),
            ("cl_short", "stored other bytes, length mismatch [200]"),
            ("cl_negative", "failed Framing [200]"),
            ("cl_garbage", "failed Framing [200]"),
            ("cl_two", "failed Framing [200]"),
            ("cl_overflow", "failed Framing [200]"),
            ("te_and_cl", "stored [200]"),
            ("extra_after", "stored [200]"),
            ("chunked", "stored [200]"),
            ("close_delimited", "stored [200]"),
            ("close_delimited_cut", "failed Suspect [200 200]"),
            ("chunk_truncated", "failed Framing [200]"),
            ("chunk_bad", "failed Framing [200]"),
            ("chunk_huge", "failed Framing [200]"),
            ("chunk_ext", "failed Framing [200]"),
            ("chunk_trailer", "stored [200]"),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audio_with_codings_sizes_and_headers() {
    let Some(scene) = Scene::start() else { return };
    scene
        .rows(&[
            ("gzip", "failed Coding [200]"),
            ("coding_unknown", "failed Coding [200]"),
            ("huge", "failed TooLarge"),
            ("infinite", "failed TooLarge"),
            ("infinite_cl", "failed TooLarge"),
            ("huge_header", "failed Protocol [200]"),
            ("many_headers", "failed Protocol [200]"),
            ("infinite_headers", "failed Protocol [200]"),
            ("flood_1xx", "stored [200]"),
            ("cookie_flood", "stored [200]"),
            ("http09", "failed Protocol [0]"),
            ("bad_status", "failed Protocol [-]"),
            ("obsfold", "failed Protocol [200]"),
            ("header_ctl", "failed Protocol [200]"),
            ("status_999", "failed Status [999]"),
            ("206_unasked", "failed Status [206]"),
            ("204", "failed Status [204]"),
            ("300", "failed Status [300]"),
            ("304_unasked", "failed Status [304]"),
            ("500_once", "stored [500 200]"),
            ("500", "failed Status [500 500 500]"),
            ("404", "failed Status [404]"),
            ("403", "failed Status [403]"),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payloads_that_are_no_audio() {
    let Some(scene) = Scene::start() else { return };
    scene
        .rows(&[
            ("html_error", "rejected NotWanted [200]"),
            ("html_as_audio", "rejected NotWanted [200]"),
            ("login_page", "rejected NotWanted [200]"),
            ("captcha", "rejected NotWanted [200]"),
            ("json_error", "rejected NotWanted [200]"),
            ("empty", "rejected NotWanted [200]"),
            ("one_byte", "rejected NotWanted [200]"),
            ("jpeg", "rejected NotWanted [200]"),
            ("zeros", "rejected NotWanted [200]"),
            ("elf", "rejected NotWanted [200]"),
            ("wrong_type", "stored [200]"),
            ("no_type", "stored [200]"),
            ("cd_traversal", "stored [200]"),
            ("cd_absolute", "stored [200]"),
            ("location_200", "stored [200]"),
            ("alt_svc", "stored [200]"),
            ("content_location", "stored [200]"),
            ("refresh", "stored [200]"),
            ("link_header", "stored [200]"),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ranges_that_lie() {
    let Some(scene) = Scene::start() else { return };
    scene
        .rows(&[
            ("truncated range_ignored", "stored [200 200]"),
            ("truncated range_none", "stored [200 200]"),
            ("truncated range_wrong", "stored [200 206 200]"),
            ("truncated range_wrong_lie", "stored [200 206 200]"),
            ("truncated range_short", "stored [200 206 200]"),
            ("truncated range_long", "stored [200 206 200]"),
            ("truncated range_no_cr", "stored [200 206 200]"),
            ("truncated range_bad_cr", "stored [200 206 200]"),
            ("truncated range_total_changed", "stored [200 206 200]"),
            ("truncated range_star_total", "stored, resumed [200 206]"),
            ("truncated range_multipart", "stored [200 206 200]"),
            ("truncated range_gzip", "stored [200 206 200]"),
            ("truncated range_416", "stored [200 416 200]"),
            ("truncated range_416_bare", "stored [200 416 200]"),
            ("truncated range_403", "stored [200 403 200]"),
            ("truncated ifrange_ignored_same_etag", "stored answer 3 [200 206 200]"),
            ("truncated ifrange_ignored", "stored answer 3 [200 206 200]"),
            ("truncated ifrange_changed", "stored answer 2 [200 200]"),
            ("truncated,weak_etag weak_etag", "stored, resumed [200 206]"),
            ("truncated,no_validators no_validators", "failed ShortBody [200]"),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_that_lead_astray() {
    let Some(scene) = Scene::start() else { return };
    scene
        .redirected(&[
            ("301", "stored [301 200]"),
            ("302", "stored [302 200]"),
            ("303", "stored [303 200]"),
            ("307", "stored [307 200]"),
            ("308", "stored [308 200]"),
            ("redirect_chain", "stored [302 301 308 307 302 200]"),
            ("redirect_scheme_relative", "stored [302 200]"),
            ("redirect_fragment", "stored [302 200]"),
            ("redirect_spaces", "stored [302 200]"),
            ("redirect_chain_long", "failed Redirect [307 302 301 308 307 302 301 308 307 302 301]"),
            ("redirect_loop", "failed Redirect [302 302 302]"),
            ("redirect_self", "failed Redirect [302]"),
            ("redirect_grow", "failed Redirect [302 302 302 302 302 302 302 302 302 302 302]"),
            ("redirect_empty", "failed Redirect [302]"),
            ("redirect_none", "failed Redirect [302]"),
            ("redirect_two", "failed Redirect [302]"),
            ("redirect_long", "failed Redirect [302]"),
            ("redirect_body", "stored [302 200]"),
            ("redirect_file", "failed Refused [302]"),
            ("redirect_data", "failed Refused [302]"),
            ("redirect_js", "failed Refused [302]"),
            ("redirect_ftp", "failed Refused [302]"),
            ("redirect_gopher", "failed Refused [302]"),
            ("redirect_canary", "failed Refused [302]"),
            ("redirect_canary_localhost", "failed Refused [302]"),
            ("redirect_canary_decimal", "failed Refused [302]"),
            ("redirect_canary_hex", "failed Refused [302]"),
            ("redirect_canary_octal", "failed Refused [302]"),
            ("redirect_canary_short", "failed Refused [302]"),
            ("redirect_canary_zero", "failed Refused [302]"),
            ("redirect_canary_mapped", "failed Refused [302]"),
            ("redirect_canary_dot", "failed Refused [302]"),
            ("redirect_canary_userinfo", "failed Refused [302]"),
            ("redirect_canary_wide", "failed Refused [302]"),
            ("redirect_v6", "failed Refused [302]"),
            ("redirect_metadata", "failed Refused [302]"),
            ("redirect_metadata_v6", "failed Refused [302]"),
            ("redirect_nat64", "failed Refused [302]"),
            ("redirect_private10", "failed Refused [302]"),
            ("redirect_private192", "failed Refused [302]"),
            ("redirect_cgnat", "failed Refused [302]"),
            ("redirect_broadcast", "failed Refused [302]"),
            ("redirect_port22", "failed Refused [302]"),
            ("redirect_creds", "failed Refused [302]"),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feeds_with_odd_answers() {
    // A bomb takes its maker a while.
    let patient = Options { header_timeout: Duration::from_mins(1), ..impatient() };
    let Some(scene) = Scene::with(patient) else { return };
    let mut wrong = Vec::new();
    for (faults, expected) in [
        ("ok", "new, whole"),
        ("gzip", "new, whole"),
        ("deflate", "new, whole"),
        ("br", "new, whole"),
        ("gzip_multi", "new, whole"),
        ("gzip_trailing", "new, whole (130 bytes after the end of the gzip data)"),
        ("raw_deflate", "failed: content coding: corrupt deflate stream"),
        ("gzip_lie", "failed: content coding: invalid gzip header"),
        ("gzip_bad_crc", "failed: content coding: corrupt gzip stream does not have a matching checksum"),
        ("gzip_truncated", "failed: content coding: incomplete deflate stream"),
        ("coding_unknown", "failed: content coding: unknown: x-evil"),
        ("gzip_bomb", "failed: too large: more than 67108864 bytes"),
        ("gzip_bomb_nested", "failed: content coding: more than one: gzip, gzip"),
        ("304_unasked", "failed: status 304 though nothing was asked conditionally"),
        ("404", "failed: status 404"),
        ("410", "Gone"),
        ("401", "failed: status 401"),
        ("429_huge", "failed: status 429, retry after 86400 s"),
    ] {
        let told = scene.fetched(&scene.feed(&format!("/feed.xml?fault={faults}"))).await;
        if told != expected {
            wrong.push(format!("{faults}\n    expected: {expected}\n    found:    {told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    scene.host.summary();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_go_back_byte_for_byte() {
    let Some(scene) = Scene::start() else { return };
    let mut request = scene.feed("/feed.xml");
    let first = fetch(&scene.client, &request).await.expect("a feed");
    let Outcome::New(body) = first.outcome else { panic!("{first:?}") };
    (request.etag, request.last_modified) = (first.etag, first.last_modified);
    request.known_body = Some(body.digest);
    assert_eq!(scene.fetched(&request).await, "NotModified");
    let sent = &scene.host.log("/feed.xml")[1];
    assert_eq!(sent["headers"]["if-none-match"].as_str(), request.etag.as_deref());
    assert_eq!(sent["headers"]["if-modified-since"].as_str(), request.last_modified.as_deref());
    // A host that ignores the validators: the body tells.
    scene.host.script("/feed.xml", "same_etag_200");
    assert_eq!(scene.fetched(&request).await, "Same");
    let moved = scene.feed("/feed.xml?fault=308");
    assert_eq!(scene.fetched(&moved).await, "new, whole, moved");
    let lent = scene.feed("/feed.xml?fault=302");
    assert_eq!(scene.fetched(&lent).await, "new, whole");
    scene.host.summary();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_asks_for_a_pause_gets_it() {
    let Some(scene) = Scene::with(Options { patience: Duration::ZERO, ..impatient() }) else { return };
    let told = scene.fetched(&scene.feed("/feed.xml?fault=429_seconds")).await;
    assert_eq!(told, "failed: status 429, retry after 2 s");
    let held = scene.fetched(&scene.feed("/feed2.xml")).await;
    assert!(held.starts_with("failed: held back after earlier answers of its host, retry after "), "{held}");
    assert_eq!(scene.host.log("/feed2.xml").len(), 0);

    let Some(scene) = Scene::start() else { return };
    assert_eq!(scene.fetched(&scene.feed("/feed.xml?fault=429_date")).await, "new, whole");
    assert_eq!(scene.fetched(&scene.feed("/feed.xml?fault=503_retry")).await, "new, whole");
    assert_eq!(scene.fetched(&scene.feed("/feed.xml?fault=429_garbage")).await, "failed: status 429");
    scene.host.summary();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_come_before_any_request() {
    let only = vec!["elsewhere.example".parse().expect("a host")];
    let Some(scene) = Scene::with(Options { only_hosts: only, ..impatient() }) else { return };
    assert_eq!(scene.fetched(&scene.feed("/feed.xml")).await, "refused: refused by only_hosts");
    let Some(scene) = Scene::start() else { return };
    let stranger = FeedRequest { scope: Scope::public(), ..scene.feed("/feed.xml") };
    let refused =
        |port| format!("refused: address not allowed: 127.0.0.1:{port} (private; allow_hosts can list it)");
    assert_eq!(scene.fetched(&stranger).await, refused(scene.host.url("/").port().expect("a port")));
    let elsewhere: Url = "http://127.0.0.1:9/feed.xml".parse().expect("a URL");
    let next_door = FeedRequest { scope: Scope::of_feed(&elsewhere), ..scene.feed("/feed.xml") };
    assert_eq!(scene.fetched(&next_door).await, refused(scene.host.url("/").port().expect("a port")));
    assert_eq!(scene.host.summary()["requests"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_that_are_not_to_be_trusted() {
    let Some(scene) = Scene::start() else { return };
    let part = scene.root.path().join("tmp/1.part");
    for (damage, expected) in
        [("none", "stored, resumed"), ("longer", "stored"), ("flipped", "stored"), ("alone", "stored")]
    {
        scene.host.script("/audio/1.mp3", "truncated");
        assert!(scene.capture(&scene.target(1, "/audio/1.mp3")).await.result.is_err());
        let mut bytes = std::fs::read(&part).expect("a part");
        let last = bytes.len() - 1;
        match damage {
            "longer" => bytes.resize(300_000, 0),
            "flipped" => bytes[last] ^= 1,
            "alone" => std::fs::remove_file(scene.root.path().join("tmp/1.json")).expect("a sidecar"),
            _ => {}
        }
        std::fs::write(&part, bytes).expect("a damaged part");
        scene.host.script("/audio/1.mp3", "ok");
        let attempt = scene.capture(&scene.target(1, "/audio/1.mp3")).await;
        assert_eq!(scene.told(&attempt, "/audio/1.mp3"), expected, "{damage}");
        scene.store.finish(1).expect("nothing in the way");
    }
}
