//! Long lives of shows: whatever comes in whatever order, the archive says what the newest document said, and keeps the rest.

mod support;

use std::io::Write as _;

use support::feed::{Item, audio, feed, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// What an archive says of its episodes.
const EPISODES: &str =
    "SELECT guid, title, published_at, notes_html, gone_at IS NULL FROM episodes ORDER BY published_at, guid";

/// A show whose host is dead, to be filled from files.
fn dead() -> (Host, Scene) {
    let host = Host::start();
    host.set("/feed.xml", Page::Status(404));
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    (host, scene)
}

fn fill(scene: &Scene, from: &[&str]) {
    let from = from.iter().flat_map(|path| ["--from", path]);
    let args: Vec<&str> = ["backfill", "a-show", "--feeds-only"].into_iter().chain(from).collect();
    let ran = scene.run(&args);
    assert_eq!(ran.code, 3, "the feed itself is dead, and nothing else went wrong: {}", ran.stderr);
    assert_eq!(
        ran.stderr
            .lines()
            .filter(|line| !line.contains("status 404") && !line.starts_with("hint: 404"))
            .count(),
        0,
        "{}",
        ran.stderr
    );
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn day(item: &Item) -> &str {
    &item.date[..2]
}

fn atom(items: &[Item]) -> String {
    let entry = |item: &Item| {
        format!(
            "<entry><id>{}</id><title>{}</title><published>2026-01-{}T08:00:00Z</published>\
             <link rel=\"enclosure\" href=\"{}\" type=\"audio/mpeg\"/><content type=\"html\"><![CDATA[{}]]></content></entry>",
            item.guid.as_ref().unwrap(),
            item.title,
            day(item),
            item.enclosure.as_ref().unwrap(),
            item.notes,
        )
    };
    let entries: String = items.iter().map(entry).collect();
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A Show</title><link href=\"https://example.org/\"/>{entries}</feed>"
    )
}

fn json(items: &[Item]) -> String {
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            serde_json::json!({
                "id": item.guid, "title": item.title, "date_published": format!("2026-01-{}T08:00:00Z", day(item)),
                "content_html": item.notes, "attachments": [{"url": item.enclosure, "mime_type": "audio/mpeg"}],
            })
        })
        .collect();
    let all = serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "A Show", "home_page_url": "https://example.org/", "items": items,
    });
    all.to_string()
}

/// Copies of a window that rolls over eight episodes, in which titles go to and fro, notes and hosts change, and guids too;
/// and what the newest copy says of each episode.
fn copies(seed: u64, host: &str) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut items: Vec<Item> = (1..=8).map(|n| item(n, host)).collect();
    let (mut files, mut last) = (Vec::new(), vec![String::new(); 8]);
    for month in 2..=8_usize {
        for (n, item) in (1..).zip(&mut items) {
            match rng.u8(0..8) {
                0 => item.title = format!("#{n} Episode {n}"),
                1 => item.title = format!("#{n} Edited {}", rng.u8(0..2)),
                2 => item.notes = format!("<p>Notes of episode {n}, as of month {month}.</p>"),
                3 => item.enclosure = Some(format!("{host}/{month}/{n}.mp3")),
                4 => item.guid = Some(format!("guid-{n}-{month}")),
                _ => {}
            }
        }
        let window = &items[month - 2..month];
        for (n, item) in (month - 2..).zip(window) {
            let (guid, notes) = (item.guid.as_ref().unwrap(), &item.notes);
            last[n] = format!("{guid}|{}|2026-01-{}T08:00:00Z|{notes}|1", item.title, day(item));
        }
        let newest_first: Vec<Item> = window.iter().rev().cloned().collect();
        let name = format!("2026-{month:02}-01");
        files.push(match rng.u8(0..4) {
            0 => (format!("{name}.xml.gz"), gzip(feed("A Show", &newest_first).as_bytes())),
            1 => (format!("{name}.atom"), atom(&newest_first).into_bytes()),
            2 => (format!("{name}.json"), json(&newest_first).into_bytes()),
            _ => (format!("{name}.xml"), feed("A Show", &newest_first).into_bytes()),
        });
        if rng.bool() {
            // The same under a name that sorts before all others.
            let (name, bytes) = files[files.len() - 1].clone();
            files.push((format!("again {name}"), bytes));
        }
    }
    last.retain(|row| !row.is_empty());
    (files, last)
}

