//! `castkeep completions`

use std::io::stdout;
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, command: &mut clap::Command) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "castkeep", &mut script);
        std::io::Write::write_all(&mut stdout().lock(), &script)?;
        Ok(ExitCode::SUCCESS)
    }
}
