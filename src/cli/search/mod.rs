//! `castkeep search`

mod page;

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::failure::Usage;
use super::find::find;
use super::look::{Links, Look};
use super::rows::{Form, Format, Writer};
use super::setting::Setting;
use crate::archive::{self, Cell, Found, Hit, HitKind, Reader, Words, WordsError, is_meant};
use crate::model::nearest;

/// Look for words in titles, notes, links and transcripts
#[derive(Args)]
#[command(
    after_help = "All words must be in one place. \"a phrase\" keeps its order, rust* is a beginning, tea OR coffee is either, \
NOT milk leaves out. Case, accents and apostrophes do not matter: ratsel finds Rätsel, dont finds don't.\n\n\
Examples:\n\
\x20 castkeep search window functions\n\
\x20 castkeep search '\"tea party\" NOT milk' --show two-kettles --since 2024\n\
\x20 castkeep search rust* --kind link --format csv"
)]
pub(super) struct Search {
    /// What to look for
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// In this show alone
    #[arg(long, value_name = "SHOW")]
    show: Option<String>,
    /// In titles (episode), notes (segment), links or transcripts alone; or in one kind of segments
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
    /// In what this person presents or says; part of a name
    #[arg(long, value_name = "NAME")]
    presenter: Option<String>,
    /// In episodes of 2019, 2019-04 or 2019-04-19, and later
    #[arg(long, value_name = "DATE", value_parser = date)]
    since: Option<String>,
    /// In episodes up to the end of this year, month or day
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<String>,
    /// How many hits at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// As rows, for programs
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// With csv: a text that a spreadsheet would take for a formula (= + - @ in front) gets a ' before it
    #[arg(long)]
    for_spreadsheet: bool,
}

/// The four places, then the kinds of segments.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Episode,
    Segment,
    Link,
    Transcript,
    Intro,
    Topic,
    Sponsor,
    People,
    Links,
    Extras,
    Joke,
    Boilerplate,
}

impl Kind {
    fn place(self) -> HitKind {
        match self {
            Self::Episode => HitKind::Episode,
            Self::Link => HitKind::Link,
            Self::Transcript => HitKind::Transcript,
            _ => HitKind::Segment,
        }
    }

    fn segment(self) -> Option<String> {
        let is_place = matches!(self, Self::Episode | Self::Segment | Self::Link | Self::Transcript);
        self.to_possible_value().filter(|_| !is_place).map(|value| value.get_name().to_owned())
    }
}

impl Search {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let words = Words::parse(&self.words.join(" ")).map_err(|error| wrong(&error))?;
        let form = self.form()?;
        let reader = setting.reader()?;
        let found = reader.search(&self.asked(&reader, words)?)?;
        let mut out = BufWriter::new(stdout().lock());
        match form {
            None => write!(out, "{}", page::page(&found.hits, Look::of_stdout(Links::Never, None)))?,
            Some(form) => rows(form, &found.hits, &mut out)?,
        }
        out.flush()?;
        self.remark(setting, &reader, &found)?;
        Ok(ExitCode::SUCCESS)
    }

    fn asked(&self, reader: &Reader, words: Words) -> anyhow::Result<archive::Search> {
        if let (Some(since), Some(until)) = (&self.since, &self.until)
            && until < since
            && !since.starts_with(until.as_str())
        {
            let message = format!("search: nothing is both since {since} and until {until}");
            return Err(Usage { message, hint: Some("the earlier date is --since".to_owned()) }.into());
        }
        let show = self.show.as_ref().map(|slug| find(reader, slug)).transpose()?.map(|show| show.id);
        Ok(archive::Search {
            words,
            show,
            kind: self.kind.map(Kind::place),
            segment_kind: self.kind.and_then(Kind::segment),
            presenter: self.presenter.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            limit: self.limit.into(),
        })
    }

    /// The form of rows, if they are asked for.
    fn form(&self) -> anyhow::Result<Option<Form>> {
        let form = |format| Form { format, for_spreadsheet: self.for_spreadsheet }.check();
        // A page is no more for a spreadsheet than a table is.
        if self.for_spreadsheet && self.format.is_none() {
            form(Format::Table)?;
        }
        Ok(self.format.map(form).transpose()?)
    }

    /// What the hits do not say themselves.
    fn remark(&self, setting: &Setting, reader: &Reader, found: &Found) -> anyhow::Result<()> {
        if found.is_partial {
            setting.talk.note("there are very many such places, and only the newest were weighed: a rarer word, --show or --since tells more");
        } else if found.hits.len() == usize::from(self.limit) {
            setting.talk.note(&format!("the best {} are shown; --limit shows more", self.limit));
        }
        if found.hits.is_empty() {
            setting.talk.note("nothing was found");
            if let Some(hint) = self.presenter.as_ref().map(|name| whom(reader, name)).transpose()?.flatten()
            {
                setting.talk.hint(&hint);
            }
        }
        Ok(())
    }
}

