//! Persons whom a show's description names: those who run it, and the others.

use super::around::{is_article, is_of};
use super::lists::list;
use super::words::{Word, begins, begins_phrase, ends_phrase, words};
use super::{IN_CUES, IN_HOST_VERBS, IN_HOST_WORDS, IN_SHOW_HOST_WORDS};

/// Descriptions are read so far.
const LONGEST: usize = 1_000;

/// Who runs the show, and who else is named.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::notes) struct Named {
    pub(in crate::notes) hosts: Vec<String>,
    pub(in crate::notes) others: Vec<String>,
}

/// Reads a description: `Hosted by Ada Lovelace and Grace Hopper`, `Ada Lovelace talks with engineers`.
pub(in crate::notes) fn hosts(description: &str) -> Named {
    let mut words = words(description);
    words.truncate(LONGEST);
    let mut named = Named::default();
    for at in 0..words.len() {
        let cued = at > 0
            && (ends_phrase(&words, at, &IN_HOST_WORDS) || ends_phrase(&words, at, &IN_SHOW_HOST_WORDS));
        if !cued && !begins(&words, at) {
            continue;
        }
        let list = list(&words, at);
        if list.names.is_empty() || at > 0 && is_article(&words[at - 1].lower()) {
            continue;
        }
        let invited = at > 0 && ends_phrase(&words, at, &IN_CUES);
        let runs = cued
            || opens(&words, at) && begins_phrase(&words, list.end, &IN_HOST_VERBS)
            || opens_text(&words, at) && (list.names.len() > 1 || comes_from(&words, list.end));
        let kept = if runs && !invited { &mut named.hosts } else { &mut named.others };
        kept.extend(list.names);
    }
    named.others.retain(|name| !named.hosts.contains(name));
    for names in [&mut named.hosts, &mut named.others] {
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
    }
    named
}

/// `Ada Lovelace of the Navy`.
fn comes_from(words: &[Word<'_>], end: usize) -> bool {
    words[end - 1].tail.is_empty() && words.get(end).is_some_and(|word| is_of(&word.lower()))
}

/// A sentence begins here.
fn opens(words: &[Word<'_>], at: usize) -> bool {
    at == 0 || words[at - 1].ends_sentence() || words[at - 1].tail.ends_with([':', ','])
}

/// Nothing but small words stand before: `Wir, Ada Lovelace und ...`, `Join Ada Lovelace and ...`.
fn opens_text(words: &[Word<'_>], at: usize) -> bool {
    at == 0 || at == 1 && (words[0].is_function_word() || words[0].tail.ends_with(','))
}
