//! How a publisher's server is treated, as its owner would see it: the log of all requests, over several runs of the binary.
//!
//! How much is asked at once, when again, and how long a host is left alone: `tests/patience.rs`. Feeds that move by their own word, and 410:
//! `tests/moves.rs`; a show whose configured address changes: `tests/addresses.rs`; name and password: `tests/secrets.rs`;
//! conditions and holds of the client alone: `tests/net.rs`.

mod support;

use support::feed::{Item, audio, feed, feed_with, item};
use support::host::{Host, Page, Request};
use support::scene::Scene;

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];
/// Those of `VALIDATORS`, where they are there.
type Validators<'a> = [Option<&'a str>; 2];

const VALIDATORS: [&str; 2] = ["if-none-match", "if-modified-since"];

/// The validators that a request brought.
fn validators(request: &Request) -> Validators<'_> {
    VALIDATORS.map(|name| request.header(name))
}

fn one_item(host: &Host) -> String {
    feed("A Show", &[item(1, &host.url(""))])
}

#[test]
fn case_29_case_30_validators_are_returned_byte_for_byte_by_the_next_run() {
    let host = Host::start();
    let (long, longer) = (format!("\"{}\"", "e".repeat(4000)), format!("\"{}\"", "e".repeat(5000)));
    let date = "Fri, 02 Jan 2026 08:00:00 GMT";
    let table: &[(Headers<'_>, Validators<'_>)] = &[
        (&[("ETag", "\"strong\""), ("Last-Modified", date)], [Some("\"strong\""), Some(date)]),
        (&[("ETag", "W/\"weak\"")], [Some("W/\"weak\""), None]),
        (&[("ETag", "w/\"lower\"")], [Some("w/\"lower\""), None]),
        (&[("ETag", "unquoted")], [Some("unquoted"), None]),
        (&[("ETag", "\"\"")], [Some("\"\""), None]),
        (&[("ETag", "\"half")], [Some("\"half"), None]),
        (&[("ETag", "*")], [Some("*"), None]),
        (&[("ETag", "\"a\", \"b\"")], [Some("\"a\", \"b\""), None]),
        (&[("ETag", "\"a  b\\\"\t;,=<>{}é\u{1f399}\"")], [Some("\"a  b\\\"\t;,=<>{}é\u{1f399}\""), None]),
        (&[("ETag", &long)], [Some(&long), None]),
        (&[("ETag", &longer)], [None, None]),
        (&[("ETag", "")], [None, None]),
        (&[("etag", "\"first\""), ("ETAG", "\"second\"")], [Some("\"first\""), None]),
        (&[("Last-Modified", "yesterday, or so")], [None, Some("yesterday, or so")]),
        (&[("Last-Modified", "0")], [None, Some("0")]),
        (&[("Last-Modified", "Fri, 2 Jan 26 08:00:00 +0100")], [None, Some("Fri, 2 Jan 26 08:00:00 +0100")]),
        (
            &[("Last-Modified", "Fri, 02 Jan 2099 08:00:00 GMT")],
            [None, Some("Fri, 02 Jan 2099 08:00:00 GMT")],
        ),
        (&[], [None, None]),
    ];
    let mut feeds = Vec::new();
    for (n, (headers, _)) in table.iter().enumerate() {
        host.set(&format!("/{n}"), Page::full(200, headers, one_item(&host)));
        feeds.push(host.url(&format!("/{n}")));
    }
    let scene = Scene::new(&feeds.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    assert!(host.take_log().iter().all(|request| validators(request) == [None, None]));
    for _ in 0..2 {
        assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
        let mut log = host.take_log();
        log.sort_by_key(|request| request.path[1..].parse::<usize>().unwrap());
        assert_eq!(log.len(), table.len());
        for (request, (headers, sent)) in log.iter().zip(table) {
            assert_eq!(validators(request), *sent, "{headers:?}");
        }
    }
}

/// A run after each answer: what it is asked with is what the answers before it left in force. Nothing is ever asked without
/// that, be it again after a failure or instead.
#[test]
fn case_26_to_28_and_34_validators_are_renewed_dropped_and_kept() {
    let host = Host::start();
    let whole = one_item(&host);
    let edited = |n: u32| whole.replace("A Show", &format!("Edit {n}"));
    let (e, l) = (|value| ("ETag", value), |value| ("Last-Modified", value));
    let html = "<!DOCTYPE html><html><body>Down for maintenance</body></html>";
    let none = [None, None];
    let table: &[(&str, Page, Validators<'_>)] = &[
        (
            "the first body",
            Page::full(200, &[e("\"1\""), l("Mon")], whole.as_str()),
            [Some("\"1\""), Some("Mon")],
        ),
        ("a bare 304", Page::full(304, &[], ""), [Some("\"1\""), Some("Mon")]),
        ("a 304 with another ETag", Page::full(304, &[e("\"2\"")], ""), [Some("\"2\""), Some("Mon")]),
        ("a 304 with another date", Page::full(304, &[l("Tue")], ""), [Some("\"2\""), Some("Tue")]),
        ("a failing host", Page::full(500, &[e("\"bad\"")], ""), [Some("\"2\""), Some("Tue")]),
        ("a failing host", Page::full(503, &[e("\"bad\"")], html), [Some("\"2\""), Some("Tue")]),
        ("a feed that is not there", Page::full(404, &[e("\"bad\"")], html), [Some("\"2\""), Some("Tue")]),
        ("a host that fails conditions", Page::full(412, &[e("\"bad\"")], ""), [Some("\"2\""), Some("Tue")]),
        ("a refusal", Page::full(403, &[], ""), [Some("\"2\""), Some("Tue")]),
        ("an error page", Page::full(200, &[e("\"bad\""), l("bad")], html), [Some("\"2\""), Some("Tue")]),
        ("nothing at all", Page::full(200, &[e("\"bad\"")], ""), [Some("\"2\""), Some("Tue")]),
        (
            "half a feed",
            Page::full(200, &[e("\"bad\"")], &whole[..whole.len() / 2]),
            [Some("\"2\""), Some("Tue")],
        ),
        (
            "a coding that is none",
            Page::full(200, &[e("\"bad\""), ("Content-Encoding", "gzip")], whole.as_str()),
            [Some("\"2\""), Some("Tue")],
        ),
        (
            "the same body, without a date",
            Page::full(200, &[e("\"3\"")], whole.as_str()),
            [Some("\"3\""), None],
        ),
        (
            "another body under the same ETag",
            Page::full(200, &[e("\"3\"")], edited(1)),
            [Some("\"3\""), None],
        ),
        ("another body without any", Page::full(200, &[], edited(2)), none),
        ("a 304 that nobody asked for", Page::full(304, &[e("\"bad\"")], ""), none),
        ("another body with a date", Page::full(200, &[l("Wed")], edited(3)), [None, Some("Wed")]),
        (
            "the same body with all",
            Page::full(200, &[e("\"4\""), l("Thu")], edited(3)),
            [Some("\"4\""), Some("Thu")],
        ),
        ("a temporary redirect", Page::Redirect(302, "/lent".to_owned()), [Some("\"4\""), Some("Thu")]),
    ];
    host.set("/lent", Page::full(304, &[], ""));
    let scene = Scene::new(&[&host.url("/feed")]);
    let mut in_force = none;
    for (what, page, after) in table {
        host.set("/feed", page.clone());
        scene.run(&["sync", "--feeds-only", "--force"]);
        let log = host.take_log();
        assert!(!log.is_empty(), "{what}");
        for request in &log {
            assert_eq!(validators(request), in_force, "asked for {what} at {}", request.path);
        }
        in_force = *after;
    }
    assert_eq!(scene.rows("SELECT title FROM shows"), ["Edit 3"]);
    assert_eq!(scene.value("SELECT count(*) FROM episodes WHERE gone_at IS NULL"), "1");
}

#[test]
fn case_25_a_host_that_says_304_for_ever_is_asked_once_a_month_for_the_whole() {
    let host = Host::start();
    let show_v = |n: u32| {
        Page::full(200, &[("ETag", "\"1\"")], one_item(&host).replace("A Show", &format!("Edit {n}")))
    };
    host.set("/feed", show_v(1));
    let scene = Scene::new(&[&host.url("/feed")]);
    let conditional = |force: &[&str]| {
        scene.run(&[&["sync", "--feeds-only"], force].concat());
        host.take_log().iter().map(|request| validators(request) == [Some("\"1\""), None]).collect::<Vec<_>>()
    };
    assert_eq!(conditional(&[]), [false]);
    // The host serves other bytes by now, and says that they are the same, as long as it is given the chance.
    let changed = show_v(2);
    host.set(
        "/feed",
        Page::with(move |request| match request.header("if-none-match") {
            Some(_) => Page::full(304, &[], ""),
            None => changed.clone(),
        }),
    );
    let pass = |days: u32| {
        scene.meddle(&format!(
            "UPDATE fetches SET started_at = strftime('%Y-%m-%dT%H:%M:%SZ', started_at, '-{days} days');
             UPDATE shows SET polled_at = strftime('%Y-%m-%dT%H:%M:%SZ', polled_at, '-{days} days'),
                              next_fetch_at = strftime('%Y-%m-%dT%H:%M:%SZ', next_fetch_at, '-{days} days')"
        ));
    };
    assert_eq!(conditional(&["--force"]), [true]);
    for _ in 0..29 {
        pass(1);
        assert_eq!(conditional(&[]), [true]);
    }
    assert_eq!(scene.rows("SELECT title FROM shows"), ["Edit 1"]);
    pass(1);
    assert_eq!(conditional(&[]), [false], "one scheduled poll, and not a second request");
    assert_eq!(scene.rows("SELECT title FROM shows"), ["Edit 2"]);
    pass(1);
    assert_eq!(conditional(&[]), [true]);

    // It fails: a failure is no 304, and no reason to ask for the whole again.
    pass(30);
    host.set("/feed", Page::Status(500));
    assert_eq!(conditional(&[]), [false; 3]);
    pass(1);
    assert_eq!(conditional(&[]), [true; 3]);

    // It says 304 to that, too: that is a failure, which is told.
    host.set("/feed", Page::Status(304));
    pass(1);
    assert_eq!(conditional(&[]), [true]);
    pass(1);
    assert_eq!(conditional(&[]), [false]);
    assert_eq!(
        scene.rows("SELECT outcome, error FROM fetches ORDER BY id DESC LIMIT 1"),
        ["failed|status 304 though nothing was asked conditionally"]
    );
}

#[test]
fn case_50_what_a_request_is_made_of() {
    let (host, cdn) = (Host::start(), Host::start());
    for host in [&host, &cdn] {
        host.with_header("Set-Cookie", "id=7; Path=/");
    }
    let items = [1, 2].map(|n| Item { enclosure: Some(host.url(&format!("/to/{n}.mp3"))), ..item(n, "") });
    let cover = format!("<image><url>{}</url></image>", host.url("/cover.png"));
    host.set_feed("/feed", feed_with("A Show", &cover, &items));
    host.set("/from", Page::full(302, &[("Location", "/feed"), ("Set-Cookie", "id=7")], ""));
    for n in 1..=2 {
        let there = cdn.url(&format!("/{n}.mp3"));
        host.set(
            &format!("/to/{n}.mp3"),
            Page::full(302, &[("Location", &there), ("Set-Cookie", "id=7")], ""),
        );
        cdn.set_audio(&format!("/{n}.mp3"), audio(n));
    }
    let scene = Scene::with(&[&host.url("/from")], &format!("allow_hosts = [\"127.0.0.1:{}\"]", cdn.port()));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    let log = [host.take_log(), cdn.take_log()].concat();
    let mut paths: Vec<_> = log.iter().map(|request| request.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "/1.mp3",
            "/2.mp3",
            "/cover.png",
            "/cover.png",
            "/feed",
            "/feed",
            "/from",
            "/from",
            "/to/1.mp3",
            "/to/2.mp3"
        ]
    );
    for request in &log {
        let is_feed = matches!(request.path.as_str(), "/from" | "/feed");
        let agent = request.header("user-agent").unwrap();
        let contact = agent.strip_prefix(concat!("castkeep/", env!("CARGO_PKG_VERSION"), " (+https://"));
        assert!(contact.is_some_and(|rest| rest.ends_with(')') && rest.len() > 10), "{agent}");
        let coding = if is_feed { "gzip, br, zstd" } else { "identity" };
        assert_eq!((request.method.as_str(), request.header("accept-encoding")), ("GET", Some(coding)));
        let allowed =
            ["host", "user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since"];
        for name in request.headers.keys() {
            assert!(allowed.contains(&name.as_str()), "{}: {name}", request.path);
        }
    }
}

/// All rows of all tables, but for the books of requests and runs, and when a show was asked and will be.
fn contents(scene: &Scene) -> Vec<String> {
    let mut all = Vec::new();
    for table in
        scene.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('fetches', 'runs')")
    {
        let columns = scene.rows(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let is_kept = |column: &&String| {
            table != "shows" || !["polled_at", "next_fetch_at", "last_seen_at"].contains(&column.as_str())
        };
        let columns: Vec<_> =
            columns.iter().filter(is_kept).map(|column| format!("quote(\"{column}\")")).collect();
        let rows = scene.rows(&format!("SELECT {} FROM \"{table}\"", columns.join(", ")));
        all.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    all
}

#[test]
fn case_122_and_123_an_unchanged_feed_costs_one_request_and_two_rows() {
    let host = Host::start();
    let items = [3, 2, 1].map(|n| item(n, &host.url("")));
    (1..=3).for_each(|n| host.set_audio(&format!("/audio/{n}.mp3"), audio(n)));
    host.set_feed("/feed", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    let before = contents(&scene);
    let books = "SELECT (SELECT count(*) FROM fetches), (SELECT count(*) FROM runs)";

    scene.run(&["sync", "--force"]).assert_silent();
    assert_eq!(host.take_paths(), ["/feed"]);
    assert_eq!(contents(&scene), before);
    assert_eq!(scene.rows(books), ["2|2"]);
    // A host that knows no conditions sends it all again: that is no news either.
    host.set("/feed", Page::full(200, &[], feed("A Show", &items)));
    scene.run(&["sync", "--force"]).assert_silent();
    assert_eq!((host.take_paths(), contents(&scene) == before), (vec!["/feed".to_owned()], true));
    assert_eq!(scene.rows(books), ["3|3"]);

    // One that is not due costs nothing at all.
    let database = std::fs::read(scene.path("archive/archive.db")).unwrap();
    scene.run(&["sync"]).assert_silent();
    assert_eq!(host.take_log(), []);
    assert!(std::fs::read(scene.path("archive/archive.db")).unwrap() == database, "nothing was written");
}

#[test]
fn older_pages_are_asked_for_in_a_backfill_alone() {
    let host = Host::start();
    let page = |n: u32, links: &[(&str, u32)]| {
        let link = |(rel, to): &(&str, u32)| {
            format!("<atom:link rel=\"{rel}\" href=\"{}\"/>", host.url(&format!("/{to}")))
        };
        let links: String = links.iter().map(link).collect();
        host.set_feed(&format!("/{n}"), feed_with("A Show", &links, &[item(n, &host.url(""))]));
    };
    page(9, &[("next", 8), ("prev-archive", 7)]);
    page(8, &[("prev", 9)]);
    page(7, &[("prev-archive", 6), ("next-archive", 8)]);
    page(6, &[]);
    let scene = Scene::new(&[&host.url("/9")]);
    for flags in [&[][..], &["--force"]] {
        assert_eq!(scene.run(&[&["sync", "--feeds-only"], flags].concat()).code, 0);
        assert_eq!(host.take_paths(), ["/9"]);
    }
    assert_eq!(scene.run(&["backfill", "a-show", "--feeds-only"]).code, 0);
    assert_eq!(host.take_paths(), ["/6", "/7", "/8", "/9"]);
    scene.run(&["backfill", "a-show", "--feeds-only"]);
    let log = host.take_log();
    assert!(log.len() == 4 && log.iter().all(|request| validators(request)[0].is_some()), "{log:?}");
    scene.run(&["sync", "--feeds-only", "--force"]).assert_silent();
    assert_eq!(host.take_paths(), ["/9"]);
}

#[test]
fn pages_that_are_told_apart_by_what_looks_like_a_secret_are_all_read() {
    let host = Host::start();
    for (n, path, next) in
        [(3, "/feed", "/feed?token=2"), (2, "/feed?token=2", "/feed?token=1"), (1, "/feed?token=1", "")]
    {
        let link = format!("<atom:link rel=\"next\" href=\"{}\"/>", host.url(next));
        let xml = feed_with("A Show", if next.is_empty() { "" } else { &link }, &[item(n, &host.url(""))]);
        // One date for all, and a host that believes every condition.
        let answer = move |asked: &Request| match asked.header("if-modified-since") {
            Some(_) => Page::full(304, &[], ""),
            None => Page::full(200, &[("Last-Modified", "Fri, 02 Jan 2026 08:00:00 GMT")], xml.as_str()),
        };
        host.set(path, Page::with(answer));
    }
    let scene = Scene::new(&[&host.url("/feed")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    for _ in 0..2 {
        assert_eq!(scene.run(&["backfill", "a-show", "--feeds-only"]).code, 0);
        assert_eq!(scene.rows("SELECT number FROM episodes ORDER BY number"), ["1", "2", "3"]);
    }
    assert_eq!(
        scene.value("SELECT count(*) FROM fetches WHERE url LIKE '%token=%' AND url NOT LIKE '%***'"),
        "0"
    );
}

/// What a host says is shown, logged and stored as text that can do nothing to a terminal.
#[test]
fn case_22_what_a_host_says_reaches_no_terminal_as_it_is() {
    let host = Host::start();
    let title = "A \u{9b}31m\u{202e}Show";
    let esc = "\u{1b}]0;pwned\u{7}";
    host.set_feed("/feed", feed(title, &[Item { title: title.to_owned(), ..item(1, &host.url("")) }]));
    host.set("/audio/1.mp3", Page::full(200, &[("Content-Type", &format!("text/html{esc}"))], "<html>"));
    host.set("/302", Page::full(302, &[("Location", "http://127.0.0.1:1/\u{9b}31m\u{202e}%1b[31m")], ""));
    host.set("/header", Page::full(200, &[("X", esc)], ""));
    host.set("/location", Page::full(302, &[("Location", esc)], ""));
    host.set("/etag", Page::full(200, &[("ETag", &format!("\"{title}\""))], feed(title, &[])));
    host.set("/coding", Page::full(200, &[("Content-Encoding", "\u{9b}31m\u{202e}")], "x"));
    let feeds = ["/feed", "/302", "/header", "/location", "/etag", "/coding"].map(|path| host.url(path));
    let scene = Scene::new(&feeds.iter().map(String::as_str).collect::<Vec<_>>());
    for args in [
        &["sync", "--verbose"][..],
        &["sync", "--verbose", "--force", "--log-format", "json"],
        &["status"],
        &["show", "a-31m-show", "latest"],
    ] {
        let ran = scene.command(args).env("CASTKEEP_LOG", "trace").output().unwrap();
        for said in [ran.stdout, ran.stderr] {
            let said = String::from_utf8(said).unwrap();
            let is_bad = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
            // JSON escapes what JSON must; the rest of it is for a program.
            let is_json = args.contains(&"json");
            assert!(!said.contains(|c| is_bad(c) && (!is_json || c < ' ')), "{args:?}: {said:?}");
        }
    }
    assert_eq!(scene.value("SELECT count(*) FROM fetches WHERE error GLOB '*' || char(27) || '*'"), "0");
}
