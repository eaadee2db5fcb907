//! `castkeep add`, given what a person has: a feed, a web page, a page of Apple Podcasts, nothing of the kind.

mod support;

use std::fs;

use support::feed::{audio, feed_with, item};
use support::host::{Host, Page};
use support::scene::{Ran, Scene};

fn page(links: &str) -> Page {
    let html =
        format!("<!DOCTYPE html><html><head><title>Ours</title>{links}</head><body>Hello</body></html>");
    Page::full(200, &[("Content-Type", "text/html")], html)
}

/// A host with a show of two episodes.
fn host() -> Host {
    let host = Host::start();
    let items = [2, 1].map(|n| item(n, &host.url("")));
    let author = "<itunes:author xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">Ann Author</itunes:author>";
    host.set_feed("/feed.xml", feed_with("A Show", author, &items));
    for n in 1..=2 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host
}

/// A configuration that asks this host instead of Apple.
fn scene(host: &Host) -> Scene {
    Scene::with(&[], &format!("apple_lookup = \"{}\"", host.url("/lookup")))
}

/// Nothing was added: the configuration is as it was, and the archive knows no show.
#[track_caller]
fn assert_nothing_added(scene: &Scene, before: &str) {
    assert_eq!(fs::read_to_string(scene.path("config.toml")).unwrap(), before);
    if scene.path("archive/archive.db").exists() {
        assert_eq!(scene.value("SELECT count(*) FROM shows"), "0");
    }
}

fn config(scene: &Scene) -> String {
    fs::read_to_string(scene.path("config.toml")).unwrap()
}

/// What `add` says of the show, found elsewhere than where it was looked for.
fn found(host: &Host) -> Ran {
    Ran {
        code: 0,
        stdout: "added a-show: 2 episodes\nnext: castkeep sync a-show downloads their audio\n".to_owned(),
        stderr: format!(
            "castkeep: found A Show by Ann Author, which will be called a-show\n\
             castkeep: its feed is {}\n\
             castkeep: the feed lists 2 episodes, the newest of 2026-01-02, 400.3 kB of audio (as it says)\n",
            host.url("/feed.xml")
        ),
    }
}

#[test]
fn a_web_page_leads_to_the_feed_that_it_names() {
    let host = host();
    host.set(
        "/shows/ours",
        page("<link rel=alternate type=application/rss+xml title='A Show &amp; more' href='../feed.xml'>"),
    );
    let scene = scene(&host);
    let before = config(&scene);
    assert_eq!(scene.run(&["add", &host.url("/shows/ours")]), found(&host));
    assert_eq!(host.take_paths(), ["/feed.xml", "/shows/ours"], "each was asked for once");
    let block = format!("[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n", host.url("/feed.xml"));
    assert_eq!(config(&scene), format!("{}\n\n{block}", before.trim_end()));
    // The page again is the show again.
    let ran = scene.run(&["add", &host.url("/shows/ours")]);
    let said = format!("castkeep: {} is in the configuration already\n", host.url("/feed.xml"));
    assert_eq!(ran, Ran { code: 0, stdout: String::new(), stderr: said });
    assert_eq!(host.take_paths(), ["/shows/ours"]);
    assert_eq!(scene.value("SELECT count(*) FROM fetches"), "1", "a page is no feed that was fetched");
    // What add got, sync goes on from.
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    let asked = host.take_log().into_iter().find(|request| request.path == "/feed.xml").unwrap();
    assert!(asked.header("if-none-match").is_some());
}

#[test]
fn a_page_of_apple_podcasts_leads_to_the_feed() {
    let host = host();
    let answer = format!("{{\"resultCount\":1,\"results\":[{{\"feedUrl\":\"{}\"}}]}}", host.url("/feed.xml"));
    host.set("/lookup?id=1234567&entity=podcast", Page::full(200, &[], answer));
    let scene = scene(&host);
    let ran = scene.run(&["add", "podcasts.apple.com/us/podcast/a-show/id1234567?i=1000"]);
    assert_eq!(ran, found(&host));
    assert_eq!(host.take_paths(), ["/feed.xml", "/lookup?id=1234567&entity=podcast"]);
    assert!(config(&scene).ends_with(&format!("feed = \"{}\"\n", host.url("/feed.xml"))));
}

