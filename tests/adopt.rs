//! `castkeep adopt`: what another program downloaded comes in, nothing is fetched again, nothing is taken for something else, and
//! what is doubtful stays where it is. Folders and databases have the shape of the real ones.

mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rusqlite::Connection;
use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::mounts::unshared;
use support::scene::{Ran, Scene};

/// A host with a show of `count` episodes, known to the archive, with none of its audio.
fn known(count: u32) -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<Item> = (1..=count).rev().map(|n| item(n, &host.url(""))).collect();
    with(host, &items)
}

fn with(host: Host, items: &[Item]) -> (Host, Scene) {
    for n in 1..=30 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host.set_feed("/feed", feed("Tea &amp; Talk: a Show?", items));
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"tea\"\nfeed = \"{}\"\n",
        host.url("/feed")
    ));
    scene.run(&["sync", "--feeds-only"]).assert_no_failure_but_table();
    host.take_log();
    (host, scene)
}

trait Fine {
    fn assert_no_failure_but_table(&self);
}

impl Fine for Ran {
    #[track_caller]
    fn assert_no_failure_but_table(&self) {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{}", self.stdout);
    }
}

fn put(scene: &Scene, path: &str, bytes: impl AsRef<[u8]>) {
    let path = scene.path(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    // Nobody is writing it.
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(1);
    fs::File::options().write(true).open(path).unwrap().set_modified(hour_ago).unwrap();
}

/// Which episode got which audio: `title: n`, where `audio(n)` are its bytes.
fn held(scene: &Scene) -> Vec<String> {
    let rows = scene.rows(
        "SELECT e.title, f.path FROM resources r JOIN episodes e ON e.id = r.episode_id JOIN files f ON f.id = r.file_id
         WHERE r.role = 'enclosure'",
    );
    let mut all: Vec<String> = rows
        .iter()
        .map(|row| {
            let (title, path) = row.rsplit_once('|').unwrap();
            let bytes = fs::read(scene.path("archive").join(path)).unwrap();
            let n = (1..=30).find(|n| audio(*n) == bytes).map_or("other".to_owned(), |n| n.to_string());
            format!("{title}: {n}")
        })
        .collect();
    all.sort();
    all
}

/// The same for episodes 1 to `count`, each with its own.
fn all(count: u32) -> Vec<String> {
    (1..=count).map(|n| format!("#{n} Episode {n}: {n}")).collect()
}

/// Nothing is asked for any more, all is whole, and another run has nothing to do.
#[track_caller]
fn assert_settled(host: &Host, scene: &Scene) {
    scene.assert_sound();
    host.take_log();
    let synced = scene.run(&["sync", "--force"]);
    assert_eq!(synced.code, 0, "{}", synced.stderr);
    assert_eq!(host.take_paths(), ["/feed"]);
    let verified = scene.run(&["verify"]);
    assert_eq!((verified.code, verified.stderr.as_str()), (0, ""), "{}", verified.stdout);
    let before = scene.rows("SELECT * FROM adoptions");
    scene.run(&["adopt", "in"]);
    assert_eq!(scene.rows("SELECT * FROM adoptions"), before);
}

fn gpodder(scene: &Scene, path: &str, rows: &[(&str, &str, u64)]) {
    let path = scene.path(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let db = Connection::open(path).unwrap();
    db.execute_batch(
        "CREATE TABLE podcast (id INTEGER PRIMARY KEY NOT NULL, title TEXT NOT NULL DEFAULT '', url TEXT NOT NULL DEFAULT '',
             download_folder TEXT NOT NULL DEFAULT '');
         CREATE TABLE episode (id INTEGER PRIMARY KEY NOT NULL, podcast_id INTEGER NOT NULL, title TEXT NOT NULL DEFAULT '',
             url TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0, guid TEXT NOT NULL, file_size INTEGER NOT NULL DEFAULT 0,
             state INTEGER NOT NULL DEFAULT 0, download_filename TEXT NULL DEFAULT NULL);
         CREATE TABLE version (version INTEGER); INSERT INTO version VALUES (8);
         INSERT INTO podcast VALUES (1, 'Tea & Talk: a Show?', 'http://moved.example/feed', 'Tea & Talk_ a Show_');",
    )
    .unwrap();
    for (guid, file, size) in rows {
        db.execute(
            "INSERT INTO episode (podcast_id, url, guid, file_size, state, download_filename) VALUES (1, 'x', ?1, ?2, 1, ?3)",
            (guid, *size as i64, file),
        )
        .unwrap();
    }
}

fn podcast_archiver(scene: &Scene, path: &str, rows: &[(&str, &str, &str)]) {
    let db = Connection::open(scene.path(path)).unwrap();
    db.execute_batch(
        "CREATE TABLE episodes(guid TEXT UNIQUE NOT NULL, title TEXT, length UNSIGNED BIG INT, published_time TIMESTAMP);",
    )
    .unwrap();
    for row in rows {
        db.execute("INSERT INTO episodes VALUES (?1, ?2, 0, ?3)", *row).unwrap();
    }
}

#[test]
fn files_of_gpodder_are_told_by_its_database() {
    let (host, scene) = known(3);
    let folder = "in/Downloads/Tea & Talk_ a Show_";
    put(&scene, &format!("{folder}/default.mp3"), audio(2));
    put(&scene, &format!("{folder}/default (2).mp3"), audio(3));
    put(&scene, &format!("{folder}/default (3).mp3"), audio(1));
    let size = audio(1).len() as u64;
    let rows = [
        ("guid-2", "default.mp3", size),
        ("guid-3", "default (2).mp3", size),
        ("guid-1", "default (3).mp3", size),
    ];
    gpodder(&scene, "in/Database", &rows);
    let database = fs::read(scene.path("in/Database")).unwrap();
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (
            0,
            "show  adopted  already here  doubtful\ntea         3             0         0\n3 files adopted, 600.5 kB\n",
            ""
        )
    );
    assert_eq!(host.take_paths(), Vec::<String>::new());
    assert_eq!(held(&scene), all(3));
    assert_eq!(fs::read(scene.path("in/Database")).unwrap(), database);
    assert_eq!(fs::read_dir(scene.path("in")).unwrap().count(), 2);
    // One file with two names: nothing is kept twice, and its mode is as it was.
    let theirs = fs::metadata(scene.path(&format!("{folder}/default.mp3"))).unwrap();
    let ours = fs::metadata(scene.path("archive/audio/tea/2026-01-02 #2 Episode 2.mp3")).unwrap();
    assert_eq!((theirs.ino(), theirs.mode() & 0o200), (ours.ino(), 0o200));
    assert_eq!(scene.rows("SELECT DISTINCT program, outcome FROM adoptions"), ["gpodder|adopted"]);
    assert_settled(&host, &scene);
    assert_eq!(
        scene.run(&["adopt", "in"]).stdout.lines().last(),
        Some("0 files adopted, 0 B; 3 already here")
    );
}

