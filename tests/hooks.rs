//! `[hooks] on_episode`: called once for each episode that was stored, without a shell, and never in the way of the archive.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::scene::Scene;

/// A show of two episodes, the first of a title that a shell would stumble over, and a program beside the configuration.
fn scene(program: &str) -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<Item> = [2, 1].map(|n| item(n, &host.url(""))).into();
    let mut items = items;
    items[1].title = "#1 $(touch hacked) 'and' \"so\" on; &amp; äöü".to_owned();
    host.set_feed("/feed.xml", feed("A Show", &items));
    (1..=2).for_each(|n| host.set_audio(&format!("/audio/{n}.mp3"), audio(n)));
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[capture]\nimages = false\n[hooks]\non_episode = [\"./hook\", \"a b\", \"$HOME\"]\ntimeout_seconds = 1\n\
         [[shows]]\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    write(&scene, program);
    (host, scene)
}

fn write(scene: &Scene, program: &str) {
    let path = scene.path("hook");
    fs::write(&path, format!("#!/bin/sh\ncd '{}'\n{program}\n", scene.path("").display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

const BOOK: &str = "SELECT e.number || ' ' || h.outcome || ' ' || h.attempts || ' ' || coalesce(h.exit_code, 'none') || ' ' || coalesce(h.error, '')
                    FROM hook_runs h JOIN episodes e ON e.id = h.episode_id ORDER BY 1";

#[test]
fn it_gets_arguments_json_and_variables_once_for_each_episode() {
    let (_host, scene) = scene(
        "printf '%s|' \"$@\" >>said; printf '%s %s\\n' \"$CASTKEEP_TITLE\" \"$CASTKEEP_FILE\" >>said; cat >>json; echo chatter",
    );
    let ran = scene.run(&["sync"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(!ran.stdout.contains("chatter"));
    let said = fs::read_to_string(scene.path("said")).unwrap();
    let mut lines: Vec<&str> = said.lines().collect();
    lines.sort_unstable();
    let audio = scene.path("archive/audio").canonicalize().unwrap();
    let want = [
        format!(
            "a b|$HOME|#1 $(touch hacked) 'and' \"so\" on; & äöü {}/a-show/2026-01-01 #1 $(touch hacked) 'and' 'so' on; & äöü.mp3",
            audio.display()
        ),
        format!("a b|$HOME|#2 Episode 2 {}/a-show/2026-01-02 #2 Episode 2.mp3", audio.display()),
    ];
    assert_eq!(lines, want);
    let json = fs::read_to_string(scene.path("json")).unwrap();
    let told: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 2);
    for one in &told {
        let file = fs::read(one["file"]["absolute_path"].as_str().unwrap()).unwrap();
        assert_eq!(one["file"]["size_bytes"], file.len());
        assert_eq!((&one["event"], &one["show"]["slug"]), (&"episode".into(), &"a-show".into()));
        assert_eq!(one["links"][0]["text"], "this page");
    }
    assert_eq!(scene.rows(BOOK), ["1 ok 1 0 ", "2 ok 1 0 "]);
    assert!(!scene.path("hacked").exists());
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(fs::read_to_string(scene.path("said")).unwrap(), said, "once");
    scene.assert_sound();
}

#[test]
fn a_failure_is_recorded_and_tried_again_and_the_archive_is_whole_all_the_same() {
    let (_host, scene) = scene("echo out; echo 'no room' >&2; exit 9");
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stderr.contains("a-show: on_episode ")
            && ran.stderr.contains("(#2 Episode 2): exit code 9: no room\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(scene.value("SELECT count(*) FROM audio WHERE state = 'present'"), "2");
    let want = ["1 failed 1 9 exit code 9: no room", "2 failed 1 9 exit code 9: no room"];
    assert_eq!(scene.rows(BOOK), want);
    scene.run(&["sync"]).assert_silent();
    assert_eq!(scene.rows(BOOK), want, "not before its time");
    write(&scene, "exit 0");
    scene.meddle("UPDATE hook_runs SET next_attempt_at = '2020-01-01T00:00:00Z'");
    scene.run(&["sync"]).assert_silent();
    assert_eq!(scene.rows(BOOK), ["1 ok 2 0 ", "2 ok 2 0 "]);
}

#[test]
fn what_fails_for_ever_is_given_up() {
    let (_host, scene) = scene("exit 1");
    scene.run(&["sync"]);
    scene.meddle("UPDATE hook_runs SET next_attempt_at = NULL, attempts = 9");
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("exit code 1; it is not called for it any more"), "{}", ran.stderr);
    assert_eq!(scene.rows(BOOK), ["1 abandoned 10 1 exit code 1", "2 abandoned 10 1 exit code 1"]);
    scene.run(&["sync"]).assert_silent();
}

#[test]
fn a_program_that_hangs_is_stopped_with_its_children() {
    let (_host, scene) = scene("echo $$ >>pids; (trap '' TERM; sleep 600) & echo $! >>pids; sleep 600");
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains(": stopped after 1 s\n"), "{}", ran.stderr);
    assert_eq!(scene.rows(BOOK), ["1 failed 1 none stopped after 1 s", "2 failed 1 none stopped after 1 s"]);
    for pid in fs::read_to_string(scene.path("pids")).unwrap().lines() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        assert!(stat.is_empty() || stat.contains(" Z "), "{pid} is still there: {stat}");
    }
}

#[test]
fn what_it_said_is_told_though_something_in_the_background_holds_its_pipes() {
    let (_host, scene) = scene("sleep 60 & echo why >&2; exit 3");
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("exit code 3: why\n"), "{}", ran.stderr);
    let error = scene.rows("SELECT DISTINCT error FROM hook_runs WHERE error IS NOT NULL");
    assert_eq!(error, ["exit code 3: why"]);
}

#[test]
fn a_program_that_is_not_there_is_said_once_and_called_later() {
    let (_host, scene) = scene("");
    fs::remove_file(scene.path("hook")).unwrap();
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    let doctor = scene.run(&["doctor"]);
    assert_eq!(doctor.code, 5);
    assert!(doctor.stdout.contains("hook is not there, or not executable\n"), "{}", doctor.stdout);
    assert!(
        doctor.stdout.contains("1 call of on_episode failed, 0 for good: SELECT * FROM hook_list"),
        "{}",
        doctor.stdout
    );
    assert_eq!(
        ran.stderr.lines().filter(|line| line.contains("No such file or directory")).count(),
        1,
        "{}",
        ran.stderr
    );
    assert_eq!(
        scene.rows("SELECT outcome || ' ' || attempts FROM hook_runs ORDER BY 1"),
        ["failed 1", "pending 0"]
    );
    write(&scene, "exit 0");
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(scene.rows("SELECT outcome FROM hook_runs"), ["ok", "ok"], "what is forced does not wait");
}

#[test]
fn what_is_wrong_with_the_program_of_one_show_is_nothing_to_another() {
    let (host, scene) = scene("exit 0");
    let mut long = item(9, &host.url(""));
    long.title = format!("#9 {}", "long ".repeat(40_000));
    host.set_feed("/other.xml", feed("Aardvark", &[long]));
    host.set_audio("/audio/9.mp3", audio(9));
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!(
        "{config}on_episode = [\"./none\"]\n[[shows]]\nfeed = \"{}\"\n",
        host.url("/other.xml")
    ));
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    assert_eq!(
        scene.rows("SELECT show || ' ' || outcome FROM hook_list ORDER BY 1"),
        ["a-show failed", "a-show pending", "aardvark ok"],
        "a title that is longer than any variable may be is cut"
    );
}

