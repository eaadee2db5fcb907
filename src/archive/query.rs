//! Ad-hoc SQL: one SELECT, read-only by an authorizer, within limits of time and space.
//!
//! `mode=ro` and `query_only` alone are no guard: SQL can switch the latter off, and ATTACH and VACUUM INTO write other files.
//! The authorizer decides before a statement is compiled, by a list of what is allowed.

use std::io;
use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};

/// What a query may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// It is stopped when this is over.
    pub time: Duration,
}

/// What a query gives: its header once, then each row.
#[derive(Debug)]
pub enum Rows<'a> {
    /// The names of the columns.
    Header(&'a [String]),
    /// The values of a row, in the columns' order.
    Row(Vec<Cell<'a>>),
}

/// A value of a query's answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// A text; what is not UTF-8 in it is replaced.
    Text(std::borrow::Cow<'a, str>),
    /// Bytes.
    Blob(&'a [u8]),
}

/// A query was refused, stopped or wrong.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// SQLite can't read it; at which byte of the query, where it knows.
    #[error("{message}")]
    Wrong {
        /// What SQLite says.
        message: String,
        /// The byte where it stopped understanding.
        offset: Option<usize>,
    },
    /// It would do something other than read the archive.
    #[error("not allowed: a query may read the archive and nothing else")]
    Refused,
    /// There is more than one statement.
    #[error("one statement at a time")]
    Several,
    /// There is none.
    #[error("there is no statement to run")]
    Nothing,
    /// It took too long.
    #[error("stopped after {} s", .0.as_secs_f64())]
    Slow(Duration),
    /// SQLite failed while running it.
    #[error("{0}")]
    Failed(#[source] rusqlite::Error),
    /// The rows could not be handed on.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Bounds on single values and on the machine that runs a query (sqlite.org/c3ref/c_limit_attached.html).
const LIMITS: &[(Limit, i32)] = &[
    (Limit::SQLITE_LIMIT_LENGTH, 10_000_000),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (Limit::SQLITE_LIMIT_COLUMN, 200),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 20),
    (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 20),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// How much memory SQLite may hold, in bytes.
const HEAP: i64 = 256 * 1024 * 1024;

pub(super) fn run(
    db: &mut Connection,
    sql: &str,
    limits: Limits,
    rows: &mut dyn FnMut(Rows<'_>) -> io::Result<()>,
) -> Result<(), QueryError> {
    confine(db, limits).map_err(QueryError::Failed)?;
    let explain = |error| explain(error, limits);
    let mut statement = db.prepare(sql).map_err(explain)?;
    if statement.column_count() == 0 && is_blank(sql) {
        return Err(QueryError::Nothing);
    }
    if statement.column_count() == 0 || !statement.readonly() {
        return Err(QueryError::Refused);
    }
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    rows(Rows::Header(&columns))?;
    let mut found = statement.query([]).map_err(explain)?;
    while let Some(row) = found.next().map_err(explain)? {
        let cells = (0..columns.len()).map(|i| row.get_ref(i).map(cell)).collect::<Result<_, _>>();
        rows(Rows::Row(cells.map_err(explain)?))?;
    }
    Ok(())
}

/// Nothing but white space, semicolons and comments.
fn is_blank(sql: &str) -> bool {
    let mut rest = sql.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
    loop {
        rest = match rest.strip_prefix("--").map(|line| line.split_once('\n')) {
            Some(Some((_, after))) => after,
            Some(None) => return true,
            None => match rest.strip_prefix("/*").map(|text| text.split_once("*/")) {
                Some(Some((_, after))) => after,
                Some(None) => return true,
                None => return rest.is_empty(),
            },
        };
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
    }
}

fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n) => Cell::Integer(n),
        ValueRef::Real(n) => Cell::Real(n),
        ValueRef::Text(bytes) => Cell::Text(String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
    }
}

fn confine(db: &mut Connection, limits: Limits) -> rusqlite::Result<()> {
    db.pragma_update_and_check(None, "hard_heap_limit", HEAP, |_| Ok(()))?;
    for &(limit, value) in LIMITS {
        db.set_limit(limit, value)?;
    }
    let end = Instant::now().checked_add(limits.time);
    db.progress_handler(1000, Some(move || end.is_some_and(|end| Instant::now() >= end)))?;
    db.authorizer(Some(authorize))
}

fn explain(error: rusqlite::Error, limits: Limits) -> QueryError {
    match error {
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => match error.code {
            ErrorCode::AuthorizationForStatementDenied => QueryError::Refused,
            _ => QueryError::Wrong { message: msg, offset: usize::try_from(offset).ok() },
        },
        rusqlite::Error::MultipleStatement => QueryError::Several,
        rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
            ErrorCode::AuthorizationForStatementDenied => QueryError::Refused,
            ErrorCode::OperationInterrupted => QueryError::Slow(limits.time),
            // A plain error of the query that SQLite finds only while it runs, such as an FTS5 pattern that is none.
            ErrorCode::Unknown if message.is_some() => {
                QueryError::Wrong { message: message.unwrap_or_default(), offset: None }
            }
            _ => QueryError::Failed(rusqlite::Error::SqliteFailure(failure, message)),
        },
        other => QueryError::Failed(other),
    }
}

fn authorize(context: AuthContext<'_>) -> Authorization {
    let allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive | AuthAction::Read { .. } => true,
        AuthAction::Function { function_name } => is_allowed(function_name),
        // FTS5 asks this of itself, to see whether its index changed; it tells nothing and changes nothing.
        AuthAction::Pragma { pragma_name, pragma_value: None } => pragma_name == "data_version",
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

fn is_allowed(function: &str) -> bool {
    let name = function.to_ascii_lowercase();
    FUNCTIONS.iter().any(|list| list.split_ascii_whitespace().any(|known| known == name))
}

/// Functions that only compute (sqlite.org/lang_corefunc.html and its neighbours). Not here: load_extension, fts3_tokenizer,
/// readfile, writefile, edit, sqlite_* and whatever a later SQLite may add.
const FUNCTIONS: &[&str] = &[
    "abs changes char coalesce concat concat_ws format glob hex if ifnull iif instr last_insert_rowid length like likelihood
     likely lower ltrim max min nullif octet_length printf quote random randomblob replace round rtrim sign soundex
     substr substring trim typeof unhex unicode unistr unistr_quote unlikely upper zeroblob",
    "avg count group_concat string_agg sum total median percentile percentile_cont percentile_disc",
    "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value",
    "date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp",
    "acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power
     radians sin sinh sqrt tan tanh trunc",
    "json jsonb json_array jsonb_array json_array_length json_error_position json_extract jsonb_extract json_group_array
     jsonb_group_array json_group_object jsonb_group_object json_insert jsonb_insert json_object jsonb_object json_patch
     jsonb_patch json_pretty json_quote json_remove jsonb_remove json_replace jsonb_replace json_set jsonb_set json_type
     json_valid -> ->> json_array_insert jsonb_array_insert",
    "bm25 highlight snippet match regexp rowid fts5_get_locale fts5_locale",
];
