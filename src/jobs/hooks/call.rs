//! One call of a program that the user configured: no shell, JSON on its stdin, a time limit, and the end of what it said.

use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use crate::download::Cancel;

/// So much of the end of what a program says is kept, in bytes.
const MOST_KEPT: usize = 2_000;
/// A program that was asked to end has so long to do so.
const GRACE: Duration = Duration::from_secs(5);
/// What a program said before it ended is in its pipe by then, and is read in less than this.
const LAST_WORDS: Duration = Duration::from_secs(1);

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
        let talk = Talk { stdout: Tail::of(stdout), stderr: Tail::of(stderr) };
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

/// What a program says while it runs.
struct Talk {
    stdout: Tail,
    stderr: Tail,
}

/// The last bytes of a pipe that is read to its end: a program whose pipe is full would wait for ever.
struct Tail {
    kept: Arc<Mutex<Vec<u8>>>,
    end: tokio::task::JoinHandle<()>,
}

impl Tail {
    fn of(pipe: Option<impl AsyncRead + Unpin + Send + 'static>) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&kept);
        let end = tokio::spawn(async move {
            let mut buffer = vec![0; 8192];
            let Some(mut pipe) = pipe else { return };
            while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
                let mut kept = to.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
                let over = kept.len().saturating_sub(MOST_KEPT);
                kept.drain(..over);
            }
        });
        Self { kept, end }
    }

    /// What was said. Something left running in the background may hold the pipe open: it is not waited for.
    async fn words(self) -> String {
        let _ = tokio::time::timeout(LAST_WORDS, self.end).await;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).trim().to_owned()
    }
}

/// Why, with the end of what the program said.
async fn said(how: String, talk: Talk) -> String {
    let (stdout, stderr) = tokio::join!(talk.stdout.words(), talk.stderr.words());
    match if stderr.is_empty() { stdout } else { stderr } {
        words if words.is_empty() => how,
        words => format!("{how}: {words}"),
    }
}
