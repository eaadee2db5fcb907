//! The tables, views and columns that a query speaks of, and what a wrong name should have been.

use super::tokens::{Kind, code};
use crate::archive::Relation;

/// What can be named.
#[derive(Default, Clone)]
pub(super) struct Names {
    pub(super) relations: Vec<Relation>,
    pub(super) functions: Vec<&'static str>,
    /// The names of the views that are for people.
    pub(super) views: Vec<String>,
}

/// A table or view of a query, under the name that the query gives it.
pub(super) struct Named<'n> {
    pub(super) alias: String,
    pub(super) relation: &'n Relation,
}

impl Names {
    pub(super) fn find(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn relations(&self) -> impl Iterator<Item = &str> {
        self.relations.iter().map(|relation| relation.name.as_str())
    }

    pub(super) fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().copied()
    }

    /// The tables and views that a query names, wherever in it they stand.
    pub(super) fn named(&self, query: &str) -> Vec<Named<'_>> {
        let tokens: Vec<_> = code(query).collect();
        let mut all = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            let Some(relation) = token.name().and_then(|name| self.find(name)) else { continue };
            let mut next = tokens.get(index + 1..).unwrap_or_default().iter();
            let after = next.next().and_then(|token| if token.is("AS") { next.next() } else { Some(token) });
            let alias = after.filter(|token| token.kind != Kind::Word || !is_keyword(token.text));
            let alias = alias.and_then(|token| token.name()).unwrap_or(&relation.name);
            all.push(Named { alias: alias.to_owned(), relation });
        }
        all
    }

    /// The columns that may stand in a query, those of its own tables first; after `qualifier.`, its alone.
    pub(super) fn columns(&self, query: &str, qualifier: Option<&str>) -> Vec<&str> {
        let named = self.named(query);
        let is_meant =
            |named: &Named<'_>| qualifier.is_none_or(|name| named.alias.eq_ignore_ascii_case(name));
        let own = named.iter().filter(|named| is_meant(named)).map(|named| named.relation);
        let own = own.chain(qualifier.and_then(|name| self.find(name)));
        let mut columns: Vec<&str> = Vec::new();
        for column in own.flat_map(|relation| &relation.columns) {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        columns
    }

    /// The columns of the views that are for people, each once.
    pub(super) fn of_views(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for relation in self.relations.iter().filter(|relation| self.views.contains(&relation.name)) {
            for column in &relation.columns {
                if !columns.contains(&column.as_str()) {
                    columns.push(column);
                }
            }
        }
        columns
    }

    /// The tables and views that have a column.
    pub(super) fn with_column<'n>(&'n self, column: &str) -> impl Iterator<Item = &'n str> {
        let has =
            |relation: &&Relation| relation.columns.iter().any(|name| name.eq_ignore_ascii_case(column));
        self.relations.iter().filter(has).map(|relation| relation.name.as_str())
    }
}

/// The words of SQLite's SELECT (sqlite.org/lang_select.html) and of its expressions.
pub(super) const KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COLLATE",
    "CROSS",
    "CURRENT",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "EXPLAIN",
    "FILTER",
    "FIRST",
    "FOLLOWING",
    "FROM",
    "FULL",
    "GLOB",
    "GROUP",
    "HAVING",
    "IN",
    "INNER",
    "INTERSECT",
    "IS",
    "ISNULL",
    "JOIN",
    "LAST",
    "LEFT",
    "LIKE",
    "LIMIT",
    "MATCH",
    "MATERIALIZED",
    "NATURAL",
    "NOCASE",
    "NOT",
    "NOTNULL",
    "NULL",
    "NULLS",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "OVER",
    "PARTITION",
    "PLAN",
    "PRECEDING",
    "QUERY",
    "RANGE",
    "RECURSIVE",
    "RIGHT",
    "ROW",
    "ROWS",
    "SELECT",
    "THEN",
    "UNBOUNDED",
    "UNION",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

#[cfg(test)]
pub(super) fn some() -> Names {
    let relation = |name: &str, columns: &[&str]| Relation {
        name: name.to_owned(),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
    };
    let relations = vec![
        relation("episode_list", &["episode_id", "show", "title", "published_at"]),
        relation("link_list", &["link_id", "show", "domain", "url"]),
        relation("shows", &["id", "slug", "title"]),
    ];
    let views = ["episode_list", "link_list"].map(str::to_owned).to_vec();
    Names { relations, functions: vec!["soundex", "upper"], views }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_the_tables_that_the_query_names() {
        let names = some();
        let query = "SELECT x FROM link_list AS l, \"shows\" WHERE url = 'episode_list'";
        assert_eq!(names.columns(query, None), ["link_id", "show", "domain", "url", "id", "slug", "title"]);
        assert_eq!(names.columns(query, Some("L")), ["link_id", "show", "domain", "url"]);
        assert_eq!(names.columns(query, Some("shows")), ["id", "slug", "title"]);
        assert_eq!(names.columns("SELECT", Some("nobody")), Vec::<&str>::new());
        assert_eq!(names.with_column("TITLE").collect::<Vec<_>>(), ["episode_list", "shows"]);
    }
}
