//! A part of the notes, before its words become those of a segment.

use std::ops::Range;

use crate::model::SegmentKind;

/// A segment as a range of lines.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) kind: SegmentKind,
    pub(super) lines: Range<usize>,
    pub(super) number: Option<i64>,
    pub(super) presenter: Option<String>,
    pub(super) title: Option<String>,
    pub(super) group: Option<String>,
    pub(super) start_seconds: Option<f64>,
    /// The lines that hold its title, the first link of which is its `url`.
    pub(super) heading: Range<usize>,
    /// How high its heading stands: 1 to 6, then bold lines, then the rest.
    pub(super) level: u8,
    /// What makes the lines after its heading belong to it.
    pub(super) hold: Hold,
}

/// What a part keeps of the lines that say nothing themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// All, up to the next heading.
    Heading,
    /// A list right after it, and the rest of its own paragraph.
    Sentence,
    /// What stands deeper or in the same paragraph.
    Time,
    /// Whatever reads on.
    Prose,
    /// More links.
    Links,
    /// Nothing more: a rule was drawn under it.
    Closed,
}
