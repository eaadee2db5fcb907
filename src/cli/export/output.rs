//! Where an export goes: to standard output, or to a file that appears whole or not at all.

use std::io::{self, BufWriter, IsTerminal as _, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::archive::{Existing, Part, refuse_configuration};
use crate::cli::setting::Setting;
use crate::download::Cancel;
use crate::report::escape;

/// A file to write to.
#[derive(Args)]
pub(super) struct Output {
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) force: Force,
}

/// What becomes of files that are there.
#[derive(Args, Clone, Copy)]
pub(super) struct Force {
    /// Replace a file of that name, once the new one is whole
    #[arg(long)]
    force: bool,
}

impl Force {
    pub(super) fn existing(self) -> Existing {
        if self.force { Existing::Replace } else { Existing::Keep }
    }
}

impl Output {
    /// Has something written there. `archive`: the folder in which the archive's own names are not taken.
    pub(super) fn write(
        &self,
        setting: &Setting,
        archive: Option<&Path>,
        cancel: &Cancel,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match &self.output {
            Some(path) => {
                refuse_configuration(path, &setting.config_path())?;
                let part = Part::create(path, archive, self.force.existing())?;
                fill(&part, cancel, path, write)?;
                Ok(part.give_name(self.force.existing())?)
            }
            None if stdout().is_terminal() => {
                flushed(Shown { out: stdout().lock(), rest: Vec::new() }, cancel, write)
            }
            None => flushed(stdout().lock(), cancel, write),
        }
    }
}

/// Has a part filled that will be called `path`.
pub(super) fn fill(
    part: &Part,
    cancel: &Cancel,
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    flushed(part.file(), cancel, write).with_context(|| format!("write {}", path.display()))
}

fn flushed(
    out: impl Write,
    cancel: &Cancel,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(128 * 1024, Stoppable { out, cancel });
    write(&mut out)?;
    Ok(out.flush()?)
}

/// A writer that fails once the run is to stop.
struct Stoppable<'c, W> {
    out: W,
    cancel: &'c Cancel,
}

impl<W: Write> Write for Stoppable<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(io::Error::other("stopped by a signal"));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A terminal: what it might obey is shown instead.
struct Shown<W> {
    out: W,
    /// The beginning of a character.
    rest: Vec<u8>,
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.rest.len(),
        };
        let text: Vec<u8> = self.rest.drain(..whole).collect();
        self.out.write_all(escape(&String::from_utf8_lossy(&text), &['\n']).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Runs an export to its end, or until a signal stops it: then what was being written goes.
pub(super) fn carry_out(
    setting: &Setting,
    work: impl FnOnce(&Cancel) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let ((done, is_stopped), signals) = setting.run(|manner| async move {
        let done = work(&manner.cancel);
        Ok((done, manner.cancel.is_cancelled()))
    })?;
    match done {
        Err(_) if is_stopped => {
            setting.talk.note("stopped by a signal; nothing was written");
            Ok(ExitCode::from(signals.exit_code()))
        }
        done => done.map(|()| ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_is_exported() {
        let mut out = Vec::new();
        let mut shown = Shown { out: &mut out, rest: Vec::new() };
        for byte in "é\u{1b}[31m\u{202e}\n😀".as_bytes() {
            shown.write_all(&[*byte]).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), "é\\u{1b}[31m\\u{202e}\n😀");
    }
}
