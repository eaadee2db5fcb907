//! What leads out of castkeep: values -> the bytes of OPML, RSS, CSV, JSON, BagIt and checksum lists; and OPML -> values.
//!
//! Writers take one thing after the other and hold none. They are given where to write, and know no files.

pub mod bagit;
pub mod beside;
pub mod cells;
mod extra;
pub mod opml;
pub mod opml_reader;
mod place;
pub mod rss;
pub mod sums;
mod xml;

pub use cells::{Cells, Form};
pub use opml::Opml;
pub use opml_reader::{NotOpml, Outline, Outlines};
pub use place::Place;
pub use rss::{Heard, Mirror};
