//! The recipes of `docs/cookbook.md`, and the archive of which it tells.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The document.
pub const COOKBOOK: &str = "docs/cookbook.md";

/// A question, its SQL and its answer.
pub struct Recipe {
    pub question: String,
    pub sql: String,
    pub answer: String,
    /// The line of the document at which the answer begins, from 0.
    pub line: usize,
}

/// All recipes of a document: a heading of the third level, a block of `sql`, a block of `text`.
pub fn recipes(document: &str) -> Vec<Recipe> {
    let (mut recipes, mut question, mut sql) = (Vec::new(), None, None);
    let mut lines = document.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if let Some(heading) = line.strip_prefix("### ") {
            assert!(question.is_none() && sql.is_none(), "before {heading}: a question without an answer");
            question = Some(heading.to_owned());
        } else if let Some(language) = line.strip_prefix("```") {
            let from = lines.clone().next().unwrap().0;
            let block = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
            let block: String = block.map(|line| line.to_owned() + "\n").collect();
            match language {
                "sql" => sql = Some(block),
                "text" => {
                    let (question, sql) = (question.take().unwrap(), sql.take().unwrap());
                    recipes.push(Recipe { question, sql, answer: block, line: from });
                }
                _ => {}
            }
        }
    }
    assert!(question.is_none() && sql.is_none(), "the last question has no answer");
    recipes
}

/// The commands of the document's first block of `sh`.
pub fn preparation(document: &str) -> Vec<String> {
    let block = document.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    block.lines().map(str::to_owned).collect()
}

/// A folder in which the preparation was typed.
pub struct Kitchen {
    folder: tempfile::TempDir,
}

impl Kitchen {
    pub fn new(document: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_castkeep"), bin.join("castkeep")).unwrap();
        let kitchen = Self { folder };
        let script = preparation(document).join("; ");
        let output = kitchen.shell(kitchen.folder.path(), &script);
        assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
        kitchen
    }

    /// The folder of the demo.
    pub fn demo(&self) -> PathBuf {
        self.folder.path().join("castkeep-demo")
    }

    pub fn database(&self) -> PathBuf {
        self.demo().join("archive/archive.db")
    }

    /// Types a line in a folder.
    pub fn shell(&self, folder: &Path, line: &str) -> Output {
        let path = format!("{}:{}", self.folder.path().join("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(folder).env("PATH", path).env_remove("CASTKEEP_CONFIG");
        command.output().unwrap()
    }
}

/// The text with `PORT` for the port of the demo's host.
pub fn without_port(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut all = parts.next().unwrap().to_owned();
    for part in parts {
        all += "127.0.0.1:PORT";
        all += part.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    all
}
