//! HTML transcripts -> cues. The podcast namespace asks for `<cite>Anna:</cite> <time>0:00</time> <p>text</p>`; pages without
//! these are read as plain text, a block a paragraph.

use super::clock;
use super::error::{Error, short};
use super::markup::joined;
use super::prose;
use super::transcript::{Format, Rows};
use crate::model::Cue;
use crate::text::decode_references;

/// Elements whose text is not part of what was said.
const SKIPPED: [&str; 10] =
    ["script", "style", "nav", "header", "footer", "form", "noscript", "template", "svg", "button"];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 21] = [
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "main",
    "blockquote",
    "tr",
    "table",
    "dt",
    "dd",
    "pre",
    "body",
];
/// Words in the title of a page that says that something is not there.
const FAILURES: [&str; 14] = [
    "404",
    "403",
    "500",
    "502",
    "503",
    "not found",
    "error",
    "forbidden",
    "denied",
    "unavailable",
    "moment",
    "log in",
    "sign in",
    "nicht gefunden",
];

/// Whether a text that does not begin with a tag is HTML all the same.
pub(super) fn has_tags(text: &str) -> bool {
    ["</p>", "<br>", "<br/>", "<br />", "</cite>", "</time>"].iter().any(|tag| text.contains(tag))
}

/// Reads the cues of a page.
pub(super) fn read(text: &str, announced: Option<Format>, rows: &mut Rows) -> Result<(), Error> {
    if let Some(root) = foreign_root(text) {
        return Err(Error::Xml { root });
    }
    let page = walk(text);
    if page.is_marked {
        page.parts.into_iter().for_each(|part| rows.push(part));
        return Ok(());
    }
    let paragraphs: Vec<&str> = page.parts.iter().map(|part| part.text.as_str()).collect();
    let plain = paragraphs.join("\n\n");
    let failed = page.title.as_deref().is_some_and(is_failure) || is_failure(&short(&plain, 40));
    prose::read(&plain, rows).map_err(|_| Error::Page { title: page.title.clone() })?;
    // Paragraphs alone may be any page: only where a page was announced are they taken for what was said.
    let is_told = rows.cues.iter().any(|cue| cue.speaker.is_some() || cue.start_seconds > 0.0);
    let is_page = matches!(announced, None | Some(Format::Html));
    if is_told || is_page && !failed { Ok(()) } else { Err(Error::Page { title: page.title }) }
}

fn is_failure(title: &str) -> bool {
    let title = title.to_lowercase();
    FAILURES.iter().any(|word| title.contains(word))
}

/// The root element of XML that is no page.
fn foreign_root(text: &str) -> Option<String> {
    let mut tags = Tags { rest: text };
    let root = loop {
        match tags.next()? {
            Piece::Open(name) => break name,
            Piece::Text(text) if !text.trim().is_empty() => return None,
            _ => {}
        }
    };
    let is_xml = text.starts_with("<?xml")
        || ["rss", "feed", "svg", "opml", "error", "tt", "urlset"].contains(&root.as_str());
    (is_xml && root != "html").then(|| short(&root, 60))
}

#[derive(Default)]
struct Page {
    title: Option<String>,
    /// The blocks, as cues: words with the name and time that stand above them.
    parts: Vec<Cue>,
    /// `cite` or `time` elements were found.
    is_marked: bool,
}

fn walk(text: &str) -> Page {
    let mut walk = Walk::default();
    let mut tags = Tags { rest: text };
    while let Some(piece) = tags.next() {
        match piece {
            Piece::Text(text) => walk.words.push_str(text),
            Piece::Open(name) if name == "title" => {
                walk.page.title = Some(short(&words(tags.until("title")), 80));
            }
            Piece::Open(name) if SKIPPED.contains(&name.as_str()) => drop(tags.until(&name)),
            Piece::Open(name) if name == "cite" => walk.cite(tags.until("cite")),
            Piece::Open(name) if name == "time" => walk.time(tags.until("time")),
            Piece::Open(name) | Piece::Close(name) if name == "br" => walk.words.push('\n'),
            Piece::Open(name) | Piece::Close(name) if BLOCKS.contains(&name.as_str()) => walk.close(),
            Piece::Open(_) | Piece::Close(_) | Piece::Other => {}
        }
    }
    walk.close();
    walk.page
}

