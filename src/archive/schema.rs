//! What `schema.sql` says of itself: its tables, views and columns with the words that stand beside them. Text in, values out.

use serde::Serialize;

use super::migrate::SCHEMA;

/// What holds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// Rows that castkeep wrote.
    Table,
    /// Rows put together for people.
    View,
    /// Words of a table, for MATCH.
    Search,
}

/// A table, a view or a search table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Which of them it is.
    pub kind: TableKind,
    /// What a row is.
    pub about: String,
    /// In their order.
    pub columns: Vec<Column>,
    /// Those that are declared by themselves, each as `name (columns)`, with its condition if it has one.
    pub indexes: Vec<String>,
    /// The text that makes it, with what stands below it up to a blank line: its indexes and triggers.
    pub sql: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type in SQLite; none in a view or a search table.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whether it can be null, where that is declared.
    pub is_null: bool,
    /// What it means: unit, source, when it is null.
    pub about: String,
    /// The table and the column whose value it holds.
    pub references: Option<Reference>,
}

/// A column of another table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
}

/// All of today's schema, in its order.
pub fn schema() -> Vec<Table> {
    read(SCHEMA)
}

/// Reads a schema that is written as ours is: a statement begins a line, its description stands above it.
fn read(text: &str) -> Vec<Table> {
    let mut tables = Vec::new();
    for block in text.split("\n\n") {
        let mut about = Vec::new();
        let mut lines = block.lines().filter(|line| !line.is_empty());
        while let Some(line) = lines.next() {
            if line.starts_with("--") {
                about.push(line);
                continue;
            }
            let mut statement = vec![line];
            while statement.last().is_some_and(|line| !code(line).trim_end().ends_with(';')) {
                let Some(line) = lines.next() else { break };
                statement.push(line);
            }
            take(&mut tables, &std::mem::take(&mut about), &statement.join("\n"));
        }
    }
    tables
}

/// Adds what a statement makes: a table, or something to the one above.
fn take(tables: &mut Vec<Table>, comments: &[&str], sql: &str) {
    let text = comments.iter().copied().chain([sql]).collect::<Vec<_>>().join("\n");
    let about: Vec<_> = comments.iter().map(|line| line.trim_start_matches('-').trim()).collect();
    let about = about.join(" ");
    let starts = [
        ("CREATE TABLE ", TableKind::Table),
        ("CREATE VIEW ", TableKind::View),
        ("CREATE VIRTUAL TABLE ", TableKind::Search),
    ];
    let made = starts.iter().find_map(|(start, kind)| Some((*kind, sql.strip_prefix(start)?)));
    let Some((kind, rest)) = made else {
        if let Some(last) = tables.last_mut() {
            last.sql.push('\n');
            last.sql.push_str(&text);
        }
        return index(tables, sql);
    };
    let (name, body) = rest.split_once([' ', '\n']).unwrap_or((rest, ""));
    let (columns, about) = match kind {
        TableKind::Table => (inside(body).iter().filter_map(column).collect(), about),
        TableKind::View => (selected(body).iter().map(view_column).collect(), about),
        TableKind::Search => search(name, body, &about),
    };
    tables.push(Table { name: name.to_owned(), kind, about, columns, indexes: Vec::new(), sql: text });
}

/// Adds an index to its table.
fn index(tables: &mut [Table], sql: &str) {
    let unique = sql.strip_prefix("CREATE UNIQUE INDEX ");
    let Some(rest) = unique.or_else(|| sql.strip_prefix("CREATE INDEX ")) else { return };
    let Some((name, on)) = rest.split_once(" ON ") else { return };
    let Some((table, columns)) = on.split_once(' ') else { return };
    if let Some(table) = tables.iter_mut().find(|known| known.name == table) {
        let unique = if unique.is_some() { "unique: " } else { "" };
        table.indexes.push(format!("{unique}{name} {}", columns.trim_end_matches(';')));
    }
}

/// A part of a list, and the comment behind it.
#[derive(Debug, Default, PartialEq)]
struct Item {
    text: String,
    comment: String,
}

/// The line without its comment.
fn code(line: &str) -> &str {
    let mut quoted = false;
    let mut bytes = line.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\'' => quoted = !quoted,
            b'-' if !quoted && bytes.next_if(|(_, next)| *next == b'-').is_some() => {
                return line.get(..at).unwrap_or(line);
            }
            _ => {}
        }
    }
    line
}

