//! What show notes say: segments that cover them in order, links, people, sponsors.

use serde::Serialize;

use super::feed::named;

/// The notes of one episode, read. Segments cover all of the notes, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Notes {
    /// The parts, in order.
    pub segments: Vec<Segment>,
    /// Hyperlinks and bare URLs, in order.
    pub links: Vec<Link>,
    /// Persons that the notes present.
    pub people: Vec<Person>,
    /// Who paid.
    pub sponsors: Vec<Sponsor>,
    /// The whole notes as plain text that reads well in a terminal; the segments' texts joined.
    pub text: String,
}

named! {
    /// What a segment is for.
    SegmentKind {
        /// Opening prose.
        Intro = "intro",
        /// One subject.
        Topic = "topic",
        /// An advertisement or its thanks.
        Sponsor = "sponsor",
        /// Hosts, guests, contributors.
        People = "people",
        /// A list of references.
        Links = "links",
        /// Follow-ups, picks, announcements, news of the hosts.
        Extras = "extras",
        /// The joke.
        Joke = "joke",
        /// Subscribe, social, support, legal.
        Boilerplate = "boilerplate",
    }
}

/// A part of the notes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Segment {
    /// Its place, from 1.
    pub position: u32,
    /// What it is for.
    pub kind: SegmentKind,
    /// The number it bears, such as 3 of `Brian #3:`.
    pub number: Option<i64>,
    /// Who brings it, as written.
    pub presenter: Option<String>,
    /// Its heading without name, number and time.
    pub title: Option<String>,
    /// The heading over a run of topics, such as `News items`.
    pub group_title: Option<String>,
    /// The first link of its heading, absolute.
    pub url: Option<String>,
    /// Where in the audio it begins.
    pub start_seconds: Option<f64>,
    /// All of it as plain text, heading included.
    pub text: String,
    /// All of it as the HTML it was made from.
    pub html: String,
}

/// A hyperlink or bare URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its place among the links of the notes, from 1.
    pub position: u32,
    /// The position of the segment it stands in.
    pub segment: Option<u32>,
    /// As published; made absolute where relative.
    pub url: String,
    /// The words it is set on.
    pub text: Option<String>,
    /// The address without tracking parameters and redirect prefixes.
    pub target_url: Option<String>,
    /// The host of the target.
    pub host: Option<String>,
    /// The registrable domain of the target, by the public suffix list.
    pub domain: Option<String>,
    /// It stands in a segment of kind `boilerplate`.
    pub in_boilerplate: bool,
}

named! {
    /// What a person does in an episode or show.
    Role {
        /// Runs the show.
        Host = "host",
        /// Was invited.
        Guest = "guest",
        /// Wrote or made it, as `author` fields say.
        Author = "author",
        /// Takes part in some other way.
        Contributor = "contributor",
    }
}

/// A person that the notes present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The name as written, without titles and handles.
    pub name: String,
    /// A page of theirs that the notes link.
    pub url: Option<String>,
    /// What they do.
    pub role: Role,
    /// How it is known: `notes:people` (a block that presents them), `notes:presenter`, `notes:intro`.
    pub source: String,
}

/// Somebody who paid for an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sponsor {
    /// The position of the segment that names them.
    pub segment: Option<u32>,
    /// Its place among the sponsors of the episode, from 1.
    pub position: u32,
    /// The name as written.
    pub name: String,
    /// Where their link leads.
    pub url: Option<String>,
    /// The words they are thanked with.
    pub text: Option<String>,
}
