//! What may happen to a run: another at once, kill -9, the floor of free space, a read-only archive.

mod support;

use std::fs::File;
use std::process::Command;

use support::feed::{audio, feed, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// A host with a show of four episodes, the newest of which stalls half way.
fn stalling() -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<_> = (1..=4).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=4 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host.set("/audio/4.mp3", Page::Stall(audio(4)));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    (host, scene)
}

/// The archive that a run without disturbance gives.
fn undisturbed(host: &Host) -> Vec<String> {
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    scene.canon()
}

#[test]
fn case_108_a_second_run_at_once_exits_4_and_asks_nothing() {
    let (host, scene) = stalling();
    scene.run(&["init"]);
    let lock = File::open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("another castkeep run holds it\nhint: "), "{}", ran.stderr);
    assert_eq!(host.take_log(), []);
    assert_eq!(scene.run(&["status"]).code, 0, "readers need no lock");
}

#[test]
fn kill_9_leaves_an_archive_that_the_next_run_finishes() {
    let (host, scene) = stalling();
    let mut child = scene.start(&["sync"]);
    host.wait_for("/audio/1.mp3");
    child.kill().unwrap();
    child.wait().unwrap();
    scene.assert_sound();
    host.set_audio("/audio/4.mp3", audio(4));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.canon(), undisturbed(&host));
    assert_eq!(scene.rows("SELECT outcome FROM runs ORDER BY id"), ["interrupted", "ok"]);
    assert_eq!(std::fs::read_dir(scene.path("archive/tmp")).unwrap().count(), 0);
    scene.assert_sound();
}

#[test]
fn a_full_disk_stops_downloads_and_not_the_feed_records() {
    let (host, _) = stalling();
    let config = |floor: &str| {
        format!(
            "[archive]\nmin_free_mb = {floor}\n[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"{}\"\n",
            host.url("/feed.xml")
        )
    };
    host.set_audio("/audio/4.mp3", audio(4));
    let scene = Scene::configured(&config("1000000000"));
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("downloads stopped") && ran.stderr.contains("hint: free some space"),
        "{}",
        ran.stderr
    );
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "4");
    assert_eq!(scene.rows("SELECT outcome FROM runs"), ["failed"]);
    assert_eq!(scene.audio().len(), 0);

    scene.configure(&config("0"));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.canon(), undisturbed(&host));
    scene.assert_sound();
}

/// Runs a shell command in a mount namespace of its own; `None`, said on stderr, where that is not allowed.
fn unshared(scene: &Scene, script: &str) -> Option<std::process::Output> {
    let may = Command::new("unshare").args(["-m", "true"]).output().is_ok_and(|out| out.status.success());
    if !may {
        eprintln!("skipped: mount namespaces are not allowed here");
        return None;
    }
    let mut command = Command::new("unshare");
    command
        .args(["-m", "sh", "-c", script])
        .current_dir(scene.path(""))
        .env("CASTKEEP", env!("CARGO_BIN_EXE_castkeep"));
    Some(command.output().unwrap())
}

#[test]
fn case_105_a_read_only_archive_is_read_and_not_synced() {
    let (host, scene) = stalling();
    host.set_audio("/audio/4.mp3", audio(4));
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    let script = "mount --bind archive archive && mount -o remount,ro,bind archive \
                  && \"$CASTKEEP\" sql --format csv 'SELECT count(*) AS n FROM episodes' && \"$CASTKEEP\" sync --force; echo $?";
    let Some(ran) = unshared(&scene, script) else { return };
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "n\n4\n1\n", "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("Read-only file system"));
    assert_eq!(host.take_log(), [], "nothing is asked before the archive is known to be writable");
}
