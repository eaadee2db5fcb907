//! `castkeep backup`: a copy that is whole, of one moment, also beside a writer; and nothing left behind where there can be none.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use rusqlite::Connection;
use support::archived::archived;
use support::mounts::unshared;
use support::say::say;
use support::scene::Scene;
use support::strace;

/// What is in a folder of the scene, sorted.
fn names(scene: &Scene, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(scene.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_beside_the_audio_is_a_working_archive() {
    let (host, scene) = archived(3);
    let rows: usize = [
        "shows",
        "episodes",
        "segments",
        "links",
        "resources",
        "downloads",
        "files",
        "runs",
        "fetches",
        "documents",
        "notes_readings",
        "domain_counts",
    ]
    .iter()
    .map(|table| scene.value(&format!("SELECT count(*) FROM {table}")).parse::<usize>().unwrap())
    .sum();
    let ran = scene.run(&["backup", "copy.db"]);
    let size = fs::metadata(scene.path("copy.db")).unwrap().len();
    let size = castkeep::report::human_bytes(size);
    assert_eq!(ran.stdout, format!("copy.db: {size}, 3 episodes of 1 show, {rows} rows in all\n"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(names(&scene, ""), ["archive", "config.toml", "copy.db"]);
    assert_eq!(
        names(&scene, "archive"),
        ["archive.db", "audio", "lock", "tmp"],
        "reading leaves nothing behind"
    );
    let before = scene.canon();
    let mode = |path: &str| fs::metadata(scene.path(path)).unwrap().permissions().mode();
    assert_eq!(mode("copy.db"), mode("archive/archive.db"));

    // The disk dies; the copy and the audio are put on another.
    fs::create_dir(scene.path("new")).unwrap();
    fs::rename(scene.path("copy.db"), scene.path("new/archive.db")).unwrap();
    fs::rename(scene.path("archive/audio"), scene.path("new/audio")).unwrap();
    fs::remove_dir_all(scene.path("archive")).unwrap();
    fs::rename(scene.path("new"), scene.path("archive")).unwrap();
    assert_eq!(scene.run(&["doctor"]).code, 0, "though there is no tmp yet");
    assert_eq!(names(&scene, "archive"), ["archive.db", "audio"], "and it makes none");
    assert_eq!(scene.run(&["verify"]).code, 0);
    assert_eq!(scene.canon(), before);
    host.take_log();
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(host.take_paths(), ["/feed.xml"], "nothing is fetched again");
    assert_eq!(scene.canon(), before);
    scene.assert_sound();
}

#[test]
fn a_backup_is_of_one_moment_while_a_writer_is_busy() {
    let (_host, scene) = archived(3);
    let lock = fs::File::open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    let database = scene.path("archive/archive.db");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let db = Connection::open(&database).unwrap();
            db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
            let mut n = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                // Two rows that are only ever there together, and some weight.
                db.execute_batch(&format!(
                    "BEGIN IMMEDIATE; INSERT INTO hosts (host, hold_until) VALUES ('a{n}', hex(randomblob(2000)));
                     INSERT INTO hosts (host, hold_until) VALUES ('b{n}', ''); COMMIT"
                ))
                .unwrap();
                n += 1;
            }
            n
        });
        let mut last = 0;
        for n in 0..6 {
            let file = format!("copy-{n}.db");
            let ran = scene.run(&["backup", "--quiet", &file]);
            assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
            let copy = Connection::open(scene.path(&file)).unwrap();
            let one = |sql: &str| copy.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
            let pairs = one("SELECT count(*) FROM hosts WHERE host LIKE 'a%'");
            assert_eq!(one("SELECT count(*) FROM hosts WHERE host LIKE 'b%'"), pairs);
            assert!(pairs >= last);
            last = pairs;
            let check: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(check, "ok");
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(writer.join().unwrap() > 0);
    });
}

/// The copy of last year: it begins as one, and holds nothing.
fn older() -> Vec<u8> {
    let mut bytes = b"SQLite format 3\0".to_vec();
    bytes.resize(4096, 0);
    bytes[68..72].copy_from_slice(&1_128_352_592_u32.to_be_bytes());
    bytes
}

