//! What can be wrong with a template: where, what, and what was probably meant.

use std::ops::Range;

use super::field::{FIELDS, Kind};
use super::filter::FILTERS;
use crate::model::nearest;

/// The text is no template for file names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct BadTemplate {
    /// What was written.
    pub text: String,
    /// The bytes of it that are wrong.
    pub at: Range<usize>,
    /// What is wrong with them.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No field of this name.
    #[error("unknown field `{}`, expected one of {}", .0, quoted(FIELDS.iter().map(|(name, ..)| *name)))]
    Field(String),
    /// No filter of this name.
    #[error("unknown filter `{}`, expected one of {}", .0, quoted(FILTERS.iter().map(|(name, _)| *name)))]
    Filter(String),
    /// A format that its field does not take.
    #[error("{:?} is no format for {{{field}}}: {}", format, wanted(*kind))]
    Format {
        /// The field.
        field: &'static str,
        /// Its format.
        format: String,
        /// What it takes.
        kind: FormatKind,
    },
    /// Something is opened, and not closed, or the other way round.
    #[error("{0}")]
    Unpaired(&'static str),
    /// A group that has nothing to depend on, or a group in a group.
    #[error("{0}")]
    Group(&'static str),
    /// A path that leads elsewhere, or nowhere.
    #[error("{0}")]
    Path(&'static str),
    /// All episodes would have one name.
    #[error(
        "it needs a field that tells episodes apart: {{title}}, {{number}}, {{guid}}, {{original}} or {{id}}"
    )]
    Same,
    /// An ending that is not the file's own.
    #[error("{{ext}} stands at the end, after a dot, or not at all")]
    Ending,
    /// An ending in letters, which would stand there twice.
    #[error("the ending is what the bytes of the file are: write .{{ext}}")]
    Literal,
}

/// What a format is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatKind(pub(super) Kind);

fn wanted(kind: FormatKind) -> &'static str {
    match kind.0 {
        Kind::Text => "it takes the most characters, after a dot, such as .60",
        Kind::Number => "it takes the least digits, after a 0, such as 04",
        Kind::Date => "it takes a date by strftime, such as %Y-%m-%d",
    }
}

fn quoted(names: impl Iterator<Item = &'static str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl BadTemplate {
    /// The template with carets below what is wrong.
    pub fn pointed(&self) -> String {
        let before = self.text.get(..self.at.start).unwrap_or_default().chars().count();
        let wrong = self.text.get(self.at.clone()).unwrap_or_default().chars().count().max(1);
        format!("{}\n{}{}\n{}", self.text, " ".repeat(before), "^".repeat(wrong), self.fault)
    }

    /// What was probably meant.
    pub fn hint(&self) -> Option<String> {
        let meant = match &self.fault {
            Fault::Field(name) => nearest(name, FIELDS.iter().map(|(name, ..)| *name)),
            Fault::Filter(name) => nearest(name, FILTERS.iter().map(|(name, _)| *name)),
            _ => None,
        };
        meant.map(|name| format!("did you mean {name:?}?"))
    }
}
