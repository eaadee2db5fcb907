//! The podcast namespace: <https://podcasting2.org/docs/podcast-namespace>.
//!
//! What is not in these tables (soundbite, funding, license, location, locked, trailer, updateFrequency,
//! socialInteract, contentLink, remoteItem, podroll, txt, block, publisher, value, chat and what is yet to come) has
//! no column and is kept whole. So is `liveItem`: it holds what an item holds, and is no episode until it becomes one.

use std::borrow::Cow;

use super::super::wire::{
    Channel, Item, Kept, Person, Pointer, Said, address_of, attribute_address, bare, bytes, only,
    only_beside_text, pointer, said, text,
};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "episode" => numbered(&mut item.numbers, "podcast:episode", element),
        "season" => numbered(&mut item.seasons, "podcast:season", element),
        "person" => person(&mut item.people, element),
        "transcript" => {
            file(&mut item.transcripts, "podcast:transcript", element, &["url", "type", "language", "length"])
        }
        "chapters" => file(&mut item.chapter_files, "podcast:chapters", element, &["url", "type", "length"]),
        "alternateenclosure" => alternate(item, element),
        "image" => image(&mut item.images, element),
        "images" => images(&mut item.images, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel<'a>(channel: &mut Channel<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "guid" => text(&mut channel.podcast_guid, element),
        "medium" => text(&mut channel.medium, element),
        "person" => person(&mut channel.people, element),
        "image" => image(&mut channel.images, element),
        "images" => images(&mut channel.images, element),
        _ => Kept::Not,
    }
}

/// A number, kept whole where it has a name or another way to be shown: `display="Ch.3"`.
fn numbered<'a>(all: &mut Vec<Said<'a>>, source: &'static str, element: &Element<'a>) -> Kept {
    match said(all, source, element) {
        Kept::Text if !element.attributes.is_empty() => Kept::Not,
        kept => kept,
    }
}

fn file<'a>(all: &mut Vec<Pointer<'a>>, source: &'static str, element: &Element<'a>, names: &[&str]) -> Kept {
    let Some(pointer) = pointer(source, element, "url", "length") else { return Kept::Not };
    let sound = pointer.length.as_deref().is_none_or(|length| bytes(length).is_some());
    all.push(pointer);
    if sound { only(element, names) } else { Kept::Not }
}

fn person<'a>(people: &mut Vec<Person<'a>>, element: &Element<'a>) -> Kept {
    // The first draft had the name in an attribute.
    let name = element.attribute("name").map_or_else(|| element.content(), Cow::Borrowed);
    if name.is_empty() {
        return Kept::Not;
    }
    people.push(Person {
        name: name.into_owned(),
        // A person without a role is a host: so the specification has it.
        role: Some(element.attribute("role").unwrap_or("host").to_owned()),
        url: attribute_address(element, "href"),
        image: attribute_address(element, "img"),
        source: "podcast:person",
    });
    // Roles are many and columns few: the element is kept whole where it says more than host or guest.
    match element.attribute("role").map(str::to_ascii_lowercase).as_deref() {
        None | Some("host" | "guest") => only_beside_text(element, &["role", "href", "img"]),
        Some(_) => Kept::Not,
    }
}

/// The same episode in another form: one pointer a `podcast:source`, or in the first draft its text. Title and codecs have no column: the
/// element is kept whole.
fn alternate<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    let integrity = element
        .children
        .iter()
        .filter(|child| child.key == "integrity")
        .find_map(|child| Some(format!("{}:{}", child.attribute("type")?, child.attribute("value")?)));
    let sources = element.children.iter().filter(|child| child.key == "source");
    let told =
        sources.filter_map(|source| Some((attribute_address(source, "uri")?, source.value("contenttype"))));
    let text = element.text.trim();
    let written = text.starts_with("http").then(|| (address_of(element, text.to_owned()), None));
    for (address, media_type) in told.chain(written) {
        let media_type = media_type.or_else(|| element.value("type"));
        item.alternates.push(Pointer {
            source: "podcast:alternateEnclosure",
            address,
            media_type,
            medium: None,
            length: element.value("length"),
            duration: None,
            language: element.value("lang"),
            integrity: integrity.clone(),
            bitrate: element.value("bitrate"),
            height: element.value("height"),
        });
    }
    Kept::Not
}

fn image<'a>(images: &mut Vec<Pointer<'a>>, element: &Element<'a>) -> Kept {
    let Some(address) = attribute_address(element, "href").or_else(|| attribute_address(element, "url"))
    else {
        return Kept::Not;
    };
    let media_type = element.value("type");
    images.push(Pointer { media_type, ..bare("podcast:image", address) });
    only(element, &["href", "type"])
}

/// `srcset="https://a.example/1500.jpg 1500w, https://a.example/600.jpg 600w"`, whose widths have no column.
fn images<'a>(images: &mut Vec<Pointer<'a>>, element: &Element<'a>) -> Kept {
    let set = element.attribute("srcset").unwrap_or("");
    images.extend(sources(set).map(|url| bare("podcast:images", address_of(element, url.to_owned()))));
    Kept::Not
}

/// The addresses of a `srcset`. A comma ends an address only at the end of a word, since addresses may hold one.
fn sources(set: &str) -> impl Iterator<Item = &str> {
    let mut described = false;
    set.split_whitespace().filter_map(move |word| {
        let url = if described { word.split_once(',').map_or("", |(_, url)| url) } else { word };
        described = if described { !word.contains(',') || !url.is_empty() } else { !word.ends_with(',') };
        let url = url.trim_end_matches(',');
        (!url.is_empty()).then_some(url)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_srcset_is_taken_apart() {
        let read = |set| sources(set).collect::<Vec<_>>();
        assert_eq!(
            read("https://a/1,5.jpg 1500w, https://a/2.jpg 600w"),
            ["https://a/1,5.jpg", "https://a/2.jpg"]
        );
        assert_eq!(
            read("https://a/1.jpg 1500w,https://a/2.jpg 600w"),
            ["https://a/1.jpg", "https://a/2.jpg"]
        );
        assert_eq!(read("https://a/1.jpg, https://a/2.jpg"), ["https://a/1.jpg", "https://a/2.jpg"]);
        assert!(read(" ").is_empty());
    }
}
