//! `castkeep remove`

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::setting::Setting;
use crate::archive::Reader;
use crate::config::{Error, remove_show};

/// Stop following a show; all that was archived of it stays
#[derive(Args)]
pub(super) struct Remove {
    /// The show
    show: String,
}

impl Remove {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let (config, path) = (setting.load()?, setting.config_path());
        // A block without a slug is found by its feed, which the archive knows by the slug.
        let reader = Reader::open(&config.archive.directory).ok();
        let known = reader.as_ref().and_then(|reader| reader.find_show(&self.show).ok().flatten());
        let feed = known.as_ref().map_or("", |show| show.configured_url.as_str());
        if !remove_show(&path, &self.show, feed)? {
            let known = config.shows.into_iter().map(|show| show.slug.unwrap_or(show.feed)).collect();
            return Err(Error::NoShow { path, slug: self.show, known }.into());
        }
        if !setting.talk.quiet {
            let kept = match reader {
                Some(_) if known.is_some() => "; what was archived of it stays",
                _ => "",
            };
            writeln!(stdout().lock(), "{} is no longer followed{kept}", self.show)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
