//! ID3v2.3 and 2.4 tags -> chapters (<https://id3.org/id3v2-chapters-1.0>).
//!
//! Read here rather than by a crate: those read all of a tag, pictures of several megabytes included, and go into chapters
//! within chapters as deep as a file says, until the stack ends.

use super::bytes::{Bytes, number};
use super::chapters::{in_order, mark, told};
use super::clock;
use super::warnings::Warnings;
use crate::model::Chapter;
use crate::text::decode_bytes;

/// As many frames of a tag are looked at.
const MOST_FRAMES: usize = 20_000;
/// As much of a chapter is read (bytes); what does not fit is its picture.
const LONGEST_CHAPTER: usize = 4 << 20;
/// As much of a tag is read where its bytes are escaped as a whole (bytes).
const LONGEST_ESCAPED: usize = 32 << 20;
/// A time that is not told.
const NO_TIME: u64 = 0xffff_ffff;

/// The chapters of the tag that a file begins with, by their times, of source `id3`, and what was wrong with them.
pub fn chapters(file: &mut dyn Bytes) -> (Vec<Chapter>, Vec<String>) {
    let mut warnings = Warnings::default();
    let mut found = Vec::new();
    if let Some(tag) = Tag::at(&file.read(0, 10)).filter(|tag| matches!(tag.version, 3 | 4)) {
        if tag.is_escaped && tag.version == 3 {
            let whole = unescaped(&file.read(10, tag.body.min(LONGEST_ESCAPED as u64) as usize));
            let end = whole.len() as u64;
            walk(&mut whole.as_slice(), &tag, 0..end, &mut found, &mut warnings);
        } else {
            let end = tag.body.saturating_add(10).min(file.length());
            walk(file, &tag, 10..end, &mut found, &mut warnings);
        }
    }
    // Frames may stand in any order.
    found.sort_by(|one: &Chapter, next: &Chapter| one.start_seconds.total_cmp(&next.start_seconds));
    (in_order(found, &mut warnings), warnings.finish())
}

/// How long the tag is that these bytes begin (bytes, with header and footer); 0 if they begin none.
pub fn tag_length(head: &[u8]) -> u64 {
    Tag::at(head).map_or(0, |tag| 10 + tag.body + if tag.has_footer { 10 } else { 0 })
}

/// The header of a tag.
struct Tag {
    version: u8,
    /// `ff 00` stands for `ff` ("unsynchronisation").
    is_escaped: bool,
    has_extension: bool,
    has_footer: bool,
    /// How long what follows the header is.
    body: u64,
}

impl Tag {
    fn at(head: &[u8]) -> Option<Self> {
        let [b'I', b'D', b'3', version, _, flags, size @ ..] = head else { return None };
        let body = small(size.get(..4)?)?;
        let (is_escaped, has_extension) = (flags & 0x80 != 0, flags & 0x40 != 0);
        Some(Self { version: *version, is_escaped, has_extension, has_footer: flags & 0x10 != 0, body })
    }
}

/// Four bytes of seven bits each.
fn small(bytes: &[u8]) -> Option<u64> {
    let sound = bytes.len() == 4 && bytes.iter().all(|byte| *byte < 0x80);
    sound.then(|| bytes.iter().fold(0, |sum, byte| sum << 7 | u64::from(*byte)))
}

fn walk(
    file: &mut dyn Bytes,
    tag: &Tag,
    span: std::ops::Range<u64>,
    found: &mut Vec<Chapter>,
    warnings: &mut Warnings,
) {
    let mut at = span.start;
    if tag.has_extension {
        let size = file.read(at, 4);
        // The size counts itself in version 4 only.
        let own = if tag.version == 4 { small(&size) } else { number(&size, 0, 4).map(|size| size + 4) };
        at += own.unwrap_or_default();
    }
    for _ in 0..MOST_FRAMES {
        let Some(frame) = Frame::at(file, tag, at, span.end) else { return };
        if frame.name == *b"CHAP" {
            let body = file.read(at + 10, frame.size.min(LONGEST_CHAPTER as u64) as usize);
            match frame.plain(tag, &body).and_then(|body| chapter(&body, tag)) {
                Some(chapter) => found.push(chapter),
                None => warnings.add(|| format!("id3: a chapter at byte {at} can't be read")),
            }
        }
        at += 10 + frame.size;
    }
    warnings.add(|| format!("id3: only the first {MOST_FRAMES} frames were looked at"));
}

/// The header of a frame.
struct Frame {
    name: [u8; 4],
    /// How long what follows the header is; no more than there is.
    size: u64,
    format: u8,
}

