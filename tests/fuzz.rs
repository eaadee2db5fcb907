//! Documents torn and stirred: whatever comes in, the readers answer, and what they answer holds together.
//!
//! Every fixture is changed at random, over and over, from a seed that is printed when something breaks; `CASTKEEP_FUZZ_SEED`
//! plays it again. `CASTKEEP_FUZZ_SECONDS` goes on for so long; without it each reader takes a few hundred documents. What was
//! found stands among the fixtures, under a name that says what was wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

#[path = "support/readers.rs"]
mod readers;
#[path = "support/say.rs"]
mod say;

use readers::{read_audio, read_chapters, read_dates, read_feed, read_notes, read_opml, read_transcript};
use say::say;

/// Changed documents a reader, where no time is given.
const ROUNDS: u32 = 300;
/// Longer documents are cut: many small ones find more than a few large ones.
const LONGEST: usize = 32 * 1024;

/// What documents are made of, and what has broken readers of them.
const WORDS: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "&",
    "&#",
    "&#x0;",
    "&amp;amp;",
    ";",
    "\"",
    "'",
    "=",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml ?>",
    "<opml>",
    "<outline ",
    " xmlUrl=\"",
    "<item>",
    "</item>",
    "<entry>",
    "</entry>",
    "<channel>",
    "</channel>",
    "<rss>",
    "</rss>",
    "<feed>",
    "xmlns=\"\"",
    "<a href=\"",
    "</a>",
    "<p>",
    "<br>",
    "<li>",
    "<ul>",
    "<pre>",
    "<table><tr><td>",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{fffd}",
    "\r\n",
    "\n\n",
    "\t",
    " --> ",
    "00:00:01.000",
    "99:99:99,999",
    "-1",
    "1e309",
    "NaN",
    "18446744073709551616",
    "WEBVTT\n\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\u0000",
    "\"startTime\":",
    "null",
    "2020-02-30T25:61:61Z",
    "Mon, 31 Feb 2020 24:00:00 +9999",
    "ＡＢ",
    "é",
    "日本",
    "𝕏",
    "ﬁ",
    "İ",
    "ß",
];

/// A reader: its name, the fixtures it starts from, and what it does with a document.
type Target = (&'static str, &'static [&'static str], fn(&[u8]));

const TARGETS: &[Target] = &[
    ("feed", &["fixtures/feeds"], read_feed),
    ("dates", &["fixtures"], read_dates),
    ("notes", &["fixtures/notes"], read_notes),
    ("transcripts", &["fixtures/sidecar/transcripts"], read_transcript),
    ("chapters", &["fixtures/sidecar/chapters"], read_chapters),
    ("opml", &["fixtures/opml"], read_opml),
    (
        "audio",
        &["fixtures/sidecar/chapters", "src/demo/shows/two-kettles", "src/demo/shows/lamp-and-ledger"],
        read_audio,
    ),
];

#[test]
fn whatever_comes_in_is_answered() {
    let seconds = env::var("CASTKEEP_FUZZ_SECONDS").ok().and_then(|text| text.parse::<u64>().ok());
    let seed = env::var("CASTKEEP_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| if seconds.is_some() { fastrand::u64(..) } else { 7 });
    let share = seconds.map(|all| Duration::from_millis(all * 1000 / TARGETS.len() as u64));
    for (name, folders, target) in TARGETS {
        let corpus: Vec<Vec<u8>> = folders.iter().flat_map(|folder| documents(Path::new(folder))).collect();
        assert!(!corpus.is_empty(), "{name}: no fixtures in {folders:?}");
        let began = Instant::now();
        let mut rounds: u32 = 0;
        while share.map_or(rounds < ROUNDS, |share| began.elapsed() < share) {
            let own = seed ^ u64::from(rounds) << 20;
            let document = stir(&corpus, &mut fastrand::Rng::with_seed(own));
            if catch_unwind(AssertUnwindSafe(|| target(&document))).is_err() {
                let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}-{own}"));
                fs::write(&file, &document).unwrap();
                panic!("{name}: seed {seed}, round {rounds}: {}", file.display());
            }
            rounds += 1;
        }
        say!("{name}: {rounds} documents from {} fixtures, seed {seed}", corpus.len());
    }
}

/// The files of a folder, in order of name; expectations are as good a start as any.
fn documents(folder: &Path) -> Vec<Vec<u8>> {
    let entries =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder of fixtures");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A document of the corpus, changed in a few places.
fn stir(corpus: &[Vec<u8>], rng: &mut fastrand::Rng) -> Vec<u8> {
    let mut document = pick(corpus, rng).clone();
    for _ in 0..rng.usize(1..8) {
        let at = rng.usize(0..=document.len());
        let end = (at + rng.usize(0..64)).min(document.len());
        match rng.u8(0..9) {
            0 => drop(document.splice(at..end, None)),
            1 => drop(document.splice(at..end, WORDS[rng.usize(0..WORDS.len())].bytes())),
            2 => document.truncate(at),
            3 => drop(document.splice(at..at, vec![rng.u8(..); rng.usize(1..40)])),
            4 => {
                if let Some(byte) = document.get_mut(at) {
                    *byte ^= 1 << rng.u8(0..8);
                }
            }
            5 => {
                let other = pick(corpus, rng);
                let from = rng.usize(0..=other.len());
                let until = (from + rng.usize(0..2000)).min(other.len());
                document.splice(at..at, other[from..until].iter().copied());
            }
            6 => {
                let again = document[at..end].repeat(rng.usize(1..30));
                document.splice(at..at, again);
            }
            7 => {
                let word = WORDS[rng.usize(0..WORDS.len())].repeat(rng.usize(1..200));
                document.splice(at..at, word.bytes());
            }
            _ => document[at..end].reverse(),
        }
        document.truncate(LONGEST);
    }
    document
}

fn pick<'a>(corpus: &'a [Vec<u8>], rng: &mut fastrand::Rng) -> &'a Vec<u8> {
    &corpus[rng.usize(0..corpus.len())]
}
