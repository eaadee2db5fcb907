//! A cell as text and as JSON, without secrets.

use crate::archive::Cell;
use crate::model::redact_text;
use crate::report::escape;

pub(super) fn plain(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(n) => n.to_string(),
        Cell::Text(text) => redact_text(text),
        Cell::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// The same for a spreadsheet, which runs what begins like a formula.
pub(super) fn inert(cell: &Cell<'_>) -> String {
    let text = plain(cell);
    let runs = matches!(cell, Cell::Text(_)) && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs { format!("'{text}") } else { text }
}

pub(super) fn json(cell: &Cell<'_>) -> serde_json::Value {
    match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Integer(n) => (*n).into(),
        Cell::Real(n) => (*n).into(),
        Cell::Text(text) => redact_text(text).into(),
        Cell::Blob(_) => plain(cell).into(),
    }
}

/// JSON in which what a terminal might obey is written as JSON escapes: the same values.
pub(super) fn ascii_controls(json: &str) -> String {
    let is_plain = |c: char| escape(c.encode_utf8(&mut [0; 4]), &[]).starts_with(c);
    let shown = |c: char| if is_plain(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    json.chars().map(shown).collect()
}

/// Column names, told apart where a query gives two the same: an object in JSON has a name once.
pub(super) fn distinct(columns: &[String]) -> Vec<String> {
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
