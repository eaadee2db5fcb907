//! What Tab makes of the word before the cursor, and when Enter ends a statement.

use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::dots;
use crate::archive::Reader;
use crate::cli::sql::names::{KEYWORDS, Names};
use crate::cli::sql::tokens::{code, is_word};

/// Looks on while a line is typed.
pub(super) struct Line {
    pub(super) names: Names,
}

impl Helper for Line {}
impl Hinter for Line {
    type Hint = String;
}
impl Highlighter for Line {}

impl Validator for Line {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_whole = is_whole(context.input());
        Ok(if is_whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

/// A command, nothing at all, or statements of which the last has its `;`.
fn is_whole(input: &str) -> bool {
    let last = code(input).last();
    input.trim_start().starts_with('.') || last.is_none_or(|token| token.text == ";")
}

impl Completer for Line {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(&self.names, line, cursor))
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
    let last = code(head).last();
    if last.is_some_and(|token| ["FROM", "JOIN", "INTO"].iter().any(|keyword| token.is(keyword))) {
        return (start, matching(word, names.relations()));
    }
    let own = matching(word, names.columns(line, None));
    let others = matching(word, names.relations())
        .into_iter()
        .chain(keywords(word))
        .chain(matching(word, Reader::functions()).into_iter().map(|name| name + "("));
    let all = own.into_iter().chain(if word.is_empty() { None } else { Some(others) }.into_iter().flatten());
    (start, all.collect())
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
            ("SELECT sh| FROM link_list", &["show", "shows"]),
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
        for whole in ["", "  ", ".tables", "SELECT 1;", "SELECT ';';-- x", "-- x", "SELECT 1; SELECT 2 ;"] {
            assert!(is_whole(whole), "{whole}");
        }
        for part in ["SELECT 1", "SELECT ';", "SELECT 1; SELECT 2", "SELECT 1 -- ;"] {
            assert!(!is_whole(part), "{part}");
        }
    }
}
