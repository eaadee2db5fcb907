//! `castkeep backfill`: the whole history of a show, in one go or in several.

mod support;

use support::feed::{Item, audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// A host whose live feed lists the newest two of six episodes.
fn host() -> (Host, Vec<Item>) {
    let host = Host::start();
    let items: Vec<_> = (1..=6).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items[..2]));
    for n in 1..=6 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    (host, items)
}

fn with_history(host: &Host) -> Scene {
    Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n\n[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\nhistory_url = \"{}\"\n",
        host.url("/feed.xml"),
        host.url("/all.xml")
    ))
}

#[test]
fn the_full_feed_fills_what_the_live_one_has_dropped() {
    let (host, items) = host();
    host.set_feed("/all.xml", feed("A Show", &items));
    let scene = with_history(&host);
    scene.run(&["sync"]);

    let ran = scene.run(&["backfill", "a-show"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        ran.stdout,
        "a-show: 6 episodes, listed by the feed that history_url names\n\
         \x20 audio: 6 of 6 captured, 0 missing\n\
         \x20 numbers: 1 to 6, none missing\n\
         \x20 complete\n"
    );
    assert_eq!(scene.audio().len(), 6);
    // The next poll of the live feed must not take the older ones for gone.
    scene.run(&["sync", "--force"]).assert_silent();
    assert_eq!(scene.value("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL"), "0");
    scene.assert_sound();
}

#[test]
fn history_never_overwrites_what_the_live_feed_says() {
    let (host, mut items) = host();
    let scene = with_history(&host);
    scene.run(&["sync"]);
    items[0].title = "#6 An old title".to_owned();
    host.set_feed("/all.xml", feed("An Old Name", &items));
    assert_eq!(scene.run(&["backfill", "a-show"]).code, 0);
    assert_eq!(scene.rows("SELECT title FROM episodes WHERE number = 6"), ["#6 Episode 6"]);
    assert_eq!(scene.rows("SELECT title FROM shows"), ["A Show"]);
    assert_eq!(scene.value("SELECT count(*) FROM changes"), "0");
}

#[test]
fn pages_are_followed_to_their_end() {
    let (host, items) = host();
    let page = |n: usize, next: &str| {
        let link = format!("<atom:link rel=\"next\" href=\"{next}\"/>");
        feed_with("A Show", if next.is_empty() { "" } else { &link }, &items[n * 2..n * 2 + 2])
    };
    host.set_feed("/feed.xml", page(0, "/page2.xml"));
    host.set_feed("/page2.xml", page(1, "/page3.xml"));
    host.set_feed("/page3.xml", page(2, ""));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    host.take_log();

    let ran = scene.run(&["backfill", "a-show"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("a-show: 6 episodes, listed by 3 pages of the feed\n"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("  complete\n"), "{}", ran.stdout);
    assert_eq!(scene.audio().len(), 6);

    // Again: every page is asked for once, conditionally, and nothing is downloaded.
    host.take_log();
    let again = scene.run(&["backfill", "a-show"]);
    assert_eq!(again, ran);
    let log = host.take_log();
    assert_eq!(
        log.iter().map(|r| r.path.as_str()).collect::<Vec<_>>(),
        ["/feed.xml", "/page2.xml", "/page3.xml"]
    );
    assert!(log.iter().all(|request| request.headers.contains_key("if-none-match")));
    scene.run(&["sync", "--force"]).assert_silent();
    assert_eq!(scene.value("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL"), "0");
}

#[test]
fn pages_that_go_in_circles_or_on_for_ever_are_left() {
    let (host, items) = host();
    let to = |path: &str| format!("<atom:link rel=\"next\" href=\"{path}\"/>");
    host.set_feed("/feed.xml", feed_with("A Show", &to("/page2.xml"), &items[..2]));
    host.set_feed("/page2.xml", feed_with("A Show", &to("/feed.xml"), &items[2..4]));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let ran = scene.run(&["backfill", "127-0-0-1", "--feeds-only"]);
    assert_eq!(ran.code, 2, "a show is called by the name that its title gave it: {}", ran.stderr);
    scene.run(&["sync", "--feeds-only"]);
    assert_eq!(scene.run(&["backfill", "a-show", "--feeds-only"]).code, 0);

    for n in 2..20 {
        let next = to(&format!("/page{}.xml", n + 1));
        host.set_feed(&format!("/page{n}.xml"), feed_with("A Show", &next, &items[2..4]));
    }
    let bounded = Scene::with(&[&host.url("/feed.xml")], "max_pages = 5");
    bounded.run(&["sync", "--feeds-only"]);
    host.take_log();
    let ran = bounded.run(&["backfill", "a-show", "--feeds-only"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("more than 5 pages (max_pages)"), "{}", ran.stderr);
    assert_eq!(host.take_log().len(), 5);
}

#[test]
fn what_is_missing_is_named() {
    let (host, mut items) = host();
    items.remove(3);
    host.set_feed("/all.xml", feed("A Show", &items));
    host.set("/audio/2.mp3", Page::Status(404));
    let scene = with_history(&host);
    let ran = scene.run(&["backfill", "a-show"]);
    assert_eq!(ran.code, 3);
    assert_eq!(
        ran.stdout,
        "a-show: 5 episodes, listed by the feed that history_url names\n\
         \x20 audio: 4 of 5 captured, 1 missing\n\
         \x20   #2 Episode 2: status 404\n\
         \x20 numbers: 1 to 6, missing 3\n\
         \x20 not complete\n"
    );
    assert_eq!(
        ran.stderr,
        format!("castkeep: a-show: download {} (#2 Episode 2): status 404\n", host.url("/audio/2.mp3"))
    );
    scene.assert_sound();
}

#[test]
fn an_interrupted_backfill_goes_on_and_ends_as_an_undisturbed_one() {
    let (host, items) = host();
    host.set_feed("/all.xml", feed("A Show", &items));
    let undisturbed = with_history(&host);
    assert_eq!(undisturbed.run(&["backfill", "a-show"]).code, 0);

    let scene = with_history(&host);
    // All of them stall from the start: none may be captured before the run that is killed for its sake.
    for n in [6, 4, 2] {
        host.set(&format!("/audio/{n}.mp3"), Page::Stall(audio(n)));
    }
    for n in [6, 4, 2] {
        host.take_log();
        let mut child = scene.start(&["backfill", "a-show"]);
        host.wait_for(&format!("/audio/{n}.mp3"));
        child.kill().unwrap();
        child.wait().unwrap();
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
        scene.assert_sound();
    }
    assert_eq!(scene.run(&["backfill", "a-show"]).code, 0);
    assert_eq!(scene.canon(), undisturbed.canon());
    assert_eq!(scene.rows("SELECT DISTINCT outcome FROM runs ORDER BY 1"), ["interrupted", "ok"]);
    scene.assert_sound();
}
