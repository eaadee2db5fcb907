//! What people write who know other databases, or another table of this one; and what it is called here.

use super::names::{Named, Names};
use super::tokens::{Kind, Token, code};
use crate::model::nearest;

/// Functions of other databases, and what does the same here.
const FUNCTIONS: &[(&str, &str)] = &[
    ("year", "strftime('%Y', published_at) is the year"),
    ("month", "strftime('%m', published_at) is the month, substr(published_at, 1, 7) year and month"),
    ("day", "strftime('%d', published_at) is the day, date(published_at) the whole date"),
    ("weekday", "strftime('%w', published_at) is the day of the week, 0 for Sunday"),
    ("now", "date('now') is today, datetime('now') this moment"),
    ("today", "date('now') is today"),
    ("curdate", "date('now') is today"),
    ("getdate", "date('now') is today, datetime('now') this moment"),
    ("datediff", "julianday(a) - julianday(b) are the days between"),
    ("date_format", "strftime('%Y-%m', published_at) writes a date as you like it"),
    ("date_trunc", "substr(published_at, 1, 7) is year and month"),
    ("to_char", "strftime('%Y-%m', published_at) writes a date as you like it"),
    ("len", "did you mean length?"),
    ("left", "substr(text, 1, n) is the beginning"),
    ("median", "ORDER BY x LIMIT 1 OFFSET (SELECT count(*) / 2 FROM ...) gives the one in the middle"),
    ("percentile", "ORDER BY x LIMIT 1 OFFSET (SELECT count(*) * 9 / 10 FROM ...) gives the ninth of ten"),
    ("regexp", "LIKE '%word%' and GLOB 'w*' are there; castkeep search finds words"),
];

/// What another table, or another program, calls a column.
const COLUMNS: &[(&str, &[&str])] = &[
    ("episode_title", &["title"]),
    ("episode_number", &["number"]),
    ("segment_title", &["title"]),
    ("show_title", &["title"]),
    ("show_name", &["show", "slug"]),
    ("name", &["show", "slug", "title"]),
    ("slug", &["show"]),
    ("show", &["slug"]),
    ("podcast", &["show", "slug"]),
    ("notes", &["notes_text"]),
    ("show_notes", &["notes_text"]),
    ("description", &["notes_text", "text"]),
    ("date", &["published_at"]),
    ("published", &["published_at"]),
    ("pubdate", &["published_at"]),
    ("duration", &["duration_seconds"]),
    ("length", &["duration_seconds", "size_bytes"]),
    ("size", &["size_bytes", "bytes"]),
    ("start", &["start_seconds"]),
    ("url", &["target_url", "feed_url"]),
];

/// Tables with the view that tells more of their rows.
const VIEWS: &[(&str, &str)] = &[
    ("shows", "show_list"),
    ("episodes", "episode_list"),
    ("segments", "segment_list"),
    ("links", "link_list"),
    ("chapters", "chapter_list"),
    ("transcript_cues", "transcript_list"),
    ("sponsors", "sponsor_list"),
    ("credits", "credit_list"),
    ("changes", "change_list"),
    ("resources", "resource_list"),
    ("downloads", "download_list"),
    ("fetches", "fetch_list"),
    ("feed_warnings", "warning_list"),
];

/// Tables and views whose words can be searched, with the column that names a row and the search table.
const SEARCHED: &[(&str, &str, &str)] = &[
    ("episodes", "id", "episodes_fts"),
    ("episode_list", "episode_id", "episodes_fts"),
    ("segments", "id", "segments_fts"),
    ("segment_list", "segment_id", "segments_fts"),
    ("links", "id", "links_fts"),
    ("link_list", "link_id", "links_fts"),
    ("transcript_cues", "id", "transcript_cues_fts"),
    ("transcript_list", "cue_id", "transcript_cues_fts"),
];

const SEARCH_TABLES: [&str; 4] = ["episodes_fts", "segments_fts", "links_fts", "transcript_cues_fts"];

/// What does what a function that is not there would do.
pub(super) fn function(wrong: &str, names: &Names) -> Option<String> {
    let known = FUNCTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(wrong));
    let is_slip = |name: &&str| (1..=2).contains(&strsim::osa_distance(&wrong.to_ascii_lowercase(), name));
    let near = || nearest(wrong, names.functions()).filter(is_slip);
    known.map(|(_, hint)| (*hint).to_owned()).or_else(|| near().map(|name| format!("did you mean {name}?")))
}

/// The name that tables of the query have for a column.
pub(super) fn column(wrong: &str, own: &[&str]) -> Option<&'static str> {
    let (_, rights) = COLUMNS.iter().find(|(name, _)| name.eq_ignore_ascii_case(wrong))?;
    rights.iter().copied().find(|right| own.contains(right))
}

