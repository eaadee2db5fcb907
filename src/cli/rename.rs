//! `castkeep rename`

use std::io::{self, Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::{PARTIAL, Usage};
use super::setting::Setting;
use crate::download::Template;
use crate::jobs::{self, Preview, Renamed};
use crate::report::{counted, escape};

/// Give files the names that a template says
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Rename {
    /// Only the files of these shows
    #[arg(value_name = "SHOW")]
    shows: Vec<String>,
    /// The template, such as "{show}/{year}/[{number:04} ]{title}.{ext}" [that of the configuration]
    #[arg(long, value_name = "TEMPLATE")]
    to: Option<String>,
    /// Only tell what would get which name
    #[arg(long)]
    dry_run: bool,
}

const HELP: &str = "Examples:\n\
\x20 castkeep rename --dry-run\n\
\x20 castkeep rename two-kettles --to \"{show}/{year}/{title}.{ext}\"";

impl Rename {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let to = self.to.as_deref().map(template).transpose()?;
        let config = setting.load()?;
        let request = jobs::RenameRequest { to, shows: self.shows };
        if self.dry_run {
            return tell(setting, &jobs::preview_rename(&config, &request)?, request.to.as_ref());
        }
        let wish = request.to.clone();
        let ((run, renamed), signals) =
            setting.run(|manner| async move { jobs::rename(config, &request, manner) })?;
        let printed = if setting.talk.quiet { Ok(()) } else { print(&renamed) };
        let code = setting.end(&run, &signals, printed);
        if let Some(template) = wish.filter(|_| renamed.differs) {
            setting.talk.hint(&format!(
                "the configuration calls new files otherwise: write template = {:?} below [naming]",
                template.to_string()
            ));
        }
        Ok(code)
    }
}

fn template(text: &str) -> Result<Template, Usage> {
    text.parse().map_err(|bad: crate::download::BadTemplate| Usage {
        message: format!("--to: no template for file names\n{}", bad.pointed()),
        hint: bad.hint(),
    })
}

fn tell(setting: &Setting, preview: &Preview, template: Option<&Template>) -> anyhow::Result<ExitCode> {
    let mut out = stdout().lock();
    for (old, new) in &preview.moves {
        writeln!(out, "{} -> {}", escape(old, &[]), escape(new, &[]))?;
    }
    if !setting.talk.quiet {
        writeln!(out, "{} would be renamed", counted(preview.moves.len() as u64, "file"))?;
    }
    out.flush()?;
    if let Some(template) = template {
        setting.talk.note(&format!("example: {}", template.example()));
    }
    for (show, path, why) in &preview.kept {
        setting.talk.failure(Some(show), &format!("rename {path}: {why}; it would keep its name"));
    }
    Ok(if preview.kept.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PARTIAL) })
}

fn print(renamed: &Renamed) -> io::Result<()> {
    let beside = match renamed.beside {
        0 => String::new(),
        count => format!(", and {count} beside the audio"),
    };
    writeln!(stdout().lock(), "{} renamed{beside}", counted(renamed.files, "file"))
}
