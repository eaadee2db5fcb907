//! Every question of `docs/cookbook.md` is asked, of the archive that it tells to make, and answered as it says.
//!
//! `CASTKEEP_BLESS=1` writes the real answers into the document.

#[path = "support/recipes.rs"]
mod recipes;
#[path = "support/say.rs"]
mod say;

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use recipes::{COOKBOOK, Kitchen, Recipe, recipes, without_port};
use say::say;

/// What a program answers, which must have nothing to complain of.
fn answer(program: &mut Command, question: &str) -> String {
    let output = program.stdin(Stdio::null()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{question}\n{complaint}");
    String::from_utf8(output.stdout).unwrap()
}

fn castkeep(kitchen: &Kitchen, recipe: &Recipe, format: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castkeep"));
    command.args(["sql", &recipe.sql, "--format", format]).current_dir(kitchen.demo());
    answer(command.env_remove("CASTKEEP_CONFIG"), &recipe.question)
}

/// The document with the real answers.
fn answered(document: &str, kitchen: &Kitchen) -> String {
    let lines: Vec<&str> = document.lines().collect();
    let (mut all, mut done) = (String::new(), 0);
    for recipe in recipes(document) {
        all.extend(lines[done..recipe.line].iter().map(|line| (*line).to_owned() + "\n"));
        let real = without_port(&castkeep(kitchen, &recipe, "table"));
        all.extend(real.lines().map(|line| line.trim_end().to_owned() + "\n"));
        done = recipe.line + recipe.answer.lines().count();
    }
    all.extend(lines[done..].iter().map(|line| (*line).to_owned() + "\n"));
    all
}

#[test]
fn every_question_is_answered_as_the_cookbook_says() {
    let document = fs::read_to_string(COOKBOOK).unwrap();
    let kitchen = Kitchen::new(&document);
    let real = answered(&document, &kitchen);
    if std::env::var_os("CASTKEEP_BLESS").is_some() {
        fs::write(COOKBOOK, real).unwrap();
        return;
    }
    for (said, real) in recipes(&document).iter().zip(recipes(&real)) {
        assert_eq!(said.answer, real.answer, "{}", said.question);
    }
    assert_eq!(document, real);
}

#[test]
fn every_question_has_a_telling_answer() {
    let document = fs::read_to_string(COOKBOOK).unwrap();
    let all = recipes(&document);
    let questions: BTreeSet<_> = all.iter().map(|recipe| &recipe.question).collect();
    assert!(all.len() >= 40 && questions.len() == all.len());
    for recipe in &all {
        assert!(recipe.answer.lines().count() >= 2, "{}: no row", recipe.question);
        let joins = recipe.sql.to_uppercase().matches("JOIN ").count();
        assert!(joins <= 1, "{}: {joins} joins", recipe.question);
        assert!(!recipe.sql.contains("now"), "{}: the clock", recipe.question);
    }
}

/// Rows of cells. A number is itself, however it is written.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let cell = |text: &str| match text.parse::<f64>() {
        Ok(number) => number.to_string(),
        Err(_) => text.to_owned(),
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(cell).collect()).collect()
}

#[test]
fn sqlite3_answers_the_same() {
    if Command::new("sqlite3").arg("--version").output().is_err() {
        say!("skipped: there is no sqlite3");
        return;
    }
    let document = fs::read_to_string(COOKBOOK).unwrap();
    let kitchen = Kitchen::new(&document);
    for recipe in recipes(&document) {
        let mut sqlite3 = Command::new("sqlite3");
        sqlite3.args(["-batch", "-readonly", "-header", "-csv"]).arg(kitchen.database()).arg(&recipe.sql);
        let theirs = rows(&answer(&mut sqlite3, &recipe.question));
        assert_eq!(rows(&castkeep(&kitchen, &recipe, "csv")), theirs, "{}", recipe.question);
    }
}
