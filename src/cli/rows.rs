//! Rows written to stdout: as a table, CSV, JSON, NDJSON or Markdown. All commands that print rows print them here, so that all
//! keep secrets, spreadsheets and terminals out of harm's way alike.

mod json;

use std::io::{self, IsTerminal, Write, stdout};

use clap::{Args, ValueEnum};

use json::{ascii_controls, distinct};

use super::failure::Usage;
use super::look::screen_width;
use crate::archive::{Cell, Rows};
use crate::export::cells::{inert, json_names, object, plain};
use crate::report::{escape, fitted, table};

/// The flags of a command that prints rows.
#[derive(Args, Clone, Copy)]
pub(super) struct Form {
    /// How the rows are written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
    /// With csv: a text that a spreadsheet would take for a formula (= + - @ in front) gets a ' before it
    #[arg(long)]
    pub(super) for_spreadsheet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Csv,
    Json,
    Ndjson,
    Markdown,
}

impl Form {
    /// On stdout, whatever that is.
    pub(super) fn manner(self) -> Manner {
        let Self { format, for_spreadsheet } = self;
        Manner { format, for_spreadsheet, is_terminal: stdout().is_terminal(), width: screen_width() }
    }

    /// What is for CSV alone is asked of CSV alone.
    pub(super) fn check(self) -> Result<Self, Usage> {
        if self.for_spreadsheet && self.format != Format::Csv {
            let hint = Some("add --format csv".to_owned());
            return Err(Usage { message: "--for-spreadsheet is about CSV alone".to_owned(), hint });
        }
        Ok(self)
    }
}

/// How rows are written.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub(super) format: Format,
    /// Texts in CSV are nothing that a spreadsheet would run.
    pub(super) for_spreadsheet: bool,
    /// Nothing that would move the cursor or change colours is written to one.
    pub(super) is_terminal: bool,
    /// A table is cut to so many columns of a screen; else it is whole.
    pub(super) width: Option<usize>,
}

impl Manner {
    /// A table that is the same wherever it is written.
    pub(super) const TABLE: Self =
        Self { format: Format::Table, for_spreadsheet: false, is_terminal: false, width: None };
}

/// A table is laid out when all its rows are known; this much is held, in bytes.
const LARGEST_TABLE: usize = 48_000_000;

/// What a cell takes beside its text, in bytes.
const CELL: usize = 100;

/// Writes rows as they come; a table is written at its end, when all widths are known.
pub(super) struct Writer<'a, W: Write> {
    manner: Manner,
    out: &'a mut W,
    columns: Vec<String>,
    /// The same as JSON writes them.
    names: Vec<String>,
    table: Vec<Vec<String>>,
    /// Bytes held in `table`.
    held: usize,
    rows: u64,
}

impl<'a, W: Write> Writer<'a, W> {
    pub(super) fn new(manner: Manner, out: &'a mut W) -> Self {
        Self { manner, out, columns: Vec::new(), names: Vec::new(), table: Vec::new(), held: 0, rows: 0 }
    }

    /// What a query gives, in its order.
    pub(super) fn take(&mut self, rows: &Rows<'_>) -> io::Result<()> {
        match rows {
            Rows::Header(columns) => self.header(columns),
            Rows::Row(cells) => self.row(cells),
        }
    }

    /// Before the first row. Columns of one name are told apart by a number.
    pub(super) fn header(&mut self, columns: &[String]) -> io::Result<()> {
        self.columns = distinct(columns);
        self.names = json_names(&self.columns);
        match self.manner.format {
            Format::Csv => csv(self.out, self.manner.is_terminal, &self.columns),
            Format::Json => write!(self.out, "["),
            Format::Markdown => {
                markdown(self.out, &self.columns)?;
                markdown(self.out, &vec!["---"; self.columns.len()])
            }
            Format::Table | Format::Ndjson => Ok(()),
        }
    }

    /// A row, its cells in the order of the header.
    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        match self.manner.format {
            Format::Table => self.keep(cells)?,
            Format::Csv => {
                let cell = if self.manner.for_spreadsheet { inert } else { plain };
                let cells: Vec<_> = cells.iter().map(cell).collect();
                csv(self.out, self.manner.is_terminal, &cells)?;
            }
            Format::Markdown => markdown(self.out, &cells.iter().map(plain).collect::<Vec<_>>())?,
            Format::Ndjson => {
                self.object(cells)?;
                writeln!(self.out)?;
            }
            Format::Json => {
                write!(self.out, "{}", if self.rows > 0 { ",\n" } else { "\n" })?;
                self.object(cells)?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// After the last row; how many there were.
    pub(super) fn end(self) -> io::Result<u64> {
        match self.manner.format {
            Format::Table => {
                let header: Vec<_> = self.columns.iter().map(String::as_str).collect();
                let text = match self.manner.width {
                    Some(width) => fitted(&header, &self.table, &[], width),
                    None => table(&header, &self.table, &[]),
                };
                write!(self.out, "{text}")?;
            }
            Format::Json => writeln!(self.out, "{}]", if self.rows > 0 { "\n" } else { "" })?,
            _ => {}
        }
        Ok(self.rows)
    }

    fn keep(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        let row: Vec<_> = cells.iter().map(|cell| plain(cell).replace('\n', " ")).collect();
        self.held += row.iter().map(|cell| cell.len() + CELL).sum::<usize>();
        self.table.push(row);
        if self.held > LARGEST_TABLE {
            let message = "the answer is too large for a table: ask for --format csv, or with LIMIT";
            return Err(io::Error::other(message));
        }
        Ok(())
    }

    fn object(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        if !self.manner.is_terminal {
            return object(self.out, &self.names, cells);
        }
        let mut text = Vec::new();
        object(&mut text, &self.names, cells)?;
        write!(self.out, "{}", ascii_controls(&String::from_utf8_lossy(&text)))
    }
}

/// Texts in CSV are exact (RFC 4180), but on a terminal, and where they are wanted for a spreadsheet.
fn csv(out: &mut impl Write, is_terminal: bool, cells: &[impl AsRef<str>]) -> io::Result<()> {
    let mut line = csv::Writer::from_writer(Vec::new());
    if is_terminal {
        line.write_record(cells.iter().map(|cell| escape(cell.as_ref(), &['\n'])))?;
    } else {
        line.write_record(cells.iter().map(|cell| cell.as_ref().as_bytes()))?;
    }
    let line = line.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&line)
}

fn markdown(out: &mut impl Write, cells: &[impl AsRef<str>]) -> io::Result<()> {
    let cell = |cell: &str| escape(&cell.replace('\n', " "), &[]).replace('|', "\\|");
    let cells = cells.iter().map(|text| cell(text.as_ref()));
    writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, is_terminal: bool, text: &str) -> String {
        let mut out = Vec::new();
        let mut rows =
            Writer::new(Manner { format, is_terminal, for_spreadsheet: false, width: None }, &mut out);
        rows.header(&["x".to_owned()]).unwrap();
        rows.row(&[Cell::Text(text.into())]).unwrap();
        assert_eq!(rows.end().unwrap(), 1);
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