#[test]
fn files_of_podcast_archiver_are_told_by_name_date_and_database() {
    let host = Host::start();
    let titled = |n, title: &str| Item { title: title.to_owned(), ..item(n, &host.url("")) };
    let items = [
        titled(4, "Called otherwise now"),
        titled(3, "Ünïcödé: «quotes» / 100%?"),
        titled(2, "A rerun"),
        titled(1, "A rerun"),
    ];
    let (host, scene) = with(host, &items);
    let folder = "in/Tea & Talk- a Show-";
    put(&scene, &format!("{folder}/2026-01-01 - A rerun.mp3"), audio(1));
    put(&scene, &format!("{folder}/2026-01-02 - A rerun.mp3"), audio(2));
    put(&scene, &format!("{folder}/2026-01-03 - Ünïcödé- «quotes» - 100--.mp3"), audio(3));
    put(&scene, &format!("{folder}/2026-01-04 - Called so then.mp3"), audio(4));
    put(&scene, &format!("{folder}/2026-01-05 - Under way.part"), b"half");
    podcast_archiver(
        &scene,
        "in/podcast-archiver.db",
        &[("guid-4", "Called so then", "2026-01-04T08:00:00+00:00")],
    );
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!(
        (ran.code, ran.stdout.lines().last()),
        (0, Some("4 files adopted, 800.6 kB")),
        "{}",
        ran.stdout
    );
    assert_eq!(
        held(&scene),
        ["A rerun: 1", "A rerun: 2", "Called otherwise now: 4", "Ünïcödé: «quotes» / 100%?: 3"]
    );
    assert_eq!(scene.rows("SELECT DISTINCT program FROM adoptions"), ["podcast-archiver"]);
    assert_settled(&host, &scene);
}

