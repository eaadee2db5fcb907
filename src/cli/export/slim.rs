//! `castkeep export sqlite`

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::Force;
use crate::cli::backup::described;
use crate::cli::setting::Setting;
use crate::jobs;
use crate::report::escape;

#[derive(Args)]
pub(super) struct Slim {
    /// The copy; an archive.db to read, with all that castkeep made of the documents
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    force: Force,
}

impl Slim {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let existing = self.force.existing();
        let job = |manner| async move {
            jobs::slim_copy(&reader, &self.file, existing, &manner).map(|copied| (copied, self.file))
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
