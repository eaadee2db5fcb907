//! `castkeep status`

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::find;
use super::following::{Following, PAUSED};
use super::gaps;
use super::hang::fitting;
use super::look::screen_width;
use super::setting::Setting;
use crate::archive::{Reader, ShowStatus};
use crate::jobs::{self, Gaps};
use crate::model::Time;
use crate::report::{Columns, Trouble, counted, hints, human_bytes};

/// Tell how each show stands; of one that is named, what it lacks
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Status {
    /// Only these shows
    #[arg(value_name = "SHOW")]
    shows: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "Examples:\n\
\x20 castkeep status\n\
\x20 castkeep status two-kettles\n\
\x20 castkeep status --archive /mnt/disk/archive.db --json";

impl Status {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let reader = setting.reader()?;
        let following = Following::of(setting);
        let mut all: Vec<_> = reader.status()?.into_iter().map(|show| following.told(show)).collect();
        if let Some(unknown) = self.shows.iter().find(|name| !all.iter().any(|show| show.show == **name)) {
            let known: Vec<String> = all.iter().map(|show| show.show.clone()).collect();
            return Err(find::unknown(unknown, &known).into());
        }
        all.retain(|show| self.shows.is_empty() || self.shows.contains(&show.show));
        let mut out = stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&self.with_gaps(&reader, all)?)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if all.is_empty() {
            setting.talk.note("the archive holds no show yet");
            setting.talk.hint(if following.is_any() { UNREAD } else { "add one with \"castkeep add URL\"" });
            return Ok(ExitCode::SUCCESS);
        }
        let is_followed = |show: &ShowStatus| following.follows(&show.configured_url);
        let rows: Vec<_> = all.iter().map(|show| row(show, is_followed(show))).collect();
        write!(out, "{}", COLUMNS.laid_out(&rows, screen_width()))?;
        if !self.shows.is_empty() {
            for show in &all {
                let text = crate::report::escape(&gaps_text(&gaps_of(&reader, &show.show)?), &['\n']);
                let lines: Vec<_> = text.lines().map(fitting).collect();
                writeln!(out, "\n{}\n{}", show.show, lines.join("\n"))?;
            }
        }
        let is_asked = |show: &ShowStatus| is_followed(show) && show.state != PAUSED;
        let mut to_do = Vec::new();
        let troubles: Vec<Trouble> = jobs::standing(&reader)?
            .into_iter()
            .filter(|trouble| all.iter().any(|show| show.show == trouble.show && is_asked(show)))
            .collect();
        let waits: Vec<_> = all.iter().filter(|show| is_followed(show)).filter_map(waiting).collect();
        if self.shows.is_empty() && following.is_known() {
            let wanted = all.iter().filter(|show| is_followed(show)).cloned().map(at_work);
            let lacking: Vec<_> = wanted.filter(|show| show.missing > 0).collect();
            let is_called = setting.load().is_ok_and(|config| config.calls_programs());
            let calls = if is_called { reader.hook_trouble()?.failed } else { 0 };
            to_do = remedies(&lacking, calls);
            write!(out, "\n{}\n", fitting(&verdict(&troubles, &lacking, calls)))?;
        }
        out.flush()?;
        for trouble in &troubles {
            setting.talk.failure(Some(&trouble.show), &words(trouble));
        }
        for hint in hints(&troubles) {
            setting.talk.hint(hint);
        }
        for remedy in to_do {
            setting.talk.hint(remedy);
        }
        for hint in waits {
            setting.talk.hint(&hint);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The shows as JSON, with since when they fail and what can be done, and with their gaps where shows are named.
    fn with_gaps(&self, reader: &Reader, all: Vec<ShowStatus>) -> anyhow::Result<Vec<serde_json::Value>> {
        let mut list = Vec::with_capacity(all.len());
        let troubles = jobs::standing(reader)?;
        for show in all {
            let mut value = serde_json::to_value(&show)?;
            let trouble = troubles.iter().find(|trouble| trouble.show == show.show);
            value["failing_since"] = serde_json::to_value(trouble.and_then(|trouble| trouble.since))?;
            value["hint"] = serde_json::to_value(trouble.and_then(|trouble| trouble.hint.as_ref()))?;
            if let Some(object) = value.as_object_mut().filter(|_| !self.shows.is_empty()) {
                object.insert("gaps".to_owned(), serde_json::to_value(gaps_of(reader, &show.show)?)?);
            }
            list.push(value);
        }
        Ok(list)
    }
}

/// Shows are followed, and no feed was ever read.
const UNREAD: &str =
    "\"castkeep sync\" asks the feeds of the configuration; with --feeds-only it downloads nothing yet";

/// A show as the work that is left of it: of one that rests, nothing is downloaded, but what was lost was there.
fn at_work(show: ShowStatus) -> ShowStatus {
    if show.state != PAUSED {
        return show;
    }
    ShowStatus { missing: show.lost, untried: 0, ..show }
}

/// What can be done about audio of a show that rests.
fn waiting(show: &ShowStatus) -> Option<String> {
    let rests = show.state == PAUSED && show.missing > show.lost;
    let name = &show.show;
    rests.then(|| format!("{name} is paused; castkeep sync {name} downloads what it lacks all the same"))
}

/// What can be done about audio that is missing: never tried, once captured and lost, or not to be had; and about programs
/// that failed.
fn remedies(lacking: &[ShowStatus], calls: u64) -> Vec<&'static str> {
    let any = |of: fn(&ShowStatus) -> u64| lacking.iter().any(|show| of(show) > 0);
    [
        (any(|show| show.untried), "castkeep sync downloads what was not tried yet"),
        (any(|show| show.lost), "castkeep verify --repair fetches again what was lost"),
        (
            any(|show| show.missing.saturating_sub(show.untried + show.lost)),
            "castkeep sync --force tries again what could not be downloaded; \
             castkeep sql \"SELECT * FROM missing_audio\" tells why",
        ),
        (calls > 0, "castkeep sql \"SELECT * FROM hook_list WHERE outcome = 'failed'\" tells why; they are tried again"),
    ]
    .into_iter()
    .filter_map(|(is_needed, remedy)| is_needed.then_some(remedy))
    .collect()
}

