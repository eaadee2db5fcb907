//! JSON transcripts -> cues: of the podcast namespace (`segments` of `startTime`, `endTime`, `speaker`, `body`) and of the
//! programs that listen, whose names for the same things differ.

use serde_json::{Map, Value};

use super::clock;
use super::error::Error;
use super::markup::joined;
use super::prose;
use super::transcript::Rows;
use crate::model::Cue;

/// What a list of rows is called, most telling first.
const LISTS: [&str; 12] = [
    "segments",
    "cues",
    "utterances",
    "transcription",
    "chunks",
    "captions",
    "entries",
    "monologues",
    "paragraphs",
    "transcript",
    "items",
    "words",
];
/// What the lists lie in.
const AROUND: [&str; 8] =
    ["results", "result", "data", "response", "transcript", "transcription", "channels", "alternatives"];
const STARTS: [&str; 9] =
    ["startTime", "start", "start_time", "startSeconds", "start_seconds", "from", "begin", "ts", "timestamp"];
const ENDS: [&str; 8] = ["endTime", "end", "end_time", "endSeconds", "end_seconds", "to", "end_ts", "stop"];
const STARTS_MS: [&str; 4] = ["startMs", "start_ms", "tStartMs", "offsetMs"];
const ENDS_MS: [&str; 2] = ["endMs", "end_ms"];
const SPEAKERS: [&str; 6] =
    ["speaker", "speakerName", "speaker_name", "speaker_label", "speakerLabel", "speaker_id"];
const TEXTS: [&str; 8] =
    ["body", "text", "content", "transcript", "utterance", "punctuated_word", "word", "value"];

/// How deep lists are looked for.
const DEEPEST: usize = 6;

/// Whether a text means to be JSON; `[00:01] Anna` does not.
pub(super) fn begins(text: &str) -> bool {
    let inner = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || inner.is_some_and(|inner| inner.starts_with(['{', '[', ']']))
}

/// Reads the cues of a JSON document.
pub(super) fn read(text: &str, rows: &mut Rows) -> Result<(), Error> {
    let document: Value = serde_json::from_str(text).map_err(|error| Error::BadJson(error.to_string()))?;
    let Some(list) = list(&document, DEEPEST) else {
        return match whole(&document) {
            Some(words) => prose::read(words, rows),
            None => Err(no_transcript(&document)),
        };
    };
    let in_ms = is_in_ms(&document, list);
    for (at, row) in list.iter().enumerate() {
        match cue(row, in_ms) {
            Some(cue) => rows.push(cue),
            None => rows.warnings.add(|| format!("row {}: no words or no time, so it is left out", at + 1)),
        }
    }
    Ok(())
}

fn no_transcript(document: &Value) -> Error {
    let keys = document.as_object().map(|map| map.keys().take(5).cloned().collect()).unwrap_or_default();
    Error::Json { wanted: "a transcript", keys }
}

/// The list of rows in a document.
fn list(value: &Value, depth: usize) -> Option<&Vec<Value>> {
    match value {
        Value::Array(rows) if rows.iter().take(20).any(|row| cue(row, false).is_some()) => Some(rows),
        Value::Array(rows) if depth > 0 => list(rows.first()?, depth - 1),
        Value::Object(map) if depth > 0 => {
            let by_name = LISTS.iter().chain(&AROUND).filter_map(|name| map.get(*name));
            by_name
                .filter(|value| value.is_array() || value.is_object())
                .find_map(|value| list(value, depth - 1))
        }
        _ => None,
    }
}

/// A transcript that is one text, in JSON.
fn whole(document: &Value) -> Option<&str> {
    ["transcript", "text", "content"].iter().find_map(|name| document.get(name)?.as_str())
}

/// AssemblyAI counts milliseconds and does not say so: its `utterances` and `words` have whole numbers only.
fn is_in_ms(document: &Value, list: &[Value]) -> bool {
    let named = document.get("audio_duration").is_some()
        && (document.get("utterances").is_some() || document.get("words").is_some());
    named && list.iter().all(|row| row.get("start").is_some_and(Value::is_u64))
}

fn cue(row: &Value, in_ms: bool) -> Option<Cue> {
    let row = row.as_object()?;
    let factor = if in_ms { 1000.0 } else { 1.0 };
    let inner = |name: &str| row.get(name).and_then(Value::as_object);
    let pair = |at: usize| row.get("timestamp")?.as_array()?.get(at);
    let times = inner("timestamps").unwrap_or(row);
    let elements = row.get("elements").and_then(Value::as_array);
    let first = elements.and_then(|all| all.iter().find_map(|one| time(one.as_object()?, &STARTS, 1.0)));
    let last = elements.and_then(|all| all.iter().rev().find_map(|one| time(one.as_object()?, &ENDS, 1.0)));
    let start = time(times, &STARTS, factor)
        .or_else(|| time(row, &STARTS_MS, 1000.0))
        .or_else(|| pair(0).and_then(seconds))
        .or(first)?;
    let end = time(times, &ENDS, factor)
        .or_else(|| time(row, &ENDS_MS, 1000.0))
        .or_else(|| pair(1).and_then(seconds))
        .or_else(|| row.get("duration").and_then(seconds).map(|length| start + length / factor))
        .or(last);
    let text = words(row)?;
    let end_seconds = end.filter(|end| *end >= start);
    Some(Cue { start_seconds: start, end_seconds, speaker: speaker(row), text })
}

fn time(row: &Map<String, Value>, names: &[&str], parts: f64) -> Option<f64> {
    names.iter().find_map(|name| seconds(row.get(*name)?)).map(|time| time / parts)
}

/// A number, or a time as text.
fn seconds(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64().filter(|number| (0.0..1e9).contains(number)),
        Value::String(text) => clock::whole(text),
        _ => None,
    }
}

fn words(row: &Map<String, Value>) -> Option<String> {
    let text = TEXTS.iter().find_map(|name| row.get(*name)?.as_str()).map(joined);
    let parts = || {
        let elements = row.get("elements").or_else(|| row.get("sentences"))?.as_array()?;
        let texts = elements.iter().filter_map(|one| TEXTS.iter().find_map(|name| one.get(*name)?.as_str()));
        let between = if row.contains_key("sentences") { " " } else { "" };
        Some(joined(&texts.collect::<Vec<_>>().join(between)))
    };
    text.or_else(parts).filter(|text| !text.is_empty())
}

/// A name, a number, or `{"name": ...}`.
fn speaker(row: &Map<String, Value>) -> Option<String> {
    let name = match SPEAKERS.iter().find_map(|name| row.get(*name).filter(|value| !value.is_null()))? {
        Value::String(name) => joined(name),
        Value::Number(number) => number.to_string(),
        Value::Object(map) => joined(map.get("name")?.as_str()?),
        _ => return None,
    };
    (!name.is_empty()).then_some(name)
}
