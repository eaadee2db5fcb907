//! `verify`: every file is hashed anew and held against its row; `--repair` fetches again what is missing or damaged.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Error;
use super::captures::{self, CaptureJob};
use super::inspect;
use super::session::{Manner, Session, Show, now};
use crate::archive::{self, FileRow};
use crate::config::Config;
use crate::download::{capture, rehash};
use crate::report::Run;

/// What `verify` is to do.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Slugs; all shows if empty.
    pub shows: Vec<String>,
    /// Fetches again what is missing or damaged.
    pub repair: bool,
}

/// What `verify` found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Findings {
    /// Files that were hashed and found whole.
    pub whole: u64,
    /// Bytes of them, and of those repaired.
    pub bytes: u64,
    /// Files that are not there, by path.
    pub missing: Vec<String>,
    /// Files whose bytes are not those that were stored, by path.
    pub damaged: Vec<String>,
    /// Files that no row names, by path; only looked for when all shows are verified.
    pub strays: Vec<String>,
    /// What SQLite finds wrong with the database.
    pub database: Vec<String>,
    /// Of the missing and damaged, those that are whole again, by path.
    pub repaired: Vec<String>,
}

impl Findings {
    /// Something is wrong and was not repaired.
    pub fn is_damaged(&self) -> bool {
        let broken = self.missing.len() + self.damaged.len();
        broken > self.repaired.len() || !self.strays.is_empty() || !self.database.is_empty()
    }
}

/// Runs it.
pub async fn verify(config: Config, request: Request, manner: Manner) -> Result<(Run, Findings), Error> {
    let folder = &config.archive.directory;
    if !folder.join("archive.db").exists() {
        return Err(archive::Error::Absent(folder.clone()).into());
    }
    let mut session = Session::open(config, "verify", manner)?;
    let mut findings = Findings::default();
    let end = run(&mut session, &request, &mut findings).await;
    Ok((session.close(end)?, findings))
}

async fn run(session: &mut Session, request: &Request, findings: &mut Findings) -> Result<(), Error> {
    let shows = session.shows(&[])?;
    let only = only(session, &request.shows)?;
    session.run_id()?;
    findings.database = session.archive.integrity()?;
    let broken = check_files(session, &only, findings)?;
    if request.shows.is_empty() && !session.is_cancelled() {
        let known: HashSet<PathBuf> =
            session.archive.files(None)?.into_iter().map(|file| file.path.into()).collect();
        findings.strays =
            session.store.strays(&known)?.iter().map(|path| path.display().to_string()).collect();
    }
    if request.repair {
        for file in broken {
            if session.is_cancelled() {
                break;
            }
            repair(session, &shows, &file, findings).await?;
        }
    }
    Ok(())
}

/// The rows of the shows that are named: of any in the archive, also of one that is no longer followed.
fn only(session: &Session, names: &[String]) -> Result<Vec<i64>, Error> {
    let find = |name: &String| match session.archive.find_show(name)? {
        Some(show) => Ok(show.id),
        None => Err(Error::UnknownShow { name: name.clone(), known: Vec::new() }),
    };
    names.iter().map(find).collect()
}

/// Hashes the files of the shows, or all; those that are missing or damaged.
fn check_files(session: &mut Session, only: &[i64], findings: &mut Findings) -> Result<Vec<FileRow>, Error> {
    let mut files = Vec::new();
    if only.is_empty() {
        files = session.archive.files(None)?;
    } else {
        for show in only {
            files.extend(session.archive.files(Some(*show))?);
        }
        let mut seen = HashSet::new();
        files.retain(|file| seen.insert(file.id));
    }
    let bar = session.manner.progress.count("files hashed", files.len() as u64);
    let mut broken = Vec::new();
    for some in files.chunks(32) {
        let mut seen = Vec::new();
        for file in some {
            if session.is_cancelled() {
                break;
            }
            let state = state(session.archive.root(), file)?;
            match state {
                "present" => {
                    findings.whole += 1;
                    findings.bytes += file.size_bytes;
                }
                "missing" => findings.missing.push(file.path.clone()),
                _ => findings.damaged.push(file.path.clone()),
            }
            if state != "present" {
                broken.push(file.clone());
            }
            seen.push((file.id, state));
            bar.step();
        }
        session.archive.verified(&seen, now())?;
    }
    Ok(broken)
}

/// A link, a folder or other bytes in its place are damage; a disk that can't be read ends the run.
fn state(root: &Path, file: &FileRow) -> std::io::Result<&'static str> {
    let path = root.join(&file.path);
    match std::fs::symlink_metadata(&path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok("missing"),
        Err(error) => Err(error),
        Ok(found) if !found.is_file() || found.len() != file.size_bytes => Ok("damaged"),
        Ok(_) if rehash(&path)?.0 == file.sha256 => Ok("present"),
        Ok(_) => Ok("damaged"),
    }
}

/// Captures the resource of a file again. The recorded bytes go back to their place; other bytes are stored beside it.
async fn repair(
    session: &mut Session,
    shows: &[Show],
    file: &FileRow,
    findings: &mut Findings,
) -> Result<(), Error> {
    let wanted = session.archive.wanted_for_file(file.id)?;
    let known = wanted.and_then(|wanted| {
        let show = shows.iter().find(|show| show.row.slug == wanted.show)?;
        Some((show, wanted))
    });
    let Some((show, wanted)) = known else {
        session
            .report
            .fail("verify", format!("repair {}: no show of the configuration offers it any more", file.path));
        return Ok(());
    };
    let Some(job) = CaptureJob::new(session, show, wanted)? else { return Ok(()) };
    let bar = session.manner.progress.bytes(&job.name(), Some(file.size_bytes));
    let progress = |done, total| bar.set(done, total);
    let attempt =
        capture(&session.client, &session.store, &job.target, &progress, &session.manner.cancel).await;
    let done = inspect::look(&session.store, job, attempt).await;
    let mut placed = HashMap::new();
    match &done.attempt.result {
        Ok(captured) if captured.sha256 == file.sha256 => {
            session.store.restore(captured, Path::new(&file.path))?;
            placed.insert(file.sha256, PathBuf::from(&file.path));
            findings.repaired.push(file.path.clone());
            findings.bytes += file.size_bytes;
        }
        Ok(_) => {
            let message =
                format!("repair {}: the host serves other bytes now; they are kept beside it", file.path);
            session.report.fail(&done.job.wanted.show, message);
        }
        Err(_) => {}
    }
    captures::settle(session, vec![done], placed)
}
