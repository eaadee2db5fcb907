//! A word -> which lists of `person_words` it is of, found once a word.

use std::sync::LazyLock;

use super::person_words as lists;

/// Lists that a word is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Classes(u16);

impl Classes {
    pub(super) const TITLE: Self = Self(1);
    pub(super) const OCCUPATION: Self = Self(1 << 1);
    pub(super) const BODY: Self = Self(1 << 2);
    pub(super) const FUNCTION: Self = Self(1 << 3);
    pub(super) const CHANNEL: Self = Self(1 << 4);
    pub(super) const GUEST_NOUN: Self = Self(1 << 5);
    pub(super) const TALKING: Self = Self(1 << 6);
    /// The first word of a phrase, or its last.
    pub(super) const OF_PHRASE: Self = Self(1 << 7);

    pub(super) fn is(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }
}

/// The lists of single words.
const WORDS: &[(&[&str], Classes)] = &[
    (lists::TITLES, Classes::TITLE),
    (lists::OCCUPATIONS, Classes::OCCUPATION),
    (lists::BODIES, Classes::BODY),
    (lists::FUNCTION_WORDS, Classes::FUNCTION),
    (lists::CHANNELS, Classes::CHANNEL),
    (lists::GUEST_NOUNS, Classes::GUEST_NOUN),
    (lists::TALKING, Classes::TALKING),
];
/// The lists of phrases.
const PHRASES: &[&[&str]] = &[
    lists::CUES,
    lists::WEAK_CUES,
    lists::TITLE_CUES,
    lists::EXPLAINING_VERBS,
    lists::GUEST_VERBS,
    lists::TELLING_VERBS,
    lists::HOST_VERBS,
    lists::HOST_WORDS,
    lists::SHOW_HOST_WORDS,
];

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// The lists that a word is of, in any case.
pub(super) fn of(word: &str) -> Classes {
    if word.is_ascii() {
        return of_ascii(word);
    }
    let lower = word.to_lowercase();
    TABLE.get(&if lower.contains('’') { lower.replace('’', "'") } else { lower })
}

/// The lists that a word of ASCII is of, in any case.
pub(super) fn of_ascii(word: &str) -> Classes {
    TABLE.get(word)
}

/// Words by their hash, each in the first free slot from there on.
struct Table {
    /// Places among the words, and a place after them where there is none.
    slots: Vec<u16>,
    words: Vec<(&'static str, Classes)>,
}

impl Table {
    /// A power of two, several times as many as there are words.
    const SIZE: usize = 1 << 14;

    fn new() -> Self {
        let mut table = Self { slots: vec![u16::MAX; Self::SIZE], words: Vec::new() };
        for (words, class) in WORDS {
            words.iter().for_each(|word| table.add(word, *class));
        }
        for phrase in PHRASES.iter().copied().flatten() {
            let mut words = phrase.split(' ');
            let ends = [words.next(), words.next_back()];
            ends.into_iter().flatten().for_each(|word| table.add(word, Classes::OF_PHRASE));
        }
        table
    }

    fn add(&mut self, word: &'static str, class: Classes) {
        let slot = self.slot(word);
        if self.slots[slot] == u16::MAX {
            self.slots[slot] = self.words.len() as u16;
            self.words.push((word, Classes::default()));
        }
        self.words[usize::from(self.slots[slot])].1.0 |= class.0;
    }

    fn get(&self, word: &str) -> Classes {
        self.words.get(usize::from(self.slots[self.slot(word)])).map_or(Classes::default(), |known| known.1)
    }

    /// Where the word is, or would be.
    fn slot(&self, word: &str) -> usize {
        let mut slot = hash(word);
        while let Some((known, _)) = self.words.get(usize::from(self.slots[slot])) {
            if known.eq_ignore_ascii_case(word) {
                break;
            }
            slot = (slot + 1) % Self::SIZE;
        }
        slot
    }
}

/// By its length, its first letters and its last, in any case.
fn hash(word: &str) -> usize {
    let bytes = word.as_bytes();
    let ends = bytes.first_chunk::<4>().zip(bytes.last_chunk::<4>());
    let (first, last) = ends.map_or_else(
        || (bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)), 0),
        |(first, last)| (u32::from_le_bytes(*first), u32::from_le_bytes(*last)),
    );
    let mixed = (first | 0x2020_2020) ^ (last | 0x2020_2020).rotate_left(15) ^ (bytes.len() as u32) << 11;
    (mixed.wrapping_mul(0x9e37_79b1) >> 15) as usize % Table::SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_of_their_lists() {
        assert!(of("Professor").is(Classes::OCCUPATION) || of("professor").is(Classes::TITLE));
        assert!(of("GUESTS").is(Classes::GUEST_NOUN));
        assert!(of("guest").is(Classes::OF_PHRASE));
        assert_eq!(of("quartz"), Classes::default());
        assert_eq!(of(""), Classes::default());
        assert!(TABLE.words.len() * 3 < Table::SIZE, "too small for {} words", TABLE.words.len());
    }
}
