//! Persons whom prose introduces: names, and what the words around them say.
//!
//! A name alone proves nothing, since news name people too. Each sign counts: words that present a guest, the title
//! of the episode, a line that tells where to find the person, what the person does in the sentence.

mod around;
mod hosts;
mod lists;
mod words;

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::cast::Cast;
use super::person_words::{
    CUES, EXPLAINING_VERBS, GUEST_VERBS, HOST_VERBS, HOST_WORDS, SHOW_HOST_WORDS, TELLING_VERBS, TITLE_CUES,
    WEAK_CUES, is_conjunction, is_particle,
};
use around::{
    appositive, calls_guests, clause, closes, comes_from, ends_here, is_a, is_article, is_copula,
    is_occupied, is_of_things, is_on_something, is_preposition, is_presented, is_pronoun, is_with,
    joins_later, opens_sentence, presents_a_person, talks_with,
};
pub(super) use hosts::hosts;
use lists::{after_office, after_plain, described_each, joined_each, list};
use words::{
    ByWord, Word, begins, begins_phrase, by_first_word, by_last_word, ends_phrase, is_pair, may_name, words,
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
    /// Who belongs to the show.
    pub(super) cast: Option<&'a Cast>,
    /// The names, whole or first, that other lines tell where to find, in lower case.
    pub(super) contacts: &'a dyn Fn() -> HashSet<String>,
    /// Those that standing lines tell where to find: hosts among them.
    pub(super) standing: &'a dyn Fn() -> HashSet<String>,
}

/// The guests whom paragraphs of prose introduce, in order.
pub(super) fn guests<'a>(paragraphs: impl Iterator<Item = &'a str>, beside: &Beside<'_>) -> Vec<String> {
    let mut signs = Signs::default();
    for paragraph in paragraphs.filter(|text| may_name(text)) {
        signs.read(&words(paragraph));
    }
    let title = words(beside.title.unwrap_or_default());
    let nobody = signs.order.is_empty() && signs.single.is_empty();
    if nobody && !(0..title.len()).any(|at| is_pair(&title, at)) {
        return Vec::new();
    }
    let contacts = (beside.contacts)();
    signs.title(&title, &contacts, beside);
    signs.resolve();
    let around = Around {
        titled: signs.found.values().any(|sign| sign.titled && sign.is_of_person()),
        contacts,
        cast: beside.cast,
    };
    let mut names = signs.order;
    names.retain(|name| signs.found.get(name).is_some_and(|sign| sign.sum(name, &around) >= ENOUGH));
    names
}

/// The names at the start of a text, such as what follows `Special guest`.
pub(super) fn names_at_start(text: &str) -> Vec<String> {
    let words = words(text);
    list(&words, 0).names
}

/// All of a text is one name, in two words or more.
pub(super) fn is_whole_name(text: &str) -> bool {
    let words = words(text);
    let list = list(&words, 0);
    list.names.len() == 1 && list.end == words.len()
}

/// What is known beside a sign.
struct Around<'a> {
    /// The title names somebody.
    titled: bool,
    contacts: HashSet<String>,
    cast: Option<&'a Cast>,
}

/// What speaks for somebody's being a guest.
#[derive(Debug, Default)]
struct Sign {
    cued: bool,
    weakly_cued: bool,
    titled: bool,
    joins: bool,
    tells: bool,
    /// Tells, alone and as the first words of a sentence.
    opens: bool,
    described: bool,
    /// The notes begin with who it is.
    bio: bool,
    hosts: bool,
    /// It is spoken of as one speaks of things.
    thing: bool,
}

impl Sign {
    fn is_of_person(&self) -> bool {
        self.cued || self.weakly_cued || self.joins || self.tells || self.described
    }

    fn sum(&self, name: &str, around: &Around<'_>) -> i32 {
        let is_show = around.cast.is_some_and(|cast| cast.is_show(name));
        if self.hosts && !self.cued || is_show {
            return 0;
        }
        let lower = name.to_lowercase();
        let first = lower.split(' ').next().unwrap_or_default();
        // Where the title names somebody, `talks with` may name the host, unless the hosts are known.
        let told = around.cast.is_some_and(Cast::tells_hosts);
        let weakly = self.weakly_cued && (self.titled || !around.titled || told);
        let contact = !self.thing && (around.contacts.contains(&lower) || around.contacts.contains(first));
        let opens = self.opens && !around.cast.is_some_and(|cast| cast.has_named(name));
        let points = [
            (self.cued || weakly || self.joins || contact || opens, ENOUGH),
            (self.titled, 2),
            (self.tells, 1),
            (self.described, 1),
            (self.bio && !around.cast.is_some_and(|cast| cast.has_named(name)), 2),
            (self.tells && self.described, 1),
        ];
        points.iter().filter(|(is, _)| *is).map(|(_, points)| points).sum()
    }

