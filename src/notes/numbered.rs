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
    /// A word before a colon, and where the title begins after it: `1. Brian: Title`, `#1: Brian: Title`. A name only
    /// where all items have one and some of them share it.
    pub(super) label: Option<(String, usize)>,
}

impl Numbered {
    fn new(number: i64, presenter: Option<String>, title_at: usize, style: Style) -> Self {
        Self { number, presenter, title_at, style, label: None }
    }
}

/// How sure a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// A name and `#1`, in either order, the name beyond doubt: before the number, or in brackets.
    Named,
    /// `brian #1: ...`: a name if another item spells it with a capital.
    LowerCase,
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
    "tweet",
    "video",
    "photo",
    "picture",
    "image",
    "link",
];
/// Between a number and its title.
const SEPARATORS: &[char] = &[':', '.', ')', ']', '-', '–', '—', '*', '|', '_'];
/// Left over from bold that did not become bold.
const LITTER: &[char] = &['*', '_'];
const LONGEST_NAME: usize = 40;

/// Reads the beginning of a line.
pub(super) fn read(line: &str) -> Option<Numbered> {
    // Most lines have no number where one could stand.
    let near = &line.as_bytes()[..line.len().min(LONGEST_NAME)];
    let begins = line.trim_start_matches(|c: char| c.is_whitespace() || LITTER.contains(&c));
    if memchr::memchr(b'#', near).is_none() && !begins.starts_with(|c: char| c == '#' || c.is_ascii_digit()) {
        return None;
    }
    name_first(line).or_else(|| hash_first(line)).or_else(|| plain(line))
}

/// `Brian #1: Title`, `Michael # 2: Title`, `Tip #3 Title`, `Brian #1, Michael #2: Title`.
fn name_first(line: &str) -> Option<Numbered> {
    let (name, number, after) = name_and_number(line)?;
    let word = name.to_lowercase();
    let last = word.rsplit(' ').next().unwrap_or_default();
    if REFERENCES.contains(&last.trim_end_matches('.')) {
        return None;
    }
    if UNITS.contains(&word.trim_end_matches('.')) {
        return Some(Numbered::new(number, None, skip_separators(line, after), Style::Hash));
    }
    if !is_name(&name) {
        let spelled =
            name.len() > 2 && name.chars().all(char::is_lowercase) && line[after..].starts_with(':');
        let title_at = skip_separators(line, after);
        return spelled.then(|| Numbered::new(number, Some(name), title_at, Style::LowerCase));
    }
    let joint = line[after..].trim_start().trim_start_matches([',', '&', '/', '+']);
    let joint = joint.trim_start().trim_start_matches("and ");
    if let Some((other, _, end)) = name_and_number(joint).filter(|(other, ..)| is_name(other)) {
        let title_at = skip_separators(line, line.len() - joint.len() + end);
        return Some(Numbered::new(number, Some(format!("{name}, {other}")), title_at, Style::Named));
    }
    Some(Numbered::new(number, Some(name), skip_separators(line, after), Style::Named))
}

/// `Brian #1`: the name, the number, and where it ends.
fn name_and_number(line: &str) -> Option<(String, i64, usize)> {
    let hash = line.bytes().take(LONGEST_NAME).position(|byte| byte == b'#').filter(|&at| at > 0)?;
    let name = tidy_name(line[..hash].trim_start_matches(|c: char| !c.is_alphanumeric()));
    let (number, after) = number_at(line, hash + 1)?;
    (!name.is_empty()).then_some((name, number, after))
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
        return Some(Numbered::new(number, presenter, title_at, Style::Named));
    }
    // In `#1: Foo: bar` the colon after the number is the separator, and Foo is of the title.
    let parted = line[after..rest].contains(':');
    if !parted && let Some((name, title_at)) = label_at(line, rest) {
        let presenter = Some(name);
        return Some(Numbered::new(number, presenter, title_at, Style::MaybeNamed));
    }
    let label = label_at(line, rest).filter(|_| parted);
    Some(Numbered { label, ..Numbered::new(number, None, rest, Style::Hash) })
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
    let title_at = skip_separators(line, after);
    let label = label_at(line, title_at);
    Some(Numbered { label, ..Numbered::new(number, None, title_at, Style::Plain) })
}

/// `Brian: Title` from a place on: the word that may be a name, and where the title begins.
pub(super) fn label_at(line: &str, at: usize) -> Option<(String, usize)> {
    let colon = line[at..].find(':').filter(|&colon| colon <= LONGEST_NAME)?;
    let name = tidy_name(&line[at..at + colon]);
    is_name(&name).then(|| (name, skip_separators(line, at + colon)))
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
        let found = read(line).unwrap_or(Numbered::new(-1, None, 0, Style::Plain));
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
            ("🎙️ Brian #3: Title", (3, name("Brian"), "Title", Style::Named)),
            ("Brian #1, Michael #2: Title", (1, name("Brian, Michael"), "Title", Style::Named)),
            ("brian #3: Title", (3, name("brian"), "Title", Style::LowerCase)),
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
