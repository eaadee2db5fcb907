//! An episode as a page: what it is, then its notes in order.

use std::collections::HashSet;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::clock;
use super::opening::{Opening, letters};
use super::words::Words;
use super::wrap::{self, Span, Style};
use crate::archive::{EpisodeDetail, SegmentDetail};
use crate::cli::find::title;
use crate::cli::look::Look;
use crate::notes::{Layout, Row, Run, Shape};
use crate::report::human_bytes;

/// Deeper lists are not set in further.
const DEEPEST: u8 = 12;

/// The page of an episode.
pub(super) fn page(episode: &EpisodeDetail, look: Look) -> String {
    let mut page = Page { look, out: String::new(), in_list: false, section: None };
    page.header(episode);
    let layout = Layout::of(episode.notes_html.as_deref().unwrap_or_default());
    let mut group = None;
    for segment in &episode.segments {
        page.segment(layout, segment, group);
        group = segment.group_title.as_deref();
    }
    page.out
}

struct Page {
    look: Look,
    out: String,
    /// The segment before is a topic of one line.
    in_list: bool,
    /// The kind and title of the segment before, and how far its body is set in.
    section: Option<(String, Option<String>, usize)>,
}

impl Page {
    fn header(&mut self, episode: &EpisodeDetail) {
        let title = Run { text: title(episode), link: episode.link.clone(), ..Run::default() };
        self.runs("", &[title], Style { bold: true, ..Style::default() });
        let mut line = episode.show.clone();
        if let Some(at) = episode.published_at {
            let _ = write!(line, ", {}", at.format("%-d %B %Y"));
        }
        if let Some(seconds) = episode.duration_seconds {
            let _ = write!(line, ", {}", clock(seconds));
        }
        if let Some(at) = episode.gone_at {
            let _ = write!(line, ", left the feed on {}", at.format("%-d %B %Y"));
        }
        self.line(&line);
        for (role, word) in [("guest", "with"), ("host", "hosted by")] {
            let people = episode.people.iter().filter(|(_, of)| of == role);
            let names: Vec<_> = people.map(|(name, _)| name.as_str()).collect();
            if !names.is_empty() {
                self.line(&format!("{word} {}", names.join(", ")));
            }
        }
        if !episode.sponsors.is_empty() {
            let names: Vec<_> = episode.sponsors.iter().map(|(name, _)| name.as_str()).collect();
            self.line(&format!("paid for by {}", names.join(", ")));
        }
        let Some(audio) = &episode.audio else { return self.line("no audio captured") };
        self.as_is(&format!("{} ({}, {})", audio.path, human_bytes(audio.size_bytes), audio.state));
        self.as_is(&format!("sha256 {}", audio.sha256));
    }

    fn line(&mut self, text: &str) {
        wrap::push(&mut self.out, self.look, "", &[Span::new(text, Style::default())]);
    }

    /// A line that is not wrapped: somebody may want to copy it.
    fn as_is(&mut self, text: &str) {
        wrap::push(&mut self.out, self.look, "", &[Span::new(text, Style::default()).whole(true)]);
    }

    fn segment(&mut self, layout: Layout, segment: &SegmentDetail, group: Option<&str>) {
        let rows = rows(layout, segment);
        let opening = Opening::of(segment, &rows, group);
        let style = Style { dim: segment.kind == "boilerplate", ..Style::default() };
        let bold = Style { bold: !style.dim, ..style };
        // Topics of one line each, such as times in the audio, are a list.
        let lines = usize::from(opening.heading.is_some()) + opening.body.len();
        let in_list = segment.kind == "topic" && lines == 1;
        if !(in_list && self.in_list && opening.group.is_none()) {
            self.out.push('\n');
        }
        self.in_list = in_list;
        if let Some(group) = &opening.group {
            self.heading(group, bold);
            self.line(&"-".repeat(width(group).min(self.look.width.unwrap_or(usize::MAX))));
        }
        // Extras of several persons are segments of one section: they stand alike under its heading.
        let goes_on = |(kind, title, _): &&(String, Option<String>, usize)| {
            *kind == segment.kind && title.is_some() && *title == segment.title
        };
        let indent = match self.section.as_ref().filter(goes_on) {
            Some((.., indent)) if opening.heading.is_none() => *indent,
            _ if opening.heading.is_some() => 2,
            _ => 0,
        };
        self.section = Some((segment.kind.clone(), segment.title.clone(), indent));
        if let Some(heading) = &opening.heading {
            self.heading(heading, bold);
        }
        for (at, row) in opening.body.iter().enumerate() {
            if row.parted && at > 0 {
                self.out.push('\n');
            }
            self.row(row, indent, opening.depth, style);
        }
    }

