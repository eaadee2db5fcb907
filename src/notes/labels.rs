//! What kind of part the words of a line announce.

use std::sync::LazyLock;

use super::label_words::{GROUPS, HEADINGS, OPENINGS, STANDING, THANKS};
use super::phrases::Phrases;
use crate::model::SegmentKind::{self, Sponsor};

/// A heading of more words announces nothing.
const MOST_WORDS: usize = 10;
/// A longer line is none of the labels.
const LONGEST: usize = 80;

static OF_HEADINGS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(flat(HEADINGS).map(|(_, phrase)| phrase)));
static OF_OPENINGS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(flat(OPENINGS).map(|(_, phrase)| phrase)));
static OF_GROUPS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(GROUPS.iter().copied()));
static OF_STANDING: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(STANDING.iter().copied()));

fn flat(
    table: &'static [(SegmentKind, &'static [&'static str])],
) -> impl Iterator<Item = (SegmentKind, &'static str)> {
    table.iter().flat_map(|(kind, phrases)| phrases.iter().map(|phrase| (*kind, *phrase)))
}

fn kind_of(table: &'static [(SegmentKind, &'static [&'static str])], place: usize) -> Option<SegmentKind> {
    flat(table).nth(place).map(|(kind, _)| kind)
}

/// What kind of part a heading announces.
pub(super) fn heading(text: &str) -> Option<SegmentKind> {
    let text = normal(text);
    let words = text.split(' ').count();
    if words > MOST_WORDS {
        return None;
    }
    let (first, _) = OF_HEADINGS.first_within(&text, |phrase| announces(&text, phrase, words))?;
    kind_of(HEADINGS, first)
}

/// The phrase is the heading, or stands in it among few other words.
fn announces(text: &str, phrase: &str, words: usize) -> bool {
    if text == phrase {
        return true;
    }
    let short = words <= phrase.split(' ').count() + 5;
    // `Host a workshop` tells somebody to.
    let verb =
        text.strip_prefix(phrase).is_some_and(|rest| rest.starts_with(" a ") || rest.starts_with(" the "));
    short && !verb && phrase != "with" && holds_words(text, phrase)
}

/// Whether `text` is nothing but such a label: said without a heading's looks, that is evidence enough.
pub(super) fn exact(text: &str) -> Option<SegmentKind> {
    let bare = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    if text.len() > LONGEST || bare.is_ascii() && OF_HEADINGS.at(bare.as_bytes(), 0).next().is_none() {
        return None;
    }
    let text = normal(text);
    let first = OF_HEADINGS.at(text.as_bytes(), 0).find(|place| OF_HEADINGS.get(*place) == text)?;
    kind_of(HEADINGS, first)
}

/// A heading that only introduces topics.
pub(super) fn is_group(text: &str) -> bool {
    let bare = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    if text.len() > LONGEST || bare.is_ascii() && OF_GROUPS.at(bare.as_bytes(), 0).next().is_none() {
        return false;
    }
    let text = normal(text);
    let words = text.split(' ').count();
    GROUPS.iter().any(|group| *group == text || (words <= 5 && begins(&text, group)))
}

/// What kind of part a paragraph opens.
pub(super) fn opening(text: &str) -> Option<SegmentKind> {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let ascii = text.bytes().next()?.is_ascii();
    // Few lines begin with the first letter of such a phrase and its second.
    if ascii
        && OF_OPENINGS.at(text.as_bytes(), 0).next().is_none()
        && !THANKS.iter().any(|thanks| starts(text, thanks))
    {
        let near = &text.as_bytes()[..text.len().min(48)];
        let curly = !near.is_ascii() && text.chars().take(12).any(|c| c == '’');
        if !curly {
            return None;
        }
    }
    let mut head = String::with_capacity(2 * LONGEST);
    let straight = |c: char| if c == '’' { '\'' } else { c };
    head.extend(text.chars().take(LONGEST).flat_map(char::to_lowercase).map(straight));
    if THANKS.iter().any(|thanks| head.starts_with(thanks)) && head.contains("sponsor") {
        return Some(Sponsor);
    }
    let place = OF_OPENINGS.at(head.as_bytes(), 0).find(|place| begins(&head, OF_OPENINGS.get(*place)))?;
    let thanks = OF_OPENINGS.get(place) != "this episode of"
        || head.contains("sponsored")
        || head.contains("brought to you");
    kind_of(OPENINGS, place).filter(|_| thanks)
}

fn starts(text: &str, phrase: &str) -> bool {
    text.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
}

fn begins(head: &str, phrase: &str) -> bool {
    head.strip_prefix(phrase).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Whether a paragraph is of those every episode repeats.
pub(super) fn is_standing(text: &str) -> bool {
    // Letters that only Unicode makes small begin with these bytes; quotes and dashes do not.
    let other_case = || !text.is_ascii() && text.bytes().any(|byte| (0xc3..0xe0).contains(&byte));
    OF_STANDING.any_within(text) || other_case() && OF_STANDING.any_within(&text.to_lowercase())
}

/// Lower case, one space between words, no punctuation around.
fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parted = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c == '’' { '\'' } else { c };
        if !c.is_alphanumeric() && !matches!(c, '-' | '\'') {
            parted = true;
            continue;
        }
        if parted && !out.is_empty() {
            out.push(' ');
        }
        parted = false;
        out.push(c);
    }
    out
}

/// `phrase` stands in `text` between word ends. Scripts without spaces have no word ends.
fn holds_words(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        let apart =
            |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic() || !phrase.is_ascii() && c as u32 > 0x2e80);
        apart(before) && apart(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SegmentKind::{Boilerplate, Extras, Joke, Links, People};

    #[test]
    fn headings() {
        for (text, kind) in [
            ("Extras", Some(Extras)),
            ("Extra, extra, extra:", Some(Extras)),
            ("Extra Joke", Some(Joke)),
            ("In other news (as in our news)", Some(Extras)),
            ("Connect with the hosts", Some(Boilerplate)),
            ("Special guests:", Some(People)),
            ("相关链接：", Some(Links)),
            ("A brief tour of data classes", None),
        ] {
            assert_eq!(heading(text), kind, "{text}");
        }
    }

    #[test]
    fn openings() {
        assert_eq!(opening("Sponsored by Example: example.com"), Some(Sponsor));
        assert_eq!(opening("This episode was brought to you by Example"), Some(Sponsor));
        assert_eq!(opening("Special guest: Ada Lovelace"), Some(People));
        assert_eq!(opening("This episode of the show is about dogs"), None);
        assert_eq!(opening("Hello"), None);
    }
}
