//! One test a rule of identity.

use super::*;
use crate::model::{Episode, IdentitySource as By, Resource, ResourceKind, ResourceRole, Time};

fn day(day: i64) -> Option<Time> {
    Time::from_unix(1_555_660_800 + day * 86_400)
}

/// An item: guid, enclosure, title, day. Empty texts and day 0 stand for what is absent.
fn item(guid: &str, url: &str, title: &str, on: i64) -> Episode {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let resource = Resource {
        kind: ResourceKind::Audio,
        role: ResourceRole::Enclosure,
        position: 1,
        url: url.to_owned(),
        media_type: None,
        length_bytes: None,
        integrity: None,
        bitrate: None,
        height: None,
        language: None,
    };
    Episode {
        guid: some(guid),
        title: some(title),
        published_at: if on == 0 { None } else { day(on) },
        resources: some(url).map(|_| resource).into_iter().collect(),
        item_sha256: Some(Digest::of(format!("{guid}|{url}|{title}|{on}").as_bytes())),
        ..Episode::default()
    }
}

/// What the archive would hold of an item.
fn known(id: i64, identity: &str, item: &Episode) -> KnownEpisode {
    KnownEpisode {
        id,
        guid: item.guid.clone(),
        identity: identity.to_owned(),
        title: item.title.clone(),
        link: item.link.clone(),
        published_at: item.published_at,
        enclosure_urls: item.enclosure().map(|enclosure| enclosure.url.clone()).into_iter().collect(),
        item_sha256: None,
    }
}

fn document(episodes: Vec<Episode>) -> Parsed {
    Parsed { episodes, ..Parsed::default() }
}

/// The answers, whatever told them.
fn resolved(archive: &[KnownEpisode], episodes: Vec<Episode>) -> Vec<Resolution> {
    let plain = |answer| if let Resolution::Known(id, _) = answer { is(id) } else { answer };
    resolve(archive, &document(episodes)).into_iter().map(plain).collect()
}

fn is(id: i64) -> Resolution {
    Resolution::Known(id, Match::Item)
}

#[test]
fn what_told_an_episode_is_told() {
    let archived = known(7, "g", &item("g", "http://a/1.mp3", "A", 1));
    let by = |item: Episode| match resolve(std::slice::from_ref(&archived), &document(vec![item])).as_slice()
    {
        [Resolution::Known(7, by)] => by.as_str(),
        other => panic!("{other:?}"),
    };
    assert_eq!(by(item("g", "http://a/1.mp3", "B", 2)), "guid+enclosure");
    assert_eq!(by(item("g", "http://b/9.mp3", "A", 1)), "guid+title");
    assert_eq!(by(item("g", "http://b/9.mp3", "B", 1)), "guid+date");
    assert_eq!(by(item("g", "", "B", 2)), "guid");
    assert_eq!(by(item("h", "http://a/1.mp3", "B", 1)), "enclosure");
    assert_eq!(by(item("h", "http://a/1.mp3", "A", 2)), "enclosure+title");
    assert_eq!(by(item("h", "http://b/9.mp3", "A", 1)), "title+date");
}

fn new(identity: &str, source: By) -> Resolution {
    Resolution::New { identity: identity.to_owned(), source }
}

use Resolution::Repeats;

#[test]
fn a_guid_is_an_identity_to_the_byte() {
    let got =
        resolved(&[], vec![item(" g1\n", "http://a/1.mp3", "A", 1), item("G1", "http://a/2.mp3", "B", 2)]);
    assert_eq!(got, [new("g1", By::Guid), new("G1", By::Guid)]);
    let archive = [known(7, "g1", &item("g1", "http://a/1.mp3", "A", 1))];
    assert_eq!(resolved(&archive, vec![item("g1", "http://a/1.mp3", "A", 1)]), [is(7)]);
}

#[test]
fn a_changed_enclosure_is_the_same_episode() {
    let archive = [known(7, "g1", &item("g1", "http://a/1.mp3", "A", 1))];
    assert_eq!(resolved(&archive, vec![item("g1", "http://b/other.mp3", "A", 1)]), [is(7)]);
    assert_eq!(resolved(&archive, vec![item("g1", "http://b/other.mp3", "A, edited", 1)]), [is(7)]);
    assert_eq!(resolved(&archive, vec![item("g1", "http://b/other.mp3", "A", 5)]), [is(7)]);
    assert_eq!(resolved(&archive, vec![item("g1", "", "Z", 5)]), [is(7)]);
}

