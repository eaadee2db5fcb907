//! Text as the search tables see it: tokens, without case and diacritics (FTS5 `unicode61 remove_diacritics 2`).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A run of letters and digits, of one kind of script: with spaces between words, or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
    /// As written.
    pub(super) text: &'a str,
    /// In lower case, without diacritics.
    pub(super) folded: String,
}

/// The tokens of a text, in order.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match start {
            None if c.is_alphanumeric() => start = Some(at),
            Some(begin) if !is_inside(c) || is_unspaced(c) != text[begin..].starts_with(is_unspaced) => {
                let text = &text[begin..at];
                found.push(Token { start: begin, text, folded: folded(text) });
                start = c.is_alphanumeric().then_some(at);
            }
            _ => {}
        }
    }
    found
}

fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// A word in lower case, without diacritics.
pub(super) fn folded(word: &str) -> String {
    // A sigma at the end of a word is a sigma.
    let letter = |c: char| if c == 'ς' { 'σ' } else { c };
    word.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).map(letter).collect()
}

/// Letters that are no accented ones, and what is written for them where they can't be typed.
const SPELLINGS: &[(&str, &str)] =
    &[("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ø", "oe"), ("ø", "o"), ("ł", "l"), ("đ", "d"), ("ı", "i")];

/// Other spellings of a word: `größer` is written `grosser`, too, and `grosser` may stand for `größer`. One letter stands for no
/// other: too many words would mean another.
pub(super) fn spelled(word: &str) -> impl Iterator<Item = String> {
    let lower = word.to_lowercase();
    let spelled = |from: &str, to: &str| lower.contains(from).then(|| lower.replace(from, to));
    let out: Vec<String> = SPELLINGS.iter().filter_map(|(letter, typed)| spelled(letter, typed)).collect();
    let two = SPELLINGS.iter().filter(|(_, typed)| typed.len() > 1);
    let back: Vec<String> = two.filter_map(|(letter, typed)| spelled(typed, letter)).collect();
    out.into_iter().chain(back)
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '＇')
}

/// Scripts that set no spaces between words, as the view `unspaced` tells them: Thai, Lao, Tibetan, Burmese; Khmer; Kana, Han,
/// Hangul and their neighbours; rarer Han.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{faff}' | '\u{ff61}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_as_the_search_tables_tell_them() {
        let told =
            |text: &str| tokens(text).into_iter().map(|token| token.folded).collect::<Vec<_>>().join(" ");
        assert_eq!(told("Rätsel, ÉTÉ und Straße!"), "ratsel ete und straße");
        assert_eq!(told("Σίσυφος ΣΊΣΥΦΟΣ"), "σισυφοσ σισυφοσ");
        assert_eq!(told("re\u{301}sume\u{301} don't c++ #126"), "resume don t c 126");
        assert_eq!(told("… — !"), "");
        assert_eq!(told("今日はRustを書く"), "今日は rust を書く");
    }
}
