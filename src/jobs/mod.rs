//! What castkeep does, a file a job. The only place that joins the parts.

mod add;
mod again;
mod backfill;
mod backup;
mod captures;
mod conditions;
mod copies;
mod doctor;
mod error;
mod feeds;
mod findings;
mod gaps;
mod habits;
mod inspect;
mod moves;
mod pipeline;
mod queue;
mod reading;
mod refetch;
mod repair;
mod reparse;
mod schedule;
mod session;
mod sync;
mod verify;

pub use add::{Added, add};
pub use backfill::{Completeness, Request as BackfillRequest, backfill};
pub use backup::back_up;
pub use doctor::{Finding, Verdict, examine};
pub use error::Error;
pub use findings::{Findings, Lost, Replaced};
pub use gaps::{Gaps, Sequence, Silence, gaps};
pub use reparse::{Reparsed, reparse};
pub use session::Manner;
pub use sync::{Plan, Request as SyncRequest, plan, sync};
pub use verify::{Hashed, Request as VerifyRequest, verify};
