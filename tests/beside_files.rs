//! Files that castkeep writes beside the audio: what is in them, when they are written again, and whose they never overwrite.

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

use support::feed::{Item, audio, item};
use support::host::{Host, Page};
use support::say::say;
use support::scene::Scene;
use support::strace;

const CHANNEL: &str = "xmlns:podcast=\"https://podcastindex.org/namespace/1.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0123456789abcdef";
const VTT: &[u8] = b"WEBVTT\n\n00:01.000 --> 00:02.500\nKettle on.\n";

/// A show of three episodes with a cover; the first has a transcript.
fn feed_of(host: &Host, notes: &str) -> String {
    let items: String = (1..=3)
        .map(|n| {
            let Item { title, guid, date, enclosure, length, .. } = item(n, &host.url(""));
            let (guid, enclosure) = (guid.unwrap(), enclosure.unwrap());
            let transcript = match n {
                1 => format!("<podcast:transcript url=\"{}\" type=\"text/vtt\" language=\"en\"/>", host.url("/t.vtt")),
                _ => String::new(),
            };
            format!(
                "<item><title>{title}</title><guid>{guid}</guid><pubDate>{date}</pubDate>\
                 <enclosure url=\"{enclosure}\" length=\"{length}\" type=\"audio/mpeg\"/>{transcript}\
                 <description><![CDATA[<p>{notes} {n}: <a href=\"https://example.org/{n}\">a page</a></p><script>evil()</script>]]></description></item>\n"
            )
        })
        .collect();
    let cover = host.url("/cover.png");
    format!(
        "<rss version=\"2.0\" {CHANNEL}><channel><title>A Show</title><itunes:image href=\"{cover}\"/>{items}</channel></rss>"
    )
}

fn host() -> Host {
    let host = Host::start();
    for n in 1..=3 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    for (path, bytes) in [("/cover.png", PNG), ("/t.vtt", VTT)] {
        host.set(
            path,
            Page::Body { bytes: bytes.to_vec(), media_type: "application/octet-stream".to_owned() },
        );
    }
    host.set_feed("/feed.xml", feed_of(&host, "Notes of"));
    host
}

const ALL: &str = "[naming]\nbeside = [\"json\", \"html\", \"cover\", \"transcript\"]\n";

