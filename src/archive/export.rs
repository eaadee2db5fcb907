//! What leads out of the archive: tables row by row, shows and their episodes one by one. Never more than one of them is held.

use rusqlite::{Connection, OptionalExtension as _, Row, Statement, Transaction};

use super::choices::IS_LEFT_OUT;
use super::error::{Error, Result};
use super::values::natural;
use super::{Cell, FileRow, Reader, Rows, files};
use crate::model::{
    Chapter, Credit, Digest, Episode, IdentitySource, Resource, ResourceKind, ResourceRole, Role, Show,
};

/// A show as its row tells of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Described {
    /// Its row.
    pub id: i64,
    /// Its short name.
    pub slug: String,
    /// Where its feed is polled today, without secrets.
    pub feed_url: String,
    /// The address that the configuration names, or named, without secrets.
    pub configured_url: String,
    /// When its feed was last answered well.
    pub last_seen_at: Option<crate::model::Time>,
    /// What its feed says of it.
    pub show: Show,
    /// What was captured of what its feed points at.
    pub things: Vec<Thing>,
}

/// An episode as its row tells of it, with all that a feed may say of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// What tells it from the show's other episodes.
    pub identity: String,
    /// What that was made from.
    pub identity_source: IdentitySource,
    /// What its item says. Its resources stand in `things`, its chapters are those that the item holds.
    pub episode: Episode,
    /// What its item points at, or pointed at when it was captured.
    pub things: Vec<Thing>,
}

/// Something that a feed points at, and what was captured of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    /// As the feed has it.
    pub resource: Resource,
    /// Whether the feed points at it still.
    pub is_current: bool,
    /// It is an enclosure, and neither it nor another form of it is downloaded, by choice.
    pub is_left_out: bool,
    /// The file, if it is there.
    pub stored: Option<Stored>,
}

/// A file that the archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Relative to the archive's folder.
    pub path: String,
    /// Of the whole file.
    pub sha256: Digest,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// The media type of its bytes.
    pub media_type: Option<String>,
}

/// As long as this lives, what is read is of one moment.
pub struct Moment<'r> {
    _transaction: Transaction<'r>,
}

impl Reader {
    /// Holds the archive as it is at the first read that follows, beside whoever writes.
    pub fn hold(&self) -> Result<Moment<'_>> {
        let transaction = self.db.unchecked_transaction().map_err(self.sql("begin to read"))?;
        Ok(Moment { _transaction: transaction })
    }

    /// The tables and views there are, those for people first told apart from castkeep's own books: `true` for people.
    pub fn tables(&self) -> Result<Vec<(String, bool)>> {
        tables(&self.db).map_err(self.sql("list the tables"))
    }

    /// The rows of a table or view, its header first. There must be one of that name.
    pub fn table<E: From<Error>>(
        &self,
        name: &str,
        rows: &mut dyn FnMut(Rows<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = self.sql("read a table");
        let mut statement =
            self.db.prepare(&format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""))).map_err(&sql)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        rows(Rows::Header(&columns))?;
        let mut found = statement.query([]).map_err(&sql)?;
        while let Some(row) = found.next().map_err(&sql)? {
            rows(Rows::Row(Cell::row(row, columns.len()).map_err(&sql)?))?;
        }
        Ok(())
    }

    /// The files, or those of one show, by path.
    pub fn each_file<E: From<Error>>(
        &self,
        show: Option<i64>,
        each: &mut dyn FnMut(FileRow) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = self.sql("list the files");
        let mut statement = self.db.prepare(&files::files_of()).map_err(&sql)?;
        let mut rows = statement.query([show]).map_err(&sql)?;
        while let Some(row) = rows.next().map_err(&sql)? {
            each(files::read_file(row).map_err(&sql)?)?;
        }
        Ok(())
    }

    /// The shows, by short name.
    pub fn each_show<E: From<Error>>(
        &self,
        each: &mut dyn FnMut(Described) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = self.sql("read the shows");
        let mut statement = self.db.prepare(&format!("{SHOW} ORDER BY slug")).map_err(&sql)?;
        let mut rows = statement.query([]).map_err(&sql)?;
        while let Some(row) = rows.next().map_err(&sql)? {
            each(described(row).map_err(&sql)?)?;
        }
        Ok(())
    }

    /// A show with the persons that its feed names and what was captured of it.
    pub fn described(&self, show: i64) -> Result<Option<Described>> {
        let read = || -> rusqlite::Result<Option<Described>> {
            let sql = format!("{SHOW} WHERE id = ?1");
            let Some(mut found) = self.db.query_row(&sql, [show], described).optional()? else {
                return Ok(None);
            };
            found.show.credits = credits(&mut self.db.prepare(&credits_of("show_id"))?, show)?;
            let of_show = things_of("r.show_id = ?1 AND r.episode_id IS NULL");
            found.things = things(&mut self.db.prepare(&of_show)?, show)?;
            Ok(Some(found))
        };
        read().map_err(self.sql("read a show"))
    }

    /// The episodes of a show, newest first, those without a date last.
    pub fn each_episode<E: From<Error>>(
        &self,
        show: i64,
        each: &mut dyn FnMut(Published) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = self.sql("read the episodes");
        let mut parts = Parts::prepare(&self.db).map_err(&sql)?;
        let mut statement = self.db.prepare(EPISODES).map_err(&sql)?;
        let mut rows = statement.query([show]).map_err(&sql)?;
        while let Some(row) = rows.next().map_err(&sql)? {
            each(parts.published(row).map_err(&sql)?)?;
        }
        Ok(())
    }
}

