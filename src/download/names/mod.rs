//! Names of kept files: such as a person would choose, and safe on every file system they may be copied to.
//!
//! A path is bounded as a whole: a file's name has at most 120 bytes, a folder's 80, and all of it, from `audio/` on, 220,
//! for which long folders are shortened. Windows and SMB, by old rules, take 260 characters with what stands before that.

mod fault;
mod field;
mod filter;
mod of_show;
mod safe;
mod template;

pub use fault::{BadTemplate, Fault, FormatKind};
pub use safe::case_blind;
pub use template::Template;

use safe::{safe_name, safe_or_empty};
use template::Part;

use crate::model::Time;

/// The longest file name in bytes, ending included.
const LONGEST_NAME: usize = 120;
/// Kept free for the ending and for ` (9999)`.
const ROOM: usize = " (9999)".len() + ".opus4".len();
/// The longest folder name in bytes.
const LONGEST_FOLDER: usize = 80;
/// The longest path in bytes, from `audio/` on.
const LONGEST_PATH: usize = 220;

/// What a file is named after.
#[derive(Debug, Clone, Default)]
pub struct Naming<'a> {
    /// The show's slug.
    pub show: &'a str,
    /// The show's title.
    pub show_title: Option<&'a str>,
    /// The episode's title.
    pub title: Option<&'a str>,
    /// When it was published.
    pub published: Option<Time>,
    /// The episode's number.
    pub number: Option<i64>,
    /// The season.
    pub season: Option<i64>,
    /// `full`, `trailer`, `bonus`.
    pub episode_type: Option<&'a str>,
    /// The episode's author, else the show's.
    pub author: Option<&'a str>,
    /// As published.
    pub guid: Option<&'a str>,
    /// The file's name in the address of the episode's enclosure, without its ending.
    pub original: Option<&'a str>,
    /// The episode's row, which stands in for a missing title.
    pub id: i64,
    /// What the file is beside the audio, such as `en` or `chapters`: in brackets behind its name.
    pub beside: Option<&'a str>,
    /// It belongs to the show itself and to no episode: its cover.
    pub is_of_show: bool,
}

impl Naming<'_> {
    /// An episode that nobody made, to show what a template comes to.
    pub fn example() -> Self {
        Self {
            show: "the-quiet-shelf",
            show_title: Some("The Quiet Shelf"),
            title: Some("Maps: where to?"),
            published: "2024-03-09T06:00:00Z".parse().ok(),
            number: Some(42),
            season: Some(3),
            episode_type: Some("full"),
            author: Some("Ada Moss"),
            guid: Some("shelf-42"),
            original: Some("shelf042-final"),
            id: 1042,
            ..Self::default()
        }
    }
}

impl Template {
    /// The path below `audio/`, without ending, such as `show/2019-04-19 Title`. Each name in it is safe and bounded.
    pub fn stem(&self, naming: &Naming<'_>) -> String {
        if naming.is_of_show {
            return self.stem_of_show(naming);
        }
        let path = text(&self.parts, naming);
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let folders = folders.split('/').filter(|name| !name.trim().is_empty());
        let mut folders: Vec<String> = folders.map(|name| safe_name(name, LONGEST_FOLDER)).collect();
        shorten(&mut folders);
        folders.push(file_name(file, naming));
        folders.join("/")
    }

    /// The path of an episode that nobody made.
    pub fn example(&self) -> String {
        format!("{}.mp3", self.stem(&Naming::example()))
    }
}

fn text(parts: &[Part], naming: &Naming<'_>) -> String {
    let one = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Field(used) => used.value(naming).unwrap_or_default(),
        Part::Group(parts) if is_there(parts, naming) => text(parts, naming),
        Part::Group(_) => String::new(),
    };
    parts.iter().map(one).collect()
}

/// The name of the file, of what its part of the template came to.
fn file_name(text: &str, naming: &Naming<'_>) -> String {
    let beside = beside(naming);
    let longest = LONGEST_NAME - ROOM - beside.len();
    let name = safe_or_empty(text, longest);
    let name = if name.is_empty() { safe_name(&stand_in(naming), longest) } else { name };
    name + &beside
}

/// Behind the name, of what lies beside the audio.
fn beside(naming: &Naming<'_>) -> String {
    let word = naming.beside.map(|word| safe_name(word, 40));
    word.map_or_else(String::new, |word| format!(" [{word}]"))
}

/// Whether every field of a group has a value.
fn is_there(parts: &[Part], naming: &Naming<'_>) -> bool {
    let has_value = |part: &Part| match part {
        Part::Field(used) => used.value(naming).is_some(),
        Part::Text(_) | Part::Group(_) => true,
    };
    parts.iter().all(has_value)
}

/// Cuts the longest folders down until the path is short enough, whatever its file is called.
fn shorten(folders: &mut [String]) {
    let room = LONGEST_PATH - "audio/".len() - LONGEST_NAME - folders.len();
    let length = |longest: usize| folders.iter().map(|name| name.len().min(longest)).sum::<usize>();
    let Some(longest) = (1..=LONGEST_FOLDER).rev().find(|longest| length(*longest) <= room) else { return };
    for name in folders.iter_mut().filter(|name| name.len() > longest) {
        *name = safe_name(name, longest);
    }
}

/// What stands for a title where there is none.
fn stand_in(naming: &Naming<'_>) -> String {
    match naming.number {
        Some(number) => format!("episode {number}"),
        None => format!("episode id {}", naming.id),
    }
}

#[cfg(test)]
mod tests;
