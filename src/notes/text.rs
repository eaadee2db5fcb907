//! Blocks -> plain text that reads well in a terminal.

use super::blocks::Shape;
use super::lines::Line;

/// The text of a run of lines: one a row, bullets with their indentation, code set in.
pub(super) fn render(lines: &[Line]) -> String {
    let mut out = String::with_capacity(lines.iter().map(|line| line.text.len() + 8).sum());
    let mut before: Option<&Line> = None;
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        if let Some(before) = before {
            out.push_str(if parted(before, line) { "\n\n" } else { "\n" });
        }
        push_line(&mut out, line);
        before = Some(line);
    }
    out
}

/// Paragraphs are parted by an empty row; what belongs to a list or to one paragraph is not.
pub(super) fn parted(before: &Line, line: &Line) -> bool {
    line.block.shape == Shape::Paragraph
        && line.block.depth == 0
        && !line.block.joined
        && !before.is_heading()
}

fn push_line(out: &mut String, line: &Line) {
    let indent = 2 * usize::from(line.block.depth.saturating_sub(1)).min(20);
    let text = line.text.trim();
    match line.block.shape {
        // Ordered or not: the number is the browser's, and no word of the notes.
        Shape::Item(_) => {
            push_spaces(out, indent);
            out.push_str("- ");
            out.push_str(text);
        }
        Shape::Code => {
            for (at, row) in line.text.lines().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                push_spaces(out, indent + 4);
                out.push_str(row);
            }
        }
        Shape::Row => out.push_str(&text.replace('\t', " | ")),
        Shape::Paragraph if line.block.depth > 0 => {
            push_spaces(out, indent + 2);
            out.push_str(text);
        }
        Shape::Paragraph | Shape::Heading(_) | Shape::Entry => out.push_str(text),
    }
}

fn push_spaces(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

/// A title without what ends a label: colons, one full stop, litter of bold.
pub(super) fn trimmed(text: &str) -> &str {
    let text = text.trim().trim_matches('*').trim().trim_end_matches([':', '：']).trim_end();
    match text.strip_suffix('.') {
        Some(short) if !short.ends_with('.') => short.trim_end(),
        _ => text,
    }
}

/// A label without the signs that set it apart: `■Links`, `【Links】`.
pub(super) fn label(text: &str) -> &str {
    let text = trimmed(text);
    let inner = BRACKETS.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    let text = inner.filter(|inner| !inner.is_empty()).map_or(text, trimmed);
    let bare = text.trim_start_matches(SIGNS).trim_start();
    if bare.is_empty() { text } else { bare }
}

const BRACKETS: &[(char, char)] = &[('[', ']'), ('【', '】'), ('「', '」'), ('〈', '〉'), ('<', '>')];
const SIGNS: &[char] =
    &['■', '□', '◆', '◇', '▼', '▽', '●', '○', '★', '☆', '▶', '►', '•', '※', '~', '=', '→', '»', '>'];
