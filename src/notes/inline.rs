//! Subjects listed in one line: `// One // Two // Three //`.

use super::blocks::{Block, Run, Shape};

const SEPARATOR: &str = "//";
/// Fewer separators are punctuation.
const FEWEST: usize = 3;

/// Makes a block of each subject that is listed inside a paragraph.
pub(super) fn split(source: &str, blocks: &mut Vec<Block>) {
    if blocks.iter().any(is_list) {
        *blocks = std::mem::take(blocks).into_iter().flat_map(|block| entries(source, block)).collect();
    }
}

/// A paragraph of plain words with separators that belong to no address.
fn is_list(block: &Block) -> bool {
    let [run] = block.runs.as_slice() else { return false };
    block.shape == Shape::Paragraph && run.link.is_none() && places(&run.text).count() >= FEWEST
}

fn places(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(SEPARATOR).map(|(at, _)| at).filter(|at| !text[..*at].ends_with([':', '/']))
}

fn entries(source: &str, block: Block) -> Vec<Block> {
    if !is_list(&block) {
        return vec![block];
    }
    let mut block = block;
    let Some(run) = block.runs.pop() else { return vec![block] };
    let starts = std::iter::once(0).chain(places(&run.text).map(|at| at + SEPARATOR.len()));
    let ends = places(&run.text).chain(std::iter::once(run.text.len()));
    let rest = source.get(run.at..).unwrap_or_default();
    let sources = std::iter::once(block.start).chain(places(rest).map(|at| run.at + at));
    let mut out: Vec<Block> = Vec::new();
    for (place, ((start, end), source)) in starts.zip(ends).zip(sources).enumerate() {
        let text = run.text[start..end].trim().to_owned();
        if text.is_empty() {
            continue;
        }
        let mut entry = Block { start: source, ..block.clone() };
        if place > 0 {
            entry.shape = Shape::Entry;
            entry.scope = block.inside;
            entry.joined = true;
        }
        entry.runs = vec![Run { text, at: source, bold: run.bold, code: run.code, link: None }];
        out.push(entry);
    }
    if let Some(first) = out.first_mut() {
        (first.start, first.scope, first.joined) = (block.start, block.scope, block.joined);
    }
    out
}
