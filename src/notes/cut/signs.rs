//! What a line is where it stands, by what came before it and what follows.

use std::ops::Range;

use super::{Cutter, Hold, Part};
use crate::model::SegmentKind::{self, Boilerplate, Extras, Intro, Joke, Links, People, Sponsor, Topic};
use crate::notes::blocks::Shape;
use crate::notes::lines::Line;
use crate::notes::numbered::is_name;
use crate::notes::text::trimmed;
use crate::notes::{labels, outline};

/// More words than this are a sentence.
const PROSE: usize = 20;
/// A longer line introduces no list.
const LONGEST_LEAD: usize = 12;
/// A heading of no more words is one.
const LONGEST_CAPTIONLESS: usize = 8;
/// More words than this over a link are its title.
const LONGEST_TITLE: usize = 4;
/// A longer paragraph is not of those that every episode repeats.
const LONGEST_STANDING: usize = 60;
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
            if kind == People && !line.is_heading() && self.is_in_links(at) {
                return None;
            }
            let named = line.before_colon().map(trimmed).filter(|_| matches!(kind, People | Sponsor));
            return (!self.is_inside_items(at) || line.is_heading() || kind != Links)
                .then(|| (kind, named.unwrap_or(whole).to_owned()));
        }
        if self.is_in_credits(line) {
            return None;
        }
        let heads = line.ends_with_colon() || self.heads_list(at);
        // `Overview: <address>` in a list of links is one of them.
        if line.first_link().is_some() && line.block.joined && self.is_in_links(at) {
            return None;
        }
        let alone = labels::exact(whole).or_else(|| heads.then(|| labels::heading(whole)).flatten());
        if let Some(kind) = alone {
            let named = line.before_colon().map(trimmed).filter(|_| matches!(kind, People | Sponsor));
            return (!self.is_inside_items(at) || matches!(kind, Sponsor | Joke | Extras))
                .then(|| (kind, named.unwrap_or(whole).to_owned()));
        }
        let dashed = || line.before_dash().and_then(|label| Some((label, labels::exact(label)?)));
        let (label, kind) = line
            .before_colon()
            .map(trimmed)
            .and_then(|label| Some((label, labels::exact(label)?)))
            .or_else(|| dashed().filter(|(_, kind)| matches!(kind, People | Sponsor)))?;
        // `Bonus: what else is in it` closes the prose before it.
        let told = self.parts.last().is_some_and(|part| part.kind == Intro && part.hold == Hold::Prose);
        if kind == Extras && told && !line.ends_with_colon() && line.first_link().is_none() {
            return None;
        }
        let rest = line.text.len() - label.len();
        if rest > LONGEST_REST && !matches!(kind, Joke | Sponsor | People) {
            return None;
        }
        let outside = !self.is_inside_items(at) || matches!(kind, Sponsor | Joke | Extras);
        outside.then(|| (kind, label.to_owned()))
    }

    /// `Host: Ada` below a heading `Credits` is one of them.
    fn is_in_credits(&self, line: &Line) -> bool {
        let headed = self
            .parts
            .last()
            .is_some_and(|part| part.kind == Boilerplate && part.hold == Hold::Heading && part.level < 7);
        let kind = || line.before_colon().and_then(labels::exact);
        headed && self.pending.is_none() && kind().is_some_and(|kind| matches!(kind, People | Boilerplate))
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
            Links if self.is_in_links(at) => true,
            Links | Boilerplate if !line.is_heading() || part.kind == Links => {
                self.is_reference(at) && (line.level() > part.level || !line.is_heading())
            }
            _ => {
                line.level() > part.level && line.is_heading()
                    || !line.is_heading() && self.habits.names_somebody(line)
                    || self.habits.presenters.contains(trimmed(&line.text))
            }
        }
    }

    /// A bold line inside the list of links that a label heads.
    fn is_in_links(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let Some(part) = self.parts.last().filter(|part| part.kind == Links && part.hold == Hold::Heading)
        else {
            return false;
        };
        // A bold line stands above the links of a section that a plain line heads only if it ends in a colon.
        let over = |next: &Line| next.refers() && (next.block.joined || part.level > 7 && next.is_top());
        !line.is_heading()
            && self.pending.is_none()
            && (line.block.joined || self.lines.get(at + 1).is_some_and(over))
            && (!line.ends_with_colon() || self.lines.get(at + 2).is_none_or(|after| !after.refers()))
    }

    /// A sentence set as a heading, right below one.
    pub(super) fn is_caption(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.is_heading()
            && line.words() > LONGEST_CAPTIONLESS
            && self.pending.is_none()
            && self.habits.first_number.is_none()
            && at.checked_sub(1).is_some_and(|before| {
                self.lines[before].level() == line.level() && self.lines[before].words() < line.words()
            })
            && !self.parts.is_empty()
    }

    /// A bold sentence with nothing below it: `Please enjoy!`
    pub(super) fn is_exclamation(&self, at: usize) -> bool {
        let next = self.lines.get(at + 1);
        !self.lines[at].is_heading() && next.is_none_or(|next| next.is_rule() || next.is_heading())
    }

    /// A short sentence that ends in a colon, right over links.
    pub(super) fn leads_to_links(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let owned = self.parts.last().is_some_and(|part| {
            let titled = line.block.joined || line.words() > LONGEST_TITLE;
            part.hold == Hold::Heading && (part.level < 7 || part.kind == Links && titled)
        });
        line.is_top()
            && !owned
            && !self.is_in_links(at)
            && line.is_label_like()
            && line.words() <= LONGEST_LEAD
            && line.first_link().is_none()
            && !line.is_links()
            && self.habits.first_number.is_none()
            && self.lines.get(at + 1).is_some_and(|next| next.is_links() && !next.is_heading())
    }

    /// `Read all about it: https://...` on a line of its own.
    pub(super) fn labelled_link<'a>(&self, line: &'a Line) -> Option<&'a str> {
        let free = self.parts.last().is_none_or(|part| match part.hold {
            Hold::Heading => part.kind == People && part.level > 7,
            Hold::Prose | Hold::Closed => true,
            _ => false,
        });
        if !free
            || !line.is_top()
            || line.block.joined
            || self.pending.is_some()
            || self.habits.first_number.is_some()
        {
            return None;
        }
        let label = line.before_colon()?;
        let rest = line.text[label.len()..].trim_start_matches([':', '：']).trim();
        let words = label.split_whitespace().count();
        let alone = rest.starts_with("http") && !rest.contains(char::is_whitespace);
        ((2..=LONGEST_LEAD / 2).contains(&words) && alone && !line.is_standing()).then_some(label.trim())
    }

    /// The address or handle on a platform, in lines that follow those that every episode repeats.
    pub(super) fn is_more_of_the_same(&self, at: usize) -> bool {
        let line = &self.lines[at];
        line.words() <= LONGEST_CAPTIONLESS
            && line.is_top()
            && self.pending.is_none()
            && self.parts.last().is_some_and(|part| part.kind == Boilerplate && part.hold == Hold::Sentence)
            && labels::names_platform(&line.text)
    }

    /// Nothing but links, or a list of nothing but links, below a heading.
    pub(super) fn lists_links(&self, at: usize, body: &Range<usize>) -> bool {
        let body = body.start..body.end.min(self.footer.max(body.start));
        let beside = self.parts.last().is_some_and(|part| part.kind == Links && part.hold == Hold::Heading);
        let mut items = body.clone().filter(|line| self.lines[*line].is_item()).peekable();
        let listed = self.lines.get(at + 1).is_some_and(Line::is_item)
            && items.peek().is_some()
            && items.all(|line| {
                let line = &self.lines[line];
                line.is_links() || beside && (line.first_link().is_some() || line.block.depth > 1)
            });
        let all = !body.is_empty()
            && body.clone().all(|line| self.lines[line].is_links() || beside && self.lines[line].refers());
        listed || all
    }

    /// More about whoever pays, right below their advertisement.
    pub(super) fn goes_on_about_payer(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let sponsored =
            self.parts.last().is_some_and(|part| part.kind == Sponsor && part.hold == Hold::Sentence);
        sponsored
            && self.pending.is_none()
            && line.is_top()
            && labels::opening(&line.text).is_none()
            && self.payer.as_deref().is_some_and(|name| line.text.to_lowercase().contains(name))
    }

    /// A list begins here whose entries are names over links.
    pub(super) fn is_list_of_people(&self, at: usize) -> bool {
        if !self.begins_list(at) {
            return false;
        }
        let lines = &self.lines[at..outline::end(self.lines, at)];
        let nested = lines.iter().any(|line| line.block.depth > 1);
        let introduced =
            at.checked_sub(1).is_some_and(|before| labels::leads_to_people(&self.lines[before].text));
        (nested || introduced)
            && lines.iter().all(|line| match line.block.depth {
                1 => line.text.trim().contains(' ') && is_name(line.text.trim()),
                _ => line.is_links(),
            })
    }

    /// A list begins here below a sentence that ends in `our sponsors:`.
    pub(super) fn is_list_of_payers(&self, at: usize) -> bool {
        let introduced =
            at.checked_sub(1).is_some_and(|before| labels::ends_in_sponsors(&self.lines[before].text));
        introduced && self.begins_list(at)
    }

    /// The first item of a list that no heading owns.
    fn begins_list(&self, at: usize) -> bool {
        let owned =
            self.parts.last().is_some_and(|part| part.hold == Hold::Heading) && self.pending.is_none();
        let line = &self.lines[at];
        !owned
            && self.habits.first_number.is_none()
            && line.is_item()
            && line.block.depth == 1
            && at.checked_sub(1).is_none_or(|before| self.lines[before].block.depth == 0)
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
        let only = || {
            !self.lines[at].is_heading()
                && body.end >= self.footer.min(self.lines.len())
                && body.clone().all(|line| !self.lines[line].is_item() && !self.lines[line].is_links())
        };
        first && (body.is_empty() || bold || self.lines[at].block.shape == Shape::Heading(1) || only())
    }

    /// `Timestamps:` over lines with times.
    pub(super) fn is_group_label(&self, at: usize) -> bool {
        let line = &self.lines[at];
        if !line.is_top() || line.words() > LONGEST_LEAD || line.is_links() {
            return false;
        }
        let timed = |at: usize| self.habits.timed.get(at).is_some_and(|is| *is);
        let over_times = timed(at + 1)
            && line.words() <= LONGEST_LEAD / 2
            && self.parts.last().is_none_or(|part| part.hold != Hold::Time || !line.block.joined)
            && (line.is_label_like()
                || line.words() <= 3 && !line.block.joined && !line.text.ends_with(['.', '!', '?', '。']));
        let over_numbers = self.habits.first_number == Some(at + 1) && line.ends_with_colon();
        over_times
            || over_numbers
            || line.words() <= 5 && labels::is_group(&line.text) && self.leads_to_topic(at)
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
        // Each list is considered once, at its first item.
        let begins = at.checked_sub(1).is_none_or(|before| self.lines[before].block.depth == 0);
        if !begins {
            return false;
        }
        let owned =
            self.parts.last().is_some_and(|part| part.hold == Hold::Heading) && self.pending.is_none();
        let alone = self.parts.is_empty() && outline::is_short_list(self.lines, at);
        let grouped = self.pending.is_some_and(|_| self.group.as_deref().is_some_and(labels::is_group))
            || at.checked_sub(1).is_some_and(|before| {
                self.lines[before].ends_with_colon() && outline::is_short_list(self.lines, at)
            });
        !owned
            && self.habits.first_number.is_none()
            && !self.outline.contains(&at)
            && outline::holds_topics(self.lines, at, grouped || alone, self.parts.is_empty() || grouped)
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
        if self.is_in_credits(line) {
            return None;
        }
        if let Some(kind) = labels::opening(&line.text) {
            return (kind == Sponsor || !self.is_inside_items(at)).then_some(kind);
        }
        let apart = self.parts.last().is_none_or(|part| part.hold != Hold::Heading) && self.pending.is_none();
        let sells =
            apart && self.habits.first_number.is_none() && !line.block.joined && !self.parts.is_empty();
        if sells && line.words() <= LONGEST_STANDING && labels::is_offer(&line.text) && !line.is_standing() {
            return Some(Sponsor);
        }
        // The show's own page in the middle of a list of links does not split it.
        let amid = self.parts.last().is_some_and(|part| part.kind == Links && part.hold == Hold::Heading)
            && self.lines.get(at + 1).is_some_and(|next| next.is_heading() && next.is_links());
        let free = !amid
            && self.parts.last().is_none_or(|part| match part.hold {
                // After the last of items that nobody brings, the notes end as others do.
                Hold::Heading if part.number.is_some() && part.presenter.is_none() => {
                    !line.block.joined && self.habits.last_number.is_some_and(|last| last < at)
                }
                // What a show says of its sponsors and hosts it repeats, too; not so credits: `Produced by: Ada`.
                Hold::Heading if part.kind == Sponsor && line.repeated => {
                    line.is_standing() && !line.block.joined && part.lines.len() > 1
                }
                Hold::Heading if part.kind == People && line.repeated => {
                    line.before_colon().is_some() || line.words() > PROSE / 2
                }
                Hold::Heading => {
                    let listed = part.kind == Extras && self.lines[at - 1].block.depth > 0;
                    let ended = self.habits.first_number.is_none() && at >= self.footer;
                    (matches!(part.kind, Links | People | Sponsor) || listed || ended) && !line.block.joined
                }
                Hold::Time => !line.block.joined,
                Hold::Sentence | Hold::Prose | Hold::Links | Hold::Closed => true,
            });
        // A paragraph of prose that ends in `subscribe to ...` is prose.
        let longest = if self.parts.is_empty() { LONGEST_LEAD } else { PROSE };
        let told = line.words() > longest && self.parts.last().is_none_or(|part| part.hold == Hold::Prose);
        let early = || {
            if self.parts.is_empty() && line.words() > LONGEST_LEAD {
                return labels::opens_standing(&line.text);
            }
            labels::is_standing(labels::beginning(&line.text))
                || line.words() <= LONGEST_STANDING && labels::is_standing(labels::first_sentence(&line.text))
        };
        (free && (line.repeated || (!told || early()) && line.is_standing())).then_some(Boilerplate)
    }

    /// One of several lines in a row that are a link with few words around it.
    pub(super) fn is_reference_line(&self, at: usize) -> bool {
        let refers = |at: usize| {
            self.lines.get(at).is_some_and(|line| {
                line.first_link().is_some()
                    && line.refers()
                    && line.words() <= LONGEST_LEAD + 2
                    && !line.is_standing()
                    && labels::opening(&line.text).is_none()
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
            && (at > part.lines.start + 1 || self.lines[part.lines.start].words() > LONGEST_LEAD / 2)
            && (line.words() > PROSE / 2 - 1
                || self.lines[at - 1].block.depth > 0 && line.words() > LONGEST_TITLE - 1 && !line.refers())
            && !line.is_links()
    }

    pub(super) fn stays_with_time(&self, part: &Part, line: &Line) -> bool {
        let first = &self.lines[part.lines.start].block;
        let below = first.depth == 0 && (!self.habits.times_in_a_row || part.start_seconds.is_none());
        first.shape != Shape::Entry && (line.block.depth > 0 || line.block.joined || below)
    }
}
