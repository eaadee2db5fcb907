//! Folders that podcast-archiver and gPodder themselves make are adopted whole: nothing is fetched twice, nothing is taken for
//! something else. What is not installed is skipped, and said; `CASTKEEP_PODCAST_ARCHIVER` and `CASTKEEP_GPO` name what is not on
//! the path.

mod support;

use std::fs;
use std::process::{Command, Stdio};

use castkeep::model::Digest;
use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::say::say;
use support::scene::Scene;

/// The program, if it is there.
fn program(variable: &str, name: &str) -> Option<String> {
    let program = std::env::var(variable).unwrap_or_else(|_| name.to_owned());
    let ran = Command::new(&program).arg("--help").stdin(Stdio::null()).output();
    if ran.is_err() {
        say!("skipped: there is no {name}");
        return None;
    }
    Some(program)
}

/// Two shows with the same titles, whose audio has the same names.
fn scene() -> (Host, Scene) {
    let host = Host::start();
    for (show, first) in [("one", 1), ("two", 11)] {
        let items: Vec<Item> = (0..6)
            .rev()
            .map(|n| {
                let at = host.url(&format!("/{show}/{n}"));
                host.set_audio(&format!("/{show}/{n}/audio.mp3"), audio(first + n));
                let title = ["Trailer", "Ünïcödé: a/b?", "Part 3", "Part 4", "Again", "Again"][n as usize];
                let enclosure = Some(format!("{at}/audio.mp3"));
                Item {
                    guid: Some(format!("{show}-{n}")),
                    title: title.to_owned(),
                    enclosure,
                    ..item(n + 1, "")
                }
            })
            .collect();
        host.set_feed(&format!("/{show}"), feed(&format!("Show number {show}"), &items));
    }
    let show =
        |name: &str| format!("[[shows]]\nslug = \"{name}\"\nfeed = \"{}\"\n", host.url(&format!("/{name}")));
    let scene =
        Scene::configured(&format!("[http]\nonly_hosts = [\"127.0.0.1\"]\n{}{}", show("one"), show("two")));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    fs::create_dir(scene.path("in")).unwrap();
    (host, scene)
}

fn run(scene: &Scene, program: &str, args: &[&str]) {
    let mut command = Command::new(program);
    command.args(args).current_dir(scene.path("in")).stdin(Stdio::null());
    command.env("HOME", scene.path("")).env("GPODDER_HOME", scene.path("in"));
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

#[track_caller]
fn assert_adopted(host: &Host, scene: &Scene) {
    host.take_log();
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n12 files adopted, "), "{}", ran.stdout);
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);
    assert_eq!(host.take_paths(), ["/one", "/two"]);
    for (show, first) in [("one", 1), ("two", 11)] {
        for n in 0..6 {
            let sql = format!(
                "SELECT f.sha256 FROM episodes e JOIN resources r ON r.episode_id = e.id JOIN files f ON f.id = r.file_id
                 WHERE e.guid = '{show}-{n}' AND r.role = 'enclosure'"
            );
            assert_eq!(scene.value(&sql), Digest::of(&audio(first + n)).to_string(), "{show} {n}");
        }
    }
    assert_eq!(scene.run(&["verify"]).code, 0);
}

#[test]
fn folders_of_podcast_archiver_are_adopted_whole() {
    let Some(program) = program("CASTKEEP_PODCAST_ARCHIVER", "podcast-archiver") else { return };
    for more in [&[][..], &["--write-info-json"], &["--slugify"]] {
        let (host, scene) = scene();
        let (one, two) = (host.url("/one"), host.url("/two"));
        let args = ["--feed", &one, "--feed", &two, "--dir", ".", "--database", "podcast-archiver.db"];
        run(&scene, &program, &[&args[..], more].concat());
        assert_adopted(&host, &scene);
    }
}

#[test]
fn folders_of_gpo_are_adopted_whole() {
    let Some(program) = program("CASTKEEP_GPO", "gpo") else { return };
    let (host, scene) = scene();
    for feed in [host.url("/one"), host.url("/two")] {
        run(&scene, &program, &["subscribe", &feed]);
    }
    run(&scene, &program, &["update"]);
    run(&scene, &program, &["download"]);
    assert_adopted(&host, &scene);
    // Its list of shows names them by their titles.
    run(&scene, &program, &["export", "shows.opml"]);
    let listed = scene.run(&["import", "opml", "in/shows.opml", "--dry-run"]);
    assert_eq!((listed.code, listed.stdout.as_str()), (0, ""), "{}", listed.stderr);
}
