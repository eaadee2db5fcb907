//! Podlove Simple Chapters: <https://podlove.org/simple-chapters/>.

use super::super::duration;
use super::super::wire::{Item, Kept, Mark, attribute_address, only};
use super::super::xml::Element;

pub(in crate::feed) fn item<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    match element.key.as_ref() {
        "chapters" => chapters(item, element),
        _ => Kept::Not,
    }
}

fn chapters<'a>(item: &mut Item<'a>, element: &Element<'a>) -> Kept {
    let mut whole = element.text.trim().is_empty();
    for part in &element.children {
        let mark = if part.key == "chapter" { chapter(part) } else { None };
        whole &= mark.is_some() && only(part, &["start", "title", "href", "image"]) == Kept::Whole;
        item.marks.extend(mark);
    }
    if whole { Kept::Text } else { Kept::Not }
}

/// A chapter whose beginning can be told; one without is kept in extra.
fn chapter<'a>(element: &Element<'a>) -> Option<Mark<'a>> {
    Some(Mark {
        start_seconds: duration::read_offset(element.attribute("start")?)?,
        title: element.attribute("title").map(str::to_owned),
        url: attribute_address(element, "href"),
        image: attribute_address(element, "image"),
    })
}
