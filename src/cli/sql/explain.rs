//! What was wrong with a query, where, and what would be right.

use unicode_width::UnicodeWidthStr;

use super::names::{KEYWORDS, Names, is_keyword};
use super::slips;
use super::tokens::{Kind, Token, code};
use crate::archive::QueryError;
use crate::cli::failure::Usage;
use crate::model::nearest;

/// A question that shows how to ask.
pub(super) const EXAMPLE: &str = "castkeep sql \"SELECT * FROM episode_list LIMIT 10\"";

/// Where a query was typed: what can be done about it is said in the words of that place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Shell,
    Prompt,
}

impl At {
    /// What tells of the tables, or of one.
    fn schema(self, table: Option<&str>) -> String {
        match (self, table) {
            (Self::Shell, None) => "castkeep schema lists the tables and views".to_owned(),
            (Self::Shell, Some(table)) => format!("castkeep schema {table} tells its columns"),
            (Self::Prompt, None) => ".tables lists the tables and views".to_owned(),
            (Self::Prompt, Some(table)) => format!(".schema {table} tells its columns"),
        }
    }

    fn param(self) -> &'static str {
        match self {
            Self::Shell => "--param",
            Self::Prompt => ".param",
        }
    }
}

/// A wrong query is shown with a mark under the place where SQLite stopped understanding it.
pub(super) fn explain(query: &str, error: QueryError, names: &Names, at: At) -> anyhow::Error {
    let (place, hint) = match &error {
        QueryError::Wrong { message, offset } => {
            let place = offset.or_else(|| place_of(query, blamed(message)?));
            (place, meant(query, message, place, names, at))
        }
        QueryError::Refused { what, offset } => {
            let name = what.rsplit(' ').next().unwrap_or(what);
            (offset.or_else(|| place_of(query, name)), Some(instead(query, what, at)))
        }
        QueryError::Several => (second_statement(query), Some("ask them one after the other".to_owned())),
        QueryError::Nothing => (None, Some(EXAMPLE.to_owned())),
        QueryError::Unbound(parameters) => {
            let first = parameters.first().map_or("", String::as_str);
            (place_of_parameter(query, first), Some(give(first, at)))
        }
        QueryError::Unasked { name, parameters } => (None, Some(asked(name, parameters))),
        // The query was understood, and something came in between.
        QueryError::Output(_)
        | QueryError::Failed(_)
        | QueryError::Large(_)
        | QueryError::Slow(_)
        | QueryError::Stopped => {
            return match error {
                QueryError::Output(error) => error.into(),
                error => anyhow::Error::new(error).context("sql"),
            };
        }
    };
    let mark = place.and_then(|offset| mark(query, offset)).unwrap_or_default();
    Usage { message: format!("sql: {error}{mark}"), hint }.into()
}

/// How long a line is shown around the place that is marked, in characters.
const SHOWN: usize = 100;

/// The line of a place in the query, and a mark under it.
fn mark(query: &str, offset: usize) -> Option<String> {
    let start = query.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
    let before: Vec<char> = query.get(start..offset)?.chars().collect();
    let after = query.get(offset..)?.lines().next().unwrap_or_default();
    let cut = before.len().saturating_sub(SHOWN);
    let ellipsis = |is_cut: bool| if is_cut { "…" } else { "" };
    let shown: String = before.iter().skip(cut).collect();
    let head = format!("{}{shown}", ellipsis(cut > 0)).replace(char::is_control, " ");
    let tail: String = after.chars().take(SHOWN).collect();
    let tail = tail.replace(char::is_control, " ") + ellipsis(after.chars().nth(SHOWN).is_some());
    Some(format!("\n  {head}{tail}\n  {}^", " ".repeat(head.width())))
}

/// The name that a message of SQLite ends with: `no such table: x`.
fn blamed(message: &str) -> Option<&str> {
    let name = message.rsplit_once(": ")?.1;
    (!name.contains(' ')).then(|| name.trim_end_matches("()"))
}

/// Where a name stands in a query, as `main.x`, too.
fn place_of(query: &str, name: &str) -> Option<usize> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_it = |token: &Token<'_>| token.name().is_some_and(|name| name.eq_ignore_ascii_case(last));
    code(query).find(is_it).map(|token| token.start)
}

fn place_of_parameter(query: &str, parameter: &str) -> Option<usize> {
    let is_it = |token: &Token<'_>| {
        token.kind == Kind::Other && query.get(token.start..).is_some_and(|rest| rest.starts_with(parameter))
    };
    code(query).find(is_it).map(|token| token.start)
}

fn second_statement(query: &str) -> Option<usize> {
    let mut tokens = code(query).skip_while(|token| token.text != ";");
    tokens.find(|token| token.text != ";").map(|token| token.start)
}

/// What a wrong query seems to have meant.
fn meant(query: &str, message: &str, place: Option<usize>, names: &Names, at: At) -> Option<String> {
    if let Some(table) = message.strip_prefix("no such table: ") {
        let table = table.rsplit('.').next().unwrap_or(table);
        return did_you_mean(nearest(table, names.relations())).or_else(|| Some(at.schema(None)));
    }
    if let Some(function) = message.strip_prefix("no such function: ") {
        return slips::function(function, names);
    }
    if is_of_search(query, message) {
        return Some(slips::quoted_pattern(query));
    }
    if message.starts_with("unable to use function MATCH") {
        return Some(slips::search(query, names));
    }
    // Of a name in double quotes SQLite says itself what it should be.
    let column = message.strip_prefix("no such column: ").filter(|column| !column.starts_with('"'));
    if let Some(column) = column {
        return meant_column(query, column, place, names, at);
    }
    if message.ends_with(": syntax error") {
        if let Some(table) = slips::asks_schema(query) {
            return Some(at.schema(names.find(&table).map(|known| known.name.as_str())));
        }
        return place.and_then(|place| meant_word(query, place));
    }
    if message == "incomplete input" || message.starts_with("unrecognized token") {
        return unfinished(query);
    }
    None
}

