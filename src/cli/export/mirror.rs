//! `castkeep export rss`

use std::path::absolute;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use url::Url;

use super::output::{Output, carry_out};
use crate::archive::{Described, Reader};
use crate::cli::failure::Usage;
use crate::cli::find::find;
use crate::cli::setting::Setting;
use crate::export;
use crate::export::{Heard, Place};

const HELP: &str = "Examples:\n\
\x20 castkeep export rss two-kettles --output two-kettles.xml\n\
\x20 castkeep export rss two-kettles --base-url https://pods.example/archive/ -o feed.xml";

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Mirror {
    /// The show
    show: String,
    /// Where a host serves the folder of the archive [default: this machine's own files]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// Episodes that a mirror can't give to hear from the archive.
#[derive(Default)]
struct Silent {
    elsewhere: u64,
    left_out: u64,
    none: u64,
}

impl Mirror {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let place = self.place(&reader)?;
        let _moment = reader.hold()?;
        let show = find(&reader, &self.show)?;
        let described = reader.described(show.id)?.unwrap_or_default();
        let mut silent = Silent::default();
        let code = carry_out(setting, |cancel| {
            self.output.write(setting, Some(reader.root()), cancel, |out| {
                write(out, &reader, &described, &place, &mut silent)
            })
        })?;
        if !setting.talk.quiet {
            self.tell(setting, &silent);
        }
        Ok(code)
    }

    fn tell(&self, setting: &Setting, silent: &Silent) {
        if silent.elsewhere > 0 {
            let count = counted(silent.elsewhere);
            setting
                .talk
                .note(&format!("{count} not captured: the mirror points at where the publisher has it"));
            setting.talk.hint(&format!("\"castkeep sync {}\" downloads what is missing", self.show));
        }
        if silent.left_out > 0 {
            let count = counted(silent.left_out);
            setting.talk.note(&format!(
                "{count} left out by choice: the mirror points at where the publisher has it"
            ));
        }
        if silent.none > 0 {
            setting.talk.note(&format!("{} not there: the feed names none", counted(silent.none)));
        }
    }

    fn place(&self, reader: &Reader) -> anyhow::Result<Place> {
        let Some(base) = &self.base_url else {
            let root =
                absolute(reader.root()).with_context(|| format!("find {}", reader.root().display()))?;
            return Ok(Place::local(&root));
        };
        let wrong = |message: String| Usage { message: format!("--base-url: {message}"), hint: None };
        let url: Url = base.parse().map_err(|error| wrong(format!("not an address: {error}")))?;
        Ok(Place::served(&url).map_err(|error| wrong(error.to_string()))?)
    }
}

fn counted(episodes: u64) -> String {
    match episodes {
        1 => "the audio of 1 episode is".to_owned(),
        _ => format!("the audio of {episodes} episodes is"),
    }
}

fn write(
    out: &mut dyn std::io::Write,
    reader: &Reader,
    described: &Described,
    place: &Place,
    silent: &mut Silent,
) -> anyhow::Result<()> {
    let mut mirror = export::Mirror::begin(out, described, place)?;
    reader.each_episode(described.id, &mut |published| {
        match mirror.episode(&published)? {
            Heard::Here => {}
            Heard::Elsewhere => silent.elsewhere += 1,
            Heard::LeftOut => silent.left_out += 1,
            Heard::Nowhere => silent.none += 1,
        }
        anyhow::Ok(())
    })?;
    Ok(mirror.end()?)
}
