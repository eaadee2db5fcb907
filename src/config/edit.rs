//! Changing the configuration file as a person would: comments, order and spacing stay.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::FlockOperation;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::Error;

/// Adds a show at the end of the file.
pub fn add_show(path: &Path, slug: &str, feed: &str) -> Result<(), Error> {
    add_shows(path, &[(Some(slug.to_owned()), feed.to_owned())])
}

/// Adds shows at the end of the file, each by its short name, if it has one, and its feed: all of them or none.
pub fn add_shows(path: &Path, added: &[(Option<String>, String)]) -> Result<(), Error> {
    edit(path, |document| add_to(document, added), |_| Ok(()))
}

/// The same, in a document.
pub(super) fn add_to(
    document: &mut DocumentMut,
    added: &[(Option<String>, String)],
) -> Result<(), &'static str> {
    // Comments at the end of the file stay above the new blocks.
    let tail = document.trailing().as_str().unwrap_or_default().trim_end().to_owned();
    document.set_trailing("");
    if document.get("shows").and_then(Item::as_array).is_some_and(toml_edit::Array::is_empty) {
        document.remove("shows");
    }
    let shows = document.entry("shows").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let shows = shows
        .as_array_of_tables_mut()
        .ok_or("the shows stand in one list there: write each as a [[shows]] section, and try again")?;
    for (place, (slug, feed)) in added.iter().enumerate() {
        let mut show = Table::new();
        if let Some(slug) = slug {
            show["slug"] = value(slug);
        }
        show["feed"] = value(feed);
        if place == 0 && !tail.is_empty() {
            show.decor_mut().set_prefix(format!("{tail}\n\n"));
        }
        shows.push(show);
    }
    Ok(())
}

/// Removes the show that stands at this place in the list, from 0; whether there is one.
pub fn remove_show(path: &Path, index: usize) -> Result<bool, Error> {
    let mut found = false;
    let remove = |document: &mut DocumentMut| {
        let shows = document.get_mut("shows").and_then(Item::as_array_of_tables_mut);
        if let Some(shows) = shows.filter(|shows| index < shows.len()) {
            shows.remove(index);
            found = true;
        }
        Ok(())
    };
    edit(path, remove, |_| Ok(()))?;
    Ok(found)
}

/// Writes the changed file whole or, where `check` finds its new text wanting, not at all.
pub(super) fn edit(
    path: &Path,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), &'static str>,
    check: impl FnOnce(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    // A link stays one: what it leads to is edited.
    let path = &path.canonicalize().map_err(unreadable)?;
    let mut held = held(path).map_err(unreadable)?;
    let mut text = String::new();
    held.read_to_string(&mut text).map_err(unreadable)?;
    let invalid = |message: String| Error::Syntax { path: path.to_owned(), message, meant: None };
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| invalid(error.to_string()))?;
    change(&mut document).map_err(|message| invalid(message.to_owned()))?;
    let text = as_it_was(&text, document.to_string());
    check(&text)?;
    let unwritable = |source| Error::Unwritable { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    let of = held.metadata().map_err(unwritable)?;
    keep_owner(file.as_file(), &of).map_err(unwritable)?;
    let mode = of.permissions();
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().set_permissions(mode))
        .and_then(|()| file.as_file().sync_all())
        .map_err(unwritable)?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}

/// The file, held against others that would change it; whoever had it before may have put another in its place.
fn held(path: &Path) -> io::Result<File> {
    loop {
        let file = File::open(path)?;
        rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
        let (held, there) = (file.metadata()?, std::fs::metadata(path)?);
        if (held.dev(), held.ino()) == (there.dev(), there.ino()) {
            return Ok(file);
        }
    }
}

/// Whose file it is does not change, whoever edits it.
fn keep_owner(file: &File, of: &Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (of.uid(), of.gid()) {
        return Ok(());
    }
    std::os::unix::fs::fchown(file, Some(of.uid()), Some(of.gid()))
}

/// The new text with the line ends and the mark at the beginning (U+FEFF) of the old one.
fn as_it_was(old: &str, new: String) -> String {
    let bare = old.matches('\n').count() - old.matches("\r\n").count();
    let new =
        if bare == 0 && old.contains('\n') { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new };
    if old.starts_with('\u{feff}') && !new.starts_with('\u{feff}') { format!("\u{feff}{new}") } else { new }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_come_and_go_and_comments_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let empty = "# mine\n[http]\nonly_hosts = [] # any\n\n# shows follow\n";
        std::fs::write(&path, empty).unwrap();
        add_show(&path, "a", "https://a.example/").unwrap();
        add_show(&path, "b", "https://b.example/").unwrap();
        let text = || std::fs::read_to_string(&path).unwrap();
        let block =
            |name: &str| format!("\n[[shows]]\nslug = \"{name}\"\nfeed = \"https://{name}.example/\"\n");
        assert_eq!(text(), format!("{empty}{}{}", block("a"), block("b")));
        assert!(remove_show(&path, 0).unwrap());
        assert!(text().ends_with(&block("b")) && !text().contains("a.example"), "{}", text());
        assert!(!remove_show(&path, 1).unwrap());
        assert!(remove_show(&path, 0).unwrap());
    }

    #[test]
    fn line_ends_the_mark_at_the_beginning_and_the_owner_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "\u{feff}# mine\r\n[http]\r\nshows = []\r\n").unwrap();
        // Only root can give files away.
        let owner =
            if rustix::process::geteuid().is_root() { 12_345 } else { rustix::process::geteuid().as_raw() };
        std::os::unix::fs::chown(&path, Some(owner), None).unwrap();
        add_show(&path, "a", "https://a.example/").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("\u{feff}# mine\r\n[http]\r\n"), "{text:?}");
        assert!(
            text.ends_with("\r\n[[shows]]\r\nslug = \"a\"\r\nfeed = \"https://a.example/\"\r\n"),
            "{text:?}"
        );
        assert_eq!(std::fs::metadata(&path).unwrap().uid(), owner);
    }

    #[test]
    fn who_edits_at_the_same_time_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "shows = []\n").unwrap();
        std::thread::scope(|scope| {
            for n in 0..8 {
                let path = &path;
                scope.spawn(move || add_show(path, &format!("s{n}"), "https://a.example/").unwrap());
            }
        });
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches("[[shows]]").count(), 8, "{text}");
    }
}
