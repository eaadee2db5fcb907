//! Show notes: HTML or text in, [`Notes`] out. No I/O, no clock.
//!
//! Stages, a file each: `scan` and `html` or `plain` make `blocks`, `lines` reads the signs of each,
//! `habits` settles what they mean in these notes, `cut` makes parts of them, `by_person` parts their
//! extras, `segments`, `links`,
//! `people` and `sponsors` make rows of the parts. Every stage is linear in the length of the notes.

mod bare;
mod blocks;
mod bullets;
mod by_person;
mod cut;
mod elements;
mod entities;
mod habits;
mod html;
mod inline;
mod label_words;
mod labels;
mod lines;
mod links;
mod names;
mod numbered;
mod outline;
mod people;
mod person_words;
mod phrases;
mod plain;
mod prose;
mod scan;
mod segments;
mod soft;
mod spaces;
mod sponsors;
mod target;
mod text;
mod times;
mod titles;
mod tracking;
mod word_classes;

use url::Url;

use crate::model::Notes;

/// Which rules read notes: raised whenever they change what is read.
pub const VERSION: i64 = 2;

/// Notes as published, and what is known beside them.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// HTML or plain text.
    pub html: &'a str,
    /// The title of the episode, which may name a guest.
    pub title: Option<&'a str>,
    /// What relative links are relative to.
    pub base: Option<&'a Url>,
}

/// Reads notes. Never fails: whatever there is becomes segments.
pub fn read(source: Source<'_>) -> Notes {
    let document = blocks::read(source.html);
    let mut lines = lines::read(&document);
    let habits = habits::Habits::of(&mut lines);
    let parts = cut::cut(&lines, &habits);
    let resolver = links::Resolver { base: source.base };
    let people = people::rows(&document, &lines, &parts, resolver, source.title);
    let parts = by_person::split(&lines, parts, &people);
    let segments = segments::rows(&document, &lines, &parts, resolver);
    let texts: Vec<&str> =
        segments.iter().map(|segment| segment.text.as_str()).filter(|text| !text.is_empty()).collect();
    Notes {
        text: texts.join("\n\n"),
        links: links::rows(&document, &lines, &parts, resolver),
        people,
        sponsors: sponsors::rows(&document, &lines, &parts, resolver),
        segments,
    }
}