/// A page that is being read: the words of the block that is open, and what stands above them.
#[derive(Default)]
struct Walk {
    page: Page,
    words: String,
    speaker: Option<String>,
    start: f64,
}

impl Walk {
    /// Ends a block.
    fn close(&mut self) {
        let text = joined(&decode_references(&self.words));
        self.words.clear();
        if !text.is_empty() {
            let speaker = self.speaker.clone();
            self.page.parts.push(Cue { start_seconds: self.start, end_seconds: None, speaker, text });
        }
    }

    /// Who says what follows.
    fn cite(&mut self, inner: &str) {
        self.close();
        let name = words(inner).trim_end_matches([':', '：', ' ']).to_owned();
        self.speaker = Some(name).filter(|name| !name.is_empty());
        self.page.is_marked = true;
    }

    /// When; or a date, which is a word like others.
    fn time(&mut self, inner: &str) {
        let told = words(inner);
        if let Some(seconds) = clock::whole(told.trim_matches(['[', ']', '(', ')'])) {
            self.close();
            self.start = seconds;
            self.page.is_marked = true;
        } else {
            self.words.push_str(&told);
        }
    }
}

/// The words of an element, without its tags.
fn words(inner: &str) -> String {
    let mut out = String::new();
    let mut tags = Tags { rest: inner };
    while let Some(piece) = tags.next() {
        if let Piece::Text(text) = piece {
            out.push_str(text);
        }
    }
    joined(&decode_references(&out))
}

enum Piece<'a> {
    Text(&'a str),
    Open(String),
    Close(String),
    Other,
}

/// The tags of a page, and the text between them.
struct Tags<'a> {
    rest: &'a str,
}

impl<'a> Tags<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        if !self.is_tag() {
            let from = usize::from(self.rest.starts_with('<'));
            let end = self.rest[from..].find('<').map_or(self.rest.len(), |end| end + from);
            return Some(Piece::Text(self.take(end)));
        }
        let (sign, skip) = if self.rest.starts_with("<!--") { ("-->", 3) } else { (">", 1) };
        // What is never closed is all that follows.
        let end = self.rest.find(sign).unwrap_or(self.rest.len());
        let tag = self.take((end + skip).min(self.rest.len()));
        Some(match tag.as_bytes().get(1) {
            Some(b'/') => Piece::Close(name(&tag[2..])),
            Some(byte) if byte.is_ascii_alphabetic() => Piece::Open(name(&tag[1..])),
            _ => Piece::Other,
        })
    }

    /// A `<` that is followed by a space or a digit is a character.
    fn is_tag(&self) -> bool {
        let second = self.rest.as_bytes().get(1);
        self.rest.starts_with('<')
            && second.is_some_and(|byte| byte.is_ascii_alphabetic() || b"/!?".contains(byte))
    }

    /// All up to the end tag of an element, which is passed over; all there is, if it has none.
    fn until(&mut self, name: &str) -> &'a str {
        let mut end = 0;
        loop {
            let Some(at) = self.rest[end..].find("</") else { return self.take(self.rest.len()) };
            end += at;
            let tag = &self.rest.as_bytes()[end + 2..];
            let is_it = tag.len() >= name.len() && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes());
            if is_it && tag.get(name.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric()) {
                break;
            }
            end += 2;
        }
        let inner = self.take(end);
        drop(self.next());
        inner
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

fn name(tag: &str) -> String {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-').unwrap_or(tag.len());
    tag[..end].to_ascii_lowercase()
}
