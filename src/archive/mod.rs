//! The archive: the only SQL in castkeep. This file, `reader`, `care` and `export` are its public face; the rest is implementation.
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
mod runs;
mod schema;
mod search;
mod shows;
mod sidecars;
mod slim;
mod status;
mod trouble;
mod values;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use adoptions::{AdoptOutcome, Adoptable, AdoptableShow, Adoption, EarlierAdoption};
pub use backup::Copied;
pub use beside::{Neighbourhood, Record, Written};
pub use care::{Depth, Verified};
pub use cell::Cell;
pub use choices::{CAUGHT_UP, Candidate, EVERYTHING};
pub use coverage::{Coverage, Mark};
pub use documents::{Body, pack};
pub use downloads::{Attempt, FileRow, Kept, NewFile, Outcome, Wanted, Which as WhichWanted};
pub use error::{ABOUT_DAMAGE, Error, Result};
pub use export::{Described, Moment, Published, Stored, Thing};
pub use fetches::{FetchOutcome, FetchRow, Poll, Validators};
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
pub use read::{AudioDetail, EpisodeDetail, SegmentDetail};
pub use reader::Reader;
pub use reading::{Listing, Reading};
pub use record::Recorded;
pub use reread::{NotesReader, ReadNotes, ShowFacts, Unread, Which};
pub use runs::{Counts, RunOutcome};
pub use schema::{Column, Reference, Table, TableKind, schema};
pub use search::{Found, Hit, HitKind, HitSegment, Search, Snippet, Words, WordsError, is_meant};
pub use shows::{Configured, ShowRow};
pub use sidecars::Content;
pub use status::ShowStatus;
pub use trouble::{Failed, Failures};

use crate::model::{Digest, KnownEpisode, ResourceRole, Time};

/// An archive opened for writing. One process at a time has one.
pub struct Archive {
    db: Connection,
    root: PathBuf,
    _lock: lock::Lock,
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
        let mut archive = Self { db, root, _lock: lock };
        archive.write("close the books of killed runs", runs::close_killed)?;
        Ok(archive)
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

