//! `castkeep sync`, from the outside: what it asks, what it writes, what it says.

mod support;

use support::feed::{Item, audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// A host with a show of `count` episodes at `/feed.xml`, newest first, and their audio.
fn host(count: u32) -> (Host, Vec<Item>) {
    let host = Host::start();
    let items: Vec<_> = (1..=count).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=count {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    (host, items)
}

#[test]
fn a_show_goes_in_and_an_archive_comes_out() {
    let (host, _) = host(2);
    let scene = Scene::new(&[&host.url("/feed.xml")]);

    let ran = scene.run(&["sync"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        ran.stdout,
        "show    new  changed  gone  downloads      size  warnings\na-show    2        0     0          2  400.3 kB         0\n"
    );
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/audio/2.mp3", "/feed.xml"]);
    assert_eq!(
        scene.rows(
            "SELECT show, number, title, published_at, path, size, media_type FROM audio ORDER BY number"
        ),
        [
            "a-show|1|#1 Episode 1|2026-01-01T08:00:00Z|audio/a-show/2026-01-01 #1 Episode 1.mp3|200160|audio/mpeg",
            "a-show|2|#2 Episode 2|2026-01-02T08:00:00Z|audio/a-show/2026-01-02 #2 Episode 2.mp3|200160|audio/mpeg",
        ]
    );
    assert_eq!(
        scene.rows("SELECT show, episode_number, segment_kind, position, url, text, host, domain FROM link_list ORDER BY 2"),
        [
            "a-show|1|intro|1|https://example.org/1|this page|example.org|example.org",
            "a-show|2|intro|1|https://example.org/2|this page|example.org|example.org",
        ]
    );
    assert_eq!(scene.value("SELECT rowid FROM episodes_fts WHERE episodes_fts MATCH 'page'").len(), 2);
    assert_eq!(
        scene.rows(
            "SELECT command, outcome, json_extract(counts, '$.downloads'), finished_at IS NOT NULL FROM runs"
        ),
        ["sync|ok|2|1"]
    );
    scene.assert_sound();
}

#[test]
fn a_second_run_is_not_due_and_a_forced_one_gets_304() {
    let (host, _) = host(2);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]);
    let (before, etag) = (scene.canon(), scene.value("SELECT etag FROM fetches"));
    host.take_log();

    scene.run(&["sync"]).assert_silent();
    assert_eq!(host.take_log(), []);
    assert_eq!(scene.value("SELECT count(*) FROM fetches"), "1");
    assert_eq!(scene.value("SELECT count(*) FROM runs"), "1");

    scene.run(&["sync", "--force"]).assert_silent();
    let log = host.take_log();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].path, "/feed.xml");
    assert_eq!(log[0].headers.get("if-none-match"), Some(&etag));
    assert!(log[0].headers["user-agent"].starts_with(concat!(
        "castkeep/",
        env!("CARGO_PKG_VERSION"),
        " (+http"
    )));
    assert_eq!(
        scene.rows("SELECT status, outcome, etag FROM fetches"),
        [format!("200|new|{etag}"), format!("304|not_modified|{etag}")]
    );
    assert_eq!(scene.canon(), before);
    scene.assert_sound();
}

#[test]
fn what_changes_is_noted_and_never_a_second_episode() {
    let (host, mut items) = host(3);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]);
    host.take_log();

    items[0].title = "#3 Episode 3, corrected".to_owned();
    items[1].notes = "<p>Other notes.</p>".to_owned();
    items[2].enclosure = Some(host.url("/moved/1.mp3"));
    host.set_feed("/feed.xml", feed("A Show", &items));
    let ran = scene.run(&["sync", "--force"]);

    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        scene.rows(
            "SELECT e.number, c.field, c.old_value, c.new_value FROM changes c JOIN episodes e ON e.id = c.episode_id ORDER BY 1"
        ),
        [
            format!("1|enclosure_url|{}|{}", host.url("/audio/1.mp3"), host.url("/moved/1.mp3")),
            "2|notes_html|<p>Notes of episode 2, see <a href=\"https://example.org/2\">this page</a>.</p>|<p>Other notes.</p>"
                .to_owned(),
            "3|title|#3 Episode 3|#3 Episode 3, corrected".to_owned(),
        ]
    );
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "3");
    assert_eq!(
        host.take_paths(),
        ["/feed.xml"],
        "audio that is captured is not fetched again from its new address"
    );
    assert_eq!(scene.value("SELECT rowid FROM episodes_fts WHERE episodes_fts MATCH 'other'").len(), 1);
    assert_eq!(scene.rows("SELECT * FROM missing_audio"), Vec::<String>::new());
    scene.assert_sound();
}

