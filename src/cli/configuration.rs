//! `castkeep config`

use std::io::{Read, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::failure::{PARTIAL, Usage, unread};
use super::import::{Known, Verdict};
use super::setting::Setting;
use crate::config::{add_shows, shown, translate};
use crate::export::Outline;
use crate::report::counted;

/// Say the configuration of another program as ours
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Configuration {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print what podcast-archiver's YAML comes to; what has no equivalent is named in a comment
    From(From),
}

const HELP: &str = "Secrets in addresses are left out of what is printed; --write takes them over.\n\n\
Examples:\n\
\x20 castkeep config from ~/.config/podcast-archiver/config.yaml\n\
\x20 castkeep config from podcast-archiver.yaml --write";

#[derive(Args)]
#[command(after_help = HELP)]
struct From {
    /// The YAML file
    file: PathBuf,
    /// Follow its feeds: add them to the configuration file
    #[arg(long)]
    write: bool,
}

/// A larger file is nobody's configuration, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

impl Configuration {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let What::From(from) = self.what;
        from.run(setting)
    }
}

impl From {
    fn run(&self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let usage =
            |message: String| Usage { message: format!("{}: {message}", self.file.display()), hint: None };
        let mut bytes = Vec::new();
        std::fs::File::open(&self.file)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
            .map_err(|error| unread(&self.file, error))?;
        if bytes.len() as u64 > LARGEST {
            return Err(usage("more than 4 MB: this is no configuration".to_owned()).into());
        }
        let text = String::from_utf8(bytes).map_err(|_| usage("it is not written in UTF-8".to_owned()))?;
        let translated = translate(&text).map_err(usage)?;
        if self.write {
            return self.follow(setting, &translated.feeds);
        }
        let mut out = stdout().lock();
        write!(out, "{}", translated.settings)?;
        let mut has_secrets = false;
        for feed in &translated.feeds {
            let shown = shown(feed);
            has_secrets |= shown != *feed;
            let space =
                if translated.settings.is_empty() && feed == &translated.feeds[0] { "" } else { "\n" };
            writeln!(out, "{space}[[shows]]\nfeed = {}", toml_edit::value(shown))?;
        }
        if has_secrets {
            setting.talk.note("secrets in addresses are left out: --write takes them over");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// As `import opml` does.
    fn follow(&self, setting: &Setting, feeds: &[String]) -> anyhow::Result<ExitCode> {
        let mut known = Known::of(&setting.load()?);
        let (mut added, mut refused) = (Vec::new(), false);
        for (place, feed) in feeds.iter().enumerate() {
            let outline = Outline { feed: Some(feed.clone()), title: None, line: place + 1 };
            let line = |why: String| format!("{}: {}: {why}", self.file.display(), shown(feed));
            match known.judge(&outline) {
                Verdict::Add(show) => added.push((show.slug, show.feed)),
                Verdict::There(why) => setting.talk.note(&line(why)),
                Verdict::Refuse(why) => {
                    refused = true;
                    setting.talk.failure(None, &line(why));
                }
            }
        }
        if !added.is_empty() {
            add_shows(&setting.config_path(), &added)?;
            let shows = counted(added.len() as u64, "show");
            setting
                .talk
                .note(&format!("added {shows}; next: castkeep sync --feeds-only, then castkeep adopt DIR"));
        }
        Ok(if refused { PARTIAL.into() } else { ExitCode::SUCCESS })
    }
}
