//! `castkeep open`

use std::env;
use std::ffi::OsString;
use std::io::{ErrorKind, Write, stdout};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use clap::Args;

use super::failure::Advised;
use super::find::{find, find_episode};
use super::setting::Setting;
use crate::archive::{EpisodeDetail, Reader};
use crate::http::Url;

/// Play an episode, or open its web page
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Open {
    /// The show
    show: String,
    /// Its number, its guid, words of its title, or latest
    episode: String,
    /// Play with this [default: $CASTKEEP_PLAYER, else what the desktop plays with]
    #[arg(long, value_name = "PROGRAM", conflicts_with = "print")]
    with: Option<OsString>,
    /// Its web page, not its file
    #[arg(long)]
    page: bool,
    /// Print the path of its file, or with --page the address, and open nothing
    #[arg(long)]
    print: bool,
}

const HELP: &str = "Examples:\n\
\x20 castkeep open two-kettles latest\n\
\x20 castkeep open two-kettles 3 --with mpv\n\
\x20 castkeep open two-kettles \"tea party\" --page";

/// Names the player, with flags after it.
const PLAYER: &str = "CASTKEEP_PLAYER";

/// What opens a file or an address as a click would.
const DESKTOP: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

impl Open {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let show = find(&reader, &self.show)?;
        let episode = find_episode(&reader, &show, &self.episode)?;
        let target =
            if self.page { page(&episode)?.into() } else { file(&reader, &episode)?.into_os_string() };
        if self.print {
            let mut line = target.into_encoded_bytes();
            line.push(b'\n');
            stdout().lock().write_all(&line)?;
            return Ok(ExitCode::SUCCESS);
        }
        self.start(&target)
    }

    /// Never through a shell: what a feed says is an argument, and nothing else.
    fn start(&self, target: &OsString) -> anyhow::Result<ExitCode> {
        let words = self.player();
        let (program, flags) = words.split_first().context("CASTKEEP_PLAYER names no program")?;
        let name = program.display();
        match Command::new(program).args(flags).arg(target).status() {
            Ok(status) if status.success() => Ok(ExitCode::SUCCESS),
            Ok(status) => bail!("{name}: {status}"),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Advised::error(
                format!("{name}: there is no such program"),
                format!("name a player with --with PROGRAM or ${PLAYER}; --print prints the path"),
            )),
            Err(error) => Err(error).context(name.to_string()),
        }
    }

    /// A program of a name, or one with flags from the environment; pages go where the desktop opens them.
    fn player(&self) -> Vec<OsString> {
        if let Some(program) = &self.with {
            return vec![program.clone()];
        }
        let named = env::var(PLAYER).ok().filter(|player| !self.page && !player.trim().is_empty());
        match named {
            Some(player) => player.split_whitespace().map(OsString::from).collect(),
            None => vec![DESKTOP.into()],
        }
    }
}

/// The captured file.
fn file(reader: &Reader, episode: &EpisodeDetail) -> anyhow::Result<PathBuf> {
    let Some(audio) = &episode.audio else {
        let hint = "\"castkeep sync\" downloads what is missing; --page opens its web page";
        return Err(Advised::error("its audio was not captured".to_owned(), hint.to_owned()));
    };
    // The database of a stranger names files of his choice; castkeep's own are below its folder.
    let below = Path::new(&audio.path);
    let is_below = below.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_below {
        bail!("{:?} is not below the archive", audio.path);
    }
    let path = std::path::absolute(reader.root().join(below))?;
    if !path.is_file() {
        let hint = "\"castkeep verify --repair\" fetches it again";
        return Err(Advised::error(format!("{}: the file is not there", path.display()), hint.to_owned()));
    }
    Ok(path)
}

/// The web page.
fn page(episode: &EpisodeDetail) -> anyhow::Result<String> {
    let link = episode.link.as_deref().context("the feed names no web page for it")?;
    match Url::parse(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url.into()),
        _ => bail!("{link:?} is no web page: only http and https are opened"),
    }
}
