//! Downloads in the pipeline: what is wanted, how an attempt is recorded, in which order bytes and rows appear.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::archive::{self, Attempt, Failed, NewFile, Outcome, Wanted};
use crate::config::{self, Alternates};
use crate::download::{self, Captured, Failure, FailureKind, FileState, Target};
use crate::http::{Url, redact_text};
use crate::model::{Digest, ResourceRole};
use crate::report::{Trouble, shortened};

use super::Error;
use super::capture_job::CaptureJob;
use super::choose::Rules;
use super::hooks;
use super::inspect::{Done, Inspected};
use super::schedule;
use super::session::{MEGABYTE, Session, Show, host_of, now};
use super::trouble::{self, Subject};

impl CaptureJob {
    /// `None`, with the attempt in the books, if the address is none. Without rules, any size will do.
    pub(super) fn new(
        session: &mut Session,
        show: &Show,
        rules: Option<&Rules>,
        wanted: Wanted,
    ) -> archive::Result<Option<Self>> {
        let url = match Url::parse(&wanted.url) {
            Ok(url) => url,
            Err(error) => {
                let message = format!("not an address: {error}");
                let attempt = unsent(session, &wanted, message.clone())?;
                session.archive.attempted(&[attempt])?;
                fail(session, &wanted, &message);
                return Ok(None);
            }
        };
        let most = session.config.http.max_audio_mb.saturating_mul(MEGABYTE);
        let is_playable = matches!(wanted.role, ResourceRole::Enclosure | ResourceRole::Alternate);
        let chosen =
            rules.filter(|_| is_playable).and_then(|rules| Some((rules.max_bytes()?, rules.found_larger())));
        let chosen = chosen.filter(|(chosen, _)| *chosen < most);
        let target = Target {
            resource_id: wanted.resource_id,
            url,
            scope: show.scope.clone(),
            kind: wanted.kind,
            expected_length: wanted.length_bytes,
            max_bytes: chosen.as_ref().map_or(most, |(chosen, _)| *chosen),
            min_free_bytes: session.config.archive.min_free_mb.saturating_mul(MEGABYTE),
        };
        let is_hooked = rules.is_some() && is_playable && !hooks::command(session, show).is_empty();
        Ok(Some(Self { wanted, target, is_hooked, too_large: chosen.map(|(_, said)| said) }))
    }
}

/// Records attempts that came in together: files get their names first, then one transaction writes all rows, and only then
/// are the captures reported and their sidecars removed. Syncs are
/// shared by all of them. `placed` tells of bytes that have their name already.
pub(super) fn settle(
    session: &mut Session,
    done: Vec<Done>,
    mut placed: HashMap<Digest, PathBuf>,
) -> Result<(), Error> {
    let (mut rows, mut named, mut finished) = (Vec::new(), Vec::new(), Vec::new());
    for Done { job, attempt, inspected } in done {
        match &attempt.result {
            Ok(captured) => match place(session, &job, captured, &mut placed) {
                Ok((path, outcome)) => {
                    let size = captured.size_bytes;
                    let remark = inspected.remark(captured, &job.wanted);
                    tell(session, &job.wanted, remark.as_deref());
                    let file = Some(new_file(&job, captured, &path, inspected));
                    named.push(path);
                    let mut row = row(session, &job, &attempt, outcome, remark, file)?;
                    row.is_hooked = job.is_hooked;
                    rows.push(row);
                    finished.push((job, size));
                }
                Err(error) => give_up(session, error.to_string()),
            },
            Err(failure) => rows.extend(failed(session, &job, &attempt, failure)?),
        }
    }
    session.store.sync(&named)?;
    if !rows.is_empty() {
        session.archive.attempted(&rows)?;
    }
    for (job, size) in finished {
        session.store.finish(job.wanted.resource_id)?;
        session.counts.downloads += 1;
        session.counts.download_bytes += size;
        let show = session.report.show(&job.wanted.show);
        show.downloads += 1;
        show.bytes += size;
    }
    Ok(())
}