/// The parts of a list between commas, up to where the list ends: at its closing bracket, or at FROM.
fn list(text: &str) -> Vec<Item> {
    let mut items = vec![Item::default()];
    let mut depth = 0_u32;
    for line in text.lines() {
        let code = code(line);
        let comment = line.get(code.len()..).unwrap_or_default().trim_start_matches('-').trim();
        let mut quoted = false;
        for (at, c) in code.char_indices() {
            match c {
                '\'' => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted && depth == 0 => return ended(items, comment),
                ')' if !quoted => depth -= 1,
                ',' if !quoted && depth == 0 => {
                    items.push(Item::default());
                    continue;
                }
                'F' if !quoted && depth == 0 && is_from(code, at) => return ended(items, comment),
                _ => {}
            }
            if let Some(last) = items.last_mut() {
                last.text.push(c);
            }
        }
        items = remarked(items, comment);
        if let Some(last) = items.last_mut() {
            last.text.push(' ');
        }
    }
    ended(items, "")
}

fn is_from(code: &str, at: usize) -> bool {
    let (before, after) = code.split_at(at);
    (before.is_empty() || before.ends_with([' ', ')'])) && (after.starts_with("FROM ") || after == "FROM")
}

/// A comment at the end of a line is on what ended last, if nothing has begun.
fn remarked(mut items: Vec<Item>, comment: &str) -> Vec<Item> {
    let is_begun = items.last().is_some_and(|last| !last.text.trim().is_empty());
    let place = items.len().checked_sub(if is_begun { 1 } else { 2 });
    if let Some(item) = place.and_then(|place| items.get_mut(place)).filter(|item| item.comment.is_empty()) {
        item.comment = comment.to_owned();
    }
    items
}

fn ended(items: Vec<Item>, comment: &str) -> Vec<Item> {
    let mut items = remarked(items, comment);
    items.retain(|item| !item.text.trim().is_empty());
    items
}

/// The list in the first brackets.
fn inside(body: &str) -> Vec<Item> {
    body.split_once('(').map(|(_, rest)| list(rest)).unwrap_or_default()
}

/// What a view selects.
fn selected(body: &str) -> Vec<Item> {
    let select = body.split_once("SELECT").map_or("", |(_, rest)| rest);
    list(select.trim_start().strip_prefix("DISTINCT").unwrap_or(select))
}

/// A column of a table; none for what is a condition on several.
fn column(item: &Item) -> Option<Column> {
    let mut words = item.text.split_whitespace();
    let name = words.next().filter(|name| !name.starts_with(|c: char| c.is_ascii_uppercase()))?;
    let is_null = !item.text.contains("NOT NULL") && !item.text.contains("PRIMARY KEY");
    Some(Column {
        name: name.to_owned(),
        kind: words.next().map(str::to_owned),
        is_null,
        about: item.comment.clone(),
        references: references(&item.text),
    })
}

/// `REFERENCES table (column)`.
fn references(text: &str) -> Option<Reference> {
    let (table, rest) = text.split_once("REFERENCES ")?.1.split_once(" (")?;
    Some(Reference { table: table.to_owned(), column: rest.split_once(')')?.0.to_owned() })
}

fn view_column(item: &Item) -> Column {
    let last = item.text.split_whitespace().last().unwrap_or_default();
    let name = last.rsplit('.').next().unwrap_or(last).to_owned();
    Column { name, kind: None, is_null: true, about: item.comment.clone(), references: None }
}

