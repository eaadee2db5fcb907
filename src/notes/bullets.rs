//! Bullets typed as characters: in plain text, and in HTML whose only structure is `<br>`.

use super::blocks::{Block, Document, Shape};

/// Characters that are nothing but bullets.
const BULLETS: &[char] =
    &['•', '‣', '▪', '▫', '●', '○', '◦', '■', '□', '►', '▶', '➤', '★', '✓', '✔', '∙', '⁃', '・'];
/// Characters that are bullets when several lines in a row begin with them and a space.
const DASHES: &[char] = &['-', '*', '+', '–', '—', '·', '>', '~'];

/// Bullets that are set before labels too.
const LABELS: &[char] = &['■', '□', '●', '○', '►', '▶', '★', '▪'];
const LONGEST_LABEL: usize = 30;

/// The text after a bullet, and whether the bullet can be nothing else.
pub(super) fn after_bullet(line: &str) -> Option<(&str, bool)> {
    let first = line.chars().next()?;
    let after = &line[first.len_utf8()..];
    if BULLETS.contains(&first) {
        let text = after.trim_start_matches(['\u{fe0f}', '\u{fe0e}']).trim_start();
        return (!text.is_empty()).then_some((text, true));
    }
    (DASHES.contains(&first) && after.starts_with(char::is_whitespace) && !after.trim().is_empty())
        .then_some((after.trim_start(), false))
}

/// Makes list items of paragraphs that begin with a bullet.
pub(super) fn mark(document: &mut Document<'_>) {
    let bulleted: Vec<Option<bool>> =
        document.blocks.iter().map(|block| bullet_of(document, block)).collect();
    for at in 0..bulleted.len() {
        let beside = |other: Option<usize>| other.and_then(|i| bulleted.get(i)).is_some_and(Option::is_some);
        let sure = match bulleted[at] {
            None => continue,
            Some(true) if !beside(at.checked_sub(1)) && !beside(at.checked_add(1)) && heads(document, at) => {
                continue;
            }
            Some(sure) => sure || beside(at.checked_sub(1)) || beside(at.checked_add(1)),
        };
        if sure {
            make_item(document, at);
        }
    }
}

/// `■Links` over the lines of its paragraph is a label.
fn heads(document: &Document<'_>, at: usize) -> bool {
    let Document { blocks, .. } = document;
    let next = blocks.get(at + 1).is_some_and(|next| next.joined && next.shape == Shape::Paragraph);
    let text = document.of_runs(document.runs_of(&blocks[at]));
    next && text.chars().count() <= LONGEST_LABEL && text.starts_with(LABELS)
}

fn bullet_of(document: &Document<'_>, block: &Block) -> Option<bool> {
    let runs = document.runs_of(block);
    let first = runs.iter().find(|run| !document.of_run(run).trim_start().is_empty())?;
    if block.shape != Shape::Paragraph || first.code {
        return None;
    }
    let text = document.of_run(first);
    if text.trim().chars().nth(1).is_none() {
        // The bullet stands alone in its run, before a link or a bold word.
        let both = document.of_runs(&runs[..runs.len().min(4)]);
        return after_bullet(both).map(|(_, sure)| sure);
    }
    after_bullet(text).map(|(_, sure)| sure)
}

fn make_item(document: &mut Document<'_>, at: usize) {
    let Document { text, runs, blocks, .. } = document;
    let block = &mut blocks[at];
    let runs = &mut runs[block.runs.clone()];
    let Some(mut first) = runs.iter().position(|run| !text[run.text.clone()].trim_start().is_empty()) else {
        return;
    };
    block.shape = Shape::Item(None);
    block.depth = block.depth.saturating_add(1);
    let after = after_bullet(&text[runs[first].text.clone()]).map_or(0, |(after, _)| after.len());
    let mut begin = runs[first].text.end - after;
    if after == 0
        && let Some(next) = runs[first + 1..].iter().position(|run| !run.text.is_empty())
    {
        first += 1 + next;
        begin = runs[first].text.end - text[runs[first].text.clone()].trim_start().len();
    }
    for run in &mut runs[..first] {
        run.text = begin..begin;
    }
    runs[first].text.start = begin;
}
