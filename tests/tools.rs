//! `docs/tools.md` and `docs/datasette.md` are tried: what they tell to type is typed, with a castkeep writing all the time.
//!
//! `console`: commands after `$ `, each followed by its output. `python`: a script; the `text` after it is its output. `sh`: commands.
//! What needs a tool that is not installed is skipped, and says so. `CASTKEEP_BLESS=1` writes the real outputs into the documents.

#[path = "support/recipes.rs"]
mod recipes;
#[path = "support/say.rs"]
mod say;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use recipes::{COOKBOOK, Kitchen, without_port};
use say::say;

/// Does the work while a castkeep writes, over and over, and is never held up.
fn beside_a_writer<T>(kitchen: &Kitchen, work: impl FnOnce() -> T) -> T {
    let (is_done, demo) = (AtomicBool::new(false), kitchen.demo());
    let write = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_castkeep"));
        let output =
            command.arg("reparse").current_dir(&demo).env_remove("CASTKEEP_CONFIG").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            write();
            while !is_done.load(Ordering::Relaxed) {
                write();
            }
        });
        let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        is_done.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        end.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Someone at the demo's folder, with the tools that there are.
struct Reader<'a> {
    kitchen: &'a Kitchen,
}

impl Reader<'_> {
    fn works(&self, line: &str) -> bool {
        self.kitchen.shell(&self.kitchen.demo(), line).status.success()
    }

    /// What a command needs is there. What is not is named.
    fn has(&self, need: &str, test: &str) -> bool {
        let has = self.works(&format!("{test} >/dev/null 2>&1"));
        if !has {
            say!("skipped: there is no {need}");
        }
        has
    }

    fn has_program(&self, name: &str) -> bool {
        self.has(name, &format!("command -v {name}"))
    }

    /// Python and the modules of a script, of versions that can be used.
    fn has_modules(&self, script: &str) -> bool {
        let imports = script.lines().filter_map(|line| line.strip_prefix("import "));
        imports.into_iter().all(|module| match module {
            "sqlite3" => self.has(
                "python3 with SQLite 3.37",
                "python3 -c 'import sqlite3; assert sqlite3.sqlite_version_info >= (3, 37)'",
            ),
            "duckdb" => self.has(
                "duckdb with its sqlite extension",
                "python3 -c 'import duckdb; duckdb.connect().execute(\"LOAD sqlite\")'",
            ),
            module => self.has(module, &format!("python3 -c 'import {module}'")),
        })
    }

    fn types(&self, line: &str) -> String {
        let output = self.kitchen.shell(&self.kitchen.demo(), line);
        assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        without_port(&String::from_utf8(output.stdout).unwrap())
    }

    fn runs(&self, script: &str) -> String {
        fs::write(self.kitchen.demo().join("script.py"), script).unwrap();
        self.types("python3 script.py")
    }

    /// A console block with the real outputs.
    fn converses(&self, block: &str) -> String {
        let commands: Vec<_> = block.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
        if !commands.iter().all(|command| self.has_program(command.split(' ').next().unwrap())) {
            return block.to_owned();
        }
        let answer = |command: &&str| {
            // Some end lines of CSV as RFC 4180 has it, which a document does not show.
            let output = self.types(command).replace("\r\n", "\n");
            let end = if output.is_empty() || output.ends_with('\n') { "" } else { "\n" };
            format!("$ {command}\n{output}{end}")
        };
        commands.iter().map(answer).collect()
    }

    /// The commands of a block that is typed and shows nothing. A server is asked for one page, and ends.
    fn follows(&self, block: &str) {
        for line in block.lines().filter(|line| self.has_program(line.split(' ').next().unwrap())) {
            let page = if line.starts_with("datasette ") { " --get /archive.json" } else { "" };
            self.types(&format!("{line}{page}"));
        }
    }
}

/// The document with the real outputs.
fn tried(document: &str, reader: &Reader<'_>) -> String {
    let (mut all, mut answer) = (String::new(), None);
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        all += &format!("{line}\n");
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: String =
            lines.by_ref().take_while(|line| *line != "```").map(|line| line.to_owned() + "\n").collect();
        match language {
            "console" => all += &reader.converses(&block),
            "python" => {
                answer = reader.has_modules(&block).then(|| reader.runs(&block));
                all += &block;
            }
            "text" => all += answer.take().as_ref().unwrap_or(&block),
            "sh" => {
                reader.follows(&block);
                all += &block;
            }
            other => panic!("a block of a kind that this test does not know: {other}"),
        }
        all += "```\n";
    }
    all
}

fn holds(path: &str) {
    let kitchen = Kitchen::new(&fs::read_to_string(COOKBOOK).unwrap());
    let document = fs::read_to_string(path).unwrap();
    let real = beside_a_writer(&kitchen, || tried(&document, &Reader { kitchen: &kitchen }));
    if std::env::var_os("CASTKEEP_BLESS").is_some() {
        fs::write(path, real).unwrap();
    } else {
        assert_eq!(document, real, "{path}");
    }
}

#[test]
fn what_is_told_of_tools_holds() {
    holds("docs/tools.md");
}

#[test]
fn what_is_told_of_datasette_holds() {
    holds("docs/datasette.md");
}

#[test]
fn datasette_shows_every_table_and_view() {
    let kitchen = Kitchen::new(&fs::read_to_string(COOKBOOK).unwrap());
    let reader = Reader { kitchen: &kitchen };
    if !reader.has("datasette", "python3 -c 'import datasette'") {
        return;
    }
    let script: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/pages.py");
    reader.types("castkeep schema --datasette > metadata.yaml");
    let line = format!("python3 {} archive/archive.db metadata.yaml", script.display());
    let seen = beside_a_writer(&kitchen, || reader.types(&line));
    assert_eq!(
        seen,
        "failed: none\n\
         search boxes: episode_list episodes link_list links segment_list segments transcript_cues transcript_list\n\
         labels: #1 Put the kettle on | Make is older than both of us\n"
    );
}

#[test]
fn the_documents_lead_to_each_other() {
    for name in ["cookbook.md", "datasette.md", "tools.md"] {
        let document = fs::read_to_string(Path::new("docs").join(name)).unwrap();
        for link in document.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(link.starts_with("https://") || Path::new("docs").join(link).exists(), "{name}: {link}");
        }
    }
}
