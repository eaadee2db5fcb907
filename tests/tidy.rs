//! The rules of the house, held by looking at the sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use of the others (the table at the top of `src/lib.rs`).
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &[]),
    ("feed", &["model", "text"]),
    ("notes", &["model", "text"]),
    ("sidecar", &["model", "text"]),
    ("http", &["model"]),
    ("fetch", &["http", "model"]),
    ("download", &["http", "model", "sidecar"]),
    ("archive", &["model"]),
    ("export", &["archive", "model", "text"]),
    ("config", &["download", "model"]),
    ("report", &["model"]),
    ("demo", &["model"]),
    (
        "jobs",
        &[
            "archive", "config", "download", "export", "feed", "fetch", "http", "model", "notes", "report",
            "sidecar",
        ],
    ),
    (
        "cli",
        &[
            "archive", "config", "demo", "download", "export", "feed", "fetch", "http", "jobs", "model",
            "notes", "report", "sidecar",
        ],
    ),
];

/// Crates with one owner.
const OWNERS: &[(&str, &str)] = &[("rusqlite", "archive"), ("reqwest", "http")];

/// Files that are lists of words, as long as the languages are many.
const TABLES: &[&str] = &["notes/label_words.rs", "notes/person_words.rs"];

/// Modules without I/O, clock, environment or async.
const PURE: &[&str] = &["model", "text", "feed", "notes", "sidecar"];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::io::",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "tokio",
    "async fn",
];

/// The source of every module, tests cut off, by file.
fn sources() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.insert(path, text);
            }
        }
    }
    files
}

fn module(path: &Path) -> String {
    let below = path.strip_prefix("src").unwrap();
    below.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]").next().unwrap();
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules of ours that a text names after `crate::`, also in a `use crate::{a, b}`.
fn used(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for after in code.split("crate::").skip(1) {
        let list = match after.strip_prefix('{') {
            Some(group) => top_level(group),
            None => vec![after.to_owned()],
        };
        for item in list {
            let name: String = item.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names.retain(|name| ARROWS.iter().any(|(module, _)| module == name));
    names
}

/// The items of a brace group, nested groups left out.
fn top_level(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut items = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ if depth == 0 => items.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    items
}

#[test]
fn arrows_between_modules_run_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module(&path);
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
            assert!(["lib", "main"].contains(&module.as_str()), "{module} has no place in the table");
            continue;
        };
        for name in used(&code(&text)) {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: {module} must not use {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_with_an_owner_stay_with_it() {
    for (path, text) in sources() {
        for (name, owner) in OWNERS {
            let named = code(&text).contains(&format!("{name}::"));
            assert!(!named || module(&path) == *owner, "{}: {name} belongs to {owner}", path.display());
        }
    }
}

#[test]
fn pure_modules_do_no_io_and_read_no_clock() {
    for (path, text) in sources().into_iter().filter(|(path, _)| PURE.contains(&module(path).as_str())) {
        for word in IMPURE {
            assert!(!code(&text).contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn files_open_with_what_they_are_for_and_stay_short() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
        let lines = text.lines().count();
        let is_table = TABLES.iter().any(|table| path.ends_with(table));
        assert!(
            is_table || lines <= 600,
            "{} has {lines} lines: it does more than one thing",
            path.display()
        );
    }
}

#[test]
fn nothing_ends_the_process_or_is_left_undone() {
    for (path, text) in sources() {
        for word in ["process::exit", "todo!", "unimplemented!", "dbg!(", "#[ignore"] {
            assert!(!code(&text).contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn every_configuration_key_is_documented() {
    let template = fs::read_to_string("config.toml").unwrap();
    let source: String = ["src/config/sections.rs", "src/config/show.rs", "src/config/choose.rs"]
        .map(|path| fs::read_to_string(path).unwrap())
        .concat();
    let structs = source.split("deny_unknown_fields").skip(1);
    let mut keys = 0;
    for body in structs {
        let fields = body.split_once('{').unwrap().1.split_once("\n}").unwrap().0;
        for line in fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")) {
            let key = line.split(':').next().unwrap();
            let documented = template.lines().any(|line| {
                let line = line.trim_start_matches(['#', ' ']);
                line.starts_with(&format!("{key} = ")) && line.contains("  # ")
                    || line.starts_with(&format!("{key} = \"https"))
            });
            assert!(documented, "config.toml does not document {key}");
            keys += 1;
        }
    }
    assert!(keys > 15, "found only {keys} keys: this test no longer reads the structs");
}

#[test]
fn every_column_of_the_schema_is_described() {
    let schema = fs::read_to_string("schema.sql").unwrap();
    let tables = schema.split("\nCREATE TABLE ").skip(1);
    for table in tables {
        let (name, body) = table.split_once(" (\n").unwrap();
        let body = body.split_once("\n) STRICT").unwrap().0;
        for line in body.lines().map(str::trim) {
            let column = line.split_whitespace().next().unwrap();
            let is_column = column.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit());
            assert!(!is_column || line.contains("-- "), "{name}.{column} is not described");
        }
    }
}
