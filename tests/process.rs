//! What a process may meet from outside: signals, streams that are closed or full, an environment that is bare.
//!
//! Cases 113 and 114 of the fault catalogue.

mod support;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use rusqlite::Connection;

use support::feed::{audio, feed, item};
use support::host::{Host, Page};
use support::scene::{Ran, Scene};

/// A host with a show of four episodes.
fn host() -> Host {
    let host = Host::start();
    let items: Vec<_> = (1..=4).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=4 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host
}

/// The same, the newest of which stalls half way.
fn stalling() -> Host {
    let host = host();
    host.set("/audio/4.mp3", Page::Stall(audio(4)));
    host
}

fn scene(host: &Host) -> Scene {
    Scene::new(&[&host.url("/feed.xml")])
}

/// The archive that a run without disturbance gives.
fn undisturbed(host: &Host) -> Vec<String> {
    let scene = scene(host);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    scene.canon()
}

fn signal(name: &str, process: u32) {
    assert!(Command::new("kill").args([name, &process.to_string()]).status().unwrap().success());
}

#[test]
fn case_113_signals_stop_a_run_that_the_next_one_finishes() {
    for (name, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 143)] {
        let host = stalling();
        let scene = scene(&host);
        let child = scene.start(&["sync"]);
        host.wait_for("/audio/1.mp3");
        signal(name, child.id());
        let ran = Scene::wait(child);
        let told = "castkeep: stopped by a signal; the next run goes on from here\n";
        assert_eq!((ran.code, ran.stderr.as_str()), (code, told), "{name}");
        assert_eq!(scene.rows("SELECT outcome, finished_at IS NULL FROM runs"), ["interrupted|0"]);
        scene.assert_sound();

        host.set_audio("/audio/4.mp3", audio(4));
        host.take_log();
        scene.run(&["sync"]).assert_no_failure();
        assert!(!host.take_paths().contains(&"/feed.xml".to_owned()), "the feed is recorded and not due");
        assert_eq!(scene.canon(), undisturbed(&host));
        scene.assert_sound();
    }
}

#[test]
fn case_113_a_reader_that_goes_does_no_harm() {
    let host = stalling();
    let scene = scene(&host);
    let child = scene.start(&["sync"]);
    host.wait_for("/audio/1.mp3");
    signal("-PIPE", child.id());
    signal("-TERM", child.id());
    assert_eq!(Scene::wait(child).code, 143, "the first signal was none to it");
    scene.assert_sound();
}

