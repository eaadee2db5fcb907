//! `castkeep rename`: an archive gets other names, whole, and gets the old ones back; a run that is killed is finished by the next.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::say::say;
use support::scene::Scene;
use support::strace;

const DEFAULT: &str = "{show}/{published:%Y-%m-%d} {title}.{ext}";

/// Episodes that want each other's names (1 and 2, 3 to 5), names that are one elsewhere, long ones and hostile ones.
const TITLES: &[(&str, &str)] = &[
    ("one", "two"),
    ("two", "one"),
    ("red", "green"),
    ("green", "blue"),
    ("blue", "red"),
    ("Same", "s6"),
    ("same", "s7"),
    ("Same", "s8"),
    ("Café: où? / là", "s9"),
    ("100% \u{202e}evil. . .", "con"),
    ("Great Talks (2)", "s11"),
    ("Great Talks", "s12"),
    ("Great Talks", "s13"),
];

fn items(host: &Host) -> Vec<Item> {
    let long = "Ünïcödé ".repeat(40);
    let titles = TITLES.iter().map(|(title, guid)| (*title, *guid)).chain([(long.as_str(), "s14")]);
    (1..)
        .zip(titles)
        .map(|(n, (title, guid))| Item {
            title: title.to_owned(),
            guid: Some(guid.to_owned()),
            date: "19 Apr 2026 08:00:00 +0000".to_owned(),
            ..item(n, &host.url(""))
        })
        .collect()
}

fn archived() -> (Host, Scene) {
    let host = Host::start();
    let items = items(&host);
    for n in 1..=items.len() as u32 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = scene(&host, "");
    scene.run(&["sync"]).assert_no_failure();
    (host, scene)
}

fn scene(host: &Host, naming: &str) -> Scene {
    Scene::configured(&format!(
        "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\n{naming}[[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ))
}

fn paths(scene: &Scene) -> Vec<String> {
    scene.audio().into_keys().collect()
}

fn folders(scene: &Scene) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut queue = vec![scene.path("archive/audio")];
    while let Some(folder) = queue.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir())
        {
            queue.push(entry.path());
            found.insert(
                entry.path().strip_prefix(scene.path("archive/audio")).unwrap().display().to_string(),
            );
        }
    }
    found
}

