//! One file a vocabulary, each holding one flat table of its elements and nothing else.

pub(super) mod atom;
pub(super) mod content;
pub(super) mod dc;
pub(super) mod dcterms;
pub(super) mod enc;
pub(super) mod googleplay;
pub(super) mod history;
pub(super) mod itunes;
pub(super) mod media;
pub(super) mod podcast;
pub(super) mod psc;
pub(super) mod rawvoice;
pub(super) mod rss;