fn config(host: &Host, naming: &str) -> String {
    format!(
        "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\n{naming}[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    )
}

fn scene(host: &Host, naming: &str) -> Scene {
    Scene::configured(&config(host, naming))
}

fn synced(naming: &str) -> (Host, Scene) {
    let host = host();
    let scene = scene(&host, naming);
    scene.run(&["sync"]).assert_no_failure();
    (host, scene)
}

fn at(scene: &Scene, name: &str) -> PathBuf {
    scene.path("archive/audio/a-show").join(name)
}

fn read(scene: &Scene, name: &str) -> String {
    fs::read_to_string(at(scene, name)).unwrap()
}

fn names(scene: &Scene) -> Vec<String> {
    scene
        .audio()
        .into_keys()
        .map(|path| path.replace("audio/a-show/2026-01-", "").replace("audio/a-show/", ""))
        .collect()
}

/// When each file was last written, by inode and time.
fn stamps(scene: &Scene) -> Vec<(String, u64, i64)> {
    let stamp = |path: String| {
        let found = fs::metadata(scene.path("archive").join(&path)).unwrap();
        (path, found.ino(), found.ctime_nsec())
    };
    scene.audio().into_keys().map(stamp).collect()
}

#[track_caller]
fn assert_whole(scene: &Scene) {
    scene.assert_sound();
    let ran = scene.run(&["verify"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.ends_with(": whole\n") && ran.stdout.lines().count() == 1, "{}", ran.stdout);
}

#[test]
fn what_is_known_lies_beside_the_audio() {
    let (_host, scene) = synced(ALL);
    assert_eq!(
        names(&scene),
        [
            "01 #1 Episode 1 [en].vtt",
            "01 #1 Episode 1.html",
            "01 #1 Episode 1.json",
            "01 #1 Episode 1.mp3",
            "01 #1 Episode 1.png",
            "01 #1 Episode 1.vtt",
            "02 #2 Episode 2.html",
            "02 #2 Episode 2.json",
            "02 #2 Episode 2.mp3",
            "02 #2 Episode 2.png",
            "03 #3 Episode 3.html",
            "03 #3 Episode 3.json",
            "03 #3 Episode 3.mp3",
            "03 #3 Episode 3.png",
            "cover.png",
        ]
    );
    let json: serde_json::Value =
        serde_json::from_str(&read(&scene, "2026-01-01 #1 Episode 1.json")).unwrap();
    assert_eq!(json["episode"]["title"], "#1 Episode 1");
    assert_eq!(json["show"]["slug"], "a-show");
    assert_eq!(json["segments"][0]["position"], 1);
    assert_eq!(json["links"][0]["url"], "https://example.org/1");
    let paths: Vec<&str> =
        json["resources"].as_array().unwrap().iter().filter_map(|r| r["path"].as_str()).collect();
    assert_eq!(
        paths,
        ["audio/a-show/2026-01-01 #1 Episode 1.mp3", "audio/a-show/2026-01-01 #1 Episode 1 [en].vtt"]
    );
    assert_eq!(
        json["resources"][0]["sha256"],
        scene.audio()["audio/a-show/2026-01-01 #1 Episode 1.mp3"].as_str()
    );
    let page = read(&scene, "2026-01-01 #1 Episode 1.html");
    assert!(
        page.contains("Notes of 1: a page") && page.contains("<a href=\"https://example.org/1\""),
        "{page}"
    );
    assert!(page.contains("<img src=\"cover.png\"") && !page.contains("<script"), "{page}");
    let [of_show, of_episode] = ["cover.png", "2026-01-01 #1 Episode 1.png"]
        .map(|name| fs::metadata(at(&scene, name)).unwrap().ino());
    assert_eq!(of_show, of_episode, "one file, two names");
    assert_eq!(
        fs::metadata(at(&scene, "2026-01-01 #1 Episode 1.json")).unwrap().permissions().mode() & 0o777,
        0o444
    );
    assert_whole(&scene);
}

#[test]
fn nothing_is_written_again_until_something_changes() {
    let (host, scene) = synced(ALL);
    let before = stamps(&scene);
    scene.run(&["sync", "--force"]).assert_no_failure();
    scene.run(&["reparse"]).assert_no_failure();
    assert_eq!(stamps(&scene), before);

    host.set_feed("/feed.xml", feed_of(&host, "Corrected notes of"));
    scene.run(&["sync", "--force"]).assert_no_failure();
    let changed: Vec<String> =
        stamps(&scene).into_iter().filter(|stamp| !before.contains(stamp)).map(|stamp| stamp.0).collect();
    assert_eq!(changed.len(), 6, "{changed:?}");
    assert!(read(&scene, "2026-01-03 #3 Episode 3.html").contains("Corrected notes of 3"));
    assert_whole(&scene);

    // What is lost or changed is told and is no damage; what is lost is written again.
    fs::remove_file(at(&scene, "2026-01-01 #1 Episode 1.json")).unwrap();
    fs::remove_file(at(&scene, "2026-01-02 #2 Episode 2.html")).unwrap();
    fs::write(at(&scene, "2026-01-02 #2 Episode 2.html"), "spoilt").unwrap();
    let ran = scene.run(&["verify"]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.stdout.starts_with(
            "beside\taudio/a-show/2026-01-01 #1 Episode 1.json\n\
             beside\taudio/a-show/2026-01-02 #2 Episode 2.html\t6 bytes instead of "
        ),
        "{}",
        ran.stdout
    );
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(read(&scene, "2026-01-02 #2 Episode 2.html"), "spoilt");
    fs::remove_file(at(&scene, "2026-01-02 #2 Episode 2.html")).unwrap();
    scene.run(&["verify"]);
    scene.run(&["sync"]).assert_no_failure();
    assert!(read(&scene, "2026-01-02 #2 Episode 2.html").contains("Corrected notes of 2"));
    assert_whole(&scene);
    assert_eq!(names(&scene).len(), 15);
}

/// A user may write into a page of castkeep's, or put one of their own in its place.
#[test]
fn what_a_user_wrote_in_place_of_castkeeps_own_stays() {
    let (host, scene) = synced(ALL);
    let page = at(&scene, "2026-01-02 #2 Episode 2.html");
    let size = fs::metadata(&page).unwrap().len() as usize;
    for theirs in ["my own notes".to_owned(), "x".repeat(size)] {
        fs::remove_file(&page).unwrap();
        fs::write(&page, &theirs).unwrap();
        host.set_feed("/feed.xml", feed_of(&host, &format!("Corrected, {} letters:", theirs.len())));
        let name = "audio/a-show/2026-01-02 #2 Episode 2.html";
        let said =
            format!("castkeep: warning: a-show: write {name}: a file that castkeep did not write is there\n");
        let ran = scene.run(&["sync", "--force", "--verbose"]);
        assert!(ran.code == 0 && ran.stderr.contains(&said), "{}", ran.stderr);
        let again = scene.run(&["sync", "--force", "--verbose"]);
        assert!(!again.stderr.contains("did not write"), "{}", again.stderr);
        let verified = scene.run(&["verify"]);
        assert_eq!(verified.code, 0);
        assert!(verified.stdout.starts_with(&format!("beside\t{name}\t")), "{}", verified.stdout);
        assert_eq!(fs::read_to_string(&page).unwrap(), theirs);
        // The others are up to date.
        assert!(read(&scene, "2026-01-01 #1 Episode 1.html").contains("Corrected, "));
    }
}

#[test]
fn an_option_that_comes_later_is_made_up_for_and_one_that_goes_removes_nothing() {
    let (host, scene) = synced("");
    assert_eq!(names(&scene).len(), 5);
    scene.configure(&(config(&host, "") + "beside = [\"json\"]\n"));
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(names(&scene).len(), 8);
    scene.configure(&config(&host, "[naming]\nbeside = [\"html\"]\n"));
    scene.run(&["sync"]).assert_no_failure();
    scene.configure(&config(&host, ""));
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(names(&scene).len(), 11);
    assert_whole(&scene);
}

#[test]
fn a_strangers_file_stays() {
    let (host, scene) = synced("");
    let (theirs, page) =
        (at(&scene, "2026-01-01 #1 Episode 1.json"), at(&scene, "2026-01-01 #1 Episode 1.html"));
    fs::write(&theirs, "mine").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &page).unwrap();
    scene.configure(&config(&host, ALL));
    let ran = scene.run(&["sync", "--verbose"]);
    assert_eq!(ran.code, 0);
    let name = "audio/a-show/2026-01-01 #1 Episode 1.json";
    let said =
        format!("castkeep: warning: a-show: write {name}: a file that castkeep did not write is there\n");
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "mine");
    assert!(fs::symlink_metadata(&page).unwrap().is_symlink());
    let verified = scene.run(&["verify"]);
    assert_eq!(verified.code, 5);
    assert!(
        verified
            .stdout
            .starts_with(&format!("stray\taudio/a-show/2026-01-01 #1 Episode 1.html\nstray\t{name}\n")),
        "{}",
        verified.stdout
    );
}

