//! The bytes of a transcript -> cues, in whatever format they turn out to be.

use serde::Serialize;

use super::error::short;
use super::warnings::Warnings;
use super::{Error, json, page, prose, speaker, subtitles};
use crate::model::Cue;
use crate::text::decode_bytes;

/// As many cues are read of one transcript: three days, word by word.
const MOST_CUES: usize = 200_000;

/// How a transcript is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// SubRip.
    Srt,
    /// WebVTT (<https://www.w3.org/TR/webvtt1/>).
    Vtt,
    /// JSON, of the podcast namespace or of the programs that listen.
    Json,
    /// HTML, with `cite` and `time` as the podcast namespace asks, or without.
    Html,
    /// Plain text.
    Text,
}

/// A transcript, read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transcript {
    /// How it is written.
    pub format: Format,
    /// What is said, in the order of the document. Never empty.
    pub cues: Vec<Cue>,
    /// What was wrong with it and what was assumed instead.
    pub warnings: Vec<String>,
}

/// Collects what the formats read.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) cues: Vec<Cue>,
    pub(super) warnings: Warnings,
    /// How many cues were left out because there are too many.
    left_out: usize,
}

impl Rows {
    /// Takes a cue; one without words is none.
    pub(super) fn push(&mut self, cue: Cue) {
        match cue {
            cue if cue.text.is_empty() => {}
            cue if self.cues.len() < MOST_CUES => self.cues.push(cue),
            _ => self.left_out += 1,
        }
    }

    fn finish(mut self, format: Format) -> Transcript {
        let left_out = self.left_out;
        if left_out > 0 {
            self.warnings.add(|| format!("{left_out} cues after the first {MOST_CUES} were left out"));
        }
        Transcript { format, cues: self.cues, warnings: self.warnings.finish() }
    }
}

/// Reads a transcript. Its content decides on the format, then the media type that it was announced or sent with, then
/// the ending of its address.
pub fn transcript(bytes: &[u8], media_type: Option<&str>, url: Option<&str>) -> Result<Transcript, Error> {
    let (text, notes) = decode_bytes(bytes, media_type);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let text = if text.contains('\n') { text.to_owned() } else { text.replace('\r', "\n") };
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    if is_binary(&text) {
        return Err(Error::Binary);
    }
    let mut rows = Rows::default();
    rows.warnings.all(notes);
    let format = read(&text, announced(media_type, url), &mut rows)?;
    speaker::take_off(&mut rows.cues);
    if rows.cues.is_empty() {
        return Err(no_transcript(&text));
    }
    Ok(rows.finish(format))
}

fn read(text: &str, announced: Option<Format>, rows: &mut Rows) -> Result<Format, Error> {
    if text.starts_with("WEBVTT") {
        subtitles::read(text, rows);
        return Ok(Format::Vtt);
    }
    if json::begins(text) {
        return json::read(text, rows).map(|()| Format::Json);
    }
    if text.starts_with('<') {
        return page::read(text, announced, rows).map(|()| Format::Html);
    }
    if subtitles::are(text) {
        subtitles::read(text, rows);
        return Ok(if announced == Some(Format::Vtt) { Format::Vtt } else { Format::Srt });
    }
    if page::has_tags(text) {
        return page::read(text, announced, rows).map(|()| Format::Html);
    }
    prose::read(text, rows)?;
    Ok(Format::Text)
}

pub(super) fn no_transcript(text: &str) -> Error {
    Error::Text { wanted: "a transcript", start: short(text.lines().next().unwrap_or_default(), 60) }
}

/// Characters that no text holds.
pub(super) fn is_binary(text: &str) -> bool {
    let head = text.chars().take(4096);
    head.filter(|c| {
        c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}') && !matches!(c, '\u{80}'..='\u{9f}')
    })
    .count()
        > 4
}

/// The format that a media type names, else the ending of an address.
fn announced(media_type: Option<&str>, url: Option<&str>) -> Option<Format> {
    let essence =
        media_type.and_then(|full| full.split(';').next()).map(|name| name.trim().to_ascii_lowercase());
    let by_type = match essence.as_deref() {
        Some("text/vtt") => Some(Format::Vtt),
        Some("application/x-subrip" | "application/srt" | "text/srt") => Some(Format::Srt),
        Some("application/json") => Some(Format::Json),
        Some("text/html" | "application/xhtml+xml") => Some(Format::Html),
        Some("text/plain") => Some(Format::Text),
        _ => None,
    };
    by_type.or_else(|| {
        let path = url?.split(['?', '#']).next()?.to_ascii_lowercase();
        match path.rsplit_once('.')?.1 {
            "vtt" => Some(Format::Vtt),
            "srt" => Some(Format::Srt),
            "json" => Some(Format::Json),
            "html" | "htm" => Some(Format::Html),
            "txt" => Some(Format::Text),
            _ => None,
        }
    })
}