#[track_caller]
fn assert_whole(scene: &Scene) {
    scene.assert_sound();
    let ran = scene.run(&["verify"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert_eq!(scene.value("SELECT count(*) FROM renames WHERE done_at IS NULL"), "0");
}

#[test]
fn the_old_template_brings_exactly_the_old_names_back() {
    let (_host, scene) = archived();
    let before = scene.audio();
    let twice = before.keys().filter(|path| path.ends_with(" (2).mp3") || path.ends_with(" (3).mp3")).count();
    assert!(twice >= 4, "{before:#?}");
    for template in [
        "{show}/{title}.{ext}",
        "{show}/{guid}.{ext}",
        "{title|lower}.{ext}",
        "{show_title}/{year}/{published:%m/%d}/{number:04} {title|slug}",
        "{author}/{original}",
        "{id}",
    ] {
        let ran = scene.run(&["rename", "--to", template]);
        assert_eq!(ran.code, 0, "{template}: {}", ran.stderr);
        assert_whole(&scene);
        let again = scene.run(&["rename", "--to", template]);
        assert!(again.stdout.starts_with("0 files renamed"), "{template}: {}", again.stdout);
    }
    assert_eq!(folders(&scene), BTreeSet::new(), "empty folders are removed");
    let ran = scene.run(&["rename"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "14 files renamed\n");
    assert_eq!(scene.audio(), before);
    assert_eq!(folders(&scene), BTreeSet::from(["a-show".to_owned()]));
    assert_whole(&scene);
}

#[test]
fn rings_and_rows_of_files_take_each_others_names() {
    let (_host, scene) = archived();
    assert_eq!(scene.run(&["rename", "--to", "{title}"]).code, 0);
    let digest = |scene: &Scene, name: &str| scene.audio().get(&format!("audio/{name}.mp3")).cloned();
    let before: Vec<_> = ["one", "two", "red", "green", "blue"].map(|name| digest(&scene, name)).into();
    assert_eq!(scene.run(&["rename", "--to", "{guid}"]).code, 0);
    let after: Vec<_> = ["two", "one", "green", "blue", "red"].map(|name| digest(&scene, name)).into();
    assert_eq!(before, after);
    assert!(paths(&scene).contains(&"audio/_con.mp3".to_owned()));
    assert_whole(&scene);
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let (_host, scene) = archived();
    let before = scene.canon();
    let ran = scene.run(&["rename", "--to", "{show}/{original}.{ext}", "--dry-run"]);
    assert_eq!(ran.code, 0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 15);
    assert!(lines.contains(&"audio/a-show/2026-04-19 one.mp3 -> audio/a-show/1.mp3"), "{}", ran.stdout);
    assert_eq!(lines.last(), Some(&"14 files would be renamed"));
    assert_eq!(ran.stderr, "castkeep: example: the-quiet-shelf/shelf042-final.mp3\n");
    assert_eq!(scene.canon(), before);
    assert_eq!(scene.value("SELECT count(*) FROM renames"), "0");
    assert_eq!(scene.value("SELECT count(*) FROM runs"), "1");
    let ran = scene.run(&["rename", "--dry-run"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "0 files would be renamed\n"));
}

#[test]
fn the_configuration_is_to_say_the_same_and_is_what_new_files_go_by() {
    let (host, scene) = archived();
    let ran = scene.run(&["rename", "--to", "{show}/{original}.{ext}"]);
    assert_eq!(ran.stdout, "14 files renamed\n");
    assert_eq!(
        ran.stderr,
        "hint: the configuration calls new files otherwise: write template = \"{show}/{original}.{ext}\" below [naming]\n"
    );
    let other = self::scene(&host, "[naming]\ntemplate = \"{show}/{original}.{ext}\"\n");
    other.run(&["sync"]).assert_no_failure();
    assert_eq!(other.audio(), scene.audio());
    let ran = other.run(&["rename"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "0 files renamed\n", ""));
    let own = fs::read_to_string(other.path("config.toml")).unwrap() + "template = \"{id}/x{title:.1}\"\n";
    other.configure(&own);
    assert_eq!(other.run(&["rename"]).stdout, "14 files renamed\n");
    assert!(paths(&other).contains(&"audio/14/xo.mp3".to_owned()), "{:?}", paths(&other));
    assert_whole(&other);
}

#[test]
fn strangers_are_stepped_over_and_what_is_lost_is_named() {
    let (_host, scene) = archived();
    let at = |path: &str| scene.path("archive/audio").join(path);
    fs::create_dir_all(at("a-show")).unwrap();
    fs::write(at("a-show/1.mp3"), "a stranger").unwrap();
    fs::remove_file(at("a-show/2026-04-19 two.mp3")).unwrap();
    let ran = scene.run(&["rename", "--to", "{show}/{original}"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, "13 files renamed\n"));
    let first = ran.stderr.lines().next().unwrap();
    assert_eq!(
        first,
        "castkeep: a-show: rename audio/a-show/2026-04-19 two.mp3: it is missing; it keeps its name"
    );
    assert_eq!(fs::read_to_string(at("a-show/1.mp3")).unwrap(), "a stranger");
    assert_eq!(scene.value("SELECT path FROM audio WHERE title = 'one'"), "audio/a-show/1 (2).mp3");
    assert_eq!(scene.value("SELECT path FROM audio WHERE title = 'two'"), "audio/a-show/2026-04-19 two.mp3");
    scene.run(&["verify", "--repair"]);
    fs::remove_file(at("a-show/1.mp3")).unwrap();
    assert_eq!(scene.run(&["rename", "--to", "{show}/{original}"]).stdout, "1 file renamed\n");
    assert_whole(&scene);
}

/// What is in the way of the audio is in the way of what lies beside it, whatever the rest could do.
#[test]
fn what_lies_beside_audio_that_can_not_move_stays_with_it() {
    let (host, _) = archived();
    let scene = scene(&host, "[naming]\nbeside = [\"json\", \"html\"]\n");
    scene.run(&["sync"]).assert_no_failure();
    let before = paths(&scene);
    fs::create_dir(scene.path("archive/audio/_con.mp3")).unwrap();
    let ran = scene.run(&["rename", "--to", "{guid}"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            3,
            "castkeep: a-show: rename audio/a-show/2026-04-19 100% evil.mp3: another file is at audio/_con.mp3 now; it keeps its name\n\
         hint: the configuration calls new files otherwise: write template = \"{guid}\" below [naming]\n"
        )
    );
    let stayed = |paths: &[String]| paths.iter().filter(|path| path.contains("evil")).count();
    assert_eq!((stayed(&before), stayed(&paths(&scene))), (3, 3));
    let verified = scene.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
    // What is beside others can be in the way as well, and is told with its show.
    fs::remove_dir(scene.path("archive/audio/_con.mp3")).unwrap();
    fs::create_dir(scene.path("archive/audio/_con.json")).unwrap();
    let ran = scene.run(&["rename", "--to", "{guid}"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stderr.starts_with("castkeep: a-show: rename audio/a-show/2026-04-19 100% evil.json: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn wrong_templates_and_shows_are_refused() {
    let (host, scene) = archived();
    let ran = scene.run(&["rename", "--to", "{show}/{titel}"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "castkeep: --to: no template for file names\n{show}/{titel}\n       ^^^^^^^\n\
         unknown field `titel`, expected one of `show`, `show_title`, `title`, `published`, `year`, `number`, `season`, \
         `type`, `author`, `guid`, `original`, `id`\nhint: did you mean \"title\"?\n"
    );
    let ran = scene.run(&["rename", "b-show"]);
    assert_eq!(ran.code, 2);
    let wrong = self::scene(&host, "[naming]\ntemplate = \"{show}/{published:%Q} {title}\"\n");
    let ran = wrong.run(&["sync"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "castkeep: config.toml: at line 6, column 12\n  |\n6 | template = \"{show}/{published:%Q} {title}\"\n  |            \
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\"%Q\" is no format for {published}: it takes a date by strftime, such as %Y-%m-%d\n"
    );
    let wrong = self::scene(&host, "[naming]\ntemplate = \"{title|slgu}\"\n");
    assert!(wrong.run(&["sync"]).stderr.ends_with("hint: did you mean \"slug\"?\n"));
}

#[test]
fn a_folder_that_may_not_be_written_stops_it_and_it_goes_on_later() {
    let (_host, scene) = archived();
    let before = scene.audio();
    let folder = scene.path("archive/audio");
    let mode =
        |mode| fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o555);
    if fs::write(folder.join("probe"), "").is_ok() {
        fs::remove_file(folder.join("probe")).unwrap();
        mode(0o755);
        say!("skipped: this user may write everywhere");
        return;
    }
    let ran = scene.run(&["rename", "--to", "{year}/{title}"]);
    mode(0o755);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_eq!(scene.audio(), before);
    assert_whole(&scene);
    assert_eq!(scene.run(&["rename", "--to", "{year}/{title}"]).stdout, "14 files renamed\n");
    assert_whole(&scene);
}

#[test]
fn another_run_holds_the_archive() {
    let (_host, scene) = archived();
    let lock = fs::OpenOptions::new().read(true).write(true).open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(scene.run(&["rename", "--to", "{title}"]).code, 4);
    assert_eq!(scene.run(&["rename", "--to", "{title}", "--dry-run"]).code, 0);
}

/// What a rename writes to.
fn watched(scene: &Scene) -> impl Iterator<Item = PathBuf> {
    let root = scene.path("archive");
    ["", "archive.db", "archive.db-wal", "audio", "audio/a-show", "audio/2026", "audio/2026/04"]
        .map(|below| root.join(below))
        .into_iter()
}

const TO: &str = "{published:%Y/%m}/{guid}";

/// A rename that is struck by `fate` at turns of its calls; how often it was, and what each left.
fn strike(fates: &[&str], judge: impl Fn(&Path, &strace::Struck)) {
    if !strace::is_there() {
        return;
    }
    let sample = strace::strikes(4);
    let (host, earlier) = archived();
    // Rings of names, and a folder that goes.
    assert_eq!(earlier.run(&["rename", "--to", "{published:%Y/%m}/{title}"]).code, 0);
    let bytes: Vec<String> = earlier.audio().into_values().collect();
    let undisturbed = scene(&host, "");
    undisturbed.copy_archive(&earlier);
    let args = ["rename", "--to", TO];
    let watched_run = strace::run_on(&undisturbed, &args, watched(&undisturbed), None);
    let (whole, turns) = (undisturbed.audio(), watched_run.turns());
    assert!(turns.contains_key("renameat2") && turns.contains_key("fsync"), "{turns:?}");
    let mut hits = 0;
    for (call, most) in turns {
        for fate in fates {
            let count = sample.min(most);
            for turn in (0..count).map(|n| 1 + n * most / count) {
                let target = scene(&host, "");
                target.copy_archive(&earlier);
                let expression = format!("{call}:{fate}:when={turn}");
                let struck = strace::run_on(&target, &args, watched(&target), Some(&expression));
                hits += usize::from(struck.output.status.code() != Some(0));
                judge(&target.path(""), &struck);
                // One more command, and everything is at its place.
                let ran = target.run(&["verify"]);
                assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{expression}: {}", ran.stdout);
                target.assert_sound();
                let mut found: Vec<String> = target.audio().into_values().collect();
                found.sort();
                let mut all = bytes.clone();
                all.sort();
                assert_eq!(found, all, "{expression}");
                let ran = target.run(&args);
                assert_eq!(ran.code, 0, "{expression}: {}", ran.stderr);
                assert_eq!(target.audio(), whole, "{expression}");
                assert_whole(&target);
                assert_eq!(folders(&target), folders(&undisturbed), "{expression}");
            }
        }
    }
    say!("{hits} blows hit");
    assert!(hits > 10);
}

#[test]
fn kill_9_at_any_system_call_and_one_more_command() {
    strike(&["signal=SIGKILL"], |_, struck| {
        let status = struck.output.status;
        assert!(status.signal() == Some(9) || status.code() == Some(0), "{status:?}");
    });
}

#[test]
fn a_disk_that_is_full_or_fails_stops_it_cleanly() {
    strike(&["error=ENOSPC", "error=EIO"], |_, struck| {
        let said = String::from_utf8_lossy(&struck.output.stderr);
        assert!(matches!(struck.output.status.code(), Some(0 | 1 | 3)), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    });
}

#[test]
fn the_default_template_is_what_it_was() {
    let (_host, scene) = archived();
    let ran = scene.run(&["rename", "--to", DEFAULT]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "0 files renamed\n", ""));
}
