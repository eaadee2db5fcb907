//! The documents for people are run: what they tell a reader to type works, and answers what they say.
//!
//! Fenced blocks are read by their language, from top to bottom, by a reader who has a home folder and a shell:
//! - `sh`: commands, one a line; each must end well. `FEED=...` is the address of the reader's show: here, of the demo's host.
//! - `console`: commands after `$ ` (which go on while a quote is open), each followed by the whole of its output.
//! - `cron`: a crontab line, run as cron would, on a night without news.
//! - `toml`: a configuration. `text`: paths, each with a remark after two spaces.
//!
//! `castkeep` commands are run as they are. `cargo` commands are checked for their form; what follows `cargo run ... --` is run.
//! `CASTKEEP_BLESS=1` writes the real outputs into the console blocks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use castkeep::config::Config;
use castkeep::demo::Host;

struct Block {
    language: String,
    /// The line of the document at which its text begins, from 0.
    start: usize,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (number, line) in document.lines().enumerate() {
        if let Some(language) = line.strip_prefix("```") {
            open = !open;
            if open {
                let language = language.to_owned();
                blocks.push(Block { language, start: number + 1, text: String::new() });
            }
        } else if open {
            let block = blocks.last_mut().unwrap();
            block.text += line;
            block.text.push('\n');
        }
    }
    assert!(!open, "a block is not closed");
    blocks
}

/// A command of a console block and the output given for it.
struct Exchange {
    command: String,
    output: String,
}

fn exchanges(text: &str) -> Vec<Exchange> {
    let mut all: Vec<Exchange> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), all.last_mut()) {
            (Some(command), _) => {
                all.push(Exchange { command: command.to_owned(), output: String::new() });
            }
            (None, Some(last)) if last.output.is_empty() && last.command.matches('"').count() % 2 == 1 => {
                last.command.push('\n');
                last.command += line;
            }
            (None, Some(last)) => {
                last.output += line;
                last.output.push('\n');
            }
            (None, None) => panic!("a console block begins with a command: {line}"),
        }
    }
    all
}

/// A `crontab` that keeps its table in the reader's home.
fn crontab_in(bin: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let script = "#!/bin/sh\ncase $1 in -l) cat \"$HOME/crontab\" ;; -) cat > \"$HOME/crontab.new\" && mv \"$HOME/crontab.new\" \"$HOME/crontab\" ;; esac\n";
    fs::write(bin.join("crontab"), script).unwrap();
    fs::set_permissions(bin.join("crontab"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(bin.join("../../crontab"), "# what was there\n").unwrap();
}

/// Someone who types what a document says.
struct Reader {
    home: tempfile::TempDir,
    folder: PathBuf,
    host: Host,
}

impl Reader {
    /// With castkeep installed where `cargo install` puts it, standing in a folder as if it were the sources'.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let bin = home.path().join(".cargo/bin");
        fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_castkeep"), bin.join("castkeep")).unwrap();
        crontab_in(&bin);
        let folder = home.path().join("sources");
        fs::create_dir(&folder).unwrap();
        Self { folder, home, host: Host::start().unwrap() }
    }

    fn shell(&self, folder: &Path, line: &str) -> Output {
        let bin = self.home.path().join(".cargo/bin");
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(folder).env_clear();
        command.env("HOME", self.home.path()).env("FEED", self.host.feed());
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
        command.output().unwrap()
    }

    /// Types a line; its output if it was one of castkeep's.
    fn types(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["cd", folder] => {
                self.folder = match folder.strip_prefix("~/") {
                    Some(below) => self.home.path().join(below),
                    None => self.folder.join(folder),
                };
                assert!(self.folder.is_dir(), "{line}");
                String::new()
            }
            [assignment] if assignment.starts_with("FEED=https://example.com/") => String::new(),
            _ if words.contains(&"cargo") => self.cargo(&words),
            ["castkeep" | "mkdir" | "(crontab", ..] => self.runs(&self.folder, line),
            _ => panic!("a command that this test does not know: {line}"),
        }
    }

    /// A command that ends well and has nothing to complain of.
    fn runs(&self, folder: &Path, line: &str) -> String {
        let output = self.shell(folder, line);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}\n{stderr}");
        let talk =
            ["castkeep init", "castkeep add", "castkeep man"].iter().any(|start| line.starts_with(start));
        assert!(talk || stderr.is_empty(), "{line}\n{stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn cargo(&self, words: &[&str]) -> String {
        let environment = words.iter().take_while(|word| word.contains('=')).count();
        let (cargo, program) = match words.iter().position(|word| *word == "--") {
            Some(at) => (&words[environment..at], Some(&words[at + 1..])),
            None => (&words[environment..], None),
        };
        let known = ["run", "build", "test", "install", "fmt", "clippy", "bench"];
        assert!(cargo[0] == "cargo" && known.contains(&cargo[1]), "{words:?}");
        match program {
            Some(arguments) if cargo[1] == "run" => {
                self.runs(&self.folder, &format!("castkeep {}", arguments.join(" ")))
            }
            _ => String::new(),
        }
    }

    fn reads(&mut self, block: &Block) -> Option<String> {
        match block.language.as_str() {
            "sh" => block.text.lines().for_each(|line| drop(self.types(line))),
            "console" => return Some(self.converses(&block.text)),
            "cron" => self.waits_a_night(&block.text),
            "toml" => {
                let secrets =
                    ["PODCAST_PASSWORD", "EARLY_TOKEN"].map(|name| (name.to_owned(), "x".to_owned()));
                Config::parse(&block.text, Path::new("config.toml"), Path::new(""), secrets.into_iter())
                    .unwrap();
            }
            "text" => {
                for line in block.text.lines() {
                    let path = line.split("  ").next().unwrap();
                    assert!(self.folder.join(path).exists(), "{path} is not there");
                }
            }
            other => panic!("a block of a kind that this test does not know: {other:?}"),
        }
        None
    }

    /// The block with its real outputs.
    fn converses(&mut self, text: &str) -> String {
        let mut real = String::new();
        for exchange in exchanges(text) {
            let output = self.types(&exchange.command);
            // The demo's host is gone by then; and its folder has other shows, too.
            let of_the_demo = !exchange.command.starts_with("castkeep backfill")
                && !exchange.command.starts_with("castkeep rename");
            if of_the_demo {
                // The answers are those of the demo, too.
                let demo = self.home.path().join("sources/castkeep-demo");
                assert_eq!(self.runs(&demo, &exchange.command), output, "{}", exchange.command);
            }
            real += &format!("$ {}\n{output}", exchange.command);
        }
        real
    }

    /// Five fields and a command, which cron runs in the home folder with next to no environment.
    fn waits_a_night(&self, text: &str) {
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
            for (first, last) in bounds {
                let field = words.next().unwrap();
                let is_number = field.parse::<u32>().is_ok_and(|n| (first..=last).contains(&n));
                assert!(field == "*" || is_number, "{line}: {field}");
            }
            let command = words.collect::<Vec<_>>().join(" ");
            assert!(!command.contains('%'), "cron takes % for a line break");
            assert_eq!(self.runs(self.home.path(), &command), "", "a night without news");
        }
    }
}

