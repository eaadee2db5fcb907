//! The show and the episode that names on the command line mean.

use super::failure::Usage;
use crate::archive::{EpisodeDetail, Reader, ShowRow};
use crate::model::meant;

/// The show of this name in the archive.
pub(super) fn find(reader: &Reader, slug: &str) -> anyhow::Result<ShowRow> {
    if let Some(show) = reader.find_show(slug)? {
        return Ok(show);
    }
    Err(unknown(slug, &reader.slugs()?).into())
}

/// There is no such show; the one that was meant, or those that there are.
pub(super) fn unknown(slug: &str, known: &[String]) -> Usage {
    let hint = meant(slug, known)
        .or_else(|| known.is_empty().then(|| "add one with \"castkeep add URL\"".to_owned()));
    Usage { message: format!("there is no show {slug:?} in the archive"), hint }
}

/// The one episode of a show that this names: a number, a guid, words of a title, or `latest`.
pub(super) fn find_episode(reader: &Reader, show: &ShowRow, which: &str) -> anyhow::Result<EpisodeDetail> {
    let mut found = reader.episode(show.id, which)?;
    match (found.pop(), found.len()) {
        (Some(episode), 0) => Ok(episode),
        (Some(last), _) => {
            found.push(last);
            Err(ambiguous(which, &found).into())
        }
        (None, _) => {
            let hint = "name its number, its guid, words of its title, or latest".to_owned();
            let message = format!("{} has no episode {which:?}", show.slug);
            Err(Usage { message, hint: Some(hint) }.into())
        }
    }
}

fn ambiguous(which: &str, several: &[EpisodeDetail]) -> Usage {
    let list: Vec<_> = several.iter().map(|episode| format!("\n  {}", title(episode))).collect();
    Usage {
        message: format!("{which:?} could be any of these:{}", list.concat()),
        hint: Some("use more words of the title, or its guid".to_owned()),
    }
}

/// The title of an episode, with its number if it does not begin with it.
pub(super) fn title(episode: &EpisodeDetail) -> String {
    let title = episode.title.as_deref().unwrap_or("(untitled)");
    let says = |number: i64| {
        let digits = title.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.split(|c: char| !c.is_ascii_digit()).next() == Some(number.to_string().as_str())
    };
    match episode.number {
        Some(number) if !says(number) => format!("#{number} {title}"),
        _ => title.to_owned(),
    }
}
