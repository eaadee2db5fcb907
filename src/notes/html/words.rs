//! Text between tags -> runs of words, white space collapsed.

use std::borrow::Cow;

use super::{Reader, Style};
use crate::notes::blocks::Run;
use crate::text::decode_references as decode;

impl Reader {
    /// Text between tags.
    pub(super) fn text(&mut self, raw: &str, at: usize) {
        if self.pre > 0 {
            self.code_text(&decode(raw), at);
            self.mark_at(at + raw.len());
            return;
        }
        let mut start = at;
        for line in raw.split_inclusive('\n') {
            self.words(&decode(line), start);
            start += line.len();
            if self.newlines && line.ends_with('\n') {
                self.line_break(start);
            }
        }
        if !raw.trim_start().is_empty() {
            self.mark_at(at + raw.len());
        }
    }

    pub(super) fn code_text(&mut self, text: &str, at: usize) {
        let begins = self.block.is_none();
        let text = if begins { text.strip_prefix('\n').unwrap_or(text) } else { text };
        if begins && text.is_empty() {
            return;
        }
        self.word_run(self.style, at);
        self.push_str(text);
    }

    pub(super) fn words(&mut self, text: &str, at: usize) {
        let led = text.len() - text.trim_ascii_start().len();
        let inner = text.trim_ascii();
        if !is_tidy(inner) || text[..led].contains('\n') && !inner.is_empty() {
            return self.odd_words(text, at);
        }
        let mut gap = self.gap.or((led > 0).then_some(' '));
        if !inner.is_empty() {
            self.open_run(gap, at);
            self.push_str(inner);
            gap = (led + inner.len() < text.len()).then_some(' ');
        }
        self.gap = if text[led + inner.len()..].contains('\n') || inner.is_empty() && text.contains('\n') {
            Some('\n')
        } else {
            gap
        };
    }

    /// Words with white space to collapse, or characters to leave out.
    fn odd_words(&mut self, text: &str, at: usize) {
        let mut gap = self.gap;
        let mut first = true;
        for word in text.split_inclusive(char::is_whitespace) {
            let bare = clean(word.trim_end());
            if !bare.is_empty() {
                if first || gap == Some('\n') {
                    self.open_run(gap, at);
                    first = false;
                } else if gap.is_some() {
                    self.push_str(" ");
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
        if let Some(gap) = gap
            && self.block.is_some()
            && !self.run_ends_with(b"\t")
        {
            self.push_str(if gap == '\n' { "\n" } else { " " });
        }
        self.word_run(self.style, at);
    }

    /// Appends to the last run.
    pub(super) fn push_str(&mut self, text: &str) {
        if let Some(run) = self.runs.last_mut() {
            self.text.push_str(text);
            run.text.end = self.text.len();
        }
    }

    fn run_ends_with(&self, ends: &[u8]) -> bool {
        let last = self.runs.last().filter(|run| !run.text.is_empty());
        last.and(self.text.as_bytes().last()).is_some_and(|byte| ends.contains(byte))
    }

    /// Takes white space off the end of the last run.
    pub(super) fn trim_run(&mut self) {
        if let Some(run) = self.runs.last_mut() {
            run.text.end = run.text.start + self.text[run.text.clone()].trim_end().len();
            self.text.truncate(run.text.end);
        }
    }

    /// Makes the last run the one that text of this style goes on in, in the current block or a new one.
    pub(super) fn word_run(&mut self, style: Style, at: usize) {
        let begins = self.block.is_none();
        if begins {
            self.block = Some(self.new_block());
        }
        let end = self.text.len();
        let run = Run { text: end..end, bold: style.bold > 0, code: style.code > 0, link: style.link, at };
        let goes_on = !begins
            && self
                .runs
                .last()
                .is_some_and(|last| (last.bold, last.code, last.link) == (run.bold, run.code, run.link))
            && !self.run_ends_with(b"\n\t");
        if !goes_on {
            if let Some(link) = style.link {
                self.anchors[link as usize].shown = true;
            }
            self.runs.push(run);
        }
    }
}

/// Words with one space between them and no characters to leave out, as most are. Some that are tidy are not seen.
fn is_tidy(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without a way out these loops go over many bytes at a time.
    let pairs = bytes.iter().zip(&bytes[bytes.len().min(1)..]);
    let doubled = pairs.fold(0, |doubled, (a, b)| doubled | u8::from(*a == b' ') & u8::from(*b == b' ')) == 1;
    let plain = bytes.iter().fold(true, |plain, byte| plain & (b' '..0x7f).contains(byte));
    !doubled && (plain || are_seen(bytes))
}

fn are_seen(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, &byte)| match byte {
        b' '..0x7f => true,
        // Lead bytes of white space, controls and characters that nobody sees: `U+80` to `U+AD`, `U+1680`,
        // `U+2000` to `U+206F`, `U+3000`, `U+FEFF`.
        0xc2 => bytes.get(at + 1).is_some_and(|next| !(0x80..=0xad).contains(next)),
        0xe1 | 0xe3 => !matches!(bytes.get(at + 1), Some(0x80 | 0x9a)),
        0xe2 => is_seen(&bytes[at + 1..]),
        0xef => bytes.get(at + 1) != Some(&0xbb),
        _ => byte >= 0x80,
    })
}

/// After `0xe2`: quotes, dashes and bullets stand between spaces and marks of direction.
fn is_seen(rest: &[u8]) -> bool {
    match rest {
        [0x80, last, ..] => (0x90..0xa8).contains(last) || *last >= 0xb0,
        [0x81, ..] => false,
        _ => true,
    }
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
    if is_tidy(text.trim_ascii()) {
        return out.push_str(text.trim_ascii());
    }
    let begin = out.len();
    for word in text.split_whitespace() {
        let word = clean(word);
        if word.is_empty() {
            continue;
        }
        if out.len() > begin {
            out.push(' ');
        }
        out.push_str(&word);
    }
}
