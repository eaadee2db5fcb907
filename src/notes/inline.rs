//! Lists in one line: subjects `// One // Two // Three //`, and bullets `• One • Two`.

use super::blocks::{Block, Run, Shape};

const SEPARATOR: &str = "//";
/// Signs that are nothing but bullets.
const BULLETS: &[char] = &['•', '▪', '●', '‣', '◦'];
/// The next bullet stands no farther in the source than its text is long, every character a reference.
const LONGEST_REFERENCE: usize = 10;
const FIRST_REACH: usize = 64;
/// Fewer separators are punctuation.
const FEWEST: usize = 3;

/// Makes a block of each subject that is listed inside a paragraph.
pub(super) fn split(source: &str, blocks: &mut Vec<Block>) {
    if blocks.iter().any(|block| bullet(block).is_some()) {
        *blocks = std::mem::take(blocks).into_iter().flat_map(|block| items(source, block)).collect();
    }
    if blocks.iter().any(is_list) {
        *blocks = std::mem::take(blocks).into_iter().flat_map(|block| entries(source, block)).collect();
    }
}

/// The bullet that a paragraph begins with and holds more of.
fn bullet(block: &Block) -> Option<char> {
    let first = block.runs.first()?.text.trim_start().chars().next().filter(|c| BULLETS.contains(c))?;
    let count: usize = block.runs.iter().map(|run| run.text.matches(first).count()).sum();
    (block.shape == Shape::Paragraph && count > 1).then_some(first)
}

/// A list item of each bullet, with the source it stands in.
fn items(source: &str, block: Block) -> Vec<Block> {
    let Some(bullet) = bullet(&block) else { return vec![block] };
    let depth = block.depth.saturating_add(1);
    let empty = Block { runs: Vec::new(), shape: Shape::Item(None), depth, ..block.clone() };
    let mut out: Vec<Block> = Vec::new();
    for run in block.runs {
        let (mut at, mut reach) = (run.at, FIRST_REACH);
        for (place, piece) in run.text.split(bullet).enumerate() {
            if place > 0 {
                let from = at + if place > 1 { first_length(source, at) } else { 0 };
                at = next_bullet(source, from, reach, bullet).unwrap_or(at);
                let later = !out.is_empty();
                let (start, scope) = if later { (at, block.inside) } else { (block.start, block.scope) };
                out.push(Block { start, scope, joined: later || block.joined, ..empty.clone() });
            }
            reach = FIRST_REACH + piece.len() * LONGEST_REFERENCE;
            let piece = if place > 0 { piece.trim_start() } else { piece };
            if let Some(item) = out.last_mut().filter(|_| !piece.is_empty()) {
                item.runs.push(Run { text: piece.to_owned(), at, ..run.clone() });
            }
        }
    }
    out.retain(|item| item.runs.iter().any(|run| run.link.is_some() || !run.text.trim().is_empty()));
    out
}

/// Where the source shows the next bullet, spelled in any way.
fn next_bullet(source: &str, from: usize, reach: usize, bullet: char) -> Option<usize> {
    let end = (from + reach..source.len()).find(|end| source.is_char_boundary(*end)).unwrap_or(source.len());
    let rest = source.get(from..end)?;
    let spelled = ["&bull;", "&#8226;", "&#x2022;"].iter().filter_map(|reference| rest.find(reference));
    spelled.chain(rest.find(bullet)).min().map(|at| from + at)
}

fn first_length(source: &str, at: usize) -> usize {
    source.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
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
