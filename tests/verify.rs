//! `castkeep verify`: what is missing, changed or unknown is named; `--repair` fetches it again.

mod support;

use std::fs;

use support::archived::archived;
use support::feed::{audio, feed, item};
use support::host::Host;
use support::say::say;
use support::scene::Scene;

/// Where the audio of episode `n` is.
fn file(n: u32) -> String {
    format!("audio/a-show/2026-01-0{n} #{n} Episode {n}.mp3")
}

/// Writes over a file as a failing disk would.
fn overwrite(scene: &Scene, n: u32, bytes: &[u8]) {
    let path = scene.path("archive").join(file(n));
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
}

/// Loses episode 1, flips a byte of 2, exchanges 3 for 4, adds a stranger.
fn damage(scene: &Scene) {
    fs::remove_file(scene.path("archive").join(file(1))).unwrap();
    let mut bytes = audio(2);
    bytes[1000] ^= 1;
    overwrite(scene, 2, &bytes);
    overwrite(scene, 3, &audio(4));
    fs::write(scene.path("archive/audio/a-show/stranger.mp3"), "?").unwrap();
}

#[test]
fn a_whole_archive_is_whole() {
    let (host, scene) = archived(4);
    let ran = scene.run(&["verify"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "4 files, 800.6 kB: whole\n", ""));
    assert_eq!(scene.value("SELECT count(*) FROM files WHERE verified_at IS NOT NULL"), "4");
    assert_eq!(host.take_log(), []);
    scene.run(&["verify", "--quiet"]).assert_silent();
}

#[test]
fn case_116_117_missing_changed_exchanged_and_stray_files_are_named_with_their_episodes() {
    let (host, scene) = archived(4);
    damage(&scene);
    let ran = scene.run(&["verify"]);
    assert_eq!(ran.code, 5);
    assert_eq!(
        ran.stdout,
        format!(
            "missing\t{}\tA Show: #1 Episode 1\n\
             damaged\t{}\tA Show: #2 Episode 2\tits bytes have changed\n\
             damaged\t{}\tA Show: #3 Episode 3\tits bytes have changed\n\
             stray\taudio/a-show/stranger.mp3\n1 of 4 files, 200.2 kB: whole\n",
            file(1),
            file(2),
            file(3)
        )
    );
    assert_eq!(
        ran.stderr,
        "hint: run \"castkeep verify --repair\" to fetch again what is missing or damaged\n"
    );
    assert_eq!(
        scene.rows("SELECT number, f.state FROM audio JOIN files f USING (path) ORDER BY 1"),
        ["1|missing", "2|damaged", "3|damaged", "4|present"]
    );
    assert_eq!(scene.rows("SELECT number FROM missing_audio ORDER BY 1"), ["1", "2", "3"]);
    assert_eq!(host.take_log(), []);

    // A named show is looked at alone, and strays are nobody's.
    let named = scene.run(&["verify", "a-show"]);
    assert_eq!((named.code, named.stdout.contains("stray")), (5, false));
}

