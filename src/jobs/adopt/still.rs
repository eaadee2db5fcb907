//! What `sync` would download though it may lie here: the episodes of doubtful files.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::known::Known;
use super::{Adopted, Judged};
use crate::config::Config;
use crate::http::redact_text;
use crate::jobs::{SyncRequest, plan};
use crate::model::ResourceRole;

/// What `sync` would download of doubtful files' episodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Still {
    /// So many episodes.
    pub episodes: u64,
    /// Their lengths as the feeds say, as far as they do.
    pub bytes: u64,
}

/// The likeliest episode of each file, by its path: the place of it among all.
pub(super) fn likeliest(judged: &[Judged]) -> HashMap<String, usize> {
    let one =
        |file: &Judged| Some((file.found.path.to_string_lossy().into_owned(), file.verdict.best()?.episode));
    judged.iter().filter_map(one).collect()
}

/// The addresses, with the short names of their shows, of the episodes of doubtful files that got no other file.
pub(super) fn doubted(
    known: &Known,
    likeliest: &HashMap<String, usize>,
    adopted: &Adopted,
) -> HashSet<(String, String)> {
    let filled: HashSet<usize> =
        adopted.files.iter().filter_map(|file| likeliest.get(&file.path)).copied().collect();
    let places = adopted.doubtful.iter().filter_map(|doubt| likeliest.get(&doubt.path));
    let episodes = places.filter(|at| !filled.contains(at)).filter_map(|at| known.episodes.get(*at));
    let mut all = HashSet::new();
    for episode in episodes {
        let slug = known.shows.get(episode.show).map(|show| show.slug.clone()).unwrap_or_default();
        all.extend(episode.row.urls.iter().map(|url| (slug.clone(), redact_text(url))));
    }
    all
}

/// What of it `sync` would download; asks nobody.
pub(super) fn still(config: &Config, doubted: &HashSet<(String, String)>) -> Still {
    let mut still = Still::default();
    if doubted.is_empty() {
        return still;
    }
    for plan in plan(config, &SyncRequest::default()).unwrap_or_default() {
        let audio = plan.downloads.iter().filter(|one| one.role == ResourceRole::Enclosure.as_str());
        for one in audio.filter(|one| doubted.contains(&(plan.show.clone(), one.url.clone()))) {
            still.episodes += 1;
            still.bytes += one.bytes.unwrap_or_default();
        }
    }
    still
}
