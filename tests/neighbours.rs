//! An archive among others: its audio on a disk of its own, readers that linger, a program that holds the database.

mod support;

use rusqlite::Connection;
use support::feed::{audio, feed, item};
use support::host::{Host, Page};
use support::mounts::unshared;
use support::scene::Scene;

/// A host with a show of so many episodes.
fn host(episodes: u32) -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<_> = (1..=episodes).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=episodes {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let scene = Scene::configured(&format!(
        "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    (host, scene)
}

const LOCKED: &str = "database is locked";
const HELD: &str = "hint: another program holds the database, such as an open sqlite3 shell: end its transaction and run again\n";

fn undisturbed(host: &Host) -> Vec<String> {
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    scene.canon()
}

#[test]
fn case_107_audio_on_a_disk_of_its_own() {
    let (host, scene) = host(3);
    // The first run finds room for one file on it; the second for all. What it kept is copied out to be looked at.
    let script = "mkdir -p archive/audio kept && mount -t tmpfs -o size=300k tmpfs archive/audio && \"$CASTKEEP\" sync --quiet; \
                  echo $?; find archive/audio -type f | wc -l; mount -o remount,size=16m archive/audio; \
                  \"$CASTKEEP\" sync --force --quiet; echo $?; \"$CASTKEEP\" verify; cp -a archive/audio kept; \
                  find archive/audio archive/tmp -name '.*.part' -o -name '*.part' | wc -l";
    let Some(said) = unshared(&scene, script) else { return };
    assert_eq!(said.stdout, "1\n1\n0\n3 files, 600.5 kB: whole\n0\n", "{}", said.stderr);
    assert!(
        said.stderr.contains("downloads stopped") && said.stderr.contains("hint: free some space"),
        "{}",
        said.stderr
    );
    // The mount is gone with its namespace: the files it held stand for it.
    std::fs::remove_dir(scene.path("archive/audio")).unwrap();
    std::fs::rename(scene.path("kept/audio"), scene.path("archive/audio")).unwrap();
    assert_eq!(scene.canon(), undisturbed(&host));
}

#[test]
fn case_107_a_file_on_another_disk_is_repaired() {
    let (_host, scene) = host(2);
    let script = "mkdir -p archive/audio && mount -t tmpfs tmpfs archive/audio && \"$CASTKEEP\" sync --quiet; echo $?; \
                  cd archive/audio/a-show && rm *1.mp3 && cd - >/dev/null; \"$CASTKEEP\" verify --repair; echo $?; \
                  \"$CASTKEEP\" verify --quiet; echo $?";
    let Some(said) = unshared(&scene, script) else { return };
    let path = "audio/a-show/2026-01-01 #1 Episode 1.mp3";
    let expected = format!(
        "0\nmissing\t{path}\tA Show: #1 Episode 1\nrepaired\t{path}\n2 files, 400.3 kB: whole\n0\n0\n"
    );
    assert_eq!(said.stdout, expected, "{}", said.stderr);
}

#[test]
fn case_109_a_reader_that_lingers_does_not_hold_up_a_run() {
    let (host, scene) = host(2);
    assert_eq!(scene.run(&["sync"]).code, 0);
    let wal = scene.path("archive/archive.db-wal");
    let reader = Connection::open(scene.path("archive/archive.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM episodes").unwrap();
    let seen = || reader.query_row("SELECT count(*) FROM episodes", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(seen(), 2);

    let items: Vec<_> = (1..=4).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 3..=4 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(seen(), 2, "the reader sees what it saw");
    assert!(std::fs::metadata(&wal).unwrap().len() > 0, "the log waits for the reader");

    drop(reader);
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert!(std::fs::metadata(&wal).is_err(), "the log is folded in by the next run");
    assert_eq!(scene.canon(), undisturbed(&host));
}

#[test]
fn case_110_a_program_that_holds_the_database_ends_a_run_and_harms_nothing() {
    let (host, scene) = host(2);
    let whole = undisturbed(&host);
    assert_eq!(scene.run(&["init"]).code, 0);
    host.take_log();
    let other = Connection::open(scene.path("archive/archive.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(LOCKED) && ran.stderr.contains(HELD), "{}", ran.stderr);
    other.execute_batch("COMMIT").unwrap();

    // The same in the middle of a run: both files are under way when the database is taken.
    for n in 1..=2 {
        host.set(&format!("/audio/{n}.mp3"), Page::Stall(audio(n)));
    }
    let child = scene.start(&["sync", "--force"]);
    for n in 1..=2 {
        host.wait_for(&format!("/audio/{n}.mp3"));
    }
    other.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    for n in 1..=2 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let ran = Scene::wait(child);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(LOCKED) && ran.stderr.contains(HELD), "{}", ran.stderr);
    other.execute_batch("COMMIT").unwrap();
    drop(other);
    scene.assert_sound();

    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(scene.canon(), whole);
    assert_eq!(scene.rows("SELECT outcome FROM runs ORDER BY id DESC LIMIT 1"), ["ok"]);
    scene.assert_sound();
}
