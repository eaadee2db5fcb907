//! Transcripts in plain text -> cues: lines that a time or a name opens, or only paragraphs.
//!
//! ```text
//! [00:01:02] Anna: text        Anna (00:01:02): text        ANNA: text        Anna  0:03
//! 00:01:02 - text                                                             text
//! ```

use std::collections::{HashMap, HashSet};

use super::clock;
use super::error::Error;
use super::markup::joined;
use super::speaker::{Names, is_name, prefix};
use super::transcript::{Rows, no_transcript};
use crate::model::Cue;

/// Text without times and names has at least so many characters or paragraphs; less is a server's message.
const LEAST_CHARACTERS: usize = 200;
const LEAST_PARAGRAPHS: usize = 3;

/// What opens a line.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Opening<'a> {
    start: Option<f64>,
    end: Option<f64>,
    name: Option<&'a str>,
    /// The name stands beside a time: it needs no other proof.
    is_sure: bool,
    text: &'a str,
}

/// Reads the cues of a text.
pub(super) fn read(text: &str, rows: &mut Rows) -> Result<(), Error> {
    let lines: Vec<&str> = text.lines().map(bare).collect();
    let believed = believed(&lines);
    let mut reader = Reader { rows, current: None, last: 0.0, header: None, is_told: false, after_blank: true };
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).copied().unwrap_or_default();
        reader.line(line, next, &believed);
    }
    reader.flush();
    let (is_told, cues) = (reader.is_told, &rows.cues);
    let characters: usize = cues.iter().map(|cue| cue.text.len()).sum();
    if is_told || characters >= LEAST_CHARACTERS || cues.len() >= LEAST_PARAGRAPHS {
        return Ok(());
    }
    Err(no_transcript(text))
}

/// A line without the signs of Markdown that make its name bold.
fn bare(line: &str) -> &str {
    line.trim().trim_start_matches("**").trim_start()
}

fn believed(lines: &[&str]) -> HashSet<String> {
    let mut names = Names::default();
    let filled = lines.iter().filter(|line| !line.is_empty());
    let mut above: HashMap<&str, usize> = HashMap::new();
    for open in filled.map(|line| opening(line)) {
        names.see(open.text);
        if open.start.is_some() && is_name(open.text) {
            *above.entry(open.text).or_default() += 1;
        }
    }
    let above = above.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name.to_owned());
    names.believed().into_iter().chain(above).collect()
}

struct Reader<'r> {
    rows: &'r mut Rows,
    current: Option<Cue>,
    /// The last time told (seconds).
    last: f64,
    /// The name that stood alone above what is read.
    header: Option<String>,
    /// A time or a name was found.
    is_told: bool,
    after_blank: bool,
}

impl Reader<'_> {
    fn line(&mut self, line: &str, next: &str, believed: &HashSet<String>) {
        if line.is_empty() {
            self.after_blank = true;
            return;
        }
        let mut open = opening(line);
        // An open time that runs back is a time of day in a sentence.
        if !line.starts_with(['[', '(']) && !open.is_sure && open.start.is_some_and(|start| start < self.last) {
            open = Opening { text: line, ..Opening::default() };
        }
        if open.name.is_none() {
            open = named(open, next, believed);
        }
        if open.start.is_some() || open.name.is_some() {
            self.open(open);
        } else {
            self.go_on(line);
        }
        self.after_blank = false;
    }

    fn open(&mut self, open: Opening<'_>) {
        self.flush();
        self.is_told = true;
        self.last = open.start.unwrap_or(self.last);
        let speaker = open.name.map(str::to_owned);
        let stands_alone = open.text.is_empty();
        self.header = speaker.clone().filter(|_| stands_alone);
        let text = joined(open.text);
        let end_seconds = open.end.filter(|end| *end >= self.last);
        self.current = Some(Cue { start_seconds: self.last, end_seconds, speaker, text });
    }

    /// A line that nothing opens belongs to the paragraph before it, or begins one.
    fn go_on(&mut self, line: &str) {
        match &mut self.current {
            Some(cue) if cue.text.is_empty() => cue.text = joined(line),
            Some(cue) if !self.after_blank => {
                cue.text.push('\n');
                cue.text.push_str(line);
            }
            _ => {
                self.flush();
                let speaker = self.header.clone();
                self.current = Some(Cue { start_seconds: self.last, speaker, text: joined(line), end_seconds: None });
            }
        }
    }

    fn flush(&mut self) {
        if let Some(mut cue) = self.current.take() {
            cue.text = joined(&cue.text);
            self.rows.push(cue);
        }
    }
}

