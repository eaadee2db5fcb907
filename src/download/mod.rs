//! A resource becomes stored bytes: asked for, taken in, hashed, judged, synced and named. The only creator of media
//! files.
//!
//! ```text
//! capture: part + sidecar in tmp/ -> GET (resumed where that is safe) -> hash while writing -> sniff -> fsync
//! place:   next free name in audio/ -> rename without overwriting -> fsync the folders
//! (the caller commits its rows)
//! finish:  the sidecar goes
//! ```
//!
//! [`probe`] measures what was stored: how long it plays, and the chapters inside it.

mod beside;
mod cancel;
mod capture;
mod carry;
mod check;
mod failure;
mod frames;
mod judge;
mod magic;
mod mpeg;
mod names;
mod part;
mod place;
mod probe;
mod rename;
mod share;
mod shift;
mod sniff;
mod store;
mod strays;
mod tags;
mod take;
mod writer;

use std::path::PathBuf;

use crate::http::{Scope, Url};
use crate::model::{Digest, ResourceKind, Time};

pub use beside::Content;
pub use cancel::Cancel;
pub use capture::{Progress, capture};
pub use check::FileState;
pub use failure::{Failure, FailureKind};
pub use names::{BadTemplate, Fault, FormatKind, Naming, Template, case_blind};
pub use probe::{Probed, probe};
pub use shift::Shifted;
pub use sniff::{HEAD, NotWanted, Sniffed, sniff};
pub use store::Store;
pub use tags::{Tags, tags};
pub use take::{HowTaken, Outside, Take, Untaken, is_fresh};

/// What to capture.
#[derive(Debug, Clone)]
pub struct Target {
    /// The row of the resource; names the part.
    pub resource_id: i64,
    /// Where it is.
    pub url: Url,
    /// Which special addresses may be met.
    pub scope: Scope,
    /// What it should turn out to be.
    pub kind: ResourceKind,
    /// The length that the feed states. Never a reason to refuse.
    pub expected_length: Option<u64>,
    /// A longer body is refused.
    pub max_bytes: u64,
    /// The download ends rather than leave less than this free on the disk.
    pub min_free_bytes: u64,
}

/// One attempt to capture a resource, good or bad: what a `downloads` row holds.
#[derive(Debug)]
pub struct Attempt {
    /// The address asked for, without userinfo and with secret query values hidden.
    pub requested_url: String,
    /// The address that answered, in the same way.
    pub final_url: Option<String>,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub finished_at: Time,
    /// The last status seen.
    pub http_status: Option<u16>,
    /// `ETag`, as received.
    pub etag: Option<String>,
    /// `Last-Modified`, as received.
    pub last_modified: Option<String>,
    /// `Content-Type`, as received.
    pub content_type: Option<String>,
    /// Bytes of body received over the network in this attempt.
    pub bytes: u64,
    /// How many bytes of an earlier attempt were used.
    pub resumed_from: Option<u64>,
    /// What came of it.
    pub result: Result<Captured, Failure>,
}

/// Whole, judged and synced bytes in `tmp/`, ready to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// The part file.
    pub part: PathBuf,
    /// The row of the resource.
    pub resource_id: i64,
    /// The digest of the bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub size_bytes: u64,
    /// The media type, by the bytes themselves.
    pub media_type: &'static str,
    /// The ending of a file name, by the bytes themselves, without dot.
    pub extension: &'static str,
    /// What a reader should know of them.
    pub flags: Flags,
}

/// Marks on captured bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// The server told no length, and the feed's did not confirm it.
    pub length_unverified: bool,
    /// The length differs from the feed's by more than a twentieth.
    pub length_mismatch: bool,
    /// It was put together from more than one answer.
    pub resumed: bool,
}
