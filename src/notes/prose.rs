//! Persons whom prose introduces: names, and what the words around them say.
//!
//! A name alone proves nothing, since news name people too. Each sign counts: words that present a guest, the title
//! of the episode, a line that tells where to find the person, what the person does in the sentence.

mod lists;
mod words;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::person_words::{CUES, GUEST_VERBS, HOST_VERBS, HOST_WORDS, TELLING_VERBS, WEAK_CUES};
use super::word_classes::Classes;
use lists::{described_each, list};
use words::{
    ByWord, Word, begins, begins_phrase, by_last_word, ends_phrase, is_pair, may_name, push_words, words,
};

/// Signs enough to call somebody a guest.
const ENOUGH: i32 = 3;
/// Words between a cue and the name it presents: `NBC News national political correspondent Steve Kornacki`.
const FARTHEST: usize = 9;
/// Words between a name and what its bearer does.
const LONGEST_CLAUSE: usize = 25;

/// What is known beside the prose.
pub(super) struct Beside<'a> {
    /// The title of the episode.
    pub(super) title: Option<&'a str>,
    /// The names, whole or first, that other lines tell where to find, in lower case.
    pub(super) contacts: &'a dyn Fn() -> HashSet<String>,
}

/// The guests whom paragraphs of prose introduce, in order.
pub(super) fn guests<'a>(paragraphs: impl Iterator<Item = &'a str>, beside: &Beside<'_>) -> Vec<String> {
    let mut signs = Signs::default();
    let mut words = Vec::new();
    for paragraph in paragraphs.filter(|text| may_name(text)) {
        words.clear();
        push_words(&mut words, paragraph);
        signs.read(&words);
    }
    if signs.order.is_empty() {
        return Vec::new();
    }
    let contacts = (beside.contacts)();
    signs.title(beside.title.unwrap_or_default(), &contacts);
    let titled = signs.found.values().any(|sign| sign.titled);
    let mut names = signs.order;
    names
        .retain(|name| signs.found.get(name).is_some_and(|sign| sign.sum(name, titled, &contacts) >= ENOUGH));
    names
}

/// The names at the start of a text, such as what follows `Special guest`.
pub(super) fn names_at_start(text: &str) -> Vec<String> {
    let words = words(text);
    list(&words, 0).names
}

/// What speaks for somebody's being a guest.
#[derive(Debug, Default)]
struct Sign {
    cued: bool,
    weakly_cued: bool,
    titled: bool,
    joins: bool,
    tells: bool,
    described: bool,
    hosts: bool,
    /// It is spoken of as one speaks of things.
    thing: bool,
}

impl Sign {
    fn sum(&self, name: &str, titled: bool, contacts: &HashSet<String>) -> i32 {
        if self.hosts && !self.cued {
            return 0;
        }
        let lower = name.to_lowercase();
        let first = lower.split(' ').next().unwrap_or_default();
        // Where the title names somebody, `talks with` may name the host.
        let weakly = self.weakly_cued && (self.titled || !titled);
        let contact = !self.thing && (contacts.contains(&lower) || contacts.contains(first));
        let points = [
            (self.cued || weakly || self.joins || contact, ENOUGH),
            (self.titled, 2),
            (self.tells, 1),
            (self.described, 1),
            (self.tells && self.described, 1),
        ];
        points.iter().filter(|(is, _)| *is).map(|(_, points)| points).sum()
    }
}

#[derive(Default)]
struct Signs {
    found: HashMap<String, Sign>,
    order: Vec<String>,
}

impl Signs {
    fn of(&mut self, name: String) -> &mut Sign {
        if !self.found.contains_key(&name) {
            self.order.push(name.clone());
        }
        self.found.entry(name).or_default()
    }