#[test]
fn repair_brings_the_recorded_bytes_back() {
    let (host, scene) = archived(4);
    let before = scene.canon();
    damage(&scene);

    let ran = scene.run(&["verify", "--repair"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "a stray is told, and is nothing to repair");
    let repaired: String = (1..=3).map(|n| format!("repaired\t{}\n", file(n))).collect();
    let end = format!("stray\taudio/a-show/stranger.mp3\n{repaired}4 files, 800.6 kB: whole\n");
    assert!(ran.stdout.ends_with(&end), "{}", ran.stdout);
    fs::remove_file(scene.path("archive/audio/a-show/stranger.mp3")).unwrap();
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/audio/2.mp3", "/audio/3.mp3"]);
    assert_eq!(scene.canon(), before);
    assert_eq!(scene.run(&["verify"]).code, 0);
    scene.assert_sound();
}

#[test]
fn repair_keeps_other_bytes_beside_and_says_so() {
    let (host, scene) = archived(4);
    fs::remove_file(scene.path("archive").join(file(1))).unwrap();
    host.set_audio("/audio/1.mp3", audio(9));
    let ran = scene.run(&["verify", "--repair"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stderr.contains("the host serves other bytes now"), "{}", ran.stderr);
    // Ids follow the order in which files arrived, which is anyone's guess: the lost bytes are told by their path.
    assert_eq!(scene.rows("SELECT path FROM files WHERE state = 'missing'"), [file(1)]);
    assert_eq!(scene.rows("SELECT count(*) FROM files WHERE state = 'present'"), ["4"]);
    assert_eq!(scene.rows("SELECT number FROM missing_audio"), Vec::<String>::new());
    scene.assert_sound();
}

#[test]
fn case_117_truncated_empty_and_swapped_files_are_named() {
    let (_host, scene) = archived(4);
    let before = scene.canon();
    overwrite(&scene, 1, &audio(1)[..1000]);
    overwrite(&scene, 2, b"");
    let swap = |a: &str, b: &str| fs::rename(scene.path("archive").join(a), scene.path("archive").join(b));
    swap(&file(3), "x").and_then(|()| swap(&file(4), &file(3))).and_then(|()| swap("x", &file(4))).unwrap();
    let lines = |short: &str| {
        format!(
            "damaged\t{}\tA Show: #1 Episode 1\t1000 bytes instead of 200160\n\
             damaged\t{}\tA Show: #2 Episode 2\t0 bytes instead of 200160\n{short}",
            file(1),
            file(2)
        )
    };
    // Two files of one length that changed places are told only by their hashes.
    let ran = scene.run(&["verify", "--quick"]);
    assert_eq!((ran.code, ran.stdout), (5, lines("2 of 4 files, 400.3 kB: there\n")));
    let swapped = format!(
        "damaged\t{}\tA Show: #3 Episode 3\tits bytes have changed\n\
         damaged\t{}\tA Show: #4 Episode 4\tits bytes have changed\n0 of 4 files, 0 B: whole\n",
        file(3),
        file(4)
    );
    let ran = scene.run(&["verify"]);
    assert_eq!((ran.code, ran.stdout), (5, lines(&swapped)));
    assert_eq!(scene.run(&["verify", "--repair"]).code, 0);
    assert_eq!(scene.canon(), before);
}

#[test]
fn a_share_a_night_goes_around_and_damage_stays_told() {
    let (_host, scene) = archived(4);
    let verified = || scene.value("SELECT count(*) FROM files WHERE verified_at IS NOT NULL");
    for night in 1..=4 {
        let ran = scene.run(&["verify", "--sample", "25%"]);
        let said = "4 files, 800.6 kB: there; 1 of them, 200.2 kB, hashed and whole\n";
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, said, ""));
        assert_eq!(verified(), night.to_string());
    }
    // What was verified the longest ago comes next; a flipped byte is found on its night, and told on all that follow.
    let old = "UPDATE files SET verified_at = '2020-01-0' || substr(path, 23, 1) || 'T00:00:00Z'";
    rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap().execute(old, []).unwrap();
    let mut bytes = audio(2);
    bytes[1000] ^= 1;
    overwrite(&scene, 2, &bytes);
    let codes: Vec<_> = (0..4).map(|_| scene.run(&["verify", "--sample", "0.5%"]).code).collect();
    assert_eq!(codes, [0, 5, 5, 5]);
    assert_eq!(
        scene.rows("SELECT state, verified_at < '2021' FROM files ORDER BY path"),
        ["present|0", "damaged|1", "present|0", "present|0"]
    );
    overwrite(&scene, 2, &audio(2));
    assert_eq!(
        scene.run(&["verify", "--quick"]).code,
        0,
        "a file that was damaged is hashed again in any case"
    );
    assert_eq!(scene.rows("SELECT DISTINCT state FROM files"), ["present"]);
}

