//! What a run did, for people and for programs.

mod bytes;
mod line;
mod progress;
mod run;
mod table;

pub use bytes::{counted, escape, human_bytes};
pub use progress::{Bar, Progress};
pub use run::{Outcome, Run, ShowRun, Trouble};
pub use table::table;
