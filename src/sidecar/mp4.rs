//! MP4, M4A, M4B -> how long they play, and chapters: a text track that another refers to (QuickTime), else Nero's list.
//!
//! Read here rather than by a crate: only these boxes matter, wherever in the file they stand, and none is read further than
//! the file goes, whatever sizes it tells (ISO 14496-12, QuickTime File Format).

use super::bytes::{Bytes, number};
use super::chapters::{in_order, mark, told};
use super::clock;
use super::warnings::Warnings;
use crate::model::Chapter;
use crate::text::decode_bytes;

/// As many boxes of a file are looked at, and as many in a box.
const MOST_BOXES: usize = 10_000;
const MOST_INNER: usize = 200;
/// As many chapters are read.
const MOST_CHAPTERS: usize = 10_000;
/// As much of a table is read (bytes).
const LONGEST_TABLE: usize = 4 << 20;
/// As much of a title is read (bytes).
const LONGEST_TITLE: usize = 4096;

/// What a file tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Movie {
    /// How long its sound plays, else all of it (seconds).
    pub duration_seconds: Option<f64>,
    /// How many bytes of sound and pictures it holds.
    pub media_bytes: u64,
    /// By their times, of source `mp4`.
    pub chapters: Vec<Chapter>,
    /// What was wrong with it.
    pub warnings: Vec<String>,
}

/// Reads a file.
pub fn read(file: &mut dyn Bytes) -> Movie {
    let mut warnings = Warnings::default();
    let end = file.length();
    let boxes = boxes(file, 0, end, MOST_BOXES);
    let media_bytes =
        boxes.iter().filter(|part| part.name == *b"mdat").map(|part| part.end - part.start).sum();
    let Some(moov) = boxes.iter().find(|part| part.name == *b"moov") else {
        warnings.add(|| "mp4: no `moov` box".to_owned());
        return Movie { media_bytes, warnings: warnings.finish(), ..Movie::default() };
    };
    if boxes.iter().any(|part| part.is_cut) {
        warnings.add(|| "mp4: the file ends before its last box does".to_owned());
    }
    let tracks = tracks(file, moov);
    let mut found = tracked(file, &tracks);
    if found.is_empty() {
        found = listed(file, moov);
    }
    let sound = tracks.iter().find(|track| track.kind == *b"soun").and_then(|track| track.duration);
    let duration_seconds = sound.or_else(|| {
        let head = child(file, moov, *b"mvhd")?;
        duration(file, &head)
    });
    let chapters = in_order(found, &mut warnings);
    Movie { duration_seconds, media_bytes, chapters, warnings: warnings.finish() }
}

/// A part of a file: a length, a name, content.
#[derive(Debug, Clone, Copy)]
struct Part {
    name: [u8; 4],
    /// Where its content begins and ends.
    start: u64,
    end: u64,
    /// It says to be longer than what it stands in.
    is_cut: bool,
}

fn boxes(file: &mut dyn Bytes, from: u64, to: u64, most: usize) -> Vec<Part> {
    let (mut all, mut at) = (Vec::new(), from);
    while let Some(part) = part(file, at, to).filter(|_| all.len() < most) {
        all.push(part);
        at = part.end;
    }
    all
}

fn part(file: &mut dyn Bytes, at: u64, to: u64) -> Option<Part> {
    if at.checked_add(8)? > to {
        return None;
    }
    let head = file.read(at, 16);
    let name = head.get(4..8)?.try_into().ok()?;
    let (size, header) = match number(&head, 0, 4)? {
        0 => (to - at, 8),
        1 => (number(&head, 8, 8)?, 16),
        size => (size, 8),
    };
    let end = at.checked_add(size)?;
    (size >= header).then_some(Part { name, start: at + header, end: end.min(to), is_cut: end > to })
}

fn child(file: &mut dyn Bytes, part: &Part, name: [u8; 4]) -> Option<Part> {
    boxes(file, part.start, part.end, MOST_INNER).into_iter().find(|part| part.name == name)
}

