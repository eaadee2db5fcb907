//! Text between tags -> runs of words, white space collapsed.

use std::borrow::Cow;

use super::{Reader, Style};
use crate::notes::blocks::Run;

impl Reader {
    /// Text between tags.
    pub(super) fn text(&mut self, raw: &str, at: usize) {
        if self.pre > 0 {
            let text = self.entities.decode(raw).into_owned();
            self.code_text(&text, at);
            self.mark_at(at + raw.len());
            return;
        }
        let mut start = at;
        for line in raw.split_inclusive('\n') {
            let mut entities = std::mem::take(&mut self.entities);
            self.words(&entities.decode(line), start);
            self.entities = entities;
            start += line.len();
            if self.newlines && line.ends_with('\n') {
                self.line_break(start);
            }
        }
        if !raw.trim().is_empty() {
            self.mark_at(at + raw.len());
        }
    }

    pub(super) fn code_text(&mut self, text: &str, at: usize) {
        let begins = self.block.is_none();
        let text = if begins { text.strip_prefix('\n').unwrap_or(text) } else { text };
        if begins && text.is_empty() {
            return;
        }
        let run = self.run_for(self.style, at);
        run.text.push_str(text);
    }

    pub(super) fn words(&mut self, text: &str, at: usize) {
        let inner = text.trim_matches(' ');
        if is_tidy(inner) {
            let gap = self.gap.or_else(|| text.starts_with(' ').then_some(' '));
            if inner.is_empty() {
                self.gap = gap;
                return;
            }
            self.open_run(gap, at);
            self.push_str(inner);
            self.gap = text.ends_with(' ').then_some(' ');
            return;
        }
        let mut gap = self.gap;
        let mut first = true;
        for word in text.split_inclusive(char::is_whitespace) {
            let bare = clean(word.trim_end());
            if !bare.is_empty() {
                if first || gap == Some('\n') {
                    self.open_run(gap, at);
                    first = false;
                } else if let Some(gap) = gap {
                    self.push_char(gap);
                }
                self.push_str(&bare);
                gap = None;
            }
            if word.ends_with('\n') {
                gap = Some('\n');
            } else if word.ends_with(char::is_whitespace) {
                gap = gap.or(Some(' '));
            }
        }
        self.gap = gap;
    }

    /// Puts white space before the next words and finds the run that they belong to.
    pub(super) fn open_run(&mut self, gap: Option<char>, at: usize) {
        let style = self.style;
        if let Some(gap) = gap
            && let Some(run) = self.block.as_mut().and_then(|block| block.runs.last_mut())
            && !run.text.ends_with('\t')
        {
            run.text.push(gap);
        }
        self.word_run(style, at);
    }

    pub(super) fn push_char(&mut self, c: char) {
        if let Some(run) = self.block.as_mut().and_then(|block| block.runs.last_mut()) {
            run.text.push(c);
        }
    }

    pub(super) fn push_str(&mut self, text: &str) {
        if let Some(run) = self.block.as_mut().and_then(|block| block.runs.last_mut()) {
            run.text.push_str(text);
        }
    }

    pub(super) fn word_run(&mut self, style: Style, at: usize) {
        self.run_for(style, at);
    }

    /// The run that text of this style goes on in, in the current block or a new one.
    pub(super) fn run_for(&mut self, style: Style, at: usize) -> &mut Run {
        let block = match self.block.take() {
            Some(block) => block,
            None => self.new_block(),
        };
        let block = self.block.insert(block);
        let run =
            Run { text: String::new(), bold: style.bold > 0, code: style.code > 0, link: style.link, at };
        let goes_on = block.runs.last().is_some_and(|last| {
            (last.bold, last.code, last.link) == (run.bold, run.code, run.link)
                && !last.text.ends_with(['\n', '\t'])
        });
        if !goes_on {
            block.runs.push(run);
        }
        let last = block.runs.len() - 1;
        &mut block.runs[last]
    }
}

/// Plain words with one space between them, as most are: nothing to collapse or to clean.
fn is_tidy(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) && !text.contains("  ")
}

/// A word without characters that nobody sees.
fn clean(word: &str) -> Cow<'_, str> {
    const UNSEEN: &[char] = &['\u{200b}', '\u{feff}', '\u{2060}', '\u{ad}', '\u{200e}', '\u{200f}'];
    if word.is_ascii() {
        return if word.contains(|c: char| c.is_ascii_control()) {
            Cow::Owned(word.chars().filter(|c| !c.is_control()).collect())
        } else {
            Cow::Borrowed(word)
        };
    }
    if word.contains(|c: char| UNSEEN.contains(&c) || c.is_control()) {
        return Cow::Owned(word.chars().filter(|c| !UNSEEN.contains(c) && !c.is_control()).collect());
    }
    Cow::Borrowed(word)
}

/// Appends text with its white space collapsed.
pub(in crate::notes) fn push_collapsed(out: &mut String, text: &str) {
    for word in text.split_whitespace() {
        let word = clean(word);
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word);
    }
}
