//! What is said on stderr: failures, hints, remarks; as text or as JSON lines. Each once.

use std::collections::BTreeMap;
use std::io::Write;

use crate::model::redacted;
use crate::report::{Run, escape};

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
            write_line(&format!("hint: {}", escape(&redacted(hint), &[])));
        }
    }

    /// Something that a person wants to know when they look on.
    pub(super) fn note(self, message: &str) {
        if !self.quiet {
            self.line("info", None, message);
        }
    }

    /// All that a run says: its failures, and its warnings to those who want to hear more.
    pub(super) fn run(self, run: &Run) {
        let mut said: BTreeMap<&str, usize> = BTreeMap::new();
        for failure in &run.failures {
            let count = said.entry(&failure.show).or_default();
            *count += 1;
            if *count <= MOST_LINES || self.verbose || self.json {
                self.line("error", Some(&failure.show), &failure.message);
            }
        }
        // One dead host can fail thousands of downloads: nobody reads such a mail.
        for (show, count) in said.into_iter().filter(|(_, count)| *count > MOST_LINES) {
            if !self.verbose && !self.json {
                let message = format!("and {} more; --verbose lists them", count - MOST_LINES);
                self.line("error", Some(show), &message);
            }
        }
        for warning in run.warnings.iter().filter(|_| self.verbose) {
            self.line("warning", Some(&warning.show), &warning.message);
        }
    }

    /// Whatever is quoted, from the command line or the configuration: addresses lose their secrets here at the latest.
    fn line(self, level: &str, show: Option<&str>, message: &str) {
        let message = &redacted(message);
        if self.json {
            let line = serde_json::json!({ "level": level, "show": show, "message": message });
            return write_line(&line.to_string());
        }
        let show = show.map(|show| format!("{show}: ")).unwrap_or_default();
        let level = if level == "warning" { "warning: " } else { "" };
        // A message of several lines (a caret under a line of the configuration) keeps them.
        write_line(&format!("castkeep: {level}{show}{}", escape(message, &['\n'])));
    }
}

/// A full disk behind stderr must not end a run.
fn write_line(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
