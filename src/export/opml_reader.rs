//! Reads the feeds in an OPML file (1.0, 1.1 and 2.0: <http://opml.org/spec2.opml>), as programs have written it over the years.
//!
//! Names are taken in any letter case, outlines at any depth, and a bare `&` for what it is. Nothing that a DTD declares is
//! looked at, and no file or address is opened.

use memchr::memchr_iter;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::text::{decode_bytes, decode_references};

/// Outlines nested deeper than this are nobody's folders.
const DEEPEST: usize = 256;

/// A feed in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The line it stands in, from 1.
    pub line: usize,
    /// What the list calls it; `None` if it has no name there.
    pub title: Option<String>,
    /// The address of its feed, outer white space trimmed; `None` where it says that it is a feed and names none.
    pub feed: Option<String>,
}

/// What was found in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlines {
    /// The feeds, in order.
    pub feeds: Vec<Outline>,
    /// Why what follows could not be read; `None` if it was read to its end.
    pub broken: Option<String>,
}

/// The document is no OPML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpml {
    /// Nothing is in it.
    #[error("this is not OPML: it is empty")]
    Empty,
    /// It is something else.
    #[error("this is not OPML: its root element is <{0}>")]
    Other(String),
    /// It is not even XML.
    #[error("this is not OPML: {0}")]
    NotXml(String),
    /// Nobody nests outlines like this.
    #[error("line {0}: outlines are nested deeper than {DEEPEST} levels")]
    Deep(usize),
}

/// Reads a document of whatever encoding.
pub fn read(document: &[u8]) -> Result<Outlines, NotOpml> {
    let text = decode_bytes(document, None).0;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(NotOpml::Empty);
    }
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut way = Way::from_start(text);
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Eof) => return way.end(),
            Ok(event) => way.take(&event, start)?,
            Err(error) => return way.broken(&error, start),
        }
    }
}

/// The way through a document, and what was found on it.
struct Way<'a> {
    found: Outlines,
    lines: Lines<'a>,
    /// How many elements are open.
    depth: usize,
    has_root: bool,
    is_closed: bool,
}

impl<'a> Way<'a> {
    fn from_start(text: &'a str) -> Self {
        let lines = Lines { text, at: 0, line: 1 };
        Self { found: Outlines::default(), lines, depth: 0, has_root: false, is_closed: false }
    }

    fn take(&mut self, event: &Event<'_>, start: usize) -> Result<(), NotOpml> {
        match event {
            Event::Start(tag) => {
                self.element(tag, start)?;
                self.depth += 1;
            }
            Event::Empty(tag) => self.element(tag, start)?,
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.is_closed |= is_root(tag.local_name().as_ref());
            }
            Event::Text(words) if !self.has_root && !words.trim().is_empty() => {
                return Err(NotOpml::NotXml("it begins with text".to_owned()));
            }
            _ => {}
        }
        if self.depth > DEEPEST { Err(NotOpml::Deep(self.lines.of(start))) } else { Ok(()) }
    }

    /// The first element must be `opml`.
    fn element(&mut self, tag: &BytesStart<'_>, start: usize) -> Result<(), NotOpml> {
        let name = tag.local_name();
        if !self.has_root && !is_root(name.as_ref()) {
            return Err(NotOpml::Other(name.as_ref().chars().take(60).collect()));
        }
        self.has_root = true;
        self.found.feeds.extend(outline(tag, self.lines.of(start)));
        Ok(())
    }

    fn end(mut self) -> Result<Outlines, NotOpml> {
        if !self.has_root {
            return Err(NotOpml::NotXml("there is no element in it".to_owned()));
        }
        // Many leave an outline open; whoever is cut off leaves all open.
        let is_cut = self.depth > 0 && !self.is_closed;
        self.found.broken = is_cut.then(|| "it breaks off before its end".to_owned());
        Ok(self.found)
    }

    fn broken(mut self, error: &quick_xml::Error, start: usize) -> Result<Outlines, NotOpml> {
        if !self.has_root {
            return Err(NotOpml::NotXml(error.to_string()));
        }
        self.found.broken = Some(format!("line {}: {error}", self.lines.of(start)));
        Ok(self.found)
    }
}

fn is_root(name: &str) -> bool {
    name.eq_ignore_ascii_case("opml")
}

