//! XML as feeds really write it: tokens, elements, names and references, each read leniently.
//!
//! Nothing here knows what a podcast is.

mod attributes;
mod element;
mod entities;
mod names;
mod text;
mod tokens;

pub(super) use attributes::attributes;
pub(super) use element::{Element, read};
pub(super) use entities::{resolve_all, strip_illegal};
pub(super) use names::{Ns, Scope, local_of, prefix_of};
pub(super) use tokens::{Token, Tokens};
