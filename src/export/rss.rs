//! A mirror of a show: RSS 2.0 (<https://www.rssboard.org/rss-specification>) with the tags of iTunes, the podcast namespace,
//! Podlove and the content module, so that any podcast program can subscribe to the archive, and castkeep reads the same
//! episodes from it.
//!
//! Files that the archive holds are pointed at where they are; what it does not hold, where the publisher has it, less secrets.

use std::io::{self, Write};

use super::extra;
use super::place::Place;
use super::xml::Xml;
use crate::archive::{Described, Published, Thing};
use crate::model::{Chapter, Credit, IdentitySource, ResourceRole, Role, Show, Time, redact_text};

const NAMESPACES: &[(&str, &str)] = &[
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
    ("xmlns:psc", "http://podlove.org/simple-chapters"),
];

/// What is said of an enclosure whose type nobody knows.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Of a longer description, programs show so much (Apple's requirements), in bytes.
const LONGEST_DESCRIPTION: usize = 4000;

/// Where the audio of an episode is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// In the archive.
    Here,
    /// Where the publisher has it.
    Elsewhere,
    /// There, too: it is left out of the archive by choice.
    LeftOut,
    /// The feed names none.
    Nowhere,
}

/// A mirror being written.
pub struct Mirror<'p, W: Write> {
    xml: Xml<W>,
    place: &'p Place,
}

impl<'p, W: Write> Mirror<'p, W> {
    /// Begins it with what the show says of itself.
    pub fn begin(out: W, described: &Described, place: &'p Place) -> io::Result<Self> {
        let mut xml = Xml::begin(out)?;
        xml.open("rss", NAMESPACES)?;
        xml.open("channel", &[])?;
        let mut mirror = Self { xml, place };
        mirror.channel(described)?;
        Ok(mirror)
    }

    /// RSS asks for title, link and description.
    fn channel(&mut self, described: &Described) -> io::Result<()> {
        let (show, xml) = (&described.show, &mut self.xml);
        let title = show.title.as_deref().unwrap_or(&described.slug);
        let feed = redact_text(&described.feed_url);
        let link = show.link.as_deref().map_or_else(|| feed.clone(), redact_text);
        xml.leaf("title", &[], title)?;
        xml.leaf("link", &[], &link)?;
        xml.markup("description", show.description.as_deref().unwrap_or_default())?;
        xml.empty("atom:link", &[("rel", "via"), ("href", &feed)])?;
        xml.leaf("generator", &[], concat!("castkeep ", env!("CARGO_PKG_VERSION")))?;
        xml.told("lastBuildDate", described.last_seen_at.map(date).as_deref())?;
        xml.told("language", show.language.as_deref())?;
        xml.told("copyright", show.copyright.as_deref())?;
        xml.told("itunes:author", show.author.as_deref())?;
        xml.told("itunes:explicit", show.explicit.map(truth))?;
        xml.told("itunes:type", show.show_type.as_deref())?;
        xml.told("itunes:complete", show.complete.then_some("Yes"))?;
        xml.told("podcast:guid", show.podcast_guid.as_deref())?;
        xml.told("podcast:medium", show.medium.as_deref())?;
        self.owner(show)?;
        if let Some(url) = self.picture(&described.things, show.image_url.as_deref()) {
            self.xml.open("image", &[])?;
            self.xml.leaf("url", &[], &url)?;
            self.xml.leaf("title", &[], title)?;
            self.xml.leaf("link", &[], &link)?;
            self.xml.close()?;
            self.xml.empty("itunes:image", &[("href", &url)])?;
        }
        self.people(&show.credits)?;
        extra::write(&mut self.xml, &show.extra, extra::OF_SHOW)
    }

    fn owner(&mut self, show: &Show) -> io::Result<()> {
        if show.owner_name.is_none() && show.owner_email.is_none() {
            return Ok(());
        }
        self.xml.open("itunes:owner", &[])?;
        self.xml.told("itunes:name", show.owner_name.as_deref())?;
        self.xml.told("itunes:email", show.owner_email.as_deref())?;
        self.xml.close()
    }

