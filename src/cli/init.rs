//! `castkeep init`

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::ask::{is_anybody_there, put};
use super::setting::Setting;
use crate::archive::{Archive, folder_of};
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
        let config = if is_new { setting.read(&text, &path)? } else { setting.load()? };
        let directory = &config.archive.directory;
        // The archive comes first: a configuration that says it is there speaks the truth.
        let open = if config.archive.create { Archive::open } else { Archive::open_existing };
        open(directory)?.close()?;
        if is_new {
            let text = if names(&text, &path, directory)? { from_now_on(&text) } else { text };
            write(&path, &text).with_context(|| format!("write {}", path.display()))?;
            setting.talk.note(&format!("wrote {}", path.display()));
        } else {
            setting.talk.note(&format!("{} is there already; it stays as it is", path.display()));
        }
        setting.talk.note(&format!("the archive is {}", directory.join("archive.db").display()));
        setting.talk.note("next: castkeep add URL, then castkeep sync");
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether the configuration itself, without flags and environment, names this archive.
fn names(text: &str, path: &Path, directory: &Path) -> anyhow::Result<bool> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let config = Config::parse(text, path, folder, std::iter::empty())?;
    Ok(config.archive.directory == directory)
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
