//! The words of prose: what they look like, and which phrases they make.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::notes::person_words::is_particle;
use crate::notes::spaces;
use crate::notes::word_classes::{self, Classes};

/// Phrases by their last word.
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
    classes: Classes,
}

pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    push_words(&mut words, text);
    words
}

pub(super) fn push_words<'a>(words: &mut Vec<Word<'a>>, text: &'a str) {
    words.reserve(text.len() / 5);
    words.extend(spaces::words(text).map(word));
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
        // Particles stand inside names.
        before = capital || before && word.len() < 6 && is_particle(word);
    }
    false
}

fn word(raw: &str) -> Word<'_> {
    // Most words are small letters only.
    if raw.bytes().all(|byte| byte.is_ascii_lowercase()) {
        let classes = word_classes::of_ascii(raw);
        return Word { bare: raw, tail: "", opens: false, possessive: false, capital: false, classes };
    }
    let (core, bare) = if raw.is_ascii() { trimmed_ascii(raw) } else { trimmed(raw) };
    let opens = core.len() < raw.len();
    let tail = &core[bare.len()..];
    let owner = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s"));
    let (bare, possessive) = (owner.unwrap_or(bare), owner.is_some());
    let capital = bare.starts_with(char::is_uppercase) && bare.chars().all(is_of_name);
    let dash = bare.is_empty() && raw.chars().all(|c| matches!(c, '-' | '–' | '—' | ':' | '|'));
    let classes = word_classes::of(bare);
    Word { bare, tail: if dash { raw } else { tail }, opens, possessive, capital, classes }
}

/// Without what stands before the word, and also without what stands after it.
fn trimmed(raw: &str) -> (&str, &str) {
    let odd = |c: char| !c.is_alphanumeric() && c != '&' && c != '+';
    let core = raw.trim_start_matches(odd);
    (core, core.trim_end_matches(odd))
}

fn trimmed_ascii(raw: &str) -> (&str, &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'&' || byte == b'+';
    let start = raw.bytes().position(plain).unwrap_or(raw.len());
    let end = raw.bytes().rposition(plain).map_or(start, |last| last + 1);
    (&raw[start..], &raw[start..end])
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '-' | '.' | '\'' | '’') || !c.is_ascii() && c.is_alphabetic()
}

/// Two words of a name may begin here.
pub(super) fn is_pair(words: &[Word<'_>], at: usize) -> bool {
    let next = words.get(at + 1);
    let particle = next.is_some_and(Word::is_particle);
    let second = if particle { words.get(at + 2).or(next) } else { next };
    let first = &words[at];
    first.capital
        && (first.goes_on() || first.is_short() || first.possessive)
        && second.is_some_and(|next| next.capital || next.is_particle())
}

impl<'a> Word<'a> {
    pub(super) fn lower(&self) -> Cow<'a, str> {
        if self.bare.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
            return Cow::Borrowed(self.bare);
        }
        Cow::Owned(self.bare.to_lowercase().replace('’', "'"))
    }

    pub(super) fn is_title(&self) -> bool {
        self.classes.is(Classes::TITLE)
    }

    pub(super) fn is_body(&self) -> bool {
        self.classes.is(Classes::BODY)
    }

    pub(super) fn is_function_word(&self) -> bool {
        self.classes.is(Classes::FUNCTION)
    }

    pub(super) fn is_conjunction(&self) -> bool {
        self.classes.is(Classes::CONJUNCTION)
    }

    pub(super) fn is_particle(&self) -> bool {
        self.classes.is(Classes::PARTICLE) && is_particle(self.bare)
    }

    pub(super) fn is_occupation(&self) -> bool {
        let is = |word: &str| word_classes::of(word).is(Classes::OCCUPATION);
        self.classes.is(Classes::OCCUPATION)
            || self.bare.ends_with("ologist")
            || self.bare.contains('/') && self.bare.split('/').all(is)
    }

    /// The next word is of the same phrase.
    pub(super) fn goes_on(&self) -> bool {
        self.tail.is_empty() && !self.possessive
    }

    /// `J.` and `Dr.` end no sentence.
    pub(super) fn is_short(&self) -> bool {
        self.tail.starts_with('.')
            && (self.bare.chars().nth(1).is_none() && !self.bare.is_empty() || self.is_title())
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
    let mut map = ByWord::new();
    for phrase in phrases {
        let last = phrase.rsplit(' ').next().unwrap_or_default();
        map.entry(last).or_default().push(*phrase);
    }
    map
}

/// The words before `at` are one of the phrases, which are those whose last words are of a class.
pub(super) fn ends_phrase(words: &[Word<'_>], at: usize, class: Classes, phrases: &ByWord) -> bool {
    // `Guests - Ada`: the dash is a word of its own.
    let end = if words[at - 1].bare.is_empty() && at > 1 { at - 1 } else { at };
    let last = &words[end - 1];
    if !last.classes.is(class) {
        return false;
    }
    let parted = !matches!(words[at - 1].tail, "" | ":" | "-" | "–" | "—" | ",");
    let Some(ending) = phrases.get(last.lower().as_ref()).filter(|_| !parted) else { return false };
    ending.iter().any(|phrase| {
        let count = phrase.split(' ').count();
        let slice = end.checked_sub(count).map(|begin| &words[begin..end]);
        slice.is_some_and(|slice| {
            slice[..count - 1].iter().all(|word| word.tail.is_empty()) && same(slice, phrase)
        })
    })
}

/// The words from `at` on begin with one of the phrases.
pub(super) fn begins_phrase(words: &[Word<'_>], at: usize, phrases: &[&str]) -> bool {
    let Some(first) = words.get(at).filter(|word| word.classes.is(Classes::BEGINS_VERB)) else {
        return false;
    };
    let begin = first.lower();
    phrases
        .iter()
        .filter(|phrase| phrase.starts_with(begin.as_ref()))
        .any(|phrase| words.get(at..at + phrase.split(' ').count()).is_some_and(|slice| same(slice, phrase)))
}

fn same(words: &[Word<'_>], phrase: &str) -> bool {
    phrase.split(' ').zip(words).all(|(want, word)| {
        want == word.lower() || word.possessive && want.strip_suffix("'s") == Some(word.lower().as_ref())
    })
}
