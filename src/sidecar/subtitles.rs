//! SRT and WebVTT -> cues. Both are lines with times, each followed by words; what else stands there (counters, identifiers,
//! settings, notes, styles) is passed over. Files in the wild lack counters and empty lines, or have each twice.

use super::clock;
use super::markup;
use super::transcript::Rows;
use crate::model::Cue;

/// Whether a text has lines such as `00:00:01,000 --> 00:00:02,000`.
pub(super) fn are(text: &str) -> bool {
    text.lines().any(|line| times(line).is_some_and(|times| times.end.is_some()))
}

/// Reads the cues of a text.
pub(super) fn read(text: &str, rows: &mut Rows) {
    let is_vtt = text.starts_with("WEBVTT");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let marks: Vec<usize> = (0..lines.len()).filter(|at| is_mark(&lines, *at)).collect();
    let mut counter = None;
    for (place, at) in marks.iter().enumerate() {
        let next = marks.get(place + 1).copied();
        let body = &lines[at + 1..next.unwrap_or(lines.len())];
        let body = if is_vtt { first_run(body, next.is_some()) } else { body };
        let body = without_counter(body, next.is_some(), &mut counter);
        cue(lines[*at], at + 1, body, rows);
    }
}

fn cue(line: &str, number: usize, body: &[&str], rows: &mut Rows) {
    let Some(times) = times(line) else {
        return rows.warnings.line(number, &format!("no times of a cue, which is left out: {line:.60}"));
    };
    let end = times.end.filter(|end| *end >= times.start);
    if end.is_none() {
        rows.warnings.line(number, &format!("a cue that does not end after it starts: {line:.60}"));
    }
    for voice in markup::voices(&body.join("\n")) {
        rows.push(Cue {
            start_seconds: times.start,
            end_seconds: end,
            speaker: voice.speaker,
            text: voice.text,
        });
    }
}

struct Times {
    start: f64,
    end: Option<f64>,
}

fn times(line: &str) -> Option<Times> {
    let (left, right) = arrow(line)?;
    let (start, rest) = clock::leading(left.trim())?;
    let end = clock::leading(right.trim_start()).map(|(end, _)| end);
    rest.trim().is_empty().then_some(Times { start, end })
}

/// The sides of `-->`, which some write `->` or with a dash.
fn arrow(line: &str) -> Option<(&str, &str)> {
    let (left, right) = line.split_once('>')?;
    let bare = left.trim_end_matches(['-', '–', '—']);
    (bare.len() < left.len()).then_some((bare, right))
}

/// A line that begins a cue, be its times good or bad: with a digit, or below a counter.
fn is_mark(lines: &[&str], at: usize) -> bool {
    let line = lines[at];
    let counted =
        || at.checked_sub(1).and_then(|before| lines.get(before)).is_some_and(|line| number(line).is_some());
    arrow(line).is_some_and(|(left, _)| {
        let timed = left.starts_with(|c: char| c.is_ascii_digit()) && left.contains(':');
        timed || line.contains("-->") && counted()
    })
}

fn number(line: &str) -> Option<u64> {
    let digits = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    if digits { line.parse().ok() } else { None }
}

/// In WebVTT an empty line ends a cue. Where the first line of all is empty, the words are looked for below it.
fn first_run<'a>(body: &'a [&'a str], is_followed: bool) -> &'a [&'a str] {
    let begin = body.iter().position(|line| !line.is_empty()).unwrap_or(body.len());
    let run = &body[begin..];
    let length = run.iter().position(|line| line.is_empty()).unwrap_or(run.len());
    let is_identifier = is_followed && begin + length == body.len() && length == 1;
    let is_block =
        ["NOTE", "STYLE", "REGION"].iter().any(|word| run.first().is_some_and(|line| line.starts_with(word)));
    if begin > 0 && (is_identifier || is_block) { &[] } else { &run[..length] }
}

/// The words of a cue without the number of the next one: right above its times, or the next in order.
fn without_counter<'a>(body: &'a [&'a str], is_followed: bool, counter: &mut Option<u64>) -> &'a [&'a str] {
    let end = body.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let is_adjacent = end == body.len();
    let Some(found) = body[..end].last().and_then(|line| number(line)).filter(|_| is_followed) else {
        return &body[..end];
    };
    let in_order = counter.is_some_and(|before| found == before + 1) || counter.is_none() && found <= 2;
    if !is_adjacent && !in_order {
        return &body[..end];
    }
    *counter = Some(found);
    &body[..end - 1]
}
