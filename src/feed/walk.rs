//! Where the parts of a document stand: the elements of its channel, and its items as slices that need not be
//! read to be known by their digest.

use std::ops::Range;

use super::warnings::Warnings;
use super::xml::{Token, Tokens, local_of, prefix_of};

/// Open elements whose names are kept to find their ends; deeper ones are only counted.
const DEEPEST: usize = 256;

/// A channel of more elements is not about a show, and each would take a hundred times its length in memory.
const MOST_FIELDS: usize = 50_000;

/// What sort of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RSS 0.9x and 2.0, and RSS 1.0, which differs in where its items stand.
    Rss,
    Atom,
}

/// A document taken apart.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) format: Format,
    /// What stands between the brackets of the root's tag, and of the channel's.
    pub(super) outer_tags: Vec<&'a str>,
    /// The document has a channel (an Atom feed is its own).
    pub(super) has_channel: bool,
    /// The elements of the channel.
    pub(super) fields: Vec<Range<usize>>,
    /// The items.
    pub(super) items: Vec<Range<usize>>,
    /// The document ended before its root element did.
    pub(super) truncated: bool,
}

/// The format that a root element of this name has.
pub(super) fn format_of(name: &str) -> Option<Format> {
    match local_of(name).to_ascii_lowercase().as_str() {
        "rss" | "rdf" | "channel" => Some(Format::Rss),
        "feed" => Some(Format::Atom),
        _ => None,
    }
}

/// Takes the feed apart that begins at `from` in `text`, with the tag of its root. `None` if there is no root.
pub(super) fn walk<'a>(text: &'a str, from: usize, warnings: &mut Warnings) -> Option<Walk<'a>> {
    let mut tokens = Tokens::new(&text[from..]);
    let mut walker = None;
    while let Some((token, span)) = tokens.next() {
        let span = span.start + from..span.end + from;
        match (&mut walker, token) {
            (None, Token::Start { name, tag, empty }) => walker = Some(Walker::new(name, tag, empty)?),
            (Some(walker), Token::Start { name, tag, empty }) => {
                walker.start(name, tag, empty, span, warnings);
            }
            (Some(walker), Token::End(name)) => walker.end(name, span, warnings),
            _ => {}
        }
        // What is mended inside an element is remarked on when that is read.
        let between = walker.as_ref().is_some_and(|walker| walker.piece.is_none());
        for (at, what) in tokens.repairs.drain(..).filter(|_| between) {
            warnings.at(at + from, what);
        }
        if walker.as_ref().is_some_and(|walker| walker.closed) {
            break;
        }
    }
    let mut walker = walker?;
    if walker.closed {
        remark_on_rest(&mut tokens, from, warnings);
    } else {
        walker.cut_off(text, warnings);
    }
    if walker.passed_over > 0 {
        warnings.whole(format!(
            "{} elements of the channel beyond {MOST_FIELDS} were passed over",
            walker.passed_over
        ));
    }
    Some(walker.walk)
}

fn remark_on_rest(tokens: &mut Tokens<'_>, from: usize, warnings: &mut Warnings) {
    while let Some((token, span)) = tokens.next() {
        let blank = match token {
            Token::Text(text) => text.trim().is_empty(),
            token => matches!(token, Token::Aside),
        };
        if !blank {
            warnings.at(span.start + from, "what follows the end of the feed was passed over");
            return;
        }
    }
}

/// The element being passed over.
struct Piece<'a> {
    name: &'a str,
    is_item: bool,
    start: usize,
    /// The names open inside it.
    open: Vec<&'a str>,
    /// How many more are open below those.
    deeper: usize,
}

struct Walker<'a> {
    walk: Walk<'a>,
    root: &'a str,
    piece: Option<Piece<'a>>,
    /// How many fields there were when the last item ended, and whether that was for want of its own end.
    fields_before: usize,
    /// Elements of the channel beyond `MOST_FIELDS`.
    passed_over: usize,
    closed: bool,
}

impl<'a> Walker<'a> {
    fn new(root: &'a str, tag: &'a str, empty: bool) -> Option<Self> {
        let format = format_of(root)?;
        let has_channel = format == Format::Atom || local_of(root).eq_ignore_ascii_case("channel");
        let walk = Walk {
            format,
            outer_tags: vec![tag],
            has_channel,
            fields: Vec::new(),
            items: Vec::new(),
            truncated: false,
        };
        Some(Self { walk, root, piece: None, fields_before: 0, passed_over: 0, closed: empty })
    }

    /// Whether a tag begins or ends an item: by its local name, and a prefix that is the feed's own.
    fn is_item(&self, name: &str) -> bool {
        let local = match self.walk.format {
            Format::Rss => "item",
            Format::Atom => "entry",
        };
        let ends_so = name.len().checked_sub(local.len()).and_then(|at| name.get(at..));
        if !ends_so.is_some_and(|end| end.eq_ignore_ascii_case(local)) {
            return false;
        }
        let prefix = prefix_of(name);
        local_of(name).len() == local.len()
            && (prefix.is_empty() || prefix == prefix_of(self.root) || prefix == "rss")
    }

