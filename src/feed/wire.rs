//! What a document says, before any of it is believed: one slot for each thing that a vocabulary can tell.
//!
//! The vocabularies fill the slots, each in one flat table; `meaning` decides between them.

use super::extra::Extra;
use super::vocabulary::{atom, content, dc, googleplay, history, itunes, media, podcast, psc, rss};
use super::xml::{Element, Ns};

/// An address with the `xml:base` of its own element.
#[derive(Debug, Clone, Default)]
pub(super) struct Address {
    pub(super) url: String,
    pub(super) base: Option<String>,
}

/// Something a feed points at.
#[derive(Debug, Clone, Default)]
pub(super) struct Pointer {
    pub(super) address: Address,
    pub(super) media_type: Option<String>,
    /// Kind in a word, such as `media:content`'s `medium`.
    pub(super) medium: Option<String>,
    pub(super) length: Option<String>,
    pub(super) language: Option<String>,
}

/// A field that may hold notes.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// The field's name, such as `content:encoded`.
    pub(super) source: &'static str,
    pub(super) text: String,
    pub(super) base: Option<String>,
}

/// A person as the feed writes them.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) role: Option<String>,
    pub(super) url: Option<Address>,
    pub(super) image: Option<Address>,
    pub(super) source: &'static str,
}

/// A chapter as the feed writes it.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark {
    pub(super) start: String,
    pub(super) title: Option<String>,
    pub(super) url: Option<Address>,
    pub(super) image: Option<Address>,
}

/// An item or entry.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) guid: Option<String>,
    pub(super) title: Option<String>,
    pub(super) itunes_title: Option<String>,
    pub(super) media_title: Option<String>,
    pub(super) link: Option<Address>,
    /// The guid is an address of its page.
    pub(super) guid_is_link: bool,
    /// Fields that may hold the notes, in document order.
    pub(super) bodies: Vec<Body>,
    /// Short texts, which are notes only where there is nothing else.
    pub(super) briefs: Vec<Body>,
    pub(super) pub_date: Option<String>,
    pub(super) dc_date: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) itunes_author: Option<String>,
    pub(super) dc_creator: Option<String>,
    pub(super) author: Option<String>,
    pub(super) duration: Option<String>,
    pub(super) explicit: Option<String>,
    pub(super) itunes_episode: Option<String>,
    pub(super) podcast_episode: Option<String>,
    pub(super) itunes_season: Option<String>,
    pub(super) podcast_season: Option<String>,
    pub(super) episode_type: Option<String>,
    pub(super) itunes_image: Option<Address>,
    pub(super) other_images: Vec<Address>,
    pub(super) enclosures: Vec<Pointer>,
    pub(super) alternates: Vec<Pointer>,
    pub(super) media: Vec<Pointer>,
    pub(super) transcripts: Vec<Pointer>,
    pub(super) chapter_files: Vec<Pointer>,
    pub(super) marks: Vec<Mark>,
    pub(super) people: Vec<Person>,
    pub(super) base: Option<String>,
    pub(super) extra: Extra,
}

/// A channel, or an Atom feed as a whole.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub(super) title: Option<String>,
    pub(super) itunes_title: Option<String>,
    pub(super) bodies: Vec<Body>,
    pub(super) briefs: Vec<Body>,
    pub(super) link: Option<Address>,
    /// The feed's own address as it gives it.
    pub(super) own_address: Option<String>,
    pub(super) next: Option<Address>,
    pub(super) prev_archive: Option<Address>,
    pub(super) language: Option<String>,
    pub(super) copyright: Option<String>,
    pub(super) itunes_author: Option<String>,
    pub(super) author: Option<String>,
    pub(super) dc_creator: Option<String>,
    pub(super) owner_name: Option<String>,
    pub(super) owner_email: Option<String>,
    pub(super) itunes_image: Option<Address>,
    pub(super) other_images: Vec<Address>,
    pub(super) explicit: Option<String>,
    pub(super) show_type: Option<String>,
    pub(super) podcast_guid: Option<String>,
    pub(super) medium: Option<String>,
    pub(super) complete: Option<String>,
    pub(super) new_feed_url: Option<Address>,
    pub(super) ttl: Option<String>,
    pub(super) people: Vec<Person>,
    pub(super) extra: Extra,
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
pub(super) fn item(element: &Element<'_>) -> Item {
    let mut item = Item { base: element.attribute("xml:base").map(str::to_owned), ..Item::default() };
    rss::about(&mut item, element);
    for child in &element.children {
        let kept = match child.ns {
            Ns::Rss => rss::item(&mut item, child),
            Ns::Atom => atom::entry(&mut item, child),
            Ns::Itunes => itunes::item(&mut item, child),
            Ns::Content => content::item(&mut item, child),
            Ns::Dc => dc::item(&mut item, child),
            Ns::Media => media::item(&mut item, child),
            Ns::Podcast => podcast::item(&mut item, child),
            Ns::Psc => psc::item(&mut item, child),
            Ns::Googleplay => googleplay::item(&mut item, child),
            Ns::History | Ns::Rdf | Ns::Xml | Ns::Other => Kept::Not,
        };
        keep(&mut item.extra, kept, child);
    }
    item
}

