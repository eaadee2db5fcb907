//! The books of a run of `adopt`: what is known of files and episodes before it, what came of each file, and what is still to be
//! written down.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::clock::Sighting;
use super::head::is_audio;
use super::judge::{Match, Verdict};
use super::known::{Episode, Known};
use super::own::Own;
use super::serial::earlier_sighting;
use super::walk::Found;
use super::{Adopted, Judged, Request, ShowCount, Taken};
use crate::archive::{Adoption, EarlierAdoption};
use crate::download::Take;
use crate::jobs::Error;
use crate::jobs::session::{MEGABYTE, Session};
use crate::model::Digest;

/// The books of a run: what is known of files and what is to be written down.
pub(super) struct Books<'a> {
    pub(super) known: &'a Known,
    pub(super) own: &'a Own,
    /// The places of episodes, by the resource that their file belongs to.
    places: HashMap<i64, usize>,
    pub(super) dry_run: bool,
    pub(super) moves: bool,
    pub(super) take: Take,
    /// What a copy must leave free on the archive's disk.
    pub(super) min_free_bytes: u64,
    /// What earlier runs made of files, by where they were found; the last word each.
    earlier: HashMap<String, EarlierAdoption>,
    /// The lengths of the files in the archive, in bytes: what has another length is not among them.
    pub(super) sizes: HashSet<u64>,
    /// The paths of the files in the archive.
    paths: HashSet<PathBuf>,
    /// The episodes that got a file in this run, and its bytes.
    pub(super) filled: HashMap<i64, Digest>,
    /// Bytes that came in with rows yet to be written.
    pub(super) pending: HashMap<Digest, i64>,
    /// To be written with the next flush.
    pub(super) rows: Vec<Row>,
}

/// A row to be written, and what is to be done after it is.
pub(super) struct Row {
    pub(super) adoption: Adoption,
    /// Where its bytes are, relative to the archive; of what was adopted.
    pub(super) kept: Option<PathBuf>,
    /// Whose part in `tmp/` goes; a file that lies below `audio/` already has none.
    pub(super) resource: Option<i64>,
    /// To be removed in the end, if it still is the same file.
    pub(super) moved: Option<Found>,
}

impl<'a> Books<'a> {
    /// Reads what the archive knows of its files and of earlier runs.
    pub(super) fn open(
        session: &Session,
        request: &Request,
        known: &'a Known,
        own: &'a Own,
    ) -> Result<Self, Error> {
        let files = session.archive.files(None)?;
        let present = files.iter().filter(|file| file.state == "present");
        Ok(Self {
            known,
            own,
            places: known.episodes.iter().enumerate().map(|(at, one)| (one.row.resource_id, at)).collect(),
            dry_run: request.dry_run,
            moves: request.moves,
            take: request.take,
            min_free_bytes: session.config.archive.min_free_mb.saturating_mul(MEGABYTE),
            earlier: by_path(session.archive.earlier_adoptions()?),
            sizes: present.map(|file| file.size_bytes).collect(),
            paths: files.iter().map(|file| PathBuf::from(&file.path)).collect(),
            filled: HashMap::new(),
            pending: HashMap::new(),
            rows: Vec::new(),
        })
    }

    /// The files that are worth a closer look: not what the archive has by name, what was adopted before and did not change, and
    /// what only looked as if it might be audio.
    pub(super) fn without_known(
        &self,
        session: &Session,
        media: Vec<Found>,
        adopted: &mut Adopted,
    ) -> Vec<Found> {
        let root = session.archive.root();
        let mut rest = Vec::with_capacity(media.len());
        for found in media {
            let is_kept = found.path.strip_prefix(root).is_ok_and(|path| self.paths.contains(path));
            if is_kept {
                adopted.here += 1;
            } else if let Some(resource) = self.adopted_before(root, &found) {
                self.count_here(adopted, resource);
            } else if found.is_unsure && !is_audio(&found.path, found.size) {
                adopted.other += 1;
            } else {
                rest.push(found);
            }
        }
        rest
    }

    /// What files below a folder, that earlier runs took in, show of the clock that names go by.
    pub(super) fn sightings(&self, from: &Path) -> Vec<Sighting> {
        let one = |earlier: &EarlierAdoption| {
            let path = Path::new(&earlier.found_path);
            let resource =
                earlier.resource_id.filter(|_| earlier.kept_path.is_some() && path.starts_with(from))?;
            let episode = self.known.episodes.get(*self.places.get(&resource)?)?;
            earlier_sighting(path, self.known, episode)
        };
        self.earlier.values().filter_map(one).collect()
    }

