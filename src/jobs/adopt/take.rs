//! What was told for sure comes in: hashed, judged, linked or copied, named, and only then recorded. What was not is written down.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::judge::{Evidence, Match, Verdict};
use super::known::{Episode, Known};
use super::walk::Found;
use super::{Adopted, Doubt, Judged, Request, ShowCount, Taken, by_path};
use crate::archive::{AdoptOutcome, Adoption, EarlierAdoption, NewFile, Wanted};
use crate::download::{self, Captured, Outside, Take, Untaken};
use crate::jobs::Error;
use crate::jobs::inspect::{Inspected, inspect};
use crate::jobs::session::{MEGABYTE, Session, now};
use crate::model::{Digest, ResourceKind};

/// So many files share a sync of their folders and a transaction.
const BATCH: usize = 64;

/// The books of a run: what is known of files and what is to be written down.
pub(super) struct Books<'a> {
    known: &'a Known,
    /// The places of episodes, by the resource that their file belongs to.
    places: HashMap<i64, usize>,
    dry_run: bool,
    moves: bool,
    take: Take,
    min_free_bytes: u64,
    earlier: HashMap<String, EarlierAdoption>,
    /// The lengths of the files in the archive: what has another length is not among them.
    sizes: HashSet<u64>,
    /// The paths of the files in the archive.
    paths: HashSet<PathBuf>,
    /// The episodes that got a file in this run, and its bytes.
    filled: HashMap<i64, Digest>,
    /// Bytes that came in with rows yet to be written.
    pending: HashMap<Digest, i64>,
    rows: Vec<Row>,
}

/// A row to be written, and what is to be done after it is.
struct Row {
    adoption: Adoption,
    /// Where its bytes are, relative to the archive; of what was adopted.
    kept: Option<PathBuf>,
    /// The part goes.
    resource: Option<i64>,
    /// To be removed in the end, if it still is the same file.
    moved: Option<Found>,
}