/// What is of no use outside: the documents, packed, how notes were read, and what search reads.
const OWN_BOOKS: &[&str] = &["documents", "notes_readings", "unspaced"];

fn tables(db: &Connection) -> rusqlite::Result<Vec<(String, bool)>> {
    // Neither SQLite's own, nor search tables and what those keep for themselves. A name is safe as that of a file.
    let list = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view')
                AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT GLOB '*[^a-zA-Z0-9_]*' ORDER BY name";
    let mut statement = db.prepare(list)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let told = |name: String| {
        let is_for_people = !OWN_BOOKS.contains(&name.as_str());
        (name, is_for_people)
    };
    names.map(|name| name.map(told)).collect()
}

const SHOW: &str = "SELECT id, slug, feed_url, configured_url, last_seen_at, title, description, author, owner_name, owner_email, link,
    language, copyright, image_url, explicit, show_type, podcast_guid, medium, state = 'complete', extra FROM shows";

fn described(row: &Row<'_>) -> rusqlite::Result<Described> {
    let show = Show {
        title: row.get(5)?,
        description: row.get(6)?,
        author: row.get(7)?,
        owner_name: row.get(8)?,
        owner_email: row.get(9)?,
        link: row.get(10)?,
        language: row.get(11)?,
        copyright: row.get(12)?,
        image_url: row.get(13)?,
        explicit: row.get(14)?,
        show_type: row.get(15)?,
        podcast_guid: row.get(16)?,
        medium: row.get(17)?,
        complete: row.get(18)?,
        extra: extra(row, 19)?,
        ..Show::default()
    };
    Ok(Described {
        id: row.get(0)?,
        slug: row.get(1)?,
        feed_url: row.get(2)?,
        configured_url: row.get(3)?,
        last_seen_at: row.get(4)?,
        show,
        things: Vec::new(),
    })
}

/// In the order of an index: nothing is sorted, and nothing held.
const EPISODES: &str = "SELECT id, identity, identity_source, guid, title, number, season, episode_type, published_at, link, author,
    duration_seconds, explicit, image_url, summary, notes_html, extra
    FROM episodes WHERE show_id = ?1 ORDER BY published_at DESC, id DESC";

/// What is asked for each episode.
struct Parts<'r> {
    things: Statement<'r>,
    credits: Statement<'r>,
    chapters: Statement<'r>,
}

impl<'r> Parts<'r> {
    fn prepare(db: &'r Connection) -> rusqlite::Result<Self> {
        let chapters =
            "SELECT source, position, start_seconds, end_seconds, title, url, image_url FROM chapters
                        WHERE episode_id = ?1 AND source = 'psc' ORDER BY position";
        Ok(Self {
            things: db.prepare(&things_of("r.episode_id = ?1"))?,
            credits: db.prepare(&credits_of("episode_id"))?,
            chapters: db.prepare(chapters)?,
        })
    }

