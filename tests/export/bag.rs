//! `castkeep export bagit` and `sha256sums`: the files with their checksums, as standard tools verify them.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;

use crate::support::archived::archived;
use crate::support::feed::{audio, feed, item};
use crate::support::scene::Scene;
use crate::{export, exported, hostile, names, read};

/// Runs `sha256sum -c` in a folder of the scene; what it says of each file.
pub fn checked(scene: &Scene, folder: &str, list: &str) -> (bool, String) {
    let mut command = Command::new("sha256sum");
    let output =
        command.args(["-c", list]).current_dir(scene.path(folder)).env("LC_ALL", "C").output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_list_of_checksums_is_what_sha256sum_checks() {
    let (_host, scene) = hostile::archived();
    export(&scene, &["sha256sums", "--output", "archive/SHA256SUMS"]).assert_silent();
    let (is_well, said) = checked(&scene, "archive", "SHA256SUMS");
    assert!(is_well, "{said}");
    assert_eq!(said.lines().count(), scene.audio().len());
    let lost = scene.audio().into_keys().next().unwrap();
    fs::remove_file(scene.path("archive").join(&lost)).unwrap();
    assert_eq!(read(&scene, "archive/SHA256SUMS"), exported(&scene, &["sha256sums"]));
    let (is_well, said) = checked(&scene, "archive", "SHA256SUMS");
    assert!(!is_well && said.contains(&format!("{lost}: FAILED open or read\n")), "{said}");
}

#[test]
fn a_bag_is_an_archive_of_one_moment_that_standard_tools_verify() {
    let (host, scene) = hostile::archived();
    let before = scene.canon();
    let ran = export(&scene, &["bagit", "bag"]);
    let audio = scene.audio();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with(&format!("bag: {} files, ", audio.len() + 1)), "{}", ran.stdout);
    assert_eq!(
        names(&scene, "bag"),
        ["bag-info.txt", "bagit.txt", "data", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    );
    assert_eq!(names(&scene, "bag/data"), ["archive.db", "audio"]);
    assert_eq!(read(&scene, "bag/bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    let (is_well, said) = checked(&scene, "bag", "manifest-sha256.txt");
    assert!(is_well && said.lines().count() == audio.len() + 1, "{said}");
    assert!(checked(&scene, "bag", "tagmanifest-sha256.txt").0);
    // RFC 8493 has a % written as %25, which sha256sum takes for what it is not: there is none.
    let manifest = read(&scene, "bag/manifest-sha256.txt");
    assert!(manifest.contains(" 100\u{ff05} ") && !manifest.contains('%'), "{manifest}");
    let in_bag = |path: &String| path.replace('%', "\u{ff05}");
    let size: u64 = audio
        .keys()
        .chain([&"archive.db".to_owned()])
        .map(|path| fs::metadata(scene.path("bag/data").join(in_bag(path))).unwrap().len())
        .sum();
    let info = read(&scene, "bag/bag-info.txt");
    assert!(info.contains(&format!("\nPayload-Oxum: {size}.{}\n", audio.len() + 1)), "{info}");
    let inode = |folder: &str, path: &str| fs::metadata(scene.path(folder).join(path)).unwrap().ino();
    assert!(
        audio.keys().all(|path| inode("bag/data", &in_bag(path)) == inode("archive", path)),
        "nothing is stored twice"
    );
    let shown = |args: &[&str]| scene.run(&[&["show", "a-show", "../../etc"], args].concat()).stdout;
    assert_eq!(
        shown(&["--archive", "bag/data"]),
        in_bag(&shown(&[])).replace("& 100\u{ff05} <b>\n", "& 100% <b>\n")
    );
    assert!(checked(&scene, "bag", "manifest-sha256.txt").0, "to read it changes nothing");
    assert_eq!(names(&scene, "bag/data"), ["archive.db", "audio"]);

    let verified = scene.run(&["verify", "--archive", "bag/data"]);
    assert_eq!((verified.code, verified.stderr.as_str()), (0, ""));
    assert_eq!(scene.canon(), before);
    scene.assert_sound();
    assert_eq!(host.take_log(), []);
}

#[test]
fn a_bag_lacks_what_the_archive_lost_and_says_so() {
    let (_host, scene) = archived(3);
    let path = |n: u32| format!("archive/audio/a-show/2026-01-0{n} #{n} Episode {n}.mp3");
    fs::remove_file(scene.path(&path(1))).unwrap();
    let mut bytes = fs::read(scene.path(&path(2))).unwrap();
    bytes[1000] ^= 1;
    fs::remove_file(scene.path(&path(2))).unwrap();
    fs::write(scene.path(&path(2)), bytes).unwrap();
    let ran = export(&scene, &["bagit", "bag"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            5,
            "castkeep: audio/a-show/2026-01-01 #1 Episode 1.mp3 (A Show: #1 Episode 1): missing\n\
             castkeep: audio/a-show/2026-01-02 #2 Episode 2.mp3 (A Show: #2 Episode 2): damaged, its bytes have changed\n\
             hint: the bag lacks them; \"castkeep verify --repair\" fetches again what is missing or damaged\n"
        )
    );
    assert!(checked(&scene, "bag", "manifest-sha256.txt").0);
    assert_eq!(names(&scene, "bag/data/audio/a-show"), ["2026-01-03 #3 Episode 3.mp3"]);
    assert!(read(&scene, "bag/bag-info.txt").ends_with("\nCastkeep-Lost-Files: 2\n"));
}

#[test]
fn a_disk_that_is_not_mounted_is_not_packed() {
    let (_host, scene) = archived(1);
    fs::remove_dir_all(scene.path("archive/audio")).unwrap();
    let gone = export(&scene, &["bagit", "bag"]);
    let said = "castkeep: archive/audio: the folder is gone, though files are recorded in it\n";
    assert_eq!((gone.code, gone.stderr.starts_with(said)), (1, true), "{}", gone.stderr);
    fs::create_dir(scene.path("archive/audio")).unwrap();
    let empty = export(&scene, &["bagit", "bag"]);
    assert_eq!(
        (empty.code, empty.stderr.contains("the folder is empty, though files")),
        (1, true),
        "{}",
        empty.stderr
    );
    assert_eq!(names(&scene, ""), ["archive", "config.toml"]);
}

#[test]
fn a_path_that_leads_out_of_the_archive_is_packed_nowhere() {
    let (_host, scene) = archived(2);
    fs::write(scene.path("secret.txt"), "mine").unwrap();
    scene.meddle(
        "UPDATE files SET path = '../secret.txt', size_bytes = 4 WHERE id = 1;
         UPDATE files SET path = 'audio/../../secret.txt', size_bytes = 4 WHERE id = 2",
    );
    let ran = export(&scene, &["bagit", "bag"]);
    assert_eq!(ran.code, 5);
    assert_eq!(ran.stderr.matches("its path leads out of audio/").count(), 2, "{}", ran.stderr);
    assert_eq!(names(&scene, "bag/data"), ["archive.db"]);
    assert_eq!(names(&scene, ""), ["archive", "bag", "config.toml", "secret.txt"]);
}

#[test]
fn a_bag_of_one_show_holds_its_files_alone() {
    let (host, scene) = archived(2);
    host.set_feed("/b.xml", feed("B Show", &[item(3, &host.url(""))]));
    host.set_audio("/audio/3.mp3", audio(3));
    let config = read(&scene, "config.toml") + &format!("[[shows]]\nfeed = \"{}\"\n", host.url("/b.xml"));
    scene.configure(&config);
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert!(exported(&scene, &["bagit", "bag", "--show", "b-show"]).starts_with("bag: 2 files, "));
    assert_eq!(names(&scene, "bag/data/audio"), ["b-show"]);
    assert!(checked(&scene, "bag", "manifest-sha256.txt").0);
}

#[test]
fn a_bag_is_packed_into_an_empty_place_alone() {
    let (_host, scene) = archived(1);
    fs::create_dir(scene.path("full")).unwrap();
    fs::write(scene.path("full/mine"), "").unwrap();
    fs::write(scene.path("file"), "").unwrap();
    fs::create_dir_all(scene.path("other.part/mine")).unwrap();
    for (target, code, said) in [
        ("full", 2, "castkeep: full: something is there already\nhint: choose another place for it\n"),
        ("file", 2, "castkeep: file: something is there already\nhint: choose another place for it\n"),
        ("none/bag", 2, "castkeep: none/bag: the folder that it would be in is not there\n"),
        (
            "archive/audio/bag",
            2,
            "castkeep: archive/audio/bag: this is a place that the archive keeps for itself\n",
        ),
        ("archive/tmp", 2, "castkeep: archive/tmp: this is a place that the archive keeps for itself\n"),
        ("other", 2, "castkeep: other.part: something is there already\nhint: choose another place for it\n"),
    ] {
        let ran = export(&scene, &["bagit", target]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{target}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    }
    // What a killed run left is cleared away; an empty folder is a place.
    fs::create_dir_all(scene.path("bag.part/data")).unwrap();
    fs::write(scene.path("bag.part/castkeep-export.lock"), "").unwrap();
    fs::create_dir(scene.path("bag")).unwrap();
    exported(&scene, &["bagit", "bag"]);
    assert_eq!(names(&scene, ""), ["archive", "bag", "config.toml", "file", "full", "other.part"]);
    assert_eq!(names(&scene, "other.part"), ["mine"]);
}