impl<'a> Books<'a> {
    pub(super) fn open(session: &Session, request: &Request, known: &'a Known) -> Result<Self, Error> {
        let files = session.archive.files(None)?;
        let present = files.iter().filter(|file| file.state == "present");
        Ok(Self {
            known,
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

    pub(super) fn take_all(
        &mut self,
        session: &mut Session,
        judged: Vec<Judged>,
        adopted: &mut Adopted,
    ) -> Result<(), Error> {
        let bar = session.manner.progress.count("adopted", judged.len() as u64);
        let mut end = Ok(());
        for file in judged {
            bar.step();
            if session.is_cancelled() {
                break;
            }
            end = self.take_one(session, &file, adopted);
            if end.is_ok() && self.rows.len() >= BATCH {
                end = self.flush(session);
            }
            if end.is_err() {
                break;
            }
        }
        let flushed = self.flush(session);
        for unread in &adopted.unread {
            session.report.fail("adopt", unread.clone());
        }
        end.and(flushed)
    }

    fn take_one(&mut self, session: &mut Session, file: &Judged, adopted: &mut Adopted) -> Result<(), Error> {
        // The archive may have these very bytes, whatever the file is called.
        if self.sizes.contains(&file.found.size)
            && let Some((digest, holders)) = self.holders(session, &file.found)?
        {
            let episode =
                self.best(&file.verdict).filter(|episode| holders.contains(&episode.row.resource_id));
            let is_sure = matches!(&file.verdict, Verdict::Is(best) if best.is_told());
            if episode.is_some() || !is_sure {
                let resource = episode.map_or_else(|| holders[0], |episode| episode.row.resource_id);
                return self.is_here(session, file, digest, resource, adopted);
            }
        }
        let Verdict::Is(best) = &file.verdict else { return self.leave(session, file, adopted) };
        let Some(episode) = self.known.episodes.get(best.episode) else { return Ok(()) };
        if episode.row.held.is_some() || self.filled.contains_key(&episode.row.resource_id) {
            let why = "the archive has another file of this episode".to_owned();
            return self.doubt(session, file, AdoptOutcome::Doubtful, why, None, adopted);
        }
        if self.dry_run {
            if let Err(why) = judge_head(&file.found.path, file.found.size) {
                return self.doubt(session, file, AdoptOutcome::Rejected, why, None, adopted);
            }
            self.tell(file, best, episode, None, adopted);
            return Ok(());
        }
        self.bring(session, file, best, episode, adopted)
    }

    /// Whose bytes in the archive these are, of files and of what is about to be recorded.
    fn holders(&self, session: &Session, found: &Found) -> Result<Option<(Digest, Vec<i64>)>, Error> {
        let outside = Outside { path: &found.path, inode: found.inode };
        let Ok(captured) = session.store.look(outside, 0, ResourceKind::Audio) else { return Ok(None) };
        let mut holders = session.archive.holders(&captured.sha256)?;
        holders.extend(self.pending.get(&captured.sha256));
        Ok(Some((captured.sha256, holders)).filter(|(_, holders)| !holders.is_empty()))
    }

    /// The archive has it. What was to be moved is, once the archive's own was seen to be whole.
    fn is_here(
        &mut self,
        session: &mut Session,
        file: &Judged,
        digest: Digest,
        resource: i64,
        adopted: &mut Adopted,
    ) -> Result<(), Error> {
        self.count_here(adopted, resource);
        if !self.moves || self.dry_run {
            return Ok(());
        }
        self.flush(session)?;
        let Some(kept) = session.archive.file(&digest)? else { return Ok(()) };
        let state = session.store.check(Path::new(&kept.path), kept.size_bytes, Some(digest));
        let kept = session.archive.root().join(&kept.path);
        if matches!(state, Ok(download::FileState::Whole)) && kept != file.found.path {
            remove(session, &file.found);
        }
        Ok(())
    }

    fn bring(
        &mut self,
        session: &mut Session,
        file: &Judged,
        best: &Match,
        episode: &Episode,
        adopted: &mut Adopted,
    ) -> Result<(), Error> {
        let Some(wanted) = session.archive.wanted_resource(episode.row.resource_id)? else { return Ok(()) };
        let outside = Outside { path: &file.found.path, inode: file.found.inode };
        let kind = if wanted.kind == ResourceKind::Other { ResourceKind::Audio } else { wanted.kind };
        let stray = stray(session, &file.found.path);
        let taken = match &stray {
            Some(_) => session.store.look(outside, wanted.resource_id, kind),
            None => session.store.take(outside, wanted.resource_id, kind, self.take, self.min_free_bytes),
        };
        let captured = match taken {
            Ok(captured) => captured,
            Err(Untaken::NotWanted(why)) => {
                return self.doubt(session, file, AdoptOutcome::Rejected, why.0, None, adopted);
            }
            Err(Untaken::Source(error)) => {
                adopted.unread.push(error.to_string());
                return Ok(());
            }
            Err(Untaken::Store(error)) => return Err(error.into()),
        };
        let other = session.archive.holders(&captured.sha256)?;
        let other = other.first().or_else(|| self.pending.get(&captured.sha256)).copied();
        if let Some(other) = other.filter(|other| *other != wanted.resource_id && !best.is_told()) {
            if stray.is_none() {
                session.store.give_back(&captured)?;
            }
            let why = format!("the archive has these very bytes as {}", self.named(other));
            return self.doubt(session, file, AdoptOutcome::Doubtful, why, Some(captured.sha256), adopted);
        }
        let inspected = inspect(&captured.part, &wanted, None).unwrap_or_default();
        let path = match &stray {
            Some(path) => path.clone(),
            None => place(session, &captured, &wanted)?,
        };
        self.tell(file, best, episode, Some(&path), adopted);
        adopted.bytes += captured.size_bytes;
        self.filled.insert(wanted.resource_id, captured.sha256);
        self.pending.insert(captured.sha256, wanted.resource_id);
        self.sizes.insert(captured.size_bytes);
        self.rows.push(Row {
            adoption: Adoption {
                program: file.program,
                found_path: file.found.path.to_string_lossy().into_owned(),
                size_bytes: captured.size_bytes,
                sha256: Some(captured.sha256),
                outcome: AdoptOutcome::Adopted,
                resource_id: Some(wanted.resource_id),
                file: Some(new_file(&captured, &path, &wanted, inspected)),
                evidence: json(&best.evidence),
                message: None,
                replaces: self.replaced(&file.found),
            },
            kept: Some(path),
            resource: stray.is_none().then_some(wanted.resource_id),
            moved: (self.moves && stray.is_none()).then(|| file.found.clone()),
        });
        Ok(())
    }

    /// Writes down what came in, and what did not: names are made to last first.
    fn flush(&mut self, session: &mut Session) -> Result<(), Error> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let placed: Vec<PathBuf> = rows.iter().filter_map(|row| row.kept.clone()).collect();
        session.store.sync(&placed)?;
        let run = session.run_id()?;
        let adoptions: Vec<Adoption> = rows.iter().map(|row| row.adoption.clone()).collect();
        session.archive.adopted(run, &adoptions, now())?;
        self.pending.clear();
        for row in rows {
            if let Some(resource) = row.resource {
                session.store.finish(resource)?;
            }
            if let Some(found) = &row.moved {
                remove(session, found);
            }
        }
        Ok(())
    }

    /// What stays outside, and why.
    fn leave(&mut self, session: &Session, file: &Judged, adopted: &mut Adopted) -> Result<(), Error> {
        if let Err(why) = judge_head(&file.found.path, file.found.size) {
            return self.doubt(session, file, AdoptOutcome::Rejected, why, None, adopted);
        }
        let (outcome, why) = match &file.verdict {
            Verdict::MayBe(_, why) => (AdoptOutcome::Doubtful, why.as_str()),
            _ => (
                AdoptOutcome::Unmatched,
                "nothing tells which episode it is, or its show is not in the archive",
            ),
        };
        self.doubt(session, file, outcome, why.to_owned(), None, adopted)
    }

    #[expect(clippy::unnecessary_wraps, reason = "every end of a file has the same shape")]
    fn doubt(
        &mut self,
        _session: &Session,
        file: &Judged,
        outcome: AdoptOutcome,
        why: String,
        sha256: Option<Digest>,
        adopted: &mut Adopted,
    ) -> Result<(), Error> {
        let best = match &file.verdict {
            Verdict::Is(best) | Verdict::MayBe(best, _) if outcome == AdoptOutcome::Doubtful => Some(best),
            _ => None,
        };
        let episode = best.and_then(|best| self.known.episodes.get(best.episode));
        let evidence = best.map(|best| best.evidence.clone()).unwrap_or_default();
        let show =
            episode.and_then(|episode| self.known.shows.get(episode.show)).map(|show| show.slug.clone());
        if let Some(show) = show.as_deref().filter(|_| outcome == AdoptOutcome::Doubtful) {
            count(adopted, show).doubtful += 1;
        }
        let doubt = Doubt {
            path: file.found.path.to_string_lossy().into_owned(),
            show,
            title: episode.and_then(|episode| episode.row.title.clone()),
            episode: episode.map(handle),
            why: why.clone(),
            evidence: evidence.clone(),
        };
        let adoption = Adoption {
            program: file.program,
            found_path: doubt.path.clone(),
            size_bytes: file.found.size,
            sha256,
            outcome,
            resource_id: episode.map(|episode| episode.row.resource_id),
            file: None,
            evidence: json(&evidence),
            message: Some(why),
            replaces: self.replaced(&file.found),
        };
        match outcome {
            AdoptOutcome::Rejected => adopted.rejected.push(doubt),
            AdoptOutcome::Unmatched => adopted.unmatched.push(doubt),
            AdoptOutcome::Doubtful | AdoptOutcome::Adopted => adopted.doubtful.push(doubt),
        }
        if !self.dry_run && !self.is_written(&adoption) {
            self.rows.push(Row { adoption, kept: None, resource: None, moved: None });
        }
        Ok(())
    }

    /// Whether an earlier run came to the same end.
    fn is_written(&self, adoption: &Adoption) -> bool {
        self.earlier.get(&adoption.found_path).is_some_and(|earlier| {
            earlier.outcome == adoption.outcome.as_str()
                && earlier.size_bytes == adoption.size_bytes
                && earlier.resource_id == adoption.resource_id
                && earlier.message == adoption.message
                && earlier.evidence == adoption.evidence
        })
    }

    fn replaced(&self, found: &Found) -> Option<i64> {
        self.earlier.get(&*found.path.to_string_lossy()).map(|earlier| earlier.id)
    }

    fn tell(
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

    fn count_here(&self, adopted: &mut Adopted, resource: i64) {
        adopted.here += 1;
        let episode = self.places.get(&resource).and_then(|at| self.known.episodes.get(*at));
        if let Some(show) = episode.and_then(|episode| self.known.shows.get(episode.show)) {
            count(adopted, &show.slug).here += 1;
        }
    }

    fn best(&self, verdict: &Verdict) -> Option<&'a Episode> {
        match verdict {
            Verdict::Is(best) | Verdict::MayBe(best, _) => self.known.episodes.get(best.episode),
            Verdict::Nothing => None,
        }
    }

    fn named(&self, resource: i64) -> String {
        let episode = self.places.get(&resource).and_then(|at| self.known.episodes.get(*at));
        let title = episode.and_then(|episode| episode.row.title.clone());
        title.map_or_else(|| "something else".to_owned(), |title| format!("{title:?}"))
    }
}

/// What `show SHOW EPISODE` takes for it.
fn handle(episode: &Episode) -> String {
    let row = &episode.row;
    row.guid.clone().or_else(|| row.title.clone()).unwrap_or_else(|| row.episode_id.to_string())
}

fn count<'a>(adopted: &'a mut Adopted, show: &str) -> &'a mut ShowCount {
    let place = adopted.shows.iter().position(|count| count.show == show).unwrap_or_else(|| {
        adopted.shows.push(ShowCount { show: show.to_owned(), ..ShowCount::default() });
        adopted.shows.len() - 1
    });
    &mut adopted.shows[place]
}

