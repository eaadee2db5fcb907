//! The network side against a well-behaved host inside the test: what everybody can run.

#[path = "support/server.rs"]
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use castkeep::download::{Cancel, FailureKind, Store, Target, capture};
use castkeep::fetch::{FeedRequest, MAX_BYTES, Outcome, fetch};
use castkeep::http::{Client, Lookup, Options, Scope};
use castkeep::model::{Digest, ResourceKind};
use server::Server;

const FEED: &str = "<rss><channel><title>A show</title></channel></rss>";

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn an_unchanged_feed_costs_a_304() {
    let server = Server::start(|head| {
        if head.contains("if-none-match: \"v1\"") {
            answer("304 Not Modified", "", b"")
        } else {
            answer("200 OK", "ETag: \"v1\"\r\nCache-Control: max-age=600\r\n", FEED.as_bytes())
        }
    });
    let client = Client::new(Options::default());
    let url = server.url("/feed");
    let mut request = FeedRequest {
        scope: Scope::of_feed(&url),
        url,
        etag: None,
        last_modified: None,
        known_body: None,
        max_bytes: MAX_BYTES,
    };
    let first = fetch(&client, &request).await.expect("a feed");
    let Outcome::New(body) = &first.outcome else { panic!("{first:?}") };
    assert_eq!((body.bytes.as_slice(), body.digest), (FEED.as_bytes(), Digest::of(FEED.as_bytes())));
    assert_eq!((first.status, first.bytes, first.etag.as_deref()), (200, 51, Some("\"v1\"")));
    assert_eq!(first.max_age.map(|age| age.as_secs()), Some(600));

    request.etag = first.etag;
    let second = fetch(&client, &request).await.expect("an answer");
    assert_eq!((second.outcome, second.etag.as_deref()), (Outcome::NotModified, Some("\"v1\"")));
    assert!(
        server.heads().iter().all(|head| head.contains("user-agent: castkeep/") && !head.contains("referer"))
    );
}

#[tokio::test]
async fn a_file_is_read_where_the_user_named_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("feed.xml");
    std::fs::write(&path, FEED).expect("a file");
    let url = castkeep::http::Url::from_file_path(&path).expect("an address");
    let client = Client::new(Options::default());
    let (scope, known_body) = (Scope::of_feed(&url), Some(Digest::of(FEED.as_bytes())));
    let request =
        FeedRequest { url, scope, etag: None, last_modified: None, known_body, max_bytes: MAX_BYTES };
    assert_eq!(fetch(&client, &request).await.expect("a feed").outcome, Outcome::Same);
    let stranger = FeedRequest { scope: Scope::public(), ..request };
    let refusal = fetch(&client, &stranger).await.expect_err("a refusal");
    assert!(refusal.cause.contains("only where it is configured"), "{refusal}");
}

#[tokio::test]
async fn a_cut_download_is_resumed_and_placed() {
    let audio: Vec<u8> =
        b"ID3\x04\0\0\0\0\0\0".iter().copied().chain((0..300_000_u32).map(|n| (n * 7 % 251) as u8)).collect();
    let bytes = audio.clone();
    let server = Server::start(move |head| {
        let range = head
            .lines()
            .find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        let total = bytes.len();
        let Some(from) = range else {
            let mut cut = answer("200 OK", "ETag: \"v1\"\r\n", &bytes);
            cut.truncate(200_000);
            return cut;
        };
        assert!(head.contains("if-range: \"v1\""), "{head}");
        let range = format!("ETag: \"v1\"\r\nContent-Range: bytes {from}-{}/{total}\r\n", total - 1);
        answer("206 Partial Content", &range, &bytes[from..])
    });
    let root = tempfile::tempdir().expect("a folder");
    let store = Store::open(root.path()).expect("a store");
    let target = Target {
        resource_id: 7,
        url: server.url("/1.mp3?token=secret"),
        scope: Scope::of_feed(&server.url("/feed")),
        kind: ResourceKind::Audio,
        expected_length: Some(300_010),
        max_bytes: 1 << 20,
        min_free_bytes: 0,
    };
    let client = Client::new(Options::default());
    let attempt = capture(&client, &store, &target, &|_, _| (), &Cancel::default()).await;
    assert!(!format!("{attempt:?}").contains("secret"));
    let captured = attempt.result.expect("a whole file");
    assert_eq!((captured.sha256, captured.size_bytes), (Digest::of(&audio), 300_010));
    assert_eq!(
        (captured.media_type, captured.extension, captured.flags.resumed),
        ("audio/mpeg", "mp3", true)
    );
    let placed = store.place(&captured, "show/2019-04-19 Title", None, &|_| false).expect("a name");
    store.finish(7).expect("a tidy tmp");
    assert_eq!(placed.to_str(), Some("audio/show/2019-04-19 Title.mp3"));
    assert_eq!(std::fs::read(root.path().join(placed)).expect("it is there"), audio);
    assert_eq!(std::fs::read_dir(root.path().join("tmp")).expect("tmp").count(), 0);
}

