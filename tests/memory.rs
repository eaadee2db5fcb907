//! Reading a feed takes no more than three times the document's size beside it: at the peak, in bytes asked of the
//! allocator, the result included. One that is not UTF-8 is made such first, which takes its size once more.

#[path = "support/say.rs"]
mod say;

use std::path::Path;
use std::{env, fs};

use castkeep::feed::{Hints, parse};
use peak_alloc::PeakAlloc;
use say::say;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Documents below this many bytes are not asked: a JSON map of one entry may be larger than they are.
const SMALLEST: usize = 20_000;

/// The most bytes held while reading, over those held before.
fn peak(body: &[u8]) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let parsed = parse(body, Hints::default(), &|_| false);
    assert!(parsed.is_ok());
    HEAP.peak_usage() - before
}

/// Real feeds where there are some, and generated ones: long notes escaped and not, and items that are all tags.
fn documents() -> Vec<(String, Vec<u8>)> {
    let mut documents = Vec::new();
    if let Some(shared) = env::var_os("CASTKEEP_SHARED") {
        for file in fs::read_dir(Path::new(&shared).join("corpus/feeds")).unwrap().flatten() {
            documents.push((file.path().display().to_string(), fs::read(file.path()).unwrap()));
        }
    } else {
        say!("skipped real feeds: CASTKEEP_SHARED does not name a folder with corpus/feeds");
    }
    let notes =
        "<p>What was said of it, <a href=\"https://example.org/1\">in their words</a>.</p>".repeat(80);
    let escaped = notes.replace('<', "&lt;").replace('>', "&gt;");
    for (name, notes) in [("escaped", escaped), ("CDATA", format!("<![CDATA[{notes}]]>")), ("markup", notes)]
    {
        let item = |n: usize| format!("<item><title>{n}</title><description>{notes}</description></item>");
        let items: String = (0..2000).map(item).collect();
        documents.push((name.to_owned(), format!("<rss><channel>{items}</channel></rss>").into_bytes()));
    }
    // Found by an attacker: of 28 MB of these, gzipped to 40 kB, gigabytes were made.
    let many = "{\"a\":1},".repeat(400_000);
    let json = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"_x\":[{many}1],\"items\":[]}}"
    );
    documents.push(("a JSON extension".to_owned(), json.into_bytes()));
    let empty = "<a/>".repeat(8_000_000);
    documents
        .push(("empty elements".to_owned(), format!("<rss><channel>{empty}</channel></rss>").into_bytes()));
    documents
}

#[test]
fn reading_takes_three_times_the_document_at_most() {
    let mut over = Vec::new();
    for (name, body) in documents().into_iter().filter(|(_, body)| body.len() > SMALLEST) {
        let times = peak(&body) as f64 / body.len() as f64;
        println!("{times:.2} {name}");
        let most = if str::from_utf8(&body).is_ok() { 3.0 } else { 4.0 };
        if times > most {
            over.push(format!("{name}: {times:.2} times its size"));
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}
