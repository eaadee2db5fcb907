//! Blocks with what one line tells by itself: its words, its number, its time, how it looks.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::blocks::{Block, Document, Run, Shape};
use super::labels;
use super::numbered::{self, Numbered};
use super::text::trimmed;
use super::times::{self, Timed};
use super::{bare, spaces};
use crate::model::SegmentKind;

/// A block and its signs.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) block: Block,
    pub(super) runs: &'a [Run],
    /// Its words on one line.
    pub(super) text: Cow<'a, str>,
    pub(super) numbered: Option<Numbered>,
    pub(super) timed: Option<Timed>,
    /// The show says it in many episodes.
    pub(super) repeated: bool,
    announces: OnceCell<Option<SegmentKind>>,
    standing: OnceCell<bool>,
    words: OnceCell<usize>,
}

/// A label has no more characters.
const LONGEST_LABEL: usize = 60;

/// A label ends before this, its dash included.
const FARTHEST_DASH: usize = 45;

/// A line longer than this introduces nothing.
const LONGEST_HEADING: usize = 140;

/// A line with a link and more words than this is prose.
const LONGEST_REFERENCE: usize = 14;

/// Reads the signs of each block.
pub(super) fn read<'a>(document: &'a Document<'_>) -> Vec<Line<'a>> {
    document.blocks.iter().map(|block| Line::new(document, block)).collect()
}

impl<'a> Line<'a> {
    fn new(document: &'a Document<'_>, block: &Block) -> Self {
        let runs = document.runs_of(block);
        let mut text = Cow::Borrowed(document.of_runs(runs));
        if block.shape != Shape::Code && text.contains('\n') {
            text = Cow::Owned(text.replace('\n', " "));
        }
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
            block: block.clone(),
            runs,
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
                    && self.is_bold())
    }

    /// How high it stands as a heading: 1 to 6, then bold lines, then the rest.
    pub(super) fn level(&self) -> u8 {
        match self.block.shape {
            Shape::Heading(level) => level,
            _ if self.is_lead() => 7,
            _ => 8,
        }
    }

    /// What a run of it says.
    pub(super) fn of_run(&self, run: &Run) -> &str {
        let start = self.runs.first().map_or(0, |first| first.text.start);
        &self.text[run.text.start - start..run.text.end - start]
    }

    /// Its first link.
    pub(super) fn first_link(&self) -> Option<u32> {
        self.runs.iter().find_map(|run| run.link)
    }

    /// All of its words are bold or links.
    pub(super) fn stands_out(&self) -> bool {
        self.all_words(|run| run.bold || run.link.is_some())
    }

    /// All of its words are bold.
    fn is_bold(&self) -> bool {
        self.all_words(|run| run.bold)
    }

    fn all_words(&self, test: impl Fn(&Run) -> bool) -> bool {
        let mut words =
            self.runs.iter().filter(|run| self.of_run(run).chars().any(char::is_alphanumeric)).peekable();
        words.peek().is_some() && words.all(test)
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
        *self.words.get_or_init(|| count_words(&self.text))
    }

    /// Nothing but links.
    pub(super) fn is_links(&self) -> bool {
        let linked: usize =
            self.runs.iter().filter(|run| run.link.is_some()).map(|run| letters(self.of_run(run))).sum();
        let bare = || self.text.contains("http://") || self.text.contains("https://");
        bare::holds_scheme(self.text.as_bytes()) && bare()
            || (linked > 0 && linked * 2 >= letters(&self.text))
    }

    pub(super) fn ends_with_colon(&self) -> bool {
        self.text.trim_end().ends_with([':', '：'])
    }

    /// No word and no link: `---`, `* * *`; or a mark that a template left: `[shownotes id="a"]`.
    pub(super) fn is_rule(&self) -> bool {
        let text = self.text.trim();
        let template = text.starts_with('[') && text.ends_with("\"]") && text.len() < LONGEST_HEADING;
        self.first_link().is_none() && (template || !text.chars().any(char::is_alphanumeric))
    }

    /// It introduces what follows by its last sign, or by the brackets around it: `Links:`, `【Links】`.
    pub(super) fn is_label_like(&self) -> bool {
        let text = self.text.trim().trim_matches('*');
        self.ends_with_colon()
            || [('[', ']'), ('【', '】'), ('「', '」'), ('〈', '〉'), ('《', '》')]
                .iter()
                .any(|(open, close)| text.starts_with(*open) && text.ends_with(*close))
    }

    /// A link with few words around it.
    pub(super) fn refers(&self) -> bool {
        self.is_links() || self.first_link().is_some() && self.words() <= LONGEST_REFERENCE
    }

    /// What stands before its first dash: `Guest – Ada`.
    pub(super) fn before_dash(&self) -> Option<&str> {
        let head = &self.text[..self.text.floor_char_boundary(FARTHEST_DASH)];
        let at = [" - ", " – ", " — "].iter().filter_map(|dash| head.find(dash)).min()?;
        Some(head[..at].trim())
    }

    /// What stands before its first colon, if that is short enough for a label.
    pub(super) fn before_colon(&self) -> Option<&str> {
        let at = self.colon()?;
        let label = &self.text[..at];
        let short = at <= LONGEST_LABEL || label.chars().count() <= LONGEST_LABEL;
        (short && !self.text[at..].starts_with("://")).then_some(label)
    }

    /// The first colon, where a label may end.
    fn colon(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let bytes = &bytes[..bytes.len().min(4 * LONGEST_LABEL + '：'.len_utf8())];
        let wide = '：'.encode_utf8(&mut [0; 4]).as_bytes()[0];
        memchr::memchr2_iter(b':', wide, bytes).find(|at| self.text[*at..].starts_with([':', '：']))
    }
}

/// Scripts without spaces have about a word in two characters.
/// Nothing is decided by more words than this.
const MOST_COUNTED: usize = 100;

fn count_words(text: &str) -> usize {
    let spaced = spaces::words(text).take(MOST_COUNTED).count();
    if text.is_ascii() {
        return spaced;
    }
    let dense =
        |c: &char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{0e00}'..='\u{0e7f}');
    spaced + text.chars().take(4 * MOST_COUNTED).filter(dense).count() / 2
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}
