//! Templates for file names: `{show}/[{number:04} ]{title}.{ext}`, checked when they are read.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::field::{FIELDS, Field, Format, Use};
use super::filter::{FILTERS, Filter};
use super::{BadTemplate, Fault, FormatKind};

/// How file names are made: `{show}/{published:%Y-%m-%d} {title}.{ext}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    pub(super) parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Field(Use),
    /// `[...]`: there if every field in it has a value.
    Group(Vec<Part>),
}

/// As it is written in the configuration.
const DEFAULT: &str = "{show}/{published:%Y-%m-%d} {title}.{ext}";
/// Templates may be so long, in bytes.
const LONGEST: usize = 500;
/// Endings of audio, which are not written in letters.
const ENDINGS: &[&str] = &[".mp3", ".m4a", ".ogg", ".opus", ".aac", ".mp4", ".flac", ".wav"];
/// Folders may be so deep, below `audio/`.
pub(super) const DEEPEST: usize = 8;

impl Default for Template {
    fn default() -> Self {
        let field = |field, format| Part::Field(Use { field, format, filters: Vec::new() });
        let text = |text: &str| Part::Text(text.to_owned());
        let date = Format::Date("%Y-%m-%d".to_owned());
        let parts = vec![
            field(Field::Show, Format::Plain),
            text("/"),
            field(Field::Published, date),
            text(" "),
            field(Field::Title, Format::Plain),
        ];
        Self { text: DEFAULT.to_owned(), parts }
    }
}

impl FromStr for Template {
    type Err = BadTemplate;

    fn from_str(text: &str) -> Result<Self, BadTemplate> {
        let bad = |at: Range<usize>, fault| BadTemplate { text: text.to_owned(), at, fault };
        if text.len() > LONGEST {
            return Err(bad(0..1, Fault::Path("it is too long")));
        }
        let body = text.strip_suffix(".{ext}").unwrap_or(text);
        let (parts, _) = Scan { text: body, at: 0 }.parts(false).map_err(|(at, fault)| bad(at, fault))?;
        if let Some(ending) = literal_ending(body) {
            return Err(bad(ending, Fault::Literal));
        }
        let template = Self { text: text.to_owned(), parts };
        template.fault().map_or(Ok(template.clone()), |fault| Err(bad(0..text.len(), fault)))
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|bad: BadTemplate| serde::de::Error::custom(bad))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Template {
    /// What is wrong with it as a path.
    fn fault(&self) -> Option<Fault> {
        let path = skeleton(&self.parts);
        let names: Vec<&str> = path.split('/').collect();
        let is_blank = |name: &str| name.trim().is_empty();
        let has = |name: &str| names.iter().any(|found| found.trim() == name);
        if path.is_empty() {
            return Some(Fault::Same);
        }
        if path.starts_with('/') {
            return Some(Fault::Path("a path begins below audio/, without a slash"));
        }
        if has("..") || has(".") {
            return Some(Fault::Path("a path leads down alone: no \"..\" and no \".\""));
        }
        if path.contains('\\') || path.chars().any(char::is_control) {
            return Some(Fault::Path("folders are told apart by \"/\"; no \"\\\" and no control characters"));
        }
        if path.ends_with('/') {
            return Some(Fault::Path("a name for the file is missing after the last \"/\""));
        }
        if names.iter().any(|name| is_blank(name)) {
            return Some(Fault::Path("a folder has no name: \"//\""));
        }
        if names.len() > DEEPEST + 1 {
            return Some(Fault::Path("so many folders make a path that some systems refuse: 8 at the most"));
        }
        (!fields(&self.parts).iter().any(|field| field.tells_apart())).then_some(Fault::Same)
    }

    /// Whether the name of the file, its folders apart, has the title in it.
    pub(super) fn names_file_by_title(&self) -> bool {
        let last = self.parts.iter().rposition(|part| skeleton(std::slice::from_ref(part)).contains('/'));
        let file = self.parts.get(last.unwrap_or(0)..).unwrap_or_default();
        fields(file).contains(&Field::Title)
    }
}

/// Where a template ends like audio.
fn literal_ending(body: &str) -> Option<Range<usize>> {
    let lower = body.to_ascii_lowercase();
    let ending = ENDINGS.iter().find(|ending| lower.ends_with(**ending))?;
    Some(body.len() - ending.len()..body.len())
}

/// The path with an `x` for every value.
fn skeleton(parts: &[Part]) -> String {
    let one = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Field(Use { format: Format::Date(pattern), .. }) => pattern.clone(),
        Part::Field(_) => "x".to_owned(),
        Part::Group(parts) => skeleton(parts),
    };
    parts.iter().map(one).collect()
}

