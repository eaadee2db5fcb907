//! `castkeep add`

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::{PARTIAL, Usage};
use super::setting::{Setting, environment};
use crate::archive::Reader;
use crate::config::{self, Config, add_show, check_url, shown};
use crate::jobs;
use crate::model::redact_text;
use crate::report::counted;

/// Add a show: ask for its feed once, record it, follow it
#[derive(Args)]
pub(super) struct Add {
    /// The address of its feed
    url: String,
    /// Its short name [default: made from its title]
    #[arg(long)]
    slug: Option<String>,
}

impl Add {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let feed = config::fill(&self.url, &setting.config_path(), environment())?;
        check_url(&feed).map_err(|message| {
            let whole = format!("https://{feed}");
            let hint = (!feed.contains("://") && feed.contains('.') && check_url(&whole).is_ok())
                .then(|| format!("did you mean {}?", shown(&whole)));
            Usage { message: format!("{:?}: {message}", shown(&feed)), hint }
        })?;
        if let Some(show) = config.shows.iter().find(|show| show.address() == redact_text(&feed)) {
            return already(setting, show, &feed);
        }
        if let Some(slug) = self.slug.as_ref().filter(|slug| crate::model::slug(slug) != **slug) {
            let message = format!("{slug:?} can't be a slug: lower-case letters, digits and dashes");
            return Err(Usage { message, hint: None }.into());
        }
        if let Some(slug) = self.slug.as_ref().filter(|slug| is_taken(&config, slug)) {
            let message = format!("another show is called {slug:?}");
            return Err(Usage { message, hint: Some("choose another --slug, or none".to_owned()) }.into());
        }
        let show = config::Show { slug: self.slug, ..config::Show::new(feed) };
        let ((run, added), signals) = setting.run(|manner| jobs::add(config, show, manner))?;
        let code = setting.end(&run, &signals, Ok(()));
        let Some(added) = added else {
            return Ok(if code == ExitCode::SUCCESS { PARTIAL.into() } else { code });
        };
        add_show(&setting.config_path(), &added.slug, &self.url)?;
        if !setting.talk.quiet {
            let mut out = stdout().lock();
            writeln!(out, "added {}: {}", added.slug, counted(added.episodes, "episode"))?;
            if let Some(twin) = &added.twin {
                setting
                    .talk
                    .note(&format!("its podcast:guid says that it is the show {twin} under another address"));
                setting.talk.hint(&format!(
                    "to go on with {twin}, \"castkeep remove {}\" and give {twin} this feed in config.toml",
                    added.slug
                ));
            }
            if added.wants_audio {
                writeln!(out, "next: castkeep sync {} downloads their audio", added.slug)?;
            }
        }
        Ok(code)
    }
}

/// The feed is there; maybe with another secret, which castkeep does not write over.
fn already(setting: &Setting, show: &config::Show, feed: &str) -> anyhow::Result<ExitCode> {
    let message = format!("{} is in the configuration already", show.address());
    if show.feed == feed {
        setting.talk.note(&message);
        return Ok(ExitCode::SUCCESS);
    }
    let hint = "write the new secret into config.toml; two feeds of one address need a slug each".to_owned();
    Err(Usage { message: format!("{message}, with another secret"), hint: Some(hint) }.into())
}

/// Whether a show of the configuration has this name, written there or made from its title.
fn is_taken(config: &Config, slug: &str) -> bool {
    let archived = Reader::open(&config.archive.directory).ok();
    let row = archived.and_then(|reader| reader.find_show(slug).ok().flatten());
    config.shows.iter().any(|show| {
        let named = show.slug.as_deref() == Some(slug);
        named || row.as_ref().is_some_and(|row| row.configured_url == show.address())
    })
}