/// A search table holds the words of another, under the same names.
fn search(name: &str, body: &str, about: &str) -> (Vec<Column>, String) {
    let items = inside(body);
    let option = |key: &str| {
        let texts = items.iter().filter_map(|item| item.text.trim().strip_prefix(key)?.strip_prefix('='));
        texts.map(|value| value.trim_matches('"').to_owned()).next()
    };
    let Some(content) = option("content") else { return (Vec::new(), about.to_owned()) };
    let names = items.iter().map(|item| item.text.trim()).filter(|text| !text.contains('='));
    let columns = names.map(|column| Column {
        name: column.to_owned(),
        kind: None,
        is_null: true,
        about: format!("the words of {content}.{column}"),
        references: None,
    });
    let id = option("content_rowid").unwrap_or_else(|| "rowid".to_owned());
    let own = format!("The words of {content}: WHERE {name} MATCH 'words'; its rowid is {content}.{id}.");
    (columns.collect(), if about.is_empty() { own } else { format!("{about} {own}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_every_column_says_what_it_is() {
        let schema = schema();
        assert!(schema.len() > 25, "{}", schema.len());
        for table in &schema {
            assert!(!table.about.is_empty(), "{}", table.name);
            assert!(table.sql.ends_with(';'), "{}", table.sql);
            // What unspaced is about tells both its columns.
            for column in table.columns.iter().filter(|_| table.name != "unspaced") {
                assert!(!column.about.is_empty(), "{}.{}", table.name, column.name);
            }
        }
    }

    #[test]
    fn it_names_what_sqlite_finds() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        db.execute_batch(SCHEMA).unwrap();
        let columns = |table: &str| -> Vec<(String, String, bool)> {
            let sql = "SELECT name, type, NOT \"notnull\" AND NOT pk FROM pragma_table_info(?1)";
            let mut select = db.prepare(sql).unwrap();
            let rows = select.query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
            rows.map(Result::unwrap).collect()
        };
        for table in schema().iter().filter(|table| !table.columns.is_empty()) {
            let is_table = table.kind == TableKind::Table;
            let of_table = |kind: String, is_null: bool| is_table.then_some((kind, is_null));
            let read = table.columns.iter().map(|column| {
                (column.name.clone(), of_table(column.kind.clone().unwrap_or_default(), column.is_null))
            });
            let found = columns(&table.name).into_iter();
            let found = found.map(|(name, kind, is_null)| (name, of_table(kind, is_null)));
            assert_eq!(read.collect::<Vec<_>>(), found.collect::<Vec<_>>(), "{}", table.name);
        }
        let sql = "SELECT name FROM pragma_table_list WHERE type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite_%' ORDER BY 1";
        let mut select = db.prepare(sql).unwrap();
        let found: Vec<String> =
            select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut read: Vec<_> = schema().into_iter().map(|table| table.name).collect();
        read.sort();
        assert_eq!(read, found);
        let mut select = db
            .prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
            .unwrap();
        let indexes: i64 = select.query_row([], |row| row.get(0)).unwrap();
        assert_eq!(schema().iter().map(|table| table.indexes.len()).sum::<usize>() as i64, indexes);
    }

    #[test]
    fn words_stand_beside_what_they_are_about() {
        let text = "-- Not this.\n\n-- A thing,\n-- big.\nCREATE TABLE things (\n    id INTEGER PRIMARY KEY, -- its row\n    kind TEXT NOT NULL CHECK (kind IN ('a', '-- b')), -- a; or b\n    -- A remark.\n    other_id INTEGER REFERENCES others (id) ON DELETE CASCADE, -- the other, or\n    UNIQUE (id, kind)\n) STRICT;\nCREATE UNIQUE INDEX things_kind ON things (kind) WHERE kind > '';\n\n-- One row a thing.\nCREATE VIEW thing_list AS\nSELECT DISTINCT\n       t.id AS thing_id, -- row of things\n       (SELECT count(*) FROM others\n        WHERE id > 0) AS others, -- how many\n       t.kind -- as there\nFROM things t;\n";
        let tables = read(text);
        let column =
            |name: &str, kind: Option<&str>, is_null, about: &str, references: Option<(&str, &str)>| Column {
                name: name.to_owned(),
                kind: kind.map(str::to_owned),
                is_null,
                about: about.to_owned(),
                references: references
                    .map(|(table, column)| Reference { table: table.to_owned(), column: column.to_owned() }),
            };
        assert_eq!(tables[0].about, "A thing, big.");
        assert_eq!(
            tables[0].columns,
            [
                column("id", Some("INTEGER"), false, "its row", None),
                column("kind", Some("TEXT"), false, "a; or b", None),
                column("other_id", Some("INTEGER"), true, "the other, or", Some(("others", "id"))),
            ]
        );
        assert_eq!(tables[0].indexes, ["unique: things_kind (kind) WHERE kind > ''"]);
        assert_eq!(
            tables[1].columns,
            [
                column("thing_id", None, true, "row of things", None),
                column("others", None, true, "how many", None),
                column("kind", None, true, "as there", None),
            ]
        );
    }
}