    /// Adds an episode; where its audio is.
    pub fn episode(&mut self, published: &Published) -> io::Result<Heard> {
        let Published { episode, things, .. } = published;
        let xml = &mut self.xml;
        xml.open("item", &[])?;
        xml.told("title", episode.title.as_deref())?;
        xml.leaf("guid", &[("isPermaLink", "false")], guid(published))?;
        xml.told("pubDate", episode.published_at.map(date).as_deref())?;
        xml.told("link", episode.link.as_deref().map(redact_text).as_deref())?;
        let notes = episode.notes_html.as_deref().unwrap_or_default();
        // Long notes stand there once. RSS asks for one of title and description.
        if notes.len() <= LONGEST_DESCRIPTION || episode.title.is_none() {
            xml.markup("description", notes)?;
        }
        if !notes.is_empty() {
            xml.markup("content:encoded", notes)?;
        }
        // Nobody takes it for the notes there, however long it is.
        xml.told("itunes:subtitle", episode.summary.as_deref())?;
        xml.told("itunes:author", episode.author.as_deref())?;
        xml.told("itunes:episode", episode.number.map(|n| n.to_string()).as_deref())?;
        xml.told("itunes:season", episode.season.map(|n| n.to_string()).as_deref())?;
        xml.told("itunes:episodeType", episode.episode_type.as_deref())?;
        xml.told("itunes:duration", episode.duration_seconds.map(|n| n.to_string()).as_deref())?;
        xml.told("itunes:explicit", episode.explicit.map(truth))?;
        if let Some(url) = self.picture(things, episode.image_url.as_deref()) {
            self.xml.empty("itunes:image", &[("href", &url)])?;
        }
        let heard = self.files(things)?;
        self.people(&episode.credits)?;
        self.chapters(&episode.chapters)?;
        extra::write(&mut self.xml, &episode.extra, extra::OF_EPISODE)?;
        self.xml.close()?;
        Ok(heard)
    }

    /// Ends it.
    pub fn end(self) -> io::Result<()> {
        self.xml.end()
    }

    /// What an episode points at, an enclosure once, as RSS has it: the first, or the form that was captured in its place, which
    /// it then is another form of.
    fn files(&mut self, things: &[Thing]) -> io::Result<Heard> {
        let first = |role: ResourceRole| things.iter().find(|thing| thing.resource.role == role);
        let enclosure = first(ResourceRole::Enclosure);
        let is_here = enclosure.is_some_and(|thing| thing.stored.is_some());
        let in_place = first(ResourceRole::Alternate).filter(|other| !is_here && other.stored.is_some());
        let audio = in_place.or(enclosure);
        if let Some(thing) = audio {
            let (url, media_type) = (self.address(thing), media_type(thing));
            let length = length(thing).unwrap_or_default().to_string();
            let attributes = [("url", url.as_str()), ("length", &length), ("type", media_type)];
            self.xml.empty("enclosure", &attributes)?;
        }
        if let Some(replaced) = enclosure.filter(|_| in_place.is_some()) {
            self.alternate(replaced)?;
        }
        for thing in things {
            match thing.resource.role {
                ResourceRole::Transcript => self.beside("podcast:transcript", thing)?,
                ResourceRole::Chapters => self.beside("podcast:chapters", thing)?,
                ResourceRole::Alternate => self.alternate(thing)?,
                ResourceRole::Enclosure | ResourceRole::Image => {}
            }
        }
        Ok(match audio {
            Some(thing) if thing.stored.is_some() => Heard::Here,
            Some(thing) if thing.is_left_out => Heard::LeftOut,
            Some(_) => Heard::Elsewhere,
            None => Heard::Nowhere,
        })
    }

    fn beside(&mut self, name: &str, thing: &Thing) -> io::Result<()> {
        let url = self.address(thing);
        // What a transcript is, its feed says more closely than its bytes.
        let said = thing.resource.media_type.as_deref().unwrap_or(media_type(thing));
        let mut attributes = vec![("url", url.as_str()), ("type", said)];
        attributes.extend(thing.resource.language.as_deref().map(|language| ("language", language)));
        self.xml.empty(name, &attributes)
    }

