//! Requests and the like on stderr, for those who ask: as text, or as JSON lines of the one form that all lines have.

use std::fmt::{self, Debug};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::talk::json_line;

/// An event as a line of JSON: what it says of an address is `url`, all else stands in `message`.
pub(super) struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut said = Said::default();
        event.record(&mut said);
        let level = word(*event.metadata().level());
        writeln!(out, "{}", json_line(level, None, said.url.as_deref(), &said.message()))
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// What an event says.
#[derive(Default)]
struct Said {
    url: Option<String>,
    words: String,
    /// `status 200`
    facts: Vec<String>,
}

impl Said {
    fn message(&self) -> String {
        if self.facts.is_empty() {
            self.words.clone()
        } else {
            format!("{}: {}", self.words, self.facts.join(", "))
        }
    }

    fn take(&mut self, name: &str, value: String) {
        match name {
            "message" => self.words = value,
            "url" => self.url = Some(value),
            _ => self.facts.push(format!("{name} {value}")),
        }
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.take(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field.name(), value.to_owned());
    }
}
