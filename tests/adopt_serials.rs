//! `castkeep adopt` on shows whose episodes all have one title, as daily news have, and all one length: nothing but the date, or what
//! a program wrote down, tells one from the other. And what a publisher has changed since.

mod support;

use std::fs;

use rusqlite::Connection;
use support::feed::{Item, audio};
use support::host::Host;
use support::serials::{adopted, daily, each, held, left, neighbours, news, put, put_with_neighbours, with};

#[test]
fn the_day_that_a_feed_dropped_is_not_taken_for_the_next() {
    let (_host, scene) = daily(3..=14, "Morning Minute");
    for day in 1..=14 {
        put(&scene, &format!("in/Morning Minute/2026-01-{day:02} - Morning Minute.mp3"), audio(day));
    }
    // Whether it is the day of UTC, nothing tells here.
    assert_eq!(adopted(&scene, &[]), [0, 0]);
    assert_eq!(adopted(&scene, &["--from", "podcast-archiver"]), [12, 12]);
    assert_eq!(held(&scene), each(3..=14));
    let nothing = "nothing tells which episode it is, or its show is not in the archive";
    assert_eq!(
        left(&scene),
        [
            format!("2026-01-01 - Morning Minute.mp3: {nothing}"),
            "2026-01-02 - Morning Minute.mp3: date speaks against it: 2026-01-02".to_owned()
        ]
    );
}

#[test]
fn daily_files_dated_by_a_clock_elsewhere_are_not_taken_for_the_day_before() {
    let (_host, scene) = daily(3..=14, "Morning Minute");
    // 8:00 UTC is late in the evening of the day before in Anchorage.
    for day in 2..=14 {
        put(&scene, &format!("in/Morning Minute/202601{:02}-Morning Minute.mp3", day - 1), audio(day));
    }
    assert_eq!(adopted(&scene, &[]), [0, 0]);
    assert_eq!(held(&scene), Vec::<String>::new());
    // What lies beside each says which it is.
    for day in 2..=14 {
        let told = format!(
            "{{\"guid\": \"guid-{day}\", \"title\": \"Morning Minute\", \"pubDate\": \"{day} Jan 2026 08:00:00 +0000\"}}"
        );
        put(&scene, &format!("in/Morning Minute/202601{:02}-Morning Minute.meta.json", day - 1), told);
    }
    assert_eq!(adopted(&scene, &[]), [12, 12]);
    assert_eq!(held(&scene), each(3..=14));
}

#[test]
fn files_with_titles_of_their_own_show_the_clock_of_the_daily_ones() {
    for ahead in [-10, 0, 2] {
        let (_host, scene) = neighbours();
        put_with_neighbours(&scene, ahead);
        assert_eq!(adopted(&scene, &[]), [16, 16], "{ahead}");
        assert_eq!(held(&scene), each(4..=19), "{ahead}");
    }
}

#[test]
fn what_lies_beside_and_can_not_be_read_is_said_once_however_often_a_file_is_looked_at() {
    let (_host, scene) = neighbours();
    put_with_neighbours(&scene, -10);
    put(&scene, "in/Morning Minute/2026-01-05 - Morning Minute.info.json", "{\"guid\": ");
    let ran = scene.run(&["adopt", "in", "--dry-run"]);
    assert_eq!(
        ran.stderr.matches("Morning Minute.info.json: not readable, or half written: ").count(),
        1,
        "{}",
        ran.stderr
    );
}

#[test]
fn the_clock_is_known_to_the_run_after_one_that_was_stopped() {
    let (_host, scene) = neighbours();
    put_with_neighbours(&scene, -10);
    let tales = scene.path("in/Tales");
    assert_eq!(scene.run(&["adopt", tales.to_str().unwrap(), "--move"]).code, 0);
    assert_eq!(held(&scene), each(15..=19));
    assert_eq!(adopted(&scene, &[]), [11, 11]);
    assert_eq!(held(&scene), each(4..=19));
}

#[test]
fn a_date_alone_is_not_taken_for_that_of_the_day_before_or_after() {
    let (_host, scene) = daily([3, 4, 8].into_iter(), "Morning Minute");
    for day in [2, 3, 4, 5, 7, 8] {
        put(&scene, &format!("in/Morning Minute/2026-01-{day:02}.mp3"), audio(day));
    }
    // By a clock far in the west, that of the third is the fourth's.
    // That of the fourth may be the fifth's, which the feed may have had: what comes out on two days in a row is daily.
    assert_eq!(adopted(&scene, &[]), [1, 1]);
    assert_eq!(held(&scene), ["guid-8: 8"]);
}

