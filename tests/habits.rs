//! What most episodes of a show do settles a doubtful one, whatever order they came in; `reparse` reads all notes again.

mod support;

use support::feed::{Item, feed, item};
use support::host::Host;
use support::scene::Scene;

const WELCOME: &str = "<p>Welcome to the show that looks at one small thing every week.</p>";
const FOLLOW: &str =
    "<p>More of the same lies in <a href=\"https://forum.example/c/show\">the forum</a>, day and night.</p>";
const HABITS: &str = "SELECT e.number, g.position, g.kind, g.presenter, g.title, g.text FROM segments g JOIN episodes e ON e.id = g.episode_id ORDER BY 1, 2";
const FRAMED: &str = "SELECT e.number, l.position, l.url, l.in_boilerplate FROM links l JOIN episodes e ON e.id = l.episode_id ORDER BY 1, 2";
const CREDITS: &str = "SELECT e.number, p.name, c.role, c.source FROM credits c JOIN people p ON p.id = c.person_id JOIN episodes e ON e.id = c.episode_id ORDER BY 1, 2, 3";

/// Item `n` without audio, with these notes.
fn noted(n: u32, host: &str, notes: &str) -> Item {
    Item { enclosure: None, notes: notes.to_owned(), ..item(n, host) }
}

/// Five episodes between a welcome and a farewell; the fourth has neither.
fn framed(host: &str) -> Vec<Item> {
    let own = |n: u32| {
        format!(
            "<p>This time we speak about thing number {n} of the {} kind.</p>",
            ["first", "second", "third", "fourth", "fifth"][n as usize - 1]
        )
    };
    let notes = |n: u32| if n == 4 { own(n) } else { format!("{WELCOME}{}{FOLLOW}", own(n)) };
    (1..=5).map(|n| noted(n, host, &notes(n))).collect()
}

/// All rows that habits bear on.
fn rows(scene: &Scene) -> Vec<String> {
    [HABITS, FRAMED, CREDITS, "SELECT name, url FROM people ORDER BY name", "SELECT number, notes_version, habits, traits FROM notes_readings JOIN episodes e ON e.id = episode_id ORDER BY 1"]
        .iter()
        .flat_map(|sql| scene.rows(sql))
        .collect()
}

/// The archive that a show leaves whose feed listed these items, one feed after the other.
fn archive(host: &Host, feeds: &[Vec<Item>]) -> Scene {
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    for items in feeds {
        host.set_feed("/feed.xml", feed("A Show", items));
        scene.run(&["sync", "--force", "--quiet"]).assert_silent();
    }
    scene
}

#[test]
fn what_a_show_repeats_is_boilerplate_and_so_are_its_links() {
    let host = Host::start();
    let scene = archive(&host, &[framed(&host.url(""))]);
    let of = |number: u32| {
        scene.rows(&format!(
            "SELECT kind, text FROM segment_list WHERE episode_number = {number} ORDER BY position"
        ))
    };
    assert_eq!(
        of(3),
        [
            "boilerplate|Welcome to the show that looks at one small thing every week.",
            "intro|This time we speak about thing number 3 of the third kind.",
            "boilerplate|More of the same lies in the forum, day and night.",
        ]
    );
    assert_eq!(of(4), ["intro|This time we speak about thing number 4 of the fourth kind."]);
    assert_eq!(
        scene.rows(FRAMED),
        ["1", "2", "3", "5"].map(|n| format!("{n}|1|https://forum.example/c/show|1"))
    );
}

#[test]
fn two_episodes_that_say_the_same_are_no_habit() {
    let host = Host::start();
    let items: Vec<Item> = framed(&host.url("")).drain(..2).collect();
    let scene = archive(&host, &[items]);
    assert_eq!(scene.rows("SELECT DISTINCT kind FROM segments"), ["intro"]);
    assert_eq!(scene.rows("SELECT DISTINCT in_boilerplate FROM links"), ["0"]);
}

#[test]
fn notes_that_are_nothing_but_repeated_lines_are_what_the_episode_says() {
    let host = Host::start();
    let items: Vec<Item> = (1..=4).map(|n| noted(n, &host.url(""), WELCOME)).collect();
    let scene = archive(&host, &[items]);
    assert_eq!(scene.rows("SELECT kind, count(*) FROM segments GROUP BY 1"), ["intro|4"]);
}

