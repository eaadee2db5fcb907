//! What an item gives to hear and to see: which of its pointers is the enclosure, how long that lasts, and which
//! picture comes first.

use super::duration;
use super::shelf::Shelf;
use super::urls::kind_of;
use super::wire::Pointer;
use crate::model::{ResourceKind, ResourceRole};

const IMAGES: &[&str] = &["itunes:image", "image", "googleplay:image"];

pub(super) fn pictured(shelf: &mut Shelf<'_>, mut images: Vec<Pointer<'_>>) {
    if images.len() > 1 {
        images.sort_by_key(|image| {
            IMAGES.iter().position(|name| *name == image.source).unwrap_or(IMAGES.len())
        });
    }
    shelf.all(images, ResourceRole::Image, Some(ResourceKind::Image));
}

/// Enclosures, what is heard or seen before what is not, and the same episode in other forms. Media RSS repeats the
/// enclosure in most feeds; where there is none, its first sound or film is taken for it. Its pictures join the
/// `images`.
pub(super) fn heard<'a>(
    shelf: &mut Shelf<'_>,
    mut enclosures: Vec<Pointer<'a>>,
    media: Vec<Pointer<'a>>,
    mut alternates: Vec<Pointer<'a>>,
    images: &mut Vec<Pointer<'a>>,
) {
    for pointer in media {
        match kind_of(&pointer) {
            ResourceKind::Image => images.push(pointer),
            ResourceKind::Audio | ResourceKind::Video if enclosures.is_empty() => enclosures.push(pointer),
            ResourceKind::Audio | ResourceKind::Video => alternates.push(pointer),
            // Kept in extra.
            _ => {}
        }
    }
    if enclosures.len() > 1 {
        enclosures.sort_by_key(rank);
    }
    shelf.all(enclosures, ResourceRole::Enclosure, None);
    shelf.all(alternates, ResourceRole::Alternate, None);
}

/// What can't be told may be heard; a picture or a text can't.
fn rank(enclosure: &Pointer<'_>) -> u8 {
    match kind_of(enclosure) {
        ResourceKind::Audio | ResourceKind::Video => 0,
        ResourceKind::Image => 2,
        _ => 1,
    }
}

/// The length that Media RSS tells of the enclosure, or of the only thing there is to hear. It stays in extra too.
pub(super) fn length_of_media(media: &[Pointer<'_>], enclosure: Option<&Pointer<'_>>) -> Option<f64> {
    let heard = |pointer: &&Pointer| matches!(kind_of(pointer), ResourceKind::Audio | ResourceKind::Video);
    let first = media.iter().find(heard)?;
    let of_enclosure = match enclosure {
        None => Some(first),
        Some(enclosure) => media.iter().find(|pointer| pointer.address.url == enclosure.address.url),
    };
    let only = || media.iter().filter(heard).nth(1).is_none().then_some(first);
    duration::read(of_enclosure.or_else(only)?.duration.as_deref()?)
}
