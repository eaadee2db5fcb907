//! What a body is that is not a feed, for the error that says so.

use super::Error;
use super::lone;
use super::walk::format_of;
use super::xml::{Token, Tokens};

/// How far into the text (bytes) the root element is looked for behind garbage.
const ROOT_WITHIN: usize = 64 * 1024;

/// Where in `text` the feed begins, or what the text is instead.
pub(super) fn begin(text: &str) -> Result<usize, Error> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let lead = text.len() - start.len();
    if start.is_empty() {
        return Err(Error::Empty);
    }
    if start.starts_with(['{', '[']) {
        return Err(Error::Json);
    }
    let head = head(start);
    match first_element(start) {
        Some((name, _)) if name.eq_ignore_ascii_case("html") => Err(Error::Html),
        Some((name, at)) if format_of(&name).is_some() => Ok(lead + at),
        Some((_, at)) if begins_entry(&start[at..]) => Ok(lead + at),
        first => match root_behind(head) {
            Some(at) if !looks_like_html(head) => Ok(lead + at),
            _ if looks_like_html(head) => Err(Error::Html),
            _ => Err(match first {
                Some((name, _)) => Error::OtherXml { root: name.chars().take(60).collect() },
                None if head.starts_with("<?xml") => Error::NoRoot,
                None => Error::NotXml,
            }),
        },
    }
}

/// Whether something stands in front of a root that has no place there: anything but declaration, document type,
/// comments, instructions and white space.
pub(super) fn has_more_than_a_prolog(front: &str) -> bool {
    let mut tokens = Tokens::new(front.trim_start_matches('\u{feff}'));
    while let Some((token, _)) = tokens.next() {
        match token {
            Token::Text(text) if text.trim().is_empty() => {}
            Token::Doctype | Token::Aside => {}
            _ => return true,
        }
    }
    false
}

/// The beginning of a text, to the next character boundary.
fn head(text: &str) -> &str {
    let end = (0..=ROOT_WITHIN.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

/// The first start tag: its name and where it is.
fn first_element(text: &str) -> Option<(String, usize)> {
    let mut tokens = Tokens::new(text);
    loop {
        match tokens.next()? {
            (Token::Start { name, .. }, span) => return Some((name.to_owned(), span.start)),
            (Token::Text(text), _) if !text.trim().is_empty() => return None,
            _ => {}
        }
    }
}

fn begins_entry(text: &str) -> bool {
    matches!(Tokens::new(text).next(), Some((Token::Start { name, tag, .. }, _)) if lone::is_root(name, tag))
}

/// The root of a feed that stands behind something else.
fn root_behind(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let after_declaration = lower.find("<?xml").unwrap_or(0);
    let roots = ["<rss", "<feed", "<rdf:rdf", "<atom:feed"].iter().filter_map(|root| {
        let at = lower[after_declaration..].find(root)? + after_declaration;
        let next = lower.as_bytes().get(at + root.len())?;
        (next.is_ascii_whitespace() || matches!(next, b'>' | b'/')).then_some(at)
    });
    roots.min()
}

fn looks_like_html(text: &str) -> bool {
    let lower: String = text.chars().take(1024).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head>", "<body"].iter().any(|mark| lower.contains(mark))
}