#[test]
fn slugs_and_other_templates_of_podcast_archiver_are_read() {
    let host = Host::start();
    let items = [
        Item { title: "Über das Wetter & mehr".to_owned(), ..item(2, &host.url("")) },
        item(1, &host.url("")),
    ];
    let (host, scene) = with(host, &items);
    put(&scene, "in/Tea-Talk-a-Show/UEber-das-Wetter-mehr.mp3", audio(2));
    put(&scene, "in/Tea-Talk-a-Show/1.mp3", audio(1));
    assert_eq!(scene.run(&["adopt", "in"]).code, 0);
    assert_eq!(held(&scene), ["#1 Episode 1: 1", "Über das Wetter & mehr: 2"]);
    assert_settled(&host, &scene);
}

#[test]
fn files_of_podcast_dl_are_told_by_name_and_by_what_lies_beside() {
    let host = Host::start();
    let mut items = [4, 3, 2, 1].map(|n| item(n, &host.url("")));
    items[1].guid = Some("9f1c2d3e-0000-4000-8000-000000000003".to_owned());
    let (host, scene) = with(host, &items);
    let folder = "in/Tea & Talk_ a Show_";
    put(&scene, &format!("{folder}/20260104-#4 Episode 4.mp3"), audio(4));
    put(&scene, &format!("{folder}/Called otherwise-9f1c2d3e-0000-4000-8000-000000000003.mp3"), audio(3));
    put(&scene, &format!("{folder}/001-guid-2.mp3"), audio(2));
    put(&scene, &format!("{folder}/x.mp3"), audio(1));
    put(&scene, &format!("{folder}/x.meta.json"), "{\"guid\": \"guid-1\", \"title\": \"#1 Episode 1\"}");
    put(&scene, &format!("{folder}/Tea & Talk_ a Show_.image.jpg"), b"\xff\xd8\xff");
    put(&scene, &format!("{folder}/archive.json"), "[\"127.0.0.1/feed-20260104-#4 Episode 4.mp3\"]");
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    // A short guid in a name may be anything; a person knows.
    let left = scene.path(&format!("{folder}/001-guid-2.mp3"));
    assert!(
        ran.stdout.contains(&format!("unmatched: {}: ", left.canonicalize().unwrap().display())),
        "{}",
        ran.stdout
    );
    let ran = scene.run(&["adopt", &format!("{folder}/001-guid-2.mp3"), "--as", "tea", "guid-2"]);
    assert_eq!(
        (ran.code, ran.stdout.lines().last()),
        (0, Some("1 file adopted, 200.2 kB")),
        "{}",
        ran.stderr
    );
    assert_eq!(held(&scene), all(4));
    assert_settled(&host, &scene);
}

