//! Who speaks, where a line only begins with a name: `Anna: text`.
//!
//! One such line proves nothing ("Note: ..."). Names are believed that recur, or all where most lines have one.

use std::collections::{HashMap, HashSet};

use crate::model::Cue;

/// No name is longer (characters).
const LONGEST: usize = 40;

/// Words before a colon that are no names, in lower case.
const NO_NAMES: [&str; 47] = [
    "note",
    "notes",
    "nb",
    "ps",
    "warning",
    "example",
    "update",
    "question",
    "answer",
    "source",
    "sources",
    "chapter",
    "part",
    "step",
    "tip",
    "title",
    "date",
    "music",
    "link",
    "links",
    "website",
    "email",
    "subject",
    "summary",
    "transcript",
    "episode",
    "http",
    "https",
    "spoiler",
    "disclaimer",
    "remember",
    "fact",
    "quote",
    "result",
    "first",
    "intro",
    "introduction",
    "outro",
    "second",
    "third",
    "finally",
    "hinweis",
    "achtung",
    "beispiel",
    "frage",
    "antwort",
    "nota",
];

/// Small words inside of names.
const PARTICLES: [&str; 14] =
    ["de", "del", "della", "di", "da", "dos", "van", "von", "der", "den", "le", "la", "al", "bin"];

/// A text that begins with a name and a colon: the name and the rest.
pub(super) fn prefix(text: &str) -> Option<(&str, &str)> {
    let bare = text.trim_start_matches(['>', '-', '–', '—', ' ']);
    let window = bare.char_indices().nth(LONGEST + 1).map_or(bare, |(end, _)| &bare[..end]);
    let (at, colon) = window.char_indices().find(|(_, c)| matches!(c, ':' | '：'))?;
    let rest = &bare[at + colon.len_utf8()..];
    let parted = colon == '：' || rest.is_empty() || rest.starts_with(char::is_whitespace);
    let name = bare[..at].trim();
    (parted && is_name(name)).then_some((name, rest.trim()))
}

/// Short, capitalised, without punctuation: what may be a name.
pub(super) fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    let no_name = first.to_lowercase();
    (1..=5).contains(&words.len())
        && text.chars().count() <= LONGEST
        && first.chars().next().is_some_and(begins_name)
        && words.iter().all(|word| is_part(word))
        && !NO_NAMES.contains(&no_name.trim_end_matches('.'))
}

fn begins_name(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase()
}

fn is_part(word: &str) -> bool {
    let inner = word.trim_matches(['(', ')', '[', ']', '"', '“', '”']);
    let clean = inner.chars().all(|c| c.is_alphanumeric() || ".'’-&/#_·・".contains(c));
    let begins =
        inner.chars().next().is_some_and(|c| begins_name(c) || c.is_ascii_digit() || c == '#' || c == '&');
    clean && (begins || PARTICLES.contains(&inner) || word.starts_with('('))
}

/// The names that a text's lines begin with, each counted, and how many lines were looked at.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    counts: HashMap<&'a str, usize>,
    lines: usize,
}

impl<'a> Names<'a> {
    pub(super) fn see(&mut self, text: &'a str) {
        self.lines += 1;
        if let Some((name, _)) = prefix(text) {
            *self.counts.entry(name).or_default() += 1;
        }
    }

    /// The names to be believed.
    pub(super) fn believed(&self) -> impl Iterator<Item = &'a str> {
        let all: usize = self.counts.values().sum();
        let recurring: usize = self.counts.values().filter(|count| **count > 1).sum();
        let general = all > 1 && all * 2 > self.lines;
        let habit = recurring > 1 && recurring * 50 >= self.lines;
        let taken = self.counts.iter().filter(move |(_, count)| general || habit && **count > 1);
        taken.map(|(name, _)| *name)
    }
}

/// Takes names off the cues' texts, where no cue tells its speaker in another way.
pub(super) fn take_off(cues: &mut Vec<Cue>) {
    if cues.iter().any(|cue| cue.speaker.is_some()) {
        return;
    }
    let mut names = Names::default();
    for cue in cues.iter() {
        names.see(&cue.text);
    }
    let believed: HashSet<String> = names.believed().map(str::to_owned).collect();
    for cue in cues.iter_mut() {
        let Some((name, rest)) = prefix(&cue.text).filter(|(name, _)| believed.contains(*name)) else {
            continue;
        };
        (cue.speaker, cue.text) = (Some(name.to_owned()), rest.to_owned());
    }
    cues.retain(|cue| !cue.text.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_before_colons() {
        for (text, name, rest) in [
            ("Anna: hi", "Anna", "hi"),
            ("ANNA BELL: hi", "ANNA BELL", "hi"),
            (">> Dr. Anna van Bell: hi", "Dr. Anna van Bell", "hi"),
            ("Speaker 1: hi", "Speaker 1", "hi"),
            ("田中：はい", "田中", "はい"),
            ("Анна: да", "Анна", "да"),
            ("Ben (host): hi", "Ben (host)", "hi"),
        ] {
            assert_eq!(prefix(text), Some((name, rest)), "{text}");
        }
        for text in [
            "Note: hi",
            "https://a.example",
            "at 10:30 we",
            "So here is what I think: no",
            "and: x",
            "Anna hi",
            "Well, look: no",
            ": x",
        ] {
            assert_eq!(prefix(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_believed_when_it_recurs() {
        let take = |texts: &[&str]| -> Vec<Option<String>> {
            let mut cues: Vec<Cue> =
                texts.iter().map(|text| Cue { text: (*text).to_owned(), ..Cue::default() }).collect();
            take_off(&mut cues);
            cues.into_iter().map(|cue| cue.speaker).collect()
        };
        let anna = || Some("Anna".to_owned());
        assert_eq!(
            take(&["Anna: a", "b", "Anna: c", "Careful: d", "e", "f"]),
            [anna(), None, anna(), None, None, None]
        );
        assert_eq!(take(&["Careful: a", "b", "c"]), [None, None, None]);
        assert_eq!(take(&["Anna: a", "Ben: b"]), [anna(), Some("Ben".to_owned())]);
    }
}
