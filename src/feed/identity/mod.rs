//! Which episode an item is: an archived one, a new one, or another item of the same document over again.
//!
//! Evidence is tried from the strongest: the item's bytes, the guid, the enclosure's address, title and date. Each
//! archived episode is claimed by one item at most, and one that the document lists otherwise by no other. In
//! doubt an item is a new episode: one told twice can be seen and mended, one that hides another can't.

mod evidence;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::model::{Digest, IdentitySource, KnownEpisode, Match, Parsed, Resolution};
use evidence::{Evidence, Sign};

/// Tells which episode each item of `parsed.episodes` is, in their order.
///
/// `known` is every archived episode of the show. The identity of a new episode is unique among theirs and
/// those of this document. The same input gives the same answer, in linear time.
pub fn resolve(known: &[KnownEpisode], parsed: &Parsed) -> Vec<Resolution> {
    let mut resolver = Resolver::new(known, parsed);
    resolver.by_bytes();
    resolver.repeats();
    resolver.by_guid();
    resolver.by_other_evidence();
    resolver.into_answers()
}

struct Resolver<'a> {
    known: &'a [KnownEpisode],
    archived: Vec<Evidence<'a>>,
    items: Vec<Evidence<'a>>,
    digests: Vec<Option<Digest>>,
    /// The archived episodes that the document lists, by an item or as unchanged.
    listed: Vec<bool>,
    answers: Vec<Option<Resolution>>,
    /// Items whose guid belongs to another episode.
    guid_taken: Vec<bool>,
}

impl<'a> Resolver<'a> {
    fn new(known: &'a [KnownEpisode], parsed: &'a Parsed) -> Self {
        let unchanged: HashSet<&Digest> = parsed.unchanged.iter().collect();
        let listed = known
            .iter()
            .map(|known| known.item_sha256.as_ref().is_some_and(|digest| unchanged.contains(digest)));
        Self {
            known,
            archived: known.iter().map(Evidence::of_known).collect(),
            items: parsed.episodes.iter().map(Evidence::of_item).collect(),
            digests: parsed.episodes.iter().map(|episode| episode.item_sha256).collect(),
            listed: listed.collect(),
            answers: vec![None; parsed.episodes.len()],
            guid_taken: vec![false; parsed.episodes.len()],
        }
    }

    fn claim(&mut self, item: usize, archived: usize, by: Match) {
        self.listed[archived] = true;
        self.answers[item] = Some(Resolution::Known(self.known[archived].id, by));
    }

    fn open_items(&self) -> Vec<usize> {
        (0..self.items.len()).filter(|item| self.answers[*item].is_none()).collect()
    }

