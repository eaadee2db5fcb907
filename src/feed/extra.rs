//! What a feed says beyond castkeep's columns, whole, as JSON.
//!
//! An element is its text, or where it has attributes or children an object: attributes as `@name`, its text as
//! `#text`, children by name. Names bear the prefix that most feeds use (`itunes:keywords`). Repeated elements
//! are an array.

use serde_json::{Map, Value};

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

    /// Keeps only the attributes of an element whose text has a column; namespaces and language apart.
    pub(super) fn attributes(&mut self, element: &Element<'_>) {
        let kept = attributes_of(element);
        if !kept.is_empty() {
            self.put(element.usual_name(), Value::Object(kept));
        }
    }

    /// Keeps a text under a name.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.put(name.to_owned(), Value::String(text.to_owned()));
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
    let mut map = Map::new();
    for (name, value) in &element.attributes {
        if *name != "xmlns" && !name.starts_with("xmlns:") {
            map.entry(format!("@{name}")).or_insert_with(|| Value::String(value.to_string()));
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
        let item = read(raw, &mut Scope::new(Ns::Rss), &mut |_, _| {}).unwrap();
        let mut extra = Extra::default();
        item.children.iter().for_each(|child| extra.element(child));
        let want = serde_json::json!({"a": ["1", {"@x": "2", "#text": "3", "b": ""}], "itunes:c": ""});
        assert_eq!(Value::Object(extra.finish()), want);
    }
}