#[test]
fn without_guid_the_enclosure_tells() {
    let got = resolved(&[], vec![item("", "https://pdst.fm/e/a.example/1.mp3?token=5", "A", 1)]);
    assert_eq!(got, [new("a.example/1.mp3", By::Enclosure)]);
    let archive = [known(7, "a.example/1.mp3", &item("", "http://a.example/1.mp3?token=1", "A", 1))];
    assert_eq!(
        resolved(&archive, vec![item("", "https://a.example/1.mp3?token=2", "A, edited", 1)]),
        [is(7)]
    );
}

#[test]
fn without_enclosure_link_and_title_then_title_and_date_then_bytes_tell() {
    let mut linked = item("", "", "A", 1);
    linked.link = Some("http://a/1".to_owned());
    let bare = item("", "", "B", 0);
    let digest = bare.item_sha256.unwrap().to_string();
    let got = resolved(&[], vec![linked.clone(), item("", "", "B", 1), bare]);
    assert_eq!(
        got,
        [
            new("http://a/1 A", By::LinkTitle),
            new("B 2019-04-20T08:00:00Z", By::TitleDate),
            new(&digest, By::Item)
        ]
    );
    let archive = [known(7, "http://a/1 A", &linked)];
    linked.published_at = day(9);
    assert_eq!(resolved(&archive, vec![linked]), [is(7)]);
}

#[test]
fn one_guid_with_two_enclosures_is_two_episodes() {
    let (a, b) = (item("g", "http://a/1.mp3", "A", 1), item("g", "http://a/2.mp3", "B", 2));
    assert_eq!(
        resolved(&[], vec![a.clone(), b.clone()]),
        [new("g", By::Guid), new("g a/2.mp3", By::GuidEnclosure)]
    );
    let archive = [known(1, "g", &a), known(2, "g a/2.mp3", &b)];
    assert_eq!(resolved(&archive, vec![b.clone(), a.clone()]), [is(2), is(1)]);
    // Both enclosures moved: the titles tell; the titles changed too: the dates do.
    let moved = |title, on| item("g", &format!("http://moved/{on}.mp3"), title, on);
    assert_eq!(resolved(&archive, vec![moved("B", 2), moved("A", 1)]), [is(2), is(1)]);
    assert_eq!(resolved(&archive, vec![moved("Y", 2), moved("X", 1)]), [is(2), is(1)]);
}

#[test]
fn one_guid_with_one_enclosure_is_told_twice() {
    let a = item("g", "http://a/1.mp3", "A", 1);
    assert_eq!(
        resolved(&[], vec![a.clone(), item("g", "https://www.a/1.mp3", "A again", 2)]),
        [new("g", By::Guid), Repeats(0)]
    );
    assert_eq!(resolved(&[], vec![item("g", "", "A", 1), item("g", "", "A", 1)])[1], Repeats(0));
    assert_eq!(
        resolved(&[], vec![item("", "http://a/1.mp3", "A", 1), item("", "http://a/1.mp3", "A", 1)])[1],
        Repeats(0)
    );
    assert_eq!(resolved(&[known(7, "g", &a)], vec![a.clone(), a]), [is(7), Repeats(0)]);
}

#[test]
fn a_guid_used_again_is_another_episode() {
    let archive = [known(7, "g", &item("g", "http://a/1.mp3", "A", 1))];
    assert_eq!(
        resolved(&archive, vec![item("g", "http://a/9.mp3", "Z", 9)]),
        [new("g a/9.mp3", By::GuidEnclosure)]
    );
}

#[test]
fn an_unknown_guid_may_be_a_known_episode() {
    let a = item("old", "http://a/1.mp3", "A", 1);
    let archive = [known(7, "old", &a), known(8, "other", &item("other", "http://a/2.mp3", "B", 2))];
    // By enclosure, and by title and date.
    assert_eq!(resolved(&archive, vec![item("new", "https://a/1.mp3", "A, edited", 1)]), [is(7)]);
    assert_eq!(resolved(&archive, vec![item("new", "http://moved/x.mp3", "A", 1)]), [is(7)]);
    // Not one that the document lists otherwise.
    let got = resolved(&archive, vec![item("new", "http://a/1.mp3", "A", 1), a.clone()]);
    assert_eq!(got, [new("new", By::Guid), is(7)]);
    let mut archive = archive;
    archive[0].item_sha256 = Some(Digest::of(b"as it was"));
    let mut parsed = document(vec![item("new", "http://a/1.mp3", "A", 1)]);
    parsed.unchanged = vec![Digest::of(b"as it was")];
    assert_eq!(resolve(&archive, &parsed), [new("new", By::Guid)]);
    // Nor by a fixed address alone.
    assert_eq!(resolved(&archive, vec![item("new", "http://a/1.mp3", "Z", 9)]), [new("new", By::Guid)]);
}

#[test]
fn a_guid_that_comes_back_is_the_episode_it_named() {
    let mut renamed = known(7, "first", &item("second", "http://a/1.mp3", "A", 1));
    renamed.guid = Some("second".to_owned());
    assert_eq!(resolved(&[renamed], vec![item("first", "http://b/9.mp3", "A", 1)]), [is(7)]);
}