/// The view over a table of the query that has the column, under this name or another.
pub(super) fn view(wrong: &str, named: &[Named<'_>], names: &Names) -> Option<String> {
    named.iter().find_map(|named| {
        let (_, view) = VIEWS.iter().find(|(table, _)| *table == named.relation.name)?;
        let has: Vec<&str> = names.find(view)?.columns.iter().map(String::as_str).collect();
        let same = has.iter().copied().find(|name| name.eq_ignore_ascii_case(wrong));
        Some(format!("{view} has {}: FROM {view}", same.or_else(|| column(wrong, &has))?))
    })
}

/// How to search the words of a table of the query, with the pattern that the query has.
pub(super) fn search(query: &str, names: &Names) -> String {
    let pattern = pattern(query).map_or("'...'", |token| token.text);
    let named = names.named(query);
    let of = |name: &str| SEARCHED.iter().find(|(relation, _, _)| *relation == name);
    let Some((_, id, table)) = named.iter().find_map(|named| of(&named.relation.name)) else {
        return format!(
            "LIKE '%word%' finds a word here; the search tables are {}",
            SEARCH_TABLES.join(", ")
        );
    };
    format!("{id} IN (SELECT rowid FROM {table} WHERE {table} MATCH {pattern})")
}

/// The text after MATCH.
fn pattern(query: &str) -> Option<Token<'_>> {
    let after = code(query).skip_while(|token| !token.is("MATCH")).nth(1)?;
    (after.kind == Kind::Text && !after.is_open).then_some(after)
}

/// How a pattern that FTS5 can't read is written.
pub(super) fn quoted_pattern(query: &str) -> String {
    let own = pattern(query).and_then(|token| token.text.get(1..token.text.len().checked_sub(1)?));
    let own = own.filter(|words| !words.contains('"') && words.len() <= 60 && !words.trim().is_empty());
    let shown = own.map_or_else(|| "\"don''t\" OR \"C++\"".to_owned(), |words| format!("\"{words}\""));
    format!(
        "words with signs in them stand in double quotes: MATCH '{shown}'; castkeep search takes plain words"
    )
}

/// A text without its quotes: what is compared with, where a column of that name is missing.
pub(super) fn bare_text(query: &str, place: usize) -> Option<String> {
    let before = code(query).take_while(|token| token.start < place).last()?;
    let is_compared = matches!(before.text, "=" | ">" | "<") || before.is("LIKE") || before.is("GLOB");
    let rest = query.get(place..).filter(|_| is_compared)?;
    let is_text = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let text = rest.get(..rest.find(|c| !is_text(c)).unwrap_or(rest.len()))?;
    let is_text = !text.is_empty() && !rest.get(text.len()..)?.starts_with('(');
    is_text.then(|| format!("a text stands in single quotes: '{text}'"))
}

/// The table that a statement of another database asks about; an empty name: it asks for all there are.
pub(super) fn asks_schema(query: &str) -> Option<String> {
    let words: Vec<Token<'_>> = code(query).take(3).collect();
    let first = words.first()?;
    let second = words.get(1).and_then(|token| token.name().map(str::to_owned));
    if first.is("DESCRIBE") || first.is("DESC") {
        return Some(second.unwrap_or_default());
    }
    let lists = ["TABLES", "VIEWS", "COLUMNS", "DATABASES", "SCHEMAS", "SCHEMA", "FULL", "INDEX", "CREATE"];
    let is_list = |word: &String| lists.iter().any(|list| list.eq_ignore_ascii_case(word));
    (first.is("SHOW") && second.as_ref().is_some_and(is_list)).then(String::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_quotes_is_known_where_it_is_compared() {
        let at = |query: &str, word: &str| bare_text(query, query.find(word).unwrap());
        assert_eq!(
            at("SELECT 1 WHERE show = two-kettles AND 1", "two").as_deref(),
            Some("a text stands in single quotes: 'two-kettles'")
        );
        assert_eq!(at("SELECT two FROM x", "two"), None);
        assert_eq!(at("SELECT 1 WHERE a = two(1)", "two"), None);
    }

    #[test]
    fn words_of_other_databases_ask_for_the_schema() {
        assert_eq!(asks_schema("show TABLES;"), Some(String::new()));
        assert_eq!(asks_schema("describe \"shows\""), Some("shows".to_owned()));
        assert_eq!((asks_schema("SELECT 1"), asks_schema("show"), asks_schema("")), (None, None, None));
    }
}
