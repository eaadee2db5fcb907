//! `castkeep adopt` where files of several shows lie in one folder: what only one episode can be comes in, whatever lies beside it;
//! what any show may have published does not.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::scene::Scene;

/// Two shows, whose episodes have these titles, a day each from the first on; audio `n` of the second show is `20 + n`. Each has a
/// length of its own.
fn two(titles: [&[&str]; 2]) -> (Host, Scene) {
    let host = Host::start();
    let mut config = "[http]\nonly_hosts = [\"127.0.0.1\"]\n".to_owned();
    for (at, (slug, titles)) in [("lamp", titles[0]), ("harbour", titles[1])].into_iter().enumerate() {
        let items: Vec<Item> =
            (1..).zip(titles).map(|(n, title)| told(&host, slug, at as u32 * 20 + n, n, title)).collect();
        host.set_feed(&format!("/{slug}"), feed(&format!("The {slug} show"), &items));
        config += &format!("[[shows]]\nslug = \"{slug}\"\nfeed = \"{}\"\n", host.url(&format!("/{slug}")));
    }
    let scene = Scene::configured(&config);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    host.take_log();
    (host, scene)
}

fn told(host: &Host, slug: &str, at: u32, day: u32, title: &str) -> Item {
    let audio = sized(at);
    host.set_audio(&format!("/{slug}/{at}.mp3"), audio.clone());
    Item {
        guid: Some(format!("{slug}-{at}")),
        title: title.to_owned(),
        enclosure: Some(host.url(&format!("/{slug}/{at}.mp3"))),
        length: audio.len() as u64,
        ..item(day, "")
    }
}

/// Audio of a length of its own.
fn sized(n: u32) -> Vec<u8> {
    let mut bytes = audio(n);
    bytes.truncate(bytes.len() - 417 * n as usize);
    bytes
}

const LAMP: &[&str] = &[
    "Trailer",
    "Sourdough",
    "The wick and the flame",
    "Who trims the lamps?",
    "Oil from far away",
    "Lanterns of the old town",
    "Episode 7",
    "A keeper's long winter",
    "Glass blown by hand",
    "Moths, and what they want",
    "Candles made of tallow",
    "Gaslight",
];
const HARBOUR: &[&str] = &[
    "Trailer",
    "Why the sea is salty",
    "Ropes",
    "Pilots of the narrow strait",
    "Tar and turpentine",
    "Foghorns at midnight",
    "Episode 7",
    "Herring, barrels and salt",
    "The customs house burns",
    "Ballast stones from Riga",
    "Anchors",
    "Sails that were never mended",
    "Ferrymen",
    "Salvage rights explained",
    "Buoys",
    "Whales",
    "Smugglers in the chapel",
    "The lighthouse on the reef",
    "Dredging",
    "Tides",
];

/// Files of a show, as they are called that have a date: `2026-01-03 Title.mp3`.
fn put_all(scene: &Scene, titles: &[&str], first: u32) {
    for (n, title) in (1..).zip(titles) {
        put(scene, n, title, sized(first + n));
    }
}

fn put(scene: &Scene, day: u32, title: &str, bytes: Vec<u8>) {
    fs::create_dir_all(scene.path("in")).unwrap();
    fs::write(scene.path(&format!("in/2026-01-{day:02} {}.mp3", title.replace('?', "_"))), bytes).unwrap();
}

const COMMON: &str = "what speaks for it any show may have: no title of its own says that it is of this one";
const NOTHING: &str = "nothing tells which episode it is, or its show is not in the archive";

/// What did not come in, and why.
fn left(scene: &Scene) -> Vec<String> {
    scene.rows(
        "SELECT replace(found_path, rtrim(found_path, replace(found_path, '/', '')), '') || ': ' || message
         FROM adoptions WHERE outcome <> 'adopted' ORDER BY 1",
    )
}

/// How many episodes of each show have their audio.
fn owners(scene: &Scene) -> Vec<String> {
    scene.rows(
        "SELECT s.slug || ' ' || count(*) FROM resources r JOIN shows s ON s.id = r.show_id
         WHERE r.role = 'enclosure' AND r.file_id IS NOT NULL GROUP BY s.slug ORDER BY s.slug",
    )
}

