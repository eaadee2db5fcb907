//! Settings of another program, written into the configuration file in place: where it still says what it says by default.

use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike};

use super::edit::{add_to, edit};
use super::{Config, Error, TEMPLATE};

/// A key of ours that says what one of another program said.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// `choose` of `[choose]`.
    pub section: &'static str,
    /// `newest`.
    pub key: &'static str,
    /// What it is set to.
    pub value: toml::Value,
    /// What the other program calls it.
    pub theirs: &'static str,
}

/// What became of a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// It is written.
    Written,
    /// The file says so already.
    Same,
    /// The file says something else, which is not the default: that stays.
    Left(toml::Value),
}

/// Writes the settings and adds the shows: all that can be, or, where the file would not load with them, nothing. What became of
/// each setting.
pub fn take_over(
    path: &Path,
    settings: &[Setting],
    shows: &[(Option<String>, String)],
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Vec<Taken>, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let table = |text: &str| toml::from_str(text).map_err(|source| Error::syntax(path, &source));
    let (own, default): (toml::Table, toml::Table) = (table(&text)?, table(TEMPLATE)?);
    let taken: Vec<Taken> = settings.iter().map(|setting| setting.held_against(&own, &default)).collect();
    let written = settings.iter().zip(&taken).filter(|(_, taken)| **taken == Taken::Written);
    let written: Vec<&Setting> = written.map(|(setting, _)| setting).collect();
    if written.is_empty() && shows.is_empty() {
        return Ok(taken);
    }
    let change = |document: &mut DocumentMut| {
        written.iter().try_for_each(|setting| setting.write(document))?;
        if shows.is_empty() { Ok(()) } else { add_to(document, shows) }
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    edit(path, change, |text| Config::parse(text, path, folder, environment).map(drop))?;
    Ok(taken)
}

impl Setting {
    fn held_against(&self, own: &toml::Table, default: &toml::Table) -> Taken {
        let of = |table: &toml::Table| table.get(self.section)?.get(self.key).cloned();
        let default = of(default);
        match of(own).or_else(|| default.clone()) {
            Some(value) if value == self.value => Taken::Same,
            Some(value) if Some(&value) != default.as_ref() => Taken::Left(value),
            _ => Taken::Written,
        }
    }

    fn write(&self, document: &mut DocumentMut) -> Result<(), &'static str> {
        let section = if document.contains_key(self.section) {
            document.get_mut(self.section)
        } else {
            Some(new_section(document, self.section))
        };
        let value: toml_edit::Value =
            self.value.to_string().parse().map_err(|_| "a value that can't be written")?;
        match section {
            Some(Item::Table(table)) => self.set(table, value),
            Some(Item::Value(toml_edit::Value::InlineTable(table))) => set_inline(table, self.key, value),
            _ => return Err("a section is not a table"),
        }
        Ok(())
    }

    /// In the place of the old value, whose comment stays; else as the first key, so that no comment comes to stand over another
    /// key than its own.
    fn set(&self, table: &mut Table, mut value: toml_edit::Value) {
        if let Some(old) = table.get_mut(self.key).and_then(Item::as_value_mut) {
            *value.decor_mut() = old.decor().clone();
            *old = value;
            return;
        }
        value.decor_mut().set_prefix(" ");
        value.decor_mut().set_suffix(format!("  # {}", self.theirs));
        TableLike::insert(table, self.key, Item::Value(value));
        table.sort_values_by(|one, _, other, _| (other == self.key).cmp(&(one == self.key)));
    }
}

/// There is no room for a comment.
fn set_inline(table: &mut InlineTable, key: &str, value: toml_edit::Value) {
    table.insert(key, value);
}

/// An empty section, behind those that there are and before the shows.
fn new_section<'a>(document: &'a mut DocumentMut, name: &str) -> &'a mut Item {
    let positions = document.iter().filter_map(|(_, item)| item.as_table()?.position());
    let last = positions.max();
    let mut table = Table::new();
    table.set_position(last);
    if last.is_some() || !document.is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    document.entry(name).or_insert(Item::Table(table))
}

#[cfg(test)]
mod tests {
    use super::Taken::{Left, Same, Written};
    use super::*;

    fn setting(section: &'static str, key: &'static str, value: impl Into<toml::Value>) -> Setting {
        Setting { section, key, value: value.into(), theirs: "theirs" }
    }

    /// What becomes of a configuration, and of each setting.
    fn after(text: &str, settings: &[Setting]) -> (String, Vec<Taken>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        let shows = [(None, "https://a.example/rss".to_owned())];
        let taken = take_over(&path, settings, &shows, std::iter::empty()).unwrap();
        let written = std::fs::read_to_string(path).unwrap();
        let text = written.strip_suffix("\n[[shows]]\nfeed = \"https://a.example/rss\"\n").unwrap();
        (text.to_owned(), taken)
    }

    #[test]
    fn a_default_is_replaced_in_place_and_what_is_the_users_own_stays() {
        let text = "# mine\n[http]   # manners\ndownloads_at_once = 4  # side by side\n\n[choose] # what\n# since = 2020-01-01\n\
                    newest = 20 # so many\nmax_mb = 0\n";
        let settings = [
            setting("http", "downloads_at_once", 7),
            setting("choose", "newest", 5),
            setting("choose", "max_mb", 0),
            setting("naming", "template", "{title}.{ext}"),
            setting("sync", "interval", "90s"),
        ];
        let (text, taken) = after(text, &settings);
        assert_eq!(
            text,
            "# mine\n[http]   # manners\ndownloads_at_once = 7  # side by side\n\n[choose] # what\n# since = 2020-01-01\n\
             newest = 20 # so many\nmax_mb = 0\n\n[naming]\ntemplate = \"{title}.{ext}\"  # theirs\n\n[sync]\ninterval = \"90s\"  # theirs\n"
        );
        assert_eq!(taken, [Written, Left(20.into()), Same, Written, Written]);
    }

    #[test]
    fn the_file_that_init_writes_keeps_all_its_comments() {
        let all = [
            setting("naming", "template", "{title}.{ext}"),
            setting("naming", "beside", vec!["json".to_owned()]),
            setting("choose", "newest", 5),
        ];
        let (text, taken) = after(TEMPLATE, &all);
        assert_eq!(taken, [Written, Written, Written]);
        let expected = TEMPLATE
            .replace("beside = []  ", "beside = [\"json\"]  ")
            .replace("newest = 0  ", "newest = 5  ")
            .replace(
                "# template = \"{show}",
                "template = \"{title}.{ext}\"  # theirs\n# template = \"{show}",
            );
        assert_eq!(text.trim_end(), expected.trim_end());
    }

    #[test]
    fn sections_in_one_line_and_files_without_sections_are_written_to() {
        let (text, _) = after("choose = { newest = 0, max_mb = 3 }\n", &[setting("choose", "newest", 5)]);
        assert_eq!(text, "choose = { newest = 5, max_mb = 3 }\n");
        let (text, _) = after("", &[setting("choose", "newest", 5)]);
        assert_eq!(text, "[choose]\nnewest = 5  # theirs\n");
    }

    #[test]
    fn what_would_not_load_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "# mine\n").unwrap();
        let shows = [(None, "https://a.example/rss".to_owned())];
        let wrong = [setting("choose", "newest", 5), setting("sync", "interval", "soon")];
        assert!(take_over(&path, &wrong, &shows, std::iter::empty()).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "# mine\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