#[test]
fn what_got_a_new_guid_and_address_is_told_by_title_and_second() {
    let host = Host::start();
    let mut items: Vec<Item> = (1..=4).map(|day| news(&host, day, &format!("Story {day}"))).collect();
    // Two of one title: the second tells which. Of the fourth the date was changed, too.
    items[1].title = "Story 1".to_owned();
    let (_host, scene) = with(host, &items);
    put(&scene, "in/Database", "");
    fs::remove_file(scene.path("in/Database")).unwrap();
    let db = Connection::open(scene.path("in/Database")).unwrap();
    db.execute_batch(
        "CREATE TABLE podcast (id INTEGER PRIMARY KEY, title TEXT, url TEXT, download_folder TEXT);
         CREATE TABLE episode (id INTEGER PRIMARY KEY, podcast_id INTEGER, title TEXT, url TEXT, published INTEGER, guid TEXT,
             file_size INTEGER, state INTEGER, download_filename TEXT);
         INSERT INTO podcast VALUES (1, 'Morning Minute', 'http://old.example/feed', 'Morning Minute');",
    )
    .unwrap();
    for (day, title, late) in [(1, "Story 1", 0), (2, "Story 1", 0), (3, "Story 3", 0), (4, "Story 4", 3600)]
    {
        let name = if day == 1 { "media.mp3".to_owned() } else { format!("media ({day}).mp3") };
        put(&scene, &format!("in/Downloads/Morning Minute/{name}"), audio(day));
        let at = 1_767_225_600 + (i64::from(day) - 1) * 86_400 + 8 * 3600 + late;
        db.execute(
            "INSERT INTO episode (podcast_id, title, url, published, guid, file_size, state, download_filename)
             VALUES (1, ?1, ?2, ?3, ?4, 0, 1, ?5)",
            (title, format!("http://old.example/{day}/media.mp3"), at, format!("old-{day}"), name),
        )
        .unwrap();
    }
    drop(db);
    assert_eq!(adopted(&scene, &[]), [3, 3]);
    assert_eq!(held(&scene), each(1..=3));
    assert_eq!(left(&scene).len(), 1, "{:?}", left(&scene));
}

#[test]
fn the_guid_of_another_episode_is_not_seen_through() {
    let (_host, scene) = daily(1..=4, "Morning Minute");
    put(&scene, "in/Morning Minute/x.mp3", audio(9));
    // As of a program that wrote the date of one and the guid of another.
    let told =
        "{\"guid\": \"guid-2\", \"title\": \"Morning Minute\", \"pubDate\": \"3 Jan 2026 08:00:00 +0000\"}";
    put(&scene, "in/Morning Minute/x.info.json", told);
    assert_eq!(adopted(&scene, &[]), [1, 1]);
    assert_eq!(held(&scene), ["guid-2: 9"]);
}

#[test]
fn a_name_that_opens_with_its_show_is_read_without_a_dash() {
    let host = Host::start();
    let titles = ["", "Rain", "Morning Minute", "Trailer", "Episode 4"];
    let items: Vec<Item> = (1..=4).map(|day| news(&host, day, titles[day as usize])).collect();
    let (_host, scene) = with(host, &items);
    for (name, n) in [
        ("2026-01-01 Morning Minute Rain", 1),
        ("2026-01-02 Morning Minute Morning Minute", 2),
        ("2026-01-03_morning-minute-trailer", 3),
        // Of a show that is not followed, whose name begins alike.
        ("2026-01-04 Morning Minutes Episode 4", 9),
        ("2026-01-04 Morning Minute by Minute Episode 4", 10),
    ] {
        put(&scene, &format!("in/{name}.mp3"), audio(n));
    }
    assert_eq!(adopted(&scene, &[]), [3, 3]);
    assert_eq!(held(&scene), each(1..=3));
}

#[test]
fn two_files_of_one_length_are_told_apart_by_their_bytes_in_a_dry_run_too() {
    let (_host, scene) = daily(1..=1, "Rain");
    put(&scene, "in/Morning Minute/2026-01-01 - Rain.mp3", audio(1));
    put(&scene, "in/Morning Minute/again/2026-01-01 - Rain.mp3", audio(2));
    assert_eq!(adopted(&scene, &[]), [0, 0]);
    assert_eq!(left(&scene).len(), 2, "{:?}", left(&scene));
    // The same bytes twice are one file.
    put(&scene, "in/Morning Minute/again/2026-01-01 - Rain.mp3", audio(1));
    assert_eq!(adopted(&scene, &[])[1], 1);
    assert_eq!(held(&scene), each(1..=1));
}
