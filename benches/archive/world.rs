//! Writes a large archive: shows of many sizes, years of episodes, their notes as rows, files, and the books of the runs.

use std::path::Path;

use fastrand::Rng;
use rusqlite::{Connection, Transaction, params};

use crate::words::{self, Words, zipf};

/// How much of it there is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub shows: usize,
    pub episodes: usize,
    pub links: usize,
}

const SCHEMA: &str = include_str!("../../schema.sql");
const WEEK: i64 = 7 * 86_400;
/// The newest episodes are of this day: 2026-11-01T06:00:00Z.
const NEWEST: i64 = 1_793_512_800;
/// What the questions of docs/cookbook.md name is here, too: the first shows, people, domains and sponsors are called so.
const SHOWS: [&str; 3] = ["lamp-and-ledger", "raetselstunde", "two-kettles"];
const PEOPLE: [&str; 6] = ["Mira", "Tom", "Kenji", "Ada", "Wren", "Jonas"];
const DOMAINS: [&str; 3] = ["toolshed.example", "example.org", "wasm.example"];
const BRANDS: [&str; 2] = ["Larch Backup", "Blue Harbour"];
const KINDS: [&str; 8] = ["intro", "topic", "topic", "topic", "sponsor", "links", "joke", "boilerplate"];

