//! `castkeep backup`

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::setting::Setting;
use crate::archive::{Copied, Existing};
use crate::jobs;
use crate::report::{escape, human_bytes};

/// Copy the database to a file, whole and checked, also while a run writes (audio files are copied as they are)
#[derive(Args)]
pub(super) struct Backup {
    /// The copy; an archive.db like any other
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace a file of that name, once the copy is whole
    #[arg(long)]
    force: bool,
}

impl Backup {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let existing = if self.force { Existing::Replace } else { Existing::Keep };
        let job = |manner| async move {
            jobs::back_up(&reader, &self.file, existing, &manner).map(|copied| (copied, self.file))
        };
        let ((copied, file), signals) = setting.run(job)?;
        let Some(copied) = copied else {
            setting.talk.note("stopped by a signal; no copy was made");
            return Ok(ExitCode::from(signals.exit_code()));
        };
        if !setting.talk.quiet {
            let file = escape(&file.display().to_string(), &[]);
            writeln!(stdout().lock(), "{file}: {}", described(&copied))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) fn described(copied: &Copied) -> String {
    let Copied { size_bytes, shows, episodes, rows } = copied;
    let counted = |n: u64, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    format!(
        "{}, {} of {}, {} in all",
        human_bytes(*size_bytes),
        counted(*episodes, "episode"),
        counted(*shows, "show"),
        counted(*rows, "row")
    )
}
