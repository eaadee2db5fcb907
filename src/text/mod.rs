//! Bytes and references -> characters: what feeds, notes and transcripts share. No I/O.

mod encoding;
mod entities;

pub use encoding::decode as decode_bytes;
pub use entities::decode as decode_references;