#[test]
fn nothing_but_a_copy_is_replaced_even_by_force() {
    let (_host, scene) = archived(3);
    let audio = scene.audio();
    let paths: Vec<String> = audio.keys().map(|path| format!("archive/{path}")).collect();
    let config = fs::read(scene.path("config.toml")).unwrap();
    std::os::unix::fs::symlink("config.toml", scene.path("link.db")).unwrap();
    for path in paths.iter().map(String::as_str).chain(["config.toml", "link.db", "/dev/null"]) {
        let ran = scene.run(&["backup", "--force", path]);
        let said = format!("castkeep: {path}: this is not a copy of an archive\n");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{path}");
        assert!(ran.stderr.starts_with(&said), "{}", ran.stderr);
    }
    assert_eq!(scene.audio(), audio);
    assert_eq!(fs::read(scene.path("config.toml")).unwrap(), config);
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let (_host, scene) = archived(3);
    fs::write(scene.path("copy.db"), older()).unwrap();
    fs::write(scene.path("copy.db.castkeep-part"), "left by a copy that was killed").unwrap();
    let ran = scene.run(&["backup", "copy.db"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        "castkeep: copy.db: there is such a file already\nhint: choose another name, or replace it with --force\n"
    );
    assert_eq!(fs::read(scene.path("copy.db")).unwrap(), older());
    assert_eq!(scene.run(&["backup", "copy.db", "--force"]).code, 0);
    assert_eq!(names(&scene, ""), ["archive", "config.toml", "copy.db"]);
    let copy = Connection::open(scene.path("copy.db")).unwrap();
    assert_eq!(copy.query_row("SELECT count(*) FROM episodes", [], |row| row.get::<_, i64>(0)).unwrap(), 3);
}

#[test]
fn where_no_copy_can_be_nothing_is_left_behind() {
    let (_host, scene) = archived(3);
    fs::create_dir(scene.path("folder")).unwrap();
    fs::hard_link(scene.path("archive/archive.db"), scene.path("twin.db")).unwrap();
    std::os::unix::fs::symlink("archive/archive.db", scene.path("link.db")).unwrap();
    let before = fs::read(scene.path("archive/archive.db")).unwrap();
    let (all, inside) = (names(&scene, ""), names(&scene, "archive"));
    for (target, code, why) in [
        ("folder", 2, "this is a folder"),
        ("folder/", 2, "this is a folder"),
        ("..", 2, "this is no name for a file"),
        ("archive/archive.db", 2, "this is the archive itself"),
        ("./archive/../archive/archive.db-wal", 2, "this is the archive itself"),
        ("archive/lock", 2, "this is the archive itself"),
        ("twin.db", 2, "this is the archive itself"),
        ("link.db", 2, "this is the archive itself"),
        ("nowhere/copy.db", 1, "No such file or directory"),
        ("config.toml/copy.db", 1, "Not a directory"),
    ] {
        let ran = scene.run(&["backup", "--force", target]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{target}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{target}: {}", ran.stderr);
        assert_eq!((names(&scene, ""), names(&scene, "archive")), (all.clone(), inside.clone()), "{target}");
    }
    assert!(fs::read(scene.path("archive/archive.db")).unwrap() == before);
    fs::remove_dir_all(scene.path("archive")).unwrap();
    let ran = scene.run(&["backup", "copy.db"]);
    assert!(ran.code == 1 && ran.stderr.contains("there is no archive.db here yet"), "{}", ran.stderr);
    assert!(!scene.path("copy.db").exists() && !scene.path("archive").exists());
}

#[test]
fn two_copies_to_one_name_do_not_meddle() {
    let (_host, scene) = archived(3);
    let part = fs::File::create(scene.path("copy.db.castkeep-part")).unwrap();
    part.lock().unwrap();
    let ran = scene.run(&["backup", "copy.db"]);
    assert!(ran.code == 1 && ran.stderr.contains("another copy is being written there"), "{}", ran.stderr);
    assert!(scene.path("copy.db.castkeep-part").exists() && !scene.path("copy.db").exists());
}

#[test]
fn a_damaged_archive_replaces_no_good_backup() {
    let (_host, scene) = archived(3);
    assert_eq!(scene.run(&["backup", "copy.db"]).code, 0);
    let good = fs::read(scene.path("copy.db")).unwrap();
    let mut bytes = fs::read(scene.path("archive/archive.db")).unwrap();
    let (page, count) = (4096, bytes.len() / 4096);
    for n in [0, count / 3, count / 2, count - 2] {
        let whole = bytes.clone();
        bytes[n * page..(n + 1) * page].fill(0);
        fs::write(scene.path("archive/archive.db"), &bytes).unwrap();
        let ran = scene.run(&["backup", "--force", "copy.db"]);
        assert!([1, 5].contains(&ran.code) && ran.stdout.is_empty(), "page {n}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("hint: move it aside and put a backup in its place"),
            "page {n}: {}",
            ran.stderr
        );
        assert!(fs::read(scene.path("copy.db")).unwrap() == good, "page {n}");
        assert!(!scene.path("copy.db.castkeep-part").exists());
        bytes = whole;
    }
}

#[test]
fn a_full_or_read_only_disk_gets_no_copy_and_no_part_of_one() {
    let (_host, scene) = archived(3);
    let script = "mkdir small fixed; mount -t tmpfs -o size=100k tmpfs small; mount -t tmpfs -o ro tmpfs fixed
                  for where in small fixed; do \"$CASTKEEP\" backup $where/copy.db 2>&1; echo $?; ls -A $where; done
                  mount -o remount,size=64m small; \"$CASTKEEP\" backup --quiet small/copy.db; echo $?; ls -A small";
    let Some(said) = unshared(&scene, script) else { return };
    let lines: Vec<_> = said.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "castkeep: archive small/copy.db.castkeep-part: write the copy: database or disk is full: Error code 13: database or disk is full",
            "hint: free some space; the next run goes on from here",
            "1",
            "castkeep: archive: make the copy fixed/copy.db.castkeep-part: Read-only file system (os error 30)",
            "hint: the disk can only be read: mount it for writing; where it went bad, the kernel may have done so (dmesg)",
            "1",
            "0",
            "copy.db"
        ]
    );
}

