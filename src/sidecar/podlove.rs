//! Podlove Simple Chapters (<https://podlove.org/simple-chapters/>) as a document of their own -> chapters.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::chapters::{SOURCE, mark, told};
use super::clock;
use super::error::{Error, short};
use super::warnings::Warnings;
use crate::model::Chapter;
use crate::text::decode_references;

/// Reads the `chapter` elements of a document, wherever they stand.
pub(super) fn read(text: &str, warnings: &mut Warnings) -> Result<Vec<Chapter>, Error> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_dangling_amp) = (false, true);
    let (mut found, mut root) = (Vec::new(), None);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                let name = tag.local_name().as_ref().to_ascii_lowercase();
                if name == "chapter" {
                    take(&tag, &mut found, warnings);
                }
                root.get_or_insert(name);
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                warnings.add(|| format!("damaged XML: {error}"));
                break;
            }
        }
    }
    match (found.is_empty(), root) {
        (false, _) => Ok(found),
        (true, Some(root)) if root != "html" && text.starts_with("<?xml") => {
            Err(Error::Xml { root: short(&root, 60) })
        }
        _ => Err(Error::Page { title: None }),
    }
}

fn take(tag: &BytesStart<'_>, found: &mut Vec<Chapter>, warnings: &mut Warnings) {
    match attribute(tag, "start").as_deref().and_then(clock::whole) {
        Some(start) => found.push(Chapter {
            title: attribute(tag, "title"),
            url: attribute(tag, "href"),
            image_url: attribute(tag, "image"),
            ..mark(SOURCE, start)
        }),
        None => warnings
            .add(|| format!("chapter {}: no time at which it starts, so it is left out", found.len() + 1)),
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let found = all.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    told(&decode_references(&found.value))
}
