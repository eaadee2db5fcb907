//! Feeds as they are written in the wild, each with what castkeep reads in it.
//!
//! Every `fixtures/feeds/NAME.xml` is a test whose result is compared with `NAME.json` beside it; of a JSON Feed,
//! `NAME.feed.json` is compared with `NAME.feed.expected.json`. To add a case, add a file and run with
//! `CASTKEEP_BLESS=1`, then read what was written.

#[path = "support/say.rs"]
mod say;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use castkeep::feed::{Error, Hints, parse, resolve};
use castkeep::model::{Digest, KnownEpisode, Parsed, Resolution};
use say::say;
use serde_json::{Value, json};

fn read(path: &Path) -> Parsed {
    let url = "https://show.example/feed.xml".parse().unwrap();
    let hints = Hints { content_type: None, url: Some(&url) };
    parse(&fs::read(path).unwrap(), hints, &|_| false)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All that was read, but for digests, which change with the reader.
fn shown(parsed: &Parsed) -> Value {
    let mut value = serde_json::to_value(parsed).unwrap();
    for episode in value["episodes"].as_array_mut().unwrap() {
        episode["resources"].as_array_mut().unwrap().iter_mut().for_each(prune);
        prune(episode);
    }
    value["show"]["resources"].as_array_mut().unwrap().iter_mut().for_each(prune);
    prune(&mut value["show"]);
    value["truncated"] = json!(parsed.truncated);
    let paging = &parsed.paging;
    value["paging"] = json!({
        "first": paging.first,
        "last": paging.last,
        "previous": paging.previous,
        "next": paging.next,
        "prev_archive": paging.prev_archive,
        "next_archive": paging.next_archive,
        "current": paging.current,
        "is_complete": paging.is_complete.then_some(true),
        "is_archive": paging.is_archive.then_some(true),
    });
    prune(&mut value["paging"]);
    value
}

/// Leaves out what is absent, so that a fixture shows what it is about.
fn prune(value: &mut Value) {
    let Value::Object(map) = value else { return };
    map.remove("item_sha256");
    map.retain(|_, value| match value {
        Value::Null => false,
        Value::Array(all) => !all.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    });
}

/// A feed in XML, or one in JSON, beside which lies what it is read as.
fn is_input(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "xml") || path.to_string_lossy().ends_with(".feed.json")
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds");
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| is_input(path));
    all.sort();
    all
}

