//! The command line: flags, one library call, output. One file a command.

mod parse;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps podcasts: every episode, its audio with a checksum, its notes as rows in one SQLite file.
#[derive(Parser)]
#[command(name = "castkeep", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what castkeep reads in a feed or in show notes, as JSON
    Parse(parse::Parse),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Parse(parse) => parse.run(),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("castkeep: {error:#}");
            ExitCode::from(1)
        }
    }
}
