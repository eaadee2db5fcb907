//! What the whole of the notes says about a doubtful line: how they number, whether they list times.

use std::collections::HashSet;

use super::blocks::Shape;
use super::lines::Line;
use super::numbered::{Style, is_name, label_at, title_with_name};
use super::text::trimmed;

/// What these notes do.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// The lines that open a numbered item.
    pub(super) numbered: Vec<bool>,
    /// The lines that open a timed topic.
    pub(super) timed: Vec<bool>,
    /// Who brings numbered items.
    pub(super) presenters: HashSet<String>,
    /// Who brings the entries of an ordered list.
    pub(super) bringers: HashSet<String>,
    pub(super) first_number: Option<usize>,
    pub(super) last_number: Option<usize>,
    /// The timed lines stand one below the other, nothing of their own between them.
    pub(super) times_in_a_row: bool,
}

/// More than this is no list of subjects but a number that happens to begin a line.
const HIGHEST: i64 = 60;

impl Habits {
    /// `is_regular` knows the names of those who bring items in other episodes.
    pub(super) fn of(lines: &mut [Line], is_regular: &dyn Fn(&str) -> bool) -> Self {
        settle_names(lines, is_regular);
        settle_labels(lines);
        settle_lower_case(lines);
        let numbered = numbered_lines(lines);
        let timed = timed_lines(lines, &numbered);
        if !numbered.contains(&true) {
            raise_headings(lines);
        }
        let presenters = lines
            .iter()
            .zip(&numbered)
            .filter(|(_, numbered)| **numbered)
            .filter_map(|(line, _)| line.numbered.as_ref()?.presenter.clone())
            .collect();
        Self {
            first_number: numbered.iter().position(|is| *is),
            last_number: numbered.iter().rposition(|is| *is),
            times_in_a_row: is_in_a_row(lines, &timed),
            numbered,
            timed,
            presenters,
            bringers: bringers(lines),
        }
    }

    /// Whether the line only names one of the presenters, or somebody: `Brian:` over their extras.
    pub(super) fn names_somebody(&self, line: &Line) -> bool {
        let name = trimmed(&line.text);
        let words = name.split(' ').count();
        self.presenters.contains(name) || (words == 1 && is_name(name))
    }
}

/// A heading that slipped into the outermost list stands over what follows it.
fn raise_headings(lines: &mut [Line]) {
    for at in 1..lines.len() {
        let slipped = lines[at].is_heading()
            && (1..=2).contains(&lines[at].block.depth)
            && lines[at - 1].block.depth > 0;
        if slipped && !lines[at - 1].is_heading() {
            lines[at].block.depth = 0;
        }
    }
}

/// `#1 Word: ...` has a presenter if most numbered lines have one, or all such words name somebody who brings items in
/// other episodes; else the word is of the title.
fn settle_names(lines: &mut [Line], is_regular: &dyn Fn(&str) -> bool) {
    let count = |wanted: fn(&Style) -> bool, lines: &[Line]| {
        lines.iter().filter_map(|line| line.numbered.as_ref()).filter(|found| wanted(&found.style)).count()
    };
    let named = count(|style| matches!(style, Style::Named | Style::MaybeNamed), lines);
    let unnamed = count(|style| matches!(style, Style::Hash), lines);
    let mut doubtful = lines
        .iter()
        .filter_map(|line| line.numbered.as_ref())
        .filter(|found| found.style == Style::MaybeNamed);
    let known = doubtful.all(|found| found.presenter.as_deref().is_some_and(is_regular));
    let certain = named > unnamed || known;
    for line in lines {
        let Some(found) = line.numbered.as_mut().filter(|found| found.style == Style::MaybeNamed) else {
            continue;
        };
        if certain {
            found.style = Style::Named;
        } else {
            found.style = Style::Hash;
            found.presenter = None;
            found.title_at = title_with_name(&line.text);
        }
    }
}

/// `1. Brian: Title` has a presenter if all such lines have one and they share some: three of six titles do not begin
/// with the same word.
fn settle_labels(lines: &mut [Line]) {
    for style in [Style::Hash, Style::Plain] {
        let of_style =
            |line: &&Line| line.numbered.as_ref().is_some_and(|found| found.style == style && line.is_top());
        let labels: Vec<Option<&str>> = lines
            .iter()
            .filter(of_style)
            .map(|line| Some(line.numbered.as_ref()?.label.as_ref()?.0.as_str()))
            .collect();
        if !shared(&labels) {
            continue;
        }
        for found in lines.iter_mut().filter(|line| line.is_top()).filter_map(|line| line.numbered.as_mut()) {
            if found.style == style
                && let Some((name, title_at)) = found.label.take()
            {
                (found.presenter, found.title_at, found.style) = (Some(name), title_at, Style::Named);
            }
        }
    }
}

/// All have a label, and there are fewer different ones than lines.
fn shared(labels: &[Option<&str>]) -> bool {
    let different: HashSet<&str> = labels.iter().flatten().copied().collect();
    labels.len() > 2 && labels.iter().all(Option::is_some) && different.len() < labels.len()
}