/// Makes `folder/archive.db`, whole or not at all.
pub fn build(folder: &Path, size: Size) -> rusqlite::Result<()> {
    let part = folder.join("archive.part");
    let _ = std::fs::remove_file(&part);
    let mut db = Connection::open(&part)?;
    db.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")?;
    db.execute_batch(SCHEMA)?;
    db.pragma_update(None, "user_version", castkeep::archive::VERSION)?;
    // Rows first, what is made of them afterwards: that is many times as fast.
    let later: Vec<String> = parts(&db, "sql")?;
    for drop in parts(&db, "'DROP ' || type || ' ' || name")? {
        db.execute_batch(&drop)?;
    }
    let tx = db.transaction()?;
    World::new(size).write(&tx, size)?;
    tx.commit()?;
    for create in later {
        db.execute_batch(&create)?;
    }
    for table in search_tables(&db)? {
        db.execute(&format!("INSERT INTO {table} ({table}) VALUES ('rebuild')"), [])?;
    }
    db.execute_batch(COUNTS)?;
    db.execute_batch("ANALYZE; PRAGMA journal_mode = WAL;")?;
    db.close().map_err(|(_, error)| error)?;
    std::fs::rename(&part, folder.join("archive.db"))
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// What triggers would have counted.
const COUNTS: &str = "INSERT INTO domain_counts (year, domain, in_boilerplate, links)
    SELECT coalesce(substr(e.published_at, 1, 4), ''), l.domain, l.in_boilerplate, count(*)
    FROM links l JOIN episodes e ON e.id = l.episode_id WHERE l.domain IS NOT NULL GROUP BY 1, 2, 3;";

fn parts(db: &Connection, what: &str) -> rusqlite::Result<Vec<String>> {
    let sql = format!(
        "SELECT {what} FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid"
    );
    db.prepare(&sql)?.query_map([], |row| row.get(0))?.collect()
}

fn search_tables(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql =
        "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE % USING fts5 %' ORDER BY name";
    db.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

struct World {
    rng: Rng,
    words: Words,
    domains: Vec<String>,
    names: Vec<String>,
    brands: Vec<String>,
    links_an_episode: usize,
}

/// What is the same in all episodes of a show.
struct Show {
    id: i64,
    slug: String,
    presenters: [usize; 2],
    unspaced: bool,
    has_transcripts: bool,
}

impl World {
    fn new(size: Size) -> Self {
        let mut rng = Rng::with_seed(20_261_123);
        let words = Words::new(60_000);
        let name = |rng: &mut Rng, n: usize| format!("{}{n}", words.word(rng));
        let domains = from(&DOMAINS, (0..60_000).map(|n| format!("{}.example", name(&mut rng, n))));
        let person = |n| format!("{} {}", capital(words.word(&mut rng)), capital(&name(&mut rng, n)));
        let names = from(&PEOPLE, (0..20_000).map(person));
        let brands = from(&BRANDS, (0..2000).map(|n| capital(&name(&mut rng, n))));
        Self { rng, words, domains, names, brands, links_an_episode: size.links / size.episodes }
    }

    fn write(&mut self, tx: &Transaction<'_>, size: Size) -> rusqlite::Result<()> {
        tx.execute(
            "INSERT INTO runs (command, started_at, outcome) VALUES ('sync', ?1, 'ok')",
            [time(NEWEST)],
        )?;
        for (n, name) in self.names.iter().enumerate() {
            tx.prepare_cached("INSERT INTO people (id, name) VALUES (?1, ?2)")?
                .execute(params![n as i64 + 1, name])?;
        }
        let mut weights: Vec<f64> = (0..size.shows).map(|_| 0.1 + self.rng.f64().powi(3) * 3.0).collect();
        // The shows that are asked for are among the largest.
        weights.sort_by(|a, b| b.total_cmp(a));
        let total: f64 = weights.iter().sum();
        let mut left = size.episodes;
        for (n, weight) in weights.iter().enumerate() {
            let fair = (weight / total * size.episodes as f64) as usize;
            let count = if n + 1 == size.shows { left } else { fair.min(left) };
            left -= count;
            let show = self.show(tx, n as i64 + 1)?;
            for place in 0..count {
                self.episode(tx, &show, place, count)?;
            }
        }
        Ok(())
    }

    fn show(&mut self, tx: &Transaction<'_>, id: i64) -> rusqlite::Result<Show> {
        let place = id as usize - 1;
        let named = SHOWS.get(place).map(|slug| (*slug).to_owned());
        let slug = named.unwrap_or_else(|| format!("{}-{id}", self.words.word(&mut self.rng)));
        let sql = "INSERT INTO shows (id, slug, feed_url, configured_url, title, language, first_seen_at, last_seen_at, polled_at, \
                   next_fetch_at) VALUES (?1, ?2, ?3, ?3, ?4, 'en', ?5, ?6, ?6, ?7)";
        let title = capital(&self.words.prose(&mut self.rng, 3));
        let url = format!("https://feeds.{slug}.example/rss");
        let (first, last) = (time(NEWEST - 300 * WEEK), time(NEWEST));
        tx.prepare_cached(sql)?.execute(params![id, slug, url, title, first, last, time(NEWEST + 3600)])?;
        for n in 0..100 {
            let sql = "INSERT INTO fetches (show_id, run_id, url, started_at, status, outcome, etag) VALUES (?1, 1, ?2, ?3, 304, 'not_modified', 'x')";
            tx.prepare_cached(sql)?.execute(params![id, url, time(NEWEST - n * 3600)])?;
        }
        let presenters = if place < SHOWS.len() {
            [2 * place, 2 * place + 1]
        } else {
            [self.rng.usize(..self.names.len()), self.rng.usize(..self.names.len())]
        };
        Ok(Show { id, slug, presenters, unspaced: id % 40 == 0, has_transcripts: id % 50 == 1 })
    }

    fn episode(
        &mut self,
        tx: &Transaction<'_>,
        show: &Show,
        place: usize,
        count: usize,
    ) -> rusqlite::Result<()> {
        let published = time(NEWEST - (count - place) as i64 * WEEK - self.rng.i64(0..86_400));
        let number = place as i64 + 1;
        let words = self.rng.usize(3..9);
        let title = format!("#{number} {}", capital(&self.prose(show, words)));
        let parts: Vec<(&str, String)> = KINDS
            .iter()
            .map(|kind| {
                let words = self.rng.usize(8..36);
                (*kind, self.prose(show, words))
            })
            .collect();
        let text: Vec<&str> = parts.iter().map(|(_, text)| text.as_str()).collect();
        let html: String =
            text.iter().map(|text| format!("<h3>{}</h3>\n<p>{text}</p>\n", &self.domains[0])).collect();
        let guid = format!("https://{}.example/{number}", show.slug);
        let gone = (self.rng.u8(..100) == 0).then(|| time(NEWEST));
        let sql = "INSERT INTO episodes (show_id, guid, identity, identity_source, title, number, published_at, published_raw, link, \
                   duration_seconds, item_sha256, notes_version, first_seen_at, last_seen_at, last_listed_at, gone_at, notes_html, \
                   notes_source, notes_text) VALUES (?1, ?2, ?2, 'guid', ?3, ?4, ?5, ?5, ?2, 1800, ?6, 4, ?7, ?8, ?8, ?9, ?10, \
                   'content:encoded', ?11)";
        tx.prepare_cached(sql)?.execute(params![
            show.id,
            guid,
            title,
            number,
            published,
            "0".repeat(64),
            published,
            time(NEWEST),
            gone,
            html,
            text.join("\n\n")
        ])?;
        let id = tx.last_insert_rowid();
        self.notes(tx, show, id, number, &parts)?;
        self.people(tx, show, id)?;
        self.files(tx, show, id, number, &published)?;
        self.change(tx, show, id, &title)
    }

    /// Of one episode in four something changed.
    fn change(&mut self, tx: &Transaction<'_>, show: &Show, id: i64, title: &str) -> rusqlite::Result<()> {
        if self.rng.u8(..4) == 0 {
            let sql = "INSERT INTO changes (show_id, episode_id, seen_at, field, old_value, new_value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let field = ["title", "notes_html", "enclosure_url", "duration_seconds"][self.rng.usize(..4)];
            tx.prepare_cached(sql)?.execute(params![show.id, id, time(NEWEST), field, title, title])?;
        }
        Ok(())
    }

    fn prose(&mut self, show: &Show, words: usize) -> String {
        if show.unspaced {
            words::unspaced(&mut self.rng, words * 2)
        } else {
            self.words.prose(&mut self.rng, words)
        }
    }

    fn notes(
        &mut self,
        tx: &Transaction<'_>,
        show: &Show,
        id: i64,
        number: i64,
        parts: &[(&str, String)],
    ) -> rusqlite::Result<()> {
        let mut position = 0;
        for (n, (kind, text)) in parts.iter().enumerate() {
            let place = n as i64;
            let sql = "INSERT INTO segments (episode_id, position, kind, number, presenter, title, url, start_seconds, text, html) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, null, ?7, ?8, ?9)";
            let is_topic = *kind == "topic";
            let presenter = is_topic.then(|| &self.names[show.presenters[n % 2]]);
            let title = is_topic.then(|| text.chars().take(30).collect::<String>());
            tx.prepare_cached(sql)?.execute(params![
                id,
                place + 1,
                kind,
                is_topic.then_some(place),
                presenter,
                title,
                is_topic.then_some(place * 300),
                text,
                format!("<p>{text}</p>")
            ])?;
            let segment = tx.last_insert_rowid();
            let share =
                self.links_an_episode * (n + 1) / parts.len() - self.links_an_episode * n / parts.len();
            for _ in 0..share {
                position += 1;
                self.link(tx, id, segment, position, *kind == "boilerplate", show, number)?;
            }
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn link(
        &mut self,
        tx: &Transaction<'_>,
        id: i64,
        segment: i64,
        position: i64,
        own: bool,
        show: &Show,
        number: i64,
    ) -> rusqlite::Result<()> {
        let domain = if own {
            format!("{}.example", show.slug)
        } else {
            self.domains[zipf(&mut self.rng, self.domains.len())].clone()
        };
        let page = self.words.prose(&mut self.rng, 3).replace([' ', '.'], "-");
        let target = if own {
            format!("https://{domain}/support")
        } else {
            format!("https://www.{domain}/{page}/{number}")
        };
        let url = format!("{target}?utm_source={}&utm_medium=notes", show.slug);
        let text = self.words.prose(&mut self.rng, 4);
        let sql = "INSERT INTO links (episode_id, segment_id, position, url, text, target_url, host, domain, in_boilerplate) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let host = if own { domain.clone() } else { format!("www.{domain}") };
        tx.prepare_cached(sql)?
            .execute(params![id, segment, position, url, text, target, host, domain, own])?;
        Ok(())
    }

    fn people(&mut self, tx: &Transaction<'_>, show: &Show, id: i64) -> rusqlite::Result<()> {
        let sql = "INSERT OR IGNORE INTO credits (episode_id, person_id, role, source) VALUES (?1, ?2, ?3, 'notes:people')";
        for presenter in show.presenters {
            tx.prepare_cached(sql)?.execute(params![id, presenter as i64 + 1, "host"])?;
        }
        if self.rng.u8(..3) == 0 {
            tx.prepare_cached(sql)?.execute(params![
                id,
                self.rng.usize(..self.names.len()) as i64 + 1,
                "guest"
            ])?;
        }
        if self.rng.bool() {
            let brand = &self.brands[zipf(&mut self.rng, self.brands.len())];
            let sql = "INSERT INTO sponsors (episode_id, position, name, url) VALUES (?1, 1, ?2, ?3)";
            tx.prepare_cached(sql)?.execute(params![id, brand, format!("https://{brand}.example/")])?;
        }
        Ok(())
    }

    fn files(
        &mut self,
        tx: &Transaction<'_>,
        show: &Show,
        id: i64,
        number: i64,
        at: &str,
    ) -> rusqlite::Result<()> {
        let state = match self.rng.u16(..1000) {
            0 => "missing",
            1 => "damaged",
            _ => "present",
        };
        let captured = self.rng.u8(..20) > 0;
        let file = if captured {
            let sql = "INSERT INTO files (sha256, size_bytes, path, kind, media_type, duration_seconds, bitrate, stored_at, state) \
                       VALUES (?1, ?2, ?3, 'audio', 'audio/mpeg', 1800, 128000, ?4, ?5)";
            let path = format!("audio/{}/{} #{number} Some words of a title.mp3", show.slug, &at[..10]);
            tx.prepare_cached(sql)?.execute(params![
                format!("{id:064x}"),
                self.rng.i64(10_000_000..90_000_000),
                path,
                at,
                state
            ])?;
            Some(tx.last_insert_rowid())
        } else {
            None
        };
        let audio = Self::resource(tx, show, id, ["audio", "enclosure"], file, number)?;
        Self::resource(tx, show, id, ["image", "image"], None, number)?;
        let sql = "INSERT INTO downloads (resource_id, run_id, requested_url, started_at, finished_at, http_status, bytes, outcome, error, file_id) \
                   VALUES (?1, 1, ?2, ?3, ?3, ?4, 1, ?5, ?6, ?7)";
        let url = format!("https://cdn.{}.example/{number}.mp3", show.slug);
        let (status, outcome, error) =
            if captured { (200, "stored", None) } else { (404, "failed", Some("status 404")) };
        tx.prepare_cached(sql)?.execute(params![audio, url, at, status, outcome, error, file])?;
        if show.has_transcripts && number % 4 == 0 {
            let transcript = Self::resource(tx, show, id, ["transcript", "transcript"], None, number)?;
            for n in 0..200 {
                let words = self.rng.usize(5..14);
                let text = self.prose(show, words);
                let sql = "INSERT INTO transcript_cues (resource_id, position, start_seconds, end_seconds, speaker, text) VALUES (?1, ?2, ?3, ?4, 'A', ?5)";
                tx.prepare_cached(sql)?.execute(params![transcript, n + 1, n * 9, n * 9 + 8, text])?;
            }
        }
        Ok(())
    }

    fn resource(
        tx: &Transaction<'_>,
        show: &Show,
        id: i64,
        [kind, role]: [&str; 2],
        file: Option<i64>,
        number: i64,
    ) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO resources (show_id, episode_id, kind, role, position, url, media_type, length_bytes, first_seen_at, last_seen_at, \
                   file_id) VALUES (?1, ?2, ?3, ?4, 1, ?5, 'x/y', 1000, ?6, ?6, ?7)";
        let url = format!("https://cdn.{}.example/{kind}/{number}", show.slug);
        tx.prepare_cached(sql)?.execute(params![show.id, id, kind, role, url, time(NEWEST), file])?;
        Ok(tx.last_insert_rowid())
    }
}

/// Some that are named, and more.
fn from(named: &[&str], more: impl Iterator<Item = String>) -> Vec<String> {
    named.iter().map(|name| (*name).to_owned()).chain(more).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Seconds since 1970 as the archive writes times.
fn time(seconds: i64) -> String {
    castkeep::model::Time::from_unix(seconds).map(|time| time.to_string()).unwrap_or_default()
}
