//! Lines -> parts: where each segment begins, and what it is for.

use std::ops::Range;

use super::habits::Habits;
use super::labels;
use super::lines::Line;
use super::text::trimmed;
use crate::model::SegmentKind::{self, Boilerplate, Extras, Intro, Joke, Links, People, Sponsor, Topic};

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
    /// What makes the lines after its heading belong to it.
    hold: Hold,
}

/// What a part keeps of the lines that say nothing themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// All, up to the next heading.
    Heading,
    /// A list right after it, and the rest of its own paragraph.
    Sentence,
    /// What stands deeper or in the same paragraph.
    Time,
    /// Whatever reads on.
    Prose,
}

/// Cuts lines into parts that cover them all.
pub(super) fn cut(lines: &[Line], habits: &Habits) -> Vec<Part> {
    let mut cutter = Cutter { lines, habits, parts: Vec::new(), group: None, pending: None };
    for at in 0..lines.len() {
        cutter.line(at);
    }
    cutter.finish()
}

struct Cutter<'a> {
    lines: &'a [Line],
    habits: &'a Habits,
    parts: Vec<Part>,
    /// The heading over the topics that follow.
    group: Option<String>,
    /// Where a group heading stands whose first topic has not come yet.
    pending: Option<usize>,
}

impl Cutter<'_> {
    fn line(&mut self, at: usize) {
        let line = &self.lines[at];
        if self.habits.numbered[at] {
            return self.numbered(at);
        }
        if self.habits.timed[at] {
            return self.timed(at);
        }
        if let Some((kind, title)) = self.label(at) {
            return self.labelled(at, kind, title);
        }
        if line.is_lead() && !self.is_under_label(line) && self.opens_topic(at) {
            return self.headed(at);
        }
        if line.is_top()
            && let Some(kind) = self.sentence(at)
        {
            let title =
                line.before_colon().filter(|_| kind == Sponsor).map(|title| trimmed(title).to_owned());
            return self.open(at, kind, title, Hold::Sentence);
        }
        self.unmarked(at);
    }

    fn numbered(&mut self, at: usize) {
        let line = &self.lines[at];
        let Some(found) = &line.numbered else { return };
        let mut title = trimmed(&line.text[found.title_at..]).to_owned();
        let mut heading = at..at + 1;
        if title.is_empty()
            && let Some(next) = self.lines.get(at + 1).filter(|next| next.is_top() && next.block.stands_out())
            && !self.habits.numbered[at + 1]
        {
            trimmed(&next.text).clone_into(&mut title);
            heading.end += 1;
        }
        let (number, presenter) = (found.number, found.presenter.clone());
        self.open(at, Topic, Some(title).filter(|title| !title.is_empty()), Hold::Heading);
        if let Some(part) = self.parts.last_mut() {
            (part.number, part.presenter, part.heading) = (Some(number), presenter, heading);
        }
    }

    fn timed(&mut self, at: usize) {
        let line = &self.lines[at];
        let Some(timed) = &line.timed else { return };
        let title = trimmed(&timed.title).to_owned();
        let ad = labels::exact(&title) == Some(Sponsor) || labels::opening(&title) == Some(Sponsor);
        let kind = if ad { Sponsor } else { Topic };
        let seconds = timed.seconds;
        self.open(at, kind, Some(title).filter(|title| !title.is_empty()), Hold::Time);
        if let Some(part) = self.parts.last_mut() {
            part.start_seconds = Some(seconds);
        }
    }

    /// A line that is a label or begins with one.
    fn label(&self, at: usize) -> Option<(SegmentKind, String)> {
        let line = &self.lines[at];
        if !line.is_top() {
            return None;
        }
        let whole = trimmed(&line.text);
        if line.is_lead() {
            let kind = labels::heading(line.before_colon().map_or(whole, trimmed))?;
            return (!self.is_inside_items(at) || line.is_heading() || kind != Links)
                .then(|| (kind, whole.to_owned()));
        }
        let alone =
            labels::exact(whole).or_else(|| line.ends_with_colon().then(|| labels::heading(whole)).flatten());
        if let Some(kind) = alone {
            return (!self.is_inside_items(at) || matches!(kind, Sponsor | Joke | Extras))
                .then(|| (kind, whole.to_owned()));
        }
        let label = line.before_colon().map(trimmed)?;
        let kind = labels::exact(label)?;
        let outside = !self.is_inside_items(at) || matches!(kind, Sponsor | Joke | Extras);
        outside.then(|| (kind, label.to_owned()))
    }

    /// Between the first numbered item and the last: what is said there is of the items.
    fn is_inside_items(&self, at: usize) -> bool {
        self.habits.first_number.is_some_and(|first| first < at)
            && self.habits.last_number.is_some_and(|last| at < last)
    }

    /// Names over the extras of one person, and headings below a labelled one.
    fn is_under_label(&self, line: &Line) -> bool {
        self.parts.last().is_some_and(|part| {
            matches!(part.kind, Extras | Joke | People | Boilerplate) && part.hold == Hold::Heading
        }) && self.habits.names_somebody(line)
    }

    fn labelled(&mut self, at: usize, kind: SegmentKind, title: String) {
        if kind == Intro && labels::is_group(&title) && self.leads_to_topic(at) {
            return self.group(at, title);
        }
        self.open(at, kind, Some(title), Hold::Heading);
    }

    /// Whether a heading without a known word opens something: among numbered items only real headings do.
    fn opens_topic(&self, at: usize) -> bool {
        let line = &self.lines[at];
        self.habits.first_number.is_none() || line.is_heading()
    }

    fn headed(&mut self, at: usize) {
        let title = trimmed(&self.lines[at].text).to_owned();
        if self.leads_to_topic(at) {
            return self.group(at, title);
        }
        let body = self.body(at);
        let kind = if self.parts.is_empty()
            && self.pending.is_none()
            && self.lines[at].block.shape == super::blocks::Shape::Heading(1)
        {
            Intro
        } else if !body.is_empty() && body.clone().all(|line| self.lines[line].is_links()) {
            Links
        } else {
            Topic
        };
        self.open(at, kind, Some(title), Hold::Heading);
    }

    /// The lines after a heading up to the next one.
    fn body(&self, at: usize) -> Range<usize> {
        let opens = |line: &usize| {
            self.habits.numbered[*line]
                || self.habits.timed[*line]
                || self.lines[*line].is_lead()
                || self.label(*line).is_some()
        };
        at + 1..(at + 1..self.lines.len()).find(opens).unwrap_or(self.lines.len())
    }

    /// A heading with nothing of its own before the next topic.
    fn leads_to_topic(&self, at: usize) -> bool {
        let Some(next) = self.lines.get(at + 1) else { return false };
        if self.habits.numbered[at + 1] || self.habits.timed[at + 1] {
            return true;
        }
        let deeper = match (self.lines[at].block.shape, next.block.shape) {
            (super::blocks::Shape::Heading(this), super::blocks::Shape::Heading(that)) => that > this,
            (super::blocks::Shape::Heading(_), _) => true,
            _ => false,
        };
        next.is_lead() && deeper && self.label(at + 1).is_none()
    }

    fn group(&mut self, at: usize, title: String) {
        self.group = Some(title);
        self.pending.get_or_insert(at);
    }

    fn sentence(&self, at: usize) -> Option<SegmentKind> {
        let line = &self.lines[at];
        if let Some(kind) = labels::opening(&line.text) {
            return (kind == Sponsor || !self.is_inside_items(at)).then_some(kind);
        }
        let free = self.parts.last().is_none_or(|part| match part.hold {
            Hold::Heading => matches!(part.kind, Links | People | Sponsor) && !line.block.joined,
            Hold::Time => !line.block.joined,
            Hold::Sentence | Hold::Prose => true,
        });
        (free && labels::is_standing(&line.text)).then_some(Boilerplate)
    }

    fn unmarked(&mut self, at: usize) {
        let line = &self.lines[at];
        let keeps = self.parts.last().is_some_and(|part| match part.hold {
            Hold::Heading | Hold::Prose => true,
            Hold::Sentence => {
                !line.is_top()
                    || line.block.joined && line.block.shape == self.lines[part.lines.start].block.shape
            }
            Hold::Time => self.stays_with_time(part, line),
        });
        if keeps && self.pending.is_none() {
            if let Some(part) = self.parts.last_mut() {
                part.lines.end = at + 1;
            }
        } else {
            self.open(at, Intro, None, Hold::Prose);
        }
    }

    fn stays_with_time(&self, part: &Part, line: &Line) -> bool {
        let first = &self.lines[part.lines.start].block;
        line.block.depth > 0 || line.block.joined || first.depth == 0
    }

    /// Begins a part, taking a waiting group heading into it.
    fn open(&mut self, at: usize, kind: SegmentKind, title: Option<String>, hold: Hold) {
        let mut start = at;
        let mut title = title;
        if let Some(pending) = self.pending.take() {
            start = pending;
            if kind != Topic {
                title = self.group.take().or(title);
            }
        }
        if kind != Topic {
            self.group = None;
        }
        self.parts.push(Part {
            kind,
            lines: start..at + 1,
            number: None,
            presenter: None,
            title,
            group: self.group.clone(),
            start_seconds: None,
            heading: at..at + 1,
            hold,
        });
    }

    fn finish(mut self) -> Vec<Part> {
        if let Some(pending) = self.pending.take() {
            let title = self.group.take();
            self.open(pending, Intro, title, Hold::Prose);
            if let Some(part) = self.parts.last_mut() {
                part.lines.end = self.lines.len();
            }
        }
        let mut merged: Vec<Part> = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            match merged.last_mut() {
                Some(last) if merges(last, &part) => last.lines.end = part.lines.end,
                _ => merged.push(part),
            }
        }
        merged
    }
}

/// Neighbours of one kind are one part, unless each has its own label; topics stay apart.
fn merges(last: &Part, part: &Part) -> bool {
    last.kind == part.kind && part.kind != Topic && (part.kind == Boilerplate || part.title.is_none())
}
