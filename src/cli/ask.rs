//! A question to the person at the keyboard.

use std::io::{IsTerminal, Write, stderr, stdin};

use crate::download::Cancel;
use crate::report::escape;

/// Whether there is a person who can read a question and answer it.
pub(super) fn is_anybody_there() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// What is answered, less white space; `None` at the end of input (Ctrl-D), or if the run is stopped meanwhile (Ctrl-C).
pub(super) async fn ask(question: &str, cancel: &Cancel) -> Option<String> {
    let question = escape(question, &[]);
    let answer = tokio::task::spawn_blocking(move || put(&question));
    tokio::select! {
        answer = answer => answer.ok().flatten(),
        () = cancel.cancelled() => None,
    }
}

/// Asks and waits.
pub(super) fn put(question: &str) -> Option<String> {
    let mut err = stderr();
    write!(err, "{question} ").and_then(|()| err.flush()).ok()?;
    let mut line = String::new();
    let read = stdin().read_line(&mut line);
    if !matches!(read, Ok(1..)) {
        // What is said next begins a line.
        let _ = writeln!(err);
        return None;
    }
    Some(line.trim().to_owned())
}

/// Whether an answer to `[Y/n]` is yes. Nothing at all is yes, what is neither is no.
pub(super) fn is_yes(answer: &str) -> bool {
    ["", "y", "yes"].iter().any(|yes| yes.eq_ignore_ascii_case(answer))
}
