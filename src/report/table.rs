//! Tables for terminals and pipes. On a screen no line is wider than it: texts are cut, and where that leaves too little of them,
//! a row becomes lines.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape;

/// Between two columns of a table.
pub(super) const GAP: usize = 2;

/// A column narrower than this tells nothing.
const NARROWEST: usize = 8;

/// A table with a header row; the columns named in `right` are set flush right. Ends with a line break.
pub fn table(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| escape(cell, &[])));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

/// The rows, no wider than the screen: what is widest is cut first.
pub fn fitted(header: &[&str], rows: &[Vec<String>], right: &[usize], screen: usize) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| escape(cell, &[])).collect()).collect();
    let Some(most) = widest(&widths(header, &rows), screen) else { return lines(header, &rows, screen) };
    let header: Vec<String> = header.iter().map(|name| cut(name, most)).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| cut(cell, most)).collect()).collect();
    table(&header, &rows, right)
}

/// Of each column, the columns of a screen that it takes.
pub(super) fn widths(header: &[&str], rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths: Vec<usize> = header.iter().map(|name| name.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    widths
}

/// How wide a cell may be so that all columns fit; none if that is too little.
fn widest(widths: &[usize], screen: usize) -> Option<usize> {
    let room = screen.checked_sub(GAP * widths.len().saturating_sub(1))?;
    let fits = |most: usize| widths.iter().map(|width| *width.min(&most)).sum::<usize>() <= room;
    let (mut least, mut most) = (NARROWEST, widths.iter().copied().max().unwrap_or(0).max(NARROWEST));
    if !fits(least) {
        return None;
    }
    while least < most {
        let middle = (least + most).div_ceil(2);
        if fits(middle) { least = middle } else { most = middle - 1 }
    }
    Some(least)
}

/// A line for each cell, a blank line after each row.
fn lines(header: &[&str], rows: &[Vec<String>], screen: usize) -> String {
    let names = header.iter().map(|name| name.width()).max().unwrap_or(0);
    let room = screen.saturating_sub(names + GAP).max(NARROWEST);
    let line = |(name, cell): (&&str, &String)| {
        let indent = " ".repeat(names - name.width());
        format!("{indent}{name}  {}", cut(cell, room)).trim_end().to_owned() + "\n"
    };
    let row = |row: &Vec<String>| header.iter().zip(row).map(line).collect::<String>();
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// A text that is no wider, with `…` for what is missing.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    if most == 0 {
        return String::new();
    }
    let mut width = 1;
    let fits = |c: &char| {
        width += c.width().unwrap_or(0);
        width <= most
    };
    text.chars().take_while(fits).collect::<String>() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(cells: &[&[&str]]) -> Vec<Vec<String>> {
        cells.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn columns_are_aligned_and_lines_end_where_their_text_does() {
        let rows = rows(&[&["python-bytes", "7"], &["b", "1234"]]);
        let want = "show          episodes\npython-bytes         7\nb                 1234\n";
        assert_eq!(table(&["show", "episodes"], &rows, &[1]), want);
    }

    #[test]
    fn what_fits_is_whole_and_what_does_not_is_cut() {
        let rows = rows(&[&["1", "a title that is long"], &["12", "日本語日本語日本語日本語"]]);
        assert_eq!(
            fitted(&["n", "title"], &rows, &[], 40),
            "n   title\n1   a title that is long\n12  日本語日本語日本語日本語\n"
        );
        assert_eq!(fitted(&["n", "title"], &rows, &[], 16), "n   title\n1   a title tha…\n12  日本語日本…\n");
    }

    #[test]
    fn many_columns_become_lines() {
        let rows = rows(&[&["1234567890", "1234567890", "x\u{1b}[m"], &["1", "2", "3"]]);
        assert_eq!(
            fitted(&["a", "bb", "ccc"], &rows, &[], 20),
            "  a  1234567890\n bb  1234567890\nccc  x\\u{1b}[m\n\n  a  1\n bb  2\nccc  3\n"
        );
    }
}
