//! One call of a program that the user configured: no shell, JSON on its stdin, a time limit, and the end of what it said.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use crate::download::Cancel;

/// So much of the end of what a program says is kept, in bytes.
const MOST_KEPT: usize = 2_000;
/// A program that was asked to end has so long to do so.
const GRACE: Duration = Duration::from_secs(5);

/// A program with what it gets.
pub(super) struct Call<'a> {
    /// The program and its arguments.
    pub(super) command: &'a [String],
    /// Added to the environment.
    pub(super) environment: Vec<(&'static str, String)>,
    /// What it reads.
    pub(super) input: String,
    /// It is stopped after this.
    pub(super) timeout: Duration,
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With exit code 0.
    Well,
    /// Otherwise: its exit code, if it ended by itself, and why.
    Badly(Option<i32>, String),
    /// It could not be begun: no other call can, either.
    NotBegun(String),
    /// The run is ending.
    Cancelled,
}

impl Call<'_> {
    /// Makes the call and waits for its end.
    pub(super) async fn make(self, cancel: &Cancel) -> End {
        let mut child = match self.begin() {
            Ok(child) => child,
            Err(error) => return End::NotBegun(error.to_string()),
        };
        let (input, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let talk = tokio::spawn(async move { tokio::join!(tail(stdout), tail(stderr)) });
        let text = self.input;
        let feed = tokio::spawn(async move {
            // Who does not read it has enough in the environment.
            if let Some(mut pipe) = input {
                let _ = pipe.write_all(text.as_bytes()).await;
            }
        });
        let ended = tokio::select! {
            status = child.wait() => status.map(Some),
            () = tokio::time::sleep(self.timeout) => Ok(None),
            () = cancel.cancelled() => {
                stop(&mut child).await;
                return End::Cancelled;
            }
        };
        feed.abort();
        match ended {
            Ok(Some(status)) if status.success() => End::Well,
            Ok(Some(status)) => {
                let how =
                    status.code().map_or_else(|| status.to_string(), |code| format!("exit code {code}"));
                End::Badly(status.code(), said(how, talk).await)
            }
            Ok(None) => {
                stop(&mut child).await;
                End::Badly(None, said(format!("stopped after {} s", self.timeout.as_secs()), talk).await)
            }
            Err(error) => End::Badly(None, error.to_string()),
        }
    }

    fn begin(&self) -> io::Result<Child> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no program"));
        };
        let environment = self.environment.iter().map(|(name, value)| (name, value.replace('\0', " ")));
        Command::new(program)
            .args(arguments)
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C is castkeep's to pass on.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }
}

/// Asks the program and all that it began to end, then makes them: what it began may not listen, and outlive it.
async fn stop(child: &mut Child) {
    let group = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
    let Some(group) = group else { return };
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
    let _ = tokio::time::timeout(GRACE, child.wait()).await;
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    let _ = tokio::time::timeout(GRACE, child.wait()).await;
}

/// Why, with the end of what the program said. What it left running in the background may hold the pipes open.
async fn said(how: String, talk: tokio::task::JoinHandle<(String, String)>) -> String {
    let Ok(Ok((stdout, stderr))) = tokio::time::timeout(GRACE, talk).await else { return how };
    let words = if stderr.trim().is_empty() { stdout } else { stderr };
    match words.trim() {
        "" => how,
        words => format!("{how}: {words}"),
    }
}

/// The last bytes of a pipe that is read to its end: a program whose pipe is full would wait for ever.
async fn tail(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept = Vec::new();
    let mut buffer = vec![0; 8192];
    if let Some(mut pipe) = pipe {
        while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
            kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
            let over = kept.len().saturating_sub(MOST_KEPT);
            kept.drain(..over);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}
