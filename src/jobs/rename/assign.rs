//! Which file gets which name: its own if that fits, else one that it had before and that fits, else the next that is free.

use std::collections::{HashMap, HashSet};

use crate::archive::Subject;
use crate::download::case_blind;

/// So many files of one name are enough.
const MOST_NAMESAKES: u32 = 9_999;

/// A file that is to get a name by the template.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) subject: Subject,
    /// Its path today, as are all here: relative to the archive.
    pub(super) path: String,
    /// What the template says, without ending.
    pub(super) stem: String,
    /// From its dot on.
    pub(super) ending: String,
    /// The latest first.
    pub(super) former: Vec<String>,
}

/// Names that are given away.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// In their case-blind forms: what are two files here may be one elsewhere.
    paths: HashSet<String>,
    /// How each folder is spelled, by its case-blind form: likewise.
    folders: HashMap<String, String>,
    /// By which number a stem goes on.
    next: HashMap<String, u32>,
}

impl Taken {
    /// A name that stays with who has it.
    pub(super) fn hold(&mut self, path: &str) {
        self.paths.insert(case_blind(path));
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.spell(folder);
        }
    }

    /// The folder as it is spelled already, folder by folder.
    fn spell(&mut self, folder: &str) -> String {
        let mut spelled = String::new();
        for name in folder.split('/') {
            let wish = if spelled.is_empty() { name.to_owned() } else { format!("{spelled}/{name}") };
            spelled = self.folders.entry(case_blind(&wish)).or_insert(wish).clone();
        }
        spelled
    }

    fn take(&mut self, path: &str) -> bool {
        self.paths.insert(case_blind(path))
    }

    /// The next free name for a stem.
    fn number(&mut self, stem: &str, ending: &str) -> Option<String> {
        let key = case_blind(&format!("{stem}{ending}"));
        let mut count = self.next.get(&key).copied().unwrap_or(1);
        while count <= MOST_NAMESAKES {
            let path = numbered(stem, count, ending);
            count += 1;
            if self.take(&path) {
                self.next.insert(key, count);
                return Some(path);
            }
        }
        None
    }
}

/// The new path of each item, in their order; `None` where every name is taken.
pub(super) fn assign(items: &[Item], taken: &mut Taken) -> Vec<Option<String>> {
    // Who is where the template wants it says how its folder is spelled.
    for item in items {
        let (folder, wish) = (item.path.rsplit_once('/'), item.stem.rsplit_once('/'));
        if let (Some((folder, _)), Some((wish, _))) = (folder, wish)
            && folder == wish
        {
            taken.spell(folder);
        }
    }
    let stems: Vec<String> = items.iter().map(|item| spelled(&item.stem, taken)).collect();
    let mut paths: Vec<Option<String>> = vec![None; items.len()];
    for ((item, stem), path) in items.iter().zip(&stems).zip(&mut paths) {
        if fits(&item.path, stem, &item.ending) && taken.take(&item.path) {
            *path = Some(item.path.clone());
        }
    }
    for ((item, stem), path) in items.iter().zip(&stems).zip(&mut paths).filter(|(_, path)| path.is_none()) {
        let mut former = item.former.iter().filter(|former| fits(former, stem, &item.ending));
        *path = former.find(|former| taken.take(former)).cloned();
    }
    for ((item, stem), path) in items.iter().zip(&stems).zip(&mut paths).filter(|(_, path)| path.is_none()) {
        *path = taken.number(stem, &item.ending);
    }
    paths
}

fn spelled(stem: &str, taken: &mut Taken) -> String {
    match stem.rsplit_once('/') {
        Some((folder, name)) => format!("{}/{name}", taken.spell(folder)),
        None => stem.to_owned(),
    }
}

fn numbered(stem: &str, count: u32, ending: &str) -> String {
    match count {
        1 => format!("{stem}{ending}"),
        _ => format!("{stem} ({count}){ending}"),
    }
}

/// Whether a path is the stem with the ending, perhaps with a number between the two.
fn fits(path: &str, stem: &str, ending: &str) -> bool {
    let between = path.strip_prefix(stem).and_then(|rest| rest.strip_suffix(ending));
    between.is_some_and(|between| between.is_empty() || number(between).is_some())
}

/// The number of ` (2)`.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.strip_prefix(" (")?.strip_suffix(')')?;
    let count = digits.parse().ok().filter(|count| (2..=MOST_NAMESAKES).contains(count))?;
    (!digits.starts_with(['0', '+'])).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: i64, path: &str, stem: &str, former: &[&str]) -> Item {
        Item {
            subject: Subject::File(id),
            path: path.to_owned(),
            stem: stem.to_owned(),
            ending: ".mp3".to_owned(),
            former: former.iter().map(|path| (*path).to_owned()).collect(),
        }
    }

    fn assigned(items: &[Item], held: &[&str]) -> Vec<String> {
        let mut taken = Taken::default();
        for path in held {
            taken.hold(path);
        }
        assign(items, &mut taken).into_iter().map(Option::unwrap).collect()
    }

    #[test]
    fn who_has_a_fitting_name_keeps_it_and_who_had_one_gets_it_back() {
        let items = [
            item(1, "a/1.mp3", "a/T", &["a/T (2).mp3"]),
            item(2, "a/2.mp3", "a/T", &["a/x.mp3", "a/T.mp3"]),
            item(3, "a/T (3).mp3", "a/T", &[]),
            item(4, "a/4.mp3", "a/T", &[]),
        ];
        assert_eq!(assigned(&items, &[]), ["a/T (2).mp3", "a/T.mp3", "a/T (3).mp3", "a/T (4).mp3"]);
        assert_eq!(assigned(&items[3..], &["A/t.MP3"]), ["A/T (2).mp3"]);
    }

    #[test]
    fn names_that_are_one_elsewhere_are_told_apart() {
        let items = [item(1, "x", "a/Straße", &[]), item(2, "y", "a/STRASSE", &[]), item(3, "z", "A/b", &[])];
        assert_eq!(assigned(&items, &[]), ["a/Straße.mp3", "a/STRASSE (2).mp3", "a/b.mp3"]);
    }

    #[test]
    fn a_folder_keeps_its_spelling_if_that_is_right_for_one_file_in_it() {
        let items = [item(1, "Café/T.mp3", "CAFÉ/T", &[]), item(2, "Café/U.mp3", "Café/U", &[])];
        assert_eq!(assigned(&items, &[]), ["Café/T.mp3", "Café/U.mp3"]);
        assert_eq!(assigned(&items[..1], &[]), ["CAFÉ/T.mp3"]);
    }

    #[test]
    fn a_fitting_name_is_the_stem_and_perhaps_a_number() {
        for (path, is_one) in [
            ("a/T.mp3", true),
            ("a/T (2).mp3", true),
            ("a/T (9999).mp3", true),
            ("a/T (1).mp3", false),
            ("a/T (02).mp3", false),
            ("a/T (10000).mp3", false),
            ("a/T x.mp3", false),
            ("a/T.m4a", false),
        ] {
            assert_eq!(fits(path, "a/T", ".mp3"), is_one, "{path}");
        }
    }
}
