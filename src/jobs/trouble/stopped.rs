//! Downloads had to stop: the disk is full, or broken. Runs after this one meet the same disk, and need not say so each hour.

use super::{Subject, told};
use crate::archive::{self, Archive, Failed};
use crate::jobs::error::FAILING;
use crate::jobs::session::now;
use crate::report::Trouble;

/// What the run `run` of `command` tells of it; the reason is `why`.
pub(in crate::jobs) fn stopped(
    archive: &Archive,
    command: &str,
    run: i64,
    why: &str,
) -> archive::Result<Trouble> {
    let trouble = Trouble::new("", format!("downloads stopped: {why}"));
    let mut failures = archive.failed_runs(command, run)?;
    // What the runs before stopped for may have been something else.
    let is_other = |failed: &Failed| failed.error.as_deref().map(kind) != Some(kind(&trouble.message));
    if let Some(other) = failures.attempts.iter().rposition(is_other) {
        failures.attempts.drain(..=other);
    }
    failures.attempts.push(Failed { at: now(), status: None, error: Some(trouble.message.clone()) });
    let told = told(trouble, Subject::File, &failures, None);
    Ok(Trouble { hint: Some(FAILING.to_owned()), ..told })
}

/// A message without its numbers: `downloads stopped: disk full`.
fn kind(message: &str) -> &str {
    message.match_indices(':').nth(1).map_or(message, |(end, _)| message.split_at(end).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_message_has_no_numbers() {
        let full = "downloads stopped: disk full: 1.0 MB free, 2.0 MB to come";
        assert_eq!(kind(full), "downloads stopped: disk full");
        let broken = "downloads stopped: Read-only file system (os error 30)";
        assert_eq!(kind(broken), broken);
    }
}
