//! castkeep beside feed-rs, a reader of feeds by other people: for every fixture and every real feed, what the two see
//! of each item (how many there are, identifier, title, page, enclosures, date, length) is the same, or differs for a
//! reason that has a name here. The table of reasons is printed: `cargo test --test differential -- --nocapture`.

#[path = "support/say.rs"]
mod say;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use castkeep::feed::{Hints, parse};
use castkeep::model::{Episode, Parsed};
use feed_rs::model::{Entry, Feed};
use say::say;

/// Where every document is said to come from.
const BASE: &str = "https://show.example/feed.xml";

/// A difference: which field of which item, what feed-rs sees and what castkeep does.
struct Difference<'a> {
    field: &'static str,
    theirs: String,
    ours: String,
    episode: Option<&'a Episode>,
}

/// Why the two may differ; `None` is a failure.
fn reason(difference: &Difference<'_>) -> Option<&'static str> {
    let Difference { field, theirs, ours, episode } = difference;
    let (theirs, ours) = (theirs.as_str(), ours.as_str());
    let Some(episode) = episode else { return reason_for_count(theirs, ours) };
    let raw = |text: &str| episode.published_raw.as_deref().is_some_and(|raw| raw.contains(text));
    let made_up = theirs.len() <= 32 && theirs.bytes().all(|byte| byte.is_ascii_hexdigit());
    match *field {
        "id" if ours.is_empty() => Some("feed-rs makes up an id where the item has none"),
        "id" if made_up && episode.extra.contains_key("@rdf:about") => {
            Some("feed-rs does not identify by rdf:about")
        }
        "title" if theirs.is_empty() => Some("feed-rs takes no title from itunes:title"),
        "title" if plain(&meant(theirs)) == ours => Some("feed-rs leaves references that were escaped twice"),
        "title" if theirs.starts_with("<![CDATA[") => Some("feed-rs leaves CDATA marks that were escaped"),
        "title" if theirs.contains('Ã') => Some("feed-rs believes an encoding that the bytes contradict"),
        "title" if keeps(episode, theirs) => Some("feed-rs takes the last of several titles"),
        "link" if theirs.is_empty() && episode.guid.as_deref().is_some_and(|guid| ours.ends_with(guid)) => {
            Some("feed-rs takes no page from a guid that is one")
        }
        "link" if theirs.is_empty() && episode.extra.contains_key("link") => {
            Some("feed-rs takes no page from the text of an Atom link")
        }
        "enclosure" if theirs.is_empty() => {
            Some("feed-rs sees no file where castkeep takes that of media:content or enc")
        }
        "enclosure" if keeps(episode, theirs) => Some("feed-rs drops the enclosure beside media:content"),
        "date" if theirs.is_empty() => Some("feed-rs tells no date"),
        "date"
            if ours.is_empty() && ["-0001", "0001", "9999"].iter().any(|year| theirs.starts_with(year)) =>
        {
            Some("feed-rs believes the years that programs write for want of a date")
        }
        "date" if raw(" 24:") => Some("feed-rs takes an hour of 24 for one of 0"),
        "duration" if ours == "0" && keeps(episode, "itunes:duration") => {
            Some("feed-rs reads 85 seconds to a minute")
        }
        "duration" if theirs == "0" => Some("feed-rs tells no length"),
        "duration" if minutes_for_seconds(theirs, ours) => {
            Some("feed-rs takes the minutes of MM:SS for seconds")
        }
        _ => None,
    }
}

fn reason_for_count(theirs: &str, ours: &str) -> Option<&'static str> {
    match (theirs.parse::<usize>().ok()?, ours.parse::<usize>().ok()?) {
        (0, 1..) => Some("feed-rs finds no item: unusual namespace, letter case or place of items"),
        (theirs, ours) if theirs < ours => Some("feed-rs reads the first of several channels"),
        _ => None,
    }
}

/// Whether castkeep keeps a text somewhere else in the episode.
fn keeps(episode: &Episode, text: &str) -> bool {
    serde_json::to_string(episode).unwrap().contains(&serde_json::to_string(text).unwrap())
}

fn minutes_for_seconds(theirs: &str, ours: &str) -> bool {
    let seconds = |text: &str| text.parse::<u64>().unwrap_or(0);
    seconds(theirs) == seconds(ours) / 60
}

