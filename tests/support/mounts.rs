//! Commands in a mount namespace of their own: small disks, full disks, disks that can only be read.

use super::say::say;
use std::process::Command;

use super::scene::Scene;

/// What a shell command said in there.
#[derive(Debug)]
pub struct Said {
    pub stdout: String,
    pub stderr: String,
}

/// Runs a shell command in the scene's folder, with `$CASTKEEP` as the binary; `None`, said on stderr, where mount namespaces
/// are not allowed.
pub fn unshared(scene: &Scene, script: &str) -> Option<Said> {
    let may = Command::new("unshare").args(["-m", "true"]).output().is_ok_and(|out| out.status.success());
    if !may {
        say!("skipped: mount namespaces are not allowed here");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script]).current_dir(scene.path(""));
    let output = command.env("CASTKEEP", env!("CARGO_BIN_EXE_castkeep")).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Some(Said { stdout: text(output.stdout), stderr: text(output.stderr) })
}
