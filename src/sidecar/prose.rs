//! Transcripts in plain text -> cues: lines that a time or a name opens, or only paragraphs.
//!
//! ```text
//! [00:01:02] Anna: text        Anna (00:01:02): text        ANNA: text        Anna  0:03
//! 00:01:02 - text                                                             text
//! ```

use std::borrow::Cow;
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
    let lines: Vec<Cow<'_, str>> = text.lines().map(bare).collect();
    let mut lines: Vec<Line<'_>> = lines.iter().map(|line| Line::new(line)).collect();
    forget_times_of_day(&mut lines);
    let believed = believed(&lines);
    let mut reader =
        Reader { rows, current: None, last: 0.0, header: None, is_told: false, after_blank: true };
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).filter(|next| next.open.start.is_none()).map_or("", |next| next.text);
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
fn bare(line: &str) -> Cow<'_, str> {
    let line = line.trim();
    if line.starts_with("**") { Cow::Owned(line.replace("**", "")) } else { Cow::Borrowed(line) }
}

/// A line and what opens it.
struct Line<'a> {
    text: &'a str,
    open: Opening<'a>,
}

impl<'a> Line<'a> {
    fn new(text: &'a str) -> Self {
        let open = time_first(text).or_else(|| name_first(text));
        Self { text, open: open.unwrap_or(Opening { text, ..Opening::default() }) }
    }

    /// A time without brackets, which may be one of day in a sentence.
    fn bare_time(&self) -> Option<f64> {
        self.open.start.filter(|_| !self.open.is_sure && !self.text.starts_with(['[', '(']))
    }

    fn is_time_alone(&self) -> bool {
        self.open.start.is_some() && self.open.name.is_none() && self.open.text.is_empty()
    }
}

/// A bare time that is out of order is one of day: earlier than that of the line before, or later than the next.
fn forget_times_of_day(lines: &mut [Line<'_>]) {
    let mut last = 0.0;
    let mut next_of: Vec<f64> = Vec::with_capacity(lines.len());
    let mut next = f64::INFINITY;
    for line in lines.iter().rev() {
        next_of.push(next);
        next = line.open.start.unwrap_or(next);
    }
    for (line, next) in lines.iter_mut().zip(next_of.into_iter().rev()) {
        if line.bare_time().is_some_and(|time| time < last || time > next) {
            line.open = Opening { text: line.text, ..Opening::default() };
        }
        last = line.open.start.unwrap_or(last);
    }
}

/// The names that are those of speakers: before a colon, behind a time or below it.
fn believed<'a>(lines: &[Line<'a>]) -> HashSet<&'a str> {
    let mut names = Names::default();
    let mut beside: HashMap<&str, usize> = HashMap::new();
    let mut below_time = false;
    for line in lines.iter().filter(|line| !line.text.is_empty()) {
        names.see(line.open.text);
        if (line.open.start.is_some() || below_time) && is_name(line.open.text) {
            *beside.entry(line.open.text).or_default() += 1;
        }
        below_time = line.is_time_alone();
    }
    let beside = beside.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name);
    names.believed().chain(beside).collect()
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
    fn line(&mut self, line: &Line<'_>, next: &str, believed: &HashSet<&str>) {
        if line.text.is_empty() {
            self.after_blank = true;
            return;
        }
        let open = if line.open.name.is_none() { named(line.open, next, believed) } else { line.open };
        if open.start.is_some() || open.name.is_some() {
            self.open(open);
        } else if !self.is_name_below_time(line.text, next, believed) {
            self.go_on(line.text);
        }
        self.after_blank = false;
    }

    fn is_name_below_time(&mut self, line: &str, next: &str, believed: &HashSet<&str>) -> bool {
        let Some(cue) = self.current.as_mut().filter(|cue| cue.text.is_empty() && cue.speaker.is_none())
        else {
            return false;
        };
        let is_name = !next.is_empty() && believed.contains(line);
        if is_name {
            cue.speaker = Some(line.to_owned());
            self.header = cue.speaker.clone();
        }
        is_name
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
                self.current =
                    Some(Cue { start_seconds: self.last, speaker, text: joined(line), end_seconds: None });
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
    let bracket = window
        .char_indices()
        .find(|(at, c)| matches!(c, '(' | '[') && clock::leading(&line[at + 1..]).is_some());
    if let Some((at, _)) = bracket {
        let (start, rest) = clock::leading(&line[at + 1..])?;
        let (end, rest) = range_end(rest).map_or((None, rest), |(end, rest)| (Some(end), rest));
        let rest = rest.strip_prefix([')', ']'])?;
        let name = name_of(&line[..at])?;
        let text = rest.trim_start_matches(|c: char| c.is_whitespace() || ":*-–—".contains(c));
        return Some(Opening { start: Some(start), end, name: Some(name), is_sure: true, text });
    }
    let (before, last) =
        window.trim_end_matches(['*', ':']).rsplit_once(|c: char| c.is_whitespace() || c == '|')?;
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
fn named<'a>(open: Opening<'a>, next: &str, believed: &HashSet<&str>) -> Opening<'a> {
    if let Some((name, rest)) = prefix(open.text).filter(|(name, _)| believed.contains(name)) {
        return Opening { name: Some(name), text: rest, ..open };
    }
    let is_known = open.start.is_some() && believed.contains(open.text);
    if is_known && !next.is_empty() { Opening { name: Some(open.text), text: "", ..open } } else { open }
}
