//! `castkeep config`

use std::io::{Read, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::failure::{PARTIAL, Usage, unread};
use super::import::{Known, Verdict};
use super::setting::{Setting, environment};
use crate::config::{self, Taken, Translated, shown, take_over, translate};
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

const HELP: &str = "Secrets in addresses are left out of what is printed; --write takes them over. A setting that the configuration \
file has with another value than the default stays as it is there, and is named.\n\n\
Examples:\n\
\x20 castkeep config from ~/.config/podcast-archiver/config.yaml\n\
\x20 castkeep config from podcast-archiver.yaml --write";

#[derive(Args)]
#[command(after_help = HELP)]
struct From {
    /// The YAML file
    file: PathBuf,
    /// Follow its feeds and keep its settings: write them into the configuration file
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
            return self.follow(setting, &translated);
        }
        let mut out = stdout().lock();
        let text = translated.text();
        write!(out, "{text}")?;
        let mut has_secrets = false;
        for feed in &translated.feeds {
            let shown = shown(feed);
            has_secrets |= shown != *feed;
            let space = if text.is_empty() && Some(feed) == translated.feeds.first() { "" } else { "\n" };
            writeln!(out, "{space}[[shows]]\nfeed = {}", toml_edit::value(shown))?;
        }
        if has_secrets {
            setting.talk.note("secrets in addresses are left out: --write takes them over");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Shows as `import opml` takes them, and settings.
    fn follow(&self, setting: &Setting, theirs: &Translated) -> anyhow::Result<ExitCode> {
        let mut known = Known::of(&setting.load()?);
        let (mut added, mut refused) = (Vec::new(), false);
        for (place, feed) in theirs.feeds.iter().enumerate() {
            let outline = Outline { feed: Some(feed.clone()), title: None, line: place + 1 };
            let line = |why: String| self.line(&format!("{}: {why}", shown(feed)));
            match known.judge(&outline) {
                Verdict::Add(show) => added.push((show.slug, show.feed)),
                Verdict::There(why) => setting.talk.note(&line(why)),
                Verdict::Refuse(why) => {
                    refused = true;
                    setting.talk.failure(None, &line(why));
                }
            }
        }
        let path = setting.config_path();
        let taken = take_over(&path, &theirs.settings, &added, environment())?;
        for (ours, taken) in theirs.settings.iter().zip(&taken) {
            setting.talk.note(&format!("{}: {}", path.display(), said(ours, taken)));
        }
        for remark in &theirs.remarks {
            setting.talk.note(&self.line(remark));
        }
        if !added.is_empty() {
            setting.talk.note(&format!("added {}", counted(added.len() as u64, "show")));
        }
        for step in theirs.steps() {
            setting.talk.note(&format!("next: {step}"));
        }
        Ok(if refused { PARTIAL.into() } else { ExitCode::SUCCESS })
    }

    fn line(&self, words: &str) -> String {
        format!("{}: {words}", self.file.display())
    }
}

/// What became of a setting.
fn said(ours: &config::Setting, taken: &Taken) -> String {
    let config::Setting { section, key, value, theirs } = ours;
    match taken {
        Taken::Written => format!("[{section}] {key} = {value} is written ({theirs})"),
        Taken::Same => format!("[{section}] {key} = {value} is there already ({theirs})"),
        Taken::Left(own) => {
            format!("[{section}] {key} = {own} stays: it is your own ({theirs} comes to {value})")
        }
    }
}
