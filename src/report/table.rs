//! Tables for terminals and pipes.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table with a header row; the columns named in `right` are set flush right. Ends with a line break.
pub fn table(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| super::escape(cell, &[])));
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

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_aligned_and_lines_end_where_their_text_does() {
        let rows = [vec!["python-bytes".to_owned(), "7".to_owned()], vec!["b".to_owned(), "1234".to_owned()]];
        let want = "show          episodes\npython-bytes         7\nb                 1234\n";
        assert_eq!(super::table(&["show", "episodes"], &rows, &[1]), want);
    }
}
