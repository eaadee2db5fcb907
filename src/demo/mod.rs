//! The demo: a small show inside the program, and a host on loopback that serves it.
//!
//! `castkeep demo` runs the very jobs that a real show meets, against this host; nothing leaves the machine.

mod host;
mod show;

pub use host::{Host, Request};
pub use show::{QUESTIONS, Question, SLUG, TITLE, audio};
