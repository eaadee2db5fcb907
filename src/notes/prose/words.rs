//! The words of prose: what they look like, and which phrases they make.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use crate::notes::person_words::{is_function_word, is_occupation, is_particle};
use crate::notes::spaces;
use crate::notes::word_classes::{self, Classes};

/// Phrases by their last word, or by their first.
pub(super) type ByWord = HashMap<&'static str, Vec<&'static str>>;

/// A word of prose.
#[derive(Debug)]
pub(super) struct Word<'a> {
    pub(super) bare: &'a str,
    /// What stands between the word and the next space: punctuation.
    pub(super) tail: &'a str,
    /// It begins with a bracket or a quote.
    pub(super) opens: bool,
    pub(super) possessive: bool,
    /// It may be part of a name.
    pub(super) capital: bool,
    /// Looked up once: lists of names come by the same word again and again.
    kinds: OnceCell<Kinds>,
}

/// Which tables hold a word.
#[derive(Debug, Clone, Copy)]
struct Kinds {
    title: bool,
    occupation: bool,
    body: bool,
    function: bool,
    /// It begins or ends a phrase.
    of_phrase: bool,
}

pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(text.len() / 5);
    words.extend(spaces::words(text).map(word));
    words
}

/// Two words in a row may begin with a capital: nothing else can hold a name.
pub(super) fn may_name(text: &str) -> bool {
    let mut before = false;
    for word in text.split_ascii_whitespace() {
        let first =
            word.bytes().find(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).unwrap_or(b' ');
        let capital = first.is_ascii_uppercase() || !first.is_ascii();
        if capital && before {
            return true;
        }
        // Particles stand inside names, and one word is enough after `guest`.
        before = capital || before && word.len() < 6 && is_particle(word) || word == "guest";
    }
    false
}

fn word(raw: &str) -> Word<'_> {
    let core = raw.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '&' && c != '+');
    let opens = core.len() < raw.len();
    let mut bare = core.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '&' && c != '+');
    let tail = &core[bare.len()..];
    let mut possessive = false;
    for end in ["'s", "’s"] {
        if let Some(owner) = bare.strip_suffix(end) {
            (bare, possessive) = (owner, true);
        }
    }
    let lettered = !bare.contains("--")
        && bare.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '\'' | '’'));
    let capital = bare.starts_with(char::is_uppercase) && lettered && !is_joined(bare);
    let dash = bare.is_empty() && raw.chars().all(|c| matches!(c, '-' | '–' | '—' | ':' | '|'));
    Word { bare, tail: if dash { raw } else { tail }, opens, possessive, capital, kinds: OnceCell::new() }
}

/// `NetBook` is written together; `McBride` and `VanderPlas` are names.
fn is_joined(word: &str) -> bool {
    let small = word.chars().skip(1).take_while(|c| c.is_lowercase()).count();
    small > 3
        && word.chars().nth(small + 1).is_some_and(char::is_uppercase)
        && !["Van", "Von", "Fitz", "De", "La"].iter().any(|prefix| word.starts_with(prefix))
}

