//! The command line: flags, one library call, output. One file a command.

mod add;
mod adopt;
mod after;
mod ask;
mod backfill;
mod backup;
mod catch_up;
mod complete;
mod completions;
mod configuration;
mod cron;
mod demo;
mod doctor;
mod document;
mod export;
mod failure;
mod find;
mod following;
mod gaps;
mod hang;
mod help;
mod import;
mod init;
mod log;
mod look;
mod man;
mod once;
mod open;
mod otherwise;
mod parse;
mod plan;
mod remove;
mod rename;
mod reparse;
mod rows;
mod schema;
mod search;
mod setting;
mod show;
mod signals;
mod sql;
mod status;
mod status_line;
mod sync;
mod talk;
mod verify;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use setting::Setting;
use talk::Talk;

/// Keeps podcasts: every episode, its audio with a checksum, its notes as rows
#[derive(Parser)]
#[command(name = "castkeep", version, arg_required_else_help = true, after_help = HELP)]
struct Cli {
    /// The configuration [$CASTKEEP_CONFIG, ./config.toml]
    #[arg(long, global = true, value_name = "FILE", env = "CASTKEEP_CONFIG", hide_env = true)]
    #[arg(help_heading = GLOBAL, display_order = 101)]
    config: Option<PathBuf>,
    /// The archive to use: its folder or its database
    #[arg(long, global = true, value_name = "PATH", help_heading = GLOBAL, display_order = 102)]
    archive: Option<PathBuf>,
    /// Say nothing that is not a failure
    #[arg(long, short, global = true, help_heading = GLOBAL, display_order = 103)]
    quiet: bool,
    /// Say more: warnings, requests
    #[arg(long, short, global = true, help_heading = GLOBAL, display_order = 104)]
    verbose: bool,
    /// How stderr is written: text or json
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    #[arg(help_heading = GLOBAL, display_order = 105)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// Over the options of all commands; they stand last.
const GLOBAL: &str = "Global options";

const HELP: &str = "Exit codes: 0 well; 1 could not run; 2 usage or configuration; 3 some failures; \
4 another run holds the archive; 5 damage found; 130, 143 stopped by a signal.\n\n\
Examples:\n\
\x20 castkeep add https://example.com/feed.xml\n\
\x20 castkeep sync\n\
\x20 castkeep show python-bytes latest";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    Add(add::Add),
    Adopt(adopt::Adopt),
    Remove(remove::Remove),
    Sync(sync::Sync),
    Backfill(backfill::Backfill),
    Watch(watch::Watch),
    Cron(cron::Cron),
    Status(status::Status),
    CatchUp(catch_up::CatchUp),
    Show(show::Show),
    Open(open::Open),
    Search(search::Search),
    Sql(sql::Sql),
    Schema(schema::Schema),
    Verify(verify::Verify),
    Backup(backup::Backup),
    Export(export::Export),
    Import(import::Import),
    Rename(rename::Rename),
    Config(configuration::Configuration),
    Reparse(reparse::Reparse),
    Parse(parse::Parse),
    Document(document::Document),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Cli {
    fn talk(&self) -> Talk {
        Talk { quiet: self.quiet, verbose: self.verbose, json: self.log_format == LogFormat::Json }
    }
}

/// Whether `--log-format json` stands in a command line, be the rest as wrong as it may.
fn wants_json(arguments: impl Iterator<Item = std::ffi::OsString>) -> bool {
    let all: Vec<_> = arguments.skip(1).take_while(|argument| argument != "--").collect();
    let is_apart =
        |two: &[std::ffi::OsString]| matches!(two, [flag, form] if flag == "--log-format" && form == "json");
    all.iter().any(|argument| argument == "--log-format=json") || all.windows(2).any(is_apart)
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    if let Some(code) = complete::answer() {
        return code;
    }
    let mut command = help::dressed(Cli::command(), std::env::args_os());
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let cli = match parsed.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(cli) => cli,
        Err(error) => return failure::usage(&otherwise::told(error), wants_json(std::env::args_os())),
    };
    let talk = cli.talk();
    let setting = Setting::new(cli.config, cli.archive, talk);
    setting.start_log();
    let result = match cli.command {
        Command::Demo(command) => command.run(&setting),
        Command::Init(command) => command.run(&setting),
        Command::Add(command) => command.run(&setting),
        Command::Adopt(command) => command.run(&setting),
        Command::Remove(command) => command.run(&setting),
        Command::Sync(command) => command.run(&setting),
        Command::Backfill(command) => command.run(&setting),
        Command::Watch(command) => command.run(&setting),
        Command::Cron(command) => command.run(&setting),
        Command::Status(command) => command.run(&setting),
        Command::CatchUp(command) => command.run(&setting),
        Command::Show(command) => command.run(&setting),
        Command::Open(command) => command.run(&setting),
        Command::Search(command) => command.run(&setting),
        Command::Sql(command) => command.run(&setting),
        Command::Schema(command) => command.run(),
        Command::Verify(command) => command.run(&setting),
        Command::Backup(command) => command.run(&setting),
        Command::Export(command) => command.run(&setting),
        Command::Import(command) => command.run(&setting),
        Command::Rename(command) => command.run(&setting),
        Command::Config(command) => command.run(&setting),
        Command::Reparse(command) => command.run(&setting),
        Command::Parse(command) => command.run(),
        Command::Document(command) => command.run(&setting),
        Command::Doctor(command) => command.run(&setting),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(&setting, Cli::command()),
    };
    result.unwrap_or_else(|error| failure::report(setting.talk, &error))
}
