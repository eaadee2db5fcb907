//! What a document says, before any of it is believed: one slot for each thing that a vocabulary can tell.
//!
//! The vocabularies fill the slots, each in one flat table; `meaning` decides between them. What has no slot, or
//! finds it taken, goes to extra: a table answers [`Kept::Whole`] only where all attributes and all text of an
//! element have a place. A JSON Feed fills the same slots (`json`).

use std::borrow::Cow;

use super::extra::Extra;
use super::vocabulary::{
    atom, content, dc, dcterms, enc, googleplay, history, itunes, media, podcast, psc, rawvoice, rss,
};
use super::xml::{Element, Ns, attributes};

/// An address with the `xml:base` of its own element.
#[derive(Debug, Clone, Default)]
pub(super) struct Address<'a> {
    pub(super) url: Cow<'a, str>,
    pub(super) base: Option<String>,
}

/// A text, and the field it stands in: where several fields compete for a column, the others go to extra.
#[derive(Debug, Clone)]
pub(super) struct Said<'a> {
    /// The field's name, such as `itunes:author`.
    pub(super) source: &'static str,
    pub(super) text: Cow<'a, str>,
}

/// Something a feed points at.
#[derive(Debug, Clone, Default)]
pub(super) struct Pointer<'a> {
    /// The field that points, such as `media:content`.
    pub(super) source: &'static str,
    pub(super) address: Address<'a>,
    pub(super) media_type: Option<Cow<'a, str>>,
    /// Kind in a word, such as `media:content`'s `medium`.
    pub(super) medium: Option<Cow<'a, str>>,
    pub(super) length: Option<Cow<'a, str>>,
    /// How long it lasts, as written.
    pub(super) duration: Option<Cow<'a, str>>,
    pub(super) language: Option<Cow<'a, str>>,
    pub(super) integrity: Option<String>,
    /// As written, in bits a second.
    pub(super) bitrate: Option<Cow<'a, str>>,
    /// As written, in pixels.
    pub(super) height: Option<Cow<'a, str>>,
}

/// A field that may hold notes.
#[derive(Debug, Clone)]
pub(super) struct Body<'a> {
    /// The field's name, such as `content:encoded`.
    pub(super) source: &'static str,
    pub(super) text: Cow<'a, str>,
    pub(super) base: Option<String>,
}

/// A person as the feed writes them.
#[derive(Debug, Clone, Default)]
pub(super) struct Person<'a> {
    pub(super) name: String,
    pub(super) role: Option<String>,
    pub(super) url: Option<Address<'a>>,
    pub(super) image: Option<Address<'a>>,
    pub(super) source: &'static str,
}

/// A chapter as the feed writes it.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark<'a> {
    pub(super) start_seconds: f64,
    pub(super) title: Option<String>,
    pub(super) url: Option<Address<'a>>,
    pub(super) image: Option<Address<'a>>,
}

/// An item or entry. Of what several fields can say, each field once, in document order.
#[derive(Debug, Default)]
pub(super) struct Item<'a> {
    pub(super) guid: Option<String>,
    pub(super) titles: Vec<Said<'a>>,
    pub(super) link: Option<Address<'a>>,
    /// The guid, where it is an address of its page.
    pub(super) guid_page: Option<Address<'a>>,
    /// Fields that may hold the notes.
    pub(super) bodies: Vec<Body<'a>>,
    /// Short texts, which are notes only where there is nothing else.
    pub(super) briefs: Vec<Body<'a>>,
    pub(super) dates: Vec<Said<'a>>,
    pub(super) authors: Vec<Said<'a>>,
    pub(super) durations: Vec<Said<'a>>,
    pub(super) explicit: Vec<Said<'a>>,
    pub(super) numbers: Vec<Said<'a>>,
    pub(super) seasons: Vec<Said<'a>>,
    pub(super) episode_type: Option<String>,
    pub(super) images: Vec<Pointer<'a>>,
    pub(super) enclosures: Vec<Pointer<'a>>,
    pub(super) alternates: Vec<Pointer<'a>>,
    pub(super) media: Vec<Pointer<'a>>,
    pub(super) transcripts: Vec<Pointer<'a>>,
    pub(super) chapter_files: Vec<Pointer<'a>>,
    pub(super) marks: Vec<Mark<'a>>,
    pub(super) people: Vec<Person<'a>>,
    pub(super) base: Option<String>,
    pub(super) extra: Extra,
}

