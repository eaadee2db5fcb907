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
    pub(super) const PARTICLE: Self = Self(1 << 5);
    pub(super) const CONJUNCTION: Self = Self(1 << 6);
    /// The last word of such a phrase.
    pub(super) const ENDS_CUE: Self = Self(1 << 7);
    pub(super) const ENDS_WEAK_CUE: Self = Self(1 << 8);
    pub(super) const ENDS_HOST: Self = Self(1 << 9);
    /// The first word of what guests and hosts do.
    pub(super) const BEGINS_VERB: Self = Self(1 << 10);

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
    (lists::PARTICLES, Classes::PARTICLE),
    (lists::CONJUNCTIONS, Classes::CONJUNCTION),
];
/// Phrases found by their last word.
const ENDS: &[(&[&str], Classes)] = &[
    (lists::CUES, Classes::ENDS_CUE),
    (lists::WEAK_CUES, Classes::ENDS_WEAK_CUE),
    (lists::HOST_WORDS, Classes::ENDS_HOST),
];
/// Phrases found by their first word.
const BEGINS: &[&[&str]] =
    &[lists::GUEST_VERBS, lists::TELLING_VERBS, lists::HOST_VERBS, &["is", "ist", "est"]];

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
    slots: Vec<(&'static str, Classes)>,
}

impl Table {
    /// A power of two, several times as many as there are words.
    const SIZE: usize = 8192;

    fn new() -> Self {
        let mut table = Self { slots: vec![("", Classes::default()); Self::SIZE] };
        for (words, class) in WORDS {
            words.iter().for_each(|word| table.add(word, *class));
        }
        for (phrases, class) in ENDS {
            let last = phrases.iter().filter_map(|phrase| phrase.rsplit(' ').next());
            last.for_each(|word| table.add(word, *class));
        }
        for word in BEGINS.iter().copied().flatten().filter_map(|phrase| phrase.split(' ').next()) {
            table.add(word, Classes::BEGINS_VERB);
            table.add(word.trim_end_matches("'s"), Classes::BEGINS_VERB);
        }
        table
    }

    fn add(&mut self, word: &'static str, class: Classes) {
        let place = self.place(word);
        let (known, classes) = &mut self.slots[place];
        *known = word;
        classes.0 |= class.0;
    }

    fn get(&self, word: &str) -> Classes {
        self.slots[self.place(word)].1
    }

    /// Where the word is, or would be.
    fn place(&self, word: &str) -> usize {
        let mut place = hash(word);
        loop {
            let known = self.slots[place].0;
            if known.is_empty() || known.len() == word.len() && known.eq_ignore_ascii_case(word) {
                return place;
            }
            place = (place + 1) % Self::SIZE;
        }
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
    (mixed.wrapping_mul(0x9e37_79b1) >> 16) as usize % Table::SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_of_their_lists() {
        assert!(of("Professor").is(Classes::OCCUPATION) || of("professor").is(Classes::TITLE));
        assert!(of("AND").is(Classes::CONJUNCTION));
        assert!(of("guests").is(Classes::ENDS_CUE) || of("guest").is(Classes::ENDS_CUE));
        assert_eq!(of("quartz"), Classes::default());
        assert_eq!(of(""), Classes::default());
        let words: usize = WORDS.iter().chain(ENDS).map(|(words, _)| words.len()).sum();
        assert!(words * 4 < Table::SIZE, "the table is too small for {words} words");
    }
}
