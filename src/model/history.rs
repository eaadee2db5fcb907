//! What the archive already holds of a show, as far as telling old episodes from new ones needs it.

use super::feed::named;
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

named! {
    /// By what an item was known to be an archived episode.
    Match {
        /// The very bytes that it was last read from.
        Item = "item",
        /// The guid alone: nothing else agrees.
        Guid = "guid",
        /// The guid and the enclosure.
        GuidEnclosure = "guid+enclosure",
        /// The guid and the title.
        GuidTitle = "guid+title",
        /// The guid and the date.
        GuidDate = "guid+date",
        /// The enclosure alone, and no other's.
        Enclosure = "enclosure",
        /// The enclosure and the title.
        EnclosureTitle = "enclosure+title",
        /// The title and the date.
        TitleDate = "title+date",
        /// Link and title, of an item without enclosure.
        LinkTitle = "link+title",
    }
}

/// Which episode an item of a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The archived episode with this row, and by what it was known.
    Known(i64, Match),
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
