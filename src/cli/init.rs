//! `castkeep init`

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::setting::Setting;
use crate::archive::Archive;
use crate::config::TEMPLATE;

/// Write a documented config.toml and make an empty archive beside it
#[derive(Args)]
pub(super) struct Init {}

impl Init {
    #[expect(clippy::unused_self, reason = "every command has the same shape")]
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let path = setting.config_path();
        let written = OpenOptions::new().write(true).create_new(true).open(&path);
        match written {
            Ok(mut file) => {
                file.write_all(without_shows(TEMPLATE).as_bytes())
                    .with_context(|| format!("write {}", path.display()))?;
                setting.talk.note(&format!("wrote {}", path.display()));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                setting.talk.note(&format!("{} is there already; it stays as it is", path.display()));
            }
            Err(error) => return Err(error).with_context(|| format!("write {}", path.display())),
        }
        let config = setting.load()?;
        Archive::open(&config.archive.directory)?.close()?;
        setting
            .talk
            .note(&format!("the archive is {}", config.archive.directory.join("archive.db").display()));
        setting.talk.note("next: castkeep add URL, then castkeep sync");
        Ok(ExitCode::SUCCESS)
    }
}

/// The template with its example of a show as a comment.
fn without_shows(template: &str) -> String {
    let mut in_shows = false;
    let lines = template.lines().map(|line| {
        in_shows |= line.starts_with("[[shows]]");
        let is_code = in_shows && !line.starts_with('#') && !line.is_empty();
        format!("{}{line}\n", if is_code { "# " } else { "" })
    });
    lines.collect()
}
