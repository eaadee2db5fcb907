//! What `sync --dry-run` prints: what would be fetched, how large it is, and why the rest is not.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use super::look::screen_width;
use super::talk::Talk;
use crate::jobs::{Plan, Planned};
use crate::report::{Columns, escape, human_bytes};

/// More downloads of a show than this are counted, not listed, unless more is asked for.
const MOST_LISTED: usize = 20;

/// What is told of each show.
const PLANS: Columns<'_> = Columns {
    names: &["show", "feed", "downloads", "size", "left out", "waiting"],
    right: &["downloads", "size", "left out", "waiting"],
    counts: &["waiting", "left out"],
    lesser: &["feed", "waiting", "left out", "size"],
    ..Columns::PLAIN
};

const DOWNLOADS: Columns<'_> = Columns {
    names: &["date", "title", "size"],
    right: &["size"],
    title: Some("title"),
    lesser: &["date"],
    ..Columns::PLAIN
};

const REASONS: Columns<'_> =
    Columns { names: &["count", "reason"], right: &["count"], title: Some("reason"), ..Columns::PLAIN };

const WAITING: Columns<'_> = Columns { names: &["title", "until"], title: Some("title"), ..Columns::PLAIN };

/// Prints plans as JSON, else as a table and a list of each show.
pub(super) fn print(plans: &[Plan], json: bool, talk: Talk) -> anyhow::Result<ExitCode> {
    let mut out = stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(plans)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows: Vec<_> = plans.iter().map(row).collect();
    rows.extend((plans.len() > 1).then(|| sum(plans)));
    let screen = screen_width();
    write!(out, "{}", PLANS.laid_out(&rows, screen))?;
    let most = if talk.verbose { usize::MAX } else { MOST_LISTED };
    for plan in plans {
        write!(out, "{}", escape(&details(plan, most, screen), &['\n']))?;
    }
    out.flush()?;
    let unread: Vec<&str> = plans.iter().filter(|plan| plan.is_unknown()).map(|plan| &*plan.show).collect();
    if !unread.is_empty() {
        talk.hint(&format!(
            "what feeds hold that were never read is not known yet ({}); castkeep sync --feeds-only reads them and downloads nothing",
            unread.join(", ")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// All shows together.
fn sum(plans: &[Plan]) -> Vec<String> {
    let downloads: Vec<Planned> = plans.iter().flat_map(|plan| plan.downloads.clone()).collect();
    let count = |of: fn(&Plan) -> usize| plans.iter().map(of).sum::<usize>().to_string();
    vec![
        "all".to_owned(),
        String::new(),
        downloads.len().to_string(),
        size(&downloads),
        count(|plan| plan.left_out.len()),
        count(|plan| plan.waiting.len()),
    ]
}

fn row(plan: &Plan) -> Vec<String> {
    let feed = match plan.next_fetch_at {
        _ if plan.paused => "paused".to_owned(),
        _ if plan.due => "is asked".to_owned(),
        Some(next) => format!("due {}", next.format("%Y-%m-%d %H:%M")),
        None => "not asked".to_owned(),
    };
    vec![
        plan.show.clone(),
        feed,
        if plan.is_unknown() { "?".to_owned() } else { plan.downloads.len().to_string() },
        if plan.is_unknown() { "?".to_owned() } else { size(&plan.downloads) },
        plan.left_out.len().to_string(),
        plan.waiting.len().to_string(),
    ]
}

/// The sum of what feeds say; what they leave open is counted.
fn size(downloads: &[Planned]) -> String {
    let told = human_bytes(downloads.iter().filter_map(|one| one.bytes).sum());
    match downloads.iter().filter(|one| one.bytes.is_none()).count() {
        0 => told,
        untold => format!("{told} + {untold} unknown"),
    }
}

/// Downloads, reasons and failures of a show; nothing of one that has none.
fn details(plan: &Plan, most: usize, screen: Option<usize>) -> String {
    let mut text = String::new();
    if !plan.downloads.is_empty() {
        let rows: Vec<_> = plan.downloads.iter().take(most).map(line).collect();
        let _ = writeln!(text, "\n{}: to download", plan.show);
        text.push_str(&DOWNLOADS.listed(&rows, screen));
        if plan.downloads.len() > most {
            let _ = writeln!(text, "  and {} more; --verbose lists them", plan.downloads.len() - most);
        }
    }
    if !plan.left_out.is_empty() {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        plan.left_out.iter().for_each(|one| *reasons.entry(&one.reason).or_default() += 1);
        let rows: Vec<_> =
            reasons.into_iter().map(|(reason, count)| vec![count.to_string(), reason.to_owned()]).collect();
        let _ = writeln!(text, "\n{}: left out", plan.show);
        text.push_str(&REASONS.listed(&rows, screen));
    }
    if !plan.waiting.is_empty() {
        let rows = plan.waiting.iter().take(most).map(|one| {
            let until = one.until.format("%Y-%m-%d %H:%M UTC");
            vec![named(&one.what), format!("failed {}, tried again {until}", times(one.failed_attempts))]
        });
        let _ = writeln!(text, "\n{}: waiting", plan.show);
        text.push_str(&WAITING.listed(&rows.collect::<Vec<_>>(), screen));
        if plan.waiting.len() > most {
            let _ = writeln!(text, "  and {} more; --verbose lists them", plan.waiting.len() - most);
        }
    }
    text
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn line(one: &Planned) -> Vec<String> {
    let date = one.published_at.map_or_else(|| "no date".to_owned(), |at| at.format("%Y-%m-%d"));
    vec![date, named(one), one.bytes.map_or_else(|| "unknown".to_owned(), human_bytes)]
}

/// The title, and what it is of an episode where it is not the audio.
fn named(one: &Planned) -> String {
    let title = one.title.clone().unwrap_or_else(|| one.url.clone());
    if one.role == "enclosure" { title } else { format!("{title} [{}]", one.role) }
}