    /// When `url` was last asked for on behalf of the show.
    pub fn last_asked(&self, show: i64, url: &str) -> Result<Option<Time>> {
        fetches::last_asked(&self.db, show, url).map_err(self.sql("read when an address was asked for"))
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

    /// What the show says of itself.
    pub fn show_facts(&self, show: i64) -> Result<ShowFacts> {
        reread::facts(&self.db, show).map_err(self.sql("read what the show says of itself"))
    }

    /// Removes a show that was asked for by mistake: only one of which nothing was ever read. Whether it was one.
    pub fn forget_show(&mut self, show: i64) -> Result<bool> {
        self.write("forget the show", |tx| shows::forget(tx, show))
    }

    /// The short name of a show, which its title may have given it since its row was read.
    pub fn slug(&self, show: i64) -> Result<String> {
        shows::slug(&self.db, show).map_err(self.sql("read the show's name"))
    }

    /// Opens a run in the books; see [`Archive::finish_run`].
    pub fn begin_run(&mut self, command: &str, now: Time) -> Result<i64> {
        self.write("begin the run", |tx| runs::begin(tx, command, now))
    }

    /// Closes a run in the books.
    pub fn finish_run(&mut self, run: i64, outcome: RunOutcome, counts: &Counts, now: Time) -> Result<()> {
        self.write("finish the run", |tx| runs::finish(tx, run, outcome, counts, now))
    }

    /// What to send with the next request for `url` (as [`FetchRow::url`] writes it), and the digest of the last good body.
    pub fn validators(&self, show: i64, url: &str) -> Result<Validators> {
        fetches::validators(&self.db, show, url).map_err(self.sql("read the validators"))
    }

    /// The last good body of `url`, unpacked.
    pub fn last_document(&self, show: i64, url: &str) -> Result<Option<Vec<u8>>> {
        let found = documents::last_of(&self.db, show, url).map_err(self.sql("read the last document"))?;
        found.map(|stored| stored.unpack(&self.database())).transpose()
    }

    /// Whether `digest` is an item that some episode of the show was last read from.
    pub fn known_items(&self, show: i64) -> Result<std::collections::HashSet<Digest>> {
        episodes::known_items(&self.db, show).map_err(self.sql("read the known items"))
    }

    /// What identifies each episode of the show.
    pub fn known_episodes(&self, show: i64) -> Result<Vec<KnownEpisode>> {
        episodes::known(&self.db, show).map_err(self.sql("read the known episodes"))
    }

    /// Records a request that brought nothing to read, together with what follows for the next one.
    pub fn record_fetch(&mut self, fetch: &FetchRow, body: Option<&Body>, poll: Option<&Poll>) -> Result<()> {
        self.write("record the fetch", |tx| {
            let document = body.map(|body| documents::keep(tx, body)).transpose()?;
            let id = fetches::insert(tx, fetch, document)?;
            if fetch.outcome.is_good() {
                fetches::heal(tx, fetch)?;
            }
            poll.map_or(Ok(()), |poll| shows::polled(tx, fetch, id, poll))
        })
    }

    /// Records a document with all that was read in it, and the validators that stand for it, in one transaction.
    pub fn record(
        &mut self,
        fetch: &FetchRow,
        body: &Body,
        poll: Option<&Poll>,
        reading: &Reading,
        reader: &mut dyn NotesReader,
    ) -> Result<Recorded> {
        self.write("record the feed", |tx| record::record(tx, fetch, body, poll, reading, reader))
    }

    /// Reads notes of a show again, in one transaction. How many.
    pub fn reread(&mut self, show: i64, which: Which, reader: &mut dyn NotesReader) -> Result<u64> {
        self.write("read the notes again", |tx| reread::settle(tx, show, reader, which))
    }

    /// What the notes of each episode tell of the habits of the show, as rules of `version` read them; by episode.
    pub fn traits(&self, show: i64, version: i64) -> Result<Vec<(i64, Vec<u8>)>> {
        reread::traits(&self.db, show, version).map_err(self.sql("read the traits of the notes"))
    }

    /// The shows that have notes which rules older than `version` read.
    pub fn outdated(&self, version: i64) -> Result<Vec<i64>> {
        reread::outdated(&self.db, version).map_err(self.sql("look for notes to read again"))
    }

    /// All shows, by short name, be they in the configuration or not.
    pub fn all_shows(&self) -> Result<Vec<ShowRow>> {
        shows::all(&self.db).map_err(self.sql("list the shows"))
    }

    /// No request to `host` before `until`.
    pub fn hold_host(&mut self, host: &str, until: Time, now: Time) -> Result<()> {
        self.write("hold back the host", |tx| fetches::hold(tx, host, until, now))
    }

    /// All hosts that ask to be left alone, and until when.
    pub fn held_hosts(&self, now: Time) -> Result<Vec<(String, Time)>> {
        fetches::all_held(&self.db, now).map_err(self.sql("read the held hosts"))
    }

    /// What tells in which rhythm the show publishes: the dates of so many of its newest episodes, and what it says itself.
    pub fn pace(&self, show: i64, now: Time, most: usize) -> Result<Pace> {
        pace::of(&self.db, show, now, most).map_err(self.sql("read the rhythm of the show"))
    }

    /// What failed since `url` (as [`FetchRow::url`] writes it) was last answered well.
    pub fn failed_fetches(&self, show: i64, url: &str) -> Result<Failures> {
        trouble::of_feed(&self.db, show, url).map_err(self.sql("read the failed fetches"))
    }

    /// What failed since the resource was last captured.
    pub fn failed_downloads(&self, resource: i64) -> Result<Failures> {
        trouble::of_download(&self.db, resource).map_err(self.sql("read the failed downloads"))
    }

    /// Until when `host` asked to be left alone; `None` if it did not, or the time is over.
    pub fn host_hold(&self, host: &str, now: Time) -> Result<Option<Time>> {
        fetches::held(&self.db, host, now).map_err(self.sql("read the held hosts"))
    }

    /// Resources of the show in these roles that are not captured, newest episode first.
    pub fn wanted(&self, show: i64, roles: &[ResourceRole], which: WhichWanted) -> Result<Vec<Wanted>> {
        downloads::wanted(&self.db, show, roles, which).map_err(self.sql("read what is wanted"))
    }

    /// What was captured of the show and is there, pictures aside.
    pub fn kept(&self, show: i64) -> Result<Vec<Kept>> {
        downloads::kept(&self.db, show).map_err(self.sql("read what was captured"))
    }

    /// Records what was found in the file of a resource: how long it plays in seconds, bits a second, and what stands in it.
    pub fn measured(
        &mut self,
        kept: &Kept,
        duration_seconds: Option<f64>,
        bitrate: Option<u32>,
        content: &Content,
    ) -> Result<()> {
        self.write("record what is in a file", |tx| {
            downloads::measured(tx, kept, duration_seconds, bitrate, content)
        })
    }

    /// Whether the resource is wanted and not captured.
    pub fn is_wanted(&self, resource: i64) -> Result<bool> {
        downloads::is_wanted(&self.db, resource).map_err(self.sql("read what is wanted"))
    }

    /// Whether a row says that other bytes than these are at this path, be they there or lost.
    pub fn is_promised(&self, path: &str, digest: &Digest) -> Result<bool> {
        downloads::is_promised(&self.db, path, digest).map_err(self.sql("look a path up"))
    }

    /// The resource that a file was captured from, under its present address.
    pub fn wanted_for_file(&self, file: i64) -> Result<Option<Wanted>> {
        downloads::wanted_for_file(&self.db, file).map_err(self.sql("read where a file came from"))
    }

    /// The file with these bytes, in whatever state.
    pub fn file(&self, digest: &Digest) -> Result<Option<FileRow>> {
        downloads::file(&self.db, digest).map_err(self.sql("look a file up"))
    }

    /// All files, or those of one show.
    pub fn files(&self, show: Option<i64>) -> Result<Vec<FileRow>> {
        downloads::files(&self.db, show).map_err(self.sql("list the files"))
    }

    /// Records attempts to capture resources, with the files that the good ones made. The bytes must be synced by now.
    pub fn attempted(&mut self, attempts: &[Attempt]) -> Result<()> {
        self.write("record the downloads", |tx| attempts.iter().try_for_each(|a| downloads::record(tx, a)))
    }

    /// Records what `verify` saw of files, by row.
    pub fn verified(&mut self, seen: &[(i64, &'static str)], now: Time) -> Result<()> {
        self.write("record what was verified", |tx| downloads::verified(tx, seen, now))
    }

    /// The shows whose audio may be found elsewhere.
    pub fn adoptable_shows(&self) -> Result<Vec<AdoptableShow>> {
        adoptions::shows(&self.db).map_err(self.sql("list the shows"))
    }

    /// The audio of all episodes, in the order of shows, whether it is here or not.
    pub fn adoptable(&self) -> Result<Vec<Adoptable>> {
        adoptions::adoptable(&self.db).map_err(self.sql("list what may be adopted"))
    }

    /// What earlier runs made of files that other programs had downloaded, oldest first.
    pub fn earlier_adoptions(&self) -> Result<Vec<EarlierAdoption>> {
        adoptions::earlier(&self.db).map_err(self.sql("read what was adopted"))
    }

    /// The resources whose file has these bytes.
    pub fn holders(&self, digest: &Digest) -> Result<Vec<i64>> {
        adoptions::holders(&self.db, digest).map_err(self.sql("look a file up"))
    }

    /// The resource as something to capture.
    pub fn wanted_resource(&self, resource: i64) -> Result<Option<Wanted>> {
        downloads::by_id(&self.db, resource).map_err(self.sql("look a resource up"))
    }

    /// Records what was made of files that other programs had downloaded, in one transaction. Bytes must be synced by now.
    pub fn adopted(&mut self, run: i64, adoptions: &[Adoption], now: Time) -> Result<()> {
        self.write("record what was adopted", |tx| {
            adoptions.iter().try_for_each(|adoption| adoptions::record(tx, run, adoption, now))
        })
    }

    /// Whether some file is recorded as present.
    pub fn has_files(&self) -> Result<bool> {
        downloads::any_present(&self.db).map_err(self.sql("look for files"))
    }

    /// The show with this short name, be it in the configuration or not.
    pub fn find_show(&self, slug: &str) -> Result<Option<ShowRow>> {
        shows::by_slug(&self.db, slug).map_err(self.sql("look a show up"))
    }

    /// What the archive holds of the show, as far as gaps show in it.
    pub fn coverage(&self, show: i64) -> Result<Coverage> {
        coverage::of(&self.db, show).map_err(self.sql("look for gaps"))
    }

    /// Ends the use of the archive: one file is left, without a log beside it, unless a reader is still at it.
    pub fn close(self) -> Result<()> {
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
    let has_audio =
        || std::fs::read_dir(root.join("audio")).is_ok_and(|mut entries| entries.next().is_some());
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
