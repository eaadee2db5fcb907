//! Media RSS: <https://www.rssboard.org/media-rss>, as far as podcasts use it.

use super::super::urls::kind_of;
use super::super::wire::{
    Channel, Item, Kept, Pointer, attribute_address, bare, body, bytes, only, pointer, said,
};
use super::super::xml::Element;
use crate::model::ResourceKind;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "content" => content(item, element),
        "group" => group(item, element),
        "thumbnail" => thumbnail(&mut item.images, element),
        "title" => said(&mut item.titles, "media:title", element),
        "description" => body(&mut item.briefs, "media:description", element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "thumbnail" => thumbnail(&mut channel.images, element),
        "content" => picture(&mut channel.images, element),
        "description" => body(&mut channel.briefs, "media:description", element),
        _ => Kept::Not,
    }
}

fn thumbnail<'a>(images: &mut Vec<Pointer<'a>>, element: &Element<'a>) -> Kept {
    let Some(address) = attribute_address(element, "url") else { return Kept::Not };
    images.push(bare("media:thumbnail", address));
    only(element, &["url"])
}

/// A show has nothing to hear: only the pictures of it have a place.
fn picture<'a>(images: &mut Vec<Pointer<'a>>, element: &Element<'a>) -> Kept {
    images.extend(
        pointer("media:content", element, "url", "filesize").filter(|it| kind_of(it) == ResourceKind::Image),
    );
    Kept::Not
}

/// The same episode in several forms. One that says more than its parts have slots for is kept whole.
fn group<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    let mut whole = element.attributes.is_empty() && element.text.trim().is_empty();
    for part in &element.children {
        let kept = self::item(item, part);
        whole &= kept == Kept::Whole || kept == Kept::Text && part.attributes.is_empty();
    }
    if whole { Kept::Whole } else { Kept::Not }
}

fn content<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    for part in element.children.iter().filter(|part| part.key == "thumbnail") {
        thumbnail(&mut item.images, part);
    }
    let Some(pointer) = pointer("media:content", element, "url", "filesize") else { return Kept::Not };
    let kind = kind_of(&pointer);
    // What has no row of its own, or says of itself what its row does not, is kept whole.
    let row = kind != ResourceKind::Other
        && pointer.medium.as_deref().is_none_or(|medium| medium.eq_ignore_ascii_case(kind.as_str()))
        && pointer.length.as_deref().is_none_or(|length| bytes(length).is_some());
    item.media.push(pointer);
    if row { only(element, &["url", "type", "medium", "filesize", "lang"]) } else { Kept::Not }
}