/// Where the bytes end up: at a name of their own, or where the very bytes are already.
fn place(
    session: &mut Session,
    job: &CaptureJob,
    captured: &Captured,
    placed: &mut HashMap<Digest, PathBuf>,
) -> Result<(PathBuf, Outcome), Error> {
    let known = session.archive.file(&captured.sha256)?.filter(|file| file.state == "present");
    let existing =
        known.map(|file| PathBuf::from(file.path)).or_else(|| placed.get(&captured.sha256).cloned());
    let orphan = if existing.is_none() { orphan(session, captured)? } else { None };
    let named = session.archive.named(job.wanted.resource_id)?;
    let stem = named.map(|named| session.templates.stem(&named)).unwrap_or_default();
    let archive = &session.archive;
    let is_promised = |path: &Path| archive.is_promised(&text(path), &captured.sha256).unwrap_or(true);
    let path =
        session.store.place(captured, &stem, existing.as_deref().or(orphan.as_deref()), &is_promised)?;
    let outcome = if existing.as_deref() == Some(&path) { Outcome::Unchanged } else { Outcome::Stored };
    placed.insert(captured.sha256, path.clone());
    Ok((path, outcome))
}

/// A file with these very bytes that no row names: a crash left it between its name and its row. What its episode is called
/// may have changed since.
fn orphan(session: &mut Session, captured: &Captured) -> Result<Option<PathBuf>, Error> {
    let strays = if let Some(strays) = session.strays.take() {
        strays
    } else {
        let known = session.archive.paths()?;
        session.store.strays(&known)?
    };
    let holds = |path: &&PathBuf| {
        let state = session.store.check(path, captured.size_bytes, Some(captured.sha256));
        matches!(state, Ok(FileState::Whole))
    };
    let found = strays.iter().find(holds).cloned();
    session.strays = Some(strays);
    Ok(found)
}

fn new_file(job: &CaptureJob, captured: &Captured, path: &Path, inspected: Inspected) -> NewFile {
    NewFile {
        sha256: captured.sha256,
        size_bytes: captured.size_bytes,
        path: text(path),
        kind: job.wanted.kind,
        media_type: Some(captured.media_type.to_owned()),
        duration_seconds: inspected.duration_seconds,
        bitrate: inspected.bitrate,
        content: inspected.content,
    }
}

fn is_beside_audio(role: ResourceRole) -> bool {
    matches!(role, ResourceRole::Image | ResourceRole::Transcript | ResourceRole::Chapters)
}

/// What is captured of each show.
pub(super) fn roles(capture: &config::Capture, alternates: Alternates) -> Vec<ResourceRole> {
    let wishes = [
        (true, ResourceRole::Enclosure),
        (capture.transcripts, ResourceRole::Transcript),
        (capture.chapters, ResourceRole::Chapters),
        (capture.images, ResourceRole::Image),
        (alternates != Alternates::None, ResourceRole::Alternate),
    ];
    wishes.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, role)| role).collect()
}

/// Names are made by castkeep and are UTF-8.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The row of a failure; none for one that says nothing of the resource (the run is ending, its host wants a rest).
fn failed(
    session: &mut Session,
    job: &CaptureJob,
    attempt: &download::Attempt,
    failure: &Failure,
) -> archive::Result<Option<Attempt>> {
    if let Some(wait) = failure.retry_after.filter(|_| matches!(attempt.http_status, Some(429 | 503))) {
        // After redirects, it was another host than the feed names that asked for patience.
        let answered_by = attempt.final_url.as_deref().and_then(|url| Url::parse(url).ok());
        let host = answered_by.as_ref().map_or_else(|| job.host(), host_of);
        let at = now();
        session.archive.hold_host(&host, at + wait, at)?;
    }
    if failure.kind == FailureKind::Cancelled {
        return Ok(None);
    }
    if failure.fatal {
        give_up(session, failure.message.clone());
        return Ok(None);
    }
    let skip_reason = job.too_large.clone().filter(|_| failure.kind == FailureKind::TooLarge);
    if failure.kind == FailureKind::HeldBack {
        fail(session, &job.wanted, &failure.message);
        return Ok(None);
    }
    let is_refused = failure.kind == FailureKind::NotWanted || skip_reason.is_some();
    let outcome = if is_refused { Outcome::Rejected } else { Outcome::Failed };
    let mut row = row(session, job, attempt, outcome, Some(failure.message.clone()), None)?;
    let failures = job.wanted.failed_attempts.saturating_add(1);
    row.next_attempt_at = Some(schedule::next_attempt(now(), failures, failure.retry_after, fastrand::f64()));
    if skip_reason.is_some() {
        // The feed said nothing of its length, or too little: it is left out, as the configuration wishes.
        session.report.warn(&job.wanted.show, described(&job.wanted, &failure.message));
    } else {
        tell_failure(session, &job.wanted, &row)?;
    }
    row.skip_reason = skip_reason;
    Ok(Some(row))
}

