//! Podlove Simple Chapters: <https://podlove.org/simple-chapters/>.

use super::super::wire::{Item, Kept, Mark, attribute_address};
use super::super::xml::Element;

pub(in crate::feed) fn item(item: &mut Item, element: &Element<'_>) -> Kept {
    match element.key.as_ref() {
        "chapters" => {
            let marks = element.children.iter().filter(|child| child.key == "chapter");
            item.marks.extend(marks.filter_map(chapter));
            Kept::Whole
        }
        _ => Kept::Not,
    }
}

fn chapter(element: &Element<'_>) -> Option<Mark> {
    Some(Mark {
        start: element.attribute("start")?.to_owned(),
        title: element.attribute("title").map(str::to_owned),
        url: attribute_address(element, "href"),
        image: attribute_address(element, "image"),
    })
}
