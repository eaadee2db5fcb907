//! Character references (`&amp;`, `&#8217;`, `&hellip;`) -> characters.

use std::borrow::Cow;

use markup5ever::data::NAMED_ENTITIES;

/// Names of characters that are typography, and no syntax of HTML.
const TYPOGRAPHY: &[(&str, &str)] = &[
    ("&nbsp;", "\u{a0}"),
    ("&rsquo;", "’"),
    ("&lsquo;", "‘"),
    ("&rdquo;", "”"),
    ("&ldquo;", "“"),
    ("&hellip;", "…"),
    ("&ndash;", "–"),
    ("&mdash;", "—"),
    ("&bull;", "•"),
    ("&middot;", "·"),
];

/// No name is longer (`CounterClockwiseContourIntegral`).
const LONGEST_NAME: usize = 32;

/// Text with its references replaced; unknown ones stay as they are.
pub fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    let mut left = false;
    while let Some(after) = rest.strip_prefix('&') {
        let before = out.len();
        let used = reference(after, &mut out);
        if used == 0 {
            out.push('&');
        }
        left |= out[before..].starts_with('&');
        rest = &after[used..];
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    if left {
        retype(&mut out);
    }
    Cow::Owned(out)
}

/// Reads one reference after its `&`; returns how many bytes it took, 0 if it is none.
fn reference(after: &str, out: &mut String) -> usize {
    if let Some(number) = after.strip_prefix('#') {
        return numeric(number, out).map_or(0, |used| used + 1);
    }
    let bytes = &after.as_bytes()[..after.len().min(LONGEST_NAME)];
    let length = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or_default();
    if length == 0 || bytes[length] != b';' || !named(&after[..=length], out) {
        return 0;
    }
    length + 1
}

/// `hellip;`, and as HTML has it `copy` at the start of another name.
fn named(name: &str, out: &mut String) -> bool {
    let Some((length, characters)) =
        (2..=name.len()).rev().find_map(|length| Some((length, known(&name[..length])?)))
    else {
        return false;
    };
    out.extend(characters.into_iter().flatten());
    out.push_str(&name[length..]);
    true
}

/// One character or two.
fn known(name: &str) -> Option<[Option<char>; 2]> {
    // The table holds the beginnings of names too, as zeros.
    let (first, second) = *NAMED_ENTITIES.get(name).filter(|(first, _)| *first != 0)?;
    Some([char::from_u32(first), char::from_u32(second).filter(|second| *second != '\0')])
}

/// Quotes and dashes escaped twice are typography all the same; `&amp;lt;` may be meant.
fn retype(text: &mut String) {
    for (reference, value) in TYPOGRAPHY {
        if text.contains(reference) {
            *text = text.replace(reference, value);
        }
    }
}

/// `8217;` or `x2019;` after `&#`.
fn numeric(text: &str, out: &mut String) -> Option<usize> {
    let (digits, radix, skipped) = match text.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 1),
        None => (text, 10, 0),
    };
    let length = digits.bytes().take(9).take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let value = u32::from_str_radix(digits.get(..length)?, radix).ok()?;
    let character = windows_1252(value).or_else(|| char::from_u32(value)).filter(|c| *c != '\0');
    out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    let semicolon = usize::from(digits[length..].starts_with(';'));
    Some(skipped + length + semicolon)
}

/// 128 to 159 mean the windows-1252 characters, as HTML says.
fn windows_1252(value: u32) -> Option<char> {
    let byte = u8::try_from(value).ok().filter(|byte| (0x80..0xa0).contains(byte))?;
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(
            decode("a &amp; b &#8217;&#x2019; &#146; &eacute;&notin; &nope; & &; &#; AT&T"),
            "a & b ’’ ’ é∉ &nope; & &; &#; AT&T"
        );
        assert_eq!(decode("?a=1&copy=2"), "?a=1&copy=2");
        assert_eq!(decode("&#0;"), "\u{fffd}");
    }
}
