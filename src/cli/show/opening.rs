//! What a segment opens with: the title of its group, its own heading, and what is left for its body.

use crate::archive::SegmentDetail;
use crate::notes::{Row, Run, Shape};

/// A longer line is prose, bold or not.
const LONGEST_HEADING: usize = 140;

/// A segment, its first lines told apart.
pub(super) struct Opening<'a> {
    /// The title of the group that begins here.
    pub(super) group: Option<Vec<Run>>,
    pub(super) heading: Option<Vec<Run>>,
    pub(super) body: &'a [Row],
    /// Lists that the heading itself stands in.
    pub(super) depth: u8,
}

impl<'a> Opening<'a> {
    /// `group`: the title of the group that the segment before it is of.
    pub(super) fn of(segment: &SegmentDetail, rows: &'a [Row], group: Option<&str>) -> Self {
        let mut opening = Self { group: None, heading: None, body: rows, depth: 0 };
        opening.group = segment.group_title.as_deref().filter(|title| group != Some(*title)).map(|title| {
            match rows.first().filter(|row| letters(&row.text()) == letters(title)) {
                Some(row) => {
                    opening.body = &rows[1..];
                    row.runs.clone()
                }
                None => vec![Run { text: title.to_owned(), ..Run::default() }],
            }
        });
        let rows = opening.body;
        let written = || Some((as_written(rows)?, 1));
        if let Some((heading, used)) = composed(segment, rows).or_else(written) {
            opening.depth = rows[used - 1].depth;
            (opening.heading, opening.body) = (Some(heading), &rows[used..]);
        }
        opening
    }
}

/// The letters and digits of a text: what it says, however it is set.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `12:34 #1 Ada: Title`, where the first line, or the first two, say nothing else; and how many lines that were.
fn composed(segment: &SegmentDetail, rows: &[Row]) -> Option<(Vec<Run>, usize)> {
    let title = segment.title.as_deref().filter(|title| !title.is_empty())?;
    let used = if rows.first()?.text().contains(title) { 1 } else { 2 };
    let (row, above) = (rows.get(used - 1)?, &rows[..used - 1]);
    let text = row.text();
    let start = text.find(title)?;
    let end = start + title.len();
    let signs = Signs::of(segment);
    let said = [&text[..start], &text[end..]].into_iter().all(|around| signs.cover(around))
        && above.iter().all(|row| signs.cover(&row.text()) && row.runs.iter().all(|run| run.link.is_none()));
    if row.shape == Shape::Code || !said {
        return None;
    }
    // Of extras, a later line may name who brings them: that is not said twice.
    let heads: String = above.iter().chain([row]).map(Row::text).collect();
    let named = |name: &&str| segment.kind == "topic" || letters(&heads).contains(&letters(name));
    let presenter = segment.presenter.as_deref().filter(named);
    let mut heading = vec![Run { text: label(segment, presenter), ..Run::default() }];
    heading.extend(part(row, start, end)?);
    Some((heading, used))
}

/// The runs of a part of a row; none if a link beside it would be lost.
fn part(row: &Row, start: usize, end: usize) -> Option<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    for run in &row.runs {
        let (from, to) = (start.max(at), end.min(at + run.text.len()));
        if from < to {
            runs.push(Run { text: run.text[from - at..to - at].to_owned(), ..run.clone() });
        } else if run.link.is_some() && !runs.iter().any(|other| other.link == run.link) {
            return None;
        }
        at += run.text.len();
    }
    Some(runs)
}

/// A first line that is set as a heading.
fn as_written(rows: &[Row]) -> Option<Vec<Run>> {
    let row = rows.first()?;
    let mut words = row.runs.iter().filter(|run| run.text.chars().any(char::is_alphanumeric)).peekable();
    let bold = words.peek().is_some() && words.all(|run| run.bold);
    let short = row.text().chars().count() <= LONGEST_HEADING;
    let outside = row.depth == 0 && row.shape == Shape::Paragraph;
    (row.shape == Shape::Heading || (bold && short && outside)).then(|| row.runs.clone())
}

fn label(segment: &SegmentDetail, presenter: Option<&str>) -> String {
    let time = segment.start_seconds.map(|seconds| format!("{} ", super::clock(seconds)));
    let number = segment.number.map(|number| format!("#{number}"));
    let who = match (number, presenter) {
        (Some(number), Some(presenter)) => format!("{number} {presenter}: "),
        (Some(number), None) => format!("{number} "),
        (None, Some(presenter)) => format!("{presenter}: "),
        (None, None) => String::new(),
    };
    time.unwrap_or_default() + &who
}

/// What a heading may say beside its title, so that it can be said in our own way.
struct Signs(Vec<String>);

impl Signs {
    fn of(segment: &SegmentDetail) -> Self {
        let mut signs = Vec::new();
        signs.extend(segment.number.map(|number| number.to_string()));
        signs.extend(segment.presenter.iter().flat_map(|name| words(name)).map(str::to_lowercase));
        if let Some(seconds) = segment.start_seconds {
            signs.extend(super::clock(seconds).split(':').map(|digits| unpadded(digits).to_owned()));
            // `00:01:30`
            signs.push("0".to_owned());
        }
        Self(signs)
    }

    /// A text holds these and the marks between them.
    fn cover(&self, text: &str) -> bool {
        const MARKS: &[char] =
            &['#', ':', '：', '.', ',', '-', '–', '—', '(', ')', '[', ']', '|', '*', '•', '/', '\'', '’'];
        let known = |word: &str| self.0.iter().any(|sign| *sign == unpadded(&word.to_lowercase()));
        text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || MARKS.contains(&c))
            && words(text).all(known)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// `07` says 7.
fn unpadded(digits: &str) -> &str {
    let short = digits.trim_start_matches('0');
    if short.is_empty() && !digits.is_empty() { "0" } else { short }
}
