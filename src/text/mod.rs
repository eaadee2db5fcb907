//! Bytes and references -> characters, HTML -> tags and text: what feeds, notes and transcripts share. No I/O.

mod encoding;
mod entities;
pub mod markup;
mod twice;

pub use encoding::decode as decode_bytes;
pub use entities::decode as decode_references;
pub use twice::encoded_twice;
