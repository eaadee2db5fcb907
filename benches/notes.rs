//! How long reading notes takes beside building the `scraper` tree of the same HTML: `cargo bench --bench notes`.
//!
//! The notes are all those of the feeds in `$CASTKEEP_SHARED/corpus/feeds`, else of this project's own fixtures. Notes are
//! pieces of HTML and no documents, so the tree is that of `Html::parse_fragment`. Both functions go over the same strings in
//! one run of criterion; the last line is the ratio of their medians, which says more than either on a busy machine.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, hint};

use castkeep::{feed, notes};
use criterion::{BenchmarkGroup, Criterion, SamplingMode, measurement::WallTime};
use url::Url;

/// What is read: notes, and what is known beside them.
struct Unread {
    html: String,
    title: Option<String>,
    base: Option<Url>,
}

fn main() {
    let (folder, unread) = collect();
    let bytes: usize = unread.iter().map(|notes| notes.html.len()).sum();
    println!("{} notes, {:.1} MB, of {}", unread.len(), bytes as f64 / 1e6, folder.display());
    let reports = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut criterion = Criterion::default().output_directory(&reports).configure_from_args();
    let mut group = criterion.benchmark_group("notes");
    settle(&mut group);
    group.bench_function("scraper", |bencher| bencher.iter(|| unread.iter().for_each(build)));
    group.bench_function("castkeep", |bencher| bencher.iter(|| unread.iter().for_each(read)));
    group.finish();
    criterion.final_summary();
    if let (Some(ours), Some(theirs)) = (median(&reports, "castkeep"), median(&reports, "scraper")) {
        println!("notes::read / scraper tree: {:.2}", ours / theirs);
    }
}

/// One pass over all notes takes long: few samples do, each of as many passes.
fn settle(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.sampling_mode(SamplingMode::Flat);
    group.sample_size(15).warm_up_time(Duration::from_secs(2)).measurement_time(Duration::from_secs(20));
}

fn build(unread: &Unread) {
    hint::black_box(scraper::Html::parse_fragment(&unread.html));
}

fn read(unread: &Unread) {
    let Unread { html, title, base } = unread;
    hint::black_box(notes::read(notes::Source {
        html,
        title: title.as_deref(),
        base: base.as_ref(),
        show: None,
        cast: None,
    }));
}

/// The median of a function, in nanoseconds, where criterion keeps it.
fn median(reports: &Path, function: &str) -> Option<f64> {
    let text = fs::read_to_string(reports.join("notes").join(function).join("new/estimates.json")).ok()?;
    let estimates: serde_json::Value = serde_json::from_str(&text).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// Every item's notes of every feed of a folder, and the folder.
fn collect() -> (PathBuf, Vec<Unread>) {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds");
    let folder =
        env::var_os("CASTKEEP_SHARED").map_or_else(own, |shared| Path::new(&shared).join("corpus/feeds"));
    let entries = fs::read_dir(&folder).expect("the folder of feeds is there").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    let unread = files.iter().flat_map(|file| of_feed(&fs::read(file).expect("a readable feed"))).collect();
    (folder, unread)
}

fn of_feed(body: &[u8]) -> Vec<Unread> {
    let hints = feed::Hints { content_type: None, url: None };
    let episodes = feed::parse(body, hints, &|_| false).map(|parsed| parsed.episodes).unwrap_or_default();
    let unread = episodes.into_iter().filter_map(|episode| {
        let base = episode.base_url.as_deref().and_then(|base| Url::parse(base).ok());
        Some(Unread { html: episode.notes_html?, title: episode.title, base })
    });
    unread.collect()
}
