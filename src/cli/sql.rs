//! `castkeep sql`

use std::io::{BufWriter, IsTerminal, Read, Write, stdin, stdout};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::failure::Usage;
use super::setting::Setting;
use crate::archive::{Cell, Limits, QueryError, Reader, Rows};
use crate::model::redact_text;
use crate::report::{escape, table};

/// Ask the archive a question in SQL; it can only be read
#[derive(Args)]
pub(super) struct Sql {
    /// One SELECT; read from standard input if absent or `-`
    query: Option<String>,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// With csv: a text that a spreadsheet would take for a formula (= + - @ in front) gets a ' before it
    #[arg(long)]
    for_spreadsheet: bool,
    /// Seconds after which the query is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Csv,
    Json,
    Ndjson,
    Markdown,
}

impl Sql {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let query = self.text()?;
        let reader = setting.reader()?;
        let limits = Limits { time: Duration::from_secs(self.timeout) };
        let (format, for_spreadsheet) = (self.format, self.for_spreadsheet);
        let manner = Manner { format, for_spreadsheet, is_terminal: stdout().is_terminal() };
        let mut out = BufWriter::new(stdout().lock());
        let answered = answer(reader, &query, limits, manner, &mut out);
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

/// How an answer is written.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub(super) format: Format,
    /// Texts in CSV are nothing that a spreadsheet would run.
    pub(super) for_spreadsheet: bool,
    /// Nothing that would move the cursor or change colours is written to one.
    pub(super) is_terminal: bool,
}

/// Asks a query and writes its answer.
pub(super) fn answer(
    reader: Reader,
    query: &str,
    limits: Limits,
    manner: Manner,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut answer = Answer::new(manner, out);
    let asked = reader.query(query, limits, &mut |rows| answer.take(&rows));
    let ended = asked.and_then(|()| answer.end().map_err(QueryError::Output));
    ended.map_err(|error| explain(query, error))
}

/// A wrong query is shown with a mark under the place where SQLite stopped understanding it.
fn explain(query: &str, error: QueryError) -> anyhow::Error {
    match error {
        QueryError::Output(error) => error.into(),
        QueryError::Wrong { message, offset } => {
            let place = offset.and_then(|offset| caret(query, offset)).unwrap_or_default();
            Usage { message: format!("sql: {message}{place}"), hint: None }.into()
        }
        error @ (QueryError::Refused | QueryError::Several | QueryError::Nothing) => {
            let hint = "ask one SELECT; SELECT name, sql FROM sqlite_schema tells what there is".to_owned();
            Usage { message: format!("sql: {error}"), hint: Some(hint) }.into()
        }
        error => anyhow::Error::new(error).context("sql"),
    }
}

fn caret(query: &str, offset: usize) -> Option<String> {
    let start = query.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
    let line = query[start..].lines().next()?;
    let indent = " ".repeat(query[start..offset].chars().count());
    Some(format!("\n  {line}\n  {indent}^"))
}

/// A table is laid out when all its rows are known; this much is held, in bytes.
const LARGEST_TABLE: usize = 32_000_000;

/// Writes rows as they come; a table is written at its end, when all widths are known.
struct Answer<'a, W: Write> {
    manner: Manner,
    out: &'a mut W,
    columns: Vec<String>,
    table: Vec<Vec<String>>,
    /// Bytes held in `table`.
    held: usize,
    rows: u64,
}

impl<'a, W: Write> Answer<'a, W> {
    fn new(manner: Manner, out: &'a mut W) -> Self {
        Self { manner, out, columns: Vec::new(), table: Vec::new(), held: 0, rows: 0 }
    }

    fn take(&mut self, rows: &Rows<'_>) -> std::io::Result<()> {
        match rows {
            Rows::Header(columns) => {
                self.columns = distinct(columns);
                self.header()
            }
            Rows::Row(cells) => {
                self.row(cells)?;
                self.rows += 1;
                Ok(())
            }
        }
    }

