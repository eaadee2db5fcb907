//! `castkeep export`: what leads out of the archive is what is in it, other programs read it, it appears whole or not at all, and
//! nothing is asked or changed for it.

mod support;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::archived::archived;
use support::feed::{Item, audio, feed, feed_with, item};
use support::host::Host;
use support::mounts::unshared;
use support::scene::{Ran, Scene};

/// What is in a folder of the scene, sorted.
fn names(scene: &Scene, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(scene.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn export(scene: &Scene, args: &[&str]) -> Ran {
    scene.run(&[&["export"], args].concat())
}

/// What an export that went well wrote to standard output.
#[track_caller]
fn exported(scene: &Scene, args: &[&str]) -> String {
    let ran = export(scene, args);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
    ran.stdout
}

fn read(scene: &Scene, path: &str) -> String {
    fs::read_to_string(scene.path(path)).unwrap()
}

/// Titles, guids and notes as nobody should write them, and some do. As a feed has them.
const HOSTILE: &[(&str, &str)] = &[
    ("=HYPERLINK(\"http://evil.example/\",\"x\")", "=1+1"),
    ("../../etc/passwd &amp; 100% &lt;b&gt;", "../../../etc/passwd"),
    ("a ]]&gt; b &lt;![CDATA[c]]&gt;", "]]&gt;"),
    ("\u{202e}gnp.exe \u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467} Ünï — 不合时宜", "\u{1f600}\u{5d0}"),
    ("tab\tand   spaces, \"quotes\" 'n' |pipes|", "two words  two spaces"),
    ("&amp;amp; &amp;lt;script&amp;gt;", "AT&amp;T"),
];

const NOTES: &str = "<p>One &nbsp;&rsquo; &amp;lt; &lt;b&gt; <a href=\"https://example.org/?a=1&amp;b=2\">link</a></p>\n<pre>a\n\tb</pre>";

/// A show of hostile episodes, and others that lack what episodes have.
fn hostile() -> (Host, Scene) {
    let host = Host::start();
    let mut items: Vec<Item> = (1..)
        .zip(HOSTILE)
        .map(|(n, (title, guid))| {
            let mut item = item(n, &host.url(""));
            item.title = (*title).to_owned();
            item.guid = Some((*guid).to_owned());
            item.notes = format!("{NOTES} {n} ]]]]><![CDATA[> end");
            host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
            item
        })
        .collect();
    let n = items.len() as u32;
    let bare = |n: u32| Item { guid: None, ..item(n, &host.url("")) };
    items.push(bare(n + 1));
    items.push(Item { enclosure: None, title: String::new(), ..item(n + 2, &host.url("")) });
    items.push(Item { enclosure: None, guid: None, notes: String::new(), ..item(n + 3, "") });
    // Two episodes with one guid, and one without a date.
    items.push(Item { guid: Some("same".to_owned()), ..item(n + 4, &host.url("")) });
    items.push(Item { guid: Some("same".to_owned()), date: String::new(), ..item(n + 5, &host.url("")) });
    for more in [1, 4, 5] {
        host.set_audio(&format!("/audio/{}.mp3", n + more), audio(n + more));
    }
    let more = "<language>en</language><copyright>&#169; all</copyright>";
    host.set_feed("/feed.xml", feed_with("A &lt;Show&gt; ]]&gt;", more, &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    (host, scene)
}

/// Serves the audio of an archive below `/a/`, under the addresses in a mirror.
fn serve(host: &Host, scene: &Scene, mirror: &str) {
    let document = roxmltree::Document::parse(mirror).unwrap();
    for enclosure in document.descendants().filter(|node| node.has_tag_name("enclosure")) {
        let url = enclosure.attribute("url").unwrap();
        let path = url.strip_prefix(&host.url("")).unwrap();
        let name: Vec<u8> = percent_encoding::percent_decode_str(path.strip_prefix("/a/").unwrap()).collect();
        let bytes = fs::read(scene.path("archive").join(String::from_utf8(name).unwrap())).unwrap();
        assert_eq!(enclosure.attribute("length"), Some(bytes.len().to_string().as_str()));
        host.set_audio(path, bytes);
    }
}

#[test]
fn a_mirror_read_by_castkeep_gives_the_same_episodes_and_audio() {
    let (_origin, scene) = hostile();
    let host = Host::start();
    let mirror = export(&scene, &["rss", "a-show", "--base-url", &host.url("/a")]);
    assert_eq!(
        (mirror.code, mirror.stderr.as_str()),
        (0, "castkeep: the audio of 2 episodes is not there: the feed names none\n")
    );
    serve(&host, &scene, &mirror.stdout);
    host.set_feed("/mirror.xml", mirror.stdout.as_str());
    let second = Scene::new(&[&host.url("/mirror.xml")]);
    second.run(&["sync"]).assert_no_failure();

    let episodes = "SELECT identity, title, number, season, published_at, link, duration_seconds, explicit, notes_html, notes_text
                    FROM episodes ORDER BY identity";
    assert_eq!(second.rows(episodes), scene.rows(episodes));
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), (HOSTILE.len() + 5).to_string());
    let guids = "SELECT guid FROM episodes WHERE identity_source = 'guid' AND guid <> identity";
    assert_eq!(second.rows(guids), Vec::<String>::new());
    let same = "SELECT guid FROM episodes WHERE identity IN (SELECT identity FROM episodes WHERE guid = identity) ORDER BY 1";
    let kept = scene.rows(same);
    assert_eq!(kept.len(), HOSTILE.len() + 2, "{kept:?}");
    assert!(kept.iter().all(|guid| second.rows(same).contains(guid)));
    let heard = "SELECT e.identity, a.sha256, a.size, a.media_type FROM audio a JOIN episodes e ON e.id = a.episode_id ORDER BY 1";
    assert_eq!(second.rows(heard), scene.rows(heard));
    assert_eq!(
        second.rows("SELECT title, description, language, copyright FROM shows"),
        scene.rows("SELECT title, description, language, copyright FROM shows")
    );
    assert_eq!(second.rows("SELECT message FROM feed_warnings"), Vec::<String>::new());
    let segments = "SELECT e.identity, g.position, g.kind, g.text FROM segments g JOIN episodes e ON e.id = g.episode_id ORDER BY 1, 2";
    assert_eq!(second.rows(segments), scene.rows(segments));
}

#[test]
fn other_readers_read_a_mirror_as_it_is_meant() {
    let (_host, scene) = hostile();
    let mirror = export(&scene, &["rss", "a-show", "--base-url", "https://pods.example.org/x/"]).stdout;
    let titles = scene.rows("SELECT coalesce(title, '') FROM episodes ORDER BY published_at DESC, id DESC");
    let guids = scene.rows("SELECT CASE WHEN identity_source = 'guid' THEN guid ELSE identity END FROM episodes ORDER BY published_at DESC, id DESC");
    let notes =
        scene.rows("SELECT coalesce(notes_html, '') FROM episodes ORDER BY published_at DESC, id DESC");

    let channel = rss::Channel::read_from(mirror.as_bytes()).unwrap();
    assert_eq!(
        (channel.title(), channel.link(), channel.description()),
        ("A <Show> ]]>", "https://example.org/", "A show")
    );
    let items = channel.items();
    assert_eq!(items.iter().map(|item| item.title().unwrap_or_default()).collect::<Vec<_>>(), titles);
    assert_eq!(items.iter().map(|item| item.guid().unwrap().value()).collect::<Vec<_>>(), guids);
    assert!(items.iter().all(|item| !item.guid().unwrap().is_permalink()));
    assert_eq!(items.iter().map(|item| item.content().unwrap_or_default()).collect::<Vec<_>>(), notes);
    assert_eq!(items.iter().map(|item| item.description().unwrap_or_default()).collect::<Vec<_>>(), notes);
    let dates = items.iter().filter(|item| item.pub_date().is_some()).count();
    assert_eq!(dates, titles.len() - 1, "one has no date");

    let read = feed_rs::parser::parse(mirror.as_bytes()).unwrap();
    assert_eq!(read.entries.len(), titles.len());
    let enclosures: Vec<_> =
        read.entries.iter().flat_map(|entry| &entry.media).flat_map(|media| &media.content).collect();
    assert_eq!(enclosures.len(), titles.len() - 2);
    for enclosure in enclosures {
        let url = enclosure.url.as_ref().unwrap().as_str();
        assert!(url.starts_with("https://pods.example.org/x/audio/a-show/") && url.contains(".mp3"), "{url}");
        assert!(!url.contains(['"', '<', ' ', '#', '?']), "{url}");
    }
}

#[test]
fn a_mirror_without_an_address_points_at_the_files_of_this_machine() {
    let (host, scene) = archived(2);
    fs::create_dir(scene.path("out")).unwrap();
    export(&scene, &["rss", "a-show", "--output", "out/a.xml"]).assert_silent();
    let text = read(&scene, "out/a.xml");
    let root = scene.path("archive").canonicalize().unwrap();
    let first = format!("url=\"file://{}/audio/a-show/2026-01-01%20%231%20Episode%201.mp3\"", root.display());
    assert!(text.contains(&first), "{text}");
    assert_eq!(names(&scene, "out"), ["a.xml"]);
    assert_eq!(host.take_log(), [], "nobody is asked");
    // The newest comes first.
    let channel = rss::Channel::read_from(text.as_bytes()).unwrap();
    let titles: Vec<_> = channel.items().iter().filter_map(|item| item.title()).collect();
    assert_eq!(titles, ["#2 Episode 2", "#1 Episode 1"]);
}

#[test]
fn what_was_not_captured_stays_where_the_publisher_has_it_less_secrets() {
    let host = Host::start();
    let mut items = [2, 1].map(|n| item(n, &host.url("")));
    items[0].enclosure = Some("https://cdn.example.com/2.mp3?token=s3cret&amp;n=2".to_owned());
    host.set_audio("/audio/1.mp3", audio(1));
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 3, "one host is not to be asked");
    let ran = export(&scene, &["rss", "a-show", "--base-url", "https://pods.example.org"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            0,
            "castkeep: the audio of 1 episode is not captured: the mirror points at where the publisher has it\n\
             hint: \"castkeep sync a-show\" downloads what is missing\n"
        )
    );
    let urls: Vec<_> = ran.stdout.lines().filter(|line| line.contains("<enclosure ")).collect();
    let length = items[0].length;
    let published = format!(
        "      <enclosure url=\"https://cdn.example.com/2.mp3?token=***&amp;n=2\" length=\"{length}\" type=\"audio/mpeg\"/>"
    );
    let here = format!(
        "      <enclosure url=\"https://pods.example.org/audio/a-show/2026-01-01%20%231%20Episode%201.mp3\" length=\"{length}\" type=\"audio/mpeg\"/>"
    );
    assert_eq!(urls, [published, here]);
    // Damage is no audio.
    scene.meddle("UPDATE files SET state = 'damaged'");
    let ran = export(&scene, &["rss", "a-show", "--quiet"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains(&format!("url=\"{}\"", host.url("/audio/1.mp3"))));
}

#[test]
fn all_that_a_feed_can_say_is_in_its_mirror() {
    let host = Host::start();
    let ns = "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\" xmlns:psc=\"http://podlove.org/simple-chapters\"";
    let image = b"\x89PNG\r\n\x1a\n0123456789abcdef";
    host.set(
        "/cover.png",
        support::host::Page::Body { bytes: image.to_vec(), media_type: "image/png".to_owned() },
    );
    host.set(
        "/1.vtt",
        support::host::Page::Body {
            bytes: b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n".to_vec(),
            media_type: "text/vtt".to_owned(),
        },
    );
    host.set_audio("/audio/1.mp3", audio(1));
    let base = host.url("");
    host.set_feed(
        "/feed.xml",
        format!(
            "<rss version=\"2.0\" {ns}><channel><title>A Show</title><link>https://example.org/</link><description>About &amp; more</description>
             <language>en-GB</language><copyright>all</copyright><itunes:author>Ada</itunes:author><itunes:explicit>yes</itunes:explicit>
             <itunes:type>serial</itunes:type><itunes:complete>Yes</itunes:complete><podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>
             <podcast:medium>podcast</podcast:medium><itunes:owner><itunes:name>Ada L</itunes:name><itunes:email>ada@example.org</itunes:email></itunes:owner>
             <itunes:image href=\"{base}/cover.png\"/><itunes:category text=\"Society &amp; Culture\"><itunes:category text=\"Documentary\"/></itunes:category>
             <podcast:funding url=\"https://example.org/pay\">Pay</podcast:funding><podcast:person role=\"host\" href=\"https://example.org/ada\">Ada</podcast:person>
             <item><title>One</title><guid isPermaLink=\"false\">1</guid><pubDate>Thu, 01 Jan 2026 08:00:00 +0000</pubDate><link>https://example.org/1</link>
             <description>long notes of this episode, in many words</description><itunes:subtitle>short</itunes:subtitle><itunes:author>Bob</itunes:author>
             <itunes:episode>7</itunes:episode><itunes:season>2</itunes:season><itunes:episodeType>bonus</itunes:episodeType><itunes:duration>1:02:03</itunes:duration>
             <itunes:explicit>false</itunes:explicit><enclosure url=\"{base}/audio/1.mp3\" length=\"5\" type=\"audio/mpeg\"/>
             <podcast:transcript url=\"{base}/1.vtt\" type=\"text/vtt\" language=\"en\"/>
             <podcast:person role=\"guest\" href=\"https://example.org/cy\" img=\"https://example.org/cy.png\">Cy</podcast:person>
             <psc:chapters version=\"1.2\"><psc:chapter start=\"00:00:00\" title=\"Start\"/><psc:chapter start=\"00:00:05.500\" title=\"End\" href=\"https://example.org/end\"/></psc:chapters>
             <podcast:soundbite startTime=\"1.0\" duration=\"2.0\">Bite</podcast:soundbite></item></channel></rss>"
        ),
    );
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]).assert_no_failure();
    let text = exported(&scene, &["rss", "a-show", "--base-url", "https://pods.example.org/"]);
    let body = text.split_once("<channel>\n").unwrap().1;
    let lines: Vec<_> = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.contains("castkeep 0.") && !line.starts_with("<lastBuildDate>"))
        .collect();
    let at = "https://pods.example.org/audio/a-show";
    let size = audio(1).len();
    let want = format!(
        "<title>A Show</title>
<link>https://example.org/</link>
<description><![CDATA[About & more]]></description>
<atom:link rel=\"via\" href=\"{base}/feed.xml\"/>
<language>en-GB</language>
<copyright>all</copyright>
<itunes:author>Ada</itunes:author>
<itunes:explicit>true</itunes:explicit>
<itunes:type>serial</itunes:type>
<itunes:complete>Yes</itunes:complete>
<podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>
<podcast:medium>podcast</podcast:medium>
<itunes:owner>
<itunes:name>Ada L</itunes:name>
<itunes:email>ada@example.org</itunes:email>
</itunes:owner>
<image>
<url>{at}/cover.png</url>
<title>A Show</title>
<link>https://example.org/</link>
</image>
<itunes:image href=\"{at}/cover.png\"/>
<podcast:person role=\"host\" href=\"https://example.org/ada\">Ada</podcast:person>
<itunes:category text=\"Society &amp; Culture\">
<itunes:category text=\"Documentary\"/>
</itunes:category>
<podcast:funding url=\"https://example.org/pay\">Pay</podcast:funding>
<item>
<title>One</title>
<guid isPermaLink=\"false\">1</guid>
<pubDate>Thu, 01 Jan 2026 08:00:00 +0000</pubDate>
<link>https://example.org/1</link>
<description><![CDATA[long notes of this episode, in many words]]></description>
<content:encoded><![CDATA[long notes of this episode, in many words]]></content:encoded>
<itunes:subtitle>short</itunes:subtitle>
<itunes:author>Bob</itunes:author>
<itunes:episode>7</itunes:episode>
<itunes:season>2</itunes:season>
<itunes:episodeType>bonus</itunes:episodeType>
<itunes:duration>3723</itunes:duration>
<itunes:explicit>false</itunes:explicit>
<enclosure url=\"{at}/2026-01-01%20One.mp3\" length=\"{size}\" type=\"audio/mpeg\"/>
<podcast:transcript url=\"{at}/2026-01-01%20One%20%5Ben%5D.vtt\" type=\"text/vtt\" language=\"en\"/>
<podcast:person role=\"guest\" href=\"https://example.org/cy\" img=\"https://example.org/cy.png\">Cy</podcast:person>
<psc:chapters version=\"1.2\">
<psc:chapter start=\"00:00:00.000\" title=\"Start\"/>
<psc:chapter start=\"00:00:05.500\" title=\"End\" href=\"https://example.org/end\"/>
</psc:chapters>
<podcast:soundbite startTime=\"1.0\" duration=\"2.0\">Bite</podcast:soundbite>
</item>
</channel>
</rss>"
    );
    assert_eq!(lines, want.lines().collect::<Vec<_>>());
}

