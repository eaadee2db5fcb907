//! RSS 0.9x, 1.0 and 2.0: <https://www.rssboard.org/rss-specification>, <https://web.resource.org/rss/1.0/spec>.

use super::super::wire::{
    Channel, Item, Kept, Pointer, address, address_of, bare, body, bytes, only, pointer, pointer_to, said,
    text,
};
use super::super::xml::Element;
use super::atom;

/// What the tag of an item itself says: RSS 1.0 identifies it by `rdf:about`.
pub(in crate::feed) fn about<'a>(item: &mut Item<'a>, element: &Element<'a>) {
    item.guid = element.attribute("rdf:about").map(str::to_owned);
}

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "guid" => guid(item, element),
        "title" => said(&mut item.titles, "title", element),
        // Atom's link without its namespace.
        "link" if element.attribute("href").is_some() => atom::entry(item, element),
        "link" => address(&mut item.link, element),
        "description" => body(&mut item.bodies, "description", element),
        "pubdate" => said(&mut item.dates, "pubDate", element),
        // What has its place in other vocabularies, written without their namespace.
        "date" => said(&mut item.dates, "date", element),
        "published" | "updated" | "content" | "summary" => atom::entry(item, element),
        "encoded" => body(&mut item.bodies, "content:encoded", element),
        "author" => atom::author(&mut item.authors, element),
        "enclosure" => enclosure(item, element),
        "image" => image(&mut item.images, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "title" => said(&mut channel.titles, "title", element),
        "link" if element.attribute("href").is_some() => atom::feed(channel, element),
        "link" => address(&mut channel.link, element),
        "description" => body(&mut channel.bodies, "description", element),
        "language" => text(&mut channel.language, element),
        "copyright" => text(&mut channel.copyright, element),
        "managingeditor" => said(&mut channel.authors, "managingEditor", element),
        "author" => atom::author(&mut channel.authors, element),
        "ttl" => ttl(channel, element),
        "image" => image(&mut channel.images, element),
        _ => Kept::Not,
    }
}

fn guid<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    let guid = element.content();
    if guid.is_empty() {
        return Kept::Text;
    }
    match &item.guid {
        Some(held) if *held != guid => Kept::Not,
        _ => {
            item.guid_page = is_page(element, &guid).then(|| address_of(element, guid.clone()));
            item.guid = Some(guid.into_owned());
            Kept::Text
        }
    }
}

/// Whether a guid is the address of a page: unless it says that it is not. A relative one must say so, and look so,
/// since many programs say it of anything.
fn is_page(element: &Element<'_>, guid: &str) -> bool {
    let says = element.attribute("ispermalink").map(str::to_ascii_lowercase);
    match says.as_deref() {
        Some("false") => false,
        Some("true") if guid.contains('/') && !guid.contains(char::is_whitespace) => true,
        _ => guid.starts_with("http"),
    }
}

/// How long to keep the document. The archive has no column for it, so it is kept in extra as well.
fn ttl<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match text(&mut channel.ttl, element) {
        Kept::Text => Kept::Not,
        kept => kept,
    }
}

fn enclosure<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match pointer("enclosure", element, "url", "length") {
        Some(pointer) => {
            // A length that is none is kept as it is written.
            let sound = pointer.length.as_deref().is_none_or(|length| bytes(length).is_some());
            item.enclosures.push(pointer);
            if sound { only(element, &["url", "length", "type"]) } else { Kept::Not }
        }
        // Some write the address as text.
        None if element.content().starts_with("http") => {
            let address = address_of(element, element.content());
            item.enclosures.push(pointer_to("enclosure", element, address, "length"));
            Kept::Text
        }
        None => Kept::Not,
    }
}

/// `<image><url>`, whose other parts (title, link, size) are kept as extra.
fn image<'a>(images: &mut Vec<Pointer<'a>>, element: &Element<'a>) -> Kept {
    let url = element.child("url").map(Element::content);
    let url = url.or_else(|| element.value("href").or_else(|| element.value("rdf:resource")));
    images.extend(url.filter(|url| !url.is_empty()).map(|url| bare("image", address_of(element, url))));
    Kept::Not
}
