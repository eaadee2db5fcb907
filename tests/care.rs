//! What may happen to a run: another at once, readers beside it, kill -9, the floor of free space, a disk that is read-only or not mounted.

mod support;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use support::feed::{audio, feed, item};
use support::host::{Host, Page};
use support::mounts::{as_nobody, unshared};
use support::say::say;
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

#[test]
fn case_105_a_read_only_archive_is_read_and_not_synced() {
    let (host, scene) = stalling();
    host.set_audio("/audio/4.mp3", audio(4));
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    let script = "mount --bind archive archive && mount -o remount,ro,bind archive \
                  && \"$CASTKEEP\" sql --format csv 'SELECT count(*) AS n FROM episodes' && \"$CASTKEEP\" sync --force; echo $?";
    let Some(ran) = unshared(&scene, script) else { return };
    assert_eq!(ran.stdout, "n\n4\n1\n", "{}", ran.stderr);
    assert!(ran.stderr.contains("Read-only file system (os error 30)\nhint: the disk can only be read: "));
    assert_eq!(host.take_log(), [], "nothing is asked before the archive is known to be writable");
}

#[test]
fn case_106_where_audio_alone_is_read_only_feeds_are_recorded_and_nothing_is_downloaded() {
    let (host, scene) = stalling();
    host.set_audio("/audio/4.mp3", audio(4));
    scene.run(&["init"]);
    fs::create_dir(scene.path("archive/audio")).unwrap();
    let script = "mount --bind archive/audio archive/audio && mount -o remount,ro,bind archive/audio && \"$CASTKEEP\" --quiet sync; echo $?";
    let Some(ran) = unshared(&scene, script) else { return };
    let err = &ran.stderr;
    assert_eq!(ran.stdout, "1\n", "{err}");
    assert!(
        err.contains("downloads stopped: ")
            && err.contains(
                "/archive/audio: Read-only file system (os error 30)\nhint: the disk can only be read: "
            ),
        "{err}"
    );
    assert_eq!(host.take_paths(), ["/feed.xml"], "what could not be kept is not asked for");
    assert_eq!(scene.value("SELECT count(*) FROM episodes"), "4");
    assert_eq!(scene.rows("SELECT outcome FROM runs"), ["failed"]);

    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.canon(), undisturbed(&host));
    scene.assert_sound();
}

