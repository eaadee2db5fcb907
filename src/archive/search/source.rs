//! The four places where words are looked for, as one flat table, and what narrows the search in each.

use rusqlite::types::Value;

use super::{HitKind, Search};

/// One of the places.
pub(super) struct Source {
    pub(super) kind: HitKind,
    /// The search table.
    pub(super) table: &'static str,
    /// Its columns that are looked in; all if empty.
    pub(super) columns: &'static str,
    /// How much a find in each of its columns weighs (bm25).
    pub(super) weights: &'static str,
    /// What its best hit weighs beside the best of the other places.
    pub(super) weight: f64,
    /// The column that is its row, `{}` being that number: from there to the episode.
    joins: &'static str,
    /// The row, seen from the episode: what it is called, and the way there.
    row: &'static str,
    way: &'static str,
    /// Which of some rows (`{}`) are boilerplate; `None` if none can be.
    pub(super) boilerplate: Option<&'static str>,
    /// What its rows have added in `unspaced_fts`; `None` if they are not in it.
    pub(super) unspaced: Option<i64>,
}

pub(super) const SOURCES: &[Source] = &[
    Source {
        kind: HitKind::Episode,
        table: "episodes_fts",
        columns: "{title summary} : ",
        weights: "4.0, 1.0, 0.0",
        weight: 1.3,
        joins: "CROSS JOIN episodes e ON e.id = {}",
        row: "e.id",
        way: "",
        boilerplate: None,
        unspaced: Some(0),
    },
    Source {
        kind: HitKind::Segment,
        table: "segments_fts",
        columns: "",
        weights: "4.0, 1.0",
        weight: 1.0,
        joins: "CROSS JOIN segments g ON g.id = {} CROSS JOIN episodes e ON e.id = g.episode_id",
        row: "g.id",
        way: "JOIN segments g ON g.episode_id = e.id",
        boilerplate: Some("SELECT id FROM segments WHERE id IN ({}) AND kind = 'boilerplate'"),
        unspaced: Some(1),
    },
    Source {
        kind: HitKind::Link,
        table: "links_fts",
        columns: "",
        weights: "2.0, 1.0",
        weight: 0.8,
        joins: "CROSS JOIN links l ON l.id = {} CROSS JOIN segments g ON g.id = l.segment_id CROSS JOIN episodes e ON e.id = l.episode_id",
        row: "l.id",
        way: "JOIN links l ON l.episode_id = e.id JOIN segments g ON g.id = l.segment_id",
        boilerplate: Some("SELECT id FROM links WHERE id IN ({}) AND in_boilerplate = 1"),
        unspaced: None,
    },
    Source {
        kind: HitKind::Transcript,
        table: "transcript_cues_fts",
        columns: "",
        weights: "1.0",
        weight: 0.7,
        joins: "CROSS JOIN transcript_cues t ON t.id = {} CROSS JOIN resources r ON r.id = t.resource_id CROSS JOIN episodes e ON e.id = r.episode_id",
        row: "t.id",
        way: "JOIN resources r ON r.episode_id = e.id JOIN transcript_cues t ON t.resource_id = r.id",
        boilerplate: None,
        unspaced: Some(2),
    },
];

/// A condition in SQL, with a `?` for each of its values.
#[derive(Default, Clone)]
pub(super) struct Condition {
    pub(super) sql: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Condition {
    pub(super) fn and(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.values.extend(values);
    }

    pub(super) fn text(&self) -> String {
        self.sql.join(" AND ")
    }
}

/// What the search asks of episodes.
pub(super) fn of_episodes(search: &Search) -> Condition {
    let mut asked = Condition::default();
    if let Some(show) = search.show {
        asked.and("e.show_id = ?", [Value::Integer(show)]);
    }
    if let Some(since) = &search.since {
        asked.and("e.published_at >= ?", [Value::Text(since.clone())]);
    }
    if let Some(until) = &search.until {
        // Later than any time that begins so.
        asked.and("e.published_at < ?", [Value::Text(format!("{until}~"))]);
    }
    asked
}

/// What it asks of rows of one place, episodes included; `None` if no row there can do.
pub(super) fn of_rows(search: &Search, source: &Source, presenters: &[String]) -> Option<Condition> {
    let mut asked = of_episodes(search);
    let has_segment = matches!(source.kind, HitKind::Segment | HitKind::Link);
    if let Some(kind) = &search.segment_kind {
        if source.kind != HitKind::Segment {
            return None;
        }
        asked.and("g.kind = ?", [Value::Text(kind.clone())]);
    }
    match &search.presenter {
        None => {}
        Some(_) if has_segment => {
            let marks = vec!["?"; presenters.len()].join(", ");
            asked.and(format!("g.presenter IN ({marks})"), presenters.iter().cloned().map(Value::Text));
        }
        // Whose they are is seen when they are read.
        Some(_) if source.kind == HitKind::Transcript => asked.and("t.speaker IS NOT NULL", []),
        Some(_) => return None,
    }
    Some(asked)
}

impl Source {
    /// The way from its row to the episode.
    pub(super) fn to_episode(&self, row: &str) -> String {
        self.joins.replace("{}", row)
    }

    /// Its rows that fulfil a condition, found from the episodes' side.
    pub(super) fn rows(&self, asked: &Condition) -> String {
        format!("SELECT {} AS id FROM episodes e {} WHERE {}", self.row, self.way, asked.text())
    }
}
