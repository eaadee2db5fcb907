//! Show notes: what is read in the shapes that notes have had. Every file in `fixtures/notes` is a test by being
//! there: `name.html` or `name.txt` beside the `name.json` it gives. `CASTKEEP_BLESS=1` rewrites what is expected.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use castkeep::model::{Notes, Segment};
use castkeep::notes::{Source, read};
use url::Url;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/notes");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension != "json"))
        .collect();
    files.sort();
    files
}

fn read_text(notes: &str) -> Notes {
    let base = Url::parse("https://show.example/episodes/7/").ok();
    read(Source { html: notes, title: None, base: base.as_ref(), cast: None, show: None })
}

#[test]
fn fixtures_give_what_stands_beside_them() {
    let mut wrong = Vec::new();
    for path in fixtures() {
        let notes = fs::read_to_string(&path).expect("a readable fixture");
        let got = serde_json::to_string_pretty(&read_text(&notes)).expect("notes are JSON") + "\n";
        let beside = path.with_extension("json");
        if std::env::var_os("CASTKEEP_BLESS").is_some() {
            fs::write(&beside, &got).expect("a writable folder");
        }
        let want = fs::read_to_string(&beside).unwrap_or_default();
        if got != want {
            let line = got.lines().zip(want.lines()).find(|(got, want)| got != want);
            wrong.push(format!("{}: {line:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What must hold whatever the notes are.
fn holds(notes: &str) {
    let read = read_text(notes);
    let texts: Vec<&str> =
        read.segments.iter().map(|segment| segment.text.as_str()).filter(|text| !text.is_empty()).collect();
    assert_eq!(texts.join("\n\n"), read.text, "the segments' texts are the text");
    for (place, segment) in read.segments.iter().enumerate() {
        assert_eq!(segment.position as usize, place + 1, "positions count from 1");
    }
    for (place, link) in read.links.iter().enumerate() {
        assert_eq!(link.position as usize, place + 1, "positions count from 1");
        let segment = link.segment.expect("a link stands in a segment") as usize;
        assert!((1..=read.segments.len()).contains(&segment), "and the segment is there");
        let scheme = link.url.split(':').next().unwrap_or_default().to_lowercase();
        assert!(["http", "https", "mailto"].contains(&scheme.as_str()), "{}", link.url);
    }
}

#[test]
fn every_fixture_is_covered_by_its_segments() {
    for path in fixtures() {
        holds(&fs::read_to_string(path).expect("a readable fixture"));
    }
}

#[test]
fn every_href_of_the_fixtures_is_a_link() {
    for path in fixtures().iter().filter(|path| path.extension().is_some_and(|extension| extension == "html"))
    {
        let notes = fs::read_to_string(path).expect("a readable fixture");
        let read = read_text(&notes);
        let got: HashSet<&str> = read.links.iter().map(|link| link.url.as_str()).collect();
        for href in notes.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            // Twice, for the fixture that is escaped twice.
            let href = href.replace("&amp;", "&").replace("&amp;", "&");
            if href.starts_with("http") || href.starts_with("mailto:") {
                assert!(got.contains(href.as_str()), "{}: {href}", path.display());
            }
        }
    }
}

#[test]
fn the_source_of_a_segment_reads_as_that_segment() {
    for path in fixtures() {
        let notes = fs::read_to_string(&path).expect("a readable fixture");
        let read = read_text(&notes);
        for segment in &read.segments {
            let again = read_text(&segment.html);
            // What stands alone may be parted elsewhere, by empty rows, or by a separator of the segments.
            let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            assert_eq!(words(&again.text), words(&segment.text), "{}: {}", path.display(), segment.html);
            let of = |notes: &Notes, place: Option<u32>| -> Vec<String> {
                let links = notes.links.iter().filter(|link| place.is_none() || link.segment == place);
                links.map(|link| link.url.clone()).collect()
            };
            assert_eq!(
                of(&again, None),
                of(&read, Some(segment.position)),
                "{}: {}",
                path.display(),
                segment.html
            );
            let named = |segment: &&Segment| segment.number.is_some() && segment.presenter.is_some();
            let Some(first) = again.segments.first().filter(|_| named(&segment)) else { continue };
            let heading = |of: &Segment| (of.number, of.presenter.clone(), of.title.clone(), of.url.clone());
            if named(&first) {
                assert_eq!(heading(first), heading(segment), "{}: {}", path.display(), segment.html);
            }
        }
    }
}

#[test]
fn damaged_notes_are_read() {
    let mut random = fastrand::Rng::with_seed(7);
    let pieces = [
        "<", ">", "</", "&", "#1", "Ada #2:", "\"", "<ul><li>", "</p>", "<pre>", "<!--", "//", "\u{200b}",
        "é", "\n", "00:01 ",
    ];
    for path in fixtures() {
        let notes: Vec<char> = fs::read_to_string(path).expect("a readable fixture").chars().collect();
        for _ in 0..40 {
            let mut damaged = notes.clone();
            for _ in 0..random.usize(1..8) {
                let at = random.usize(..damaged.len().max(1)).min(damaged.len());
                match random.u8(..3) {
                    0 => drop(damaged.drain(at..(at + random.usize(..200)).min(damaged.len()))),
                    1 => drop(damaged.drain(at..(at + random.usize(..20)).min(damaged.len()))),
                    _ => drop(damaged.splice(at..at, pieces[random.usize(..pieces.len())].chars())),
                }
            }
            holds(&damaged.into_iter().collect::<String>());
        }
    }
    for _ in 0..300 {
        let length = random.usize(..400);
        let bytes: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
        holds(&String::from_utf8_lossy(&bytes));
        let soup: String = (0..random.usize(..60)).map(|_| pieces[random.usize(..pieces.len())]).collect();
        holds(&soup);
    }
}

/// Notes made to be slow end, whole, with all of their links. How long they take is shown by `cargo bench --bench notes`.
#[test]
fn hostile_notes_are_read_to_their_end() {
    let many = |one: &str, times: usize| one.repeat(times);
    let counted = |one: &dyn Fn(usize) -> String, times: usize| (0..times).map(one).collect::<String>();
    let cases = [
        ("nested divs", many("<div>", 1_000_000) + "x <a href=\"https://a.example/\">l</a>"),
        ("attributes", format!("<p {}>x</p>", counted(&|at| format!("a{at}=1 "), 100_000))),
        ("links", counted(&|at| format!("<p><a href=\"https://a.example/{at}\">l</a></p>"), 100_000)),
        ("unclosed lists", many("<ul>", 100_000) + &many("<li>", 100_000)),
        ("bold around paragraphs", many("<b><p>", 100_000) + &many("x</b></p>", 100_000)),
        ("quotes that never close", many("<a href=\"", 200_000)),
        (
            "end tags of nothing",
            "<ul>".to_owned() + &many("<div>", 100_000) + &many("<li></li></span>", 100_000),
        ),
        ("headings", counted(&|at| format!("<h2>t{at}</h2>"), 100_000)),
        (
            "presenters",
            counted(&|at| format!("<p>A{} #1: x</p>", ["a", "b"][at % 2].repeat(at % 20)), 50_000),
        ),
        ("soft lines", "<p>".to_owned() + &many("b\n<b>Ada #1:</b> \n", 50_000)),
        ("slashes", "<p>".to_owned() + &many("word // ", 100_000)),
        ("references", many("&x", 300_000) + &counted(&|at| format!("&aa{at};"), 20_000)),
        ("bare links", many("<a href=\"https://a.example/\">l</a>", 100_000)),
        ("capitals", "<p>".to_owned() + &many("Ada Lovelace, ", 100_000)),
        ("cues", "<p>".to_owned() + &many("guests: Ada Lovelace, who ", 50_000)),
        (
            "extras",
            "<p>#1 (Ada): x</p><h2>Extras</h2>".to_owned() + &many("<p>Ada:</p><ul><li>x</li></ul>", 30_000),
        ),
        ("names", counted(&|at| format!("<p>Ada{} Bell joins us.</p>", "b".repeat(at % 30)), 50_000)),
        ("people", "<p>Guests:</p><ul>".to_owned() + &many("<li>Ada Lovelace and Grace Hopper</li>", 50_000)),
        ("bare addresses", counted(&|at| format!("x https://a.example/{at}\n"), 100_000)),
        ("times", format!("<ul>{}</ul>", counted(&|at| format!("<li>00:{:02} t</li>", at % 60), 100_000))),
        (
            "link lists",
            format!("<ul>{}</ul>", many("<li><a href=\"https://a.example/\">l</a></li>", 100_000)),
        ),
    ];
    for (name, notes) in cases {
        let read = read_text(&notes);
        let texts: Vec<&str> = read
            .segments
            .iter()
            .map(|segment| segment.text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        assert!(texts.join("\n\n") == read.text, "{name}: the segments' texts are the text");
        let links = notes.matches("https://").count();
        assert_eq!(read.links.len(), links, "{name}");
    }
}

#[test]
fn links_are_made_absolute_and_others_left_out() {
    let read = read_text(
        "<p><a href=\"../x\">a</a> <a href=\"javascript:alert(1)\">b</a> <a href=\"data:,x\">c</a> <a href=\"#top\">d</a> \
         <a href=\"https://A.example/%7Ex?utm_source=y&amp;id=1\">e</a> <a href=\"mailto:a@b.example\">f</a></p>",
    );
    let urls: Vec<&str> = read.links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(
        urls,
        ["https://show.example/episodes/x", "https://A.example/%7Ex?utm_source=y&id=1", "mailto:a@b.example"]
    );
    assert_eq!(read.links[1].target_url.as_deref(), Some("https://a.example/%7Ex?id=1"));
    assert_eq!(read.links[1].host.as_deref(), Some("a.example"));
    assert_eq!(read.text, "a b c d e f");
}