#[test]
fn a_share_is_a_share() {
    let scene = Scene::new(&[]);
    scene.run(&["init"]);
    for share in ["5%", "0.5%", "100", "100%", "1"] {
        assert_eq!(scene.run(&["verify", "--sample", share]).code, 0, "{share}");
    }
    for share in ["0%", "0", "101%", "-5%", "5 %%", "five", "", "%", "NaN", "inf", "1e1"] {
        assert_eq!(scene.run(&["verify", "--sample", share]).code, 2, "{share}");
    }
    assert_eq!(scene.run(&["verify", "--sample", "5%", "--quick"]).code, 2);
}

/// The database as bytes, none of which are in a log.
fn database(scene: &Scene) -> Vec<u8> {
    let log = fs::metadata(scene.path("archive/archive.db-wal"));
    assert!(log.is_err() || log.is_ok_and(|log| log.len() == 0));
    fs::read(scene.path("archive/archive.db")).unwrap()
}

#[test]
fn case_116_a_page_that_rotted_is_told_and_nothing_is_written_to_it() {
    let (_host, scene) = archived(4);
    let whole = database(&scene);
    let page = 4096;
    let mut told = 0;
    // One page after the other turns to zeros; the first holds the header.
    let pages: Vec<usize> = (0..whole.len() / page).step_by(whole.len() / page / 16).collect();
    for &n in &pages {
        let mut rotten = whole.clone();
        rotten[n * page..(n + 1) * page].fill(0);
        fs::write(scene.path("archive/archive.db"), &rotten).unwrap();
        let ran = scene.run(&["verify"]);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        assert_eq!(ran.code, 5, "page {n}: {}{}", ran.stdout, ran.stderr);
        let line = ran.stdout.lines().find(|line| line.starts_with("database\t"));
        told += usize::from(line.is_some());
        assert!(ran.stderr.contains("hint: move it aside and put a backup in its place"), "{}", ran.stderr);
        assert!(database(&scene) == rotten, "page {n} was written to");
        assert_eq!(scene.run(&["doctor"]).code, 5);
    }
    assert_eq!(told, pages.len());
}

#[test]
fn case_116_flipped_bytes_in_the_database_never_break_the_reader() {
    let (_host, scene) = archived(4);
    let whole = database(&scene);
    let (mut found, mut tried) = (0, 0);
    for at in (0..whole.len()).step_by(whole.len() / 60) {
        let mut rotten = whole.clone();
        rotten[at + 5] ^= 0x80;
        fs::write(scene.path("archive/archive.db"), &rotten).unwrap();
        let ran = scene.run(&["verify"]);
        // A byte inside a text that no index holds is for nobody to see.
        assert!([0, 5].contains(&ran.code) && !ran.stderr.contains("panicked"), "byte {at}: {}", ran.stderr);
        // Where SQLite finds nothing wrong, and a text is not what its index was made from, the books go on.
        if ran.code == 5 && !ran.stdout.contains(" differs from ") {
            assert!(database(&scene) == rotten, "byte {at}");
        }
        found += usize::from(ran.code == 5);
        tried += 1;
    }
    say!("{found} of {tried} flipped bytes were found");
}

#[test]
fn case_116_a_text_that_rotted_is_told_by_its_index() {
    let (_host, scene) = archived(4);
    let whole = database(&scene);
    let text = b"Notes of episode 2, see ";
    let places: Vec<_> = (0..whole.len() - text.len()).filter(|at| whole[*at..].starts_with(text)).collect();
    let mut told = Vec::new();
    for &at in &places {
        let mut rotten = whole.clone();
        rotten[at + 2] ^= 1;
        fs::write(scene.path("archive/archive.db"), &rotten).unwrap();
        let ran = scene.run(&["verify"]);
        let lines = ran.stdout.lines().filter_map(|line| line.strip_prefix("database\t"));
        told.extend(lines.map(str::to_owned));
        assert_eq!(ran.code, if ran.stdout.starts_with("database") { 5 } else { 0 }, "{}", ran.stderr);
    }
    told.sort();
    let differs = |table: &str| format!("{table}_fts differs from the texts that it was made from");
    assert_eq!(told, [differs("episodes"), differs("segments")], "of {} places", places.len());
}

