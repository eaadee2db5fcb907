//! The iTunes tags: <https://podcasters.apple.com/support/823-podcast-requirements>.

use super::super::wire::{Address, Channel, Item, Kept, address, address_of, attribute_address, body, text};
use super::super::xml::Element;

pub(in crate::feed) fn item(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "title" => text(&mut item.itunes_title, element),
        "author" => text(&mut item.itunes_author, element),
        "summary" => body(&mut item.bodies, "itunes:summary", element),
        "subtitle" => body(&mut item.briefs, "itunes:subtitle", element),
        "duration" => text(&mut item.duration, element),
        "explicit" => text(&mut item.explicit, element),
        "episode" => text(&mut item.itunes_episode, element),
        "season" => text(&mut item.itunes_season, element),
        "episodetype" => text(&mut item.episode_type, element),
        "image" => image(&mut item.itunes_image, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel(channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "title" => text(&mut channel.itunes_title, element),
        "author" => text(&mut channel.itunes_author, element),
        "summary" => body(&mut channel.bodies, "itunes:summary", element),
        "subtitle" => body(&mut channel.briefs, "itunes:subtitle", element),
        "explicit" => text(&mut channel.explicit, element),
        "type" => text(&mut channel.show_type, element),
        "image" => image(&mut channel.itunes_image, element),
        "owner" => owner(channel, element),
        "complete" => text(&mut channel.complete, element),
        "new-feed-url" => address(&mut channel.new_feed_url, element),
        _ => Kept::Not,
    }
}

/// `href`, though some write `url`, and some the address as text.
pub(super) fn image(slot: &mut Option<Address>, element: &Element<'_>) -> Kept {
    let by_attribute = attribute_address(element, "href").or_else(|| attribute_address(element, "url"));
    let found = by_attribute.or_else(|| {
        let text = element.child("url").unwrap_or(element).content();
        text.contains('/').then(|| address_of(element, &text))
    });
    match found {
        Some(_) if slot.is_some() => Kept::Not,
        Some(address) => {
            *slot = Some(address);
            if element.attributes.len() <= 1 && element.children.is_empty() { Kept::Whole } else { Kept::Not }
        }
        None if element.attributes.is_empty() && element.content().is_empty() => Kept::Whole,
        None => Kept::Not,
    }
}

fn owner(channel: &mut Channel, element: &Element<'_>) -> Kept {
    let mut rest = false;
    for part in &element.children {
        let kept = match part.key.as_ref() {
            "name" => text(&mut channel.owner_name, part),
            "email" => text(&mut channel.owner_email, part),
            _ => Kept::Not,
        };
        rest |= kept == Kept::Not;
    }
    let said = element.children.is_empty() && !element.content().is_empty();
    if rest || said { Kept::Not } else { Kept::Whole }
}
