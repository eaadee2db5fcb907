//! The number that an episode's title bears.

/// Words that stand before an episode's number.
const WORDS: [&str; 15] = [
    "episode",
    "ep",
    "eps",
    "e",
    "folge",
    "episodio",
    "épisode",
    "episódio",
    "show",
    "no",
    "nr",
    "выпуск",
    "эпизод",
    "aflevering",
    "avsnitt",
];

/// The number in a title: `#126 x` anywhere, else at its beginning `Episode 12: x`, `12. x`, `12 - x`, `12: x`.
/// `2019 in review`, `10 tips for x` and `7 Days` bear none.
pub(super) fn in_title(title: &str) -> Option<i64> {
    after_hash(title).or_else(|| after_word(title)).or_else(|| leading(title.trim_start()))
}

/// Leading digits as a number, and what follows them.
fn digits(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if end > 6 {
        return None;
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// `#126`, the first one that stands by itself.
fn after_hash(title: &str) -> Option<i64> {
    title.match_indices('#').find_map(|(at, _)| {
        let free = !title[..at].ends_with(|c: char| c.is_alphanumeric() || c == '&');
        let (number, rest) = digits(&title[at + 1..])?;
        (free && !rest.starts_with(|c: char| c.is_alphanumeric())).then_some(number)
    })
}

/// `Episode 12`, `Ep. 12`, `E12` at the beginning.
fn after_word(title: &str) -> Option<i64> {
    let title = title.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '('));
    let end = title.find(|c: char| !c.is_alphabetic()).unwrap_or(title.len());
    let (word, rest) = title.split_at(end);
    if !WORDS.contains(&word.to_lowercase().as_str()) {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '.');
    let (number, rest) = digits(rest)?;
    (!rest.starts_with(|c: char| c.is_alphanumeric())).then_some(number)
}

/// `12. x`, `12 - x`, `12: x`: a number and then a mark that ends it. A year is not believed to be one.
fn leading(title: &str) -> Option<i64> {
    let (number, rest) = digits(title)?;
    if (1900..2100).contains(&number) {
        return None;
    }
    let spaced = rest.starts_with(char::is_whitespace);
    let rest = rest.trim_start();
    let mark = rest.chars().next().filter(|mark| matches!(mark, '.' | ':' | '-' | '–' | '—' | '|' | ')'))?;
    let after = &rest[mark.len_utf8()..];
    // `12-inch`, `9:30` and `1.5` are words; `199- x` and `12 -x` are not.
    let ends = after.starts_with(char::is_whitespace) || spaced && after.starts_with(char::is_alphabetic);
    let counts_on =
        after.trim_start().starts_with(|c: char| c.is_ascii_digit()) && matches!(mark, '-' | '–' | ':');
    (ends && !counts_on).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_and_quantities_do_not() {
        for (title, want) in [
            ("#126 WebAssembly comes to Python", Some(126)),
            ("Joe Rogan Experience #1101 - Chris", Some(1101)),
            ("Episode 12: x", Some(12)),
            ("Ep. 7 - x", Some(7)),
            ("E12 x", Some(12)),
            ("12. x", Some(12)),
            ("12 - x", Some(12)),
            ("12: x", Some(12)),
            ("199- The Yin and Yang", Some(199)),
            ("Folge 3", Some(3)),
            ("2019 in review", None),
            ("2019: a year", None),
            ("10 tips for x", None),
            ("7 Days", None),
            ("1-8-21: Can they", None),
            ("9:30 Club", None),
            ("1.5 Degrees", None),
            ("12-inch records", None),
            ("&#39;x", None),
            ("#1stWorldProblems", None),
            ("Showtime 5", None),
            ("", None),
        ] {
            assert_eq!(in_title(title), want, "{title}");
        }
    }
}
