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

/// A folder of copies of a show's feed: in February it listed episodes 1 and 2, in March 2 and 3, when 2 had
/// another title.
fn copies(scene: &Scene, items: &[Item]) {
    let folder = scene.path("copies/of the web");
    std::fs::create_dir_all(&folder).unwrap();
    let list = |from: usize| items[from..from + 2].to_vec();
    let mut edited = list(3);
    edited[1].title = "#2 Edited".to_owned();
    let old = flate(feed("An Old Name", &list(4)).as_bytes());
    std::fs::write(folder.join("20260205123456.xml.gz"), old).unwrap();
    std::fs::write(folder.join("2026-03-01.xml"), feed("A Show", &edited)).unwrap();
    std::fs::write(folder.join("page.html"), "<html><title>Not found</title></html>").unwrap();
    std::fs::write(folder.join(".hidden"), "<rss/>").unwrap();
}

/// A gzip file of stored blocks.
fn flate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn old_copies_of_a_feed_are_merged_oldest_first() {
    let (host, items) = host();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    copies(&scene, &items);
    scene.run(&["sync"]);
    let ran = scene.run(&["backfill", "a-show", "--from", "copies"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        ran.stdout,
        "a-show: 5 episodes, listed by the feed itself (it names no older pages, and there is no history_url), \
         and 2 old copies (1 file was passed over: --verbose tells why)\n\
         \x20 audio: 5 of 5 captured, 0 missing\n\
         \x20 numbers: 1 to 6, missing 4\n\
         \x20 not complete\n"
    );
    assert_eq!(
        scene.rows(
            "SELECT number, title, substr(as_of, 1, 10) FROM episodes WHERE number < 5 ORDER BY number"
        ),
        ["1|#1 Episode 1|2026-02-05", "2|#2 Edited|2026-03-01", "3|#3 Episode 3|2026-03-01"]
    );
    assert_eq!(scene.rows("SELECT title FROM shows"), ["A Show"]);
    assert_eq!(
        scene.rows("SELECT old_value, new_value, reason FROM changes WHERE field = 'title'"),
        ["#2 Episode 2|#2 Edited|guid+enclosure"]
    );
    assert_eq!(scene.value("SELECT count(*) FROM documents"), "3", "every document is kept");
    // Once more: nothing is read again, and nothing changes to and fro.
    let changes = scene.rows("SELECT * FROM changes");
    let again = scene.run(&["backfill", "a-show", "--from", "copies"]);
    assert_eq!(again.stdout, ran.stdout);
    assert_eq!(scene.rows("SELECT * FROM changes"), changes);
    // An older copy that turns up later overwrites nothing.
    let mut older = items[4..].to_vec();
    older[0].title = "#2 A first draft".to_owned();
    std::fs::write(scene.path("older.xml"), feed("A Show", &older).replace("2026", "2018")).unwrap();
    assert_eq!(scene.run(&["backfill", "a-show", "--from", "older.xml"]).code, 0);
    assert_eq!(scene.rows("SELECT title FROM episodes WHERE number = 2"), ["#2 Edited"]);
    scene.run(&["sync", "--force"]).assert_silent();
    scene.assert_sound();
}

#[test]
fn copies_that_are_no_feed_or_of_another_show_are_told_and_not_taken() {
    let (host, items) = host();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let mut strange = items[4..].to_vec();
    for item in &mut strange {
        item.guid = Some(format!("other-{}", item.title));
    }
    let other = feed("Another Show", &strange).replace("https://example.org/<", "https://other.example/<");
    std::fs::write(scene.path("other.xml"), other).unwrap();
    std::fs::write(scene.path("page.html"), "<html><title>Not found</title></html>").unwrap();
    let args = ["backfill", "a-show", "--feeds-only", "--from", "other.xml", "--from", "page.html"];
    let ran = scene.run(&args);
    assert_eq!(ran.code, 3);
    assert!(ran.stdout.starts_with("a-show: 2 episodes, "), "{}", ran.stdout);
    for why in [
        "it lists no episode of this show, but is \"Another Show\"; not taken",
        "page.html: not a feed: the document is an HTML page",
    ] {
        assert!(ran.stderr.contains(why), "{why}: {}", ran.stderr);
    }
    let absent = scene.run(&["backfill", "--from", "absent.xml", "a-show"]);
    assert_eq!(
        (absent.code, absent.stderr.as_str()),
        (2, "castkeep: --from absent.xml: there is no such file\n")
    );
    let ran = scene.run(&["backfill", "a-show", "b-show", "--from", "other.xml"]);
    assert_eq!(
        (ran.code, ran.stderr.lines().next()),
        (2, Some("castkeep: --from takes the copies of one show's feed"))
    );
}

#[test]
fn a_show_whose_host_is_dead_is_filled_from_copies() {
    let (host, items) = host();
    host.set("/feed.xml", Page::Status(404));
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    copies(&scene, &items);
    let ran = scene.run(&["backfill", "a-show", "--from", "copies"]);
    assert_eq!(ran.code, 3, "the feed could not be read, and that is told: {}", ran.stderr);
    assert_eq!(scene.rows("SELECT title FROM shows"), ["A Show"], "as the newest copy says");
    assert_eq!(
        scene.rows("SELECT title, gone_at FROM episodes ORDER BY number"),
        ["#1 Episode 1|NULL", "#2 Edited|NULL", "#3 Episode 3|NULL"]
    );
    assert_eq!(scene.audio().len(), 3);
    scene.assert_sound();
}

#[test]
fn silences_and_missing_numbers_are_told_and_told_again_by_status() {
    let host = Host::start();
    let days = [1, 2, 3, 4, 5, 6, 7, 8, 27, 28, 29, 30];
    let items: Vec<_> =
        days.iter().map(|day| Item { title: format!("On day {day}"), ..item(*day, &host.url("")) }).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let gaps = "  audio: 0 of 12 captured, 12 missing\n";
    let silence = "  silence: 2026-01-08 to 2026-01-27, 19 days where 1 were usual, after \"On day 8\"\n";
    let status = scene.run(&["status", "a-show"]).stdout;
    assert!(status.contains(gaps) && status.ends_with(&format!("{silence}  not complete\n")), "{status}");
    let json: serde_json::Value =
        serde_json::from_str(&scene.run(&["status", "a-show", "--json"]).stdout).unwrap();
    assert_eq!(json[0]["gaps"]["silences"][0]["days"], 19);
    let ran = scene.run(&["backfill", "a-show", "--feeds-only"]);
    assert!(ran.stdout.contains(silence), "{}", ran.stdout);
}

#[test]
fn a_broken_page_is_gone_around_from_the_last_one() {
    let (host, items) = host();
    let link = |rel: &str, path: &str| format!("<atom:link rel=\"{rel}\" href=\"{path}\"/>");
    host.set_feed("/feed.xml", feed_with("A Show", &(link("next", "/2") + &link("last", "/3")), &items[..2]));
    host.set("/2", Page::Status(404));
    host.set_feed(
        "/3",
        feed_with("A Show", &(link("previous", "/2") + &link("first", "/feed.xml")), &items[4..]),
    );
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let ran = scene.run(&["backfill", "a-show", "--feeds-only"]);
    assert_eq!(ran.code, 3);
    assert_eq!(
        ran.stdout.lines().next(),
        Some(
            "a-show: 4 episodes, listed by 3 pages of the feed, not all of which could be read (not read to its end)"
        )
    );
    assert!(ran.stdout.ends_with("  numbers: 1 to 6, missing 3-4\n  not complete\n"), "{}", ran.stdout);
}

#[test]
fn what_the_live_feed_still_says_stands_against_later_copies_and_such_without_a_date() {
    let (host, items) = host();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let mut other = items[..2].to_vec();
    other[0].title = "#6 Another title".to_owned();
    let today = scene.value("SELECT strftime('%Y%m%d000000', 'now')");
    std::fs::write(scene.path(&format!("{today}.xml")), feed("Another Name", &other)).unwrap();
    let undated = feed("Another Name", &other).replace("pubDate", "x");
    std::fs::write(scene.path("undated.xml"), undated).unwrap();
    // Asked again, the feed says that nothing is new.
    let args =
        ["backfill", "a-show", "--feeds-only", "--from", &format!("{today}.xml"), "--from", "undated.xml"];
    let ran = scene.run(&args);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        scene.rows("SELECT title FROM episodes ORDER BY number DESC"),
        ["#6 Episode 6", "#5 Episode 5"]
    );
    assert_eq!(scene.rows("SELECT title FROM shows"), ["A Show"]);
    assert_eq!(scene.value("SELECT count(*) FROM changes"), "0");
}

#[test]
fn pages_that_all_name_one_archive_do_not_go_in_circles() {
    let (host, items) = host();
    let link = |rel: &str, path: &str| format!("<atom:link rel=\"{rel}\" href=\"{path}\"/>");
    let archive = link("prev-archive", "/archive");
    host.set_feed("/feed.xml", feed_with("A Show", &(link("next", "/2") + &archive), &items[..2]));
    host.set_feed("/2", feed_with("A Show", &archive, &items[2..4]));
    host.set_feed("/archive", feed_with("A Show", &link("current", "/feed.xml"), &items[4..]));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let ran = scene.run(&["backfill", "a-show"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("a-show: 6 episodes, listed by 3 pages of the feed\n"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("  numbers: 1 to 6, none missing\n  complete\n"), "{}", ran.stdout);
}