#[test]
fn an_episode_that_leaves_the_feed_stays_and_may_come_back() {
    let (host, items) = host(3);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]);

    host.set_feed("/feed.xml", feed("A Show", &items[..2]));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.rows("SELECT number, gone_at IS NULL FROM episodes ORDER BY 1"), ["1|0", "2|1", "3|1"]);
    assert_eq!(scene.audio().len(), 3);

    host.set_feed("/feed.xml", feed("A Show", &items));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.rows("SELECT number, gone_at IS NULL FROM episodes ORDER BY 1"), ["1|1", "2|1", "3|1"]);
    assert_eq!(scene.rows("SELECT field, old_value IS NULL FROM changes"), ["gone_at|1", "gone_at|0"]);
    scene.assert_sound();
}

#[test]
fn one_new_episode_is_all_that_is_read_and_fetched() {
    let (host, mut items) = host(3);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]);
    let rows_before = scene.rows("SELECT id FROM segments");
    host.take_log();

    items.insert(0, item(4, &host.url("")));
    host.set_feed("/feed.xml", feed("A Show", &items));
    host.set_audio("/audio/4.mp3", audio(4));
    let ran = scene.run(&["sync", "--force"]);

    assert_eq!(ran.code, 0);
    assert!(
        ran.stdout.ends_with("a-show    1        0     0          1  200.2 kB         0\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(host.take_paths(), ["/audio/4.mp3", "/feed.xml"]);
    assert!(
        scene.rows("SELECT id FROM segments").starts_with(&rows_before),
        "unchanged notes were written again"
    );
}

#[test]
fn bad_feeds_are_a_line_each_and_the_others_unharmed() {
    let (host, items) = host(2);
    let whole = feed("Cut Off", &items);
    let cut = &whole[..whole.find("<item><title>#1").unwrap() + 20];
    host.set_feed("/html", "<!DOCTYPE html><html><body>Not here.</body></html>");
    host.set_feed("/empty", "");
    host.set_feed("/cut", cut);
    host.set_feed("/endless", "<rss><channel>".repeat(200_000));
    let feeds: Vec<_> =
        ["/html", "/empty", "/cut", "/endless", "/missing", "/feed.xml"].map(|path| host.url(path)).into();
    let feeds: Vec<_> = feeds.iter().map(String::as_str).collect();
    let scene = Scene::with(&feeds, "max_feed_mb = 1");

    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    let failures = ran.stderr.lines().filter(|line| line.starts_with("castkeep: "));
    assert_eq!(failures.count(), 5, "{}", ran.stderr);
    for (path, why) in [
        ("/endless", "too large"),
        ("/missing", "status 404"),
        ("/cut", "the document breaks off; its 1 whole items were taken"),
        ("/empty", "empty"),
        ("/html", "HTML"),
    ] {
        let is_it = |line: &&str| line.contains(&host.url(path)) && line.contains(why);
        assert_eq!(ran.stderr.lines().filter(is_it).count(), 1, "{path}: {}", ran.stderr);
    }
    let mut outcomes = scene.rows("SELECT outcome FROM fetches");
    outcomes.sort();
    assert_eq!(outcomes, ["failed", "failed", "failed", "failed", "new", "truncated"]);
    assert_eq!(
        scene.rows("SELECT title FROM shows WHERE title IS NOT NULL ORDER BY 1"),
        ["A Show", "Cut Off"]
    );
    assert_eq!(scene.value("SELECT count(*) FROM documents"), "4", "what came whole is kept, whatever it is");
    assert_eq!(scene.value("SELECT count(*) FROM files WHERE state = 'present'"), "2");
    scene.assert_sound();
}

#[test]
fn a_feed_that_is_cut_off_marks_nothing_as_gone_and_leaves_no_validators() {
    let (host, items) = host(3);
    let whole = feed("A Show", &items);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);

    host.set_feed("/feed.xml", &whole[..whole.find("<item><title>#1").unwrap()]);
    assert_eq!(scene.run(&["sync", "--force", "--feeds-only"]).code, 3);
    assert_eq!(scene.value("SELECT count(*) FROM episodes WHERE gone_at IS NOT NULL"), "0");

    host.take_log();
    let good = scene.value("SELECT etag FROM fetches WHERE outcome = 'new'");
    assert_eq!(scene.run(&["sync", "--force", "--feeds-only"]).code, 3);
    assert_eq!(host.take_log()[0].headers.get("if-none-match"), Some(&good), "those of the last whole body");
}

