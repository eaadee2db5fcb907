//! What is downloaded and what is not: rules of the configuration, catching up, and what a dry run tells of both.

mod support;

use support::feed::{audio, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// A show of six years: guid, title, date, type, season, bytes as the feed says, and what else an item says.
const EPISODES: &[(u32, &str, &str, &str, u32, &str)] = &[
    (1, "Welcome", "2019-06-01", "trailer", 1, ""),
    (2, "Interview: Ada", "2020-01-01", "full", 1, ""),
    (3, "Rerun: Interview with Ada", "2021-03-01", "full", 1, ""),
    (4, "Extra time", "2022-05-05", "bonus", 2, ""),
    (5, "An INTERVIEW on film", "2023-07-07", "full", 2, "video"),
    (6, "The long one", "2024-09-09", "full", 3, "long"),
];

fn host() -> Host {
    let host = Host::start();
    let items: String = EPISODES.iter().rev().map(|episode| xml(&host, episode)).collect();
    host.set_feed(
        "/feed.xml",
        format!(
            "<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" \
             xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>Six Years</title>\
             <language>en</language>{items}</channel></rss>"
        ),
    );
    for (n, ..) in EPISODES {
        host.set_audio(&format!("/{n}.mp3"), audio(*n));
    }
    host.set("/5.mp4", Page::full(200, &[("content-type", "video/mp4")], mp4()));
    host.take_log();
    host
}

/// The beginning of a film, as far as anybody looks.
fn mp4() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\0\0isommp42".to_vec();
    bytes.extend_from_slice(&[0, 0, 16, 0]);
    bytes.extend_from_slice(b"free");
    bytes.resize(24 + 4096, 0);
    bytes
}

fn xml(host: &Host, (n, title, date, kind, season, what): &(u32, &str, &str, &str, u32, &str)) -> String {
    let (ending, media) = if *what == "video" { ("mp4", "video/mp4") } else { ("mp3", "audio/mpeg") };
    let length = if *what == "long" { 80_000_000 } else { item(*n, "").length };
    format!(
        "<item><guid>six-{n}</guid><title>{title}</title><pubDate>{date}T08:00:00Z</pubDate>\
         <itunes:episodeType>{kind}</itunes:episodeType><itunes:season>{season}</itunes:season>\
         <enclosure url=\"{}\" type=\"{media}\" length=\"{length}\"/></item>",
        host.url(&format!("/{n}.{ending}"))
    )
}

fn scene(host: &Host, rules: &str) -> Scene {
    let port = host.port();
    Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\n[choose]\n{rules}\n[[shows]]\nslug = \"six\"\nfeed = \"http://127.0.0.1:{port}/feed.xml\"\n"
    ))
}

/// The episodes that were asked for.
fn asked(host: &Host) -> Vec<String> {
    let paths = host.take_paths().into_iter().filter(|path| path != "/feed.xml");
    paths.map(|path| path[1..path.find('.').unwrap()].to_owned()).collect()
}

const LEFT_OUT: &str = "SELECT title || ' | ' || skip_reason FROM skipped_audio ORDER BY published_at";

#[test]
fn each_rule_leaves_out_what_it_says_and_everything_is_recorded() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("", &["1", "2", "3", "4", "5", "6"], ""),
        ("only = \"interview\"", &["2", "3", "5"], "only = \"interview\""),
        ("skip = '^rerun:|\\bfilm$'", &["1", "2", "4", "6"], "skip = \"^rerun:|\\\\bfilm$\""),
        ("since = 2022-05-05", &["4", "5", "6"], "since = 2022-05-05"),
        ("since = \"2022-05\"", &["4", "5", "6"], "since = 2022-05-01"),
        ("until = 2020", &["1", "2"], "until = 2020-12-31"),
        ("newest = 2", &["5", "6"], "newest = 2"),
        ("seasons = [1, 3]", &["1", "2", "3", "6"], "seasons = [1, 3]"),
        ("types = [\"bonus\", \"trailer\"]", &["1", "4"], "types = [\"bonus\", \"trailer\"]"),
        ("kinds = [\"audio\"]", &["1", "2", "3", "4", "6"], "kinds = [\"audio\"]"),
        ("max_mb = 50", &["1", "2", "3", "4", "5"], "max_mb = 50"),
        ("audio = false", &[], "audio = false"),
    ];
    for (rules, want, reason) in cases {
        let host = host();
        let scene = scene(&host, rules);
        let ran = scene.run(&["sync"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{rules}");
        assert_eq!(asked(&host), *want, "{rules}");
        let left: Vec<String> = EPISODES
            .iter()
            .filter(|(n, ..)| !want.contains(&n.to_string().as_str()))
            .map(|(_, title, ..)| format!("{title} | {reason}"))
            .collect();
        assert_eq!(scene.rows(LEFT_OUT), left, "{rules}");
        assert_eq!(scene.value("SELECT count(*) FROM episodes"), "6");
        assert_eq!(scene.value("SELECT count(*) FROM missing_audio"), "0", "{rules}");
        scene.assert_sound();
    }
}

#[test]
fn only_bonus_episodes_after_2020_and_rules_of_the_show_overrule_those_of_all() {
    let host = host();
    let scene = scene(&host, "types = [\"full\"]\nnewest = 1");
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&(config + "types = [\"bonus\"]\nsince = 2021\nnewest = 0\n"));
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["4"]);
}

