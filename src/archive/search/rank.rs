//! Which rows have the words, and in which order they are worth showing.

use std::cmp::Ordering;
use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::source::{self, Condition, SOURCES, Source};
use super::words::{Term, Words};
use super::{Search, WEIGHED, expression, presenters};

/// A row in one of the four places.
pub(super) struct Place {
    pub(super) source: &'static Source,
    pub(super) row: i64,
    /// It has the characters, but perhaps within other words.
    pub(super) is_doubtful: bool,
    weight: f64,
}

#[derive(Default)]
pub(super) struct Ranked {
    pub(super) places: Vec<Place>,
    pub(super) is_partial: bool,
}

/// A word that so many places have tells none from the others.
const COMMON: i64 = 200_000;
/// So few letters begin so many words that they tell nothing either.
const TELLING: usize = 4;
/// Where so few episodes are meant, their rows are looked up first; of words that are everywhere, already where they are
/// [`SOME`].
const FEW: i64 = 4000;
const SOME: i64 = 25_000;

pub(super) fn rank(db: &Connection, search: &Search) -> rusqlite::Result<Ranked> {
    let presenters = match &search.presenter {
        Some(name) => presenters(db)?.into_iter().filter(|found| super::is_meant(found, name)).collect(),
        None => Vec::new(),
    };
    let episodes = episodes(db, search)?;
    let mut ranked = Ranked::default();
    for asked in Asked::all(db, &search.words)? {
        ranked.is_partial |= !asked.is_whole;
        for source in SOURCES.iter().filter(|source| search.kind.is_none_or(|kind| kind == source.kind)) {
            if let Some(condition) =
                source::of_rows(search, source, &presenters).filter(|_| asked.is_for(source))
            {
                let place = In { db, source, asked: &asked, condition, episodes };
                place.rank(enough(search), &mut ranked)?;
            }
        }
    }
    // What two tables found is no longer doubtful.
    let sure: HashSet<_> = ranked
        .places
        .iter()
        .filter(|place| !place.is_doubtful)
        .map(|place| (place.source.table, place.row))
        .collect();
    for place in &mut ranked.places {
        place.is_doubtful &= !sure.contains(&(place.source.table, place.row));
    }
    ranked.places.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| newest(a, b)));
    let mut seen = HashSet::new();
    ranked.places.retain(|place| seen.insert((place.source.table, place.row)));
    Ok(ranked)
}

fn newest(a: &Place, b: &Place) -> Ordering {
    b.row.cmp(&a.row)
}

/// What the search tables are asked.
struct Asked {
    /// All words, or `None` if they can't be anywhere.
    all: Option<String>,
    /// Those that tell places apart.
    telling: Option<String>,
    is_unspaced: bool,
    /// Nothing had to be left out.
    is_whole: bool,
}

impl Asked {
    /// The tables of words know runs of characters without spaces only as a whole; what stands in such runs, be it in Latin
    /// letters, is asked of another table, too.
    fn all(db: &Connection, words: &Words) -> rusqlite::Result<Vec<Self>> {
        let mut all = Vec::new();
        if words.wanted().all(|term| term.is_unspaced() || term.text.chars().count() >= 3) {
            all.push(Self::of_runs(db, words)?);
        }
        all.push(Self::of_words(db, words)?);
        Ok(all)
    }

    fn is_for(&self, source: &Source) -> bool {
        !self.is_unspaced || source.unspaced.is_some()
    }

    fn of_words(db: &Connection, words: &Words) -> rusqlite::Result<Self> {
        let mut common = Vec::new();
        for term in words.wanted().chain(&words.none) {
            if is_common(db, term)? {
                common.push(term);
            }
        }
        let telling = expression::of_words(words, &|term| !common.contains(&term));
        Ok(Self { all: expression::of_words(words, &|_| true), telling, is_unspaced: false, is_whole: true })
    }

    fn of_runs(db: &Connection, words: &Words) -> rusqlite::Result<Self> {
        let (all, is_whole) = expression::of_runs(db, words)?;
        Ok(Self { telling: all.clone(), all, is_unspaced: true, is_whole })
    }
}

