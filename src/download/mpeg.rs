//! How long MP3 and AAC streams play. Crates take the first frame's bit rate for all; streams of podcasts vary it, and hosts
//! that put advertisements in leave a header in place that speaks of the file before.
//!
//! In this order: the count of frames in a Xing, Info or VBRI header, if the length beside it is that of the file; all frames
//! of a small file; else frames at several places, which is exact where the bit rate does not vary and an estimate where it does.

use super::frames::{Frame, Kind, frame, pair};
use crate::sidecar::{Bytes, id3};

/// Streams up to this length (bytes) are counted frame by frame.
const COUNTED: u64 = 1 << 20;
/// Longer ones are looked at in so many places, for so long (bytes).
const PLACES: u64 = 64;
const PLACE: usize = 8 << 10;
/// How far behind its tags the first frame of a stream is looked for (bytes).
const FIRST_WITHIN: usize = 64 << 10;

/// What was measured.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Measured {
    /// Seconds.
    pub(super) duration: f64,
    /// How many bytes of sound.
    pub(super) bytes: u64,
    /// What a reader should know of the measure.
    pub(super) remark: Option<&'static str>,
}

/// Measures a stream; `None` where no frames are found.
pub(super) fn measure(file: &mut dyn Bytes) -> Option<Measured> {
    let (start, end) = span(file);
    let head = file.read(start, FIRST_WITHIN);
    let lead = first_frame(&head)?;
    let first = frame(&head[lead..])?;
    let start = start + lead as u64;
    let bytes = end.saturating_sub(start);
    let header = told(&head[lead..], first);
    if let Some(told) = header.filter(|told| told.is_of(bytes)) {
        return Some(Measured { duration: told.duration, bytes, remark: None });
    }
    let stale = header.map(|_| "its header tells the length of another stream; it was measured instead");
    let mut sum = Sum::default();
    if bytes <= COUNTED {
        sum.add(&file.read(start, bytes as usize), first.kind);
        return Some(Measured { duration: sum.seconds, bytes, remark: stale });
    }
    for place in 0..PLACES {
        // Not quite evenly spread, lest they keep step with a pattern of the stream.
        let step = bytes.saturating_sub(2 * PLACE as u64) / (PLACES - 1);
        let at = start + step * place + place * place * 1009 % PLACE as u64;
        sum.add(&file.read(at, PLACE), first.kind);
    }
    let estimated =
        sum.varies.then_some("its bit rate varies and no header tells its length, which is an estimate");
    let duration = bytes as f64 * sum.seconds / sum.bytes as f64;
    (sum.bytes > 0).then_some(Measured { duration, bytes, remark: stale.or(estimated) })
}

/// Where the first frame is: chance may look like two in a row, but not like three.
fn first_frame(head: &[u8]) -> Option<usize> {
    let pairs = || (0..head.len()).filter(|at| pair(&head[*at..]).is_some());
    let is_third = |at: &usize| {
        let next = frame(&head[*at..]).and_then(|first| head.get(at + first.length..));
        next.and_then(pair).is_some()
    };
    pairs().find(is_third).or_else(|| pairs().next())
}

/// Where the sound begins and ends: after tags in front (there may be several), before one at the end.
fn span(file: &mut dyn Bytes) -> (u64, u64) {
    let (mut start, mut end) = (0, file.length());
    for _ in 0..4 {
        match id3::tag_length(&file.read(start, 10)) {
            0 => break,
            length => start = (start + length).min(end),
        }
    }
    if end.checked_sub(128).is_some_and(|at| at >= start && file.read(at, 3) == b"TAG") {
        end -= 128;
    }
    (start, end)
}

/// What the first frame tells of the stream.
#[derive(Debug, Clone, Copy)]
struct Told {
    duration: f64,
    bytes: Option<u64>,
}

impl Told {
    /// Whether it speaks of a stream this long: within a fiftieth, or without a length, of a bit rate that there is.
    fn is_of(self, bytes: u64) -> bool {
        match self.bytes {
            Some(told) => told.abs_diff(bytes) <= bytes / 50 + 4096,
            None => (4_000.0..=400_000.0).contains(&(bytes as f64 * 8.0 / self.duration)),
        }
    }
}

/// Reads the header that programs put into a first frame without sound.
fn told(bytes: &[u8], first: Frame) -> Option<Told> {
    let frame = bytes.get(..first.length)?;
    let number = |at: usize| Some(u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?));
    let find = |name: &[u8]| frame.windows(4).take(64).position(|window| window == name);
    let (frames, bytes) = if let Some(at) = find(b"Xing").or_else(|| find(b"Info")) {
        let flags = number(at + 4)?;
        let frames = number(at + 8).filter(|_| flags & 1 != 0)?;
        (frames, number(at + 12).filter(|_| flags & 2 != 0))
    } else {
        let at = find(b"VBRI")?;
        (number(at + 14)?, number(at + 10))
    };
    let duration = f64::from(frames) * f64::from(first.samples) / f64::from(first.rate);
    (frames > 0).then_some(Told { duration, bytes: bytes.filter(|bytes| *bytes > 0).map(u64::from) })
}

/// Frames added up.
#[derive(Debug, Default)]
struct Sum {
    bytes: u64,
    seconds: f64,
    bitrate: Option<u32>,
    varies: bool,
}

impl Sum {
    /// Adds the frames of a kind; what lies between them is passed over.
    fn add(&mut self, bytes: &[u8], kind: Kind) {
        let mut at = 0;
        let mut is_lost = true;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            // Where the thread was lost, chance looks like a frame: two in a row are asked for.
            let found = if is_lost { pair(rest) } else { frame(rest) };
            // The last one counts though it is cut: else long frames would be counted too seldom.
            let found = found.filter(|found| found.kind == kind);
            is_lost = found.is_none();
            at += match found {
                Some(found) => self.take(found),
                None => 1 + memchr::memchr(0xff, &rest[1..]).unwrap_or(rest.len()),
            };
        }
    }

    /// Adds a frame; how long it is.
    fn take(&mut self, frame: Frame) -> usize {
        self.bytes += frame.length as u64;
        self.seconds += f64::from(frame.samples) / f64::from(frame.rate);
        self.varies |=
            frame.kind == Kind::Adts || self.bitrate.is_some_and(|before| frame.bitrate != Some(before));
        self.bitrate = frame.bitrate;
        frame.length
    }
}
