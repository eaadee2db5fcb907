//! What castkeep does, a file a job. The only place that joins the parts.

mod captures;
mod error;
mod feeds;
mod pipeline;
mod queue;
mod reading;
mod schedule;
mod session;
mod sync;

pub use error::Error;
pub use session::Manner;
pub use sync::{Plan, Request as SyncRequest, plan, sync};
