//! What a show or an episode points at, put in order: each address once in its role.

use std::borrow::Cow;
use std::collections::HashMap;

use super::extra::Extra;
use super::urls::{Base, kind_of};
use super::wire::{Pointer, bytes};
use crate::model::{Resource, ResourceKind, ResourceRole};

/// Elements that stand in extra anyway.
const KEPT_WHOLE: &[&str] = &["podcast:alternateEnclosure", "rawvoice:alternate", "content"];

/// Most episodes point at their sound and a picture.
const USUAL: usize = 2;

/// So many are looked through one after the other, which is sooner done than hashing their addresses.
const FEW: usize = 16;

/// Resources being gathered. What a dropped pointer says beyond the one that is held goes to extra.
pub(super) struct Shelf<'s> {
    base: &'s Base,
    extra: &'s mut Extra,
    held: Vec<Resource>,
    /// Where in `held` an address of a role stands, once there are more than a few.
    places: HashMap<(ResourceRole, String), usize>,
    /// How many there are of each role.
    counts: [u32; 5],
}

impl<'s> Shelf<'s> {
    pub(super) fn new(base: &'s Base, extra: &'s mut Extra) -> Self {
        Self { base, extra, held: Vec::with_capacity(USUAL), places: HashMap::new(), counts: [0; 5] }
    }

    /// Puts pointers of one role in their order. Their kind is told by type and ending where it is not given.
    pub(super) fn all(&mut self, pointers: Vec<Pointer<'_>>, role: ResourceRole, kind: Option<ResourceKind>) {
        for pointer in pointers {
            self.put(pointer, role, kind);
        }
    }

    fn put(&mut self, pointer: Pointer<'_>, role: ResourceRole, kind: Option<ResourceKind>) {
        let url = self.base.absolute(&pointer.address);
        // An alternate at the enclosure's address is the enclosure.
        let enclosure = (role == ResourceRole::Alternate).then(|| self.place(ResourceRole::Enclosure, &url));
        let place = enclosure.flatten().or_else(|| self.place(role, &url));
        if let Some(held) = place.and_then(|place| self.held.get_mut(place)) {
            // Whoever tells the checksum of the same bytes tells it of the enclosure too.
            held.integrity = held.integrity.take().or_else(|| pointer.integrity.clone());
            held.bitrate = held.bitrate.or_else(|| pointer.bitrate.as_deref().and_then(number));
            held.height =
                held.height.or_else(|| pointer.height.as_deref().and_then(|text| text.trim().parse().ok()));
            if says_more(&pointer, held) && !KEPT_WHOLE.contains(&pointer.source) {
                self.extra.pointer(&pointer);
            }
            return;
        }
        let count = &mut self.counts[role as usize];
        *count += 1;
        self.held.push(Resource {
            kind: kind.unwrap_or_else(|| kind_of(&pointer)),
            role,
            position: *count,
            url,
            length_bytes: pointer.length.as_deref().and_then(bytes),
            media_type: pointer.media_type.map(Cow::into_owned),
            language: pointer.language.map(Cow::into_owned),
            integrity: pointer.integrity,
            bitrate: pointer.bitrate.as_deref().and_then(number),
            height: pointer.height.as_deref().and_then(|text| text.trim().parse().ok()),
        });
        if self.held.len() > FEW {
            let from = if self.places.is_empty() { 0 } else { self.held.len() - 1 };
            let held = self.held.iter().enumerate().skip(from);
            self.places.extend(held.map(|(at, held)| ((held.role, held.url.clone()), at)));
        }
    }

    /// Where in `held` this address stands in this role.
    fn place(&self, role: ResourceRole, url: &str) -> Option<usize> {
        if self.held.len() > FEW {
            return self.places.get(&(role, url.to_owned())).copied();
        }
        self.held.iter().position(|held| held.role == role && held.url == url)
    }

    pub(super) fn finish(mut self) -> Vec<Resource> {
        // Some hold none, and room for more than there are takes as much as their notes.
        self.held.shrink_to_fit();
        self.held
    }
}

/// A whole number above nothing; a fraction is rounded away.
fn number(text: &str) -> Option<u64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number >= 1.0)
        .map(|number| number as u64)
}

/// Whether a pointer to what is held says something that the held one does not.
fn says_more(pointer: &Pointer<'_>, held: &Resource) -> bool {
    let more = |said: Option<&str>, held: &Option<String>| said.is_some() && said != held.as_deref();
    more(pointer.media_type.as_deref(), &held.media_type)
        || more(pointer.language.as_deref(), &held.language)
        || more(pointer.integrity.as_deref(), &held.integrity)
        || pointer.length.as_deref().and_then(bytes).is_some_and(|length| held.length_bytes != Some(length))
}

#[cfg(test)]
mod tests {
    use super::super::wire::{Address, bare};
    use super::*;

    #[test]
    fn an_address_stands_once_among_few_and_many() {
        let (base, mut extra) = (Base::default(), Extra::default());
        let mut shelf = Shelf::new(&base, &mut extra);
        let pointer = |n: usize| {
            let url = format!("https://a.example/{n}.mp3");
            bare("enclosure", Address { url: url.into(), base: None })
        };
        let twice = (0..40).flat_map(|n| [pointer(n), pointer(n / 2)]);
        shelf.all(twice.collect(), ResourceRole::Enclosure, None);
        shelf.all((38..42).map(pointer).collect(), ResourceRole::Alternate, None);
        let held: Vec<_> =
            shelf.finish().into_iter().map(|held| (held.role, held.position, held.url)).collect();
        let url = |n: u32| format!("https://a.example/{n}.mp3");
        let mut want: Vec<_> = (0..40).map(|n| (ResourceRole::Enclosure, n + 1, url(n))).collect();
        want.extend([(ResourceRole::Alternate, 1, url(40)), (ResourceRole::Alternate, 2, url(41))]);
        assert_eq!(held, want);
        assert!(extra.finish().is_empty());
    }
}
