//! Clocks that are wrong, or go wrong while an archive lives: nothing is fetched twice for it, nobody is locked out for it, and
//! nobody is asked too often.
//!
//! Case 112 of the fault catalogue, with `faketime` where that is there.

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use castkeep::model::Time;

use support::clock;
use support::feed::{audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::say::say;
use support::scene::Scene;

/// A host with a show of three episodes.
fn host() -> Host {
    let host = Host::start();
    let items: Vec<_> = (1..=3).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=3 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host
}

fn scene(host: &Host) -> Scene {
    Scene::new(&[&host.url("/feed.xml")])
}

/// How many feed requests a `sync` at this time makes; no audio is asked for.
fn polls(scene: &Scene, host: &Host, at: &str) -> usize {
    let ran = clock::run(scene, at, &["sync"]);
    ran.assert_no_failure();
    scene.assert_sound();
    let paths = host.take_paths();
    assert!(paths.iter().all(|path| path == "/feed.xml"), "at {at}: {paths:?}");
    paths.len()
}

#[test]
fn case_112_wherever_the_clock_jumps_a_feed_is_asked_once_an_hour() {
    if !clock::is_there() {
        return;
    }
    let host = host();
    let scene = scene(&host);
    clock::run(&scene, "2026-06-01T12:00:00Z", &["sync"]).assert_no_failure();
    assert_eq!(host.take_log().len(), 4);
    let canon = scene.canon();
    for (at, expected) in [
        ("2026-06-01T12:10:00Z", 0),
        ("2099-01-01T00:00:00Z", 1),
        ("2099-01-01T00:10:00Z", 0),
        // Due in 2099, but polled in a time to come: that was another clock.
        ("2026-06-01T13:30:00Z", 1),
        ("2026-06-01T13:40:00Z", 0),
        ("1970-01-01T00:00:05Z", 1),
        ("1970-01-01T00:10:05Z", 0),
        ("2026-06-01T13:50:00Z", 1),
        ("2026-05-31T13:50:00Z", 1),
        ("2026-05-31T14:00:00Z", 0),
        ("2036-06-01T00:00:00Z", 1),
        ("2026-05-31T15:00:00Z", 1),
        ("2026-05-31T15:10:00Z", 0),
        ("2026-05-31T16:00:00Z", 1),
    ] {
        assert_eq!(polls(&scene, &host, at), expected, "at {at}");
    }
    assert_eq!(scene.canon(), canon);
    assert_eq!(scene.value("SELECT count(*) FROM changes"), "0");
}

#[test]
fn case_112_the_hour_that_comes_twice_and_the_hour_that_never_comes() {
    if !clock::is_there() {
        return;
    }
    for (zone, night) in [
        // 02:30 in summer time, 02:30 again an hour later.
        ("Europe/Berlin", ["2026-10-25T00:30:00Z", "2026-10-25T00:40:00Z", "2026-10-25T01:30:00Z"]),
        // 01:55, 03:05 ten minutes later.
        ("Europe/Berlin", ["2026-03-29T00:55:00Z", "2026-03-29T01:05:00Z", "2026-03-29T01:55:00Z"]),
        ("America/New_York", ["2026-11-01T05:30:00Z", "2026-11-01T05:40:00Z", "2026-11-01T06:30:00Z"]),
    ] {
        let host = host();
        let scene = scene(&host);
        let mut asked = Vec::new();
        for at in night {
            let output = clock::command(&scene, at, &["sync"]).env("TZ", zone).output().unwrap();
            assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), [].as_slice()));
            asked.push(host.take_paths().iter().filter(|path| *path == "/feed.xml").count());
        }
        assert_eq!(asked, [1, 0, 1], "{zone} {night:?}");
        assert_eq!(scene.rows("SELECT started_at FROM fetches"), [night[0], night[2]]);
    }
}

