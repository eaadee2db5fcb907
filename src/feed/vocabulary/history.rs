//! Feed paging and archiving (RFC 5005): what the document is. The links between documents are Atom's.

use super::super::wire::{Channel, Kept};
use super::super::xml::Element;

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "complete" => channel.pages.is_complete = true,
        "archive" => channel.pages.is_archive = true,
        _ => {}
    }
    Kept::Not
}