/// Reads one element of a channel.
pub(super) fn field(channel: &mut Channel, element: &Element<'_>) {
    let kept = match element.ns {
        Ns::Rss => rss::channel(channel, element),
        Ns::Atom => atom::feed(channel, element),
        Ns::Itunes => itunes::channel(channel, element),
        Ns::Dc => dc::channel(channel, element),
        Ns::Media => media::channel(channel, element),
        Ns::Podcast => podcast::channel(channel, element),
        Ns::Googleplay => googleplay::channel(channel, element),
        Ns::History => history::channel(channel, element),
        Ns::Content | Ns::Psc | Ns::Rdf | Ns::Xml | Ns::Other => Kept::Not,
    };
    keep(&mut channel.extra, kept, element);
}

fn keep(extra: &mut Extra, kept: Kept, element: &Element<'_>) {
    match kept {
        Kept::Whole => {}
        Kept::Text => extra.attributes(element),
        Kept::Not => extra.element(element),
    }
}

/// Puts an element's text into a slot that is free. An empty element says nothing and is kept nowhere.
pub(super) fn text(slot: &mut Option<String>, element: &Element<'_>) -> Kept {
    let text = element.content();
    if text.is_empty() && element.attributes.is_empty() {
        return Kept::Whole;
    }
    if text.is_empty() || slot.as_ref().is_some_and(|held| *held != text) {
        return Kept::Not;
    }
    *slot = Some(text.into_owned());
    Kept::Text
}

/// Puts an element's text into a slot for an address.
pub(super) fn address(slot: &mut Option<Address>, element: &Element<'_>) -> Kept {
    let mut url = None;
    let kept = text(&mut url, element);
    match url {
        Some(url) if slot.is_none() => *slot = Some(address_of(element, &url)),
        Some(url) if slot.as_ref().is_some_and(|held| held.url != url) => return Kept::Not,
        _ => {}
    }
    kept
}

/// Adds an element's text to the fields that may hold notes. A field written twice counts once.
pub(super) fn body(bodies: &mut Vec<Body>, source: &'static str, element: &Element<'_>) -> Kept {
    let content = element.content();
    if content.is_empty() {
        return Kept::Whole;
    }
    if bodies.iter().any(|body| body.source == source) {
        return Kept::Not;
    }
    bodies.push(Body { source, text: content.into_owned(), base: base_of(element) });
    Kept::Text
}

/// An address that stands in `element`.
pub(super) fn address_of(element: &Element<'_>, url: &str) -> Address {
    Address { url: url.trim().to_owned(), base: base_of(element) }
}

/// The address in an attribute of `element`.
pub(super) fn attribute_address(element: &Element<'_>, name: &str) -> Option<Address> {
    element.attribute(name).map(|url| address_of(element, url))
}

/// What an element with `url`, `type` and their like points at.
pub(super) fn pointer(element: &Element<'_>, url: &str, length: &str) -> Option<Pointer> {
    let owned = |name| element.attribute(name).map(str::to_owned);
    Some(Pointer {
        address: attribute_address(element, url)?,
        media_type: owned("type"),
        medium: owned("medium"),
        length: owned(length),
        language: owned("language").or_else(|| owned("lang")).or_else(|| owned("hreflang")),
    })
}

/// Whether all attributes of `element` are among `names`, which have slots.
pub(super) fn only(element: &Element<'_>, names: &[&str]) -> Kept {
    let all =
        element.attributes.iter().all(|(name, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
    if all && element.children.is_empty() { Kept::Whole } else { Kept::Not }
}

fn base_of(element: &Element<'_>) -> Option<String> {
    element.attribute("xml:base").map(str::to_owned)
}
