//! Bullets typed as characters: in plain text, and in HTML whose only structure is `<br>`.

use super::blocks::{Block, Shape};

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
pub(super) fn mark(blocks: &mut [Block]) {
    let bulleted: Vec<Option<bool>> = blocks.iter().map(bullet_of).collect();
    for at in 0..blocks.len() {
        let beside = |other: Option<usize>| other.and_then(|i| bulleted.get(i)).is_some_and(Option::is_some);
        let sure = match bulleted[at] {
            None => continue,
            Some(true) if !beside(at.checked_sub(1)) && !beside(at.checked_add(1)) && heads(blocks, at) => {
                continue;
            }
            Some(sure) => sure || beside(at.checked_sub(1)) || beside(at.checked_add(1)),
        };
        if sure {
            make_item(&mut blocks[at]);
        }
    }
}

/// `■Links` over the lines of its paragraph is a label.
fn heads(blocks: &[Block], at: usize) -> bool {
    let next = blocks.get(at + 1).is_some_and(|next| next.joined && next.shape == Shape::Paragraph);
    let text = blocks[at].plain();
    next && text.chars().count() <= LONGEST_LABEL && text.starts_with(LABELS)
}

fn bullet_of(block: &Block) -> Option<bool> {
    let first = block.runs.iter().find(|run| !run.text.trim().is_empty())?;
    if block.shape != Shape::Paragraph || first.code {
        return None;
    }
    if first.text.trim().chars().count() == 1 {
        // The bullet stands alone in its run, before a link or a bold word.
        let both: String = block.runs.iter().map(|run| run.text.as_str()).take(4).collect();
        return after_bullet(&both).map(|(_, sure)| sure);
    }
    after_bullet(&first.text).map(|(_, sure)| sure)
}

fn make_item(block: &mut Block) {
    let Some(run) = block.runs.iter_mut().find(|run| !run.text.trim().is_empty()) else { return };
    run.text = after_bullet(&run.text).map(|(text, _)| text.to_owned()).unwrap_or_default();
    let empty = run.text.is_empty();
    block.shape = Shape::Item(None);
    block.depth = block.depth.saturating_add(1);
    if empty && let Some(next) = block.runs.iter_mut().find(|run| !run.text.is_empty()) {
        next.text = next.text.trim_start().to_owned();
    }
}
