//! Between castkeep's values and SQLite's.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, ToSql};

use crate::model::{Digest, Time};

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

/// A number that is none below zero.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or_default())
}

/// A number that is none below zero, or null.
pub(super) fn natural(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    let number = Option::<i64>::column_result(row.get_ref(column)?)?;
    Ok(number.and_then(|number| u64::try_from(number).ok()))
}

/// A value as the text that `changes` keeps; `None` for null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Integer(n) => Some(n.to_string()),
        Value::Real(n) => Some(n.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Blob(bytes) => Some(format!("{} bytes", bytes.len())),
    }
}

/// An optional thing as an SQLite value.
pub(super) fn value<T: Into<Value>>(thing: Option<T>) -> Value {
    thing.map_or(Value::Null, Into::into)
}

/// An optional text as an SQLite value.
pub(super) fn text_value(text: Option<&str>) -> Value {
    value(text.map(str::to_owned))
}
