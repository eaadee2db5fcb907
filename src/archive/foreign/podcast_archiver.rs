//! podcast-archiver: `podcast-archiver.db`, a row an episode that came in whole. It does not say which file that became.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::{Remembered, text};
use crate::model::Time;

pub(super) const EPISODES: &[&str] = &["guid", "title"];

pub(super) fn read(db: &Connection) -> rusqlite::Result<Vec<Remembered>> {
    // The first versions had no dates.
    let published = if super::has(db, "episodes", &["published_time"])? { "published_time" } else { "NULL" };
    let mut select = db.prepare(&format!("SELECT guid, title, {published} FROM episodes"))?;
    let rows = select.query_map([], |row| {
        let published = match row.get(2)? {
            Value::Text(at) => at.replacen(' ', "T", 1).parse::<Time>().ok(),
            _ => None,
        };
        Ok(Remembered {
            guid: text(row.get(0)?),
            title: text(row.get(1)?),
            published,
            ..Remembered::default()
        })
    })?;
    rows.collect()
}
