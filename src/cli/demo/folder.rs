//! The folder of a demo: made, found again, and never mistaken for something else.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::cli::failure::Usage;
use crate::config::Config;
use crate::demo::SLUG;

/// The only host that a demo may ask.
const LOOPBACK: &str = "127.0.0.1";

/// The configuration of a new demo, but for its show.
const CONFIG: &str = "\
# A demo, written by \"castkeep demo\". Its shows are inside castkeep itself and are served only while that command runs.

[archive]
directory = \"archive\"
min_free_mb = 1                # a demo needs next to no space

[http]
only_hosts = [\"127.0.0.1\"]     # nothing else can be asked from here
downloads_per_host = 1         # one after the other, so that every demo reads the same
";

/// A folder for a demo: new, empty, or with an earlier demo in it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    document: DocumentMut,
    was_there: bool,
}

impl Folder {
    /// Looks at the folder and changes nothing. An error of usage if it holds something else than a demo.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        if is_free(path)? {
            return Ok(Self { path: path.to_owned(), document: template(), was_there: false });
        }
        let file = path.join("config.toml");
        let text = match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(refused(path, "it holds other files and no config.toml"));
            }
            read => read.with_context(|| format!("read {}", file.display()))?,
        };
        let config = parse(&text, &file, path)?;
        if !is_demo(&config, path) {
            return Err(refused(path, "its config.toml is that of another archive"));
        }
        let document = text.parse().with_context(|| format!("read {}", file.display()))?;
        Ok(Self { path: path.to_owned(), document, was_there: true })
    }

    /// Whether an earlier demo is in it.
    pub(super) fn was_there(&self) -> bool {
        self.was_there
    }

    /// The configuration file.
    pub(super) fn config_path(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    /// Writes the configuration with the shows at these addresses; all else in an earlier one stays. What it says.
    pub(super) fn configure(&mut self, feeds: &[(&str, String)]) -> anyhow::Result<Config> {
        if let Some(shows) = self.document["shows"].as_array_of_tables_mut() {
            for (slug, feed) in feeds {
                follow(shows, slug, feed);
            }
        }
        std::fs::create_dir_all(&self.path)
            .with_context(|| format!("make the folder {}", self.path.display()))?;
        let (file, text) = (self.config_path(), self.document.to_string());
        write(&file, &text).with_context(|| format!("write {}", file.display()))?;
        parse(&text, &file, &self.path)
    }
}

/// Gives the show its address, and a place if it has none.
fn follow(shows: &mut ArrayOfTables, slug: &str, feed: &str) {
    let is_it = |show: &&mut Table| show.get("slug").and_then(Item::as_str) == Some(slug);
    if let Some(show) = shows.iter_mut().find(is_it) {
        show["feed"] = value(feed);
    } else {
        let mut show = Table::new();
        show["slug"] = value(slug);
        show["feed"] = value(feed);
        shows.push(show);
    }
}

/// Nothing is there, or an empty folder.
fn is_free(path: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Err(refused(path, "it is not a folder")),
        Err(error) => Err(error).with_context(|| format!("look into {}", path.display())),
    }
}

fn refused(path: &Path, reason: &str) -> anyhow::Error {
    let message = format!("{} is not a demo: {reason}", path.display());
    Usage { message, hint: Some("name a folder that is new or empty: castkeep demo DIR".to_owned()) }.into()
}

/// Without the environment: its variables may point every other command at the user's own archive, but not this one.
fn parse(text: &str, file: &Path, folder: &Path) -> anyhow::Result<Config> {
    Ok(Config::parse(text, file, folder, std::iter::empty())?)
}

/// The file appears whole or not at all.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mode = std::fs::Permissions::from_mode(0o666);
    let mut new = tempfile::Builder::new().permissions(mode).tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

fn template() -> DocumentMut {
    let mut document: DocumentMut = CONFIG.parse().unwrap_or_default();
    document["shows"] = Item::ArrayOfTables(ArrayOfTables::new());
    document
}

/// It follows a show of the demo's on loopback, may ask nobody else, and keeps its archive in the folder itself.
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
        let config = folder.configure(&[(SLUG, FEED.to_owned())]).unwrap();
        assert_eq!(config.shows[0].feed, FEED);
        let file = folder.config_path();
        let added = std::fs::read_to_string(&file).unwrap()
            + "\n[[shows]] # mine\nslug = \"mine\"\nfeed = \"https://a.example/rss\"\n";
        std::fs::write(&file, &added).unwrap();
        let mut again = Folder::open(&path).unwrap();
        assert!(again.was_there());
        let feeds = [(SLUG, FEED.replace(":1234", ":99")), ("another", FEED.replace(":1234", ":99/another"))];
        again.configure(&feeds).unwrap();
        let another = "\n[[shows]]\nslug = \"another\"\nfeed = \"http://127.0.0.1:99/another/feed.xml\"\n";
        assert_eq!(std::fs::read_to_string(&file).unwrap(), added.replace(":1234", ":99") + another);
    }

    #[test]
    fn what_is_not_a_demo_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path();
        let reason =
            || Folder::open(path).unwrap_err().to_string().split_once("demo: ").unwrap().1.to_owned();
        std::fs::write(path.join("thesis.txt"), "a year of work").unwrap();
        assert_eq!(reason(), "it holds other files and no config.toml");
        std::fs::write(path.join("config.toml"), crate::config::TEMPLATE).unwrap();
        assert_eq!(reason(), "its config.toml is that of another archive");
        assert!(Folder::open(&path.join("thesis.txt")).unwrap_err().is::<Usage>());
        std::fs::write(path.join("config.toml"), "[archive]\nroot = 1\n").unwrap();
        assert!(Folder::open(path).unwrap_err().is::<crate::config::Error>());
    }
}