/// The feed that an outline names, if it names one.
fn outline(tag: &BytesStart<'_>, line: usize) -> Option<Outline> {
    if !tag.local_name().as_ref().eq_ignore_ascii_case("outline") {
        return None;
    }
    let [mut feed, mut url, mut text, mut title, mut sort] = [const { None }; 5];
    for attribute in tag.attributes().with_checks(false).flatten() {
        let slot = match attribute.key.as_ref().to_ascii_lowercase().as_str() {
            "xmlurl" => &mut feed,
            "url" => &mut url,
            "text" => &mut text,
            "title" => &mut title,
            "type" => &mut sort,
            _ => continue,
        };
        let value = decode_references(&attribute.value);
        let words: Vec<&str> = value.split_whitespace().collect();
        *slot = (!words.is_empty()).then(|| words.join(" "));
    }
    // Some write the address of a feed as that of a link.
    let is_feed =
        sort.is_some_and(|sort: String| matches!(sort.to_lowercase().as_str(), "rss" | "atom" | "podcast"));
    let feed = feed.or(url.filter(|_| is_feed));
    // gPodder writes the description into `text`.
    (is_feed || feed.is_some()).then(|| Outline { line, title: title.or(text), feed })
}

/// Counts lines on the way through a text.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a place that is not before those asked for so far.
    fn of(&mut self, place: usize) -> usize {
        let passed = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += memchr_iter(b'\n', passed).count();
        self.at = self.at.max(place);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feeds(document: &str) -> Vec<(usize, Option<String>, String)> {
        let found = read(document.as_bytes()).unwrap();
        assert_eq!(found.broken, None);
        found.feeds.into_iter().map(|feed| (feed.line, feed.title, feed.feed.unwrap_or_default())).collect()
    }

    fn feed(line: usize, title: &str, feed: &str) -> (usize, Option<String>, String) {
        let title = (!title.is_empty()).then(|| title.to_owned());
        (line, title, feed.to_owned())
    }

    #[test]
    fn feeds_are_found_however_they_are_written() {
        let document = "<?xml version='1.0'?>\n<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<OPML version='1.1'><head><title>t</title></head>\n<body>\n\
            <outline text='Folder'>\n<outline text='In a &quot;folder&quot;' xmlurl='https://a.example/?x=1&y=2&amp;z=3'/>\n\
            <outline TEXT='Deep'><outline type='rss' title=' T  U ' XMLURL=' https://b.example/ '/></outline>\n</outline>\n\
            <outline xmlUrl='https://c.example/'></outline>\n<outline type='RSS' text='&x;' url='https://d.example/'/>\n\
            <outline type='link' text='a page' url='https://e.example/'/>\n<outline text='a & b' xmlUrl=''/>\n<outline type='rss' text='lacking' xmlUrl=' '/></body></OPML>\n";
        assert_eq!(
            feeds(document),
            [
                feed(6, "In a \"folder\"", "https://a.example/?x=1&y=2&z=3"),
                feed(7, "T U", "https://b.example/"),
                feed(9, "", "https://c.example/"),
                feed(10, "&x;", "https://d.example/"),
                feed(13, "lacking", ""),
            ]
        );
        let utf16: Vec<u8> =
            "\u{feff}<opml><body><outline text='é' xmlUrl='https://a.example/'/></body></opml>"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
        assert_eq!(read(&utf16).unwrap().feeds[0].title.as_deref(), Some("é"));
    }

    #[test]
    fn what_is_no_list_is_told() {
        let message = |document: &[u8]| read(document).unwrap_err().to_string();
        assert_eq!(message(b" \n"), "this is not OPML: it is empty");
        assert_eq!(message(b"<rss><channel/></rss>"), "this is not OPML: its root element is <rss>");
        assert_eq!(message(b"https://a.example/"), "this is not OPML: it begins with text");
        assert_eq!(message(b"<!-- x -->"), "this is not OPML: there is no element in it");
        assert!(
            message(&[b"<opml>".as_slice(), &b"<outline>".repeat(300)].concat())
                .starts_with("line 1: outlines are")
        );
    }

    #[test]
    fn a_list_of_gpodder_names_shows_by_title_and_describes_them_in_text() {
        let list = "<opml version=\"2.0\"><body><outline text=\"All about tea.\" title=\"Tea\" type=\"rss\" xmlUrl=\"https://a.example/\"/></body></opml>";
        assert_eq!(read(list.as_bytes()).unwrap().feeds[0].title.as_deref(), Some("Tea"));
    }

    #[test]
    fn a_list_that_breaks_off_is_read_to_where_it_does() {
        let whole = "<opml><body>\n<outline xmlUrl='https://a.example/'/>\n<outline xmlUrl='https://b.example/'/></body></opml>";
        for (cut, count) in [(whole.len() - 5, 2), (60, 1), (14, 0)] {
            let found = read(&whole.as_bytes()[..cut]).unwrap();
            assert_eq!(found.feeds.len(), count);
            assert!(found.broken.is_some());
        }
    }
}