#[test]
fn what_apple_does_not_answer_adds_nothing() {
    let host = host();
    let scene = scene(&host);
    let before = config(&scene);
    let address = "https://podcasts.apple.com/us/podcast/a-show/id7";
    let lookup = host.url("/lookup?id=7&entity=podcast");
    let alone =
        "hint: some shows are Apple's alone; look for a link to the feed on the show's own web site\n";
    for (answer, code, said) in [
        (
            Page::full(200, &[], "{\"resultCount\":0,\"results\":[]}"),
            2,
            format!("castkeep: Apple Podcasts names no feed for the show 7\n{alone}"),
        ),
        (
            Page::full(200, &[], "{\"results\":[{\"feedUrl\":\"file:///etc/passwd\"}]}"),
            2,
            format!("castkeep: Apple Podcasts names no feed for the show 7\n{alone}"),
        ),
        (
            Page::full(200, &[], "<html>"),
            3,
            format!("castkeep: {lookup}: not the answer of a directory: expected value at line 1 column 1\n"),
        ),
        (Page::Status(404), 3, format!("castkeep: fetch {lookup}: status 404\n")),
        (
            Page::full(200, &[], "x".repeat(2_000_000)),
            3,
            format!("castkeep: fetch {lookup}: too large: more than 1048576 bytes\n"),
        ),
    ] {
        host.set("/lookup?id=7&entity=podcast", answer);
        assert_eq!(scene.run(&["add", address]), Ran { code, stdout: String::new(), stderr: said });
        assert_nothing_added(&scene, &before);
    }
    let ran = scene.run(&["add", "https://podcasts.apple.com/us/charts"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "castkeep: https://podcasts.apple.com/us/charts: no page of a show\n\
         hint: the address of a show on Apple Podcasts ends with id and a number\n"
    );
    // Without the key, Apple itself would be asked: only_hosts says no.
    let scene = Scene::new(&[]);
    let ran = scene.run(&["add", address]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(
        ran.stderr.starts_with("castkeep: fetch https://itunes.apple.com/lookup?id=7&entity=podcast: "),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("only_hosts"), "{}", ran.stderr);
}

#[test]
fn of_several_feeds_the_person_chooses() {
    let host = host();
    host.set(
        "/",
        page(
            "<link rel=alternate type=application/rss+xml title='Ours' href=/feed.xml>\
             <link rel=alternate type=application/rss+xml title='Ours \u{1b}[31mII' href=/two.xml>\
             <link rel=alternate type=application/feed+json href=/feed.json>",
        ),
    );
    let scene = scene(&host);
    let before = config(&scene);
    let ran = scene.run(&["add", &host.url("/")]);
    let said = format!(
        "castkeep: {0} names 3 feeds:\n  {0}feed.xml  Ours\n  {0}two.xml  Ours \\u{{1b}}[31mII\n  {0}feed.json\n\
         hint: choose one: castkeep add ADDRESS\n",
        host.url("/")
    );
    assert_eq!(ran, Ran { code: 2, stdout: String::new(), stderr: said });
    assert_eq!(host.take_paths(), ["/"]);
    assert_nothing_added(&scene, &before);
}

#[test]
fn pages_that_lead_nowhere_add_nothing() {
    let host = host();
    let itself = "<link rel=alternate type=application/rss+xml href=/itself><link rel=alternate type=application/rss+xml href=''>";
    host.set("/itself", page(itself));
    host.set("/pages", page("<link rel=alternate type=application/rss+xml href=/itself>"));
    host.set("/loop", Page::Redirect(302, "/loop2".to_owned()));
    host.set("/loop2", Page::Redirect(302, "/loop".to_owned()));
    host.set("/away", page("<link rel=alternate type=application/rss+xml href=http://127.0.0.1:1/feed>"));
    host.set("/large", Page::full(200, &[], format!("<html>{}", " ".repeat(3_000_000))));
    host.set("/json", Page::full(200, &[], "{\"error\":1}"));
    let scene = Scene::with(&[], "max_feed_mb = 2\n");
    let before = config(&scene);
    let at = |path: &str| host.url(path);
    let no_feed = "an HTML page that names no feed\nhint: look on it for a link called RSS, feed or subscribe, and add its address\n";
    for (path, code, said) in [
        ("/itself", 2, format!("castkeep: {}: {no_feed}", at("/itself"))),
        ("/pages", 3, format!("read {}: not a feed: the document is an HTML page\n", at("/itself"))),
        ("/loop", 3, format!("fetch {}: {}: bad redirect: a loop back to {0}\n", at("/loop"), at("/loop2"))),
        ("/away", 3, "fetch http://127.0.0.1:1/feed: ".to_owned()),
        ("/large", 3, format!("fetch {}: too large: more than 2000000 bytes", at("/large"))),
        ("/json", 3, format!("read {}: not a feed: the document is JSON", at("/json"))),
        ("/none", 3, format!("fetch {}: status 404", at("/none"))),
    ] {
        let ran = scene.run(&["add", &host.url(path)]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{path}: {}", ran.stderr);
        assert!(ran.stderr.contains(&said), "{path}: {}", ran.stderr);
        assert_nothing_added(&scene, &before);
    }
}

#[test]
fn addresses_may_be_written_as_podcast_programs_write_them() {
    let host = host();
    let scene = scene(&host);
    let ran = scene.run(&["add", &format!("feed:{}", host.url("/feed.xml"))]);
    assert_eq!((ran.code, ran.stdout.lines().next()), (0, Some("added a-show: 2 episodes")));
    assert!(config(&scene).ends_with(&format!("feed = \"{}\"\n", host.url("/feed.xml"))));
    // Without a scheme https is meant: here it is refused before anybody is asked.
    let ran = scene.run(&["add", "feeds.example.com/rss"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("fetch https://feeds.example.com/rss: "), "{}", ran.stderr);
}

#[test]
fn a_show_that_was_removed_is_asked_for_as_one_that_is_known() {
    let host = host();
    let scene = scene(&host);
    let add = || scene.run(&["add", &host.url("/feed.xml")]);
    assert_eq!(add().code, 0);
    assert_eq!(scene.run(&["remove", "a-show"]).code, 0);
    host.take_log();
    let ran = add();
    assert_eq!((ran.code, ran.stdout.lines().next()), (0, Some("added a-show: 2 episodes")));
    let asked = host.take_log();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].header("if-none-match").is_some());
}

#[test]
fn a_page_on_a_public_address_leads_to_no_private_one() {
    // The page stands on the user's own host; what it names is another one's.
    let (host, other) = (host(), host());
    host.set(
        "/",
        page(&format!("<link rel=alternate type=application/rss+xml href='{}'>", other.url("/feed.xml"))),
    );
    let scene = scene(&host);
    let ran = scene.run(&["add", &host.url("/")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert_eq!(other.take_log(), []);
}

#[test]
fn what_is_no_feed_has_no_name_and_is_not_tried_again() {
    let host = host();
    host.set_audio("/song.mp3", audio(1));
    let scene = scene(&host);
    let before = config(&scene);
    for (path, hint) in [
        ("/nothing", "404: nothing is there; look at the show's page for the address of its feed"),
        (
            "/song.mp3",
            "look at the show's page for a link called RSS, feed or subscribe, and add its address",
        ),
    ] {
        let ran = scene.run(&["add", &host.url(path)]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{path}");
        assert!(ran.stderr.starts_with("castkeep: fetch http://") || path != "/nothing", "{}", ran.stderr);
        assert!(ran.stderr.ends_with(&format!("\nhint: {hint}\n")), "{}", ran.stderr);
        assert_nothing_added(&scene, &before);
    }
    let ran = scene.run(&["add", "lamp"]);
    let want =
        "castkeep: \"lamp\": not an address: one begins with https://\nhint: give the address of its feed, ";
    assert!(ran.code == 2 && ran.stderr.starts_with(want), "{}", ran.stderr);
    let ran = scene.run(&["add", host.url("/nothing").trim_start_matches("http://")]);
    assert!(ran.stderr.ends_with("write http:// if it is one of those\n"), "{}", ran.stderr);
}

#[test]
fn a_file_that_is_here_is_named_by_its_address() {
    let host = host();
    let scene = scene(&host);
    let before = config(&scene);
    fs::create_dir(scene.path("my feeds")).unwrap();
    for name in ["local.xml", "my feeds/a.xml"] {
        fs::write(scene.path(name), "<rss/>").unwrap();
    }
    let folder = scene.path("").canonicalize().unwrap();
    let whole = folder.join("local.xml").display().to_string();
    for (named, file) in [
        ("./local.xml", "local.xml"),
        ("local.xml", "local.xml"),
        (&*whole, "local.xml"),
        ("my feeds/../my feeds/a.xml", "my%20feeds/a.xml"),
    ] {
        let ran = scene.run(&["add", named]);
        let said = format!(
            "castkeep: {named:?}: not an address, but a file that is here\nhint: did you mean file://{}/{file}?\n",
            folder.display()
        );
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr), (2, "", said));
    }
    let ran = scene.run(&["add", "./none.xml"]);
    assert!(ran.code == 2 && !ran.stderr.contains("file://"), "{}", ran.stderr);
    assert_nothing_added(&scene, &before);
}
