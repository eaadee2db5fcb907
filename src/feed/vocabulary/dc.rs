//! Dublin Core: <https://web.resource.org/rss/1.0/modules/dc/>.

use super::super::wire::{Channel, Item, Kept, body, text};
use super::super::xml::Element;

pub(in crate::feed) fn item(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "title" => text(&mut item.itunes_title, element),
        "creator" => text(&mut item.dc_creator, element),
        "date" | "issued" | "created" => text(&mut item.dc_date, element),
        "modified" => text(&mut item.updated, element),
        "description" => body(&mut item.bodies, "dc:description", element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel(channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "creator" => text(&mut channel.dc_creator, element),
        "language" => text(&mut channel.language, element),
        "rights" => text(&mut channel.copyright, element),
        _ => Kept::Not,
    }
}
