//! `castkeep sql`

mod ask;
mod explain;
mod names;
mod params;
mod prompt;
mod slips;
mod tokens;

use std::io::{BufWriter, IsTerminal, Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::{Usage, unread};
use super::rows::{Form, Manner};
use super::schema;
use super::setting::Setting;
use super::talk::Talk;
use crate::archive::{Cell, Limits, QueryError, Reader};
use crate::report::counted;
use ask::{Answered, Question};
use explain::At;
use names::Names;

const HELP: &str = "Examples:\n\
\x20 castkeep sql \"SELECT show, title FROM episode_list LIMIT 5\"\n\
\x20 castkeep sql --format csv --file query.sql > answer.csv\n\
\x20 castkeep sql -p who=Ada \"SELECT episode_title FROM guests WHERE name = :who\"\n\
\"castkeep schema\" tells what there is to ask; each query only reads.";

/// Ask the archive a question in SQL; it can only be read
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Sql {
    /// One SELECT; - reads it from standard input; none: a prompt
    query: Option<String>,
    /// Read the query from a file
    #[arg(long, short, value_name = "FILE", conflicts_with = "query")]
    file: Option<PathBuf>,
    /// A value for :NAME; what looks like a number (12, .5, 1e3) is one, and what is in '...' a text
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = params::read)]
    param: Vec<(String, Cell<'static>)>,
    #[command(flatten)]
    form: Form,
    /// Tell on stderr how many rows there were, and how long they took
    #[arg(long)]
    timing: bool,
    /// Seconds after which the query is stopped; 0: never
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

impl Sql {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let sql = self.text()?;
        if sql.is_some() {
            self.form.check()?;
        }
        let reader = setting.reader()?;
        let time = if self.timeout == 0 { Duration::MAX } else { Duration::from_secs(self.timeout) };
        let question = Question {
            sql: sql.clone().unwrap_or_default(),
            parameters: self.param,
            limits: Limits { time, ..Limits::default() },
            manner: self.form.manner(),
            most: None,
        };
        match sql {
            Some(_) => once(question, reader, setting.talk, self.timing),
            None => prompt::run(question, reader, setting, self.timing),
        }
    }

    /// The query; none if it is to be typed.
    fn text(&self) -> anyhow::Result<Option<String>> {
        let is_dash = |path: &Path| path == Path::new("-");
        match (self.query.as_deref(), &self.file) {
            (Some(query), _) if query != "-" => Ok(Some(query.to_owned())),
            (_, Some(path)) if !is_dash(path) => {
                Ok(Some(std::fs::read_to_string(path).map_err(|error| unread(path, error))?))
            }
            (None, None) if stdin().is_terminal() => {
                if stdout().is_terminal() {
                    return Ok(None);
                }
                Err(Usage { message: "no query".to_owned(), hint: Some(explain::EXAMPLE.to_owned()) }.into())
            }
            _ => {
                let mut text = String::new();
                stdin().lock().read_to_string(&mut text).context("read the query from standard input")?;
                Ok(Some(text))
            }
        }
    }
}

/// Answers a query on stdout, until a signal comes.
fn once(question: Question, reader: Reader, talk: Talk, timing: bool) -> anyhow::Result<ExitCode> {
    let signal = listen(&question.limits.stop).context("listen for signals")?;
    let sql = question.sql.clone();
    let (reader, answered) = question.ask(reader, || BufWriter::new(stdout().lock()));
    match answered {
        Ok(answered) => {
            if timing {
                talk.note(&told(&answered));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(QueryError::Stopped) => {
            talk.failure(None, "sql: stopped by a signal");
            Ok(ExitCode::from(u8::try_from(signal.load(Ordering::Relaxed)).unwrap_or(1)))
        }
        Err(error) => Err(explain::explain(&sql, error, &names(reader.as_ref()), At::Shell)),
    }
}

/// A signal stops the query, a second one the process. The exit code of the one that came.
fn listen(stop: &Arc<AtomicBool>) -> std::io::Result<Arc<AtomicUsize>> {
    let code = Arc::new(AtomicUsize::new(0));
    for (signal, exit) in [(SIGINT, 130), (SIGTERM, 143)] {
        flag::register_conditional_default(signal, Arc::clone(stop))?;
        flag::register_usize(signal, Arc::clone(&code), exit)?;
        flag::register(signal, Arc::clone(stop))?;
    }
    Ok(code)
}

/// The names that a query may use; none where they can't be read.
fn names(reader: Option<&Reader>) -> Names {
    let relations = reader.and_then(|reader| reader.relations().ok()).unwrap_or_default();
    let functions = reader.and_then(|reader| reader.functions().ok()).unwrap_or_default();
    Names { relations, functions, views: schema::views() }
}

/// How many rows there were, and how long they took.
fn told(answered: &Answered) -> String {
    format!("{} in {:.3} s", counted(answered.rows, "row"), answered.time.as_secs_f64())
}

/// Asks a query and writes its answer.
pub(super) fn answer(
    reader: &mut Reader,
    query: &str,
    limits: &Limits,
    manner: Manner,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let question = Question {
        sql: query.to_owned(),
        parameters: Vec::new(),
        limits: limits.clone(),
        manner,
        most: None,
    };
    let answered = question.answer(reader, out, &AtomicBool::new(false));
    answered.map(drop).map_err(|error| explain::explain(query, error, &Names::default(), At::Shell))
}
