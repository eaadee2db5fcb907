//! The names that a query may use.

use rusqlite::Connection;

use super::Relation;

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