/// Lets everybody into the scene's folder, which is its owner's alone.
fn open_to_all(scene: &Scene) {
    fs::set_permissions(scene.path(""), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn an_archive_of_somebody_else_is_told_to_be_that() {
    let (host, scene) = stalling();
    assert_eq!(scene.run(&["init", "--config", "config.toml"]).code, 0);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    host.take_log();
    host.set_feed("/other.xml", feed("Another", &[]));
    open_to_all(&scene);
    let add = format!("add --yes {}", host.url("/other.xml"));
    for command in ["sync", "rename --to '{title}'", "catch-up a-show", &add] {
        let script = format!("\"$CASTKEEP\" {command}; echo $?");
        let Some(ran) = as_nobody(&scene, &script) else { return };
        let lock = "/lock belongs to root, and castkeep runs as nobody: run it as root, or make it nobody's (chown -R)\n";
        assert_eq!(ran.stdout, "1\n", "{command}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("/lock: Permission denied (os error 13)\nhint: "),
            "{command}: {}",
            ran.stderr
        );
        assert!(ran.stderr.ends_with(lock), "{command}: {}", ran.stderr);
    }
    assert_eq!(host.take_log(), [], "nothing is asked before the archive is known to be writable");
}

#[test]
fn audio_that_may_not_be_written_stops_downloads_with_the_hint_that_fits_and_doctor_finds_it() {
    let (host, scene) = stalling();
    host.set_audio("/audio/4.mp3", audio(4));
    assert_eq!(scene.run(&["init"]).code, 0);
    fs::create_dir_all(scene.path("archive/audio")).unwrap();
    open_to_all(&scene);
    let chowned = Command::new("chown").args(["-R", "65534", "archive"]).current_dir(scene.path("")).status();
    let back = Command::new("chown").args(["0", "archive/audio"]).current_dir(scene.path("")).status();
    if !chowned.is_ok_and(|status| status.success()) || !back.is_ok_and(|status| status.success()) {
        return say!("skipped: this user can't give files away");
    }
    let script = "\"$CASTKEEP\" --quiet sync; echo $?; \"$CASTKEEP\" doctor; echo $?";
    let Some(ran) = as_nobody(&scene, script) else { return };
    let whose = "/audio belongs to root, and castkeep runs as nobody: run it as root, or make it nobody's (chown -R)\n";
    assert!(ran.stderr.contains("/audio: Permission denied (os error 13)\nhint: "), "{}", ran.stderr);
    assert!(ran.stderr.ends_with(whose) && !ran.stderr.contains("free some space"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("1\n") && ran.stdout.ends_with("\n5\n"), "{}", ran.stdout);
    let found = ran.stdout.lines().find(|line| line.contains("permissions")).unwrap_or_default();
    assert!(found.starts_with("BAD   permissions: ") && found.ends_with(whose.trim_end()), "{found}");
    assert_eq!(host.take_paths(), ["/feed.xml"]);
}

#[test]
fn case_106_where_the_disk_of_the_archive_is_not_mounted_no_new_one_is_begun() {
    let (host, scene) = stalling();
    host.set_audio("/audio/4.mp3", audio(4));
    let config = |directory: &str, more: &str| {
        let feed = host.url("/feed.xml");
        scene.configure(&format!(
            "[archive]\ndirectory = \"{directory}\"\n{more}[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"{feed}\"\n"
        ));
    };
    let refused = |why: &str, hint: &str| {
        for command in [&["sync"][..], &["init"], &["backfill"], &["add", "http://127.0.0.1:9/other"]] {
            let ran = scene.run(command);
            assert!(ran.code == 1 || command == ["backfill"] && ran.code == 2, "{command:?}: {}", ran.stderr);
            assert!(
                command == ["backfill"] || ran.stderr.contains(why) && ran.stderr.contains(hint),
                "{}",
                ran.stderr
            );
        }
        assert_eq!(host.take_log(), []);
    };
    // The folder of the mount point itself is not there; a link leads to nowhere.
    config("mnt/archive", "");
    refused("mnt/archive: the folder above it is not there", "hint: is the disk mounted?");
    assert!(!scene.path("mnt").exists());
    std::os::unix::fs::symlink("nowhere/archive", scene.path("link")).unwrap();
    config("link", "");
    refused("link: the folder above it is not there", "hint: is the disk mounted?");
    assert!(!scene.path("nowhere").exists());

    // The mount point is there, and empty; or the folder in it is not.
    fs::create_dir(scene.path("mnt")).unwrap();
    for directory in ["mnt", "mnt/archive"] {
        config(directory, "create = false\n");
        refused("there is no archive.db here, and [archive] create = false", "hint: is the disk mounted?");
        assert_eq!(fs::read_dir(scene.path("mnt")).unwrap().count(), 0);
    }

    // Asked to, it begins one; and goes on with it, whatever the key says.
    let begun = scene.command(&["sync"]).env("CASTKEEP_ARCHIVE_CREATE", "true").output().unwrap();
    assert_eq!(begun.status.code(), Some(0));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert!(scene.path("mnt/archive/archive.db").exists());
}

#[test]
fn case_106_a_folder_that_a_flag_names_is_another_than_that_of_the_configuration() {
    let scene = Scene::configured("[archive]\ncreate = false\n");
    assert_eq!(scene.run(&["--archive", "archive", "sync"]).code, 1);
    let absolute = scene.path("archive").display().to_string();
    assert_eq!(scene.run(&["--archive", &absolute, "sync"]).code, 1);
    assert!(!scene.path("archive").exists());
    assert_eq!(scene.run(&["--archive", "other", "sync"]).code, 0);
    assert!(scene.path("other/archive.db").exists());
}

#[test]
fn case_106_init_says_in_the_configuration_that_the_archive_is_there() {
    let scene = Scene::configured("");
    fs::remove_file(scene.path("config.toml")).unwrap();
    assert_eq!(scene.run(&["init"]).code, 0);
    let written = fs::read_to_string(scene.path("config.toml")).unwrap();
    assert!(written.contains("\ncreate = false   ") && !written.contains("\ncreate = true"), "{written}");
    assert_eq!(scene.run(&["sync"]).code, 0);
    fs::rename(scene.path("archive"), scene.path("elsewhere")).unwrap();
    // A show is followed: what was archived of it must be somewhere.
    let show = "[[shows]]\nfeed = \"https://feeds.example.com/a.xml\"\npaused = true\n";
    scene.configure(&format!("{written}{show}"));
    for command in [&["sync"][..], &["init"], &["verify"], &["reparse"]] {
        let ran = scene.run(command);
        assert!(ran.code == 1 && !scene.path("archive").exists(), "{command:?}: {}", ran.stderr);
    }
    fs::rename(scene.path("elsewhere"), scene.path("archive")).unwrap();
    assert_eq!(scene.run(&["sync"]).code, 0);

    // One that the environment alone names is nothing that the configuration could speak of.
    let scene = Scene::configured("");
    fs::remove_file(scene.path("config.toml")).unwrap();
    let init =
        scene.command(&["init"]).env("CASTKEEP_ARCHIVE_DIRECTORY", scene.path("other")).output().unwrap();
    assert_eq!(init.status.code(), Some(0));
    assert!(fs::read_to_string(scene.path("config.toml")).unwrap().contains("\ncreate = true   "));
    assert!(scene.path("other/archive.db").exists() && !scene.path("archive").exists());
}

#[test]
fn case_108_the_lock_of_a_killed_run_is_free_at_once() {
    let (host, scene) = stalling();
    let mut child = scene.start(&["sync"]);
    host.wait_for("/audio/1.mp3");
    assert_eq!(scene.run(&["sync"]).code, 4);
    assert_eq!(scene.run(&["verify"]).code, 4);
    child.kill().unwrap();
    child.wait().unwrap();
    host.set_audio("/audio/4.mp3", audio(4));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.canon(), undisturbed(&host));
}

#[test]
fn case_111_readers_are_answered_beside_a_run_and_a_busy_writer() {
    let (host, scene) = stalling();
    let child = scene.start(&["sync"]);
    host.wait_for("/audio/1.mp3");
    let busy = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    busy.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
    busy.execute_batch("BEGIN IMMEDIATE; UPDATE shows SET copyright = 'unfinished'").unwrap();
    for command in [
        &["status"][..],
        &["status", "a-show"],
        &["sql", "SELECT * FROM episode_list"],
        &["show", "a-show", "1"],
        &["backup", "--quiet", "copy.db"],
        &["doctor"],
    ] {
        let ran = scene.run(command);
        let said: Vec<&str> = ran.stderr.lines().filter(|line| !line.starts_with("hint: ")).collect();
        assert_eq!((ran.code, said), (0, vec![]), "{command:?}");
    }
    assert!(scene.run(&["doctor"]).stdout.contains("note  lock: another run holds the archive\n"));
    busy.execute_batch("ROLLBACK").unwrap();
    drop(busy);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(Scene::wait(child).code, 143);
    let copy = rusqlite::Connection::open(scene.path("copy.db")).unwrap();
    assert_eq!(
        copy.query_row("SELECT count(*) FROM shows WHERE copyright IS NULL", [], |row| row.get::<_, i64>(0))
            .unwrap(),
        1
    );
    scene.assert_sound();
}

#[test]
fn readers_of_a_closed_archive_leave_nothing_beside_it() {
    let (host, scene) = stalling();
    host.set_audio("/audio/4.mp3", audio(4));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let before = fs::read(scene.path("archive/archive.db")).unwrap();
    for command in [
        &["status"][..],
        &["sql", "SELECT 1"],
        &["show", "a-show", "1"],
        &["doctor"],
        &["document", "1"],
        &["sync", "--dry-run"],
    ] {
        assert_eq!(scene.run(command).code, 0, "{command:?}");
        let mut names: Vec<_> =
            fs::read_dir(scene.path("archive")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["archive.db", "audio", "lock", "tmp"], "{command:?}");
    }
    assert!(fs::read(scene.path("archive/archive.db")).unwrap() == before);
}