/// Whatever came in is the audio that the host has of it.
#[track_caller]
fn assert_right(scene: &Scene) {
    for row in scene.rows(
        "SELECT r.url, f.path FROM resources r JOIN files f ON f.id = r.file_id WHERE r.role = 'enclosure'",
    ) {
        let (url, path) = row.split_once('|').unwrap();
        let n: u32 = url.rsplit('/').next().unwrap().trim_end_matches(".mp3").parse().unwrap();
        assert_eq!(fs::read(scene.path("archive").join(path)).unwrap(), sized(n), "{row}");
    }
}

#[test]
fn two_followed_shows_in_one_folder_are_told_apart() {
    let (_host, scene) = two([LAMP, HARBOUR]);
    put_all(&scene, LAMP, 0);
    // Both have a "Trailer" and an "Episode 7" of one day: the second one's are there.
    put_all(&scene, HARBOUR, 20);
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""), "{}", ran.stdout);
    assert_eq!(owners(&scene), ["harbour 18", "lamp 10"]);
    assert_right(&scene);
    assert_eq!(
        left(&scene),
        [format!("2026-01-01 Trailer.mp3: {COMMON}"), format!("2026-01-07 Episode 7.mp3: {COMMON}")]
    );
    assert!(
        ran.stdout.ends_with("castkeep sync would download 2 episodes of doubtful files, 380.3 kB as the feed says; settle them first\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_a_show_published_that_is_not_followed_is_left_alone() {
    let (_host, scene) = two([LAMP, &[]]);
    put_all(&scene, LAMP, 0);
    // Of the same days and lengths as what the followed show calls so, too.
    put(&scene, 1, "Trailer", other(1));
    put(&scene, 7, "Episode 7", other(7));
    for (day, title) in [(2, "Ropes"), (3, "Why the sea is salty"), (9, "Foghorns at midnight")] {
        put(&scene, day, title, other(30 + day));
    }
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!((ran.code, owners(&scene)), (3, vec!["lamp 10".to_owned()]), "{}", ran.stdout);
    assert_right(&scene);
    assert_eq!(
        left(&scene),
        [
            format!("2026-01-01 Trailer.mp3: {COMMON}"),
            format!("2026-01-02 Ropes.mp3: {NOTHING}"),
            format!("2026-01-03 Why the sea is salty.mp3: {NOTHING}"),
            format!("2026-01-07 Episode 7.mp3: {COMMON}"),
            format!("2026-01-09 Foghorns at midnight.mp3: {NOTHING}"),
        ]
    );
}

#[test]
fn three_files_and_two_strangers() {
    let (_host, scene) = two([LAMP, &[]]);
    put_all(&scene, &LAMP[..4], 0);
    put(&scene, 1, "Trailer", other(1));
    put(&scene, 3, "Ropes", other(33));
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!((ran.code, owners(&scene)), (3, vec!["lamp 3".to_owned()]), "{}", ran.stdout);
    assert_right(&scene);
}

#[test]
fn a_show_that_numbers_its_episodes_is_told_by_many() {
    let titles: Vec<String> = (1..=12).map(|n| format!("Episode {n}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let (_host, scene) = two([&titles, &[]]);
    put_all(&scene, &titles, 0);
    put(&scene, 3, "Ropes", other(33));
    put(&scene, 4, "Episode 12", other(34));
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!((ran.code, owners(&scene)), (3, vec!["lamp 12".to_owned()]), "{}", ran.stdout);
    assert_right(&scene);
}

#[test]
fn one_file_alone_is_told_by_a_title_a_date_and_a_length() {
    let (_host, scene) = two([LAMP, HARBOUR]);
    put(&scene, 3, "The wick and the flame", sized(3));
    assert_eq!((scene.run(&["adopt", "in"]).code, owners(&scene)), (0, vec!["lamp 1".to_owned()]));
    assert_right(&scene);
    // Neither of another length nor of another day, though its title is of one show only.
    let (_host, scene) = two([LAMP, HARBOUR]);
    put(&scene, 3, "The wick and the flame", other(99));
    put(&scene, 9, "Lanterns of the old town", sized(6));
    assert_eq!((scene.run(&["adopt", "in"]).code, owners(&scene)), (3, Vec::new()));
}

#[test]
fn files_that_are_not_as_long_as_the_feed_says_are_told_by_many() {
    let (_host, scene) = two([LAMP, HARBOUR]);
    for (first, titles) in [(0, LAMP), (20, HARBOUR)] {
        for (n, title) in (1..).zip(titles) {
            put(&scene, n, title, [sized(first + n), vec![0; 999]].concat());
        }
    }
    let ran = scene.run(&["adopt", "in"]);
    let folder = scene.path("in").canonicalize().unwrap();
    let why = "its title and date fit, but not its length, and nothing else says that it is of this show";
    assert_eq!(owners(&scene), ["harbour 10", "lamp 5"], "{}", ran.stdout);
    let folded = format!(
        "doubtful: {0}/: 8 files, perhaps of harbour: {why}\n  settle the other doubtful files there first, then: castkeep adopt '{0}' --show harbour\n",
        folder.display()
    );
    assert!(ran.stdout.contains(&folded), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("doubtful: ").count(), 4, "{}", ran.stdout);
    let each = scene.run(&["adopt", "in", "--verbose"]);
    assert_eq!(each.stdout.matches("doubtful: ").count(), 15, "{}", each.stdout);
    // Those of the other show stay where they are.
    for (day, title) in [("01", "Trailer"), ("07", "Episode 7")] {
        let ran = scene.run(&["adopt", &format!("in/2026-01-{day} {title}.mp3"), "--as", "lamp", title]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    }
    let settled = scene.run(&["adopt", "in", "--show", "harbour"]);
    assert_eq!((settled.code, owners(&scene)[0].as_str()), (3, "harbour 18"), "{}", settled.stdout);
}

#[test]
fn the_same_titles_of_the_same_days_in_two_shows_tell_nothing() {
    let titles: Vec<String> = (1..=6).map(|n| format!("Episode {n}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let (_host, scene) = two([&titles, &titles]);
    for (n, title) in (1..).zip(&titles) {
        put(&scene, n, title, other(60));
    }
    let ran = scene.run(&["adopt", "in"]);
    assert_eq!((ran.code, owners(&scene)), (3, Vec::new()), "{}", ran.stdout);
    let folder = scene.path("in").canonicalize().unwrap();
    assert_eq!(
        ran.stdout.split_once("doubtful: ").unwrap().1,
        format!(
            "{}/: 6 files, perhaps of lamp: it may as well be another\n  settle each with: castkeep adopt FILE --as SHOW EPISODE \
             (--verbose lists them)\n0 files adopted, 0 B; 6 doubtful\n\
             castkeep sync would download 6 episodes of doubtful files, 1.2 MB as the feed says; settle them first\n",
            folder.display()
        )
    );
}

#[test]
fn what_the_show_that_was_asked_for_has_less_of_than_another_is_doubtful() {
    let (_host, scene) = two([LAMP, HARBOUR]);
    // Both shows have a "Trailer" of that day; this is as long as the other's.
    put(&scene, 1, "Trailer", sized(21));
    let ran = scene.run(&["adopt", "in", "--show", "lamp"]);
    assert_eq!((ran.code, owners(&scene)), (3, Vec::new()));
    assert_eq!(
        left(&scene),
        ["2026-01-01 Trailer.mp3: an episode of another show fits better: harbour \"Trailer\""]
    );
    assert_eq!(
        (scene.run(&["adopt", "in", "--show", "harbour"]).code, owners(&scene)),
        (0, vec!["harbour 1".to_owned()])
    );
}

#[test]
fn a_dry_run_writes_nothing_at_all() {
    let (host, scene) = two([LAMP, HARBOUR]);
    put_all(&scene, LAMP, 0);
    put(&scene, 3, "Of nobody", other(50));
    // A show that is in the configuration and not yet in the archive.
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    let more = format!("[[shows]]\nslug = \"new\"\nfeed = \"{}\"\n", host.url("/new"));
    fs::write(scene.path("config.toml"), config + &more).unwrap();
    // What a run that was killed left is another run's to tidy up.
    fs::write(scene.path("archive/tmp/1.part"), "half").unwrap();
    fs::remove_file(scene.path("archive/lock")).unwrap();
    let before = tree(&scene.path(""));
    assert_eq!(scene.run(&["adopt", "in", "--dry-run"]).code, 3);
    assert_eq!(tree(&scene.path("")), before);
    assert_eq!(host.take_paths(), Vec::<String>::new());
    // Where there is no archive, none is made.
    fs::rename(scene.path("archive"), scene.path("aside")).unwrap();
    assert_eq!(scene.run(&["adopt", "in", "--dry-run"]).code, 2);
    assert!(!scene.path("archive").exists());
}

/// Audio of another show, as long as that of this number.
fn other(n: u32) -> Vec<u8> {
    let mut bytes = sized(n);
    bytes[100] ^= 0x55;
    bytes
}

/// All that lies in a folder, with what is in it.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
            all.insert(path.display().to_string(), bytes);
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    all
}
