//! The archive as a reader has it: beside a run that writes, on a medium that can't be written, of an older castkeep.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

use super::{
    Configured, Copied, Coverage, EpisodeDetail, Error, Existing, Failures, Found, History, Limits, Query,
    QueryError, Relation, Result, Search, ShowRow, ShowStatus, Taker, VERSION, Wanted, WhichWanted, backup,
    coverage, documents, fetches, history, migrate, open, query, read, runs, search, shows, status, trouble,
    wanted,
};
use crate::model::{ResourceRole, Time};

/// An archive opened for reading, also while a run writes.
pub struct Reader {
    pub(super) db: Connection,
    path: PathBuf,
    /// The version of its schema when it was opened.
    pub(super) found: i64,
    _traces: open::Traces,
}

impl Reader {
    /// Opens the archive in the folder `root`, or the database of that name, be it `archive.db` or a copy of one.
    pub fn open(root: &Path) -> Result<Self> {
        let path = if root.is_file() { root.to_owned() } else { root.join("archive.db") };
        if std::fs::metadata(&path).is_ok_and(|found| super::is_hollow(&found)) {
            return Err(Error::Empty(path));
        }
        let open::ReadOnly { db, traces } = open::reader(&path)?;
        // Whole before it is checked: its connection goes first, then what that left.
        let mut reader = Self { db, path, found: 0, _traces: traces };
        reader.found = migrate::check(&reader.db, &reader.path)?;
        Ok(reader)
    }

    /// Opens a copy that nobody writes, in the folder `root`, and makes nothing beside it.
    pub fn open_copy(root: &Path) -> Result<Self> {
        let path = root.join("archive.db");
        let db = open::alone(&path).map_err(|source| Error::Sql {
            path: path.clone(),
            doing: "open the copy",
            source,
        })?;
        let found = migrate::check(&db, &path)?;
        Ok(Self { db, _traces: open::Traces::of(&path), path, found })
    }

    /// One row a show.
    pub fn status(&self) -> Result<Vec<ShowStatus>> {
        status::status(&self.db).map_err(self.sql("read the status"))
    }

    /// Since when a run is under way, if the books know of one.
    pub fn running_since(&self) -> Result<Option<Time>> {
        runs::running_since(&self.db).map_err(self.sql("look for a run under way"))
    }

    /// All shows, by short name.
    pub fn rows(&self) -> Result<Vec<ShowRow>> {
        shows::all(&self.db).map_err(self.sql("list the shows"))
    }

    /// The show that a slug names.
    pub fn find_show(&self, slug: &str) -> Result<Option<ShowRow>> {
        shows::by_slug(&self.db, slug).map_err(self.sql("look a show up"))
    }

    /// The short names of all shows.
    pub fn slugs(&self) -> Result<Vec<String>> {
        let read = |db: &Connection| -> rusqlite::Result<Vec<String>> {
            db.prepare("SELECT slug FROM shows ORDER BY slug")?.query_map([], |row| row.get(0))?.collect()
        };
        read(&self.db).map_err(self.sql("read the shows"))
    }

    /// The show that a configuration entry means, if the archive knows it.
    pub fn show(&self, configured: &Configured) -> Result<Option<ShowRow>> {
        shows::find(&self.db, configured).map_err(self.sql("find the show"))
    }

    /// As [`super::Archive::failed_fetches`].
    pub fn failed_fetches(&self, show: i64, url: &str) -> Result<Failures> {
        trouble::of_feed(&self.db, show, url).map_err(self.sql("read the failed fetches"))
    }

    /// As [`super::Archive::host_hold`].
    pub fn host_hold(&self, host: &str, now: Time) -> Result<Option<Time>> {
        fetches::held(&self.db, host, now).map_err(self.sql("read the held hosts"))
    }

    /// When a download of the show that failed is next tried again, after `now`.
    pub fn next_attempt(&self, show: i64, now: Time) -> Result<Option<Time>> {
        wanted::next_attempt(&self.db, show, now).map_err(self.sql("read what is wanted"))
    }

    /// As [`super::Archive::wanted`].
    pub fn wanted(&self, show: i64, roles: &[ResourceRole], which: WhichWanted) -> Result<Vec<Wanted>> {
        wanted::wanted(&self.db, show, roles, which).map_err(self.sql("read what is wanted"))
    }