#[test]
fn copies_come_to_the_same_in_whatever_order() {
    for seed in 0..4 {
        let host = "http://127.0.0.1:9";
        let (files, expected) = copies(seed, host);
        let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        for order in ["all", "forth", "back", "any"] {
            match order {
                "back" => names.reverse(),
                "any" => fastrand::Rng::with_seed(seed).shuffle(&mut names),
                _ => {}
            }
            let (_host, scene) = dead();
            for (name, bytes) in &files {
                std::fs::write(scene.path(name), bytes).unwrap();
            }
            if order == "all" {
                fill(&scene, &names);
            } else {
                for name in &names {
                    fill(&scene, &[name]);
                }
            }
            assert_eq!(scene.rows(EPISODES), expected, "seed {seed}, order {order}: {names:?}");
            let changes = scene.rows("SELECT * FROM changes");
            fill(&scene, &names);
            assert_eq!(scene.rows(EPISODES), expected, "seed {seed}, order {order}, again");
            assert_eq!(scene.rows("SELECT * FROM changes"), changes, "seed {seed}, order {order}, again");
            scene.assert_sound();
        }
    }
}

#[test]
fn a_copy_with_a_date_in_the_future_is_no_newer_than_the_live_feed() {
    let host = Host::start();
    let items = [item(2, &host.url("")), item(1, &host.url(""))];
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let mut old = items.to_vec();
    old[1].title = "#1 A first draft".to_owned();
    old[0].date = "01 Jan 2190 08:00:00 +0000".to_owned();
    std::fs::write(scene.path("2026-01-05.xml"), feed("An Old Name", &old)).unwrap();
    let ran = scene.run(&["backfill", "a-show", "--feeds-only", "--from", "2026-01-05.xml"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(scene.rows("SELECT title FROM episodes ORDER BY number"), ["#1 Episode 1", "#2 Episode 2"]);
    assert_eq!(scene.rows("SELECT title FROM shows"), ["A Show"]);
    assert_eq!(scene.rows("SELECT * FROM changes"), Vec::<String>::new());
}

#[test]
fn a_copy_is_no_newer_than_the_full_history_that_was_taken_since() {
    let host = Host::start();
    let items: Vec<Item> = [3, 2, 1].map(|n| item(n, &host.url(""))).to_vec();
    host.set_feed("/feed.xml", feed("A Show", &items[..1]));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]);
    let mut old = items.clone();
    for (name, title) in [("2026-02-01.xml", "#1 A first draft"), ("2026-03-01.xml", "#1 A second draft")] {
        old[2].title = title.to_owned();
        std::fs::write(scene.path(name), feed("A Show", &old)).unwrap();
    }
    let backfill = |from: &[&str]| {
        let ran = scene.run(&[&["backfill", "a-show", "--feeds-only"], from].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        scene.rows("SELECT title FROM episodes WHERE number = 1")
    };
    assert_eq!(backfill(&["--from", "2026-02-01.xml"]), ["#1 A first draft"]);
    host.set_feed("/all.xml", feed("A Show", &items));
    scene.configure(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"{}\"\nhistory_url = \"{}\"\n",
        host.url("/feed.xml"),
        host.url("/all.xml")
    ));
    assert_eq!(backfill(&[]), ["#1 Episode 1"]);
    assert_eq!(backfill(&["--from", "2026-03-01.xml"]), ["#1 Episode 1"]);
}

const CHANNEL: &str = "xmlns:podcast=\"https://podcastindex.org/namespace/1.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"";