    /// The resource that an earlier run adopted the file for, if neither has changed since. With `--move`, it is looked at
    /// again before it goes.
    fn adopted_before(&self, root: &Path, found: &Found) -> Option<i64> {
        let earlier = self.earlier.get(&*found.path.to_string_lossy())?;
        let kept = root.join(earlier.kept_path.as_ref()?);
        let kept = std::fs::symlink_metadata(kept).ok()?;
        let is_same_file = (kept.dev(), kept.ino()) == found.inode;
        let changed_at = std::fs::symlink_metadata(&found.path).ok()?.mtime();
        let is_old = changed_at < earlier.seen_at.unix();
        let is_whole =
            earlier.outcome == "adopted" && found.size == earlier.size_bytes && kept.len() == found.size;
        (is_whole && !self.moves && (is_same_file || is_old)).then_some(earlier.resource_id).flatten()
    }

    /// Whether an earlier run came to the same end.
    pub(super) fn is_written(&self, adoption: &Adoption) -> bool {
        self.earlier.get(&adoption.found_path).is_some_and(|earlier| {
            earlier.outcome == adoption.outcome.as_str()
                && earlier.size_bytes == adoption.size_bytes
                && earlier.resource_id == adoption.resource_id
                && earlier.message == adoption.message
                && earlier.evidence == adoption.evidence
        })
    }

    /// The row of an earlier run about the same place, which a new one replaces.
    pub(super) fn replaced(&self, found: &Found) -> Option<i64> {
        self.earlier.get(&*found.path.to_string_lossy()).map(|earlier| earlier.id)
    }

    /// Lists a file that comes in; `kept` is its path in the archive, `None` if this is only tried.
    pub(super) fn tell(
        &self,
        file: &Judged,
        best: &Match,
        episode: &Episode,
        kept: Option<&Path>,
        adopted: &mut Adopted,
    ) {
        let show = self.known.shows.get(episode.show).map(|show| show.slug.clone()).unwrap_or_default();
        count(adopted, &show).adopted += 1;
        adopted.adopted += 1;
        adopted.files.push(Taken {
            path: file.found.path.to_string_lossy().into_owned(),
            show,
            title: episode.row.title.clone(),
            kept: kept.map(|path| path.to_string_lossy().into_owned()),
            program: file.program.as_str(),
            evidence: best.evidence.clone(),
        });
    }

    /// Counts a file whose bytes the archive has.
    pub(super) fn count_here(&self, adopted: &mut Adopted, resource: i64) {
        adopted.here += 1;
        let episode = self.places.get(&resource).and_then(|at| self.known.episodes.get(*at));
        if let Some(show) = episode.and_then(|episode| self.known.shows.get(episode.show)) {
            count(adopted, &show.slug).here += 1;
        }
    }

    /// The likeliest episode.
    pub(super) fn best(&self, verdict: &Verdict) -> Option<&'a Episode> {
        verdict.best().and_then(|best| self.known.episodes.get(best.episode))
    }

    /// The title of the episode that a resource belongs to, for people.
    pub(super) fn named(&self, resource: i64) -> String {
        let episode = self.places.get(&resource).and_then(|at| self.known.episodes.get(*at));
        let title = episode.and_then(|episode| episode.row.title.clone());
        title.map_or_else(|| "something else".to_owned(), |title| format!("{title:?}"))
    }
}

/// The counts of a show, begun where there are none.
pub(super) fn count<'a>(adopted: &'a mut Adopted, show: &str) -> &'a mut ShowCount {
    let place = adopted.shows.iter().position(|count| count.show == show).unwrap_or_else(|| {
        adopted.shows.push(ShowCount { show: show.to_owned(), ..ShowCount::default() });
        adopted.shows.len() - 1
    });
    &mut adopted.shows[place]
}

/// What earlier runs made of files, by where they were found; the last word each.
fn by_path(earlier: Vec<EarlierAdoption>) -> HashMap<String, EarlierAdoption> {
    earlier.into_iter().map(|row| (row.found_path.clone(), row)).collect()
}