fn descendant(file: &mut dyn Bytes, part: &Part, path: &[[u8; 4]]) -> Option<Part> {
    path.iter().try_fold(*part, |part, name| child(file, &part, *name))
}

fn content(file: &mut dyn Bytes, part: &Part, most: usize) -> Vec<u8> {
    file.read(part.start, part.end.saturating_sub(part.start).min(most as u64) as usize)
}

struct Track {
    id: u64,
    /// `soun`, `vide`, `text`.
    kind: [u8; 4],
    /// Seconds.
    duration: Option<f64>,
    /// The tracks that hold its chapters.
    chapters: Vec<u64>,
    media: Part,
}

fn tracks(file: &mut dyn Bytes, moov: &Part) -> Vec<Track> {
    let all = boxes(file, moov.start, moov.end, MOST_INNER)
        .into_iter()
        .filter(|part| part.name == *b"trak")
        .take(100);
    all.collect::<Vec<_>>().iter().filter_map(|part| track(file, part)).collect()
}

fn track(file: &mut dyn Bytes, trak: &Part) -> Option<Track> {
    let head = child(file, trak, *b"tkhd")?;
    let head = content(file, &head, 32);
    let id = number(&head, if head.first() == Some(&1) { 20 } else { 12 }, 4)?;
    let media = child(file, trak, *b"mdia")?;
    let handler = child(file, &media, *b"hdlr")?;
    let kind = content(file, &handler, 12).get(8..12)?.try_into().ok()?;
    let clock = child(file, &media, *b"mdhd")?;
    let duration = duration(file, &clock);
    let named = descendant(file, trak, &[*b"tref", *b"chap"]);
    let named = named.map(|named| content(file, &named, 400)).unwrap_or_default();
    let chapters = named.as_chunks::<4>().0.iter().map(|id| u64::from(u32::from_be_bytes(*id))).collect();
    Some(Track { id, kind, duration, chapters, media })
}

/// The units a second that `mvhd` and `mdhd` count in, and how many of them.
fn clock_of(file: &mut dyn Bytes, part: &Part) -> Option<(u64, u64)> {
    let head = content(file, part, 32);
    match head.first()? {
        1 => Some((number(&head, 20, 4)?, number(&head, 24, 8)?)),
        _ => Some((number(&head, 12, 4)?, number(&head, 16, 4)?)),
    }
}

fn duration(file: &mut dyn Bytes, part: &Part) -> Option<f64> {
    let (units, length) = clock_of(file, part).filter(|(units, length)| *units > 0 && *length > 0)?;
    clock::sound(length as f64 / units as f64)
}

/// The chapters of the text track that another track names.
fn tracked(file: &mut dyn Bytes, tracks: &[Track]) -> Vec<Chapter> {
    let named = tracks.iter().flat_map(|track| &track.chapters);
    let mut texts = named.filter_map(|id| tracks.iter().find(|track| track.id == *id));
    let text = texts.find(|track| matches!(&track.kind, b"text" | b"sbtl"));
    text.and_then(|track| samples(file, track)).unwrap_or_default()
}

fn samples(file: &mut dyn Bytes, track: &Track) -> Option<Vec<Chapter>> {
    let clock = child(file, &track.media, *b"mdhd")?;
    let (units, _) = clock_of(file, &clock).filter(|(units, _)| *units > 0)?;
    let table = descendant(file, &track.media, &[*b"minf", *b"stbl"])?;
    let mut part = |name: [u8; 4]| child(file, &table, name).map(|part| content(file, &part, LONGEST_TABLE));
    let (times, groups, sizes) = (part(*b"stts")?, part(*b"stsc")?, part(*b"stsz")?);
    let (chunks, width) = part(*b"stco").map(|chunks| (chunks, 4)).or_else(|| Some((part(*b"co64")?, 8)))?;
    let sizes = sizes_of(&sizes)?;
    let places = places(&sizes, &groups, &chunks, width);
    let lengths = lengths(&times, places.len());
    let (mut at, mut found) = (0_u64, Vec::new());
    for ((place, size), length) in places.into_iter().zip(lengths) {
        let end = at.saturating_add(length);
        let seconds = |units_in: u64| clock::sound(units_in as f64 / units as f64);
        let sample = file.read(place, size.min(LONGEST_TITLE as u64) as usize);
        let Some(start) = seconds(at) else { break };
        found.push(Chapter { end_seconds: seconds(end), title: title(&sample), ..mark("mp4", start) });
        at = end;
    }
    Some(found)
}