/// A feed of one episode with these elements, on two hosts.
fn beside(host: &Host, more: &str) -> String {
    let xml = item(1, &host.url("")).xml().replace("</item>", &format!("{more}</item>"));
    format!("<rss version=\"2.0\" {CHANNEL}><channel><title>A Show</title>{xml}</channel></rss>")
}

fn serve(host: &Host, path: &str, body: &str) {
    host.set(path, Page::Body { bytes: body.into(), media_type: "application/octet-stream".to_owned() });
}

fn transcript(url: &str, language: &str) -> String {
    format!("<podcast:transcript url=\"{url}\" type=\"text/vtt\" language=\"{language}\"/>")
}

fn vtt(text: &str) -> String {
    format!("WEBVTT\n\n00:01.000 --> 00:02.500\n{text}\n")
}

const CUES: &str = "SELECT language, text FROM transcript_list ORDER BY language, text";

#[test]
fn a_transcript_that_another_replaces_leaves_no_cues() {
    let host = Host::start();
    host.set_audio("/audio/1.mp3", audio(1));
    serve(&host, "/draft.vtt", &vtt("A kettel"));
    serve(&host, "/final.vtt", &vtt("A kettle"));
    host.set_feed("/feed.xml", beside(&host, &transcript(&host.url("/draft.vtt"), "en")));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.rows(CUES), ["en|A kettel"]);
    host.set_feed("/feed.xml", beside(&host, &transcript(&host.url("/final.vtt"), "en")));
    assert_eq!(scene.run(&["sync", "--force", "--feeds-only"]).code, 0);
    assert_eq!(scene.rows(CUES), ["en|A kettel"], "until the other is there");
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.rows(CUES), ["en|A kettle"]);
    assert_eq!(scene.run(&["reparse"]).code, 0);
    assert_eq!(scene.rows(CUES), ["en|A kettle"]);
    assert_eq!(
        scene.value("SELECT count(*) FROM files WHERE kind = 'transcript'"),
        "2",
        "both files are kept"
    );
    scene.assert_sound();
}

#[test]
fn a_second_transcript_is_captured_though_it_stands_first_and_on_another_host() {
    let (host, other) = (Host::start(), Host::start());
    host.set_audio("/audio/1.mp3", audio(1));
    serve(&host, "/en.vtt", &vtt("A kettle"));
    serve(&other, "/de.vtt", &vtt("Ein Kessel"));
    let english = transcript(&host.url("/en.vtt"), "en");
    host.set_feed("/feed.xml", beside(&host, &english));
    let scene = Scene::with(&[&host.url("/feed.xml")], "allow_hosts = [\"127.0.0.1\"]");
    assert_eq!(scene.run(&["sync"]).code, 0);
    let german = transcript(&other.url("/de.vtt"), "de");
    host.set_feed("/feed.xml", beside(&host, &(german + &english)));
    let ran = scene.run(&["sync", "--force", "--verbose"]);
    assert_eq!(ran.code, 0);
    assert_eq!(scene.rows(CUES), ["de|Ein Kessel", "en|A kettle"], "{}", ran.stderr);
}

#[test]
fn chapters_that_are_back_at_their_first_address_are_read_again_as_they_are_now() {
    let host = Host::start();
    host.set_audio("/audio/1.mp3", audio(1));
    for name in ["one", "two"] {
        let body =
            format!("{{\"version\":\"1.2.0\",\"chapters\":[{{\"startTime\":0,\"title\":\"{name}\"}}]}}");
        serve(&host, &format!("/{name}.json"), &body);
    }
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let titles = |name: &str| {
        let url = host.url(&format!("/{name}.json"));
        let more = format!("<podcast:chapters url=\"{url}\" type=\"application/json+chapters\"/>");
        host.set_feed("/feed.xml", beside(&host, &more));
        assert_eq!(scene.run(&["sync", "--force"]).code, 0);
        assert_eq!(scene.run(&["reparse"]).code, 0);
        scene.rows("SELECT title FROM chapter_list")
    };
    for name in ["one", "two", "one"] {
        assert_eq!(titles(name), [name]);
    }
}

