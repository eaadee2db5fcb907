//! Subjects listed in one line: `// One // Two // Three //`.

use super::blocks::{Block, Document, Run, Shape};

const SEPARATOR: &str = "//";
/// Fewer separators are punctuation.
const FEWEST: usize = 3;

/// Makes a block of each subject that is listed inside a paragraph.
pub(super) fn split(document: &mut Document<'_>) {
    if !document.text.contains(SEPARATOR) || !document.blocks.iter().any(|block| is_list(document, block)) {
        return;
    }
    for block in std::mem::take(&mut document.blocks) {
        if is_list(document, &block) {
            entries(document, &block);
        } else {
            document.blocks.push(block);
        }
    }
}

/// A paragraph of plain words with separators that belong to no address.
fn is_list(document: &Document<'_>, block: &Block) -> bool {
    let [run] = document.runs_of(block) else { return false };
    block.shape == Shape::Paragraph
        && run.link.is_none()
        && memchr::memchr_iter(b'/', document.of_run(run).as_bytes()).count() >= FEWEST * SEPARATOR.len()
        && places(document.of_run(run)).nth(FEWEST - 1).is_some()
}

fn places(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(SEPARATOR).map(|(at, _)| at).filter(|at| !text[..*at].ends_with([':', '/']))
}

fn entries(document: &mut Document<'_>, block: &Block) {
    let run = document.runs[block.runs.start].clone();
    let text = &document.text[run.text.clone()];
    let starts = std::iter::once(0).chain(places(text).map(|at| at + SEPARATOR.len()));
    let ends = places(text).chain(std::iter::once(text.len()));
    let rest = document.source.get(run.at..).unwrap_or_default();
    let sources = std::iter::once(block.start).chain(places(rest).map(|at| run.at + at));
    let before = document.blocks.len();
    for (place, ((start, end), source)) in starts.zip(ends).zip(sources).enumerate() {
        let piece = text[start..end].trim_start();
        let start = run.text.start + end - piece.len();
        if piece.is_empty() {
            continue;
        }
        let mut entry = Block { start: source, ..block.clone() };
        if place > 0 {
            entry.shape = Shape::Entry;
            entry.scope = block.inside;
            entry.joined = true;
        }
        entry.runs = document.runs.len()..document.runs.len() + 1;
        document.runs.push(Run { text: start..start + piece.trim_end().len(), at: source, ..run.clone() });
        document.blocks.push(entry);
    }
    if let Some(first) = document.blocks.get_mut(before) {
        (first.start, first.scope, first.joined) = (block.start, block.scope, block.joined);
    }
}
