//! `castkeep verify`

use std::io::{self, Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::DAMAGED;
use super::setting::Setting;
use crate::jobs;
use crate::report::{Outcome, escape, human_bytes};

/// Hash every file anew and compare; name what is missing, damaged or unknown
#[derive(Args)]
pub(super) struct Verify {
    /// Only the files of these shows
    #[arg(value_name = "SHOW")]
    shows: Vec<String>,
    /// Fetch again what is missing or damaged
    #[arg(long)]
    repair: bool,
}

impl Verify {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let request = jobs::VerifyRequest { shows: self.shows, repair: self.repair };
        let ((run, found), signals) = setting.run(|manner| jobs::verify(config, request, manner))?;
        let printed = print(&found, setting.talk.quiet);
        let code = setting.end(&run, &signals, printed);
        if found.is_damaged() && run.outcome != Outcome::Interrupted {
            if !self.repair && found.missing.len() + found.damaged.len() > 0 {
                setting
                    .talk
                    .hint("run \"castkeep verify --repair\" to fetch again what is missing or damaged");
            }
            return Ok(ExitCode::from(DAMAGED));
        }
        Ok(code)
    }
}

fn print(found: &jobs::Findings, quiet: bool) -> io::Result<()> {
    let mut out = stdout().lock();
    let lists = [
        ("missing", &found.missing),
        ("damaged", &found.damaged),
        ("stray", &found.strays),
        ("database", &found.database),
        ("repaired", &found.repaired),
    ];
    for (word, paths) in lists {
        for path in paths {
            writeln!(out, "{word}\t{}", escape(path, &[]))?;
        }
    }
    if !quiet {
        writeln!(out, "{}", summary(found))?;
    }
    out.flush()
}

/// How many of how many are whole, those counted that were just repaired.
fn summary(found: &jobs::Findings) -> String {
    let whole = found.whole + found.repaired.len() as u64;
    let all = found.whole + (found.missing.len() + found.damaged.len()) as u64;
    let of = if whole == all { format!("{all} files") } else { format!("{whole} of {all} files") };
    format!("{of}, {}: whole", human_bytes(found.bytes))
}
