//! The members of a JSON Feed beside its items.

use serde_json::Value;

use super::super::wire::{Address, Body, Channel, Person, Pointer, Said, bare};
use super::members::{self, fill, part, text};

/// Reads one member. What has no column, or finds it taken, goes to extra.
pub(super) fn member(channel: &mut Channel<'_>, name: &str, raw: &str) {
    let kept = match name {
        "title" => said(&mut channel.titles, "title", raw),
        "description" => body(&mut channel.bodies, "description", raw),
        "home_page_url" => address(&mut channel.link, raw),
        "icon" => image(&mut channel.images, "icon", raw),
        "favicon" => image(&mut channel.images, "favicon", raw),
        "language" => fill(&mut channel.language, raw),
        "author" | "authors" => authors(&mut channel.authors, &mut channel.people, raw),
        "expired" => expired(channel, raw),
        // Without a column, kept in extra as well.
        "feed_url" => {
            fill(&mut channel.own_address, raw);
            false
        }
        "next_url" => {
            address(&mut channel.pages.next, raw);
            false
        }
        _ => false,
    };
    if let Some(value) = (!kept).then(|| members::value(raw)).flatten() {
        channel.extra.member(name, value);
    }
}

/// Only a yes has a place in its column.
fn expired(channel: &mut Channel<'_>, raw: &str) -> bool {
    let is_true = raw == "true";
    if is_true {
        channel.complete.push(Said { source: "expired", text: raw.to_owned().into() });
    }
    is_true
}

pub(super) fn said(all: &mut Vec<Said<'_>>, source: &'static str, raw: &str) -> bool {
    let Some(text) = text(raw).filter(|_| all.iter().all(|held| held.source != source)) else { return false };
    all.push(Said { source, text: text.into() });
    true
}

pub(super) fn body(bodies: &mut Vec<Body<'_>>, source: &'static str, raw: &str) -> bool {
    let Some(text) = text(raw).filter(|_| bodies.iter().all(|held| held.source != source)) else {
        return false;
    };
    bodies.push(Body { source, text: text.into(), base: None });
    true
}

pub(super) fn address(slot: &mut Option<Address<'_>>, raw: &str) -> bool {
    let mut url = None;
    let kept = slot.is_none() && fill(&mut url, raw);
    if kept {
        *slot = url.map(|url| Address { url: url.into(), base: None });
    }
    kept
}

pub(super) fn image(images: &mut Vec<Pointer<'_>>, source: &'static str, raw: &str) -> bool {
    let url = text(raw);
    images.extend(url.iter().map(|url| bare(source, Address { url: url.clone().into(), base: None })));
    url.is_some()
}

/// `authors` (1.1) or `author` (1.0): their names as one, each as a person with page and picture. False where there
/// is more to them.
pub(super) fn authors(names: &mut Vec<Said<'_>>, people: &mut Vec<Person<'_>>, raw: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(raw) else { return false };
    let all = match &value {
        Value::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut whole = true;
    let mut list = Vec::new();
    for author in all {
        let Some(name) = part(author, "name") else {
            whole = false;
            continue;
        };
        let link = |name| part(author, name).map(|url| Address { url: url.into(), base: None });
        let known = |map: &serde_json::Map<String, Value>| {
            map.iter()
                .all(|(name, value)| matches!(name.as_str(), "name" | "url" | "avatar") && value.is_string())
        };
        whole &= author.as_object().is_some_and(known);
        let person = Person {
            name,
            role: Some("author".to_owned()),
            url: link("url"),
            image: link("avatar"),
            source: "authors",
        };
        let told = people.iter().any(|held| held.source == "authors" && held.name == person.name);
        list.push(person.name.clone());
        // A feed for readers of both versions tells its first author twice.
        if told {
            whole &= person.url.is_none() && person.image.is_none();
        } else {
            people.push(person);
        }
    }
    if !list.is_empty() && names.is_empty() {
        names.push(Said { source: "authors", text: list.join(", ").into() });
    }
    whole && !all.is_empty()
}