/// The outlines of a list: their attributes.
fn outlines(opml: &str) -> Vec<Vec<(String, String)>> {
    let document = roxmltree::Document::parse(opml).unwrap();
    assert_eq!(document.root_element().attribute("version"), Some("2.0"));
    let all = document.descendants().filter(|node| node.has_tag_name("outline"));
    let of = |node: roxmltree::Node| {
        node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect()
    };
    all.map(of).collect()
}

#[test]
fn the_shows_are_a_list_that_any_program_reads() {
    let (host, scene) = hostile();
    // One without a title, never fetched; one with a secret, fetched; one with a secret, not fetched.
    host.set_feed("/private.xml?auth=pssst", feed("Private", &[item(1, &host.url(""))]));
    let config = read(&scene, "config.toml");
    let more = [
        host.url("/private.xml?auth=pssst"),
        "https://me:pssst@a.example/feed".to_owned(),
        "https://b.example/".to_owned(),
    ]
    .map(|feed| format!("[[shows]]\nfeed = \"{feed}\"\n"))
    .concat();
    scene.configure(&(config.clone() + &more));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 3);
    scene.meddle("UPDATE shows SET title = NULL, link = NULL, description = NULL, language = NULL WHERE slug = 'private'");
    scene.configure(
        &(config + &more + "[[shows]]\nslug = \"early\"\nfeed = \"https://c.example/?key=pssst\"\n"),
    );
    host.take_log();
    let ran = export(&scene, &["opml"]);
    let slugs = scene.rows("SELECT slug FROM shows WHERE configured_url LIKE '%a.example%'").concat();
    assert_eq!(
        (ran.code, ran.stderr),
        (
            0,
            format!(
                "castkeep: secrets were left out of the addresses of {slugs}, private, early: write them in where you need them\n"
            )
        )
    );
    assert!(!ran.stdout.contains("pssst"));
    let of = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let bare =
        |name: &str, feed: &str| of(&[("type", "rss"), ("text", name), ("title", name), ("xmlUrl", feed)]);
    let title = "A <Show> ]]>";
    let named = scene.rows("SELECT slug FROM shows WHERE configured_url LIKE '%b.example%'").concat();
    assert_eq!(
        outlines(&ran.stdout),
        [
            bare(&slugs, "https://a.example/feed"),
            of(&[
                ("type", "rss"),
                ("text", title),
                ("title", title),
                ("xmlUrl", &host.url("/feed.xml")),
                ("htmlUrl", "https://example.org/"),
                ("description", "A show"),
                ("language", "en"),
            ]),
            bare(&named, "https://b.example/"),
            bare("private", &host.url("/private.xml?auth=***")),
            bare("early", "https://c.example/?key=***"),
        ]
    );
    assert_eq!(scene.run(&["remove", "a-show"]).code, 0);
    assert_eq!(outlines(&export(&scene, &["opml", "--followed", "--quiet"]).stdout).len(), 4);
    assert_eq!(outlines(&export(&scene, &["opml", "--quiet"]).stdout).len(), 5);
    assert_eq!(
        outlines(&export(&scene, &["opml", "--quiet", "--archive", "archive"]).stdout).len(),
        4,
        "without a configuration"
    );
    assert_eq!(host.take_log(), []);
}

