//! What Tab makes of the word before the cursor, and when Enter ends a statement.

use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

use super::dots;
use crate::cli::sql::names::{KEYWORDS, Names};
use crate::cli::sql::tokens::{Token, code, is_word};

/// Looks on while a line is typed.
pub(super) struct Line {
    pub(super) names: Names,
    /// The lines of the statement before this one.
    pub(super) before: String,
}

impl Helper for Line {}
impl Hinter for Line {
    type Hint = String;
}
impl Highlighter for Line {}
impl Validator for Line {}

/// A command, nothing at all, or statements of which the last has its `;`.
pub(super) fn is_whole(input: &str) -> bool {
    let last = code(input).last();
    let is_open = last.is_none() && input.trim_start().starts_with("/*") && !input.contains("*/");
    input.trim_start().starts_with('.') || !is_open && last.is_none_or(|token| token.text == ";")
}

impl Completer for Line {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let (start, all) =
            complete(&self.names, &format!("{}{line}", self.before), self.before.len() + cursor);
        Ok((start.saturating_sub(self.before.len()), all))
    }
}

/// Where the word before the cursor begins, and what it may become.
fn complete(names: &Names, line: &str, cursor: usize) -> (usize, Vec<String>) {
    let before = line.get(..cursor).unwrap_or(line);
    if let Some(words) = before.strip_prefix('.') {
        return complete_command(names, before, words);
    }
    let start = before
        .rfind(|c| !is_word(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let (head, word) = before.split_at(start);
    if let Some(qualified) = head.strip_suffix('.') {
        let qualifier = qualified.rsplit(|c| !is_word(c)).next();
        return (start, matching(word, names.columns(line, qualifier)));
    }
    let head: Vec<Token<'_>> = code(head).collect();
    if is_place_of_table(&head) {
        return (start, matching(word, names.relations()));
    }
    let mut all = Vec::new();
    // A statement begins with a keyword.
    if head.last().is_some_and(|token| token.text != ";") {
        all.extend(matching(word, columns(names, line)));
    }
    if !word.is_empty() {
        all.extend(keywords(word));
        all.extend(matching(word, names.functions()).into_iter().map(|name| name + "("));
    }
    (start, all)
}

/// After FROM and JOIN, and after a comma in what follows them.
fn is_place_of_table(head: &[Token<'_>]) -> bool {
    let begins = |token: &&Token<'_>| ["FROM", "JOIN", "INTO"].iter().any(|keyword| token.is(keyword));
    let ends = |token: &&Token<'_>| {
        let words = ["SELECT", "ON", "USING", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT"];
        words.iter().any(|keyword| token.is(keyword))
    };
    match head.last() {
        Some(last) if last.text == "," => {
            head.iter().rev().find(|token| begins(token) || ends(token)).is_some_and(|token| begins(&token))
        }
        last => last.is_some_and(|last| begins(&last)),
    }
}

/// Those of the tables that the statement names; before it names one, those of the views.
fn columns<'n>(names: &'n Names, line: &str) -> Vec<&'n str> {
    let named = names.named(line);
    if named.is_empty() {
        return names.of_views();
    }
    // What is searched is named in place of a column: segments_fts MATCH '...'.
    let searched =
        named.iter().map(|named| named.relation.name.as_str()).filter(|name| name.ends_with("_fts"));
    names.columns(line, None).into_iter().chain(searched).collect()
}

fn complete_command(names: &Names, before: &str, words: &str) -> (usize, Vec<String>) {
    match words.rfind(char::is_whitespace) {
        Some(at) => (at + 2, matching(&words[at + 1..], names.relations())),
        None => (0, matching(before, dots::names())),
    }
}

fn matching<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let begins = |name: &&str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    names.into_iter().filter(begins).map(str::to_owned).collect()
}

/// In the case in which the word was begun.
fn keywords(word: &str) -> Vec<String> {
    let is_small = word.starts_with(|c: char| c.is_ascii_lowercase());
    let all = matching(word, KEYWORDS.iter().copied());
    if is_small { all.into_iter().map(|name| name.to_ascii_lowercase()).collect() } else { all }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::sql::names::some;

    /// What the word before `|` may become.
    fn completed(line: &str) -> Vec<String> {
        let cursor = line.find('|').unwrap();
        let line = line.replacen('|', "", 1);
        let (start, all) = complete(&some(), &line, cursor);
        assert!(line.is_char_boundary(start) && start <= cursor);
        all
    }

    #[test]
    fn tab_knows_tables_columns_keywords_and_commands() {
        for (line, want) in [
            ("SELECT dom| FROM link_list", &["domain"][..]),
            ("SELECT l.| FROM link_list l", &["link_id", "show", "domain", "url"]),
            ("SELECT shows.s|", &["slug"]),
            ("SELECT sh| FROM link_list", &["show"]),
            ("SELECT sh|", &["show"]),
            ("SELECT |", &["episode_id", "show", "title", "published_at", "link_id", "domain", "url"]),
            ("|", &[]),
            ("SELECT 1; |", &[]),
            ("SELECT * FROM shows, l|", &["link_list"]),
            ("SELECT * FROM shows WHERE id IN (1, l|", &["last", "left", "like", "limit"]),
            ("SELECT t| FROM shows WHERE\n1", &["title", "then"]),
            ("SELECT * FROM e|", &["episode_list"]),
            ("SELECT * FROM | WHERE", &["episode_list", "link_list", "shows"]),
            ("sel|", &["select"]),
            ("SEL|", &["SELECT"]),
            ("SELECT soun|", &["soundex("]),
            ("SELECT | FROM shows", &["id", "slug", "title"]),
            (".ta|", &[".tables"]),
            (".schema li|", &["link_list"]),
            ("é.é|", &[]),
        ] {
            assert_eq!(completed(line), want, "{line}");
        }
    }

    #[test]
    fn enter_ends_what_has_its_semicolon() {
        for whole in
            ["", "  ", ".tables", "SELECT 1;", "SELECT ';';-- x", "-- x", "SELECT 1; SELECT 2 ;", "/* x */"]
        {
            assert!(is_whole(whole), "{whole}");
        }
        for part in ["SELECT 1", "SELECT ';", "SELECT 1; SELECT 2", "SELECT 1 -- ;", "/* x"] {
            assert!(!is_whole(part), "{part}");
        }
    }
}
