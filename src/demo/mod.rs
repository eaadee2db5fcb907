//! The demo: a small show inside the program, a host on loopback that serves it, and a folder that archives it.
//!
//! `castkeep demo` runs the very jobs that a real show meets, against this host; nothing leaves the machine.

mod folder;
mod host;
mod show;

pub use folder::{Error, Folder};
pub use host::{Host, Request};
pub use show::{QUESTIONS, Question, SLUG, TITLE, audio};
