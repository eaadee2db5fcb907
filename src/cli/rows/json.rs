//! What JSON asks of rows: names told apart, and on a terminal nothing that it might obey.

use crate::report::escape;

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
