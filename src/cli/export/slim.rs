//! `castkeep export sqlite`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::Force;
use crate::cli::backup::copy;
use crate::cli::setting::Setting;

const HELP: &str = "Examples:\n\
\x20 castkeep export sqlite slim.db\n\
\x20 castkeep export sqlite slim.db --force";

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Slim {
    /// The copy; an archive.db to read, with all that castkeep made of the documents
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    force: Force,
}

impl Slim {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let existing = self.force.existing();
        copy(setting, &self.file, |reader, go_on| reader.slim_copy(&self.file, existing, go_on))
    }
}
