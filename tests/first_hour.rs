//! What people want in their first hour, in their words: each is had with three commands at the most, an edit of `config.toml`
//! counted as one, from what the README and `--help` say.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use support::feed::audio;
use support::host::{Host, Page};
use support::scene::{Ran, Scene};

/// More than this is no first hour.
const MOST: usize = 3;

/// Episodes: title, date, type, kind of media.
const EPISODES: &[(&str, &str, &str, &str)] = &[
    ("Hello", "2019-05-01", "trailer", "audio/mpeg"),
    ("Tea", "2019-06-01", "full", "audio/mpeg"),
    ("Milk first", "2020-02-02", "bonus", "audio/mpeg"),
    ("Sugar", "2021-03-03", "bonus", "audio/mpeg"),
    ("The film", "2022-04-04", "full", "video/mp4"),
    ("Kettles", "2023-05-05", "full", "audio/mpeg"),
];

/// One thing that a person does.
enum Step {
    /// A command, in a shell; `FEED` and `HOST` are filled in.
    Type(&'static str),
    /// Settings, each in the place of its default.
    Edit(&'static [&'static str]),
}
use Step::{Edit, Type};

/// Where it begins.
#[derive(PartialEq)]
enum From {
    /// An empty folder.
    Nothing,
    /// After `init` and `add`.
    Added,
    /// After `sync`, too.
    Synced,
}

/// What came of it.
struct Came {
    host: Host,
    scene: Scene,
    /// What the last command said.
    last: Ran,
}

type Wish = (&'static str, From, &'static [Step], fn(&Came));

