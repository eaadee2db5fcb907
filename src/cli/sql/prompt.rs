//! The prompt of `castkeep sql`: statements until Ctrl-D.

mod complete;
mod dots;
mod history;

use std::io::{BufWriter, Write, stdout};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Context;
use clap::ValueEnum;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use signal_hook::consts::SIGINT;

use super::ask::Question;
use super::names::Names;
use super::tokens::statements;
use super::{explain, names, told};
use crate::archive::{QueryError, Reader};
use crate::cli::rows::Format;
use crate::cli::setting::Setting;
use crate::cli::{failure, schema};
use complete::Line;
use dots::{Dot, Most};
use history::History;

/// So many rows fill a screen or two.
const MOST_ROWS: u64 = 100;

/// With its name before it no wider than 80 columns, as is `.help`.
const GREETING: &str = "end statements with ; - Tab completes names, .help tells the rest";

const FIRST: &str = "castkeep> ";
/// Before the lines that go on with a statement; as wide.
const NEXT: &str = "     ...> ";

/// What a prompt keeps from one statement to the next.
struct Prompt<'s> {
    setting: &'s Setting,
    /// The manner of asking; its SQL is that of the statement at hand.
    question: Question,
    /// None while a query runs, and after one that could not be stopped.
    reader: Option<Reader>,
    names: Names,
    timing: bool,
}

pub(super) fn run(
    question: Question,
    reader: Reader,
    setting: &Setting,
    timing: bool,
) -> anyhow::Result<ExitCode> {
    signal_hook::flag::register(SIGINT, Arc::clone(&question.limits.stop)).context("listen for signals")?;
    let question = Question { most: Some(MOST_ROWS), ..question };
    let names = names(Some(&reader));
    let mut editor = editor(names.clone()).context("sql")?;
    let history = History::load(&mut editor);
    let mut prompt = Prompt { setting, question, reader: Some(reader), names, timing };
    setting.talk.note(GREETING);
    loop {
        match typed(&mut editor) {
            Ok(text) => {
                history.keep(&mut editor, text.trim());
                if prompt.take(text.trim())?.is_break() {
                    return Ok(ExitCode::SUCCESS);
                }
            }
            // What was typed is dropped.
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(anyhow::Error::new(error).context("sql")),
        }
    }
}

/// Lines until they are whole statements, a command or a word that stands for one.
fn typed(editor: &mut Typist) -> rustyline::Result<String> {
    let mut text = String::new();
    loop {
        if let Some(helper) = editor.helper_mut() {
            helper.before.clone_from(&text);
        }
        text += &editor.readline(if text.is_empty() { FIRST } else { NEXT })?;
        if complete::is_whole(&text) || dots::word(&text).is_some() {
            return Ok(text);
        }
        text.push('\n');
    }
}

type Typist = Editor<Line, FileHistory>;

fn editor(names: Names) -> rustyline::Result<Typist> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .max_history_size(10_000)?
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Line { names, before: String::new() }));
    Ok(editor)
}

impl Prompt<'_> {
    /// Does what was typed; whether that was the end. What goes wrong is said.
    fn take(&mut self, line: &str) -> anyhow::Result<ControlFlow<()>> {
        let line = dots::word(line).unwrap_or(line);
        if line.starts_with('.') {
            match Dot::read(line) {
                Ok(Dot::Quit) => return Ok(ControlFlow::Break(())),
                Ok(dot) => self.obey(dot)?,
                Err(error) => self.complain(&error.into()),
            }
            return Ok(ControlFlow::Continue(()));
        }
        for statement in statements(line) {
            if !self.ask(statement)? {
                break;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn obey(&mut self, dot: Dot) -> anyhow::Result<()> {
        match dot {
            Dot::Tables => {
                print(&self.names.relations().map(|name| format!("{name}\n")).collect::<String>())?;
            }
            Dot::Schema(names) => match schema::tell(&names) {
                Ok(text) => print(&text)?,
                Err(error) => self.complain(&error),
            },
            Dot::Help => print(&dots::help())?,
            Dot::Mode(Some(format)) => self.question.manner.format = format,
            Dot::Mode(None) => print(&format!("{}\n", name_of(self.question.manner.format)))?,
            Dot::Timer(Some(is_on)) => self.timing = is_on,
            Dot::Timer(None) => print(if self.timing { "on\n" } else { "off\n" })?,
            Dot::Limit(Some(Most(most))) => self.question.most = most,
            Dot::Limit(None) => {
                let most = self.question.most.map_or_else(|| "off".to_owned(), |most| most.to_string());
                print(&format!("{most}\n"))?;
            }
            Dot::Param(Some((name, value))) => {
                self.question.parameters.retain(|(known, _)| *known != name);
                self.question.parameters.push((name, value));
            }
            Dot::Param(None) => print(&dots::parameters(&self.question.parameters))?,
            Dot::Quit => {}
        }
        Ok(())
    }

    /// Asks a statement; whether it went well.
    fn ask(&mut self, sql: &str) -> anyhow::Result<bool> {
        self.question.limits.stop.store(false, Ordering::Relaxed);
        let mut question = self.question.clone();
        question.sql = sql.to_owned();
        // Not every statement asks for all of them.
        let asks = |name: &str| [':', '@', '$'].iter().any(|sign| sql.contains(&format!("{sign}{name}")));
        question.parameters.retain(|(name, _)| asks(name));
        question.manner.width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let reader = self.reader.take().map_or_else(|| self.setting.reader(), Ok)?;
        let answered;
        (self.reader, answered) = question.ask(reader, || BufWriter::new(stdout()));
        let talk = self.setting.talk;
        if self.reader.is_none() {
            talk.note("SQLite could not be stopped: it goes on until the prompt is left");
        }
        match answered {
            Ok(answered) => {
                if answered.is_cut {
                    talk.note(&format!("the first {} rows; .limit off shows all", answered.rows));
                }
                if self.timing {
                    talk.note(&told(&answered));
                }
                return Ok(true);
            }
            Err(QueryError::Stopped) => talk.note("sql: stopped"),
            Err(error) => self.complain(&explain::explain(sql, error, &self.names, explain::At::Prompt)),
        }
        Ok(false)
    }

    fn complain(&self, error: &anyhow::Error) {
        failure::say(self.setting.talk, error);
    }
}

fn print(text: &str) -> std::io::Result<()> {
    stdout().write_all(text.as_bytes())
}

fn name_of(format: Format) -> String {
    format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
