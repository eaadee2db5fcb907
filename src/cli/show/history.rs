//! What is known of an episode over time, as text.

use std::fmt::Write as _;

use crate::archive::{ChangeDetail, EpisodeDetail, History};
use crate::cli::find::title;
use crate::model::Time;
use crate::report::escape;

/// Longer values (notes, say) are cut: `changes` and `documents` hold all of them.
const LONGEST: usize = 200;

pub(super) fn text(episode: &EpisodeDetail, history: &History) -> String {
    let at = |time: Time| time.format("%Y-%m-%d %H:%M UTC");
    let mut text = format!("{}\n", title(episode));
    let _ = writeln!(text, "told apart by its {}: {}", history.identity_source, history.identity);
    let _ =
        writeln!(text, "first seen {}, last listed {}", at(history.first_seen_at), at(history.last_seen_at));
    if let Some(gone) = history.gone_at {
        let _ = writeln!(text, "left the feed {}", at(gone));
    }
    if history.changes.is_empty() {
        text.push_str("nothing about it has changed since\n");
    }
    for change in &history.changes {
        text.push_str(&line(change, &at(change.seen_at)));
    }
    escape(&text, &['\n'])
}

fn line(change: &ChangeDetail, at: &str) -> String {
    let by = change.reason.as_deref().map_or_else(String::new, |by| format!(" (known by {by})"));
    let copy = change.as_of.map_or_else(String::new, |at| format!(", a copy of {}", at.format("%Y-%m-%d")));
    let by = by + &change.document_id.map_or_else(String::new, |id| format!(", in document {id}{copy}"));
    let (old, new) = (short(change.old_value.as_deref()), short(change.new_value.as_deref()));
    format!("\n{at}  {}{by}\n  - {old}\n  + {new}\n", change.field)
}

/// A value in one line.
fn short(value: Option<&str>) -> String {
    let Some(value) = value else { return "(nothing)".to_owned() };
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}... ({} characters)", &line[..end], line.chars().count()),
        None => line,
    }
}