    fn header(&mut self) -> std::io::Result<()> {
        match self.manner.format {
            Format::Csv => self.csv(&self.columns.clone()),
            Format::Json => write!(self.out, "["),
            Format::Markdown => {
                let rule = vec!["---".to_owned(); self.columns.len()];
                self.markdown(&self.columns.clone())?;
                self.markdown(&rule)
            }
            Format::Table | Format::Ndjson => Ok(()),
        }
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> std::io::Result<()> {
        match self.manner.format {
            Format::Table => {
                let row: Vec<_> = cells.iter().map(|cell| plain(cell).replace('\n', " ")).collect();
                self.held += row.iter().map(String::len).sum::<usize>();
                self.table.push(row);
                if self.held > LARGEST_TABLE {
                    let message = "the answer is too large for a table: ask for --format csv, or with LIMIT";
                    return Err(std::io::Error::other(message));
                }
                Ok(())
            }
            Format::Csv => {
                let cell = if self.manner.for_spreadsheet { inert } else { plain };
                self.csv(&cells.iter().map(cell).collect::<Vec<_>>())
            }
            Format::Markdown => self.markdown(&cells.iter().map(plain).collect::<Vec<_>>()),
            Format::Ndjson => writeln!(self.out, "{}", self.object(cells)),
            Format::Json => {
                let comma = if self.rows > 0 { "," } else { "" };
                write!(self.out, "{comma}\n{}", self.object(cells))
            }
        }
    }

    fn end(self) -> std::io::Result<()> {
        match self.manner.format {
            Format::Table => {
                let header: Vec<_> = self.columns.iter().map(String::as_str).collect();
                write!(self.out, "{}", table(&header, &self.table, &[]))
            }
            Format::Json => writeln!(self.out, "{}]", if self.rows > 0 { "\n" } else { "" }),
            _ => Ok(()),
        }
    }

    /// Texts in CSV are exact (RFC 4180), but on a terminal, and where they are wanted for a spreadsheet.
    fn csv(&mut self, cells: &[String]) -> std::io::Result<()> {
        let mut line = csv::Writer::from_writer(Vec::new());
        if self.manner.is_terminal {
            line.write_record(cells.iter().map(|cell| escape(cell, &['\n'])))?;
        } else {
            line.write_record(cells)?;
        }
        let line = line.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
        self.out.write_all(&line)
    }

    fn markdown(&mut self, cells: &[String]) -> std::io::Result<()> {
        let cells = cells.iter().map(|cell| escape(&cell.replace('\n', " "), &[]).replace('|', "\\|"));
        writeln!(self.out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
    }

    fn object(&self, cells: &[Cell<'_>]) -> String {
        let object: serde_json::Map<_, _> =
            self.columns.iter().cloned().zip(cells.iter().map(json)).collect();
        let text = serde_json::Value::from(object).to_string();
        if self.manner.is_terminal { ascii_controls(&text) } else { text }
    }
}

/// JSON in which what a terminal might obey is written as JSON escapes: the same values.
fn ascii_controls(json: &str) -> String {
    let is_plain = |c: char| escape(c.encode_utf8(&mut [0; 4]), &[]).starts_with(c);
    let shown = |c: char| if is_plain(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    json.chars().map(shown).collect()
}

fn plain(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(n) => n.to_string(),
        Cell::Text(text) => redact_text(text),
        Cell::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// The same for a spreadsheet, which runs what begins like a formula.
fn inert(cell: &Cell<'_>) -> String {
    let text = plain(cell);
    let runs = matches!(cell, Cell::Text(_)) && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs { format!("'{text}") } else { text }
}

/// Column names, told apart where a query gives two the same: an object in JSON has a name once.
fn distinct(columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = column.clone();
        let mut n = 2;
        while names.contains(&name) {
            name = format!("{column}_{n}");
            n += 1;
        }
        names.push(name);
    }
    names
}

fn json(cell: &Cell<'_>) -> serde_json::Value {
    match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Integer(n) => (*n).into(),
        Cell::Real(n) => (*n).into(),
        Cell::Text(text) => redact_text(text).into(),
        Cell::Blob(_) => plain(cell).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, is_terminal: bool, text: &str) -> String {
        let mut out = Vec::new();
        let mut answer = Answer::new(Manner { format, is_terminal, for_spreadsheet: false }, &mut out);
        answer.take(&Rows::Header(&["x".to_owned()])).unwrap();
        answer.take(&Rows::Row(vec![Cell::Text(text.into())])).unwrap();
        answer.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped_there_and_exact_elsewhere() {
        let hostile = "a\u{1b}]0;b\u{7}\u{9b}31m\u{202e}\u{7f}é\nc";
        for format in [Format::Table, Format::Csv, Format::Json, Format::Ndjson, Format::Markdown] {
            let shown = written(format, true, hostile);
            assert!(!shown.contains(|c: char| c != '\n' && (c.is_control() || c == '\u{202e}')), "{shown:?}");
            assert!(shown.contains('é'));
        }
        assert_eq!(written(Format::Csv, false, hostile), format!("x\n\"{hostile}\"\n"));
        for is_terminal in [true, false] {
            let json: serde_json::Value =
                serde_json::from_str(&written(Format::Ndjson, is_terminal, hostile)).unwrap();
            assert_eq!(json["x"], hostile);
        }
    }

    #[test]
    fn secrets_in_addresses_are_not_written() {
        let notes = "<a href=\"https://me:pw@a.example/?author=b&auth=pw2\">";
        for format in [Format::Table, Format::Csv, Format::Json, Format::Ndjson, Format::Markdown] {
            let shown = written(format, false, notes);
            assert!(shown.contains("a.example/?author=b&auth=***") && !shown.contains("pw"), "{shown}");
        }
    }
}
