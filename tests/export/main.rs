//! `castkeep export`: what leads out of the archive is what is in it, other programs read it, it appears whole or not at all, and
//! nothing is asked or changed for it.

#[path = "../support/mod.rs"]
mod support;

mod bag;
mod hostile;
mod mirror;
mod outlines;
mod slim;
mod tables;

use std::fs;
use std::process::Command;

use support::archived::archived;
use support::mounts::unshared;
use support::scene::{Ran, Scene};

/// What is in a folder of the scene, sorted.
fn names(scene: &Scene, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(scene.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn export(scene: &Scene, args: &[&str]) -> Ran {
    scene.run(&[&["export"], args].concat())
}

/// What an export that went well wrote to standard output.
#[track_caller]
fn exported(scene: &Scene, args: &[&str]) -> String {
    let ran = export(scene, args);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
    ran.stdout
}

fn read(scene: &Scene, path: &str) -> String {
    fs::read_to_string(scene.path(path)).unwrap()
}

#[test]
fn a_wrong_request_is_told_with_what_would_be_right() {
    let (_host, scene) = archived(1);
    for (args, said) in [
        (
            &["csv"][..],
            "castkeep: several tables can't go to standard output\nhint: name a folder for them with --output, or one table\n",
        ),
        (&["csv", "episodes", "shows"], "castkeep: several tables can't go to standard output\n"),
        (
            &["json", "episode"],
            "castkeep: there is no table or view \"episode\"\nhint: did you mean episodes?\n",
        ),
        (
            &["json", "xyzzy"],
            "castkeep: there is no table or view \"xyzzy\"\nhint: there are: adoption_list, ",
        ),
        (&["csv", "episodes_fts"], "castkeep: there is no table or view \"episodes_fts\"\n"),
        (&["csv", "sqlite_schema"], "castkeep: there is no table or view \"sqlite_schema\"\n"),
        (
            &["csv", "episodes; DROP TABLE shows"],
            "castkeep: there is no table or view \"episodes; DROP TABLE shows\"\n",
        ),
        (
            &["rss", "b-show"],
            "castkeep: there is no show \"b-show\" in the archive\nhint: did you mean \"a-show\"?\n",
        ),
        (&["bagit", "bag", "--show", "b-show"], "castkeep: there is no show \"b-show\" in the archive\n"),
        (&["rss", "a-show", "--base-url", "pods"], "castkeep: --base-url: not an address"),
        (
            &["rss", "a-show", "--base-url", "ftp://a.example/"],
            "castkeep: --base-url: a base address is that of a folder",
        ),
        (
            &["rss", "a-show", "--base-url", "https://me:pw@a.example/"],
            "castkeep: --base-url: a base address is that of a folder",
        ),
    ] {
        let ran = export(&scene, args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(said), "{args:?}: {}", ran.stderr);
    }
    assert_eq!(names(&scene, ""), ["archive", "config.toml"]);
}

#[test]
fn a_file_is_written_to_a_place_for_files_alone() {
    let (_host, scene) = archived(1);
    fs::create_dir(scene.path("folder")).unwrap();
    fs::write(scene.path("mine"), "mine").unwrap();
    let places = |form: &[&str]| {
        for (target, said) in [
            ("none/x", "none/x: the folder that it would be in is not there"),
            ("mine/x", "mine/x: the folder that it would be in is not there"),
            ("mine", "mine: there is such a file already"),
            ("archive/audio/x", "archive/audio/x: this is a place that the archive keeps for itself"),
            (
                "archive/audio/a-show/x",
                "archive/audio/a-show/x: this is a place that the archive keeps for itself",
            ),
            ("archive/archive.db", "archive/archive.db: this is a place that the archive keeps for itself"),
            ("archive/lock", "archive/lock: this is a place that the archive keeps for itself"),
            ("..", "..: this is no name for a file"),
        ] {
            let ran = export(&scene, &[form, &["--output", target]].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{form:?} {target}: {}", ran.stderr);
            assert!(ran.stderr.starts_with(&format!("castkeep: {said}\n")), "{form:?}: {}", ran.stderr);
        }
        let forced = export(&scene, &[form, &["--output", "archive/archive.db", "--force"]].concat());
        assert_eq!(forced.code, 2);
    };
    for form in [&["opml"][..], &["rss", "a-show"], &["sha256sums"]] {
        places(form);
        let folder = export(&scene, &[form, &["--output", "folder", "--force"]].concat());
        assert_eq!(
            (folder.code, folder.stderr.starts_with("castkeep: folder: this is a folder\n")),
            (2, true)
        );
        // What a killed run left gives way.
        fs::write(scene.path("mine.castkeep-part"), "half").unwrap();
        export(&scene, &[form, &["--output", "mine", "--force"]].concat()).assert_silent();
        assert_ne!(read(&scene, "mine"), "mine");
        fs::write(scene.path("mine"), "mine").unwrap();
    }
    assert_eq!(
        (names(&scene, ""), names(&scene, "folder").len()),
        (["archive", "config.toml", "folder", "mine"].map(str::to_owned).to_vec(), 0)
    );
    scene.assert_sound();
}

#[test]
fn the_configuration_is_not_written_over() {
    let (_host, scene) = archived(1);
    let config = read(&scene, "config.toml");
    fs::create_dir(scene.path("other")).unwrap();
    fs::hard_link(scene.path("config.toml"), scene.path("other/shows.csv")).unwrap();
    for form in
        [&["opml"][..], &["rss", "a-show"], &["csv", "shows"], &["json", "shows"], &["ndjson", "shows"]]
            .into_iter()
            .chain([&["sha256sums"][..]])
    {
        for args in [&["--output", "config.toml"][..], &["--output", "./archive/../config.toml", "--force"]] {
            let ran = export(&scene, &[form, args].concat());
            let said = format!("castkeep: {}: this is the configuration file\n", args[1]);
            assert_eq!((ran.code, ran.stderr.starts_with(&said)), (2, true), "{form:?}: {}", ran.stderr);
        }
    }
    for args in [
        &["export", "sqlite", "config.toml", "--force"][..],
        &["export", "bagit", "config.toml"],
        &["export", "csv", "--output", "config.toml", "--force"],
        &["export", "csv", "audio", "shows", "--output", "other", "--force"],
        &["backup", "config.toml", "--force"],
        &[
            "export",
            "opml",
            "--config",
            "other/shows.csv",
            "-o",
            "config.toml",
            "--force",
            "--archive",
            "archive",
        ],
    ] {
        let ran = scene.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
    }
    assert_eq!(read(&scene, "config.toml"), config);
    assert_eq!(names(&scene, "other"), ["shows.csv"]);
    assert_eq!(read(&scene, "other/shows.csv"), config);
}

#[test]
fn an_archive_with_nothing_in_it_is_exported_as_that() {
    let scene = Scene::new(&[]);
    assert_eq!(scene.run(&["init"]).code, 0);
    assert_eq!(outlines::outlines(&exported(&scene, &["opml"])), Vec::<Vec<(String, String)>>::new());
    assert_eq!(exported(&scene, &["json", "shows"]), "[]\n");
    assert_eq!(
        exported(&scene, &["csv", "guests"]),
        "episode_id,show,episode_number,episode_title,published_at,person_id,name,url\n"
    );
    assert_eq!(
        (exported(&scene, &["ndjson", "shows"]), exported(&scene, &["sha256sums"])),
        (String::new(), String::new())
    );
    assert!(exported(&scene, &["sqlite", "slim.db"]).contains("0 episodes of 0 shows"));
    let bag = export(&scene, &["bagit", "bag"]);
    assert_eq!((bag.code, bag.stderr.as_str()), (0, ""));
    assert!(bag::checked(&scene, "bag", "manifest-sha256.txt").0);
    let none = Scene::new(&[]);
    for form in
        [&["csv", "shows"][..], &["rss", "a"], &["bagit", "bag"], &["sqlite", "x.db"], &["sha256sums"]]
    {
        let ran = export(&none, form);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{form:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("there is no archive.db here yet"), "{}", ran.stderr);
    }
    assert_eq!(names(&none, ""), ["config.toml"]);
}

#[test]
fn exports_go_beside_a_run_that_holds_the_archive() {
    let (_host, scene) = archived(2);
    let lock = fs::File::open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    let writer = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE shows SET title = 'halfway'").unwrap();
    for form in [
        &["opml"][..],
        &["rss", "a-show"],
        &["csv", "shows"],
        &["sha256sums"],
        &["bagit", "bag"],
        &["sqlite", "slim.db"],
    ] {
        let text = exported(&scene, form);
        assert!(!text.contains("halfway"), "{form:?}");
    }
    let slim = rusqlite::Connection::open(scene.path("slim.db")).unwrap();
    let title: String = slim.query_row("SELECT title FROM shows", [], |row| row.get(0)).unwrap();
    assert_eq!(title, "A Show");
    writer.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn a_disk_that_is_full_or_only_to_be_read_leaves_nothing_behind() {
    let (_host, scene) = archived(3);
    let script = "
        mkdir small fixed && mount -t tmpfs -o size=64k tmpfs small && mount --bind archive archive && mount -o remount,bind,ro archive || exit
        dd if=/dev/zero of=small/full bs=1k count=60 2>/dev/null
        for form in 'rss a-show --output small/x' 'csv episodes --output small/x' 'csv --output small/y' 'bagit small/bag' 'sqlite small/s.db'; do
            $CASTKEEP export $form --quiet > /dev/null 2>> log; echo \"$form: $? $(ls small)\"
        done
        $CASTKEEP export bagit bag --quiet; echo \"read-only archive: $?\"
        (cd bag && sha256sum -c --quiet manifest-sha256.txt) && echo whole
        mount --bind fixed fixed && mount -o remount,bind,ro fixed
        for form in 'opml --output fixed/x' 'csv --output fixed/y' 'bagit fixed/bag' 'sqlite fixed/s.db'; do
            $CASTKEEP export $form --quiet 2>> log; echo \"$form: $? $(ls fixed)\"
        done";
    // The archive is small: what fills the disk is made larger.
    scene.meddle("UPDATE episodes SET notes_html = hex(randomblob(200000))");
    let Some(said) = unshared(&scene, script) else { return };
    if said.stdout.is_empty() {
        return support::say::say!("skipped: no file system can be mounted here");
    }
    assert_eq!(
        said.stdout,
        "rss a-show --output small/x: 1 full\ncsv episodes --output small/x: 1 full\ncsv --output small/y: 1 full\nbagit small/bag: 1 full\n\
         sqlite small/s.db: 1 full\nread-only archive: 0\nwhole\nopml --output fixed/x: 1 \ncsv --output fixed/y: 1 \nbagit fixed/bag: 1 \n\
         sqlite fixed/s.db: 1 \n",
        "{}",
        read(&scene, "log")
    );
}

#[test]
fn an_export_that_is_stopped_leaves_nothing_behind() {
    let (_host, scene) = archived(1);
    scene.meddle(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 400000)
         INSERT INTO hosts (host, hold_until) SELECT 'host-' || n, '2026-01-01T00:00:00Z' FROM n",
    );
    for (form, part) in [
        (&["csv", "hosts", "--output", "hosts.csv"][..], "hosts.csv.castkeep-part"),
        (&["ndjson", "--output", "all"], "all/hosts.ndjson.castkeep-part"),
    ] {
        let mut run = scene.start(&[&["export"], form].concat());
        let pid = run.id().to_string();
        while !scene.path(part).exists() {
            assert!(run.try_wait().unwrap().is_none(), "{form:?} was over too soon");
        }
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let ran = Scene::wait(run);
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (143, "castkeep: stopped by a signal; nothing was written\n"),
            "{form:?}"
        );
        assert_eq!(names(&scene, ""), ["archive", "config.toml"]);
    }
    // Whoever reads no further has read enough.
    let output = Command::new("sh")
        .args(["-c", "$CASTKEEP export csv hosts | head -n 2"])
        .env("CASTKEEP", env!("CARGO_BIN_EXE_castkeep"))
        .current_dir(scene.path(""))
        .output()
        .unwrap();
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.as_slice()),
        (&b"id,host,hold_until\n1,host-1,2026-01-01T00:00:00Z\n"[..], &b""[..])
    );
}

