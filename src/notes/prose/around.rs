//! What stands around a name in its sentence: the words that present it, its verb, what follows it.

use super::words::{Word, begins_phrase};
use super::{FARTHEST, IN_GUEST_VERBS, LONGEST_CLAUSE};
use crate::notes::person_words::{is_conjunction, is_guest_noun, is_particle, is_talking};

/// Names of a title end here, or what they are follows: `with Ada Lovelace of the Navy`.
pub(super) fn closes(words: &[Word<'_>], end: usize) -> bool {
    let apart = end > 0 && !matches!(words[end - 1].tail, "" | ")");
    let next = words.get(end);
    apart
        || next.is_none_or(|next| {
            let lower = next.lower();
            next.bare.is_empty() || next.capital || is_conjunction(&lower) || is_preposition(&lower)
        })
}

/// `My guest for this show is`, `Ospite della puntata:`, `Guests today -`.
pub(super) fn calls_guests(words: &[Word<'_>], at: usize) -> bool {
    let before = &words[at - 1];
    let links = before.tail == ":"
        || before.bare.is_empty()
        || !before.capital && is_copula(&before.lower()) && before.tail.is_empty();
    let sentence = || words[..at - 1].iter().rev().take(5).take_while(|word| !word.ends_sentence());
    links && sentence().any(|word| !word.possessive && is_guest_noun(&word.lower()))
}

/// `Bob talks about engines with`, `spricht Bob mit der Autorin`.
pub(super) fn talks_with(words: &[Word<'_>], at: usize) -> bool {
    let article = is_article(words[at - 1].bare) || matches!(words[at - 1].bare, "dem" | "einer" | "einem");
    let with = at.checked_sub(1 + usize::from(article)).filter(|with| !words[*with].capital);
    let Some(with) = with else { return false };
    let mut before = words[..with].iter().rev().take(FARTHEST).take_while(|word| !word.ends_sentence());
    words[with].goes_on() && is_with(&words[with].lower()) && before.any(|word| is_talking(&word.lower()))
}

pub(super) fn is_with(word: &str) -> bool {
    matches!(word, "with" | "mit" | "avec" | "con" | "amb" | "com" | "met" | "med")
}

/// The sentence, or the row, ends.
pub(super) fn ends_here(words: &[Word<'_>], at: usize) -> bool {
    at > 0 && (at >= words.len() || words[at - 1].ends_sentence())
}

pub(super) fn is_pronoun(word: &str) -> bool {
    matches!(
        word,
        "She" | "He" | "They" | "Sie" | "Er" | "Elle" | "Il" | "Ella" | "Lei" | "Lui" | "Ela" | "Ele"
    )
}

/// `Ada Lovelace is an engineer at the mill.`
pub(super) fn is_presented(words: &[Word<'_>], end: usize) -> bool {
    let copula = words.get(end).is_some_and(|word| is_copula(&word.lower()));
    end > 0 && words[end - 1].tail.is_empty() && copula && is_occupied(words, end + 1)
}

/// Where the verb of a name may stand: right after it, after `of the Navy`, after `, the admiral,`.
pub(super) fn clause(words: &[Word<'_>], end: usize) -> [Option<usize>; 4] {
    let of =
        words.get(end).is_some_and(|word| is_of(&word.lower())) && end > 0 && words[end - 1].tail.is_empty();
    let inside = |at: &usize| {
        let small = |word: &Word<'_>| is_article(&word.lower()) || is_particle(word.bare) || is_of(word.bare);
        words[*at].capital || words[*at].opens || small(&words[*at]) || is_article(&words[*at - 1].lower())
    };
    let after_of = of.then(|| {
        let length = (end + 1..words.len()).take(FARTHEST).take_while(inside).count();
        (length > 0).then_some(end + 1 + length)
    });
    let comma = |word: &Word<'_>| word.tail.ends_with(',');
    let rest = || words[end..].iter().take(LONGEST_CLAUSE);
    let after_comma = (end > 0 && end < words.len() && comma(&words[end - 1]))
        .then(|| rest().take_while(|word| !word.ends_sentence()).position(comma))
        .flatten();
    // `Ada Lovelace and Grace analyze`
    let joined = words.get(end).is_some_and(|word| is_conjunction(&word.lower()));
    let after_joined = (joined && words.get(end + 1).is_some_and(|word| word.capital)).then_some(end + 2);
    [Some(end), after_of.flatten(), after_comma.map(|at| end + at + 1), after_joined]
}

/// `Ada Lovelace on why engines fail.`
pub(super) fn is_on_something(words: &[Word<'_>], end: usize) -> bool {
    let word = |at: usize| words.get(at).map(Word::lower).unwrap_or_default();
    let goes_on = end > 0 && matches!(words[end - 1].tail, "" | ")" | ")," | ",");
    let asks = ["what", "how", "why", "whether", "her", "his", "their", "being", "the"];
    goes_on && word(end) == "on" && asks.contains(&word(end + 1).as_ref())
}

/// `..., who wrote the report, joins us` after a name.
pub(super) fn joins_later(words: &[Word<'_>], at: usize) -> bool {
    let rest = words.iter().enumerate().skip(at).take(LONGEST_CLAUSE);
    let mut rest = rest.take_while(|(place, _)| !words[place - 1].ends_sentence());
    at > 0
        && words[at - 1].tail.ends_with(',')
        && rest.any(|(place, _)| begins_phrase(words, place, &IN_GUEST_VERBS))
}

/// After words such as `Te gast is`, which nothing but a person follows, lower-case words say what the person is.
pub(super) fn presents_a_person(word: &Word<'_>) -> bool {
    let lower = word.lower();
    let noun = matches!(lower.as_ref(), "гостях" | "konuğumuz" | "konuğum" | "gościem" | "gast" | "gäst");
    // English says of anything whom or what it is with.
    let english = matches!(lower.as_ref(), "with" | "is" | "are");
    word.tail.is_empty() && !english && (noun || is_with(&lower) || is_copula(&lower))
}

/// Nothing but what the person is stands before.
pub(super) fn opens_sentence(words: &[Word<'_>], start: usize) -> bool {
    let over = |word: &&Word<'_>| !word.ends_sentence() && !word.tail.ends_with(':');
    let before = words[..start].iter().rev().take(4).take_while(over);
    let before: Vec<&Word<'_>> = before.collect();
    let small = |word: &Word<'_>| {
        word.is_occupation() || is_conjunction(&word.lower()) || word.is_function_word() && word.tail == ","
    };
    before.len() < 4 && before.iter().all(|word| small(word))
}

/// `with Ada Lovelace and Grace Hopper from the Navy`.
pub(super) fn comes_from(words: &[Word<'_>], start: usize, end: usize) -> bool {
    let with = start.checked_sub(1).is_some_and(|before| is_with(&words[before].lower()));
    with && words.get(end).is_some_and(|word| is_of(&word.lower())) && words[end - 1].tail.is_empty()
}

pub(super) fn is_of(word: &str) -> bool {
    matches!(
        word,
        "from"
            | "of"
            | "at"
            | "von"
            | "vom"
            | "bei"
            | "de"
            | "du"
            | "del"
            | "da"
            | "van"
            | "fra"
            | "från"
            | "из"
    )
}

pub(super) fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "at" | "of"
            | "from"
            | "for"
            | "in"
            | "on"
            | "by"
            | "to"
            | "about"
            | "von"
            | "bei"
            | "aus"
            | "für"
            | "über"
            | "de"
            | "im"
            | "am"
            | "vom"
            | "zum"
            | "zu"
            | "zur"
            | "sur"
            | "sobre"
            | "en"
            | "su"
            | "over"
            | "om"
            | "о"
            | "об"
            | "из"
            | "про"
    )
}

pub(super) fn is_copula(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "ist"
            | "sind"
            | "est"
            | "sont"
            | "es"
            | "son"
            | "è"
            | "sono"
            | "é"
            | "são"
            | "är"
            | "er"
            | "jest"
            | "są"
    )
}

/// `The Engine is a machine`: said of what is no person, unless an occupation follows.
pub(super) fn is_a(words: &[Word<'_>], at: usize) -> bool {
    let next = words.get(at + 1).map(Word::lower).unwrap_or_default();
    words.get(at).is_some_and(|word| is_copula(&word.lower()))
        && matches!(next.as_ref(), "a" | "an" | "ein" | "eine" | "un" | "une" | "una")
}

pub(super) fn is_of_things(word: &str) -> bool {
    matches!(word, "about" | "like" | "using" | "use" | "called" | "via" | "über")
}

/// `, engineering manager at ...` after a name.
pub(super) fn appositive(words: &[Word<'_>], at: usize) -> bool {
    at > 0
        && words[at - 1].tail.ends_with(',')
        && (is_occupied(words, at) || words.get(at).is_some_and(|word| word.lower() == "who"))
}

pub(super) fn is_occupied(words: &[Word<'_>], at: usize) -> bool {
    words
        .iter()
        .skip(at)
        .take(6)
        .any(|word| word.is_occupation() || word.bare == "head" || word.bare == "Head")
}

/// Persons bear none: `the Truth Machine`.
pub(super) fn is_article(word: &str) -> bool {
    matches!(word, "the" | "a" | "an" | "der" | "die" | "das" | "le" | "la" | "el")
}