/// What opens a line, times first. Where nothing does, all of it is text.
fn opening(line: &str) -> Opening<'_> {
    time_first(line).or_else(|| name_first(line)).unwrap_or(Opening { text: line, ..Opening::default() })
}

/// `[00:01:02] text`, `00:01:02 - 00:01:09 text`.
fn time_first(line: &str) -> Option<Opening<'_>> {
    let inner = line.trim_start_matches(['[', '(']);
    let (start, rest) = clock::leading(inner)?;
    let (end, rest) = range_end(rest).map_or((None, rest), |(end, rest)| (Some(end), rest));
    let is_closed = inner.len() == line.len() || rest.starts_with([']', ')']);
    let rest = rest.trim_start_matches([']', ')', ':']);
    let is_parted = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || "-–—|•*".contains(c));
    let text = rest.trim_start_matches(|c: char| c.is_whitespace() || "-–—|•*>".contains(c));
    let of_day = ["am", "pm", "a.m", "p.m", "Uhr"].iter().any(|unit| text.starts_with(unit));
    let is_opening = is_closed && (is_parted || inner.len() < line.len()) && !of_day;
    is_opening.then_some(Opening { start: Some(start), end, text, ..Opening::default() })
}

/// `- 00:02:03` after a time.
fn range_end(rest: &str) -> Option<(f64, &str)> {
    let after = rest.trim_start().trim_start_matches(['-', '–', '—', '>']);
    if after.len() == rest.trim_start().len() {
        return None;
    }
    clock::leading(after.trim_start())
}

/// `Anna (00:01:02): text`, `Anna [0:03]`, and `Anna  0:03` alone on its line.
fn name_first(line: &str) -> Option<Opening<'_>> {
    let window = line.char_indices().nth(60).map_or(line, |(end, _)| &line[..end]);
    let bracket = window.char_indices().find(|(at, c)| {
        matches!(c, '(' | '[') && clock::leading(&line[at + 1..]).is_some()
    });
    if let Some((at, _)) = bracket {
        let (start, rest) = clock::leading(&line[at + 1..])?;
        let (end, rest) = range_end(rest).map_or((None, rest), |(end, rest)| (Some(end), rest));
        let rest = rest.strip_prefix([')', ']'])?;
        let name = name_of(&line[..at])?;
        let text = rest.trim_start_matches(|c: char| c.is_whitespace() || ":*-–—".contains(c));
        return Some(Opening { start: Some(start), end, name: Some(name), is_sure: true, text });
    }
    let (before, last) = window.trim_end_matches(['*', ':']).rsplit_once(|c: char| c.is_whitespace() || c == '|')?;
    let (start, rest) = clock::leading(last)?;
    let name = name_of(before)?;
    let is_all = rest.is_empty() && window.len() == line.len();
    is_all.then_some(Opening { start: Some(start), end: None, name: Some(name), is_sure: true, text: "" })
}

fn name_of(text: &str) -> Option<&str> {
    let name = text.trim_end_matches(|c: char| c.is_whitespace() || "*:|-–—,@".contains(c)).trim();
    is_name(name).then_some(name)
}

/// The name that a text begins with, if it is believed; or that it is all of, above the words said.
fn named<'a>(open: Opening<'a>, next: &str, believed: &HashSet<String>) -> Opening<'a> {
    if let Some((name, rest)) = prefix(open.text).filter(|(name, _)| believed.contains(*name)) {
        let text = rest.trim_start_matches("**").trim_start();
        return Opening { name: Some(name), text, ..open };
    }
    let is_known = open.start.is_some() && believed.contains(open.text);
    let above = is_known && !next.is_empty() && opening(next).start.is_none();
    if above { Opening { name: Some(open.text), text: "", ..open } } else { open }
}
