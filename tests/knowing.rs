//! How somebody who was not there learns how it went: reports, signs of life, metrics, what `status` says of what fails.

mod support;

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use support::clock;
use support::feed::{audio, feed, item};
use support::host::{Host, Page};
use support::mounts::unshared;
use support::scene::{Ran, Scene};

fn host() -> Host {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    host.set_audio("/audio/1.mp3", audio(1));
    host
}

/// A configuration that follows the host's feed, with a `[notify]` of these lines.
fn scene(host: &Host, notify: &str) -> Scene {
    Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[notify]\n{notify}\n[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ))
}

fn json(scene: &Scene, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(scene.path(name)).unwrap()).unwrap()
}

#[test]
fn a_report_in_a_file_is_whole_and_says_what_the_run_said() {
    let host = host();
    let scene = scene(&host, "");
    scene.run(&["sync", "--report", "night.json"]).assert_silent();
    let report = json(&scene, "night.json");
    assert_eq!((report["command"].as_str(), report["outcome"].as_str()), (Some("sync"), Some("ok")));
    assert_eq!(report["shows"][0]["new_episodes"], serde_json::json!(["#1 Episode 1"]));

    host.set("/feed.xml", Page::Status(404));
    let ran = scene.run(&["sync", "--force", "--report", "night.txt"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    let line = format!("a-show: fetch {}: status 404\n", host.url("/feed.xml"));
    let text = fs::read_to_string(scene.path("night.txt")).unwrap();
    assert!(text.starts_with(&format!("sync: partial\n{line}hint: 404: ")), "{text}");

    let ran = scene.run(&["sync", "--force", "--report", "night.json"]);
    assert_eq!(ran.code, 3);
    let failure = json(&scene, "night.json")["failures"][0].clone();
    assert_eq!((failure["show"].as_str(), failure["times"].as_u64()), (Some("a-show"), Some(2)));
    assert_eq!(
        (failure["url"].as_str(), failure["told"].as_bool()),
        (Some(&*host.url("/feed.xml")), Some(true))
    );
    assert_eq!(failure["message"].as_str(), line.trim_end().strip_prefix("a-show: "));
    for name in ["since", "last_good", "next_try", "hint"] {
        assert!(failure[name].is_string(), "{name}: {failure}");
    }
    let left: Vec<_> =
        fs::read_dir(scene.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".castkeep")), "{left:?}");

    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    let ran = scene.run(&["backfill", "a-show", "--report", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((report["command"].as_str(), ran.code), (Some("backfill"), 0));
    assert_eq!(report["completeness"][0]["show"], "a-show");
}

#[test]
fn a_report_that_can_not_be_written_is_a_failure_before_or_after_the_run() {
    let host = host();
    let scene = scene(&host, "");
    for place in ["none/night.json", "."] {
        let ran = scene.run(&["sync", "--report", place]);
        assert_eq!((ran.code, ran.stderr.lines().count()), (2, 2), "{}", ran.stderr);
        assert_eq!(host.take_log(), [], "nothing is done that can't be reported");
    }
    let ran = scene.run(&["sync", "--report", "/dev/full"]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stderr, "castkeep: --report /dev/full: No space left on device (os error 28)\n");
    assert_eq!(scene.value("SELECT count(*) FROM files"), "1", "what was done is done");

    // A full disk leaves the report of before.
    fs::create_dir(scene.path("small")).unwrap();
    let said = unshared(
        &scene,
        "mount -t tmpfs -o size=16k tmpfs small && echo sync: ok > small/night.txt && \
         { cat /dev/zero > small/fill 2>/dev/null; \"$CASTKEEP\" sync --report small/night.txt; echo $?; cat small/night.txt; ls -A small; }",
    );
    let Some(said) = said else { return };
    assert_eq!(said.stdout, "1\nsync: ok\nfill\nnight.txt\n", "{}", said.stderr);
    assert!(said.stderr.contains("--report small/night.txt: No space left"), "{}", said.stderr);
}

#[test]
fn a_full_disk_is_told_once_a_day_and_feeds_are_recorded_all_the_same() {
    let host = host();
    let scene = scene(&host, "");
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("[archive]\nmin_free_mb = 1000000000\n{config}"));
    let stopped = "castkeep: downloads stopped: disk full: ";
    let ran = scene.run(&["sync"]);
    let said: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!((ran.code, said.len()), (1, 2), "{}", ran.stderr);
    assert!(said[0].starts_with(stopped) && said[1].starts_with("hint: free some space"), "{}", ran.stderr);
    assert!(ran.stdout.contains("a-show"), "what was recorded is told: {}", ran.stdout);
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "1");
    let ran = scene.run(&["--quiet", "sync"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", ""), "an hour later");
    let ran = scene.run(&["sync", "--force", "--report", "json"]);
    assert!(ran.stderr.starts_with(stopped) && ran.stderr.contains(", 3 times)"), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (report["outcome"].as_str(), report["failures"][0]["show"].as_str()),
        (Some("failed"), Some(""))
    );
    let runs = "SELECT outcome || ' | ' || substr(error, 1, 28) FROM runs";
    assert_eq!(scene.rows(runs), ["failed | downloads stopped: disk full"; 3]);

    scene.meddle("UPDATE runs SET started_at = replace(started_at, '2', '1')");
    let ran = scene.run(&["sync"]);
    assert!(ran.stderr.contains("(failing since 1"), "the next day: {}", ran.stderr);
    scene.configure(&config);
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(scene.value("SELECT count(*) FROM files"), "1");
    assert_eq!(scene.value("SELECT error IS NULL FROM runs ORDER BY id DESC LIMIT 1"), "1");
}

#[test]
fn where_nothing_is_new_the_exit_code_may_say_so() {
    let host = host();
    let scene = scene(&host, "");
    let none = ["sync", "--exit-code-if-none", "42"];
    assert_eq!(scene.run(&none).code, 0);
    let ran = scene.run(&none);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (42, "", ""));
    host.set("/feed.xml", Page::Status(404));
    assert_eq!(scene.run(&["sync", "--force", "--exit-code-if-none", "42"]).code, 3);
    for wrong in ["3", "126", "x"] {
        assert_eq!(scene.run(&["sync", "--exit-code-if-none", wrong]).code, 2);
    }
}

#[test]
fn a_sign_of_life_goes_where_it_should_and_its_address_nowhere_else() {
    let (host, monitor) = (host(), Host::start());
    monitor.set("/ping/hUsH7", Page::Status(200));
    monitor.set("/ping/hUsH7/fail", Page::Status(200));
    let (well, badly) = (monitor.url("/ping/hUsH7"), monitor.url("/ping/hUsH7/fail"));
    let scene = scene(&host, &format!("on_success = \"{well}\"\non_failure = \"{badly}\""));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(monitor.take_paths(), ["/ping/hUsH7"]);
    scene.run(&["sync"]).assert_silent();
    assert_eq!(monitor.take_paths(), ["/ping/hUsH7"], "a night without news is a sign of life, too");
    host.set("/feed.xml", Page::Status(404));
    assert_eq!(scene.run(&["sync", "--force"]).code, 3);
    assert_eq!(monitor.take_paths(), ["/ping/hUsH7/fail"]);
    assert_eq!(scene.run(&["sync", "no-such-show"]).code, 2);
    assert_eq!(monitor.take_paths(), ["/ping/hUsH7/fail"]);

    // Another run is at work: that one will tell.
    let lock = fs::OpenOptions::new().write(true).open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(scene.run(&["sync"]).code, 4);
    assert_eq!(monitor.take_log(), []);
    lock.unlock().unwrap();

    // A monitor that does not answer is told of, and changes nothing.
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    monitor.set("/ping/hUsH7", Page::Status(404));
    for flags in [&[][..], &["--verbose"], &["--log-format", "json", "--verbose"]] {
        let ran = scene.run(&[&["sync", "--force"][..], flags].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("[notify] on_success: 127.0.0.1 could not be told: status 404"),
            "{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("hUsH7"), "{}", ran.stderr);
    }
    monitor.take_log();
    scene.configure(
        &fs::read_to_string(scene.path("config.toml"))
            .unwrap()
            .replace("\"127.0.0.1\"]", &format!("\"127.0.0.1:{}\"]", host.port())),
    );
    let ran = scene.run(&["sync", "--force"]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stderr,
        "castkeep: [notify] on_success: 127.0.0.1 could not be told: refused by only_hosts\n"
    );
    assert_eq!(monitor.take_log(), []);
}

#[test]
fn an_address_of_notify_that_is_none_is_told_of_by_line_and_key_and_not_shown() {
    let scene = scene(&host(), "");
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    let one = "not an address: one begins with https://";
    for (wrong, said) in [
        ("on_success = \"hc.example/ping/hUsH7\"", format!("config.toml: at line 4: [notify] on_success: {one}\n")),
        ("\non_failure = \"hc.example/ping/hUsH7\"", format!("config.toml: at line 5: [notify] on_failure: {one}\n")),
        (
            "on_success = \"ftp://hc.example/ping/hUsH7\"",
            "config.toml: at line 4: [notify] on_success: it is asked for by http or https\n".to_owned(),
        ),
        (
            "on_success = https://hc.example/ping/hUsH7",
            "config.toml: at line 4, column 14\n  |\n4 | on_success = ***\na text stands in quotes: \"...\"\n".to_owned(),
        ),
        (
            "on_sucess = \"https://hc.example/ping/hUsH7\"",
            "config.toml: at line 4, column 1\n  |\n4 | on_sucess = ***\n  | ^^^^^^^^^\nunknown field `on_sucess`\nhint: did you mean \"on_success\"?\n".to_owned(),
        ),
    ] {
        scene.configure(&config.replace("[notify]", &format!("[notify]\n{wrong}")));
        let ran = scene.run(&["sync"]);
        assert_eq!((ran.code, ran.stderr), (2, format!("castkeep: {said}")));
    }
    scene.configure(&config);
    let mut command = scene.command(&["sync"]);
    let ran = Ran::of(command.env("CASTKEEP_NOTIFY_ON_FAILURE", "hc.example/ping/hUsH7").output().unwrap());
    assert_eq!((ran.code, ran.stderr), (2, format!("castkeep: CASTKEEP_NOTIFY_ON_FAILURE: {one}\n")));
}

/// The samples of a file of metrics, each of a name that was described before.
fn samples(text: &str) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    let mut described = String::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            described = rest.split(' ').next().unwrap().to_owned();
            assert!(
                !found.keys().any(|name: &String| name.split('{').next() == Some(&described)),
                "{described} twice"
            );
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{described} gauge"));
        } else {
            let (name, number) = line.rsplit_once(' ').unwrap();
            assert_eq!(name.split('{').next(), Some(&*described));
            assert!(found.insert(name.to_owned(), number.parse().unwrap()).is_none(), "{name} twice");
        }
    }
    found
}

