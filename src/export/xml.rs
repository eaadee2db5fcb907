//! XML 1.0, written: an element a line, texts escaped, and U+FFFD for what no document may hold.

use std::borrow::Cow;
use std::io::{self, Write};

/// Attributes by name.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A document being written.
pub(super) struct Xml<W: Write> {
    out: W,
    open: Vec<String>,
}

impl<W: Write> Xml<W> {
    pub(super) fn begin(mut out: W) -> io::Result<Self> {
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        Ok(Self { out, open: Vec::new() })
    }

    /// Opens an element that holds others.
    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, ">")?;
        self.open.push(name.to_owned());
        Ok(())
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) -> io::Result<()> {
        let Some(name) = self.open.pop() else { return Ok(()) };
        self.indent()?;
        writeln!(self.out, "</{name}>")
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, "/>")
    }

    /// An element that holds a text.
    pub(super) fn leaf(&mut self, name: &str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, ">{}</{name}>", escaped(text, Within::Text))
    }

    /// The same, if there is a text.
    pub(super) fn told(&mut self, name: &str, text: Option<&str>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.leaf(name, &[], text))
    }

    /// An element that holds markup as text: unescaped, for those who look at it.
    pub(super) fn markup(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.tag(name, &[])?;
        // `]]>` would end the section: it stands in two.
        let text = legal(text).replace("]]>", "]]]]><![CDATA[>");
        writeln!(self.out, "><![CDATA[{text}]]></{name}>")
    }

    /// Closes all that is open.
    pub(super) fn end(mut self) -> io::Result<()> {
        while !self.open.is_empty() {
            self.close()?;
        }
        self.out.flush()
    }

    fn tag(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.indent()?;
        write!(self.out, "<{name}")?;
        attributes.iter().try_for_each(|(name, value)| {
            write!(self.out, " {name}=\"{}\"", escaped(value, Within::Attribute))
        })
    }

    fn indent(&mut self) -> io::Result<()> {
        self.open.iter().try_for_each(|_| self.out.write_all(b"  "))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    Attribute,
}

/// As it stands in a document. Line breaks that a reader would make a space of are written as references.
fn escaped(text: &str, within: Within) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if within == Within::Attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' if within == Within::Attribute => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(if is_legal(c) { c } else { char::REPLACEMENT_CHARACTER }),
        }
    }
    out
}

fn legal(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_legal) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if is_legal(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// XML 1.0, section 2.2.
fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_holds_a_reader_gets_it_back() {
        let hostile = "a & b <c> \"d\" 'e' ]]> <![CDATA[f]]> &amp; \u{202e}\u{1f600}\tg\nh";
        let mut bytes = Vec::new();
        let mut xml = Xml::begin(&mut bytes).unwrap();
        xml.open("r", &[("a", hostile)]).unwrap();
        xml.leaf("t", &[], hostile).unwrap();
        xml.markup("m", hostile).unwrap();
        xml.leaf("n", &[], "a\0b\u{1b}c\u{ffff}\u{fffe}\r").unwrap();
        xml.empty("e", &[]).unwrap();
        xml.end().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        let told = |name: &str| root.children().find(|child| child.has_tag_name(name)).unwrap();
        assert_eq!(root.attribute("a"), Some(hostile));
        let all = |name: &str| told(name).children().filter_map(|part| part.text()).collect::<String>();
        assert_eq!((all("t").as_str(), all("m").as_str()), (hostile, hostile));
        assert_eq!(all("n"), "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}\r");
    }
}
