//! A run at another time: the binary with the library of `faketime`, which turns the wall clock and leaves alone what measures
//! how long things take.

use super::say::say;
use std::process::Command;
use std::sync::LazyLock;

use castkeep::model::Time;

use super::scene::{Ran, Scene};

/// What the dynamic linker is to load, asked of `faketime` itself, under which a signal would not reach our process.
static LIBRARY: LazyLock<Option<String>> = LazyLock::new(|| {
    let said = Command::new("faketime").args(["-f", "+0", "sh", "-c", "echo \"$LD_PRELOAD\""]).output();
    let path = said.ok().and_then(|output| String::from_utf8(output.stdout).ok())?;
    Some(path.trim().to_owned()).filter(|path| !path.is_empty())
});

/// Whether there is a `faketime`; if not, that is said on stderr.
pub fn is_there() -> bool {
    if LIBRARY.is_none() {
        say!("skipped: there is no faketime");
    }
    LIBRARY.is_some()
}

/// The command of a scene, at this time.
pub fn command(scene: &Scene, at: &str, args: &[&str]) -> Command {
    let at: Time = at.parse().expect("a time");
    let mut command = scene.command(args);
    command.env("LD_PRELOAD", LIBRARY.as_deref().unwrap_or_default());
    command.env("FAKETIME", format!("@{}", at.unix())).env("FAKETIME_FMT", "%s");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    command
}

/// Runs the binary at this time to its end.
pub fn run(scene: &Scene, at: &str, args: &[&str]) -> Ran {
    Ran::of(command(scene, at, args).output().unwrap())
}

/// Removes what the library of a killed process left behind: another process of its number would go by it.
pub fn forget(process: u32) {
    for name in ["faketime_shm_", "sem.faketime_sem_"] {
        let _ = std::fs::remove_file(format!("/dev/shm/{name}{process}"));
    }
}

/// A run whose clock stands still at what a file says, until the file says something else.
pub fn standing(scene: &Scene, file: &std::path::Path, args: &[&str]) -> Command {
    let mut command = scene.command(args);
    command.env("LD_PRELOAD", LIBRARY.as_deref().unwrap_or_default()).env_remove("FAKETIME");
    command.env("FAKETIME_TIMESTAMP_FILE", file).env("FAKETIME_FMT", "%s").env("FAKETIME_NO_CACHE", "1");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    command
}

/// Sets such a clock.
pub fn set(file: &std::path::Path, at: Time) {
    let new = file.with_extension("new");
    std::fs::write(&new, format!("{}\n", at.unix())).unwrap();
    std::fs::rename(&new, file).unwrap();
}
