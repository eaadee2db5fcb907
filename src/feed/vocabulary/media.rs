//! Media RSS: <https://www.rssboard.org/media-rss>, as far as podcasts use it.

use super::super::wire::{Channel, Item, Kept, attribute_address, body, only, pointer, text};
use super::super::xml::Element;

pub(in crate::feed) fn item(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "content" => content(item, element),
        "group" => {
            let parts = element.children.iter().map(|part| self::item(item, part));
            parts.fold(Kept::Whole, |all, kept| if kept == Kept::Not { Kept::Not } else { all })
        }
        "thumbnail" => {
            item.other_images.extend(attribute_address(element, "url"));
            only(element, &["url"])
        }
        "title" => text(&mut item.media_title, element),
        "description" => body(&mut item.briefs, "media:description", element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel(channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "thumbnail" => {
            channel.other_images.extend(attribute_address(element, "url"));
            only(element, &["url"])
        }
        "description" => body(&mut channel.briefs, "media:description", element),
        _ => Kept::Not,
    }
}

fn content(item: &mut Item, element: &Element<'_>) -> Kept {
    item.media.extend(pointer(element, "url", "filesize"));
    for part in element.children.iter().filter(|part| part.key == "thumbnail") {
        item.other_images.extend(attribute_address(part, "url"));
    }
    only(element, &["url", "type", "medium", "filesize", "lang"])
}
