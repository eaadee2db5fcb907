//! The fields of a template, and how a value is written: `{published:%Y}`, `{number:04}`, `{title:.60}`.

use super::filter::Filter;
use super::safe::one_level;
use super::{Naming, stand_in};

/// What a field stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Show,
    ShowTitle,
    Title,
    Published,
    Year,
    Number,
    Season,
    Type,
    Author,
    Guid,
    Original,
    Id,
}

/// How its value may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Date,
}

/// Their names, as in the README.
pub(super) const FIELDS: &[(&str, Field, Kind)] = &[
    ("show", Field::Show, Kind::Text),
    ("show_title", Field::ShowTitle, Kind::Text),
    ("title", Field::Title, Kind::Text),
    ("published", Field::Published, Kind::Date),
    ("year", Field::Year, Kind::Number),
    ("number", Field::Number, Kind::Number),
    ("season", Field::Season, Kind::Number),
    ("type", Field::Type, Kind::Text),
    ("author", Field::Author, Kind::Text),
    ("guid", Field::Guid, Kind::Text),
    ("original", Field::Original, Kind::Text),
    ("id", Field::Id, Kind::Number),
];

impl Field {
    /// Whether it tells one episode from another.
    pub(super) fn tells_apart(self) -> bool {
        matches!(self, Self::Title | Self::Number | Self::Guid | Self::Original | Self::Id)
    }
}

/// How a value is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    /// As it is.
    Plain,
    /// A `strftime` pattern.
    Date(String),
    /// At least so many digits.
    Digits(usize),
    /// At most so many characters.
    Longest(usize),
}

impl Format {
    /// `None` if it is none for such a field.
    pub(super) fn parse(text: &str, kind: Kind) -> Option<Self> {
        let number = |text: &str, most: usize| text.parse().ok().filter(|number| (1..=most).contains(number));
        match kind {
            Kind::Date if crate::model::Time::is_pattern(text) => Some(Self::Date(text.to_owned())),
            Kind::Number if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.strip_prefix('0').and_then(|digits| number(digits, 20)).map(Self::Digits)
            }
            Kind::Text => text.strip_prefix('.').and_then(|longest| number(longest, 200)).map(Self::Longest),
            _ => None,
        }
    }
}

/// A field with all that is done to its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) field: Field,
    pub(super) format: Format,
    pub(super) filters: Vec<Filter>,
}

impl Use {
    /// What it stands for, on one level: a title makes no folders. `None` if the episode has no such thing.
    pub(super) fn value(&self, naming: &Naming<'_>) -> Option<String> {
        if self.field == Field::Title {
            let title = naming.title.and_then(|title| self.filtered(&self.cut(title)));
            return title.or_else(|| self.filtered(&stand_in(naming)));
        }
        let text = match self.field {
            Field::Show => self.cut(naming.show),
            Field::ShowTitle => self.cut(naming.show_title.unwrap_or(naming.show)),
            Field::Title => return None,
            Field::Published => return self.date(naming),
            Field::Year => self.number(naming.published?.format("%Y").parse().ok()?),
            Field::Number => self.number(naming.number?),
            Field::Season => self.number(naming.season?),
            Field::Type => self.cut(naming.episode_type?),
            Field::Author => self.cut(naming.author?),
            Field::Guid => self.cut(naming.guid?),
            Field::Original => self.cut(naming.original?),
            Field::Id => self.number(naming.id),
        };
        self.filtered(&text)
    }

    /// `None` if no letter and no digit is left.
    fn filtered(&self, text: &str) -> Option<String> {
        let text = self.filters.iter().fold(one_level(text), |text, filter| filter.apply(&text));
        Some(one_level(&text)).filter(|text| text.chars().any(char::is_alphanumeric))
    }

    /// Slashes of the pattern make folders, like those of the template that it stands in.
    fn date(&self, naming: &Naming<'_>) -> Option<String> {
        let pattern = match &self.format {
            Format::Date(pattern) => pattern,
            _ => "%Y-%m-%d",
        };
        let at = naming.published?;
        let level = |pattern: &str| {
            self.filters.iter().fold(one_level(&at.format(pattern)), |text, filter| filter.apply(&text))
        };
        Some(pattern.split('/').map(level).collect::<Vec<_>>().join("/"))
    }

    fn cut(&self, text: &str) -> String {
        match self.format {
            Format::Longest(longest) => text.chars().take(longest).collect(),
            _ => text.to_owned(),
        }
    }

    fn number(&self, number: i64) -> String {
        match self.format {
            Format::Digits(digits) => format!("{number:0digits$}"),
            _ => number.to_string(),
        }
    }
}
