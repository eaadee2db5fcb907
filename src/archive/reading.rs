//! A document as it comes to be recorded: what it says, and what was made of it.

use crate::model::{Episode, Parsed, Resolution};

use super::reread::ReadNotes;

/// Which list of a show's episodes a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// The feed that is polled: it tells what is listed now, and what has gone.
    Live,
    /// An older or fuller list: it adds what is unknown, and never overwrites what the live feed said.
    History,
    /// A copy of the feed as it once was: it adds what is unknown, and overwrites what an older document said.
    Copy,
}

/// A document, read: what it says, which episode each of its items is, and the notes of each.
#[derive(Debug)]
pub struct Reading {
    /// Which list it is.
    pub listing: Listing,
    /// What it says.
    pub parsed: Parsed,
    /// Which episode each item is; as many as `parsed.episodes`.
    pub resolutions: Vec<Resolution>,
    /// The notes of each item, where it has any; as many as `parsed.episodes`.
    pub notes: Vec<Option<ReadNotes>>,
    /// What two addresses of one thing have in common.
    pub address_key: fn(&str) -> String,
}

/// An item of a document, on its way to its row.
pub(super) struct Item<'a> {
    pub(super) episode: &'a Episode,
    pub(super) notes: Option<&'a ReadNotes>,
    pub(super) reading: &'a Reading,
}
