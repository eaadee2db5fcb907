//! The commands of the prompt, which begin with a dot as those of `sqlite3` do.

use clap::ValueEnum;

use crate::archive::Cell;
use crate::cli::failure::Usage;
use crate::cli::rows::Format;
use crate::cli::sql::params;
use crate::export::cells::plain;
use crate::model::nearest;
use crate::report::escape;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Dot {
    Tables,
    Schema(Vec<String>),
    Help,
    Quit,
    /// None, of this and of the following: tell what it is.
    Mode(Option<Format>),
    Timer(Option<bool>),
    Limit(Option<Most>),
    Param(Option<(String, Cell<'static>)>),
}

/// So many rows at most; none: all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Most(pub(super) Option<u64>);

/// Names and what they do, as `.help` tells it.
const ALL: &[(&str, &str)] = &[
    (".tables", "the names of tables and views"),
    (".schema [TABLE ...]", "what they are; what their columns mean"),
    (".mode [FORMAT]", "table (cut to the screen), csv, json, ndjson or markdown"),
    (".limit [N|off]", "how many rows are shown"),
    (".param [NAME=VALUE]", "a value for :NAME in what is asked from now on"),
    (".timer [on|off]", "whether the time of each query is told"),
    (".help", "this"),
    (".quit", "leave, as exit and Ctrl-D do"),
];

/// Other names of the same.
const ALIASES: &[(&str, &str)] = &[
    (".exit", ".quit"),
    (".q", ".quit"),
    (".format", ".mode"),
    (".timing", ".timer"),
    (".h", ".help"),
    (".parameter", ".param"),
];

/// Words that are no SQL, and what those who type them mean.
const WORDS: &[(&str, &str)] =
    &[("exit", ".quit"), ("quit", ".quit"), ("\\q", ".quit"), ("help", ".help"), ("?", ".help")];

/// Names of modes in `sqlite3`.
const MODES: &[(&str, Format)] = &[
    ("box", Format::Table),
    ("column", Format::Table),
    ("columns", Format::Table),
    ("jsonl", Format::Ndjson),
    ("md", Format::Markdown),
];

/// The names, without what may follow them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().filter_map(|(form, _)| form.split(' ').next())
}

pub(super) fn help() -> String {
    let width = ALL.iter().map(|(form, _)| form.len()).max().unwrap_or(0);
    let lines: String = ALL.iter().map(|(form, about)| format!("{form:width$}  {about}\n")).collect();
    format!(
        "{lines}\nA statement is one SELECT over as many lines as it takes, and ends with ;\n\
         Ctrl-C drops what was typed, or stops a query that runs.\n"
    )
}

/// The command that a bare word means.
pub(super) fn word(text: &str) -> Option<&'static str> {
    let word = text.trim().trim_end_matches(';').trim_end();
    WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, command)| *command)
}

