//! The archive: the only SQL in castkeep. This file is its door: what others may use is listed here, an archive is opened and
//! closed, and its shows are found. What [`Archive`] and [`Reader`] do with any other noun stands in the file of that noun.
//!
//! [`Archive`] is the one writer, under a lock, and writes each thing in one short transaction.
//! [`Reader`] reads beside it at any time: it searches, answers ad-hoc SQL behind an authorizer, and makes copies.

mod adoptions;
mod backup;
mod beside;
mod care;
mod cell;
mod changes;
mod choices;
mod coverage;
mod documents;
mod downloads;
mod episodes;
mod error;
mod export;
mod fetches;
mod files;
mod filesystem;
mod foreign;
mod history;
mod hooks;
mod lock;
mod migrate;
mod names;
mod notes;
mod open;
mod pace;
mod part;
mod portable;
mod query;
mod read;
mod reader;
mod reading;
mod record;
mod reread;
mod resources;
mod rights;
mod runs;
mod schema;
mod search;
mod shows;
mod sidecars;
mod slim;
mod status;
mod trouble;
mod values;
mod wanted;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use adoptions::{AdoptOutcome, Adoptable, AdoptableShow, Adoption, EarlierAdoption};
pub use backup::Copied;
pub use beside::{Neighbourhood, Record, Written};
pub use care::{Depth, Verified};
pub use cell::Cell;
pub use choices::{CAUGHT_UP, Candidate, EVERYTHING, GIVEN_UP, PassedOver, is_by_hand};
pub use coverage::{Coverage, Mark};
pub use documents::{Body, pack};
pub use downloads::{Attempt, Outcome};
pub use error::{ABOUT_DAMAGE, Error, FAILING, FULL, Result};
pub use export::{Described, Moment, Published, Stored, Thing};
pub use fetches::{FetchOutcome, FetchRow, Poll, Validators};
pub use files::{FileRow, NewFile};
pub use filesystem::FileSystem;
pub use foreign::{ForeignError, Program, Remembered, read_foreign};
pub use history::{ChangeDetail, History};
pub use hooks::{HookCall, HookEnd, HookTrouble};
pub use migrate::{SCHEMA, VERSION};
pub use names::{Intended, Named, NamedFile, NamedSidecar, Names, Rename, Subject};
pub use pace::Pace;
pub use part::{Existing, Part, folder_of, refuse_configuration, refuse_place};
pub use portable::rename_portably;
pub use query::{Limits, Query, QueryError, Relation, Rows, Taker};
pub use read::{AudioDetail, EpisodeDetail, EpisodeLine, SegmentDetail};
pub use reader::Reader;
pub use reading::{Listing, Reading};
pub use record::Recorded;
pub use reread::{NotesReader, ReadNotes, ShowFacts, Unread, Which};
pub use rights::{READ_ONLY, about_rights};
pub use runs::{Counts, RunOutcome};
pub use schema::{Column, Reference, Table, TableKind, schema};
pub use search::{Found, Hit, HitKind, HitSegment, Search, Snippet, Words, WordsError, is_meant};
pub use shows::{Configured, ShowRow};
pub use sidecars::Content;
pub use status::ShowStatus;
pub use trouble::{Failed, Failures};
pub use wanted::{Kept, Wanted, Which as WhichWanted};

use crate::model::Time;

/// An archive opened for writing, of which one process at a time has one; or for looking only.
pub struct Archive {
    db: Connection,
    root: PathBuf,
    hold: Hold,
}

/// What goes after the connection.
enum Hold {
    Writer { _lock: lock::Lock },
    Looker { _traces: open::Traces },
}

impl Archive {
    /// As [`Archive::open`], and an error where there is none: a disk that is not mounted is not taken for a first run.
    pub fn open_existing(root: &Path) -> Result<Self> {
        let database = root.join("archive.db");
        match std::fs::metadata(&database) {
            Err(_) => Err(Error::Gone(root.to_owned())),
            Ok(found) if is_hollow(&found) => Err(Error::Empty(database)),
            Ok(_) => Self::open(root),
        }
    }

    /// Opens the archive in the folder `root`; makes folder and database where there are none, and migrates an older one.
    pub fn open(root: &Path) -> Result<Self> {
        let root = folder(root)?;
        let path = root.join("archive.db");
        refuse_orphans(&root, &path)?;
        refuse_strangers(&path)?;
        let lock = lock::Lock::take(&root)?;
        let mut db = open::writer(&path)?;
        migrate::migrate(&mut db, &path)?;
        let mut archive = Self { db, root, hold: Hold::Writer { _lock: lock } };
        archive.write("close the books of killed runs", runs::close_killed)?;
        Ok(archive)
    }

    /// For tries that change nothing, also beside a run: what writes fails. Neither makes an archive nor migrates one.
    pub fn look(root: &Path) -> Result<Self> {
        let path = root.join("archive.db");
        let open::ReadOnly { db, traces } = open::reader(&path)?;
        let found = migrate::check(&db, &path)?;
        if found < VERSION {
            return Err(Error::Older { path, found, known: VERSION });
        }
        let root = folder(root)?;
        Ok(Self { db, root, hold: Hold::Looker { _traces: traces } })
    }

