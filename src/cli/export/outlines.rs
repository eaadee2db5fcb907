//! `castkeep export opml`

use std::collections::HashSet;
use std::io::Write;
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;

use super::output::{Output, carry_out};
use crate::archive::{self, Described, Reader};
use crate::cli::setting::Setting;
use crate::config::{self, Config};
use crate::export::Opml;
use crate::jobs;
use crate::model::Show;

const HELP: &str = "Addresses are written without their secrets, and you are told which.\n\
\n\
Examples:\n\
\x20 castkeep export opml --output shows.opml\n\
\x20 castkeep export opml --followed > followed.opml";

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Outlines {
    #[command(flatten)]
    output: Output,
    /// Only the shows that the configuration follows
    #[arg(long)]
    followed: bool,
}

impl Outlines {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.beside_archive(self.followed)?;
        let reader = match setting.reader() {
            // Nothing was fetched yet: what is to be is in the configuration.
            Err(error) if config.is_some() && is_absent(&error) => None,
            reader => Some(reader?),
        };
        let _moment = reader.as_ref().map(Reader::hold).transpose()?;
        let followed = Followed::of(config.as_ref(), reader.as_ref())?;
        let archive = reader.as_ref().map(Reader::root);
        let mut secret = Vec::new();
        let code = carry_out(setting, |cancel| {
            self.output.write(setting, archive, cancel, |out| {
                let mut opml = Opml::begin(out, Utc::now().into())?;
                if let Some(reader) = &reader {
                    self.write_archived(&mut opml, reader, &followed, &mut secret)?;
                }
                followed.write_unfetched(&mut opml, &mut secret)?;
                Ok(opml.end()?)
            })
        })?;
        if !secret.is_empty() {
            let list = secret.join(", ");
            setting.talk.note(&format!(
                "secrets were left out of the addresses of {list}: write them in where you need them"
            ));
        }
        Ok(code)
    }

    /// The shows of the archive; `secret` gets the names of those whose addresses lack something.
    fn write_archived<W: Write>(
        &self,
        opml: &mut Opml<W>,
        reader: &Reader,
        followed: &Followed<'_>,
        secret: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        reader.each_show(&mut |shown| {
            if self.followed && !followed.rows.contains(&shown.id) {
                return Ok(());
            }
            if followed.secret.contains(&shown.id) || is_cut(&shown) {
                secret.push(shown.slug.clone());
            }
            Ok(opml.show(&shown.slug, &shown.feed_url, &shown.show)?)
        })
    }
}

fn is_absent(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(archive::Error::Absent(_)))
}

/// An address from which a secret was cut; a name and password leave no trace in it.
fn is_cut(shown: &Described) -> bool {
    shown.feed_url.contains("***")
}

/// What the configuration follows.
#[derive(Default)]
struct Followed<'c> {
    /// Their rows.
    rows: HashSet<i64>,
    /// Of them, those whose address has a secret.
    secret: HashSet<i64>,
    /// Shows that have no row yet.
    unfetched: Vec<&'c config::Show>,
}

impl<'c> Followed<'c> {
    fn of(config: Option<&'c Config>, reader: Option<&Reader>) -> anyhow::Result<Self> {
        let mut followed = Self::default();
        let Some(config) = config else { return Ok(followed) };
        for (show, configured) in config.shows.iter().zip(jobs::configured(config)) {
            let row = match reader {
                Some(reader) => reader.show(&configured)?,
                None => None,
            };
            let Some(row) = row else {
                followed.unfetched.push(show);
                continue;
            };
            followed.rows.insert(row.id);
            if show.feed != show.address() && row.feed_url == row.configured_url {
                followed.secret.insert(row.id);
            }
        }
        Ok(followed)
    }
    /// The shows that no run has seen yet; `secret` as above.
    fn write_unfetched<W: Write>(&self, opml: &mut Opml<W>, secret: &mut Vec<String>) -> anyhow::Result<()> {
        for show in &self.unfetched {
            let address = show.address();
            let name = show.slug.clone().unwrap_or_else(|| address.clone());
            opml.show(&name, &address, &Show::default())?;
            if show.feed != address {
                secret.push(name);
            }
        }
        Ok(())
    }
}
