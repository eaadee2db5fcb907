//! `castkeep export csv`, `json`, `ndjson`: tables and views; one to standard output or a file, several into a folder.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::output::{Force, Output, carry_out, fill};
use crate::archive::{Part, Reader, refuse_configuration, refuse_place};
use crate::cli::failure::Usage;
use crate::cli::setting::Setting;
use crate::download::Cancel;
use crate::export::{Cells, Form};
use crate::model::nearest;

const CSV_HELP: &str = "Examples:\n\
\x20 castkeep export csv episode_list --output episodes.csv\n\
\x20 castkeep export csv episode_list link_list --output tables/\n\
\x20 castkeep export csv --output everything --for-spreadsheet";

const JSON_HELP: &str = "Examples:\n\
\x20 castkeep export json episode_list --output episodes.json\n\
\x20 castkeep export ndjson link_list segment_list --output tables/";

#[derive(Args)]
#[command(after_help = CSV_HELP)]
pub(super) struct Csv {
    #[command(flatten)]
    tables: Json,
    /// A text that a spreadsheet would take for a formula (= + - @ in front) gets a ' before it
    #[arg(long)]
    for_spreadsheet: bool,
}

#[derive(Args)]
#[command(after_help = JSON_HELP)]
pub(super) struct Json {
    /// Tables and views, which "castkeep schema" lists [default: all but the stored documents and castkeep's own books]
    #[arg(value_name = "TABLE")]
    names: Vec<String>,
    /// Write to this file; or into this folder, made if it is not there: a file a table, needed for several
    #[arg(long, short, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    force: Force,
}

impl Csv {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        self.tables.run(setting, Form::Csv { for_spreadsheet: self.for_spreadsheet })
    }
}

impl Json {
    pub(super) fn run(self, setting: &Setting, form: Form) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let _moment = reader.hold()?;
        let names = self.chosen(&reader)?;
        carry_out(setting, |cancel| match (names.as_slice(), &self.output) {
            ([name], output)
                if self.names.len() == 1 && !output.as_ref().is_some_and(|path| is_folder(path)) =>
            {
                let output = Output { output: self.output.clone(), force: self.force };
                output.write(setting, Some(reader.root()), cancel, |out| write(out, &reader, name, form))
            }
            (_, Some(folder)) => {
                for name in &names {
                    refuse_configuration(&file_in(folder, name, form), &setting.config_path())?;
                }
                self.fill_folder(folder, &names, &reader, form, cancel)
            }
            (_, None) => {
                let hint = "name a folder for them with --output, or one table".to_owned();
                let message = "several tables can't go to standard output".to_owned();
                Err(Usage { message, hint: Some(hint) }.into())
            }
        })
    }

    /// The tables that were asked for, each once.
    fn chosen(&self, reader: &Reader) -> anyhow::Result<Vec<String>> {
        let known = reader.tables()?;
        let is = |known: &str, name: &str| known.eq_ignore_ascii_case(name);
        if let Some(unknown) = self.names.iter().find(|name| !known.iter().any(|(known, _)| is(known, name)))
        {
            let list: Vec<_> = known.iter().map(|(name, _)| name.as_str()).collect();
            let near = nearest(unknown, list.iter().copied());
            let hint = near.map_or_else(
                || format!("there are: {}", list.join(", ")),
                |near| format!("did you mean {near}?"),
            );
            let message = format!("there is no table or view {unknown:?}");
            return Err(Usage { message, hint: Some(hint) }.into());
        }
        let is_chosen = |(known, is_for_people): &(String, bool)| {
            if self.names.is_empty() { *is_for_people } else { self.names.iter().any(|name| is(known, name)) }
        };
        Ok(known.into_iter().filter(is_chosen).map(|(name, _)| name).collect())
    }

    /// All are whole before the first gets its name.
    fn fill_folder(
        &self,
        folder: &Path,
        names: &[String],
        reader: &Reader,
        form: Form,
        cancel: &Cancel,
    ) -> anyhow::Result<()> {
        let existing = self.force.existing();
        if !folder.is_dir() {
            refuse_place(folder, Some(reader.root()))?;
        }
        let mut made = Folder::make(folder)?;
        let mut parts = Vec::with_capacity(names.len());
        for name in names {
            let path = file_in(folder, name, form);
            let part = Part::create(&path, Some(reader.root()), existing)?;
            fill(&part, cancel, &path, |out| write(out, reader, name, form))?;
            parts.push(part);
        }
        parts.into_iter().try_for_each(|part| part.give_name(existing))?;
        made.stays();
        Ok(())
    }
}

/// A folder that is there, or a name that says by its end that it is one's.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

fn file_in(folder: &Path, table: &str, form: Form) -> PathBuf {
    folder.join(format!("{table}.{}", ending(form)))
}

fn ending(form: Form) -> &'static str {
    match form {
        Form::Csv { .. } => "csv",
        Form::Json => "json",
        Form::Ndjson => "ndjson",
    }
}

fn write(out: &mut dyn Write, reader: &Reader, name: &str, form: Form) -> anyhow::Result<()> {
    let mut cells = Cells::new(form, out);
    reader.table(name, &mut |rows| anyhow::Ok(cells.take(&rows)?))?;
    Ok(cells.end()?)
}

/// A folder that goes again if nothing came into it.
struct Folder<'p>(Option<&'p Path>);

impl<'p> Folder<'p> {
    fn make(path: &'p Path) -> anyhow::Result<Self> {
        match std::fs::create_dir(path) {
            Ok(()) => Ok(Self(Some(path))),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Self(None)),
            made => made.map(|()| Self(None)).with_context(|| format!("make the folder {}", path.display())),
        }
    }

    fn stays(&mut self) {
        self.0 = None;
    }
}

impl Drop for Folder<'_> {
    fn drop(&mut self) {
        // One that holds something stays.
        let _ = self.0.map(std::fs::remove_dir);
    }
}