#[test]
fn newest_counts_what_all_else_leaves() {
    let host = host();
    let scene = scene(&host, "newest = 2\nskip = \"rerun\"\nkinds = [\"audio\"]\nmax_mb = 50");
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["2", "4"]);
    assert_eq!(
        scene.rows(LEFT_OUT),
        [
            "Welcome | newest = 2",
            "Rerun: Interview with Ada | skip = \"rerun\"",
            "An INTERVIEW on film | kinds = [\"audio\"]",
            "The long one | max_mb = 50",
        ]
    );
}

#[test]
fn a_dry_run_tells_what_would_be_fetched_and_why_the_rest_is_not() {
    let host = host();
    let scene = scene(&host, "");
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    host.take_log();
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    // Rules that no run has applied yet.
    scene.configure(&(config + "skip = \"rerun\"\nsince = 2020\nkinds = [\"audio\"]\n"));
    let ran = scene.run(&["sync", "--dry-run", "--force"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        ran.stdout,
        "show  feed      downloads     size  left out  waiting\n\
         six   is asked          3  80.4 MB         3        0\n\
         \n\
         six: to download\n  \
           2024-09-09  The long one     80.0 MB\n  \
           2022-05-05  Extra time      200.2 kB\n  \
           2020-01-01  Interview: Ada  200.2 kB\n\
         \n\
         six: left out\n  \
           1  kinds = [\"audio\"]\n  \
           1  since = 2020-01-01\n  \
           1  skip = \"rerun\"\n"
    );
    assert_eq!(asked(&host), [] as [&str; 0]);
    let ran = scene.run(&["sync", "--dry-run", "--report", "json"]);
    let plans: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(plans[0]["left_out"][2]["reason"], "since = 2020-01-01");
    assert_eq!(plans[0]["downloads"].as_array().unwrap().len(), 3);
    assert_eq!(scene.value("SELECT count(*) FROM skipped_audio"), "0", "a dry run writes nothing");
}

#[test]
fn a_rule_that_is_taken_back_brings_back_what_it_left_out() {
    let host = host();
    let scene = scene(&host, "newest = 1");
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["6"]);
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&config.replace("newest = 1", "newest = 3"));
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 0);
    assert_eq!(asked(&host), ["4", "5"], "the feed was not due");
    scene.configure(&config.replace("newest = 1", ""));
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["1", "2", "3"]);
    assert_eq!(scene.value("SELECT count(*) FROM skipped_audio"), "0");
}

#[test]
fn caught_up_means_only_what_follows() {
    let host = host();
    let scene = scene(&host, "");
    let ran = scene.run(&["catch-up", "six"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "six: 0 episodes left out\n"));
    assert!(ran.stderr.contains("castkeep sync --feeds-only six"), "{}", ran.stderr);
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    let ran = scene.run(&["catch-up", "six", "--keep", "1"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "six: 5 episodes left out\n"));
    host.take_log();
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["6"]);
    // The publisher moves an old enclosure and adds an episode.
    let new = xml(&host, &(7, "News", "2025-01-01", "full", 3, ""));
    let items: String = EPISODES.iter().rev().map(|episode| xml(&host, episode)).collect();
    let moved = items.replace("/2.mp3", "/audio-2.mp3");
    host.set_feed("/feed.xml", format!("<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>Six Years</title>{new}{moved}</channel></rss>"));
    host.set_audio("/7.mp3", audio(7));
    host.set_audio("/audio-2.mp3", audio(2));
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(asked(&host), ["7"]);
    let status = scene.run(&["status", "six"]);
    assert!(
        status.stdout.contains("audio: 2 of 7 captured, 0 missing, 5 left out by choice"),
        "{}",
        status.stdout
    );
    let ran = scene.run(&["catch-up", "six", "--undo"]);
    assert_eq!(ran.stdout, "six: 5 episodes wanted again\n");
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["1", "3", "4", "5", "audio-2"]);
}

