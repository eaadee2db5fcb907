//! The words around what was found.

use super::fold::{self, Token};
use super::words::{Term, Words};

/// Characters that a snippet has at most, the found words among them.
const LENGTH: usize = 180;
/// Of them, those before the first found word.
const BEFORE: usize = 60;

/// A piece of a text around what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// One line; `…` stands where something was left out.
    pub text: String,
    /// Where in it the found words stand, as ranges of bytes, in order.
    pub marks: Vec<std::ops::Range<usize>>,
}

/// The part of a text where most of the words stand; its beginning if none does.
pub(super) fn of(text: &str, words: &Words) -> Snippet {
    let line = one_line(beginning(text));
    let found = places(&line, words);
    let start = densest(&found);
    let from = word_start(&line, back(&line, start, BEFORE));
    let to = word_end(&line, forth(&line, from, LENGTH), from);
    let mut text = String::new();
    if from > 0 {
        text.push('…');
    }
    let shift = text.len();
    text.push_str(line[from..to].trim_end());
    let end = text.len();
    if to < line.len() {
        text.push('…');
    }
    let marks = found.iter().filter(|at| at.start >= from && at.end <= to);
    let marks = marks.map(|at| at.start - from + shift..(at.end - from + shift).min(end)).collect();
    Snippet { text, marks }
}

/// Whether one of each group of words stands in one of the texts, and none of those that must not.
pub(super) fn is_hit(texts: &[&str], words: &Words) -> bool {
    let place = Texts::of(texts);
    words.all.iter().all(|group| group.iter().any(|term| place.has(term)))
        && !words.none.iter().any(|term| place.has(term))
}

/// Whether a word that must not stand there stands in one of the texts.
pub(super) fn is_barred(texts: &[&str], words: &Words) -> bool {
    let place = Texts::of(texts);
    words.none.iter().any(|term| place.has(term))
}

/// Texts and their words.
struct Texts<'a>(Vec<(&'a str, Vec<Token<'a>>)>);

impl<'a> Texts<'a> {
    fn of(texts: &[&'a str]) -> Self {
        Self(texts.iter().map(|text| beginning(text)).map(|text| (text, fold::tokens(text))).collect())
    }

    fn has(&self, term: &Term) -> bool {
        self.0.iter().any(|(text, tokens)| !found(text, tokens, term).is_empty())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No more of a text is looked through for a snippet, in bytes: what notes are as long as that are no notes.
const LONGEST: usize = 1_000_000;

fn beginning(text: &str) -> &str {
    if text.len() <= LONGEST { text } else { &text[..text.floor_char_boundary(LONGEST)] }
}

/// Where the finds begin of which most stand within a snippet.
fn densest(found: &[std::ops::Range<usize>]) -> usize {
    let (mut best, mut most, mut last) = (0, 0, 0);
    for (first, at) in found.iter().enumerate() {
        while last < found.len() && found[last].start < at.start + LENGTH - BEFORE {
            last += 1;
        }
        if last - first > most {
            (best, most) = (at.start, last - first);
        }
    }
    best
}

fn places(line: &str, words: &Words) -> Vec<std::ops::Range<usize>> {
    let tokens = fold::tokens(line);
    let mut all: Vec<_> = words.wanted().flat_map(|term| found(line, &tokens, term)).collect();
    all.sort_by_key(|at| (at.start, std::cmp::Reverse(at.end)));
    let mut end = 0;
    all.retain(|at| {
        let is_new = at.start >= end;
        end = end.max(at.end);
        is_new
    });
    all
}

fn found(text: &str, tokens: &[Token<'_>], term: &Term) -> Vec<std::ops::Range<usize>> {
    if term.is_unspaced() {
        let (lower, wanted) = (text.to_lowercase(), term.text.to_lowercase());
        // Where letters change their length with their case, places would move.
        let (text, wanted) =
            if lower.len() == text.len() { (&*lower, &*wanted) } else { (text, &*term.text) };
        return text.match_indices(wanted).map(|(at, piece)| at..at + piece.len()).collect();
    }
    let wanted = term.tokens();
    if wanted.is_empty() {
        return Vec::new();
    }
    let last = wanted.len() - 1;
    let is_like = |(n, token): (usize, &Token<'_>)| {
        if term.is_prefix && n == last {
            token.folded.starts_with(&wanted[n].folded)
        } else {
            token.folded == wanted[n].folded
        }
    };
    let runs = tokens.windows(wanted.len()).filter(|run| run.iter().enumerate().all(is_like));
    runs.map(|run| run[0].start..run[last].start + run[last].text.len()).collect()
}

/// So many characters earlier.
fn back(line: &str, from: usize, count: usize) -> usize {
    line[..from].char_indices().rev().take(count).last().map_or(from, |(at, _)| at)
}

fn forth(line: &str, from: usize, count: usize) -> usize {
    line[from..].char_indices().nth(count).map_or(line.len(), |(at, _)| from + at)
}

/// The next beginning of a word, if there is one near.
fn word_start(line: &str, from: usize) -> usize {
    if from == 0 {
        return 0;
    }
    let near = &line[from..forth(line, from, BEFORE / 2)];
    near.find(' ').map_or(from, |at| from + at + 1)
}

/// The end of the word before, if there is one near.
fn word_end(line: &str, to: usize, from: usize) -> usize {
    if to == line.len() {
        return to;
    }
    let start = back(line, to, BEFORE / 2).max(from);
    line[start..to].rfind(' ').map_or(to, |at| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, typed: &str) -> String {
        let mut snippet = of(text, &Words::parse(typed).unwrap());
        for mark in snippet.marks.iter().rev() {
            snippet.text.insert(mark.end, ']');
            snippet.text.insert(mark.start, '[');
        }
        snippet.text
    }

    #[test]
    fn found_words_are_marked_where_they_stand() {
        assert_eq!(marked("Ein Rätsel\n für Rat.", "ratsel"), "Ein [Rätsel] für Rat.");
        assert_eq!(marked("We don't know.", "dont"), "We [don't] know.");
        assert_eq!(marked("Rust and rusty things", "rust*"), "[Rust] and [rusty] things");
        assert_eq!(marked("one sheep, null sheep", "\"null sheep\""), "one sheep, [null sheep]");
        assert_eq!(marked("明日は東京へ行く", "東京"), "明日は[東京]へ行く");
        assert_eq!(marked("nothing of it", "tea"), "nothing of it");
    }

    #[test]
    fn a_long_text_is_cut_between_words_around_most_of_them() {
        let text = format!(
            "{} tea {} tea with milk {}",
            "lorem ".repeat(60),
            "ipsum ".repeat(60),
            "dolor ".repeat(60)
        );
        let want = format!("…{}[tea] with [milk]{}…", "ipsum ".repeat(9), " dolor".repeat(18));
        assert_eq!(marked(&text, "tea milk"), want);
        for text in ["é".repeat(1000), "東".repeat(1000), String::new()] {
            assert!(of(&text, &Words::parse("東 é").unwrap()).text.chars().count() <= LENGTH + 2);
        }
    }
}