#[test]
fn prometheus_finds_how_it_stands() {
    if !clock::is_there() {
        return;
    }
    let host = host();
    let scene = scene(&host, "metrics = \"castkeep.prom\"");
    let sync = |at: &str| {
        let code = clock::run(&scene, at, &["sync"]).code;
        (code, samples(&fs::read_to_string(scene.path("castkeep.prom")).unwrap()))
    };
    let (code, first) = sync("2026-06-01T00:00:00Z");
    let began = 1_780_272_000;
    assert_eq!(code, 0);
    for (name, number) in [
        ("castkeep_shows", 1),
        ("castkeep_episodes", 1),
        ("castkeep_missing", 0),
        ("castkeep_bytes", 200_160),
        ("castkeep_failures", 0),
        ("castkeep_show_episodes{show=\"a-show\"}", 1),
        ("castkeep_show_failures{show=\"a-show\"}", 0),
    ] {
        assert_eq!(first[name], number, "{name}");
    }
    let is_near = |number: i64, at: i64| (at..at + 60).contains(&number);
    assert!(is_near(first["castkeep_last_success_timestamp_seconds"], began));
    host.set("/feed.xml", Page::Status(404));
    let (code, second) = sync("2026-06-01T01:00:00Z");
    assert_eq!((code, second["castkeep_failures"]), (3, 1));
    assert!(is_near(second["castkeep_last_run_timestamp_seconds"], began + 3600));
    assert!(is_near(second["castkeep_last_success_timestamp_seconds"], began), "of before");
    assert!(is_near(second["castkeep_show_last_success_timestamp_seconds{show=\"a-show\"}"], began));
    assert_eq!(second["castkeep_show_failures{show=\"a-show\"}"], 1);

    scene.configure(
        &fs::read_to_string(scene.path("config.toml"))
            .unwrap()
            .replace("castkeep.prom", "none/castkeep.prom"),
    );
    let ran = clock::run(&scene, "2026-06-01T01:10:00Z", &["sync"]);
    assert_eq!((ran.code, ran.stderr.lines().count()), (0, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("none/castkeep.prom: No such file or directory"), "{}", ran.stderr);
}

#[test]
fn status_tells_in_a_screen_whether_all_is_well() {
    if !clock::is_there() {
        return;
    }
    let host = host();
    let scene = scene(&host, "");
    let run = |at: &str, args: &[&str]| clock::run(&scene, at, args);
    run("2026-06-01T00:00:00Z", &["sync"]);
    let well = run("2026-06-01T00:00:00Z", &["status"]);
    assert!(well.stdout.ends_with("\n\nall is well\n"), "{}", well.stdout);
    well.assert_no_failure();

    host.set("/feed.xml", Page::Status(404));
    run("2026-06-01T01:00:00Z", &["sync"]);
    run("2026-06-01T02:00:00Z", &["sync"]);
    let badly = run("2026-06-01T03:00:00Z", &["status"]);
    assert_eq!(badly.code, 0);
    assert!(badly.stdout.ends_with("\n\n1 show can't be asked at present (a-show)\n"), "{}", badly.stdout);
    let story = "castkeep: a-show: the last request on 2026-06-01 02:00 UTC failed: status 404 (failing since 2026-06-01 01:00 UTC, \
                 2 times; it last worked on 2026-06-01 00:00 UTC); it is tried again on 2026-06-01 0";
    assert!(badly.stderr.starts_with(story) && badly.stderr.contains("\nhint: 404: "), "{}", badly.stderr);
    let told: Value =
        serde_json::from_str(&run("2026-06-01T03:00:00Z", &["status", "--json"]).stdout).unwrap();
    assert_eq!(told[0]["error_count"], 2);
    assert!(told[0]["failing_since"].as_str().unwrap().starts_with("2026-06-01T01:00:0"), "{told}");
    assert!(told[0]["hint"].as_str().unwrap().starts_with("404: "), "{told}");
}

#[test]
fn a_line_of_the_log_has_its_fields() {
    let host = host();
    host.set("/feed.xml", Page::Status(404));
    let scene = scene(&host, "");
    let ran = scene.run(&["sync", "--log-format", "json"]);
    let lines: Vec<Value> = ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "once a failure: {}", ran.stderr);
    let url = host.url("/feed.xml");
    assert_eq!(lines[0]["time"].as_str().map(str::len), Some(20));
    for (field, value) in [
        ("level", "error"),
        ("show", "a-show"),
        ("url", &url),
        ("message", &format!("fetch {url}: status 404")),
    ] {
        assert_eq!(lines[0][field], value);
    }
}

