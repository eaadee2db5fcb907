//! The podcast namespace: <https://podcasting2.org/docs/podcast-namespace>.

use super::super::wire::{Channel, Item, Kept, Person, attribute_address, only, pointer, text};
use super::super::xml::Element;

pub(in crate::feed) fn item(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "episode" => text(&mut item.podcast_episode, element),
        "season" => text(&mut item.podcast_season, element),
        "person" => person(&mut item.people, element),
        "transcript" => {
            item.transcripts.extend(pointer(element, "url", "length"));
            only(element, &["url", "type", "language"])
        }
        "chapters" => {
            item.chapter_files.extend(pointer(element, "url", "length"));
            only(element, &["url", "type"])
        }
        "alternateenclosure" => alternate(item, element),
        _ => Kept::Not,
    }
}

pub(in crate::feed) fn channel(channel: &mut Channel, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "guid" => text(&mut channel.podcast_guid, element),
        "medium" => text(&mut channel.medium, element),
        "person" => person(&mut channel.people, element),
        _ => Kept::Not,
    }
}

fn person(people: &mut Vec<Person>, element: &Element<'_>) -> Kept {
    let name = element.content();
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
        None | Some("host" | "guest") => only(element, &["role", "href", "img"]),
        Some(_) => Kept::Not,
    }
}

/// The same episode in another form: one pointer a `podcast:source`.
fn alternate(item: &mut Item, element: &Element<'_>) -> Kept {
    let owned = |name| element.attribute(name).map(str::to_owned);
    for source in element.children.iter().filter(|child| child.key == "source") {
        let Some(address) = attribute_address(source, "uri") else { continue };
        let media_type = source.attribute("contenttype").map(str::to_owned).or_else(|| owned("type"));
        item.alternates.push(super::super::wire::Pointer {
            address,
            media_type,
            medium: None,
            length: owned("length"),
            language: owned("lang"),
        });
    }
    Kept::Not
}
