//! Remarks gathered while reading, given their lines at the end.

use crate::model::Warning;

/// A document may be wrong in one way ten thousand times; so many remarks are enough to see it.
const MOST: usize = 500;

/// Remarks with their place as a byte offset, since lines are counted once, at the end.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Vec<(Option<usize>, Option<String>, String)>,
    more: usize,
}

impl Warnings {
    /// Adds a remark on what stands at `offset`.
    pub(super) fn at(&mut self, offset: usize, message: impl Into<String>) {
        self.push(Some(offset), message.into());
    }

    /// Adds a remark on the document as a whole.
    pub(super) fn whole(&mut self, message: impl Into<String>) {
        self.push(None, message.into());
    }

    fn push(&mut self, offset: Option<usize>, message: String) {
        if self.list.len() < MOST {
            self.list.push((offset, None, message));
        } else {
            self.more += 1;
        }
    }

    /// How many there are: to be given to [`Warnings::name_since`].
    pub(super) fn mark(&self) -> usize {
        self.list.len()
    }

    /// Says which item all remarks since `mark` are about.
    pub(super) fn name_since(&mut self, mark: usize, item: Option<&str>) {
        if mark >= self.list.len() {
            return;
        }
        let item = item.map(|item| item.chars().take(200).collect::<String>());
        for (_, name, _) in self.list.iter_mut().skip(mark) {
            name.clone_from(&item);
        }
    }

    /// The remarks in document order, with line numbers of `text`.
    pub(super) fn finish(mut self, text: &str) -> Vec<Warning> {
        self.list.sort_by_key(|(offset, ..)| *offset);
        let (mut line, mut counted) = (1, 0);
        let mut out: Vec<Warning> = Vec::with_capacity(self.list.len());
        for (offset, item, message) in self.list {
            let offset = offset.map(|offset| offset.min(text.len()));
            if let Some(offset) = offset {
                line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..offset]).count();
                counted = offset;
            }
            let warning = Warning { line: offset.map(|_| line), item, message };
            if out.last() != Some(&warning) {
                out.push(warning);
            }
        }
        if self.more > 0 {
            out.push(Warning { line: None, item: None, message: format!("and {} more remarks", self.more) });
        }
        out
    }
}