impl Frame {
    /// The frame at a place before `end`; none where padding begins.
    fn at(file: &mut dyn Bytes, tag: &Tag, at: u64, end: u64) -> Option<Self> {
        if at.checked_add(10)? > end {
            return None;
        }
        let head = file.read(at, 10);
        let name: [u8; 4] = head.get(..4)?.try_into().ok()?;
        let plain = number(&head, 4, 4)?;
        let room = end - at - 10;
        let size = match small(head.get(4..8)?).filter(|_| tag.version == 4) {
            // iTunes wrote plain sizes into version 4: the one after which a frame follows is right.
            Some(small) if small != plain => {
                let mut follows =
                    |size: u64| size <= room && begins_frame(&file.read(at + 10 + size, 4), size == room);
                if !follows(small) && follows(plain) { plain } else { small }
            }
            Some(small) => small,
            None => plain,
        };
        is_name(&name).then(|| Self { name, size: size.min(room), format: head[9] })
    }

    /// The content of a frame without escapes; `None` if it is compressed or encrypted.
    fn plain(&self, tag: &Tag, body: &[u8]) -> Option<Vec<u8>> {
        if tag.version == 3 {
            let from = usize::from(self.format & 0x20 != 0);
            return if self.format & 0xc0 == 0 { body.get(from..).map(<[u8]>::to_vec) } else { None };
        }
        let from = usize::from(self.format & 0x40 != 0) + if self.format & 0x01 != 0 { 4 } else { 0 };
        let body = body.get(from..).filter(|_| self.format & 0x0c == 0)?;
        Some(if self.format & 0x02 != 0 { unescaped(body) } else { body.to_vec() })
    }
}

fn is_name(name: &[u8]) -> bool {
    name.len() == 4 && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn begins_frame(next: &[u8], is_end: bool) -> bool {
    is_end || is_name(next) || next.first() == Some(&0)
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut after_ff = false;
    for byte in bytes {
        if !(after_ff && *byte == 0) {
            out.push(*byte);
        }
        after_ff = *byte == 0xff;
    }
    out
}

/// An element id, two times in milliseconds, two places in bytes, then frames of its own.
fn chapter(body: &[u8], tag: &Tag) -> Option<Chapter> {
    let times = body.iter().position(|byte| *byte == 0)? + 1;
    let start = number(body, times, 4).filter(|start| *start != NO_TIME)?;
    let end = number(body, times + 4, 4).filter(|end| *end != NO_TIME && *end >= start);
    let milliseconds = |time: u64| clock::sound(time as f64 / 1000.0);
    let mut chapter =
        Chapter { end_seconds: end.and_then(milliseconds), ..mark("id3", milliseconds(start)?) };
    let mut frames = body.get(times + 16..).unwrap_or_default();
    let (mut at, end) = (0, frames.len() as u64);
    for _ in 0..MOST_FRAMES {
        let Some(frame) = Frame::at(&mut frames, tag, at, end) else { break };
        if let Some(body) = wanted(frame.name).then(|| frames.read(at + 10, frame.size as usize)) {
            fill(&mut chapter, frame.name, &frame.plain(tag, &body).unwrap_or_default());
        }
        at += 10 + frame.size;
    }
    Some(chapter)
}

fn wanted(name: [u8; 4]) -> bool {
    name[0] == b'W' || name == *b"TIT2" || name == *b"TIT3"
}

fn fill(chapter: &mut Chapter, name: [u8; 4], body: &[u8]) {
    match &name {
        b"TIT2" => chapter.title = text(body).or(chapter.title.take()),
        b"TIT3" if chapter.title.is_none() => chapter.title = text(body),
        b"WXXX" => chapter.url = link(body).or(chapter.url.take()),
        [b'W', ..] if chapter.url.is_none() => chapter.url = told(&latin(body)),
        _ => {}
    }
}

/// An encoding, then text up to its end.
fn text(body: &[u8]) -> Option<String> {
    let (encoding, bytes) = body.split_first()?;
    told(&match encoding {
        1 => wide(bytes, bytes.starts_with(b"\xfe\xff")),
        2 => wide(bytes, true),
        _ => latin(bytes),
    })
}

/// An encoding, a description in it up to its end, then an address in Latin letters.
fn link(body: &[u8]) -> Option<String> {
    let (encoding, bytes) = body.split_first()?;
    let url = match encoding {
        1 | 2 => {
            let end = bytes.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0])?;
            bytes.get(end * 2 + 2..)?
        }
        _ => bytes.get(bytes.iter().position(|byte| *byte == 0)? + 1..)?,
    };
    told(&latin(url))
}

fn latin(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    decode_bytes(&bytes[..end], None).0.into_owned()
}

fn wide(bytes: &[u8], big: bool) -> String {
    let units = bytes.as_chunks::<2>().0.iter();
    let read = |unit: &[u8; 2]| if big { u16::from_be_bytes(*unit) } else { u16::from_le_bytes(*unit) };
    let units = units.map(read).take_while(|unit| *unit != 0).skip_while(|unit| *unit == 0xfeff);
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
