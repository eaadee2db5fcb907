//! What a feed points at beside the audio: transcripts, chapters, pictures, other forms; what is read in them and in the audio.

mod support;

use base64::Engine as _;
use sha2::Digest as _;
use support::feed::{Item, audio, item};
use support::host::{Host, Page};
use support::scene::Scene;

const CHANNEL: &str = "xmlns:podcast=\"https://podcastindex.org/namespace/1.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"";

/// A feed with `more` elements in each item, `{host}` and `{n}` filled in.
fn feed_of(host: &Host, numbers: &[u32], more: &str) -> String {
    let items: String = numbers
        .iter()
        .map(|n| {
            let Item { title, guid, date, enclosure, length, notes } = item(*n, &host.url(""));
            let (guid, enclosure) = (guid.unwrap(), enclosure.unwrap());
            let more = more.replace("{host}", &host.url("")).replace("{n}", &n.to_string());
            format!(
                "<item><title>{title}</title><guid>{guid}</guid><pubDate>{date}</pubDate>\
                 <enclosure url=\"{enclosure}\" length=\"{length}\" type=\"audio/mpeg\"/>\
                 <description><![CDATA[{notes}]]></description>{more}</item>\n"
            )
        })
        .collect();
    format!("<rss version=\"2.0\" {CHANNEL}><channel><title>A Show</title>{items}</channel></rss>")
}

fn serve(host: &Host, path: &str, body: &[u8]) {
    host.set(path, Page::Body { bytes: body.to_vec(), media_type: "application/octet-stream".to_owned() });
}

fn host(numbers: &[u32], more: &str) -> (Host, Scene) {
    let host = Host::start();
    for n in numbers {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(*n));
    }
    host.set_feed("/feed.xml", feed_of(&host, numbers, more));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    (host, scene)
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0123456789abcdef";

#[test]
fn transcripts_in_every_form_and_language_become_cues() {
    let more = "<podcast:transcript url=\"{host}/t.vtt\" type=\"text/vtt\" language=\"en\"/>\
                <podcast:transcript url=\"{host}/t.srt\" type=\"application/srt\" language=\"de\"/>\
                <podcast:transcript url=\"{host}/t.json\" type=\"application/json\"/>\
                <podcast:transcript url=\"{host}/t.html\" type=\"text/html\" language=\"fr\"/>";
    let (host, scene) = host(&[1], more);
    serve(&host, "/t.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada>Kettle on &amp; off.\n");
    serve(&host, "/t.srt", "1\n00:00:01,000 --> 00:00:02,500\nDer Kessel läuft.\n".as_bytes());
    let json =
        br#"{"version":"1.0.0","segments":[{"speaker":"Ada","startTime":0.5,"endTime":0.75,"body":"Tea"}]}"#;
    serve(&host, "/t.json", json);
    serve(&host, "/t.html", "<cite>Ada:</cite><time>0:03</time><p>Une théière.</p>".as_bytes());
    let ran = scene.run(&["sync"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        scene.rows("SELECT language, position, start_seconds, end_seconds, speaker, text FROM transcript_list ORDER BY start_seconds, language"),
        [
            "NULL|1|0.5|0.75|Ada|Tea",
            "de|1|1|2.5|NULL|Der Kessel läuft.",
            "en|1|1|2.5|Ada|Kettle on & off.",
            "fr|1|3|NULL|Ada|Une théière."
        ]
    );
    assert_eq!(
        scene.rows("SELECT path FROM files WHERE kind = 'transcript' ORDER BY path"),
        ["[de].srt", "[en].vtt", "[fr].html", "[transcript].json"]
            .map(|end| format!("audio/a-show/2026-01-01 #1 Episode 1 {end}"))
    );
    let found = "SELECT episode_number FROM transcript_list WHERE cue_id IN
                 (SELECT rowid FROM transcript_cues_fts WHERE transcript_cues_fts MATCH 'theiere')";
    assert_eq!(scene.rows(found), ["1"]);
    // An edit of the item leaves what stands in captured files alone.
    host.set_feed("/feed.xml", feed_of(&host, &[1], &format!("{more}<podcast:season>2</podcast:season>")));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.value("SELECT count(*) FROM transcript_cues"), "4");
    scene.assert_sound();
}

