//! The register of the fault catalogue: which of its 124 cases hold, by which test, and why the others don't.

use super::say::say;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The cases of the catalogue.
pub const ALL: u32 = 124;

/// Cases that are decided otherwise than the catalogue asks.
const OTHERWISE: &[(u32, &str)] = &[
    (33, "410 ends polling at once, as the design has it, not after three days of it"),
    (39, "a permanent move is followed for good at once, as the design has it, not after several fetches"),
];

/// Cases about what castkeep does not have.
const ABSENT: &[(u32, &str)] = &[
    (94, "no HTML is rendered: notes are shown as text and Markdown, and their links are clean"),
    (119, "audio goes to no object store"),
    (120, "audio goes to no object store"),
    (121, "there are no web pages"),
];

/// The cases that tests beside the table hold: those whose name begins with `case_N_`, or `case_N_and_M_`.
fn named() -> BTreeMap<u32, Vec<String>> {
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for name in text
            .lines()
            .filter_map(|line| line.split_once("fn case_")?.1.split_once('('))
            .map(|(name, _)| name)
        {
            for word in name.split('_').take_while(|word| *word == "and" || word.parse::<u32>().is_ok()) {
                let Ok(case) = word.parse() else { continue };
                found.entry(case).or_default().push(format!("{file}: case_{name}"));
            }
        }
    }
    found
}

/// Prints how many cases hold, those of the table among them, and why others don't. No case may be missing from the register.
#[track_caller]
pub fn tell(table: &BTreeSet<u32>) {
    let named = named();
    let listed: BTreeMap<u32, &str> = OTHERWISE.iter().chain(ABSENT).copied().collect();
    let is_tested = |case: &u32| table.contains(case) || named.contains_key(case);
    let missing: Vec<_> = (1..=ALL).filter(|case| !is_tested(case) && !listed.contains_key(case)).collect();
    let holding = (1..=ALL).filter(|case| is_tested(case) && !listed.contains_key(case)).count();
    say!("{holding} of {ALL} cases hold");
    for (case, tests) in named.iter().filter(|(case, _)| !table.contains(case)) {
        say!("case {case} is held by {}", tests.join(", "));
    }
    for (case, why) in OTHERWISE {
        say!("case {case} is decided otherwise: {why}");
    }
    for (case, why) in ABSENT {
        say!("case {case} does not apply: {why}");
    }
    assert_eq!(missing, Vec::<u32>::new(), "no test holds these cases, and no reason is given");
}