/// Whether all is well, in a line.
fn verdict(troubles: &[Trouble], lacking: &[ShowStatus], calls: u64) -> String {
    let failing = (!troubles.is_empty()).then(|| {
        let names: Vec<_> = troubles.iter().map(|trouble| trouble.show.as_str()).collect();
        format!("{} can't be asked at present ({})", counted(troubles.len() as u64, "show"), names.join(", "))
    });
    let of = |words: &str, count: fn(&ShowStatus) -> u64| {
        let shows: Vec<_> = lacking.iter().filter(|show| count(show) > 0).collect();
        let names: Vec<_> = shows.iter().map(|show| show.show.as_str()).collect();
        let sum = shows.iter().map(|show| count(show)).sum();
        (sum > 0).then(|| format!("the audio of {} {words} ({})", counted(sum, "episode"), names.join(", ")))
    };
    let missing = of("is missing", |show| show.missing.saturating_sub(show.untried));
    let untried = of("is not downloaded yet", |show| show.untried);
    let called = (calls > 0).then(|| format!("{} of on_episode failed", counted(calls, "call")));
    let all: Vec<String> = failing.into_iter().chain(missing).chain(untried).chain(called).collect();
    if all.is_empty() { "all is well".to_owned() } else { all.join("; ") }
}

/// What fails, since when, and when it is tried again.
fn words(trouble: &Trouble) -> String {
    let next = trouble.next_try.map(|at| at.format("; it is tried again on %Y-%m-%d %H:%M UTC"));
    trouble.story() + &next.unwrap_or_default()
}

/// What is told of each show. Most leave nothing out, and need no column of zeros.
const COLUMNS: Columns<'_> = Columns {
    names: &[
        "show", "episodes", "audio", "missing", "left out", "gone", "size", "newest", "asked", "next",
        "warnings", "state",
    ],
    right: &["episodes", "audio", "missing", "left out", "gone", "size", "warnings"],
    rare: &["left out"],
    counts: &["gone", "warnings", "missing"],
    lesser: &["next", "size", "asked", "newest", "warnings", "gone"],
    ..Columns::PLAIN
};

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
        _ if show.state == PAUSED => PAUSED.to_owned(),
        0 => show.state.clone(),
        1 => format!("{}, 1 failure", show.state),
        n => format!("{}, {n} failures", show.state),
    };
    vec![
        show.show.clone(),
        show.episodes.to_string(),
        show.with_audio.to_string(),
        show.missing.to_string(),
        show.left_out.to_string(),
        show.gone.to_string(),
        human_bytes(show.bytes),
        at(show.newest, "%Y-%m-%d"),
        at(show.polled_at, "%Y-%m-%d %H:%M"),
        at(show.next_fetch_at.filter(|_| is_followed), "%Y-%m-%d %H:%M"),
        show.warnings.to_string(),
        state,
    ]
}
