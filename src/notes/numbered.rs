//! Numbered items: `Brian #1: Title`, `#1 (Brian): Title`, `#1 Brian: Title`, `#1 Title`, `Tip #1: Title`, `1. Title`.

/// A line that begins with the number of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) number: i64,
    pub(super) presenter: Option<String>,
    /// Where in the line its title begins.
    pub(super) title_at: usize,
    /// How it was written.
    pub(super) style: Style,
}

/// How sure a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// A name and `#1`, in either order, the name beyond doubt: before the number, or in brackets.
    Named,
    /// `#1 Word: ...`: the word is a name if the items beside this one have names too.
    MaybeNamed,
    /// `#1 ...`.
    Hash,
    /// `1. ...`, `1) ...`.
    Plain,
}

/// What is counted, where no person is meant: `Tip #3`.
const UNITS: &[&str] = &[
    "tip",
    "item",
    "topic",
    "story",
    "point",
    "question",
    "lesson",
    "rule",
    "number",
    "no",
    "nr",
    "part",
    "step",
    "fact",
    "reason",
    "idea",
    "headline",
    "segment",
    "news",
    "pick",
    "q",
    "tweet",
    "video",
    "photo",
    "picture",
    "image",
    "link",
    "frage",
    "tipp",
    "punkt",
    "thema",
    "sujet",
    "tema",
    "тема",
    "вопрос",
];
/// What is counted elsewhere: `Episode #85` is a reference, no item.
const REFERENCES: &[&str] = &[
    "episode",
    "ep",
    "show",
    "issue",
    "pr",
    "pull",
    "bug",
    "pep",
    "version",
    "volume",
    "chapter",
    "season",
    "folge",
    "épisode",
    "capítulo",
    "выпуск",
    "ticket",
    "rfc",
    "podcast",
    "see",
    "fix",
    "fixes",
    "closes",
];
/// Between a number and its title.
const SEPARATORS: &[char] = &[':', '.', ')', ']', '-', '–', '—', '*', '|', '_'];
/// Left over from bold that did not become bold.
const LITTER: &[char] = &['*', '_'];
const LONGEST_NAME: usize = 40;

/// Reads the beginning of a line.
pub(super) fn read(line: &str) -> Option<Numbered> {
    name_first(line).or_else(|| hash_first(line)).or_else(|| plain(line))
}

/// `Brian #1: Title`, `Michael # 2: Title`, `Tip #3 Title`.
fn name_first(line: &str) -> Option<Numbered> {
    let hash = line.bytes().take(LONGEST_NAME).position(|byte| byte == b'#').filter(|&at| at > 0)?;
    let name = tidy_name(&line[..hash]);
    if !is_name(&name) {
        return None;
    }
    let (number, after) = number_at(line, hash + 1)?;
    let word = name.to_lowercase();
    let last = word.rsplit(' ').next().unwrap_or_default();
    if REFERENCES.contains(&last.trim_end_matches('.')) {
        return None;
    }
    let unit = UNITS.contains(&word.trim_end_matches('.'));
    Some(Numbered {
        number,
        presenter: (!unit).then_some(name),
        title_at: skip_separators(line, after),
        style: if unit { Style::Hash } else { Style::Named },
    })
}

/// `#1 (Brian): Title`, `#1 Brian: Title`, `#5: (Brian): Title`, `#1 Title`.
fn hash_first(line: &str) -> Option<Numbered> {
    let hash = line.find(|c: char| !c.is_whitespace() && !LITTER.contains(&c))?;
    if !line[hash..].starts_with('#') {
        return None;
    }
    let (number, after) = number_at(line, hash + 1)?;
    let rest = skip_separators(line, after);
    if let Some(inner) = line[rest..].strip_prefix('(')
        && let Some(close) = inner.find(')')
        && is_name(&tidy_name(&inner[..close]))
    {
        let title_at = skip_separators(line, rest + 1 + close + 1);
        let presenter = Some(tidy_name(&inner[..close]));
        return Some(Numbered { number, presenter, title_at, style: Style::Named });
    }
    // In `#1: Foo: bar` the colon after the number is the separator, and Foo is of the title.
    let parted = line[after..rest].contains(':');
    if !parted
        && let Some(colon) = line[rest..].find(':').filter(|&colon| colon <= LONGEST_NAME)
        && is_name(&tidy_name(&line[rest..rest + colon]))
    {
        let presenter = Some(tidy_name(&line[rest..rest + colon]));
        let title_at = skip_separators(line, rest + colon);
        return Some(Numbered { number, presenter, title_at, style: Style::MaybeNamed });
    }
    Some(Numbered { number, presenter: None, title_at: rest, style: Style::Hash })
}

