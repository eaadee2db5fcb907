//! How long reading feeds takes beside a bare token loop of `quick-xml` and the crates `feed-rs` and `rss` over the
//! same bytes: `cargo bench --bench feeds`.
//!
//! The feeds are those in `$CASTKEEP_SHARED/corpus/feeds`, else this project's own fixtures, each by itself and all
//! together, and one generated of 15 MB. All four go over the same bytes in one run of criterion; the table at its
//! end gives ratios of medians, which say more than seconds on a busy machine. A reader that does not take a feed has
//! no ratio there.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, hint};

use castkeep::feed;
use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use quick_xml::Reader;
use quick_xml::events::Event;

const PEERS: [&str; 3] = ["quick-xml", "feed-rs", "rss"];
/// The least that a ratio of castkeep's throughput to a peer's should be.
const GOALS: [f64; 3] = [1.0 / 3.0, 1.0, 1.0];

/// Documents that are read one after the other.
struct Load {
    name: String,
    bodies: Vec<Vec<u8>>,
}

fn main() {
    let loads = collect();
    let reports = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut criterion = Criterion::default().output_directory(&reports).configure_from_args();
    for load in &loads {
        let mut group = criterion.benchmark_group(&load.name);
        settle(&mut group);
        measure(&mut group, load, "castkeep", castkeep);
        measure(&mut group, load, "quick-xml", tokens);
        measure(&mut group, load, "feed-rs", |body| feed_rs::parser::parse(body).is_ok());
        measure(&mut group, load, "rss", |body| rss::Channel::read_from(body).is_ok());
        group.finish();
    }
    criterion.final_summary();
    table(&reports, &loads);
}

/// Many functions, each of them quick: few and short samples do.
fn settle(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.sample_size(10).nresamples(1001);
    group.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(400));
}

/// Measures a reader, if it takes any document. What it does not take is left out of all its work on a load of many.
fn measure(group: &mut BenchmarkGroup<'_, WallTime>, load: &Load, name: &str, read: fn(&[u8]) -> bool) {
    if load.bodies.iter().all(|body| read(body)) {
        group.bench_function(name, |bencher| {
            bencher.iter(|| load.bodies.iter().for_each(|body| _ = hint::black_box(read(body))));
        });
    }
}

fn castkeep(body: &[u8]) -> bool {
    hint::black_box(feed::parse(body, feed::Hints::default(), &|_| false)).is_ok()
}

/// Every token, nothing kept. Whether the document was read to its end.
fn tokens(body: &[u8]) -> bool {
    let mut reader = Reader::from_reader(body);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        match hint::black_box(reader.read_event()) {
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

fn table(reports: &Path, loads: &[Load]) {
    println!("\n{:<36} {:>9} {:>9} | castkeep's throughput as a multiple of", "feed", "kB", "MB/s");
    println!("{:<56} | {:>9} {:>9} {:>9}", "", PEERS[0], PEERS[1], PEERS[2]);
    let mut worst: [Option<(f64, &str)>; 3] = [None; 3];
    for load in loads {
        let Some(ours) = median(reports, &load.name, "castkeep") else { continue };
        let bytes: usize = load.bodies.iter().map(Vec::len).sum();
        let ratios = PEERS.map(|peer| median(reports, &load.name, peer).map(|theirs| theirs / ours));
        let [a, b, c] = ratios.map(|ratio| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}")));
        let (size, speed) = (bytes as f64 / 1e3, bytes as f64 / ours * 1e3);
        println!("{:<36} {size:>9.0} {speed:>9.0} | {a:>9} {b:>9} {c:>9}", load.name);
        for (worst, ratio) in worst.iter_mut().zip(ratios) {
            *worst = [*worst, ratio.map(|ratio| (ratio, load.name.as_str()))]
                .into_iter()
                .flatten()
                .min_by(|a, b| a.0.total_cmp(&b.0));
        }
    }
    for ((peer, goal), worst) in PEERS.iter().zip(GOALS).zip(worst) {
        if let Some((ratio, name)) = worst {
            println!("worst beside {peer}: {ratio:.2} (goal {goal:.2}), {name}");
        }
    }
}

/// The median of a function, in nanoseconds, where criterion keeps it.
fn median(reports: &Path, group: &str, function: &str) -> Option<f64> {
    let text = fs::read_to_string(reports.join(group).join(function).join("new/estimates.json")).ok()?;
    let estimates: serde_json::Value = serde_json::from_str(&text).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// Every feed of a folder, those of them together that all readers take, and the generated one.
fn collect() -> Vec<Load> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds");
    let folder =
        env::var_os("CASTKEEP_SHARED").map_or_else(own, |shared| Path::new(&shared).join("corpus/feeds"));
    let entries = fs::read_dir(&folder).expect("the folder of feeds is there").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    let single = |file: &PathBuf| Load {
        name: file.file_stem().expect("a name").to_string_lossy().into_owned(),
        bodies: vec![fs::read(file).expect("a readable feed")],
    };
    let mut loads: Vec<Load> = files.iter().map(single).collect();
    let bodies = loads.iter().flat_map(|load| load.bodies.clone());
    let all = bodies.filter(|body| {
        tokens(body)
            && feed_rs::parser::parse(&body[..]).is_ok()
            && rss::Channel::read_from(&body[..]).is_ok()
    });
    loads.push(Load { name: "all that all can read".to_owned(), bodies: all.collect() });
    loads.push(Load { name: "generated".to_owned(), bodies: vec![large(2000).into_bytes()] });
    loads
}

/// A feed of `count` items, each with some 6.5 kB of HTML, escaped.
fn large(count: usize) -> String {
    let mut feed = "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>Large</title>".to_owned();
    for n in (1..=count).rev() {
        let line = format!(
            "<li>what a guest of number {n} had to say of a library and its release \
             <a href=\"https://example.com/{n}?utm_source=feed\">in their own words</a></li>"
        );
        let notes =
            format!("<p>{}</p><ul>{}</ul>", "Some words before the list. ".repeat(10), line.repeat(42));
        let notes = notes.replace('<', "&lt;").replace('>', "&gt;");
        feed += &format!(
            "<item><title>#{n} Of libraries</title><guid isPermaLink=\"false\">large-{n}</guid>\
             <pubDate>{:02} Jan {} 08:00:00 +0000</pubDate>\
             <enclosure url=\"https://example.org/audio/{n}.mp3\" length=\"1000000\" type=\"audio/mpeg\"/>\
             <description>{notes}</description></item>\n",
            n % 28 + 1,
            1990 + n / 60
        );
    }
    feed + "</channel></rss>\n"
}