#[test]
fn a_list_of_what_was_never_fetched_is_made_from_the_configuration() {
    let scene = Scene::new(&["https://a.example/feed"]);
    let text = exported(&scene, &["opml"]);
    assert_eq!(outlines(&text).len(), 1);
    assert_eq!(names(&scene, ""), ["config.toml"]);
}

const FORMATS: [&str; 3] = ["csv", "json", "ndjson"];

#[test]
fn case_98_a_table_is_what_a_query_gives_and_hostile_titles_come_through() {
    let (_host, scene) = hostile();
    for format in FORMATS {
        for table in ["episodes", "shows", "audio", "episode_list", "hosts", "missing_audio"] {
            let asked = scene.run(&["sql", "--format", format, &format!("SELECT * FROM {table}")]);
            assert_eq!(exported(&scene, &[format, table]), asked.stdout, "{format} {table}");
        }
    }
    let asked = scene.run(&["sql", "--format", "csv", "--for-spreadsheet", "SELECT * FROM episodes"]).stdout;
    let inert = exported(&scene, &["csv", "episodes", "--for-spreadsheet"]);
    assert_eq!(inert, asked);
    let mut reader = csv::Reader::from_reader(inert.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "title").unwrap();
    let titles: Vec<_> = reader.records().map(|row| row.unwrap()[at].to_owned()).collect();
    let raw = scene.rows("SELECT coalesce(title, '') FROM episodes ORDER BY id");
    let expected: Vec<_> = raw
        .iter()
        .map(|title| if title.starts_with('=') { format!("'{title}") } else { title.clone() })
        .collect();
    assert_eq!(titles, expected);
    assert!(titles.iter().any(|title| title.starts_with("'=HYPERLINK(\"")), "{titles:?}");
    // Bytes are hex digits.
    let rows: Value = serde_json::from_str(&exported(&scene, &["json", "notes_readings"])).unwrap();
    assert_eq!(
        rows[0]["traits"].as_str().unwrap().to_uppercase(),
        scene.value("SELECT hex(traits) FROM notes_readings LIMIT 1")
    );
}

