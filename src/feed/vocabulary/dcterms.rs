//! DCMI terms: <https://www.dublincore.org/specifications/dublin-core/dcmi-terms/>, where they tell what Dublin Core
//! and Atom have other words for.

use super::super::wire::{Channel, Item, Kept, body, said, text};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "title" => said(&mut item.titles, "dcterms:title", element),
        "creator" => said(&mut item.authors, "dcterms:creator", element),
        "issued" => said(&mut item.dates, "dcterms:issued", element),
        "created" => said(&mut item.dates, "dcterms:created", element),
        "date" => said(&mut item.dates, "dcterms:date", element),
        "modified" => said(&mut item.dates, "dcterms:modified", element),
        "description" => body(&mut item.briefs, "dcterms:description", element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "creator" => said(&mut channel.authors, "dcterms:creator", element),
        "language" => text(&mut channel.language, element),
        "rights" => text(&mut channel.copyright, element),
        _ => Kept::Not,
    }
}
