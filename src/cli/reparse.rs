//! `castkeep reparse`

use std::io::{self, Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::setting::Setting;
use crate::jobs;
use crate::report::counted;

/// Read all notes and captured files again, by today's rules
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Reparse {
    /// Only these shows
    #[arg(value_name = "SHOW")]
    shows: Vec<String>,
}

const HELP: &str = "Examples:\n\
\x20 castkeep reparse\n\
\x20 castkeep reparse two-kettles";

impl Reparse {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let ((run, done), signals) =
            setting.run(|manner| async { jobs::reparse(config, &self.shows, manner) })?;
        let printed = if setting.talk.quiet { Ok(()) } else { print(&done) };
        Ok(setting.end(&run, &signals, printed))
    }
}

fn print(done: &jobs::Reparsed) -> io::Result<()> {
    let (shows, episodes) = (counted(done.shows, "show"), counted(done.episodes, "episode"));
    let (files, rules) = (counted(done.files, "file"), done.notes_version);
    writeln!(stdout().lock(), "{episodes} of {shows}: notes read again (rules {rules}), and {files}")
}
