//! What the archive already holds of a show, as far as telling old episodes from new ones needs it.

use super::{Digest, IdentitySource, Time};

/// An archived episode, by what identifies it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnownEpisode {
    /// Its row.
    pub id: i64,
    /// The guid last seen.
    pub guid: Option<String>,
    /// What it was told apart by when it was first seen.
    pub identity: String,
    /// The title last seen.
    pub title: Option<String>,
    /// The link last seen.
    pub link: Option<String>,
    /// The date last seen.
    pub published_at: Option<Time>,
    /// Every enclosure address it has ever had, as published and made absolute; the current one first.
    pub enclosure_urls: Vec<String>,
    /// The digest of the item last read for it.
    pub item_sha256: Option<Digest>,
}

/// Which episode an item of a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The archived episode with this row.
    Known(i64),
    /// An episode not seen before.
    New {
        /// What tells it from the show's other episodes.
        identity: String,
        /// What the identity was made from.
        source: IdentitySource,
    },
    /// The same episode as an earlier item of the same document, at this index.
    Repeats(usize),
    /// The archived episode with this row over again, which another item of the document already lists: nothing
    /// of this item is to be recorded.
    RepeatsKnown(i64),
}
