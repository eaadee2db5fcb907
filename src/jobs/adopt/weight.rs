//! How much a title tells of the show it is of: every second show has a "Trailer", one has "Why the sea tastes salty".

use super::fold::fold;

/// So many letters of words that are not in every title make a title tell ...
const TELLING: usize = 12;
/// ... or so many, if they are one word.
const ONE_WORD: usize = 18;
/// Fewer letters say nothing.
const FEW: usize = 4;
/// A sign of a script that writes words with one or two of them counts for so many letters.
const SIGN: usize = 3;

/// What stands in the titles of many shows, folded.
const COMMON: &[&str] = &[
    "a",
    "about",
    "ad",
    "an",
    "and",
    "announcement",
    "anniversary",
    "answers",
    "april",
    "are",
    "ask",
    "at",
    "august",
    "aus",
    "avec",
    "back",
    "behind",
    "best",
    "bonus",
    "break",
    "by",
    "capitulo",
    "chapter",
    "christmas",
    "coming",
    "das",
    "dates",
    "day",
    "de",
    "december",
    "del",
    "der",
    "die",
    "ein",
    "eine",
    "el",
    "end",
    "ending",
    "ep",
    "episode",
    "episodes",
    "episodio",
    "extra",
    "february",
    "feed",
    "feedback",
    "fin",
    "final",
    "finale",
    "first",
    "folge",
    "for",
    "free",
    "friday",
    "from",
    "goodbye",
    "happy",
    "hello",
    "hiatus",
    "highlights",
    "holiday",
    "holidays",
    "in",
    "intro",
    "introducing",
    "introduction",
    "is",
    "january",
    "july",
    "june",
    "kapitel",
    "la",
    "last",
    "le",
    "les",
    "listener",
    "listeners",
    "live",
    "mailbag",
    "march",
    "may",
    "meet",
    "mini",
    "minisode",
    "monday",
    "more",
    "my",
    "new",
    "news",
    "next",
    "no",
    "november",
    "nr",
    "null",
    "number",
    "october",
    "of",
    "on",
    "our",
    "out",
    "outro",
    "outtakes",
    "part",
    "parte",
    "partie",
    "pilot",
    "podcast",
    "presenting",
    "preview",
    "promo",
    "q",
    "qa",
    "question",
    "questions",
    "recap",
    "repeat",
    "replay",
    "rerun",
    "return",
    "review",
    "s",
    "saison",
    "saturday",
    "scenes",
    "season",
    "seasons",
    "september",
    "series",
    "show",
    "shows",
    "sneak",
    "peek",
    "soon",
    "special",
    "staffel",
    "start",
    "summer",
    "sunday",
    "survey",
    "talk",
    "team",
    "teaser",
    "teil",
    "temporada",
    "test",
    "the",
    "this",
    "thursday",
    "to",
    "today",
    "tomorrow",
    "trailer",
    "tuesday",
    "un",
    "und",
    "une",
    "unsere",
    "untitled",
    "update",
    "updates",
    "vol",
    "volume",
    "von",
    "we",
    "wednesday",
    "week",
    "weekly",
    "welcome",
    "what",
    "whats",
    "willkommen",
    "winter",
    "with",
    "year",
    "years",
    "you",
    "your",
    "zu",
    "zum",
];

/// How much a title tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Weight {
    /// Nothing: it may be any show's.
    #[default]
    Common,
    /// A word or so.
    Plain,
    /// Two shows hardly have it, and not on one day.
    Telling,
}

/// Weighs a title by its words.
pub(super) fn weight(title: &str) -> Weight {
    let apart = |c: char| !(c.is_alphanumeric() || c == '\'' || c == '’');
    let words = title.split(apart).map(fold).filter(|word| !is_common(word));
    let (words, letters) = words.fold((0, 0), |(words, letters), word| (words + 1, letters + worth(&word)));
    match (words, letters) {
        (2.., TELLING..) | (_, ONE_WORD..) => Weight::Telling,
        (_, FEW..) => Weight::Plain,
        _ => Weight::Common,
    }
}

/// Numbers (`12`, `3b`, `S02E05`) are every show's, too.
fn is_common(word: &str) -> bool {
    let has_digit = word.contains(|c: char| c.is_ascii_digit());
    word.is_empty() || has_digit || COMMON.contains(&word)
}

fn worth(word: &str) -> usize {
    word.chars().map(|c| if c >= '\u{2e80}' { SIGN } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_every_show_tell_nothing() {
        for title in [
            "",
            "Trailer",
            "Season 2 Trailer",
            "Introducing: the Show",
            "Episode 12",
            "#12",
            "S02E05",
            "Folge 3",
            "Bonus!",
            "Welcome back",
            "What's new",
            "Q&A",
            "Happy New Year 2024",
            "A special announcement from our team",
        ] {
            assert_eq!(weight(title), Weight::Common, "{title}");
        }
    }

    #[test]
    fn words_of_its_own_make_a_title_tell() {
        for title in ["12: Sourdough", "The Wick", "Introducing Lost Hills", "Über Tee"] {
            assert_eq!(weight(title), Weight::Plain, "{title}");
        }
        for title in [
            "Why the sea tastes salty",
            "Ep. 4 - Lamps of the harbour",
            "Donaudampfschifffahrt",
            "Почему море солёное",
            "为什么海水是咸的",
        ] {
            assert_eq!(weight(title), Weight::Telling, "{title}");
        }
    }
}