/// A channel, or an Atom feed as a whole.
#[derive(Debug, Default)]
pub(super) struct Channel<'a> {
    pub(super) titles: Vec<Said<'a>>,
    pub(super) bodies: Vec<Body<'a>>,
    pub(super) briefs: Vec<Body<'a>>,
    pub(super) link: Option<Address<'a>>,
    /// The feed's own address as it gives it.
    pub(super) own_address: Option<String>,
    pub(super) pages: Pages<'a>,
    pub(super) language: Option<String>,
    pub(super) copyright: Option<String>,
    pub(super) authors: Vec<Said<'a>>,
    pub(super) owner_name: Option<String>,
    pub(super) owner_email: Option<String>,
    pub(super) images: Vec<Pointer<'a>>,
    pub(super) explicit: Vec<Said<'a>>,
    pub(super) show_type: Option<String>,
    pub(super) podcast_guid: Option<String>,
    pub(super) medium: Option<String>,
    pub(super) complete: Vec<Said<'a>>,
    pub(super) new_feed_url: Option<Address<'a>>,
    pub(super) ttl: Option<String>,
    pub(super) people: Vec<Person<'a>>,
    pub(super) extra: Extra,
}

/// Links to the other documents of a show, and what this one is among them (RFC 5005).
#[derive(Debug, Default)]
pub(super) struct Pages<'a> {
    pub(super) first: Option<Address<'a>>,
    pub(super) last: Option<Address<'a>>,
    pub(super) previous: Option<Address<'a>>,
    pub(super) next: Option<Address<'a>>,
    pub(super) prev_archive: Option<Address<'a>>,
    pub(super) next_archive: Option<Address<'a>>,
    pub(super) current: Option<Address<'a>>,
    pub(super) is_complete: bool,
    pub(super) is_archive: bool,
}

/// What became of an element that a table was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// All of it has a slot.
    Whole,
    /// Its text has; attributes, if any, are kept as extra.
    Text,
    /// It has none, or its slot is taken: it is kept as extra.
    Not,
}

/// Reads an item's element.
pub(super) fn item<'a>(element: &Element<'a>) -> Item<'a> {
    let mut item = Item { base: base_of(element), ..Item::default() };
    rss::about(&mut item, element);
    item.extra.own(element);
    for child in &element.children {
        let kept = match child.ns {
            Ns::Rss => rss::item(&mut item, child),
            Ns::Atom => atom::entry(&mut item, child),
            Ns::Itunes => itunes::item(&mut item, child),
            Ns::Content => content::item(&mut item, child),
            Ns::Dc => dc::item(&mut item, child),
            Ns::Dcterms => dcterms::item(&mut item, child),
            Ns::Enc => enc::item(&mut item, child),
            Ns::Media => media::item(&mut item, child),
            Ns::Podcast => podcast::item(&mut item, child),
            Ns::Psc => psc::item(&mut item, child),
            Ns::Googleplay => googleplay::item(&mut item, child),
            Ns::Rawvoice => rawvoice::item(&mut item, child),
            Ns::History | Ns::Rdf | Ns::Xml | Ns::Named(_) | Ns::Other => Kept::Not,
        };
        keep(&mut item.extra, kept, child);
    }
    item
}

/// Reads one element of a channel.
pub(super) fn field<'a>(channel: &mut Channel<'a>, element: &Element<'a>) {
    let kept = match element.ns {
        Ns::Rss => rss::channel(channel, element),
        Ns::Atom => atom::feed(channel, element),
        Ns::Itunes => itunes::channel(channel, element),
        Ns::Dc => dc::channel(channel, element),
        Ns::Dcterms => dcterms::channel(channel, element),
        Ns::Media => media::channel(channel, element),
        Ns::Podcast => podcast::channel(channel, element),
        Ns::Googleplay => googleplay::channel(channel, element),
        Ns::Rawvoice => rawvoice::channel(channel, element),
        Ns::History => history::channel(channel, element),
        Ns::Content | Ns::Enc | Ns::Psc | Ns::Rdf | Ns::Xml | Ns::Named(_) | Ns::Other => Kept::Not,
    };
    keep(&mut channel.extra, kept, element);
}

/// Reads the tag of the root or of the channel: its language is that of the show where no element names one.
pub(super) fn outer_tag(channel: &mut Channel<'_>, tag: &str) {
    let name = tag.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or(tag);
    for (_, language) in attributes(tag).filter(|(name, _)| *name == "xml:lang") {
        channel.language.get_or_insert_with(|| language.trim().to_owned());
    }
    channel.extra.tag(name, attributes(tag));
}

fn keep(extra: &mut Extra, kept: Kept, element: &Element<'_>) {
    match kept {
        Kept::Whole => {}
        Kept::Text => extra.attributes(element),
        Kept::Not => extra.element(element),
    }
}

/// What an element says. Some programs escape a CDATA section with its marks, which nobody is meant to see.
fn content<'a>(element: &Element<'a>) -> Cow<'a, str> {
    let inside = |text: &str| {
        let inside = text.strip_prefix("<![CDATA[")?.strip_suffix("]]>")?;
        (!inside.contains("]]>")).then(|| inside.trim().to_owned())
    };
    let text = element.content();
    inside(&text).map_or(text, Cow::Owned)
}

