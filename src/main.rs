//! The `castkeep` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    castkeep::cli::main()
}
