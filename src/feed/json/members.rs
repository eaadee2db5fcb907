//! The members of a JSON object in their order, those told twice included.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Names and values, these as written: a number may have more digits than a computer's. What serde_json's own map
/// would overwrite stays.
#[derive(Debug, Default)]
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a str)>);

impl Members<'_> {
    /// Whether it has what every item has.
    pub(super) fn has_id(&self) -> bool {
        self.0.iter().any(|(name, _)| name == "id")
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Gather;
        impl<'de> Visitor<'de> for Gather {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut all = Vec::with_capacity(map.size_hint().unwrap_or(12));
                while let Some((Name(name), value)) = map.next_entry::<_, &RawValue>()? {
                    all.push((name, value.get()));
                }
                Ok(Members(all))
            }
        }
        deserializer.deserialize_map(Gather)
    }
}

/// A name, taken from the text where it holds no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Take;
        impl<'de> Visitor<'de> for Take {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Take)
    }
}

/// The text of a value: a string, trimmed, or a number as it is written. `None` for what is neither, or empty.
pub(super) fn text(raw: &str) -> Option<String> {
    let text = match raw.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(raw).ok()?,
        b'-' | b'0'..=b'9' => raw.to_owned(),
        _ => return None,
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(if trimmed.len() == text.len() { text } else { trimmed.to_owned() })
}

/// Puts the text of a value into a slot. False where there is none, or the slot is taken.
pub(super) fn fill(slot: &mut Option<String>, raw: &str) -> bool {
    if slot.is_some() {
        return false;
    }
    *slot = text(raw);
    slot.is_some()
}

/// A longer value is no value but a document, of which each byte would take a hundred in memory.
const LONGEST_VALUE: usize = 256 * 1024;

/// A value for extra, which says nothing where it is null. One that can't be read, such as one nested too deeply, is
/// kept as the text it is, and so is one that is very long.
pub(super) fn value(raw: &str) -> Option<Value> {
    if raw.len() > LONGEST_VALUE {
        return Some(Value::String(raw.to_owned()));
    }
    let value = serde_json::from_str(raw).unwrap_or_else(|_| Value::String(raw.to_owned()));
    (!value.is_null()).then_some(value)
}

/// The text of a part of a value.
pub(super) fn part(value: &Value, name: &str) -> Option<String> {
    let text = match value.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
