//! Notes as a sequence of blocks, a block being what a reader sees as one line: a heading, a paragraph or the part
//! of one between two `<br>`, a list item, a table row, a piece of code.

use std::borrow::Cow;
use std::ops::Range;

use super::{bullets, elements, html, inline, plain, soft};
use crate::text::decode_references as decode;
use crate::text::markup::{Token, Tokens};

/// All of the notes, in order.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    /// What was read: the notes as published, or unescaped once more when they were escaped twice.
    pub(super) source: Cow<'a, str>,
    /// The words of all blocks, one after the other: white space is one space, or `\n` where the source broke the
    /// line; verbatim in code.
    pub(super) text: String,
    /// Pieces of the text; those of one block touch each other.
    pub(super) runs: Vec<Run>,
    pub(super) blocks: Vec<Block>,
    /// The addresses of `<a href>`, as written, first to last.
    pub(super) anchors: Vec<Anchor>,
    /// Elements that blocks stand in; see [`Scope`].
    pub(super) scopes: Vec<Scope>,
}

/// One line.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) shape: Shape,
    /// How many lists it stands in.
    pub(super) depth: u8,
    /// Goes on in the element of the block before it, after a `<br>`.
    pub(super) joined: bool,
    /// Where its source begins: right after the source of the block before it.
    pub(super) start: usize,
    /// The innermost element open at `start`.
    pub(super) scope: u32,
    /// The innermost element open where its words begin.
    pub(super) inside: u32,
    /// Which of the runs are its own.
    pub(super) runs: Range<usize>,
}

/// What a block looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// `<h1>` to `<h6>`.
    Heading(u8),
    /// Everything without a shape of its own; in a list, what follows the first line of an item.
    #[default]
    Paragraph,
    /// The first line of a list item, with its number in an ordered list.
    Item(Option<u32>),
    /// Preformatted.
    Code,
    /// One of several subjects listed in one line.
    Entry,
    /// A table row; its cells are parted by tabs.
    Row,
}

/// Words set alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    /// Which piece of the text.
    pub(super) text: Range<usize>,
    pub(super) bold: bool,
    pub(super) code: bool,
    /// An index into the anchors.
    pub(super) link: Option<u32>,
    /// Where in the source it begins.
    pub(super) at: usize,
}

/// An `<a href>`.
#[derive(Debug, Clone, Default)]
pub(super) struct Anchor {
    pub(super) href: String,
    /// What it shows where it has no words: the `alt` of its picture.
    pub(super) alt: Option<String>,
    /// Some run is of it.
    pub(super) shown: bool,
}

/// An element, so that a piece of the source can be closed and reopened around a cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    pub(super) tag: &'static str,
    pub(super) parent: u32,
}

/// The scope outside every element.
pub(super) const ROOT: u32 = u32::MAX;

impl Document<'_> {
    /// What a run says.
    pub(super) fn of_run(&self, run: &Run) -> &str {
        &self.text[run.text.clone()]
    }

    /// The runs of a block.
    pub(super) fn runs_of(&self, block: &Block) -> &[Run] {
        &self.runs[block.runs.clone()]
    }

    /// The words of runs that touch.
    pub(super) fn of_runs(&self, runs: &[Run]) -> &str {
        match (runs.first(), runs.last()) {
            (Some(first), Some(last)) => &self.text[first.text.start..last.text.end],
            _ => "",
        }
    }
}

/// Reads notes, whatever they are.
pub(super) fn read(notes: &str) -> Document<'_> {
    match unescaped(notes) {
        Some((html, newlines)) => finish(html::read(Cow::Owned(html), newlines)),
        None => Form::shown_by(notes).read(notes),
    }
}

fn finish(mut document: Document<'_>) -> Document<'_> {
    inline::split(&mut document);
    bullets::mark(&mut document);
    soft::split(&mut document);
    document
}

/// Notes that were escaped twice, unescaped once; and whether their line ends make lines.
fn unescaped(notes: &str) -> Option<(String, bool)> {
    if !notes.contains("&lt;") || !matches!(Form::shown_by(notes), Form::Text) {
        return None;
    }
    let unescaped = decode(notes).into_owned();
    match Form::shown_by(&unescaped) {
        Form::Html { newlines } => Some((unescaped, newlines)),
        Form::Text => None,
    }
}

/// What notes are. A piece of them may not show it: it is told from the whole.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// They hold tags that HTML has. `newlines`: none of them makes lines, so line ends do.
    Html {
        newlines: bool,
    },
    Text,
}

impl Form {
    /// The form of what is read of notes: of their source, which a segment holds a piece of.
    pub(super) fn of(notes: &str) -> Self {
        match unescaped(notes) {
            Some((_, newlines)) => Self::Html { newlines },
            None => Self::shown_by(notes),
        }
    }

    /// Reads notes of this form, or a piece of their source.
    pub(super) fn read(self, source: &str) -> Document<'_> {
        finish(match self {
            Self::Html { newlines } => html::read(Cow::Borrowed(source), newlines),
            Self::Text => plain::read(source),
        })
    }

    fn shown_by(notes: &str) -> Self {
        let mut inline = false;
        for token in Tokens::new(notes) {
            match token {
                Token::Start { name, .. } | Token::End { name, .. } => match elements::makes_lines(name) {
                    Some(true) => return Self::Html { newlines: false },
                    Some(false) => inline = true,
                    None => {}
                },
                Token::Skipped(_) => inline = true,
                Token::Text(_) => {}
            }
        }
        if inline { Self::Html { newlines: notes.contains('\n') } } else { Self::Text }
    }
}
