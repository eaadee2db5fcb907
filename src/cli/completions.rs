//! `castkeep completions`

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::complete;

/// Print a completion script for a shell
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

const HELP: &str = "The script asks castkeep itself, which knows your shows.\n\n\
Examples:\n\
\x20 castkeep completions bash > ~/.local/share/bash-completion/completions/castkeep\n\
\x20 castkeep completions zsh > ~/.zfunc/_castkeep\n\
\x20 castkeep completions fish > ~/.config/fish/completions/castkeep.fish";

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        stdout().lock().write_all(&complete::script(&self.shell.to_string())?)?;
        Ok(ExitCode::SUCCESS)
    }
}
