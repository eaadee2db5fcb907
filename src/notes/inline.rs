//! Lists in one line: subjects `// One // Two // Three //`, and bullets `• One • Two`.

use super::blocks::{Block, Document, Run, Shape};

const SEPARATOR: &str = "//";
/// Signs that are nothing but bullets.
const BULLETS: &[char] = &['•', '▪', '●', '‣', '◦'];
/// The next bullet stands no farther in the source than its text is long, every character a reference.
const LONGEST_REFERENCE: usize = 10;
const FIRST_REACH: usize = 64;
/// Fewer separators are punctuation.
const FEWEST: usize = 3;

/// Makes a block of each subject that is listed inside a paragraph.
pub(super) fn split(document: &mut Document<'_>) {
    if document.blocks.iter().any(|block| bullet(document, block).is_some()) {
        for block in std::mem::take(&mut document.blocks) {
            match bullet(document, &block) {
                Some(bullet) => items(document, &block, bullet),
                None => document.blocks.push(block),
            }
        }
    }
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

/// The bullet that a paragraph begins with and holds more of.
fn bullet(document: &Document<'_>, block: &Block) -> Option<char> {
    let runs = document.runs_of(block);
    let first = document.of_run(runs.first()?).trim_start().chars().next();
    let first = first.filter(|c| BULLETS.contains(c) && block.shape == Shape::Paragraph)?;
    document.of_runs(runs).matches(first).nth(1).map(|_| first)
}

/// A list item of each bullet, with the source it stands in.
fn items(document: &mut Document<'_>, block: &Block, bullet: char) {
    let depth = block.depth.saturating_add(1);
    let empty = Block { shape: Shape::Item(None), depth, ..block.clone() };
    let Document { source, text, runs, blocks, .. } = document;
    let mut out: Vec<Block> = Vec::new();
    for run in block.runs.clone() {
        let run = runs[run].clone();
        let (mut at, mut reach) = (run.at, FIRST_REACH);
        let mut end = run.text.start;
        for (place, piece) in text[run.text.clone()].split(bullet).enumerate() {
            if place > 0 {
                let from = at + if place > 1 { first_length(source, at) } else { 0 };
                at = next_bullet(source, from, reach, bullet).unwrap_or(at);
                let later = !out.is_empty();
                let (start, scope) = if later { (at, block.inside) } else { (block.start, block.scope) };
                let runs = runs.len()..runs.len();
                out.push(Block { start, scope, joined: later || block.joined, runs, ..empty.clone() });
            }
            reach = FIRST_REACH + piece.len() * LONGEST_REFERENCE;
            end += piece.len() + if place > 0 { bullet.len_utf8() } else { 0 };
            let piece = if place > 0 { piece.trim_start() } else { piece };
            if let Some(item) = out.last_mut().filter(|_| !piece.is_empty()) {
                runs.push(Run { text: end - piece.len()..end, at, ..run.clone() });
                item.runs.end = runs.len();
            }
        }
    }
    let says = |run: &Run| run.link.is_some() || !text[run.text.clone()].trim_start().is_empty();
    blocks.extend(out.into_iter().filter(|item| runs[item.runs.clone()].iter().any(says)));
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