#[test]
fn a_copy_that_is_killed_is_made_anew_by_the_next() {
    let (_host, scene) = archived(3);
    if !strace::is_there() {
        return;
    }
    let before = fs::read(scene.path("archive/archive.db")).unwrap();
    fs::write(scene.path("copy.db"), older()).unwrap();
    let mut killed = 0;
    for call in [
        "openat:when=3",
        "pwrite64:when=1",
        "pwrite64:when=9",
        "fsync:when=1",
        "renameat:when=1",
        "rename:when=1",
        "fsync:when=2",
    ] {
        let (call, when) = call.split_once(':').unwrap();
        let ran = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", &format!("--trace={call}"), "-P"])
            .arg(scene.path("copy.db.castkeep-part"))
            .args(["-P", "copy.db.castkeep-part", "-P"])
            .arg(scene.path(""))
            .args([
                "-P",
                ".",
                &format!("--inject={call}:signal=SIGKILL:{when}"),
                env!("CARGO_BIN_EXE_castkeep"),
            ])
            .args(["backup", "--force", "copy.db"])
            .current_dir(scene.path(""))
            .output()
            .unwrap();
        killed += usize::from(!ran.status.success());
        let copy = fs::read(scene.path("copy.db")).unwrap();
        if copy != older() {
            let db = Connection::open(scene.path("copy.db")).unwrap();
            assert_eq!(
                db.query_row("SELECT count(*) FROM episodes", [], |row| row.get::<_, i64>(0)).unwrap(),
                3
            );
        }
        assert_eq!(scene.run(&["backup", "--force", "copy.db"]).code, 0, "{call} {when}");
        assert!(!scene.path("copy.db.castkeep-part").exists());
        fs::write(scene.path("copy.db"), older()).unwrap();
    }
    say!("{killed} of 7 copies were killed");
    assert!(killed >= 4);
    assert!(fs::read(scene.path("archive/archive.db")).unwrap() == before);
}
