//! `castkeep remove`

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::setting::Setting;
use crate::archive::Reader;
use crate::config::{self, Error, remove_show};
use crate::model::redacted;

/// Stop following a show; all that was archived of it stays
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Remove {
    /// The show
    show: String,
}

const HELP: &str = "Examples:\n\
\x20 castkeep remove two-kettles\n\
\x20 castkeep remove two-kettles --config ~/podcasts/config.toml";

impl Remove {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let (config, path) = (setting.load()?, setting.config_path());
        // A block without a slug is found by its feed, which the archive knows by the slug.
        let reader = Reader::open(&config.archive.directory).ok();
        let known = reader.as_ref().and_then(|reader| reader.find_show(&self.show).ok().flatten());
        let place = config.shows.iter().position(|show| match &show.slug {
            Some(slug) => *slug == self.show,
            None => known.as_ref().is_some_and(|known| redacted(&known.configured_url) == show.address()),
        });
        let removed = place.map(|place| remove_show(&path, place)).transpose()?;
        if removed != Some(true) {
            let name = |show: &config::Show| show.slug.clone().unwrap_or_else(|| show.address());
            let known = config.shows.iter().map(name).collect();
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
