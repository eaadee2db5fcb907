//! Markup as tokens, going on where the document is broken.
//!
//! What can't be split as XML has it (a bare `<`, a quote left open, a document cut short) is settled by reading on
//! from a little further. The bytes read twice are counted against a budget, so that no document takes more than
//! linear time.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr, memchr3_iter};
use quick_xml::Reader;
use quick_xml::events::Event;

/// A piece of a document.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::feed) enum Token<'a> {
    /// `<name ...>`; `tag` is all between the brackets, without a closing `/`.
    Start {
        name: &'a str,
        tag: &'a str,
        empty: bool,
    },
    /// `</name>`.
    End(&'a str),
    /// All up to the next markup, as it is written.
    Text(&'a str),
    Cdata(&'a str),
    Doctype,
    /// Comments, processing instructions, the XML declaration.
    Aside,
}

/// An attribute value with a `<` in it is believed if it ends on the same line, this soon (bytes).
const LONGEST_ODD_VALUE: usize = 1024;

const CDATA: &str = "<![CDATA[";
static CDATA_BEGIN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(CDATA));
static CDATA_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("]]>"));
static COMMENT_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-->"));
static INSTRUCTION_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("?>"));

/// The tokens of a text.
pub(in crate::feed) struct Tokens<'a> {
    text: &'a str,
    /// Where in `text` the next token begins.
    at: usize,
    /// How many bytes may still be read a second time.
    spare: usize,
    /// The text ended inside a tag, comment or CDATA section.
    pub(in crate::feed) cut: bool,
    /// What was mended since it was last asked, with the place.
    pub(in crate::feed) repairs: Vec<(usize, &'static str)>,
}

