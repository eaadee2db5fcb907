//! `castkeep export`: the ways out of the archive, a file a form. No host is asked anything, and nothing in the archive changes.

mod bag;
mod mirror;
mod outlines;
mod output;
mod slim;
mod sums;
mod tables;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::setting::Setting;

const HELP: &str = "Examples:\n\
\x20 castkeep export opml --output shows.opml\n\
\x20 castkeep export csv episode_list --output episodes.csv\n\
\x20 castkeep export bagit /mnt/disk/podcasts-bag";

/// Write what the archive holds in forms that other programs read
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Export {
    #[command(subcommand)]
    form: Form,
}

#[derive(Subcommand)]
enum Form {
    /// The shows as OPML 2.0, for any podcast program
    Opml(outlines::Outlines),
    /// A mirror of a show as RSS 2.0 that points at the archive's own files
    Rss(mirror::Mirror),
    /// Tables and views as CSV
    Csv(tables::Csv),
    /// Tables and views as JSON, an array of objects each
    Json(tables::Json),
    /// Tables and views as JSON, an object a line
    Ndjson(tables::Json),
    /// A bag (BagIt 1.0): a copy of the database and the files, each with its checksum
    Bagit(bag::Bag),
    /// A copy of the database without the feeds' documents as they came
    Sqlite(slim::Slim),
    /// The checksums of the files, for `sha256sum -c`
    Sha256sums(sums::Sums),
}

impl Export {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        use crate::export::Form as Written;
        match self.form {
            Form::Opml(form) => form.run(setting),
            Form::Rss(form) => form.run(setting),
            Form::Csv(form) => form.run(setting),
            Form::Json(form) => form.run(setting, Written::Json),
            Form::Ndjson(form) => form.run(setting, Written::Ndjson),
            Form::Bagit(form) => form.run(setting),
            Form::Sqlite(form) => form.run(setting),
            Form::Sha256sums(form) => form.run(setting),
        }
    }
}
