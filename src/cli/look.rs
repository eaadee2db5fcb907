//! What the place where a page is read can show: told from flags, environment and terminal.

use std::env;
use std::io::{IsTerminal, stderr, stdout};

use clap::ValueEnum;
use supports_hyperlinks::Stream;

/// Longer lines are hard to read, however wide the terminal.
const WIDEST: usize = 100;
/// Narrower than this, wrapping makes things worse.
const NARROWEST: usize = 20;
/// Of a terminal that does not tell.
const USUAL: usize = 80;

/// When words are made hyperlinks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Links {
    // Remarks of the kind that clap prints would give the commands a long help. Auto: on a terminal that is known to show them.
    Auto,
    Always,
    Never,
}

/// How a page is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Columns at which lines are wrapped; none: they are as long as they are.
    pub(super) width: Option<usize>,
    /// Words are hyperlinks; else addresses are written out.
    pub(super) hyperlinks: bool,
    /// Bold, dim and underlined letters.
    pub(super) styled: bool,
}

impl Look {
    /// The look of standard output. `width`: the columns asked for, 0 for as many as there are words.
    pub(super) fn of_stdout(links: Links, width: Option<usize>) -> Self {
        let terminal = stdout().is_terminal();
        let plain = is_plain();
        let hyperlinks = match links {
            Links::Always => true,
            Links::Never => false,
            Links::Auto => supports_hyperlinks::on(Stream::Stdout) && (!plain || is_set("FORCE_HYPERLINK")),
        };
        let width = match width {
            Some(asked) => (asked > 0).then_some(asked),
            None => terminal.then(|| columns().min(WIDEST)),
        };
        Self { width: width.map(|width| width.max(NARROWEST)), hyperlinks, styled: terminal && !plain }
    }
}

/// Nothing is to be coloured, bold or a hyperlink. <https://no-color.org>: set and not empty; whoever asks for no colour wants no
/// such escape sequences.
pub(super) fn is_plain() -> bool {
    is_set("NO_COLOR") || is_dumb()
}

/// The terminal knows no escape sequences.
pub(super) fn is_dumb() -> bool {
    env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb")
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The columns of the terminal: what `COLUMNS` says, else what the terminal says.
pub(super) fn columns() -> usize {
    let asked = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    told().or_else(asked).filter(|columns| *columns > 0).unwrap_or(USUAL)
}

/// The columns of standard output, if it is a terminal.
pub(super) fn screen_width() -> Option<usize> {
    stdout().is_terminal().then(columns)
}

/// The columns of standard error, if it is a terminal that tells.
pub(super) fn talk_columns() -> Option<usize> {
    let asked = || terminal_size::terminal_size_of(stderr()).map(|(width, _)| usize::from(width.0));
    let columns = stderr().is_terminal().then(|| told().or_else(asked)).flatten();
    columns.filter(|columns| *columns > 0)
}

fn told() -> Option<usize> {
    env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok())
}
