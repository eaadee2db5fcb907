//! `castkeep export rss`: a mirror is read by any program as the feed was, and points at the files of the archive.

use std::fs;

use crate::hostile::{self, HOSTILE};
use crate::support::archived::archived;
use crate::support::feed::{audio, feed, item};
use crate::support::host::{Host, Page};
use crate::support::scene::Scene;
use crate::{export, exported, names, read};

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
    let (_origin, scene) = hostile::archived();
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
    let (_host, scene) = hostile::archived();
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
    host.set("/cover.png", Page::Body { bytes: image.to_vec(), media_type: "image/png".to_owned() });
    host.set(
        "/1.vtt",
        Page::Body {
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
