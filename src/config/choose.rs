//! What is downloaded of a show: the rules of `[choose]`, overruled by those of the show itself.

use std::fmt;

use chrono::NaiveDate;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Show, words};
use crate::model::{ResourceKind, Time};

/// Larger patterns are a mistake or an attack, in bytes of the compiled program.
const LARGEST_PATTERN: usize = 1 << 20;

/// `[choose]`, with its defaults: everything.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Choose {
    /// `false`: records everything, downloads nothing.
    pub audio: bool,
    /// Titles must match it.
    pub only: Option<Pattern>,
    /// Titles must not match it.
    pub skip: Option<Pattern>,
    /// Published on this day or later.
    #[serde(deserialize_with = "day")]
    pub since: Option<Day>,
    /// Published on this day or earlier.
    #[serde(deserialize_with = "day")]
    pub until: Option<Day>,
    /// So many, the newest of those that all else leaves; 0: all.
    pub newest: u64,
    /// Of these seasons; empty: any.
    #[serde(deserialize_with = "numbers")]
    pub seasons: Vec<i64>,
    /// Of these types; empty: any.
    pub types: Vec<EpisodeType>,
    /// Of these kinds; empty: any.
    pub kinds: Vec<Kind>,
    /// Not larger than so many megabytes, as the feed says; 0: any size.
    pub max_mb: u64,
}

impl Default for Choose {
    fn default() -> Self {
        Self {
            audio: true,
            only: None,
            skip: None,
            since: None,
            until: None,
            newest: 0,
            seasons: Vec::new(),
            types: Vec::new(),
            kinds: Vec::new(),
            max_mb: 0,
        }
    }
}

impl Choose {
    /// The rules of one show: its own where it has some, else these.
    #[must_use]
    pub fn of(&self, show: &Show) -> Self {
        let all = self.clone();
        Self {
            audio: show.audio.unwrap_or(all.audio),
            only: show.only.clone().or(all.only).filter(Pattern::says_something),
            skip: show.skip.clone().or(all.skip).filter(Pattern::says_something),
            since: show.since.or(all.since),
            until: show.until.or(all.until),
            newest: show.newest.unwrap_or(all.newest),
            seasons: show.seasons.clone().unwrap_or(all.seasons),
            types: show.types.clone().unwrap_or(all.types),
            kinds: show.kinds.clone().unwrap_or(all.kinds),
            max_mb: show.max_mb.unwrap_or(all.max_mb),
        }
    }

    /// What is wrong with these rules, taken together.
    pub(super) fn contradiction(&self) -> Option<String> {
        let (since, until) = (self.since?, self.until?);
        let is_never = since.begins() > until.ends();
        is_never.then(|| format!("no day is left: until = {until} is before since = {since}"))
    }
}

/// A list of whole numbers, which says so where it is none.
fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    deserializer.deserialize_any(Numbers)
}

/// The same for a show, where it may be left out.
pub(super) fn own_numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<i64>>, D::Error> {
    numbers(deserializer).map(Some)
}

struct Numbers;

impl<'de> Visitor<'de> for Numbers {
    type Value = Vec<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(words::NUMBERS)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(number) = list.next_element()? {
            all.push(number);
        }
        Ok(all)
    }
}

/// A regular expression for titles; capitals and small letters are one (`(?-i)` tells them apart).
#[derive(Debug, Clone)]
pub struct Pattern(regex::Regex);

impl Pattern {
    /// Reads it. An empty text is none, and takes that of `[choose]` back for a show.
    pub fn new(text: &str) -> Result<Self, String> {
        let built = regex::RegexBuilder::new(text).case_insensitive(true).size_limit(LARGEST_PATTERN).build();
        built.map(Self).map_err(|error| {
            // Its first lines show the pattern with a caret; the last one says what is wrong.
            let said = error.to_string();
            let last = said.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("{text:?} is no regular expression: {last}")
        })
    }

    fn says_something(&self) -> bool {
        !self.0.as_str().is_empty()
    }

    /// Whether it is found in the text.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A span of days: one, or with `2020-06` or `2020` a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    first: NaiveDate,
    last: NaiveDate,
}

impl Day {
    /// Reads `2020-06-30`, `2020-06` or `2020`.
    pub fn new(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is no date such as 2020-06-30, 2020-06 or 2020");
        let whole = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| bad());
        match text.len() {
            10 => whole(text).map(|day| Self { first: day, last: day }),
            7 => {
                let first = whole(&format!("{text}-01"))?;
                let next = first.checked_add_months(chrono::Months::new(1)).and_then(|day| day.pred_opt());
                Ok(Self { first, last: next.ok_or_else(bad)? })
            }
            4 => Ok(Self { first: whole(&format!("{text}-01-01"))?, last: whole(&format!("{text}-12-31"))? }),
            _ => Err(bad()),
        }
    }

    /// Its first moment, in UTC.
    pub fn begins(&self) -> Time {
        self.first.and_time(chrono::NaiveTime::MIN).and_utc().into()
    }

    /// Its last second, in UTC.
    pub fn ends(&self) -> Time {
        let midnight = self.last.and_time(chrono::NaiveTime::MIN).and_utc();
        (midnight + chrono::TimeDelta::seconds(86_399)).into()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.first == self.last { Ok(()) } else { write!(f, " to {}", self.last) }
    }
}