/// The values that were given, as `.param` takes them.
pub(super) fn parameters(all: &[(String, Cell<'static>)]) -> String {
    if all.is_empty() {
        return "none; .param NAME=VALUE gives one\n".to_owned();
    }
    let line = |(name, value): &(String, Cell<'static>)| match value {
        Cell::Text(text) => format!("{name}='{}'\n", escape(text, &[]).replace('\'', "''")),
        value => format!("{name}={}\n", plain(value)),
    };
    all.iter().map(line).collect()
}

impl Dot {
    pub(super) fn read(line: &str) -> Result<Self, Usage> {
        let mut words = line.trim_end_matches(';').split_whitespace();
        let typed = words.next().unwrap_or_default().to_ascii_lowercase();
        let name = ALIASES.iter().find(|(alias, _)| *alias == typed).map_or(typed.as_str(), |(_, name)| name);
        let value = words.next();
        match name {
            ".tables" => Ok(Self::Tables),
            ".schema" => Ok(Self::Schema(value.into_iter().chain(words).map(str::to_owned).collect())),
            ".help" => Ok(Self::Help),
            ".quit" => Ok(Self::Quit),
            ".mode" => value.map(mode).transpose().map(Self::Mode),
            ".timer" => value.map(switch).transpose().map(Self::Timer),
            ".limit" => value.map(limit).transpose().map(Self::Limit),
            ".param" if value.is_none() => Ok(Self::Param(None)),
            ".param" => param(line),
            _ => Err(unknown(&typed)),
        }
    }
}

fn unknown(typed: &str) -> Usage {
    let near = nearest(typed, names());
    let hint = near.map_or(".help lists the commands".to_owned(), |near| format!("did you mean {near}?"));
    Usage { message: format!("there is no command {typed}"), hint: Some(hint) }
}

/// A value may have spaces in it.
fn param(line: &str) -> Result<Dot, Usage> {
    let rest = line.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    let read = params::read(rest.trim());
    let wrong = |message| Usage { message: format!(".param: {message}"), hint: None };
    read.map(|given| Dot::Param(Some(given))).map_err(wrong)
}

fn mode(value: &str) -> Result<Format, Usage> {
    let known = MODES.iter().find(|(name, _)| *name == value).map(|(_, format)| *format);
    let wrong = || Usage {
        message: format!("there is no format {value}"),
        hint: Some("it may be table, csv, json, ndjson, or markdown".to_owned()),
    };
    known.or_else(|| Format::from_str(value, true).ok()).ok_or_else(wrong)
}

fn switch(value: &str) -> Result<bool, Usage> {
    match value {
        "on" | "yes" | "1" => Ok(true),
        "off" | "no" | "0" => Ok(false),
        _ => Err(Usage { message: ".timer: on or off?".to_owned(), hint: None }),
    }
}

fn limit(value: &str) -> Result<Most, Usage> {
    let wrong = |_| Usage { message: ".limit: how many rows, or off?".to_owned(), hint: None };
    match value {
        "off" | "all" | "0" => Ok(Most(None)),
        value => value.parse().map(|most| Most(Some(most))).map_err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_as_sqlite3_has_them() {
        let read = |line| Dot::read(line).map_err(|error| (error.message, error.hint.unwrap_or_default()));
        assert_eq!(read(".tables"), Ok(Dot::Tables));
        assert_eq!(read(".schema a b;"), Ok(Dot::Schema(vec!["a".to_owned(), "b".to_owned()])));
        assert_eq!(read(".MODE json"), Ok(Dot::Mode(Some(Format::Json))));
        assert_eq!(read(".mode box"), Ok(Dot::Mode(Some(Format::Table))));
        assert_eq!(read(".mode"), Ok(Dot::Mode(None)));
        assert_eq!(
            (read(".exit"), read(".limit off"), read(".limit 7")),
            (Ok(Dot::Quit), Ok(Dot::Limit(Some(Most(None)))), Ok(Dot::Limit(Some(Most(Some(7))))))
        );
        let value = Cell::Text("a b".into());
        assert_eq!(read(".param show=a b"), Ok(Dot::Param(Some(("show".to_owned(), value)))));
        assert_eq!(
            (read(".param"), read(".limit"), read(".timer")),
            (Ok(Dot::Param(None)), Ok(Dot::Limit(None)), Ok(Dot::Timer(None)))
        );
        assert_eq!(read(".param x"), Err((".param: it should be NAME=VALUE".to_owned(), String::new())));
        let wrong = |message: &str, hint: &str| Err((message.to_owned(), hint.to_owned()));
        assert_eq!(read(".tabels"), wrong("there is no command .tabels", "did you mean .tables?"));
        for unlisted in [".xyzzy", ".exi"] {
            let message = format!("there is no command {unlisted}");
            assert_eq!(read(unlisted), wrong(&message, ".help lists the commands"));
        }
        assert_eq!(
            read(".mode html"),
            wrong("there is no format html", "it may be table, csv, json, ndjson, or markdown")
        );
    }

    #[test]
    fn words_alone_are_commands_and_help_fits_a_screen() {
        for (text, command) in [("exit", Some(".quit")), (" QUIT ;\n", Some(".quit")), ("?", Some(".help"))] {
            assert_eq!(word(text), command, "{text}");
        }
        assert_eq!((word("help me"), word("SELECT 1;"), word(";")), (None, None, None));
        assert!(help().lines().all(|line| line.len() <= 80), "{}", help());
        let given = [("a".to_owned(), Cell::Integer(5)), ("b".to_owned(), Cell::Text("it's".into()))];
        assert_eq!(parameters(&given), "a=5\nb='it''s'\n");
    }
}
