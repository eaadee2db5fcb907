//! Show notes: HTML or text in, [`Notes`] out. No I/O, no clock.
//!
//! Stages, a file each: `scan` and `html` or `plain` make `blocks`, `lines` reads the signs of each, `habits` settles what they
//! mean in these notes, `show` what the other episodes of the show say of that (their `traits`), `cut` makes parts of them,
//! `by_person` parts their extras, `segments`, `links`, `people` (with the `cast` of the show) and `sponsors` make rows of the
//! parts; `layout` gives a part back for the eye. Every stage is linear in the length of the notes.

mod bare;
mod blocks;
mod bullets;
mod by_person;
mod cast;
mod cut;
mod elements;
mod habits;
mod html;
mod inline;
mod label_words;
mod labels;
mod layout;
mod lines;
mod links;
mod names;
mod numbered;
mod outline;
mod part;
mod people;
mod person_words;
mod phrases;
mod plain;
mod prose;
mod segments;
mod show;
mod soft;
mod spaces;
mod sponsors;
mod target;
mod text;
mod times;
mod titles;
mod tracking;
mod traits;
mod word_classes;

use url::Url;

pub use cast::{Cast, authors};
pub use layout::{Layout, Row, Run, Shape};
pub use show::ShowHabits;
pub use traits::Traits;

use crate::model::Notes;

/// Which rules read notes: raised whenever they change what is read.
pub const VERSION: i64 = 5;

/// Notes as published, and what is known beside them.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// HTML or plain text.
    pub html: &'a str,
    /// The title of the episode, which may name a guest.
    pub title: Option<&'a str>,
    /// What relative links are relative to.
    pub base: Option<&'a Url>,
    /// Who belongs to the show: they are no guests of it.
    pub cast: Option<&'a Cast>,
    /// What the episodes of the show have in common.
    pub show: Option<&'a ShowHabits>,
}

/// What notes tell of the habits of their show.
pub fn traits(html: &str) -> Traits {
    let document = blocks::read(html);
    let mut lines = lines::read(&document);
    let keys = traits::line_keys(&document, &lines);
    let habits = habits::Habits::of(&mut lines, &|_| false);
    Traits::of(&document, &lines, &keys, &habits)
}

/// Reads notes. Never fails: whatever there is becomes segments.
pub fn read(source: Source<'_>) -> Notes {
    let document = blocks::read(source.html);
    let mut lines = lines::read(&document);
    let applied = source.show.map(|show| repetition(show, &document, &mut lines));
    let habits =
        habits::Habits::of(&mut lines, &|name| source.show.is_some_and(|show| show.is_regular(name)));
    let parts = cut::cut(&lines, &habits);
    let resolver = links::Resolver { base: source.base };
    let people = people::rows(&document, &lines, &parts, resolver, source);
    let parts = by_person::split(&lines, parts, &people);
    let segments = segments::rows(&document, &lines, &parts, resolver);
    let texts: Vec<&str> =
        segments.iter().map(|segment| segment.text.as_str()).filter(|text| !text.is_empty()).collect();
    let sponsors = sponsors::rows(&document, &lines, &parts, resolver);
    let frame = links::Frame { document: &document, show: applied, sponsors: &sponsors };
    Notes {
        text: texts.join("\n\n"),
        links: links::rows(&document, &lines, &parts, resolver, frame),
        people,
        sponsors,
        segments,
    }
}

/// Marks the lines that the show repeats.
fn repetition<'a>(
    show: &'a ShowHabits,
    document: &blocks::Document<'_>,
    lines: &mut [lines::Line],
) -> show::Applied<'a> {
    let keys = traits::line_keys(document, lines);
    let applied = show.apply(keys.iter().flatten().copied());
    for (line, key) in lines.iter_mut().zip(keys) {
        line.repeated = key.is_some_and(|key| applied.repeats(key));
    }
    applied
}
