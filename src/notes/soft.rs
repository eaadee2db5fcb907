//! Line ends of the source inside a paragraph: each is a space, unless what follows it begins something by itself.

use std::ops::Range;

use super::blocks::{Block, Document, Shape};
use super::{labels, numbered, times};

/// A sign stands in the first characters of a line.
const LOOK_AHEAD: usize = 100;
/// It stands in few runs.
const MOST_RUNS: usize = 8;

/// Makes a block of each line of a paragraph that begins something.
pub(super) fn split(document: &mut Document<'_>) {
    if !document.text.contains('\n') {
        return;
    }
    for block in std::mem::take(&mut document.blocks) {
        pieces(document, block);
    }
}

fn pieces(document: &mut Document<'_>, mut block: Block) {
    let cuts = cuts(document, &block);
    for cut in cuts {
        let mut piece = block.clone();
        piece.runs.end = cut;
        document.blocks.push(piece);
        let before = &mut document.runs[cut - 1].text;
        before.end = before.start + document.text[before.clone()].trim_end().len();
        (block.start, block.scope, block.joined) = (document.runs[cut].at, block.inside, true);
        block.runs.start = cut;
    }
    document.blocks.push(block);
}

/// The runs that begin lines of their own.
fn cuts(document: &Document<'_>, block: &Block) -> Vec<usize> {
    let runs = document.runs_of(block);
    if block.shape != Shape::Paragraph || runs.len() < 2 {
        return Vec::new();
    }
    let blank = |at: usize| document.of_run(&document.runs[at]).trim_start().is_empty();
    let shown = block.runs.clone().find(|at| !blank(*at)).unwrap_or(block.runs.start);
    (shown + 1..block.runs.end)
        .filter(|at| document.of_run(&document.runs[at - 1]).ends_with('\n'))
        .filter(|at| begins_something(document, *at..block.runs.end))
        .collect()
}

fn begins_something(document: &Document<'_>, runs: Range<usize>) -> bool {
    let near = &document.runs[runs.start..runs.end.min(runs.start + MOST_RUNS)];
    let rest = document.of_runs(near).trim_start();
    let first = rest.lines().next().unwrap_or_default();
    labels::opening(rest).is_some()
        || numbered::read(rest).is_some_and(|found| found.style == numbered::Style::Named)
        || times::read(&first[..first.floor_char_boundary(LOOK_AHEAD)]).is_some()
}