/// Two words of a name may begin here.
pub(super) fn is_pair(words: &[Word<'_>], at: usize) -> bool {
    let next = words.get(at + 1);
    let particle = next.is_some_and(|next| is_particle(next.bare));
    let second = if particle { words.get(at + 2).or(next) } else { next };
    let first = &words[at];
    first.capital
        && (first.goes_on() || first.is_short() || first.possessive)
        && second.is_some_and(|next| next.capital || is_particle(next.bare))
}

impl<'a> Word<'a> {
    fn kinds(&self) -> Kinds {
        *self.kinds.get_or_init(|| {
            let classes = word_classes::of(self.bare);
            // `You've` is `you`.
            let first = self.bare.split(['\'', '’']).next().filter(|first| first.len() < self.bare.len());
            Kinds {
                title: classes.is(Classes::TITLE),
                occupation: is_occupation(self.bare),
                body: classes.is(Classes::BODY),
                function: first.map_or_else(|| classes.is(Classes::FUNCTION), is_function_word),
                of_phrase: classes.is(Classes::OF_PHRASE),
            }
        })
    }

    /// `Dr`.
    pub(super) fn is_title(&self) -> bool {
        self.kinds().title
    }

    /// What somebody is.
    pub(super) fn is_occupation(&self) -> bool {
        self.kinds().occupation
    }

    /// Of the name of a body, work or place.
    pub(super) fn is_body(&self) -> bool {
        self.kinds().body
    }

    /// It begins sentences, and no names.
    pub(super) fn is_function_word(&self) -> bool {
        self.kinds().function
    }

    pub(super) fn lower(&self) -> Cow<'a, str> {
        if self.bare.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
            return Cow::Borrowed(self.bare);
        }
        Cow::Owned(self.bare.to_lowercase().replace('’', "'"))
    }

    /// The next word is of the same phrase.
    pub(super) fn goes_on(&self) -> bool {
        self.tail.is_empty() && !self.possessive
    }

    /// `Rambler Ада` is no name: its words are of two scripts.
    pub(super) fn changes_script(&self, next: Option<&Self>) -> bool {
        let latin = |word: &Self| word.bare.starts_with(|c: char| c < '\u{370}');
        self.goes_on() && next.is_some_and(|next| next.capital && latin(next) != latin(self))
    }

    /// It has a capital, and the word after it is of no name with it.
    pub(super) fn is_single(&self, next: Option<&Self>) -> bool {
        let joined = self.goes_on() && next.is_some_and(|next| next.capital);
        self.capital && !joined && self.bare.chars().count() > 2
    }

    /// `J.` and `Dr.` end no sentence.
    pub(super) fn is_short(&self) -> bool {
        self.tail.starts_with('.') && (self.bare.chars().count() == 1 || self.is_title())
    }

    pub(super) fn ends_sentence(&self) -> bool {
        self.tail.starts_with(['.', '!', '?', '…']) && !self.is_short()
    }
}

/// Words with capitals begin here.
pub(super) fn begins(words: &[Word<'_>], at: usize) -> bool {
    words[at].capital && (at == 0 || !words[at - 1].capital || !words[at - 1].goes_on())
}

pub(super) fn by_last_word(phrases: &[&'static str]) -> ByWord {
    by_word(phrases, |phrase| phrase.rsplit(' ').next())
}

pub(super) fn by_first_word(phrases: &[&'static str]) -> ByWord {
    by_word(phrases, |phrase| phrase.split(' ').next())
}

fn by_word(phrases: &[&'static str], key: fn(&'static str) -> Option<&'static str>) -> ByWord {
    let mut map = ByWord::new();
    for phrase in phrases {
        map.entry(key(phrase).unwrap_or_default()).or_default().push(*phrase);
    }
    map
}

/// The words before `at` are one of the phrases.
pub(super) fn ends_phrase(words: &[Word<'_>], at: usize, phrases: &ByWord) -> bool {
    // `Guests - Ada`: the dash is a word of its own.
    let end = if words[at - 1].bare.is_empty() && at > 1 { at - 1 } else { at };
    let last = &words[end - 1];
    let parted = !matches!(words[at - 1].tail, "" | ":" | "-" | "–" | "—" | ",");
    if parted || !last.kinds().of_phrase {
        return false;
    }
    let Some(ending) = phrases.get(last.lower().as_ref()) else { return false };
    ending.iter().any(|phrase| {
        let count = phrase.split(' ').count();
        let slice = end.checked_sub(count).map(|begin| &words[begin..end]);
        slice.is_some_and(|slice| {
            slice[..count - 1].iter().all(|word| word.tail.is_empty()) && same(slice, phrase)
        })
    })
}

/// The words from `at` on begin with one of the phrases.
pub(super) fn begins_phrase(words: &[Word<'_>], at: usize, phrases: &ByWord) -> bool {
    // Verbs are written small.
    let word = words.get(at).filter(|word| !word.capital && word.kinds().of_phrase);
    let Some(beginning) = word.and_then(|word| phrases.get(word.lower().as_ref())) else {
        return false;
    };
    let count = |phrase: &str| phrase.split(' ').count();
    beginning.iter().any(|phrase| words.get(at..at + count(phrase)).is_some_and(|slice| same(slice, phrase)))
}

fn same(words: &[Word<'_>], phrase: &str) -> bool {
    phrase.split(' ').zip(words).all(|(want, word)| {
        want == word.lower() || word.possessive && want.strip_suffix("'s") == Some(word.lower().as_ref())
    })
}
