//! What a person types to search for -> what must stand in a place, what may stand for it, what must not.
//!
//! Words stand for themselves; all of them must be in one place. `"a phrase"` keeps its order, `rust*` is a beginning, `OR` stands between
//! alternatives, `NOT word` (or `-word`) keeps places out. Nothing else has a meaning: no query is an error of SQL.

use super::fold::{self, Token};

/// A search, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Each of these must be in the place.
    pub(super) all: Vec<Group>,
    /// None of these may be.
    pub(super) none: Vec<Term>,
}

/// Alternatives: one of them must be there.
pub(super) type Group = Vec<Term>;

/// A word or a phrase, as one or more tokens that follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// As typed, without quotes.
    pub(super) text: String,
    /// The last token is the beginning of a word.
    pub(super) is_prefix: bool,
}

/// What is wrong with a search, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// No words at all.
    #[error("there is nothing to look for")]
    Nothing,
    /// Signs alone.
    #[error("{0:?} has no letter and no digit to look for")]
    NoLetters(String),
    /// A quote that is not closed.
    #[error("the quote before {0:?} is not closed")]
    Open(String),
    /// `AND`, `OR` or `NOT` with nothing on one side.
    #[error("{0} needs a word on each side")]
    Loose(&'static str),
    /// `NOT` and nothing before it.
    #[error("NOT takes places away: there must be a word that they have")]
    OnlyNot,
    /// A beginning so short that half of all words begin so.
    #[error("{0:?} is too short a beginning: two letters at least stand before the *")]
    Short(String),
    /// More than anybody means.
    #[error("{0} words are more than the {MOST} that a search may have")]
    Many(usize),
}

const MOST: usize = 32;

/// How words stand to those before them.
#[derive(Clone, Copy, PartialEq)]
enum Link {
    /// Nothing stands between them.
    None,
    And,
    Or,
    Not,
}

impl Words {
    /// Reads what was typed.
    pub fn parse(typed: &str) -> Result<Self, WordsError> {
        let pieces = pieces(typed)?;
        if pieces.len() > MOST {
            return Err(WordsError::Many(pieces.len()));
        }
        let mut words = Words { all: Vec::new(), none: Vec::new() };
        let mut link = Link::None;
        for piece in &pieces {
            match piece {
                Piece::Word(word) if word == "OR" && !words.all.is_empty() && link == Link::None => {
                    link = Link::Or;
                }
                Piece::Word(word) if word == "OR" => return Err(WordsError::Loose("OR")),
                Piece::Word(word) if word == "NOT" && matches!(link, Link::None | Link::And) => {
                    link = Link::Not;
                }
                Piece::Word(word) if word == "NOT" => return Err(WordsError::Loose("NOT")),
                Piece::Word(word)
                    if word == "AND" && matches!(link, Link::None | Link::And) && !words.is_empty() =>
                {
                    link = Link::And;
                }
                Piece::Word(word) if word == "AND" => return Err(WordsError::Loose("AND")),
                piece => {
                    words.add(piece, link)?;
                    link = Link::None;
                }
            }
        }
        match link {
            Link::None => words.complete(typed),
            Link::And => Err(WordsError::Loose("AND")),
            Link::Or => Err(WordsError::Loose("OR")),
            Link::Not => Err(WordsError::Loose("NOT")),
        }
    }

    fn add(&mut self, piece: &Piece, link: Link) -> Result<(), WordsError> {
        let (minus, term) = piece.term()?;
        let Some(term) = term else { return Ok(()) };
        match link {
            _ if minus => self.none.extend(term.alike()),
            Link::Not => self.none.extend(term.alike()),
            Link::None | Link::And => self.all.push(term.alike()),
            Link::Or => match self.all.last_mut() {
                Some(group) => group.extend(term.alike()),
                None => self.all.push(term.alike()),
            },
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.none.is_empty()
    }

    fn complete(self, typed: &str) -> Result<Self, WordsError> {
        if !self.all.is_empty() {
            return Ok(self);
        }
        Err(match typed.trim() {
            _ if !self.none.is_empty() => WordsError::OnlyNot,
            "" => WordsError::Nothing,
            signs => WordsError::NoLetters(signs.to_owned()),
        })
    }

    /// All that may be found in a place, for showing where.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &Term> {
        self.all.iter().flatten()
    }
}