#[tokio::test]
async fn a_download_that_can_not_begin_says_why() {
    let root = tempfile::tempdir().expect("a folder");
    let store = Store::open(root.path()).expect("a store");
    let cancel = Cancel::default();
    cancel.cancel();
    let url = "http://127.0.0.1:9/1.mp3".parse().expect("a URL");
    let target = Target {
        resource_id: 1,
        scope: Scope::of_feed(&url),
        url,
        kind: ResourceKind::Audio,
        expected_length: None,
        max_bytes: 1 << 20,
        min_free_bytes: 0,
    };
    let client = Client::new(Options::default());
    let attempt = capture(&client, &store, &target, &|_, _| (), &cancel).await;
    let failure = attempt.result.expect_err("no file");
    assert_eq!(
        (failure.outcome(), failure.to_string().as_str(), failure.fatal),
        ("failed", "the run is ending", false)
    );

    let greedy = Target { min_free_bytes: u64::MAX, ..target };
    let attempt = capture(&client, &store, &greedy, &|_, _| (), &Cancel::default()).await;
    let failure = attempt.result.expect_err("no room");
    assert_eq!((failure.kind, failure.fatal), (FailureKind::DiskFull, true), "{failure}");
}

/// What a fetch of `http://feeds.example.com:{port}/feed` says, and how often the name was looked up, where it has
/// these addresses.
async fn by_name(server: &Server, addresses: &'static [&'static str], options: Options) -> (String, usize) {
    let lookups = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&lookups);
    let lookup: Lookup = Arc::new(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        let found = addresses.iter().map(|address| address.parse().expect("an address")).collect();
        Box::pin(async { Ok(found) })
    });
    let client = Client::new(Options { lookup: Some(lookup), ..options });
    let mut url = server.url("/feed");
    url.set_host(Some("feeds.example.com")).expect("a name");
    let scope = Scope::of_feed(&url);
    let request =
        FeedRequest { url, scope, etag: None, last_modified: None, known_body: None, max_bytes: MAX_BYTES };
    let told = match fetch(&client, &request).await {
        Ok(fetched) => fetched.status.to_string(),
        Err(error) => error.cause,
    };
    (told, lookups.load(Ordering::Relaxed))
}

#[tokio::test]
async fn case_45_a_name_may_not_turn_into_a_private_address() {
    let server = Server::start(|_| answer("200 OK", "", FEED.as_bytes()));
    let refused = (
        "address not allowed: feeds.example.com is 127.0.0.1 (private; allow_hosts can list it)".to_owned(),
        1,
    );
    assert_eq!(by_name(&server, &["127.0.0.1"], Options::default()).await, refused);
    assert_eq!(by_name(&server, &["192.0.32.8", "127.0.0.1"], Options::default()).await, refused);
    let only = Options { only_hosts: vec!["other.example".parse().expect("a host")], ..Options::default() };
    assert_eq!(by_name(&server, &["127.0.0.1"], only).await, ("refused by only_hosts".to_owned(), 0));
    assert_eq!(server.heads().len(), 0);
    let allow =
        Options { allow_hosts: vec!["feeds.example.com".parse().expect("a host")], ..Options::default() };
    assert_eq!(by_name(&server, &["127.0.0.1"], allow).await, ("200".to_owned(), 1));
}
