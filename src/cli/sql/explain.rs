//! What was wrong with a query, and where.

use super::super::failure::Usage;
use crate::archive::QueryError;

/// A wrong query is shown with a mark under the place where SQLite stopped understanding it.
pub(super) fn explain(query: &str, error: QueryError) -> anyhow::Error {
    match error {
        QueryError::Output(error) => error.into(),
        QueryError::Wrong { message, offset } => {
            let place = offset.and_then(|offset| caret(query, offset)).unwrap_or_default();
            Usage { message: format!("sql: {message}{place}"), hint: None }.into()
        }
        error @ (QueryError::Refused | QueryError::Several | QueryError::Nothing) => {
            let hint = "ask one SELECT; SELECT name, sql FROM sqlite_schema tells what there is".to_owned();
            Usage { message: format!("sql: {error}"), hint: Some(hint) }.into()
        }
        error => anyhow::Error::new(error).context("sql"),
    }
}

fn caret(query: &str, offset: usize) -> Option<String> {
    let start = query.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
    let line = query[start..].lines().next()?;
    let indent = " ".repeat(query[start..offset].chars().count());
    Some(format!("\n  {line}\n  {indent}^"))
}