/// References replaced, those to C1 controls by what they mean in windows-1252.
fn meant(text: &str) -> String {
    let pairs = [("&#8217;", "’"), ("\u{92}", "’"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Read by feed-rs, if it reads it at all.
fn theirs(body: &[u8]) -> Result<Feed, String> {
    // It panics at UTF-16.
    let read = std::panic::catch_unwind(|| builder().parse(body).map_err(|error| error.to_string()));
    read.unwrap_or_else(|_| Err("panics".to_owned()))
}

fn builder() -> feed_rs::parser::Parser {
    feed_rs::parser::Builder::new().base_uri(Some(BASE)).build()
}

fn ours(body: &[u8]) -> Option<Parsed> {
    let url = BASE.parse().unwrap();
    parse(body, Hints { content_type: None, url: Some(&url) }, &|_| false).ok()
}

/// Equal but for white space, references, and how an address is written.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    url::Url::parse(&text).map_or(text, String::from)
}

fn enclosures(entry: &Entry) -> Vec<String> {
    let media = entry.media.iter().flat_map(|media| &media.content);
    let media = media.filter_map(|content| content.url.as_ref().map(|url| url.as_str().to_owned()));
    let links = entry.links.iter().filter(|link| {
        // An attachment of a JSON Feed is a link with a type.
        link.rel.as_deref() == Some("enclosure") || link.media_type.is_some()
    });
    media.chain(links.map(|link| plain(&link.href))).collect()
}

/// What differs in one item. Of the enclosures, castkeep's first is looked for among theirs.
fn compare<'a>(entry: &Entry, episode: &'a Episode) -> Vec<Difference<'a>> {
    let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let found = enclosures(entry);
    let enclosure = episode.enclosure().map_or(String::new(), |enclosure| plain(&enclosure.url));
    let among = if found.contains(&enclosure) {
        enclosure.clone()
    } else {
        found.first().cloned().unwrap_or_default()
    };
    let duration = entry.media.iter().find_map(|media| media.duration).map_or(0.0, |time| time.as_secs_f64());
    let fields = [
        ("id", entry.id.clone(), episode.guid.clone()),
        (
            "title",
            entry.title.as_ref().map_or(String::new(), |title| title.content.clone()),
            episode.title.clone(),
        ),
        ("link", link.map_or(String::new(), |link| link.href.clone()), episode.link.clone()),
        ("enclosure", among, Some(enclosure)),
        (
            "date",
            entry.published.map_or(String::new(), |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            episode.published_at.map(|at| at.to_string()),
        ),
        (
            "duration",
            format!("{}", duration.floor()),
            Some(format!("{}", episode.duration_seconds.unwrap_or(0.0).floor())),
        ),
    ];
    let same = |theirs: &str, ours: &str| plain(theirs) == plain(ours);
    let all = fields.into_iter().map(|(field, theirs, ours)| (field, theirs, ours.unwrap_or_default()));
    all.filter(|(_, theirs, ours)| !same(theirs, ours))
        .map(|(field, theirs, ours)| Difference { field, theirs, ours, episode: Some(episode) })
        .collect()
}

/// A feed in XML, or one in JSON, beside which lies what it is read as.
fn is_input(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "xml") || path.to_string_lossy().ends_with(".feed.json")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| is_input(path));
    all.sort();
    all
}

/// Compares every document; the reasons with their counts, and what has none.
fn compare_all(paths: &[PathBuf]) -> (BTreeMap<&'static str, usize>, Vec<String>) {
    let (mut reasons, mut unexplained) = (BTreeMap::new(), Vec::new());
    for path in paths {
        let body = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(ours) = ours(&body) else {
            unexplained.push(format!("{name}: castkeep does not read it"));
            continue;
        };
        let theirs = match theirs(&body) {
            Ok(feed) => feed,
            Err(error) => {
                *reasons.entry("feed-rs does not read the document").or_default() += 1;
                say!("{name}: {error}");
                continue;
            }
        };
        let mut differences = Vec::new();
        if theirs.entries.len() == ours.episodes.len() {
            let pairs = theirs.entries.iter().zip(&ours.episodes);
            differences.extend(pairs.flat_map(|(entry, episode)| compare(entry, episode)));
        } else {
            let (theirs, ours) = (theirs.entries.len().to_string(), ours.episodes.len().to_string());
            differences.push(Difference { field: "items", theirs, ours, episode: None });
        }
        for difference in differences {
            match reason(&difference) {
                Some(reason) => *reasons.entry(reason).or_default() += 1,
                None => unexplained.push(format!(
                    "{name}: {} is {:?} to feed-rs and {:?} to castkeep",
                    difference.field, difference.theirs, difference.ours
                )),
            }
        }
    }
    (reasons, unexplained)
}

fn check(paths: &[PathBuf]) {
    let (reasons, unexplained) = compare_all(paths);
    say!("{} documents", paths.len());
    for (reason, count) in &reasons {
        say!("{count:>6} {reason}");
    }
    let shown: Vec<&String> = unexplained.iter().take(40).collect();
    assert!(unexplained.is_empty(), "{} differences without a reason: {shown:#?}", unexplained.len());
}

#[test]
fn fixtures_are_read_as_feed_rs_reads_them() {
    check(&files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds")));
}

#[test]
fn real_feeds_are_read_as_feed_rs_reads_them() {
    let Some(shared) = std::env::var_os("CASTKEEP_SHARED") else {
        say!("skipped: CASTKEEP_SHARED does not name a folder with corpus/feeds");
        return;
    };
    check(&files(&Path::new(&shared).join("corpus/feeds")));
}
