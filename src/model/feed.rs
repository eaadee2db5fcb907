//! What a feed says: a show, its episodes, and what they point at.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Digest, Role, Time};

/// A feed document, read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Parsed {
    /// What the channel says of itself.
    pub show: Show,
    /// The items that were read, in document order.
    pub episodes: Vec<Episode>,
    /// Digests of the items that were not read because the caller knew them already.
    #[serde(skip)]
    pub unchanged: Vec<Digest>,
    /// What was wrong with the document and what was assumed instead.
    pub warnings: Vec<Warning>,
    /// The document ended before its root element did: what is missing from it says nothing.
    #[serde(skip)]
    pub truncated: bool,
    /// Where the rest of the show's history stands (RFC 5005).
    #[serde(skip)]
    pub paging: Paging,
}

/// Links between the documents of one show, absolute, and what this one is among them (RFC 5005).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// `rel="first"`: the first page of a paged feed (section 3).
    pub first: Option<String>,
    /// `rel="last"`: its last page.
    pub last: Option<String>,
    /// `rel="previous"` or `prev`: the page before this one.
    pub previous: Option<String>,
    /// `rel="next"`, in a JSON Feed `next_url`: the page after this one.
    pub next: Option<String>,
    /// `rel="prev-archive"`: the archive document before this one (section 4).
    pub prev_archive: Option<String>,
    /// `rel="next-archive"`: the archive document after this one.
    pub next_archive: Option<String>,
    /// `rel="current"`: the document that holds what is newest.
    pub current: Option<String>,
    /// `fh:complete`: this document holds every item of the feed (section 2).
    pub is_complete: bool,
    /// `fh:archive`: this document is one of the archive, and will not change (section 4).
    pub is_archive: bool,
}

/// A remark on a document: something was not as it should be, and reading went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The line of the document, from 1, where it is known.
    pub line: Option<usize>,
    /// The guid or else the title of the item it is about; `None` for the document itself.
    pub item: Option<String>,
    /// What was found, and what was assumed.
    pub message: String,
}

/// A podcast, as its feed describes it. Texts are trimmed and never empty; URLs are absolute.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Show {
    /// `title`.
    pub title: Option<String>,
    /// The fullest of `description`, `itunes:summary`, `subtitle`, as published (HTML or text).
    pub description: Option<String>,
    /// `itunes:author`, else `managingEditor`, Atom `author`, the `authors` of a JSON Feed.
    pub author: Option<String>,
    /// `itunes:owner` / `itunes:name`.
    pub owner_name: Option<String>,
    /// `itunes:owner` / `itunes:email`.
    pub owner_email: Option<String>,
    /// The show's web page.
    pub link: Option<String>,
    /// `language`, as published (BCP 47 at best).
    pub language: Option<String>,
    /// `copyright` or Atom `rights`.
    pub copyright: Option<String>,
    /// `itunes:image`, else `image` / `url`.
    pub image_url: Option<String>,
    /// `itunes:explicit` or `googleplay:explicit`, as a truth value; `None` where it is absent or says neither.
    pub explicit: Option<bool>,
    /// `itunes:type`: `episodic` or `serial`.
    pub show_type: Option<String>,
    /// `podcast:guid`.
    pub podcast_guid: Option<String>,
    /// `podcast:medium`.
    pub medium: Option<String>,
    /// `itunes:complete`, or `expired` of a JSON Feed, says that no episode will follow.
    pub complete: bool,
    /// `itunes:new-feed-url`.
    pub new_feed_url: Option<String>,
    /// `ttl`: how many minutes the publisher asks to keep the document.
    pub ttl_minutes: Option<u32>,
    /// Persons the channel names.
    pub credits: Vec<Credit>,
    /// What the channel points at (its image).
    pub resources: Vec<Resource>,
    /// Every element and attribute of the channel that has no column; those of the root's tag under its name.
    pub extra: Map<String, Value>,
}