#[test]
fn two_addresses_that_lead_to_each_other_in_odd_spellings_are_not_gone_to_and_fro() {
    let host = Host::start();
    let items = [item(2, &host.url("")), item(1, &host.url(""))];
    let says = |to: &str, n: usize| {
        let moved =
            format!("<itunes:new-feed-url {CHANNEL}>{to}</itunes:new-feed-url><generator>{n}</generator>");
        support::feed::feed_with("A Show", &moved, &items)
    };
    let odd = |path: &str| host.url(path).replace("http:", "HTTP:").replace(path, &format!("/x/..{path}"));
    let set = |n: usize| {
        host.set_feed("/a", says(&odd("/b"), n));
        host.set_feed("/b", says(&odd("/a"), n));
    };
    set(0);
    let scene = Scene::new(&[&host.url("/a")]);
    for n in 1..4 {
        assert_eq!(scene.run(&["sync", "--feeds-only", "--force"]).code, 0);
        assert_eq!(scene.rows("SELECT feed_url FROM shows"), [host.url("/b")], "run {n}");
        set(n);
    }
    assert_eq!(scene.value("SELECT count(*) FROM changes WHERE field = 'feed_url'"), "1");
}

/// The rows of `changes` of episodes, less what they are about: number, field, reason.
fn changed(scene: &Scene) -> Vec<String> {
    scene.rows(
        "SELECT e.number, c.field, c.reason FROM changes c JOIN episodes e ON e.id = c.episode_id ORDER BY c.id",
    )
}

/// A show of three episodes with their audio, archived.
fn archived() -> (Host, Scene, Vec<Item>) {
    let host = Host::start();
    let items: Vec<Item> = [3, 2, 1].into_iter().map(|n| item(n, &host.url(""))).collect();
    for n in 1..=3 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    (host, scene, items)
}

