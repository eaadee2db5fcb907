//! When a document was made, as far as it tells: what puts old copies of a feed in order.

use serde_json::Value;

use super::date;
use crate::model::{Parsed, Time};

/// Where channels say when they were made, the surest first.
const FIELDS: [&str; 7] =
    ["lastBuildDate", "updated", "atom:updated", "dc:date", "pubDate", "modified", "atom:modified"];

/// The date that the channel bears, but no earlier than that of its newest item. `None` if nothing is dated. What lies after
/// `now` tells nothing: it is a slip of the pen, or an item that is to come.
pub fn made_at(parsed: &Parsed, now: Time) -> Option<Time> {
    let said = FIELDS.iter().find_map(|field| text(parsed.show.extra.get(*field)?)).and_then(date::read);
    said.map(|date| date.at).filter(|at| *at <= now).max(newest(parsed, now))
}

/// The date of the newest item, those to come left out.
pub fn newest(parsed: &Parsed, now: Time) -> Option<Time> {
    parsed.episodes.iter().filter_map(|episode| episode.published_at).filter(|at| *at <= now).max()
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
