//! The nouns of castkeep: shows, episodes, notes, digests, times.
//!
//! Plain values that know nobody: no HTTP, SQL or XML type appears here, nothing does I/O or reads a clock.
//! Field names are the column names of `schema.sql`, so that JSON, SQL and Rust speak of the same things.
//! Beside them stands how messages name things: without secrets, in short, and what a wrong name should have been.

mod digest;
mod feed;
mod few;
mod history;
mod near;
mod notes;
mod redact;
mod slug;
mod time;
mod transcript;

pub use digest::{Digest, Hasher, NotADigest};
pub use feed::{
    Chapter, Credit, Episode, IdentitySource, Paging, Parsed, Resource, ResourceKind, ResourceRole, Show,
    Warning,
};
pub use few::few;
pub use history::{KnownEpisode, Match, Resolution};
pub use near::{meant, nearest};
pub use notes::{Link, Notes, Person, Role, Segment, SegmentKind, Sponsor};
pub use redact::{blunt, hidden_pairs, hide, printable, redact, redact_text, redacted};
pub use slug::slug;
pub use time::{LONGEST_REST, Time};
pub use transcript::Cue;
