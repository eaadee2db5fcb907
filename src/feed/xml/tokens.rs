//! Markup as tokens, going on where the document is broken.
//!
//! quick-xml splits the text; what it can't split (a bare `<`, a quote left open, a document cut short) is
//! settled here by reading on from a little further. The bytes read twice are counted against a budget, so that
//! no document takes more than linear time.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

/// A piece of a document. Texts are raw: references are tokens of their own.
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
    Text(&'a str),
    /// What stands between `&` and `;`.
    Reference(&'a str),
    Cdata(&'a str),
    Doctype,
    /// Comments, processing instructions, the XML declaration.
    Aside,
}

/// An attribute value with a `<` in it is believed if it ends on the same line, this soon (bytes).
const LONGEST_ODD_VALUE: usize = 1024;

/// The tokens of a text.
pub(in crate::feed) struct Tokens<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Where in `text` the reader began.
    origin: usize,
    /// How many bytes may still be read a second time.
    spare: usize,
    /// Only markup matters: texts with references are passed over as one.
    coarse: bool,
    /// The text ended inside a tag, comment or CDATA section.
    pub(in crate::feed) cut: bool,
    /// What was mended since it was last asked, with the place.
    pub(in crate::feed) repairs: Vec<(usize, &'static str)>,
}

impl<'a> Tokens<'a> {
    pub(in crate::feed) fn new(text: &'a str) -> Self {
        Self {
            text,
            reader: reader(text),
            origin: text.len() - text.trim_start_matches('\u{feff}').len(),
            spare: text.len().saturating_mul(2).saturating_add(1 << 16),
            coarse: false,
            cut: false,
            repairs: Vec::new(),
        }
    }

    /// The tokens of a text of which only the markup matters.
    pub(in crate::feed) fn coarse(text: &'a str) -> Self {
        Self { coarse: true, ..Self::new(text) }
    }

    fn position(&self) -> usize {
        // The reader never passes the end of the text, which fits in memory.
        (self.origin + self.reader.buffer_position() as usize).min(self.text.len())
    }

    /// Reads on from `at`, which lies before `end`, where the reader stands. False if the budget is spent.
    fn back_to(&mut self, at: usize, end: usize) -> bool {
        let Some(spare) = self.spare.checked_sub(end.saturating_sub(at)) else { return false };
        self.spare = spare;
        let rest = &self.text[at..];
        self.origin = self.text.len() - rest.trim_start_matches('\u{feff}').len();
        self.reader = reader(rest);
        true
    }

    /// The next token and where it stands; `None` at the end.
    pub(in crate::feed) fn next(&mut self) -> Option<(Token<'a>, Range<usize>)> {
        let start = self.position();
        let event = self.reader.read_event();
        let end = self.position();
        let raw = &self.text[start..end];
        let token = match event {
            Ok(Event::Eof) => return None,
            Ok(Event::Start(_) | Event::Empty(_)) => return self.start_tag(start, end),
            Ok(Event::End(_)) => return Some(self.end_tag(start, end)),
            Ok(Event::Text(_)) => Token::Text(raw),
            Ok(Event::GeneralRef(_)) if self.coarse => {
                let markup = self.text[end..].find('<').map_or(self.text.len(), |at| end + at);
                self.origin = markup;
                self.reader = reader(&self.text[markup..]);
                return Some((Token::Text(&self.text[start..markup]), start..markup));
            }
            Ok(Event::GeneralRef(_)) => Token::Reference(raw.get(1..raw.len() - 1).unwrap_or("")),
            Ok(Event::CData(_)) => return Some(self.cdata(start, end)),
            Ok(Event::DocType(_)) => Token::Doctype,
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) | Err(quick_xml::Error::IllFormed(_)) => {
                Token::Aside
            }
            Err(_) => return self.unreadable(start),
        };
        Some((token, start..end))
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
        let empty = inner.ends_with('/');
        let tag = inner.strip_suffix('/').unwrap_or(inner);
        let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or(tag);
        Some((Token::Start { name, tag, empty }, start..end))
    }

    fn end_tag(&mut self, start: usize, end: usize) -> (Token<'a>, Range<usize>) {
        let inner = &self.text[start + 2..end - 1];
        let (inner, end) = match inner.find('<') {
            Some(cut) if self.back_to(start + 2 + cut, end) => (&inner[..cut], start + 2 + cut),
            _ => (inner, end),
        };
        (Token::End(inner.split_ascii_whitespace().next().unwrap_or("")), start..end)
    }

    /// A CDATA section. One that holds the end of an element and the beginning of another section was never
    /// closed: what looks like its end is that of the other.
    fn cdata(&mut self, start: usize, end: usize) -> (Token<'a>, Range<usize>) {
        let inside = self.text.get(start + 9..end - 3).unwrap_or("");
        let swallowed = inside.find("<![CDATA[").is_some_and(|next| {
            let before = &inside[..next];
            ["</item>", "</entry>", "</title>", "</description>"].iter().any(|mark| before.contains(mark))
        });
        if swallowed && self.back_to(start + 9, end) {
            self.repairs.push((start, "a CDATA section that never ends was read as markup"));
            return (Token::Aside, start..start + 9);
        }
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

    /// Markup that has no end, or none that quick-xml knows: leaves its opening out and reads on behind it.
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

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    reader
}

/// Where a tag that swallowed the next one should have ended, and how many bytes of it to pass over.
fn broken_at(inner: &str) -> Option<(usize, usize)> {
    let bytes = inner.as_bytes();
    let mut from = 0;
    while let Some(less) = inner[from..].find('<').map(|at| at + from) {
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
                Token::Reference(name) => format!("&{name};"),
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
        assert_eq!(got, ["aside", "doctype", "<a>", "t", "&amp;", "[<q>]", "<b/>", "</a>"]);
        assert!(!cut);
    }

    #[test]
    fn broken_markup_is_read_on() {
        assert_eq!(tokens("<t>1 < 2 && 3</t>").0, ["<t>", "1 ", "<", " 2 ", "&", "& 3", "</t>"]);
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