const WISHES: &[Wish] = &[
    (
        "keep everything of this show on my NAS",
        From::Nothing,
        &[Type("castkeep init --archive nas/podcasts"), Type("castkeep add FEED"), Type("castkeep sync")],
        |came| assert_eq!(came.files("nas/podcasts/audio/tea-time").len(), 6),
    ),
    (
        "only bonus episodes after 2020",
        From::Added,
        &[Edit(&["types = [\"bonus\"]", "since = 2021-01-01"]), Type("castkeep sync")],
        |came| assert_eq!(came.files("archive/audio/tea-time"), ["2021-03-03 Sugar.mp3"]),
    ),
    (
        "I already have the files, do not fetch them again",
        From::Added,
        &[Type("castkeep adopt old --dry-run"), Type("castkeep adopt old"), Type("castkeep sync")],
        |came| {
            assert_eq!(came.files("archive/audio/tea-time").len(), 6);
            assert_eq!(came.asked(), ["/5.mp4", "/6.mp3"], "what was not there");
            assert_eq!(came.files("old").len(), 4, "the old folder stays as it is");
        },
    ),
    (
        "run it every night, and mail me when it breaks",
        From::Added,
        &[Type("(crontab -l; castkeep cron --crontab --nightly) | crontab -")],
        |came| {
            let night = came.crontab();
            assert_eq!(came.types(&night), Ran { code: 0, stdout: String::new(), stderr: String::new() });
            assert_eq!(came.files("archive/audio/tea-time").len(), 6);
            came.host.set("/tea.xml", Page::full(404, &[], Vec::new()));
            let mail = came.types(&format!("{night} --force"));
            assert!(mail.stderr.starts_with("castkeep: tea-time: fetch http"), "{}", mail.stderr);
            assert!(
                mail.stderr.contains("status 404") && mail.stderr.contains("hint: 404: it may have moved")
            );
        },
    ),
    (
        "just from now on, nothing old",
        From::Added,
        &[Type("castkeep catch-up tea-time"), Type("castkeep sync")],
        |came| assert_eq!(came.asked(), [] as [&str; 0]),
    ),
    (
        "name the files Year/Title, those I have, too",
        From::Synced,
        &[Edit(&["template = \"{show_title}/{published:%Y}/{title}.{ext}\""]), Type("castkeep rename")],
        |came| {
            assert_eq!(came.files("archive/audio/Tea Time/2019"), ["Hello.mp3", "Tea.mp3"]);
            assert_eq!(came.types("castkeep verify").code, 0);
        },
    ),
    (
        "tell me before what it would fetch, and how large that is",
        From::Added,
        &[Type("castkeep sync --dry-run")],
        |came| {
            assert!(came.last.stdout.contains("  1.2 MB  "), "{}", came.last.stdout);
            assert!(came.last.stdout.contains("2023-05-05  Kettles"), "{}", came.last.stdout);
            assert_eq!(came.asked(), [] as [&str; 0]);
        },
    ),
    (
        "hand every new episode to my script",
        From::Added,
        &[Edit(&["on_episode = [\"./script\"]"]), Type("castkeep sync")],
        |came| assert_eq!(fs::read_to_string(came.scene.path("said")).unwrap().lines().count(), 6),
    ),
    (
        "no videos, and nothing larger than 100 MB",
        From::Added,
        &[Edit(&["kinds = [\"audio\"]", "max_mb = 100"]), Type("castkeep sync")],
        |came| {
            assert_eq!(came.asked(), ["/1.mp3", "/2.mp3", "/3.mp3", "/4.mp3", "/6.mp3"]);
            assert_eq!(
                came.scene.rows("SELECT title, skip_reason FROM skipped_audio"),
                ["The film|kinds = [\"audio\"]"]
            );
        },
    ),
    (
        "is everything there? prove it",
        From::Synced,
        &[Type("castkeep verify"), Type("castkeep status tea-time")],
        |came| {
            assert!(came.last.stdout.contains("audio: 6 of 6 captured, 0 missing"), "{}", came.last.stdout);
            let one = came.scene.path("archive/audio/tea-time/2019-06-01 Tea.mp3");
            fs::write(one, "other bytes").unwrap();
            assert_eq!(came.types("castkeep verify").code, 5);
        },
    ),
    (
        "tell Healthchecks that it is alive",
        From::Added,
        &[Edit(&["on_success = \"HOST/ping\""]), Type("castkeep sync --feeds-only")],
        |came| assert_eq!(came.asked(), ["/ping"]),
    ),
    (
        "my shows are in an OPML file",
        From::Nothing,
        &[Type("castkeep init"), Type("castkeep import opml shows.opml"), Type("castkeep sync")],
        |came| assert_eq!(came.files("archive/audio/tea-time").len(), 6),
    ),
    (
        "play the newest one with my player",
        From::Synced,
        &[Type("castkeep open tea-time latest --with ./script")],
        |came| {
            let said = fs::read_to_string(came.scene.path("said")).unwrap();
            assert!(said.ends_with("/archive/audio/tea-time/2023-05-05 Kettles.mp3\n"), "{said}");
        },
    ),
    (
        "a page of notes beside each file",
        From::Synced,
        &[Edit(&["beside = [\"html\"]"]), Type("castkeep sync")],
        |came| {
            let all = came.files("archive/audio/tea-time");
            assert_eq!(all.len(), 12, "{all:?}");
            assert!(all.contains(&"2019-06-01 Tea.html".to_owned()), "{all:?}");
        },
    ),
    (
        "one file is gone from its host: no more mail of it",
        From::Added,
        &[Type("castkeep sync"), Type("castkeep catch-up tea-time --episode sugar"), Type("castkeep status")],
        |came| assert!(came.last.stdout.ends_with("\nall is well\n"), "{}", came.last.stdout),
    ),
];

#[test]
fn whatever_is_wished_for_takes_three_commands_at_the_most() {
    for (wish, from, steps, look) in WISHES {
        assert!(steps.len() <= MOST, "{wish}");
        let mut came = begin(from);
        if wish.contains("gone from its host") {
            came.host.set("/4.mp3", Page::full(404, &[], Vec::new()));
        }
        for step in *steps {
            match step {
                Type(line) => came.last = came.types(line),
                Edit(settings) => settings.iter().for_each(|setting| came.edits(setting)),
            }
        }
        eprintln!("{wish}: {:?}", came.last);
        look(&came);
    }
}