#[test]
fn a_permanent_move_is_followed_and_remembered_a_temporary_one_is_not() {
    let (host, _) = host(1);
    host.set("/old", Page::Redirect(301, host.url("/feed.xml")));
    host.set("/away", Page::Redirect(302, host.url("/feed.xml")));
    let scene = Scene::new(&[&host.url("/old"), &host.url("/away")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(
        scene.rows("SELECT configured_url, feed_url FROM shows ORDER BY id"),
        [
            format!("{}|{}", host.url("/old"), host.url("/feed.xml")),
            format!("{}|{}", host.url("/away"), host.url("/away")),
        ]
    );
    host.take_log();
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    let log = host.take_log();
    let mut asked: Vec<_> =
        log.iter().map(|r| (r.path.as_str(), r.headers.contains_key("if-none-match"))).collect();
    asked.sort_unstable();
    assert_eq!(asked, [("/away", true), ("/feed.xml", true), ("/feed.xml", true)]);
}

#[test]
fn gone_ends_polling_and_keeps_everything() {
    let (host, _) = host(2);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]);
    host.set("/feed.xml", Page::Status(410));
    assert_eq!(scene.run(&["sync", "--force"]).code, 3);
    assert_eq!(scene.rows("SELECT state FROM shows"), ["gone"]);
    assert_eq!(scene.value("SELECT count(*) FROM episodes WHERE gone_at IS NULL"), "2");
    assert_eq!(scene.audio().len(), 2);
}

#[test]
fn a_host_that_asks_for_patience_gets_it_across_runs() {
    let (host, _) = host(1);
    let patience = vec![("Retry-After".to_owned(), "3600".to_owned())];
    host.set("/feed.xml", Page::Headers(429, patience));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("status 429, retry after 3600 s"), "{}", ran.stderr);
    assert_eq!(scene.rows("SELECT host FROM hosts"), [format!("127.0.0.1:{}", host.port())]);
    host.take_log();
    scene.run(&["sync", "--force"]);
    assert_eq!(host.take_log(), []);
}

#[test]
fn only_hosts_refuses_before_anything_is_asked() {
    let (host, _) = host(1);
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"feeds.example.org\"]\n[[shows]]\nslug = \"a\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("refused by only_hosts"), "{}", ran.stderr);
    assert_eq!(host.take_log(), []);
    assert_eq!(
        scene.rows("SELECT outcome, status, error FROM fetches"),
        ["refused|NULL|refused by only_hosts"]
    );
}

#[test]
fn audio_may_not_lead_to_another_port_of_a_private_host() {
    let (host, mut items) = host(1);
    let other = Host::start();
    items[0].enclosure = Some(other.url("/audio/1.mp3"));
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("address not allowed"), "{}", ran.stderr);
    assert_eq!(other.take_log(), []);

    other.set_audio("/audio/1.mp3", audio(1));
    scene.configure(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\nallow_hosts = [\"127.0.0.1:{}\"]\n[[shows]]\nfeed = \"{}\"\n",
        other.port(),
        host.url("/feed.xml")
    ));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(other.take_paths(), ["/audio/1.mp3"]);
}