    fn published(&mut self, row: &Row<'_>) -> rusqlite::Result<Published> {
        let id = row.get(0)?;
        let source: String = row.get(2)?;
        let episode = Episode {
            guid: row.get(3)?,
            title: row.get(4)?,
            number: row.get(5)?,
            season: row.get(6)?,
            episode_type: row.get(7)?,
            published_at: row.get(8)?,
            link: row.get(9)?,
            author: row.get(10)?,
            duration_seconds: row.get(11)?,
            explicit: row.get(12)?,
            image_url: row.get(13)?,
            summary: row.get(14)?,
            notes_html: row.get(15)?,
            extra: extra(row, 16)?,
            credits: credits(&mut self.credits, id)?,
            chapters: self.chapters.query_map([id], chapter)?.collect::<rusqlite::Result<_>>()?,
            ..Episode::default()
        };
        Ok(Published {
            identity: row.get(1)?,
            identity_source: IdentitySource::from_name(&source).unwrap_or(IdentitySource::Item),
            things: things(&mut self.things, id)?,
            episode,
        })
    }
}

/// What is no object tells nothing.
fn extra(row: &Row<'_>, column: usize) -> rusqlite::Result<serde_json::Map<String, serde_json::Value>> {
    let text: String = row.get(column)?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn chapter(row: &Row<'_>) -> rusqlite::Result<Chapter> {
    Ok(Chapter {
        source: row.get(0)?,
        position: row.get(1)?,
        start_seconds: row.get(2)?,
        end_seconds: row.get(3)?,
        title: row.get(4)?,
        url: row.get(5)?,
        image_url: row.get(6)?,
    })
}

/// Each person once in a part, whatever told of it.
fn credits_of(owner: &str) -> String {
    format!(
        "SELECT p.name, p.url, p.image_url, c.role, c.source, min(c.id) FROM credits c JOIN people p ON p.id = c.person_id
         WHERE c.{owner} = ?1 GROUP BY p.id, c.role ORDER BY 6"
    )
}

fn credits(statement: &mut Statement<'_>, owner: i64) -> rusqlite::Result<Vec<Credit>> {
    let credit = |row: &Row<'_>| {
        let role: String = row.get(3)?;
        Ok(Credit {
            name: row.get(0)?,
            url: row.get(1)?,
            image_url: row.get(2)?,
            role: Role::from_name(&role).unwrap_or(Role::Contributor),
            source: row.get(4)?,
        })
    };
    statement.query_map([owner], credit)?.collect()
}

/// What is there before what is not, what is current before what was: of the enclosures, the first is the episode's, as in `audio`.
fn things_of(owner: &str) -> String {
    format!(
        "SELECT r.kind, r.role, coalesce(r.position, 0), r.url, r.media_type, r.length_bytes, r.language, r.integrity, r.is_current,
                f.path, f.sha256, f.size_bytes, f.media_type, r.bitrate, r.height, {IS_LEFT_OUT}
         FROM resources r LEFT JOIN files f ON f.id = r.file_id AND f.state = 'present'
         WHERE {owner} AND (r.is_current = 1 OR f.id IS NOT NULL)
         ORDER BY r.role, f.id IS NULL, r.is_current DESC, r.position, r.id DESC"
    )
}

fn things(statement: &mut Statement<'_>, owner: i64) -> rusqlite::Result<Vec<Thing>> {
    let thing = |row: &Row<'_>| {
        let (kind, role): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(Thing {
            resource: Resource {
                kind: ResourceKind::from_name(&kind).unwrap_or(ResourceKind::Other),
                role: ResourceRole::from_name(&role).unwrap_or(ResourceRole::Alternate),
                position: row.get(2)?,
                url: row.get(3)?,
                media_type: row.get(4)?,
                length_bytes: natural(row, 5)?,
                language: row.get(6)?,
                integrity: row.get(7)?,
                bitrate: natural(row, 13)?,
                height: row.get(14)?,
            },
            is_current: row.get(8)?,
            is_left_out: row.get(15)?,
            stored: stored(row)?,
        })
    };
    statement.query_map([owner], thing)?.collect()
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Option<Stored>> {
    let Some(path) = row.get::<_, Option<String>>(9)? else { return Ok(None) };
    let size_bytes = natural(row, 11)?.unwrap_or_default();
    Ok(Some(Stored { path, sha256: row.get(10)?, size_bytes, media_type: row.get(12)? }))
}