#[test]
fn many_tables_are_a_file_each() {
    let (_host, scene) = archived(2);
    for format in FORMATS {
        let folder = format!("all-{format}");
        export(&scene, &[format, "--output", &folder]).assert_silent();
        let tables = scene.rows(
            "SELECT name FROM pragma_table_list WHERE type IN ('table', 'view') AND schema = 'main' AND name NOT LIKE 'sqlite%'
             AND name NOT IN ('documents', 'notes_readings', 'unspaced') ORDER BY name",
        );
        assert_eq!(
            names(&scene, &folder),
            tables.iter().map(|name| format!("{name}.{format}")).collect::<Vec<_>>()
        );
        assert_eq!(read(&scene, &format!("{folder}/files.{format}")), exported(&scene, &[format, "files"]));
    }
    for (folder, said) in [
        ("none/tables", "castkeep: none/tables: the folder that it would be in is not there\n"),
        (
            "archive/audio/tables",
            "castkeep: archive/audio/tables: this is a place that the archive keeps for itself\n",
        ),
        ("config.toml", "castkeep: config.toml/audio.csv: the folder that it would be in is not there\n"),
    ] {
        let ran = export(&scene, &["csv", "--output", folder]);
        assert_eq!((ran.code, ran.stderr.starts_with(said)), (2, true), "{}", ran.stderr);
    }
    // Into a folder that is there, beside other things; not over them.
    fs::create_dir(scene.path("some")).unwrap();
    fs::write(scene.path("some/shows.csv"), "mine").unwrap();
    let taken = export(&scene, &["csv", "audio", "shows", "--output", "some"]);
    assert_eq!(
        (taken.code, taken.stderr.as_str()),
        (
            2,
            "castkeep: some/shows.csv: there is such a file already\nhint: choose another name, or replace it with --force\n"
        )
    );
    assert_eq!(
        (names(&scene, "some"), read(&scene, "some/shows.csv")),
        (vec!["shows.csv".to_owned()], "mine".to_owned())
    );
    export(&scene, &["csv", "shows", "audio", "--output", "some", "--force"]).assert_silent();
    export(&scene, &["json", "shows", "--output", "some"]).assert_silent();
    assert_eq!(names(&scene, "some"), ["audio.csv", "shows.csv", "shows.json"]);
    assert_eq!(read(&scene, "some/shows.csv"), exported(&scene, &["csv", "shows"]));
}

