//! Feed paging and archiving (RFC 5005). The links are Atom's; `fh:complete` and `fh:archive` say what the
//! document is, which has no column.

use super::super::wire::{Channel, Kept};
use super::super::xml::Element;

pub(in crate::feed) fn channel(_: &mut Channel, _: &Element<'_>) -> Kept {
    Kept::Not
}
