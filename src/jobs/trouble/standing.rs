//! What fails at present: of each show whose feed was not answered well when it was last asked for.

use super::{Subject, told};
use crate::archive::{Reader, WhichWanted};
use crate::config::Config;
use crate::http::redact_text;
use crate::jobs::Error;
use crate::jobs::choose::Rules;
use crate::jobs::session::configured;
use crate::report::Trouble;

/// A trouble a show, by short name: what went wrong, since when, what can be done, when it is tried again.
pub fn standing(reader: &Reader) -> Result<Vec<Trouble>, Error> {
    let failing = reader.rows()?.into_iter().filter(|show| show.error_count > 0);
    let mut all = Vec::new();
    for show in failing {
        let failures = reader.failed_fetches(show.id, &show.feed_url)?;
        let Some(last) = failures.attempts.last() else { continue };
        let at = last.at.format("%Y-%m-%d %H:%M UTC");
        let error = last.error.clone().unwrap_or_else(|| "its host says that it is gone".to_owned());
        let next_try = show.next_fetch_at.filter(|_| show.state != "gone");
        let trouble = Trouble {
            url: Some(redact_text(&show.feed_url)),
            ..Trouble::new(&show.slug, format!("the last request on {at} failed: {error}"))
        };
        all.push(told(trouble, Subject::Feed, &failures, next_try));
    }
    Ok(all)
}

/// How many feeds and downloads fail at present, of the shows that are followed and do not rest, and how many calls of programs.
pub(in crate::jobs) fn failing(reader: &Reader, config: &Config) -> Result<u64, Error> {
    // What a program owes that is called no more is nobody's trouble.
    let mut count = if config.calls_programs() { reader.hook_trouble()?.failed } else { 0 };
    let shows = configured(config);
    for (entry, show) in shows.iter().zip(&config.shows).filter(|(_, show)| !show.paused) {
        let Some(row) = reader.show(entry)? else { continue };
        let roles = Rules::of(config, show).audio_roles();
        let wanted = reader.wanted(row.id, roles, WhichWanted::Chosen)?;
        let failed = wanted.iter().filter(|wanted| wanted.failed_attempts > 0).count();
        count += failed as u64 + u64::from(row.error_count > 0);
    }
    Ok(count)
}