#[test]
fn a_wrong_request_is_told_with_what_would_be_right() {
    let (_host, scene) = archived(1);
    for (args, said) in [
        (
            &["csv"][..],
            "castkeep: several tables can't go to standard output\nhint: name a folder for them with --output, or one table\n",
        ),
        (&["csv", "episodes", "shows"], "castkeep: several tables can't go to standard output\n"),
        (&["json", "episode"], "castkeep: there is no table or view \"episode\"\nhint: there are: audio, "),
        (&["csv", "episodes_fts"], "castkeep: there is no table or view \"episodes_fts\"\n"),
        (&["csv", "sqlite_schema"], "castkeep: there is no table or view \"sqlite_schema\"\n"),
        (
            &["csv", "episodes; DROP TABLE shows"],
            "castkeep: there is no table or view \"episodes; DROP TABLE shows\"\n",
        ),
        (
            &["rss", "b-show"],
            "castkeep: there is no show \"b-show\" in the archive\nhint: there are: a-show\n",
        ),
        (&["bagit", "bag", "--show", "b-show"], "castkeep: there is no show \"b-show\" in the archive\n"),
        (&["rss", "a-show", "--base-url", "pods"], "castkeep: --base-url: not an address"),
        (
            &["rss", "a-show", "--base-url", "ftp://a.example/"],
            "castkeep: --base-url: a base address is that of a folder",
        ),
        (
            &["rss", "a-show", "--base-url", "https://me:pw@a.example/"],
            "castkeep: --base-url: a base address is that of a folder",
        ),
    ] {
        let ran = export(&scene, args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(said), "{args:?}: {}", ran.stderr);
    }
    assert_eq!(names(&scene, ""), ["archive", "config.toml"]);
}

