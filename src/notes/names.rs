//! Names of persons in a line that presents some.

use super::numbered::is_name;

/// Before a name, said of it.
const TITLES: &[&str] = &["dr", "prof", "professor", "mr", "mrs", "ms", "sir", "dame"];
/// What ends the part of a line that names persons.
const ENDS: &[&str] = &[
    " is a ", " is an ", " is the ", " from ", " of ", " at ", " on ", " -- ", " - ", " – ", " — ", " | ",
    " (", "(", " @", ":", "http", " / ", ";",
];
const JOINERS: &[&str] = &[" and ", " & ", ", ", " und ", " et ", " y ", " и ", " + ", "、"];
/// Words that open a presentation without a colon: `Special guest Ada Lovelace is ...`.
const LABELS: &[&str] =
    &["special guests", "special guest", "guest host", "our guest is", "our guest", "guests", "guest"];

/// After these words in prose stands who was invited.
const CUES: &[&str] = &[
    "guest",
    "guests",
    "speak with",
    "speaks with",
    "speaking with",
    "talk with",
    "talks with",
    "talk to",
    "talks to",
    "talking with",
    "talking to",
    "interview with",
    "interviewed",
    "interviews",
    "joined by",
    "chat with",
    "chats with",
    "conversation with",
    "sit down with",
    "sits down with",
    "sat down with",
    "welcome",
    "welcomes",
    "gemeinsam mit",
    "sprechen wir mit",
    "spreche ich mit",
    "zu gast ist",
    "zu gast sind",
    "entretien avec",
    "conversamos con",
    "hablamos con",
    "parliamo con",
];

/// The persons that prose says were invited: two names and more, right after the words that say so.
pub(super) fn introduced(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for at in 1..words.len() {
        let cued = (1..=3.min(at)).any(|count| {
            let cue = words[at - count..at].join(" ").to_lowercase();
            CUES.contains(&cue.trim_end_matches([',', ':']))
        });
        if cued {
            found.extend(names_at(&words[at..]));
        }
    }
    found
}

/// `Ada Lovelace, Grace Hopper and Joan Clarke of ...`.
fn names_at(words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    for word in words {
        let bare = word
            .trim_end_matches([',', '.', '!', ';', ':', '?'])
            .trim_end_matches("'s")
            .trim_end_matches("’s");
        if TITLES.contains(&bare.to_lowercase().as_str()) {
            continue;
        }
        let initial = bare.chars().count() == 1 && word.ends_with('.');
        let capital = bare.starts_with(char::is_uppercase)
            && bare.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '\'' | '’'));
        if capital {
            name.push(bare);
        }
        let ends = !capital || (bare.len() < word.len() && !initial);
        if ends {
            let whole = tidy(&name.join(" "));
            if whole.contains(' ') && is_name(&whole) {
                found.push(whole);
            }
            name.clear();
            let goes_on = word.ends_with(',') || matches!(*word, "and" | "und" | "et" | "y" | "e" | "&");
            if !goes_on {
                break;
            }
        }
    }
    let whole = tidy(&name.join(" "));
    if whole.contains(' ') && is_name(&whole) {
        found.push(whole);
    }
    found
}

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
    let end = ENDS.iter().filter_map(|end| line.find(end)).filter(|at| *at > 0).min().unwrap_or(line.len());
    split(&line[..end])
}

/// `Brian: @handle` in a list of where to find people.
pub(super) fn before_label(line: &str) -> Vec<String> {
    line.split_once(':').map(|(name, _)| split(name)).unwrap_or_default()
}

/// Names joined with commas and conjunctions.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for joiner in JOINERS {
        text = text.replace(joiner, "\n");
    }
    text.split('\n').map(tidy).filter(|name| is_person(name)).collect()
}

fn tidy(name: &str) -> String {
    let name = name.trim().trim_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    let titled = TITLES.contains(&first.trim_end_matches('.').to_lowercase().as_str());
    (if titled { rest } else { name }).trim().to_owned()
}

fn is_person(name: &str) -> bool {
    is_name(name) && name.chars().count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_prose() {
        assert_eq!(
            introduced("Today we speak with Ada Lovelace, Grace Hopper and Joan Clarke of Bletchley."),
            ["Ada Lovelace", "Grace Hopper", "Joan Clarke"]
        );
        assert_eq!(introduced("My guest Dr. Emmy Noether knows rings"), ["Emmy Noether"]);
        assert_eq!(introduced("Welcome Back to the show"), Vec::<String>::new());
        assert_eq!(introduced("we talk to Python"), Vec::<String>::new());
    }

    #[test]
    fn names_in_lines() {
        assert_eq!(listed(" Ada Lovelace - @ada & guest on x"), ["Ada Lovelace"]);
        assert_eq!(listed("Ada Lovelace and Grace Hopper"), ["Ada Lovelace", "Grace Hopper"]);
        assert_eq!(listed("Dr. Ada Lovelace"), ["Ada Lovelace"]);
        assert_eq!(listed("we talk about things"), Vec::<String>::new());
        assert_eq!(after_label("Special guest Ada is here"), Some(("special guest", " Ada is here")));
    }
}