/// `stsz`: one size for all, or a list.
fn sizes_of(table: &[u8]) -> Option<Vec<u64>> {
    let (same, count) = (number(table, 4, 4)?, number(table, 8, 4)?);
    let count = count.min(MOST_CHAPTERS as u64) as usize;
    if same > 0 {
        return Some(vec![same; count]);
    }
    let listed = table.get(12..)?.as_chunks::<4>().0.iter().take(count);
    Some(listed.map(|size| u64::from(u32::from_be_bytes(*size))).collect())
}

/// Where each sample stands and how long it is: `stsc` tells how many are in a chunk, `stco` or `co64` where chunks begin.
fn places(sizes: &[u64], groups: &[u8], chunks: &[u8], width: usize) -> Vec<(u64, u64)> {
    let groups = groups.get(8..).unwrap_or_default().as_chunks::<12>().0;
    let first = |at: usize| groups.get(at).and_then(|group| number(group, 0, 4));
    let (mut places, mut sizes, mut group) = (Vec::new(), sizes.iter(), 0);
    for (at, chunk) in chunks.get(8..).unwrap_or_default().chunks_exact(width).enumerate() {
        while first(group + 1).is_some_and(|first| first <= at as u64 + 1) {
            group += 1;
        }
        let mut place = number(chunk, 0, width).unwrap_or_default();
        let count = groups.get(group).and_then(|group| number(group, 4, 4)).unwrap_or(1);
        for size in sizes.by_ref().take(count as usize) {
            places.push((place, *size));
            place = place.saturating_add(*size);
        }
        if sizes.len() == 0 {
            break;
        }
    }
    places
}

/// `stts`: how many samples last how long.
fn lengths(table: &[u8], count: usize) -> Vec<u64> {
    let runs = table.get(8..).unwrap_or_default().as_chunks::<8>().0.iter();
    let each = runs.flat_map(|run| {
        let many = number(run, 0, 4).unwrap_or_default().min(count as u64) as usize;
        std::iter::repeat_n(number(run, 4, 4).unwrap_or_default(), many)
    });
    each.take(count).collect()
}

/// A length of two bytes, then text.
fn title(sample: &[u8]) -> Option<String> {
    let length = number(sample, 0, 2)? as usize;
    let text = sample.get(2..)?;
    told(&decode_bytes(&text[..length.min(text.len())], None).0)
}

/// Nero's `chpl`: times in ten millionths of a second, titles of up to 255 bytes.
fn listed(file: &mut dyn Bytes, moov: &Part) -> Vec<Chapter> {
    let Some(part) = descendant(file, moov, &[*b"udta", *b"chpl"]) else { return Vec::new() };
    let list = content(file, &part, LONGEST_TABLE);
    // Version 1 has four more bytes before the count.
    let mut at = if list.first() == Some(&1) { 9 } else { 5 };
    let mut found = Vec::new();
    while let Some(length) = number(&list, at + 8, 1).filter(|_| found.len() < MOST_CHAPTERS) {
        let length = length as usize;
        let (time, name) = (number(&list, at, 8).unwrap_or_default(), list.get(at + 9..at + 9 + length));
        let (Some(start), Some(name)) = (clock::sound(time as f64 / 1e7), name) else { break };
        found.push(Chapter { title: told(&decode_bytes(name, None).0), ..mark("mp4", start) });
        at += 9 + length;
    }
    found
}
