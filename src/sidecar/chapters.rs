//! The bytes behind a `podcast:chapters` address -> chapters. JSON is what the podcast namespace asks for; WebVTT, Podlove's XML
//! and lists of times are what is met there too.

use serde::Serialize;
use serde_json::{Map, Value};

use super::clock;
use super::error::{Error, short};
use super::markup::joined;
use super::transcript::{Rows, is_binary};
use super::warnings::Warnings;
use super::{json, list, podlove, subtitles};
use crate::model::Chapter;
use crate::text::decode_bytes;

/// What chapters of a file of their own have as their source.
pub(super) const SOURCE: &str = "podcast:chapters";

/// As many chapters are read; no episode has more.
const MOST_CHAPTERS: usize = 10_000;

/// A list of chapters, read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chapters {
    /// In the order of their times, of source `podcast:chapters`. Never empty.
    pub chapters: Vec<Chapter>,
    /// What was wrong with the document and what was assumed instead.
    pub warnings: Vec<String>,
}

/// Reads a document of chapters: JSON, WebVTT, Podlove Simple Chapters, or lines such as `00:01:02 Title`.
pub fn chapters(bytes: &[u8]) -> Result<Chapters, Error> {
    let (text, notes) = decode_bytes(bytes, None);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(Error::Empty);
    }
    if is_binary(text) {
        return Err(Error::Binary);
    }
    let mut warnings = Warnings::default();
    warnings.all(notes);
    let found = if json::begins(text) {
        from_json(text, &mut warnings)?
    } else if text.starts_with('<') {
        podlove::read(text, &mut warnings)?
    } else if text.starts_with("WEBVTT") || subtitles::are(text) {
        from_subtitles(text, &mut warnings)
    } else {
        list::read(text)
    };
    if found.is_empty() {
        return Err(Error::Text {
            wanted: "chapters",
            start: short(text.lines().next().unwrap_or_default(), 60),
        });
    }
    Ok(Chapters { chapters: in_order(found, &mut warnings), warnings: warnings.finish() })
}

/// Reads chapters that are JSON (version 1.2 of the format of the podcast namespace).
pub fn chapters_json(bytes: &[u8]) -> Result<Chapters, Error> {
    let text = decode_bytes(bytes, None).0;
    let mut warnings = Warnings::default();
    let found = from_json(text.trim_start_matches('\u{feff}'), &mut warnings)?;
    Ok(Chapters { chapters: in_order(found, &mut warnings), warnings: warnings.finish() })
}

fn from_json(text: &str, warnings: &mut Warnings) -> Result<Vec<Chapter>, Error> {
    let document: Value = serde_json::from_str(text).map_err(|error| Error::BadJson(error.to_string()))?;
    let list = ["chapters", "Chapters"].iter().find_map(|name| document.get(*name)).unwrap_or(&document);
    let rows = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match row.as_object().and_then(|row| from_row(row, at + 1, warnings)) {
            Some(chapter) => found.push(chapter),
            None => {
                warnings.add(|| format!("chapter {}: no time at which it starts, so it is left out", at + 1));
            }
        }
    }
    if found.is_empty() {
        let keys = document.as_object().map(|map| map.keys().take(5).cloned().collect()).unwrap_or_default();
        return Err(Error::Json { wanted: "chapters", keys });
    }
    Ok(found)
}

fn from_row(row: &Map<String, Value>, number: usize, warnings: &mut Warnings) -> Option<Chapter> {
    let start_seconds = seconds(row, &["startTime", "start", "start_time", "startSeconds"])?;
    let told = seconds(row, &["endTime", "end", "end_time", "endSeconds"]);
    let end_seconds = told.filter(|end| *end >= start_seconds);
    if told != end_seconds {
        warnings.add(|| format!("chapter {number}: it ends before it starts, so its end is left out"));
    }
    Some(Chapter {
        end_seconds,
        title: text(row, &["title", "name", "label"]),
        url: text(row, &["url", "href", "link"]),
        image_url: text(row, &["img", "image"]),
        ..mark(SOURCE, start_seconds)
    })
}

fn seconds(row: &Map<String, Value>, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| match row.get(*name)? {
        Value::Number(number) => clock::sound(number.as_f64()?),
        Value::String(text) => clock::whole(text),
        _ => None,
    })
}

fn text(row: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| told(row.get(*name)?.as_str()?))
}

fn from_subtitles(document: &str, warnings: &mut Warnings) -> Vec<Chapter> {
    let mut rows = Rows::default();
    subtitles::read(document, &mut rows);
    warnings.all(rows.warnings.finish());
    let marks = rows.cues.into_iter().map(|cue| Chapter {
        end_seconds: cue.end_seconds,
        title: Some(cue.text),
        ..mark(SOURCE, cue.start_seconds)
    });
    marks.collect()
}

/// A chapter of which only the start is known.
pub(super) fn mark(source: &str, start_seconds: f64) -> Chapter {
    Chapter {
        source: source.to_owned(),
        position: 0,
        start_seconds,
        end_seconds: None,
        title: None,
        url: None,
        image_url: None,
    }
}

/// A text without needless white space, if anything is left.
pub(super) fn told(text: &str) -> Option<String> {
    let text = joined(text);
    (!text.is_empty()).then_some(text)
}

/// Chapters in the order of their times, numbered; no more than any episode has.
pub(super) fn in_order(mut chapters: Vec<Chapter>, warnings: &mut Warnings) -> Vec<Chapter> {
    if chapters.len() > MOST_CHAPTERS {
        warnings.add(|| format!("{} chapters, of which the first {MOST_CHAPTERS} were read", chapters.len()));
        chapters.truncate(MOST_CHAPTERS);
    }
    if !chapters.is_sorted_by(|one, next| one.start_seconds <= next.start_seconds) {
        warnings.add(|| "the chapters did not stand in the order of their times".to_owned());
    }
    chapters.sort_by(|one, next| one.start_seconds.total_cmp(&next.start_seconds));
    for (position, chapter) in (1..).zip(&mut chapters) {
        chapter.position = position;
    }
    chapters
}
