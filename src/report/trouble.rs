//! Something that went wrong, for people who were not there: what, since when, and what they can do.

use serde::Serialize;

use super::{brief, escape};
use crate::model::Time;

/// Something that went wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The short name of the show; empty where it is of all.
    pub show: String,
    /// What happened, with its subject.
    pub message: String,
    /// The address that was asked, without secrets; `None` where none was.
    pub url: Option<String>,
    /// How often it has failed in a row, this time included; 0 where nobody counts.
    pub times: u64,
    /// When it first failed.
    pub since: Option<Time>,
    /// When it last went well; `None` if it never did.
    pub last_good: Option<Time>,
    /// When it is tried again.
    pub next_try: Option<Time>,
    /// What the user can do about it.
    pub hint: Option<String>,
    /// An earlier run of the last day has told of it.
    pub told: bool,
}

impl Trouble {
    /// What is known of something that nobody keeps books of.
    pub fn new(show: &str, message: impl Into<String>) -> Self {
        let message = brief(&message.into()).into_owned();
        Self { show: show.to_owned(), message, ..Self::default() }
    }

    /// The message; of what goes on, also since when.
    pub fn story(&self) -> String {
        let Some(since) = self.since.filter(|_| self.times > 1) else { return self.message.clone() };
        let minute = |at: Time| at.format("%Y-%m-%d %H:%M UTC");
        let worked = match self.last_good {
            Some(at) => format!("; it last worked on {}", minute(at)),
            None if self.show.is_empty() => String::new(),
            None => "; it never worked".to_owned(),
        };
        format!("{} (failing since {}, {} times{worked})", self.message, minute(since), self.times)
    }

    /// A line of a report.
    pub(super) fn line(&self) -> String {
        let show = Some(&self.show).filter(|show| !show.is_empty());
        let show = show.map(|show| format!("{show}: ")).unwrap_or_default();
        format!("{show}{}\n", escape(&self.story(), &[]))
    }
}

/// What can be done about these, each advice once, in their order.
pub fn hints<'a>(all: impl IntoIterator<Item = &'a Trouble>) -> Vec<&'a str> {
    let mut hints: Vec<&str> = Vec::new();
    for hint in all.into_iter().filter_map(|trouble| trouble.hint.as_deref()) {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_tells_since_when() {
        let first = Trouble {
            times: 1,
            since: Some("2026-01-02T03:04:05Z".parse().unwrap()),
            ..Trouble::new("a", "fetch https://a.example/: status 503")
        };
        assert_eq!(first.line(), "a: fetch https://a.example/: status 503\n");
        let again = Trouble { times: 3, ..first };
        assert_eq!(
            again.story(),
            "fetch https://a.example/: status 503 (failing since 2026-01-02 03:04 UTC, 3 times; it never worked)"
        );
        let worked = Trouble { last_good: Some("2026-01-01T00:00:00Z".parse().unwrap()), ..again };
        assert!(worked.story().ends_with("3 times; it last worked on 2026-01-01 00:00 UTC)"));
    }
}
