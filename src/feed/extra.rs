//! What a feed says beyond castkeep's columns, whole, as JSON.
//!
//! An element is its text, or where it has attributes or children an object: attributes as `@name`, its text as
//! `#text`, children by name. What the tag of an item itself says stands as `@name` at the top; what those of root
//! and channel say, under their names. A member of a JSON Feed is kept as it is. Names bear the prefix that most feeds use (`itunes:keywords`). Repeated elements
//! are an array.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::wire::Pointer;
use super::xml::Element;

/// Objects nested deeper than this are kept as the markup they were: readers of JSON have limits too.
const DEEPEST: usize = 48;

/// A map that keeps every element given to it.
#[derive(Debug, Default)]
pub(super) struct Extra(Map<String, Value>);

impl Extra {
    /// Keeps a whole element.
    pub(super) fn element(&mut self, element: &Element<'_>) {
        self.put(element.usual_name(), value_of(element, 0));
    }

    /// Keeps only the attributes of an element whose text has a column; namespaces apart.
    pub(super) fn attributes(&mut self, element: &Element<'_>) {
        let kept = attributes_of(element);
        if !kept.is_empty() {
            self.put(element.usual_name(), Value::Object(kept));
        }
    }

    /// Keeps what the tag of the item itself says, and text that stands loose in it.
    pub(super) fn own(&mut self, element: &Element<'_>) {
        for (name, value) in attributes_of(element) {
            self.put(name, value);
        }
        let loose = element.text.trim();
        if !loose.is_empty() {
            self.text("#text", loose);
        }
    }

    /// Keeps the attributes of the root's or channel's tag under its name.
    pub(super) fn tag<'a>(&mut self, name: &str, attributes: impl Iterator<Item = (&'a str, Cow<'a, str>)>) {
        let kept = kept_attributes(attributes);
        if !kept.is_empty() {
            self.put(name.to_owned(), Value::Object(kept));
        }
    }

    /// Keeps a text under a name, beside the attributes of its element where those are kept already.
    pub(super) fn text(&mut self, name: &str, text: impl Into<String>) {
        let text = Value::String(text.into());
        if let Some(Value::Object(held)) = self.0.get_mut(name)
            && held.keys().all(|key| key.starts_with('@'))
        {
            held.insert("#text".to_owned(), text);
            return;
        }
        self.put(name.to_owned(), text);
    }

    /// Keeps a pointer that is one of several to the same address, and tells something else about it.
    pub(super) fn pointer(&mut self, pointer: &Pointer<'_>) {
        let [url, media_type, length] = match pointer.source {
            "attachments" => ["url", "mime_type", "size_in_bytes"],
            "media:content" => ["@url", "@type", "@fileSize"],
            _ => ["@url", "@type", "@length"],
        };
        let said = [
            (url, Some(pointer.address.url.as_ref())),
            (media_type, pointer.media_type.as_deref()),
            (length, pointer.length.as_deref()),
            ("@language", pointer.language.as_deref()),
            ("integrity", pointer.integrity.as_deref()),
        ];
        let said = said.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
        self.put(pointer.source.to_owned(), Value::Object(said.collect()));
    }

    /// Keeps a member of a JSON Feed.
    pub(super) fn member(&mut self, name: &str, value: Value) {
        self.put(name.to_owned(), value);
    }

    fn put(&mut self, name: String, value: Value) {
        put(&mut self.0, name, value);
    }

    pub(super) fn finish(self) -> Map<String, Value> {
        self.0
    }
}

fn put(map: &mut Map<String, Value>, name: String, value: Value) {
    match map.get_mut(&name) {
        None => {
            map.insert(name, value);
        }
        Some(Value::Array(all)) => all.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

fn attributes_of(element: &Element<'_>) -> Map<String, Value> {
    let attributes = element.attributes.iter().map(|(name, value)| (*name, Cow::Borrowed(value.as_ref())));
    kept_attributes(attributes)
}

/// Attributes as `@name`, less the declarations of namespaces.
fn kept_attributes<'a>(attributes: impl Iterator<Item = (&'a str, Cow<'a, str>)>) -> Map<String, Value> {
    // Objects are many and small: room for what comes, and for no more.
    let mut map = Map::with_capacity(attributes.size_hint().0);
    for (name, value) in attributes {
        if name != "xmlns" && !name.starts_with("xmlns:") {
            map.entry(["@", name].concat()).or_insert_with(|| Value::String(value.into_owned()));
        }
    }
    map
}

fn value_of(element: &Element<'_>, depth: usize) -> Value {
    let text = element.text.trim();
    if depth >= DEEPEST {
        return Value::String(element.inner.trim().to_owned());
    }
    let mut map = attributes_of(element);
    if map.is_empty() && element.children.is_empty() {
        return Value::String(text.to_owned());
    }
    if !text.is_empty() {
        map.insert("#text".to_owned(), Value::String(text.to_owned()));
    }
    for child in &element.children {
        put(&mut map, child.usual_name(), value_of(child, depth + 1));
    }
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::super::xml::{Ns, Scope, read};
    use super::*;

    #[test]
    fn nothing_of_an_element_is_lost() {
        let raw = "<item><a>1</a><a x='2'>3<b/></a><it:c xmlns:it='http://www.itunes.com/dtds/podcast-1.0.dtd'/></item>";
        let item = read(raw, &mut Scope::new(Ns::Rss), Vec::new(), &mut |_, _| {}).unwrap();
        let mut extra = Extra::default();
        item.children.iter().for_each(|child| extra.element(child));
        let want = serde_json::json!({"a": ["1", {"@x": "2", "#text": "3", "b": ""}], "itunes:c": ""});
        assert_eq!(Value::Object(extra.finish()), want);
    }
}
