//! Elements without a column that a mirror tells on, from the JSON in which `extra` keeps them: attributes as `@name`, text as
//! `#text`, children by name, repeated ones as an array.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::xml::Xml;
use crate::model::redact_text;

/// Of a show.
pub(super) const OF_SHOW: &[&str] =
    &["itunes:category", "itunes:keywords", "podcast:funding", "podcast:license", "podcast:location"];
/// Of an episode.
pub(super) const OF_EPISODE: &[&str] = &[
    "itunes:keywords",
    "podcast:license",
    "podcast:location",
    "podcast:socialInteract",
    "podcast:soundbite",
];

/// Nobody nests them deeper.
const DEEPEST: usize = 4;

/// Writes the elements of these names.
pub(super) fn write<W: Write>(
    xml: &mut Xml<W>,
    extra: &Map<String, Value>,
    names: &[&str],
) -> io::Result<()> {
    for (name, value) in extra.iter().filter(|(name, _)| names.contains(&name.as_str())) {
        element(xml, name, value, 0)?;
    }
    Ok(())
}

fn element<W: Write>(xml: &mut Xml<W>, name: &str, value: &Value, depth: usize) -> io::Result<()> {
    match value {
        Value::Array(all) => all.iter().try_for_each(|value| element(xml, name, value, depth)),
        Value::String(text) => xml.leaf(name, &[], &redact_text(text)),
        Value::Object(parts) => object(xml, name, parts, depth),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn object<W: Write>(
    xml: &mut Xml<W>,
    name: &str,
    parts: &Map<String, Value>,
    depth: usize,
) -> io::Result<()> {
    let said: Vec<(&str, String)> = parts
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix('@')?, redact_text(value.as_str()?))))
        .filter(|(name, _)| is_attribute(name))
        .collect();
    let attributes: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if let Some(text) = parts.get("#text").and_then(Value::as_str) {
        return xml.leaf(name, &attributes, &redact_text(text));
    }
    let mut children = parts.iter().filter(|(name, _)| is_name(name)).peekable();
    if depth >= DEEPEST || children.peek().is_none() {
        return xml.empty(name, &attributes);
    }
    xml.open(name, &attributes)?;
    children.try_for_each(|(name, value)| element(xml, name, value, depth + 1))?;
    xml.close()
}

/// A name that an attribute may have, without a prefix, and that declares none.
fn is_attribute(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !name.eq_ignore_ascii_case("xmlns")
}

/// A name of the vocabularies that a mirror declares.
fn is_name(name: &str) -> bool {
    let local = name.strip_prefix("itunes:").or(name.strip_prefix("podcast:"));
    local.is_some_and(|local| !local.is_empty() && local.bytes().all(|byte| byte.is_ascii_alphabetic()))
}
