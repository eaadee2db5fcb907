//! `castkeep status`

use std::collections::HashSet;
use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::Usage;
use super::gaps;
use super::setting::Setting;
use crate::archive::{Reader, ShowStatus};
use crate::config;
use crate::jobs::{self, Gaps};
use crate::model::{Time, nearest, redacted};
use crate::report::{human_bytes, table};

/// Tell how each show stands; of shows that are named, also what their record lacks
#[derive(Args)]
pub(super) struct Status {
    /// Only these shows
    #[arg(value_name = "SHOW")]
    shows: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let mut all = reader.status()?;
        if let Some(unknown) = self.shows.iter().find(|name| !all.iter().any(|show| show.show == **name)) {
            let message = format!("there is no show {unknown:?} in the archive");
            let hint = nearest(unknown, all.iter().map(|show| show.show.as_str()));
            return Err(Usage { message, hint: hint.map(|known| format!("did you mean {known:?}?")) }.into());
        }
        all.retain(|show| self.shows.is_empty() || self.shows.contains(&show.show));
        let mut out = stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&self.with_gaps(&reader, all)?)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if all.is_empty() {
            setting.talk.note("the archive holds no show yet");
            setting.talk.hint("add one with \"castkeep add URL\"");
            return Ok(ExitCode::SUCCESS);
        }
        let header = [
            "show", "episodes", "audio", "missing", "gone", "size", "newest", "asked", "next", "warnings",
            "state",
        ];
        // An archive that is read without a configuration can't tell what is followed.
        let followed: Option<HashSet<String>> =
            setting.load().ok().map(|config| config.shows.iter().map(config::Show::address).collect());
        let is_followed = |show: &ShowStatus| {
            followed.as_ref().is_none_or(|feeds| feeds.contains(&*redacted(&show.configured_url)))
        };
        let rows: Vec<_> = all.iter().map(|show| row(show, is_followed(show))).collect();
        write!(out, "{}", table(&header, &rows, &[1, 2, 3, 4, 5, 9]))?;
        if !self.shows.is_empty() {
            for show in &all {
                let text = format!("\n{}\n{}", show.show, gaps_text(&gaps_of(&reader, &show.show)?));
                write!(out, "{}", crate::report::escape(&text, &['\n']))?;
            }
        }
        for show in &all {
            if let Some(error) = show.last_error.as_ref().filter(|_| is_followed(show)) {
                let at = show.polled_at.map_or_else(String::new, |at| at.format(" on %Y-%m-%d %H:%M UTC"));
                setting.talk.failure(Some(&show.show), &format!("the last request{at} failed: {error}"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The shows as JSON, with their gaps where shows are named.
    fn with_gaps(&self, reader: &Reader, all: Vec<ShowStatus>) -> anyhow::Result<Vec<serde_json::Value>> {
        let mut list = Vec::with_capacity(all.len());
        for show in all {
            let mut value = serde_json::to_value(&show)?;
            if let Some(object) = value.as_object_mut().filter(|_| !self.shows.is_empty()) {
                object.insert("gaps".to_owned(), serde_json::to_value(gaps_of(reader, &show.show)?)?);
            }
            list.push(value);
        }
        Ok(list)
    }
}

fn gaps_text(gaps: &Gaps) -> String {
    gaps::text(gaps) + gaps::verdict(gaps)
}

fn gaps_of(reader: &Reader, slug: &str) -> anyhow::Result<Gaps> {
    let show = reader.find_show(slug)?;
    let coverage = show.map(|show| reader.coverage(show.id)).transpose()?;
    Ok(jobs::gaps(coverage.unwrap_or_default()))
}

fn row(show: &ShowStatus, is_followed: bool) -> Vec<String> {
    let at = |time: Option<Time>, format: &str| time.map_or_else(|| "-".to_owned(), |at| at.format(format));
    let state = match show.error_count {
        _ if !is_followed => "not followed".to_owned(),
        0 => show.state.clone(),
        1 => format!("{}, 1 failure", show.state),
        n => format!("{}, {n} failures", show.state),
    };
    vec![
        show.show.clone(),
        show.episodes.to_string(),
        show.with_audio.to_string(),
        show.missing.to_string(),
        show.gone.to_string(),
        human_bytes(show.bytes),
        at(show.newest, "%Y-%m-%d"),
        at(show.polled_at, "%Y-%m-%d %H:%M"),
        at(show.next_fetch_at.filter(|_| is_followed), "%Y-%m-%d %H:%M"),
        show.warnings.to_string(),
        state,
    ]
}