#[test]
fn an_archive_of_an_older_castkeep_is_exported_as_far_as_it_can_be() {
    let scene = Scene::configured("");
    fs::create_dir_all(scene.path("archive")).unwrap();
    let db = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    db.execute_batch(include_str!("../../fixtures/schema/1.sql")).unwrap();
    db.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO shows (slug, feed_url, configured_url, first_seen_at) VALUES ('a', 'https://a.example/', 'https://a.example/', '2026-01-01T00:00:00Z')",
    )
    .unwrap();
    db.close().unwrap();
    assert_eq!(outlines::outlines(&exported(&scene, &["opml"])).len(), 1);
    assert!(exported(&scene, &["json", "shows"]).contains("\"slug\":\"a\""));
    exported(&scene, &["sqlite", "slim.db"]);
    exported(&scene, &["bagit", "bag"]);
    let mirror = export(&scene, &["rss", "a"]);
    let said = "archive.db: its schema is version 1, and this needs version";
    assert_eq!(
        (mirror.code, mirror.stdout.as_str(), mirror.stderr.contains(said)),
        (1, "", true),
        "{}",
        mirror.stderr
    );
    assert!(
        mirror.stderr.contains("\nhint: \"castkeep sync\" brings it to today's schema"),
        "{}",
        mirror.stderr
    );
}