#[test]
fn a_report_costs_no_file_that_somebody_needs() {
    let host = host();
    let scene = scene(&host, "");
    scene.run(&["sync"]).assert_no_failure();
    fs::write(scene.path("thesis.json"), "{\n  \"chapters\": []\n}\n").unwrap();
    std::os::unix::fs::symlink("archive/archive.db", scene.path("link.json")).unwrap();
    std::os::unix::fs::symlink("archive", scene.path("alias")).unwrap();
    let audio = scene.audio().keys().next().unwrap().clone();
    let configuration = fs::read_to_string(scene.path("config.toml")).unwrap();
    let all = || {
        let names = ["config.toml", "thesis.json", "archive/archive.db", "archive/lock"];
        names.map(|name| fs::read(scene.path(name)).unwrap())
    };
    let (before, files) = (all(), scene.audio());
    host.take_log();
    for place in [
        "config.toml",
        "archive/archive.db",
        "archive/archive.db-wal",
        "archive/lock",
        "archive/../archive/audio/new.json",
        "alias/archive.db",
        "alias/audio/new.txt",
        "link.json",
        "thesis.json",
        &format!("archive/{audio}"),
    ] {
        let ran = scene.run(&["sync", "--force", "--report", place]);
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr.lines().count()),
            (2, "", 2),
            "{place}: {}",
            ran.stderr
        );
        assert!(ran.stderr.starts_with("castkeep: --report: "), "{}", ran.stderr);
        scene.configure(&configuration.replace("[notify]", &format!("[notify]\nmetrics = \"{place}\"")));
        let ran = scene.run(&["sync", "--force"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{place}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("castkeep: [notify] metrics: "), "{}", ran.stderr);
        scene.configure(&configuration);
        assert_eq!((all() == before, scene.audio() == files), (true, true), "{place}");
    }
    assert_eq!(host.take_log(), [], "nobody was asked");
    // A report of before is replaced, in whatever form it was.
    for place in ["night.json", "night.txt", "night.txt"] {
        scene.run(&["sync", "--force", "--report", place]).assert_silent();
    }
    fs::rename(scene.path("night.txt"), scene.path("night.json")).unwrap();
    scene.run(&["sync", "--force", "--report", "night.json"]).assert_silent();
    assert_eq!(json(&scene, "night.json")["outcome"], "ok");
}