#[test]
fn habits_do_not_depend_on_the_order_in_which_episodes_came() {
    let host = Host::start();
    let mut items = framed(&host.url(""));
    let presented = |n: u32, name: &str| {
        let notes = format!(
            "<p><strong>{name} #1: A thing</strong></p><p>Word {n} of it.</p><p><strong>Ada #2: Another</strong></p><p>More of it, {n}.</p>{FOLLOW}"
        );
        noted(n, &host.url(""), &notes)
    };
    items.extend((6..=26).map(|n| presented(n, if n == 9 { "Brain" } else { "Brian" })));
    let at_once = archive(&host, std::slice::from_ref(&items));

    let growing: Vec<Vec<Item>> = (1..=items.len()).map(|n| items[..n].to_vec()).collect();
    assert_eq!(rows(&archive(&host, &growing)), rows(&at_once));

    let backwards: Vec<Vec<Item>> = (0..items.len()).rev().map(|n| items[n..].to_vec()).collect();
    assert_eq!(rows(&archive(&host, &backwards)), rows(&at_once));

    // A feed that lists but the newest three: what has left it still counts.
    let window: Vec<Vec<Item>> = (1..=items.len()).map(|n| items[n.saturating_sub(3)..n].to_vec()).collect();
    assert_eq!(rows(&archive(&host, &window)), rows(&at_once));
    at_once.assert_sound();
}

/// What the habits say of notes is asked again whenever it changes: in links that are relative, of names in a pair, and of
/// lines that are numbered in one episode and not in another.
#[test]
fn what_habits_bear_on_is_known_in_every_shape() {
    let host = Host::start();
    let relative = |n: u32| {
        noted(
            n,
            &host.url(""),
            &format!(
                "<p>Look at <a href=\"/about\">this page</a> of day {n}, a word for each: {}.</p>",
                "x".repeat(n as usize)
            ),
        )
    };
    let joint = |n: u32, name: &str| {
        let notes = format!(
            "<p>#1 {name}: a joint title of the {n}</p><p>x {n} words</p><p>#2 {name}: another title</p><p>y</p>"
        );
        noted(n, &host.url(""), &notes)
    };
    let thanks = "<p>Thank you so much for listening to our programme</p>";
    let lone = |n: u32, line: &str| noted(n, &host.url(""), &format!("{thanks}<p>{line}</p>"));
    let (one, two) =
        ("#1 A subject of its own that nobody repeats", "#2 Another subject which nobody repeats either");
    let mut numbered = vec![noted(1, &host.url(""), &format!("{thanks}<p>{one}</p><p>{two}</p>"))];
    numbered.extend((2..=6).map(|n| lone(n, &format!("Word {}", "x".repeat(20 + n as usize)))));
    numbered.extend((7..=11).map(|n| lone(n, one)));
    numbered.extend((12..=16).map(|n| lone(n, two)));
    let mut paired = vec![joint(1, "Brain and Micheal")];
    paired.extend((2..=28).map(|n| joint(n, if n % 2 == 0 { "Brian" } else { "Michael" })));
    for (items, first) in [((1..=6).map(relative).collect::<Vec<_>>(), 1), (paired, 1), (numbered, 6)] {
        let grown = archive(&host, &[items[..first].to_vec(), items.clone()]);
        assert_eq!(rows(&grown), rows(&archive(&host, &[items])));
    }
}

/// Of two addresses of one person the same is theirs, whichever came first.
#[test]
fn the_address_of_a_person_does_not_depend_on_the_order() {
    let host = Host::start();
    let guest = |n: u32, site: &str| {
        noted(
            n,
            &host.url(""),
            &format!(
                "<p>Words {n}.</p><h3>Guests</h3><ul><li><a href=\"https://{site}.example/\">Ada Lovelace</a></li></ul>"
            ),
        )
    };
    let (one, two) = (guest(1, "engines"), guest(2, "ada"));
    let url = |feeds: &[Vec<Item>]| archive(&host, feeds).rows("SELECT name, url FROM people");
    let there = vec!["Ada Lovelace|https://ada.example/"];
    assert_eq!(url(&[vec![one.clone()], vec![one.clone(), two.clone()]]), there);
    assert_eq!(url(&[vec![two.clone()], vec![one, two]]), there);
}

#[test]
fn notes_that_change_their_mind_change_what_others_mean() {
    let host = Host::start();
    let items = framed(&host.url(""));
    let mut other = items.clone();
    for item in &mut other[1..] {
        item.notes = item.notes.replace(FOLLOW, "");
    }
    let scene = archive(&host, &[items, other.clone()]);
    assert_eq!(rows(&scene), rows(&archive(&host, &[other])));
    assert_eq!(scene.rows(FRAMED), ["1|1|https://forum.example/c/show|0"]);
}