    /// The folder that holds the archive.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Takes the secrets out of the feeds' addresses that an older castkeep wrote down whole.
    pub fn hide_secrets(&mut self) -> Result<()> {
        self.write("take secrets out of addresses", |tx| shows::hide_secrets(tx))
    }

    /// The show that a configuration entry means; a new row if there is none yet.
    pub fn show(&mut self, configured: &Configured, now: Time) -> Result<ShowRow> {
        self.write("find the show", |tx| shows::find_or_make(tx, configured, now))
    }

    /// The show that a configuration entry means, if there is one.
    pub fn known_show(&self, configured: &Configured) -> Result<Option<ShowRow>> {
        shows::find(&self.db, configured).map_err(self.sql("find the show"))
    }

    /// The short name that a show of this title and feed would get today.
    pub fn free_slug(&self, title: Option<&str>, feed: &str) -> Result<String> {
        shows::slug_for(&self.db, title, feed).map_err(self.sql("find a name for the show"))
    }

    /// Whether the show's feed was polled at `url` before it moved on.
    pub fn has_left(&self, show: i64, url: &str) -> Result<bool> {
        shows::has_left(&self.db, show, url).map_err(self.sql("read where the feed was"))
    }

    /// `podcast:guid` of the show.
    pub fn podcast_guid(&self, show: i64) -> Result<Option<String>> {
        shows::podcast_guid(&self.db, show).map_err(self.sql("read the show's guid"))
    }

    /// The short name of another show with the same `podcast:guid`: the same show, under another address.
    pub fn twin(&self, show: i64) -> Result<Option<String>> {
        shows::twin(&self.db, show).map_err(self.sql("look for a show of the same guid"))
    }

    /// Removes a show that was asked for by mistake: only one of which nothing was ever read. Whether it was one.
    pub fn forget_show(&mut self, show: i64) -> Result<bool> {
        self.write("forget the show", |tx| shows::forget(tx, show))
    }

    /// The short name of a show, which its title may have given it since its row was read.
    pub fn slug(&self, show: i64) -> Result<String> {
        shows::slug(&self.db, show).map_err(self.sql("read the show's name"))
    }

    /// All shows, by short name, be they in the configuration or not.
    pub fn all_shows(&self) -> Result<Vec<ShowRow>> {
        shows::all(&self.db).map_err(self.sql("list the shows"))
    }

    /// The show with this short name, be it in the configuration or not.
    pub fn find_show(&self, slug: &str) -> Result<Option<ShowRow>> {
        shows::by_slug(&self.db, slug).map_err(self.sql("look a show up"))
    }

    /// Ends the use of the archive: one file is left, without a log beside it, unless a reader is still at it.
    pub fn close(self) -> Result<()> {
        if matches!(self.hold, Hold::Looker { .. }) {
            return Ok(());
        }
        let sql = self.sql("close");
        self.db.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)").map_err(&sql)?;
        self.db.close().map_err(|(_, source)| sql(source))
    }

    fn database(&self) -> PathBuf {
        self.root.join("archive.db")
    }

    fn sql(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> Error + use<> {
        let path = self.database();
        move |source| Error::Sql { path: path.clone(), doing, source }
    }

    /// Runs `work` in a transaction that takes the write lock at its start: one that read first could not get it later.
    fn write<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let sql = self.sql(doing);
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&sql)?;
        let done = work(&tx).map_err(&sql)?;
        tx.commit().map_err(&sql)?;
        Ok(done)
    }
}

/// The folder of an archive, made if need be; not the one above it, whose absence tells of a disk that is not mounted.
fn folder(root: &Path) -> Result<PathBuf> {
    let io = |source| Error::Io { path: root.to_owned(), doing: "make the folder", source };
    match std::fs::create_dir(root) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::NoParent(root.to_owned())),
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(io(error)),
        _ => {}
    }
    match root.canonicalize() {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NoParent(root.to_owned())),
        found => found.map_err(io),
    }
}

/// Not even the header of a database is in it (sqlite.org/fileformat2.html, 1.3), be it a file at all.
fn is_hollow(found: &std::fs::Metadata) -> bool {
    const HEADER: u64 = 100;
    !found.is_file() || found.len() < HEADER
}

/// A database that vanished or was emptied beside its audio is not begun anew: what it knew of the files would be lost
/// unnoticed.
fn refuse_orphans(root: &Path, database: &Path) -> Result<()> {
    // A disk of its own brings a folder of its own.
    let is_audio = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.map_or(true, |entry| entry.file_name() != "lost+found")
    };
    let has_audio = || std::fs::read_dir(root.join("audio")).is_ok_and(|mut entries| entries.any(is_audio));
    match std::fs::metadata(database) {
        Err(_) if has_audio() => Err(Error::Lost(root.to_owned())),
        Ok(found) if is_hollow(&found) && has_audio() => Err(Error::Empty(database.to_owned())),
        _ => Ok(()),
    }
}

/// What another program or a newer castkeep wrote is looked at before anything about it is changed, be it a setting.
fn refuse_strangers(database: &Path) -> Result<()> {
    let is_new = std::fs::metadata(database).map_or(true, |data| data.len() == 0);
    if is_new {
        return Ok(());
    }
    // One that only a writer can open has a journal to be played back: the writer checks it then.
    open::reader(database).map_or(Ok(()), |reader| migrate::check_before_writing(&reader.db, database))
}