#[test]
fn an_error_page_is_not_audio() {
    let (host, _) = host(2);
    host.set(
        "/audio/1.mp3",
        Page::Body {
            bytes: b"<!DOCTYPE html><html>Gone</html>".to_vec(),
            media_type: "audio/mpeg".to_owned(),
        },
    );
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("(#1 Episode 1)") && ran.stderr.contains("HTML"), "{}", ran.stderr);
    assert_eq!(scene.audio().len(), 1);
    let mut outcomes = scene.rows("SELECT outcome FROM downloads");
    outcomes.sort();
    assert_eq!(outcomes, ["rejected", "stored"]);
    assert_eq!(scene.rows("SELECT number, state FROM missing_audio"), ["1|never captured"]);

    host.take_log();
    scene.run(&["sync"]).assert_silent();
    assert_eq!(host.take_log(), [], "a failed download is not tried again at once");
    host.set_audio("/audio/1.mp3", audio(1));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.audio().len(), 2);
    scene.assert_sound();
}

#[test]
fn equal_bytes_are_stored_once() {
    let (host, _) = host(2);
    host.set_audio("/audio/2.mp3", audio(1));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.audio().len(), 1);
    assert_eq!(scene.value("SELECT count(DISTINCT path) FROM audio"), "1");
    assert_eq!(scene.value("SELECT count(*) FROM audio WHERE captured IS NOT NULL"), "2");
    scene.assert_sound();
}

#[test]
fn a_dry_run_asks_nobody() {
    let (host, _) = host(2);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    host.take_log();
    let ran = scene.run(&["sync", "--dry-run"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let due = scene.value("SELECT replace(substr(next_fetch_at, 1, 16), 'T', ' ') FROM shows");
    let want = format!(
        "show    feed                  downloads      size  left out  waiting\n\
         a-show  due {due}          2  400.3 kB         0        0\n\
         \n\
         a-show: to download\n  \
           2026-01-02  #2 Episode 2  200.2 kB\n  \
           2026-01-01  #1 Episode 1  200.2 kB\n"
    );
    assert_eq!(ran.stdout, want);
    assert_eq!(host.take_log(), []);
}

#[test]
fn the_report_as_json_says_the_same() {
    let (host, _) = host(1);
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let ran = scene.run(&["sync", "--report", "json"]);
    assert_eq!(ran.code, 0);
    let mut report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let times = ["started_at", "finished_at"].map(|name| report[name].take().as_str().map(str::len));
    assert_eq!(times, [Some(20), Some(20)]);
    assert_eq!(
        report,
        serde_json::json!({
            "command": "sync",
            "started_at": null,
            "finished_at": null,
            "outcome": "ok",
            "shows": [{"show": "a-show", "new_episodes": ["#1 Episode 1"], "changed": 0, "gone": 0, "downloads": 1, "bytes": 200_160, "warnings": 0, "moved_to": null}],
            "failures": [],
            "warnings": [],
        })
    );
}

#[test]
fn audio_can_be_switched_off_for_a_show() {
    let (host, _) = host(1);
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"{}\"\naudio = false\n",
        host.url("/feed.xml")
    ));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(host.take_paths(), ["/feed.xml"]);
    assert_eq!(scene.value("SELECT count(*) FROM resources"), "1");
}

/// An item with this guid, enclosure path, title, and day of January.
fn entry(host: &Host, guid: Option<&str>, path: &str, title: &str, day: u32) -> Item {
    let (guid, title) = (guid.map(str::to_owned), title.to_owned());
    Item { guid, title, enclosure: Some(host.url(path)), ..item(day, "") }
}

#[test]
fn episodes_told_apart_by_the_query_of_their_enclosure_are_not_merged() {
    let host = Host::start();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    for n in 1..=3 {
        host.set_audio(&format!("/play?ep={n}"), audio(n));
    }
    let items: Vec<_> =
        (1..=3).map(|n| entry(&host, Some("g"), &format!("/play?ep={n}"), &format!("T{n}"), n)).collect();
    for list in [&items[..], &items[1..], &items[..]] {
        host.set_feed("/feed.xml", feed("A Show", list));
        assert_eq!(scene.run(&["sync", "--force"]).code, 0);
        assert_eq!(scene.rows("SELECT title FROM episodes ORDER BY title"), ["T1", "T2", "T3"]);
    }
    assert_eq!(scene.audio().len(), 3);
    assert_eq!(host.take_paths().iter().filter(|path| path.starts_with("/play")).count(), 3);
    scene.assert_sound();
}

