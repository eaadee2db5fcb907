//! `castkeep adopt` on daily shows of one title, whose files are dated by clocks of other places, late, or of another show: what is
//! not sure stays outside, and nothing is booked for a wrong day.

mod support;

use std::fs;

use support::feed::{Item, audio, feed};
use support::host::Host;
use support::scene::Scene;
use support::serials::{adopted, daily, each, held, left, neighbours, news, put, put_with_neighbours, with};

/// Twelve days of January or July, at that time of the day (UTC, minutes): each third has a title of its own, the rest are "News".
/// Each is as long as the feed says, and no other is, unless the feed says nothing of lengths.
fn mostly_news(month: u32, minutes: u32, has_lengths: bool) -> (Host, Scene) {
    let host = Host::start();
    let one = |day: u32| Item {
        title: titled(day),
        date: format!(
            "{day} {} 2026 {:02}:{:02}:00 +0000",
            if month == 1 { "Jan" } else { "Jul" },
            minutes / 60,
            minutes % 60
        ),
        length: if has_lengths { long(day).len() as u64 } else { 0 },
        ..news(&host, day, "")
    };
    let items: Vec<Item> = (3..=14).map(one).collect();
    with(host, &items)
}

fn titled(day: u32) -> String {
    if day.is_multiple_of(3) { format!("Talk with guest {day}") } else { "News".to_owned() }
}

/// The audio of a day, of a length of its own.
fn long(day: u32) -> Vec<u8> {
    [audio(day), audio(day)[..417 * day as usize].to_vec()].concat()
}

/// Which day got which audio: nothing where each got its own.
fn wrong(scene: &Scene) -> Vec<String> {
    let rows = scene.rows(
        "SELECT e.guid || '|' || f.path FROM resources r JOIN episodes e ON e.id = r.episode_id JOIN files f ON f.id = r.file_id
         WHERE r.role = 'enclosure' ORDER BY e.published_at",
    );
    let is_wrong = |row: &String| {
        let (guid, path) = row.split_once('|').unwrap();
        let bytes = fs::read(scene.path("archive").join(path)).unwrap();
        (1..=30).find(|day| long(*day) == bytes).is_none_or(|day| guid != format!("guid-{day}"))
    };
    rows.into_iter().filter(is_wrong).collect()
}

/// Puts the files of these days, dated by a clock so many minutes ahead of UTC.
fn put_by_clock(scene: &Scene, days: impl Iterator<Item = u32>, month: u32, minutes: u32, ahead: i64) {
    for day in days {
        let there = (i64::from(day) * 1440 + i64::from(minutes) + ahead).div_euclid(1440);
        let name = format!("in/Morning Minute/2026-{month:02}-{there:02} {}.mp3", titled(day));
        put(scene, &name, long(day));
    }
}

/// Berlin, London in summer, Auckland, Kolkata, Kiritimati, Sydney, New York, and UTC: month, minute of the day, minutes ahead.
const CLOCKS: &[(u32, u32, i64)] = &[
    (1, 23 * 60, 60),
    (1, 23 * 60 + 30, 60),
    (7, 22 * 60 + 30, 120),
    (7, 23 * 60 + 30, 60),
    (1, 23 * 60, 780),
    (1, 23 * 60, 330),
    (1, 23 * 60, 840),
    (1, 23 * 60, 660),
    (1, 4 * 60 + 30, -300),
    (1, 23 * 60 + 30, 0),
];

#[test]
fn a_clock_an_hour_ahead_is_not_taken_for_utc() {
    for (month, minutes, ahead) in CLOCKS {
        let (_host, scene) = mostly_news(*month, *minutes, true);
        put_by_clock(&scene, 3..=14, *month, *minutes, *ahead);
        assert_eq!(adopted(&scene, &[]), [12, 12], "{minutes} {ahead}");
        assert_eq!(wrong(&scene), Vec::<String>::new(), "{minutes} {ahead}");
    }
}

#[test]
fn without_lengths_a_clock_an_hour_ahead_is_doubtful() {
    for (month, minutes, ahead) in CLOCKS {
        let (_host, scene) = mostly_news(*month, *minutes, false);
        put_by_clock(&scene, 3..=14, *month, *minutes, *ahead);
        let count = adopted(&scene, &[])[1];
        assert!(count >= 4, "{minutes} {ahead}: {count}");
        assert_eq!(wrong(&scene), Vec::<String>::new(), "{minutes} {ahead}");
    }
}

