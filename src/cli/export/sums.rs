//! `castkeep export sha256sums`

use std::process::ExitCode;

use clap::Args;

use super::output::{Output, carry_out};
use crate::cli::setting::Setting;
use crate::export::sums;

const HELP: &str = "Examples:\n\
\x20 castkeep export sha256sums --output archive/SHA256SUMS\n\
\x20 castkeep export sha256sums | (cd archive && sha256sum --quiet -c)";

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Sums {
    #[command(flatten)]
    output: Output,
}

impl Sums {
    /// What should be there, be it there or not: that is for whoever checks to find out.
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        carry_out(setting, |cancel| {
            self.output.write(setting, Some(reader.root()), cancel, |out| {
                reader.each_file(None, &mut |file| {
                    anyhow::Ok(out.write_all(sums::line(&file.sha256, &file.path).as_bytes())?)
                })
            })
        })
    }
}
