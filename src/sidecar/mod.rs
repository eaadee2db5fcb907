//! What comes beside an episode -> rows: transcripts (SRT, WebVTT, JSON, HTML, plain text) and chapters (JSON, lists, Podlove,
//! those inside of audio files).
//!
//! Nothing here does I/O: a file inside which to look is a [`Bytes`], which the caller reads. What is odd in a document is a
//! warning, and reading goes on; a document that is something else altogether is an [`Error`] that names it.

mod bytes;
mod chapters;
mod clock;
mod error;
pub mod id3;
mod json;
mod list;
mod markup;
pub mod mp4;
mod page;
mod podlove;
mod prose;
mod speaker;
mod subtitles;
mod transcript;
pub mod vorbis;
mod warnings;

pub use bytes::Bytes;
pub use chapters::{Chapters, chapters, chapters_json};
pub use error::Error;
pub use transcript::{Format, Transcript, transcript};
