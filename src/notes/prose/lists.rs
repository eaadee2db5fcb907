//! Names in prose, and rows of them.

use super::words::Word;
use super::{FARTHEST, LONGEST_CLAUSE};
/// More names in a row are a list of something else.
const LONGEST_LIST: usize = 12;
/// Nobody has a name of more words.
const MOST_WORDS: usize = 5;

/// A name in prose: its words, and where they stand.
struct Name {
    text: String,
    pub(super) end: usize,
}

/// The name that begins at a word.
fn name_at(words: &[Word<'_>], at: usize) -> Option<Name> {
    let mut start = at;
    while words.get(start).is_some_and(Word::is_title) {
        start += 1;
    }
    let mut end = start;
    while let Some(word) = words.get(end) {
        let inside = end > start && word.is_particle() && words.get(end + 1).is_some_and(|next| next.capital);
        if !word.capital && !inside || word.opens && end > start {
            break;
        }
        end += 1;
        if !word.goes_on() && !word.is_short() {
            break;
        }
    }
    let found = &words[start..end];
    let count = found.iter().filter(|word| word.capital).count();
    if !(2..=MOST_WORDS).contains(&count) {
        return None;
    }
    let odd = |word: &Word<'_>| {
        word.is_body() || word.is_occupation() && !word.possessive || word.is_function_word() && word.capital
    };
    let shouted =
        found.iter().any(|word| word.bare.chars().count() > 3 && !word.bare.chars().any(char::is_lowercase));
    let owner = found.last().is_some_and(|last| last.possessive);
    if found.iter().any(odd) || shouted || owner {
        return None;
    }
    let spelled =
        |word: &Word<'_>| if word.is_short() { format!("{}.", word.bare) } else { word.bare.to_owned() };
    Some(Name { text: found.iter().map(spelled).collect::<Vec<_>>().join(" "), end })
}

/// Names in a row, and where they end.
#[derive(Default)]
pub(super) struct List {
    pub(super) names: Vec<String>,
    pub(super) end: usize,
    /// Words before a name said what the person is.
    pub(super) described: bool,
}

/// The names that begin at a word, joined by commas and conjunctions.
pub(super) fn list(words: &[Word<'_>], at: usize) -> List {
    let mut found = List { end: at, ..List::default() };
    let mut at = at;
    while found.names.len() < LONGEST_LIST {
        let start = after_description(words, at);
        let Some(name) = name_at(words, start) else { break };
        found.described |= start > at;
        let after = after_brackets(words, name.end);
        let last = &words[after - 1];
        let next = words.get(after);
        let conjoined = next.is_some_and(Word::is_conjunction);
        let comma = last.tail.ends_with(',');
        let first = found.names.is_empty() || words[at - 1].tail.is_empty();
        let in_list = comma || conjoined || last.ends_sentence() || next.is_none();
        // `Ada Lovelace, New York Times columnist`: what follows a comma may describe.
        if !first && !in_list {
            break;
        }
        found.names.push(name.text);
        found.end = after;
        if conjoined && (comma || last.tail.is_empty() || last.tail == ")") {
            at = after + 1;
        } else if comma {
            at = after;
        } else {
            break;
        }
    }
    found
}

/// The others of `Guests: Ada Lovelace, who counts, Grace Hopper, who sails`: each between commas.
pub(super) fn described_each(words: &[Word<'_>], at: usize) -> Vec<String> {
    let parted = |word: &Word<'_>| word.tail.ends_with([',', ';']);
    let ends = |word: &Word<'_>| parted(word) || word.ends_sentence();
    let named = (at..words.len().min(at + LONGEST_CLAUSE * 4))
        .filter(|at| *at > 0 && parted(&words[at - 1]))
        .filter_map(|at| name_at(words, at));
    named.filter(|name| ends(&words[name.end - 1])).take(LONGEST_LIST).map(|name| name.text).collect()
}

/// Past `(Guardian)`.
fn after_brackets(words: &[Word<'_>], at: usize) -> usize {
    let bracket = words.get(at).is_some_and(|word| word.opens) && words[at - 1].tail.is_empty();
    let close = words[at..].iter().take(6).position(|word| word.tail.starts_with(')'));
    match close.filter(|_| bracket) {
        Some(close) => at + close + 1,
        None => at,
    }
}

/// Past the words that say what a person is, before the name: `the Post's senior correspondent Ada Lovelace`.
fn after_description(words: &[Word<'_>], at: usize) -> usize {
    let mut start = at;
    for (place, word) in words.iter().enumerate().skip(at).take(FARTHEST) {
        let next = words.get(place + 1).is_some_and(|next| next.capital || next.is_title());
        if next && (word.is_occupation() && word.goes_on() || word.is_title() || word.possessive) {
            start = place + 1;
        }
        let stays = word.goes_on() || word.possessive || word.is_short();
        if !stays || word.is_conjunction() {
            break;
        }
    }
    start
}
