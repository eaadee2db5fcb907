//! Lists whose entries are the subjects of the episode.

use std::ops::Range;

use super::blocks::Shape;
use super::lines::Line;

/// A longer line is prose.
const LONGEST_ENTRY: usize = 120;

/// Whether the list that begins at a line is one of topics. `grouped`: its heading says so. `bare`: nothing but a
/// list of them can stand here.
pub(super) fn holds_topics(lines: &[Line], at: usize, grouped: bool, bare: bool) -> bool {
    if !lines.get(at).is_some_and(|line| line.is_item() && line.block.depth == 1) {
        return false;
    }
    let region = at..end(lines, at);
    let entries: Vec<&Line> = region.clone().filter(|at| is_entry(lines, *at)).map(|at| &lines[at]).collect();
    let nested = region.clone().any(|at| lines[at].block.depth > 1);
    let references = entries.iter().all(|line| line.is_links()) && !nested;
    if references {
        return false;
    }
    let ordered = entries.iter().all(|line| matches!(line.block.shape, Shape::Item(Some(_))));
    grouped || (ordered && entries.len() > 2) || (bare && nested && entries.len() > 2)
}

/// Where the list that begins at a line ends.
pub(super) fn end(lines: &[Line], at: usize) -> usize {
    (at..lines.len()).find(|at| lines[*at].block.depth == 0).unwrap_or(lines.len())
}

/// A line that opens an entry: an item of the outermost list, or a short line of its own.
pub(super) fn is_entry(lines: &[Line], at: usize) -> bool {
    let line = &lines[at];
    (line.is_item() && line.block.depth == 1) || line.is_top()
}

/// The short lines of the paragraph, or the paragraphs, that begin at a line.
pub(super) fn short_lines(lines: &[Line], at: usize) -> Option<Range<usize>> {
    let first = lines.get(at)?;
    if first.block.joined || !is_short(first) {
        return None;
    }
    let end = (at + 1..lines.len()).find(|at| !lines[*at].block.joined).unwrap_or(lines.len());
    (at..end).all(|at| is_short(&lines[at])).then_some(at..end)
}

/// At least three entries, none of them long or a link.
pub(super) fn is_short_list(lines: &[Line], at: usize) -> bool {
    let region = at..end(lines, at);
    region.len() > 2
        && region.clone().all(|at| lines[at].text.len() <= LONGEST_ENTRY * 2 && !lines[at].is_links())
}

fn is_short(line: &Line) -> bool {
    line.is_top()
        && line.block.shape == Shape::Paragraph
        && line.text.len() <= LONGEST_ENTRY
        && !line.is_links()
        && !line.ends_with_colon()
        && !line.text.ends_with(['.', '!', '?'])
}
