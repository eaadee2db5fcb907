//! How much a publisher's host is asked at once, when it is asked again, and how long it is left alone: over several runs of
//! the binary. What the requests are like: `tests/manners.rs`.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use castkeep::model::Time;
use support::feed::{audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// Counts who is in at once.
#[derive(Default)]
struct Door {
    inside: AtomicUsize,
    most: AtomicUsize,
    here: Mutex<usize>,
    news: Condvar,
}

impl Door {
    /// Stays until `wanted` have been inside at once, and for a moment, in which one more could come in.
    fn pass(&self, wanted: usize) {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        let mut here = self.here.lock().unwrap();
        *here = (*here).max(inside);
        self.news.notify_all();
        let patience = Duration::from_secs(20);
        drop(self.news.wait_timeout_while(here, patience, |here| *here < wanted).unwrap());
        std::thread::sleep(Duration::from_millis(20));
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn feeds_are_asked_one_by_one_and_audio_as_many_at_once_as_configured() {
    let host = Host::start();
    let (feeds, files) = (Arc::new(Door::default()), Arc::new(Door::default()));
    let mut addresses = Vec::new();
    for show in 0..4 {
        let items = [1, 2].map(|n| item(n, &host.url(&format!("/{show}"))));
        for n in 1..=2 {
            let door = Arc::clone(&files);
            let answer = move |_: &_| {
                door.pass(3);
                Page::full(200, &[("Content-Type", "audio/mpeg")], audio(show * 10 + n))
            };
            host.set(&format!("/{show}/audio/{n}.mp3"), Page::with(answer));
        }
        let (door, xml) = (Arc::clone(&feeds), feed(&format!("Show {show}"), &items));
        let answer = move |_: &_| {
            door.pass(1);
            Page::full(200, &[], xml.as_str())
        };
        host.set(&format!("/{show}/feed"), Page::with(answer));
        addresses.push(host.url(&format!("/{show}/feed")));
    }
    let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
    let scene = Scene::with(&addresses, "downloads_per_host = 3\ndownloads_at_once = 8");
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(feeds.most.load(Ordering::SeqCst), 1);
    assert_eq!(files.most.load(Ordering::SeqCst), 3);
    assert_eq!(scene.audio().len(), 8);
}

#[test]
fn case_4_a_stuck_host_delays_no_other() {
    let (stuck, other) = (Host::start(), Arc::new(Host::start()));
    let items = |host: &Host| [1, 2].map(|n| item(n, &host.url("")));
    stuck.set_feed("/next", feed("Next", &items(&stuck)));
    other.set_feed("/feed", feed("Other", &items(&other)));
    // Neither the feed nor the audio of the one comes before all of the other is asked for.
    for (path, page) in [
        ("/late", Page::full(200, &[], feed("Late", &items(&stuck)))),
        ("/audio/1.mp3", Page::full(200, &[("Content-Type", "audio/mpeg")], audio(1))),
    ] {
        let seen = Arc::clone(&other);
        let answer = move |_: &_| {
            for path in ["/feed", "/audio/1.mp3", "/audio/2.mp3"] {
                seen.wait_for(path);
            }
            page.clone()
        };
        stuck.set(path, Page::with(answer));
    }
    stuck.set_audio("/audio/2.mp3", audio(2));
    (1..=2).for_each(|n| other.set_audio(&format!("/audio/{n}.mp3"), audio(10 + n)));
    let scene = Scene::new(&[&stuck.url("/late"), &stuck.url("/next"), &other.url("/feed")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.value("SELECT count(*) FROM audio WHERE sha256 IS NOT NULL"), "6");
    scene.assert_sound();
}

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

/// Whole minutes from the last poll to the next, by show.
const WAIT: &str = "SELECT (unixepoch(next_fetch_at) - unixepoch(polled_at)) / 60 FROM shows ORDER BY slug";

#[test]
fn the_next_poll_is_after_the_longest_of_all_wishes_and_a_week_at_the_most() {
    const HOUR: u64 = 60;
    const EIGHT: (&str, &str) = ("Date", "Fri, 02 Jan 2026 08:00:00 GMT");
    let host = Host::start();
    let table: &[(Headers<'_>, &str, u64)] = &[
        (&[], "", HOUR),
        (&[("Cache-Control", "max-age=60")], "", HOUR),
        (&[("Cache-Control", "public, max-age=7200")], "", 2 * HOUR),
        (&[("Cache-Control", "max-age=999999999999")], "", 168 * HOUR),
        (&[("Cache-Control", "no-cache, max-age=7200")], "", HOUR),
        (&[EIGHT, ("Expires", "Fri, 02 Jan 2026 11:00:00 GMT")], "", 3 * HOUR),
        (&[EIGHT, ("Expires", "Fri, 02 Jan 2026 07:00:00 GMT")], "", HOUR),
        (&[("Expires", "Fri, 02 Jan 2099 08:00:00 GMT")], "", HOUR),
        (&[EIGHT, ("Expires", "0")], "", HOUR),
        (&[], "<ttl>240</ttl>", 4 * HOUR),
        (&[], "<ttl>1</ttl>", HOUR),
        (&[], "<ttl>99999999</ttl>", 168 * HOUR),
        (&[("Retry-After", "5400")], "", 90),
        (&[("Cache-Control", "max-age=7200"), ("Retry-After", "9000")], "<ttl>600</ttl>", 10 * HOUR),
    ];
    let mut config = "[http]\nonly_hosts = [\"127.0.0.1\"]\n".to_owned();
    for (n, (headers, channel, _)) in table.iter().enumerate() {
        let headers = [headers, &[("ETag", "\"1\"")][..]].concat();
        let xml = feed_with("A Show", channel, &[item(1, &host.url(""))]);
        let (whole, same) = (Page::full(200, &headers, xml), Page::full(304, &headers, ""));
        host.set(
            &format!("/{n}"),
            Page::with(move |asked| {
                if asked.header("if-none-match").is_some() { &same } else { &whole }.clone()
            }),
        );
        config += &format!("[[shows]]\nslug = \"s{n:02}\"\nfeed = \"{}\"\n", host.url(&format!("/{n}")));
    }
    let scene = Scene::configured(&config);
    let expected: Vec<_> = table.iter().map(|row| row.2.to_string()).collect();
    // A 304 says the same again.
    for flags in [&[][..], &["--force"]] {
        assert_eq!(scene.run(&[&["sync", "--feeds-only"], flags].concat()).code, 0);
        assert_eq!(scene.rows(WAIT), expected);
    }
    assert_eq!(
        scene.value("SELECT count(*) FROM fetches WHERE outcome = 'not_modified'"),
        table.len().to_string()
    );
    // Hours of its own, for one show.
    scene.configure(&config.replace("slug = \"s00\"", "slug = \"s00\"\ninterval = \"6h\""));
    assert_eq!(scene.run(&["sync", "--feeds-only", "--force", "s00"]).code, 0);
    assert_eq!(scene.rows(WAIT)[0], (6 * HOUR).to_string());
}

/// As if all that was written had been so much earlier.
fn pass(scene: &Scene, minutes: u32) {
    let back =
        |column: &str| format!("{column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-{minutes} minutes')");
    scene.meddle(&format!(
        "UPDATE shows SET {}, {}; UPDATE hosts SET {}",
        back("polled_at"),
        back("next_fetch_at"),
        back("hold_until"),
    ));
}

#[test]
fn an_hour_is_over_when_nine_tenths_of_it_are() {
    let host = Host::start();
    host.set_feed("/feed", feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::new(&[&host.url("/feed")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    host.take_log();
    pass(&scene, 50);
    scene.run(&["sync", "--feeds-only"]).assert_silent();
    assert_eq!(host.take_log(), []);
    pass(&scene, 4);
    scene.run(&["sync", "--feeds-only"]).assert_silent();
    assert_eq!(host.take_paths(), ["/feed"]);
}

#[test]
fn case_32_failures_are_asked_for_more_and_more_seldom() {
    let host = Host::start();
    let scene = Scene::new(&[&host.url("/feed")]);
    for hours in [1, 2, 4, 8, 16, 32, 64, 128, 168, 168] {
        assert_eq!(scene.run(&["sync", "--force"]).code, 3);
        let wait: f64 = scene.value(WAIT).parse().unwrap();
        let expected = f64::from(hours * 60);
        assert!((0.93..=1.07).contains(&(wait / expected)), "{wait} minutes for {hours} h");
    }
    host.take_log();
    pass(&scene, 24 * 60);
    scene.run(&["sync"]).assert_silent();
    assert_eq!(host.take_log(), []);
    host.set_feed("/feed", feed("A Show", &[]));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.value(WAIT), "60", "all is well again");
}

/// A wait of an hour in both of its forms.
fn an_hour() -> [String; 2] {
    let later = Time::from(chrono::Utc::now()) + Duration::from_hours(1);
    ["3600".to_owned(), later.format("%a, %d %b %Y %H:%M:%S GMT")]
}

#[test]
fn case_35_a_host_that_asks_for_patience_is_left_alone_with_all_that_it_has() {
    for (status, wait) in [429, 503].into_iter().flat_map(|status| an_hour().map(|wait| (status, wait))) {
        let (busy, other) = (Host::start(), Host::start());
        let mut feeds = Vec::new();
        for (host, path) in [(&busy, "/a"), (&busy, "/b"), (&other, "/c")] {
            host.set_feed(path, feed(&path[1..], &[item(1, &host.url(path))]));
            host.set_audio(&format!("{path}/audio/1.mp3"), audio(1));
            feeds.push(host.url(path));
        }
        let scene = Scene::new(&feeds.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
        for path in ["/a", "/b"] {
            busy.copy(path, &format!("{path}-well"));
            busy.set(path, Page::full(status, &[("Retry-After", &wait)], ""));
        }
        for host in [&busy, &other] {
            host.take_log();
        }

        let ran = scene.run(&["sync", "--force"]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        assert_eq!(busy.take_log().len(), 1, "neither the other show nor any audio");
        assert_eq!(other.take_paths(), ["/c", "/c/audio/1.mp3"]);
        // Whoever runs it, and how: the host has said when.
        for args in [&["sync"][..], &["sync", "--force"], &["backfill", "a", "b"], &["verify", "--repair"]] {
            scene.run(args);
            assert_eq!(busy.take_log(), [], "{args:?}");
        }
        for path in ["/a", "/b"] {
            busy.copy(&format!("{path}-well"), path);
        }
        pass(&scene, 50);
        scene.run(&["sync", "--force"]);
        assert_eq!(busy.take_log(), []);
        pass(&scene, 70);
        assert_eq!(scene.run(&["sync"]).code, 0);
        assert_eq!(busy.take_paths(), ["/a", "/a/audio/1.mp3", "/b", "/b/audio/1.mp3"]);
    }
}

#[test]
fn case_35_an_answer_to_audio_or_a_picture_holds_its_host_back_too() {
    for path in ["/audio/1.mp3", "/cover.png"] {
        let (host, cdn) = (Host::start(), Host::start());
        cdn.set(path, Page::full(429, &[("Retry-After", "3600")], ""));
        let cover = format!("<image><url>{}</url></image>", cdn.url("/cover.png"));
        let (more, items) =
            if path == "/cover.png" { (cover.as_str(), vec![]) } else { ("", vec![item(1, &cdn.url(""))]) };
        host.set_feed("/a", feed_with("A", more, &items));
        cdn.set_feed("/b", feed("B", &[item(2, &cdn.url(""))]));
        // Nobody can tell from the address that it leads there.
        host.set("/c", Page::Redirect(302, cdn.url("/b")));
        let http = format!("allow_hosts = [\"127.0.0.1:{}\"]", cdn.port());
        let scene = Scene::with(&[&host.url("/a")], &http);
        scene.run(&["sync"]);
        assert_eq!(cdn.take_paths(), [path]);
        let all = [host.url("/a"), cdn.url("/b"), host.url("/c")];
        let shows = all.map(|feed| format!("[[shows]]\nfeed = \"{feed}\"\n")).concat();
        scene.configure(&format!("[http]\nonly_hosts = [\"127.0.0.1\"]\n{http}\n{shows}"));
        host.take_log();
        scene.run(&["sync", "--force"]);
        assert_eq!(cdn.take_log(), [], "{path}: by whatever way");
        assert_eq!(host.take_paths(), ["/a", "/c"]);
    }
}

#[test]
fn case_36_and_37_a_wait_is_a_day_at_the_most_and_nonsense_is_none() {
    for (wait, hours) in [
        ("999999999", 24),
        ("Fri, 02 Jan 2099 08:00:00 GMT", 24),
        ("7200", 2),
        ("soon", 0),
        ("-5", 0),
        ("", 0),
        ("Fri, 02 Jan 2015 08:00:00 GMT", 0),
    ] {
        let host = Host::start();
        host.set("/feed", Page::full(429, &[("Retry-After", wait)], ""));
        let scene = Scene::new(&[&host.url("/feed")]);
        assert_eq!(scene.run(&["sync"]).code, 3);
        assert_eq!(host.take_log().len(), 1, "{wait:?}: it is not asked again at once");
        let held = scene.rows("SELECT round((unixepoch(hold_until) - unixepoch()) / 3600.0) FROM hosts");
        let expected: Vec<_> = (hours > 0).then(|| hours.to_string()).into_iter().collect();
        assert_eq!(held, expected, "{wait:?}");
        let waits: u64 = scene.value(WAIT).parse().unwrap();
        assert!(waits >= 56 && waits >= hours * 59, "{wait:?}: {waits} minutes");
    }
}

#[test]
fn case_39_and_40_a_feed_is_asked_where_it_has_moved_for_good_and_is_a_feed() {
    let host = Host::start();
    let whole = feed("A Show", &[item(1, &host.url(""))]);
    let table: &[(&[u16], &str, bool)] = &[
        (&[301], "/feed", true),
        (&[308], "/feed", true),
        (&[301, 308, 301], "/feed", true),
        (&[302], "/feed", false),
        (&[303], "/feed", false),
        (&[307], "/feed", false),
        (&[301, 302], "/feed", false),
        (&[302, 301], "/feed", false),
        (&[308, 307, 308], "/feed", false),
        (&[301], "/html", false),
        (&[301], "/cut", false),
        (&[301], "/missing", false),
        (&[301], "/gone", false),
        (&[308], "/empty", false),
    ];
    host.set("/feed", Page::full(200, &[("ETag", "\"1\"")], whole.as_str()));
    host.set("/html", Page::full(200, &[], "<html>not here</html>"));
    host.set("/cut", Page::full(200, &[], &whole[..whole.len() - 40]));
    host.set("/gone", Page::Status(410));
    host.set("/empty", Page::full(200, &[], ""));
    let mut config = "[http]\nonly_hosts = [\"127.0.0.1\"]\n".to_owned();
    for (n, (hops, end, _)) in table.iter().enumerate() {
        host.copy(end, &format!("{end}?{n}"));
        for (hop, status) in hops.iter().enumerate() {
            let is_last = hop + 1 == hops.len();
            let to = if is_last { format!("{end}?{n}") } else { format!("/{n}/{}", hop + 1) };
            host.set(&format!("/{n}/{hop}"), Page::Redirect(*status, to));
        }
        config += &format!("[[shows]]\nslug = \"s{n:02}\"\nfeed = \"{}\"\n", host.url(&format!("/{n}/0")));
    }
    let scene = Scene::configured(&config);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 3);
    let polled = scene.rows("SELECT feed_url FROM shows ORDER BY slug");
    for (n, ((hops, end, moves), feed_url)) in table.iter().zip(polled).enumerate() {
        let expected = if *moves { format!("{end}?{n}") } else { format!("/{n}/0") };
        assert_eq!(feed_url, host.url(&expected), "{hops:?} to {end}");
    }
    // Asked there directly, and with what it said there.
    host.take_log();
    scene.run(&["sync", "--feeds-only", "--force", "s00"]).assert_silent();
    let log = host.take_log();
    assert_eq!(log.iter().map(|request| request.path.as_str()).collect::<Vec<_>>(), ["/feed?0"]);
    assert_eq!(log[0].header("if-none-match"), Some("\"1\""));
}