#[test]
fn a_pipe_that_nobody_reads_holds_no_run_up() {
    let host = host();
    let scene = scene(&host, "metrics = \"pipe\"");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, scene.path("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let ran = scene.run(&["sync", "--report", "pipe"]);
    assert_eq!(ran.code, 1);
    let said: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(said.len(), 2, "{}", ran.stderr);
    assert_eq!(said[0], "castkeep: --report pipe: nobody reads from it");
    assert!(said[1].starts_with("castkeep: [notify] metrics ") && said[1].ends_with("nobody reads from it"));
    assert_eq!(scene.value("SELECT count(*) FROM files"), "1", "what was done is done");
}

#[test]
fn of_an_archive_that_is_not_there_nothing_is_counted() {
    let host = host();
    let scene = scene(&host, "metrics = \"castkeep.prom\"");
    scene.run(&["sync"]).assert_no_failure();
    let metrics = || samples(&fs::read_to_string(scene.path("castkeep.prom")).unwrap());
    let before = metrics();
    let configuration = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("[archive]\ncreate = false\n{configuration}"));
    fs::rename(scene.path("archive"), scene.path("away")).unwrap();
    assert_eq!(scene.run(&["sync"]).code, 1);
    let names = [
        "castkeep_failures",
        "castkeep_last_run_timestamp_seconds",
        "castkeep_last_success_timestamp_seconds",
    ];
    let after = metrics();
    assert_eq!(after.keys().collect::<Vec<_>>(), names);
    assert_eq!(after[names[0]], 1);
    assert_eq!(after[names[2]], before[names[2]]);
}