#[test]
fn who_caught_up_may_say_anew_how_many_stay() {
    let host = host();
    let scene = scene(&host, "");
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    assert_eq!(scene.run(&["catch-up", "six"]).stdout, "six: 6 episodes left out\n");
    assert_eq!(scene.run(&["catch-up", "six", "--keep", "1"]).stdout, "six: 5 episodes left out\n");
    assert_eq!(scene.run(&["catch-up", "six", "--keep", "2"]).stdout, "six: 4 episodes left out\n");
    host.take_log();
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["5", "6"]);
}

#[test]
fn what_is_not_too_large_any_more_is_tried_at_once() {
    let host = host();
    let scene = scene(&host, "only = \"welcome\"\nmax_mb = 1");
    host.set_audio("/1.mp3", audio(1).repeat(7));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&config.replace("max_mb = 1", ""));
    let ran = scene.run(&["sync", "--dry-run"]);
    assert!(ran.stdout.contains("six: to download\n  2019-06-01  Welcome"), "{}", ran.stdout);
    host.take_log();
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["1"]);
    assert_eq!(scene.value("SELECT count(*) FROM files"), "1");
}

#[test]
fn of_a_feed_that_was_never_read_a_dry_run_says_so() {
    let host = host();
    let scene = scene(&host, "");
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&format!("{config}[[shows]]\nslug = \"seven\"\nfeed = \"{}\"\n", host.url("/seven.xml")));
    scene.run(&["sync", "six", "--feeds-only"]).assert_no_failure();
    let ran = scene.run(&["sync", "--dry-run"]);
    let words: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .take(4)
        .map(|line| line.split("  ").filter(|word| !word.is_empty()).map(str::trim).collect())
        .collect();
    assert_eq!(words[0], ["show", "feed", "downloads", "size", "left out", "waiting"]);
    assert_eq!(words[1][2..], ["6", "81.0 MB", "0", "0"]);
    assert_eq!(words[2], ["seven", "is asked", "?", "?", "0", "0"]);
    assert_eq!(words[3], ["all", "6", "81.0 MB", "0", "0"]);
    assert!(ran.stderr.contains("(seven); castkeep sync --feeds-only"), "{}", ran.stderr);

    // A disk that is not mounted is told here as it is by a run.
    scene.configure(&format!("[archive]\ncreate = false\ndirectory = \"gone\"\n{config}"));
    let ran = scene.run(&["sync", "--dry-run"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("is its disk not mounted?"), "{}", ran.stderr);
}

#[test]
fn an_episode_whose_audio_is_gone_is_given_up() {
    let host = host();
    host.set("/3.mp3", Page::full(404, &[], Vec::new()));
    let scene = scene(&host, "");
    let ran = scene.run(&["sync"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let given_up = ["catch-up", "six", "--episode", "extra time", "--episode", "six-3"];
    let ran = scene.run(&given_up);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "six: 1 episode given up\n", ""));
    assert_eq!(scene.rows(LEFT_OUT), ["Rerun: Interview with Ada | given up"]);
    // Who catches up with the rest, or takes that back, does not bring it back.
    for line in
        [&["catch-up", "six", "--keep", "6"][..], &["catch-up", "six"], &["catch-up", "six", "--undo"]]
    {
        assert_eq!(scene.run(line).code, 0);
        assert_eq!(scene.rows(LEFT_OUT), ["Rerun: Interview with Ada | given up"], "{line:?}");
    }
    let ran = scene.run(&["status", "six"]);
    assert!(ran.stdout.contains("audio: 5 of 6 captured, 0 missing, 1 left out by choice"), "{}", ran.stdout);
    host.set_audio("/3.mp3", audio(3));
    let ran = scene.run(&["catch-up", "six", "--episode", "rerun", "--undo"]);
    assert_eq!(ran.stdout, "six: 1 episode wanted again\n");
    host.take_log();
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(asked(&host), ["3"]);
    for (line, message) in [
        (&["catch-up", "six", "six", "--episode", "3"][..], "--episode is of one show: name one"),
        (&["catch-up", "six", "--episode", "33"][..], "six has no episode \"33\""),
        (&["catch-up", "sex", "--episode", "3"][..], "there is no show \"sex\" in the archive"),
    ] {
        let ran = scene.run(line);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
}

#[test]
fn where_one_is_given_up_the_next_is_among_the_newest() {
    let host = host();
    host.set("/6.mp3", Page::full(404, &[], Vec::new()));
    let scene = scene(&host, "newest = 1");
    assert_eq!(scene.run(&["sync"]).code, 3);
    assert_eq!(scene.run(&["catch-up", "six", "--episode", "latest"]).stdout, "six: 1 episode given up\n");
    host.take_log();
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(asked(&host), ["5"]);
    let ran = scene.run(&["catch-up", "six", "--episode", "interview on film"]);
    assert_eq!(ran.stdout, "six: 0 episodes given up\n");
    assert!(ran.stderr.starts_with("hint: their audio was captured"), "{}", ran.stderr);
}

#[test]
fn what_turns_out_larger_than_the_feed_says_is_left_out_once_and_for_all() {
    let host = host();
    let scene = scene(&host, "only = \"welcome\"\nmax_mb = 1");
    host.set_audio("/1.mp3", audio(1).repeat(7));
    let ran = scene.run(&["sync"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(asked(&host), ["1"]);
    assert_eq!(
        scene.rows("SELECT title || ' | ' || skip_reason FROM skipped_audio WHERE skip_reason LIKE 'max%'"),
        ["Welcome | max_mb = 1, by its host"]
    );
    assert_eq!(scene.rows("SELECT outcome FROM downloads"), ["rejected"]);
    scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(asked(&host), [] as [&str; 0]);
}

#[test]
fn a_paused_show_rests_until_it_is_named() {
    let host = host();
    let scene = scene(&host, "newest = 1");
    let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&(config + "paused = true\n"));
    scene.run(&["sync", "--force"]).assert_silent();
    assert_eq!(host.take_paths(), [] as [&str; 0]);
    let ran = scene.run(&["sync", "--dry-run"]);
    assert_eq!(
        ran.stdout,
        "show  feed    downloads  size  left out  waiting\nsix   paused          0   0 B         0        0\n"
    );
    scene.run(&["sync", "six"]).assert_no_failure();
    assert_eq!(host.take_paths(), ["/6.mp3", "/feed.xml"]);
}

#[test]
fn downloads_that_are_slowed_down_are_whole() {
    let host = host();
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\nmax_rate_kb = 2000\ndownload_pause_seconds = 0.01\n[[shows]]\nfeed = \"{}\"\n",
        host.url("/feed.xml")
    ));
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(scene.value("SELECT count(*) FROM audio WHERE state = 'present'"), "6");
    scene.assert_sound();
}