/// A host, and a folder with what a person may have there.
fn begin(from: &From) -> Came {
    let host = Host::start();
    let items: String = (1..=EPISODES.len() as u32)
        .zip(EPISODES)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .map(|(n, episode)| item(&host, n, episode))
        .collect();
    let feed = format!(
        "<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>Tea Time</title>{items}</channel></rss>"
    );
    host.set_feed("/tea.xml", feed);
    let scene = Scene::configured("");
    fs::remove_file(scene.path("config.toml")).unwrap();
    fs::create_dir(scene.path("nas")).unwrap();
    fs::create_dir(scene.path("old")).unwrap();
    for (n, (title, date, _, media)) in (1..).zip(EPISODES) {
        let bytes = if *media == "audio/mpeg" { audio(n) } else { film() };
        if n < 5 {
            fs::write(scene.path(&format!("old/{date} {title}.mp3")), &bytes).unwrap();
        }
        host.set(&address(n, media), Page::full(200, &[("content-type", media)], bytes));
    }
    host.set("/ping", Page::Status(200));
    fs::create_dir(scene.path("bin")).unwrap();
    program(&scene, "script", "echo \"called with $1\" >> said");
    // A crontab of its own: `-l` prints it, `-` reads a new one.
    program(&scene, "bin/crontab", "if [ \"$1\" = -l ]; then cat tab 2>&-; else cat > new && mv new tab; fi");
    let opml =
        format!("<opml version=\"2.0\"><body><outline xmlUrl=\"{}\"/></body></opml>", host.url("/tea.xml"));
    fs::write(scene.path("shows.opml"), opml).unwrap();
    let came = Came { host, scene, last: Ran { code: 0, stdout: String::new(), stderr: String::new() } };
    if *from != From::Nothing {
        came.types("castkeep init && castkeep add FEED");
    }
    if *from == From::Synced {
        came.types("castkeep sync");
    }
    came.host.take_log();
    came
}

fn program(scene: &Scene, name: &str, lines: &str) {
    let path = scene.path(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn address(n: u32, media: &str) -> String {
    format!("/{n}.{}", if media == "audio/mpeg" { "mp3" } else { "mp4" })
}

fn item(host: &Host, n: u32, (title, date, kind, media): &(&str, &str, &str, &str)) -> String {
    let length = if *media == "audio/mpeg" { audio(n).len() } else { film().len() };
    format!(
        "<item><guid>tea-{n}</guid><title>{title}</title><pubDate>{date}T08:00:00Z</pubDate>\
         <itunes:episodeType>{kind}</itunes:episodeType>\
         <enclosure url=\"{}\" type=\"{media}\" length=\"{length}\"/></item>",
        host.url(&address(n, media))
    )
}

/// The beginning of a film, as far as anybody looks.
fn film() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\x10\0free".to_vec();
    bytes.resize(200_000, 0);
    bytes
}

impl Came {
    /// Types a line into a shell in the folder.
    fn types(&self, line: &str) -> Ran {
        let line = self.filled_in(line);
        let castkeep = std::path::Path::new(env!("CARGO_BIN_EXE_castkeep"));
        let folders = [self.scene.path("bin").as_path(), castkeep.parent().unwrap()]
            .map(|folder| folder.display().to_string())
            .join(":");
        let path = format!("{folders}:{}", std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(self.scene.path("")).stdin(Stdio::null());
        shell.env("PATH", path).env_remove("CASTKEEP_CONFIG").env_remove("CASTKEEP_PLAYER");
        Ran::of(shell.output().unwrap())
    }

    /// The command of the line that cron would run.
    fn crontab(&self) -> String {
        let tab = fs::read_to_string(self.scene.path("tab")).unwrap();
        let line = tab.lines().find(|line| line.starts_with(|c: char| c.is_ascii_digit())).unwrap();
        line.splitn(6, ' ').last().unwrap().replace("\\%", "%")
    }

    /// Puts a setting where its default stands in `config.toml`.
    fn edits(&self, setting: &str) {
        let setting = self.filled_in(setting);
        let key = setting.split(" = ").next().unwrap();
        let path = self.scene.path("config.toml");
        let text = fs::read_to_string(&path).unwrap();
        let is_it = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{key} = "));
        assert_eq!(text.lines().filter(|line| is_it(line)).count(), 1, "config.toml shows {key}");
        let lines: Vec<&str> = text.lines().map(|line| if is_it(line) { &setting } else { line }).collect();
        fs::write(&path, lines.join("\n")).unwrap();
    }

    fn filled_in(&self, text: &str) -> String {
        text.replace("FEED", &self.host.url("/tea.xml")).replace("HOST", &self.host.url(""))
    }

    /// What was asked for, but for the feed.
    fn asked(&self) -> Vec<String> {
        self.host.take_paths().into_iter().filter(|path| path != "/tea.xml").collect()
    }

    /// The names in a folder, sorted.
    fn files(&self, folder: &str) -> Vec<String> {
        let all = fs::read_dir(self.scene.path(folder)).into_iter().flatten();
        let mut names: Vec<_> = all.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}
