//! What belongs to a show and to no episode, its cover: it lies in the folder of the show, else its name tells which show it is.

use super::field::Field;
use super::safe::{safe_name, safe_or_empty};
use super::template::{Part, Template, fields};
use super::{LONGEST_FOLDER, LONGEST_NAME, Naming, ROOM, beside, is_there, shorten, text};

/// A folder, or the name of the file, while it is read.
#[derive(Default)]
struct Level {
    text: String,
    /// A field in it has no value.
    lacks: bool,
    names_show: bool,
}

impl Template {
    /// The path of a show's cover. What the show lacks, a season or a date, makes no folder for it.
    pub(super) fn stem_of_show(&self, naming: &Naming<'_>) -> String {
        let mut levels = levels(&self.parts, naming);
        let file = levels.pop().unwrap_or_default();
        let home = levels.iter().position(|level| level.names_show && !level.lacks);
        levels.truncate(home.map_or(levels.len(), |home| home + 1));
        let folders = levels.iter().filter(|level| !level.lacks && !level.text.trim().is_empty());
        let mut folders: Vec<String> = folders.map(|level| safe_name(&level.text, LONGEST_FOLDER)).collect();
        shorten(&mut folders);
        let beside = beside(naming);
        let longest = LONGEST_NAME - ROOM - beside.len();
        let is_titled = self.names_file_by_title();
        let name = if is_titled { safe_or_empty(&file.text, longest) } else { String::new() };
        let name = if name.is_empty() { "cover".to_owned() } else { name };
        let is_told = home.is_some() || is_titled && file.names_show;
        let name = if is_told { name } else { safe_name(&format!("{name} {}", naming.show), longest) };
        folders.push(name + &beside);
        folders.join("/")
    }
}

/// The path, split at its slashes.
fn levels(parts: &[Part], naming: &Naming<'_>) -> Vec<Level> {
    let (mut done, mut level) = (Vec::new(), Level::default());
    for part in parts {
        let (value, names_show) = value(part, naming);
        level.names_show |= names_show;
        level.lacks |= value.is_none();
        let value = value.unwrap_or_default();
        let mut pieces = value.split('/');
        level.text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            done.push(std::mem::replace(&mut level, Level { text: piece.to_owned(), ..Level::default() }));
        }
    }
    done.push(level);
    done
}

/// What a part comes to, and whether it names the show; `None` if there is no such value.
fn value(part: &Part, naming: &Naming<'_>) -> (Option<String>, bool) {
    let is_show = |field: &Field| matches!(field, Field::Show | Field::ShowTitle);
    match part {
        Part::Text(text) => (Some(text.clone()), false),
        Part::Field(used) => (used.value(naming), is_show(&used.field)),
        Part::Group(parts) if is_there(parts, naming) => {
            (Some(text(parts, naming)), fields(parts).iter().any(is_show))
        }
        Part::Group(_) => (Some(String::new()), false),
    }
}