/// What becomes of an element without text: nothing, unless it has attributes.
fn empty(element: &Element<'_>) -> Kept {
    if element.attributes.is_empty() { Kept::Whole } else { Kept::Not }
}

/// Puts an element's text into a slot that is free.
pub(super) fn text(slot: &mut Option<String>, element: &Element<'_>) -> Kept {
    let text = content(element);
    if text.is_empty() {
        return empty(element);
    }
    if slot.as_ref().is_some_and(|held| *held != text) {
        return Kept::Not;
    }
    *slot = Some(text.into_owned());
    Kept::Text
}

/// Adds an element's text to what several fields can say. A field written twice counts once.
pub(super) fn said<'a>(all: &mut Vec<Said<'a>>, source: &'static str, element: &Element<'a>) -> Kept {
    let text = content(element);
    if text.is_empty() {
        return empty(element);
    }
    if all.iter().any(|held| held.source == source) {
        return Kept::Not;
    }
    all.push(Said { source, text });
    Kept::Text
}

/// Puts an element's text into a slot for an address.
pub(super) fn address<'a>(slot: &mut Option<Address<'a>>, element: &Element<'a>) -> Kept {
    let url = content(element);
    if url.is_empty() {
        return empty(element);
    }
    if slot.as_ref().is_some_and(|held| held.url != url) {
        return Kept::Not;
    }
    slot.get_or_insert_with(|| address_of(element, url));
    Kept::Text
}

/// Adds an element's text to the fields that may hold notes. A field written twice counts once.
pub(super) fn body<'a>(bodies: &mut Vec<Body<'a>>, source: &'static str, element: &Element<'a>) -> Kept {
    let content = content(element);
    if content.is_empty() {
        return empty(element);
    }
    if bodies.iter().any(|body| body.source == source) {
        return Kept::Not;
    }
    bodies.push(Body { source, text: content, base: base_of(element) });
    Kept::Text
}

/// An address that stands in `element`, trimmed.
pub(super) fn address_of<'a>(element: &Element<'a>, url: impl Into<Cow<'a, str>>) -> Address<'a> {
    Address { url: url.into(), base: base_of(element) }
}

/// The address in an attribute of `element`.
pub(super) fn attribute_address<'a>(element: &Element<'a>, name: &str) -> Option<Address<'a>> {
    element.value(name).map(|url| address_of(element, url))
}

/// What an element with `url`, `type` and their like points at.
pub(super) fn pointer<'a>(
    source: &'static str,
    element: &Element<'a>,
    url: &str,
    length: &str,
) -> Option<Pointer<'a>> {
    Some(pointer_to(source, element, attribute_address(element, url)?, length))
}

/// An address that stands somewhere in `element`, and what its attributes tell of it.
pub(super) fn pointer_to<'a>(
    source: &'static str,
    element: &Element<'a>,
    address: Address<'a>,
    length: &str,
) -> Pointer<'a> {
    Pointer {
        source,
        address,
        media_type: element.value("type"),
        medium: element.value("medium"),
        length: element.value(length),
        duration: element.value("duration"),
        language: element
            .value("language")
            .or_else(|| element.value("lang"))
            .or_else(|| element.value("hreflang")),
        integrity: None,
        bitrate: None,
        height: None,
    }
}

/// An address as a pointer of which nothing else is known.
pub(super) fn bare<'a>(source: &'static str, address: Address<'a>) -> Pointer<'a> {
    Pointer { source, address, ..Pointer::default() }
}

/// For an element whose meaning stands in attributes: whether these are all of them, and there is nothing else.
pub(super) fn only(element: &Element<'_>, names: &[&str]) -> Kept {
    if element.text.trim().is_empty() { only_beside_text(element, names) } else { Kept::Not }
}

/// As [`only`], for one whose text has a slot.
pub(super) fn only_beside_text(element: &Element<'_>, names: &[&str]) -> Kept {
    let all =
        element.attributes.iter().all(|(name, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
    if all && element.children.is_empty() { Kept::Whole } else { Kept::Not }
}

/// Whether an element says nothing beside its text.
pub(super) fn is_plain(element: &Element<'_>) -> bool {
    element.attributes.is_empty() && element.children.is_empty()
}

/// A length that its column holds: a number of bytes above zero.
pub(super) fn bytes(raw: &str) -> Option<u64> {
    raw.trim().parse().ok().filter(|bytes| (1..=i64::MAX as u64).contains(bytes))
}

fn base_of(element: &Element<'_>) -> Option<String> {
    element.attribute("xml:base").map(str::to_owned)
}
