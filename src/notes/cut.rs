//! Lines -> parts: where each segment begins, and what it is for.

use std::ops::Range;

use super::blocks::Shape;
use super::habits::Habits;
use super::labels;
use super::lines::Line;
use super::numbered::Style;
use super::text::trimmed;
use super::{outline, titles};
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
    /// How high its heading stands: 1 to 6, then bold lines, then the rest.
    level: u8,
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
    /// More links.
    Links,
}

/// More words than this are a sentence.
const PROSE: usize = 20;
/// A line with a link and more words than this is prose.
const LONGEST_REFERENCE: usize = 14;
/// A label on a longer line is part of a sentence.
const LONGEST_REST: usize = 80;

/// Cuts lines into parts that cover them all.
pub(super) fn cut(lines: &[Line], habits: &Habits) -> Vec<Part> {
    let mut cutter =
        Cutter { lines, habits, parts: Vec::new(), group: None, pending: None, outline: 0..0, taken: 0 };
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
    /// The list being cut into topics.
    outline: Range<usize>,
    /// Lines before this one are part of a title already read.
    taken: usize,
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
        if self.is_reference_heading(at) {
            return self.unmarked(at);
        }
        if at < self.taken {
            return self.unmarked(at);
        }
        if self.is_group_label(at) {
            return self.group(at, trimmed(&line.text).to_owned());
        }
        if let Some((kind, title)) = self.label(at) {
            return self.labelled(at, kind, title);
        }
        if line.is_lead() && !self.is_under_label(at) && self.opens_topic(at) {
            return self.headed(at);
        }
        if self.is_list_label(at) {
            return self.list_label(at);
        }
        if line.block.shape == Shape::Entry {
            return self.entry(at);
        }
        if self.enters_outline(at) {
            self.outline = at..outline::end(self.lines, at);
        }
        if self.outline.contains(&at) && outline::is_entry(self.lines, at) {
            return self.entry(at);
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
        let mut title = match found.style {
            Style::Plain | Style::Hash => titles::of_item(line, found.title_at),
            Style::Named | Style::LowerCase | Style::MaybeNamed => {
                titles::without_markdown(trimmed(&line.text[found.title_at..]))
            }
        };
        let mut heading = at..at + 1;
        if title.is_empty()
            && let Some(next) = self
                .lines
                .get(at + 1)
                .filter(|next| next.is_heading() || next.is_top() && next.block.stands_out())
            && !self.habits.numbered[at + 1]
        {
            trimmed(&next.text).clone_into(&mut title);
            heading.end += 1;
            self.taken = heading.end;
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
        let short = title.split(' ').count() <= 3;
        let ad =
            short && labels::heading(&title) == Some(Sponsor) || labels::opening(&title) == Some(Sponsor);
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
            let kind = line.announces()?;
            let named = line.before_colon().map(trimmed).filter(|_| matches!(kind, People | Sponsor));
            return (!self.is_inside_items(at) || line.is_heading() || kind != Links)
                .then(|| (kind, named.unwrap_or(whole).to_owned()));
        }
        let heads = line.ends_with_colon() || self.heads_list(at);
        let alone = labels::exact(whole).or_else(|| heads.then(|| labels::heading(whole)).flatten());
        if let Some(kind) = alone {
            let named = line.before_colon().map(trimmed).filter(|_| matches!(kind, People | Sponsor));
            return (!self.is_inside_items(at) || matches!(kind, Sponsor | Joke | Extras))
                .then(|| (kind, named.unwrap_or(whole).to_owned()));
        }
        let label = line.before_colon().map(trimmed)?;
        let kind = labels::exact(label)?;
        let rest = line.text.len() - label.len();
        if rest > LONGEST_REST && !matches!(kind, Joke | Sponsor | People) {
            return None;
        }
        let outside = !self.is_inside_items(at) || matches!(kind, Sponsor | Joke | Extras);
        outside.then(|| (kind, label.to_owned()))
    }

    /// A short line without a verdict of its own, over a list or a name.
    fn heads_list(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.words() <= 6
            && !line.text.ends_with(['.', '!', '?'])
            && self.lines.get(at + 1).is_some_and(|next| next.is_item() || self.habits.names_somebody(next))
    }

    /// A heading that is a link, below a heading over links.
    fn is_reference_heading(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.is_lead()
            && line.is_links()
            && self.pending.is_none()
            && self.parts.last().is_some_and(|part| {
                part.kind == Links && part.hold == Hold::Heading && line.level() > part.level
            })
    }

    /// Between the first numbered item and the last: what is said there is of the items.
    fn is_inside_items(&self, at: usize) -> bool {
        self.habits.first_number.is_some_and(|first| first < at)
            && self.habits.last_number.is_some_and(|last| at < last)
    }

    /// Names over the extras of one person, and headings below a labelled one.
    fn is_under_label(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let Some(part) =
            self.parts.last().filter(|part| part.hold == Hold::Heading && self.pending.is_none())
        else {
            return false;
        };
        match part.kind {
            Topic | Intro => false,
            Links | Boilerplate if !line.is_heading() || part.kind == Links => {
                self.is_reference(at) && (line.level() > part.level || !line.is_heading())
            }
            _ => line.level() > part.level && line.is_heading() || self.habits.names_somebody(line),
        }
    }

    /// A link, or words right over one.
    fn is_reference(&self, at: usize) -> bool {
        self.lines[at].is_links()
            || self.lines.get(at + 1).is_some_and(|next| next.is_top() && next.is_links())
    }

    fn labelled(&mut self, at: usize, kind: SegmentKind, title: String) {
        if labels::is_group(&title) && self.leads_to_topic(at) {
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
        let kind = if self.is_masthead(at, &body) {
            Intro
        } else if !body.is_empty() && body.clone().all(|line| self.lines[line].is_links()) {
            Links
        } else if body.clone().any(|line| self.lines[line].is_standing()) && body.len() <= 3 {
            Boilerplate
        } else {
            Topic
        };
        self.open(at, kind, Some(title), Hold::Heading);
    }

    /// The title of the episode or show over everything.
    fn is_masthead(&self, at: usize, body: &Range<usize>) -> bool {
        let first = self.parts.is_empty() && self.pending.is_none();
        let bold =
            !self.lines[at].is_heading() && self.lines.get(at + 1).is_some_and(|next| next.words() > PROSE);
        first && (body.is_empty() || bold || self.lines[at].block.shape == Shape::Heading(1))
    }

    /// `Timestamps:` over lines with times.
    fn is_group_label(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.is_top() && line.words() <= 5 && labels::is_group(&line.text) && self.leads_to_topic(at)
    }

    /// An unknown label on a line of its own, over short lines: `NEWS:`.
    fn is_list_label(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let owned = self.parts.last().is_some_and(|part| part.hold == Hold::Heading && part.kind != Topic);
        line.is_top()
            && !owned
            && self.habits.first_number.is_none()
            && !line.is_links()
            && line.words() <= 5
            && (line.ends_with_colon() || labels::is_group(&line.text))
            && outline::short_lines(self.lines, at + 1).is_some()
    }

    fn list_label(&mut self, at: usize) {
        let title = trimmed(&self.lines[at].text).to_owned();
        self.outline = outline::short_lines(self.lines, at + 1).unwrap_or(0..0);
        self.group(at, title);
    }

    /// A list begins here whose entries are topics.
    fn enters_outline(&self, at: usize) -> bool {
        let owned =
            self.parts.last().is_some_and(|part| part.hold == Hold::Heading) && self.pending.is_none();
        let grouped = self.pending.is_some_and(|_| self.group.as_deref().is_some_and(labels::is_group))
            || at.checked_sub(1).is_some_and(|before| {
                self.lines[before].ends_with_colon() && outline::is_short_list(self.lines, at)
            });
        // Each list is considered once, at its first item.
        let begins = at.checked_sub(1).is_none_or(|before| self.lines[before].block.depth == 0);
        begins
            && !owned
            && self.habits.first_number.is_none()
            && !self.outline.contains(&at)
            && outline::holds_topics(self.lines, at, grouped, self.parts.is_empty() || grouped)
    }

    /// An entry of a list of topics.
    fn entry(&mut self, at: usize) {
        let line = &self.lines[at];
        let label = line.before_colon().map_or(line.text.as_str(), trimmed);
        let said = labels::exact(trimmed(&line.text)).or_else(|| labels::exact(label));
        let kind = said.filter(|kind| matches!(kind, Extras | Sponsor | Joke)).unwrap_or(Topic);
        let title = match kind {
            Topic => trimmed(&line.text),
            _ => trimmed(label),
        };
        let number = match line.block.shape {
            Shape::Item(number) if kind == Topic => number.map(i64::from),
            _ => None,
        };
        let brought = titles::with_presenter(title)
            .or_else(|| {
                titles::after_presenter(title).filter(|(_, name)| self.habits.bringers.contains(*name))
            })
            .filter(|_| kind == Topic);
        let title =
            Some(brought.map_or(title, |(title, _)| title).to_owned()).filter(|title| !title.is_empty());
        let presenter = brought.map(|(_, name)| name.to_owned());
        self.open(at, kind, title, Hold::Time);
        if let Some(part) = self.parts.last_mut() {
            (part.number, part.presenter) = (number, presenter);
        }
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
        let grouped = labels::is_group(&self.lines[at].text);
        if self.habits.first_number.is_none() && outline::holds_topics(self.lines, at + 1, grouped, grouped) {
            return true;
        }
        let deeper = match (self.lines[at].block.shape, next.block.shape) {
            (Shape::Heading(this), Shape::Heading(that)) => that > this,
            (Shape::Heading(_), _) => true,
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
            // After the last of items that nobody brings, the notes end as others do.
            Hold::Heading if part.number.is_some() && part.presenter.is_none() => {
                !line.block.joined && self.habits.last_number.is_some_and(|last| last < at)
            }
            Hold::Heading => matches!(part.kind, Links | People | Sponsor) && !line.block.joined,
            Hold::Time => !line.block.joined,
            Hold::Sentence | Hold::Prose | Hold::Links => true,
        });
        (free && line.is_standing()).then_some(Boilerplate)
    }

    fn unmarked(&mut self, at: usize) {
        let line = &self.lines[at];
        let keeps = self.parts.last().is_some_and(|part| match part.hold {
            Hold::Heading => !self.ends_label(part, at),
            Hold::Prose => !self.is_reference_line(at),
            Hold::Sentence => {
                !line.is_top()
                    || line.block.joined && line.block.shape == self.lines[part.lines.start].block.shape
            }
            Hold::Time => self.stays_with_time(part, line),
            Hold::Links => !line.is_top() || self.is_reference_line(at),
        });
        if keeps && self.pending.is_none() {
            if let Some(part) = self.parts.last_mut() {
                part.lines.end = at + 1;
            }
        } else if self.is_reference_line(at) {
            self.open(at, Links, None, Hold::Links);
        } else {
            self.open(at, Intro, None, Hold::Prose);
        }
    }

    /// One of several lines in a row that are a link with few words around it.
    fn is_reference_line(&self, at: usize) -> bool {
        let refers = |at: usize| {
            self.lines.get(at).is_some_and(|line| {
                line.block.first_link().is_some() && line.words() <= LONGEST_REFERENCE && !line.is_standing()
            })
        };
        let before = at.checked_sub(1).is_some_and(refers);
        self.habits.first_number.is_none()
            && !self.lines[at].block.joined
            && refers(at)
            && (before || refers(at + 1))
    }

    /// A label that is no heading owns a list or a paragraph, not the prose after it.
    fn ends_label(&self, part: &Part, at: usize) -> bool {
        let line = &self.lines[at];
        part.level > 7
            && matches!(part.kind, People | Links | Sponsor)
            && line.is_top()
            && !line.block.joined
            && at > part.lines.start + 1
            && line.words() > PROSE / 2
            && !line.is_links()
    }

    fn stays_with_time(&self, part: &Part, line: &Line) -> bool {
        let first = &self.lines[part.lines.start].block;
        first.shape != Shape::Entry && (line.block.depth > 0 || line.block.joined || first.depth == 0)
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
            level: self.lines[at].level(),
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
