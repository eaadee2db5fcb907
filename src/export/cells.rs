//! Rows of a table as CSV, JSON or a JSON object a line; as they come, without holding them.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::archive::{Cell, Rows};
use crate::model::redacted;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// RFC 4180 with a header row; lines end as Unix has it.
    Csv {
        /// A text that a spreadsheet would take for a formula gets a `'` before it.
        for_spreadsheet: bool,
    },
    /// An array of objects.
    Json,
    /// An object a line.
    Ndjson,
}

/// A table being written. Addresses lose their secrets, bytes become hex digits.
pub struct Cells<W: Write> {
    form: Form,
    out: Out<W>,
    /// The names of the columns, as JSON writes them.
    names: Vec<String>,
    rows: u64,
}

enum Out<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json(W),
}

impl<W: Write> Cells<W> {
    /// Nothing is written before the header comes.
    pub fn new(form: Form, out: W) -> Self {
        let out = match form {
            Form::Csv { .. } => Out::Csv(Box::new(csv::Writer::from_writer(out))),
            Form::Json | Form::Ndjson => Out::Json(out),
        };
        Self { form, out, names: Vec::new(), rows: 0 }
    }

    /// The header, then each row.
    pub fn take(&mut self, rows: &Rows<'_>) -> io::Result<()> {
        match rows {
            Rows::Header(columns) => self.header(columns),
            Rows::Row(cells) => self.row(cells),
        }
    }

    fn header(&mut self, columns: &[String]) -> io::Result<()> {
        self.names = json_names(columns);
        match (&mut self.out, self.form) {
            (Out::Csv(out), _) => out.write_record(columns).map_err(io_error),
            (Out::Json(out), Form::Json) => write!(out, "["),
            (Out::Json(_), _) => Ok(()),
        }
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        let is_first = self.rows == 0;
        self.rows += 1;
        match (&mut self.out, self.form) {
            (Out::Csv(out), Form::Csv { for_spreadsheet }) => {
                for cell in cells {
                    let text = if for_spreadsheet { inert(cell) } else { plain(cell) };
                    out.write_field(text.as_bytes()).map_err(io_error)?;
                }
                out.write_record(None::<&[u8]>).map_err(io_error)
            }
            (Out::Json(out), Form::Json) => {
                write!(out, "{}", if is_first { "\n" } else { ",\n" })?;
                object(out, &self.names, cells)
            }
            (Out::Json(out), _) => {
                object(out, &self.names, cells)?;
                writeln!(out)
            }
            (Out::Csv(_), _) => Ok(()),
        }
    }

    /// Ends the table.
    pub fn end(self) -> io::Result<()> {
        match (self.out, self.form) {
            (Out::Csv(mut out), _) => out.flush(),
            (Out::Json(mut out), form) => {
                if form == Form::Json {
                    writeln!(out, "{}]", if self.rows > 0 { "\n" } else { "" })?;
                }
                out.flush()
            }
        }
    }
}

/// The error below, which tells of a pipe that nobody reads any more.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The names of columns as those of a JSON object.
pub fn json_names(columns: &[String]) -> Vec<String> {
    columns.iter().map(|name| serde_json::Value::from(name.as_str()).to_string()).collect()
}

/// A row as a JSON object: `names` as [`json_names`] has them.
pub fn object(out: &mut impl Write, names: &[String], cells: &[Cell<'_>]) -> io::Result<()> {
    write!(out, "{{")?;
    for (place, (name, cell)) in names.iter().zip(cells).enumerate() {
        write!(out, "{}{name}:", if place > 0 { "," } else { "" })?;
        match cell {
            Cell::Null => write!(out, "null")?,
            Cell::Integer(n) => write!(out, "{n}")?,
            Cell::Real(n) => serde_json::to_writer(&mut *out, n)?,
            Cell::Text(_) | Cell::Blob(_) => serde_json::to_writer(&mut *out, &plain(cell))?,
        }
    }
    write!(out, "}}")
}

/// As text.
pub fn plain<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Null => Cow::Borrowed(""),
        Cell::Integer(n) => Cow::Owned(n.to_string()),
        Cell::Real(n) => Cow::Owned(n.to_string()),
        Cell::Text(text) => redacted(text),
        Cell::Blob(bytes) => Cow::Owned(hex(bytes)),
    }
}

/// As text for a spreadsheet, which runs what begins like a formula.
pub fn inert<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    let text = plain(cell);
    let runs = matches!(cell, Cell::Text(_)) && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs { Cow::Owned(format!("'{text}")) } else { text }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| DIGITS.get(usize::from(digit))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form, rows: &[[Cell<'_>; 2]]) -> String {
        let mut bytes = Vec::new();
        let mut cells = Cells::new(form, &mut bytes);
        cells.take(&Rows::Header(&["a".to_owned(), "b\"c".to_owned()])).unwrap();
        for row in rows {
            cells.take(&Rows::Row(row.to_vec())).unwrap();
        }
        cells.end().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn each_form_holds_every_sort_of_value() {
        let rows = [
            [Cell::Text("=1+1, \"x\"\ny".into()), Cell::Integer(-7)],
            [Cell::Null, Cell::Real(1.5)],
            [Cell::Blob(&[0, 0xfe]), Cell::Text("https://me:pw@a.example/?key=pw2".into())],
        ];
        let csv = "a,\"b\"\"c\"\n\"=1+1, \"\"x\"\"\ny\",-7\n,1.5\n00fe,https://a.example/?key=***\n";
        assert_eq!(written(Form::Csv { for_spreadsheet: false }, &rows), csv);
        assert_eq!(written(Form::Csv { for_spreadsheet: true }, &rows), csv.replace("\"=1", "\"'=1"));
        let objects = [
            r#"{"a":"=1+1, \"x\"\ny","b\"c":-7}"#,
            r#"{"a":null,"b\"c":1.5}"#,
            r#"{"a":"00fe","b\"c":"https://a.example/?key=***"}"#,
        ];
        assert_eq!(written(Form::Ndjson, &rows), objects.join("\n") + "\n");
        assert_eq!(written(Form::Json, &rows), format!("[\n{}\n]\n", objects.join(",\n")));
    }

    #[test]
    fn a_table_without_rows_is_one_all_the_same() {
        assert_eq!(written(Form::Csv { for_spreadsheet: false }, &[]), "a,\"b\"\"c\"\n");
        assert_eq!(
            (written(Form::Json, &[]), written(Form::Ndjson, &[])),
            ("[]\n".to_owned(), String::new())
        );
    }
}