    /// The very bytes that an archived episode was last read from.
    fn by_bytes(&mut self) {
        let archived: HashMap<Digest, usize> = self
            .known
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(at, known)| Some((known.item_sha256?, at)))
            .collect();
        for item in self.open_items() {
            let found = self.digests[item].and_then(|digest| archived.get(&digest));
            if let Some(found) = found.copied().filter(|found| !self.listed[*found]) {
                self.claim(item, found, Match::Item);
            }
        }
    }

    /// One item told twice: see [`Evidence::signs`]. The first of them speaks, but one of which the archive has the
    /// very bytes goes before: else two that differ in their text would overwrite each other by turns.
    fn repeats(&mut self) {
        let mut first: HashMap<Sign<'a>, Resolution> = HashMap::new();
        for (at, known) in self.known.iter().enumerate().filter(|(at, _)| self.listed[*at]) {
            for sign in self.archived[at].signs(known.item_sha256) {
                first.entry(sign).or_insert(Resolution::RepeatsKnown(known.id));
            }
        }
        for item in self.open_items() {
            let signs = self.items[item].signs(self.digests[item]);
            let earlier = signs.iter().find_map(|sign| first.get(sign)).cloned();
            self.answers[item].clone_from(&earlier);
            let told = earlier.unwrap_or(Resolution::Repeats(item));
            for sign in signs {
                first.entry(sign).or_insert_with(|| told.clone());
            }
        }
    }

    /// Items and archived episodes with one guid: told apart by enclosure, then title, then date.
    fn by_guid(&mut self) {
        let mut archived: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, known) in self.known.iter().enumerate() {
            let names = [known.guid.as_deref().map(str::trim), Some(known.identity.as_str())];
            for name in names.iter().take(if names[0] == names[1] { 1 } else { 2 }).flatten() {
                archived.entry(name).or_default().push(at);
            }
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut group_of: HashMap<&str, usize> = HashMap::new();
        for item in self.open_items() {
            let Some(guid) = self.items[item].guid.filter(|guid| archived.contains_key(guid)) else {
                continue;
            };
            let group = *group_of.entry(guid).or_insert(groups.len());
            if group == groups.len() {
                groups.push(Vec::new());
            }
            groups[group].push(item);
        }
        for group in groups {
            let Some(candidates) = self.items[group[0]].guid.and_then(|guid| archived.get(guid)) else {
                continue;
            };
            self.settle_guid(&group, candidates);
        }
    }

    fn settle_guid(&mut self, group: &[usize], candidates: &[usize]) {
        // A guid that several episodes bear tells little: then one more trait alone does not tell either.
        let is_shared = group.len() > 1 || candidates.len() > 1;
        self.pair(group, candidates, Match::GuidEnclosure, Evidence::wholes);
        self.pair(group, candidates, Match::GuidEnclosure, |evidence| {
            each(evidence.stables(), evidence.title)
        });
        self.pair(group, candidates, Match::GuidEnclosure, |evidence| {
            each(evidence.stables(), evidence.date)
        });
        self.pair(group, candidates, Match::GuidEnclosure, Evidence::stables);
        self.pair(group, candidates, Match::GuidTitle, |evidence| {
            evidence.title_date().into_iter().collect()
        });
        if !is_shared {
            self.pair(group, candidates, Match::GuidTitle, |evidence| evidence.title.into_iter().collect());
        }
        self.pair(group, candidates, Match::GuidDate, |evidence| evidence.date.into_iter().collect());
        // What is left agrees in nothing but the guid. Where title, date and enclosure are told on both sides,
        // all three differ: the guid is used again, for another episode.
        if let ([item], [archived]) = (group, candidates)
            && self.answers[*item].is_none()
            && !self.listed[*archived]
            && !(self.items[*item].is_full() && self.archived[*archived].is_full())
        {
            self.claim(*item, *archived, Match::Guid);
        }
        for item in group {
            self.guid_taken[*item] = self.answers[*item].is_none();
        }
    }

    /// Pairs open items with archived episodes not yet listed that show the same trait, one with one:
    /// the last item with the first row, for rows are written oldest first and feeds run newest first.
    fn pair<T: Hash + Eq>(
        &mut self,
        items: &[usize],
        candidates: &[usize],
        by: Match,
        trait_of: impl Fn(&Evidence<'a>) -> Vec<T>,
    ) {
        let open: Vec<usize> = items.iter().copied().filter(|item| self.answers[*item].is_none()).collect();
        let free: Vec<usize> = candidates.iter().copied().filter(|at| !self.listed[*at]).collect();
        if open.is_empty() || free.is_empty() {
            return;
        }
        let found = index(&free, |at| trait_of(&self.archived[at]));
        let mut next: HashMap<T, usize> = HashMap::new();
        for item in open.into_iter().rev() {
            for shown in trait_of(&self.items[item]) {
                let Some(list) = found.get(&shown) else { continue };
                let from = next.entry(shown).or_insert(0);
                while list.get(*from).is_some_and(|at| self.listed[*at]) {
                    *from += 1;
                }
                if let Some(at) = list.get(*from).copied() {
                    self.claim(item, at, by);
                    break;
                }
            }
        }
    }

    /// A guid not seen before, or none: an archived episode that the document no longer lists, if its enclosure,
    /// or its title and date, are this item's and no other's.
    fn by_other_evidence(&mut self) {
        let open: Vec<usize> = self.open_items().into_iter().filter(|item| !self.guid_taken[*item]).collect();
        if open.is_empty() {
            return;
        }
        let all: Vec<usize> = (0..self.archived.len()).collect();
        self.pair(&open, &all, Match::EnclosureTitle, |evidence| {
            each(evidence.stables(), evidence.title_date())
        });
        self.pair(&open, &all, Match::EnclosureTitle, |evidence| each(evidence.stables(), evidence.title));
        self.pair_unique(&open, Match::Enclosure, Evidence::stables, |a, b| !a.contradicts(b));
        self.pair_alike(&open);
        self.pair_unique(
            &open,
            Match::LinkTitle,
            |evidence| {
                let linked = evidence.link.zip(evidence.title).filter(|_| !evidence.has_enclosure());
                linked.into_iter().collect()
            },
            |_, _| true,
        );
    }

    /// As many items as unlisted episodes with one title and date: their enclosures have moved. File names tell
    /// which is which, else their order.
    fn pair_alike(&mut self, items: &[usize]) {
        let open: Vec<usize> = items.iter().copied().filter(|item| self.answers[*item].is_none()).collect();
        let free: Vec<usize> = (0..self.archived.len()).filter(|at| !self.listed[*at]).collect();
        let archived = index(&free, |at| self.archived[at].title_date().into_iter().collect());
        let items = index(&open, |at| self.items[at].title_date().into_iter().collect());
        for (shown, items) in items {
            let Some(archived) = archived.get(&shown).filter(|archived| archived.len() == items.len()) else {
                continue;
            };
            self.pair(&items, archived, Match::TitleDate, Evidence::files);
            self.pair(&items, archived, Match::TitleDate, |_| vec![()]);
        }
    }

    /// As [`Resolver::pair`], only where one item and one unlisted episode show the trait, and `agree`.
    fn pair_unique<T: Hash + Eq>(
        &mut self,
        items: &[usize],
        by: Match,
        trait_of: impl Fn(&Evidence<'a>) -> Vec<T>,
        agree: impl Fn(&Evidence<'a>, &Evidence<'a>) -> bool,
    ) {
        let open: Vec<usize> = items.iter().copied().filter(|item| self.answers[*item].is_none()).collect();
        let free: Vec<usize> = (0..self.archived.len()).filter(|at| !self.listed[*at]).collect();
        let archived = index(&free, |at| trait_of(&self.archived[at]));
        let items = index(&open, |at| trait_of(&self.items[at]));
        for item in open {
            for shown in trait_of(&self.items[item]) {
                let (Some([at]), Some([_])) =
                    (archived.get(&shown).map(Vec::as_slice), items.get(&shown).map(Vec::as_slice))
                else {
                    continue;
                };
                if !self.listed[*at] && agree(&self.items[item], &self.archived[*at]) {
                    self.claim(item, *at, by);
                    break;
                }
            }
        }
    }

    /// Gives every item that is still open an identity of its own.
    fn into_answers(mut self) -> Vec<Resolution> {
        let mut taken: HashSet<String> = self.known.iter().map(|known| known.identity.clone()).collect();
        let guids =
            self.known.iter().filter_map(|known| known.guid.as_deref().map(|guid| guid.trim().to_owned()));
        let mut guids: HashSet<String> = guids.collect();
        for item in self.open_items() {
            let evidence = &self.items[item];
            let reused = evidence.guid.is_some_and(|guid| !guids.insert(guid.to_owned()));
            let digest =
                self.digests[item].map_or_else(|| format!("item {item}"), |digest| digest.to_string());
            let names = evidence.names(reused, digest.clone());
            // Two items alike to the last byte, and no repeats: only their place is left to tell them apart.
            let numbered = (format!("{digest} {item}"), IdentitySource::Item);
            let free = names.into_iter().find(|(name, _)| !taken.contains(name));
            let (identity, source) = free.unwrap_or(numbered);
            taken.insert(identity.clone());
            self.answers[item] = Some(Resolution::New { identity, source });
        }
        // Every item has an answer by now.
        self.answers.into_iter().flatten().collect()
    }
}

/// The places in `places` by each trait they show, in order.
fn index<T: Hash + Eq>(places: &[usize], traits_of: impl Fn(usize) -> Vec<T>) -> HashMap<T, Vec<usize>> {
    let mut index: HashMap<T, Vec<usize>> = HashMap::new();
    for place in places.iter().copied() {
        for shown in traits_of(place) {
            index.entry(shown).or_default().push(place);
        }
    }
    index
}

fn each<A, B: Copy>(all: Vec<A>, beside: Option<B>) -> Vec<(A, B)> {
    beside.map_or_else(Vec::new, |beside| all.into_iter().map(|one| (one, beside)).collect())
}
