//! What `sync` would do: which feeds it would ask, what it would fetch, and why not the rest. Asks nobody and writes nothing.

use std::collections::HashSet;

use serde::Serialize;

use super::Rules;
use crate::archive::{self, Candidate, Reader, ShowRow, Wanted, WhichWanted};
use crate::config::{self, Config};
use crate::jobs::schedule::is_due;
use crate::jobs::session::{configured, mounted, now};
use crate::jobs::sync::{Request, is_paused};
use crate::jobs::{Error, captures};
use crate::model::{LONGEST_REST, ResourceRole, Time};

/// What `sync` would do for a show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The show.
    pub show: String,
    /// Its feed would be asked for.
    pub due: bool,
    /// When its feed is due; `None`: at once, or never again.
    pub next_fetch_at: Option<Time>,
    /// It rests, as the configuration says.
    pub paused: bool,
    /// Its feed was never read: what it holds is not known yet.
    pub unread: bool,
    /// What would be downloaded, as far as the feed is known: audio and what is captured beside it, newest episode first.
    pub downloads: Vec<Planned>,
    /// Audio that is left out by choice.
    pub left_out: Vec<LeftOut>,
    /// What failed a short while ago and would not be tried again yet.
    pub waiting: Vec<Waiting>,
}

impl Plan {
    /// Its feed would be asked for, and nobody knows what it holds.
    pub fn is_unknown(&self) -> bool {
        self.unread && self.due
    }
}

/// Something that would be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The title of its episode.
    pub title: Option<String>,
    /// The number of its episode.
    pub number: Option<i64>,
    /// The date of its episode.
    pub published_at: Option<Time>,
    /// `enclosure`, `transcript` ...
    pub role: &'static str,
    /// Where it is, without secrets.
    pub url: String,
    /// Its length, as the feed says.
    pub bytes: Option<u64>,
}

/// Audio that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The title of its episode.
    pub title: Option<String>,
    /// The date of its episode.
    pub published_at: Option<Time>,
    /// Its length, as the feed says.
    pub bytes: Option<u64>,
    /// The rule that leaves it out, as the configuration writes it, or `caught up`.
    pub reason: String,
}

/// Something that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// What it is.
    #[serde(flatten)]
    pub what: Planned,
    /// How often it failed in a row.
    pub failed_attempts: u32,
    /// When it is tried again.
    pub until: Time,
}

/// Tells what `sync` would do.
pub fn plan(config: &Config, request: &Request) -> Result<Vec<Plan>, Error> {
    let reader = match Reader::open(&config.archive.directory) {
        Ok(reader) => Some(reader),
        Err(archive::Error::Absent(_)) if config.archive.create => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(reader) = &reader {
        mounted(reader.root(), || reader.has_files())?;
    }
    let mut plans = Vec::new();
    for (show, configured) in config.shows.iter().zip(configured(config)) {
        let row = reader.as_ref().map(|reader| reader.show(&configured)).transpose()?.flatten();
        let mut plan = bare(show, row.as_ref(), request);
        let is_wanted = request.shows.is_empty() || request.shows.contains(&plan.show);
        if let (Some(reader), Some(row), true, false) =
            (&reader, &row, is_wanted, plan.paused || request.feeds_only)
        {
            fill(&mut plan, config, show, row, request, reader)?;
        }
        plans.push(plan);
    }
    if let Some(name) = request.shows.iter().find(|name| !plans.iter().any(|plan| plan.show == **name)) {
        let known = plans.into_iter().map(|plan| plan.show).collect();
        return Err(Error::UnknownShow { name: name.clone(), known });
    }
    plans.retain(|plan| request.shows.is_empty() || request.shows.contains(&plan.show));
    Ok(plans)
}

/// What a show is called, and whether its feed is due.
fn bare(show: &config::Show, row: Option<&ShowRow>, request: &Request) -> Plan {
    let paused = is_paused(show, request);
    let due = !paused && (request.force || row.is_none_or(|row| is_due(row, now())));
    let name = row.map(|row| row.slug.clone()).or_else(|| show.slug.clone());
    Plan {
        show: name.unwrap_or_else(|| show.address()),
        due,
        next_fetch_at: row.and_then(|row| row.next_fetch_at).filter(|_| !due && !paused),
        paused,
        unread: row.is_none_or(|row| row.title.is_none()),
        downloads: Vec::new(),
        left_out: Vec::new(),
        waiting: Vec::new(),
    }
}

/// What is known of its episodes, held against the rules of today: no run may have applied them yet.
fn fill(
    plan: &mut Plan,
    config: &Config,
    show: &config::Show,
    row: &ShowRow,
    request: &Request,
    reader: &Reader,
) -> Result<(), Error> {
    let rules = Rules::of(config, show);
    let candidates = reader.candidates(row.id)?;
    let reasons: Vec<(&Candidate, Option<String>)> =
        candidates.iter().zip(rules.reasons(&candidates)).collect();
    let without: HashSet<i64> =
        reasons.iter().filter(|(_, reason)| reason.is_some()).map(|(one, _)| one.resource_id).collect();
    plan.left_out = left_out(&rules, &reasons);
    if !rules.audio() {
        return Ok(());
    }
    // What is no longer left out is tried at once.
    let again: HashSet<i64> = reasons
        .iter()
        .filter(|(one, reason)| reason.is_none() && one.skip_reason.is_some())
        .map(|(one, _)| one.resource_id)
        .collect();
    let at = now();
    let roles = captures::roles(&config.capture, rules.alternates());
    let all = reader.wanted(row.id, &roles, WhichWanted::All)?;
    for wanted in all.into_iter().filter(|wanted| !without.contains(&wanted.resource_id)) {
        let is_asked_now = request.force || again.contains(&wanted.resource_id);
        match wanted
            .next_attempt_at
            .filter(|until| *until > at && *until <= at + LONGEST_REST && !is_asked_now)
        {
            Some(until) => {
                let failed_attempts = wanted.failed_attempts;
                plan.waiting.push(Waiting { what: planned(wanted), failed_attempts, until });
            }
            None => plan.downloads.push(planned(wanted)),
        }
    }
    Ok(())
}

fn planned(wanted: Wanted) -> Planned {
    Planned {
        title: wanted.title,
        number: wanted.number,
        published_at: wanted.published_at,
        role: wanted.role.as_str(),
        url: crate::http::redact_text(&wanted.url),
        bytes: wanted.length_bytes,
    }
}

/// The enclosures that are left out; not those in place of which another form is taken.
fn left_out(rules: &Rules, reasons: &[(&Candidate, Option<String>)]) -> Vec<LeftOut> {
    let chosen = reasons.iter().filter(|(one, reason)| reason.is_none() && rules.stands_for_its_episode(one));
    let in_some_form: HashSet<i64> = chosen.map(|(one, _)| one.episode_id).collect();
    let other = rules.is_other();
    let left_out = |(one, reason): &(&Candidate, Option<String>)| {
        let reason = reason.clone().filter(|_| one.role == ResourceRole::Enclosure)?;
        let is_replaced = reason == other && in_some_form.contains(&one.episode_id);
        (!is_replaced).then(|| LeftOut {
            title: one.title.clone(),
            published_at: one.published_at,
            bytes: one.length_bytes,
            reason,
        })
    };
    reasons.iter().filter_map(left_out).collect()
}