/// `1. Title`, `2) Title`.
fn plain(line: &str) -> Option<Numbered> {
    let begin = line.len() - line.trim_start_matches(LITTER).len();
    let (number, after) = digits(&line[begin..])?;
    let after = begin + after;
    let rest = line[after..].trim_start_matches(LITTER);
    let parted = rest.strip_prefix(['.', ')', ':', '/'])?;
    // `1.5 million` and `10:30` are no items.
    if parted.starts_with(|c: char| c.is_alphanumeric()) || number > 99 {
        return None;
    }
    Some(Numbered { number, presenter: None, title_at: skip_separators(line, after), style: Style::Plain })
}

/// Where the title begins when the presenter of a [`Style::MaybeNamed`] line belongs to it.
pub(super) fn title_with_name(line: &str) -> usize {
    let Some(hash) = line.find('#') else { return 0 };
    number_at(line, hash + 1).map_or(0, |(_, after)| skip_separators(line, after))
}

/// A number from `at` on, spaces and litter before it, and where it ends. Nothing if letters follow.
fn number_at(line: &str, at: usize) -> Option<(i64, usize)> {
    let rest = &line[at..];
    let begin =
        at + rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || LITTER.contains(&c)).len();
    let (number, length) = digits(&line[begin..])?;
    let after = begin + length;
    (!line[after..].starts_with(|c: char| c.is_alphanumeric())).then_some((number, after))
}

fn digits(text: &str) -> Option<(i64, usize)> {
    let length = text.bytes().take(5).take_while(u8::is_ascii_digit).count();
    Some((text[..length].parse().ok()?, length)).filter(|(_, length)| *length < 5)
}

fn skip_separators(line: &str, at: usize) -> usize {
    line.len() - line[at..].trim_start_matches(|c: char| c.is_whitespace() || SEPARATORS.contains(&c)).len()
}

fn tidy_name(text: &str) -> String {
    let text: String = text.chars().filter(|c| !LITTER.contains(c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches([':', ',', '-']).trim().to_owned()
}

/// One to three capitalised words, also several names joined: `Brian & Michael`.
pub(super) fn is_name(text: &str) -> bool {
    let mut words = 0;
    for word in text.split_whitespace() {
        if matches!(word, "&" | "+" | "and" | "und" | "et" | "y" | "и") {
            continue;
        }
        words += 1;
        let lettered = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-' | ','));
        if !lettered || !word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase()) {
            return false;
        }
    }
    (1..=4).contains(&words) && text.chars().count() > 1 && text.len() <= LONGEST_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> (i64, Option<String>, String, Style) {
        let found =
            read(line).unwrap_or(Numbered { number: -1, presenter: None, title_at: 0, style: Style::Plain });
        (found.number, found.presenter, line[found.title_at..].to_owned(), found.style)
    }

    #[test]
    fn conventions() {
        let name = |name: &str| Some(name.to_owned());
        for (line, want) in [
            ("Brian #1: Title", (1, name("Brian"), "Title", Style::Named)),
            ("Michael # 2: Title", (2, name("Michael"), "Title", Style::Named)),
            ("Brian#5: Title", (5, name("Brian"), "Title", Style::Named)),
            ("Brian #3", (3, name("Brian"), "", Style::Named)),
            ("Becky #6:: A title", (6, name("Becky"), "A title", Style::Named)),
            ("**B****rian #**3: Title", (3, name("Brian"), "Title", Style::Named)),
            ("#1 (Brian): Title", (1, name("Brian"), "Title", Style::Named)),
            ("#5: (Brian): Title", (5, name("Brian"), "Title", Style::Named)),
            ("#1 Brian: Title: more", (1, name("Brian"), "Title: more", Style::MaybeNamed)),
            ("# 6 Michael: Title", (6, name("Michael"), "Title", Style::MaybeNamed)),
            ("#2 Kite", (2, None, "Kite", Style::Hash)),
            ("#5: Who: Tests", (5, None, "Who: Tests", Style::Hash)),
            ("Tip #4 - Sleep", (4, None, "Sleep", Style::Hash)),
            ("3) Title", (3, None, "Title", Style::Plain)),
            ("12. Title", (12, None, "Title", Style::Plain)),
        ] {
            let want = (want.0, want.1, want.2.to_owned(), want.3);
            assert_eq!(shown(line), want, "{line}");
        }
    }

    #[test]
    fn no_items() {
        for line in [
            "Episode #85: Parsing",
            "1.5 million",
            "10:30 Intro",
            "#python",
            "C# 8",
            "a #1",
            "2019 was",
            "",
            "#",
            "PR #3 is in",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
