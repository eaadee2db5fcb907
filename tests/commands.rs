//! The small commands, as a user meets them: init, add, remove, status, parse, doctor, completions, and wrong usage.

mod support;

use std::fs;

use support::audio as sound;
use support::feed::{Item, audio, feed, feed_with, item};
use support::host::Host;
use support::scene::{Ran, Scene};

/// An empty folder, and a host with a show of two episodes.
fn scene() -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<_> = (1..=2).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=2 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let scene = Scene::configured("");
    fs::remove_file(scene.path("config.toml")).unwrap();
    (host, scene)
}

#[test]
fn the_archive_that_init_is_told_of_is_the_one_of_all_commands() {
    let (_host, scene) = scene();
    let place = scene.path("the nas");
    let ran = scene.run(&["init", "--archive", "the nas"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = fs::read_to_string(scene.path("config.toml")).unwrap();
    assert!(text.contains(&format!("\ndirectory = {:?}  #", place.display().to_string())), "{text}");
    assert!(text.contains("\ncreate = false "), "{text}");
    assert_eq!(scene.run(&["status"]).code, 0);
    assert!(place.join("archive.db").exists() && !scene.path("archive").exists());

    assert_eq!(scene.run(&["init", "--archive", "the nas"]).code, 0, "the same again");
    let ran = scene.run(&["init", "--archive", "elsewhere"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.contains("config.toml is there already, and its archive is ")
            && ran.stderr.contains("\nhint: write elsewhere into it as [archive] directory"),
        "{}",
        ran.stderr
    );
    assert!(!scene.path("elsewhere").exists());
}

#[test]
fn init_tells_what_the_environment_alone_says() {
    let (_host, scene) = scene();
    let mut init = scene.command(&["init"]);
    let ran = Ran::of(init.env("CASTKEEP_ARCHIVE_DIRECTORY", scene.path("x")).output().unwrap());
    let note = "config.toml does not say where the archive is: CASTKEEP_ARCHIVE_DIRECTORY does, and must be set for each command";
    assert!(ran.code == 0 && ran.stderr.contains(note), "{}", ran.stderr);
    assert!(fs::read_to_string(scene.path("config.toml")).unwrap().contains("\ncreate = true "));
}

#[test]
fn a_folder_that_is_named_after_init_is_made_by_init() {
    let (host, scene) = scene();
    assert_eq!(scene.run(&["init"]).code, 0);
    let text = fs::read_to_string(scene.path("config.toml")).unwrap();
    let text = text.replace("directory = \"archive\"", "directory = \"disk/podcasts\"");
    let text = text.replace("only_hosts = []", "only_hosts = [\"127.0.0.1\"]");
    fs::write(scene.path("config.toml"), &text).unwrap();
    let ran = scene.run(&["init"]);
    assert!(
        ran.code == 1 && ran.stderr.contains("hint: is the disk mounted? if it is a new place"),
        "{ran:?}"
    );
    fs::create_dir(scene.path("disk")).unwrap();
    let ran = scene.run(&["add", &host.url("/feed.xml")]);
    assert!(
        ran.code == 1 && ran.stderr.contains("begin a new archive there, run \"castkeep init\""),
        "{ran:?}"
    );
    assert_eq!(scene.run(&["init"]).code, 0);
    assert_eq!(scene.run(&["add", &host.url("/feed.xml")]).code, 0);

    // What follows shows has an archive somewhere: where it is gone, a disk may be.
    fs::remove_dir_all(scene.path("disk/podcasts")).unwrap();
    let ran = scene.run(&["init"]);
    assert!(
        ran.code == 1 && ran.stderr.contains("\"CASTKEEP_ARCHIVE_CREATE=true castkeep init\""),
        "{ran:?}"
    );
    assert!(!scene.path("disk/podcasts").exists());
}

#[test]
fn init_makes_the_folder_of_its_configuration() {
    let (_host, scene) = scene();
    let ran = scene.run(&["init", "--config", "home/.config/castkeep/config.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(scene.path("home/.config/castkeep/config.toml").exists());
    assert!(scene.path("home/.config/castkeep/archive/archive.db").exists());
}

#[test]
fn a_first_hour() {
    let (host, scene) = scene();
    let ran = scene.run(&["sync"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        "castkeep: there is no configuration file config.toml\n\
         hint: run \"castkeep init\" to make one here, or name one with --config\n"
    );

    let ran = scene.run(&["init"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(
        ran.stderr.starts_with("castkeep: wrote config.toml\ncastkeep: the archive is "),
        "{}",
        ran.stderr
    );
    assert_eq!(scene.value("PRAGMA user_version"), castkeep::archive::VERSION.to_string());
    let written = fs::read_to_string(scene.path("config.toml")).unwrap();
    assert!(written.contains("\n# [[shows]]\n") && !written.contains("\n[[shows]]\n"), "{written}");
    assert_eq!(scene.run(&["init"]).code, 0);
    assert_eq!(fs::read_to_string(scene.path("config.toml")).unwrap(), written, "init overwrites nothing");

    let ran = scene.run(&["status"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));

    fs::write(scene.path("config.toml"), written.replace("only_hosts = []", "only_hosts = [\"127.0.0.1\"]"))
        .unwrap();
    let ran = scene.run(&["add", &host.url("/feed.xml")]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            0,
            "castkeep: found A Show, which will be called a-show\n\
             castkeep: the feed lists 2 episodes, the newest of 2026-01-02, 400.3 kB of audio (as it says)\n"
        )
    );
    assert!(ran.stdout.starts_with("added a-show: 2 episodes\n"), "{}", ran.stdout);
    assert_eq!(host.take_paths(), ["/feed.xml"]);
    let text = fs::read_to_string(scene.path("config.toml")).unwrap();
    assert!(
        text.ends_with(&format!("\n[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n", host.url("/feed.xml"))),
        "{text}"
    );

    // The feed was asked for a moment ago: now only the audio is.
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/audio/2.mp3"]);

    let ran = scene.run(&["status"]);
    let line = ran.stdout.lines().nth(1).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[..8], ["a-show", "2", "2", "0", "0", "400.3", "kB", "2026-01-02"]);

    let ran = scene.run(&["remove", "a-show"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "a-show is no longer followed; what was archived of it stays\n");
    assert!(!fs::read_to_string(scene.path("config.toml")).unwrap().contains("\n[[shows]]\n"));
    assert_eq!(scene.run(&["verify"]).code, 0);
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "2");
    scene.assert_sound();
}

#[test]
fn audio_is_promised_only_where_there_is_some() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    let silent = Item { enclosure: None, ..item(1, &host.url("")) };
    host.set_feed("/silent.xml", feed("A Silent Show", &[silent]));
    let scene = Scene::new(&[]);
    let said = |path: &str| scene.run(&["add", &host.url(path)]).stdout;
    assert_eq!(
        said("/feed.xml"),
        "added a-show: 1 episode\nnext: castkeep sync a-show downloads their audio\n"
    );
    assert_eq!(said("/silent.xml"), "added a-silent-show: 1 episode\n");
}

#[test]
fn a_feed_that_can_not_be_read_is_not_added() {
    let (host, scene) = scene();
    scene.configure("[http]\nonly_hosts = [\"127.0.0.1\"]\n");
    host.set_feed("/page", "<!DOCTYPE html><html></html>");
    let ran = scene.run(&["add", &host.url("/page")]);
    assert_eq!(
        (ran.code, ran.stdout, ran.stderr),
        (
            2,
            String::new(),
            format!(
                "castkeep: {}: an HTML page that names no feed\nhint: look on it for a link called RSS, feed or subscribe, \
                 and add its address\n",
                host.url("/page")
            )
        )
    );
    assert_eq!(
        fs::read_to_string(scene.path("config.toml")).unwrap(),
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n"
    );
    assert_eq!(scene.value("SELECT count(*) FROM shows"), "0");
    let ran = scene.run(&["add", "ftp://example.org/feed"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("not by ftp"), "{}", ran.stderr);
}

#[test]
fn a_config_with_an_unknown_key_shows_line_caret_and_suggestion() {
    let scene = Scene::configured("[http]\nonly_host = [\"127.0.0.1\"]\n");
    let ran = scene.run(&["sync"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines[0], "castkeep: config.toml: at line 2, column 1");
    assert_eq!(lines[2..4], ["2 | only_host = ***", "  | ^^^^^^^^^"]);
    assert_eq!(lines[4], "unknown field `only_host`");
    assert_eq!(lines[5], "hint: did you mean \"only_hosts\"?");
    assert!(!scene.path("archive").exists());
}

#[test]
fn wrong_usage_is_exit_2_and_says_what_would_be_right() {
    let (host, scene) = scene();
    scene.configure(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    for (args, message) in [
        (
            vec!["sync", "b-show"],
            "there is no show \"b-show\" in the configuration\nhint: did you mean \"a-show\"?\n",
        ),
        (vec!["sync", "xyzzy"], "there is no show \"xyzzy\" in the configuration\nhint: there are: a-show\n"),
        (
            vec!["remove", "a-shwo"],
            "config.toml: there is no show \"a-shwo\"\nhint: did you mean \"a-show\"?\n",
        ),
        (vec!["sync", "--config", "elsewhere.toml"], "there is no configuration file elsewhere.toml\n"),
    ] {
        let ran = scene.run(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.starts_with(&format!("castkeep: {message}")), "{args:?}: {}", ran.stderr);
    }
    for args in [vec!["snyc"], vec!["backfill"], vec!["sql", "--format", "xml"]] {
        let ran = scene.run(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.starts_with("error: "), "{args:?}: {}", ran.stderr);
    }
    assert_eq!(scene.run(&["--help"]).code, 0);
    assert_eq!(scene.run(&["--version"]).stdout, concat!("castkeep ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// Sound with one chapter inside.
fn tagged() -> Vec<u8> {
    let chapter = sound::chap(4, "a", 0, 900, &sound::id3_frame(4, "TIT2", b"\x03Two"));
    [sound::id3(4, 0, &chapter), sound::mp3_frame(128).repeat(10)].concat()
}

#[test]
fn parse_reads_files_and_standard_input() {
    let (host, scene) = scene();
    let items = [item(1, &host.url(""))];
    fs::write(scene.path("feed.xml"), feed("A Show", &items)).unwrap();
    fs::write(scene.path("notes.html"), "<p>See <a href=\"/x\">this</a>.</p>").unwrap();
    let ran = scene.run(&["parse", "feed", "feed.xml"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let parsed: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(parsed["show"]["title"], "A Show");
    assert_eq!(parsed["episodes"][0]["guid"], "guid-1");
    assert_eq!(parsed["episodes"][0]["published_at"], "2026-01-01T08:00:00Z");
    assert_eq!(parsed["episodes"][0]["resources"][0]["role"], "enclosure");
    assert_eq!(parsed["warnings"], serde_json::json!([]));

    let ran = scene.run(&["parse", "notes", "notes.html", "--base", "https://example.org/a/"]);
    let notes: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(notes["links"][0]["url"], "https://example.org/x");
    assert_eq!(notes["segments"][0]["kind"], "intro");

    fs::write(scene.path("words.vtt"), "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Hi\n").unwrap();
    let ran = scene.run(&["parse", "transcript", "words.vtt"]);
    let words: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let cue = serde_json::json!({"start_seconds": 1.0, "end_seconds": 2.0, "speaker": "Anna", "text": "Hi"});
    assert_eq!(words, serde_json::json!({"format": "vtt", "cues": [cue], "warnings": []}));

    fs::write(scene.path("list.txt"), "00:00 One\n").unwrap();
    fs::write(scene.path("tagged.mp3"), tagged()).unwrap();
    for (file, source, title) in [("list.txt", "podcast:chapters", "One"), ("tagged.mp3", "id3", "Two")] {
        let ran = scene.run(&["parse", "chapters", file]);
        let read: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let chapter = serde_json::json!({
            "source": source, "position": 1, "start_seconds": 0.0, "end_seconds": read["chapters"][0]["end_seconds"],
            "title": title, "url": null, "image_url": null,
        });
        assert_eq!(read, serde_json::json!({"chapters": [chapter], "warnings": []}));
    }

    let ran = scene.run(&["parse", "transcript", "notes.html"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert_eq!(ran.stderr, "castkeep: parse transcript notes.html: the document is a web page\n");

    let ran = scene.run(&["parse", "feed", "notes.html"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("castkeep: parse feed notes.html: not a feed: "), "{}", ran.stderr);
}

#[test]
fn doctor_and_completions_have_their_say() {
    let (host, scene) = scene();
    scene.configure(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    scene.run(&["sync"]);
    let ran = scene.run(&["doctor"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.lines().all(|line| line.starts_with("ok  ")), "{}", ran.stdout);
    assert!(ran.stdout.contains("ok    database: whole\n"), "{}", ran.stdout);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = scene.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.stdout.contains("CASTKEEP_COMPLETE"), "{shell}");
    }
    let ran = scene.run(&["completions", "csh"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("[possible values: bash, elvish, fish, powershell, zsh]"), "{}", ran.stderr);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let (host, scene) = scene();
    scene.configure(&format!(
        "[archive]\ndirectory = \"one\"\n[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    let sync = |flags: &[&str], environment: &[(&str, &str)]| {
        let args = [&["sync", "--feeds-only"], flags].concat();
        scene.command(&args).envs(environment.iter().copied()).output().unwrap().status.code()
    };
    let two = ("CASTKEEP_ARCHIVE_DIRECTORY", "two");
    assert_eq!(sync(&[], &[]), Some(0));
    assert_eq!(sync(&[], &[two]), Some(0));
    assert_eq!(sync(&["--archive", "three"], &[two]), Some(0));
    for folder in ["one", "two", "three"] {
        assert!(scene.path(folder).join("archive.db").exists(), "{folder}");
    }
    assert_eq!(sync(&[], &[("CASTKEEP_HTTP_ONLY_HOST", "a.example")]), Some(2));
    fs::remove_file(scene.path("config.toml")).unwrap();
    let ran =
        scene.run(&["sql", "--archive", "three", "--format", "csv", "SELECT count(*) AS n FROM episodes"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "n\n2\n"), "an archive is enough to ask it");
}

#[test]
fn secrets_in_addresses_stay_out_of_what_is_said() {
    let (host, scene) = scene();
    let secret = host.url("/feed.xml?auth=hush-hush").replace("http://", "http://user:hush-hush@");
    scene.configure(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"private\"\nfeed = \"{secret}\"\n"
    ));
    let ran = scene.run(&["sync", "--verbose"]);
    assert_eq!(ran.code, 3, "the page with the secret in its query is not there");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hush-hush"), "{}", ran.stderr);
    assert_eq!(
        scene.value("SELECT count(*) FROM fetches WHERE url LIKE '%hush%' OR error LIKE '%hush%'"),
        "0"
    );
    assert_eq!(
        host.take_log()[0].headers.get("authorization").map(String::as_str),
        Some("Basic dXNlcjpodXNoLWh1c2g=")
    );
}

#[test]
fn a_show_that_is_in_the_archive_under_another_address_is_known_by_its_guid() {
    let host = Host::start();
    let guid =
        "<podcast:guid xmlns:podcast=\"https://podcastindex.org/namespace/1.0\">6f0a1f3e</podcast:guid>";
    for path in ["/a", "/b"] {
        host.set_feed(path, feed_with("A Show", guid, &[item(1, &host.url(""))]));
    }
    let scene = Scene::new(&[&host.url("/a")]);
    scene.run(&["sync", "--feeds-only"]);
    let ran = scene.run(&["add", &host.url("/b")]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stderr,
        "castkeep: found A Show, which will be called a-show-2\n\
         castkeep: the feed lists 1 episode, the newest of 2026-01-01, 200.2 kB of audio (as it says)\n\
         castkeep: its podcast:guid says that it is the show a-show under another address\n\
         hint: to go on with a-show, \"castkeep remove a-show-2\" and give a-show this feed in config.toml\n"
    );
}
