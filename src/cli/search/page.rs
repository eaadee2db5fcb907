//! Hits for people: each under a line that tells its episode.

use std::collections::HashSet;

use crate::archive::{Hit, HitKind, HitSegment};
use crate::cli::look::Look;
use crate::model::redact_text;
use crate::report::escape;

pub(super) fn page(hits: &[Hit], look: Look) -> String {
    let mut page = String::new();
    for of_one in hits.chunk_by(|a, b| a.episode_id == b.episode_id) {
        page += if page.is_empty() { "" } else { "\n" };
        page += &format!("{}\n", shown(&episode(&of_one[0])));
        let mut links = HashSet::new();
        for hit in of_one {
            page += &entry(hit, look);
            if let Some(link) = hit.link.as_ref().filter(|link| links.insert(link.as_str())) {
                page += &format!("  {}\n", shown(link));
            }
        }
    }
    page
}

fn entry(hit: &Hit, look: Look) -> String {
    let (before, snippet) = (shown(&before(hit)), snippet(hit, look));
    match (before.is_empty(), is_heading(hit)) {
        (true, _) => format!("  {snippet}\n"),
        (false, true) => format!("  {before}\n"),
        (false, false) => format!("  {before}: {snippet}\n"),
    }
}
/// `python-bytes 126, WebAssembly comes to Python (2019-04-18)`
fn episode(hit: &Hit) -> String {
    let number = hit.episode_number.map_or_else(String::new, |number| format!(" {number}"));
    let title = hit.episode_title.as_ref().map_or_else(String::new, |title| format!(", {title}"));
    let date = hit
        .published_at
        .as_ref()
        .and_then(|at| at.get(..10))
        .map_or_else(String::new, |day| format!(" ({day})"));
    format!("{}{number}{title}{date}", hit.show)
}

/// The words around are the heading, which stands before them already.
fn is_heading(hit: &Hit) -> bool {
    let title =
        hit.segment.as_ref().and_then(|part| part.title.as_deref()).filter(|_| hit.kind == HitKind::Segment);
    title.is_some_and(|title| {
        hit.snippet.text.ends_with(title) && hit.snippet.text.len() < title.len() + NUMBERING
    })
}

/// `00:12:30 - `, `Brian #2: ` and their like before a heading are no longer, in bytes.
const NUMBERING: usize = 16;

/// When, what and by whom: `12:30 topic #2 Brian, The title of it`.
fn before(hit: &Hit) -> String {
    let at = hit.start_seconds.map(clock);
    let what = match (hit.kind, &hit.segment) {
        (HitKind::Episode, _) => None,
        (HitKind::Transcript, _) => Some(hit.speaker.clone().unwrap_or_else(|| "transcript".to_owned())),
        (HitKind::Link, Some(part)) => Some(format!("link in {}", segment(part))),
        (_, Some(part)) => Some(segment(part)),
        (kind, None) => Some(kind.as_str().to_owned()),
    };
    at.into_iter().chain(what).collect::<Vec<_>>().join(" ")
}

fn segment(part: &HitSegment) -> String {
    let number = part.number.map_or_else(String::new, |number| format!(" #{number}"));
    let presenter = part.presenter.as_ref().map_or_else(String::new, |name| format!(" {name}"));
    // A joke that is called "Joke" has no title worth telling.
    let title = part.title.as_ref().filter(|title| !title.eq_ignore_ascii_case(&part.kind));
    let title = title.map_or_else(String::new, |title| format!(", {title}"));
    format!("{}{number}{presenter}{title}", part.kind)
}

/// `1:02:03`
fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The words around, with what was found in bold where that can be shown.
fn snippet(hit: &Hit, look: Look) -> String {
    if !look.styled {
        return shown(&hit.snippet.text);
    }
    let (mut text, mut at) = (String::new(), 0);
    for mark in &hit.snippet.marks {
        text += &shown(&hit.snippet.text[at..mark.start]);
        text += &format!("\u{1b}[1m{}\u{1b}[0m", shown(&hit.snippet.text[mark.clone()]));
        at = mark.end;
    }
    text + &shown(&hit.snippet.text[at..])
}

/// On one line, with nothing in it that a terminal would obey, nor a secret.
fn shown(text: &str) -> String {
    escape(&redact_text(text), &[])
}