/// `brian #3: ...` is an item where another is `Brian #1: ...`.
fn settle_lower_case(lines: &mut [Line]) {
    let lower = |line: &Line| Some(line.numbered.as_ref()?.presenter.as_ref()?.to_lowercase());
    let is_sure = |line: &&Line| line.numbered.as_ref().is_some_and(|found| found.style == Style::Named);
    let names: HashSet<String> = lines.iter().filter(is_sure).filter_map(lower).collect();
    for line in lines {
        let known = lower(line).is_some_and(|name| names.contains(&name));
        match &mut line.numbered {
            Some(found) if found.style == Style::LowerCase && known => found.style = Style::Named,
            Some(found) if found.style == Style::LowerCase => line.numbered = None,
            _ => {}
        }
    }
}

/// Who brings the entries of ordered lists that begin with `Brian: ...`, all of them, some by the same.
fn bringers(lines: &[Line]) -> HashSet<String> {
    let entries =
        lines.iter().filter(|line| line.block.depth == 1 && matches!(line.block.shape, Shape::Item(Some(_))));
    let labels: Vec<Option<(String, usize)>> = entries.map(|line| label_at(&line.text, 0)).collect();
    let names: Vec<Option<&str>> = labels.iter().map(|label| Some(label.as_ref()?.0.as_str())).collect();
    if shared(&names) { names.into_iter().flatten().map(str::to_owned).collect() } else { HashSet::new() }
}

/// The numbered lines that are items: alike in shape, outside lists if any are.
fn numbered_lines(lines: &[Line]) -> Vec<bool> {
    let pick = |test: &dyn Fn(&Line, Style) -> bool| -> Vec<bool> {
        lines
            .iter()
            .map(|line| {
                line.numbered
                    .as_ref()
                    .is_some_and(|found| (0..=HIGHEST).contains(&found.number) && test(line, found.style))
            })
            .collect()
    };
    let count = |picked: &[bool]| picked.iter().filter(|is| **is).count();
    let top = |line: &Line| line.is_top();
    let named = pick(&|line, style| top(line) && style == Style::Named);
    if count(&named) > 0 && is_series(lines, &named) {
        // Beside named items, an unnamed `#4 Title` is one of them.
        return pick(&|line, style| {
            top(line) && (style == Style::Named || (style == Style::Hash && !line.block.joined))
        });
    }
    let hashes = pick(&|line, style| top(line) && style == Style::Hash);
    if count(&hashes) > 1 {
        return hashes;
    }
    let plain = pick(&|line, style| top(line) && style == Style::Plain);
    if count(&plain) > 1 && counts_up(lines, &plain) {
        return plain;
    }
    let items = pick(&|line, style| {
        line.is_item() && line.block.depth == 1 && matches!(style, Style::Named | Style::Hash)
    });
    if count(&items) > 1 && is_series(lines, &items) { items } else { vec![false; lines.len()] }
}

fn numbers(lines: &[Line], picked: &[bool]) -> Vec<i64> {
    let picked = lines.iter().zip(picked).filter(|(_, is)| **is);
    picked.filter_map(|(line, _)| line.numbered.as_ref().map(|found| found.number)).collect()
}

/// Counted from the start, a slip or a gap allowed; `Other Show #40: ...` is a reference.
fn is_series(lines: &[Line], picked: &[bool]) -> bool {
    let numbers = numbers(lines, picked);
    let least = numbers.iter().min().is_some_and(|least| *least <= 2);
    least && numbers.iter().max().is_some_and(|most| *most <= 2 * numbers.len() as i64 + 2)
}

/// The numbers begin at 0 or 1 and go up by one, or count down to 1.
fn counts_up(lines: &[Line], picked: &[bool]) -> bool {
    let numbers = numbers(lines, picked);
    let steps = |by: i64| numbers.windows(2).all(|pair| pair[1] == pair[0] + by);
    (numbers.first().is_some_and(|first| *first <= 1) && steps(1))
        || (numbers.last() == Some(&1) && steps(-1))
}

/// Whether no paragraph stands between the lines with times.
fn is_in_a_row(lines: &[Line], timed: &[bool]) -> bool {
    let first = timed.iter().position(|is| *is).unwrap_or(0);
    let last = timed.iter().rposition(|is| *is).unwrap_or(0);
    last > first
        && (first..last)
            .all(|at| timed[at] || lines[at].block.depth > 0 || lines[at].block.joined || lines[at].is_rule())
}

/// Lines with times, where they make a list: two of them, or one that begins the audio.
fn timed_lines(lines: &[Line], numbered: &[bool]) -> Vec<bool> {
    let times: Vec<bool> = lines
        .iter()
        .zip(numbered)
        .map(|(line, numbered)| !numbered && line.timed.is_some() && line.block.shape != Shape::Code)
        .collect();
    let count = times.iter().filter(|is| **is).count();
    let from_start = lines.iter().filter_map(|line| line.timed.as_ref()).any(|timed| timed.seconds < 1.0);
    if count > 1 || (count == 1 && from_start) { times } else { vec![false; lines.len()] }
}
