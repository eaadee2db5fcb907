//! The commands of the prompt, which begin with a dot as those of `sqlite3` do.

use clap::ValueEnum;

use crate::archive::Cell;
use crate::cli::failure::Usage;
use crate::cli::rows::Format;
use crate::cli::sql::params;
use crate::model::nearest;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Dot {
    Tables,
    Schema(Vec<String>),
    Help,
    Quit,
    /// None: tell which it is.
    Mode(Option<Format>),
    Timer(bool),
    /// None: all rows.
    Limit(Option<u64>),
    Param(String, Cell<'static>),
}

/// Names and what they do, as `.help` tells it.
const ALL: &[(&str, &str)] = &[
    (".tables", "the names of tables and views"),
    (".schema [TABLE ...]", "what they are; what their columns mean"),
    (
        ".mode [FORMAT]",
        "how rows are written: table, csv, json, ndjson, markdown; only a table is cut to the screen",
    ),
    (".limit N|off", "how many rows are shown"),
    (".param NAME=VALUE", "a value for :NAME in what is asked from now on"),
    (".timer on|off", "whether the time of each query is told"),
    (".help", "this"),
    (".quit", "leave, as Ctrl-D does"),
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
        "{lines}\nA statement is one SELECT, over as many lines as it takes, and ends with ; - Ctrl-C drops it, or stops it while it runs.\n"
    )
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
            ".timer" => switch(value).map(Self::Timer),
            ".limit" => limit(value).map(Self::Limit),
            ".param" => param(line),
            _ => Err(unknown(&typed)),
        }
    }
}

fn unknown(typed: &str) -> Usage {
    let near = nearest(typed, names().chain(ALIASES.iter().map(|(alias, _)| *alias)));
    let hint = near.map_or(".help lists the commands".to_owned(), |near| format!("did you mean {near}?"));
    Usage { message: format!("there is no command {typed}"), hint: Some(hint) }
}

/// A value may have spaces in it.
fn param(line: &str) -> Result<Dot, Usage> {
    let rest = line.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    let read = params::read(rest.trim());
    let wrong = |message| Usage { message: format!(".param: {message}"), hint: None };
    read.map(|(name, value)| Dot::Param(name, value)).map_err(wrong)
}

fn mode(value: &str) -> Result<Format, Usage> {
    let known = MODES.iter().find(|(name, _)| *name == value).map(|(_, format)| *format);
    let wrong = || Usage {
        message: format!("there is no format {value}"),
        hint: Some("it may be table, csv, json, ndjson, or markdown".to_owned()),
    };
    known.or_else(|| Format::from_str(value, true).ok()).ok_or_else(wrong)
}

fn switch(value: Option<&str>) -> Result<bool, Usage> {
    match value {
        Some("on" | "yes" | "1") => Ok(true),
        Some("off" | "no" | "0") => Ok(false),
        _ => Err(Usage { message: ".timer: on or off?".to_owned(), hint: None }),
    }
}

fn limit(value: Option<&str>) -> Result<Option<u64>, Usage> {
    let wrong = Usage { message: ".limit: how many rows, or off?".to_owned(), hint: None };
    match value {
        Some("off" | "all" | "0") => Ok(None),
        value => value.and_then(|value| value.parse().ok()).map(Some).ok_or(wrong),
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
            (Ok(Dot::Quit), Ok(Dot::Limit(None)), Ok(Dot::Limit(Some(7))))
        );
        let value = Cell::Text("a b".into());
        assert_eq!(read(".param show=a b"), Ok(Dot::Param("show".to_owned(), value)));
        assert_eq!(read(".param"), Err((".param: it should be NAME=VALUE".to_owned(), String::new())));
        let wrong = |message: &str, hint: &str| Err((message.to_owned(), hint.to_owned()));
        assert_eq!(read(".tabels"), wrong("there is no command .tabels", "did you mean .tables?"));
        assert_eq!(read(".xyzzy"), wrong("there is no command .xyzzy", ".help lists the commands"));
        assert_eq!(
            read(".mode html"),
            wrong("there is no format html", "it may be table, csv, json, ndjson, or markdown")
        );
    }
}
