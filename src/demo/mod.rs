//! The demo: a few small shows inside the program, and a host on loopback that serves them.
//!
//! `castkeep demo` runs the very jobs that a real show meets, against this host; nothing leaves the machine.

mod edition;
mod host;
mod questions;
mod show;

pub use edition::Edition;
pub use host::{Host, Request};
pub use questions::{QUESTIONS, Question};
pub use show::{SLUG, TITLE, audio, slugs};