    /// A row of a body that is set in by so much and stands in so many lists.
    fn row(&mut self, row: &Row, indent: usize, depth: u8, style: Style) {
        let depth = row.depth.saturating_sub(depth).min(DEEPEST);
        let spaces = |more: usize| " ".repeat(indent + 2 * usize::from(depth.saturating_sub(1)) + more);
        match row.shape {
            Shape::Code => self.code(row, &spaces(4), style),
            Shape::Item(Some(number)) => self.runs(&format!("{}{number}. ", spaces(0)), &row.runs, style),
            Shape::Item(None) => self.runs(&(spaces(0) + "- "), &row.runs, style),
            Shape::Heading => self.runs(&spaces(0), &row.runs, Style { bold: !style.dim, ..style }),
            Shape::Paragraph if depth > 0 => self.runs(&spaces(2), &row.runs, style),
            Shape::Paragraph | Shape::Cells => self.runs(&spaces(0), &row.runs, style),
        }
    }

    /// Code is neither wrapped nor collapsed.
    fn code(&mut self, row: &Row, indent: &str, style: Style) {
        let look = Look { width: None, ..self.look };
        for line in row.text().lines() {
            let span = Span::new(&line.replace('\t', "    "), Style { code: true, ..style });
            wrap::push(&mut self.out, look, indent, &[span]);
        }
        let plain = Look { hyperlinks: false, ..look };
        self.addresses(indent, Words::of(&row.runs, plain, style).under);
    }

    /// Words after `first`, and under them the addresses that they do not tell.
    fn runs(&mut self, first: &str, runs: &[Run], style: Style) {
        let words = Words::of(runs, self.look, style);
        wrap::push(&mut self.out, self.look, first, &words.spans);
        self.addresses(&" ".repeat(first.len()), words.under);
    }

    /// A heading; its addresses are set in like its body.
    fn heading(&mut self, runs: &[Run], style: Style) {
        let words = Words::of(runs, self.look, style);
        wrap::push(&mut self.out, self.look, "", &words.spans);
        self.addresses("  ", words.under);
    }

    fn addresses(&mut self, indent: &str, addresses: Vec<String>) {
        let look = Look { width: None, ..self.look };
        for address in addresses {
            wrap::push(&mut self.out, look, indent, &[Span::new(&address, Style::default())]);
        }
    }
}

/// The rows of a segment: laid out as its source is, as long as that says what the archive does; else its text. No link that
/// the archive has is missing.
fn rows(layout: Layout, segment: &SegmentDetail) -> Vec<Row> {
    let mut rows = layout.rows(&segment.html);
    let said: String = rows.iter().map(Row::text).collect();
    if letters(&said) != letters(&segment.text) {
        let lines = segment.text.lines().filter(|line| !line.trim().is_empty());
        rows = lines.map(|line| paragraph(line, None)).collect();
    }
    add_missing_links(&mut rows, segment);
    rows
}

/// Relative links: the archive knows what they are relative to.
fn add_missing_links(rows: &mut Vec<Row>, segment: &SegmentDetail) {
    let told: HashSet<String> =
        rows.iter().flat_map(|row| &row.runs).filter_map(|run| run.link.clone()).collect();
    for (url, words) in segment.links.iter().filter(|(url, _)| !told.contains(url)) {
        let words = words.as_deref().unwrap_or(url);
        let mut runs = rows.iter_mut().flat_map(|row| &mut row.runs);
        match runs.find(|run| run.link.is_none() && run.text.trim() == words) {
            Some(run) => run.link = Some(url.clone()),
            None => rows.push(paragraph(words, Some(url))),
        }
    }
}

fn width(runs: &[Run]) -> usize {
    runs.iter().map(|run| run.text.width()).sum()
}

fn paragraph(text: &str, link: Option<&String>) -> Row {
    let run = Run { text: text.to_owned(), link: link.cloned(), ..Run::default() };
    Row { shape: Shape::Paragraph, depth: 0, parted: false, runs: vec![run] }
}
