//! Remarks on a document, of which there may be as many as lines.

/// As many remarks are kept; of more, only the number.
const MOST: usize = 50;

/// Collects remarks.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    kept: Vec<String>,
    more: usize,
}

impl Warnings {
    pub(super) fn add(&mut self, message: impl FnOnce() -> String) {
        if self.kept.len() < MOST { self.kept.push(message()) } else { self.more += 1 }
    }

    pub(super) fn all(&mut self, messages: Vec<String>) {
        for message in messages {
            self.add(|| message);
        }
    }

    /// A remark on a line of the document, counted from 1.
    pub(super) fn line(&mut self, line: usize, message: &str) {
        self.add(|| format!("line {line}: {message}"));
    }

    pub(super) fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.kept.push(format!("and {} more warnings", self.more));
        }
        self.kept
    }
}