#[test]
fn a_rolling_show_of_one_title_and_one_script_keeps_its_episodes() {
    let host = Host::start();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    for (guid, n, day) in [("g1", 1, 1), ("g2", 2, 8)] {
        let path = format!("/play?id={n}");
        host.set_audio(&path, audio(n));
        host.set_feed("/feed.xml", feed("A Show", &[entry(&host, Some(guid), &path, "Monday show", day)]));
        assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    }
    assert_eq!(scene.rows("SELECT guid FROM episodes ORDER BY guid"), ["g1", "g2"]);
    assert_eq!(scene.audio().len(), 2);
    scene.assert_sound();
}

#[test]
fn two_texts_of_one_episode_do_not_overwrite_each_other_by_turns() {
    let host = Host::start();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    host.set_audio("/e.mp3", audio(1));
    let twice = ["T1", "T2"].map(|title| entry(&host, Some("g"), "/e.mp3", title, 1));
    for day in 2..6 {
        let path = format!("/audio/{day}.mp3");
        host.set_audio(&path, audio(day));
        let mut items = twice.to_vec();
        items.push(item(day, &host.url("")));
        host.set_feed("/feed.xml", feed("A Show", &items));
        assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    }
    assert_eq!(scene.rows("SELECT title, gone_at IS NULL FROM episodes WHERE guid = 'g'"), ["T1|1"]);
    assert_eq!(scene.rows("SELECT * FROM changes WHERE field = 'title'"), Vec::<String>::new());
    scene.assert_sound();
}

#[test]
fn twins_whose_audio_moves_are_neither_new_nor_fetched_again() {
    let host = Host::start();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let twins = |folder: &str, names: [&str; 2]| {
        feed("A Show", &names.map(|name| entry(&host, None, &format!("/{folder}/{name}.mp3"), "Same", 1)))
    };
    host.set_audio("/a/1.mp3", audio(1));
    host.set_audio("/a/2.mp3", audio(2));
    host.set_feed("/feed.xml", twins("a", ["1", "2"]));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let urls = "SELECT episode_id, url FROM resources WHERE is_current ORDER BY 1";
    let row = |id: u32, path: &str| format!("{id}|{}", host.url(path));
    assert_eq!(scene.rows(urls), [row(1, "/a/2.mp3"), row(2, "/a/1.mp3")]);
    host.take_log();
    for (folder, names) in [("b", ["1", "2"]), ("c", ["2", "1"])] {
        host.set_feed("/feed.xml", twins(folder, names));
        assert_eq!(scene.run(&["sync", "--force"]).code, 0);
        assert_eq!(scene.rows(urls).len(), 2);
    }
    assert_eq!(scene.rows(urls), [row(1, "/c/2.mp3"), row(2, "/c/1.mp3")]);
    assert_eq!(host.take_paths(), ["/feed.xml", "/feed.xml"]);
    scene.assert_sound();
}

#[test]
fn the_persons_of_a_show_are_those_its_feed_names_now() {
    let (host, mut items) = host(1);
    items[0].notes = "<p>Ada Lovelace joins us, and Grace Hopper joins us.</p>".to_owned();
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let credits = |of: &str| {
        scene.rows(&format!(
            "SELECT p.name, c.role, c.source FROM credits c JOIN people p ON p.id = c.person_id WHERE {of} IS NOT NULL ORDER BY 1"
        ))
    };

    let author = "<itunes:author xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">Ada Lovelace, Engine Media</itunes:author>";
    host.set_feed("/feed.xml", feed_with("A Show", author, &items));
    scene.run(&["sync"]);
    assert_eq!(credits("c.show_id"), ["Ada Lovelace|author|itunes:author"]);
    assert_eq!(credits("c.episode_id"), ["Ada Lovelace|host|notes:intro", "Grace Hopper|guest|notes:intro"]);

    host.set_feed("/feed.xml", feed_with("A Show", &author.replace("Ada Lovelace", "Emmy Noether"), &items));
    scene.run(&["sync", "--force"]);
    assert_eq!(credits("c.show_id"), ["Emmy Noether|author|itunes:author"]);
    scene.assert_sound();
}