/// Whether each word of a term is everywhere. Beginnings are not counted, since all words that begin so would have to be.
fn is_common(db: &Connection, term: &Term) -> rusqlite::Result<bool> {
    let words = term.tokens();
    let sql = "SELECT count(*) FROM (SELECT rowid FROM segments_fts WHERE segments_fts MATCH ?1 LIMIT ?2)";
    let mut statement = db.prepare_cached(sql)?;
    for (n, word) in words.iter().enumerate() {
        let is_common = if term.is_prefix && n + 1 == words.len() {
            word.folded.chars().count() < TELLING
        } else {
            statement.query_row((expression::quoted(word.text), COMMON), |row| row.get::<_, i64>(0))?
                == COMMON
        };
        if !is_common {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How many episodes the search is about, if it is not about all: `SOME` stands for many.
fn episodes(db: &Connection, search: &Search) -> rusqlite::Result<Option<i64>> {
    let asked = source::of_episodes(search);
    if asked.sql.is_empty() {
        return Ok(None);
    }
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM episodes e WHERE {} LIMIT {SOME})", asked.text());
    db.prepare(&sql)?.query_row(params_from_iter(asked.values), |row| row.get(0)).map(Some)
}

/// What a place weighs that stands under every episode.
const ASIDE: f64 = 0.3;
/// The score of what is not weighed.
const UNWEIGHED: &str = "0.0";

/// A search in one place.
struct In<'a> {
    db: &'a Connection,
    source: &'static Source,
    asked: &'a Asked,
    condition: Condition,
    episodes: Option<i64>,
}

impl In<'_> {
    fn rank(&self, limit: usize, ranked: &mut Ranked) -> rusqlite::Result<()> {
        let Some(all) = &self.asked.all else { return Ok(()) };
        let rows = if let Some(telling) = &self.asked.telling {
            let Some(lowest) = self.lowest(all)? else { return Ok(()) };
            ranked.is_partial |= lowest > i64::MIN;
            if telling == all {
                self.weighed(all, lowest, limit)?
            } else {
                self.weighed_by(telling, all, lowest, limit)?
            }
        } else {
            let rows = self.newest(all, limit)?;
            ranked.is_partial |= rows.len() == limit;
            rows
        };
        let aside = self.aside(&rows)?;
        let best = rows.first().map_or(0.0, |(_, score)| *score);
        // bm25 is better the lower it is.
        let share = |score: f64| if best < 0.0 { score / best } else { 1.0 };
        let place = |(row, score): (i64, f64)| Place {
            source: self.source,
            row,
            is_doubtful: self.asked.is_unspaced,
            weight: self.source.weight * share(score) * if aside.contains(&row) { ASIDE } else { 1.0 },
        };
        ranked.places.extend(rows.into_iter().map(place));
        Ok(())
    }

    /// Which of the rows are boilerplate: subscribe, social, support, the same under every episode.
    fn aside(&self, rows: &[(i64, f64)]) -> rusqlite::Result<HashSet<i64>> {
        let Some(is_boilerplate) = self.source.boilerplate else { return Ok(HashSet::new()) };
        let list: Vec<String> = rows.iter().map(|(row, _)| row.to_string()).collect();
        let sql = is_boilerplate.replace("{}", &list.join(", "));
        self.db.prepare(&sql)?.query_map([], |row| row.get(0))?.collect()
    }

    /// The row from which on places are weighed: the lowest of all if they are few enough. `None` if there are none.
    fn lowest(&self, all: &str) -> rusqlite::Result<Option<i64>> {
        let table = self.table();
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT {})",
            WEIGHED + 1
        );
        let count: i64 = self.db.prepare(&sql)?.query_row([self.filtered(all)], |row| row.get(0))?;
        if count <= WEIGHED {
            return Ok((count > 0).then_some(i64::MIN));
        }
        let rows = self.select(
            UNWEIGHED,
            all,
            i64::MIN,
            &format!("ORDER BY {table}.rowid DESC LIMIT 1 OFFSET {}", WEIGHED - 1),
        )?;
        Ok(Some(rows.first().map_or(i64::MIN, |(row, _)| *row)))
    }

    fn weighed(&self, all: &str, lowest: i64, limit: usize) -> rusqlite::Result<Vec<(i64, f64)>> {
        let score = if self.asked.is_unspaced {
            format!("bm25({})", self.table())
        } else {
            format!("bm25({}, {})", self.table(), self.source.weights)
        };
        self.select(&score, all, lowest, &format!("ORDER BY 2, 1 DESC LIMIT {limit}"))
    }

    /// Weighed by some of the words, and found by all.
    fn weighed_by(
        &self,
        telling: &str,
        all: &str,
        lowest: i64,
        limit: usize,
    ) -> rusqlite::Result<Vec<(i64, f64)>> {
        let found = self.select(UNWEIGHED, all, lowest, &format!("ORDER BY 1 DESC LIMIT {WEIGHED}"))?;
        let found: HashSet<i64> = found.into_iter().map(|(row, _)| row).collect();
        let score = format!("bm25({}, {})", self.table(), self.source.weights);
        let mut rows =
            self.select(&score, telling, lowest, &format!("ORDER BY 2, 1 DESC LIMIT {}", 4 * WEIGHED))?;
        rows.retain(|(row, _)| found.contains(row));
        rows.truncate(limit);
        Ok(rows)
    }

    /// The newest. In few episodes their rows are tried one by one: it takes not long until enough of them have the words.
    fn newest(&self, all: &str, limit: usize) -> rusqlite::Result<Vec<(i64, f64)>> {
        if self.asked.is_unspaced || !self.is_narrow(FEW) {
            return self.select(UNWEIGHED, all, i64::MIN, &format!("ORDER BY 1 DESC LIMIT {limit}"));
        }
        let (table, rows) = (self.table(), self.source.rows(&self.condition));
        let sql = format!(
            "SELECT x.id, 0.0 FROM ({rows} ORDER BY 1 DESC) x CROSS JOIN {table}
             WHERE {table}.rowid = x.id AND {table} MATCH ? LIMIT {limit}"
        );
        let matches = Value::Text(self.filtered(all));
        self.ask(&sql, self.condition.values.iter().cloned().chain([matches]))
    }

    fn ask(&self, sql: &str, values: impl Iterator<Item = Value>) -> rusqlite::Result<Vec<(i64, f64)>> {
        let mut statement = self.db.prepare(sql)?;
        statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    fn is_narrow(&self, few: i64) -> bool {
        self.episodes.is_some_and(|count| count < few)
    }

    /// Rows and scores of what matches, and is where it is looked for.
    fn select(
        &self,
        score: &str,
        matches: &str,
        lowest: i64,
        order: &str,
    ) -> rusqlite::Result<Vec<(i64, f64)>> {
        let (table, row) = (self.table(), self.row());
        // No scores are asked for where there are too many places.
        let is_broad = lowest > i64::MIN || score == UNWEIGHED;
        let mut sql = format!("SELECT {row}, {score} FROM {table}");
        let mut values = vec![Value::Text(self.filtered(matches))];
        let mut conditions = vec![format!("{table} MATCH ?")];
        if let Some(place) = self.asked.is_unspaced.then_some(self.source.unspaced).flatten() {
            conditions.push(format!("{table}.rowid % 4 = {place}"));
        }
        if lowest > i64::MIN {
            let first = if self.asked.is_unspaced { lowest.saturating_mul(4) } else { lowest };
            conditions.push(format!("{table}.rowid >= {first}"));
        }
        if !self.condition.sql.is_empty() {
            if self.is_narrow(if is_broad { SOME } else { FEW }) {
                conditions.push(format!("+{row} IN ({})", self.source.rows(&self.condition)));
            } else {
                sql += &format!(" {}", self.source.to_episode(&row));
                conditions.push(self.condition.text());
            }
            values.extend(self.condition.values.iter().cloned());
        }
        let sql = format!("{sql} WHERE {} {order}", conditions.join(" AND "));
        self.ask(&sql, values.into_iter())
    }

    fn table(&self) -> &'static str {
        if self.asked.is_unspaced { "unspaced_fts" } else { self.source.table }
    }

    fn row(&self) -> String {
        if self.asked.is_unspaced {
            "(unspaced_fts.rowid / 4)".to_owned()
        } else {
            format!("{}.rowid", self.source.table)
        }
    }

    /// The expression, in the columns that are looked in.
    fn filtered(&self, expression: &str) -> String {
        if self.asked.is_unspaced {
            expression.to_owned()
        } else {
            format!("{}({expression})", self.source.columns)
        }
    }
}

/// More than are shown: some are of one segment, too many of one episode, or said by somebody else.
fn enough(search: &Search) -> usize {
    let least = if search.presenter.is_some() { 4000 } else { 200 };
    search.limit.saturating_mul(10).saturating_add(least)
}
