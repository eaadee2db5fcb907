//! The binary under `strace`, which strikes at a chosen turn of a chosen system call: kills it, or lets the call fail.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use super::say::say;
use super::scene::Scene;

/// The system calls that make bytes, names and rows last. Those marked are unknown to some machines.
pub const CALLS: &[&str] = &[
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "openat",
    "?mkdir",
    "mkdirat",
    "?rename",
    "renameat",
    "renameat2",
    "linkat",
    "?unlink",
    "unlinkat",
    "?chmod",
    "fchmodat",
];

/// At how many turns of each call to strike: as many as `CASTKEEP_STRIKES` says, `all` or a number, else `sample`.
pub fn strikes(sample: usize) -> usize {
    match std::env::var("CASTKEEP_STRIKES").as_deref() {
        Ok("all") => usize::MAX,
        Ok(number) => number.parse().expect("CASTKEEP_STRIKES is a number, or all"),
        Err(_) => sample,
    }
}

/// A run that was struck, or only watched.
pub struct Struck {
    pub output: Output,
    /// The calls of `CALLS` on files of the archive, as strace writes them.
    pub calls: Vec<String>,
}

impl Struck {
    /// The calls that were made to fail.
    pub fn injected(&self) -> Vec<&str> {
        self.calls.iter().map(String::as_str).filter(|line| line.contains("(INJECTED)")).collect()
    }

    /// How often each call was made by the thread that made it most often: strace counts the turns of each thread.
    pub fn turns(&self) -> BTreeMap<String, usize> {
        let mut of_threads: BTreeMap<(String, &str), usize> = BTreeMap::new();
        for line in &self.calls {
            let Some((thread, call)) = line.split_once(' ') else { continue };
            let name = call.trim_start().split('(').next().unwrap_or_default();
            if !name.starts_with('<') {
                *of_threads.entry((name.to_owned(), thread)).or_default() += 1;
            }
        }
        let mut most: BTreeMap<String, usize> = BTreeMap::new();
        for ((name, _), count) in of_threads {
            let entry = most.entry(name).or_default();
            *entry = (*entry).max(count);
        }
        most
    }
}

/// Whether it can be used; if not, that is said on stderr.
pub fn is_there() -> bool {
    let traces = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output();
    let is_there = traces.is_ok_and(|output| output.status.success());
    if !is_there {
        say!("skipped: there is no strace, or it may not trace");
    }
    is_there
}

/// Runs the binary on an archive of up to `episodes`, with a tampering expression.
pub fn run(scene: &Scene, args: &[&str], episodes: u32, inject: Option<&str>) -> Struck {
    run_on(scene, args, of_the_archive(scene, episodes), inject)
}

/// The same, with the files and folders that are watched.
pub fn run_on(
    scene: &Scene,
    args: &[&str],
    watched: impl Iterator<Item = PathBuf>,
    inject: Option<&str>,
) -> Struck {
    let log = scene.path("strace.log");
    let castkeep = scene.command(args);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-y", "-o"]).arg(&log).arg(format!("--trace={}", CALLS.join(",")));
    for path in watched {
        command.arg("-P").arg(path);
    }
    command.args(inject.map(|inject| format!("--inject={inject}")));
    command.arg(castkeep.get_program()).args(castkeep.get_args()).current_dir(scene.path(""));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let calls = fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
    fs::remove_file(log).unwrap();
    Struck { output, calls }
}

/// The files and folders that a run writes to; what else a process writes to is no disk of ours.
fn of_the_archive(scene: &Scene, episodes: u32) -> impl Iterator<Item = PathBuf> {
    let root = scene.path("archive");
    let fixed = [
        "",
        "archive.db",
        "archive.db-journal",
        "archive.db-wal",
        "archive.db-shm",
        "lock",
        "audio",
        "audio/a-show",
        "tmp",
    ];
    let parts =
        (1..=episodes).flat_map(|n| ["part", "json", "json.new"].map(|ending| format!("tmp/{n}.{ending}")));
    fixed.map(str::to_owned).into_iter().chain(parts).map(move |name| root.join(name))
}
