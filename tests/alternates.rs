//! Another form of the audio in place of the enclosure: it is the audio of its episode wherever castkeep tells of that.

mod support;

use std::fs;

use support::audio::opus;
use support::feed::{Item, audio, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// A host of a show of so many episodes, each of which there is a small form of, too; that is served if `is_there`.
fn host(episodes: u32, is_there: bool) -> Host {
    let host = Host::start();
    let items: String = (1..=episodes).map(|n| xml(&host, n)).collect();
    host.set_feed(
        "/feed.xml",
        format!(
            "<rss version=\"2.0\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>Two Forms</title>{items}</channel></rss>"
        ),
    );
    for n in 1..=episodes {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
        if is_there {
            let page = Page::Body { bytes: small(n), media_type: "audio/ogg".to_owned() };
            host.set(&format!("/{n}.opus"), page);
        }
    }
    host
}

fn small(n: u32) -> Vec<u8> {
    opus(60, &[&format!("TITLE=Episode {n}")])
}

fn xml(host: &Host, n: u32) -> String {
    let Item { title, guid, date, enclosure, length, .. } = item(n, &host.url(""));
    let (guid, enclosure) = (guid.unwrap(), enclosure.unwrap());
    let (small, url) = (small(n).len(), host.url(&format!("/{n}.opus")));
    format!(
        "<item><title>{title}</title><guid>{guid}</guid><pubDate>{date}</pubDate>\
         <enclosure url=\"{enclosure}\" length=\"{length}\" type=\"audio/mpeg\"/>\
         <podcast:alternateEnclosure type=\"audio/ogg\" length=\"{small}\"><podcast:source uri=\"{url}\"/></podcast:alternateEnclosure></item>"
    )
}

fn scene(host: &Host, sections: &str, rules: &str) -> Scene {
    Scene::configured(&format!(
        "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\n{sections}[[shows]]\nslug = \"forms\"\nfeed = \"{}\"\n\
         alternates = \"smallest\"\n{rules}",
        host.url("/feed.xml")
    ))
}

/// How `status` says that a show of these names stands, without what changes with the time.
fn status(scene: &Scene) -> String {
    let found: serde_json::Value = serde_json::from_str(&scene.run(&["status", "--json"]).stdout).unwrap();
    let of = |key: &str| found[0][key].as_u64().unwrap();
    format!(
        "audio {}, missing {}, untried {}, lost {}, left out {}",
        of("with_audio"),
        of("missing"),
        of("untried"),
        of("lost"),
        of("left_out")
    )
}

const MISSING: &str = "SELECT number, state, failed_attempts, last_error FROM missing_audio ORDER BY number";

#[test]
fn a_form_that_is_not_to_be_had_is_missing_audio() {
    let host = host(2, false);
    let scene = scene(&host, "[notify]\nmetrics = \"metrics.prom\"\n", "");
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    let ran = scene.run(&["sync", "--force"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert_eq!(status(&scene), "audio 0, missing 2, untried 0, lost 0, left out 0");
    assert_eq!(scene.rows(MISSING), ["1|never captured|1|status 404", "2|never captured|1|status 404"]);
    assert_eq!(scene.rows("SELECT missing FROM show_list"), ["2"]);
    assert_eq!(scene.rows("SELECT title FROM skipped_audio"), [] as [&str; 0]);
    let told = scene.run(&["status"]).stdout;
    assert!(told.contains("\nthe audio of 2 episodes is missing (forms)\n"), "{told}");
    let gaps = "  audio: 0 of 2 captured, 2 missing\n    #1 Episode 1: status 404\n    #2 Episode 2: status 404\n\
                \x20 numbers: 1 to 2, none missing\n  not complete\n";
    let told = scene.run(&["status", "forms"]).stdout;
    assert!(told.contains(gaps), "{told}");
    let ran = scene.run(&["backfill", "forms"]);
    assert!(ran.code == 3 && ran.stdout.contains(gaps), "{} {}", ran.code, ran.stdout);
    let metrics = fs::read_to_string(scene.path("metrics.prom")).unwrap();
    for line in ["castkeep_missing 2", "castkeep_failures 2", "castkeep_show_missing{show=\"forms\"} 2"] {
        assert!(metrics.lines().any(|one| one == line), "{line}: {metrics}");
    }
}

#[test]
fn a_form_that_failed_goes_on_failing_in_a_run_that_does_not_try_it() {
    let host = host(1, false);
    let scene = scene(&host, "[notify]\nmetrics = \"metrics.prom\"\n", "");
    assert_eq!(scene.run(&["sync"]).code, 3);
    host.take_log();
    assert_eq!(scene.run(&["sync"]).code, 0, "nothing is due");
    assert_eq!(host.take_paths(), [] as [&str; 0]);
    let metrics = fs::read_to_string(scene.path("metrics.prom")).unwrap();
    assert!(metrics.lines().any(|line| line == "castkeep_failures 1"), "{metrics}");
}

#[test]
fn a_form_that_was_never_tried_is_not_downloaded_yet() {
    let host = host(2, true);
    let scene = scene(&host, "", "");
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    assert_eq!(status(&scene), "audio 0, missing 2, untried 2, lost 0, left out 0");
    let told = scene.run(&["status"]).stdout;
    assert!(told.contains("\nthe audio of 2 episodes is not downloaded yet (forms)\n"), "{told}");
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(status(&scene), "audio 2, missing 0, untried 0, lost 0, left out 0");
    // As a run leaves it that is ended between its choice and its first download.
    scene.meddle("UPDATE resources SET file_id = NULL WHERE role = 'alternate'");
    assert_eq!(status(&scene), "audio 0, missing 2, untried 2, lost 0, left out 0");
}

#[test]
fn a_form_that_is_lost_is_missing_and_fetched_again_as_it_was() {
    let host = host(2, true);
    let scene = scene(&host, "", "");
    scene.run(&["sync"]).assert_no_failure();
    for path in scene.audio().into_keys().take(1) {
        fs::remove_file(scene.path("archive").join(path)).unwrap();
    }
    scene.run(&["verify"]);
    assert_eq!(status(&scene), "audio 1, missing 1, untried 0, lost 1, left out 0");
    assert_eq!(scene.rows("SELECT number, state FROM missing_audio"), ["1|missing"]);
    scene.run(&["verify", "--repair"]);
    assert_eq!(status(&scene), "audio 2, missing 0, untried 0, lost 0, left out 0");
    assert!(scene.audio().into_keys().all(|path| path.ends_with("[alternate].opus")));
}

#[test]
fn an_enclosure_that_another_form_replaces_is_not_left_out() {
    let host = host(3, true);
    let scene = scene(&host, "", "skip = \"#3\"\n");
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    let plan: serde_json::Value =
        serde_json::from_str(&scene.run(&["sync", "--dry-run", "--report", "json"]).stdout).unwrap();
    assert_eq!(
        (plan[0]["downloads"].as_array().unwrap().len(), plan[0]["left_out"].as_array().unwrap().len()),
        (2, 1),
        "{plan}"
    );
    scene.run(&["sync"]).assert_no_failure();
    assert_eq!(status(&scene), "audio 2, missing 0, untried 0, lost 0, left out 1");
    assert_eq!(scene.rows("SELECT number, skip_reason FROM skipped_audio"), ["3|skip = \"#3\""]);
    let told = scene.run(&["status", "forms"]).stdout;
    let gaps = "  audio: 2 of 3 captured, 0 missing, 1 left out by choice\n  numbers: 1 to 3, none missing\n\
                \x20 complete, but for what was left out by choice\n";
    assert!(told.contains(gaps), "{told}");
}

#[test]
fn files_are_written_beside_a_form_that_replaces_the_enclosure() {
    let host = host(1, true);
    let scene = scene(&host, "[naming]\nbeside = [\"json\", \"html\"]\n", "");
    scene.run(&["sync"]).assert_no_failure();
    let names: Vec<String> = scene.audio().into_keys().collect();
    let name = "audio/forms/2026-01-01 #1 Episode 1 [alternate]";
    assert_eq!(names, ["html", "json", "opus"].map(|ending| format!("{name}.{ending}")));
    let page = fs::read_to_string(scene.path("archive").join(&names[0])).unwrap();
    assert!(page.contains(".opus\""), "{page}");
    assert_eq!(scene.run(&["verify"]).code, 0);
    scene.assert_sound();
}

#[test]
fn a_mirror_points_at_the_form_that_was_captured() {
    let host = host(1, true);
    let scene = scene(&host, "", "");
    scene.run(&["sync"]).assert_no_failure();
    let ran = scene.run(&["export", "rss", "forms", "--base-url", "https://pods.example.org"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let (length, size) = (small(1).len(), item(1, "").length);
    let here = "https://pods.example.org/audio/forms/2026-01-01%20%231%20Episode%201%20%5Balternate%5D.opus";
    let told: Vec<&str> = ran
        .stdout
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("nclosure") || line.contains("source"))
        .collect();
    assert_eq!(
        told,
        [
            format!("<enclosure url=\"{here}\" length=\"{length}\" type=\"audio/ogg\"/>"),
            format!("<podcast:alternateEnclosure type=\"audio/mpeg\" length=\"{size}\">"),
            format!("<podcast:source uri=\"{}\"/>", host.url("/audio/1.mp3")),
            "</podcast:alternateEnclosure>".to_owned(),
            format!("<podcast:alternateEnclosure type=\"audio/ogg\" length=\"{length}\">"),
            format!("<podcast:source uri=\"{here}\"/>"),
            "</podcast:alternateEnclosure>".to_owned(),
        ]
    );
}

#[test]
fn a_mirror_tells_what_was_left_out_by_choice_from_what_is_missing() {
    let host = host(3, false);
    let scene = scene(&host, "", "skip = \"#3\"\n");
    assert_eq!(scene.run(&["sync"]).code, 3);
    let ran = scene.run(&["export", "rss", "forms"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            0,
            "castkeep: the audio of 2 episodes is not captured: the mirror points at where the publisher has it\n\
             hint: \"castkeep sync forms\" downloads what is missing\n\
             castkeep: the audio of 1 episode is left out by choice: the mirror points at where the publisher has it\n"
        )
    );
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&config.replace("skip = \"#3\"", "audio = false"));
    scene.run(&["sync", "--force"]);
    let ran = scene.run(&["export", "rss", "forms"]);
    let left_out = "castkeep: the audio of 3 episodes is left out by choice: the mirror points at where the publisher has it\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, left_out));
}