#[test]
fn a_misspelt_presenter_is_the_person_that_the_show_knows() {
    let host = Host::start();
    let notes = |n: u32, name: &str| {
        format!(
            "<p><strong>{name} #1: A thing</strong></p><p>Word {n} of it.</p><p><strong>Ada #2: Another</strong></p><p>More, {n}.</p>"
        )
    };
    let mut items: Vec<Item> = (1..=24).map(|n| noted(n, &host.url(""), &notes(n, "Brian"))).collect();
    items[6].notes = notes(7, "Brain");
    items[7].notes = notes(8, "Erin");
    let scene = archive(&host, &[items]);
    // The segment keeps what was written; the credit says who is meant. Erin is nobody's misspelling.
    assert_eq!(
        scene.rows("SELECT episode_number, presenter FROM segment_list WHERE presenter NOT IN ('Brian', 'Ada') ORDER BY 1"),
        ["7|Brain", "8|Erin"]
    );
    assert_eq!(
        scene.rows("SELECT p.name, count(*) FROM credits c JOIN people p ON p.id = c.person_id WHERE c.role = 'host' GROUP BY 1 ORDER BY 1"),
        ["Ada|24", "Brian|23", "Erin|1"]
    );
}

#[test]
fn reparse_rebuilds_what_was_derived_and_asks_nobody() {
    let host = Host::start();
    let scene = archive(&host, &[framed(&host.url(""))]);
    let before = (rows(&scene), scene.canon());
    let stored = "SELECT notes_html, notes_source, guid, last_seen_at, item_sha256 FROM episodes ORDER BY id";
    let kept = scene.rows(stored);
    let damage = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    damage
        .execute_batch(
            "DELETE FROM links; DELETE FROM segments WHERE position = 1; UPDATE segments SET kind = 'joke', text = 'lost';
             UPDATE episodes SET notes_text = 'lost'; DELETE FROM notes_readings WHERE episode_id = 2;
             INSERT INTO people (name) VALUES ('Nobody')",
        )
        .unwrap();
    drop(damage);
    host.take_log();

    let ran = scene.run(&["reparse"]);
    assert_eq!(
        (ran.code, ran.stdout, ran.stderr.as_str()),
        (
            0,
            format!(
                "5 episodes of 1 show: notes read again (rules {}), and 0 files\n",
                castkeep::notes::VERSION
            ),
            ""
        )
    );
    assert_eq!(host.take_log(), []);
    assert_eq!((rows(&scene), scene.canon()), before);
    assert_eq!(scene.rows(stored), kept);
    assert_eq!(scene.rows("SELECT command, outcome FROM runs ORDER BY id DESC LIMIT 1"), ["reparse|ok"]);
    assert_eq!(scene.rows("SELECT count(*) FROM changes"), ["0"]);
    // What was found again can be searched for, and only that.
    assert_eq!(scene.rows("SELECT count(*) FROM segments_fts WHERE segments_fts MATCH 'forum'"), ["4"]);
    assert_eq!(scene.rows("SELECT count(*) FROM segments_fts WHERE segments_fts MATCH 'lost'"), ["0"]);
    scene.assert_sound();

    scene.run(&["reparse", "--quiet"]).assert_silent();
    assert_eq!(rows(&scene), before.0);
}

#[test]
fn reparse_of_what_is_not_there_says_so() {
    let host = Host::start();
    let scene = archive(&host, &[framed(&host.url(""))]);
    let ran = scene.run(&["reparse", "b-show"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("b-show") && ran.stderr.contains("a-show"), "{}", ran.stderr);
    assert_eq!(scene.run(&["reparse", "a-show"]).code, 0);

    let empty = Scene::new(&[&host.url("/feed.xml")]);
    let ran = empty.run(&["reparse"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("there is no archive"), "{}", ran.stderr);
}

#[test]
fn notes_read_by_older_rules_are_read_again_by_the_next_sync() {
    let host = Host::start();
    let scene = archive(&host, &[framed(&host.url(""))]);
    let before = rows(&scene);
    let older = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    older
        .execute_batch(
            "UPDATE episodes SET notes_version = 1; UPDATE segments SET kind = 'joke'; DELETE FROM notes_readings",
        )
        .unwrap();
    drop(older);
    host.take_log();

    // Nothing is due, nothing is said, and nobody is asked.
    scene.run(&["sync"]).assert_silent();
    assert_eq!(host.take_log(), []);
    assert_eq!(rows(&scene), before);

    // What a newer castkeep read is left to it.
    let newer = rusqlite::Connection::open(scene.path("archive/archive.db")).unwrap();
    newer
        .execute_batch("UPDATE episodes SET notes_version = 999; UPDATE segments SET kind = 'joke'")
        .unwrap();
    drop(newer);
    scene.run(&["sync"]).assert_silent();
    assert_eq!(scene.rows("SELECT DISTINCT kind FROM segments"), ["joke"]);
}
