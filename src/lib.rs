//! castkeep keeps podcasts: every episode a feed ever listed, its audio with a checksum, its show notes turned into rows.
//! One binary, one folder, one SQLite file. What a user needs stands in the README, what a row means in `schema.sql`.
//!
//! # How a run flows
//! ```text
//! config.toml -> Config -> archive: which shows are due, jobs::choose: what of them is wanted
//!   -> fetch (conditional, a budget a host) -> feed::parse -> notes::read
//!   -> archive.record (one transaction a feed: request, body, show, items, validators; notes that now read otherwise)
//!   -> download::capture (part + SHA-256 -> fsync) -> jobs::inspect (measured, read: cues, chapters)
//!   -> Store::place (rename -> fsync the folder)
//!   -> archive.attempted (one transaction: file + attempt + what stands in it + the call that is owed for it)
//!   -> jobs::beside (what is wanted beside the audio) -> jobs::hooks (the calls) -> report -> exit code -> jobs::notify
//! ```
//! Values travel forward; no arrow runs back. Requests, transfers and parsing are tasks that run side by side; one loop
//! (`jobs::pipeline`) takes what they hand in and is the only writer, so the archive needs neither pool nor locks.
//!
//! # How a file of another program comes in
//! ```text
//! adopt: folder -> jobs::adopt (walk, clues, judge) -> Store::take (link or copy, SHA-256) -> Store::place
//!   -> archive.adopted (one transaction a batch: file + what told which episode it is, or why it stayed outside)
//! ```
//!
//! # How a question is answered
//! ```text
//! search words -> archive::search (four places, ranked) -> cli::search (a page, or cli::rows)
//! SELECT ...   -> archive::query (what it may do, how long, how much) -> cells, row by row -> cli::rows
//! schema       -> archive::schema (the words in schema.sql) -> cli::schema
//! export ...   -> Reader::hold (one moment) -> values, one by one -> export (bytes) -> archive::Part (whole or not at all)
//! ```
//! A [`archive::Reader`] needs no writer and stops none; one of an older castkeep says what it can't answer.
//!
//! # Who does what
//! | module | its one job | may use |
//! |---|---|---|
//! | `main`, [`cli`] (a file a command) | flags -> one library call -> print | everything below |
//! | [`jobs`] (a file or a folder a job) | what castkeep does; the only place that joins the parts | all but `cli`, `demo` |
//! | [`demo`] | three small shows compiled in, and the loopback host that serves them | model |
//! | [`report`] | what a run did and what fails: table, JSON, progress, metrics | model |
//! | [`config`] | the configuration: read, checked, edited, taken over from podcast-archiver | download (templates), model |
//! | [`http`] | the only HTTP client: address guard, limits, host budgets, retry | model |
//! | [`fetch`] | one conditional GET of a feed -> `NotModified, Same, New, Gone` | http, model |
//! | [`feed`] | bytes -> `Parsed { show, episodes, warnings }`; which episode an item is; the feeds that a web page names | model, text |
//! | [`notes`] | HTML or text -> `Notes { segments, links, people, sponsors }` | model, text |
//! | [`sidecar`] | what comes beside an episode -> rows: transcripts, chapters, those inside audio too | model, text |
//! | [`download`] | a resource -> stored bytes; the only creator of media files, what they are called, how long they play | http, model, sidecar |
//! | [`export`] | values -> the bytes of OPML, RSS, CSV, JSON, BagIt, checksums, of what lies beside the audio; OPML -> feeds | archive, model, text |
//! | [`archive`] | the only SQL: open, migrate, record, read, search, query, copy; what `schema.sql` and other programs' databases say | model |
//! | [`text`] | bytes and references -> characters; HTML -> tags and text | - |
//! | [`model`] | the nouns: plain values that know nobody; how messages name them | - |
//!
//! `feed`, `notes`, `sidecar`, `text` and `model` do no I/O and read no clock: "now" is an argument, so that every decision can be
//! tested with a string. `tests/tidy.rs` holds these arrows.
//!
//! # What must hold
//! - A row that says a file is there is written after its bytes are synced, named and hashed.
//! - Validators are saved only with the items they stand for.
//! - A final file name never holds partial content, and `sync` deletes and overwrites nothing but what it wrote itself beside the audio.
//! - A file that is about to get another name is in the books first: whatever writes next finishes what a killed run began.
//! - Why something is not downloaded stands in its row (`resources.skip_reason`), as the rule that says so: a rule taken back brings it
//!   back. What is here stays here, whatever the rules say.
//! - A call that the user wants for an episode is owed in the transaction that stores its audio: it is made once, again where it failed,
//!   and never keeps a run from its work.
//! - A file of another program is taken for an episode only if that is sure: a wrong match is worse than none. What stays outside is
//!   listed with the reason, and nothing is removed before its bytes are in the archive and in the books.
//! - What lies beside the audio is made from rows and made again when they change; its name is claimed in the books before its bytes
//!   are written, and a file of that name which castkeep did not write stays as it is.
//! - What is derived (segments, links, people, sponsors, chapters, cues, search) can be rebuilt from what is stored.
//! - What leads out (a copy, an export, a bag) is of one moment, and is there whole or not at all; it changes nothing in the archive.
//! - A query reads the archive and does nothing else: what it may do is a list, and whatever is not on it is refused.
//! - A row tells for when it speaks (`as_of`): an older document never overwrites what a newer one said, and a copy in a poorer
//!   format takes nothing away.
//! - What the notes of an episode say is a function of them and of the other notes of the show, not of the order of arrival:
//!   `archive` knows when to read notes again (a key beside each reading), `jobs::habits` how, through [`archive::NotesReader`].
//! - An address is shown, logged and (a feed's own) stored without its secrets: [`model::redact`] and [`model::hide`] say what one is.
//! - A host that asks for patience gets it, over runs; one that fails again and again is left alone for the run.
//! - What can't be read for sure is not written over: an emptied or damaged database, an empty place where the audio was.
//! - One bad feed is a line on stderr and a bit in the exit code, never the end of the run.

// Input never ends a run: what can fail says so.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod archive;
pub mod cli;
pub mod config;
pub mod demo;
pub mod download;
pub mod export;
pub mod feed;
pub mod fetch;
pub mod http;
pub mod jobs;
pub mod model;
pub mod notes;
pub mod report;
pub mod sidecar;
pub mod text;
