//! Dublin Core: <https://web.resource.org/rss/1.0/modules/dc/>.

use super::super::wire::{Channel, Item, Kept, body, said, text};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "title" => said(&mut item.titles, "dc:title", element),
        "creator" => said(&mut item.authors, "dc:creator", element),
        // There is no such element, and feeds have it.
        "author" => said(&mut item.authors, "dc:author", element),
        "date" => said(&mut item.dates, "dc:date", element),
        "issued" => said(&mut item.dates, "dc:issued", element),
        "created" => said(&mut item.dates, "dc:created", element),
        "modified" => said(&mut item.dates, "dc:modified", element),
        "description" => body(&mut item.bodies, "dc:description", element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "title" => said(&mut channel.titles, "dc:title", element),
        "creator" => said(&mut channel.authors, "dc:creator", element),
        "author" => said(&mut channel.authors, "dc:author", element),
        "description" => body(&mut channel.bodies, "dc:description", element),
        "language" => text(&mut channel.language, element),
        "rights" => text(&mut channel.copyright, element),
        _ => Kept::Not,
    }
}