#[test]
fn a_feed_that_goes_on_failing_is_no_good_news_between_its_failures() {
    if !clock::is_there() {
        return;
    }
    let (host, monitor) = (host(), Host::start());
    monitor.set("/well", Page::Status(200));
    monitor.set("/badly", Page::Status(200));
    let lines = ["on_success", "on_failure"].iter().zip(["/well", "/badly"]);
    let lines: String = lines.map(|(name, path)| format!("{name} = \"{}\"\n", monitor.url(path))).collect();
    let scene = scene(&host, &format!("{lines}metrics = \"castkeep.prom\""));
    let sync = |at: &str| {
        let code = clock::run(&scene, at, &["sync"]).code;
        let metrics = samples(&fs::read_to_string(scene.path("castkeep.prom")).unwrap());
        let day = metrics["castkeep_last_success_timestamp_seconds"] / 86_400 - 20_605;
        (code, monitor.take_paths(), metrics["castkeep_failures"], day)
    };
    let paths = |all: &[&str]| all.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    assert_eq!(sync("2026-06-01T00:00:00Z"), (0, paths(&["/well"]), 0, 0));
    host.set("/feed.xml", Page::Status(404));
    assert_eq!(sync("2026-06-02T00:00:00Z"), (3, paths(&["/badly"]), 1, 0));
    // It is not due: nothing fails in this run, and nothing is well.
    assert_eq!(sync("2026-06-02T00:01:00Z"), (0, paths(&[]), 1, 0));
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url("")), item(2, &host.url(""))]));
    // So it is with a download.
    host.set("/audio/2.mp3", Page::Status(404));
    assert_eq!(sync("2026-06-04T00:00:00Z"), (3, paths(&["/badly"]), 1, 0));
    assert_eq!(sync("2026-06-04T00:01:00Z"), (0, paths(&[]), 1, 0));
    host.set_audio("/audio/2.mp3", audio(2));
    assert_eq!(sync("2026-06-09T00:00:00Z"), (0, paths(&["/well"]), 0, 8));
}