/// An item of a feed. Texts are trimmed and never empty; URLs are absolute, but for the characters as published.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Episode {
    /// The identifier as published, outer white space trimmed.
    pub guid: Option<String>,
    /// `title`, else `itunes:title`.
    pub title: Option<String>,
    /// `itunes:episode`, `podcast:episode`, or the number that the title begins with.
    pub number: Option<i64>,
    /// `itunes:season` or `podcast:season`.
    pub season: Option<i64>,
    /// `itunes:episodeType`: `full`, `trailer`, `bonus`.
    pub episode_type: Option<String>,
    /// The date, where a person could tell it.
    pub published_at: Option<Time>,
    /// The date as published.
    pub published_raw: Option<String>,
    /// The episode's web page.
    pub link: Option<String>,
    /// `itunes:author`, `dc:creator`, `author`.
    pub author: Option<String>,
    /// `itunes:duration` in seconds.
    pub duration_seconds: Option<f64>,
    /// `itunes:explicit`, as a truth value.
    pub explicit: Option<bool>,
    /// `itunes:image` and its like.
    pub image_url: Option<String>,
    /// The short description, where another field holds the notes.
    pub summary: Option<String>,
    /// The fullest of the fields that may hold the notes, as published: HTML or plain text.
    pub notes_html: Option<String>,
    /// Which field that was, such as `content:encoded`.
    pub notes_source: Option<String>,
    /// What relative links in the notes are relative to.
    pub base_url: Option<String>,
    /// SHA-256 of the item as the document holds it (in UTF-8), with all that bears on how it is read.
    pub item_sha256: Option<Digest>,
    /// Every element and attribute of the item that has no column; those of its own tag as `@name`.
    pub extra: Map<String, Value>,
    /// What the item points at, in document order.
    pub resources: Vec<Resource>,
    /// Chapters that the item itself holds.
    pub chapters: Vec<Chapter>,
    /// Persons the item names.
    pub credits: Vec<Credit>,
}

impl Episode {
    /// The first enclosure, which is the episode's audio.
    pub fn enclosure(&self) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.role == ResourceRole::Enclosure)
    }
}

/// Declares an enum whose variants have fixed names, the ones that the database holds.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// The name that the database and JSON use.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of a name; `None` for a name that is not one of ours.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(super) use named;

named! {
    /// What told one episode from another (see `feed::identity`).
    IdentitySource {
        /// The guid as published.
        Guid = "guid",
        /// The guid together with the enclosure, since another item bears the same guid.
        GuidEnclosure = "guid+enclosure",
        /// The enclosure's address less tracking prefixes and query.
        Enclosure = "enclosure",
        /// Link and title.
        LinkTitle = "link+title",
        /// Title and date.
        TitleDate = "title+date",
        /// Nothing but the item's own bytes.
        Item = "item",
    }
}

named! {
    /// What sort of thing a resource is.
    ResourceKind {
        /// Sound.
        Audio = "audio",
        /// Moving pictures.
        Video = "video",
        /// A picture.
        Image = "image",
        /// The spoken words.
        Transcript = "transcript",
        /// A list of chapters.
        Chapters = "chapters",
        /// Anything else, such as a PDF as an enclosure.
        Other = "other",
    }
}

named! {
    /// What a resource is to the item that names it.
    ResourceRole {
        /// `enclosure`, Atom `link rel="enclosure"`.
        Enclosure = "enclosure",
        /// `podcast:alternateEnclosure`, `media:content` beside an enclosure.
        Alternate = "alternate",
        /// Cover art.
        Image = "image",
        /// `podcast:transcript`.
        Transcript = "transcript",
        /// `podcast:chapters`.
        Chapters = "chapters",
    }
}

/// Something that a feed points at and that can be captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// What sort of thing it is, by media type, else by the ending of its address.
    pub kind: ResourceKind,
    /// What it is to the item.
    pub role: ResourceRole,
    /// Its place among those of the same role, from 1.
    pub position: u32,
    /// Where it is: absolute.
    pub url: String,
    /// The media type as published.
    pub media_type: Option<String>,
    /// The length as published, in bytes; `None` where it is absent, zero or no number.
    pub length_bytes: Option<u64>,
    /// The language as published.
    pub language: Option<String>,
    /// `podcast:integrity` of an alternate, its type before its value: `sri:sha384-...`, `pgp-signature:...`.
    pub integrity: Option<String>,
    /// Bits a second, as published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<u64>,
    /// Of a video in pixels, as published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// A timed mark in an episode.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chapter {
    /// Which vocabulary or file told of it, such as `psc`.
    pub source: String,
    /// Its place, from 1.
    pub position: u32,
    /// Seconds from the start.
    pub start_seconds: f64,
    /// Where it ends, if told.
    pub end_seconds: Option<f64>,
    /// Its name.
    pub title: Option<String>,
    /// A page about it.
    pub url: Option<String>,
    /// A picture of it.
    pub image_url: Option<String>,
}

/// A person, in a part that they play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// The name as written.
    pub name: String,
    /// A page of theirs.
    pub url: Option<String>,
    /// A picture of them.
    pub image_url: Option<String>,
    /// What they do.
    pub role: Role,
    /// Which field told of it, such as `podcast:person`.
    pub source: String,
}
