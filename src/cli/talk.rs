//! What is said on stderr: failures, hints, remarks; as text or as JSON lines. Each once.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write, stderr};

use super::hang::hung;
use super::look::talk_columns;
use crate::model::{Time, redacted};
use crate::report::{Run, Trouble, brief, escape, hints};

/// So many failures of one show are said one by one.
const MOST_LINES: usize = 20;

/// How to say it.
#[derive(Clone, Copy)]
pub(super) struct Talk {
    pub(super) quiet: bool,
    pub(super) verbose: bool,
    pub(super) json: bool,
}

impl Talk {
    /// Something went wrong; with a show or not.
    pub(super) fn failure(self, show: Option<&str>, message: &str) {
        self.line("error", show, message);
    }

    /// What the user can do about it.
    pub(super) fn hint(self, hint: &str) {
        if !self.json {
            write_words(&format!("hint: {}", escape(&redacted(hint), &[])));
        }
    }

    /// Something that a person wants to know when they look on.
    pub(super) fn note(self, message: &str) {
        if !self.quiet {
            self.line("info", None, message);
        }
    }

    /// All that a run says: its failures, and its warnings to those who want to hear more. What an earlier run of the last day
    /// has told of is told again to those who look on.
    pub(super) fn run(self, run: &Run) {
        let tells_all = self.verbose || !run.tells_once || stderr().is_terminal();
        let failures: Vec<&Trouble> =
            run.failures.iter().filter(|trouble| tells_all || !trouble.told).collect();
        let mut said: BTreeMap<&str, usize> = BTreeMap::new();
        for failure in &failures {
            let count = said.entry(&failure.show).or_default();
            *count += 1;
            if *count <= MOST_LINES || self.verbose || self.json {
                self.trouble("error", failure);
            }
        }
        // One dead host can fail thousands of downloads: nobody reads such a mail.
        for (show, count) in said.into_iter().filter(|(_, count)| *count > MOST_LINES) {
            if !self.verbose && !self.json {
                let message = format!("and {} more; --verbose lists them", count - MOST_LINES);
                self.line("error", Some(show), &message);
            }
        }
        for text in hints(failures) {
            self.hint(text);
        }
        for warning in run.warnings.iter().filter(|_| self.verbose) {
            self.trouble("warning", warning);
        }
    }

    fn trouble(self, level: &str, trouble: &Trouble) {
        let show = Some(trouble.show.as_str()).filter(|show| !show.is_empty());
        if self.json {
            return write_line(&json_line(level, show, trouble.url.as_deref(), &trouble.story()));
        }
        self.line(level, show, &trouble.story());
    }

    /// Whatever is quoted, from the command line or the configuration: addresses lose their secrets here at the latest.
    fn line(self, level: &str, show: Option<&str>, message: &str) {
        if self.json {
            return write_line(&json_line(level, show, None, message));
        }
        let message = redacted(message);
        let message = brief(&message);
        let show = show.map(|show| format!("{show}: ")).unwrap_or_default();
        let level = if level == "warning" { "warning: " } else { "" };
        // A message of several lines (a caret under a line of the configuration) keeps them.
        write_words(&format!("castkeep: {level}{show}{}", escape(&message, &['\n'])));
    }
}

/// A line of the log: `level`, `time`, `show` and `url` (null where there is none), `message`.
pub(super) fn json_line(level: &str, show: Option<&str>, url: Option<&str>, message: &str) -> String {
    let time = Time::from(chrono::Utc::now());
    let message = redacted(message);
    let message = brief(&message);
    let url = url.map(redacted);
    serde_json::json!({ "level": level, "time": time, "show": show, "url": url, "message": message })
        .to_string()
}

/// A line for people: on a terminal, its words stay whole.
fn write_words(line: &str) {
    match talk_columns() {
        Some(columns) => write_line(&hung(line, columns)),
        None => write_line(line),
    }
}

/// A full disk behind stderr must not end a run.
fn write_line(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
