//! Enclosures of RSS 1.0, which has none of its own: <http://www.xs4all.nl/~foz/mod_enclosure.html>.

use super::super::wire::{Item, Kept, Pointer, attribute_address, bytes, only};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "enclosure" => enclosure(item, element),
        _ => Kept::Not,
    }
}

fn enclosure<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    let names = ["rdf:resource", "enc:url"];
    let Some(address) = names.iter().find_map(|name| attribute_address(element, name)) else {
        return Kept::Not;
    };
    let length = element.value("enc:length");
    let sound = length.as_deref().is_none_or(|length| bytes(length).is_some());
    let media_type = element.value("enc:type");
    item.enclosures.push(Pointer {
        source: "enc:enclosure",
        address,
        media_type,
        length,
        ..Pointer::default()
    });
    if sound { only(element, &["rdf:resource", "enc:url", "enc:type", "enc:length"]) } else { Kept::Not }
}
