//! `castkeep doctor`

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::DAMAGED;
use super::setting::Setting;
use crate::jobs::{Finding, Verdict, examine};
use crate::report::escape;

/// Check configuration, clock, disk and database, without hashing
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Doctor {}

const HELP: &str = "Examples:\n\
\x20 castkeep doctor\n\
\x20 castkeep doctor --archive /mnt/disk/podcasts";

impl Doctor {
    #[expect(clippy::unused_self, reason = "every command has the same shape")]
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let findings = examine(&config, &setting.config_path())?;
        let mut out = stdout().lock();
        let told = |finding: &&Finding| !setting.talk.quiet || finding.verdict == Verdict::Bad;
        for finding in findings.iter().filter(told) {
            let word = match finding.verdict {
                Verdict::Well => "ok  ",
                Verdict::Note => "note",
                Verdict::Bad => "BAD ",
            };
            writeln!(out, "{word}  {}: {}", finding.what, escape(&finding.found, &[]))?;
        }
        let is_well = findings.iter().all(|finding| finding.verdict != Verdict::Bad);
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(DAMAGED) })
    }
}