    fn is_channel(&self, name: &str) -> bool {
        let local = "channel";
        let ends_so = name.len().checked_sub(local.len()).and_then(|at| name.get(at..));
        self.walk.format == Format::Rss
            && ends_so.is_some_and(|end| end.eq_ignore_ascii_case(local))
            && (name.len() == local.len() || name.strip_suffix(local_of(name)) == self.own_prefix())
    }

    /// The prefix of the root with its colon.
    fn own_prefix(&self) -> Option<&'a str> {
        self.root.strip_suffix(local_of(self.root)).filter(|prefix| !prefix.is_empty())
    }

    fn start(
        &mut self,
        name: &'a str,
        tag: &'a str,
        empty: bool,
        span: Range<usize>,
        warnings: &mut Warnings,
    ) {
        let is_item = self.is_item(name);
        // An item may hold an empty one, which nobody wants to see.
        let is_part = empty && self.piece.as_ref().is_some_and(|piece| piece.is_item);
        if is_item && !is_part && self.piece.is_some() {
            warnings.at(
                span.start,
                format!("`<{name}>` begins before the element in front of it is closed: closed it"),
            );
            self.close(span.start);
        }
        let is_channel = self.is_channel(name);
        match &mut self.piece {
            Some(_) if empty => {}
            Some(piece) if piece.open.len() < DEEPEST => piece.open.push(name),
            Some(piece) => piece.deeper += 1,
            None if is_channel => self.channel(tag, span.start, warnings),
            None => {
                self.piece = Some(Piece { name, is_item, start: span.start, open: Vec::new(), deeper: 0 });
                if empty {
                    self.close(span.end);
                }
            }
        }
    }

    fn channel(&mut self, tag: &'a str, at: usize, warnings: &mut Warnings) {
        if self.walk.has_channel {
            warnings.at(
                at,
                "a second channel: it was read as part of the first, whose fields come before its own",
            );
        } else {
            self.walk.outer_tags.push(tag);
        }
        self.walk.has_channel = true;
    }

    fn end(&mut self, name: &str, span: Range<usize>, warnings: &mut Warnings) {
        if self.closes_outer(name) {
            if self.piece.is_some() {
                warnings.at(span.start, format!("`</{name}>` closed an element that was left open"));
                self.close(span.start);
            }
            self.closed = name.eq_ignore_ascii_case(self.root);
            return;
        }
        let is_item = self.is_item(name);
        match &mut self.piece {
            None => self.stray(name, is_item, span.start, warnings),
            Some(piece) if piece.is_item && is_item => self.close(span.end),
            Some(piece) => match piece.open.iter().rposition(|open| *open == name) {
                Some(_) if piece.deeper > 0 => piece.deeper -= 1,
                Some(depth) => piece.open.truncate(depth),
                None if !piece.is_item && piece.name == name => self.close(span.end),
                None => piece.deeper = piece.deeper.saturating_sub(1),
            },
        }
    }

    /// The end of the channel or of the document, unless an element of that name is open inside a piece.
    fn closes_outer(&self, name: &str) -> bool {
        let outer = name.eq_ignore_ascii_case(self.root) || self.is_channel(name);
        outer && !self.piece.as_ref().is_some_and(|piece| piece.name == name || piece.open.contains(&name))
    }

    fn stray(&mut self, name: &str, is_item: bool, at: usize, warnings: &mut Warnings) {
        if is_item && self.fields_before < self.walk.fields.len() && !self.walk.items.is_empty() {
            // They belong to the item that this tag ends, whose beginning another item had ended.
            self.walk.fields.truncate(self.fields_before);
            warnings.at(at, format!("`</{name}>` ends no item: what stood before it was passed over"));
        } else {
            let name: String = name.chars().take(40).collect();
            warnings.at(at, format!("`</{name}>` closes nothing and was passed over"));
        }
    }

    /// Ends the piece at `end`.
    fn close(&mut self, end: usize) {
        let Some(piece) = self.piece.take() else { return };
        if piece.is_item {
            self.walk.items.push(piece.start..end);
            self.fields_before = self.walk.fields.len();
        } else if self.walk.fields.len() < MOST_FIELDS {
            self.walk.fields.push(piece.start..end);
        } else {
            self.passed_over += 1;
        }
    }

    /// The text is over and the root is open: keeps what is whole.
    fn cut_off(&mut self, text: &str, warnings: &mut Warnings) {
        self.walk.truncated = true;
        warnings
            .at(text.len(), "the document ends before its root element does: what is missing is not known");
        // Also between two of its fields: half an item would be taken for an episode that never was.
        if let Some(piece) = &self.piece {
            warnings.at(piece.start, "the document ends inside this element, which was passed over");
        }
    }
}
