//! The source of a segment as it is laid out for the eye: lines of words, with what is bold, code or a link.

use super::blocks::{self, Document, Form};
use super::lines::{self, Line};
use super::links::Resolver;
use super::{bare, text};

/// How notes are laid out; told from the whole of them, since a segment alone may not show whether they are HTML.
#[derive(Debug, Clone, Copy)]
pub struct Layout(Form);

/// One line for the eye, before it is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it looks like.
    pub shape: Shape,
    /// How many lists it stands in.
    pub depth: u8,
    /// An empty line parts it from the row before.
    pub parted: bool,
    /// Its words, in order; cells of a table are parted by tabs.
    pub runs: Vec<Run>,
}

/// What a row looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A heading of HTML.
    Heading,
    /// All that has no shape of its own; in a list, what follows the first line of an item.
    Paragraph,
    /// The first line of a list item, with its number in an ordered list.
    Item(Option<u32>),
    /// Preformatted: line ends and spaces stand as they are.
    Code,
    /// A row of a table.
    Cells,
}

/// Words set alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// As published; empty for a link without words.
    pub text: String,
    /// What stands for a picture that is a link.
    pub alt: Option<String>,
    /// Set bold.
    pub bold: bool,
    /// Set as code.
    pub code: bool,
    /// Where it leads: an absolute address of the web or of mail, as published.
    pub link: Option<String>,
}

impl Layout {
    /// The layout of all segments of these notes.
    pub fn of(notes: &str) -> Self {
        Self(Form::of(notes))
    }

    /// The rows of a segment, from its source.
    pub fn rows(self, html: &str) -> Vec<Row> {
        let document = self.0.read(html);
        let lines = lines::read(&document);
        let mut rows: Vec<Row> = Vec::with_capacity(lines.len());
        let mut before: Option<&Line> = None;
        for line in &lines {
            let runs = runs(&document, line);
            if runs.iter().all(|run| run.text.trim().is_empty() && run.link.is_none()) {
                continue;
            }
            rows.push(Row {
                shape: shape(line),
                depth: line.block.depth,
                parted: before.is_some_and(|before| text::parted(before, line)),
                runs,
            });
            before = Some(line);
        }
        rows
    }
}

impl Row {
    /// Its words.
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

fn shape(line: &Line) -> Shape {
    match line.block.shape {
        blocks::Shape::Heading(_) => Shape::Heading,
        blocks::Shape::Paragraph | blocks::Shape::Entry => Shape::Paragraph,
        blocks::Shape::Item(number) => Shape::Item(number),
        blocks::Shape::Code => Shape::Code,
        blocks::Shape::Row => Shape::Cells,
    }
}

fn runs(document: &Document<'_>, line: &Line) -> Vec<Run> {
    let mut out = Vec::with_capacity(line.runs.len());
    for run in line.runs {
        let words =
            Run { text: line.of_run(run).to_owned(), bold: run.bold, code: run.code, ..Run::default() };
        match run.link {
            Some(anchor) => out.push(linked(document, words, anchor)),
            None => push_with_addresses(&mut out, &words),
        }
    }
    out
}

fn linked(document: &Document<'_>, words: Run, anchor: u32) -> Run {
    let Some(anchor) = document.anchors.get(anchor as usize) else { return words };
    let alt = anchor.alt.clone().filter(|_| words.text.trim().is_empty());
    Run { link: Resolver { base: None }.address(&anchor.href), alt, ..words }
}

/// Addresses that stand in the text are links too.
fn push_with_addresses(out: &mut Vec<Run>, words: &Run) {
    let mut rest = words.text.as_str();
    for address in bare::addresses(&words.text) {
        let Some((before, after)) = rest.split_once(address) else { break };
        if !before.is_empty() {
            out.push(Run { text: before.to_owned(), link: None, ..words.clone() });
        }
        let link = Some(bare::with_scheme(address));
        out.push(Run { text: address.to_owned(), link, ..words.clone() });
        rest = after;
    }
    if !rest.is_empty() {
        out.push(Run { text: rest.to_owned(), ..words.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as text: depth, shape, then runs, links in brackets.
    fn told(notes: &str, piece: &str) -> Vec<String> {
        let run = |run: &Run| {
            let words = run.alt.as_deref().unwrap_or(&run.text);
            let words = if run.bold { format!("*{words}*") } else { words.to_owned() };
            run.link.as_ref().map_or(words.clone(), |url| format!("[{words}]({url})"))
        };
        let row = |row: &Row| {
            let words: String = row.runs.iter().map(run).collect();
            format!("{}{:?} {words}", row.depth, row.shape)
        };
        Layout::of(notes).rows(piece).iter().map(row).collect()
    }

    #[test]
    fn links_are_words_pictures_and_bare_addresses() {
        let html = "<p>See <a href=\"https://a.example/\"><b>this</b> page</a>, www.b.example.</p>\
                    <a href=\"https://c.example/\"><img src=\"x\" alt=\"A picture\"></a>\
                    <p><a href=\"javascript:x\">nothing</a> <a href=\"/relative\">here</a></p>";
        let want = [
            "0Paragraph See [*this *](https://a.example/)[page](https://a.example/), [www.b.example](http://www.b.example).",
            "0Paragraph [A picture](https://c.example/)",
            "0Paragraph nothing here",
        ];
        assert_eq!(told(html, html), want);
    }

    #[test]
    fn a_piece_is_read_as_the_whole_is() {
        assert_eq!(told("<p>x</p>one\ntwo", "one\ntwo"), ["0Paragraph one two"]);
        assert_eq!(told("x\none\ntwo", "one\ntwo"), ["0Paragraph one", "0Paragraph two"]);
        assert_eq!(told("&lt;p&gt;x&lt;/p&gt;y", "a &lt;br&gt; b"), ["0Paragraph a <br> b"]);
        let code = "<ol start=\"3\"><li>a</li></ol><pre>if a:\n  b</pre>";
        assert_eq!(told(code, code), ["1Item(Some(3)) a", "0Code if a:\n  b"]);
    }
}
