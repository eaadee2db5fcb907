//! How fast an archive of a thousand shows answers: `cargo bench --bench archive [-- --episodes N --shows N --links N]`.
//!
//! The archive is made once, under `target/`. Each question is put to the release binary, whole process from start to exit, and
//! beside it, where there is an SQL for it, to the `sqlite3` of the machine. Nothing is asserted: compare the numbers of one run.

mod words;
mod world;

use std::path::PathBuf;

use world::Size;

fn main() {
    let size = Size {
        shows: number("--shows", 1000),
        episodes: number("--episodes", 300_000),
        links: number("--links", 3_000_000),
    };
    let folder = folder(size);
    if !folder.join("archive.db").exists() {
        std::fs::create_dir_all(&folder).expect("a place for the archive");
        let start = std::time::Instant::now();
        world::build(&folder, size).expect("the archive is made");
        println!("made {} in {:.0} s", folder.display(), start.elapsed().as_secs_f64());
    }
}

fn folder(size: Size) -> PathBuf {
    let name = format!("{}-{}-{}-v{}", size.shows, size.episodes, size.links, castkeep::archive::VERSION);
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench-archive").join(name)
}

/// What follows a flag on the command line.
fn number(flag: &str, default: usize) -> usize {
    let given = std::env::args().skip_while(|arg| arg != flag).nth(1);
    given.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{flag} wants a number, not {text}")))
}
