//! `castkeep search`: one ranked list over titles, notes, links and transcripts.

mod support;

use support::feed::feed_with;
use support::host::{Host, Page};
use support::scene::{Ran, Scene};

const CUES: &str = "WEBVTT\n\n00:00:02.500 --> 00:00:04.000\n<v Jonas Peel>One sheep, two sheep, null sheep.\n\n\
    01:02:03.000 --> 01:02:05.000\n<v Ada Marlow>Nobody counts kittens.\n";

const NOTES: &str = "<p>Hello and welcome.</p>\
    <p><strong>Ada #1: <a href=\"https://docs.example.org/sql/windows?utm_source=x\">Window functions</a></strong></p>\
    <ul><li>They don't hurt, says <a href=\"https://code.example.com/peel/teatimer\">this page</a>.</li>\
    <li>Ein Rätsel für alle.</li></ul>\
    <p><strong>Jonas #2: Counting sheep</strong></p><ul><li>Sheep, and sheep again.</li></ul>\
    <p><strong>Joke:</strong> A sheep walks into a bar.</p>\
    <p><strong>Subscribe</strong></p><ul><li><a href=\"https://show.example/letter\">The sheep letter</a></li></ul>";

const JAPANESE: &str = "<p>明日は東京へ行く。天気がいい。</p>";

