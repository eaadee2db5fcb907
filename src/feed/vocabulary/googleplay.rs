//! The tags of Google Play, which repeat those of iTunes; read where those are missing.

use super::super::wire::{Channel, Item, Kept, body};
use super::super::xml::Element;

pub(in crate::feed) fn item(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "description" => body(&mut item.briefs, "googleplay:description", element),
        "image" => super::itunes::image(&mut item.itunes_image, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel(channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "description" => body(&mut channel.briefs, "googleplay:description", element),
        "image" => super::itunes::image(&mut channel.itunes_image, element),
        _ => Kept::Not,
    }
}