#[test]
fn what_may_be_something_else_is_listed_and_left_alone() {
    let host = Host::start();
    let titled = |n, title: &str| Item { title: title.to_owned(), ..item(n, &host.url("")) };
    let items = [
        titled(5, "Trailer"),
        titled(4, "Again"),
        titled(3, "Again"),
        item(2, &host.url("")),
        item(1, &host.url("")),
    ];
    let (host, scene) = with(host, &items);
    let folder = "in/tea";
    // Two of one title; a file that another show may have; two files for one episode; a page; a name of another episode.
    put(&scene, &format!("{folder}/Again.mp3"), audio(4));
    put(&scene, "in/Another Show/2026-01-05 - Trailer.mp3", audio(9));
    put(&scene, &format!("{folder}/2026-01-02 - #2 Episode 2.mp3"), audio(2));
    put(&scene, &format!("{folder}/other/2026-01-02 - #2 Episode 2.mp3"), [audio(2), audio(2)].concat());
    put(&scene, &format!("{folder}/#1 Episode 1.mp3"), "<!doctype html><title>Not found</title>");
    put(&scene, &format!("{folder}/2026-01-03 - Something that was withdrawn.mp3"), audio(10));
    put(&scene, &format!("{folder}/nothing.mp3"), "");
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert_eq!(held(&scene), Vec::<String>::new());
    let rows = scene.rows("SELECT outcome, replace(found_path, rtrim(found_path, replace(found_path, '/', '')), '') FROM adoptions ORDER BY 1, 2");
    assert_eq!(
        rows,
        [
            "doubtful|2026-01-02 - #2 Episode 2.mp3",
            "doubtful|2026-01-02 - #2 Episode 2.mp3",
            "doubtful|2026-01-03 - Something that was withdrawn.mp3",
            "doubtful|2026-01-05 - Trailer.mp3",
            "doubtful|Again.mp3",
            "rejected|#1 Episode 1.mp3",
            "rejected|nothing.mp3",
        ]
    );
    assert_eq!(host.take_paths(), Vec::<String>::new());
    let command = format!(
        "castkeep adopt '{}' --as tea '",
        scene.path(&format!("{folder}/Again.mp3")).canonicalize().unwrap().display()
    );
    assert!(ran.stdout.contains(&command), "{}", ran.stdout);
}

