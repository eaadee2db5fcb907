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

fn resolved(archive: &[KnownEpisode], episodes: Vec<Episode>) -> Vec<Resolution> {
    resolve(archive, &document(episodes))
}

fn new(identity: &str, source: By) -> Resolution {
    Resolution::New { identity: identity.to_owned(), source }
}

use Resolution::{Known, Repeats};

#[test]
fn a_guid_is_an_identity_to_the_byte() {
    let got =
        resolved(&[], vec![item(" g1\n", "http://a/1.mp3", "A", 1), item("G1", "http://a/2.mp3", "B", 2)]);
    assert_eq!(got, [new("g1", By::Guid), new("G1", By::Guid)]);
    let archive = [known(7, "g1", &item("g1", "http://a/1.mp3", "A", 1))];
    assert_eq!(resolved(&archive, vec![item("g1", "http://a/1.mp3", "A", 1)]), [Known(7)]);
}

#[test]
fn a_changed_enclosure_is_the_same_episode() {
    let archive = [known(7, "g1", &item("g1", "http://a/1.mp3", "A", 1))];
    assert_eq!(resolved(&archive, vec![item("g1", "http://b/other.mp3", "A", 1)]), [Known(7)]);
    assert_eq!(resolved(&archive, vec![item("g1", "http://b/other.mp3", "A, edited", 1)]), [Known(7)]);
    assert_eq!(resolved(&archive, vec![item("g1", "http://b/other.mp3", "A", 5)]), [Known(7)]);
    assert_eq!(resolved(&archive, vec![item("g1", "", "Z", 5)]), [Known(7)]);
}

#[test]
fn without_guid_the_enclosure_tells() {
    let got = resolved(&[], vec![item("", "https://pdst.fm/e/a.example/1.mp3?token=5", "A", 1)]);
    assert_eq!(got, [new("a.example/1.mp3", By::Enclosure)]);
    let archive = [known(7, "a.example/1.mp3", &item("", "http://a.example/1.mp3?token=1", "A", 1))];
    assert_eq!(
        resolved(&archive, vec![item("", "https://a.example/1.mp3?token=2", "A, edited", 1)]),
        [Known(7)]
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
    assert_eq!(resolved(&archive, vec![linked]), [Known(7)]);
}

#[test]
fn one_guid_with_two_enclosures_is_two_episodes() {
    let (a, b) = (item("g", "http://a/1.mp3", "A", 1), item("g", "http://a/2.mp3", "B", 2));
    assert_eq!(
        resolved(&[], vec![a.clone(), b.clone()]),
        [new("g", By::Guid), new("g a/2.mp3", By::GuidEnclosure)]
    );
    let archive = [known(1, "g", &a), known(2, "g a/2.mp3", &b)];
    assert_eq!(resolved(&archive, vec![b.clone(), a.clone()]), [Known(2), Known(1)]);
    // Both enclosures moved: the titles tell; the titles changed too: the dates do.
    let moved = |title, on| item("g", &format!("http://moved/{on}.mp3"), title, on);
    assert_eq!(resolved(&archive, vec![moved("B", 2), moved("A", 1)]), [Known(2), Known(1)]);
    assert_eq!(resolved(&archive, vec![moved("Y", 2), moved("X", 1)]), [Known(2), Known(1)]);
}

#[test]
fn one_guid_with_one_enclosure_is_told_twice() {
    let a = item("g", "http://a/1.mp3", "A", 1);
    assert_eq!(
        resolved(&[], vec![a.clone(), item("g", "https://a/1.mp3?x", "A again", 2)]),
        [new("g", By::Guid), Repeats(0)]
    );
    assert_eq!(resolved(&[], vec![item("g", "", "A", 1), item("g", "", "A", 1)])[1], Repeats(0));
    assert_eq!(
        resolved(&[], vec![item("", "http://a/1.mp3", "A", 1), item("", "http://a/1.mp3", "A", 1)])[1],
        Repeats(0)
    );
    assert_eq!(resolved(&[known(7, "g", &a)], vec![a.clone(), a]), [Known(7), Repeats(0)]);
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
    assert_eq!(resolved(&archive, vec![item("new", "https://a/1.mp3", "A, edited", 1)]), [Known(7)]);
    assert_eq!(resolved(&archive, vec![item("new", "http://moved/x.mp3", "A", 1)]), [Known(7)]);
    // Not one that the document lists otherwise.
    let got = resolved(&archive, vec![item("new", "http://a/1.mp3", "A", 1), a.clone()]);
    assert_eq!(got, [new("new", By::Guid), Known(7)]);
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
    assert_eq!(resolved(&[renamed], vec![item("first", "http://b/9.mp3", "A", 1)]), [Known(7)]);
}

#[test]
fn unchanged_bytes_are_the_same_episode() {
    let a = item("g", "http://a/1.mp3", "A", 1);
    let mut archived = known(7, "something else", &a);
    archived.guid = None;
    archived.item_sha256 = a.item_sha256;
    assert_eq!(resolved(&[archived], vec![a]), [Known(7)]);
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

#[test]
fn a_hundred_thousand_items_take_no_time() {
    let items = |guid: &str| -> Vec<Episode> {
        (0..100_000).map(|at| item(guid, &format!("http://a/{at}.mp3"), "same", at + 1)).collect()
    };
    let archive: Vec<_> =
        items("g").iter().zip(1..).map(|(item, id)| known(id, &format!("g {id}"), item)).collect();
    assert_eq!(resolved(&archive, items("g"))[99_999], Known(100_000));
    assert_eq!(resolved(&archive, items("")).len(), 100_000);
    assert_eq!(resolved(&[], items("g")).len(), 100_000);
}