#[test]
fn case_112_failures_under_a_wrong_clock_rest_no_longer_than_others() {
    if !clock::is_there() {
        return;
    }
    let host = host();
    let scene = scene(&host);
    host.set("/audio/2.mp3", Page::Status(404));
    for wrong in ["2099-01-01T00:00:00Z", "1970-01-01T00:00:05Z"] {
        let ran = clock::run(&scene, wrong, &["sync", "--force"]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
    }
    host.take_log();
    // Twice it failed: the third failure makes it wait for two hours.
    for (at, expected) in [
        ("2026-06-01T12:00:00Z", 1),
        ("2026-06-01T12:30:00Z", 0),
        ("2026-06-01T13:40:00Z", 0),
        ("2026-06-01T14:20:00Z", 1),
    ] {
        clock::run(&scene, at, &["sync"]);
        let asked = host.take_paths().iter().filter(|path| *path == "/audio/2.mp3").count();
        assert_eq!(asked, expected, "at {at}");
    }
    host.set_audio("/audio/2.mp3", audio(2));
    clock::run(&scene, "2026-06-02T12:00:00Z", &["sync"]).assert_no_failure();
    assert_eq!(scene.value("SELECT count(*) FROM files WHERE state = 'present'"), "3");

    let feed = scene.value("SELECT feed_url FROM shows");
    host.set("/feed.xml", Page::Status(500));
    clock::run(&scene, "2099-01-01T00:00:00Z", &["sync"]);
    host.take_log();
    assert_eq!(clock::run(&scene, "2026-06-03T12:00:00Z", &["sync"]).code, 3);
    assert!(!host.take_log().is_empty(), "{feed} was asked");
    assert_eq!(clock::run(&scene, "2026-06-03T12:10:00Z", &["sync"]).code, 0);
    assert_eq!(host.take_paths(), Vec::<String>::new());
}

/// The answer of a host that wants to be left alone.
fn busy(headers: &[(&str, &str)]) -> Page {
    Page::Headers(
        429,
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    )
}

#[test]
fn case_112_a_host_is_left_alone_for_as_long_as_it_asked_by_whatever_clock() {
    if !clock::is_there() {
        return;
    }
    let host = host();
    let scene = scene(&host);
    let hold = || scene.value("SELECT hold_until FROM hosts");
    host.set("/feed.xml", busy(&[("Retry-After", "3600")]));
    assert_eq!(clock::run(&scene, "2099-01-01T00:00:00Z", &["sync"]).code, 3);
    assert!(hold().starts_with("2099-01-01T01:00:0"), "{}", hold());
    host.take_log();

    // Now the clock is right. The host still wants its rest, and gets it from here on.
    host.set("/feed.xml", busy(&[("Retry-After", "7200")]));
    assert_eq!(clock::run(&scene, "2026-06-01T12:00:00Z", &["sync"]).code, 3);
    assert_eq!(host.take_log().len(), 1, "a hold from 2099 is none");
    assert!(hold().starts_with("2026-06-01T14:00:0"), "{}", hold());
    assert_eq!(clock::run(&scene, "2026-06-01T13:50:00Z", &["sync", "--force"]).code, 0);
    assert_eq!(host.take_log(), [], "the hold of today is one");

    // A date is by the host's clock, which says in the same answer what time it is.
    let date = [("Date", "Mon, 01 Jun 2026 14:10:00 GMT"), ("Retry-After", "Mon, 01 Jun 2026 15:10:00 GMT")];
    host.set("/feed.xml", busy(&date));
    for (at, until) in [
        ("2026-06-01T14:10:00Z", "2026-06-01T15:10:0"),
        ("2099-01-01T00:00:00Z", "2099-01-01T01:00:0"),
        ("2026-06-01T15:20:00Z", "2026-06-01T16:20:0"),
    ] {
        assert_eq!(clock::run(&scene, at, &["sync", "--force"]).code, 3, "at {at}");
        assert!(hold().starts_with(until), "at {at}: {}", hold());
    }
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    clock::run(&scene, "2026-06-01T16:30:00Z", &["sync", "--force"]).assert_no_failure();
    assert_eq!(scene.value("SELECT count(*) FROM files"), "1");
}

#[test]
fn case_112_where_a_feed_said_that_it_would_move_is_looked_at_again_though_it_was_asked_in_2099() {
    if !clock::is_there() {
        return;
    }
    let host = host();
    let scene = scene(&host);
    let items: Vec<_> = (1..=3).rev().map(|n| item(n, &host.url(""))).collect();
    let moving = format!(
        "<itunes:new-feed-url xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">{}</itunes:new-feed-url>",
        host.url("/new.xml")
    );
    host.set_feed("/feed.xml", feed_with("A Show", &moving, &items));
    let looks = |at: &str| {
        clock::run(&scene, at, &["sync", "--force"]);
        host.take_paths().iter().filter(|path| *path == "/new.xml").count()
    };
    assert_eq!(looks("2099-01-01T00:00:00Z"), 1);
    assert_eq!(looks("2099-01-01T02:00:00Z"), 0, "once a day");
    assert_eq!(looks("2026-06-01T12:00:00Z"), 1);
    let _: Time = scene.value("SELECT max(started_at) FROM fetches").parse().unwrap();
}

/// A host that speaks TLS, with the certificate among the fixtures; it ends with this value.
struct Secure {
    child: Child,
    port: u16,
}

impl Secure {
    const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tls/loopback.pem");

    fn start(folder: &Scene) -> Option<Self> {
        const SERVER: &str = "import http.server, ssl, sys\n\
            class Quiet(http.server.SimpleHTTPRequestHandler):\n    def log_message(self, *args): pass\n\
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
            context.load_cert_chain(sys.argv[1])\n\
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet)\n\
            server.handle_error = lambda *args: None\n\
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)\n\
            print(server.server_port, flush=True)\n\
            server.serve_forever()\n";
        let mut command = Command::new("python3");
        command.args(["-c", SERVER, Self::CERTIFICATE]).current_dir(folder.path(""));
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut child) = child else {
            say!("skipped: there is no python3");
            return None;
        };
        let mut line = String::new();
        BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
        Some(Self { child, port: line.trim().parse().expect("a port") })
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn case_112_tls_that_fails_by_a_wrong_clock_says_so() {
    if !clock::is_there() {
        return;
    }
    let scene = Scene::configured("");
    let Some(host) = Secure::start(&scene) else { return };
    let origin = format!("https://127.0.0.1:{}", host.port);
    std::fs::write(scene.path("feed.xml"), feed("A Show", &[item(1, &origin)])).unwrap();
    std::fs::create_dir(scene.path("audio")).unwrap();
    std::fs::write(scene.path("audio/1.mp3"), audio(1)).unwrap();
    scene.configure(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"a-show\"\nfeed = \"{origin}/feed.xml\"\n"
    ));
    let sync = |at: &str| {
        let mut command = clock::command(&scene, at, &["sync", "--force"]);
        let output = command.env("SSL_CERT_FILE", Secure::CERTIFICATE).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (at, why) in [("2020-06-01T12:00:00Z", "not valid yet"), ("2031-06-01T12:00:00Z", "expired")] {
        let (code, stderr) = sync(at);
        assert_eq!(code, Some(3), "{stderr}");
        let expected = format!(
            "castkeep: a-show: fetch {origin}/feed.xml: no secure connection: its certificate is {why}, if the clock of \
             this machine is right, which says {}:",
            &at[..16]
        );
        assert!(stderr.starts_with(&expected), "{stderr}");
    }
    assert_eq!(sync("2026-06-01T12:00:00Z"), (Some(0), String::new()));
    assert_eq!(scene.value("SELECT count(*) FROM files WHERE state = 'present'"), "1");
}
