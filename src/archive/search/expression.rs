//! Words -> what FTS5 is asked (sqlite.org/fts5.html, 3). Whatever was typed stands in strings, where nothing has a meaning.

use rusqlite::Connection;

use super::words::{Group, Term, Words};

/// How many runs of three characters a word of one or two characters may stand for: those that most places have.
const RUNS: usize = 500;

/// The expression for the tables of words; terms that `keep` does not keep are left out. `None` if none is left.
pub(super) fn of_words(words: &Words, keep: &dyn Fn(&Term) -> bool) -> Option<String> {
    joined(words, &|term| keep(term).then(|| phrase(term)))
}

/// The same for `unspaced_fts`, which knows runs of three characters wherever they stand, hence more places than there are hits;
/// and whether it is the whole of it.
pub(super) fn of_runs(db: &Connection, words: &Words) -> rusqlite::Result<(Option<String>, bool)> {
    let mut runs = Vec::new();
    for term in words.wanted() {
        if is_short(term) {
            runs.push((term, beginnings(db, &term.text)?));
        }
    }
    let is_whole = runs.iter().all(|(_, runs): &(_, Vec<String>)| runs.len() < RUNS);
    let all = Words { all: words.all.clone(), none: Vec::new() };
    let expression = joined(&all, &|term| match runs.iter().find(|(short, _)| *short == term) {
        Some((_, runs)) => Some(format!("({})", runs.join(" OR "))),
        None => Some(quoted(&term.text)),
    });
    Ok((expression, is_whole))
}

fn phrase(term: &Term) -> String {
    let star = if term.is_prefix { " *" } else { "" };
    quoted(&term.text) + star
}

fn joined(words: &Words, one: &dyn Fn(&Term) -> Option<String>) -> Option<String> {
    let group = |group: &Group| {
        let terms: Vec<String> = group.iter().filter_map(one).collect();
        (!terms.is_empty()).then(|| format!("({})", terms.join(" OR ")))
    };
    let all: Vec<String> = words.all.iter().filter_map(group).collect();
    if all.is_empty() {
        return None;
    }
    let all = format!("({})", all.join(" AND "));
    let none: Vec<String> = words.none.iter().filter_map(one).collect();
    Some(if none.is_empty() { all } else { format!("{all} NOT ({})", none.join(" OR ")) })
}

/// A string of FTS5.
pub(super) fn quoted(text: &str) -> String {
    // A NUL would end it.
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}

fn is_short(term: &Term) -> bool {
    term.text.chars().count() < 3
}

/// The runs in the archive that begin so; one that begins nothing stands for itself, and finds nothing.
fn beginnings(db: &Connection, text: &str) -> rusqlite::Result<Vec<String>> {
    let text = text.to_lowercase();
    let mut statement = db.prepare_cached(
        "SELECT term FROM unspaced_terms WHERE term >= ?1 AND term < ?2 ORDER BY doc DESC LIMIT ?3",
    )?;
    let found = statement
        .query_map((&text, format!("{text}\u{10ffff}"), RUNS as i64), |row| row.get::<_, String>(0))?;
    let mut runs = found.map(|run| run.map(|run| quoted(&run))).collect::<rusqlite::Result<Vec<_>>>()?;
    if runs.is_empty() {
        runs.push(quoted(&text));
    }
    Ok(runs)
}
