//! The rules of the configuration, applied to what the archive knows: why things are not downloaded stands in their rows.

use super::Rules;
use crate::archive::{Candidate, EVERYTHING, Result};
use crate::jobs::session::Session;

/// Brings the rows of a show in line with its rules, if they or its episodes changed since that was last done.
pub(in crate::jobs) fn apply(session: &mut Session, show: i64, rules: &Rules) -> Result<()> {
    let (key, archive) = (rules.key(), &mut session.archive);
    if archive.chosen_by(show)? == Some(key) {
        return Ok(());
    }
    if key == EVERYTHING && !archive.leaves_out(show)? {
        return archive.choose(show, key, &[]);
    }
    let candidates = archive.candidates(show)?;
    let changed = changed(rules, &candidates);
    archive.choose(show, key, &changed)
}

/// The reasons that are others than before, by resource.
fn changed(rules: &Rules, candidates: &[Candidate]) -> Vec<(i64, Option<String>)> {
    let reasons = rules.reasons(candidates).into_iter().zip(candidates);
    let other = reasons.filter(|(reason, candidate)| *reason != candidate.skip_reason);
    other.map(|(reason, candidate)| (candidate.resource_id, reason)).collect()
}
