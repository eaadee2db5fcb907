//! `castkeep doctor`: each thing that may be wrong with an installation is told in a line of its own.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use support::archived::archived;
use support::scene::{Ran, Scene};
use support::strace;

/// The line on a thing: its verdict and what was found.
fn line<'a>(ran: &'a Ran, what: &str) -> Option<&'a str> {
    ran.stdout.lines().find(|line| line.get(6..).is_some_and(|rest| rest.starts_with(&format!("{what}: "))))
}

fn write(scene: &Scene, sql: &str) {
    rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn all_is_well() {
    let (_host, scene) = archived(2);
    let ran = scene.run(&["doctor"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let today = scene.value("SELECT substr(min(stored_at), 1, 10) FROM files");
    let fixed = [
        format!("ok    castkeep: {}", env!("CARGO_PKG_VERSION")),
        format!("ok    sqlite: {}", rusqlite::version()),
        "ok    configuration: config.toml: 1 show".to_owned(),
        format!("ok    archive: archive, schema version {}", castkeep::archive::VERSION),
        "ok    database: whole".to_owned(),
        "ok    files: 2 there".to_owned(),
        format!("ok    verified: 0 of 2 files since they were stored; each was looked at since {today}"),
        "ok    show: a-show: 2 episodes, 2 with audio".to_owned(),
    ];
    let lines: Vec<_> = ran.stdout.lines().collect();
    let rest: Vec<_> = lines.iter().filter(|line| !fixed.contains(&(**line).to_owned())).collect();
    assert_eq!(lines.len(), fixed.len() + 2, "{}", ran.stdout);
    assert!(rest[0].starts_with("ok    clock: 20") && rest[1].starts_with("ok    disk: "), "{rest:?}");
    assert!(rusqlite::version_number() >= 3_051_003, "older ones can corrupt a database");
    let mut left: Vec<_> =
        fs::read_dir(scene.path("archive")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    left.retain(|name| {
        !name.to_str().unwrap().ends_with("-shm") && !name.to_str().unwrap().ends_with("-wal")
    });
    assert_eq!(left, ["archive.db", "audio", "lock", "tmp"]);
}

#[test]
fn what_is_worth_knowing_is_a_note() {
    let (_host, scene) = archived(2);
    fs::write(scene.path("archive/audio/a-show/stranger.mp3"), "?").unwrap();
    fs::write(scene.path("archive/tmp/7.part"), "half").unwrap();
    write(&scene, "UPDATE files SET stored_at = '2020-01-02T03:04:05Z' WHERE path LIKE '%#1%'");
    // A log that a reader keeps from being folded in; that nothing valid is in this one is not looked at.
    fs::File::create(scene.path("archive/archive.db-wal")).unwrap().set_len(300_000_000).unwrap();
    let lock = fs::File::open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    let ran = scene.run(&["doctor"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    for said in [
        "note  lock: another run holds the archive",
        "note  log: 300.0 MB wait in archive.db-wal: does a program keep the archive open?",
        "note  strays: 1 that no row names: audio/a-show/stranger.mp3",
        "note  parts: 1 download under way in tmp/, 4 B; the next sync goes on with them",
        "note  verified: 0 of 2 files since they were stored; each was looked at since 2020-01-02: \
         \"castkeep verify --sample 5\" each night goes round in twenty",
    ] {
        let what = said.split([' ', ':']).nth(2).unwrap();
        assert_eq!(line(&ran, what), Some(said), "{}", ran.stdout);
    }
    drop(lock);
    assert_eq!(line(&scene.run(&["doctor"]), "lock"), None);
}

#[test]
fn what_needs_care_is_bad() {
    let (_host, scene) = archived(2);
    let bad = |what: &str, found: &str| {
        let ran = scene.run(&["doctor"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (5, ""), "{}", ran.stdout);
        let line = line(&ran, what).unwrap_or_default();
        assert!(line.starts_with(&format!("BAD   {what}: ")) && line.contains(found), "{}", ran.stdout);
    };
    let copy = fs::read(scene.path("archive/archive.db")).unwrap();
    let restore = || fs::write(scene.path("archive/archive.db"), &copy).unwrap();

    write(&scene, "PRAGMA foreign_keys = OFF; UPDATE links SET segment_id = 99 WHERE id = 1");
    bad("database", "links row 1 points at no row of segments");
    restore();
    write(&scene, "UPDATE runs SET finished_at = '2098-01-01T00:00:00Z'");
    bad("clock", "but the archive was written to at 2098-01-01T00:00:00Z");
    restore();
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("[archive]\nmin_free_mb = 1000000000\n{config}"));
    bad("disk", "(downloads stop below 1.0 PB)");
    scene.configure(&config);

    let first = scene.path("archive/audio/a-show/2026-01-01 #1 Episode 1.mp3");
    fs::set_permissions(&first, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&first, "short").unwrap();
    fs::remove_file(scene.path("archive/audio/a-show/2026-01-02 #2 Episode 2.mp3")).unwrap();
    bad(
        "files",
        "2 of 2 are not as they were: audio/a-show/2026-01-01 #1 Episode 1.mp3 (5 bytes instead of 200160), \
         audio/a-show/2026-01-02 #2 Episode 2.mp3 (missing)",
    );
    fs::rename(scene.path("archive/audio"), scene.path("audio")).unwrap();
    bad("files", "/audio: No such file or directory");
    fs::write(scene.path("archive/archive.db"), "").unwrap();
    bad("archive", "there is no database in it");
    let long = "no database at all, but long enough to have a header".repeat(9);
    fs::write(scene.path("archive/archive.db"), long).unwrap();
    bad("archive", "file is not a database");
}

#[test]
fn an_archive_that_is_not_there_is_bad_only_where_it_should_be() {
    let scene = Scene::configured("");
    let ran = scene.run(&["doctor"]);
    assert_eq!(
        (ran.code, line(&ran, "archive")),
        (0, Some("ok    archive: archive archive: there is no archive.db here yet"))
    );
    assert!(!scene.path("archive").exists());
    scene.configure("[archive]\ncreate = false\n");
    let ran = scene.run(&["doctor"]);
    assert_eq!(
        (ran.code, line(&ran, "archive")),
        (5, Some("BAD   archive: archive archive: there is no archive.db here yet"))
    );
}

/// Runs castkeep where statfs(2) says that the archive is on NFS; `None`, said on stderr, where strace can't make it so.
fn on_nfs(scene: &Scene, args: &[&str]) -> Option<Ran> {
    if !strace::is_there() {
        return None;
    }
    // struct statfs begins with f_type, as wide as a machine word.
    let magic = 0x6969_usize.to_ne_bytes().map(|byte| format!("{byte:02x}")).concat();
    let out = Command::new("strace")
        .args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "--trace=statfs",
            &format!("--inject=statfs:poke_exit=@arg2={magic}"),
        ])
        .arg(env!("CARGO_BIN_EXE_castkeep"))
        .args(args)
        .current_dir(scene.path(""))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some(Ran { code: out.status.code().unwrap_or(-1), stdout: text(out.stdout), stderr: text(out.stderr) })
}

#[test]
fn on_a_network_file_system_the_journal_is_a_rollback_journal() {
    let (host, scene) = archived(2);
    let before = scene.canon();
    let header = || fs::read(scene.path("archive/archive.db")).unwrap()[18..20].to_vec();
    assert_eq!(header(), [2, 2], "a write-ahead log");
    // Twice: an archive that is moved there, and one that is there.
    for _ in 0..2 {
        let Some(ran) = on_nfs(&scene, &["sync", "--force"]) else { return };
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        assert_eq!(header(), [1, 1], "a rollback journal");
    }
    assert_eq!(scene.canon(), before);
    let ran = on_nfs(&scene, &["doctor"]).unwrap();
    let said =
        "note  file system: NFS, over a network (journal: delete): let one machine write, and one only";
    assert_eq!((ran.code, line(&ran, "file system")), (0, Some(said)));
    for command in [&["status"][..], &["verify"], &["backup", "copy.db"]] {
        assert_eq!(on_nfs(&scene, command).unwrap().code, 0, "{command:?}");
    }
    let names = fs::read_dir(scene.path("archive")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(
        names,
        ["archive.db", "audio", "lock", "tmp"],
        "a rollback journal leaves nothing, even for readers"
    );

    // A new archive there, and one that comes home again.
    let fresh = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(on_nfs(&fresh, &["sync"]).unwrap().code, 0);
    assert_eq!(fresh.canon(), before);
    fresh.assert_sound();
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(header(), [2, 2]);
    assert_eq!(scene.canon(), before);
    scene.assert_sound();
}