/// Three episodes of one show and one of another, with a transcript.
fn scene() -> Scene {
    let host = Host::start();
    let item = |n: u32, title: &str, notes: &str, more: &str| {
        format!(
            "<item><title>{title}</title><guid isPermaLink=\"false\">g{n}</guid><pubDate>{n:02} Jan {} 08:00:00 +0000</pubDate>\
             <link>https://show.example/{n}</link><description><![CDATA[{notes}]]></description>{more}</item>\n",
            2018 + n
        )
    };
    let transcript = format!(
        "<podcast:transcript xmlns:podcast=\"https://podcastindex.org/namespace/1.0\" url=\"{}\" type=\"text/vtt\"/>",
        host.url("/1.vtt")
    );
    let first: String = [
        item(1, "#1 Sheep", NOTES, &transcript),
        item(2, "#2 A walk in 東京", JAPANESE, ""),
        item(3, "#3 =HYPERLINK(\"x\") spreadsheets", "<p>Nothing of note.</p>", ""),
    ]
    .concat();
    let second = item(4, "#4 Sheepdogs", "<p>Window seats, and functions of dogs.</p>", "");
    host.set_feed("/a.xml", feed_with("First", &first, &[]));
    host.set_feed("/b.xml", feed_with("Second", &second, &[]));
    host.set("/1.vtt", Page::full(200, &[("content-type", "text/vtt")], CUES));
    let scene = Scene::new(&[&host.url("/a.xml"), &host.url("/b.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    scene
}

/// Each hit as `kind episode: text`.
#[track_caller]
fn hits(scene: &Scene, args: &[&str]) -> Vec<String> {
    let ran = scene.run(&[&["search", "--format", "ndjson"], args].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let hit = |line: &str| {
        let hit: serde_json::Value = serde_json::from_str(line).unwrap();
        format!(
            "{} {}: {}",
            hit["kind"].as_str().unwrap(),
            hit["episode_number"],
            hit["text"].as_str().unwrap()
        )
    };
    ran.stdout.lines().map(hit).collect()
}

/// What no feed of the scene says.
fn say(scene: &Scene, text: &str) {
    let sql = "INSERT INTO segments (episode_id, position, kind, text, html) SELECT id, 100 + (SELECT count(*) FROM segments), 'extras', ?1, '' FROM episodes WHERE number = 3";
    let db = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    db.execute(sql, [text]).unwrap();
}

fn failed(message: &str, hint: &str) -> Ran {
    Ran { code: 2, stdout: String::new(), stderr: format!("castkeep: {message}\nhint: {hint}\n") }
}

#[test]
fn titles_come_first_then_notes_then_links_then_what_was_said() {
    let scene = scene();
    let ran = scene.run(&["search", "sheep"]);
    assert_eq!(ran.stderr, "");
    let want = "\
first 1, #1 Sheep (2019-01-01)
  #1 Sheep
  https://show.example/1
  topic #2 Jonas, Counting sheep: Sheep, and sheep again.
  0:02 Jonas Peel: One sheep, two sheep, null sheep.
  joke: Joke: A sheep walks into a bar.
  boilerplate, Subscribe: The sheep letter
  https://show.example/letter
";
    assert_eq!(ran.stdout, want);
}

#[test]
fn words_are_found_however_they_are_written() {
    let scene = scene();
    for (typed, want) in [
        (&["ratsel"][..], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."][..]),
        (&["RÄTSEL"], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."]),
        (&["dont"], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."]),
        (&["don't"], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."]),
        (&["don’t"], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."]),
        (&["teatimer"], &["link 1: this page"]),
        (&["docs.example.org"], &["link 1: Window functions"]),
        (&["\"null sheep\""], &["transcript 1: One sheep, two sheep, null sheep."]),
        (&["\"sheep null\""], &["transcript 1: One sheep, two sheep, null sheep."]),
        (&["sheepd*"], &["episode 4: #4 Sheepdogs"]),
        (
            &["window", "functions"],
            &[
                "segment 1: They don't hurt, says this page. - Ein Rätsel für alle.",
                "segment 4: Window seats, and functions of dogs.",
            ],
        ),
        (&["\"window functions\""], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."]),
        (&["kittens", "OR", "teatimer"], &["link 1: this page", "transcript 1: Nobody counts kittens."]),
        (&["window", "NOT", "dogs"], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."]),
        (&["--", "window", "-dogs"], &["segment 1: They don't hurt, says this page. - Ein Rätsel für alle."]),
        (&["東京"], &["episode 2: #2 A walk in 東京", "segment 2: 明日は東京へ行く。天気がいい。"]),
        (&["天気がいい"], &["segment 2: 明日は東京へ行く。天気がいい。"]),
        (&["東"], &["episode 2: #2 A walk in 東京", "segment 2: 明日は東京へ行く。天気がいい。"]),
        (&["東京", "walk"], &["episode 2: #2 A walk in 東京"]),
        (&["京都"], &[]),
    ] {
        assert_eq!(hits(&scene, typed), want, "{typed:?}");
    }
}

#[test]
fn filters_leave_out_what_is_not_meant() {
    let scene = scene();
    for (args, want) in [
        (&["--show", "second", "sheep*"][..], &["episode 4: #4 Sheepdogs"][..]),
        (&["--kind", "transcript", "sheep"], &["transcript 1: One sheep, two sheep, null sheep."]),
        (&["--kind", "joke", "sheep"], &["segment 1: Joke: A sheep walks into a bar."]),
        (&["--kind", "link", "page"], &["link 1: this page"]),
        (&["--kind", "episode", "sheep*"], &["episode 4: #4 Sheepdogs", "episode 1: #1 Sheep"]),
        (
            &["--presenter", "jonas", "sheep"],
            &["segment 1: Sheep, and sheep again.", "transcript 1: One sheep, two sheep, null sheep."],
        ),
        (&["--presenter", "Ada", "sheep OR kittens"], &["transcript 1: Nobody counts kittens."]),
        (
            &["--since", "2020", "sheep* OR 東京 OR walk"],
            &[
                "episode 2: #2 A walk in 東京",
                "segment 2: 明日は東京へ行く。天気がいい。",
                "episode 4: #4 Sheepdogs",
            ],
        ),
        (
            &["--since", "2020", "walk OR sheep*"],
            &["episode 2: #2 A walk in 東京", "episode 4: #4 Sheepdogs"],
        ),
        (
            &["--until", "2019-01-01", "sheep OR walk"],
            &[
                "episode 1: #1 Sheep",
                "segment 1: Sheep, and sheep again.",
                "transcript 1: One sheep, two sheep, null sheep.",
                "segment 1: Joke: A sheep walks into a bar.",
                "segment 1: The sheep letter",
            ],
        ),
        (
            &["--since", "2019-01", "--until", "2020-01-02", "walk OR sheepdogs"],
            &["episode 2: #2 A walk in 東京"],
        ),
        (&["--limit", "1", "sheep"], &["episode 1: #1 Sheep"]),
    ] {
        assert_eq!(hits(&scene, args), want, "{args:?}");
    }
}

#[test]
fn rows_for_programs_hold_all_that_is_known() {
    let scene = scene();
    let ran = scene.run(&["search", "--format", "json", "\"null sheep\" OR spreadsheets OR teatimer"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&ran.stdout).unwrap();
    let row = |row: &serde_json::Value| {
        let mut row = row.as_object().unwrap().clone();
        row.shift_remove("episode_id").unwrap();
        let values: Vec<String> = row.values().map(ToString::to_string).collect();
        values.join(" ")
    };
    assert_eq!(
        rows.iter().map(row).collect::<Vec<_>>(),
        [
            r##""first" 3 "#3 =HYPERLINK(\"x\") spreadsheets" "2021-01-03T08:00:00Z" "episode" null null null null null null null "https://show.example/3" "#3 =HYPERLINK(\"x\") spreadsheets""##,
            r##""first" 1 "#1 Sheep" "2019-01-01T08:00:00Z" "link" 2 "topic" 1 "Ada" "Window functions" null null "https://code.example.com/peel/teatimer" "this page""##,
            r##""first" 1 "#1 Sheep" "2019-01-01T08:00:00Z" "transcript" null null null null null 2.5 "Jonas Peel" "https://show.example/1" "One sheep, two sheep, null sheep.""##,
        ]
    );
    let names: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    let csv = scene.run(&["search", "--format", "csv", "nothing-of-the-kind"]).stdout;
    assert_eq!(csv.trim_end().split(',').collect::<Vec<_>>(), names);
}

#[test]
fn what_can_not_be_looked_for_is_said_with_what_can() {
    let scene = scene();
    for (args, message, hint) in [
        (
            &["\"open"][..],
            "search: the quote before \"open\" is not closed",
            "close the quote, or leave it out; in a shell a phrase is '\"two words\"'",
        ),
        (
            &["!!!"],
            "search: \"!!!\" has no letter and no digit to look for",
            "look for words or numbers; signs are not searched",
        ),
        (
            &["a*"],
            "search: \"a*\" is too short a beginning: two letters at least stand before the *",
            "castkeep search \"tea*\" finds teapots and teatimers",
        ),
        (
            &["NOT", "tea"],
            "search: NOT takes places away: there must be a word that they have",
            "castkeep search tea NOT milk",
        ),
        (
            &["tea", "OR"],
            "search: OR needs a word on each side",
            "castkeep search tea OR coffee; to find the word itself, write it small",
        ),
        (&[""], "search: there is nothing to look for", "castkeep search window functions"),
        (
            &["--show", "secnd", "tea"],
            "there is no show \"secnd\" in the archive",
            "did you mean \"second\"?",
        ),
    ] {
        assert_eq!(scene.run(&[&["search"], args].concat()), failed(message, hint));
    }
    for (args, message) in [
        (
            &["--since", "2019-13", "tea"][..],
            "a date is a year, a month or a day: 2019, 2019-04 or 2019-04-19",
        ),
        (
            &["--until", "19.04.2019", "tea"],
            "a date is a year, a month or a day: 2019, 2019-04 or 2019-04-19",
        ),
        (&["--kind", "jok", "tea"], "tip: a similar value exists: 'joke'"),
        (&["--limit", "0", "tea"], "0 is not in 1..=1000"),
        (&["tea", "--limt", "3"], "a similar argument exists: '--limit'"),
    ] {
        let ran = scene.run(&[&["search"], args].concat());
        assert!(ran.code == 2 && ran.stdout.is_empty() && ran.stderr.contains(message), "{ran:?}");
    }
}

#[test]
fn nothing_that_is_typed_is_an_error_of_sql() {
    let scene = scene();
    let nothing = "castkeep: nothing was found\n";
    for typed in ["x'; DROP TABLE shows; --", "NEAR(a b)", "title:sheep", "{text} : sheep", "a AND AND b"] {
        let ran = scene.run(&["search", typed]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", nothing), "{typed}");
    }
    assert_eq!(hits(&scene, &["^sheepdogs + * ( ) { }"]), ["episode 4: #4 Sheepdogs"]);
    let unknown = scene.run(&["search", "--presenter", "Jonsa", "sheep"]);
    let stderr = format!("{nothing}hint: no presenter is called \"Jonsa\"; did you mean \"Jonas\"?\n");
    assert_eq!((unknown.code, unknown.stdout, unknown.stderr), (0, String::new(), stderr));
}

#[test]
fn an_archive_is_read_without_a_configuration_by_its_folder_or_its_database() {
    let scene = scene();
    assert_eq!(scene.run(&["backup", "--quiet", "copy.sqlite"]).code, 0);
    std::fs::remove_file(scene.path("config.toml")).unwrap();
    for place in ["archive", "archive/archive.db", "copy.sqlite"] {
        let ran = scene.run(&["--archive", place, "search", "sheepdogs", "--format", "csv"]);
        assert!(ran.code == 0 && ran.stdout.contains("#4 Sheepdogs"), "{place}: {}", ran.stderr);
    }
    let ran = scene.run(&["search", "sheepdogs"]);
    let hint =
        "there is an archive, which can be read without one: castkeep --archive archive/archive.db ...";
    assert_eq!((ran.code, ran.stderr.contains(hint)), (2, true), "{}", ran.stderr);
}

#[test]
fn what_is_left_out_stays_out_however_it_is_written() {
    let scene = scene();
    for text in ["tea, don't", "tea 東京湾で泳ぐ", "東京 大阪城 tea", "tea for two"] {
        say(&scene, text);
    }
    for typed in [&["tea", "NOT", "dont", "NOT", "東京"][..], &["tea", "NOT", "don't", "NOT", "東"]] {
        assert_eq!(hits(&scene, typed), ["segment 3: tea for two"], "{typed:?}");
    }
    assert_eq!(
        hits(&scene, &["--kind", "segment", "東京", "NOT", "大阪", "NOT", "明日"]),
        ["segment 3: tea 東京湾で泳ぐ"]
    );
}

#[test]
fn words_are_found_inside_of_scripts_without_spaces_and_nothing_within_words() {
    let scene = scene();
    for text in
        ["今日はRustを書くよ", "steam 東京駅", "ｶﾀｶﾅ半角ﾃｽﾄ", "O\u{2019}Brien speaks", "größer als æther"]
    {
        say(&scene, text);
    }
    for (typed, want) in [
        (&["rust"][..], &["segment 3: 今日はRustを書くよ"][..]),
        (&["ru*"], &[]),
        (&["rus*"], &["segment 3: 今日はRustを書くよ"]),
        (&["tea", "東京"], &[]),
        (&["steam", "東京"], &["segment 3: steam 東京駅"]),
        (&["ﾃｽﾄ"], &["segment 3: ｶﾀｶﾅ半角ﾃｽﾄ"]),
        (&["obrien"], &["segment 3: O\u{2019}Brien speaks"]),
        (&["grosser", "aether"], &["segment 3: größer als æther"]),
    ] {
        assert_eq!(hits(&scene, typed), want, "{typed:?}");
    }
}

#[test]
fn a_short_word_is_found_wherever_it_stands() {
    let scene = scene();
    for n in 0..400 {
        let others: String = [n / 20, n % 20].iter().filter_map(|n| char::from_u32(0x4e00 + n)).collect();
        say(&scene, &format!("人{others}"));
    }
    let found = hits(&scene, &["--limit", "1000", "--show", "first", "人"]);
    assert_eq!(found.len(), 400);
}

#[test]
fn a_long_text_is_searched_and_shown() {
    let scene = scene();
    say(&scene, &"lorem tea ".repeat(100_000));
    let found = hits(&scene, &["lorem"]);
    assert!(found.len() == 1 && found[0].len() < 250, "{found:?}");
}

#[test]
fn a_speaker_is_known_by_either_name_in_whatever_letters() {
    let scene = scene();
    let db = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    db.execute("UPDATE transcript_cues SET speaker = 'Ada Élan' WHERE speaker = 'Ada Marlow'", []).unwrap();
    for name in ["Ada", "elan", "ÉLAN", "ada élan"] {
        assert_eq!(hits(&scene, &["--presenter", name, "kittens"]), ["transcript 1: Nobody counts kittens."]);
    }
    assert_eq!(hits(&scene, &["--presenter", "Jonas", "kittens"]), [""; 0]);
}
