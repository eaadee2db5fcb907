//! What a run did, for people and for programs.

mod bytes;
mod columns;
mod line;
mod meter;
mod metrics;
mod progress;
mod run;
mod table;
mod trouble;

pub use bytes::{brief, counted, escape, human_bytes, shortened};
pub use columns::Columns;
pub use metrics::{Metrics, ShowMetrics, last_success};
pub use progress::{Bar, Progress};
pub use run::{Outcome, Run, ShowRun, is_report};
pub use table::{fitted, table};
pub use trouble::{Trouble, hints};
