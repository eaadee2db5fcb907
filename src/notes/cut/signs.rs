//! What a line is where it stands, by what came before it and what follows.

use std::ops::Range;

use super::{Cutter, Hold, Part};
use crate::model::SegmentKind::{self, Boilerplate, Extras, Intro, Joke, Links, People, Sponsor, Topic};
use crate::notes::blocks::Shape;
use crate::notes::lines::Line;
use crate::notes::text::trimmed;
use crate::notes::{labels, outline};

/// More words than this are a sentence.
const PROSE: usize = 20;
/// A line with a link and more words than this is prose.
const LONGEST_REFERENCE: usize = 14;
/// A label on a longer line is part of a sentence.
const LONGEST_REST: usize = 80;

impl Cutter<'_> {
    /// A line that is a label or begins with one.
    pub(super) fn label(&self, at: usize) -> Option<(SegmentKind, String)> {
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
    pub(super) fn heads_list(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.words() <= 6
            && !line.text.ends_with(['.', '!', '?'])
            && self.lines.get(at + 1).is_some_and(|next| next.is_item() || self.habits.names_somebody(next))
    }

    /// A heading that is a link, below a heading over links.
    pub(super) fn is_reference_heading(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.is_lead()
            && line.is_links()
            && self.pending.is_none()
            && self.parts.last().is_some_and(|part| {
                part.kind == Links && part.hold == Hold::Heading && line.level() > part.level
            })
    }

    /// Between the first numbered item and the last: what is said there is of the items.
    pub(super) fn is_inside_items(&self, at: usize) -> bool {
        self.habits.first_number.is_some_and(|first| first < at)
            && self.habits.last_number.is_some_and(|last| at < last)
    }

    /// Names over the extras of one person, and headings below a labelled one.
    pub(super) fn is_under_label(&self, at: usize) -> bool {
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
    pub(super) fn is_reference(&self, at: usize) -> bool {
        self.lines[at].is_links()
            || self.lines.get(at + 1).is_some_and(|next| next.is_top() && next.is_links())
    }

    /// Whether a heading without a known word opens something: among numbered items only real headings do.
    pub(super) fn opens_topic(&self, at: usize) -> bool {
        let line = &self.lines[at];
        self.habits.first_number.is_none() || line.is_heading()
    }

    /// The title of the episode or show over everything.
    pub(super) fn is_masthead(&self, at: usize, body: &Range<usize>) -> bool {
        let first = self.parts.is_empty() && self.pending.is_none();
        let bold =
            !self.lines[at].is_heading() && self.lines.get(at + 1).is_some_and(|next| next.words() > PROSE);
        first && (body.is_empty() || bold || self.lines[at].block.shape == Shape::Heading(1))
    }

    /// `Timestamps:` over lines with times.
    pub(super) fn is_group_label(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.is_top() && line.words() <= 5 && labels::is_group(&line.text) && self.leads_to_topic(at)
    }

    /// An unknown label on a line of its own, over short lines: `NEWS:`.
    pub(super) fn is_list_label(&self, at: usize) -> bool {
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

    /// A list begins here whose entries are topics.
    pub(super) fn enters_outline(&self, at: usize) -> bool {
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

    /// The lines after a heading up to the next one.
    pub(super) fn body(&self, at: usize) -> Range<usize> {
        let opens = |line: &usize| {
            self.habits.numbered[*line]
                || self.habits.timed[*line]
                || self.lines[*line].is_lead()
                || self.label(*line).is_some()
        };
        at + 1..(at + 1..self.lines.len()).find(opens).unwrap_or(self.lines.len())
    }

    /// An entry that stands with its link in many episodes and tells of nothing: `Theme by Ada`.
    pub(super) fn is_credit(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let deeper = self.lines.get(at + 1).is_some_and(|next| next.block.depth > line.block.depth);
        line.repeated && line.first_link().is_some() && !deeper
    }

    /// All of it is said in many episodes of the show.
    pub(super) fn is_repeated(&self, body: &Range<usize>) -> bool {
        !body.is_empty() && body.clone().all(|line| self.lines[line].repeated)
    }

    /// A heading with nothing of its own before the next topic.
    pub(super) fn leads_to_topic(&self, at: usize) -> bool {
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

    pub(super) fn sentence(&self, at: usize) -> Option<SegmentKind> {
        let line = &self.lines[at];
        if let Some(kind) = labels::opening(&line.text) {
            return (kind == Sponsor || !self.is_inside_items(at)).then_some(kind);
        }
        let free = self.parts.last().is_none_or(|part| match part.hold {
            // After the last of items that nobody brings, the notes end as others do.
            Hold::Heading if part.number.is_some() && part.presenter.is_none() => {
                !line.block.joined && self.habits.last_number.is_some_and(|last| last < at)
            }
            // What a show says of its sponsors and hosts it repeats, too; not so credits: `Produced by: Ada`.
            Hold::Heading if part.kind == Sponsor && line.repeated => false,
            Hold::Heading if part.kind == People && line.repeated => {
                line.before_colon().is_some() || line.words() > PROSE / 2
            }
            Hold::Heading => matches!(part.kind, Links | People | Sponsor) && !line.block.joined,
            Hold::Time => !line.block.joined,
            Hold::Sentence | Hold::Prose | Hold::Links => true,
        });
        (free && line.is_standing()).then_some(Boilerplate)
    }

    /// One of several lines in a row that are a link with few words around it.
    pub(super) fn is_reference_line(&self, at: usize) -> bool {
        let refers = |at: usize| {
            self.lines.get(at).is_some_and(|line| {
                line.first_link().is_some() && line.words() <= LONGEST_REFERENCE && !line.is_standing()
            })
        };
        let before = at.checked_sub(1).is_some_and(refers);
        self.habits.first_number.is_none()
            && !self.lines[at].block.joined
            && refers(at)
            && (before || refers(at + 1))
    }

    /// A label that is no heading owns a list or a paragraph, not the prose after it.
    pub(super) fn ends_label(&self, part: &Part, at: usize) -> bool {
        let line = &self.lines[at];
        part.level > 7
            && matches!(part.kind, People | Links | Sponsor)
            && line.is_top()
            && !line.block.joined
            && at > part.lines.start + 1
            && line.words() > PROSE / 2
            && !line.is_links()
    }

    pub(super) fn stays_with_time(&self, part: &Part, line: &Line) -> bool {
        let first = &self.lines[part.lines.start].block;
        first.shape != Shape::Entry && (line.block.depth > 0 || line.block.joined || first.depth == 0)
    }
}
