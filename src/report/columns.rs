//! Tables of which it is known what their columns say: where a screen has no room for all, those that say least go.

use super::escape;
use super::table::{GAP, cut, fitted, table, widths};

/// A title that is cut to less than this names nothing.
const LEAST_TITLE: usize = 16;

/// What is known of the columns of a table, by their names.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// All, in their order.
    pub names: &'a [&'a str],
    /// Those that are set flush right.
    pub right: &'a [&'a str],
    /// Those that are there only if they count something.
    pub rare: &'a [&'a str],
    /// Texts that are cut before anything else goes: titles.
    pub title: Option<&'a str>,
    /// Where there is no room, these go first if they count nothing but zeros.
    pub counts: &'a [&'a str],
    /// Then these, one by one.
    pub lesser: &'a [&'a str],
}

impl Columns<'_> {
    /// Of none of them anything is known.
    pub const PLAIN: Self = Self { names: &[], right: &[], rare: &[], title: None, counts: &[], lesser: &[] };

    /// The rows under their names, no wider than the screen; whole if there is none.
    pub fn laid_out(self, rows: &[Vec<String>], screen: Option<usize>) -> String {
        self.set(rows, screen, true)
    }

    /// The same without the names, behind two blanks.
    pub fn listed(self, rows: &[Vec<String>], screen: Option<usize>) -> String {
        let all = self.set(rows, screen.map(|screen| screen.saturating_sub(GAP)), false);
        // Where names would stand.
        let lines = all.strip_prefix('\n').unwrap_or(&all).lines();
        lines.map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
    }

    fn set(self, rows: &[Vec<String>], screen: Option<usize>, is_headed: bool) -> String {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| escape(cell, &[])).collect()).collect();
        let is_nothing = |name: &&str| {
            let at = self.names.iter().position(|known| known == name);
            at.is_some_and(|at| {
                rows.iter().all(|row| row.get(at).is_some_and(|cell| cell == "0" || cell == "0 B"))
            })
        };
        let mut lesser = self.counts.iter().copied().filter(is_nothing).chain(self.lesser.iter().copied());
        let mut out: Vec<&str> = self.rare.iter().copied().filter(is_nothing).collect();
        loop {
            let stays = |name: &str| !out.contains(&name);
            let names = kept(self.names, self.names, stays);
            let rows: Vec<_> = rows.iter().map(|row| kept(self.names, row, stays)).collect();
            let header = if is_headed { names.clone() } else { vec![""; names.len()] };
            let title = names.iter().position(|name| Some(*name) == self.title);
            let right = self.right(&names);
            let Some(screen) = screen else { return table(&header, &rows, &right) };
            if let Some(rows) = narrowed(&header, &rows, title, screen) {
                return table(&header, &rows, &right);
            }
            match lesser.next() {
                Some(next) => out.push(next),
                None => return fitted(&header, &rows, &right, screen),
            }
        }
    }

    /// Which of these are set flush right.
    fn right(self, names: &[&str]) -> Vec<usize> {
        let right = names.iter().enumerate().filter(|(_, name)| self.right.contains(name));
        right.map(|(at, _)| at).collect()
    }
}

/// The cells of a row whose columns stay.
fn kept<T: Clone>(names: &[&str], row: &[T], stays: impl Fn(&str) -> bool) -> Vec<T> {
    row.iter().zip(names).filter(|(_, name)| stays(name)).map(|(cell, _)| cell.clone()).collect()
}

/// The rows if they fit, with titles cut where that is enough.
fn narrowed(
    header: &[&str],
    rows: &[Vec<String>],
    title: Option<usize>,
    screen: usize,
) -> Option<Vec<Vec<String>>> {
    let widths = widths(header, rows);
    let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    if whole <= screen {
        return Some(rows.to_vec());
    }
    let (at, width) = title.and_then(|at| Some((at, *widths.get(at)?)))?;
    let room = (screen + width).checked_sub(whole).filter(|room| *room >= LEAST_TITLE)?;
    let cut_title =
        |(column, cell): (usize, &String)| if column == at { cut(cell, room) } else { cell.clone() };
    Some(rows.iter().map(|row| row.iter().enumerate().map(cut_title).collect()).collect())
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    fn rows(cells: &[&[&str]]) -> Vec<Vec<String>> {
        cells.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    const STATUS: Columns<'_> = Columns {
        names: &["show", "episodes", "missing", "gone", "size", "next", "state"],
        right: &["episodes", "missing", "gone", "size"],
        rare: &[],
        title: None,
        counts: &["gone", "missing"],
        lesser: &["next", "size", "gone"],
    };

    #[test]
    fn on_a_narrow_screen_columns_that_say_least_are_left_out() {
        let rows = rows(&[&["two-kettles", "4", "0", "1", "1.2 MB", "2026-01-02 03:04", "active"]]);
        let whole = "show         episodes  missing  gone    size  next              state\n\
                     two-kettles         4        0     1  1.2 MB  2026-01-02 03:04  active\n";
        assert_eq!(STATUS.laid_out(&rows, None), whole);
        assert_eq!(STATUS.laid_out(&rows, Some(80)), whole);
        assert_eq!(
            STATUS.laid_out(&rows, Some(50)),
            "show         episodes  gone    size  state\ntwo-kettles         4     1  1.2 MB  active\n"
        );
        assert_eq!(
            STATUS.laid_out(&rows, Some(29)),
            "show         episodes  state\ntwo-kettles         4  active\n"
        );
        assert_eq!(
            STATUS.laid_out(&rows, Some(26)),
            "show      episodes  state\ntwo-ket…         4  active\n"
        );
    }

    #[test]
    fn a_title_is_cut_before_anything_else_goes() {
        let list = Columns {
            names: &["date", "title", "size"],
            right: &["size"],
            title: Some("title"),
            lesser: &["date"],
            ..Columns::PLAIN
        };
        let rows =
            rows(&[&["2026-01-02", "数えきれない羊: a long title", "1.2 MB"], &["2026-01-01", "b", "9 B"]]);
        assert_eq!(
            list.listed(&rows, None),
            "  2026-01-02  数えきれない羊: a long title  1.2 MB\n  2026-01-01  b                                9 B\n"
        );
        assert_eq!(
            list.listed(&rows, Some(40)),
            "  2026-01-02  数えきれない羊: a…  1.2 MB\n  2026-01-01  b                      9 B\n"
        );
        assert_eq!(
            list.listed(&rows, Some(30)),
            "  数えきれない羊: a l…  1.2 MB\n  b                        9 B\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_its_screen() {
        let rows = rows(&[&[
            "a-show-of-a-long-name",
            "1234",
            "10",
            "0",
            "123.4 MB",
            "2026-01-02 03:04",
            "active, 3 failures",
        ]]);
        for screen in 20..=200 {
            for line in
                STATUS.laid_out(&rows, Some(screen)).lines().chain(STATUS.listed(&rows, Some(screen)).lines())
            {
                assert!(line.width() <= screen, "{screen}: {line}");
            }
        }
    }
}
