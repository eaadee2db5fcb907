//! `castkeep open`

use std::borrow::Cow;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write, stdout};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use clap::Args;

use super::failure::Advised;
use super::find::{find, find_episode};
use super::following::Following;
use super::setting::Setting;
use crate::archive::{EpisodeDetail, Reader, is_by_hand};
use crate::http::Url;

/// Play an episode, or open its web page
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Open {
    /// The show
    show: String,
    /// Its number, its guid, words of its title, or latest
    #[arg(required = true)]
    episode: Vec<String>,
    /// Play with this, with or without flags after it [default: $CASTKEEP_PLAYER, else what the desktop plays with]
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
\x20 castkeep open two-kettles 3 --with \"mpv --no-video\"\n\
\x20 castkeep open two-kettles tea party --page";

/// Names the player, with or without flags after it.
const PLAYER: &str = "CASTKEEP_PLAYER";

/// What opens a file or an address as a click would.
const DESKTOP: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

impl Open {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let show = find(&reader, &self.show)?;
        let named = self.episode.join(" ");
        let episode = find_episode(&reader, &show, &named)?;
        let target: OsString = match &episode.audio {
            _ if self.page => page(&episode)?.into(),
            Some(audio) => file(&reader, &audio.path)?.into(),
            None => {
                let rests = Following::of(setting).rests(&show.configured_url);
                return Err(no_audio(&reader, &show.slug, &named, &episode, rests)?);
            }
        };
        if self.print {
            let mut line = target.into_encoded_bytes();
            line.push(b'\n');
            stdout().lock().write_all(&line)?;
            return Ok(ExitCode::SUCCESS);
        }
        self.start(&target)
    }

    /// A program of the whole name; if there is none, its first word with the rest as flags.
    fn start(&self, target: &OsStr) -> anyhow::Result<ExitCode> {
        let player = self.player();
        if let Some(code) = started(&player, &[], target)? {
            return Ok(code);
        }
        let words = player.to_str().filter(|name| name.contains(char::is_whitespace)).and_then(shlex::split);
        let words: Vec<OsString> = words.unwrap_or_default().into_iter().map(OsString::from).collect();
        let (program, flags) = words.split_first().unwrap_or((&player, &[]));
        if !words.is_empty()
            && let Some(code) = started(program, flags, target)?
        {
            return Ok(code);
        }
        Err(Advised::error(
            format!("{}: there is no such program", program.display()),
            format!("name a player with --with PROGRAM or ${PLAYER}; --print prints the path"),
        ))
    }

    /// What the line names, else the environment; pages go where the desktop opens them.
    fn player(&self) -> OsString {
        let is_named = |player: &OsString| !self.page && !player.to_string_lossy().trim().is_empty();
        let named = || env::var_os(PLAYER).filter(is_named);
        self.with.clone().or_else(named).unwrap_or_else(|| DESKTOP.into())
    }
}

/// Runs a player to its end; none if there is no such program. Never through a shell: what a feed says is an argument, and
/// nothing else.
fn started(program: &OsStr, flags: &[OsString], target: &OsStr) -> anyhow::Result<Option<ExitCode>> {
    let name = program.display();
    match Command::new(program).args(flags).arg(target).status() {
        Ok(status) if status.success() => Ok(Some(ExitCode::SUCCESS)),
        Ok(status) => bail!("{name}: {status}"),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error).context(name.to_string()),
    }
}

/// Why there is no file: a rule left it out, or it was not captured yet.
fn no_audio(
    reader: &Reader,
    show: &str,
    named: &str,
    episode: &EpisodeDetail,
    rests: bool,
) -> anyhow::Result<anyhow::Error> {
    // Of a show that rests, nothing is downloaded but by its name.
    let sync = if rests { format!("castkeep sync {show}") } else { "castkeep sync".to_owned() };
    let Some(reason) = reader.left_out(episode.id)? else {
        let paused = if rests { format!("{show} is paused; ") } else { String::new() };
        let hint = format!("{paused}\"{sync}\" downloads what is missing; --page opens its web page");
        return Ok(Advised::error("its audio was not captured".to_owned(), hint));
    };
    let named = shlex::try_quote(named).unwrap_or(Cow::Borrowed(named));
    let hint = if is_by_hand(&reason) {
        format!("castkeep catch-up {show} --episode {named} --undo, then {sync}, downloads it")
    } else {
        format!("that is a rule of config.toml; without it, {sync} downloads it; --page opens its web page")
    };
    Ok(Advised::error(format!("its audio was left out: {reason}"), hint))
}

/// The captured file, which has this path in the archive.
fn file(reader: &Reader, path: &str) -> anyhow::Result<PathBuf> {
    // The database of a stranger names files of his choice; castkeep's own are below its folder.
    let below = Path::new(path);
    let is_below = below.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_below {
        bail!("{path:?} is not below the archive");
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
