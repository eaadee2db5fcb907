//! Searching: words -> one ranked list of places in titles, notes, links and transcripts.
//!
//! Each of the four search tables ranks its own finds (bm25); the best of each weigh as much as its source does, so that a title comes
//! before words said in passing. Common words are no measure: what a fifth of a million places have is not weighed, and of more than
//! [`WEIGHED`] places the newest are.

mod expression;
mod fold;
mod hits;
mod rank;
mod snippet;
mod source;
mod words;

use rusqlite::Connection;

pub use snippet::Snippet;
pub use words::{Words, WordsError};

/// What is looked for, and where.
#[derive(Debug, Clone)]
pub struct Search {
    /// The words.
    pub words: Words,
    /// In one show alone, by row.
    pub show: Option<i64>,
    /// In one of the four places alone.
    pub kind: Option<HitKind>,
    /// In segments of one kind alone (`topic`, `joke`, ...).
    pub segment_kind: Option<String>,
    /// In what one person presents, or says: a name, or one of its words.
    pub presenter: Option<String>,
    /// In episodes of this time or later: a year, a month, a day, or the beginning of any time.
    pub since: Option<String>,
    /// In episodes of this time or earlier, all of it included.
    pub until: Option<String>,
    /// How many hits are wanted.
    pub limit: usize,
}

/// Where words are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitKind {
    /// The title or the summary of an episode.
    Episode,
    /// A part of the notes.
    Segment,
    /// The words or the address of a link.
    Link,
    /// What was said.
    Transcript,
}

impl HitKind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Episode => "episode",
            Self::Segment => "segment",
            Self::Link => "link",
            Self::Transcript => "transcript",
        }
    }
}

/// A place where the words are.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// Short name of the show.
    pub show: String,
    /// Row of the episode.
    pub episode_id: i64,
    /// Number of the episode.
    pub episode_number: Option<i64>,
    /// Title of the episode.
    pub episode_title: Option<String>,
    /// When the episode was published.
    pub published_at: Option<String>,
    /// The segment it stands in, or that is spoken of at that time.
    pub segment: Option<HitSegment>,
    /// Who says it, of a transcript.
    pub speaker: Option<String>,
    /// Where in the audio, in seconds.
    pub start_seconds: Option<f64>,
    /// The link found, or in which the words are; else that of the segment or the episode.
    pub link: Option<String>,
    /// The words around.
    pub snippet: Snippet,
}

/// The part of the notes that a hit belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct HitSegment {
    /// Its place in the notes, from 1.
    pub position: i64,
    /// Its kind.
    pub kind: String,
    /// The number it bears.
    pub number: Option<i64>,
    /// Who brings it.
    pub presenter: Option<String>,
    /// Its heading.
    pub title: Option<String>,
}

/// What a search gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The hits, the best first.
    pub hits: Vec<Hit>,
    /// There were more places than are weighed: older ones were left out.
    pub is_partial: bool,
}

/// Of so many places, in each of the four, the newest are weighed.
pub(super) const WEIGHED: i64 = 10_000;

pub(super) fn run(db: &Connection, search: &Search) -> rusqlite::Result<Found> {
    let ranked = rank::rank(db, search)?;
    Ok(Found { hits: hits::read(db, search, &ranked.places)?, is_partial: ranked.is_partial })
}

/// All names of presenters in the archive: by stepping from one to the next in their index, which has millions of rows.
pub(super) fn presenters(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut next = db.prepare_cached("SELECT min(presenter) FROM segments WHERE presenter > ?1")?;
    let mut names: Vec<String> = Vec::new();
    loop {
        let last = names.last().map_or("", String::as_str);
        match next.query_row([last], |row| row.get::<_, Option<String>>(0))? {
            Some(name) => names.push(name),
            None => return Ok(names),
        }
    }
}

/// Whether a name is meant: one has all words of the other, case and diacritics aside. `Mira` and `Mira Voss` mean each other.
pub fn is_meant(name: &str, asked: &str) -> bool {
    let (name, asked) = (fold::tokens(name), fold::tokens(asked));
    let holds = |all: &[fold::Token<'_>], some: &[fold::Token<'_>]| {
        some.iter().all(|word| all.iter().any(|token| token.folded == word.folded))
    };
    !name.is_empty() && !asked.is_empty() && (holds(&name, &asked) || holds(&asked, &name))
}
