//! Feed documents: bytes in, [`Parsed`] out. No I/O, no clock.
//!
//! RSS (0.9x, 1.0, 2.0) and Atom (0.3, 1.0) with the vocabularies podcasts use, and JSON Feed (1.0, 1.1), told apart by
//! what they hold. A document goes through four hands: `encoding` makes bytes text, `walk` finds where channel and
//! items stand (`json` in a JSON Feed), the vocabularies fill the slots of `wire`, and `meaning` decides what each
//! column holds. What has no column is kept in `extra`: nothing that a feed says is lost. Damage is mended and remarked on, never the end of
//! reading. `identity` tells which episode an item is.

mod bodies;
mod date;
mod duration;
mod extra;
mod heard;
mod identity;
mod json;
mod links;
mod lone;
mod made;
mod meaning;
mod number;
mod refuse;
mod shelf;
mod tracking;
mod urls;
mod vocabulary;
mod walk;
mod warnings;
mod wire;
mod xml;

use std::mem;
use std::ops::Range;

use url::Url;

pub use identity::resolve;
pub use links::{Link, links};
pub use made::{made_at, newest};
pub use tracking::key as address_key;

use crate::model::{Digest, Episode, Hasher, Parsed};
use crate::text::{decode_bytes, encoded_twice};
use urls::Base;
use walk::{Format, Walk};
use warnings::Warnings;
use xml::{Ns, Scope};

/// Goes into every item's digest: a change in how items are read must make all of them be read again.
const READER_VERSION: &str = "castkeep feed 2\n";

/// What is known of a document beside its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The `Content-Type` it came with. Only its `charset` is believed, and that less than the document.
    pub content_type: Option<&'a str>,
    /// Where it came from: relative addresses are relative to it.
    pub url: Option<&'a Url>,
}

/// The bytes are not a feed; what they are instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No bytes, or only white space.
    #[error("not a feed: the document is empty")]
    Empty,
    /// An HTML page: an error page, a login, or the show's web site.
    #[error("not a feed: the document is an HTML page")]
    Html,
    /// JSON that is not a feed either, such as an error from an API.
    #[error("not a feed: the document is JSON")]
    Json,
    /// XML of another kind, such as SVG or OPML.
    #[error("not a feed: the document is XML with the root element `{root}`")]
    OtherXml {
        /// The root's name as written, cut to 60 characters.
        root: String,
    },
    /// An XML declaration with nothing behind it.
    #[error("not a feed: the document is XML without a root element")]
    NoRoot,
    /// An `rss` element that holds neither channel nor items.
    #[error("not a feed: the document is RSS without a channel")]
    NoChannel,
    /// Plain text or binary data.
    #[error("not a feed: the document is not XML")]
    NotXml,
}

/// Reads a document. Items whose digest `known` knows are not read, only listed in [`Parsed::unchanged`].
///
/// The digest of an item covers its text and all that bears on how it is read: namespaces and `xml:base` of
/// the elements around it, the folder of [`Hints::url`], and the version of this reader.
pub fn parse(body: &[u8], hints: Hints<'_>, known: &dyn Fn(&Digest) -> bool) -> Result<Parsed, Error> {
    let mut warnings = Warnings::default();
    let (text, notes) = decode_bytes(body, hints.content_type);
    for note in notes {
        warnings.whole(note);
    }
    let (text, dropped) = xml::strip_illegal(text);
    if dropped > 0 {
        warnings.whole(format!("{dropped} characters that XML does not allow were left out"));
    }
    if let Some((first, count)) = encoded_twice(&text) {
        warnings
            .at(first, format!("{count} characters were encoded twice, as it seems: they stay as they are"));
    }
    if let Some(mut parsed) = json::read(&text, hints, known, &mut warnings) {
        parsed.warnings = warnings.finish(&text);
        return Ok(parsed);
    }
    let begin = refuse::begin(&text)?;
    if refuse::has_more_than_a_prolog(&text[..begin]) {
        warnings.at(0, "what stands in front of the feed was passed over");
    }
    let walk = lone::walk(&text, begin, &mut warnings)
        .or_else(|| walk::walk(&text, begin, &mut warnings))
        .ok_or(Error::NoRoot)?;
    if !walk.has_channel && walk.items.is_empty() {
        return Err(Error::NoChannel);
    }
    let mut parsed = Reading::new(&text, &walk, hints, &mut warnings).read(known);
    parsed.truncated = walk.truncated;
    parsed.warnings = warnings.finish(&text);
    Ok(parsed)
}

