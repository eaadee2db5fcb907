//! Character references (`&amp;`, `&#8217;`, `&hellip;`) -> characters.

use std::borrow::Cow;
use std::collections::HashMap;

/// Those that notes are full of; every other name is asked of the HTML parser, which knows all 2,231.
const COMMON: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("rsquo", "’"),
    ("lsquo", "‘"),
    ("rdquo", "”"),
    ("ldquo", "“"),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("bull", "•"),
    ("middot", "·"),
];

/// No name is longer (`CounterClockwiseContourIntegral`).
const LONGEST_NAME: usize = 32;

/// Decodes references, and remembers the rare names it had to ask for.
#[derive(Debug, Default)]
pub(super) struct Entities {
    rare: HashMap<String, Option<String>>,
}

impl Entities {
    /// Text with its references replaced; unknown ones stay as they are.
    pub(super) fn decode<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
        let mut out = String::with_capacity(text.len());
        out.push_str(&text[..first]);
        let mut rest = &text[first..];
        while let Some(after) = rest.strip_prefix('&') {
            let used = self.reference(after, &mut out);
            if used == 0 {
                out.push('&');
            }
            rest = &after[used..];
            let next = rest.find('&').unwrap_or(rest.len());
            out.push_str(&rest[..next]);
            rest = &rest[next..];
        }
        if out.contains('&') {
            retype(&mut out);
        }
        Cow::Owned(out)
    }

    /// Reads one reference after its `&`; returns how many bytes it took, 0 if it is none.
    fn reference(&mut self, after: &str, out: &mut String) -> usize {
        if let Some(number) = after.strip_prefix('#') {
            return numeric(number, out).map_or(0, |used| used + 1);
        }
        let Some(length) = after
            .bytes()
            .take(LONGEST_NAME)
            .position(|byte| !byte.is_ascii_alphanumeric())
            .filter(|&at| at > 0)
        else {
            return 0;
        };
        if after.as_bytes()[length] != b';' {
            return 0;
        }
        let name = &after[..length];
        if let Some((_, value)) = COMMON.iter().find(|(common, _)| *common == name) {
            out.push_str(value);
            return length + 1;
        }
        let asked = self.rare.entry(name.to_owned()).or_insert_with(|| ask(name));
        let Some(value) = asked else { return 0 };
        out.push_str(value);
        length + 1
    }
}

/// Quotes and dashes escaped twice are typography all the same; `&amp;lt;` may be meant.
fn retype(text: &mut String) {
    for (name, value) in COMMON.iter().skip_while(|(name, _)| *name != "nbsp") {
        let reference = format!("&{name};");
        if text.contains(&reference) {
            *text = text.replace(&reference, value);
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

fn ask(name: &str) -> Option<String> {
    let source = format!("&{name};");
    let parsed: String = scraper::Html::parse_fragment(&source).root_element().text().collect();
    (parsed != source && !parsed.is_empty()).then_some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let mut entities = Entities::default();
        assert_eq!(
            entities.decode("a &amp; b &#8217;&#x2019; &#146; &eacute;&notin; &nope; & &; &#; AT&T"),
            "a & b ’’ ’ é∉ &nope; & &; &#; AT&T"
        );
        assert_eq!(entities.decode("?a=1&copy=2"), "?a=1&copy=2");
        assert_eq!(entities.decode("&#0;"), "\u{fffd}");
    }
}
