//! A show's habits: what most of its episodes do settles what is doubtful in one of them. A pure function of the
//! [`Traits`] of all of its episodes, whatever order they come in.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::traits::{Traits, link_key};
use crate::model::Digest;

/// A line in fewer episodes may be a series, or a slip; in more, or in a tenth of them, it is the show's.
const FEWEST: usize = 3;
const MOST: usize = 10;
/// An address in one of so many episodes is the show's own, whatever is said around it.
const LINK_SHARE: usize = 2;
/// Who brings items in so many episodes is known to the show.
const REGULAR: usize = 3;
/// A misspelt name is this rare beside the right one.
const RARE: usize = 20;
const RAREST: usize = 3;
/// Shorter names differ by one letter from other names.
const SHORTEST_NAME: usize = 4;

/// What the episodes of a show have in common.
#[derive(Debug, Clone, Default)]
pub struct ShowHabits {
    lines: HashSet<u64>,
    links: HashSet<u64>,
    /// Who brings items, and in how many episodes.
    presenters: BTreeMap<String, usize>,
}

/// What a show's habits say of the notes of one episode.
#[derive(Debug, Clone, Copy)]
pub(super) struct Applied<'a> {
    habits: &'a ShowHabits,
    /// The lines of these notes are not all repeated: where all are, nothing tells the episode from its frame.
    has_own: bool,
}

impl ShowHabits {
    /// The habits of a show with these episodes. `link` is its own web page.
    pub fn of<'a>(episodes: impl Iterator<Item = &'a Traits>, link: Option<&str>) -> Self {
        let (mut lines, mut links) = (HashMap::new(), HashMap::new());
        let mut presenters = BTreeMap::new();
        let mut count = 0usize;
        for traits in episodes {
            count += 1;
            traits.lines.iter().for_each(|key| *lines.entry(*key).or_insert(0usize) += 1);
            traits.links.iter().for_each(|key| *links.entry(*key).or_insert(0usize) += 1);
            for name in &traits.presenters {
                *presenters.entry(name.clone()).or_insert(0) += 1;
            }
        }
        let enough = count.div_ceil(10).clamp(FEWEST, MOST);
        let common = |found: HashMap<u64, usize>, least: usize| -> HashSet<u64> {
            found.into_iter().filter(|(_, count)| *count >= least).map(|(key, _)| key).collect()
        };
        let mut links = common(links, count.div_ceil(LINK_SHARE).max(FEWEST));
        links.extend(link.map(link_key));
        Self { lines: common(lines, enough), links, presenters }
    }

    /// A key of all that these habits say of notes with such traits: while it stays, they read the same.
    pub fn bearing(&self, traits: &Traits) -> i64 {
        let mut said = Vec::new();
        for list in [(&traits.lines, &self.lines), (&traits.links, &self.links)] {
            said.extend(list.0.iter().filter(|key| list.1.contains(key)).flat_map(|key| key.to_le_bytes()));
            said.push(0);
        }
        for name in traits.presenters.iter().chain(&traits.candidates) {
            said.push(u8::from(self.is_regular(name)));
            said.extend(self.meant(name).unwrap_or_default().as_bytes());
            said.push(0);
        }
        Digest::of(&said).prefix().cast_signed()
    }

    /// Somebody who brings items in several episodes.
    pub(super) fn is_regular(&self, name: &str) -> bool {
        self.presenters.get(name).is_some_and(|count| *count >= REGULAR)
    }

    /// Whose name a one-off misspelling means: the one regular a slip of one letter away, where there is no doubt.
    pub(super) fn meant(&self, written: &str) -> Option<&str> {
        let count = self.presenters.get(written).copied().unwrap_or_default();
        if count > RAREST || written.chars().count() < SHORTEST_NAME {
            return None;
        }
        let near = |name: &str| {
            name != written
                && name.chars().next() == written.chars().next()
                && strsim::damerau_levenshtein(name, written) == 1
        };
        let common = |found: usize| found >= RARE.max(RARE * count);
        let mut likely = self.presenters.iter().filter(|(name, found)| common(**found) && near(name));
        let (name, _) = likely.next()?;
        likely.next().is_none().then_some(name.as_str())
    }

    /// What these habits say of notes whose lines have these keys.
    pub(super) fn apply(&self, lines: impl Iterator<Item = u64>) -> Applied<'_> {
        let has_own = lines.into_iter().any(|key| !self.lines.contains(&key));
        Applied { habits: self, has_own }
    }
}

impl Applied<'_> {
    /// Whether the show repeats the line of this key.
    pub(super) fn repeats(self, line: u64) -> bool {
        self.has_own && self.habits.lines.contains(&line)
    }

    /// Whether an address is the show's own, or one that most of its episodes lead to.
    pub(super) fn leads_home(self, url: &str) -> bool {
        self.habits.links.contains(&link_key(url))
    }
}