fn rows(form: Form, hits: &[Hit], out: &mut impl Write) -> std::io::Result<()> {
    let mut writer = Writer::new(form.manner(), out);
    writer.header(&COLUMNS.map(str::to_owned))?;
    for hit in hits {
        writer.row(&cells(hit))?;
    }
    writer.end().map(drop)
}

/// What may have been wrong with the name of a presenter.
fn whom(reader: &Reader, name: &str) -> anyhow::Result<Option<String>> {
    let all = reader.presenters()?;
    let is_known = |names: &[String]| names.iter().any(|known| is_meant(known, name));
    if is_known(&all) || is_known(&reader.people()?) {
        return Ok(None);
    }
    let like = nearest(name, all.iter().map(String::as_str))
        .map_or_else(String::new, |known| format!("; did you mean {known:?}?"));
    Ok(Some(format!("no presenter is called {name:?}{like}")))
}

fn wrong(error: &WordsError) -> anyhow::Error {
    let hint = match error {
        WordsError::Open(_) => "close the quote, or leave it out; in a shell a phrase is '\"two words\"'",
        WordsError::NoLetters(_) => "look for words or numbers; signs are not searched",
        WordsError::OnlyNot => "castkeep search tea NOT milk",
        WordsError::Loose("OR") => "castkeep search tea OR coffee; to find the word itself, write it small",
        WordsError::Loose(_) => "castkeep search tea NOT milk; to find the word itself, write it small",
        WordsError::Short(_) => "castkeep search \"tea*\" finds teapots and teatimers",
        WordsError::Nothing | WordsError::Many(_) => "castkeep search window functions",
    };
    Usage { message: format!("search: {error}"), hint: Some(hint.to_owned()) }.into()
}

/// A year, a month or a day.
fn date(text: &str) -> Result<String, String> {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && whole.len() == 10;
    match NaiveDate::parse_from_str(&whole, "%Y-%m-%d") {
        Ok(_) if is_plain => Ok(text.to_owned()),
        _ => Err("a date is a year, a month or a day: 2019, 2019-04 or 2019-04-19".to_owned()),
    }
}

const COLUMNS: [&str; 15] = [
    "show",
    "episode_id",
    "episode_number",
    "episode_title",
    "published_at",
    "kind",
    "segment_position",
    "segment_kind",
    "segment_number",
    "presenter",
    "segment_title",
    "start_seconds",
    "speaker",
    "link",
    "text",
];

fn cells(hit: &Hit) -> Vec<Cell<'_>> {
    let part = hit.segment.as_ref();
    vec![
        Cell::Text((&hit.show).into()),
        Cell::Integer(hit.episode_id),
        number(hit.episode_number),
        text(hit.episode_title.as_ref()),
        text(hit.published_at.as_ref()),
        Cell::Text(hit.kind.as_str().into()),
        number(part.map(|part| part.position)),
        text(part.map(|part| &part.kind)),
        number(part.and_then(|part| part.number)),
        text(part.and_then(|part| part.presenter.as_ref())),
        text(part.and_then(|part| part.title.as_ref())),
        hit.start_seconds.map_or(Cell::Null, Cell::Real),
        text(hit.speaker.as_ref()),
        text(hit.link.as_ref()),
        Cell::Text((&hit.snippet.text).into()),
    ]
}

fn text(text: Option<&String>) -> Cell<'_> {
    text.map_or(Cell::Null, |text| Cell::Text(text.into()))
}

fn number(number: Option<i64>) -> Cell<'static> {
    number.map_or(Cell::Null, Cell::Integer)
}
