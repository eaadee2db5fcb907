//! Extras by person: `Brian:` over a list, `Michael: Sorry!`, `Brian's picks`. Each begins a segment of its own.
//!
//! A capitalised word before a colon may be a name or `Books:`. It is a name if the notes present that person
//! elsewhere; alone on its line, also if it looks like one beside it that they do.

use std::ops::Range;

use super::blocks::Shape;
use super::lines::Line;
use super::numbered::is_name;
use super::part::Part;
use super::text::trimmed;
use crate::model::{Person, SegmentKind};

/// A heading that says whose things follow, so that two names below it are names: `Our news`.
const OURS: &[&str] = &["our", "personal", "hosts", "unsere", "nos", "nuestras"];

/// Where the words of one person begin, or end.
struct Cut {
    at: usize,
    presenter: Option<String>,
}

/// Splits the extras at the names of those who bring them. Every piece keeps the section's title.
pub(super) fn split(lines: &[Line], parts: Vec<Part>, people: &[Person]) -> Vec<Part> {
    let known = Known::of(people);
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        if part.kind == SegmentKind::Extras {
            pieces(lines, part, &known, &mut out);
        } else {
            out.push(part);
        }
    }
    out
}

fn pieces(lines: &[Line], mut part: Part, known: &Known, out: &mut Vec<Part>) {
    let title = part.title.clone().unwrap_or_default();
    let headed = usize::from(trimmed(&lines[part.lines.start].text) == title);
    part.presenter = known.in_words(&title);
    let end = part.lines.end;
    let mut cuts = cuts(lines, part.lines.start + headed..end, known, is_ours(&title));
    // The first person's words take the heading with them.
    if cuts.first().is_some_and(|first| first.at == part.lines.start + headed) {
        part.presenter = cuts.remove(0).presenter;
    }
    for cut in cuts {
        let mut rest = part.clone();
        (rest.presenter, rest.lines, rest.heading) = (cut.presenter, cut.at..end, cut.at..cut.at);
        part.lines.end = cut.at;
        out.push(std::mem::replace(&mut part, rest));
    }
    out.push(part);
}

fn cuts(lines: &[Line], section: Range<usize>, known: &Known, ours: bool) -> Vec<Cut> {
    let alone: Vec<usize> = section.clone().filter(|at| names_alone(&lines[*at])).collect();
    let proven = alone.iter().any(|at| known.holds(&label(&lines[*at])));
    let mut found: Vec<Cut> = Vec::new();
    // The item that is all of one person's, such as `- Michael: Sorry!`.
    let mut entry: Option<usize> = None;
    for at in section {
        let line = &lines[at];
        let likely = (proven || ours && alone.len() > 1) && alone.binary_search(&at).is_ok()
            || ours && found.last().is_some_and(|last| stands_like(line, &lines[last.at], known));
        if let Some(name) = named(line, known).or_else(|| likely.then(|| label(line))) {
            entry = Some(at).filter(|_| line.is_item());
            found.push(Cut { at, presenter: Some(name) });
        } else if let Some(begun) = entry.filter(|begun| beside(&lines[*begun], line)) {
            entry = None;
            let flat = alone.contains(&begun) && at == begun + 1 && !may_be_named(line);
            if !flat {
                found.push(Cut { at, presenter: None });
            }
        }
    }
    found
}

/// An item of the same list, or of one around it.
fn beside(entry: &Line, line: &Line) -> bool {
    line.is_item() && line.block.depth <= entry.block.depth
}

/// `Brian: ...` after the `Michael: ...` of a known person.
fn stands_like(line: &Line, before: &Line, known: &Known) -> bool {
    let alike = line.is_item() == before.is_item() && may_be_named(before) && !names_alone(before);
    alike && may_open(line) && may_be_named(line) && known.holds(&label(before))
}

/// `Word: ...`, the word shaped like a name.
fn may_be_named(line: &Line) -> bool {
    line.before_colon().is_some() && is_name(&label(line)) && !label(line).contains(' ')
}

/// The known person whom a line begins with: `Brian`, `Brian:`, `Brian: ...`, `Brian's picks`.
fn named(line: &Line, known: &Known) -> Option<String> {
    if !may_open(line) {
        return None;
    }
    let name = label(line);
    if names_alone(line) || line.before_colon().is_some() {
        return known.holds(&name).then_some(name).or_else(|| {
            let short = line.words() <= 4 && (line.ends_with_colon() || line.is_lead());
            short.then(|| known.in_words(&line.text)).flatten()
        });
    }
    (line.words() <= 4).then(|| known.in_words(&line.text)).flatten().filter(|_| line.is_lead())
}

/// Outside lists, or the first line of an outermost item.
fn may_open(line: &Line) -> bool {
    line.is_top() || line.is_item() && line.block.depth == 1
}

/// Nothing but what may be a name, set apart from what follows: `Brian:`, or bold, or a heading.
fn names_alone(line: &Line) -> bool {
    let name = label(line);
    may_open(line)
        && is_whole(line, &name)
        && is_name(&name)
        && name.split(' ').count() <= 2
        && (line.ends_with_colon() || !matches!(line.block.shape, Shape::Item(_)))
}

fn is_whole(line: &Line, name: &str) -> bool {
    line.text.trim_end_matches(|c: char| !c.is_alphanumeric()).ends_with(name)
}

/// The words before the colon, without litter of bold.
fn label(line: &Line) -> String {
    let label = line.before_colon().unwrap_or(&line.text);
    label
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | ':' | '-' | '–' | '—'))
        .to_owned()
}

fn is_ours(title: &str) -> bool {
    title.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| OURS.contains(&word))
}

/// The names of those whom the notes present, whole and by their first word, in lower case.
struct Known(Vec<String>);

impl Known {
    fn of(people: &[Person]) -> Self {
        let whole = people.iter().map(|person| person.name.to_lowercase());
        let mut names: Vec<String> = whole.clone().collect();
        names.extend(whole.filter_map(|name| Some(name.split_once(' ')?.0.to_owned())));
        names.sort();
        names.dedup();
        Self(names)
    }

    /// The name, or each of several names joined.
    fn holds(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let one = |name: &str| self.0.binary_search_by(|known| known.as_str().cmp(name.trim())).is_ok();
        one(&lower) || lower.split([',', '&', '+']).flat_map(|name| name.split(" and ")).all(one)
    }

    /// The one person whom the words of a label name: `Brian's extras`, `Extra Brian`, `Extras (Brian)`.
    fn in_words(&self, label: &str) -> Option<String> {
        let words = label.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':' | ',' | '*'));
        let mut names = words
            .map(|word| word.trim_end_matches("'s").trim_end_matches("’s"))
            .filter(|word| word.starts_with(char::is_uppercase) && self.holds(word));
        let name = names.next()?;
        names.next().is_none().then(|| name.to_owned())
    }
}
