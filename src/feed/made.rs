//! When a document was made, as far as it tells: what puts old copies of a feed in order.

use serde_json::Value;

use super::date;
use crate::model::{Parsed, Time};

/// Where channels say when they were made, the surest first.
const FIELDS: [&str; 7] =
    ["lastBuildDate", "updated", "atom:updated", "dc:date", "pubDate", "modified", "atom:modified"];

/// The date that the channel bears, but no earlier than that of its newest item. `None` if nothing is dated.
pub fn made_at(parsed: &Parsed) -> Option<Time> {
    let said = FIELDS.iter().find_map(|field| text(parsed.show.extra.get(*field)?)).and_then(date::read);
    said.map(|date| date.at).max(newest(parsed))
}

/// The date of the newest item.
pub fn newest(parsed: &Parsed) -> Option<Time> {
    parsed.episodes.iter().filter_map(|episode| episode.published_at).max()
}

/// The text of an element that was kept as extra: alone, first of several, or beside attributes.
fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(several) => several.iter().find_map(text),
        Value::Object(parts) => parts.get("#text").or_else(|| parts.get("text")).and_then(text),
        _ => None,
    }
}
