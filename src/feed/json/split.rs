//! A JSON object cut into its members, and its `items` into theirs, without reading them.
//!
//! Only quotes, brackets and commas are looked at, once each, so that a document of any size and depth takes linear
//! time and no stack. What is cut out is whole in its brackets; whether it is JSON, its reader finds out.

use std::borrow::Cow;
use std::ops::Range;

/// A document taken apart.
#[derive(Debug, Default)]
pub(super) struct Split<'a> {
    /// Names and values, but for `items`.
    pub(super) members: Vec<(Cow<'a, str>, Range<usize>)>,
    /// The elements of `items`.
    pub(super) items: Vec<Range<usize>>,
    pub(super) has_items: bool,
    /// Where the document stops being JSON, and how.
    pub(super) damage: Option<(usize, &'static str)>,
}

const CUT: &str = "the document ends before its last bracket does: what is missing is not known";
const NO_MEMBER: &str = "this is no member of a JSON object: what follows was passed over";
const NO_LIST: &str = "this is no element of a JSON array: what follows was passed over";

/// Takes the object apart that `text` holds.
pub(super) fn split(text: &str) -> Split<'_> {
    let mut split = Split::default();
    let mut at = Scan { text, at: 0 };
    at.space();
    split.damage = at.object(&mut split).err();
    split
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

type Damage = (usize, &'static str);

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        self.at += rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
    }

    /// Passes over `byte` and the space around it.
    fn passes(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        self.space();
        found
    }

    /// The damage that stands here.
    fn damage(&self, what: &'static str) -> Damage {
        if self.at >= self.text.len() { (self.text.len(), CUT) } else { (self.at, what) }
    }

    fn object(&mut self, split: &mut Split<'a>) -> Result<(), Damage> {
        self.passes(b'{');
        while !self.passes(b'}') {
            let name = self.name()?;
            if name == "items" && self.peek() == Some(b'[') && !split.has_items {
                split.has_items = true;
                self.items(split)?;
            } else {
                split.members.push((name, self.value(NO_MEMBER)?));
            }
            if !self.passes(b',') && self.peek() != Some(b'}') {
                return Err(self.damage(NO_MEMBER));
            }
        }
        Ok(())
    }

    fn items(&mut self, split: &mut Split<'a>) -> Result<(), Damage> {
        self.passes(b'[');
        while !self.passes(b']') {
            split.items.push(self.value(NO_LIST)?);
            if !self.passes(b',') && self.peek() != Some(b']') {
                return Err(self.damage(NO_LIST));
            }
        }
        Ok(())
    }

    fn name(&mut self) -> Result<Cow<'a, str>, Damage> {
        let begin = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.damage(NO_MEMBER));
        }
        self.string()?;
        let raw = &self.text[begin..self.at];
        if !self.passes(b':') {
            return Err(self.damage(NO_MEMBER));
        }
        let plain = raw.get(1..raw.len() - 1).unwrap_or("");
        if plain.contains('\\') {
            return Ok(serde_json::from_str(raw).map_or(Cow::Borrowed(plain), Cow::Owned));
        }
        Ok(Cow::Borrowed(plain))
    }

    /// Passes over a string, from its quote to behind its other one.
    fn string(&mut self) -> Result<(), Damage> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            at += found + 1;
            if bytes[at - 1] == b'"' {
                self.at = at;
                return Ok(());
            }
            at += 1;
        }
        self.at = self.text.len();
        Err((self.at, CUT))
    }

    /// Passes over a value of any kind.
    fn value(&mut self, none: &'static str) -> Result<Range<usize>, Damage> {
        let begin = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b'}' | b']' if depth == 0 => break,
                _ => self.at += 1,
            }
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                break;
            }
        }
        if depth > 0 || self.at >= self.text.len() {
            self.at = self.text.len();
            return Err((self.at, CUT));
        }
        let end = begin + self.text[begin..self.at].trim_end().len();
        if end == begin { Err(self.damage(none)) } else { Ok(begin..end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<&str>, Option<usize>) {
        let split = split(text);
        let members =
            split.members.iter().map(|(name, at)| format!("{name}={}", &text[at.clone()])).collect();
        let items = split.items.iter().map(|at| &text[at.clone()]).collect();
        (members, items, split.damage.map(|(at, _)| at))
    }

    #[test]
    fn a_document_is_taken_apart() {
        let (members, items, damage) =
            read(r#" {"a": 1 , "b\u0063": "x\"}]", "items": [{"id": "]"}, [1], 2 ], "c": {"items": [3]}} "#);
        assert_eq!(members, ["a=1", r#"bc="x\"}]""#, r#"c={"items": [3]}"#]);
        assert_eq!((items, damage), (vec![r#"{"id": "]"}"#, "[1]", "2"], None));
        assert_eq!(read("{}"), (vec![], vec![], None));
    }

    #[test]
    fn damage_ends_it_and_keeps_what_stands_before() {
        assert_eq!(read(r#"{"items": [{"id": 1}, {"id": 2"#), (vec![], vec![r#"{"id": 1}"#], Some(30)));
        assert_eq!(read(r#"{"items": [{"id": 1} {"id": 2}]}"#), (vec![], vec![r#"{"id": 1}"#], Some(21)));
        assert_eq!(read(r#"{"a": , "b": 2}"#), (vec![], vec![], Some(6)));
        assert_eq!(read(r#"{"a": "x"#), (vec![], vec![], Some(8)));
        assert_eq!(read(r#"{"a": 1"#).2, Some(7));
        for text in ["{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"items\":[", "{\"items\":[1", "{\"\\"] {
            assert!(read(text).2.is_some(), "{text}");
        }
    }
}