#[test]
fn case_116_a_stored_feed_that_rotted_is_told_and_ends_no_run() {
    let (_host, scene) = archived(4);
    let change = |sql: &str| {
        rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap().execute(sql, []).unwrap();
    };
    let at = scene.value("SELECT started_at FROM fetches");
    for (rot, why) in [
        (
            "UPDATE documents SET content = CAST(substr(content, 1, 40) || x'00' || substr(content, 42) AS BLOB)",
            "",
        ),
        ("UPDATE documents SET content = x''", ""),
        ("UPDATE documents SET size_bytes = 9000000000000000000", "its length is not the one recorded"),
    ] {
        let copy = database(&scene);
        change(rot);
        let ran = scene.run(&["verify"]);
        assert_eq!(ran.code, 5, "{rot}");
        let first = ran.stdout.lines().next().unwrap();
        assert!(first.starts_with(&format!("database\tdocument 1 is damaged: {why}")), "{first}");
        assert!(first.ends_with(&format!(" (the feed of a-show, fetched {at})")), "{first}");
        assert_eq!(scene.run(&["verify", "--quick"]).code, 0, "that takes a closer look");
        assert_eq!(scene.run(&["document", "1"]).code, 1, "{rot}");
        // The host says that nothing has changed: where the feed leads on to stands in the document.
        let ran = scene.run(&["backfill", "a-show"]);
        assert!(
            ran.code == 3 && ran.stderr.contains("document 1 is damaged"),
            "{rot}: {} {}",
            ran.code,
            ran.stderr
        );
        fs::write(scene.path("archive/archive.db"), copy).unwrap();
    }
}

#[test]
fn case_116_a_log_that_rotted_loses_its_end_and_the_next_run_finds_it_again() {
    let (host, scene) = archived(4);
    let before = scene.canon();
    // A reader that stays keeps the log of the next run from being folded in.
    let reader = scene.database();
    reader.execute_batch("BEGIN; SELECT * FROM shows").unwrap();
    let items: Vec<_> = (1..=6).map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 5..=6 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    let log = fs::read(scene.path("archive/archive.db-wal")).unwrap();
    let copy = fs::read(scene.path("archive/archive.db")).unwrap();
    drop(reader);
    let after = scene.canon();
    assert_ne!(after, before);
    for at in [10, 40, log.len() / 3, log.len() / 2, log.len() - 2000] {
        let mut rotten = log.clone();
        rotten[at] ^= 1;
        let _ = fs::remove_file(scene.path("archive/archive.db-shm"));
        fs::write(scene.path("archive/archive.db"), &copy).unwrap();
        fs::write(scene.path("archive/archive.db-wal"), rotten).unwrap();
        let ran = scene.run(&["verify"]);
        // The files whose rows are lost are strays now.
        assert!([0, 5].contains(&ran.code), "{at}: {}", ran.stderr);
        assert!(
            ran.stdout.lines().all(|line| line.starts_with("stray\t") || line.ends_with(": whole")),
            "{}",
            ran.stdout
        );
        assert_eq!(scene.run(&["sync", "--force"]).code, 0);
        assert_eq!(scene.canon(), after, "{at}");
        assert_eq!(scene.run(&["verify"]).code, 0);
        scene.assert_sound();
    }
}

/// What is outside the archive, before and after: bytes and modes.
fn outside(scene: &Scene) -> Vec<(std::path::PathBuf, u32, Vec<u8>)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut entries: Vec<_> =
        fs::read_dir(scene.path("elsewhere")).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let look = |path: std::path::PathBuf| {
        let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
        let bytes = fs::read(&path).unwrap_or_default();
        (path, mode, bytes)
    };
    entries.into_iter().map(look).collect()
}