fn json(evidence: &[Evidence]) -> String {
    serde_json::to_string(evidence).unwrap_or_else(|_| "[]".to_owned())
}

/// Its path in the archive, of a file that lies below `audio/` already.
fn stray(session: &Session, path: &Path) -> Option<PathBuf> {
    let below = path.strip_prefix(session.archive.root()).ok()?;
    (below.starts_with("audio") && below.to_str().is_some()).then(|| below.to_owned())
}

fn place(session: &Session, captured: &Captured, wanted: &Wanted) -> Result<PathBuf, Error> {
    let known = session.archive.file(&captured.sha256)?.filter(|file| file.state == "present");
    let existing = known.map(|file| PathBuf::from(file.path));
    let named = session.archive.named(wanted.resource_id)?;
    let stem = named.map(|named| session.templates.stem(&named)).unwrap_or_default();
    let archive = &session.archive;
    let is_promised =
        |path: &Path| archive.is_promised(&path.to_string_lossy(), &captured.sha256).unwrap_or(true);
    Ok(session.store.place(captured, &stem, existing.as_deref(), &is_promised)?)
}

fn new_file(captured: &Captured, path: &Path, wanted: &Wanted, inspected: Inspected) -> NewFile {
    NewFile {
        sha256: captured.sha256,
        size_bytes: captured.size_bytes,
        path: path.to_string_lossy().into_owned(),
        kind: wanted.kind,
        media_type: Some(captured.media_type.to_owned()),
        duration_seconds: inspected.duration_seconds,
        bitrate: inspected.bitrate,
        content: inspected.content,
    }
}

/// Removes a file from where it was found, if it is still that file.
fn remove(session: &mut Session, found: &Found) {
    let is_same = std::fs::symlink_metadata(&found.path)
        .is_ok_and(|now| (now.dev(), now.ino()) == found.inode && now.len() == found.size);
    if is_same && let Err(error) = std::fs::remove_file(&found.path) {
        session
            .report
            .fail("adopt", format!("{}: it is adopted, and stays there, too: {error}", found.path.display()));
    }
}

fn is_audio(path: &Path, size: u64) -> bool {
    judge_head(path, size).is_ok()
}

/// Whether the file begins as audio does; what it is, if not. What can't be read is judged later.
fn judge_head(path: &Path, size: u64) -> Result<(), String> {
    use std::io::Read as _;
    let mut head = Vec::with_capacity(download::HEAD);
    let read =
        std::fs::File::open(path).and_then(|file| file.take(download::HEAD as u64).read_to_end(&mut head));
    match read {
        Err(error) => Err(format!("can't be read: {error}")),
        Ok(_) => download::sniff(&head, size, ResourceKind::Audio).map(drop).map_err(|why| why.0),
    }
}
