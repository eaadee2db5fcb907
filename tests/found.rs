//! What reviewers and attackers found that no other file is about: each is named for what went wrong.

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use support::archived::archived;
use support::feed::{feed, feed_with, item};
use support::host::{Host, Page};
use support::mounts::unshared;
use support::scene::Scene;

fn file(n: u32) -> String {
    format!("archive/audio/a-show/2026-01-0{n} #{n} Episode {n}.mp3")
}

/// It was begun anew, and all history was gone, with exit code 0.
#[test]
fn a_database_that_was_emptied_is_not_begun_anew() {
    let (host, scene) = archived(3);
    let audio = scene.audio();
    for bytes in ["", "x"] {
        fs::write(scene.path("archive/archive.db"), bytes).unwrap();
        for (command, code) in [
            (&["sync", "--force"][..], 1),
            (&["backfill", "a-show"], 1),
            (&["status"], 1),
            (&["verify"], 5),
            (&["doctor"], 5),
        ] {
            let ran = scene.run(command);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(
                ran.code == code && said.contains("there is no database in it"),
                "{command:?} {}: {said}",
                ran.code
            );
        }
        assert_eq!(fs::read_to_string(scene.path("archive/archive.db")).unwrap(), bytes);
    }
    assert_eq!((host.take_log(), scene.audio()), (vec![], audio));
}

/// Downloads went under the mount point, and everything looked well.
#[test]
fn case_106_an_empty_folder_where_the_disk_of_the_audio_was_stops_a_run() {
    let (host, scene) = archived(3);
    fs::rename(scene.path("archive/audio"), scene.path("disk")).unwrap();
    // The folder that was under the mount point; another disk, new.
    for folder in ["archive/audio", "archive/audio/lost+found"] {
        fs::create_dir(scene.path(folder)).unwrap();
        let ran = scene.run(&["sync", "--force"]);
        assert_eq!(ran.code, 1, "{folder}");
        let why = "the folder is empty, though files are recorded in it\nhint: is a disk not mounted?";
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        assert_eq!(host.take_log(), []);
    }

    // Lost for good: that is written down, and runs go on.
    assert_eq!(scene.run(&["verify"]).code, 5);
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(scene.run(&["verify", "--repair"]).code, 0);
    scene.assert_sound();
}

/// The whole repair ended there, and told nothing of what it had repaired.
#[test]
fn a_folder_in_the_place_of_a_file_holds_up_no_other_repair() {
    let (_host, scene) = archived(3);
    fs::remove_file(scene.path(&file(1))).unwrap();
    fs::create_dir(scene.path(&file(1))).unwrap();
    fs::remove_file(scene.path(&file(2))).unwrap();
    let ran = scene.run(&["verify", "--repair"]);
    assert_eq!(ran.code, 5);
    let repaired = file(2).replace("archive/", "");
    assert!(ran.stdout.contains(&format!("repaired\t{repaired}\n2 of 3 files")), "{}", ran.stdout);
    assert!(ran.stderr.contains("move away what is in its place"), "{}", ran.stderr);
    fs::remove_dir(scene.path(&file(1))).unwrap();
    assert_eq!(scene.run(&["verify", "--repair"]).code, 0);
    scene.assert_sound();
}

/// An archive on a read-only medium could not be proved whole.
#[test]
fn case_105_a_read_only_archive_is_verified() {
    let (_host, scene) = archived(3);
    let script = "mount --bind archive archive && mount -o remount,ro,bind archive \
                  && \"$CASTKEEP\" verify; echo $?; \"$CASTKEEP\" verify --quick a-show; echo $?; \"$CASTKEEP\" verify --repair; echo $?";
    let Some(said) = unshared(&scene, script) else { return };
    let whole = "3 files, 600.5 kB: whole\n0\n3 files, 600.5 kB: there\n0\n1\n";
    assert_eq!(said.stdout, whole, "{}", said.stderr);
}

/// A link made a file elsewhere; a pipe was waited for, for ever.
#[test]
fn a_lock_that_is_a_link_or_a_pipe_is_an_error() {
    let (_host, scene) = archived(3);
    let lock = scene.path("archive/lock");
    fs::remove_file(&lock).unwrap();
    symlink(scene.path("elsewhere"), &lock).unwrap();
    assert_eq!(scene.run(&["sync"]).code, 1);
    assert!(!scene.path("elsewhere").exists());
    fs::remove_file(&lock).unwrap();
    assert!(Command::new("mkfifo").arg(&lock).status().unwrap().success());
    assert_eq!(scene.run(&["sync"]).code, 1);
}

/// The link became a file of its own, and what it led to went without the show.
#[test]
fn a_configuration_behind_a_link_is_edited_there() {
    let (host, scene) = archived(3);
    fs::rename(scene.path("config.toml"), scene.path("kept.toml")).unwrap();
    symlink("kept.toml", scene.path("config.toml")).unwrap();
    host.set_feed("/other.xml", feed("Another", &[item(1, &host.url(""))]));
    assert_eq!(scene.run(&["add", &host.url("/other.xml")]).code, 0);
    assert!(fs::symlink_metadata(scene.path("config.toml")).unwrap().is_symlink());
    assert!(fs::read_to_string(scene.path("kept.toml")).unwrap().contains("other.xml"));
}

/// Spellings that only a parser sees through, and values that an address holds in another form, were kept in clear.
#[test]
fn case_38_odd_spellings_of_an_address_hide_its_secrets_too() {
    const HUSH: &str = "hUsH7";
    let host = Host::start();
    let port = host.port();
    let more = "<link>#top</link><image><url>#cover</url></image>";
    host.set("/f", Page::full(200, &[], feed_with("A Show", more, &[])));
    host.set("/q?token=hUsH7-abc", Page::full(200, &[], feed_with("A Show", more, &[])));
    let feeds = [
        format!("http:/me:{HUSH}-one@127.0.0.1:{port}/f"),
        format!("http://me:{HUSH} two@127.0.0.1:{port}/f"),
        format!("http:\\\\me:{HUSH}-three@127.0.0.1:{port}/f"),
        format!("http://127.0.0.1:{port}/${{ODD}}/f"),
        format!("http://127.0.0.1:{port}/q?token={HUSH}-abc"),
    ];
    for (n, feed) in feeds.iter().enumerate() {
        let scene = Scene::configured(&format!(
            "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"s{n}\"\nfeed = '{feed}'\n"
        ));
        let odd = format!("{HUSH} pässwörd/zz'<1>");
        let sync = scene.command(&["-v", "sync"]).env("ODD", &odd).output().unwrap();
        let said = String::from_utf8_lossy(&[sync.stdout, sync.stderr].concat()).into_owned();
        assert!(!said.contains(HUSH) && !said.contains("%C3%A4ss"), "{feed}: {said}");
        for column in ["feed_url", "configured_url", "link", "image_url"] {
            let value = scene.value(&format!("SELECT {column} FROM shows"));
            assert!(!value.contains(HUSH) && !value.contains("%C3%A4ss"), "{feed}: {column} {value}");
        }
        let urls = scene.rows("SELECT url FROM fetches UNION ALL SELECT url FROM resources").join(" ");
        assert!(!urls.contains(HUSH) && !urls.contains("%C3%A4ss"), "{feed}: {urls}");
    }
}
