//! `castkeep verify`: what is missing, changed or unknown is named; `--repair` fetches it again.

mod support;

use std::fs;

use support::feed::{audio, feed, item};
use support::host::Host;
use support::scene::Scene;

/// An archive of four episodes.
fn scene() -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<_> = (1..=4).map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=4 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.take_log();
    (host, scene)
}

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
    let (host, scene) = scene();
    let ran = scene.run(&["verify"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "4 files, 800.6 kB: whole\n", ""));
    assert_eq!(scene.value("SELECT count(*) FROM files WHERE verified_at IS NOT NULL"), "4");
    assert_eq!(host.take_log(), []);
    scene.run(&["verify", "--quiet"]).assert_silent();
}

#[test]
fn missing_changed_and_stray_files_are_named() {
    let (host, scene) = scene();
    damage(&scene);
    let ran = scene.run(&["verify"]);
    assert_eq!(ran.code, 5);
    assert_eq!(
        ran.stdout,
        format!(
            "missing\t{}\ndamaged\t{}\ndamaged\t{}\nstray\taudio/a-show/stranger.mp3\n1 of 4 files, 200.2 kB: whole\n",
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
    let (host, scene) = scene();
    let before = scene.canon();
    damage(&scene);
    fs::remove_file(scene.path("archive/audio/a-show/stranger.mp3")).unwrap();

    let ran = scene.run(&["verify", "--repair"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert_eq!(host.take_paths(), ["/audio/1.mp3", "/audio/2.mp3", "/audio/3.mp3"]);
    assert_eq!(scene.canon(), before);
    assert_eq!(scene.run(&["verify"]).code, 0);
    scene.assert_sound();
}

#[test]
fn repair_keeps_other_bytes_beside_and_says_so() {
    let (host, scene) = scene();
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
fn a_link_in_place_of_a_file_is_damage_and_is_not_followed() {
    let (_host, scene) = scene();
    let path = scene.path("archive").join(file(2));
    fs::rename(&path, scene.path("elsewhere.mp3")).unwrap();
    std::os::unix::fs::symlink(scene.path("elsewhere.mp3"), &path).unwrap();
    let ran = scene.run(&["verify"]);
    assert_eq!((ran.code, ran.stdout.lines().next().unwrap()), (5, format!("damaged\t{}", file(2)).as_str()));
}