fn did_you_mean(name: Option<&str>) -> Option<String> {
    name.map(|name| format!("did you mean {name}?"))
}

/// Of the tables that the query names; else where there is such a column.
fn meant_column(query: &str, column: &str, place: Option<usize>, names: &Names, at: At) -> Option<String> {
    let (qualifier, column) = match column.rsplit_once('.') {
        Some((qualifier, column)) => (Some(qualifier), column),
        None => (None, column),
    };
    let qualified = names.columns(query, qualifier);
    if let (Some(alias), true) = (qualifier, qualified.is_empty()) {
        let named = names.named(query);
        let aliases: Vec<&str> = named.iter().map(|named| named.alias.as_str()).collect();
        let near = did_you_mean(nearest(alias, aliases.iter().copied()));
        return near
            .or_else(|| (!aliases.is_empty()).then(|| format!("the query names {}", aliases.join(", "))));
    }
    let named = names.named(query);
    if names.find(column).is_some() {
        let is_searched = code(query).any(|token| token.is("MATCH"));
        let bare = || format!("FROM does not name it: ... IN (SELECT rowid FROM {column} WHERE ...)");
        return Some(if is_searched { slips::search(query, names) } else { bare() });
    }
    if let Some(name) = slips::column(column, &qualified) {
        return did_you_mean(Some(name));
    }
    if let Some(hint) = slips::view(column, &named, names) {
        return Some(hint);
    }
    if let Some(name) = nearest(column, qualified) {
        return did_you_mean(Some(name));
    }
    if let Some(hint) = place.and_then(|place| slips::bare_text(query, place)) {
        return Some(hint);
    }
    let others: Vec<_> = names.with_column(column).collect();
    match others.as_slice() {
        [] => named.first().map(|named| at.schema(Some(&named.relation.name))),
        tables => Some(format!("it is a column of {}", tables.join(", "))),
    }
}

/// A keyword with a slip of the pen, where the query is no longer understood or just before.
fn meant_word(query: &str, place: usize) -> Option<String> {
    let before = code(query).take_while(|token| token.start <= place).collect::<Vec<_>>();
    let near =
        before.iter().rev().take(3).filter(|token| token.kind == Kind::Word && !is_keyword(token.text));
    let slips = near.filter_map(|token| {
        let word = token.text.to_ascii_uppercase();
        let is_slip = |keyword: &&&str| keyword.len() > 2 && strsim::osa_distance(&word, keyword) == 1;
        KEYWORDS.iter().find(is_slip).map(|keyword| format!("did you mean {keyword} for {}?", token.text))
    });
    slips.into_iter().next()
}

fn unfinished(query: &str) -> Option<String> {
    let open = code(query).find(|token| token.is_open)?;
    Some(format!("{} is never closed", open.text.chars().next()?))
}

/// FTS5 reads its pattern only when the query runs, and then names no place.
fn is_of_search(query: &str, message: &str) -> bool {
    let is_told = ["fts5: ", "unterminated string", "unknown special query"]
        .iter()
        .any(|start| message.starts_with(start));
    let column = message.strip_prefix("no such column: ");
    let is_in_pattern = column.is_some_and(|name| place_of(query, name).is_none());
    let has_match = code(query).any(|token| token.is("MATCH"));
    is_told || has_match && is_in_pattern
}

/// What to do instead of what was refused.
fn instead(query: &str, what: &str, at: At) -> String {
    let word = what.split(' ').next().unwrap_or(what);
    let about_schema = ["table_", "index_", "foreign_key", "database_list", "collation", "function_list"];
    let hint = match word {
        "PRAGMA"
            if about_schema.iter().any(|start| what.trim_start_matches("PRAGMA ").starts_with(start)) =>
        {
            let table = code(query).filter(|token| token.name().is_some()).nth(2);
            return at.schema(table.as_ref().and_then(|token| token.name()));
        }
        "PRAGMA" => "castkeep sets up the database itself; castkeep doctor tells how it is",
        "ATTACH" | "DETACH" => {
            "to join other databases, open archive.db with sqlite3 or DuckDB, where you may attach them"
        }
        "VACUUM" => "castkeep backup FILE makes a copy of the database",
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "ALTER" | "DROP" => {
            "castkeep alone writes to the archive; castkeep backup FILE makes a copy that you may change with sqlite3"
        }
        "CREATE" => "WITH name AS (SELECT ...) SELECT ... FROM name does without a table or view of your own",
        "BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" => {
            "each query sees the archive as it is at one moment"
        }
        "ANALYZE" | "REINDEX" => "castkeep looks after the indexes itself",
        "the" if what.starts_with("the function") => {
            "a query may use the functions of SQLite that only compute"
        }
        "the" => return at.schema(None),
        _ => EXAMPLE,
    };
    hint.to_owned()
}

fn give(parameter: &str, at: At) -> String {
    let how = at.param();
    match parameter.get(1..) {
        Some(name) if !name.is_empty() => format!("give it with {how} {name}=VALUE"),
        _ => format!("write :name instead of ?, and give it with {how} name=VALUE"),
    }
}

fn asked(name: &str, parameters: &[String]) -> String {
    let bare: Vec<&str> = parameters.iter().filter_map(|parameter| parameter.get(1..)).collect();
    match (nearest(name, bare.iter().copied()), parameters) {
        (_, []) => format!("a parameter stands in the query as :{name}"),
        (Some(near), _) => format!("did you mean {near}?"),
        (None, parameters) => format!("it has {}", parameters.join(", ")),
    }
}