#[test]
fn what_is_no_transcript_is_rejected_and_asked_for_again_later() {
    let (host, scene) = host(&[1], "<podcast:transcript url=\"{host}/t.srt\" type=\"application/srt\"/>");
    serve(
        &host,
        "/t.srt",
        b"<!DOCTYPE html><html><title>Not found</title><p>Sorry, no such page here.</html>",
    );
    let ran = scene.run(&["sync", "--verbose"]);
    assert_eq!(ran.code, 0, "the audio is there: {}", ran.stderr);
    assert!(ran.stderr.contains("not a transcript: the document is a web page"), "{}", ran.stderr);
    let outcomes = "SELECT r.role, d.outcome, r.next_attempt_at IS NULL FROM downloads d JOIN resources r ON r.id = d.resource_id ORDER BY 1";
    assert_eq!(scene.rows(outcomes), ["enclosure|stored|1", "transcript|rejected|0"]);
    assert_eq!(scene.audio().len(), 1);
    let left: Vec<_> = std::fs::read_dir(scene.path("archive/tmp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    host.take_log();
    scene.run(&["sync", "--force"]).assert_silent();
    assert_eq!(host.take_paths(), ["/feed.xml", "/t.srt"]);
}

#[test]
fn chapters_come_from_files_and_notes_side_by_side() {
    let more = "<podcast:chapters url=\"{host}/c.json\" type=\"application/json+chapters\"/>";
    let (host, scene) = host(&[1], more);
    serve(&host, "/c.json", br#"{"version":"1.2.0","chapters":[{"startTime":0,"title":"Start"},{"startTime":61.5,"title":"Tea","url":"https://example.org/tea"}]}"#);
    let timed = "<ul><li>00:00 Hello</li><li>01:01 Tea and cake</li></ul>";
    let feed = feed_of(&host, &[1], more);
    let notes = item(1, &host.url("")).notes;
    host.set_feed("/feed.xml", feed.replace(&notes, timed));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let rows =
        "SELECT source, position, start_seconds, title, url FROM chapter_list ORDER BY source, position";
    let from_file =
        ["podcast:chapters|1|0|Start|NULL", "podcast:chapters|2|61.5|Tea|https://example.org/tea"];
    let from_notes = ["notes|1|0|Hello|NULL", "notes|2|61|Tea and cake|NULL"];
    assert_eq!(scene.rows(rows), [from_notes, from_file].concat());
    // Notes that lose their times lose their chapters, and no others.
    host.set_feed("/feed.xml", feed);
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.rows(rows), from_file);
    assert_eq!(scene.run(&["reparse"]).code, 0);
    assert_eq!(scene.rows(rows), from_file);
}

#[test]
fn one_picture_of_many_episodes_is_asked_for_once() {
    let (host, scene) = host(&[1, 2, 3], "<itunes:image href=\"{host}/cover.png\"/>");
    serve(&host, "/cover.png", PNG);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(host.take_log().iter().filter(|request| request.path == "/cover.png").count(), 1);
    assert_eq!(
        scene.rows("SELECT count(*), count(DISTINCT file_id) FROM resources WHERE role = 'image'"),
        ["3|1"]
    );
    // A later episode of the same picture has it at once.
    host.set_audio("/audio/4.mp3", audio(4));
    host.set_feed("/feed.xml", feed_of(&host, &[4, 3, 2, 1], "<itunes:image href=\"{host}/cover.png\"/>"));
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(host.take_log().iter().filter(|request| request.path == "/cover.png").count(), 0);
    assert_eq!(scene.value("SELECT count(*) FROM resources WHERE role = 'image' AND file_id IS NULL"), "0");
    scene.assert_sound();
}

#[test]
fn a_dead_picture_is_a_remark_and_tried_again_with_patience() {
    let (host, scene) = host(&[1, 2], "<itunes:image href=\"{host}/gone.png\"/>");
    scene.run(&["sync"]).assert_no_failure();
    scene.run(&["sync"]).assert_silent();
    assert_eq!(host.take_log().iter().filter(|request| request.path == "/gone.png").count(), 1);
    assert_eq!(scene.rows("SELECT DISTINCT failed_attempts FROM resources WHERE role = 'image'"), ["1"]);
}

#[test]
fn audio_is_measured_and_held_against_the_feed() {
    let (_host, scene) = host(&[1], "<itunes:duration>1:00:00</itunes:duration>");
    let ran = scene.run(&["sync", "--verbose"]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.stderr.contains("duration_mismatch: the feed says 3600 seconds, the file plays 13"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        scene.rows("SELECT media_type, round(duration_seconds, 1), bitrate / 1000 FROM files"),
        ["audio/mpeg|12.5|127"]
    );
    assert_eq!(
        scene.rows("SELECT error FROM downloads"),
        ["duration_mismatch: the feed says 3600 seconds, the file plays 13"]
    );
}

#[test]
fn bytes_are_held_against_the_hash_that_the_feed_gives() {
    let right = base64::prelude::BASE64_STANDARD.encode(sha2::Sha384::digest(audio(1)));
    let alternate = |hash: &str| {
        format!(
            "<podcast:alternateEnclosure type=\"audio/mpeg\" default=\"true\"><podcast:source uri=\"{{host}}/audio/{{n}}.mp3\"/>\
             <podcast:integrity type=\"sri\" value=\"sha384-{hash}\"/></podcast:alternateEnclosure>"
        )
    };
    for (hash, remark) in
        [(right.as_str(), "NULL"), ("wrong", "integrity_mismatch: the feed says sha384-wrong")]
    {
        let (_host, scene) = host(&[1], &alternate(hash));
        assert_eq!(scene.run(&["sync"]).code, 0);
        let errors = scene.rows("SELECT error FROM downloads");
        assert!(errors.len() == 1 && errors[0].starts_with(remark), "{errors:?}");
        assert_eq!(scene.audio().len(), 1, "what there is to be had is kept");
    }
}

#[test]
fn other_forms_of_the_audio_are_captured_where_that_is_wanted() {
    let more = "<podcast:alternateEnclosure type=\"audio/mpeg\"><podcast:source uri=\"{host}/low/{n}.mp3\"/></podcast:alternateEnclosure>";
    let (host, scene) = host(&[1], more);
    host.set_audio("/low/1.mp3", audio(9));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.audio().len(), 1);
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("{config}\n[capture]\nalternates = true\n"));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let mut names: Vec<_> = scene.audio().into_keys().collect();
    names.sort();
    assert_eq!(
        names,
        ["audio/a-show/2026-01-01 #1 Episode 1 [alternate].mp3", "audio/a-show/2026-01-01 #1 Episode 1.mp3"]
    );
    scene.assert_sound();
}

#[test]
fn nothing_beside_the_audio_is_captured_where_that_is_not_wanted() {
    let more = "<podcast:transcript url=\"{host}/t.vtt\" type=\"text/vtt\"/><itunes:image href=\"{host}/cover.png\"/>\
                <podcast:chapters url=\"{host}/c.json\"/>";
    let (host, scene) = host(&[1], more);
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("{config}\n[capture]\ntranscripts = false\nchapters = false\nimages = false\n"));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/feed.xml"]);
    assert_eq!(scene.value("SELECT count(*) FROM resources"), "4", "they are recorded all the same");
}

