//! Names of persons in a line that presents some.

use super::numbered::is_name;
use super::person_words::{is_body, is_channel, is_title};
use super::spaces;

/// What ends the part of a line that names persons.
const ENDS: &[&str] = &[
    " is a ", " is an ", " is the ", " from ", " of ", " at ", " on ", " -- ", " - ", " – ", " — ", " | ",
    " (", "(", " @", ":", "：", "http", " / ", ";", " as ", " joins ", " who ", " von ", " aus ", " de la ",
    "，", "（",
];
const JOINERS: &[&str] = &[" and ", " & ", ", ", " und ", " et ", " y ", " и ", " + ", "、"];
/// Words that open a presentation without a colon: `Special guest Ada Lovelace is ...`.
const LABELS: &[&str] = &[
    "special guests",
    "special guest",
    "guest host",
    "guest-starring",
    "guest starring",
    "our guest is",
    "our guest",
    "guests",
    "guest",
];

/// The label and the rest of a line such as `Special guest Ada Lovelace is a mathematician`.
pub(super) fn after_label(line: &str) -> Option<(&'static str, &str)> {
    LABELS.iter().find_map(|label| {
        let start = line.get(..label.len())?;
        let rest = line.get(label.len()..)?;
        (start.eq_ignore_ascii_case(label) && rest.starts_with(' ')).then_some((*label, rest))
    })
}

/// The persons that a line names, joined by commas and conjunctions.
pub(super) fn listed(line: &str) -> Vec<String> {
    let line = line.trim_start();
    let end = ENDS.iter().filter_map(|end| line.find(end)).min().unwrap_or(line.len());
    let text = before_channel(&line[..end]);
    // `Ada Lovelace, Engines podcast`: what is cut short is no name.
    let cut = text.len() < line[..end].trim_end().len();
    split(text.rsplit_once(',').filter(|_| cut).map_or(text, |(names, _)| names))
}

/// `Brian: @handle` in a list of where to find people.
pub(super) fn before_label(line: &str) -> Vec<String> {
    line.split_once([':', '：']).map(|(name, _)| split(name)).unwrap_or_default()
}

/// Names joined with commas and conjunctions. One word alone may be anything: it is a name beside names only.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for joiner in JOINERS {
        text = text.replace(joiner, "\n");
    }
    let pieces: Vec<String> = text.split('\n').map(tidy).filter(|name| !name.is_empty()).collect();
    let all = pieces.iter().all(|name| is_person(name));
    pieces.into_iter().filter(|name| is_person(name) && (all || name.contains(' '))).collect()
}

/// A name as its bearer spells it on the net: `ada1815`, alone on its line in a list of people.
pub(super) fn handle(line: &str) -> Option<String> {
    let name = before_channel(line).trim().trim_start_matches('@').trim_end_matches([',', ';', ':']).trim();
    let spelled = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let fits = (3..=20).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase());
    (spelled && fits && !is_channel(name)).then(|| name.to_owned())
}

/// Whom a line tells where to find: `Ada on Twitter`, `Ada Lovelace: @ada`, `Connect with Ada`, `Ada's blog`.
pub(super) fn contact(line: &str) -> Option<String> {
    let first = spaces::words(line).next()?;
    let verb = ["connect", "follow", "find", "contact"].iter().any(|verb| first.eq_ignore_ascii_case(verb));
    // It begins with such a verb or with a name.
    if !verb && !first.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase()) {
        return None;
    }
    let mut near = [""; 9];
    let count = near.iter_mut().zip(spaces::words(line)).map(|(place, word)| *place = word).count();
    let words = &near[..count];
    let leads = words.len() > 1 && verb;
    let begin = if leads { 1 + usize::from(words[1] == "with") } else { 0 };
    let mut name = String::with_capacity(48);
    for (at, word) in words.iter().enumerate().skip(begin).take(5) {
        let bare = word.trim_end_matches([':', ',']);
        let owner = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).unwrap_or(bare);
        let next =
            words.get(at + 1).map(|next| next.trim_matches(|c: char| !c.is_alphanumeric() && c != '@'));
        if !is_name(owner) || is_channel(owner) {
            return (["on", "auf", "sur", "en", "@"].contains(word) && next.is_some_and(is_channel))
                .then_some(name)
                .filter(|name| is_person(name));
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(owner);
        let handle = next.is_some_and(|next| next.starts_with('@'));
        let ends = owner.len() < bare.len() && next.is_some_and(is_channel)
            || bare.len() < word.len() && (handle || leads && next.is_none())
            || leads && next.is_none();
        if ends {
            return Some(name).filter(|name| is_person(name));
        }
    }
    None
}

/// `Ada Twitter Blog` names Ada.
fn before_channel(text: &str) -> &str {
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if at > 0 && is_channel(word.trim()) {
            return text[..at].trim_end();
        }
        at += word.len();
    }
    text
}

fn tidy(name: &str) -> String {
    let name = name.trim().trim_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    let titled = is_title(first.trim_end_matches('.'));
    (if titled { rest } else { name }).trim().to_owned()
}

/// Words that can be a name, and none that names where to find one, or a body.
fn is_person(name: &str) -> bool {
    let mut words = name.split(' ');
    is_name(name) && name.chars().count() > 1 && !words.any(|word| is_channel(word) || is_body(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_lines() {
        assert_eq!(listed(" Ada Lovelace - @ada & guest on x"), ["Ada Lovelace"]);
        assert_eq!(listed("Ada Lovelace and Grace Hopper"), ["Ada Lovelace", "Grace Hopper"]);
        assert_eq!(listed("Dr. Ada Lovelace"), ["Ada Lovelace"]);
        assert_eq!(listed("we talk about things"), Vec::<String>::new());
        assert_eq!(after_label("Special guest Ada is here"), Some(("special guest", " Ada is here")));
    }
}