/// Runs `sha256sum -c` in a folder of the scene; what it says of each file.
fn checked(scene: &Scene, folder: &str, list: &str) -> (bool, String) {
    let mut command = Command::new("sha256sum");
    let output =
        command.args(["-c", list]).current_dir(scene.path(folder)).env("LC_ALL", "C").output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_list_of_checksums_is_what_sha256sum_checks() {
    let (_host, scene) = hostile();
    export(&scene, &["sha256sums", "--output", "archive/SHA256SUMS"]).assert_silent();
    let (is_well, said) = checked(&scene, "archive", "SHA256SUMS");
    assert!(is_well, "{said}");
    assert_eq!(said.lines().count(), scene.audio().len());
    let lost = scene.audio().into_keys().next().unwrap();
    fs::remove_file(scene.path("archive").join(&lost)).unwrap();
    assert_eq!(read(&scene, "archive/SHA256SUMS"), exported(&scene, &["sha256sums"]));
    let (is_well, said) = checked(&scene, "archive", "SHA256SUMS");
    assert!(!is_well && said.contains(&format!("{lost}: FAILED open or read\n")), "{said}");
}

#[test]
fn a_bag_is_an_archive_of_one_moment_that_standard_tools_verify() {
    let (host, scene) = hostile();
    let before = scene.canon();
    let ran = export(&scene, &["bagit", "bag"]);
    let audio = scene.audio();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with(&format!("bag: {} files, ", audio.len() + 1)), "{}", ran.stdout);
    assert_eq!(
        names(&scene, "bag"),
        ["bag-info.txt", "bagit.txt", "data", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    );
    assert_eq!(names(&scene, "bag/data"), ["archive.db", "audio"]);
    assert_eq!(read(&scene, "bag/bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    let (is_well, said) = checked(&scene, "bag", "manifest-sha256.txt");
    assert!(is_well && said.lines().count() == audio.len() + 1, "{said}");
    assert!(checked(&scene, "bag", "tagmanifest-sha256.txt").0);
    // RFC 8493 has a % written as %25, which sha256sum takes for what it is not: there is none.
    let manifest = read(&scene, "bag/manifest-sha256.txt");
    assert!(manifest.contains(" 100\u{ff05} ") && !manifest.contains('%'), "{manifest}");
    let in_bag = |path: &String| path.replace('%', "\u{ff05}");
    let size: u64 = audio
        .keys()
        .chain([&"archive.db".to_owned()])
        .map(|path| fs::metadata(scene.path("bag/data").join(in_bag(path))).unwrap().len())
        .sum();
    let info = read(&scene, "bag/bag-info.txt");
    assert!(info.contains(&format!("\nPayload-Oxum: {size}.{}\n", audio.len() + 1)), "{info}");
    let inode = |folder: &str, path: &str| fs::metadata(scene.path(folder).join(path)).unwrap().ino();
    assert!(
        audio.keys().all(|path| inode("bag/data", &in_bag(path)) == inode("archive", path)),
        "nothing is stored twice"
    );
    let shown = |args: &[&str]| scene.run(&[&["show", "a-show", "../../etc"], args].concat()).stdout;
    assert_eq!(
        shown(&["--archive", "bag/data"]),
        in_bag(&shown(&[])).replace("& 100\u{ff05} <b>\n", "& 100% <b>\n")
    );
    assert!(checked(&scene, "bag", "manifest-sha256.txt").0, "to read it changes nothing");
    assert_eq!(names(&scene, "bag/data"), ["archive.db", "audio"]);

    let verified = scene.run(&["verify", "--archive", "bag/data"]);
    assert_eq!((verified.code, verified.stderr.as_str()), (0, ""));
    assert_eq!(scene.canon(), before);
    scene.assert_sound();
    assert_eq!(host.take_log(), []);
}

#[test]
fn a_bag_lacks_what_the_archive_lost_and_says_so() {
    let (_host, scene) = archived(3);
    let path = |n: u32| format!("archive/audio/a-show/2026-01-0{n} #{n} Episode {n}.mp3");
    fs::remove_file(scene.path(&path(1))).unwrap();
    let mut bytes = fs::read(scene.path(&path(2))).unwrap();
    bytes[1000] ^= 1;
    fs::remove_file(scene.path(&path(2))).unwrap();
    fs::write(scene.path(&path(2)), bytes).unwrap();
    let ran = export(&scene, &["bagit", "bag"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            5,
            "castkeep: audio/a-show/2026-01-01 #1 Episode 1.mp3 (A Show: #1 Episode 1): missing\n\
             castkeep: audio/a-show/2026-01-02 #2 Episode 2.mp3 (A Show: #2 Episode 2): damaged, its bytes have changed\n\
             hint: the bag lacks them; \"castkeep verify --repair\" fetches again what is missing or damaged\n"
        )
    );
    assert!(checked(&scene, "bag", "manifest-sha256.txt").0);
    assert_eq!(names(&scene, "bag/data/audio/a-show"), ["2026-01-03 #3 Episode 3.mp3"]);
    assert!(read(&scene, "bag/bag-info.txt").ends_with("\nCastkeep-Lost-Files: 2\n"));
}

#[test]
fn a_disk_that_is_not_mounted_is_not_packed() {
    let (_host, scene) = archived(1);
    fs::remove_dir_all(scene.path("archive/audio")).unwrap();
    let gone = export(&scene, &["bagit", "bag"]);
    let said = "castkeep: archive/audio: the folder is gone, though files are recorded in it\n";
    assert_eq!((gone.code, gone.stderr.starts_with(said)), (1, true), "{}", gone.stderr);
    fs::create_dir(scene.path("archive/audio")).unwrap();
    let empty = export(&scene, &["bagit", "bag"]);
    assert_eq!(
        (empty.code, empty.stderr.contains("the folder is empty, though files")),
        (1, true),
        "{}",
        empty.stderr
    );
    assert_eq!(names(&scene, ""), ["archive", "config.toml"]);
}

#[test]
fn a_path_that_leads_out_of_the_archive_is_packed_nowhere() {
    let (_host, scene) = archived(2);
    fs::write(scene.path("secret.txt"), "mine").unwrap();
    scene.meddle(
        "UPDATE files SET path = '../secret.txt', size_bytes = 4 WHERE id = 1;
         UPDATE files SET path = 'audio/../../secret.txt', size_bytes = 4 WHERE id = 2",
    );
    let ran = export(&scene, &["bagit", "bag"]);
    assert_eq!(ran.code, 5);
    assert_eq!(ran.stderr.matches("its path leads out of audio/").count(), 2, "{}", ran.stderr);
    assert_eq!(names(&scene, "bag/data"), ["archive.db"]);
    assert_eq!(names(&scene, ""), ["archive", "bag", "config.toml", "secret.txt"]);
}

#[test]
fn a_bag_of_one_show_holds_its_files_alone() {
    let (host, scene) = archived(2);
    host.set_feed("/b.xml", feed("B Show", &[item(3, &host.url(""))]));
    host.set_audio("/audio/3.mp3", audio(3));
    let config = read(&scene, "config.toml") + &format!("[[shows]]\nfeed = \"{}\"\n", host.url("/b.xml"));
    scene.configure(&config);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert!(exported(&scene, &["bagit", "bag", "--show", "b-show"]).starts_with("bag: 2 files, "));
    assert_eq!(names(&scene, "bag/data/audio"), ["b-show"]);
    assert!(checked(&scene, "bag", "manifest-sha256.txt").0);
}

#[test]
fn a_bag_is_packed_into_an_empty_place_alone() {
    let (_host, scene) = archived(1);
    fs::create_dir(scene.path("full")).unwrap();
    fs::write(scene.path("full/mine"), "").unwrap();
    fs::write(scene.path("file"), "").unwrap();
    fs::create_dir_all(scene.path("other.part/mine")).unwrap();
    for (target, code, said) in [
        ("full", 2, "castkeep: full: something is there already\nhint: choose another place for it\n"),
        ("file", 2, "castkeep: file: something is there already\nhint: choose another place for it\n"),
        ("none/bag", 2, "castkeep: none/bag: the folder that it would be in is not there\n"),
        (
            "archive/audio/bag",
            2,
            "castkeep: archive/audio/bag: this is a place that the archive keeps for itself\n",
        ),
        ("archive/tmp", 2, "castkeep: archive/tmp: this is a place that the archive keeps for itself\n"),
        ("other", 2, "castkeep: other.part: something is there already\nhint: choose another place for it\n"),
    ] {
        let ran = export(&scene, &["bagit", target]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{target}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    }
    // What a killed run left is cleared away; an empty folder is a place.
    fs::create_dir_all(scene.path("bag.part/data")).unwrap();
    fs::write(scene.path("bag.part/castkeep-export.lock"), "").unwrap();
    fs::create_dir(scene.path("bag")).unwrap();
    exported(&scene, &["bagit", "bag"]);
    assert_eq!(names(&scene, ""), ["archive", "bag", "config.toml", "file", "full", "other.part"]);
    assert_eq!(names(&scene, "other.part"), ["mine"]);
}

#[test]
fn a_slim_copy_is_an_archive_without_documents() {
    let (_host, scene) = archived(3);
    fs::create_dir(scene.path("slim")).unwrap();
    let ran = export(&scene, &["sqlite", "slim/archive.db"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("3 episodes of 1 show, "), "{}", ran.stdout);
    assert_eq!(names(&scene, "slim"), ["archive.db"]);
    let slim = rusqlite::Connection::open(scene.path("slim/archive.db")).unwrap();
    let one = |sql: &str| slim.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(one("PRAGMA integrity_check"), "ok");
    assert_eq!(one("SELECT count(*) || '' FROM pragma_foreign_key_check"), "0");
    assert_eq!(
        one("SELECT count(*) || ' ' || (SELECT count(document_id) FROM fetches) FROM documents"),
        "0 0"
    );
    let notes = "SELECT group_concat(notes_html) FROM episodes";
    assert_eq!(one(notes), scene.value(notes));
    drop(slim);
    for sql in [
        "SELECT * FROM segment_list",
        "SELECT rowid FROM episodes_fts WHERE episodes_fts MATCH 'episode'",
        "SELECT * FROM runs",
    ] {
        let of = |args: &[&str]| scene.run(&[&["sql", sql], args].concat()).stdout;
        assert_eq!(of(&["--archive", "slim"]), of(&[]));
    }
    fs::create_dir(scene.path("slim/audio")).unwrap();
    for command in ["verify", "status", "doctor"] {
        let ran = scene.run(&[command, "--archive", "slim"]);
        assert!(!ran.stderr.contains("document") && !ran.stdout.contains("document"), "{command}: {ran:?}");
    }

    let again = export(&scene, &["sqlite", "slim/archive.db"]);
    assert_eq!((again.code, again.stderr.contains("there is such a file already")), (2, true));
    assert_eq!(export(&scene, &["sqlite", "slim/archive.db", "--force"]).code, 0);
    let own = export(&scene, &["sqlite", "archive/archive.db", "--force"]);
    assert_eq!(
        (own.code, own.stderr.starts_with("castkeep: archive/archive.db: this is the archive itself\n")),
        (2, true)
    );
    let config = export(&scene, &["sqlite", "config.toml", "--force"]);
    assert_eq!((config.code, config.stderr.contains("this is not a copy of an archive")), (2, true));
    assert_eq!(names(&scene, ""), ["archive", "config.toml", "slim"]);
    scene.assert_sound();
}

#[test]
fn a_file_is_written_to_a_place_for_files_alone() {
    let (_host, scene) = archived(1);
    fs::create_dir(scene.path("folder")).unwrap();
    fs::write(scene.path("mine"), "mine").unwrap();
    let places = |form: &[&str]| {
        for (target, said) in [
            ("none/x", "none/x: the folder that it would be in is not there"),
            ("mine/x", "mine/x: the folder that it would be in is not there"),
            ("mine", "mine: there is such a file already"),
            ("archive/audio/x", "archive/audio/x: this is a place that the archive keeps for itself"),
            (
                "archive/audio/a-show/x",
                "archive/audio/a-show/x: this is a place that the archive keeps for itself",
            ),
            ("archive/archive.db", "archive/archive.db: this is a place that the archive keeps for itself"),
            ("archive/lock", "archive/lock: this is a place that the archive keeps for itself"),
            ("..", "..: this is no name for a file"),
        ] {
            let ran = export(&scene, &[form, &["--output", target]].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{form:?} {target}: {}", ran.stderr);
            assert!(ran.stderr.starts_with(&format!("castkeep: {said}\n")), "{form:?}: {}", ran.stderr);
        }
        let forced = export(&scene, &[form, &["--output", "archive/archive.db", "--force"]].concat());
        assert_eq!(forced.code, 2);
    };
    for form in [&["opml"][..], &["rss", "a-show"], &["sha256sums"]] {
        places(form);
        let folder = export(&scene, &[form, &["--output", "folder", "--force"]].concat());
        assert_eq!(
            (folder.code, folder.stderr.starts_with("castkeep: folder: this is a folder\n")),
            (2, true)
        );
        // What a killed run left gives way.
        fs::write(scene.path("mine.part"), "half").unwrap();
        export(&scene, &[form, &["--output", "mine", "--force"]].concat()).assert_silent();
        assert_ne!(read(&scene, "mine"), "mine");
        fs::write(scene.path("mine"), "mine").unwrap();
    }
    assert_eq!(
        (names(&scene, ""), names(&scene, "folder").len()),
        (["archive", "config.toml", "folder", "mine"].map(str::to_owned).to_vec(), 0)
    );
    scene.assert_sound();
}

#[test]
fn an_archive_with_nothing_in_it_is_exported_as_that() {
    let scene = Scene::new(&[]);
    assert_eq!(scene.run(&["init"]).code, 0);
    assert_eq!(outlines(&exported(&scene, &["opml"])), Vec::<Vec<(String, String)>>::new());
    assert_eq!(exported(&scene, &["json", "shows"]), "[]\n");
    assert_eq!(
        exported(&scene, &["csv", "guests"]),
        "episode_id,show,episode_number,episode_title,published_at,name,url\n"
    );
    assert_eq!(
        (exported(&scene, &["ndjson", "shows"]), exported(&scene, &["sha256sums"])),
        (String::new(), String::new())
    );
    assert!(exported(&scene, &["sqlite", "slim.db"]).contains("0 episodes of 0 shows"));
    let bag = export(&scene, &["bagit", "bag"]);
    assert_eq!((bag.code, bag.stderr.as_str()), (0, ""));
    assert!(checked(&scene, "bag", "manifest-sha256.txt").0);
    let none = Scene::new(&[]);
    for form in
        [&["csv", "shows"][..], &["rss", "a"], &["bagit", "bag"], &["sqlite", "x.db"], &["sha256sums"]]
    {
        let ran = export(&none, form);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{form:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("there is no archive.db here yet"), "{}", ran.stderr);
    }
    assert_eq!(names(&none, ""), ["config.toml"]);
}

#[test]
fn exports_go_beside_a_run_that_holds_the_archive() {
    let (_host, scene) = archived(2);
    let lock = fs::File::open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    let writer = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE shows SET title = 'halfway'").unwrap();
    for form in [
        &["opml"][..],
        &["rss", "a-show"],
        &["csv", "shows"],
        &["sha256sums"],
        &["bagit", "bag"],
        &["sqlite", "slim.db"],
    ] {
        let text = exported(&scene, form);
        assert!(!text.contains("halfway"), "{form:?}");
    }
    let slim = rusqlite::Connection::open(scene.path("slim.db")).unwrap();
    let title: String = slim.query_row("SELECT title FROM shows", [], |row| row.get(0)).unwrap();
    assert_eq!(title, "A Show");
    writer.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn a_disk_that_is_full_or_only_to_be_read_leaves_nothing_behind() {
    let (_host, scene) = archived(3);
    let script = "
        mkdir small fixed && mount -t tmpfs -o size=64k tmpfs small && mount --bind archive archive && mount -o remount,bind,ro archive || exit
        dd if=/dev/zero of=small/full bs=1k count=60 2>/dev/null
        for form in 'rss a-show --output small/x' 'csv episodes --output small/x' 'csv --output small/y' 'bagit small/bag' 'sqlite small/s.db'; do
            $CASTKEEP export $form --quiet > /dev/null 2>> log; echo \"$form: $? $(ls small)\"
        done
        $CASTKEEP export bagit bag --quiet; echo \"read-only archive: $?\"
        (cd bag && sha256sum -c --quiet manifest-sha256.txt) && echo whole
        mount --bind fixed fixed && mount -o remount,bind,ro fixed
        for form in 'opml --output fixed/x' 'csv --output fixed/y' 'bagit fixed/bag' 'sqlite fixed/s.db'; do
            $CASTKEEP export $form --quiet 2>> log; echo \"$form: $? $(ls fixed)\"
        done";
    // The archive is small: what fills the disk is made larger.
    scene.meddle("UPDATE episodes SET notes_html = hex(randomblob(200000))");
    let Some(said) = unshared(&scene, script) else { return };
    if said.stdout.is_empty() {
        return support::say::say!("skipped: no file system can be mounted here");
    }
    assert_eq!(
        said.stdout,
        "rss a-show --output small/x: 1 full\ncsv episodes --output small/x: 1 full\ncsv --output small/y: 1 full\nbagit small/bag: 1 full\n\
         sqlite small/s.db: 1 full\nread-only archive: 0\nwhole\nopml --output fixed/x: 1 \ncsv --output fixed/y: 1 \nbagit fixed/bag: 1 \n\
         sqlite fixed/s.db: 1 \n",
        "{}",
        read(&scene, "log")
    );
}

#[test]
fn an_export_that_is_stopped_leaves_nothing_behind() {
    let (_host, scene) = archived(1);
    scene.meddle(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 400000)
         INSERT INTO hosts (host, hold_until) SELECT 'host-' || n, '2026-01-01T00:00:00Z' FROM n",
    );
    for (form, part) in [
        (&["csv", "hosts", "--output", "hosts.csv"][..], "hosts.csv.part"),
        (&["ndjson", "--output", "all"], "all/hosts.ndjson.part"),
    ] {
        let run = scene.start(&[&["export"], form].concat());
        let pid = run.id().to_string();
        while !Path::new(&scene.path(part)).exists() {
            std::thread::yield_now();
        }
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let ran = Scene::wait(run);
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (143, "castkeep: stopped by a signal; nothing was written\n"),
            "{form:?}"
        );
        assert_eq!(names(&scene, ""), ["archive", "config.toml"]);
    }
    // Whoever reads no further has read enough.
    let output = Command::new("sh")
        .args(["-c", "$CASTKEEP export csv hosts | head -n 2"])
        .env("CASTKEEP", env!("CARGO_BIN_EXE_castkeep"))
        .current_dir(scene.path(""))
        .output()
        .unwrap();
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.as_slice()),
        (&b"id,host,hold_until\n1,host-1,2026-01-01T00:00:00Z\n"[..], &b""[..])
    );
}

#[test]
fn an_archive_of_an_older_castkeep_is_exported_as_far_as_it_can_be() {
    let scene = Scene::configured("");
    fs::create_dir_all(scene.path("archive")).unwrap();
    let db = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    db.execute_batch(include_str!("../fixtures/schema/1.sql")).unwrap();
    db.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO shows (slug, feed_url, configured_url, first_seen_at) VALUES ('a', 'https://a.example/', 'https://a.example/', '2026-01-01T00:00:00Z')",
    )
    .unwrap();
    db.close().unwrap();
    assert_eq!(outlines(&exported(&scene, &["opml"])).len(), 1);
    assert!(exported(&scene, &["json", "shows"]).contains("\"slug\":\"a\""));
    exported(&scene, &["sqlite", "slim.db"]);
    exported(&scene, &["bagit", "bag"]);
    let mirror = export(&scene, &["rss", "a"]);
    let said = "archive.db: its schema is version 1, and this needs version";
    assert_eq!(
        (mirror.code, mirror.stdout.as_str(), mirror.stderr.contains(said)),
        (1, "", true),
        "{}",
        mirror.stderr
    );
    assert!(
        mirror.stderr.contains("\nhint: \"castkeep sync\" brings it to today's schema"),
        "{}",
        mirror.stderr
    );
}
