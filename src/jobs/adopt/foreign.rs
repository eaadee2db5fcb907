//! What other programs wrote down beside the files: databases, lists, a JSON file an episode.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::fold::fold;
use crate::archive::{Program, Remembered, read_foreign};
use crate::model::Time;

/// A larger list or JSON file is none of these programs (bytes).
const LARGEST: u64 = 64 * 1024 * 1024;

/// What databases and lists say.
#[derive(Default)]
pub(super) struct Memory {
    books: Vec<Book>,
}

/// A database or a list, and whose files it speaks of: those below a folder.
struct Book {
    program: Program,
    below: Option<PathBuf>,
    by_file: HashMap<(String, String), Vec<Remembered>>,
    by_title: HashMap<String, Vec<Remembered>>,
    /// The keys of podcast-dl's list.
    keys: HashSet<String>,
}

impl Memory {
    /// Reads a database. `below`: it speaks of files below this folder; of all, if none.
    pub(super) fn database(&mut self, path: &Path, below: Option<PathBuf>) -> Result<Program, String> {
        let (program, rows) = read_foreign(path).map_err(|error| error.to_string())?;
        let mut book =
            Book { program, below, by_file: HashMap::new(), by_title: HashMap::new(), keys: HashSet::new() };
        for row in rows {
            if let (Some(folder), Some(file)) = (&row.folder, &row.file) {
                book.by_file.entry((folder.clone(), file.clone())).or_default().push(row);
            } else {
                let title = fold(row.title.as_deref().unwrap_or_default());
                book.by_title.entry(title).or_default().push(row);
            }
        }
        self.books.push(book);
        Ok(program)
    }

    /// Reads a list of podcast-dl; whether it is one. A JSON file that is something else is not spoken of.
    pub(super) fn list(&mut self, path: &Path, is_named: bool) -> Result<bool, String> {
        let text = small(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name =
            path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let begins_as_list = text.trim_start().starts_with('[');
        let keys: Vec<String> = match serde_json::from_str(&text) {
            Ok(keys) => keys,
            Err(error) if is_named || begins_as_list && name.contains("archive") => {
                return Err(format!("{}: no list of podcast-dl, or half written: {error}", path.display()));
            }
            Err(_) => return Ok(false),
        };
        self.books.push(Book {
            program: Program::PodcastDl,
            below: path.parent().filter(|_| !is_named).map(Path::to_owned),
            by_file: HashMap::new(),
            by_title: HashMap::new(),
            keys: keys.into_iter().collect(),
        });
        Ok(true)
    }

    /// What was written down of the file itself. Two rows for one file say nothing.
    pub(super) fn of_file<'a>(&'a self, path: &'a Path) -> Option<(Program, &'a Remembered)> {
        let name = path.file_name()?.to_str()?.to_owned();
        let folder = path.parent()?.file_name()?.to_str()?.to_owned();
        let key = (folder, name);
        self.speaking_of(path).find_map(|book| match book.by_file.get(&key)?.as_slice() {
            [one] => Some((book.program, one)),
            _ => None,
        })
    }

    /// What was written down of the one episode of this title, on that day if one is told.
    pub(super) fn of_title<'a>(
        &'a self,
        path: &'a Path,
        titles: &[String],
        day: Option<i64>,
    ) -> Option<(Program, &'a Remembered)> {
        self.speaking_of(path).find_map(|book| {
            let found = titles.iter().find_map(|title| book.by_title.get(title))?;
            let near = |row: &&Remembered| match (row.published, day) {
                (Some(at), Some(day)) => (at.unix().div_euclid(86_400) - day).abs() <= 1,
                _ => true,
            };
            match found.iter().filter(near).collect::<Vec<_>>().as_slice() {
                [one] => Some((book.program, *one)),
                _ => None,
            }
        })
    }

    /// Whether a list of podcast-dl has the episode of this guid of the feed at one of these addresses.
    pub(super) fn lists(&self, path: &Path, feeds: &[String], guid: &str) -> bool {
        self.speaking_of(path).filter(|book| !book.keys.is_empty()).any(|book| {
            feeds.iter().any(|feed| book.keys.contains(&format!("{}-{guid}", host_and_path(feed))))
        })
    }

    /// Whose list speaks of the file.
    pub(super) fn program(&self, path: &Path) -> Option<Program> {
        self.speaking_of(path).map(|book| book.program).next()
    }

    fn speaking_of<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Book> {
        self.books
            .iter()
            .filter(move |book| book.below.as_deref().is_none_or(|below| path.starts_with(below)))
    }
}

/// How podcast-dl begins the keys of a feed.
fn host_and_path(feed: &str) -> String {
    url::Url::parse(feed)
        .map(|url| format!("{}{}", url.host_str().unwrap_or_default(), url.path()))
        .unwrap_or_default()
}

/// What the JSON file beside an audio file says: `NAME.info.json` of podcast-archiver, `NAME.meta.json` of podcast-dl.
/// One that can't be read says nothing, and that is said.
pub(super) fn beside(path: &Path, unread: &mut Vec<String>) -> Option<(Program, Remembered)> {
    let stem = path.file_stem()?;
    for (ending, program) in [(".info.json", Program::PodcastArchiver), (".meta.json", Program::PodcastDl)] {
        let mut name = stem.to_owned();
        name.push(ending);
        let json = path.with_file_name(name);
        match std::fs::symlink_metadata(&json) {
            Ok(found) if found.is_file() => {}
            _ => continue,
        }
        let read = small(&json).map_err(|error| error.to_string());
        let value = read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        match value {
            Ok(value) => return Some((program, remembered(&value))),
            Err(error) => unread.push(format!("{}: not readable, or half written: {error}", json.display())),
        }
    }
    None
}

fn remembered(value: &Value) -> Remembered {
    let text = |pointer: &str| {
        let found = value.pointer(pointer).and_then(Value::as_str).map(str::trim);
        found.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let date = |text: String| {
        let parsed =
            chrono::DateTime::parse_from_rfc2822(&text).or(chrono::DateTime::parse_from_rfc3339(&text));
        parsed.ok().map(|at| Time::from(at.to_utc()))
    };
    Remembered {
        guid: text("/guid").or_else(|| text("/id")),
        url: text("/enclosure/href").or_else(|| text("/enclosure/url")),
        title: text("/original_title").or_else(|| text("/title")),
        published: ["/published_time", "/isoDate", "/pubDate"].iter().find_map(|at| date(text(at)?)),
        ..Remembered::default()
    }
}

fn small(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Where a program keeps its database, if it is there.
pub(super) fn at_home(program: Program) -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    let place = match program {
        Program::GPodder => std::env::var_os("GPODDER_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(home()?.join("gPodder")))?
            .join("Database"),
        Program::PodcastArchiver => {
            let folder = std::env::var_os("XDG_CONFIG_HOME")
                .map(PathBuf::from)
                .or_else(|| Some(home()?.join(".config")))?;
            folder.join("podcast-archiver/podcast-archiver.db")
        }
        Program::PodcastDl | Program::Folder => return None,
    };
    place.is_file().then_some(place)
}
