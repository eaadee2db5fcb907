//! Atom 1.0 (RFC 4287) and 0.3 (<https://datatracker.ietf.org/doc/html/draft-ietf-atompub-format-00>), as a feed of its
//! own and as `atom:link` within RSS; paging by RFC 5005.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::wire::{
    Address, Body, Channel, Item, Kept, Person, Pointer, Said, address_of, attribute_address, bare, body,
    bytes, is_plain, only, pointer, pointer_to, said, text,
};
use super::super::xml::Element;

pub(in crate::feed) fn entry<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "id" => text(&mut item.guid, element),
        "title" => said(&mut item.titles, "title", element),
        "link" => entry_link(item, element),
        "published" => said(&mut item.dates, "published", element),
        "issued" => said(&mut item.dates, "issued", element),
        "created" => said(&mut item.dates, "created", element),
        "updated" => said(&mut item.dates, "updated", element),
        "modified" => said(&mut item.dates, "modified", element),
        "content" if element.attribute("src").is_some() => {
            item.media.extend(pointer("content", element, "src", "length"));
            Kept::Not
        }
        "content" => content(&mut item.bodies, "content", element),
        "summary" => content(&mut item.bodies, "summary", element),
        "author" => author(&mut item.authors, element),
        "contributor" => contributor(&mut item.people, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn feed<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "title" => said(&mut channel.titles, "title", element),
        "subtitle" => content(&mut channel.bodies, "subtitle", element),
        "tagline" => content(&mut channel.bodies, "tagline", element),
        "link" => feed_link(channel, element),
        "rights" | "copyright" => text(&mut channel.copyright, element),
        "author" => author(&mut channel.authors, element),
        "contributor" => contributor(&mut channel.people, element),
        "logo" => picture(&mut channel.images, "logo", element),
        "icon" => picture(&mut channel.images, "icon", element),
        _ => Kept::Not,
    }
}

fn entry_link<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.attribute("rel").unwrap_or("alternate") {
        "alternate" if item.link.is_none() => {
            item.link = attribute_address(element, "href").or_else(|| written(element));
            if item.link.is_some() { only(element, &["rel", "href"]) } else { Kept::Not }
        }
        "enclosure" => {
            let address = attribute_address(element, "href").or_else(|| written(element));
            let Some(address) = address else { return Kept::Not };
            let pointer = pointer_to("enclosure", element, address, "length");
            let sound = pointer.length.as_deref().is_none_or(|length| bytes(length).is_some());
            item.enclosures.push(pointer);
            if sound { only(element, &["rel", "href", "type", "length", "hreflang"]) } else { Kept::Not }
        }
        _ => Kept::Not,
    }
}

/// Some write the address of a link as its text. Within RSS that may be the address of anything.
fn written<'a>(element: &Element<'a>) -> Option<Address<'a>> {
    let text = element.text.trim();
    let is_own = !element.name.contains(':') && text.starts_with("http");
    is_own.then(|| address_of(element, text.to_owned()))
}

/// The show's page has a column; links to other documents have none, and are kept in extra as well.
fn feed_link<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    let pages = &mut channel.pages;
    let slot = match element.attribute("rel").unwrap_or("alternate") {
        "alternate" if channel.link.is_none() => {
            channel.link = attribute_address(element, "href").or_else(|| written(element));
            return if channel.link.is_some() { only(element, &["rel", "href"]) } else { Kept::Not };
        }
        "self" => {
            channel.own_address = channel.own_address.take().or(element.attribute("href").map(str::to_owned));
            return Kept::Not;
        }
        "first" => &mut pages.first,
        "last" => &mut pages.last,
        "previous" | "prev" => &mut pages.previous,
        "next" => &mut pages.next,
        "prev-archive" => &mut pages.prev_archive,
        "next-archive" => &mut pages.next_archive,
        "current" => &mut pages.current,
        _ => return Kept::Not,
    };
    if slot.is_none() {
        *slot = attribute_address(element, "href");
    }
    Kept::Not
}

/// `content` and `summary` (section 4.1.3): XHTML is kept as the markup it is, as is what Atom 0.3 says is `mode="xml"`.
fn content<'a>(bodies: &mut Vec<Body<'a>>, source: &'static str, element: &Element<'a>) -> Kept {
    if !element.attribute("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64")) {
        return body(bodies, source, element);
    }
    let packed: String = element.text.split_ascii_whitespace().collect();
    let text = STANDARD.decode(packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) {
        Some(text) if bodies.iter().all(|body| body.source != source) => {
            bodies.push(Body {
                source,
                text: text.into(),
                base: element.attribute("xml:base").map(str::to_owned),
            });
            Kept::Text
        }
        _ => Kept::Not,
    }
}

fn picture<'a>(images: &mut Vec<Pointer<'a>>, source: &'static str, element: &Element<'a>) -> Kept {
    let url = element.content();
    if !url.is_empty() {
        images.push(bare(source, address_of(element, url)));
    }
    Kept::Text
}

/// The name, else the address, has a column; an author who has more than that is kept whole as well, as is one whose
/// name is markup. Within RSS the parts may stand without their namespace.
pub(super) fn author<'a>(authors: &mut Vec<Said<'a>>, element: &Element<'a>) -> Kept {
    let Some(part) = part(element, "name").or_else(|| part(element, "email")) else {
        let kept = said(authors, "author", element);
        return if kept == Kept::Text && !element.children.is_empty() { without_tags(authors) } else { kept };
    };
    match said(authors, "author", part) {
        Kept::Not => Kept::Not,
        _ => holds_only(element, &[part.key.as_ref()]),
    }
}

/// Makes the author added last what a reader sees of it.
fn without_tags(authors: &mut [Said<'_>]) -> Kept {
    if let Some(last) = authors.last_mut() {
        let texts = last.text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        last.text = texts.collect();
    }
    Kept::Not
}

/// The child of this name that says something.
fn part<'e, 'a>(element: &'e Element<'a>, key: &str) -> Option<&'e Element<'a>> {
    element.children.iter().find(|part| part.key == key && !part.content().is_empty())
}

fn contributor<'a>(people: &mut Vec<Person<'a>>, element: &Element<'a>) -> Kept {
    let Some(name) = part(element, "name") else { return Kept::Not };
    let name = name.content().into_owned();
    let by = if part(element, "uri").is_some() { "uri" } else { "url" };
    let url = part(element, by).map(|url| address_of(element, url.content()));
    people.push(Person { name, role: None, url, image: None, source: "atom:contributor" });
    holds_only(element, &["name", by])
}

/// Whether an element is nothing but one plain child of each of these names.
fn holds_only(element: &Element<'_>, names: &[&str]) -> Kept {
    let plain = element.attributes.is_empty() && element.text.trim().is_empty();
    let children =
        element.children.iter().all(|child| names.contains(&child.key.as_ref()) && is_plain(child));
    if plain && children && element.children.len() <= names.len() { Kept::Whole } else { Kept::Not }
}
