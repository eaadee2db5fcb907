//! Commands in a mount namespace of their own: small disks, full disks, disks that can only be read; and commands of another user.

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
    command.args(["-m", "sh", "-c", script]);
    Some(said(scene, command))
}

/// The same as the user nobody, to whom nothing belongs; `None`, said on stderr, where that is not allowed, or where nobody can't
/// run the binary.
pub fn as_nobody(scene: &Scene, script: &str) -> Option<Said> {
    const NOBODY: [&str; 5] = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
    let castkeep = env!("CARGO_BIN_EXE_castkeep");
    let may = Command::new("setpriv").args(NOBODY).args([castkeep, "--version"]).output();
    if !may.is_ok_and(|out| out.status.success()) {
        say!("skipped: nobody else may be made to run the binary");
        return None;
    }
    let mut command = Command::new("setpriv");
    command.args(NOBODY).args(["sh", "-c", script]);
    Some(said(scene, command))
}

fn said(scene: &Scene, mut command: Command) -> Said {
    command.current_dir(scene.path("")).env("CASTKEEP", env!("CARGO_BIN_EXE_castkeep"));
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Said { stdout: text(output.stdout), stderr: text(output.stderr) }
}
