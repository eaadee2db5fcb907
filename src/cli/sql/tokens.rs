//! A query cut into tokens, as SQLite cuts it (sqlite.org/lang_keywords.html, tokenize.c): to find a place in it, its tables, its
//! end. Any text can be cut.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name.
    Word,
    /// A name in quotes of whatever kind.
    Quoted,
    /// A text in single quotes.
    Text,
    Comment,
    /// A sign or a digit.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// The byte of the query at which it begins.
    pub(super) start: usize,
    pub(super) text: &'a str,
    /// Its closing quote or sign is missing.
    pub(super) is_open: bool,
}

impl Token<'_> {
    /// The name that it is, without quotes.
    pub(super) fn name(&self) -> Option<&str> {
        match self.kind {
            Kind::Word => Some(self.text),
            Kind::Quoted => self.text.get(1..self.text.len().checked_sub(1)?),
            _ => None,
        }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// All but white space.
pub(super) fn tokens(query: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = query.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        let (kind, length, is_open) = first(query.get(start..)?);
        at = start + length;
        Some(Token { kind, start, text: query.get(start..at)?, is_open })
    })
}

/// The same without comments.
pub(super) fn code(query: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(query).filter(|token| token.kind != Kind::Comment)
}

/// The kind and length of the token that a text begins with, and whether it lacks its end.
fn first(text: &str) -> (Kind, usize, bool) {
    if let Some(comment) = text.strip_prefix("--") {
        return (Kind::Comment, 2 + comment.find('\n').unwrap_or(comment.len()), false);
    }
    if let Some(comment) = text.strip_prefix("/*") {
        return closed(Kind::Comment, text, comment.find("*/").map(|at| at + 4));
    }
    match text.chars().next() {
        Some('\'') => closed(Kind::Text, text, quoted(text, '\'')),
        Some(quote @ ('"' | '`')) => closed(Kind::Quoted, text, quoted(text, quote)),
        Some('[') => closed(Kind::Quoted, text, text.find(']').map(|at| at + 1)),
        Some(c) if is_word(c) && !c.is_ascii_digit() => {
            (Kind::Word, text.find(|c| !is_word(c)).unwrap_or(text.len()), false)
        }
        Some(c) if c.is_ascii_digit() => {
            (Kind::Other, text.find(|c| !is_word(c)).unwrap_or(text.len()), false)
        }
        Some(c) => (Kind::Other, c.len_utf8(), false),
        None => (Kind::Other, 0, false),
    }
}

fn closed(kind: Kind, text: &str, end: Option<usize>) -> (Kind, usize, bool) {
    (kind, end.unwrap_or(text.len()), end.is_none())
}

/// Where a text that begins with a quote ends; the quote doubled is part of it.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut quotes = text.char_indices().skip(1).filter(|(_, c)| *c == quote).map(|(at, _)| at).peekable();
    while let Some(at) = quotes.next() {
        if quotes.next_if_eq(&(at + 1)).is_none() {
            return Some(at + 1);
        }
    }
    None
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii() && !c.is_whitespace()
}

/// The statements of a text, each with the `;` that ends it; the last one without, if it has none.
pub(super) fn statements(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut has_code = false;
    for token in code(text) {
        if token.text == ";" {
            all.extend(text.get(start..token.end()).filter(|_| has_code));
            start = token.end();
            has_code = false;
        } else {
            has_code = true;
        }
    }
    all.extend(text.get(start..).filter(|_| has_code));
    all.into_iter().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::Kind::{Comment, Other, Quoted, Text, Word};
    use super::*;

    #[test]
    fn a_query_is_cut_as_sqlite_cuts_it() {
        let query = "SELECT a.\"x\"\"y\", 'it''s; -- no' /* ; */ FROM [b c] -- end;\n; é 12x :p";
        let cut: Vec<_> = tokens(query).map(|token| (token.kind, token.text)).collect();
        assert_eq!(
            cut,
            [
                (Word, "SELECT"),
                (Word, "a"),
                (Other, "."),
                (Quoted, "\"x\"\"y\""),
                (Other, ","),
                (Text, "'it''s; -- no'"),
                (Comment, "/* ; */"),
                (Word, "FROM"),
                (Quoted, "[b c]"),
                (Comment, "-- end;"),
                (Other, ";"),
                (Word, "é"),
                (Other, "12x"),
                (Other, ":"),
                (Word, "p"),
            ]
        );
        assert!(tokens(query).all(|token| !token.is_open && query[token.start..].starts_with(token.text)));
        for open in ["'a''", "\"", "[x", "/* x *", "`"] {
            assert!(tokens(open).last().unwrap().is_open, "{open}");
        }
    }

    #[test]
    fn statements_end_where_a_semicolon_does() {
        let cut = |text| statements(text);
        assert_eq!(
            cut("SELECT ';' ; -- done; \n ;; SELECT 2"),
            ["SELECT ';' ;", "-- done; \n ;; SELECT 2"][..1]
                .iter()
                .copied()
                .chain(["SELECT 2"])
                .collect::<Vec<_>>()
        );
        assert_eq!(cut(" ; -- nothing"), Vec::<&str>::new());
    }
}
