//! What was told for sure comes in: hashed, judged, linked or copied, named, and only then recorded.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::books::{Books, Row};
use super::head::judge_head;
use super::judge::{Match, Verdict};
use super::known::Episode;
use super::leave::json;
use super::own::Own;
use super::walk::Found;
use super::{Adopted, Judged};
use crate::archive::{AdoptOutcome, Adoption, NewFile, Wanted};
use crate::download::{self, Captured, HowTaken, Outside, Untaken};
use crate::jobs::Error;
use crate::jobs::inspect::{Inspected, inspect};
use crate::jobs::session::{Session, now};
use crate::model::{Digest, ResourceKind};

/// So many files share a sync of their folders and a transaction.
const BATCH: usize = 64;

impl Books<'_> {
    /// Brings in what is told for sure and leaves the rest. What was taken is written down even where a later file ends the run.
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
                end = self.flush(session, adopted);
            }
            if end.is_err() {
                break;
            }
        }
        let flushed = self.flush(session, adopted);
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
        let Verdict::Is(best) = &file.verdict else {
            self.leave(file, adopted);
            return Ok(());
        };
        let Some(episode) = self.known.episodes.get(best.episode) else { return Ok(()) };
        if episode.row.held.is_some() || self.filled.contains_key(&episode.row.resource_id) {
            let why = "the archive has another file of this episode".to_owned();
            self.doubt(file, AdoptOutcome::Doubtful, why, None, adopted);
            return Ok(());
        }
        if self.dry_run {
            match judge_head(&file.found.path, file.found.size) {
                Ok(()) => self.tell(file, best, episode, None, adopted),
                Err(why) => self.doubt(file, AdoptOutcome::Rejected, why, None, adopted),
            }
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
        self.flush(session, adopted)?;
        let Some(kept) = session.archive.file(&digest)? else { return Ok(()) };
        let state = session.store.check(Path::new(&kept.path), kept.size_bytes, Some(digest));
        let kept = session.archive.root().join(&kept.path);
        if matches!(state, Ok(download::FileState::Whole)) {
            remove(session, self.own, &file.found, &kept, adopted);
        }
        Ok(())
    }

    /// Brings in a file that is this episode's, unless its bytes tell otherwise.
    fn bring(
        &mut self,
        session: &mut Session,
        file: &Judged,
        best: &Match,
        episode: &Episode,
        adopted: &mut Adopted,
    ) -> Result<(), Error> {
        let Some(wanted) = session.archive.wanted_resource(episode.row.resource_id)? else { return Ok(()) };
        let stray = stray(session, &file.found.path);
        let captured = match self.capture(session, &file.found, &wanted, stray.is_some()) {
            Ok(captured) => captured,
            Err(Untaken::NotWanted(why)) => {
                self.doubt(file, AdoptOutcome::Rejected, why.0, None, adopted);
                return Ok(());
            }
            Err(Untaken::Source(error)) => {
                adopted.unread.push(error.to_string());
                return Ok(());
            }
            Err(Untaken::Store(error)) => return Err(error.into()),
        };
        let holder = self.holder(session, &captured.sha256)?.filter(|holder| *holder != wanted.resource_id);
        if let Some(other) = holder.filter(|_| !best.is_told()) {
            if stray.is_none() {
                session.store.give_back(&captured)?;
            }
            let why = format!("the archive has these very bytes: as {}", self.named(other));
            self.doubt(file, AdoptOutcome::Doubtful, why, Some(captured.sha256), adopted);
            return Ok(());
        }
        let inspected = inspect(&captured.part, &wanted, None).unwrap_or_default();
        let path = match &stray {
            Some(path) => path.clone(),
            None => place(session, &captured, &wanted)?,
        };
        self.tell(file, best, episode, Some(&path), adopted);
        adopted.bytes += captured.size_bytes;
        let kept = new_file(&captured, &path, &wanted, inspected);
        self.owe(file, best, wanted.resource_id, kept, stray.is_some());
        Ok(())
    }

    /// Its bytes as a part in `tmp/`; of a file that lies below `audio/` already, where they are.
    fn capture(
        &self,
        session: &Session,
        found: &Found,
        wanted: &Wanted,
        is_stray: bool,
    ) -> Result<Captured, Untaken> {
        let outside = Outside { path: &found.path, inode: found.inode };
        let kind = if wanted.kind == ResourceKind::Other { ResourceKind::Audio } else { wanted.kind };
        if is_stray {
            return session.store.look(outside, wanted.resource_id, kind);
        }
        let how = HowTaken { take: self.take, min_free_bytes: self.min_free_bytes, now: now() };
        session.store.take(outside, wanted.resource_id, kind, how)
    }

    /// The first resource whose bytes these are, of files and of what is about to be recorded.
    fn holder(&self, session: &Session, digest: &Digest) -> Result<Option<i64>, Error> {
        let holders = session.archive.holders(digest)?;
        Ok(holders.first().or_else(|| self.pending.get(digest)).copied())
    }

    /// Keeps in mind what came in, and the row that is to be written of it. A stray has no part, and stays where it is.
    fn owe(&mut self, file: &Judged, best: &Match, resource: i64, kept: NewFile, is_stray: bool) {
        self.filled.insert(resource, kept.sha256);
        self.pending.insert(kept.sha256, resource);
        self.sizes.insert(kept.size_bytes);
        let row = Row {
            kept: Some(PathBuf::from(&kept.path)),
            resource: (!is_stray).then_some(resource),
            moved: (self.moves && !is_stray).then(|| file.found.clone()),
            adoption: Adoption {
                program: file.program,
                found_path: file.found.path.to_string_lossy().into_owned(),
                size_bytes: kept.size_bytes,
                sha256: Some(kept.sha256),
                outcome: AdoptOutcome::Adopted,
                resource_id: Some(resource),
                evidence: json(&best.evidence),
                message: None,
                replaces: self.replaced(&file.found),
                file: Some(kept),
            },
        };
        self.rows.push(row);
    }

    /// Writes down what came in, and what did not: names are made to last first.
    fn flush(&mut self, session: &mut Session, adopted: &mut Adopted) -> Result<(), Error> {
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
            if let (Some(found), Some(kept)) = (&row.moved, &row.kept) {
                let kept = session.archive.root().join(kept);
                remove(session, self.own, found, &kept, adopted);
            }
        }
        Ok(())
    }
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

/// Removes a file from where it was found, if it is still that file, nobody wrote to it just now, and that name is none of the
/// archive's own: `kept` is where the archive has it.
fn remove(session: &mut Session, own: &Own, found: &Found, kept: &Path, adopted: &mut Adopted) {
    if own.may_be(&found.path, kept) {
        return;
    }
    let Ok(today) = std::fs::symlink_metadata(&found.path) else { return };
    let is_same = (today.dev(), today.ino()) == found.inode && today.len() == found.size;
    if is_same && download::is_fresh(today.mtime(), now()) {
        let path = found.path.display();
        adopted.left.push(format!("{path}: written to a moment ago; it is adopted, and stays there, too"));
    } else if is_same && let Err(error) = std::fs::remove_file(&found.path) {
        session
            .report
            .fail("adopt", format!("{}: it is adopted, and stays there, too: {error}", found.path.display()));
    }
}