/// One episode in four forms: the enclosure, a larger and a smaller one, and one in another language.
fn forms(host: &Host) -> String {
    let other = |path: &str, bitrate: u32, language: &str| {
        format!(
            "<podcast:alternateEnclosure type=\"audio/mpeg\" bitrate=\"{bitrate}\" lang=\"{language}\"><podcast:source uri=\"{}\"/></podcast:alternateEnclosure>",
            host.url(path)
        )
    };
    format!(
        "<rss version=\"2.0\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>Forms</title><item><guid>f</guid><title>One</title>\
         <enclosure url=\"{}\" type=\"audio/mpeg\" length=\"9\"/>{}{}{}{}</item></channel></rss>",
        host.url("/1.mp3"),
        other("/1.mp3", 128_000, "en"),
        other("/2.mp3", 320_000, "en-GB"),
        other("/3.mp3", 32_000, "en"),
        other("/4.mp3", 16_000, "de"),
    )
}

#[test]
fn other_forms_are_kept_by_quality_and_language() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["1"]),
        ("alternates = true", &["1", "2", "3", "4"]),
        ("alternates = true\nlanguages = [\"EN\"]", &["1", "2", "3"]),
        ("alternates = \"best\"", &["2"]),
        ("alternates = \"smallest\"", &["4"]),
        ("alternates = \"smallest\"\nlanguages = [\"en\"]", &["3"]),
    ];
    for (rules, want) in cases {
        let host = host();
        host.set_feed("/feed.xml", forms(&host));
        let scene = scene(&host, "");
        let config = std::fs::read_to_string(scene.path("config.toml")).unwrap();
        scene.configure(&format!("{config}{rules}\n"));
        scene.run(&["sync"]).assert_no_failure();
        assert_eq!(asked(&host), *want, "{rules}");
        assert_eq!(scene.value("SELECT count(*) FROM missing_audio"), "0", "{rules}");
        assert_eq!(scene.rows("SELECT show, with_audio, missing FROM show_list"), ["six|1|0"], "{rules}");
        assert_eq!(scene.rows("SELECT captured IS NOT NULL FROM audio"), ["1"], "{rules}");
    }
}

#[test]
fn rules_that_can_not_be_read_are_shown_with_their_line() {
    for (rules, want) in [
        ("only = \"(\"", "\"(\" is no regular expression: unclosed group"),
        ("since = \"soon\"", "\"soon\" is no date such as 2020-06-30, 2020-06 or 2020"),
        ("types = [\"bonuses\"]", "unknown variant `bonuses`, expected one of `full`, `trailer`, `bonus`"),
        ("newest = -1", "expected a whole number, 0 or more"),
        ("onyl = \"x\"", "unknown field `onyl`"),
    ] {
        let host = host();
        let scene = scene(&host, rules);
        let ran = scene.run(&["sync"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{rules}");
        assert!(ran.stderr.contains("line 4") && ran.stderr.contains(want), "{}", ran.stderr);
        assert_eq!(host.take_paths(), [] as [&str; 0]);
    }
}
