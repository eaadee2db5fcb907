//! How fast an archive of a thousand shows answers: `cargo bench --bench archive [-- --shows N --episodes N --links N]`.
//!
//! The archive is made once, under `target/`. Each question is put to the release binary, whole process from start to exit, and
//! beside it, where it is one of SQL, to the `sqlite3` of the machine: medians in milliseconds. The recipes of the cookbook are asked
//! as they stand there. Nothing is asserted: compare the numbers of one run.

#[path = "../../tests/support/recipes.rs"]
mod recipes;
mod words;
mod world;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use world::Size;

/// Searches of every kind, with words that are rare and words that are everywhere.
const SEARCHES: &[&str] = &[
    "typewriter",
    "webassembly",
    "python",
    "show",
    "the",
    "the compiler",
    "python show",
    "python OR sheep",
    "python NOT the",
    "\"of the\"",
    "pyt*",
    "東京",
    "生東",
    "--show lamp-and-ledger python",
    "--presenter Mira database",
    "--kind joke python",
    "--kind link data",
    "--kind transcript episode",
    "--since 2024 code",
    "--until 2010 code",
];

const POINT: &str = "SELECT title FROM episodes WHERE id = 12345";
/// Each question is asked so often, and once before.
const ROUNDS: usize = 5;

fn main() {
    let size = Size {
        shows: number("--shows", 1000),
        episodes: number("--episodes", 300_000),
        links: number("--links", 3_000_000),
    };
    let folder = made(size);
    println!("{:<70} {:>9} {:>9} {:>6}", "whole process, ms", "castkeep", "sqlite3", "goal");
    let bench = Bench { folder };
    bench.report("open, and one point query", &["sql", POINT], Some(POINT), 10.0);
    bench.report("status", &["status"], Some("SELECT * FROM show_list"), 200.0);
    for search in SEARCHES {
        let args: Vec<&str> = ["search"].into_iter().chain(search.split(' ')).collect();
        bench.report(&format!("search {search}"), &args, None, 100.0);
    }
    let document = std::fs::read_to_string(recipes::COOKBOOK).expect("the cookbook");
    for recipe in recipes::recipes(&document) {
        let args = ["sql", "--format", "csv", &recipe.sql];
        bench.report(&recipe.question, &args, Some(&recipe.sql), 1000.0);
    }
}

/// The archive of this size and of today's schema, made if it is not there.
fn made(size: Size) -> PathBuf {
    let name = format!("{}-{}-{}-v{}", size.shows, size.episodes, size.links, castkeep::archive::VERSION);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-archive").join(name);
    if !folder.join("archive.db").exists() {
        std::fs::create_dir_all(&folder).expect("a place for the archive");
        let start = Instant::now();
        world::build(&folder, size).expect("the archive is made");
        println!("made {} in {:.0} s", folder.display(), start.elapsed().as_secs_f64());
    }
    folder
}

struct Bench {
    folder: PathBuf,
}

impl Bench {
    fn report(&self, question: &str, args: &[&str], sql: Option<&str>, goal: f64) {
        let castkeep = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_castkeep"));
            command.arg("--archive").arg(&self.folder).args(args);
            command
        };
        let sqlite = |sql: &str| {
            let mut command = Command::new("sqlite3");
            command.arg("-readonly").arg("-csv").arg(self.folder.join("archive.db")).arg(sql);
            command
        };
        let ours = median(&castkeep).map_or_else(|| "failed".to_owned(), |ms| format!("{ms:.1}"));
        let plain = sql.and_then(|sql| median(&|| sqlite(sql)));
        let plain = plain.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}"));
        println!("{question:<70.70} {ours:>9} {plain:>9} {goal:>6.0}");
    }
}

/// The median of the wall times of a command in milliseconds; `None` if it can't be run or fails.
fn median(command: &dyn Fn() -> Command) -> Option<f64> {
    let mut times = Vec::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let status = command().stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        if !status.success() {
            return None;
        }
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.remove(0);
    times.sort_by(f64::total_cmp);
    Some(times[times.len() / 2])
}

/// What follows a flag on the command line.
fn number(flag: &str, default: usize) -> usize {
    let given = std::env::args().skip_while(|arg| arg != flag).nth(1);
    given.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{flag} wants a number, not {text}")))
}