impl<'a> Tokens<'a> {
    pub(in crate::feed) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            spare: text.len().saturating_mul(2).saturating_add(1 << 16),
            cut: false,
            repairs: Vec::new(),
        }
    }

    /// Reads on from `at`, which lies before `end`, as far as the text was read. False if the budget is spent.
    fn back_to(&mut self, at: usize, end: usize) -> bool {
        let Some(spare) = self.spare.checked_sub(end.saturating_sub(at)) else {
            self.at = self.text.len();
            return false;
        };
        self.spare = spare;
        self.at = at;
        true
    }

    /// The next token and where it stands; `None` at the end.
    pub(in crate::feed) fn next(&mut self) -> Option<(Token<'a>, Range<usize>)> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..)?;
        match rest {
            [] => None,
            [b'<', b'/', ..] => self.end(start),
            [b'<', b'!', ..] => self.declaration(start),
            [b'<', b'?', ..] => match INSTRUCTION_END.find(&rest[2..]) {
                Some(length) => Some(self.aside(Token::Aside, start, length + 4)),
                None => self.unreadable(start),
            },
            [b'<', ..] => self.start(start),
            _ => {
                self.at = memchr(b'<', rest).map_or(self.text.len(), |length| start + length);
                Some((Token::Text(&self.text[start..self.at]), start..self.at))
            }
        }
    }

    fn aside(&mut self, token: Token<'a>, start: usize, length: usize) -> (Token<'a>, Range<usize>) {
        self.at = start + length;
        (token, start..self.at)
    }

    /// `<!` at `start`.
    fn declaration(&mut self, start: usize) -> Option<(Token<'a>, Range<usize>)> {
        let rest = &self.text[start..];
        if let Some(inside) = rest.strip_prefix(CDATA) {
            return match CDATA_END.find(inside.as_bytes()) {
                Some(length) => Some(self.cdata(start, start + CDATA.len() + length + 3)),
                None => self.unreadable(start),
            };
        }
        if let Some(inside) = rest.strip_prefix("<!--") {
            return match COMMENT_END.find(inside.as_bytes()) {
                Some(length) => Some(self.aside(Token::Aside, start, length + 7)),
                None => self.unreadable(start),
            };
        }
        match doctype(rest) {
            Some(length) => Some(self.aside(Token::Doctype, start, length)),
            None => self.unreadable(start),
        }
    }

    /// `<` at `start`, and no `/`, `!` or `?` behind it.
    fn start(&mut self, start: usize) -> Option<(Token<'a>, Range<usize>)> {
        let inner = &self.text[start + 1..];
        let bytes = inner.as_bytes();
        let name_end = bytes.iter().position(|byte| ends_name(*byte)).unwrap_or(bytes.len());
        // Most tags are but a name.
        if bytes.get(name_end) == Some(&b'>') && bytes[0].is_ascii_alphabetic() {
            let name = &inner[..name_end];
            self.at = start + name_end + 2;
            return Some((Token::Start { name, tag: name, empty: false }, start..self.at));
        }
        match tag_end(&bytes[name_end..]) {
            Some(length) => self.start_tag(start, start + 1 + name_end + length + 1),
            None => self.unreadable(start),
        }
    }

    /// `</` at `start`.
    fn end(&mut self, start: usize) -> Option<(Token<'a>, Range<usize>)> {
        let inner = &self.text[start + 2..];
        let bytes = inner.as_bytes();
        let name_end = bytes.iter().position(|byte| ends_name(*byte)).unwrap_or(bytes.len());
        if bytes.get(name_end) == Some(&b'>') {
            self.at = start + name_end + 3;
            return Some((Token::End(&inner[..name_end]), start..self.at));
        }
        match tag_end(&bytes[name_end..]) {
            Some(length) => Some(self.end_tag(start, start + 2 + name_end + length + 1)),
            None => self.unreadable(start),
        }
    }

    fn start_tag(&mut self, start: usize, end: usize) -> Option<(Token<'a>, Range<usize>)> {
        let inner = self.text[start + 1..end].strip_suffix('>').unwrap_or(&self.text[start + 1..end]);
        if !inner.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') {
            return self.bare(start, end, "a bare `<` was taken for text");
        }
        let (inner, end) = match broken_at(inner) {
            Some((cut, skip)) if self.back_to(start + 1 + cut + skip, end) => {
                self.repairs.push((start, "a tag without its `>` was closed where the next one begins"));
                (&inner[..cut], start + 1 + cut + skip)
            }
            Some(_) if end == self.text.len() => {
                self.cut = true;
                return None;
            }
            _ => (inner, end),
        };
        self.at = end;
        let empty = inner.ends_with('/');
        let tag = inner.strip_suffix('/').unwrap_or(inner);
        let name_end = tag.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'/');
        let name = &tag[..name_end.unwrap_or(tag.len())];
        Some((Token::Start { name, tag, empty }, start..end))
    }

    fn end_tag(&mut self, start: usize, end: usize) -> (Token<'a>, Range<usize>) {
        let inner = &self.text[start + 2..end - 1];
        let (inner, end) = match inner.find('<') {
            Some(cut) if self.back_to(start + 2 + cut, end) => (&inner[..cut], start + 2 + cut),
            _ => (inner, end),
        };
        self.at = end;
        (Token::End(inner.split_ascii_whitespace().next().unwrap_or("")), start..end)
    }

    /// A CDATA section. One that holds the end of an element and the beginning of another section was never
    /// closed: what looks like its end is that of the other.
    fn cdata(&mut self, start: usize, end: usize) -> (Token<'a>, Range<usize>) {
        let inside = self.text.get(start + 9..end - 3).unwrap_or("");
        let swallowed = CDATA_BEGIN.find(inside.as_bytes()).is_some_and(|next| {
            let before = &inside[..next];
            ["</item>", "</entry>", "</title>", "</description>"].iter().any(|mark| before.contains(mark))
        });
        if swallowed && self.back_to(start + 9, end) {
            self.repairs.push((start, "a CDATA section that never ends was read as markup"));
            return (Token::Aside, start..start + 9);
        }
        self.at = end;
        (Token::Cdata(inside), start..end)
    }

    /// Takes the `<` at `start` for text.
    fn bare(&mut self, start: usize, end: usize, why: &'static str) -> Option<(Token<'a>, Range<usize>)> {
        if !self.back_to(start + 1, end) {
            self.cut = true;
            return None;
        }
        self.repairs.push((start, why));
        Some((Token::Text("<"), start..start + 1))
    }

    /// Markup that has no end, or is none of XML's: leaves its opening out and reads on behind it.
    fn unreadable(&mut self, start: usize) -> Option<(Token<'a>, Range<usize>)> {
        let rest = &self.text[start..];
        let end = self.text.len();
        if rest[1..].starts_with(|c: char| c.is_alphabetic()) && broken_at(&rest[1..]).is_some() {
            return self.start_tag(start, end);
        }
        let (length, why) = match rest {
            _ if rest.starts_with("<![CDATA[") => (9, "a CDATA section that never ends was read as markup"),
            _ if rest.starts_with("<!--") => (4, "a comment that never ends was read as markup"),
            _ => (1, "markup that never ends was taken for text"),
        };
        self.cut |= !(rest.starts_with("<!") && rest.contains('>')) || length > 1;
        if length == 1 {
            return self.bare(start, end, why);
        }
        if !self.back_to(start + length, end) {
            return None;
        }
        self.repairs.push((start, why));
        Some((Token::Aside, start..start + length))
    }
}

