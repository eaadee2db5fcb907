//! The folder of a demo: made, found again, and never mistaken for something else.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::show::SLUG;
use crate::config::{self, Config};

/// The only host that a demo may ask.
const LOOPBACK: &str = "127.0.0.1";

/// A demo needs next to no space.
const CONFIG: &str = "\
# A demo, written by \"castkeep demo\". Its show is inside castkeep itself and is served only while that command runs.

[archive]
directory = \"archive\"
min_free_mb = 1

[http]
only_hosts = [\"127.0.0.1\"]     # nothing else can be asked from here
downloads_per_host = 1         # one after the other, so that every demo reads the same
";

/// The folder can't hold a demo.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is something in it that is not ours.
    #[error("{} is not a demo: {reason}", folder.display())]
    NotADemo {
        /// The folder.
        folder: PathBuf,
        /// What it holds instead.
        reason: String,
    },
    /// The configuration in it is broken.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// The file system said no.
    #[error("{doing} {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl Error {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        matches!(self, Self::NotADemo { .. })
            .then(|| "name a folder that is new or empty: castkeep demo DIR".to_owned())
    }
}

/// A folder for a demo: new, empty, or with an earlier demo in it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    document: DocumentMut,
    was_there: bool,
}

impl Folder {
    /// Looks at the folder and changes nothing.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let new = |was_there| Self { path: path.to_owned(), document: DocumentMut::new(), was_there };
        let not = |reason: &str| Error::NotADemo { folder: path.to_owned(), reason: reason.to_owned() };
        let mut entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(new(false)),
            Err(error) if error.kind() == ErrorKind::NotADirectory => return Err(not("it is not a folder")),
            Err(source) => return Err(Error::Io { path: path.to_owned(), doing: "look into", source }),
        };
        if entries.next().is_none() {
            return Ok(new(false));
        }
        let file = path.join("config.toml");
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(not("it holds other files and no config.toml"));
            }
            Err(source) => return Err(Error::Io { path: file, doing: "read", source }),
        };
        // Without the environment: a variable may point every other command at the user's own archive, but not this one.
        let config = Config::parse(&text, &file, path, std::iter::empty())?;
        if !is_demo(&config, path) {
            return Err(not("its config.toml is that of another archive"));
        }
        let document = text.parse().map_err(|error: toml_edit::TomlError| config::Error::Syntax {
            path: file,
            message: error.to_string(),
        })?;
        Ok(Self { path: path.to_owned(), document, was_there: true })
    }

    /// Whether an earlier demo is in it.
    pub fn was_there(&self) -> bool {
        self.was_there
    }

    /// The configuration file.
    pub fn config_path(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    /// Writes the configuration with the show at `feed`; all else in an earlier one stays. What it says.
    pub fn configure(&mut self, feed: &str) -> Result<Config, Error> {
        if !self.was_there {
            self.document = template();
        }
        if let Some(shows) = self.document["shows"].as_array_of_tables_mut() {
            for show in shows.iter_mut().filter(|show| show.get("slug").and_then(Item::as_str) == Some(SLUG))
            {
                show["feed"] = value(feed);
            }
        }
        let file = self.config_path();
        let io = |path: &Path, doing| {
            let path = path.to_owned();
            move |source| Error::Io { path, doing, source }
        };
        std::fs::create_dir_all(&self.path).map_err(io(&self.path, "make the folder"))?;
        let text = self.document.to_string();
        let mode = std::fs::Permissions::from_mode(0o666);
        let mut new =
            tempfile::Builder::new().permissions(mode).tempfile_in(&self.path).map_err(io(&file, "write"))?;
        new.write_all(text.as_bytes()).and_then(|()| new.as_file().sync_all()).map_err(io(&file, "write"))?;
        new.persist(&file).map_err(|error| io(&file, "write")(error.error))?;
        Ok(Config::parse(&text, &file, &self.path, std::iter::empty())?)
    }
}

fn template() -> DocumentMut {
    let mut document: DocumentMut = CONFIG.parse().unwrap_or_default();
    let mut show = Table::new();
    show["slug"] = value(SLUG);
    show["feed"] = value("");
    let mut shows = ArrayOfTables::new();
    shows.push(show);
    document["shows"] = Item::ArrayOfTables(shows);
    document
}

/// It follows the demo's show on loopback, may ask nobody else, and keeps its archive in the folder itself.
fn is_demo(config: &Config, folder: &Path) -> bool {
    config.http.only_hosts == [LOOPBACK]
        && config.archive.directory == folder.join("archive")
        && config.shows.iter().any(|show| {
            show.slug.as_deref() == Some(SLUG) && show.feed.starts_with(&format!("http://{LOOPBACK}:"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "http://127.0.0.1:1234/feed.xml";

    #[test]
    fn what_is_added_to_a_demo_stays_when_its_feed_moves() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("demo");
        let mut folder = Folder::open(&path).unwrap();
        assert!(!folder.was_there() && !path.exists());
        let config = folder.configure(FEED).unwrap();
        assert_eq!(config.shows[0].feed, FEED);
        let file = folder.config_path();
        let added = std::fs::read_to_string(&file).unwrap()
            + "\n[[shows]] # mine\nslug = \"mine\"\nfeed = \"https://a.example/rss\"\n";
        std::fs::write(&file, &added).unwrap();
        let mut again = Folder::open(&path).unwrap();
        assert!(again.was_there());
        again.configure("http://127.0.0.1:99/feed.xml").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), added.replace(":1234", ":99"));
    }

    #[test]
    fn what_is_not_a_demo_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path();
        let reason = || match Folder::open(path).unwrap_err() {
            Error::NotADemo { reason, .. } => reason,
            other => other.to_string(),
        };
        std::fs::write(path.join("thesis.txt"), "a year of work").unwrap();
        assert_eq!(reason(), "it holds other files and no config.toml");
        std::fs::write(path.join("config.toml"), config::TEMPLATE).unwrap();
        assert_eq!(reason(), "its config.toml is that of another archive");
        assert!(matches!(Folder::open(&path.join("thesis.txt")), Err(Error::NotADemo { .. })));
    }
}
