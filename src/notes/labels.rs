//! What kind of part the words of a line announce.

use std::sync::LazyLock;

use super::label_words::{
    AD_MARKS, ALONE, CODES, DOUBTFUL, GIFTS, GROUPS, HEADINGS, OPENINGS, PAID, PLATFORMS, STANDING, THANKS,
};
use super::numbered::is_name;
use super::phrases::Phrases;
use super::text::trimmed;
use crate::model::SegmentKind::{self, Links, Sponsor};

/// A heading of more words announces nothing.
const MOST_WORDS: usize = 10;
/// A longer line is none of the labels.
const LONGEST: usize = 80;

/// What a paragraph is about is said in as many characters.
const FIRST_WORDS: usize = 80;

/// How a paragraph begins that asks something of the listener.
const BIDS: &[&str] = &[
    "if you want to",
    "if you'd like",
    "if you would like",
    "if you enjoy",
    "want to ",
    "visit ",
    "join ",
    "follow ",
    "wenn ihr ",
    "wenn du ",
];

/// A word of those says that people follow.
const WITH: &[&str] = &[
    "with",
    "guests",
    "featuring",
    "mit",
    "gäste",
    "gästen",
    "avec",
    "con",
    "invités",
    "invitados",
    "com",
    "convidados",
    "met",
    "gasten",
    "med",
    "gäster",
    "z",
    "гости",
    "участники",
];

static OF_HEADINGS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(flat(HEADINGS).map(|(_, phrase)| phrase)));
static OF_ALONE: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(flat(ALONE).map(|(_, phrase)| phrase)));
static OF_PLATFORMS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PLATFORMS.iter().copied()));
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
    if is_profile(text) {
        return Some(Links);
    }
    let text = normal(text);
    let words = text.split(' ').count();
    if words > MOST_WORDS {
        return None;
    }
    if let Some(kind) = whole(&text) {
        return Some(kind);
    }
    let (first, _) = OF_HEADINGS.first_within(&text, |phrase| announces(&text, phrase, words))?;
    kind_of(HEADINGS, first)
}

/// `Connect with Ada Lovelace`: where to find a guest.
fn is_profile(text: &str) -> bool {
    let after = ["connect with ", "find ", "follow "].into_iter().find(|bid| starts(text, bid));
    let name = after.and_then(|bid| text.get(bid.len()..)).map(trimmed).unwrap_or_default();
    let ours = ["us", "me", "the", "our", "my"];
    let connect = after == Some("connect with ");
    is_name(name)
        && (connect || name.contains(' '))
        && !ours.contains(&name.split(' ').next().unwrap_or_default().to_lowercase().as_str())
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
    let begins = |phrases: &Phrases| phrases.at(bare.as_bytes(), 0).next().is_some();
    if text.len() > LONGEST || bare.is_ascii() && !begins(&OF_HEADINGS) && !begins(&OF_ALONE) {
        return None;
    }
    whole(&normal(text))
}

/// The kind of a label that is one of the phrases, in lower case.
fn whole(text: &str) -> Option<SegmentKind> {
    let within = |phrases: &Phrases, table| {
        let place = phrases.at(text.as_bytes(), 0).find(|place| phrases.get(*place) == text)?;
        kind_of(table, place)
    };
    within(&OF_HEADINGS, HEADINGS).or_else(|| within(&OF_ALONE, ALONE))
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
    let doubtful = DOUBTFUL.contains(&OF_OPENINGS.get(place));
    kind_of(OPENINGS, place).filter(|_| !doubtful || PAID.iter().any(|word| head.contains(word)))
}

fn starts(text: &str, phrase: &str) -> bool {
    text.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
}

fn begins(head: &str, phrase: &str) -> bool {
    let dense = phrase.ends_with(|c: char| c as u32 > 0x2e80);
    head.strip_prefix(phrase).is_some_and(|rest| dense || !rest.starts_with(char::is_alphanumeric))
}

/// A line that is said to be an advertisement at its end: `(Werbung)`, `[ad]`.
pub(super) fn ends_as_ad(text: &str) -> bool {
    let Some((_, mark)) = text.trim_end().trim_end_matches([')', ']']).rsplit_once(['(', '[']) else {
        return false;
    };
    text.trim_end().ends_with([')', ']']) && AD_MARKS.contains(&mark.trim().to_lowercase().as_str())
}

/// Whether a line names a place where people are followed.
pub(super) fn names_platform(text: &str) -> bool {
    OF_PLATFORMS.any_within(text)
}

/// A paragraph that sells: a code, and what it gives.
pub(super) fn is_offer(text: &str) -> bool {
    // In Latin script every such code is called one.
    let may = |sign: &str| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    if !may("ode") && !may("ODE") && !text.bytes().any(|byte| byte >= 0xc3 && byte != 0xe2) {
        return false;
    }
    let text = text.to_lowercase();
    CODES.iter().any(|code| text.contains(code)) && GIFTS.iter().any(|gift| text.contains(gift))
}

/// A sentence over a list of who pays.
pub(super) fn ends_in_sponsors(text: &str) -> bool {
    let text = text.trim_end().to_lowercase();
    ["sponsors:", "sponsor:", "partners:", "sponsoren:", "patrocinadores:"]
        .iter()
        .any(|end| text.ends_with(end))
}

/// A sentence over a list of those who take part.
pub(super) fn leads_to_people(text: &str) -> bool {
    let lower = text.trim_end().to_lowercase();
    let Some(words) = lower.strip_suffix([':', '：']) else { return false };
    words.split(' ').any(|word| WITH.contains(&word))
}

/// What is for those who pay only.
pub(super) fn is_for_members(text: &str) -> bool {
    let text = text.to_lowercase();
    ["exclusive", "only"].iter().any(|word| text.contains(word))
        && ["members", "subscribers", "patrons", "supporters"].iter().any(|word| text.contains(word))
}

/// The first words of a paragraph.
pub(super) fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(FIRST_WORDS).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// Whether the first words say so, or bid the listener do something.
pub(super) fn opens_standing(text: &str) -> bool {
    let end = text.char_indices().nth(FIRST_WORDS / 2).map_or(text.len(), |(at, _)| at);
    BIDS.iter().any(|bid| starts(text.trim_start(), bid)) || is_standing(&text[..end])
}

/// Its first sentence.
pub(super) fn first_sentence(text: &str) -> &str {
    let end = [". ", "! ", "? ", "。", "！", "？"].iter().filter_map(|end| text.find(end)).min();
    &text[..end.unwrap_or(text.len())]
}

/// `About Ada Lovelace`.
pub(super) fn is_about_somebody(title: &str) -> bool {
    let after = ["About ", "Meet ", "Über ", "À propos de ", "Sobre "]
        .iter()
        .find_map(|about| title.strip_prefix(about));
    after.is_some_and(|name| name.contains(' ') && is_name(name))
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
    use crate::model::SegmentKind::{Boilerplate, Extras, Joke, People};

    #[test]
    fn headings() {
        for (text, kind) in [
            ("Extras", Some(Extras)),
            ("Extra, extra, extra:", Some(Extras)),
            ("Extra Joke", Some(Joke)),
            ("In other news (as in our news)", Some(Extras)),
            ("Connect with the hosts", Some(Boilerplate)),
            ("Connect with Ada Lovelace", Some(Links)),
            ("Connect with us", Some(Boilerplate)),
            ("How to store data", None),
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
