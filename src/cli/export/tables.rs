//! `castkeep export csv`, `json`, `ndjson`: tables and views; one to standard output or a file, several into a folder.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::output::{Force, Output, carry_out, fill};
use crate::archive::{Part, Reader, refuse_place};
use crate::cli::failure::Usage;
use crate::cli::setting::Setting;
use crate::download::Cancel;
use crate::export::{Cells, Form};

#[derive(Args)]
pub(super) struct Csv {
    #[command(flatten)]
    tables: Json,
    /// A text that a spreadsheet would take for a formula (= + - @ in front) gets a ' before it
    #[arg(long)]
    for_spreadsheet: bool,
}

#[derive(Args)]
pub(super) struct Json {
    /// Tables and views [default: all but the stored documents and castkeep's own books]
    #[arg(value_name = "TABLE")]
    names: Vec<String>,
    /// Write to this file, or to files in this folder: one each
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
                if self.names.len() == 1 && !output.as_ref().is_some_and(|path| path.is_dir()) =>
            {
                let output = Output { output: self.output.clone(), force: self.force };
                output.write(Some(reader.root()), cancel, |out| write(out, &reader, name, form))
            }
            (_, Some(folder)) => self.fill_folder(folder, &names, &reader, form, cancel),
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
        if let Some(unknown) = self.names.iter().find(|name| !known.iter().any(|(known, _)| known == *name)) {
            let list: Vec<_> = known.iter().map(|(name, _)| name.as_str()).collect();
            let hint = Some(format!("there are: {}", list.join(", ")));
            return Err(Usage { message: format!("there is no table or view {unknown:?}"), hint }.into());
        }
        let is_chosen = |(name, is_for_people): &(String, bool)| {
            if self.names.is_empty() { *is_for_people } else { self.names.contains(name) }
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
            let path = folder.join(format!("{name}.{}", ending(form)));
            let part = Part::create(&path, Some(reader.root()), existing)?;
            fill(&part, cancel, &path, |out| write(out, reader, name, form))?;
            parts.push(part);
        }
        parts.into_iter().try_for_each(|part| part.give_name(existing))?;
        made.stays();
        Ok(())
    }
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