/// Whether a byte ends the name of a sound tag.
fn ends_name(byte: u8) -> bool {
    matches!(byte, b'>' | b'<' | b'/' | b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

/// Where the `>` of a tag is: the first one outside quotes.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let mut open = None;
    for at in memchr3_iter(b'>', b'"', b'\'', bytes) {
        match (open, bytes[at]) {
            (None, b'>') => return Some(at),
            (None, quote) => open = Some(quote),
            (Some(quote), byte) if quote == byte => open = None,
            _ => {}
        }
    }
    None
}

/// The length of the document type declaration that `text` begins with. It is rare, and may hold all sorts of
/// brackets and quotes: quick-xml knows how they nest.
fn doctype(text: &str) -> Option<usize> {
    let mut reader = Reader::from_str(text);
    match reader.read_event() {
        Ok(Event::DocType(_)) | Err(quick_xml::Error::IllFormed(_)) => {
            Some((reader.buffer_position() as usize).min(text.len()))
        }
        _ => None,
    }
}

/// Where a tag that swallowed the next one should have ended, and how many bytes of it to pass over.
fn broken_at(inner: &str) -> Option<(usize, usize)> {
    let bytes = inner.as_bytes();
    let mut from = 0;
    while let Some(less) = memchr(b'<', &bytes[from..]).map(|at| at + from) {
        let Some((opened, quote)) = open_quote(&bytes[from..less]).map(|(at, quote)| (at + from, quote))
        else {
            return Some((less, 0));
        };
        let window = &bytes[less..bytes.len().min(less + LONGEST_ODD_VALUE)];
        match window.iter().position(|byte| *byte == quote || *byte == b'\n') {
            Some(close) if window[close] == quote => from = less + close + 1,
            _ => {
                let closed = inner[opened..less].find('>').map(|at| (opened + at, 1));
                return Some(closed.unwrap_or((less, 0)));
            }
        }
    }
    None
}

/// The quote left open at the end of `bytes`: where, and which.
fn open_quote(bytes: &[u8]) -> Option<(usize, u8)> {
    bytes.iter().enumerate().fold(None, |open, (at, byte)| match (open, byte) {
        (None, b'"' | b'\'') => Some((at, *byte)),
        (Some((_, quote)), byte) if quote == *byte => None,
        _ => open,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> (Vec<String>, bool) {
        let mut tokens = Tokens::new(text);
        let mut out = Vec::new();
        while let Some((token, span)) = tokens.next() {
            out.push(match token {
                Token::Start { name, empty, .. } => format!("<{name}{}>", if empty { "/" } else { "" }),
                Token::End(name) => format!("</{name}>"),
                Token::Text(text) => text.to_owned(),
                Token::Cdata(text) => format!("[{text}]"),
                Token::Doctype => "doctype".to_owned(),
                Token::Aside => "aside".to_owned(),
            });
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        }
        (out, tokens.cut)
    }

    #[test]
    fn a_sound_document_is_split() {
        let (got, cut) = tokens(
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a x='1'>t&amp;<![CDATA[<q>]]><b/></a >",
        );
        assert_eq!(got, ["aside", "doctype", "<a>", "t&amp;", "[<q>]", "<b/>", "</a>"]);
        assert!(!cut);
    }

    #[test]
    fn broken_markup_is_read_on() {
        assert_eq!(tokens("<t>1 < 2 && 3</t>").0, ["<t>", "1 ", "<", " 2 && 3", "</t>"]);
        assert_eq!(tokens("<a href=\"x>y</a>\n<b>").0, ["<a>", "y", "</a>", "\n", "<b>"]);
        assert_eq!(tokens("<a <b>x</b></a>").0, ["<a>", "<b>", "x", "</b>", "</a>"]);
        assert_eq!(tokens("<a t=\"1 < 2\">x</a>").0, ["<a>", "x", "</a>"]);
        assert_eq!(tokens("</a<b>").0, ["</a>", "<b>"]);
    }

    #[test]
    fn a_cut_is_told() {
        assert_eq!(tokens("<a><encl"), (vec!["<a>".into(), "<".into(), "encl".into()], true));
        assert_eq!(
            tokens("<a><![CDATA[b</a>"),
            (vec!["<a>".into(), "aside".into(), "b".into(), "</a>".into()], true)
        );
        assert!(tokens("<a><!-- b</a>").1);
        assert!(!tokens("<a>b").1);
    }

    #[test]
    fn hostile_markup_takes_linear_time() {
        for one in [
            "<a \"\n",
            "<a '<b \"\n",
            "< ",
            "<![CDATA[",
            "<!--",
            "<!x",
            "<?",
            "&",
            "</",
            "<a\u{feff}<\u{feff}",
        ] {
            let text = one.repeat(200_000);
            tokens(&text);
            tokens(&format!("{text}\">"));
        }
    }
}
