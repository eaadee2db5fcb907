//! Lines -> parts: where each segment begins, and what it is for.

mod signs;

use std::ops::Range;

use super::blocks::Shape;
use super::habits::Habits;
use super::labels;
use super::lines::Line;
use super::numbered::{Style, is_name};
use super::part::{Hold, Part};
use super::text::{label, trimmed};
use super::{outline, sponsors, titles};
use crate::model::SegmentKind::{self, Boilerplate, Extras, Intro, Joke, Links, People, Sponsor, Topic};

/// An advertisement between rules has no more lines.
const LONGEST_FENCE: usize = 8;

/// A sign-off or a credit has no more lines, and no more words in each.
const MOST_FRAMED: usize = 2;
const LONGEST_FRAMED: usize = 12;

/// Cuts lines into parts that cover them all.
pub(super) fn cut(lines: &[Line], habits: &Habits) -> Vec<Part> {
    let mut cutter = Cutter {
        lines,
        habits,
        parts: Vec::new(),
        group: None,
        pending: None,
        outline: 0..0,
        taken: 0,
        fenced: 0,
        footer: 0,
        payer: None,
    };
    cutter.footer = cutter.footer();
    for at in 0..lines.len() {
        cutter.line(at);
    }
    cutter.finish()
}

struct Cutter<'a> {
    lines: &'a [Line<'a>],
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
    /// Lines before this one stand between the rules drawn around an advertisement.
    fenced: usize,
    /// From here on every line is of those that every episode repeats.
    footer: usize,
    /// Who pays for the advertisement that is being read, in lower case.
    payer: Option<String>,
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
        if at < self.fenced {
            return self.keep(at);
        }
        if line.is_rule() && self.pending.is_none() && !self.parts.is_empty() {
            return self.rule(at);
        }
        if self.is_reference_heading(at) {
            return self.unmarked(at);
        }
        if self.is_caption(at) {
            return self.keep(at);
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
        if line.is_lead() && !self.is_under_label(at) && self.opens_topic(at) && !self.is_exclamation(at) {
            return self.headed(at);
        }
        if self.leads_to_links(at) {
            return self.open(at, Links, Some(label(&line.text).to_owned()), Hold::Heading);
        }
        if let Some(title) = self.labelled_link(line) {
            return self.open(at, Links, Some(title.to_owned()), Hold::Links);
        }
        if self.is_more_of_the_same(at) {
            return self.keep(at);
        }
        if self.is_list_label(at) {
            return self.list_label(at);
        }
        if line.block.shape == Shape::Entry {
            return self.entry(at);
        }
        if self.goes_on_about_payer(at) {
            return self.keep(at);
        }
        if self.is_list_of_people(at) {
            return self.open(at, People, None, Hold::Sentence);
        }
        if self.is_list_of_payers(at) {
            return self.open(at, Sponsor, None, Hold::Sentence);
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
            self.open(at, kind, title, Hold::Sentence);
            if kind == Sponsor {
                self.advertised(at);
            }
            return;
        }
        self.unmarked(at);
    }

    /// Where the lines begin that are at the end and of no episode.
    fn footer(&self) -> usize {
        let repeats = |line: &&Line| line.is_top() && (line.is_standing() || line.is_rule());
        self.lines.len() - self.lines.iter().rev().take_while(repeats).count()
    }

    /// The line belongs to the part before it.
    fn keep(&mut self, at: usize) {
        if let Some(part) = self.parts.last_mut() {
            part.lines.end = at + 1;
        }
    }

    /// `---` ends what has no heading.
    fn rule(&mut self, at: usize) {
        self.keep(at);
        if let Some(part) = self.parts.last_mut()
            && matches!(part.hold, Hold::Time | Hold::Sentence)
        {
            part.hold = Hold::Closed;
        }
    }

    /// An advertisement began: where it ends, if rules are drawn around it, and who pays.
    fn advertised(&mut self, at: usize) {
        let text = &self.lines[at].text;
        self.payer = sponsors::thanked(text).map(|name| name.to_lowercase());
        let ruled = text.starts_with("***") || text.starts_with("---") || text.starts_with("===");
        let opened = ruled || at.checked_sub(1).is_some_and(|before| self.lines[before].is_rule());
        if opened
            && let Some(close) =
                (at + 1..self.lines.len()).take(LONGEST_FENCE).find(|at| self.lines[*at].is_rule())
        {
            self.fenced = close + 1;
        }
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
            && let Some(next) =
                self.lines.get(at + 1).filter(|next| next.is_heading() || next.is_top() && next.stands_out())
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
        let ad = short && labels::heading(&title) == Some(Sponsor)
            || labels::opening(&title) == Some(Sponsor)
            || labels::ends_as_ad(&title);
        let kind = if ad { Sponsor } else { Topic };
        let seconds = timed.seconds;
        self.open(at, kind, Some(title).filter(|title| !title.is_empty()), Hold::Time);
        if let Some(part) = self.parts.last_mut() {
            part.start_seconds = Some(seconds);
        }
    }

    fn labelled(&mut self, at: usize, kind: SegmentKind, title: String) {
        if labels::is_group(&title) && self.leads_to_topic(at) {
            return self.group(at, title);
        }
        // The same links under it in every episode are where to listen and follow.
        let standing = matches!(kind, Links | Extras) && self.is_repeated(&self.body(at));
        let links = || kind == Intro && self.lists_links(at, &self.body(at));
        let kind = if standing {
            Boilerplate
        } else if links() {
            Links
        } else {
            kind
        };
        self.open(at, kind, Some(label(&title).to_owned()), Hold::Heading);
    }

    fn headed(&mut self, at: usize) {
        let title = trimmed(&self.lines[at].text).to_owned();
        if self.leads_to_topic(at) {
            return self.group(at, title);
        }
        let body = self.body(at);
        if self.is_masthead(at, &body) {
            return self.open(at, Intro, Some(title), Hold::Prose);
        }
        let begins_standing = self
            .lines
            .get(at + 1)
            .is_some_and(|next| next.is_standing() && !next.is_item() && !next.is_links());
        let kind = if self.is_repeated(&body) {
            Boilerplate
        } else if self.lists_links(at, &body) && !begins_standing {
            Links
        } else if self.lines.get(at + 1).is_some_and(|next| labels::is_for_members(&next.text)) {
            Extras
        } else if labels::is_about_somebody(&title) || body.is_empty() && self.names_a_guest(at) {
            People
        } else if body.clone().take(3).any(|line| self.lines[line].is_standing())
            && (body.len() <= 3 || self.lines[at + 1].is_standing())
        {
            Boilerplate
        } else {
            Topic
        };
        self.open(at, kind, Some(title), Hold::Heading);
    }

    /// A heading with nothing below it but a name, where no other heading stands so.
    fn names_a_guest(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let name = line.text.trim();
        let next = self.lines.get(at + 1);
        line.is_heading()
            && self.habits.first_number.is_none()
            && (2..=3).contains(&name.split(' ').count())
            && is_name(name)
            && next.is_none_or(|next| next.announces().is_some())
    }

    fn list_label(&mut self, at: usize) {
        let title = trimmed(&self.lines[at].text).to_owned();
        self.outline = outline::short_lines(self.lines, at + 1).unwrap_or(0..0);
        self.group(at, title);
    }

    /// An entry of a list of topics.
    fn entry(&mut self, at: usize) {
        let line = &self.lines[at];
        let label = line.before_colon().map_or(&*line.text, trimmed);
        let said = labels::exact(trimmed(&line.text)).or_else(|| labels::exact(label));
        if said.is_none() && self.is_credit(at) {
            return self.open(at, Boilerplate, None, Hold::Time);
        }
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

    fn group(&mut self, at: usize, title: String) {
        self.group = Some(title);
        self.pending.get_or_insert(at);
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
            Hold::Links => !line.is_top() || self.is_reference_line(at) || line.block.joined && line.refers(),
            Hold::Closed => !line.is_top(),
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
        self.frame();
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

impl Cutter<'_> {
    /// Few words between lines that every episode repeats, or after the last of them, are like those, where the episode was
    /// told of before: a credit that has no known word, `Thank you!`.
    fn frame(&mut self) {
        let framed = |part: Option<&Part>| part.is_none_or(|part| part.kind == Boilerplate);
        let own = self.parts.iter().position(|part| part.kind != Boilerplate).unwrap_or(self.parts.len());
        for at in own + 1..self.parts.len() {
            let part = &self.parts[at];
            let lines = &self.lines[part.lines.clone()];
            let few = lines.len() <= MOST_FRAMED && lines.iter().all(|line| line.words() <= LONGEST_FRAMED);
            let between = self.parts[at - 1].kind == Boilerplate && framed(self.parts.get(at + 1));
            if part.kind == Intro && part.title.is_none() && few && between {
                self.parts[at].kind = Boilerplate;
            }
        }
    }
}

/// Neighbours of one kind are one part, unless each has its own label; topics stay apart.
fn merges(last: &Part, part: &Part) -> bool {
    last.kind == part.kind && part.kind != Topic && (part.kind == Boilerplate || part.title.is_none())
}
