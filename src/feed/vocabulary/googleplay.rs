//! The tags of Google Play, which repeat those of iTunes; read where those are missing.

use super::super::wire::{Channel, Item, Kept, body, said, text};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "author" => said(&mut item.authors, "googleplay:author", element),
        "description" => body(&mut item.briefs, "googleplay:description", element),
        "explicit" => said(&mut item.explicit, "googleplay:explicit", element),
        "image" => super::itunes::image(&mut item.images, "googleplay:image", element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "author" => said(&mut channel.authors, "googleplay:author", element),
        "description" => body(&mut channel.briefs, "googleplay:description", element),
        "email" | "owner" => text(&mut channel.owner_email, element),
        "explicit" => said(&mut channel.explicit, "googleplay:explicit", element),
        "image" => super::itunes::image(&mut channel.images, "googleplay:image", element),
        "new-feed-url" => super::itunes::new_feed(channel, element),
        _ => Kept::Not,
    }
}
