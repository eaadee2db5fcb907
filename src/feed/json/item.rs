//! An item of a JSON Feed.

use std::borrow::Cow;

use serde_json::Value;

use super::super::wire::{Address, Item, Pointer, Said, bytes};
use super::channel::{address, authors, body, image, said};
use super::members::{self, Members, fill};

/// Reads an item. What has no column, or finds it taken, goes to extra.
pub(super) fn item(members: Members<'_>) -> Item<'_> {
    let mut item = Item::default();
    for (name, raw) in members.0 {
        let kept = member(&mut item, &name, raw);
        if let Some(value) = (!kept).then(|| members::value(raw)).flatten() {
            item.extra.member(&name, value);
        }
    }
    item
}

fn member(item: &mut Item<'_>, name: &str, raw: &str) -> bool {
    match name {
        "id" => fill(&mut item.guid, raw),
        "url" => address(&mut item.link, raw),
        "title" => said(&mut item.titles, "title", raw),
        "content_html" => body(&mut item.bodies, "content_html", raw),
        "content_text" => body(&mut item.bodies, "content_text", raw),
        "summary" => body(&mut item.briefs, "summary", raw),
        "image" => image(&mut item.images, "image", raw),
        "banner_image" => image(&mut item.images, "banner_image", raw),
        "date_published" => said(&mut item.dates, "date_published", raw),
        "date_modified" => said(&mut item.dates, "date_modified", raw),
        "author" | "authors" => authors(&mut item.authors, &mut item.people, raw),
        "attachments" => attachments(item, raw),
        _ => false,
    }
}

/// The first of a title is an enclosure, the others of that title are the same in other forms. False where one says
/// more than its columns hold.
fn attachments(item: &mut Item<'_>, raw: &str) -> bool {
    let Ok(Value::Array(all)) = serde_json::from_str(raw) else { return false };
    let mut titles = std::collections::HashSet::new();
    let mut whole = true;
    for one in &all {
        let part = |name| members::part(one, name);
        let Some(url) = part("url") else {
            whole = false;
            continue;
        };
        let length = part("size_in_bytes");
        whole &= length.as_deref().is_none_or(|length| bytes(length).is_some()) && is_plain(one);
        let duration = part("duration_in_seconds");
        match duration {
            Some(text) if item.durations.is_empty() => {
                item.durations.push(Said { source: "duration_in_seconds", text: text.into() });
            }
            Some(text) => whole &= item.durations.iter().any(|held| held.text == text),
            None => {}
        }
        let pointer = Pointer {
            source: "attachments",
            address: Address { url: url.into(), base: None },
            media_type: part("mime_type").map(Cow::Owned),
            length: length.map(Cow::Owned),
            ..Pointer::default()
        };
        let again = one.get("title").and_then(Value::as_str).is_some_and(|title| !titles.insert(title));
        if again { item.alternates.push(pointer) } else { item.enclosures.push(pointer) }
    }
    whole
}

/// Whether an attachment has only members with a column.
fn is_plain(attachment: &Value) -> bool {
    attachment.as_object().is_some_and(|members| {
        let column =
            |name: &str| matches!(name, "url" | "mime_type" | "size_in_bytes" | "duration_in_seconds");
        members.iter().all(|(name, value)| column(name) && (value.is_string() || value.is_number()))
    })
}
