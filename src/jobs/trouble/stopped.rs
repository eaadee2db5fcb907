//! Downloads had to stop: the disk is full, or broken. Runs after this one meet the same disk, and need not say so each hour.

use std::path::Path;

use super::{Subject, told};
use crate::archive::{self, Archive, Failed, about_rights};
use crate::model::Time;
use crate::report::Trouble;

/// What the run `run` of `command` tells of it; the reason is `why`, and it is `at`.
pub(in crate::jobs) fn stopped(
    archive: &Archive,
    command: &str,
    run: i64,
    why: &str,
    at: Time,
) -> archive::Result<Trouble> {
    let trouble = Trouble::new("", format!("downloads stopped: {why}"));
    let mut failures = archive.failed_runs(command, run)?;
    // What the runs before stopped for may have been something else.
    let is_other = |failed: &Failed| failed.error.as_deref().map(kind) != Some(kind(&trouble.message));
    if let Some(other) = failures.attempts.iter().rposition(is_other) {
        failures.attempts.drain(..=other);
    }
    failures.attempts.push(Failed { at, status: None, error: Some(trouble.message.clone()) });
    let told = told(trouble, Subject::File, &failures, None);
    Ok(Trouble { hint: Some(hint(why, &archive.root().join("audio"))), ..told })
}

/// Words of the reason, and what helps where they stand in it.
const WORDS: &[(&str, &str)] = &[
    ("disk full", archive::FULL),
    ("No space left", archive::FULL),
    ("uota exceeded", archive::FULL),
    ("Read-only file system", archive::READ_ONLY),
];

/// What a person can do about the reason.
fn hint(why: &str, audio: &Path) -> String {
    if ["Permission denied", "Operation not permitted"].iter().any(|words| why.contains(words)) {
        return about_rights(audio);
    }
    known(why).unwrap_or(archive::FAILING).to_owned()
}

fn known(why: &str) -> Option<&'static str> {
    WORDS.iter().find(|(words, _)| why.contains(words)).map(|(_, hint)| *hint)
}

/// What messages of one reason have in common: what helps, or the error without the file that it was met at.
fn kind(message: &str) -> &str {
    known(message).or_else(|| message.rsplit(": ").next()).unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_one_reason_are_of_one_kind_and_others_are_not() {
        let said = |why: &str| kind(&format!("downloads stopped: {why}")).to_owned();
        assert_eq!(
            said("disk full: 1.0 MB free, 2.0 MB to come"),
            said("disk full: 5.0 MB free, 7.0 MB to come")
        );
        assert_eq!(
            said("disk full: 1.0 MB free, 2.0 MB to come"),
            said("write: No space left on device (os error 28)")
        );
        let broken = said("tmp/7.part: Input/output error (os error 5)");
        assert_eq!(broken, said("tmp/8.part: Input/output error (os error 5)"));
        for other in
            ["tmp/7.part: Permission denied (os error 13)", "/a/audio: Read-only file system (os error 30)"]
        {
            assert_ne!(broken, said(other));
        }
        assert_ne!(
            said("write: No space left on device (os error 28)"),
            said("write: Input/output error (os error 5)")
        );
    }

    #[test]
    fn what_helps_is_told_by_what_failed() {
        let folder = tempfile::tempdir().unwrap();
        let said = |why: &str| hint(why, folder.path());
        assert_eq!(said("disk full: 1.0 MB free, 2.0 MB to come"), archive::FULL);
        assert_eq!(said("write: No space left on device (os error 28)"), archive::FULL);
        assert_eq!(said("write: Disk quota exceeded (os error 122)"), archive::FULL);
        assert_eq!(said("/a/audio: Read-only file system (os error 30)"), archive::READ_ONLY);
        assert_eq!(said("write: Input/output error (os error 5)"), archive::FAILING);
        let denied = said("/a/audio: Permission denied (os error 13)");
        assert!(denied.starts_with("castkeep runs as ") && !denied.contains("space"), "{denied}");
    }
}
