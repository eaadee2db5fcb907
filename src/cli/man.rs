//! `castkeep man`

use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Command};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Inline, Roff, bold, roman};

use super::help::remarks;
use super::setting::Setting;

/// Print the manual page, or write one a command
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Man {
    /// Write castkeep.1, castkeep-sync.1 and so on into this folder, made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

const HELP: &str = "Examples:\n\
\x20 castkeep man | man -l -\n\
\x20 castkeep man --out ~/.local/share/man/man1";

/// What files and variables there are, for the page of castkeep itself.
const FILES: &[(&str, &str)] = &[
    (
        "./config.toml",
        "the configuration; else $XDG_CONFIG_HOME/castkeep/config.toml, by default in ~/.config",
    ),
    (
        "archive/archive.db",
        "the database, below the folder of the configuration unless [archive] directory says otherwise",
    ),
    ("archive/audio/", "the captured files, a folder a show"),
];
const ENVIRONMENT: &[(&str, &str)] = &[
    ("CASTKEEP_CONFIG", "the configuration, as --config"),
    ("CASTKEEP_SECTION_KEY", "overrules a key of the configuration: CASTKEEP_HTTP_ONLY_HOSTS"),
    ("CASTKEEP_LOG", "what is logged on stderr, such as castkeep=debug"),
    ("CASTKEEP_PLAYER", "what \"castkeep open\" plays with"),
    ("NO_COLOR", "if it is set and not empty, nothing is coloured, bold or a hyperlink"),
];

impl Man {
    pub(super) fn run(self, setting: &Setting, command: Command) -> anyhow::Result<ExitCode> {
        let mut command = command.disable_help_subcommand(true).term_width(0);
        command.build();
        let Some(folder) = self.out else {
            stdout().lock().write_all(&page(&command)?)?;
            return Ok(ExitCode::SUCCESS);
        };
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let written = write(&command, &folder)?;
        setting.talk.note(&format!("wrote {written} pages into {}", folder.display()));
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes the page of a command and of all below it; how many.
fn write(command: &Command, folder: &Path) -> anyhow::Result<usize> {
    let path = folder.join(format!("{}.1", title(command)));
    let written = page(command).and_then(|page| std::fs::write(&path, page));
    written.with_context(|| format!("write {}", path.display()))?;
    command.get_subcommands().try_fold(1, |count, below| Ok(count + write(below, folder)?))
}

/// `castkeep-export-opml`
fn title(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let is_whole = title(command) == "castkeep";
    // Remarks and examples have sections of their own; links between pages are below.
    let (remarks, examples) = remarks(command);
    let page = Page::new(command.clone());
    // A date would be that of the day on which it is written: no two builds would be alike.
    let mut out =
        format!(".TH {} 1 \"\" \"castkeep {}\"\n", title(command), env!("CARGO_PKG_VERSION")).into_bytes();
    page.render_name_section(&mut out)?;
    let usage = command.clone().render_usage().to_string();
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text([roman(usage.trim_start_matches("Usage: "))]);
    roff.to_writer(&mut out)?;
    page.render_description_section(&mut out)?;
    let exit = remarks.strip_prefix("Exit codes: ");
    let mut roff = Roff::new();
    if exit.is_none() && !remarks.is_empty() {
        roff.control("PP", []).text([roman(&remarks)]);
    }
    roff.to_writer(&mut out)?;
    page.render_options_section(&mut out)?;
    if command.get_subcommands().next().is_some() {
        page.render_subcommands_section(&mut out)?;
    }
    rest(is_whole, &examples, exit).to_writer(&mut out)?;
    Ok(out)
}

/// The sections that clap knows nothing of.
fn rest(is_whole: bool, examples: &[String], exit: Option<&str>) -> Roff {
    let mut roff = Roff::new();
    if !examples.is_empty() {
        roff.control("SH", ["EXAMPLES"]).control("nf", []);
        for example in examples {
            roff.text([roman(example)]);
        }
        roff.control("fi", []);
    }
    if let Some(exit) = exit {
        roff.control("SH", ["EXIT STATUS"]).text([roman(exit)]);
    }
    if is_whole {
        list(&mut roff, "FILES", FILES);
        list(&mut roff, "ENVIRONMENT", ENVIRONMENT);
    } else {
        let see: [Inline; 2] = [bold("castkeep"), roman("(1)")];
        roff.control("SH", ["SEE ALSO"]).text(see);
    }
    roff
}

fn list(roff: &mut Roff, heading: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [heading]);
    for (name, what) in entries {
        roff.control("TP", []).text([bold(*name)]).text([roman(*what)]);
    }
}