#[test]
fn unchanged_bytes_are_the_same_episode() {
    let a = item("g", "http://a/1.mp3", "A", 1);
    let mut archived = known(7, "something else", &a);
    archived.guid = None;
    archived.item_sha256 = a.item_sha256;
    assert_eq!(resolved(&[archived], vec![a]), [is(7)]);
}

#[test]
fn shared_addresses_and_titles_settle_nothing() {
    let live = "http://a/live.mp3";
    let archive = [known(1, "g1", &item("g1", live, "A", 1)), known(2, "g2", &item("g2", live, "B", 2))];
    let got = resolved(&archive, vec![item("g3", live, "C", 3), item("g4", live, "D", 4)]);
    assert_eq!(got, [new("g3", By::Guid), new("g4", By::Guid)]);
}

#[test]
fn identities_are_unique() {
    let mut items: Vec<_> =
        (0..5).map(|at| item("", "http://a/same.mp3", &format!("T{at}"), at + 1)).collect();
    items.extend((0..5).map(|at| item("g", "", &format!("U{at}"), at + 1)));
    let archive = [known(1, "a/same.mp3", &item("x", "http://b/", "Q", 77))];
    let got = resolved(&archive, items);
    let names: HashSet<_> = got
        .iter()
        .filter_map(|answer| match answer {
            Resolution::New { identity, .. } => Some(identity.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(names.len(), 10, "{got:?}");
    assert!(!names.contains("a/same.mp3"));
}

/// Three scripts' addresses with one guid were one episode: two were lost.
#[test]
fn episodes_told_apart_by_the_query_of_their_enclosure_are_not_merged() {
    let play = |n: i64| item("g", &format!("http://a/play?ep={n}"), &format!("T{n}"), n);
    let got = resolved(&[], vec![play(1), play(2), play(3)]);
    assert_eq!(
        got,
        [new("g", By::Guid), new("g a/play", By::GuidEnclosure), new("g a/play?ep=3", By::GuidEnclosure)]
    );
    let archive = [known(1, "g", &play(1)), known(2, "g 2", &play(2)), known(3, "g 3", &play(3))];
    assert_eq!(resolved(&archive, vec![play(3), play(1), play(2)]), [is(3), is(1), is(2)]);
    // The window rolls on: the fourth is not the first, whose place in the feed it takes.
    let got = resolved(&archive, vec![play(4), play(3), play(2)]);
    assert_eq!(got[1..], [is(3), is(2)]);
    assert!(matches!(got[0], Resolution::New { .. }), "{got:?}");

    let keyed = |key: &str, title, on| item("g", &format!("http://a/dl.php?key={key}"), title, on);
    let got = resolved(&[], vec![keyed("a1", "A", 1), keyed("b2", "B", 2)]);
    assert_eq!(got, [new("g", By::Guid), new("g a/dl.php?", By::GuidEnclosure)]);
    let untold = |n: i64| item("g", &format!("http://a/play?ep={n}"), "", 0);
    assert!(!resolved(&[], vec![untold(1), untold(2)]).contains(&Repeats(0)));
}

#[test]
fn without_guid_a_query_tells_episodes_apart() {
    let twin = |n: i64| item("", &format!("http://a/download?id={n}"), "Weekly", 1);
    let got = resolved(&[], vec![twin(1), twin(2)]);
    assert_eq!(got, [new("a/download", By::Enclosure), new("a/download?id=2", By::Enclosure)]);
    let archive = [known(2, "a/download", &twin(1)), known(1, "a/download?id=2", &twin(2))];
    assert_eq!(resolved(&archive, vec![twin(2), twin(1)]), [is(1), is(2)]);
}

/// A feed of one item: the second Monday overwrote the first.
#[test]
fn a_rolling_show_of_one_title_and_one_script_keeps_its_episodes() {
    let monday = |guid: &str, n, on| item(guid, &format!("http://a/play?id={n}"), "Monday show", on);
    let archive = [known(7, "g1", &monday("g1", 1, 1))];
    assert_eq!(resolved(&archive, vec![monday("g2", 2, 8)]), [new("g2", By::Guid)]);
    let archive = [known(7, "a/play", &monday("", 1, 1))];
    assert_eq!(resolved(&archive, vec![monday("", 2, 8)]), [new("a/play?id=2", By::Enclosure)]);
}

#[test]
fn a_renewed_token_is_no_other_episode() {
    let told = |token: &str, title, on| item("g", &format!("http://a/1.mp3?token={token}"), title, on);
    let archive = [known(7, "g", &told("x", "A", 1))];
    assert_eq!(resolved(&archive, vec![told("y", "A", 1)]), [is(7)]);
    assert_eq!(resolved(&archive, vec![told("y", "B", 9)]), [is(7)]);
    let policy = |guid: &str, policy| item(guid, &format!("http://a/1.mp3?Policy={policy}"), "A", 1);
    assert_eq!(resolved(&[known(7, "g", &policy("g", 1))], vec![policy("g", 2)]), [is(7)]);
    assert_eq!(resolved(&[known(7, "g", &policy("g", 1))], vec![policy("h", 2)]), [is(7)]);
    // Within one document, only where title and date agree.
    assert_eq!(resolved(&[], vec![told("x", "A", 1), told("y", "A", 1)])[1], Repeats(0));
    assert_ne!(resolved(&[], vec![told("x", "A", 1), told("y", "A", 2)])[1], Repeats(0));
}

/// Two texts of one episode overwrote each other by turns, whenever the document changed.
#[test]
fn a_repeat_of_an_unchanged_item_is_not_that_episode_changed() {
    let unchanged = |was: &Episode, items: Vec<Episode>| {
        let mut archived = known(7, "g", was);
        archived.item_sha256 = was.item_sha256;
        let mut parsed = document(items);
        parsed.unchanged = was.item_sha256.into_iter().collect();
        resolve(&[archived], &parsed)
    };
    let first = item("g", "http://a/1.mp3?token=1", "T1", 1);
    let second = item("g", "http://a/1.mp3?token=1", "T2", 1);
    let renewed = item("g", "http://a/1.mp3?token=2", "T1", 1);
    assert_eq!(
        unchanged(&first, vec![second.clone(), renewed]),
        [Resolution::RepeatsKnown(7), Resolution::RepeatsKnown(7)]
    );
    let other = item("g", "http://a/1.mp3?token=3", "T3", 3);
    assert!(matches!(unchanged(&first, vec![other])[0], Resolution::New { .. }));
    // Without enclosure, and without guid, where only the notes differ.
    for (guid, url) in [("g", ""), ("", "http://a/1.mp3"), ("", "")] {
        let was = item(guid, url, "T", 1);
        let mut again = was.clone();
        again.item_sha256 = Some(Digest::of(b"other notes"));
        assert_eq!(unchanged(&was, vec![again]), [Resolution::RepeatsKnown(7)], "{guid:?} {url:?}");
    }
    // Read again as a whole, the item that the archive was filled from speaks, wherever it stands.
    let mut archived = known(7, "g", &first);
    archived.item_sha256 = first.item_sha256;
    assert_eq!(resolved(&[archived], vec![second, first]), [Resolution::RepeatsKnown(7), is(7)]);
}

/// All became new episodes, for title and date were those of several.
#[test]
fn twins_whose_enclosures_move_are_the_episodes_they_were() {
    let at = |guid: &str, host, file| item(guid, &format!("http://{host}/{file}"), "Same", 1);
    for (old, new) in [(["", ""], ["", ""]), (["g1", "g2"], ["h1", "h2"])] {
        // Rows are written from the last item to the first.
        let archive = [known(1, "b", &at(old[1], "a", "2.mp3")), known(2, "a", &at(old[0], "a", "1.mp3"))];
        let moved = |one, two| resolved(&archive, vec![at(new[0], "b", one), at(new[1], "b", two)]);
        assert_eq!(moved("x/1.mp3", "x/2.mp3"), [is(2), is(1)]);
        assert_eq!(moved("x/2.mp3", "x/1.mp3"), [is(1), is(2)]);
        assert_eq!(moved("p.mp3", "q.mp3"), [is(2), is(1)]);
        assert_eq!(moved("p.mp3", "2.mp3"), [is(2), is(1)]);
        assert_eq!(moved("1.mp3", "q.mp3"), [is(2), is(1)]);
    }
    // As many as there were, or none.
    let archive = [known(1, "b", &at("", "a", "2.mp3"))];
    let got = resolved(&archive, vec![at("", "b", "p.mp3"), at("", "b", "q.mp3")]);
    assert!(got.iter().all(|answer| matches!(answer, Resolution::New { .. })), "{got:?}");
}

#[test]
fn a_hundred_thousand_items_take_no_time() {
    let items = |guid: &str| -> Vec<Episode> {
        (0..100_000).map(|at| item(guid, &format!("http://a/{at}.mp3"), "same", at + 1)).collect()
    };
    let archive: Vec<_> =
        items("g").iter().zip(1..).map(|(item, id)| known(id, &format!("g {id}"), item)).collect();
    assert_eq!(resolved(&archive, items("g"))[99_999], is(100_000));
    assert_eq!(resolved(&archive, items("")).len(), 100_000);
    assert_eq!(resolved(&[], items("g")).len(), 100_000);
}
