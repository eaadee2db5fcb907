//! An Atom document that is one entry, and no feed around it (RFC 4287 section 2).

use super::walk::{Format, Walk};
use super::warnings::Warnings;
use super::xml::{Token, Tokens, local_of};

/// Names of the vocabulary, one of which the entry must declare: other XML has entries too.
const ATOM: [&str; 2] = ["www.w3.org/2005/Atom", "purl.org/atom/ns#"];

/// Whether a start tag is that of a lone entry.
pub(super) fn is_root(name: &str, tag: &str) -> bool {
    local_of(name).eq_ignore_ascii_case("entry") && ATOM.iter().any(|namespace| tag.contains(namespace))
}

/// The entry that begins at `from` in `text`, as the only item of a feed that says nothing of itself.
pub(super) fn walk<'a>(text: &'a str, from: usize, warnings: &mut Warnings) -> Option<Walk<'a>> {
    let mut tokens = Tokens::new(&text[from..]);
    let (Token::Start { name, tag, .. }, _) = tokens.next()? else { return None };
    if !is_root(name, tag) {
        return None;
    }
    let end = end_of(name, &text[from..]);
    if end.is_none() {
        warnings.at(from, "the document ends inside this element, which was passed over");
    }
    Some(Walk {
        format: Format::Atom,
        outer_tags: Vec::new(),
        has_channel: true,
        fields: Vec::new(),
        items: end.map(|end| from..from + end).into_iter().collect(),
        truncated: end.is_none(),
    })
}

/// Where the element ends that `text` begins with.
fn end_of(root: &str, text: &str) -> Option<usize> {
    let mut tokens = Tokens::new(text);
    let mut open = 0_usize;
    while let Some((token, span)) = tokens.next() {
        match token {
            Token::Start { name, empty: false, .. } if name == root => open += 1,
            Token::End(name) if name == root => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return Some(span.end);
        }
    }
    None
}