#[test]
fn a_show_may_have_its_own_and_what_was_there_before_is_not_called_for() {
    let (host, scene) = scene("echo called >>said");
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("{config}on_episode = []\n"));
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(scene.value("SELECT count(*) FROM hook_runs"), "0");
    scene.configure(&config);
    let items: Vec<Item> = [3, 2, 1].map(|n| item(n, &host.url(""))).into();
    host.set_feed("/feed.xml", feed("A Show", &items));
    host.set_audio("/audio/3.mp3", audio(3));
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(scene.rows(BOOK), ["3 ok 1 0 "]);
}

#[test]
fn more_output_than_a_pipe_holds_and_input_that_nobody_reads_do_no_harm() {
    let (_host, scene) = scene(
        "exec <&-; head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero | tr '\\0' y >&2; exit 4",
    );
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3);
    let error = scene.value("SELECT max(error) FROM hook_runs");
    assert_eq!(error, format!("exit code 4: {}", "y".repeat(2000)));
    assert!(ran.stderr.len() < 10_000);
}

#[test]
fn a_program_that_kills_castkeep_is_given_up_like_any_other_and_holds_no_other_up() {
    let (_host, scene) =
        scene("case \"$CASTKEEP_NUMBER\" in 1) kill -9 $PPID;; esac; echo \"$CASTKEEP_NUMBER\" >>said");
    for attempts in 1..=2 {
        assert_eq!(scene.run(&["sync"]).code, -1);
        let row = "SELECT h.outcome || ' ' || h.attempts || ' ' || h.error FROM hook_runs h JOIN episodes e ON e.id = h.episode_id WHERE e.number = 1";
        assert_eq!(scene.value(row), format!("failed {attempts} castkeep was ended while it ran"));
    }
    scene.run(&["sync"]);
    scene.run(&["sync"]);
    assert_eq!(
        scene.value(
            "SELECT h.outcome FROM hook_runs h JOIN episodes e ON e.id = h.episode_id WHERE e.number = 2"
        ),
        "ok"
    );
    assert_eq!(
        scene.value(
            "SELECT h.attempts FROM hook_runs h JOIN episodes e ON e.id = h.episode_id WHERE e.number = 1"
        ),
        "3"
    );
    scene.assert_sound();
}
