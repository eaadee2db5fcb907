//! Feeds that move by their own word, end, or are damaged: what is followed, what is refused, what is told.

mod support;

use support::feed::{Item, audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

const ITUNES: &str = "http://www.itunes.com/dtds/podcast-1.0.dtd";

fn says_moved(items: &[Item], to: &str) -> String {
    let element = format!("<itunes:new-feed-url xmlns:itunes=\"{ITUNES}\">{to}</itunes:new-feed-url>");
    feed_with("A Show", &element, items)
}

fn page(body: &str) -> Page {
    Page::Body { bytes: body.as_bytes().to_vec(), media_type: "text/xml".to_owned() }
}

fn two_items(host: &Host) -> [Item; 2] {
    for n in 1..=2 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    [item(2, &host.url("")), item(1, &host.url(""))]
}

#[test]
fn a_feed_that_names_its_new_address_is_polled_there() {
    let host = Host::start();
    let items = two_items(&host);
    host.set_feed("/old", says_moved(&items[1..], &host.url("/new")));
    host.set_feed("/new", says_moved(&items, &host.url("/new")));
    let scene = Scene::new(&[&host.url("/old")]);
    let ran = scene.run(&["sync"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(
        ran.stdout.ends_with(&format!("a-show: its feed has moved to {}\n", host.url("/new"))),
        "{}",
        ran.stdout
    );
    assert_eq!(scene.rows("SELECT feed_url FROM shows"), [host.url("/new")]);
    assert_eq!(
        scene.rows("SELECT field, old_value, new_value FROM changes WHERE field = 'feed_url'"),
        [format!("feed_url|{}|{}", host.url("/old"), host.url("/new"))]
    );
    assert_eq!(scene.rows("SELECT number, gone_at IS NULL FROM episode_list ORDER BY 1"), ["1|1", "2|1"]);
    assert_eq!(scene.audio().len(), 2);

    host.take_log();
    scene.run(&["sync", "--force"]).assert_silent();
    let log = host.take_log();
    assert_eq!(log.iter().map(|request| request.path.as_str()).collect::<Vec<_>>(), ["/new"]);
    assert!(log[0].headers.contains_key("if-none-match"), "the validators of the new address are in force");
    scene.assert_sound();
}

#[test]
fn a_new_address_without_an_episode_of_the_show_is_not_followed() {
    let host = Host::start();
    let items = two_items(&host);
    host.set_feed("/old", says_moved(&items[1..], &host.url("/new")));
    let scene = Scene::new(&[&host.url("/old")]);
    for (page, why) in [
        (Page::Status(404), "status 404"),
        (page("<html><title>Moved</title></html>"), "not a feed: the document is an HTML page"),
        (
            page(&feed("Another Show", &items[..1])),
            "it lists no episode of this show, but is \"Another Show\"; not followed",
        ),
    ] {
        host.set("/new", page);
        // Another body, so that it is read again.
        let more = format!("{}<!-- {why} -->", says_moved(&items[1..], &host.url("/new")));
        host.set_feed("/old", more);
        let ran = scene.run(&["sync", "--force", "--verbose"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{why}: {}", ran.stderr);
        assert_eq!(scene.rows("SELECT feed_url FROM shows"), [host.url("/old")]);
        assert_eq!(scene.rows("SELECT title, number FROM episodes"), ["#1 Episode 1|1"]);
        assert_eq!(scene.rows("SELECT outcome FROM fetches ORDER BY id DESC LIMIT 1"), ["failed"]);
    }
    scene.assert_sound();
}

#[test]
fn two_feeds_that_name_each_other_do_not_send_a_show_to_and_fro() {
    let host = Host::start();
    let items = two_items(&host);
    host.set_feed("/a", says_moved(&items, &host.url("/b")));
    host.set_feed("/b", says_moved(&items, &host.url("/a")));
    let scene = Scene::new(&[&host.url("/a")]);
    scene.run(&["sync", "--feeds-only"]);
    assert_eq!(scene.rows("SELECT feed_url FROM shows"), [host.url("/b")]);
    for n in 0..3 {
        host.set_feed("/b", format!("{}<!-- {n} -->", says_moved(&items, &host.url("/a"))));
        host.take_log();
        assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
        assert_eq!(host.take_paths(), ["/b"]);
    }
    assert_eq!(scene.rows("SELECT feed_url FROM shows"), [host.url("/b")]);
}

#[test]
fn a_feed_that_is_gone_is_looked_for_where_it_said_that_it_would_be() {
    let host = Host::start();
    let items = two_items(&host);
    host.set_feed("/old", says_moved(&items, &host.url("/new")));
    host.set("/new", Page::Status(503));
    let scene = Scene::new(&[&host.url("/old")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    host.set("/old", Page::Status(410));
    host.set_feed("/new", feed("A Show", &items));
    let ran = scene.run(&["sync", "--feeds-only", "--force"]);
    assert_eq!(ran.code, 3, "the old address is gone, and that is told: {}", ran.stderr);
    assert_eq!(scene.rows("SELECT feed_url, state FROM shows"), [format!("{}|active", host.url("/new"))]);
    scene.run(&["sync", "--feeds-only", "--force"]).assert_silent();
}

#[test]
fn a_show_that_says_it_is_complete_is_asked_for_once_a_week() {
    let host = Host::start();
    let items = two_items(&host);
    let complete = format!("<itunes:complete xmlns:itunes=\"{ITUNES}\">Yes</itunes:complete>");
    host.set_feed("/feed.xml", feed_with("A Show", &complete, &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    for _ in 0..2 {
        assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
        let days = "SELECT state, round(julianday(next_fetch_at) - julianday(polled_at)) FROM shows";
        assert_eq!(scene.rows(days), ["complete|7"]);
    }
}

#[test]
fn what_is_wrong_with_a_feed_is_kept_and_counted() {
    let host = Host::start();
    let items = two_items(&host);
    let damaged = feed("A & B", &items).replace("02 Jan 2026 08:00:00 +0000", "someday");
    host.set_feed("/feed.xml", damaged);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.ends_with("         2\n"), "{}", ran.stdout);
    let rows = scene.rows("SELECT line, item IS NULL, message FROM feed_warnings ORDER BY position");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].starts_with("3|1|"), "{rows:?}");
    assert!(rows[1].starts_with("4|0|") && rows[1].contains("someday"), "{rows:?}");
    let status: serde_json::Value = serde_json::from_str(&scene.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(status[0]["warnings"], 2);

    // Mended: the warnings go with the document that they are about.
    host.set_feed("/feed.xml", feed("A Show", &items));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.value("SELECT count(*) FROM feed_warnings"), "0");
    assert_eq!(
        scene.rows("SELECT field, reason FROM changes WHERE episode_id IS NOT NULL"),
        ["published_at|guid+enclosure"]
    );
}

#[test]
fn a_document_is_printed_as_it_came() {
    let host = Host::start();
    let body = feed("A Show", &two_items(&host));
    host.set_feed("/feed.xml", body.clone());
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let id = scene.value("SELECT document_id FROM fetches");
    let ran = scene.run(&["document", &id]);
    assert_eq!((ran.code, ran.stdout, ran.stderr.as_str()), (0, body, ""));
    assert_eq!(scene.run(&["document", "99"]).code, 2);
}

#[test]
fn the_history_of_an_episode_tells_what_changed_and_by_what_it_was_known() {
    let host = Host::start();
    let mut items = two_items(&host);
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]);
    items[0].guid = Some("another".to_owned());
    items[0].title = "#2 Edited".to_owned();
    host.set_feed("/feed.xml", feed("A Show", &items));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    let ran = scene.run(&["show", "a-show", "2", "--history"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[..2], ["#2 Edited", "told apart by its guid: guid-2"]);
    let at = |line: &str| line.get("2026-01-01 00:00 UTC".len()..).unwrap_or_default().to_owned();
    assert_eq!(at(lines[4]), "  guid (known by enclosure), in document 2");
    assert_eq!(lines[5..7], ["  - guid-2", "  + another"]);
    assert_eq!(at(lines[8]), "  title (known by enclosure), in document 2");
    assert_eq!(lines[9..], ["  - #2 Episode 2", "  + #2 Edited"]);
    let json: serde_json::Value =
        serde_json::from_str(&scene.run(&["show", "a-show", "2", "--history", "--json"]).stdout).unwrap();
    assert_eq!(json["identity_source"], "guid");
    assert_eq!(json["changes"][0]["reason"], "enclosure");
    assert_eq!(
        scene.run(&["show", "a-show", "1", "--history"]).stdout.lines().last(),
        Some("nothing about it has changed since")
    );
}

#[test]
fn a_new_address_that_was_not_there_yet_is_looked_for_again_after_a_day() {
    let host = Host::start();
    let items = two_items(&host);
    host.set_feed("/old", says_moved(&items, &host.url("/new")));
    let scene = Scene::new(&[&host.url("/old")]);
    scene.run(&["sync", "--feeds-only"]);
    host.set_feed("/new", feed("A Show", &items));
    host.take_log();
    scene.run(&["sync", "--feeds-only", "--force"]).assert_silent();
    assert_eq!(host.take_paths(), ["/old"], "it was asked for a moment ago");
    let yesterday = "UPDATE fetches SET started_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-25 hours')";
    rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap().execute(yesterday, []).unwrap();
    assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
    assert_eq!(host.take_paths(), ["/new", "/old"]);
    assert_eq!(scene.rows("SELECT feed_url FROM shows"), [host.url("/new")]);
}

#[test]
fn warnings_of_a_document_that_broke_off_go_when_the_whole_one_is_back() {
    let host = Host::start();
    let whole = feed("A Show", &two_items(&host));
    host.set_feed("/feed.xml", whole.clone());
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    host.set_feed("/feed.xml", whole[..whole.len() - 40].to_owned());
    assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 3);
    assert_ne!(scene.value("SELECT count(*) FROM feed_warnings"), "0");
    host.set_feed("/feed.xml", whole);
    scene.run(&["sync", "--feeds-only", "--force"]).assert_silent();
    assert_eq!(scene.value("SELECT count(*) FROM feed_warnings"), "0");
    assert_eq!(scene.value("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL"), "0");
}
