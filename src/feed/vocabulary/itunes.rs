//! The iTunes tags: <https://podcasters.apple.com/support/823-podcast-requirements>.

use super::super::wire::{
    Channel, Item, Kept, Pointer, address, address_of, attribute_address, bare, body, is_plain, only, said,
    text,
};
use super::super::xml::Element;
use super::atom;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "title" => said(&mut item.titles, "itunes:title", element),
        "author" => said(&mut item.authors, "itunes:author", element),
        "summary" => body(&mut item.bodies, "itunes:summary", element),
        "subtitle" => body(&mut item.briefs, "itunes:subtitle", element),
        "duration" => said(&mut item.durations, "itunes:duration", element),
        "explicit" => said(&mut item.explicit, "itunes:explicit", element),
        "episode" => said(&mut item.numbers, "itunes:episode", element),
        "season" => said(&mut item.seasons, "itunes:season", element),
        "episodetype" => text(&mut item.episode_type, element),
        "image" => image(&mut item.images, "itunes:image", element),
        "link" if is_picture(element) => picture(&mut item.images, element),
        "link" if element.attribute("rel") == Some("enclosure") => atom::entry(item, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "title" => said(&mut channel.titles, "itunes:title", element),
        "author" => said(&mut channel.authors, "itunes:author", element),
        "summary" => body(&mut channel.bodies, "itunes:summary", element),
        "subtitle" => body(&mut channel.briefs, "itunes:subtitle", element),
        "explicit" => said(&mut channel.explicit, "itunes:explicit", element),
        "type" => text(&mut channel.show_type, element),
        "image" => image(&mut channel.images, "itunes:image", element),
        "link" if is_picture(element) => picture(&mut channel.images, element),
        "owner" => owner(channel, element),
        "complete" => said(&mut channel.complete, "itunes:complete", element),
        "new-feed-url" => new_feed(channel, element),
        _ => Kept::Not,
    }
}

/// `href`, though some write `url`, and some the address as text.
pub(super) fn image<'a>(images: &mut Vec<Pointer<'a>>, source: &'static str, element: &Element<'a>) -> Kept {
    for name in ["href", "url"] {
        if let Some(address) = attribute_address(element, name) {
            images.push(bare(source, address));
            return only(element, &[name]);
        }
    }
    let inside = element.child("url").unwrap_or(element);
    let text = inside.content();
    if text.contains('/') && inside.children.is_empty() {
        images.push(bare(source, address_of(element, text)));
        return if is_plain(element) { Kept::Whole } else { Kept::Not };
    }
    let says_nothing = text.is_empty() && is_plain(element);
    if says_nothing { Kept::Whole } else { Kept::Not }
}

/// `<itunes:link rel="image" type="video/jpeg" href="...">`, as the first version of these tags had it.
fn is_picture(element: &Element<'_>) -> bool {
    element.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("image"))
}

fn picture<'a>(images: &mut Vec<Pointer<'a>>, element: &Element<'a>) -> Kept {
    let Some(address) = attribute_address(element, "href") else { return Kept::Not };
    images.push(bare("itunes:link", address));
    Kept::Not
}

/// Where the feed has moved to. The archive has no column for it, so it is kept in extra as well.
pub(super) fn new_feed<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match address(&mut channel.new_feed_url, element) {
        Kept::Text => Kept::Not,
        kept => kept,
    }
}

fn owner<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    let mut whole = element.attributes.is_empty() && element.text.trim().is_empty();
    for part in &element.children {
        let kept = match part.key.as_ref() {
            "name" => text(&mut channel.owner_name, part),
            "email" => text(&mut channel.owner_email, part),
            _ => Kept::Not,
        };
        whole &= kept != Kept::Not && part.attributes.is_empty();
    }
    if whole { Kept::Whole } else { Kept::Not }
}
