//! From a feed body to what the archive records of it. Takes a while for a large one, and is done apart from the writer.

use std::collections::HashSet;

use crate::archive::{self, Listing, Reading};
use crate::http::Url;
use crate::model::{Digest, Episode, KnownEpisode, Notes, Parsed};
use crate::notes::Cast;
use crate::{feed, notes};

/// A body on its way to be read, with what the archive knows of its show.
pub(super) struct Unread {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
    pub(super) content_type: Option<String>,
    pub(super) url: Url,
    pub(super) listing: Listing,
    pub(super) known_items: HashSet<Digest>,
    pub(super) known_episodes: Vec<KnownEpisode>,
}

/// A body as it is kept, and what was read in it.
pub(super) struct Read {
    pub(super) body: archive::Body,
    pub(super) reading: Result<Reading, feed::Error>,
}

pub(super) fn read(unread: Unread) -> std::io::Result<Read> {
    let Unread { bytes, digest, content_type, url, listing, known_items, known_episodes } = unread;
    let hints = feed::Hints { content_type: content_type.as_deref(), url: Some(&url) };
    let parsed = feed::parse(&bytes, hints, &|digest| known_items.contains(digest));
    let body = archive::pack(&bytes, digest)?;
    // A large body is not held while its notes are read: they take as much again.
    drop(bytes);
    let reading = parsed.map(|mut parsed| {
        let cast = cast(&mut parsed);
        Reading {
            listing,
            resolutions: feed::resolve(&known_episodes, &parsed),
            notes: parsed.episodes.iter().map(|episode| read_notes(episode, &cast)).collect(),
            parsed,
            notes_version: notes::VERSION,
            address_key: feed::address_key,
        }
    });
    Ok(Read { body, reading })
}

/// Who belongs to the show, and credits for those whom only its words name: author fields and the description.
fn cast(parsed: &mut Parsed) -> Cast {
    let show = &mut parsed.show;
    let cast =
        Cast::of(show.title.as_deref(), show.author.as_deref(), show.description.as_deref(), &show.credits);
    show.credits.extend(cast.credits.iter().cloned());
    for episode in &mut parsed.episodes {
        let other = episode.author.as_deref().filter(|author| Some(*author) != show.author.as_deref());
        episode.credits.extend(other.into_iter().flat_map(notes::authors));
    }
    cast
}

fn read_notes(episode: &Episode, cast: &Cast) -> Notes {
    let Some(html) = episode.notes_html.as_deref() else { return Notes::default() };
    let base = episode.base_url.as_deref().and_then(|base| Url::parse(base).ok());
    notes::read(notes::Source {
        html,
        title: episode.title.as_deref(),
        base: base.as_ref(),
        cast: Some(cast),
    })
}
