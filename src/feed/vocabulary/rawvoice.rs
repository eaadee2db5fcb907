//! The tags of Blubrry: <https://blubrry.com/developer/rawvoice-rss/>. They tell of pictures and of the same
//! episode in other forms; the rest (rating, frequency, subscribe, location) has no column.

use super::super::wire::{Channel, Item, Kept, attribute_address, bare, only, pointer};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "poster" => {
            let Some(address) = attribute_address(element, "url") else { return Kept::Not };
            item.images.push(bare("rawvoice:poster", address));
            only(element, &["url"])
        }
        "webm" | "mp4" => {
            let address = if element.attribute("url").is_some() { "url" } else { "src" };
            item.alternates.extend(pointer("rawvoice:alternate", element, address, "length"));
            Kept::Not
        }
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(_: &mut Channel<'a>, _: &Element<'a>) -> Kept {
    Kept::Not
}