#[test]
fn every_fixture_is_read_as_it_says() {
    let bless = std::env::var_os("CASTKEEP_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in fixtures() {
        let got = serde_json::to_string_pretty(&shown(&read(&path))).unwrap() + "\n";
        let beside =
            path.with_extension(if path.extension().unwrap() == "xml" { "json" } else { "expected.json" });
        if bless {
            fs::write(&beside, got).unwrap();
        } else if fs::read_to_string(&beside).unwrap_or_default() != got {
            wrong.push(format!("{}:\n{got}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "read otherwise than expected:\n{}", wrong.join("\n"));
}

#[test]
fn what_is_no_feed_is_named() {
    let error = |body: &[u8]| parse(body, Hints::default(), &|_| false).unwrap_err();
    assert_eq!(error(b" \n"), Error::Empty);
    assert_eq!(error(b"<!DOCTYPE html><html><item><title>trap</title></item></html>"), Error::Html);
    assert_eq!(error(b"{\"error\": 404}"), Error::Json);
    assert_eq!(error(br#"[{"version": "https://jsonfeed.org/version/1.1"}]"#), Error::Json);
    assert_eq!(
        error(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        Error::OtherXml { root: "svg".to_owned() }
    );
    assert_eq!(error(b"<?xml version='1.0'?>"), Error::NoRoot);
    assert_eq!(error(b"<rss version='2.0'/>"), Error::NoChannel);
    assert_eq!(error(b"Not found"), Error::NotXml);
    assert_eq!(error(b"\x00\x01\x7f\xfe\xff"), Error::NotXml);
}

#[test]
fn known_items_are_not_read_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds");
    let body = fs::read_to_string(folder.join("enclosures.xml")).unwrap();
    let first = parse(body.as_bytes(), Hints::default(), &|_| false).unwrap();
    let known: Vec<Digest> = first.episodes.iter().filter_map(|episode| episode.item_sha256).collect();
    let again = parse(body.as_bytes(), Hints::default(), &|digest| known.contains(digest)).unwrap();
    assert_eq!((again.episodes.len(), &again.unchanged), (0, &known));
    assert_eq!(again.show, first.show);
    // The same bytes under another namespace or base are read otherwise: they are not known.
    let moved = body.replace("<channel>", "<channel xml:base=\"https://elsewhere.example/\">");
    let moved = parse(moved.as_bytes(), Hints::default(), &|digest| known.contains(digest)).unwrap();
    assert_eq!(moved.unchanged.len(), 0);
}

#[test]
fn known_items_of_a_json_feed_are_not_read_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds");
    let body = fs::read_to_string(folder.join("json_1_0.feed.json")).unwrap();
    let first = parse(body.as_bytes(), Hints::default(), &|_| false).unwrap();
    let known: Vec<Digest> = first.episodes.iter().filter_map(|episode| episode.item_sha256).collect();
    let changed = body.replace("Plain notes", "Other notes");
    let again = parse(changed.as_bytes(), Hints::default(), &|digest| known.contains(digest)).unwrap();
    assert_eq!((again.episodes.len(), &again.unchanged[..]), (1, &known[1..]));
    assert_eq!(again.episodes[0].notes_html.as_deref(), Some("Other notes"));
}

/// Neither deep nor wide JSON takes more than linear time, or the stack.
#[test]
fn hostile_json_is_read() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = "{\"id\": 1},".repeat(20_000);
    let head = r#"{"version": "https://jsonfeed.org/version/1.1", "#;
    let read = |text: String| parse(text.as_bytes(), Hints::default(), &|_| false).unwrap();
    let parsed = read(format!("{head}\"_x\": {deep}, \"items\": [{{\"id\": 1, \"_x\": {deep}}}]}}"));
    assert_eq!(parsed.show.extra["_x"], Value::String(deep.clone()));
    assert_eq!(parsed.episodes[0].extra["_x"], Value::String(deep));
    let parsed = read(format!("{head}\"items\": [{wide} {{\"id\": 2"));
    assert_eq!((parsed.episodes.len(), parsed.truncated), (20_000, true));
    for open in ["{\"a\":", "[", "\"\\", "{", ",", "{\"items\":["] {
        parse(format!("{head}\"items\": [{}", open.repeat(100_000)).as_bytes(), Hints::default(), &|_| false)
            .unwrap();
    }
}

#[test]
fn duplicate_guids_are_kept_apart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds");
    let parsed = read(&folder.join("duplicate_guids.xml"));
    let answers = resolve(&[], &parsed);
    assert!(matches!(answers[..], [Resolution::New { .. }, Resolution::New { .. }, Resolution::Repeats(0)]));
}

/// However a document is cut, reading neither fails nor makes anything up: what it finds is among what the whole
/// document holds.
#[test]
fn a_cut_anywhere_keeps_what_is_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds");
    for name in ["everything.xml", "enclosures.xml", "atom.xml", "json_1_0.feed.json", "json_1_1.feed.json"] {
        let body = fs::read(folder.join(name)).unwrap();
        let whole = parse(&body, Hints::default(), &|_| false).unwrap();
        for end in 0..body.len() {
            let Ok(part) = parse(&body[..end], Hints::default(), &|_| false) else { continue };
            let root_closed = body[end..].trim_ascii().is_empty();
            assert!(part.truncated != root_closed, "{name} cut at {end}");
            let guids = |parsed: &Parsed| parsed.episodes.iter().map(|e| e.guid.clone()).collect::<Vec<_>>();
            let (got, want) = (guids(&part), guids(&whole));
            assert!(want.starts_with(&got[..got.len().saturating_sub(1)]), "{name} cut at {end}");
        }
    }
}

/// Every feed of a folder of real ones against what two other readers see in it. Where a reader could not tell a
/// date, ours may.
#[test]
fn real_feeds_agree_with_the_reference() {
    let Some(shared) = std::env::var_os("CASTKEEP_SHARED") else {
        say!("skipped: CASTKEEP_SHARED does not name a folder with corpus/feeds and corpus/reference.json");
        return;
    };
    let corpus = Path::new(&shared).join("corpus");
    let reference: BTreeMap<String, Value> =
        serde_json::from_slice(&fs::read(corpus.join("reference.json")).unwrap()).unwrap();
    let (mut items, mut wrong) = (0, Vec::new());
    for (name, want) in &reference {
        let body = fs::read(corpus.join("feeds").join(name)).unwrap();
        let got = parse(&body, Hints::default(), &|_| false).unwrap();
        let want = want["items"].as_array().unwrap();
        if got.episodes.len() != want.len() {
            wrong.push(format!("{name}: {} items, {} episodes", want.len(), got.episodes.len()));
        }
        for (at, (want, got)) in want.iter().zip(&got.episodes).enumerate() {
            items += 1;
            let published = got.published_at.map(|at| at.to_string());
            let enclosure = got.enclosure().map(|enclosure| enclosure.url.as_str());
            let fields = [
                ("guid", same(want["guid"].as_str(), got.guid.as_deref())),
                ("title", same(want["title"].as_str(), got.title.as_deref())),
                (
                    "enclosure",
                    same(want["enclosure"].as_str(), enclosure)
                        || ends(want["enclosure"].as_str(), enclosure),
                ),
                ("date", want["published"].is_null() || want["published"].as_str() == published.as_deref()),
            ];
            wrong.extend(
                fields.iter().filter(|(_, ok)| !ok).map(|(field, _)| format!("{name} item {at}: {field}")),
            );
        }
    }
    say!("{items} items, {} differ: {wrong:#?}", wrong.len());
    assert!(wrong.len() * 1000 <= items, "{wrong:#?}");
}

fn ends(want: Option<&str>, got: Option<&str>) -> bool {
    want.zip(got).is_some_and(|(want, got)| !want.is_empty() && got.ends_with(want))
}

/// Equal but for white space, and references that one reader resolved and the other did not.
fn same(a: Option<&str>, b: Option<&str>) -> bool {
    let plain = |text: Option<&str>| {
        let mut text = text.unwrap_or("").to_owned();
        for (name, meaning) in
            [("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        {
            text = text.replace(name, meaning);
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    plain(a) == plain(b)
}

/// An archive is consistent with the feed that filled it: read again, every item is the episode it was.
#[test]
fn a_feed_read_twice_holds_no_new_episode() {
    for path in fixtures() {
        let parsed = read(&path);
        let answers = resolve(&[], &parsed);
        let known: Vec<KnownEpisode> = parsed
            .episodes
            .iter()
            .zip(&answers)
            .zip(1..)
            .filter_map(|((episode, answer), id)| {
                let Resolution::New { identity, .. } = answer else { return None };
                Some(KnownEpisode {
                    id,
                    guid: episode.guid.clone(),
                    identity: identity.clone(),
                    title: episode.title.clone(),
                    link: episode.link.clone(),
                    published_at: episode.published_at,
                    enclosure_urls: episode
                        .enclosure()
                        .map(|enclosure| enclosure.url.clone())
                        .into_iter()
                        .collect(),
                    item_sha256: None,
                })
            })
            .collect();
        for (answer, again) in answers.iter().zip(resolve(&known, &parsed)) {
            assert!(
                !matches!(again, Resolution::New { .. }),
                "{}: {answer:?} became {again:?}",
                path.display()
            );
        }
    }
}

/// Cut after any byte, be it between two fields of an item, a document gives nothing that it does not give whole: half an item
/// would be taken for an episode that never was.
#[test]
fn wherever_a_document_breaks_off_each_episode_in_it_is_whole() {
    let item = |n: u32| {
        format!(
            "<item><title>#{n} One</title><guid>{n}</guid><enclosure url=\"https://show.example/{n}.mp3\" length=\"1\" \
             type=\"audio/mpeg\"/><itunes:image href=\"https://show.example/{n}.png\"/>\
             <description><![CDATA[<p>Notes of {n}</p>]]></description></item>\n"
        )
    };
    let document = format!(
        "<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>A Show</title>\n{}{}{}\
         </channel></rss>",
        item(3),
        item(2),
        item(1)
    );
    let read = |text: &str| parse(text.as_bytes(), Hints::default(), &|_| false);
    let whole = read(&document).unwrap();
    assert_eq!(whole.episodes.len(), 3);
    for cut in 0..document.len() {
        let Ok(parsed) = read(&document[..cut]) else { continue };
        assert!(parsed.truncated, "cut at {cut}");
        let ended = document[..cut].matches("</item>").count();
        assert_eq!(parsed.episodes, whole.episodes[..ended], "cut at {cut}");
    }
}