/// No further download can do better; feeds go on.
fn give_up(session: &mut Session, why: String) {
    session.disk.get_or_insert(why);
}

/// Says what was odd about a file that was stored all the same.
fn tell(session: &mut Session, wanted: &Wanted, remark: Option<&str>) {
    if let Some(remark) = remark.filter(|remark| *remark != "resumed") {
        session.report.warn(&wanted.show, described(wanted, remark));
    }
}

/// So many characters of a title are told.
const TITLE: usize = 200;

fn described(wanted: &Wanted, message: &str) -> String {
    let title = shortened(wanted.title.as_deref().unwrap_or("(untitled)"), TITLE);
    format!("download {} ({title}): {message}", redact_text(&wanted.url))
}

fn fail(session: &mut Session, wanted: &Wanted, message: &str) {
    let message = described(wanted, message);
    // What is captured beside the audio is a courtesy: old pictures die by the dozen. It is tried again.
    if is_beside_audio(wanted.role) {
        session.report.warn(&wanted.show, message);
    } else {
        session.report.fail(&wanted.show, message);
    }
}

/// A failure that is about to be written into the books, with what they say of earlier ones.
fn tell_failure(session: &mut Session, wanted: &Wanted, row: &Attempt) -> archive::Result<()> {
    let message = row.error.clone().unwrap_or_default();
    if is_beside_audio(wanted.role) {
        fail(session, wanted, &message);
        return Ok(());
    }
    let mut failures = session.archive.failed_downloads(wanted.resource_id)?;
    failures.attempts.push(Failed { at: row.started_at, status: row.http_status, error: row.error.clone() });
    let url = Some(redact_text(&wanted.url));
    let trouble = Trouble { url, ..Trouble::new(&wanted.show, described(wanted, &message)) };
    session.report.failures.push(trouble::told(trouble, Subject::File, &failures, row.next_attempt_at));
    Ok(())
}

fn row(
    session: &mut Session,
    job: &CaptureJob,
    attempt: &download::Attempt,
    outcome: Outcome,
    error: Option<String>,
    file: Option<NewFile>,
) -> archive::Result<Attempt> {
    Ok(Attempt {
        resource_id: job.wanted.resource_id,
        run_id: session.run_id()?,
        requested_url: attempt.requested_url.clone(),
        final_url: attempt.final_url.clone(),
        started_at: attempt.started_at,
        finished_at: attempt.finished_at,
        http_status: attempt.http_status,
        etag: attempt.etag.clone(),
        last_modified: attempt.last_modified.clone(),
        content_type: attempt.content_type.clone(),
        bytes: attempt.bytes,
        resumed_from: attempt.resumed_from,
        outcome,
        error,
        file,
        next_attempt_at: None,
        skip_reason: None,
        is_hooked: false,
    })
}

/// An attempt that could not even begin.
fn unsent(session: &mut Session, wanted: &Wanted, message: String) -> archive::Result<Attempt> {
    let at = now();
    let failures = wanted.failed_attempts.saturating_add(1);
    Ok(Attempt {
        resource_id: wanted.resource_id,
        run_id: session.run_id()?,
        requested_url: redact_text(&wanted.url),
        final_url: None,
        started_at: at,
        finished_at: at,
        http_status: None,
        etag: None,
        last_modified: None,
        content_type: None,
        bytes: 0,
        resumed_from: None,
        outcome: Outcome::Failed,
        error: Some(message),
        file: None,
        next_attempt_at: Some(schedule::next_attempt(at, failures, None, fastrand::f64())),
        skip_reason: None,
        is_hooked: false,
    })
}
