//! `castkeep sql`

mod explain;

use std::io::{BufWriter, IsTerminal, Read, Write, stdin, stdout};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::failure::Usage;
use super::rows::{Form, Manner, Writer};
use super::setting::Setting;
use crate::archive::{Limits, QueryError, Reader};

/// Ask the archive a question in SQL; it can only be read
#[derive(Args)]
pub(super) struct Sql {
    /// One SELECT; read from standard input if absent or `-`
    query: Option<String>,
    #[command(flatten)]
    form: Form,
    /// Seconds after which the query is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

impl Sql {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let query = self.text()?;
        let reader = setting.reader()?;
        let limits = Limits { time: Duration::from_secs(self.timeout) };
        let mut out = BufWriter::new(stdout().lock());
        let answered = answer(reader, &query, limits, self.form.manner(), &mut out);
        out.flush()?;
        answered?;
        Ok(ExitCode::SUCCESS)
    }

    fn text(&self) -> anyhow::Result<String> {
        match self.query.as_deref() {
            Some(query) if query != "-" => Ok(query.to_owned()),
            None if stdin().is_terminal() => {
                let hint = "castkeep sql \"SELECT * FROM episode_list LIMIT 10\"".to_owned();
                Err(Usage { message: "no query".to_owned(), hint: Some(hint) }.into())
            }
            _ => {
                let mut text = String::new();
                stdin().lock().read_to_string(&mut text).context("read the query from standard input")?;
                Ok(text)
            }
        }
    }
}

/// Asks a query and writes its answer.
pub(super) fn answer(
    reader: Reader,
    query: &str,
    limits: Limits,
    manner: Manner,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut writer = Writer::new(manner, out);
    let asked = reader.query(query, limits, &mut |rows| writer.take(&rows));
    let ended = asked.and_then(|()| writer.end().map_err(QueryError::Output));
    ended.map(drop).map_err(|error| explain::explain(query, error))
}