#[test]
fn a_file_as_long_as_another_of_its_title_is_not_taken_for_the_one_of_its_day() {
    let (_host, scene) = mostly_news(1, 3 * 60, true);
    // The day of the download, and what shows another clock: the titles of their own of an earlier program.
    for day in [3, 6, 9, 12] {
        put(&scene, &format!("in/Morning Minute/2026-01-{day:02} {}.mp3", titled(day)), long(day));
    }
    for day in [4, 7, 10, 13] {
        put(&scene, &format!("in/Morning Minute/2026-01-{:02} News.mp3", day + 1), long(day));
    }
    assert_eq!(adopted(&scene, &[]), [4, 4]);
    assert_eq!(wrong(&scene), Vec::<String>::new());
    let why = "its length is that of another episode of that title or about that day";
    let named = |day: u32| format!("2026-01-{day:02} News.mp3: {why}");
    assert_eq!(left(&scene), [5, 8, 11, 14].map(named));
}

#[test]
fn the_last_of_a_folder_named_a_day_late_is_as_doubtful_as_the_rest() {
    for has_lengths in [true, false] {
        let (_host, scene) = mostly_news(1, 3 * 60, has_lengths);
        for day in [7, 8, 10, 11, 13] {
            put(&scene, &format!("in/Morning Minute/2026-01-{:02} News.mp3", day + 1), long(day));
        }
        assert_eq!(adopted(&scene, &[]), [0, 0], "{has_lengths}");
    }
}

#[test]
fn what_a_feed_dropped_is_not_taken_for_the_oldest_left_by_a_clock_to_the_east() {
    let (host, scene) = daily(5..=14, "News");
    let items: Vec<Item> = (5..=14)
        .map(|day| Item { date: format!("{day} Jan 2026 23:00:00 +0000"), ..news(&host, day, "News") })
        .collect();
    host.set_feed("/feed", feed("Morning Minute", &items));
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    // All are of one length.
    for day in 3..=14 {
        put(&scene, &format!("in/Morning Minute/2026-01-{:02} News.mp3", day + 1), audio(day));
    }
    assert_eq!(adopted(&scene, &[]), [0, 0]);
    assert_eq!(held(&scene), Vec::<String>::new());
}

#[test]
fn the_files_of_a_show_are_not_taken_for_those_of_another_with_its_titles_and_days() {
    let (host, scene) = neighbours();
    let items: Vec<Item> = (4..=14).map(|day| news(&host, day, "Morning Minute")).collect();
    host.set_feed("/evening", feed("Evening Minute", &items));
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    let more = format!("{config}\n[[shows]]\nslug = \"evening\"\nfeed = \"{}\"\n", host.url("/evening"));
    fs::write(scene.path("config.toml"), more).unwrap();
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    for day in 4..=14 {
        put(&scene, &format!("in/2026-01-{day:02} Morning Minute.mp3"), audio(day));
    }
    assert_eq!(adopted(&scene, &["--show", "evening"]), [0, 0]);
}

#[test]
fn a_length_far_from_what_the_feed_says_speaks_against_a_date_alone() {
    let (_host, scene) = neighbours();
    put_with_neighbours(&scene, 0);
    // Half as long again.
    for day in 3..=14 {
        let longer = [audio(day), audio(day)[..417 * 240].to_vec()].concat();
        put(&scene, &format!("in/Morning Minute/2026-01-{day:02} - Morning Minute.mp3"), longer);
    }
    assert_eq!(adopted(&scene, &[]), [5, 5]);
    assert_eq!(held(&scene), each(15..=19));
}

#[test]
fn a_feed_whose_lengths_are_wrong_speaks_against_nothing() {
    let host = Host::start();
    // Talks are of early and late hours, which shows the clock.
    let hour = |day: u32| match (day % 3, day % 2) {
        (0, 0) => 2,
        (0, _) => 21,
        _ => 8,
    };
    let lying = |day: u32| Item {
        length: 40_000 + u64::from(day),
        date: format!("{day} Jan 2026 {:02}:00:00 +0000", hour(day)),
        ..news(&host, day, &titled(day))
    };
    let items: Vec<Item> = (3..=14).map(lying).collect();
    let (_host, scene) = with(host, &items);
    put_by_clock(&scene, 3..=14, 1, 8 * 60, 0);
    assert_eq!(adopted(&scene, &[]), [12, 12]);
    assert_eq!(wrong(&scene), Vec::<String>::new());
}
