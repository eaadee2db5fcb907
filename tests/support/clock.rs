//! A run at another time: the binary under `faketime`, which turns the wall clock and leaves alone what measures how long
//! things take.

use std::process::{Command, Stdio};

use castkeep::model::Time;

use super::scene::{Ran, Scene};

/// Whether there is a `faketime`; if not, that is said on stderr.
pub fn is_there() -> bool {
    let said = Command::new("faketime").arg("--version").output();
    let is_there = said.is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("skipped: there is no faketime");
    }
    is_there
}

/// The command of a scene, at this time.
pub fn command(scene: &Scene, at: &str, args: &[&str]) -> Command {
    let at: Time = at.parse().expect("a time");
    let castkeep = scene.command(args);
    let mut command = Command::new("faketime");
    command.args(["-f", &format!("@{}", at.unix())]).arg(castkeep.get_program()).args(castkeep.get_args());
    command.current_dir(scene.path("")).stdin(Stdio::null());
    command
        .env("FAKETIME_FMT", "%s")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1");
    for name in ["CASTKEEP_CONFIG", "CASTKEEP_LOG"] {
        command.env_remove(name);
    }
    command
}

/// Runs the binary at this time to its end.
pub fn run(scene: &Scene, at: &str, args: &[&str]) -> Ran {
    Ran::of(command(scene, at, args).output().unwrap())
}
