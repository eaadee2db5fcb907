//! RSS 0.9x, 1.0 and 2.0: <https://www.rssboard.org/rss-specification>, <https://web.resource.org/rss/1.0/spec>.

use super::super::wire::{Channel, Item, Kept, address, address_of, body, only, pointer, text};
use super::super::xml::Element;

/// What the tag of an item itself says: RSS 1.0 identifies it by `rdf:about`.
pub(in crate::feed) fn about(item: &mut Item, element: &Element<'_>) {
    item.guid = element.attribute("rdf:about").map(str::to_owned);
}

pub(in crate::feed) fn item(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "guid" => guid(item, element),
        "title" => text(&mut item.title, element),
        "link" => address(&mut item.link, element),
        "description" => body(&mut item.bodies, "description", element),
        "pubdate" => text(&mut item.pub_date, element),
        "author" => text(&mut item.author, element),
        "enclosure" => enclosure(item, element),
        "image" => image(&mut item.other_images, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel(channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "title" => text(&mut channel.title, element),
        "link" => address(&mut channel.link, element),
        "description" => body(&mut channel.bodies, "description", element),
        "language" => text(&mut channel.language, element),
        "copyright" => text(&mut channel.copyright, element),
        "managingeditor" | "author" => text(&mut channel.author, element),
        "ttl" => text(&mut channel.ttl, element),
        "image" => image(&mut channel.other_images, element),
        // A table of the items that follow (RSS 1.0): it says nothing more than they do.
        "items" => Kept::Whole,
        _ => Kept::Not,
    }
}

fn guid(item: &mut Item, element: &Element<'_>) -> Kept {
    let guid = element.content();
    if guid.is_empty() {
        return Kept::Text;
    }
    // A guid is an address unless it says that it is not.
    item.guid_is_link =
        !element.attribute("ispermalink").is_some_and(|says| says.eq_ignore_ascii_case("false"));
    match &item.guid {
        Some(held) if *held != guid => Kept::Not,
        _ => {
            item.guid = Some(guid.into_owned());
            Kept::Text
        }
    }
}

fn enclosure(item: &mut Item, element: &Element<'_>) -> Kept {
    match pointer(element, "url", "length") {
        Some(pointer) => {
            // A length that is none is kept as it is written.
            let sound = pointer.length.as_deref().is_none_or(|length| length.parse::<u64>().is_ok());
            item.enclosures.push(pointer);
            if sound { only(element, &["url", "length", "type"]) } else { Kept::Not }
        }
        // Some write the address as text.
        None if element.content().starts_with("http") => {
            let address = address_of(element, &element.content());
            item.enclosures.push(super::super::wire::Pointer { address, ..Default::default() });
            Kept::Text
        }
        None => Kept::Not,
    }
}

/// `<image><url>`, whose other parts (title, link, size) are kept as extra.
fn image(images: &mut Vec<super::super::wire::Address>, element: &Element<'_>) -> Kept {
    let url = element.child("url").map(|url| url.content().into_owned());
    let url =
        url.or_else(|| element.attribute("href").or(element.attribute("rdf:resource")).map(str::to_owned));
    images.extend(url.filter(|url| !url.is_empty()).map(|url| address_of(element, &url)));
    Kept::Not
}
