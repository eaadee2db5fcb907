//! `castkeep init`

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::ask::{is_anybody_there, put};
use super::failure::{Advised, Usage};
use super::setting::{DIRECTORY, Setting, environment};
use crate::archive::{Archive, Error, folder_of};
use crate::config::{Config, TEMPLATE};

/// Write a documented config.toml and make an empty archive
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Init {
    /// Don't ask where the archive is to be
    #[arg(long, short)]
    yes: bool,
}

const HELP: &str = "Examples:\n\
\x20 castkeep init\n\
\x20 castkeep init --archive /mnt/nas/podcasts\n\
\x20 castkeep init --config ~/.config/castkeep/config.toml";

impl Init {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let path = setting.config_path();
        let is_new = !path.exists();
        let mut text = without_shows(TEMPLATE);
        if is_new && !self.yes && !setting.names_archive() && is_anybody_there() {
            let Some(answer) = put("The folder of the archive [archive]:") else {
                setting.talk.note("nothing was made");
                return Ok(ExitCode::SUCCESS);
            };
            text = with_directory(&text, &answer);
        }
        if !is_new {
            check_same(setting, &path)?;
        }
        let config = if is_new { setting.read(&text, &path)? } else { setting.load()? };
        let directory = &config.archive.directory;
        if setting.archive().is_some() {
            let whole = std::path::absolute(directory).context("the working directory")?;
            text = with_directory(&text, &whole.display().to_string());
        }
        if is_new {
            let folder = folder_of(&path);
            std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        // The archive comes first: a configuration that says it is there speaks the truth.
        open(&config)?.close()?;
        if is_new {
            let is_named = names(&text, &path, directory)?;
            let text = if is_named { from_now_on(&text) } else { text };
            write(&path, &text).with_context(|| format!("write {}", path.display()))?;
            setting.talk.note(&format!("wrote {}", path.display()));
            if !is_named {
                let file = path.display();
                setting.talk.note(&format!(
                    "{file} does not say where the archive is: {DIRECTORY} does, and must be set for each command"
                ));
            }
        } else {
            setting.talk.note(&format!("{} is there already; it stays as it is", path.display()));
        }
        setting.talk.note(&format!("the archive is {}", directory.join("archive.db").display()));
        setting.talk.note("next: castkeep add URL, then castkeep sync");
        Ok(ExitCode::SUCCESS)
    }
}

/// `--archive` beside a configuration that is there: it must name the same place, for it stays as it is.
fn check_same(setting: &Setting, path: &Path) -> anyhow::Result<()> {
    let Some(named) = setting.archive() else { return Ok(()) };
    let config = Config::load(path, environment())?;
    let (wanted, there) = (setting.load()?.archive.directory, config.archive.directory);
    if is_same(&wanted, &there) {
        return Ok(());
    }
    let message = format!(
        "{} is there already, and its archive is {}, not {}",
        path.display(),
        there.display(),
        named.display()
    );
    let hint = format!(
        "write {} into it as [archive] directory, or name another file with --config",
        named.display()
    );
    Err(Usage { message, hint: Some(hint) }.into())
}

fn is_same(a: &Path, b: &Path) -> bool {
    a == b || matches!((std::path::absolute(a), std::path::absolute(b)), (Ok(a), Ok(b)) if a == b)
}

/// Opens the archive, and makes it where the configuration lets that be or follows nothing yet: then no disk can be missing
/// that would hold what was archived.
fn open(config: &Config) -> anyhow::Result<Archive> {
    let directory = &config.archive.directory;
    if config.archive.create || config.shows.is_empty() && is_free(directory) {
        return Ok(Archive::open(directory)?);
    }
    match Archive::open_existing(directory) {
        Err(error @ Error::Gone(_)) => Err(Advised::error(
            error.to_string(),
            "is the disk mounted? to begin a new archive there, run \"CASTKEEP_ARCHIVE_CREATE=true castkeep init\""
                .to_owned(),
        )),
        opened => Ok(opened?),
    }
}

/// A folder with nothing in it, or none yet.
fn is_free(directory: &Path) -> bool {
    match std::fs::read_dir(directory) {
        Ok(mut entries) => entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == "lost+found")),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// Whether the configuration itself, without flags and environment, names this archive.
fn names(text: &str, path: &Path, directory: &Path) -> anyhow::Result<bool> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let config = Config::parse(text, path, folder, std::iter::empty())?;
    Ok(is_same(&config.archive.directory, directory))
}

/// The archive is there: if it is not, one day, no new one is to be begun in its place.
fn from_now_on(text: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix("create = true ") {
        Some(_) => {
            "create = false                 # the archive is there: if it is not, a disk is not mounted, and no new one is begun"
        }
        None => line,
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// The template with the folder that was answered, if one was; `~` is the home of whoever answered.
fn with_directory(template: &str, answer: &str) -> String {
    let home = |rest: &str| Some(Path::new(&std::env::var_os("HOME")?).join(rest).display().to_string());
    let folder = answer.strip_prefix("~/").and_then(home).unwrap_or_else(|| answer.to_owned());
    let lines = template.lines().map(|line| match line.split_once('#') {
        Some((setting, remark)) if setting.starts_with("directory = ") && !folder.is_empty() => {
            format!("directory = {}  #{remark}\n", toml::Value::from(folder.as_str()))
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// Whole or not at all, and not over a file that appeared meanwhile.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder_of(path);
    let mode = std::fs::Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        written => written.map(drop).map_err(|error| error.error),
    }
}

/// The template with its example of a show as a comment.
fn without_shows(template: &str) -> String {
    let mut in_shows = false;
    let lines = template.lines().map(|line| {
        in_shows |= line.starts_with("[[shows]]");
        let is_code = in_shows && !line.starts_with('#') && !line.is_empty();
        format!("{}{line}\n", if is_code { "# " } else { "" })
    });
    lines.collect()
}