impl Term {
    /// A word as typed; a star at its end makes it a beginning.
    fn of(word: &str) -> Self {
        let text = word.trim_end_matches('*');
        Self { text: text.to_owned(), is_prefix: text.len() < word.len() }
    }

    pub(super) fn tokens(&self) -> Vec<Token<'_>> {
        fold::tokens(&self.text)
    }

    /// Characters of a script without spaces: looked for anywhere in a run of them.
    pub(super) fn is_unspaced(&self) -> bool {
        self.text.chars().any(fold::is_unspaced)
    }

    /// The word, and the ways to write it with an apostrophe or without: `dont` and `don't`.
    fn alike(self) -> Group {
        let mut all = vec![];
        let joined: String = self.text.chars().filter(|c| !fold::is_apostrophe(*c)).collect();
        if joined != self.text {
            all.push(Term { text: joined, is_prefix: self.is_prefix });
        } else if !self.is_prefix && self.text.chars().all(char::is_alphabetic) {
            let texts = parted(&self.text).chain(elided(&self.text));
            all.extend(texts.map(|text| Term { text, is_prefix: false }));
        }
        all.extend(fold::spelled(&self.text).map(|text| Term { text, is_prefix: self.is_prefix }));
        all.insert(0, self);
        all
    }
}

/// Endings that English writes behind an apostrophe, and the letters before it that go with them.
const ENDINGS: &[(&str, &str)] =
    &[("nt", "t"), ("s", "s"), ("re", "re"), ("ve", "ve"), ("ll", "ll"), ("im", "m")];

/// `obrien` -> `o brien`, `lamour` -> `l amour`: what stands before an apostrophe in names and in Romance languages.
fn elided(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let second = lower.chars().nth(1).filter(|_| lower.chars().count() > 4)?;
    let is_vowel = "aeiouhàâéèêëîïôûœæ".contains(second);
    let is_elided = match lower.chars().next()? {
        'o' => !is_vowel,
        'd' | 'l' => is_vowel,
        _ => false,
    };
    is_elided.then(|| format!("{} {}", &word[..1], &word[1..]))
}

/// `dont` -> `don t`, as the words of `don't` stand in the index.
fn parted(word: &str) -> impl Iterator<Item = String> + '_ {
    ENDINGS.iter().filter_map(move |(end, after)| {
        let lower = word.to_lowercase();
        let cut =
            word.len().checked_sub(after.len()).filter(|cut| *cut > 0 && word.is_char_boundary(*cut))?;
        lower.ends_with(end).then(|| format!("{} {}", &word[..cut], &word[cut..]))
    })
}

enum Piece {
    Word(String),
    Phrase(String),
}

impl Piece {
    /// The term, and whether a minus stands before it; `None` for signs without a letter.
    fn term(&self) -> Result<(bool, Option<Term>), WordsError> {
        let (minus, term) = match self {
            Self::Phrase(text) => (false, Term { text: text.clone(), is_prefix: false }),
            Self::Word(word) => match word.strip_prefix('-') {
                Some(rest) if rest.starts_with(char::is_alphanumeric) => (true, Term::of(rest)),
                _ => (false, Term::of(word)),
            },
        };
        let letters = term.tokens().last().map(|token| token.folded.chars().count());
        match letters {
            None => Ok((minus, None)),
            Some(..2) if term.is_prefix && !term.is_unspaced() => {
                Err(WordsError::Short(format!("{}*", term.text)))
            }
            Some(_) => Ok((minus, Some(term))),
        }
    }
}

