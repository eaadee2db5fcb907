//! In which order files get their names: each when its name is free. Of files that take each other's names in a ring, one waits
//! aside.

use std::collections::{HashMap, HashSet};

use crate::archive::{Rename, Subject};
use crate::download::case_blind;

/// A file on its way: no two go to one place, and none to where something stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) subject: Subject,
    pub(super) from: String,
    pub(super) to: String,
}

impl Move {
    fn by(&self, from: &str, to: &str) -> Rename {
        Rename { id: 0, subject: self.subject, old_path: from.to_owned(), new_path: to.to_owned() }
    }
}

/// The steps, in groups that belong together.
pub(super) fn order(moves: &[Move]) -> Vec<Vec<Rename>> {
    let by_place: HashMap<String, usize> =
        moves.iter().enumerate().map(|(index, step)| (case_blind(&step.from), index)).collect();
    let mut placed: HashSet<usize> = HashSet::new();
    let mut groups = Vec::new();
    for first in 0..moves.len() {
        // Whoever is in the way goes before: a row of files, or a ring of them.
        let mut row = Vec::new();
        let mut next = Some(first).filter(|index| !placed.contains(index));
        while let Some(index) = next {
            placed.insert(index);
            row.push(index);
            let in_the_way = moves.get(index).and_then(|step| by_place.get(&case_blind(&step.to)));
            next = in_the_way.copied().filter(|other| !placed.contains(other));
        }
        let row: Vec<&Move> = row.into_iter().filter_map(|index| moves.get(index)).collect();
        if let (Some(head), Some(tail)) = (row.first(), row.last()) {
            let is_ring = row.len() > 1 && case_blind(&tail.to) == case_blind(&head.from);
            groups.push(if is_ring { ring(head, &row) } else { straight(&row) });
        }
    }
    groups
}

fn straight(row: &[&Move]) -> Vec<Rename> {
    row.iter().rev().map(|step| step.by(&step.from, &step.to)).collect()
}

fn ring(head: &Move, row: &[&Move]) -> Vec<Rename> {
    let aside = aside(head);
    let mut steps = vec![head.by(&head.from, &aside)];
    steps.extend(straight(row.get(1..).unwrap_or_default()));
    steps.push(head.by(&aside, &head.to));
    steps
}

/// Hidden, beside its old name, and of a form that no template makes.
fn aside(step: &Move) -> String {
    let (folder, name) = step.from.rsplit_once('/').unwrap_or(("audio", &step.from));
    let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| format!(".{ending}"));
    match step.subject {
        Subject::File(id) => format!("{folder}/.{id}.aside{ending}"),
        Subject::Sidecar(id) => format!("{folder}/.{id}.beside.aside{ending}"),
    }
}

/// Whether a path is such a name.
pub(super) fn is_aside(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(moves: &[(&str, &str)]) -> Vec<String> {
        let moves: Vec<Move> = (1..)
            .zip(moves)
            .map(|(id, (from, to))| Move {
                subject: Subject::File(id),
                from: format!("a/{from}"),
                to: format!("a/{to}"),
            })
            .collect();
        let groups = order(&moves);
        let shown = |step: &Rename| format!("{}>{}", step.old_path, step.new_path).replace("a/", "");
        groups.iter().map(|group| group.iter().map(shown).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_file_waits_until_its_name_is_free() {
        assert_eq!(ordered(&[("1", "2"), ("2", "3"), ("x", "y")]), ["2>3 1>2", "x>y"]);
        assert_eq!(ordered(&[("2", "3"), ("1", "2")]), ["2>3", "1>2"]);
        assert_eq!(ordered(&[("1", "1x"), ("a", "A")]), ["1>1x", "a>A"]);
    }

    #[test]
    fn of_a_ring_one_goes_aside() {
        assert_eq!(ordered(&[("1", "2"), ("2", "1")]), ["1>.1.aside 2>1 .1.aside>2"]);
        assert_eq!(
            ordered(&[("0", "9"), ("1", "2"), ("2", "3"), ("3", "1")]),
            ["0>9", "1>.2.aside 3>1 2>3 .2.aside>2"]
        );
        assert_eq!(ordered(&[("a", "B"), ("b", "A")]), ["a>.1.aside b>A .1.aside>B"]);
    }
}