    fn read(&mut self, words: &[Word<'_>]) {
        // Only near two capitals in a row can a name be said.
        let mut pairs = (0..words.len()).filter(|at| is_pair(words, *at)).peekable();
        for at in 0..words.len() {
            while pairs.next_if(|pair| *pair < at).is_some() {}
            let Some(pair) = pairs.peek() else { break };
            if *pair > at + FARTHEST + 1 {
                continue;
            }
            self.cue(words, at);
            if begins(words, at) {
                self.sentence(words, at);
            }
        }
    }

    /// What stands right before a word presents the names that follow.
    fn cue(&mut self, words: &[Word<'_>], at: usize) {
        let cued = at > 0 && ends_phrase(words, at, Classes::ENDS_CUE, &IN_CUES);
        let weak = at > 0 && !cued && ends_phrase(words, at, Classes::ENDS_WEAK_CUE, &IN_WEAK_CUES);
        if !cued && !weak {
            return;
        }
        let mut names = list(words, at);
        if cued && !words[at - 1].tail.is_empty() {
            names.names.extend(described_each(words, names.end));
        }
        for name in names.names {
            let sign = self.of(name);
            sign.cued |= cued;
            sign.weakly_cued |= weak;
        }
    }

    /// What the words around a name say.
    fn sentence(&mut self, words: &[Word<'_>], at: usize) {
        let start = (at..words.len())
            .take(FARTHEST)
            .take_while(|at| words[*at].capital)
            .find(|at| !words[*at].is_function_word())
            .unwrap_or(at);
        let word = &words[start];
        let next = words.get(start + 1).is_some_and(|next| next.capital || next.is_particle());
        if !next && !word.possessive && !word.is_occupation() {
            return;
        }
        let list = list(words, start);
        if list.names.is_empty() || !list.described && start > 0 && is_article(&words[start - 1].lower()) {
            return;
        }
        let before = start.checked_sub(1).map(|before| &words[before]);
        let object =
            before.is_some_and(|word| is_preposition(&word.lower()) && word.goes_on()) || words[start].opens;
        let thing = before.is_some_and(|word| is_of_things(&word.lower()) && word.goes_on());
        let described = list.described
            || before.is_some_and(|word| {
                word.is_occupation() && word.goes_on() || word.possessive && word.capital
            })
            || appositive(words, list.end)
            || begins_phrase(words, list.end, &["is", "is a", "is an", "is the", "ist", "est"])
                && is_occupied(words, list.end + 1);
        let hosts = begins_phrase(words, list.end, HOST_VERBS)
            || start > 0 && ends_phrase(words, start, Classes::ENDS_HOST, &IN_HOST_WORDS);
        let verb = |phrases: &[&str]| !object && begins_phrase(words, list.end, phrases);
        let joins = verb(GUEST_VERBS)
            || opens_sentence(words, start) && joins_later(words, list.end)
            || list.names.len() > 1 && comes_from(words, start, list.end);
        let tells = verb(TELLING_VERBS);
        for name in list.names {
            let sign = self.of(name);
            sign.hosts |= hosts;
            sign.joins |= joins;
            sign.tells |= tells;
            sign.described |= described;
            sign.thing |= thing;
        }
    }

    /// `Acme Ada Lovelace` in the prose is the Ada Lovelace of the title.
    fn with_more_before(&mut self, name: &str) {
        let longer = |found: &&String| found.strip_suffix(name).is_some_and(|rest| rest.ends_with(' '));
        if self.found.contains_key(name) {
            return;
        }
        if let Some(place) = self.order.iter().position(|found| longer(&found)) {
            let sign = self.found.remove(&self.order[place]).unwrap_or_default();
            name.clone_into(&mut self.order[place]);
            self.found.insert(name.to_owned(), sign);
        }
    }

    /// Which names of the prose, or of contact lines, the title holds.
    fn title(&mut self, title: &str, contacts: &HashSet<String>) {
        let words = words(title);
        for at in 0..words.len() {
            let cued = at > 0 && ends_phrase(&words, at, Classes::ENDS_CUE, &IN_CUES);
            if !cued && !begins(&words, at) {
                continue;
            }
            for name in list(&words, at).names {
                self.with_more_before(&name);
                let found = self.found.contains_key(&name);
                if found || contacts.contains(&name.to_lowercase()) {
                    let sign = self.of(name);
                    sign.titled = true;
                    sign.cued |= cued;
                }
            }
        }
    }
}

/// `..., who wrote the report, joins us` after a name.
fn joins_later(words: &[Word<'_>], at: usize) -> bool {
    let rest = words.iter().enumerate().skip(at).take(LONGEST_CLAUSE);
    let mut rest = rest.take_while(|(place, _)| !words[place - 1].ends_sentence());
    at > 0
        && words[at - 1].tail.ends_with(',')
        && rest.any(|(place, _)| begins_phrase(words, place, GUEST_VERBS))
}

/// Nothing but what the person is stands before.
fn opens_sentence(words: &[Word<'_>], start: usize) -> bool {
    let before = words[..start].iter().rev().take(4).take_while(|word| !word.ends_sentence());
    let before: Vec<&Word<'_>> = before.collect();
    before.len() < 4 && before.iter().all(|word| word.is_occupation() || word.is_conjunction())
}

/// `with Ada Lovelace and Grace Hopper from the Navy`.
fn comes_from(words: &[Word<'_>], start: usize, end: usize) -> bool {
    let with =
        start.checked_sub(1).is_some_and(|before| matches!(words[before].lower().as_ref(), "with" | "mit"));
    with && words.get(end).is_some_and(|word| matches!(word.lower().as_ref(), "from" | "of" | "von"))
}

fn is_preposition(word: &str) -> bool {
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
    )
}

fn is_of_things(word: &str) -> bool {
    matches!(word, "about" | "like" | "using" | "use" | "called" | "via" | "über")
}

/// `, engineering manager at ...` after a name.
fn appositive(words: &[Word<'_>], at: usize) -> bool {
    at > 0
        && words[at - 1].tail.ends_with(',')
        && (is_occupied(words, at) || words.get(at).is_some_and(|word| word.lower() == "who"))
}

fn is_occupied(words: &[Word<'_>], at: usize) -> bool {
    words.iter().skip(at).take(6).any(Word::is_occupation)
}

/// Persons bear none: `the Truth Machine`.
fn is_article(word: &str) -> bool {
    matches!(word, "the" | "a" | "an" | "der" | "die" | "das" | "le" | "la" | "el")
}

static IN_CUES: LazyLock<ByWord> = LazyLock::new(|| by_last_word(CUES));
static IN_WEAK_CUES: LazyLock<ByWord> = LazyLock::new(|| by_last_word(WEAK_CUES));
static IN_HOST_WORDS: LazyLock<ByWord> = LazyLock::new(|| by_last_word(HOST_WORDS));

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, title: Option<&str>, contacts: &[&str]) -> Vec<String> {
        let contacts = || contacts.iter().map(|name| (*name).to_owned()).collect();
        guests(std::iter::once(text), &Beside { title, contacts: &contacts })
    }

    #[test]
    fn cues() {
        for (text, want) in [
            (
                "Today we speak with Ada Lovelace, Grace Hopper and Joan Clarke of Bletchley.",
                vec!["Ada Lovelace", "Grace Hopper", "Joan Clarke"],
            ),
            ("My guest Dr. Emmy Noether knows rings", vec!["Emmy Noether"]),
            (
                "Chuck talks to ABC News national science correspondent Ada Lovelace about it",
                vec!["Ada Lovelace"],
            ),
            ("She is joined by Ada Lovelace, New York Times columnist and author", vec!["Ada Lovelace"]),
            ("We sit down with the Globe's Grace Hopper to hear more", vec!["Grace Hopper"]),
            ("Zu Gast ist Emmy Noether, Product Manager bei X.", vec!["Emmy Noether"]),
            ("Эксперты выпуска - Ада Лавлейс, Эмми Нётер.", vec!["Ада Лавлейс", "Эмми Нётер"]),
            ("A new interview with Guido van Example about names", vec!["Guido van Example"]),
            ("Welcome Back to the show", vec![]),
            ("we talk to Python", vec![]),
            ("The team welcomes Kansas State to town", vec![]),
        ] {
            assert_eq!(found(text, None, &[]), want, "{text}");
        }
    }

    #[test]
    fn sentences() {
        for (text, want) in [
            (
                "Ada Lovelace (Times) and Grace Hopper (Navy) talk us through it.",
                vec!["Ada Lovelace", "Grace Hopper"],
            ),
            ("Journalist Ada Lovelace explains how it was done.", vec!["Ada Lovelace"]),
            ("The minister Ada Lovelace resigned on Monday.", vec![]),
            ("Ada Lovelace talks with us about engines", vec![]),
            (
                "Ada Lovelace, author of \"Notes Again\" and fellow at Third Way, joins us.",
                vec!["Ada Lovelace"],
            ),
            ("Read more: Engines by Hurricane Rita joins a list", vec![]),
            (
                "We count with Ada Lovelace and Grace Hopper from Engines.",
                vec!["Ada Lovelace", "Grace Hopper"],
            ),
            ("Ada Lovelace joins Grace for a discussion", vec!["Ada Lovelace"]),
        ] {
            assert_eq!(found(text, None, &[]), want, "{text}");
        }
    }

    #[test]
    fn title_and_contacts() {
        let text = "In this episode Ada Lovelace, engineer at Engines, does something.";
        assert_eq!(found(text, None, &[]), Vec::<String>::new());
        assert_eq!(found(text, Some("Engines with Ada Lovelace"), &[]), ["Ada Lovelace"]);
        assert_eq!(found(text, None, &["ada"]), ["Ada Lovelace"]);
        assert_eq!(
            found("We use Visual Things today.", Some("Work with Visual Things"), &[]),
            Vec::<String>::new()
        );
    }
}
