//! When the next round of `watch` is due: when the first feed is, or the first download or call that is to be tried again.

use super::session::{configured, host_of};
use super::{Error, schedule};
use crate::archive::{self, Reader, ShowRow};
use crate::config::Config;
use crate::http::Url;
use crate::model::Time;

/// When the next thing is due, `now` if something is already; `None` if nothing will be until the configuration changes.
pub fn next_round(config: &Config, now: Time) -> Result<Option<Time>, Error> {
    let reader = match Reader::open(&config.archive.directory) {
        Ok(reader) => reader,
        Err(archive::Error::Absent(_)) => return Ok(Some(now)),
        Err(error) => return Err(error.into()),
    };
    let mut first: Option<Time> = None;
    let mut note = |at: Option<Time>| first = [first, at].into_iter().flatten().min();
    for (show, configured) in config.shows.iter().zip(configured(config)).filter(|(show, _)| !show.paused) {
        let Some(row) = reader.show(&configured)? else {
            note(Some(now));
            continue;
        };
        if config.choose.of(show).audio {
            note(reader.next_attempt(row.id, now)?);
        }
        if !config.on_episode(show).is_empty() {
            note(reader.next_hook_call(row.id)?);
        }
        note(feed(&reader, &row, now)?);
    }
    Ok(first)
}

/// When a feed is due; its host may want to be left alone for longer.
fn feed(reader: &Reader, row: &ShowRow, now: Time) -> Result<Option<Time>, Error> {
    let Some(due) = schedule::due_at(row, now) else { return Ok(None) };
    let host = Url::parse(&row.feed_url).map(|url| host_of(&url)).unwrap_or_default();
    let held = reader.host_hold(&host, now)?;
    Ok(Some(held.map_or(due, |held| due.max(held))))
}