pub(super) fn fields(parts: &[Part]) -> Vec<Field> {
    let one = |part: &Part| match part {
        Part::Text(_) => Vec::new(),
        Part::Field(used) => vec![used.field],
        Part::Group(parts) => fields(parts),
    };
    parts.iter().flat_map(one).collect()
}

type Wrong = (Range<usize>, Fault);

/// A walk over the text of a template.
struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The parts up to the end, or, inside a group, to its bracket; and where that is.
    fn parts(mut self, in_group: bool) -> Result<(Vec<Part>, usize), Wrong> {
        let begin = self.at;
        let mut parts: Vec<Part> = Vec::new();
        while let Some(c) = self.rest().chars().next() {
            let next = self.rest().get(c.len_utf8()..).and_then(|rest| rest.chars().next());
            let here = self.at..self.at + c.len_utf8();
            match c {
                '{' | '}' | '[' | ']' if next == Some(c) => {
                    text(&mut parts, c);
                    self.at += 2;
                }
                '{' => parts.push(Part::Field(self.field()?)),
                '[' if in_group => {
                    return Err((here, Fault::Group("a group in a group; write [[ for a bracket")));
                }
                '[' => {
                    let (inner, end) = Scan { text: self.text, at: self.at + 1 }.parts(true)?;
                    if fields(&inner).is_empty() {
                        let why = "a group without a field is always there; write [[ and ]] for brackets";
                        return Err((self.at..end, Fault::Group(why)));
                    }
                    parts.push(Part::Group(inner));
                    self.at = end;
                }
                ']' if in_group => return Ok((parts, self.at + 1)),
                ']' => return Err((here, Fault::Unpaired("a ] without [; write ]] for a bracket"))),
                '}' => return Err((here, Fault::Unpaired("a } without {; write }} for a brace"))),
                c => {
                    text(&mut parts, c);
                    self.at += c.len_utf8();
                }
            }
        }
        if in_group {
            return Err((begin - 1..begin, Fault::Unpaired("a [ without ]; write [[ for a bracket")));
        }
        Ok((parts, self.at))
    }

    /// `{name:format|filter|filter}`
    fn field(&mut self) -> Result<Use, Wrong> {
        let begin = self.at;
        let Some(length) = self.rest().find('}') else {
            return Err((begin..begin + 1, Fault::Unpaired("a { without }; write {{ for a brace")));
        };
        let whole = begin..begin + length + 1;
        let inside = self.text.get(begin + 1..begin + length).unwrap_or_default();
        self.at = whole.end;
        let wrong = |fault| (whole.clone(), fault);
        let mut pieces = inside.split('|');
        let head = pieces.next().unwrap_or_default();
        let (name, format) = head.split_once(':').map_or((head, None), |(name, format)| (name, Some(format)));
        if name == "ext" {
            return Err(wrong(Fault::Ending));
        }
        let known = FIELDS.iter().find(|(known, ..)| *known == name);
        let (name, field, kind) = known.ok_or_else(|| wrong(Fault::Field(name.to_owned())))?;
        let format = match format {
            None => Format::Plain,
            Some(format) => Format::parse(format, *kind).ok_or_else(|| {
                wrong(Fault::Format { field: name, format: format.to_owned(), kind: FormatKind(*kind) })
            })?,
        };
        let filter = |name: &str| -> Result<Filter, Wrong> {
            let known = FILTERS.iter().find(|(known, _)| *known == name);
            known.map(|(_, filter)| *filter).ok_or_else(|| wrong(Fault::Filter(name.to_owned())))
        };
        Ok(Use { field: *field, format, filters: pieces.map(filter).collect::<Result<_, _>>()? })
    }
}

fn text(parts: &mut Vec<Part>, c: char) {
    match parts.last_mut() {
        Some(Part::Text(text)) => text.push(c),
        _ => parts.push(Part::Text(c.into())),
    }
}
