//! `castkeep export bagit`

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;

use crate::cli::failure::DAMAGED;
use crate::cli::find::find;
use crate::cli::setting::Setting;
use crate::jobs::{self, BagRequest, Lost};
use crate::report::{escape, human_bytes};

const HELP: &str = "Exit code 5: the bag was made, and lacks files that are missing or damaged.\n\
\n\
Examples:\n\
\x20 castkeep export bagit podcasts-bag\n\
\x20 castkeep export bagit kettles-bag --show two-kettles";

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Bag {
    /// The folder that becomes the bag; it must not be there yet, or be empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only the files of this show; the database is whole all the same
    #[arg(long, value_name = "SHOW")]
    show: Option<String>,
}

impl Bag {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let show = self.show.as_deref().map(|slug| find(&reader, slug)).transpose()?;
        let request = BagRequest { target: self.folder, show, made: Utc::now().into() };
        let job = |manner| async move {
            jobs::bag(&reader, &request, &manner).map(|bagged| (bagged, request.target))
        };
        let ((bagged, folder), signals) = setting.run(job)?;
        let Some(bagged) = bagged else {
            setting.talk.note("stopped by a signal; no bag was made");
            return Ok(ExitCode::from(signals.exit_code()));
        };
        if !setting.talk.quiet {
            let folder = escape(&folder.display().to_string(), &[]);
            let (files, size) = (bagged.payload.files, human_bytes(bagged.payload.bytes));
            writeln!(stdout().lock(), "{folder}: {files} files, {size}")?;
        }
        if bagged.lost.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let most = if setting.talk.verbose { usize::MAX } else { MOST_LINES };
        for lost in bagged.lost.iter().take(most) {
            setting.talk.failure(None, &told(lost));
        }
        if bagged.lost.len() > most {
            let message = format!("and {} more; --verbose lists them", bagged.lost.len() - most);
            setting.talk.failure(None, &message);
        }
        setting.talk.hint(
            "the bag lacks them; \"castkeep verify --repair\" fetches again what is missing or damaged",
        );
        Ok(ExitCode::from(DAMAGED))
    }
}

/// So many lost files are said one by one.
const MOST_LINES: usize = 20;

fn told(lost: &Lost) -> String {
    let word = lost.why.as_ref().map_or_else(|| "missing".to_owned(), |why| format!("damaged, {why}"));
    let owner = lost.owner.as_ref().map(|owner| format!(" ({owner})")).unwrap_or_default();
    format!("{}{owner}: {word}", lost.path)
}