    fn add(&mut self, other: &Self) {
        self.cued |= other.cued;
        self.weakly_cued |= other.weakly_cued;
        self.joins |= other.joins;
        self.tells |= other.tells;
    }
}

#[derive(Default)]
struct Signs {
    found: HashMap<String, Sign>,
    order: Vec<String>,
    /// Who opened the last sentence that somebody opened.
    subject: Option<String>,
    /// What is said of somebody by one word: `we talk with Lovelace`.
    short: Vec<(String, Sign)>,
    /// `our guest Ada`: maybe nobody says who she is.
    single: Vec<String>,
    /// Whom the title alone presents.
    titled: Vec<String>,
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
        self.subject = None;
        for at in 0..words.len() {
            if words[at].capital
                && is_pronoun(words[at].bare)
                && begins_phrase(words, at + 1, &IN_GUEST_VERBS)
            {
                // `She joins us`, after `Ada Lovelace counts.`
                let who = self.subject.as_ref().and_then(|name| self.found.get_mut(name));
                if let Some(sign) = who {
                    sign.joins = true;
                }
            }
            while pairs.next_if(|pair| *pair < at).is_some() {}
            let near = pairs.peek().is_some_and(|pair| *pair <= at + FARTHEST + 1);
            if !near && (at == 0 || words[at - 1].bare != "guest") {
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
        let called = at > 1 && calls_guests(words, at);
        let cued = at > 0 && (called || ends_phrase(words, at, &IN_CUES));
        let weak = at > 0 && !cued && (ends_phrase(words, at, &IN_WEAK_CUES) || talks_with(words, at));
        if !cued && !weak {
            return;
        }
        let mut names = list(words, at);
        if names.names.is_empty() {
            names = list(words, after_office(words, at));
        }
        if cued && names.names.is_empty() && presents_a_person(&words[at - 1]) {
            names = list(words, after_plain(words, at));
        }
        let sign = || Sign { cued, weakly_cued: weak, ..Sign::default() };
        if names.names.is_empty() && words[at].is_single(words.get(at + 1)) {
            let guest = cued && words[at - 1].bare == "guest" && words[at - 1].tail.is_empty();
            if guest && !words[at].is_function_word() && !words[at].is_occupation() && !words[at].is_body() {
                self.single.push(words[at].bare.to_owned());
            }
            self.short.push((words[at].bare.to_owned(), sign()));
            // `with Lovelace and the poet George Byron`
            let next =
                at + 1 + usize::from(words.get(at + 1).is_some_and(|next| is_conjunction(&next.lower())));
            if next > at + 1 || words[at].tail == "," {
                names = list(words, next);
            }
        }
        if cued && !words[at - 1].tail.is_empty() {
            names.names.extend(described_each(words, names.end.max(at)));
        } else if !names.names.is_empty() {
            names.names.extend(joined_each(words, names.end));
        }
        if at == 1 && !ends_here(words, names.end) && is_with(&words[0].lower()) {
            return;
        }
        for name in names.names {
            self.of(name).add(&sign());
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
        let next = words.get(start + 1).is_some_and(|next| next.capital || is_particle(next.bare));
        if !next && word.is_single(words.get(start + 1)) && opens_sentence(words, start) {
            let joins = begins_phrase(words, start + 1, &IN_GUEST_VERBS);
            let tells = begins_phrase(words, start + 1, &IN_TELLING_VERBS);
            if joins || tells {
                self.short.push((word.bare.to_owned(), Sign { joins, tells, ..Sign::default() }));
            }
        }
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
            || words.get(list.end).is_some_and(|word| is_copula(&word.lower()))
                && is_occupied(words, list.end + 1);
        let us = words.get(list.end + 1).is_some_and(|word| matches!(word.bare, "us" | "you"));
        let hosts = begins_phrase(words, list.end, &IN_HOST_VERBS) && !us
            || start > 0 && ends_phrase(words, start, &IN_HOST_WORDS);
        let opens = opens_sentence(words, start);
        let clause = clause(words, list.end);
        let verb = |phrases: &ByWord| {
            !object && clause.iter().flatten().any(|at| begins_phrase(words, *at, phrases))
        };
        let joins = verb(&IN_GUEST_VERBS)
            || opens
                && (joins_later(words, list.end)
                    || clause.iter().flatten().any(|at| is_on_something(words, *at)))
            || comes_from(words, start, list.end);
        let tells = verb(&IN_TELLING_VERBS);
        let alone = opens && list.names.len() == 1 && begins_phrase(words, list.end, &IN_EXPLAINING_VERBS);
        let described =
            described || !object && clause[1].is_some_and(|at| begins_phrase(words, at, &IN_TELLING_VERBS));
        let thing = thing || !described && is_a(words, list.end);
        let is_bio = start == 0 && list.names.len() == 1 && is_presented(words, list.end);
        if opens {
            self.subject = list.names.last().cloned();
        }
        for name in list.names {
            let sign = self.of(name);
            sign.bio |= is_bio;
            sign.hosts |= hosts;
            sign.joins |= joins;
            sign.tells |= tells;
            sign.opens |= alone;
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
    fn title(&mut self, words: &[Word<'_>], contacts: &HashSet<String>, beside: &Beside<'_>) {
        let standing = LazyCell::new(|| (beside.standing)());
        for at in 0..words.len() {
            let cued = at > 0 && ends_phrase(words, at, &IN_CUES);
            let with = at > 0 && !cued && ends_phrase(words, at, &IN_TITLE_CUES);
            if !cued && !with && !begins(words, at) {
                continue;
            }
            let list = list(words, at);
            let with = with && closes(words, list.end);
            for name in list.names {
                self.with_more_before(&name);
                let found = self.found.contains_key(&name);
                let lower = name.to_lowercase();
                let addressed = || cued || with && standing.contains(&lower);
                if found || addressed() {
                    let sign = self.of(name);
                    sign.titled = true;
                    sign.cued |= cued || with && !sign.thing && !sign.hosts;
                } else if with || contacts.contains(&lower) {
                    self.titled.push(name);
                }
            }
        }
    }

    /// Whom a single word means: the one person with that first or last name.
    fn resolve(&mut self) {
        let said: HashSet<&str> = self.short.iter().map(|(word, _)| word.as_str()).collect();
        let is_said = |name: &String| ends_of(name).any(|word| said.contains(word));
        let titled: Vec<String> = std::mem::take(&mut self.titled).into_iter().filter(is_said).collect();
        for name in titled {
            let sign = self.of(name);
            (sign.titled, sign.cued) = (true, true);
        }
        // Nobody, where two are called so.
        let mut whole: HashMap<&str, Option<usize>> = HashMap::new();
        for (place, name) in self.order.iter().enumerate() {
            for word in ends_of(name) {
                whole.entry(word).and_modify(|one| *one = None).or_insert(Some(place));
            }
        }
        for (word, said) in &self.short {
            let place = whole.get(word.as_str()).copied().flatten();
            if let Some(sign) = place.and_then(|place| self.found.get_mut(&self.order[place])) {
                sign.add(said);
            }
        }
        let mut single = std::mem::take(&mut self.single);
        single.retain(|name| !whole.contains_key(name.as_str()));
        for name in single {
            self.of(name).cued = true;
        }
    }
}

/// `Lovelace` is Ada Lovelace, and so is Ada.
fn ends_of(name: &str) -> impl Iterator<Item = &str> {
    let last = name.rsplit_once(' ').map(|(_, last)| last);
    name.split(' ').next().into_iter().chain(last)
}

static IN_CUES: LazyLock<ByWord> = LazyLock::new(|| by_last_word(CUES));
static IN_WEAK_CUES: LazyLock<ByWord> = LazyLock::new(|| by_last_word(WEAK_CUES));
static IN_TITLE_CUES: LazyLock<ByWord> = LazyLock::new(|| by_last_word(TITLE_CUES));
static IN_GUEST_VERBS: LazyLock<ByWord> = LazyLock::new(|| by_first_word(GUEST_VERBS));
static IN_TELLING_VERBS: LazyLock<ByWord> = LazyLock::new(|| by_first_word(TELLING_VERBS));
static IN_EXPLAINING_VERBS: LazyLock<ByWord> = LazyLock::new(|| by_first_word(EXPLAINING_VERBS));
static IN_HOST_VERBS: LazyLock<ByWord> = LazyLock::new(|| by_first_word(HOST_VERBS));
static IN_HOST_WORDS: LazyLock<ByWord> = LazyLock::new(|| by_last_word(HOST_WORDS));
static IN_SHOW_HOST_WORDS: LazyLock<ByWord> = LazyLock::new(|| by_last_word(SHOW_HOST_WORDS));

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, title: Option<&str>, contacts: &[&str]) -> Vec<String> {
        let contacts = || contacts.iter().map(|name| (*name).to_owned()).collect();
        guests(
            std::iter::once(text),
            &Beside { title, cast: None, contacts: &contacts, standing: &HashSet::new },
        )
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
    fn short_names() {
        let text = "Filmmaker Grace Hopper was granted access to it. Ada sits down with Hopper and the poet Emmy Noether.";
        assert_eq!(found(text, None, &[]), ["Grace Hopper", "Emmy Noether"]);
        assert_eq!(found("Ada invites special guest Grace onto the show.", None, &[]), ["Grace"]);
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
