//! Names in prose, and rows of them.

use super::around::{is_article, is_preposition};
use super::words::Word;
use super::{FARTHEST, LONGEST_CLAUSE};
use crate::notes::person_words::{is_conjunction, is_degree, is_guest_noun, is_particle};

/// More names in a row are a list of something else.
const LONGEST_LIST: usize = 12;
/// More words say more than what a person is.
const MOST_PLAIN: usize = 3;
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
    while start < at + FARTHEST
        && words.get(start).is_some_and(|word| word.is_title() || word.changes_script(words.get(start + 1)))
    {
        start += 1;
    }
    let mut end = start;
    // So many words in a row are no name.
    while let Some(word) = words.get(end).filter(|_| end < at + 8 * MOST_WORDS) {
        let inside =
            end > start && is_particle(word.bare) && words.get(end + 1).is_some_and(|next| next.capital);
        if !word.capital && !inside || word.opens && end > start {
            break;
        }
        end += 1;
        // `Arkansas Gov. Ada Lovelace` is called Ada Lovelace.
        if word.is_title() && word.is_short() {
            start = end;
        } else if !word.goes_on() && !word.is_short() {
            break;
        }
    }
    let mut last = end;
    while last > start + 2 && is_degree(words[last - 1].bare) {
        last -= 1;
    }
    let found = &words[start..last];
    let count = found.iter().filter(|word| word.capital).count();
    let odd = |word: &Word<'_>| {
        word.is_body() || word.is_occupation() && !word.possessive || word.is_function_word() && word.capital
    };
    let shouts = |word: &&Word<'_>, least| {
        word.bare.chars().count() > least && !word.bare.chars().any(char::is_lowercase)
    };
    let shouted =
        found.iter().any(|word| shouts(&word, 3)) || found.iter().filter(|word| shouts(word, 1)).count() > 1;
    let owner = found.last().is_some_and(|last| last.possessive);
    if !(2..=MOST_WORDS).contains(&count) || found.iter().any(odd) || shouted || owner {
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
        if !found.names.is_empty() && words.get(at).is_some_and(|word| is_topic(word.bare)) {
            break;
        }
        let start = after_description(words, at);
        let Some(name) = name_at(words, start) else { break };
        found.described |= start > at;
        let mut after = after_brackets(words, name.end);
        if words[after - 1].tail == "," && words.get(after).is_some_and(|word| is_degree(word.bare)) {
            after += 1;
        }
        let last = &words[after - 1];
        let next = words.get(after);
        let conjoined = next.is_some_and(|next| is_conjunction(&next.lower()));
        let comma = last.tail.ends_with([',', ';']);
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
    let last = words.len().min(at + LONGEST_CLAUSE * 4);
    let named = (at..last).filter(|at| *at > 0 && parted(&words[at - 1])).filter_map(|at| {
        let joined = words.get(at).is_some_and(|word| is_conjunction(&word.lower()));
        name_at(words, at + usize::from(joined))
    });
    named.filter(|name| ends(&words[name.end - 1])).take(LONGEST_LIST).map(|name| name.text).collect()
}

/// The others of `joined by Ada Lovelace, who counts, and by Grace Hopper`: in the same sentence, after `and`.
pub(super) fn joined_each(words: &[Word<'_>], at: usize) -> Vec<String> {
    let mut names = Vec::new();
    for place in at.max(1)..words.len().min(at + LONGEST_CLAUSE) {
        let before = &words[place - 1];
        if before.ends_sentence() || is_topic(&words[place].lower()) {
            break;
        }
        if !is_conjunction(&words[place].lower()) || !words[place].tail.is_empty() {
            continue;
        }
        let others = list(words, place + 1);
        if before.tail.ends_with([',', ';']) || others.described {
            names.extend(others.names);
        }
    }
    names
}

/// What the talk is of follows.
fn is_topic(word: &str) -> bool {
    matches!(
        word,
        "to" | "about"
            | "on"
            | "über"
            | "um"
            | "sobre"
            | "sur"
            | "pour"
            | "para"
            | "per"
            | "om"
            | "over"
            | "о"
            | "об"
    )
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

/// Past the words that say what a person is, before the name: `the Post's senior correspondent Ada Lovelace`,
/// `the editor and professor of engineering Ada Lovelace`.
fn after_description(words: &[Word<'_>], at: usize) -> usize {
    let mut start = at;
    let mut occupied = false;
    for (place, word) in words.iter().enumerate().skip(at).take(FARTHEST) {
        let next = words.get(place + 1);
        let is = word.is_occupation() && word.goes_on();
        occupied |= is;
        if next.is_some_and(|next| next.capital || next.is_title()) {
            let apart =
                !word.capital && word.goes_on() && !is_preposition(word.bare) && !is_article(word.bare);
            let described = is || word.is_title() || word.possessive;
            if described || occupied && apart && name_at(words, place + 1).is_some() {
                start = place + 1;
            }
        }
        let stays = word.goes_on() || word.possessive || word.is_short();
        let named = start == place + 1 && name_at(words, start).is_some();
        let joins = is_conjunction(&word.lower()) && !next.is_some_and(Word::is_occupation);
        if !stays || joins || named {
            break;
        }
    }
    start
}

/// Past `our Europe editor,` before the name.
pub(super) fn after_office(words: &[Word<'_>], at: usize) -> usize {
    let ours = |word: &Word<'_>| {
        matches!(
            word.lower().as_ref(),
            "our" | "my" | "unser" | "unserem" | "unserer" | "notre" | "nuestro" | "nuestra" | "onze" | "vår"
        )
    };
    if !words.get(at).is_some_and(ours) {
        return at;
    }
    let mut office = words.iter().enumerate().skip(at).take(FARTHEST);
    let end = office.find(|(_, word)| !word.goes_on()).map(|(end, _)| end);
    end.filter(|end| words[*end].tail == "," && words[*end].is_occupation()).map_or(at, |end| end + 1)
}

/// Past few lower-case words that read on to a name: `сомнолог`, `il chimico`.
pub(super) fn after_plain(words: &[Word<'_>], at: usize) -> usize {
    let plain = |word: &&Word<'_>| {
        let lower = word.lower();
        !word.capital
            && word.goes_on()
            && !is_preposition(&lower)
            && !is_conjunction(&lower)
            && !is_topic(&lower)
            && !word.is_function_word()
    };
    let article = usize::from(words.get(at).is_some_and(|word| is_short_article(&word.lower())));
    let start = at + article;
    let length = words.get(start..).unwrap_or_default().iter().take(MOST_PLAIN + 1).take_while(plain).count();
    let end = start + length;
    let presented = words.get(end).is_some_and(|word| is_guest_noun(&word.lower()));
    if length == 0 || length > MOST_PLAIN || presented { at } else { end }
}

fn is_short_article(word: &str) -> bool {
    is_article(word)
        || matches!(
            word,
            "il" | "lo"
                | "o"
                | "de"
                | "het"
                | "een"
                | "un"
                | "una"
                | "uno"
                | "um"
                | "uma"
                | "une"
                | "en"
                | "ett"
                | "bir"
                | "dem"
        )
}
