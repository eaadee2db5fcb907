//! Blocks with what one line tells by itself: its words, its number, its time, how it looks.

use std::cell::OnceCell;

use super::blocks::{Block, Shape};
use super::labels;
use super::numbered::{self, Numbered};
use super::text::trimmed;
use super::times::{self, Timed};
use crate::model::SegmentKind;

/// A block and its signs.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) block: Block,
    /// Its words on one line.
    pub(super) text: String,
    pub(super) numbered: Option<Numbered>,
    pub(super) timed: Option<Timed>,
    /// The show says it in many episodes.
    pub(super) repeated: bool,
    announces: OnceCell<Option<SegmentKind>>,
    standing: OnceCell<bool>,
    words: OnceCell<usize>,
}

/// A line longer than this introduces nothing.
const LONGEST_HEADING: usize = 140;

/// A sign stands in the first characters of a line.
const LOOK_AHEAD: usize = 100;

/// Reads the signs of each block.
pub(super) fn read(blocks: Vec<Block>) -> Vec<Line> {
    let mut lines = Vec::with_capacity(blocks.len());
    for block in blocks {
        split(block, &mut lines);
    }
    lines
}

impl Line {
    fn new(block: Block) -> Self {
        let text = block.plain();
        let prose = block.shape != Shape::Code;
        let numbered = prose.then(|| numbered::read(text.trim_start())).flatten().map(|mut found| {
            let skipped = text.len() - text.trim_start().len();
            found.title_at += skipped;
            if let Some((_, title_at)) = &mut found.label {
                *title_at += skipped;
            }
            found
        });
        let timed = prose.then(|| times::read(&text)).flatten();
        Self {
            block,
            text,
            numbered,
            timed,
            repeated: false,
            announces: OnceCell::new(),
            standing: OnceCell::new(),
            words: OnceCell::new(),
        }
    }

    /// An `<h1>` to `<h6>`.
    pub(super) fn is_heading(&self) -> bool {
        matches!(self.block.shape, Shape::Heading(_))
    }

    pub(super) fn is_item(&self) -> bool {
        matches!(self.block.shape, Shape::Item(_))
    }

    /// Outside every list.
    pub(super) fn is_top(&self) -> bool {
        self.block.depth == 0 && self.block.shape != Shape::Code
    }

    /// Set apart like a heading: one, or a short line outside lists that is all bold.
    pub(super) fn is_lead(&self) -> bool {
        self.is_top()
            && (self.is_heading()
                || self.block.shape == Shape::Paragraph
                    && self.text.len() <= LONGEST_HEADING
                    && !self.text.trim_end().ends_with('.')
                    && self.block.is_bold())
    }

    /// How high it stands as a heading: 1 to 6, then bold lines, then the rest.
    pub(super) fn level(&self) -> u8 {
        match self.block.shape {
            Shape::Heading(level) => level,
            _ if self.is_lead() => 7,
            _ => 8,
        }
    }

    /// What kind of part it announces as a heading, or by its words before a colon.
    pub(super) fn announces(&self) -> Option<SegmentKind> {
        *self.announces.get_or_init(|| labels::heading(trimmed(self.before_colon().unwrap_or(&self.text))))
    }

    /// It is of the sentences that every episode repeats.
    pub(super) fn is_standing(&self) -> bool {
        self.repeated || *self.standing.get_or_init(|| labels::is_standing(&self.text))
    }

    /// How many words it has.
    pub(super) fn words(&self) -> usize {
        *self.words.get_or_init(|| self.text.split_whitespace().count())
    }

    /// Nothing but links.
    pub(super) fn is_links(&self) -> bool {
        let linked: usize =
            self.block.runs.iter().filter(|run| run.link.is_some()).map(|run| letters(&run.text)).sum();
        let bare = self.text.contains("http://") || self.text.contains("https://");
        bare || (linked > 0 && linked * 2 >= letters(&self.text))
    }

    pub(super) fn ends_with_colon(&self) -> bool {
        self.text.trim_end().ends_with([':', '：'])
    }

    /// What stands before its first colon, if that is short enough for a label.
    pub(super) fn before_colon(&self) -> Option<&str> {
        let at = self.text.find([':', '：'])?;
        let label = &self.text[..at];
        (label.chars().count() <= 60 && !self.text[at..].starts_with("://")).then_some(label)
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// A line break in the source is a space, unless what follows it begins something by itself.
fn split(mut block: Block, lines: &mut Vec<Line>) {
    let shown = block.runs.iter().position(|run| !run.text.trim().is_empty()).unwrap_or(0);
    let cuts: Vec<usize> = (shown + 1..block.runs.len())
        .filter(|&at| {
            block.shape == Shape::Paragraph
                && block.runs[at - 1].text.ends_with('\n')
                && begins_something(&block, at)
        })
        .collect();
    let mut runs = std::mem::take(&mut block.runs).into_iter().enumerate().peekable();
    for cut in cuts.into_iter().chain([usize::MAX]) {
        let mut piece = Block { runs: Vec::new(), ..block.clone() };
        while let Some((_, run)) = runs.next_if(|(at, _)| *at < cut) {
            piece.runs.push(run);
        }
        if let Some((_, next)) = runs.peek() {
            (block.start, block.scope, block.joined) = (next.at, block.inside, true);
            if let Some(last) = piece.runs.last_mut() {
                last.text.truncate(last.text.trim_end().len());
            }
        }
        lines.push(Line::new(piece));
    }
}

fn begins_something(block: &Block, at: usize) -> bool {
    let rest: String =
        block.runs[at..].iter().take(8).flat_map(|run| run.text.chars().take(LOOK_AHEAD)).collect();
    let rest = rest.trim_start();
    labels::opening(rest).is_some()
        || numbered::read(rest).is_some_and(|found| found.style == numbered::Style::Named)
        || times::read(rest.lines().next().unwrap_or_default()).is_some()
}