#[test]
fn case_118_a_link_in_place_of_a_file_is_damage_and_is_not_followed() {
    let (_host, scene) = archived(4);
    let before = scene.canon();
    fs::create_dir(scene.path("elsewhere")).unwrap();
    for (n, target) in [(1, "/etc/passwd".into()), (2, scene.path("elsewhere/same.mp3"))] {
        let path = scene.path("archive").join(file(n));
        fs::write(scene.path("elsewhere/same.mp3"), audio(2)).unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(target, &path).unwrap();
    }
    let planted = outside(&scene);
    let lines = |end: &str| {
        let line =
            |n: u32| format!("damaged\t{}\tA Show: #{n} Episode {n}\ta link is in its place\n", file(n));
        format!("{}{}2 of 4 files, 400.3 kB: {end}\n", line(1), line(2))
    };
    let passwd = fs::read("/etc/passwd").unwrap();
    let ran = scene.run(&["verify", "--quick"]);
    assert_eq!((ran.code, ran.stdout), (5, lines("there")));
    let ran = scene.run(&["verify"]);
    assert_eq!((ran.code, ran.stdout), (5, lines("whole")));
    assert_eq!(scene.run(&["reparse"]).code, 0, "files that are known to be damaged are not read");
    assert_eq!(scene.run(&["verify", "--repair"]).code, 0);
    assert_eq!(scene.canon(), before);
    assert!(outside(&scene) == planted && fs::read("/etc/passwd").unwrap() == passwd);
}

#[test]
fn case_118_a_link_in_place_of_a_folder_is_not_followed() {
    for folder in ["audio/a-show", "audio", "tmp"] {
        let (host, scene) = archived(4);
        let real = scene.path("archive").join(folder);
        fs::rename(&real, scene.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink(scene.path("elsewhere"), &real).unwrap();
        // What would be swept, adopted, chmodded or written over, if the link were followed.
        for name in ["1.part", "1.json.new", "2026-01-05 #5 Episode 5.mp3"] {
            fs::write(scene.path("elsewhere").join(name), "planted").unwrap();
        }
        let planted = outside(&scene);
        let items: Vec<_> = (1..=5).map(|n| item(n, &host.url(""))).collect();
        host.set_feed("/feed.xml", feed("A Show", &items));
        host.set_audio("/audio/5.mp3", audio(5));

        for command in
            [&["sync", "--force"][..], &["reparse"], &["verify"], &["verify", "--repair"], &["doctor"]]
        {
            let ran = scene.run(command);
            assert!(
                [1, 3, 5].contains(&ran.code),
                "{folder} {command:?}: {} {}{}",
                ran.code,
                ran.stdout,
                ran.stderr
            );
            assert!(outside(&scene) == planted, "{folder} {command:?}");
        }
        if folder != "audio/a-show" {
            let ran = scene.run(&["sync"]);
            let words = format!("/{folder}: a link is in its place, and inside an archive none is followed");
            assert!(ran.code == 1 && ran.stderr.contains(&words), "{}", ran.stderr);
        }

        fs::remove_file(&real).unwrap();
        for name in ["1.part", "1.json.new", "2026-01-05 #5 Episode 5.mp3"] {
            fs::remove_file(scene.path("elsewhere").join(name)).unwrap();
        }
        fs::rename(scene.path("elsewhere"), &real).unwrap();
        assert_eq!(scene.run(&["verify"]).code, 0, "{folder}");
        assert_eq!(scene.run(&["sync", "--force"]).code, 0, "{folder}");
        assert_eq!(scene.audio().len(), 5);
    }
}

#[test]
fn case_118_the_folder_of_the_archive_may_be_a_link() {
    let (_host, scene) = archived(4);
    fs::rename(scene.path("archive"), scene.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", scene.path("archive")).unwrap();
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.run(&["verify"]).code, 0);
    scene.assert_sound();
}

#[test]
fn verify_says_what_a_lone_stray_is_and_which_show_was_meant() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    host.set_audio("/audio/1.mp3", audio(1));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync"]).assert_no_failure();
    fs::write(scene.path("archive/audio/stranger.mp3"), "x").unwrap();
    let ran = scene.run(&["verify"]);
    assert_eq!(ran.code, 5);
    assert!(
        ran.stderr.starts_with("hint: exit code 5: 1 file in audio/ that castkeep did not put there"),
        "{}",
        ran.stderr
    );
    let ran = scene.run(&["verify", "a-shwo"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.ends_with("hint: did you mean \"a-show\"?\n"), "{}", ran.stderr);
}
