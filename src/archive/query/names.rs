//! The names that a query may use.

use std::collections::HashSet;

use rusqlite::Connection;

use super::{Relation, guard};

/// Tables, views and search tables with their columns, by name; without the tables that SQLite and FTS5 keep for themselves.
pub(in crate::archive) fn relations(db: &Connection) -> rusqlite::Result<Vec<Relation>> {
    let mut select = db.prepare(
        "SELECT t.name, c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND t.type IN ('table', 'view', 'virtual') AND t.name NOT GLOB 'sqlite_*'
         ORDER BY t.name, c.cid",
    )?;
    let pairs = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut relations: Vec<Relation> = Vec::new();
    for pair in pairs {
        let (name, column) = pair?;
        match relations.last_mut() {
            Some(last) if last.name == name => last.columns.push(column),
            _ => relations.push(Relation { name, columns: vec![column] }),
        }
    }
    Ok(relations)
}

/// The functions that a query may use and that are there: which ones SQLite was built with, it knows itself.
pub(in crate::archive) fn functions(db: &Connection) -> rusqlite::Result<Vec<&'static str>> {
    let mut select = db.prepare("SELECT DISTINCT lower(name) FROM pragma_function_list")?;
    let there: HashSet<String> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(guard::functions().filter(|name| there.contains(*name)).collect())
}
