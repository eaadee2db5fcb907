//! `castkeep document ID`: a feed body as it was stored.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::Usage;
use super::setting::Setting;

/// Print a stored feed body, byte for byte
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Document {
    /// Its row in `documents`
    id: i64,
}

const HELP: &str = "Examples:\n\
\x20 castkeep document 1\n\
\x20 castkeep document 1 > feed.xml";

impl Document {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let Some(body) = setting.reader()?.document(self.id)? else {
            let message = format!("there is no document {} in the archive", self.id);
            let hint = "SELECT id, size_bytes FROM documents lists them".to_owned();
            return Err(Usage { message, hint: Some(hint) }.into());
        };
        let mut out = stdout().lock();
        out.write_all(&body)?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