#[test]
fn what_stands_in_captured_files_is_read_again_by_reparse() {
    let more = "<podcast:transcript url=\"{host}/t.vtt\" type=\"text/vtt\"/><podcast:chapters url=\"{host}/c.json\"/>";
    let (host, scene) = host(&[1], more);
    serve(&host, "/t.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.500\nKettle on.\n");
    serve(&host, "/c.json", br#"{"version":"1.2.0","chapters":[{"startTime":0,"title":"Start"}]}"#);
    assert_eq!(scene.run(&["sync"]).code, 0);
    let all = || {
        let cues = scene.rows("SELECT start_seconds, text FROM transcript_cues");
        let chapters = scene.rows("SELECT source, title FROM chapters");
        (cues, chapters, scene.rows("SELECT duration_seconds, bitrate FROM files ORDER BY path"))
    };
    let before = all();
    let damage = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    damage
        .execute_batch(
            "DELETE FROM transcript_cues; DELETE FROM chapters; UPDATE files SET duration_seconds = NULL",
        )
        .unwrap();
    drop(damage);
    host.take_log();
    let ran = scene.run(&["reparse"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.ends_with(", and 3 files\n"), "{}", ran.stdout);
    assert_eq!(host.take_paths(), Vec::<String>::new());
    assert_eq!(all(), before);
    scene.assert_sound();
}