#[test]
fn a_file_that_was_cut_off_is_not_taken_for_whole() {
    let (_host, scene) = known(4);
    for n in 1..=3 {
        put(&scene, &format!("in/tea/#{n} Episode {n}.mp3"), audio(n));
    }
    put(&scene, "in/tea/#4 Episode 4.mp3", &audio(4)[..100_000]);
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!((ran.code, held(&scene)), (3, all(3)));
    assert!(
        ran.stdout.contains("it is shorter than the feed says: it may have been cut off"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_torn_database_is_named_left_alone_and_done_without() {
    let (_host, scene) = known(2);
    let folder = "in/Downloads/Tea & Talk_ a Show_";
    put(&scene, &format!("{folder}/#1 Episode 1.mp3"), audio(1));
    put(&scene, &format!("{folder}/default.mp3"), audio(2));
    gpodder(&scene, "in/Database", &[("guid-2", "default.mp3", 0)]);
    let whole = fs::read(scene.path("in/Database")).unwrap();
    let mut scrambled = whole.clone();
    scrambled[8192..8300].fill(0x5a);
    for (torn, what) in [
        (&whole[..whole.len() / 2], "damaged, or half written: "),
        (&whole[..100], ""),
        (&[][..], "an empty file, which a database never is"),
        (
            b"not a database at all, but a text of some length",
            "damaged, or half written: file is not a database",
        ),
        (&scrambled, "damaged, or half written: "),
    ] {
        fs::write(scene.path("in/Database"), torn).unwrap();
        let ran = scene.run(&["adopt", "in", "--dry-run"]);
        assert_eq!(ran.code, 3, "{what} {} {}", torn.len(), ran.stdout);
        let name = scene.path("in/Database").canonicalize().unwrap();
        assert!(ran.stderr.contains(&format!("{}: {what}", name.display())), "{what}: {}", ran.stderr);
        assert!(ran.stdout.contains("\n1 file would come in"), "{}", ran.stdout);
        // One that was asked for by name must be of use.
        let named = scene.run(&["adopt", "in", "--database", "in/Database"]);
        assert_eq!((named.code, named.stdout.as_str()), (1, ""), "{}", named.stderr);
        assert_eq!(fs::read(scene.path("in/Database")).unwrap(), torn);
    }
    assert_eq!(scene.run(&["adopt", "in"]).code, 3);
    fs::write(scene.path("in/Database"), whole).unwrap();
    assert_eq!(scene.run(&["adopt", "in"]).code, 0);
    assert_eq!(held(&scene), all(2));
    fs::write(scene.path("in/archive.json"), "[\"127.0.0.1/feed-2026").unwrap();
    let ran = scene.run(&["adopt", "in"]);
    assert!(ran.stderr.contains("/archive.json: no list of podcast-dl, or half written: "), "{}", ran.stderr);
}

#[test]
fn dry_runs_change_nothing_and_moves_and_copies_are_what_they_say() {
    let (host, scene) = known(3);
    for n in 1..=3 {
        put(&scene, &format!("in/{n}/#{n} Episode {n}.mp3"), audio(n));
    }
    let before = scene.canon();
    let tried = scene.run(&["adopt", "in", "--show", "tea", "--dry-run"]);
    assert_eq!(
        (tried.code, tried.stdout.lines().last()),
        (0, Some("3 files would come in")),
        "{}",
        tried.stderr
    );
    assert_eq!((scene.canon(), scene.value("SELECT count(*) FROM adoptions")), (before, "0".to_owned()));
    assert_eq!(scene.run(&["adopt", "in/1", "--show", "tea", "--move"]).code, 0);
    assert!(!scene.path("in/1/#1 Episode 1.mp3").exists());
    assert_eq!(scene.run(&["adopt", "in/2", "--show", "tea", "--copy"]).code, 0);
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    let kept = scene.path("archive/audio/tea/2026-01-02 #2 Episode 2.mp3");
    assert_ne!(inode(&scene.path("in/2/#2 Episode 2.mp3")), inode(&kept));
    assert_eq!(fs::metadata(kept).unwrap().mode() & 0o222, 0);
    // A move that was cut short: what the archive has whole goes from there, too.
    assert_eq!(scene.run(&["adopt", "in/3", "--show", "tea"]).code, 0);
    assert_eq!(scene.run(&["adopt", "in/3", "--show", "tea", "--move"]).code, 0);
    assert!(!scene.path("in/3/#3 Episode 3.mp3").exists());
    assert_eq!(held(&scene), all(3));
    assert_settled(&host, &scene);
}

#[test]
fn what_a_killed_run_left_is_found_again() {
    let (host, scene) = known(2);
    put(&scene, "in/tea/#1 Episode 1.mp3", audio(1));
    put(&scene, "in/tea/#2 Episode 2.mp3", audio(2));
    // Between the link and the name, and between the name and the row.
    fs::create_dir_all(scene.path("archive/tmp")).unwrap();
    fs::create_dir_all(scene.path("archive/audio/tea")).unwrap();
    fs::hard_link(scene.path("in/tea/#1 Episode 1.mp3"), scene.path("archive/tmp/1.part")).unwrap();
    let named = scene.path("archive/audio/tea/2026-01-02 #2 Episode 2.mp3");
    fs::hard_link(scene.path("in/tea/#2 Episode 2.mp3"), &named).unwrap();
    assert_eq!(scene.run(&["adopt", "in"]).code, 0);
    assert_eq!(held(&scene), all(2));
    assert_eq!(fs::read_dir(scene.path("archive/tmp")).unwrap().count(), 0);
    assert_eq!(scene.audio().len(), 2);
    assert_eq!(fs::read(scene.path("in/tea/#1 Episode 1.mp3")).unwrap(), audio(1));
    assert_settled(&host, &scene);
}

#[test]
fn a_stray_in_the_archive_is_adopted_where_it_lies() {
    let (host, scene) = known(1);
    put(&scene, "archive/audio/tea/my own name #1 Episode 1.mp3", audio(1));
    put(&scene, "in/x.txt", "");
    let ran = scene.run(&["adopt", "archive/audio/tea/my own name #1 Episode 1.mp3", "--as", "tea", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(scene.rows("SELECT path FROM files"), ["audio/tea/my own name #1 Episode 1.mp3"]);
    assert_eq!(scene.run(&["adopt", "archive"]).stdout, "0 files adopted, 0 B; 1 already here\n");
    assert_settled(&host, &scene);
}

/// `--move` removes what it found from there, and that may be the archive itself under another path.
#[test]
fn a_move_out_of_a_second_mount_of_the_archive_removes_nothing() {
    let mounts = [
        "mount --bind disk archive/audio && $CASTKEEP sync && $CASTKEEP adopt disk --move",
        "mount --bind disk archive/audio && $CASTKEEP sync && $CASTKEEP adopt disk/tea --move",
        "mount --bind disk archive/audio && $CASTKEEP sync && $CASTKEEP adopt 'disk/tea/2026-01-01 #1 Episode 1.mp3' --move --as tea 1",
        "$CASTKEEP sync && mkdir in/below && mount --bind archive/audio/tea in/below && $CASTKEEP adopt in --move",
        "$CASTKEEP sync && mount --bind archive in && $CASTKEEP adopt in --move",
        "$CASTKEEP sync && mkdir archive/again && mount --bind archive/audio archive/again && $CASTKEEP adopt archive --move",
    ];
    for script in mounts {
        let (_host, scene) = known(2);
        for folder in ["disk", "in"] {
            fs::create_dir(scene.path(folder)).unwrap();
        }
        let script = format!("{{ {script}; $CASTKEEP verify; }} 2>&1");
        // What was modified long ago is what is moved.
        let script = script.replace(
            "&& $CASTKEEP adopt",
            "&& find archive/ -name '*.mp3' -exec touch -d 2026-01-01 {} + && $CASTKEEP adopt",
        );
        let Some(said) = unshared(&scene, &script) else { return };
        assert!(
            said.stdout.contains("\n2 files, ") && said.stdout.ends_with(": whole\n"),
            "{script}: {}",
            said.stdout
        );
        assert!(
            said.stdout.contains("0 files adopted") || script.contains("--as"),
            "{script}: {}",
            said.stdout
        );
    }
}

#[test]
fn a_stray_in_a_second_mount_of_the_archive_is_adopted_where_it_lies() {
    let (_host, scene) = known(1);
    put(&scene, "archive/audio/tea/#1 Episode 1.mp3", audio(1));
    fs::create_dir(scene.path("in")).unwrap();
    let script = "mount --bind archive/audio in && $CASTKEEP adopt in --move 2>&1; $CASTKEEP verify";
    let Some(said) = unshared(&scene, script) else { return };
    assert!(said.stdout.contains("\n1 files, ") && said.stdout.ends_with(": whole\n"), "{}", said.stdout);
    assert_eq!(scene.rows("SELECT path FROM files"), ["audio/tea/#1 Episode 1.mp3"]);
}

#[test]
fn what_may_still_be_written_to_is_copied_and_stays() {
    let (_host, scene) = known(1);
    let (path, bytes) = (scene.path("in/tea/#1 Episode 1.mp3"), audio(1));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, &bytes).unwrap();
    let ran = scene.run(&["adopt", "in", "--move", "--verbose"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains(": written to a moment ago; it is adopted, and stays there, too\n"),
        "{}",
        ran.stderr
    );
    // Its writer goes on, and what the archive has is what its row says.
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(&bytes).unwrap();
    assert_eq!(held(&scene), all(1));
    assert_eq!(scene.run(&["verify"]).code, 0);
    let doubted = scene.run(&["adopt", "in", "--move"]);
    assert!(doubted.stdout.contains("the archive has another file of this episode"), "{}", doubted.stdout);
    assert_eq!(fs::read(&path).unwrap().len(), 2 * bytes.len());
}

/// Bytes that the archive has under a name which is recorded for others: their owner's place is not taken.
#[test]
fn bytes_that_lie_at_a_name_of_others_get_one_of_their_own() {
    let (host, scene) = known(2);
    assert_eq!(scene.run(&["sync"]).code, 0);
    let kept = scene.path("archive/audio/tea/2026-01-01 #1 Episode 1.mp3");
    fs::remove_file(&kept).unwrap();
    fs::write(&kept, audio(3)).unwrap();
    let items: Vec<Item> = [3, 2, 1].map(|n| item(n, &host.url(""))).into();
    let renamed =
        Item { title: items[2].title.clone(), date: items[2].date.clone(), ..item(3, &host.url("")) };
    host.set_feed(
        "/feed",
        feed("Tea &amp; Talk: a Show?", &[renamed, item(2, &host.url("")), item(1, &host.url(""))]),
    );
    for _ in 0..2 {
        let ran = scene.run(&["sync", "--force"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    }
    let paths = scene.rows("SELECT path FROM files ORDER BY id");
    assert_eq!(paths[2], "audio/tea/2026-01-01 #1 Episode 1 (2).mp3", "{paths:?}");
    let verified = scene.run(&["verify"]);
    assert_eq!(verified.code, 5, "{}", verified.stdout);
    assert!(
        verified.stdout.starts_with("damaged\taudio/tea/2026-01-01 #1 Episode 1.mp3"),
        "{}",
        verified.stdout
    );
}

#[test]
fn what_is_no_plain_file_is_left_alone() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let (host, scene) = known(2);
    put(&scene, "in/tea/#1 Episode 1.mp3", audio(1));
    std::os::unix::fs::symlink("..", scene.path("in/tea/loop")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", scene.path("in/tea/#2 Episode 2.mp3")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        scene.path("in/tea/pipe.mp3"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let odd = scene.path("in/tea").join(OsStr::from_bytes(b"#2 Episode 2 \xff.mp3"));
    fs::write(odd, audio(2)).unwrap();
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(held(&scene), all(2));
    assert_eq!(
        ran.stderr,
        "castkeep: 3 things left alone (links, downloads that did not end or just did); --verbose names them\n"
    );
    assert_settled(&host, &scene);
}

#[test]
fn what_can_not_be_done_is_said_with_what_helps() {
    let (_host, scene) = known(1);
    let failed = |args: &[&str], code: i32, said: &str| {
        let ran = scene.run(args);
        assert!(ran.code == code && ran.stderr.contains(said), "{args:?}: {} {}", ran.code, ran.stderr);
    };
    failed(&["adopt", "nowhere"], 2, "nowhere: No such file or directory");
    failed(&["adopt", ".", "--show", "nobody"], 2, "hint: there are: tea");
    failed(&["adopt", "config.toml", "--as", "tea", "99"], 2, "tea has no episode \"99\"");
    let empty = Scene::configured("[http]\nonly_hosts = [\"127.0.0.1\"]\n");
    assert_knows_no_episode(&empty.run(&["adopt", "."]));
}

#[track_caller]
fn assert_knows_no_episode(ran: &Ran) {
    let said = "castkeep: the archive knows no episode yet, so that no file can be told to be one\n\
         hint: follow the shows first: castkeep add URL (or castkeep import opml FILE), then castkeep sync --feeds-only\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (2, "", said));
}

#[test]
fn in_a_new_archive_a_try_says_what_the_real_thing_says() {
    let scene = Scene::configured("");
    fs::remove_file(scene.path("config.toml")).unwrap();
    assert_eq!(scene.run(&["init"]).code, 0);
    fs::create_dir(scene.path("in")).unwrap();
    assert_knows_no_episode(&scene.run(&["adopt", "in", "--dry-run"]));
    assert!(!scene.path("archive/audio").exists(), "a try makes nothing");
    assert_knows_no_episode(&scene.run(&["adopt", "in"]));
    assert_knows_no_episode(&scene.run(&["adopt", "in", "--dry-run"]));
}

#[test]
fn json_tells_all_of_it() {
    let (_host, scene) = known(2);
    put(&scene, "in/tea/2026-01-01 #1 Episode 1.mp3", audio(1));
    put(&scene, "in/tea/whatever.mp3", audio(7));
    let ran = scene.run(&["adopt", "in", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &told["adopted"], &told["shows"][0]["show"]), (3, &1.into(), &"tea".into()));
    let file = &told["files"][0];
    assert_eq!(file["kept"], "audio/tea/2026-01-01 #1 Episode 1.mp3");
    let what: Vec<_> =
        file["evidence"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["title", "date", "number", "length", "show"]);
    assert_eq!(told["unmatched"].as_array().unwrap().len(), 1);
}

#[test]
fn the_configuration_of_podcast_archiver_is_followed() {
    let scene = Scene::configured("[http]\nonly_hosts = [\"127.0.0.1\"]\n");
    put(
        &scene,
        "theirs.yaml",
        "feeds:\n  - https://a.example/rss\n  - https://me:s3cret@b.example/rss\nmaximum_episode_count: 3\n",
    );
    let printed = scene.run(&["config", "from", "theirs.yaml"]);
    assert_eq!(
        printed.stdout,
        "[choose]\nnewest = 3  # maximum_episode_count\n\n[[shows]]\nfeed = \"https://a.example/rss\"\n\n\
         [[shows]]\nfeed = \"https://b.example/rss\"\n"
    );
    assert_eq!(scene.run(&["config", "from", "theirs.yaml", "--write"]).code, 0);
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    assert!(config.ends_with("[[shows]]\nfeed = \"https://a.example/rss\"\n\n[[shows]]\nfeed = \"https://me:s3cret@b.example/rss\"\n"), "{config}");
    assert!(config.contains("\n[choose]\nnewest = 3  # maximum_episode_count\n"), "{config}");
    let again = scene.run(&["config", "from", "theirs.yaml", "--write"]);
    assert_eq!((again.code, fs::read_to_string(scene.path("config.toml")).unwrap()), (0, config));
    put(&scene, "torn.yaml", "feeds: [https://a.example/rss");
    let torn = scene.run(&["config", "from", "torn.yaml"]);
    assert!(
        torn.code == 2 && torn.stderr.starts_with("castkeep: torn.yaml: not readable as YAML: "),
        "{}",
        torn.stderr
    );
}

#[test]
fn the_settings_of_podcast_archiver_are_kept_and_what_is_not_is_named() {
    let scene = Scene::configured("");
    fs::remove_file(scene.path("config.toml")).unwrap();
    assert_eq!(scene.run(&["init"]).code, 0);
    let before = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&before.replace("downloads_at_once = 4 ", "downloads_at_once = 2 "));
    let yaml = "feeds: [\"https://a.example/rss\"]\nopml_files: [their list.opml]\narchive_directory: ~/my pods\n\
                database: pods.db\nwrite_info_json: true\nslugify_paths: true\nmaximum_episode_count: 5\nconcurrency: 8\n\
                filename_template: '{show.title}/{episode.title}.{ext}'\n";
    put(&scene, "theirs.yaml", yaml);
    let ran = scene.run(&["config", "from", "theirs.yaml", "--write"]);
    let said = "\
castkeep: config.toml: [http] downloads_at_once = 2 stays: it is your own (concurrency comes to 8)
castkeep: config.toml: [choose] newest = 5 is written (maximum_episode_count)
castkeep: config.toml: [naming] beside = [\"json\"] is written (write_info_json)
castkeep: config.toml: [naming] template = \"{show}/{title}.{ext}\" is written (filename_template)
castkeep: theirs.yaml: slugify_paths: has no equivalent: names are always safe for every file system, and keep letters of any script
castkeep: added 1 show
castkeep: next: castkeep import opml 'their list.opml'
castkeep: next: castkeep sync --feeds-only
castkeep: next: castkeep adopt ~/'my pods' --database pods.db
";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", said));
    let after = fs::read_to_string(scene.path("config.toml")).unwrap();
    let kept: Vec<&str> = before.lines().filter(|line| line.starts_with('#')).collect();
    let still: Vec<&str> = after.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(still, kept, "comments stay as they are");
    for line in
        ["newest = 5 ", "beside = [\"json\"] ", "template = \"{show}/{title}.{ext}\"  # filename_template"]
    {
        assert!(after.lines().any(|own| own.starts_with(line)), "{line}: {after}");
    }
    // A second time there is nothing to write.
    let again = scene.run(&["config", "from", "theirs.yaml", "--write"]);
    assert!(
        again.code == 0 && again.stderr.contains("[choose] newest = 5 is there already"),
        "{}",
        again.stderr
    );
    assert_eq!(fs::read_to_string(scene.path("config.toml")).unwrap(), after);
    // What would not load with it is written neither in whole nor in part.
    put(&scene, "theirs.yaml", yaml.replace("a.example", "c.example"));
    let mut command = scene.command(&["config", "from", "theirs.yaml", "--write"]);
    let ran = Ran::of(command.env("CASTKEEP_SYNC_INTERVAL", "soon").output().unwrap());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(fs::read_to_string(scene.path("config.toml")).unwrap(), after);
}