    /// What the archive holds of the show, as far as gaps show in it.
    pub fn coverage(&self, show: i64) -> Result<Coverage> {
        coverage::of(&self.db, show).map_err(self.sql("look for gaps"))
    }

    /// What changed of an episode, by row.
    pub fn history(&self, episode: i64) -> Result<History> {
        history::of(&self.db, episode).map_err(self.sql("read the history"))
    }

    /// A feed body, unpacked, by row.
    pub fn document(&self, id: i64) -> Result<Option<Vec<u8>>> {
        let found = documents::by_id(&self.db, id).map_err(self.sql("read the document"))?;
        found.map(|stored| stored.unpack(&self.path)).transpose()
    }

    /// The episode that `which` names: its number, its guid, or words of its title; `latest` is the newest.
    pub fn episode(&self, show: i64, which: &str) -> Result<Vec<EpisodeDetail>> {
        read::episode(&self.db, show, which).map_err(self.sql("read the episode"))
    }

    /// Why the audio of an episode is not downloaded, as the rule that says so; none if it is, or will be.
    pub fn left_out(&self, episode: i64) -> Result<Option<String>> {
        read::left_out(&self.db, episode).map_err(self.sql("look for why it was left out"))
    }

    /// The newest episodes of a show, at most so many.
    pub fn newest_of(&self, show: i64, most: Option<u32>) -> Result<Vec<read::EpisodeLine>> {
        read::newest(&self.db, show, most).map_err(self.sql("list the episodes"))
    }

    /// Where words stand in titles, notes, links and transcripts, the best places first.
    pub fn search(&self, search: &Search) -> Result<Found> {
        search::run(&self.db, search).map_err(self.sql("search"))
    }

    /// The names of presenters, as written.
    pub fn presenters(&self) -> Result<Vec<String>> {
        search::presenters(&self.db).map_err(self.sql("read the presenters"))
    }

    /// The names of people.
    pub fn people(&self) -> Result<Vec<String>> {
        let read = |db: &Connection| -> rusqlite::Result<Vec<String>> {
            db.prepare("SELECT name FROM people ORDER BY name")?.query_map([], |row| row.get(0))?.collect()
        };
        read(&self.db).map_err(self.sql("read the people"))
    }

    /// Copies the database to a file, as it is at this moment, and compares the two. `None` if `go_on`, asked with pages
    /// done and pages in all, said no. Nothing is left behind but a whole copy.
    pub fn back_up(
        &self,
        target: &Path,
        existing: Existing,
        go_on: &dyn Fn(u64, u64) -> bool,
    ) -> Result<Option<Copied>> {
        backup::back_up(&self.db, &self.path, target, existing, go_on)
    }

    /// Answers one SELECT, within limits; it can read the archive and nothing else, and change nothing.
    pub fn query(
        &mut self,
        query: Query<'_>,
        limits: &Limits,
        rows: Taker<'_>,
    ) -> std::result::Result<(), QueryError> {
        query::run(&mut self.db, query, limits, rows)
    }

    /// The tables and views that a query may name, with their columns, by name.
    pub fn relations(&self) -> Result<Vec<Relation>> {
        query::relations(&self.db).map_err(self.sql("read the schema"))
    }

    /// The functions that a query may use, of those that this SQLite has.
    pub fn functions(&self) -> Result<Vec<&'static str>> {
        query::functions(&self.db).map_err(self.sql("list the functions"))
    }

    /// Version of the SQLite inside castkeep.
    pub fn sqlite_version() -> &'static str {
        rusqlite::version()
    }

    /// The same as a number: 3051003 is 3.51.3.
    pub fn sqlite_number() -> i32 {
        rusqlite::version_number()
    }

    /// The folder of the archive.
    pub fn root(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The database.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn sql(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> Error + use<> {
        let path = self.path.clone();
        let found = self.found;
        move |source| {
            // A table or a column that came later.
            let is_input = matches!(source, rusqlite::Error::SqlInputError { .. });
            if found < VERSION && (is_input || source.sqlite_error_code() == Some(ErrorCode::Unknown)) {
                return Error::Older { path: path.clone(), found, known: VERSION };
            }
            Error::Sql { path: path.clone(), doing, source }
        }
    }
}
