//! Character data put together from its pieces: references replaced, line ends made `\n` (XML 1.0 section 2.11).
//!
//! A text in one piece without references is not copied. White space in front of the first other character may be
//! left out, since elements are indented and nobody asks for it.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::entities::{pair, resolve};

/// The references that make up nearly all of escaped HTML, as they stand behind `&`.
const USUAL: [(&str, char); 5] = [("lt;", '<'), ("gt;", '>'), ("amp;", '&'), ("quot;", '"'), ("#39;", '\'')];

/// Adds a piece that holds no references, as a CDATA section does.
pub(super) fn add<'a>(held: &mut Cow<'a, str>, piece: &'a str) {
    if held.is_empty() && is_blank(piece) {
        return;
    }
    if !held.is_empty() || memchr(b'\r', piece.as_bytes()).is_some() {
        push(held.to_mut(), piece);
    } else {
        *held = Cow::Borrowed(piece);
    }
}

/// Adds a piece as it stands between tags. `remark` is told of references that are none: where, counted from `at`,
/// and what.
pub(super) fn add_escaped<'a>(
    held: &mut Cow<'a, str>,
    piece: &'a str,
    at: usize,
    remark: &mut dyn FnMut(usize, String),
) {
    if held.is_empty() && is_blank(piece) {
        return;
    }
    let Some(mut amp) = memchr(b'&', piece.as_bytes()) else { return add(held, piece) };
    let out = held.to_mut();
    out.reserve(piece.len());
    let plain = memchr(b'\r', piece.as_bytes()).is_none();
    let mut rest = piece;
    loop {
        if plain {
            out.push_str(&rest[..amp]);
        } else {
            push(out, &rest[..amp]);
        }
        let place = at + piece.len() - rest.len() + amp;
        rest = reference(out, &rest[amp + 1..], place, remark);
        match memchr(b'&', rest.as_bytes()) {
            Some(next) => amp = next,
            None => return push(out, rest),
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// Adds characters, line ends made one.
fn push(out: &mut String, mut text: &str) {
    while let Some(at) = memchr(b'\r', text.as_bytes()) {
        out.push_str(&text[..at]);
        out.push('\n');
        let after = &text[at + 1..];
        text = after.strip_prefix('\n').unwrap_or(after);
    }
    out.push_str(text);
}

/// Adds the reference that `after` continues behind its `&`, and gives back what follows it.
fn reference<'t>(
    out: &mut String,
    after: &'t str,
    at: usize,
    remark: &mut dyn FnMut(usize, String),
) -> &'t str {
    for (name, meaning) in USUAL {
        if let Some(rest) = after.strip_prefix(name) {
            out.push(meaning);
            return rest;
        }
    }
    let end = memchr2(b';', b'&', after.as_bytes()).filter(|end| after.as_bytes()[*end] == b';');
    let Some(end) = end else {
        remark(at, "a bare `&` was taken for text".to_owned());
        out.push('&');
        return after;
    };
    if let Some((found, rest)) = pair(after) {
        remark(at, format!("`&{};` and the next are halves of a character: they were joined", &after[..end]));
        out.push(found);
        return rest;
    }
    named(out, &after[..end], at, remark);
    &after[end + 1..]
}

fn named(out: &mut String, name: &str, at: usize, remark: &mut dyn FnMut(usize, String)) {
    let Some(text) = resolve(name) else {
        remark(at, format!("`&{};` means nothing and was kept as text", short(name)));
        out.push('&');
        push(out, name);
        out.push(';');
        return;
    };
    if text == "\u{fffd}" && !name.eq_ignore_ascii_case("#xfffd") && name != "#65533" {
        remark(at, format!("`&{};` is no character: U+FFFD stands for it", short(name)));
    }
    if text.is_empty() {
        remark(at, format!("`&{name};` is a character that XML does not allow: it was left out"));
    }
    if !name.starts_with('#') && !matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
        remark(at, format!("`&{name};` is not declared: its HTML meaning was taken"));
    }
    push(out, &text);
}

/// A name cut to what fits a message.
pub(super) fn short(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added<'a>(pieces: &[&'a str]) -> (Cow<'a, str>, usize) {
        let (mut text, mut remarks) = (Cow::Borrowed(""), 0);
        for piece in pieces {
            add_escaped(&mut text, piece, 0, &mut |_, _| remarks += 1);
        }
        (text, remarks)
    }

    #[test]
    fn one_piece_is_not_copied() {
        assert!(matches!(added(&["a b"]).0, Cow::Borrowed("a b")));
        assert!(matches!(added(&["\r\n  ", "a b"]).0, Cow::Borrowed("a b")));
        assert_eq!(added(&["a", "\r\n", "b\rc"]).0, "a\nb\nc");
    }

    #[test]
    fn references_are_replaced() {
        assert_eq!(added(&["  ", "&lt;p&gt;\r\n&#39;&#x27;&#13;&nbsp;"]), ("<p>\n''\n\u{a0}".into(), 1));
        assert_eq!(added(&["Q & A", " &bogus; &"]), ("Q & A &bogus; &".into(), 3));
    }
}
