//! Plain text -> blocks: a line is a block, indentation and bullets make lists.

use std::borrow::Cow;

use super::blocks::{Block, Document, ROOT, Run, Shape};
use super::bullets::after_bullet;
use super::html::push_collapsed;
use crate::text::decode_references as decode;

/// Reads plain text. References such as `&amp;` are decoded: feeds leave them in text too.
pub(super) fn read(notes: &str) -> Document<'_> {
    let mut document = Document { source: Cow::Borrowed(notes), ..Document::default() };
    let mut start = 0;
    let mut after_text = false;
    let mut after_item = false;
    for line in notes.split_inclusive('\n') {
        let at = start;
        start += line.len();
        if line.trim().is_empty() {
            after_text = false;
            continue;
        }
        let text = decode(line.trim());
        let indent = line.chars().take_while(|c| c.is_whitespace()).map(width).sum::<usize>();
        let mut block =
            Block { start: at, scope: ROOT, inside: ROOT, joined: after_text, ..Block::default() };
        let heading = heading(&text);
        let words = match after_bullet(&text) {
            _ if heading.is_some() => heading.map_or(text.as_ref(), |(level, words)| {
                block.shape = Shape::Heading(level);
                words
            }),
            Some((words, sure)) if sure || indent > 0 || after_item || next_is_bulleted(&notes[start..]) => {
                block.shape = Shape::Item(None);
                block.depth = u8::try_from(1 + indent / 2).unwrap_or(u8::MAX).min(9);
                words
            }
            _ => &text,
        };
        let begin = document.text.len();
        push_collapsed(&mut document.text, words);
        if document.text.len() == begin {
            continue;
        }
        block.runs = document.runs.len()..document.runs.len() + 1;
        document.runs.push(Run { text: begin..document.text.len(), at, ..Run::default() });
        after_item = matches!(block.shape, Shape::Item(_));
        document.blocks.push(block);
        after_text = true;
    }
    if let Some(first) = document.blocks.first_mut() {
        first.start = 0;
    }
    document
}

/// `## Links`, as Markdown has it; `# 6` is a number.
fn heading(line: &str) -> Option<(u8, &str)> {
    let words = line.trim_start_matches('#');
    let level = u8::try_from(line.len() - words.len()).ok().filter(|level| (1..=6).contains(level))?;
    let rest = words.trim_end_matches('#').trim();
    (words.starts_with(' ') && rest.starts_with(char::is_alphabetic)).then_some((level, rest))
}

fn width(c: char) -> usize {
    if c == '\t' { 4 } else { 1 }
}

fn next_is_bulleted(rest: &str) -> bool {
    rest.lines().next().is_some_and(|line| after_bullet(line.trim()).is_some())
}
