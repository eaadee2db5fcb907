//! The text of a date as numbers, words and marks.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// No honest date is longer (characters, comments and doubled blanks apart); nested comments in longer ones have
/// exhausted parsers.
const LONGEST: usize = 64;

/// What a date is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A number and how many digits it is written with.
    Number(u64, usize),
    /// A word in lower case without accents; a name like `america/new_york` is one.
    Word(String),
    /// A character between them: `:`, `-`, `/`, `.`, `+`, `,`.
    Mark(char),
    Space,
    /// Something that is understood already.
    Taken,
}

/// The text of a date, taken apart.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) parts: Vec<Part>,
    /// The words of its comments in parentheses.
    pub(super) comments: Vec<Part>,
    /// Something stands beyond the longest date.
    pub(super) is_cut: bool,
    /// It is written in the script of a country with one zone.
    pub(super) is_korean: bool,
}

impl Text {
    pub(super) fn of(raw: &str) -> Self {
        let (mut outside, inside) = without_comments(raw);
        let is_cut = outside.chars().count() > LONGEST;
        if is_cut {
            // A number or word cut in the middle would be another one.
            outside.truncate(outside.rfind(' ').unwrap_or(0));
        }
        let is_korean = outside.chars().any(|found| ('가'..='힣').contains(&found));
        Self { parts: split(&plain(&outside)), comments: split(&plain(&inside)), is_cut, is_korean }
    }
}

/// The beginning of the text outside of comments and inside, runs of blanks made one. Linear in the text.
fn without_comments(raw: &str) -> (String, String) {
    let (mut outside, mut inside) = (String::new(), String::new());
    let (mut outside_left, mut inside_left) = (LONGEST + 1, LONGEST);
    let mut depth = 0_usize;
    for found in raw.trim().chars() {
        match found {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let (text, left) =
            if depth == 0 { (&mut outside, &mut outside_left) } else { (&mut inside, &mut inside_left) };
        let found = if found.is_whitespace() || matches!(found, '(' | ')') { ' ' } else { found };
        if *left == 0 || found == ' ' && text.ends_with(' ') {
            continue;
        }
        text.push(found);
        *left -= 1;
        if outside_left == 0 {
            break;
        }
    }
    (outside.trim_end().to_owned(), inside)
}

/// Lower case, no accents, plain digits and marks; Chinese, Japanese and Korean units as marks.
fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare = east_asian(text).nfkd().filter(|found| !is_combining_mark(*found)).collect::<String>();
    bare.to_lowercase().replace(['–', '—', '−', '‐', '‑'], "-").replace('。', ".")
}

/// `2020年1月2日 下午3时4分` as `2020-1-2  postmeridiem 3:4`.
fn east_asian(text: &str) -> String {
    let mut text = text.to_owned();
    for morning in ["上午", "午前", "오전"] {
        text = text.replace(morning, " antemeridiem ");
    }
    for evening in ["下午", "午後", "오후"] {
        text = text.replace(evening, " postmeridiem ");
    }
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(found) = rest.next() {
        let is_digit = |found: char| found.is_ascii_digit() || ('０'..='９').contains(&found);
        let counts_on = rest.as_str().trim_start().starts_with(is_digit);
        match found {
            // A unit stands behind its number; elsewhere it is a part of some word, such as a weekday.
            _ if !out.trim_end().ends_with(is_digit) => out.push(found),
            '年' | '년' | '月' | '월' => out.push('-'),
            '日' | '일' | '号' | '號' | '秒' | '초' => out.push(' '),
            '时' | '時' | '시' | '点' | '點' if !counts_on => out.push_str(":00 "),
            '分' | '분' if !counts_on => out.push(' '),
            '时' | '時' | '시' | '点' | '點' | '分' | '분' => out.push(':'),
            _ => out.push(found),
        }
    }
    out
}

fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match class(first) {
            Class::Mark => first.len_utf8(),
            Class::Letter => end_of_word(rest),
            kind => rest.find(|found| class(found) != kind).unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(end);
        match class(first) {
            Class::Digit => push_number(&mut parts, piece),
            Class::Letter => parts.push(Part::Word(piece.to_owned())),
            Class::Blank => parts.push(Part::Space),
            Class::Mark => parts.push(Part::Mark(first)),
        }
        rest = after;
    }
    parts
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    Blank,
    Mark,
}

fn class(found: char) -> Class {
    match found {
        '0'..='9' => Class::Digit,
        _ if found.is_alphabetic() || found == '_' => Class::Letter,
        _ if found.is_whitespace() => Class::Blank,
        _ => Class::Mark,
    }
}

/// Where the word ends that `text` begins with; a slash between letters is a part of it.
fn end_of_word(text: &str) -> usize {
    let mut end = 0;
    for (at, found) in text.char_indices() {
        let after = text[at + found.len_utf8()..].chars().next();
        let joins = found == '/' && after.is_some_and(|after| class(after) == Class::Letter);
        if class(found) != Class::Letter && !joins {
            break;
        }
        end = at + found.len_utf8();
    }
    end
}

/// A number; `20190419080000` and `201904190800` as the date and the time that they are.
fn push_number(parts: &mut Vec<Part>, digits: &str) {
    let number = |digits: &str| Part::Number(digits.parse().unwrap_or(u64::MAX), digits.len());
    if matches!(digits.len(), 12 | 14) && (digits.starts_with("19") || digits.starts_with("20")) {
        let (date, time) = digits.split_at(8);
        parts.extend([number(date), Part::Word("t".to_owned()), number(time)]);
    } else {
        parts.push(number(digits));
    }
}

/// The part at `at`, unless it is taken or beyond the end.
pub(super) fn number(parts: &[Part], at: usize) -> Option<(u64, usize)> {
    match parts.get(at) {
        Some(Part::Number(value, digits)) => Some((*value, *digits)),
        _ => None,
    }
}

/// The word at `at`.
pub(super) fn word(parts: &[Part], at: usize) -> Option<&str> {
    match parts.get(at) {
        Some(Part::Word(word)) => Some(word),
        _ => None,
    }
}

/// Is the part at `at` this mark?
pub(super) fn is_mark(parts: &[Part], at: usize, mark: char) -> bool {
    parts.get(at) == Some(&Part::Mark(mark))
}

/// The first place from `at` on that is no blank.
pub(super) fn past_space(parts: &[Part], at: usize) -> usize {
    if parts.get(at) == Some(&Part::Space) { at + 1 } else { at }
}

/// Marks places as understood.
pub(super) fn take(parts: &mut [Part], places: impl IntoIterator<Item = usize>) {
    for at in places {
        if let Some(part) = parts.get_mut(at) {
            *part = Part::Taken;
        }
    }
}