/// A date of TOML, or one in quotes.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        toml::Value::Datetime(date) => date.date.map(|date| date.to_string()).unwrap_or_default(),
        // Who writes a year may leave the quotes away.
        toml::Value::Integer(year) => year.to_string(),
        other => other.to_string(),
    };
    Day::new(text.trim()).map(Some).map_err(D::Error::custom)
}

/// What an episode is (`itunes:episodeType`); one that says nothing is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EpisodeType {
    /// An episode.
    Full,
    /// An announcement.
    Trailer,
    /// An extra.
    Bonus,
}

impl EpisodeType {
    /// As feeds write it, in whatever letters; what is neither trailer nor bonus is full.
    pub fn told(text: Option<&str>) -> Self {
        match text.map(|text| text.trim().to_ascii_lowercase()).as_deref() {
            Some("trailer") => Self::Trailer,
            Some("bonus") => Self::Bonus,
            _ => Self::Full,
        }
    }

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Trailer => "trailer",
            Self::Bonus => "bonus",
        }
    }
}

/// What an enclosure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// A document, a picture.
    Other,
}

impl Kind {
    /// The kind of a resource.
    pub fn of(kind: ResourceKind) -> Self {
        match kind {
            ResourceKind::Audio => Self::Audio,
            ResourceKind::Video => Self::Video,
            _ => Self::Other,
        }
    }

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Other => "other",
        }
    }
}

/// Which of the same audio or video in other forms (`podcast:alternateEnclosure`) is captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alternates {
    /// The enclosure alone.
    #[default]
    None,
    /// The enclosure and all other forms.
    All,
    /// In place of the enclosure: the form of the highest quality.
    Best,
    /// In place of the enclosure: the smallest form.
    Smallest,
}

impl Alternates {
    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "false",
            Self::All => "true",
            Self::Best => "\"best\"",
            Self::Smallest => "\"smallest\"",
        }
    }
}

impl<'de> Deserialize<'de> for Alternates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::Boolean(false) => Ok(Self::None),
            toml::Value::Boolean(true) => Ok(Self::All),
            toml::Value::String(text) if text == "best" => Ok(Self::Best),
            toml::Value::String(text) if text == "smallest" => Ok(Self::Smallest),
            other => Err(D::Error::custom(format!("{other} is none of false, true, \"best\", \"smallest\""))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_of_seasons_is_advised_as_one_that_is_taken() {
        let error = |text: &str| toml::from_str::<Choose>(text).map(|_| ()).unwrap_err();
        for (text, want) in [
            ("seasons = \"2\"", "expected a list of whole numbers, such as [2]"),
            ("seasons = 2", "expected a list of whole numbers, such as [2]"),
            ("seasons = [\"2\"]", "expected a whole number, without quotes"),
        ] {
            assert_eq!(words::plain(error(text).message()), want, "{text}");
        }
        assert_eq!(toml::from_str::<Choose>("seasons = [2]").unwrap().seasons, [2]);
        assert!(toml::from_str::<Choose>("").unwrap().seasons.is_empty());
        let show = |text: &str| toml::from_str::<Show>(&format!("feed = \"x\"\n{text}"));
        assert_eq!(show("seasons = [2]").unwrap().seasons, Some(vec![2]));
        assert_eq!(show("").unwrap().seasons, None);
        let said = words::plain(show("seasons = 2").unwrap_err().message());
        assert_eq!(said, "expected a list of whole numbers, such as [2]");
    }

    #[test]
    fn dates_are_days_months_or_years() {
        let ends = |text: &str| Day::new(text).map(|day| (day.begins().to_string(), day.ends().to_string()));
        let span = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(ends("2020-02-29"), span("2020-02-29T00:00:00Z", "2020-02-29T23:59:59Z"));
        assert_eq!(ends("2020-02"), span("2020-02-01T00:00:00Z", "2020-02-29T23:59:59Z"));
        assert_eq!(ends("2020"), span("2020-01-01T00:00:00Z", "2020-12-31T23:59:59Z"));
        for bad in ["", "20", "2020-13", "2021-02-29", "2020/01/01", "yesterday", "20200101"] {
            assert_eq!(ends(bad), Err(format!("{bad:?} is no date such as 2020-06-30, 2020-06 or 2020")));
        }
    }

    #[test]
    fn a_broken_pattern_says_what_is_wrong_on_one_line() {
        assert!(Pattern::new("trailer").unwrap().matches("The TRAILER"));
        assert!(!Pattern::new("(?-i)trailer").unwrap().matches("The TRAILER"));
        let wrong = |text: &str| Pattern::new(text).unwrap_err();
        assert_eq!(wrong("("), "\"(\" is no regular expression: unclosed group");
        assert!(wrong(&"(a{1000}){1000}".repeat(9)).ends_with("size limit of 1048576 bytes."));
    }
}