/// A document being read, piece by piece.
struct Reading<'a, 'w> {
    text: &'a str,
    walk: &'w Walk<'a>,
    hints: Hints<'w>,
    scope: Scope<'a>,
    warnings: &'w mut Warnings,
    /// For the parts of the next item.
    room: Vec<xml::Element<'a>>,
}

impl<'a, 'w> Reading<'a, 'w> {
    fn new(text: &'a str, walk: &'w Walk<'a>, hints: Hints<'w>, warnings: &'w mut Warnings) -> Self {
        let mut scope = Scope::new(match walk.format {
            Format::Rss => Ns::Rss,
            Format::Atom => Ns::Atom,
        });
        for tag in &walk.outer_tags {
            let attributes: Vec<_> = xml::attributes(tag).collect();
            scope.declare_outer(attributes.iter().map(|(name, value)| (*name, value.as_ref())));
        }
        Self { text, walk, hints, scope, warnings, room: Vec::new() }
    }

    fn read(mut self, known: &dyn Fn(&Digest) -> bool) -> Parsed {
        let mut channel = wire::Channel::default();
        let walk = self.walk;
        for field in &walk.fields {
            if let Some(element) = self.element(field) {
                wire::field(&mut channel, &element);
            }
        }
        for tag in &walk.outer_tags {
            wire::outer_tag(&mut channel, tag);
        }
        let base = self.base(&channel);
        let mut parsed = Parsed::default();
        let mut context = Hasher::default();
        context.update(self.context(&base).as_bytes());
        context.update(b"\0");
        for item in &walk.items {
            let digest = digest(context.clone(), &self.text[item.clone()]);
            if known(&digest) {
                parsed.unchanged.push(digest);
            } else if let Some(mut episode) = self.episode(item, &base) {
                if parsed.episodes.is_empty() {
                    parsed.episodes.reserve(walk.items.len() - parsed.unchanged.len());
                }
                episode.item_sha256 = Some(digest);
                parsed.episodes.push(episode);
            }
        }
        (parsed.show, parsed.paging) = meaning::show(channel, &base);
        parsed
    }

    fn element(&mut self, piece: &Range<usize>) -> Option<xml::Element<'a>> {
        let Self { text, scope, warnings, room, .. } = self;
        let text: &'a str = text;
        xml::read(&text[piece.clone()], scope, mem::take(room), &mut |at, what| {
            warnings.at(piece.start + at, what);
        })
    }

    fn episode(&mut self, item: &Range<usize>, base: &Base) -> Option<Episode> {
        let mark = self.warnings.mark();
        let mut element = self.element(item)?;
        let slots = wire::item(&element);
        element.children.clear();
        self.room = element.children;
        let episode = meaning::episode(slots, base, item.start, self.warnings);
        self.warnings.name_since(mark, episode.guid.as_deref().or(episode.title.as_deref()));
        Some(episode)
    }

    /// `xml:base` of root and channel, relative to where the document came from, else to where it says it is,
    /// else to the show's page.
    fn base(&self, channel: &wire::Channel) -> Base {
        let said = channel.own_address.as_deref().or(channel.link.as_ref().map(|link| link.url.as_ref()));
        let from = self.hints.url.cloned().or_else(|| Url::parse(said?.trim()).ok());
        self.outer_bases().iter().fold(Base::new(from), |base, said| base.within(Some(said)))
    }

    fn outer_bases(&self) -> Vec<String> {
        let attributes = self.walk.outer_tags.iter().flat_map(|tag| xml::attributes(tag));
        attributes.filter(|(name, _)| *name == "xml:base").map(|(_, value)| value.into_owned()).collect()
    }

    /// All beside an item's own text that bears on how it is read.
    fn context(&self, base: &Base) -> String {
        let mut context = READER_VERSION.to_owned();
        for (name, value) in self.walk.outer_tags.iter().flat_map(|tag| xml::attributes(tag)) {
            if name == "xml:base" || name == "xmlns" || name.starts_with("xmlns:") {
                context.extend([name, "=", value.as_ref(), "\n"]);
            }
        }
        // The folder, since a query may differ from request to request while meaning the same.
        context.extend(base.folder());
        context
    }
}

fn digest(mut context: Hasher, item: &str) -> Digest {
    context.update(item.as_bytes());
    context.finish()
}