#[test]
fn all_lines_of_a_json_log_have_one_form() {
    let host = host();
    let scene = scene(&host, "");
    let lines = |args: &[&str]| -> Vec<Value> {
        let ran = scene.run(args);
        assert!(!ran.stderr.is_empty());
        ran.stderr.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    };
    let asked = lines(&["--log-format", "json", "sync", "--verbose"]);
    let wrong =
        [lines(&["--log-format", "json", "badcmd"]), lines(&["sync", "--log-format=json", "--bad"])].concat();
    for line in asked.iter().chain(&wrong) {
        let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["level", "time", "show", "url", "message"], "{line}");
    }
    let get = asked.iter().find(|line| line["url"] == host.url("/feed.xml").as_str()).unwrap();
    assert_eq!(get["level"], "debug");
    assert!(get["message"].as_str().unwrap().starts_with("GET: status 200, milliseconds "), "{get}");
    let said: Vec<_> = wrong.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(said, ["unrecognized subcommand 'badcmd'", "unexpected argument '--bad' found"]);
}

#[test]
fn a_title_without_end_is_told_in_a_line_that_can_be_read() {
    let host = host();
    let title = "ab".repeat(100_000);
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]).replace("Episode 1", &title));
    host.set("/audio/1.mp3", Page::Status(404));
    let scene = scene(&host, "");
    let ran = scene.run(&["sync", "--report", "night.json"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.len() < 1000 && ran.stderr.contains("abab…): status 404"), "{}", ran.stderr.len());
    assert!(json(&scene, "night.json")["failures"][0]["message"].as_str().unwrap().len() < 1000);
    let configuration = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("{configuration}skip = \"({title}\"\n"));
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.len() < 20_000, "{}", ran.stderr.len());
}

