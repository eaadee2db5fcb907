//! Atom 1.0 (RFC 4287), as a feed of its own and as `atom:link` within RSS; paging by RFC 5005.

use super::super::wire::{
    Body, Channel, Item, Kept, Person, address_of, attribute_address, body, only, pointer, text,
};
use super::super::xml::Element;

pub(in crate::feed) fn entry(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "id" => text(&mut item.guid, element),
        "title" => construct(&mut item.title, element),
        "link" => entry_link(item, element),
        "published" | "issued" | "created" => text(&mut item.pub_date, element),
        "updated" | "modified" => text(&mut item.updated, element),
        "content" => content(&mut item.bodies, "content", element),
        "summary" => content(&mut item.bodies, "summary", element),
        "author" => author(&mut item.author, element),
        "contributor" => contributor(&mut item.people, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn feed(channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "title" => construct(&mut channel.title, element),
        "subtitle" | "tagline" => content(&mut channel.bodies, "subtitle", element),
        "link" => feed_link(channel, element),
        "rights" | "copyright" => construct(&mut channel.copyright, element),
        "author" => author(&mut channel.author, element),
        "contributor" => contributor(&mut channel.people, element),
        "logo" | "icon" => {
            channel.other_images.push(address_of(element, &element.content()));
            Kept::Text
        }
        _ => Kept::Not,
    }
}

fn entry_link(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.attribute("rel").unwrap_or("alternate") {
        "alternate" if item.link.is_none() => {
            item.link = attribute_address(element, "href");
            only(element, &["rel", "href", "type"])
        }
        "enclosure" => {
            item.enclosures.extend(pointer(element, "href", "length"));
            only(element, &["rel", "href", "type", "length", "hreflang"])
        }
        _ => Kept::Not,
    }
}

fn feed_link(channel: &mut Channel, element: &Element<'_>) -> Kept {
    let slot = match element.attribute("rel").unwrap_or("alternate") {
        "next" => &mut channel.next,
        "prev-archive" => &mut channel.prev_archive,
        "alternate" => &mut channel.link,
        "self" => {
            channel.own_address = channel.own_address.take().or(element.attribute("href").map(str::to_owned));
            return Kept::Not;
        }
        _ => return Kept::Not,
    };
    if slot.is_some() {
        return Kept::Not;
    }
    *slot = attribute_address(element, "href");
    only(element, &["rel", "href", "type"])
}

/// A text construct (section 3.1). `type="html"` in a field for plain text means references to resolve, which
/// `meaning` does for all titles.
fn construct(slot: &mut Option<String>, element: &Element<'_>) -> Kept {
    match text(slot, element) {
        Kept::Text => only(element, &["type"]),
        kept => kept,
    }
}

/// `content` and `summary` (section 4.1.3): XHTML is kept as the markup it is.
fn content(bodies: &mut Vec<Body>, source: &'static str, element: &Element<'_>) -> Kept {
    if element.attribute("src").is_some() {
        return Kept::Not;
    }
    match body(bodies, source, element) {
        Kept::Text => only(element, &["type", "xml:base", "xml:lang"]).or_text(element),
        kept => kept,
    }
}

impl Kept {
    /// Children of XHTML content are content: they don't count as left over.
    fn or_text(self, element: &Element<'_>) -> Self {
        if self == Kept::Not && !element.children.is_empty() { Kept::Whole } else { self }
    }
}

fn author(slot: &mut Option<String>, element: &Element<'_>) -> Kept {
    let name = element.child("name").map(|name| name.content().into_owned()).filter(|name| !name.is_empty());
    match name {
        Some(name) if slot.is_none() => {
            *slot = Some(name);
            if element.children.len() == 1 { Kept::Whole } else { Kept::Not }
        }
        Some(_) => Kept::Not,
        None => text(slot, element),
    }
}

fn contributor(people: &mut Vec<Person>, element: &Element<'_>) -> Kept {
    let part =
        |key| element.child(key).map(|part| part.content().into_owned()).filter(|part| !part.is_empty());
    let Some(name) = part("name") else { return Kept::Not };
    let url = part("uri").or_else(|| part("url")).map(|url| address_of(element, &url));
    people.push(Person { name, role: None, url, image: None, source: "atom:contributor" });
    if part("email").is_some() { Kept::Not } else { Kept::Whole }
}
