//! `castkeep backup`

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::setting::Setting;
use crate::archive::{self, Copied, Existing, Reader};
use crate::jobs::{self, Manner};
use crate::report::{counted, escape, human_bytes};

const HELP: &str = "Audio files are no part of it: they never change, copy them as they are.\n\n\
Examples:\n\
\x20 castkeep backup podcasts.db\n\
\x20 castkeep backup podcasts.db --force";

/// Copy the database to a file, whole, also while a run writes
#[derive(Args)]
#[command(after_help = HELP)]
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
        let existing = if self.force { Existing::Replace } else { Existing::Keep };
        copy(setting, &self.file, |reader, go_on| reader.back_up(&self.file, existing, go_on))
    }
}

/// Has a copy made that is called `file`, and tells what is in it.
pub(super) fn copy(
    setting: &Setting,
    file: &Path,
    make: impl FnOnce(&Reader, &dyn Fn(u64, u64) -> bool) -> archive::Result<Option<Copied>>,
) -> anyhow::Result<ExitCode> {
    let reader = setting.reader()?;
    let job = |manner: Manner| async move { jobs::back_up(&manner, |go_on| make(&reader, go_on)) };
    let (copied, signals) = setting.run(job)?;
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

fn described(copied: &Copied) -> String {
    let Copied { size_bytes, shows, episodes, rows } = copied;
    format!(
        "{}, {} of {}, {} in all",
        human_bytes(*size_bytes),
        counted(*episodes, "episode"),
        counted(*shows, "show"),
        counted(*rows, "row")
    )
}
