//! A show whose address changes, by its host or by its user: what is remembered, dropped, and never shown.

mod support;

use support::feed::{audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

fn config(slug: &str, feed: &str) -> String {
    format!("[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"{slug}\"\nfeed = \"{feed}\"\n")
}

#[test]
fn a_feed_that_was_gone_is_polled_under_its_new_address() {
    let host = Host::start();
    host.set("/old", Page::Status(410));
    host.set_feed("/new", feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::configured(&config("a", &host.url("/old")));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 3);
    scene.configure(&config("a", &host.url("/new")));
    host.take_log();
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    assert_eq!(host.take_paths(), ["/new"]);
    assert_eq!(scene.rows("SELECT slug, state FROM shows"), ["a|active"]);
}

#[test]
fn validators_of_an_older_address_are_not_sent_when_it_comes_back() {
    let host = Host::start();
    let items = [1, 2].map(|n| item(n, &host.url("")));
    host.set_feed("/a", feed("A Show", &items[..1]));
    host.set_feed("/b", feed("A Show", &items[1..]));
    let scene = Scene::configured(&config("a", &host.url("/a")));
    for path in ["/a", "/b", "/a"] {
        scene.configure(&config("a", &host.url(path)));
        host.take_log();
        assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
        let log = host.take_log();
        assert_eq!((log[0].path.as_str(), log[0].headers.get("if-none-match")), (path, None));
    }
    assert_eq!(scene.rows("SELECT number, gone_at IS NULL FROM episodes ORDER BY 1"), ["1|1", "2|0"]);
}

#[test]
fn a_configured_slug_stays_though_it_is_that_of_the_host() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    let slug = format!("127-0-0-1-{}", host.port());
    let scene = Scene::configured(&config(&slug, &host.url("/feed.xml")));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    assert_eq!(scene.rows("SELECT slug FROM shows"), [slug]);
}

#[test]
fn a_show_that_was_never_read_is_called_by_its_host_and_then_by_its_title() {
    let host = Host::start();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let name = format!("127-0-0-1-{}", host.port());
    let ran = scene.run(&["sync"]);
    let line = format!("castkeep: {name}: fetch {}: status 404\n", host.url("/feed.xml"));
    assert!(ran.stderr.starts_with(&line), "{}", ran.stderr);
    assert_eq!(scene.rows("SELECT slug, is_provisional FROM shows"), [format!("{name}|1")]);
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    assert_eq!(scene.run(&["sync", "--force", "--feeds-only"]).code, 0);
    assert_eq!(scene.rows("SELECT slug, is_provisional FROM shows"), ["a-show|0"]);
}

#[test]
fn the_host_that_answered_is_held_back_and_not_the_one_that_redirected() {
    let (host, cdn) = (Host::start(), Host::start());
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    host.set("/audio/1.mp3", Page::Redirect(302, cdn.url("/1.mp3")));
    cdn.set("/1.mp3", Page::Headers(429, vec![("Retry-After".to_owned(), "3600".to_owned())]));
    let scene =
        Scene::with(&[&host.url("/feed.xml")], &format!("allow_hosts = [\"127.0.0.1:{}\"]", cdn.port()));
    assert_eq!(scene.run(&["sync"]).code, 3);
    assert_eq!(scene.rows("SELECT host FROM hosts"), [format!("127.0.0.1:{}", cdn.port())]);
}

#[test]
fn a_ttl_holds_after_a_304_too() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed_with("A Show", "<ttl>1440</ttl>", &[item(1, &host.url(""))]));
    let scene = Scene::configured(&config("a", &host.url("/feed.xml")));
    let wait = "SELECT (julianday(next_fetch_at) - julianday(polled_at)) * 24 > 23.9 FROM shows";
    for _ in 0..2 {
        assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
        assert_eq!(scene.value(wait), "1");
    }
    assert_eq!(scene.rows("SELECT outcome FROM fetches"), ["new", "not_modified"]);
}

#[test]
fn secrets_stay_out_of_the_record_of_changes_and_renewed_tokens_are_none() {
    let host = Host::start();
    let document = |token: &str| {
        let image = format!("<image><url>https://img.example.org/a.png?token={token}</url></image>");
        feed_with("A Show", &image, &[item(1, &host.url(""))])
    };
    host.set_feed("/feed.xml", document("hush1"));
    let scene = Scene::configured(&config("a", &host.url("/feed.xml")));
    scene.run(&["sync", "--feeds-only"]);
    host.set_feed("/feed.xml", document("hush2"));
    scene.run(&["sync", "--feeds-only", "--force"]).assert_silent();
    assert_eq!(scene.rows("SELECT * FROM changes"), Vec::<String>::new());

    scene.configure(&config("a", &host.url("/feed.xml?auth=hush3")));
    scene.run(&["sync", "--feeds-only"]);
    assert_eq!(
        scene.rows("SELECT field, new_value FROM changes"),
        [format!("feed_url|{}", host.url("/feed.xml?auth=***"))]
    );
}

#[test]
fn corrected_audio_under_another_name_is_fetched_and_the_first_is_kept() {
    let host = Host::start();
    let mut items = vec![item(1, &host.url(""))];
    host.set_feed("/feed.xml", feed("A Show", &items));
    host.set_audio("/audio/1.mp3", audio(1));
    let scene = Scene::configured(&config("a", &host.url("/feed.xml")));
    assert_eq!(scene.run(&["sync"]).code, 0);
    items[0].enclosure = Some(host.url("/audio/1-corrected.mp3"));
    host.set_feed("/feed.xml", feed("A Show", &items));
    host.set_audio("/audio/1-corrected.mp3", audio(2));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(
        scene.audio().into_keys().collect::<Vec<_>>(),
        ["audio/a/2026-01-01 #1 Episode 1 (2).mp3", "audio/a/2026-01-01 #1 Episode 1.mp3"]
    );
    assert_eq!(scene.rows("SELECT path FROM audio"), ["audio/a/2026-01-01 #1 Episode 1 (2).mp3"]);
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "1");
    scene.assert_sound();
}

#[test]
fn a_disk_of_its_own_for_the_audio_is_empty_though_it_has_a_lost_and_found() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    host.set_audio("/audio/1.mp3", audio(1));
    let scene = Scene::configured(&config("a", &host.url("/feed.xml")));
    std::fs::create_dir_all(scene.path("archive/audio/lost+found")).unwrap();
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.run(&["verify"]).code, 0);
}

#[test]
fn a_database_that_is_gone_or_anothers_is_not_written_over() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    host.set_audio("/audio/1.mp3", audio(1));
    let scene = Scene::configured(&config("a", &host.url("/feed.xml")));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let database = scene.path("archive/archive.db");
    let kept = std::fs::read(&database).unwrap();
    std::fs::remove_file(&database).unwrap();
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("audio/ holds files, and archive.db is gone\nhint: "), "{}", ran.stderr);
    assert!(!database.exists());

    let other = rusqlite::Connection::open(&database).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(other);
    let before = std::fs::read(&database).unwrap();
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("this is not a castkeep archive"), "{}", ran.stderr);
    assert_eq!(std::fs::read(&database).unwrap(), before);

    std::fs::write(&database, kept).unwrap();
    std::fs::rename(scene.path("archive/audio"), scene.path("elsewhere")).unwrap();
    let ran = scene.run(&["verify"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("the folder is gone") && !scene.path("archive/audio").exists(),
        "{}",
        ran.stderr
    );
}
