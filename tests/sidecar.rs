//! Transcripts and chapters as they are written in the wild, each with the rows that castkeep reads in it.
//!
//! Every file in `fixtures/sidecar` is a test by being there: `NAME` beside the `NAME.rows.json` it
//! gives, or the error. Its name says what is odd. `CASTKEEP_BLESS=1` rewrites what is expected.

use std::fs;
use std::path::{Path, PathBuf};

use castkeep::model::{Chapter, Cue};
use castkeep::sidecar::{chapters, transcript};
use serde::Serialize;
use serde_json::json;

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sidecar").join(folder);
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| !path.to_str().unwrap().ends_with(".rows.json"));
    all.sort();
    assert!(!all.is_empty());
    all
}

fn compare<T: Serialize, E: std::fmt::Display>(folder: &str, read: impl Fn(&[u8], &str) -> Result<T, E>) {
    let mut wrong = Vec::new();
    for path in fixtures(folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let got = match read(&fs::read(&path).unwrap(), name) {
            Ok(read) => serde_json::to_value(read).unwrap(),
            Err(error) => json!({"error": error.to_string()}),
        };
        let got = serde_json::to_string_pretty(&got).unwrap() + "\n";
        let beside = path.with_file_name(format!("{name}.rows.json"));
        if std::env::var_os("CASTKEEP_BLESS").is_some() {
            fs::write(&beside, &got).unwrap();
        }
        if fs::read_to_string(&beside).unwrap_or_default() != got {
            wrong.push(format!("{}:\n{got}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "read otherwise than expected:\n{}", wrong.join("\n"));
}

#[test]
fn every_transcript_is_read_as_it_says() {
    compare("transcripts", |bytes, name| transcript(bytes, None, Some(name)));
}

#[test]
fn every_list_of_chapters_is_read_as_it_says() {
    compare("chapters", |bytes, _| chapters(bytes));
}

/// What must hold whatever the bytes are.
fn holds(bytes: &[u8]) {
    if let Ok(read) = transcript(bytes, None, None) {
        assert!(!read.cues.is_empty());
        read.cues.iter().for_each(cue_holds);
        assert!(read.warnings.len() <= 60);
    }
    if let Ok(read) = chapters(bytes) {
        assert!(!read.chapters.is_empty());
        for (position, chapter) in (1..).zip(&read.chapters) {
            assert_eq!(chapter.position, position);
        }
        assert!(read.chapters.is_sorted_by(|one, next| one.start_seconds <= next.start_seconds));
        read.chapters.iter().for_each(chapter_holds);
    }
}

fn cue_holds(cue: &Cue) {
    assert!(!cue.text.trim().is_empty() && cue.start_seconds >= 0.0, "{cue:?}");
    assert!(cue.end_seconds.is_none_or(|end| end >= cue.start_seconds), "{cue:?}");
    assert!(cue.speaker.as_ref().is_none_or(|speaker| !speaker.trim().is_empty()), "{cue:?}");
}

fn chapter_holds(chapter: &Chapter) {
    assert!(chapter.start_seconds >= 0.0 && chapter.title.as_deref() != Some(""), "{chapter:?}");
}

#[test]
fn damaged_documents_are_read() {
    let mut random = fastrand::Rng::with_seed(11);
    let pieces: [&[u8]; 18] = [
        b"-->",
        b"->",
        b"\n\n",
        b"\n",
        b"00:00:01,000",
        b"7",
        b"<v ",
        b"<",
        b">",
        b"&",
        b"{\\",
        b"\"",
        b"Anna: ",
        b"(0:01)",
        b"\xff\xfe",
        b"\xe9",
        b"</",
        b"[",
    ];
    for path in fixtures("transcripts").into_iter().chain(fixtures("chapters")) {
        let whole = fs::read(path).unwrap();
        holds(&whole);
        for _ in 0..60 {
            let mut damaged = whole.clone();
            for _ in 0..random.usize(1..6) {
                let at = random.usize(..=damaged.len());
                match random.u8(..3) {
                    0 => drop(damaged.drain(at..(at + random.usize(..60)).min(damaged.len()))),
                    1 => damaged.truncate(at),
                    _ => drop(damaged.splice(at..at, pieces[random.usize(..pieces.len())].iter().copied())),
                }
            }
            holds(&damaged);
        }
    }
    for _ in 0..2000 {
        let soup: Vec<u8> =
            (0..random.usize(..40)).flat_map(|_| pieces[random.usize(..pieces.len())]).copied().collect();
        holds(&soup);
    }
}

/// Documents made to be slow, or to fill memory, end.
#[test]
fn hostile_documents_are_read_to_their_end() {
    let many = |one: &str, times: usize| one.repeat(times);
    let cue = "1\n00:00:01,000 --> 00:00:02,000\n";
    let cases = [
        ("tags that never close", cue.to_owned() + &many("<b", 60_000)),
        ("braces", cue.to_owned() + &many("{\\", 60_000)),
        ("voices", "WEBVTT\n\n00:01.000 --> 00:02.000\n".to_owned() + &many("<v Anna>Hi ", 30_000)),
        ("arrows", many("-->\n1\n", 60_000)),
        ("counters", cue.to_owned() + &many("7\n\n", 60_000)),
        ("comments", "<p>".to_owned() + &many("<!--", 60_000)),
        ("open tags", many("<p <cite", 40_000)),
        ("scripts", many("<script>", 40_000)),
        ("cites", many("<cite>", 40_000)),
        ("end tags", "<script>".to_owned() + &many("</scripx>", 40_000)),
        ("brackets", many("(((((((((( ", 30_000)),
        ("names", (0..10_000).map(|at| format!("Anna {at}: x\n")).collect()),
        ("lines", many("a\n", 30_000)),
        ("references", cue.to_owned() + &many("&am", 60_000)),
        ("nested JSON", many("[", 60_000)),
        ("nested objects", many("{\"segments\":", 60_000)),
        ("chapters", (0..10_000).map(|at| format!("CHAPTER{at}=00:00:01\n")).collect()),
        ("a long line", "x".repeat(1_000_000)),
    ];
    for (name, document) in cases {
        println!("{name}");
        holds(document.as_bytes());
    }
}

#[test]
fn more_cues_than_any_episode_has_are_left_out() {
    let cue = "00:00:01,000 --> 00:00:02,000\nHi\n\n";
    let read = transcript(cue.repeat(200_010).as_bytes(), None, None).unwrap();
    assert_eq!(read.cues.len(), 200_000);
    assert_eq!(read.warnings, ["10 cues after the first 200000 were left out"]);
}