/// The document with the real outputs in its console blocks.
fn read(document: &str) -> String {
    let mut reader = Reader::new();
    let mut lines: Vec<String> = Vec::new();
    let mut done = 0;
    let original: Vec<&str> = document.lines().collect();
    for block in blocks(document) {
        let end = block.start + block.text.lines().count();
        let Some(real) = reader.reads(&block) else { continue };
        lines.extend(original[done..block.start].iter().map(|line| (*line).to_owned()));
        lines.extend(real.lines().map(str::to_owned));
        done = end;
    }
    lines.extend(original[done..].iter().map(|line| (*line).to_owned()));
    lines.join("\n") + "\n"
}

#[test]
fn what_the_documents_tell_to_type_works_and_answers_what_they_say() {
    for path in ["README.md", "CONTRIBUTING.md"] {
        let document = fs::read_to_string(path).unwrap();
        let real = read(&document);
        if std::env::var_os("CASTKEEP_BLESS").is_some() {
            fs::write(path, real).unwrap();
        } else {
            assert_eq!(document, real, "{path}");
        }
    }
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    for path in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let document = fs::read_to_string(path).unwrap();
        for link in document.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let is_there = match link.strip_prefix('#') {
                Some(anchor) => document.lines().any(|line| heading(line).as_deref() == Some(anchor)),
                None => link.starts_with("https://") || Path::new(link).exists(),
            };
            assert!(is_there, "{path}: {link}");
        }
    }
}

/// What a link calls a heading: its letters and digits, small, with dashes for spaces.
fn heading(line: &str) -> Option<String> {
    let words = line.strip_prefix("## ")?.to_lowercase();
    let letters = words.chars().filter(|c| c.is_alphanumeric() || " -".contains(*c));
    Some(letters.map(|c| if c == ' ' { '-' } else { c }).collect())
}

/// The commands that `castkeep --help` lists.
fn commands() -> BTreeSet<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_castkeep")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let list = help.split("\nCommands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let lines = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    lines.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

/// The words that stand after `castkeep` in code.
fn named(document: &str) -> BTreeSet<String> {
    let after = document.split("`castkeep ").skip(1);
    after.filter_map(|rest| rest.split([' ', '`']).next()).map(str::to_owned).collect()
}

#[test]
fn every_command_is_in_the_readme_and_what_it_calls_missing_is() {
    let readme = fs::read_to_string("README.md").unwrap();
    let (there, missing) = readme.split_once("## What it does not do yet").unwrap();
    let mut commands = commands();
    assert!(commands.remove("help"));
    let named_there = named(there);
    let unnamed: Vec<_> = commands.difference(&named_there).collect();
    assert!(unnamed.is_empty(), "the README does not name {unnamed:?}");
    let there_after_all: Vec<_> = named(missing).intersection(&commands).cloned().collect();
    assert!(there_after_all.is_empty(), "the README calls {there_after_all:?} missing");
}

#[test]
fn every_table_and_view_is_in_the_readme() {
    let (readme, schema) =
        (fs::read_to_string("README.md").unwrap(), fs::read_to_string("schema.sql").unwrap());
    for line in schema.lines() {
        let start = ["CREATE TABLE ", "CREATE VIEW ", "CREATE VIRTUAL TABLE "];
        let Some(rest) = start.iter().find_map(|start| line.strip_prefix(start)) else { continue };
        let name = rest.split_whitespace().next().unwrap();
        assert!(readme.contains(&format!("`{name}`")), "the README does not name {name}");
    }
}

#[test]
fn the_rust_that_it_asks_for_is_the_one_that_is_needed() {
    let manifest: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let version = manifest["package"]["rust-version"].as_str().unwrap();
    assert!(fs::read_to_string("README.md").unwrap().contains(&format!("Rust {version} or newer")));
}

#[test]
fn every_exit_code_is_in_the_readme() {
    let readme = fs::read_to_string("README.md").unwrap();
    for code in ["0", "1", "2", "3", "4", "5", "130, 143"] {
        assert!(readme.contains(&format!("\n| {code} | ")), "{code}");
    }
}
