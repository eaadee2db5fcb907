//! The RSS content module: <https://web.resource.org/rss/1.0/modules/content/>.

use super::super::wire::{Item, Kept, body};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "encoded" => body(&mut item.bodies, "content:encoded", element),
        _ => Kept::Not,
    }
}