    fn alternate(&mut self, thing: &Thing) -> io::Result<()> {
        let (url, length) = (self.address(thing), length(thing).map(|n| n.to_string()));
        let mut attributes = vec![("type", media_type(thing))];
        attributes.extend(length.as_deref().map(|length| ("length", length)));
        attributes.extend(thing.resource.language.as_deref().map(|language| ("lang", language)));
        self.xml.open("podcast:alternateEnclosure", &attributes)?;
        self.xml.empty("podcast:source", &[("uri", &url)])?;
        if let Some((sort, value)) = thing.resource.integrity.as_deref().and_then(|said| said.split_once(':'))
        {
            self.xml.empty("podcast:integrity", &[("type", sort), ("value", value)])?;
        }
        self.xml.close()
    }

    fn address(&self, thing: &Thing) -> String {
        let captured = thing.stored.as_ref().map(|stored| self.place.of(&stored.path));
        captured.unwrap_or_else(|| redact_text(&thing.resource.url))
    }

    /// The cover, if it is in the archive; else where the publisher has it.
    fn picture(&self, things: &[Thing], published: Option<&str>) -> Option<String> {
        let is_it = |thing: &&Thing| {
            thing.resource.role == ResourceRole::Image && Some(thing.resource.url.as_str()) == published
        };
        let held = things.iter().find(is_it).map(|thing| self.address(thing));
        held.or_else(|| published.map(redact_text))
    }

    /// The author has a tag of its own.
    fn people(&mut self, credits: &[Credit]) -> io::Result<()> {
        let is_author = |credit: &&Credit| credit.role == Role::Author && credit.source == "itunes:author";
        for credit in credits.iter().filter(|credit| !is_author(credit)) {
            let [url, image] = [&credit.url, &credit.image_url].map(|url| url.as_deref().map(redact_text));
            let mut attributes = vec![("role", credit.role.as_str())];
            attributes.extend(url.as_deref().map(|url| ("href", url)));
            attributes.extend(image.as_deref().map(|url| ("img", url)));
            self.xml.leaf("podcast:person", &attributes, &credit.name)?;
        }
        Ok(())
    }

    fn chapters(&mut self, chapters: &[Chapter]) -> io::Result<()> {
        if chapters.is_empty() {
            return Ok(());
        }
        self.xml.open("psc:chapters", &[("version", "1.2")])?;
        for chapter in chapters {
            let start = clock(chapter.start_seconds);
            let [url, image] = [&chapter.url, &chapter.image_url].map(|url| url.as_deref().map(redact_text));
            let mut attributes = vec![("start", start.as_str())];
            attributes.extend(chapter.title.as_deref().map(|title| ("title", title)));
            attributes.extend(url.as_deref().map(|url| ("href", url)));
            attributes.extend(image.as_deref().map(|url| ("image", url)));
            self.xml.empty("psc:chapter", &attributes)?;
        }
        self.xml.close()
    }
}

/// The guid as published. Where there is none, or another episode bears it, too, programs need something else to go by: what
/// castkeep tells the episode from others by.
fn guid(published: &Published) -> &str {
    match &published.episode.guid {
        Some(guid) if published.identity_source != IdentitySource::GuidEnclosure => guid,
        _ => &published.identity,
    }
}

fn length(thing: &Thing) -> Option<u64> {
    thing.stored.as_ref().map(|stored| stored.size_bytes).or(thing.resource.length_bytes)
}

fn media_type(thing: &Thing) -> &str {
    let told = thing.stored.as_ref().and_then(|stored| stored.media_type.as_deref());
    told.or(thing.resource.media_type.as_deref()).unwrap_or(UNKNOWN_TYPE)
}

/// RFC 822, with a year of four digits.
fn date(at: Time) -> String {
    at.format("%a, %d %b %Y %H:%M:%S +0000")
}

fn truth(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

/// Normal play time: `1:02:03.500`.
fn clock(seconds: f64) -> String {
    let thousandths = (seconds.max(0.0) * 1000.0).round() as u64;
    let (whole, rest) = (thousandths / 1000, thousandths % 1000);
    format!("{:02}:{:02}:{:02}.{rest:03}", whole / 3600, whole / 60 % 60, whole % 60)
}
