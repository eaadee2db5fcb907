//! Shows whose episodes have one title, files of theirs, and what `castkeep adopt` made of them.

use std::fs;

use super::feed::{Item, audio, feed, item};
use super::host::Host;
use super::scene::Scene;

/// A show of that title, of which these days of January 2026 are listed; 8:00 UTC each.
pub fn daily(days: impl Iterator<Item = u32>, title: &str) -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<Item> = days.map(|day| news(&host, day, title)).collect();
    with(host, &items)
}

pub fn with(host: Host, items: &[Item]) -> (Host, Scene) {
    host.set_feed("/feed", feed("Morning Minute", items));
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[[shows]]\nslug = \"minute\"\nfeed = \"{}\"\n",
        host.url("/feed")
    ));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    (host, scene)
}

pub fn news(host: &Host, day: u32, title: &str) -> Item {
    Item {
        title: title.to_owned(),
        enclosure: Some(host.url(&format!("/{day}/default.mp3"))),
        ..item(day, "")
    }
}

pub fn put(scene: &Scene, path: &str, bytes: impl AsRef<[u8]>) {
    let path = scene.path(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Which day got which audio: `guid-3: 3`, where `audio(3)` are its bytes.
pub fn held(scene: &Scene) -> Vec<String> {
    let rows = scene.rows(
        "SELECT e.guid, f.path FROM resources r JOIN episodes e ON e.id = r.episode_id JOIN files f ON f.id = r.file_id
         WHERE r.role = 'enclosure' ORDER BY e.published_at",
    );
    let of = |row: &String| {
        let (guid, path) = row.rsplit_once('|').unwrap();
        let bytes = fs::read(scene.path("archive").join(path)).unwrap();
        let n = (1..=30).find(|n| audio(*n) == bytes);
        format!("{guid}: {}", n.map_or("other".to_owned(), |n| n.to_string()))
    };
    rows.iter().map(of).collect()
}

pub fn each(days: impl Iterator<Item = u32>) -> Vec<String> {
    days.map(|day| format!("guid-{day}: {day}")).collect()
}

/// What did not come in, and why.
pub fn left(scene: &Scene) -> Vec<String> {
    scene.rows(
        "SELECT replace(found_path, rtrim(found_path, replace(found_path, '/', '')), '') || ': ' || message
         FROM adoptions WHERE outcome <> 'adopted' ORDER BY 1",
    )
}

/// How many files a dry run and then a run take in.
pub fn adopted(scene: &Scene, more: &[&str]) -> [u64; 2] {
    [&["--dry-run"][..], &[]].map(|dry| {
        let ran = scene.run(&[&["adopt", "in", "--json"], more, dry].concat());
        let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        told["adopted"].as_u64().unwrap()
    })
}

/// Files of the daily show and of one with titles of its own, all dated by a clock so many hours ahead of UTC.
pub fn put_with_neighbours(scene: &Scene, ahead: i64) {
    let dated = |day: u32, hour: i64| (i64::from(day) * 24 + hour + ahead).div_euclid(24);
    for day in 3..=14 {
        let day_there = dated(day, 8);
        put(scene, &format!("in/Morning Minute/2026-01-{day_there:02} - Morning Minute.mp3"), audio(day));
    }
    for (n, (title, hour)) in (15..).zip(TALES) {
        put(scene, &format!("in/Tales/2026-01-{:02} - {title}.mp3", dated(n, *hour)), audio(n));
    }
}

pub const TALES: &[(&str, i64)] = &[("Wolf", 3), ("Fox", 7), ("Owl", 9), ("Hen", 12), ("Cat", 20)];

/// The daily show and one with titles of its own.
pub fn neighbours() -> (Host, Scene) {
    let (host, scene) = daily(4..=14, "Morning Minute");
    let tale = |(n, (title, hour)): (u32, &(&str, i64))| Item {
        date: format!("{n} Jan 2026 {hour:02}:00:00 +0000"),
        ..news(&host, n, title)
    };
    let items: Vec<Item> = (15..).zip(TALES).map(tale).collect();
    host.set_feed("/tales", feed("Tales", &items));
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    let more = format!("{config}\n[[shows]]\nslug = \"tales\"\nfeed = \"{}\"\n", host.url("/tales"));
    fs::write(scene.path("config.toml"), more).unwrap();
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    (host, scene)
}