/// Words by white space, and what stands between quotes.
fn pieces(typed: &str) -> Result<Vec<Piece>, WordsError> {
    let mut pieces = Vec::new();
    let mut rest = typed.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        if let Some(close) = closing(first) {
            let end = after.find(close).ok_or_else(|| WordsError::Open(after.trim().to_owned()))?;
            pieces.push(Piece::Phrase(after[..end].to_owned()));
            rest = after[end..].strip_prefix(close).unwrap_or_default();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || closing(c).is_some()).unwrap_or(rest.len());
            pieces.push(Piece::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(pieces)
}

/// The quotes that may close what these open.
fn closing(open: char) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"']),
        '“' | '„' | '”' => Some(&['”', '“']),
        '«' => Some(&['»']),
        '「' => Some(&['」']),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(typed: &str) -> String {
        match Words::parse(typed) {
            Ok(words) => {
                let text =
                    |term: &Term| if term.is_prefix { format!("{}*", term.text) } else { term.text.clone() };
                let group = |group: &Group| group.iter().map(text).collect::<Vec<_>>().join("|");
                let all: Vec<String> = words.all.iter().map(group).collect();
                let none: Vec<String> = words.none.iter().map(|term| format!("-{}", text(term))).collect();
                [all, none].concat().join(" & ")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_typed_is_understood() {
        for (typed, want) in [
            ("csv", "csv"),
            ("one sheep", "one & sheep"),
            ("\"null sheep\" „zwei Worte“", "null sheep & zwei Worte"),
            ("\"one\"\"two\" three", "one & two & three"),
            ("rust* AND sql", "rust* & sql"),
            ("csv OR \"spread sheet\" tea", "csv|spread sheet & tea"),
            ("tea NOT coffee -milk", "tea & -coffee & -milk"),
            ("tea NOT dont", "tea & -dont & -don t"),
            ("obrien", "obrien|o brien"),
            ("lamour dormir", "lamour|l amour & dormir|d ormir"),
            ("don't", "don't|dont"),
            ("dont", "dont|don t"),
            ("grosser", "grosser|großer"),
            ("Größer", "Größer|grösser"),
            ("smørrebrød", "smørrebrød|smoerrebroed|smorrebrod"),
            ("aether", "aether|æther"),
            ("cats", "cats|cat s"),
            ("C++ & Rust", "C++ & Rust"),
            ("twenty-one", "twenty-one"),
            ("東京 OR 京都", "東京|京都"),
            ("", "there is nothing to look for"),
            (" !! ", "\"!!\" has no letter and no digit to look for"),
            ("\"open", "the quote before \"open\" is not closed"),
            ("OR tea", "OR needs a word on each side"),
            ("tea OR", "OR needs a word on each side"),
            ("tea NOT", "NOT needs a word on each side"),
            ("NOT tea", "NOT takes places away: there must be a word that they have"),
            ("a*", "\"a*\" is too short a beginning: two letters at least stand before the *"),
        ] {
            assert_eq!(said(typed), want, "{typed}");
        }
    }

    #[test]
    fn and_needs_words_as_or_does() {
        let loose = "AND needs a word on each side";
        for (typed, want) in [
            ("AND", loose),
            ("AND AND", loose),
            ("AND tea", loose),
            ("tea AND", loose),
            ("tea AND AND milk", "tea & milk"),
            ("tea OR AND milk", loose),
            ("tea AND OR milk", "OR needs a word on each side"),
            ("tea AND milk", "tea & milk"),
            ("tea AND NOT milk", "tea & -milk"),
            ("-milk AND tea", "tea & -milk"),
            ("\"AND\" and", "AND & and"),
        ] {
            assert_eq!(said(typed), want, "{typed}");
        }
    }

    #[test]
    fn nobody_means_so_many_words() {
        assert_eq!(said(&"a ".repeat(40)), "40 words are more than the 32 that a search may have");
    }
}