#[track_caller]
fn again(host: &Host, scene: &Scene, items: &[Item]) {
    host.set_feed("/feed.xml", feed("A Show", items));
    let ran = scene.run(&["sync", "--force"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    scene.assert_sound();
}

#[test]
fn a_host_that_moves_all_enclosures_and_dates_leaves_the_episodes_what_they_were() {
    let (host, scene, mut items) = archived();
    for item in &mut items {
        item.enclosure = item
            .enclosure
            .as_ref()
            .map(|url| url.replace("127.0.0.1", "localhost").replace("/audio/", "/cdn/"));
        item.date = item.date.replace("08:00:00", "09:30:00");
    }
    again(&host, &scene, &items);
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "3");
    assert_eq!(host.take_paths(), ["/feed.xml"], "nothing is downloaded twice");
    let of = |n: u32| [format!("{n}|published_at|guid+title"), format!("{n}|enclosure_url|guid+title")];
    assert_eq!(changed(&scene), [of(1), of(2), of(3)].concat());
}

#[test]
fn guids_that_all_change_are_known_by_enclosure_or_by_title_and_date() {
    let (host, scene, mut items) = archived();
    for item in &mut items {
        item.guid = item.guid.as_ref().map(|guid| format!("urn:{guid}"));
    }
    items[0].enclosure = items[0]
        .enclosure
        .as_ref()
        .map(|url| url.replace("/audio/", "/cdn/").replace("127.0.0.1", "localhost"));
    again(&host, &scene, &items);
    assert_eq!(host.take_paths(), ["/feed.xml"]);
    assert_eq!(
        changed(&scene),
        [
            "1|guid|enclosure+title",
            "2|guid|enclosure+title",
            "3|guid|title+date",
            "3|enclosure_url|title+date"
        ]
    );
    assert_eq!(
        scene.rows("SELECT number, guid FROM episodes ORDER BY 1"),
        ["1|urn:guid-1", "2|urn:guid-2", "3|urn:guid-3"]
    );
}

#[test]
fn guids_that_differ_in_case_are_shared_or_used_again_are_episodes_of_their_own() {
    let (host, scene, mut items) = archived();
    for n in 4..=6 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let like = |n: u32, guid: &str| Item { guid: Some(guid.to_owned()), ..item(n, &host.url("")) };
    // One in other case, one shared with an item of the same document; the third episode's guid names another one now.
    items.remove(0);
    items.splice(0..0, [like(6, "guid-3"), like(5, "guid-2"), like(4, "GUID-1")]);
    again(&host, &scene, &items);
    assert_eq!(
        scene.rows("SELECT number, guid, identity_source, gone_at IS NULL FROM episodes ORDER BY 1"),
        [
            "1|guid-1|guid|1",
            "2|guid-2|guid|1",
            "3|guid-3|guid|0",
            "4|GUID-1|guid|1",
            "5|guid-2|guid+enclosure|1",
            "6|guid-3|guid+enclosure|1"
        ]
    );
    assert_eq!(changed(&scene), ["3|gone_at|NULL"]);
    assert_eq!(scene.audio().len(), 6);
}

#[test]
fn titles_that_go_to_and_fro_leave_a_row_each_time() {
    let (host, scene, items) = archived();
    let mut edited = items.clone();
    edited[2].title = "#1 Edited".to_owned();
    for list in [&edited, &items, &edited] {
        again(&host, &scene, list);
    }
    assert_eq!(
        scene.rows("SELECT old_value, new_value, reason FROM changes ORDER BY id"),
        [
            "#1 Episode 1|#1 Edited|guid+enclosure",
            "#1 Edited|#1 Episode 1|guid+enclosure",
            "#1 Episode 1|#1 Edited|guid+enclosure"
        ]
    );
    assert_eq!(scene.value("SELECT count(*) FROM documents"), "2", "what came twice is kept once");
}

/// An Atom copy, which can't number its episodes, took their numbers away, and with them their transcripts.
#[test]
fn a_copy_in_a_poorer_format_takes_nothing_away() {
    let (host, scene) = dead();
    let rich = |title: &str| {
        format!(
            "<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" \
             xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>A Show</title><podcast:guid>one</podcast:guid>\
             <item><title>{title}</title><guid>g</guid><itunes:episode>5</itunes:episode><itunes:duration>15</itunes:duration>\
             <enclosure url=\"{0}/audio/5.mp3\" type=\"audio/mpeg\"/><podcast:transcript url=\"{0}/5.vtt\" type=\"text/vtt\"/>\
             <description>Notes</description></item></channel></rss>",
            host.url("")
        )
    };
    let poor = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A Show</title><entry><title>Later</title><id>g</id>\
         <link rel=\"enclosure\" href=\"{}/audio/5.mp3\" type=\"audio/mpeg\"/></entry></feed>",
        host.url("")
    );
    let all = "SELECT e.title, number, duration_seconds, notes_html, s.podcast_guid,
                      (SELECT group_concat(role) FROM resources r WHERE r.episode_id = e.id AND is_current) FROM episodes e, shows s";
    std::fs::write(scene.path("2022-01-01.xml"), rich("Early")).unwrap();
    std::fs::write(scene.path("2023-01-01.xml"), poor).unwrap();
    fill(&scene, &["2022-01-01.xml"]);
    fill(&scene, &["2023-01-01.xml"]);
    let want = ["Later|5|15|Notes|one|enclosure,transcript"];
    assert_eq!(scene.rows(all), want);
    assert_eq!(scene.rows("SELECT field FROM changes"), ["title"]);
    // The other way round, the older one fills in what the newer left open; transcripts of what is over are not looked for.
    let (_, other) = dead();
    for name in ["2022-01-01.xml", "2023-01-01.xml"] {
        std::fs::copy(scene.path(name), other.path(name)).unwrap();
    }
    fill(&other, &["2023-01-01.xml"]);
    fill(&other, &["2022-01-01.xml"]);
    assert_eq!(other.rows(all), ["Later|5|15|Notes|NULL|enclosure"]);
    assert_eq!(other.rows("SELECT count(*) FROM segments"), ["1"], "notes that were filled in are read");
}
