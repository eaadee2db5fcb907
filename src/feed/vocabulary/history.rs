//! Feed paging and archiving (RFC 5005). The links themselves are Atom's; this marks what the document is.

use super::super::wire::{Channel, Kept};
use super::super::xml::Element;

pub(in crate::feed) fn channel(_channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        // `complete` says that the document is the whole feed, `archive` that it will not change: no column yet.
        "complete" | "archive" => Kept::Not,
        _ => Kept::Not,
    }
}