#[test]
fn a_rename_takes_them_along_and_back() {
    let (_host, scene) = synced(ALL);
    let before = names(&scene);
    let ran = scene.run(&["rename", "--to", "{year}/{guid}/{title|slug}"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "5 files renamed, and 10 beside the audio\n"),
        "{}",
        ran.stderr
    );
    let moved: Vec<String> = names(&scene).into_iter().filter(|name| name.contains("guid-1/")).collect();
    assert_eq!(
        moved,
        [
            "1-episode-1 [en].vtt",
            "1-episode-1.html",
            "1-episode-1.json",
            "1-episode-1.mp3",
            "1-episode-1.png",
            "1-episode-1.vtt"
        ]
        .map(|name| format!("audio/2026/guid-1/{name}"))
    );
    let json = fs::read_to_string(scene.path("archive/audio/2026/guid-1/1-episode-1.json")).unwrap();
    assert!(json.contains("\"path\": \"audio/2026/guid-1/1-episode-1.mp3\""), "{json}");
    assert_whole(&scene);
    assert_eq!(scene.run(&["rename"]).code, 0);
    assert_eq!(names(&scene), before);
    assert_whole(&scene);
}

#[test]
fn a_bag_has_them() {
    let (_host, scene) = synced(ALL);
    let ran = scene.run(&["export", "bagit", "bag"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let manifest = fs::read_to_string(scene.path("bag/manifest-sha256.txt")).unwrap();
    assert_eq!(manifest.lines().count(), 16, "{manifest}");
    assert!(manifest.contains("  data/audio/a-show/2026-01-01 #1 Episode 1.json\n"), "{manifest}");
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--quiet", "manifest-sha256.txt"])
        .current_dir(scene.path("bag"))
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let ran = scene.run(&["--archive", "bag/data", "verify"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 1), "{}", ran.stdout);
}

#[test]
fn two_episodes_with_one_audio_have_one_set() {
    let host = host();
    host.set_audio("/audio/2.mp3", audio(1));
    let scene = scene(&host, ALL);
    scene.run(&["sync"]).assert_no_failure();
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(scene.value("SELECT count(*) FROM sidecar_files WHERE kind = 'json'"), "2");
    assert_whole(&scene);
}

#[test]
fn kill_9_at_any_system_call_and_the_next_run_finishes_it() {
    if !strace::is_there() {
        return;
    }
    let sample = strace::strikes(4);
    let (host, earlier) = synced("");
    let watched = |scene: &Scene| {
        let root = scene.path("archive");
        ["archive.db", "archive.db-wal", "audio/a-show", "tmp", "tmp/0.part"]
            .map(|below| root.join(below))
            .into_iter()
    };
    let begin = || {
        let target = scene(&host, ALL);
        target.copy_archive(&earlier);
        target
    };
    let undisturbed = begin();
    let turns = strace::run_on(&undisturbed, &["sync"], watched(&undisturbed), None).turns();
    let mut hits = 0;
    for (call, most) in turns {
        let count = sample.min(most);
        for turn in (0..count).map(|n| 1 + n * most / count) {
            let target = begin();
            let expression = format!("{call}:signal=SIGKILL:when={turn}");
            let struck = strace::run_on(&target, &["sync"], watched(&target), Some(&expression));
            hits += usize::from(struck.output.status.code() != Some(0));
            target.assert_sound();
            // Looked at first, every other time.
            if turn % 2 == 0 {
                assert_whole(&target);
            }
            let ran = target.run(&["sync"]);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{expression}");
            assert_eq!(names(&target), names(&undisturbed), "{expression}");
            assert_eq!(fs::read_dir(target.path("archive/tmp")).unwrap().count(), 0, "{expression}");
            assert_whole(&target);
        }
    }
    say!("{hits} blows hit");
    assert!(hits > 10);
}

/// The picture of one episode is called as the cover of another would be, but for capitals: one file, on some disks.
#[test]
fn a_name_that_is_anothers_elsewhere_is_not_taken() {
    let host = host();
    let picture = Page::Body {
        bytes: b"\x89PNG\r\n\x1a\nfedcba9876543210".to_vec(),
        media_type: "image/png".to_owned(),
    };
    host.set("/2.png", picture);
    let (audio, cover, image) = (host.url("/audio/1.mp3"), host.url("/cover.png"), host.url("/2.png"));
    let gone = host.url("/gone.mp3");
    let date = "<pubDate>2026-01-01T00:00:00Z</pubDate>";
    host.set_feed(
        "/feed.xml",
        format!(
            "<rss version=\"2.0\" {CHANNEL}><channel><title>A Show</title><itunes:image href=\"{cover}\"/>\
             <item><title>Tea</title><guid>1</guid>{date}<enclosure url=\"{audio}\" length=\"1\" type=\"audio/mpeg\"/></item>\
             <item><title>TEA</title><guid>2</guid>{date}<enclosure url=\"{gone}\" length=\"1\" type=\"audio/mpeg\"/><itunes:image href=\"{image}\"/></item></channel></rss>"
        ),
    );
    let scene = scene(&host, "[naming]\nbeside = [\"cover\", \"json\"]\ntemplate = \"{show}/{title}\"\n");
    assert_eq!(scene.run(&["sync"]).code, 3);
    assert_eq!(names(&scene), ["TEA.png", "Tea.json", "Tea.mp3", "cover.png"]);
    assert_eq!(scene.run(&["verify"]).code, 0);
}
