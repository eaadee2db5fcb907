//! Ad-hoc SQL: one SELECT, read-only by an authorizer, within limits of time and space.

mod guard;
mod names;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Statement};

use super::Cell;
use guard::Guard;
pub(super) use names::{functions, relations};

/// A question and the values it leaves open.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// One SELECT.
    pub sql: &'a str,
    /// Values of its parameters, by name: `name` is that of `:name`, `@name` and `$name`.
    pub parameters: &'a [(String, Cell<'a>)],
}

/// What a query may use, and what stops it.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// It is stopped when SQLite has worked on it for so long; how long its rows take to be handed on does not count.
    pub time: Duration,
    /// It is stopped when this becomes true.
    pub stop: Arc<AtomicBool>,
}

/// What a query gives: its header once, then each row.
#[derive(Debug)]
pub enum Rows<'a> {
    /// The names of the columns.
    Header(&'a [String]),
    /// The values of a row, in the columns' order.
    Row(Vec<Cell<'a>>),
}

/// Takes what a query gives; it goes on or has heard enough.
pub type Taker<'t> = &'t mut dyn FnMut(Rows<'_>) -> io::Result<ControlFlow<()>>;

/// What tables and views there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
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
    #[error("not allowed: {what}; a query may read the archive and nothing else")]
    Refused {
        /// Which statement, pragma, table or function.
        what: String,
        /// The byte of the query where that stands, where SQLite knows.
        offset: Option<usize>,
    },
    /// There is more than one statement.
    #[error("one statement at a time")]
    Several,
    /// There is none.
    #[error("there is no statement to run")]
    Nothing,
    /// It has parameters that were given no value.
    #[error("no value for {}", .0.join(", "))]
    Unbound(Vec<String>),
    /// A value was given for a parameter that it does not have.
    #[error("the query has no parameter {name:?}")]
    Unasked {
        /// The name of the value.
        name: String,
        /// The parameters that it has.
        parameters: Vec<String>,
    },
    /// It took too long.
    #[error("stopped after {} s", .0.as_secs_f64())]
    Slow(Duration),
    /// It was asked to stop.
    #[error("stopped")]
    Stopped,
    /// It needs more memory than it may have, or one of its rows or values does.
    #[error("{0}")]
    Large(&'static str),
    /// SQLite failed while running it.
    #[error("{0}")]
    Failed(#[source] rusqlite::Error),
    /// The rows could not be handed on.
    #[error(transparent)]
    Output(#[from] io::Error),
}

type Answer<T> = Result<T, QueryError>;

/// Answers one query. The connection is then as free as it was before.
pub(super) fn run(db: &mut Connection, query: Query<'_>, limits: &Limits, rows: Taker<'_>) -> Answer<()> {
    let guard = Guard::new(db, limits).map_err(QueryError::Failed)?;
    let answered = answer(db, query, &guard, rows);
    let freed = guard.lift(db).map_err(QueryError::Failed);
    answered.and(freed)
}

fn answer(db: &Connection, query: Query<'_>, guard: &Guard, rows: Taker<'_>) -> Answer<()> {
    let explain = |error| explain(error, query.sql, guard);
    let mut statement = db.prepare(query.sql).map_err(explain)?;
    if statement.column_count() == 0 && first_word(query.sql).is_empty() {
        return Err(QueryError::Nothing);
    }
    if statement.column_count() == 0 || !statement.readonly() {
        return Err(QueryError::Refused { what: first_word(query.sql), offset: None });
    }
    bind(&mut statement, query.parameters, &explain)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    guard.start();
    let mut found = statement.raw_query();
    let mut row = found.next().map_err(explain)?;
    // What fails before its first row gives nothing.
    let mut go_on = guard.hand_on(|| rows(Rows::Header(&columns)))?;
    while let (Some(this), true) = (row, go_on.is_continue()) {
        let cells = Cell::row(this, columns.len()).map_err(explain)?;
        if cells.iter().map(Cell::size).sum::<usize>() > guard::LONGEST_ROW {
            return Err(QueryError::Large(guard::ROW_TOO_LONG));
        }
        go_on = guard.hand_on(|| rows(Rows::Row(cells)))?;
        row = found.next().map_err(explain)?;
    }
    Ok(())
}

/// Gives each parameter its value. None may be left over on either side: that is a slip of the pen, and SQLite would take null.
fn bind(
    statement: &mut Statement<'_>,
    values: &[(String, Cell<'_>)],
    explain: &impl Fn(rusqlite::Error) -> QueryError,
) -> Answer<()> {
    let asked: Vec<String> = (1..=statement.parameter_count())
        .map(|index| statement.parameter_name(index).unwrap_or("?").to_owned())
        .collect();
    let is = |parameter: &str, name: &str| parameter.get(1..) == Some(name);
    if let Some((name, _)) = values.iter().find(|(name, _)| !asked.iter().any(|asked| is(asked, name))) {
        return Err(QueryError::Unasked { name: name.clone(), parameters: asked });
    }
    let mut unbound = Vec::new();
    for (index, parameter) in asked.into_iter().enumerate() {
        match values.iter().rev().find(|(name, _)| is(&parameter, name)) {
            Some((_, value)) => statement.raw_bind_parameter(index + 1, value).map_err(explain)?,
            None => unbound.push(parameter),
        }
    }
    if unbound.is_empty() { Ok(()) } else { Err(QueryError::Unbound(unbound)) }
}

/// The word that says what a statement does, in capitals; nothing if there is nothing but white space, semicolons and comments.
fn first_word(sql: &str) -> String {
    let is_space = |c: char| c.is_whitespace() || c == ';' || c == '\u{feff}';
    let mut rest = sql.trim_start_matches(is_space);
    while let Some(after) = after_comment(rest) {
        rest = after.trim_start_matches(is_space);
    }
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let word = if word.is_empty() { rest.get(..1).unwrap_or(rest) } else { word };
    word.to_ascii_uppercase()
}

fn after_comment(sql: &str) -> Option<&str> {
    let (open, close) = if sql.starts_with("--") { ("--", "\n") } else { ("/*", "*/") };
    let comment = sql.strip_prefix(open)?;
    Some(comment.split_once(close).map_or("", |(_, after)| after))
}

fn explain(error: rusqlite::Error, sql: &str, guard: &Guard) -> QueryError {
    let refused = |offset| {
        let what = guard.refused().unwrap_or_else(|| first_word(sql));
        QueryError::Refused { what, offset }
    };
    match error {
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => {
            let offset = usize::try_from(offset).ok();
            match error.code {
                ErrorCode::OperationInterrupted => guard.stopped(),
                ErrorCode::AuthorizationForStatementDenied => refused(offset),
                _ if guard.refused().is_some() => refused(offset),
                _ => QueryError::Wrong { message: msg, offset },
            }
        }
        rusqlite::Error::MultipleStatement => QueryError::Several,
        rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
            ErrorCode::OperationInterrupted => guard.stopped(),
            ErrorCode::AuthorizationForStatementDenied => refused(None),
            ErrorCode::TooBig => QueryError::Large(guard::VALUE_TOO_LONG),
            ErrorCode::OutOfMemory => QueryError::Large(guard::OUT_OF_MEMORY),
            // In what SQLite compiles for a part of the query, such as a pragma's table.
            _ if guard.refused().is_some() => refused(None),
            // A plain error of the query that SQLite finds only while it runs, such as an FTS5 pattern that is none.
            ErrorCode::Unknown if message.is_some() => {
                QueryError::Wrong { message: message.unwrap_or_default(), offset: None }
            }
            _ => QueryError::Failed(rusqlite::Error::SqliteFailure(failure, message)),
        },
        other => QueryError::Failed(other),
    }
}