#[test]
fn status_says_what_to_do_about_audio_that_is_missing() {
    let host = host();
    host.set("/audio/1.mp3", Page::Status(404));
    let scene = scene(&host, "");
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    let ran = scene.run(&["status"]);
    assert!(
        ran.stdout.ends_with("\nthe audio of 1 episode is not downloaded yet (a-show)\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.stderr, "hint: castkeep sync downloads what was not tried yet\n");
    scene.run(&["sync"]);
    let ran = scene.run(&["status"]);
    assert!(ran.stdout.ends_with("\nthe audio of 1 episode is missing (a-show)\n"), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("hint: castkeep sync --force tries again "), "{}", ran.stderr);
    host.set_audio("/audio/1.mp3", audio(1));
    scene.run(&["sync", "--force"]).assert_no_failure();
    fs::remove_file(scene.path(&scene.value("SELECT 'archive/' || path FROM files"))).unwrap();
    assert_eq!(scene.run(&["verify", "--quick"]).code, 5);
    let ran = scene.run(&["status"]);
    assert_eq!(ran.stderr, "hint: castkeep verify --repair fetches again what was lost\n");
    let status: Value = serde_json::from_str(&scene.run(&["status", "--json"]).stdout).unwrap();
    let told = ["missing", "untried", "lost"].map(|name| status[0][name].as_u64().unwrap());
    assert_eq!(told, [1, 0, 1]);
}

#[test]
fn a_show_that_rests_is_told_as_paused_and_its_audio_is_nobody_s_work() {
    let host = host();
    let scene = scene(&host, "");
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("{config}paused = true\n"));
    scene.run(&["sync"]).assert_silent();
    let ran = scene.run(&["status"]);
    let row = ran.stdout.lines().nth(1).unwrap();
    assert!(row.starts_with("a-show ") && row.ends_with("  -            0  paused"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("\n\nall is well\n"), "{}", ran.stdout);
    let hint = "hint: a-show is paused; castkeep sync a-show downloads what it lacks all the same\n";
    assert_eq!(ran.stderr, hint);
    let one = scene.run(&["status", "a-show"]);
    assert!(one.stdout.lines().nth(1).unwrap().ends_with("  -            0  paused"), "{}", one.stdout);
    assert_eq!(one.stderr, hint);
    let status: Value = serde_json::from_str(&scene.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(
        (&status[0]["state"], &status[0]["next_fetch_at"], &status[0]["missing"]),
        (&"paused".into(), &Value::Null, &1.into())
    );
    let open = scene.run(&["open", "a-show", "1", "--print"]);
    assert_eq!(
        (open.code, open.stderr.as_str()),
        (
            1,
            "castkeep: its audio was not captured\nhint: a-show is paused; \"castkeep sync a-show\" downloads what \
             is missing; --page opens its web page\n"
        )
    );
    // What the hint says is so; and what is lost of it is lost, paused or not.
    scene.run(&["sync", "a-show"]).assert_no_failure();
    let ran = scene.run(&["status"]);
    assert!(
        ran.stdout.ends_with("\n\nall is well\n") && ran.stderr.is_empty(),
        "{} {}",
        ran.stdout,
        ran.stderr
    );
    fs::remove_file(scene.path(&scene.value("SELECT 'archive/' || path FROM files"))).unwrap();
    assert_eq!(scene.run(&["verify", "--quick"]).code, 5);
    let ran = scene.run(&["status"]);
    assert!(ran.stdout.ends_with("\nthe audio of 1 episode is missing (a-show)\n"), "{}", ran.stdout);
    assert_eq!(ran.stderr, "hint: castkeep verify --repair fetches again what was lost\n");
}

#[test]
fn a_show_that_rests_is_not_said_to_be_tried_again() {
    let host = host();
    let scene = scene(&host, "");
    host.set("/feed.xml", Page::Status(500));
    assert_eq!(scene.run(&["sync"]).code, 3);
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("{config}paused = true\n"));
    let ran = scene.run(&["status"]);
    assert!(
        ran.stdout.ends_with("paused\n\nall is well\n") && ran.stderr.is_empty(),
        "{} {}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn what_failed_once_is_not_said_to_have_failed_1_times() {
    let host = host();
    host.set("/audio/1.mp3", Page::Status(404));
    let scene = scene(&host, "");
    for times in ["once", "2 times"] {
        assert_eq!(scene.run(&["sync", "--force"]).code, 3);
        let plan = scene.run(&["sync", "--dry-run"]).stdout;
        let said = format!("\na-show: waiting\n  #1 Episode 1  failed {times}, tried again 20");
        assert!(plan.contains(&said), "{plan}");
    }
}

#[test]
fn a_program_that_fails_is_not_well() {
    let host = host();
    let scene = scene(&host, "");
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("[hooks]\non_episode = [\"false\"]\n{config}"));
    assert_eq!(scene.run(&["sync"]).code, 3);
    let ran = scene.run(&["status"]);
    assert!(ran.stdout.ends_with("\n1 call of on_episode failed\n"), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("hint: castkeep sql \"SELECT * FROM hook_list"), "{}", ran.stderr);
    scene.configure(&config);
    let ran = scene.run(&["status"]);
    assert!(ran.stdout.ends_with("\nall is well\n"), "it is called no more: {}", ran.stdout);
}

#[test]
fn where_shows_are_followed_and_were_never_asked_status_says_what_comes_next() {
    let host = host();
    let scene = scene(&host, "");
    scene.run(&["init"]);
    let ran = scene.run(&["status"]);
    assert!(ran.stderr.contains("hint: \"castkeep sync\" asks the feeds"), "{}", ran.stderr);
}
