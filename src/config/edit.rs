//! Changing the configuration file as a person would: comments, order and spacing stay.

use std::io::Write;
use std::path::Path;

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
    let shows = document.entry("shows").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let shows = shows.as_array_of_tables_mut().ok_or("shows is not a list of tables")?;
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
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    // A link stays one: what it leads to is edited.
    let path = &path.canonicalize().map_err(unreadable)?;
    let invalid = |message: String| Error::Syntax { path: path.to_owned(), message, meant: None };
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| invalid(error.to_string()))?;
    change(&mut document).map_err(|message| invalid(message.to_owned()))?;
    let text = document.to_string();
    check(&text)?;
    let unwritable = |source| Error::Unwritable { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    let mode = std::fs::metadata(path).map_err(unwritable)?.permissions();
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().set_permissions(mode))
        .and_then(|()| file.as_file().sync_all())
        .map_err(unwritable)?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
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
}
