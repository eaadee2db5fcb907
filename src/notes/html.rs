//! HTML -> blocks.
//!
//! A stack of open elements, closed the forgiving way browsers do it: a block ends an open `<p>`, an `<li>` ends the
//! `<li>` before it, an end tag nobody opened is nothing. Bold, code and links opened inside a block end with it.

mod words;

use std::borrow::Cow;

use super::blocks::{Anchor, Block, Document, ROOT, Run, Scope, Shape};
use super::elements::{ELEMENTS, Role, element};
use crate::text::decode_references as decode;
use crate::text::markup::{Token, Tokens, attribute};
pub(super) use words::push_collapsed;

/// Reads HTML. `newlines`: the source has no elements that make lines, so its line ends do.
pub(super) fn read(source: Cow<'_, str>, newlines: bool) -> Document<'_> {
    let mut reader = Reader {
        text: String::with_capacity(source.len() / 2 + 64),
        runs: Vec::with_capacity(16),
        blocks: Vec::with_capacity(16),
        newlines,
        mark: (0, ROOT),
        counts: vec![0; ELEMENTS.len()],
        ..Reader::default()
    };
    for token in Tokens::new(&source) {
        match token {
            Token::Text(range) => reader.text(&source[range.clone()], range.start),
            Token::Start { name, attributes, range } => reader.start(name, attributes, range.end),
            Token::End { name, range } => reader.end(name, range.end),
            Token::Skipped(range) => reader.mark_at(range.end),
        }
    }
    reader.flush();
    let Reader { text, runs, mut blocks, anchors, scopes, .. } = reader;
    if let Some(first) = blocks.first_mut() {
        (first.start, first.scope) = (0, ROOT);
    }
    Document { source, text, runs, blocks, anchors, scopes }
}

/// How words are set.
#[derive(Debug, Clone, Copy, Default)]
struct Style {
    bold: u32,
    code: u32,
    link: Option<u32>,
}

/// An open element.
#[derive(Debug)]
struct Open {
    element: usize,
    scope: u32,
    /// The style outside it.
    style: Style,
}

/// An open list.
#[derive(Debug, Default)]
struct List {
    ordered: bool,
    /// The number of its next item.
    next: u32,
    /// Items open in it: an `<li>` ends the one before it.
    open_items: u32,
}

#[derive(Default)]
struct Reader {
    newlines: bool,
    text: String,
    runs: Vec<Run>,
    blocks: Vec<Block>,
    anchors: Vec<Anchor>,
    scopes: Vec<Scope>,
    open: Vec<Open>,
    /// How many of each element are open: an end tag that matches none must not walk the stack.
    counts: Vec<u32>,
    lists: Vec<List>,
    style: Style,
    heading: Option<u8>,
    pre: u32,
    cells: u32,
    /// An item began and has no block yet.
    item: Option<Shape>,
    /// The block being read: its runs are the last ones, up to the end.
    block: Option<Block>,
    /// It is a row, and has more than one cell.
    in_cells: bool,
    /// White space seen since the last word.
    gap: Option<char>,
    /// `<br>` since the last word.
    breaks: u32,
    /// Where the source of the next block begins, and the scope there.
    mark: (usize, u32),
}

impl Reader {
    fn scope(&self) -> u32 {
        self.open.last().map_or(ROOT, |open| open.scope)
    }

    /// What ends at `end` belongs to the blocks before.
    fn mark_at(&mut self, end: usize) {
        self.mark = (end, self.scope());
    }

    fn start(&mut self, name: &str, attributes: &str, end: usize) {
        let Some(element) = element(name) else { return };
        match ELEMENTS[element].1 {
            Role::Inline => {}
            Role::Bold => self.push_inline(element, |style| style.bold += 1),
            Role::Code => self.push_inline(element, |style| style.code += 1),
            Role::Anchor => self.anchor(element, attributes),
            Role::Area => {
                let link = self.new_anchor(attributes);
                self.word_run(Style { link, ..self.style }, end);
            }
            Role::Image => self.image(attributes, end),
            Role::Break => self.line_break(end),
            Role::Rule => {
                self.boundary();
                self.mark_at(end);
            }
            role => self.start_block(element, role, attributes),
        }
    }

    fn push_inline(&mut self, element: usize, change: impl FnOnce(&mut Style)) {
        let style = self.style;
        change(&mut self.style);
        self.counts[element] += 1;
        // Inline elements are not reopened around a cut: they share the scope they stand in.
        let scope = self.scope();
        self.open.push(Open { element, scope, style });
    }

    fn new_anchor(&mut self, attributes: &str) -> Option<u32> {
        let href = attribute(attributes, "href")?;
        // Line ends inside an address are no part of it, says the URL standard.
        let mut href = decode(href).trim().to_owned();
        if memchr::memchr3(b'\n', b'\r', b'\t', href.as_bytes()).is_some() {
            href.retain(|c| !matches!(c, '\n' | '\r' | '\t'));
        }
        self.anchors.push(Anchor { href, ..Anchor::default() });
        u32::try_from(self.anchors.len() - 1).ok()
    }

    fn anchor(&mut self, element: usize, attributes: &str) {
        if self.counts[element] > 0 && self.style.link.is_some() {
            self.close(element);
        }
        let link = self.new_anchor(attributes);
        self.push_inline(element, |style| style.link = link.or(style.link));
    }

    fn image(&mut self, attributes: &str, end: usize) {
        if let Some(link) = self.style.link
            && let Some(alt) = attribute(attributes, "alt").filter(|alt| !alt.is_empty())
        {
            let alt = decode(alt).into_owned();
            self.anchors[link as usize].alt.get_or_insert(alt);
        }
        if self.block.is_none() && self.style.link.is_none() {
            self.mark_at(end);
        }
    }

    fn line_break(&mut self, end: usize) {
        if self.heading.is_some() || self.block.is_some() && self.in_cells {
            self.gap = Some('\n');
            return;
        }
        if self.pre > 0 {
            self.code_text("\n", end);
            return;
        }
        self.flush();
        self.breaks += 1;
        self.mark_at(end);
    }

    fn start_block(&mut self, element: usize, role: Role, attributes: &str) {
        if self.open.last().is_some_and(|open| ELEMENTS[open.element].1 == Role::Paragraph) {
            self.pop();
        }
        match role {
            Role::Cell { .. } => self.separate_cell(),
            _ => self.boundary(),
        }
        if self.heading.is_some()
            && matches!(self.blocks.last().map(|last| last.shape), Some(Shape::Heading(_)))
        {
            // A heading that was never closed ends with its first line.
            self.heading = None;
        }
        match role {
            Role::Item => self.start_item(attributes),
            Role::List { ordered } => {
                let next = attribute(attributes, "start").and_then(|start| start.parse().ok()).unwrap_or(1);
                self.lists.push(List { ordered, next, open_items: 0 });
                self.item = None;
            }
            Role::Heading(level) => self.heading = Some(level),
            Role::Pre => self.pre += 1,
            Role::Cell { .. } => self.cells += 1,
            _ => {}
        }
        let style = self.style;
        if role == (Role::Cell { head: true }) {
            self.style.bold += 1;
        }
        self.counts[element] += 1;
        self.scopes.push(Scope { tag: ELEMENTS[element].0, parent: self.scope() });
        let scope = u32::try_from(self.scopes.len() - 1).unwrap_or(ROOT);
        self.open.push(Open { element, scope, style });
    }

    fn start_item(&mut self, attributes: &str) {
        if self.lists.last().is_some_and(|list| list.open_items > 0) {
            while let Some(closed) = self.pop() {
                if closed == Role::Item {
                    break;
                }
            }
        }
        let value = attribute(attributes, "value").and_then(|value| value.parse().ok());
        let number = self.lists.last_mut().and_then(|list| {
            let number = value.unwrap_or(list.next);
            list.next = number.saturating_add(1);
            list.open_items += 1;
            list.ordered.then_some(number)
        });
        self.item = Some(Shape::Item(number));
    }

    fn separate_cell(&mut self) {
        if self.block.as_ref().is_some_and(|block| block.shape == Shape::Row) {
            let end = self.text.len();
            self.runs.push(Run { text: end..end, at: self.mark.0, ..Run::default() });
            self.push_str("\t");
            self.in_cells = true;
            self.gap = None;
        }
    }

    fn end(&mut self, name: &str, end: usize) {
        if let Some(element) = element(name) {
            match ELEMENTS[element].1 {
                Role::Break => return self.line_break(end),
                Role::Inline | Role::Image | Role::Rule | Role::Area => {}
                _ if self.counts[element] > 0 => self.close(element),
                Role::Paragraph => self.boundary(),
                _ => {}
            }
        }
        self.mark_at(end);
    }

    /// Closes the innermost such element and all that is open in it.
    fn close(&mut self, element: usize) {
        if matches!(ELEMENTS[element].1, Role::Bold | Role::Code | Role::Anchor) {
            return self.close_inline(element);
        }
        while let Some(open) = self.open.last() {
            let found = open.element == element;
            self.pop();
            if found {
                break;
            }
        }
    }

    /// An inline element ends; blocks opened in it stay open.
    fn close_inline(&mut self, element: usize) {
        // Few inline elements stand between it and the top, unless blocks do: then only the style changes.
        let near = self.open.iter().rev().take(8).position(|open| open.element == element);
        match ELEMENTS[element].1 {
            Role::Bold => self.style.bold = self.style.bold.saturating_sub(1),
            Role::Code => self.style.code = self.style.code.saturating_sub(1),
            _ => {
                self.empty_anchor();
                self.style.link = None;
            }
        }
        if let Some(near) = near {
            self.open.remove(self.open.len() - 1 - near);
            self.counts[element] -= 1;
        }
    }

    /// A link without words is a link all the same.
    fn empty_anchor(&mut self) {
        if self.style.link.is_some_and(|link| !self.anchors[link as usize].shown) {
            self.word_run(self.style, self.mark.0);
        }
    }

    fn pop(&mut self) -> Option<Role> {
        let open = self.open.pop()?;
        let role = ELEMENTS[open.element].1;
        self.counts[open.element] -= 1;
        match role {
            Role::Bold | Role::Code => {}
            Role::Anchor => self.empty_anchor(),
            Role::Cell { .. } => self.cells -= 1,
            _ => self.boundary(),
        }
        match role {
            Role::List { .. } => {
                self.lists.pop();
            }
            Role::Item => {
                self.item = None;
                if let Some(list) = self.lists.last_mut() {
                    list.open_items = list.open_items.saturating_sub(1);
                }
            }
            Role::Heading(_) => self.heading = None,
            Role::Pre => self.pre -= 1,
            _ => {}
        }
        self.style = open.style;
        Some(role)
    }

    fn new_block(&mut self) -> Block {
        self.in_cells = false;
        let shape = if let Some(level) = self.heading {
            Shape::Heading(level)
        } else if self.pre > 0 {
            Shape::Code
        } else if let Some(item) = self.item.take() {
            item
        } else if self.cells > 0 {
            Shape::Row
        } else {
            Shape::Paragraph
        };
        Block {
            shape,
            depth: u8::try_from(self.lists.len().max(usize::from(matches!(shape, Shape::Item(_)))))
                .unwrap_or(u8::MAX),
            joined: self.breaks == 1,
            start: self.mark.0,
            scope: self.mark.1,
            inside: self.scope(),
            runs: self.runs.len()..self.runs.len(),
        }
    }

    /// A block element begins or ends.
    fn boundary(&mut self) {
        self.flush();
        self.breaks = 0;
    }

    fn flush(&mut self) {
        self.gap = None;
        let Some(mut block) = self.block.take() else { return };
        if block.shape == Shape::Code {
            self.trim_run();
        }
        // One cell is no table: it only lays out.
        if block.shape == Shape::Row && !self.in_cells {
            block.shape = Shape::Paragraph;
        }
        let runs = &self.runs[block.runs.start..];
        let start = runs.first().map_or(self.text.len(), |first| first.text.start);
        if !self.text[start..].trim_start().is_empty() || runs.iter().any(|run| run.link.is_some()) {
            self.breaks = 0;
            block.runs.end = self.runs.len();
            self.blocks.push(block);
        } else {
            self.text.truncate(start);
            self.runs.truncate(block.runs.start);
        }
    }
}
