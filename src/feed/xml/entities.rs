//! References such as `&amp;`, `&#8217;` and `&nbsp;`, and the characters XML does not allow.

use std::borrow::Cow;

use memchr::{memchr, memmem};
use quick_xml::escape::resolve_html5_entity;

/// What stands for the bytes 0x80 to 0x9F in windows-1252. `&#146;` means a curly quote in every browser.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a reference, given what stands between `&` and `;`. `None` where it means nothing.
/// A reference to a character that XML forbids is an empty text.
pub(super) fn resolve(name: &str) -> Option<Cow<'static, str>> {
    match name {
        "amp" => Some("&".into()),
        "lt" => Some("<".into()),
        "gt" => Some(">".into()),
        "quot" => Some("\"".into()),
        "apos" => Some("'".into()),
        _ if name.starts_with('#') => character(&name[1..]).map(Cow::Owned),
        _ => resolve_html5_entity(name).map(Cow::Borrowed),
    }
}

fn character(number: &str) -> Option<String> {
    Some(match (code(number)?, char::from_u32(code(number)?)) {
        (code @ 0x80..=0x9f, _) => WINDOWS_1252[code as usize - 0x80].to_string(),
        (_, Some(found)) if is_legal(found) => found.to_string(),
        (_, Some(_)) => String::new(),
        (_, None) => "\u{fffd}".to_owned(),
    })
}

/// What stands behind `#`, as a number; the largest one where it is larger still.
fn code(number: &str) -> Option<u32> {
    let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |hex| (hex, 16));
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    is_number.then(|| u32::from_str_radix(digits, radix).unwrap_or(u32::MAX))
}

/// The character that two references spell in halves, as UTF-16 has it: `&#55357;&#56832;`. `after` is what follows
/// the first `&`; the second value is what follows both.
pub(super) fn pair(after: &str) -> Option<(char, &str)> {
    let (high, next) = half(after)?;
    let (low, rest) = half(next.strip_prefix('&')?)?;
    let found = char::decode_utf16([high, low]).next()?.ok()?;
    Some((found, rest))
}

fn half(after: &str) -> Option<(u16, &str)> {
    let number = after.strip_prefix('#')?;
    let end = number.bytes().take(8).position(|byte| byte == b';')?;
    let half = u16::try_from(code(&number[..end])?).ok()?;
    (0xd800..=0xdfff).contains(&half).then(|| (half, &number[end + 1..]))
}

/// Replaces every reference of `raw`; one that means nothing stays as it is, and so does a bare `&`.
/// The second value is how many stayed.
pub(in crate::feed) fn resolve_all(raw: &str) -> (Cow<'_, str>, usize) {
    let Some(first) = memchr(b'&', raw.as_bytes()) else { return (Cow::Borrowed(raw), 0) };
    let (mut out, mut rest, mut stayed) = (String::with_capacity(raw.len()), &raw[first..], 0);
    out.push_str(&raw[..first]);
    while let Some(after) = rest.strip_prefix('&') {
        let end = after.bytes().take(40).position(|byte| matches!(byte, b';' | b'&' | b'<'));
        let name = end.filter(|end| after.as_bytes()[*end] == b';').map(|end| &after[..end]);
        rest = if let Some((found, behind)) = pair(after) {
            out.push(found);
            behind
        } else if let Some((name, text)) = name.and_then(|name| Some((name, resolve(name)?))) {
            out.push_str(&text);
            &after[name.len() + 1..]
        } else {
            out.push('&');
            stayed += 1;
            after
        };
        let next = memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    (Cow::Owned(out), stayed)
}

/// A character that an XML 1.0 document may hold (section 2.2).
fn is_legal(found: char) -> bool {
    !matches!(found, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Takes out the characters that XML forbids; the second value is how many there were.
pub(in crate::feed) fn strip_illegal(text: Cow<'_, str>) -> (Cow<'_, str>, usize) {
    if text.as_bytes().chunks(1 << 14).all(is_clean) && memmem::find(text.as_bytes(), b"\xef\xbf").is_none() {
        return (text, 0);
    }
    let mut kept = String::with_capacity(text.len());
    kept.extend(text.chars().filter(|found| is_legal(*found)));
    let dropped = text.chars().count() - kept.chars().count();
    if dropped == 0 { (text, 0) } else { (Cow::Owned(kept), dropped) }
}

/// Whether all bytes stand for themselves in XML. Looked at without a way out, which a machine does many at a time.
fn is_clean(bytes: &[u8]) -> bool {
    let suspect = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    !bytes.iter().fold(false, |found, byte| found | suspect(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_what_they_mean_and_nonsense_stays() {
        for (raw, want) in [
            ("plain", "plain"),
            ("a &amp; b &lt;c&gt; &quot;&apos;", "a & b <c> \"'"),
            ("caf&eacute;&nbsp;&copy;", "café\u{a0}©"),
            ("it&#146;s &#x2019;", "it’s ’"),
            ("Q&A AT&T && &bogus; &", "Q&A AT&T && &bogus; &"),
            ("a&#0;b&#xD800;c&#x110000;d&#;e&#x;", "ab\u{fffd}c\u{fffd}d&#;e&#x;"),
            ("&#99999999999999999999999999;", "\u{fffd}"),
            ("a&#55357;&#56832;b&#xd83d;&#xDE00;c", "a😀b😀c"),
            ("&#55357;&#55357;&#56832;&#56832;", "\u{fffd}😀\u{fffd}"),
            ("&é;&#+5;", "&é;&#+5;"),
        ] {
            assert_eq!(resolve_all(raw).0, want, "{raw}");
        }
        assert_eq!(resolve_all("&a;&amp;&b;").1, 2);
    }

    #[test]
    fn forbidden_characters_go() {
        assert_eq!(strip_illegal("a\0b\u{1b}[c\td".into()), ("ab[c\td".into(), 2));
        assert!(matches!(strip_illegal("clean é\n".into()), (Cow::Borrowed(_), 0)));
    }
}
