//! HTML source -> tags and text, with byte ranges, in one pass.
//!
//! Not a tree: html5ever is quadratic in nesting and in attributes, and a tree forgets where in the source a thing
//! stood, which is what keeps a segment's HTML verbatim. Every search here either moves forward or is given up for
//! the rest of the document, so hostile notes cost what honest ones of their length do.

use std::ops::Range;

/// A piece of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'a> {
    /// Character data, entities still in it.
    Text(Range<usize>),
    /// `<name ...>`
    Start {
        /// As written.
        name: &'a str,
        /// What stands between the name and `>`.
        attributes: &'a str,
        /// The whole of it.
        range: Range<usize>,
    },
    /// `</name>`
    End {
        /// As written.
        name: &'a str,
        /// The whole of it.
        range: Range<usize>,
    },
    /// Comments, doctypes, processing instructions, and elements whose content is not prose.
    Skipped(Range<usize>),
}

/// Elements whose content is not text to be read.
const UNREAD: &[&str] = &[
    "script", "style", "template", "textarea", "title", "iframe", "object", "svg", "math", "select",
    "noembed",
];

/// Tokens of a source, first to last, without gaps.
pub struct Tokens<'a> {
    source: &'a str,
    at: usize,
    /// A quote in some tag never closes: from here on `>` ends a tag, quoted or not.
    quotes_fail: bool,
    /// No `-->` ahead.
    comments_fail: bool,
    /// No `>` ahead: the rest is text.
    tags_fail: bool,
}

impl<'a> Tokens<'a> {
    /// Begins at its start.
    pub fn new(source: &'a str) -> Self {
        Self { source, at: 0, quotes_fail: false, comments_fail: false, tags_fail: false }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.at;
        self.at = start + length;
        start..self.at
    }

    /// Markup at a `<`, or nothing when it is only a character.
    fn markup(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        match rest.as_bytes().get(1)? {
            b'!' if rest.starts_with("<!--") => self.comment(),
            b'!' | b'?' => {
                let length = self.tag_length(rest)?;
                Some(Token::Skipped(self.take(length)))
            }
            b'/' if rest.as_bytes().get(2).is_some_and(u8::is_ascii_alphabetic) => {
                let length = self.tag_length(rest)?;
                let name = name(&rest[2..length - 1]);
                Some(Token::End { name, range: self.take(length) })
            }
            byte if byte.is_ascii_alphabetic() => self.start(rest),
            _ => None,
        }
    }

    fn start(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let length = self.tag_length(rest)?;
        let inner = &rest[1..length - 1];
        let name = name(inner);
        if is_unread(name) && !inner.ends_with('/') {
            let whole = length + end_of_unread(&rest[length..], name);
            return Some(Token::Skipped(self.take(whole)));
        }
        Some(Token::Start { name, attributes: &inner[name.len()..], range: self.take(length) })
    }

    fn comment(&mut self) -> Option<Token<'a>> {
        if self.comments_fail {
            return None;
        }
        if let Some(end) = self.rest()[4..].find("-->") {
            return Some(Token::Skipped(self.take(4 + end + 3)));
        }
        self.comments_fail = true;
        None
    }

    /// How long the tag at the start of `rest` is, `>` included.
    fn tag_length(&mut self, rest: &str) -> Option<usize> {
        if self.tags_fail {
            return None;
        }
        if !self.quotes_fail {
            if let Some(length) = quoted_tag_length(rest.as_bytes()) {
                return Some(length);
            }
            self.quotes_fail = true;
        }
        let end = memchr::memchr(b'>', rest.as_bytes());
        self.tags_fail = end.is_none();
        end.map(|end| end + 1)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with('<')
            && let Some(token) = self.markup()
        {
            return Some(token);
        }
        let next = memchr::memchr(b'<', &rest.as_bytes()[1..]);
        let length = next.map_or(rest.len(), |next| next + 1);
        Some(Token::Text(self.take(length)))
    }
}

fn is_unread(name: &str) -> bool {
    // Most tags have shorter names.
    name.len() > 2 && UNREAD.iter().any(|unread| unread.eq_ignore_ascii_case(name))
}

fn name(inner: &str) -> &str {
    let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    &inner[..inner.bytes().position(ends).unwrap_or(inner.len())]
}

/// `>` inside a quoted attribute value does not end a tag.
fn quoted_tag_length(bytes: &[u8]) -> Option<usize> {
    let mut value = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            // A quote opens a value only after `=`: `<p don't>` is a tag with an odd attribute.
            b'"' | b'\'' if value => {
                at += memchr::memchr(byte, &bytes[at..])? + 1;
            }
            b'>' => return Some(at),
            _ => value = byte == b'=' || (value && byte.is_ascii_whitespace()),
        }
    }
    None
}

/// The length of an unread element's content and end tag; all of the rest when it never ends.
fn end_of_unread(rest: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(found) = rest[from..].find("</") {
        let at = from + found;
        let after = &rest.as_bytes()[at + 2..];
        if after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            return rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        }
        from = at + 2;
    }
    rest.len()
}

/// The value of an attribute, entities still in it.
pub fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = &rest[rest.bytes().position(|byte| !is_between(byte)).unwrap_or(rest.len())..];
        if rest.is_empty() {
            return None;
        }
        // What a name begins with is part of it, even a `=`.
        let end = rest.bytes().skip(1).position(|byte| is_between(byte) || byte == b'=');
        let end = end.map_or(rest.len(), |end| end + 1);
        let key = &rest[..end];
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = attribute_value(after.trim_start());
        }
        if key.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
    }
}

/// Stands between attributes.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/'
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<String> {
        Tokens::new(source)
            .map(|token| match token {
                Token::Text(range) => source[range].to_owned(),
                Token::Start { name, attributes, .. } => format!("<{name}|{}>", attributes.trim()),
                Token::End { name, .. } => format!("</{name}>"),
                Token::Skipped(_) => "~".to_owned(),
            })
            .collect()
    }

    #[test]
    fn tags_text_and_what_is_skipped() {
        assert_eq!(
            shown("<p class=\"a>b\">1 < 2</P><!-- <b> --><script>if (a</b>) </script>é"),
            ["<p|class=\"a>b\">", "1 ", "< 2", "</P>", "~", "~", "é"]
        );
    }

    #[test]
    fn a_quote_that_never_closes_costs_one_look() {
        assert_eq!(shown("<a href=\"x>y</a><b>"), ["<a|href=\"x>", "y", "</a>", "<b|>"]);
    }

    #[test]
    fn unfinished_markup_is_text() {
        assert_eq!(shown("a <b"), ["a ", "<b"]);
        assert_eq!(shown("<!-- a"), ["<!-- a"]);
        assert_eq!(shown("<"), ["<"]);
    }

    #[test]
    fn attributes_by_name() {
        let all = " HREF = 'a b' disabled start=3 alt=\"x\"/";
        assert_eq!(attribute(all, "href"), Some("a b"));
        assert_eq!(attribute(all, "start"), Some("3"));
        assert_eq!(attribute(all, "alt"), Some("x"));
        assert_eq!(attribute(all, "disabled"), Some(""));
        assert_eq!(attribute(all, "title"), None);
    }
}