#[test]
fn case_113_a_second_signal_ends_a_run_at_once() {
    let host = stalling();
    let scene = scene(&host);
    let mut child = scene.start(&["sync"]);
    host.wait_for("/audio/1.mp3");
    host.wait_for("/audio/4.mp3");
    // Somebody else writes, so that the run can't close its books.
    let other = Connection::open(scene.path("archive/archive.db")).unwrap();
    other.busy_timeout(Duration::from_secs(10)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let status = loop {
        signal("-TERM", child.id());
        std::thread::sleep(Duration::from_millis(20));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
    };
    assert_eq!(status.signal(), Some(15), "{status}");
    drop(other);
    scene.assert_sound();
    host.set_audio("/audio/4.mp3", audio(4));
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(scene.rows("SELECT outcome FROM runs"), ["interrupted", "ok"]);
    assert_eq!(scene.canon(), undisturbed(&host));
}

/// Runs the binary from a shell line, in which `$CASTKEEP` stands for it.
fn shell(scene: &Scene, line: &str) -> Ran {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(scene.path("")).env("CASTKEEP", env!("CARGO_BIN_EXE_castkeep"));
    for name in ["CASTKEEP_CONFIG", "CASTKEEP_LOG"] {
        command.env_remove(name);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn case_114_streams_that_are_closed_or_full_and_a_bare_environment() {
    let host = host();
    let undisturbed = undisturbed(&host);
    let full = "castkeep: stdout: No space left on device (os error 28)\n";
    for (line, code, stderr) in [
        ("\"$CASTKEEP\" sync >&-", 0, ""),
        ("\"$CASTKEEP\" sync <&-", 0, ""),
        ("\"$CASTKEEP\" sync <&- >&- 2>&-", 0, ""),
        ("\"$CASTKEEP\" --verbose sync >&- 2>/dev/full", 0, ""),
        ("\"$CASTKEEP\" --log-format json --verbose sync 2>/dev/full", 0, ""),
        ("\"$CASTKEEP\" sync >/dev/full", 1, full),
        ("\"$CASTKEEP\" sync --report json >/dev/full", 1, full),
        ("\"$CASTKEEP\" sync --report json >/dev/full 2>/dev/full", 1, ""),
        ("\"$CASTKEEP\" --quiet sync >/dev/full", 0, ""),
        ("unset HOME XDG_CONFIG_HOME; \"$CASTKEEP\" sync", 0, ""),
        ("exec env -i \"$CASTKEEP\" sync", 0, ""),
        ("LANG=C LC_ALL=C TERM=dumb \"$CASTKEEP\" sync", 0, ""),
        ("LANG=xx_YY.NONSENSE TZ=Nowhere/AtAll \"$CASTKEEP\" sync", 0, ""),
        ("setsid \"$CASTKEEP\" sync", 0, ""),
        ("umask 077; \"$CASTKEEP\" sync", 0, ""),
    ] {
        let scene = scene(&host);
        let ran = shell(&scene, line);
        assert_eq!((ran.code, ran.stderr.as_str()), (code, stderr), "{line}");
        assert_eq!(scene.canon(), undisturbed, "{line}");
        assert_eq!(scene.rows("SELECT outcome FROM runs"), ["ok"], "{line}");
        scene.assert_sound();
    }
}

#[test]
fn case_114_a_failure_stays_one_though_nobody_reads_stdout() {
    let host = host();
    host.set("/audio/2.mp3", Page::Status(404));
    for args in [&["sync"][..], &["sync", "--report", "json"], &["backfill", "a-show"], &["verify"]] {
        let scene = scene(&host);
        scene.run(&["sync", "--feeds-only"]).assert_no_failure();
        if args == ["verify"] {
            scene.run(&["sync"]);
            fs::remove_file(scene.path("archive/audio/a-show/2026-01-01 #1 Episode 1.mp3")).unwrap();
        }
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = scene.command(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let (code, told) = if args == ["verify"] { (5, "verify --repair") } else { (3, "status 404") };
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?} {stderr}");
        assert!(stderr.contains(told), "{args:?} {stderr}");
    }
}

#[test]
fn case_114_files_are_as_the_umask_wants_them() {
    let host = host();
    for (mask, private, audio, folder) in
        [("022", 0o644, 0o444, 0o755), ("027", 0o640, 0o440, 0o750), ("077", 0o600, 0o400, 0o700)]
    {
        let scene = scene(&host);
        assert_eq!(shell(&scene, &format!("umask {mask}; \"$CASTKEEP\" sync")).code, 0);
        let mode = |name: &str| fs::metadata(scene.path(name)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode("archive/archive.db"), private, "umask {mask}");
        // Who can open the lock can keep castkeep out, and what is under way is nobody else's.
        assert_eq!(["archive/lock", "archive/tmp"].map(mode), [0o600, 0o700], "umask {mask}");
        let folders = ["archive", "archive/audio", "archive/audio/a-show"].map(mode);
        assert_eq!(folders, [folder; 3], "umask {mask}");
        for path in scene.audio().keys() {
            assert_eq!(mode(&format!("archive/{path}")), audio, "umask {mask}");
        }
        // Whoever made it can go on with it.
        assert_eq!(shell(&scene, &format!("umask {mask}; \"$CASTKEEP\" verify --quiet")).code, 0);
        File::open(scene.path("archive/archive.db")).unwrap();
    }
}
