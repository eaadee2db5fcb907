//! Steps 2 to 7 of the protocol: from a resource to whole, judged and synced bytes in `tmp/`, over as many answers as
//! a safe resume takes.

use std::time::Duration;

use chrono::Utc;
use tracing::debug;

use super::judge::{Verdict, judge, strong_etag, strong_last_modified};
use super::part::{self, Resumable, Sidecar};
use super::writer::{self, Stopped, Writer, Written};
use super::{Attempt, Cancel, Captured, Failure, FailureKind, Flags, Store, Target};
use crate::http::header::{
    ACCEPT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE,
};
use crate::http::{Client, Framing, Lane, Request, Response, printable, redact};
use crate::model::{Digest, Time};

/// No file takes longer than this.
const DEADLINE: Duration = Duration::from_hours(12);
/// An answer that was cut short is taken up again at once if it brought at least this much.
const LEAST_GAIN: u64 = 32 * 1024;
/// How often, at most.
const MOST_RESUMES: u32 = 100;
/// The pause before that, shortened by up to a half at random.
const PAUSE: Duration = Duration::from_millis(200);

/// Told of bytes so far and of the total, where it is known; at first of those that were there before.
pub type Progress<'a> = &'a (dyn Fn(u64, Option<u64>) + Sync);

/// Captures a resource: a row's worth of what happened, with the bytes in `tmp/` if all went well. Dropping the future
/// keeps the part, like `cancel`.
pub async fn capture(
    client: &Client,
    store: &Store,
    target: &Target,
    progress: Progress<'_>,
    cancel: &Cancel,
) -> Attempt {
    let mut attempt = Attempt {
        requested_url: redact(&target.url),
        final_url: None,
        started_at: now(),
        finished_at: now(),
        http_status: None,
        etag: None,
        last_modified: None,
        content_type: None,
        bytes: 0,
        resumed_from: None,
        result: Err(Failure::new(FailureKind::Cancelled, "the run is ending")),
    };
    let transfer = Capture { client, store, target, progress };
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        result = transfer.run(&mut attempt) => Some(result),
    };
    if let Some(result) = outcome {
        attempt.result = result;
    }
    attempt.finished_at = now();
    attempt
}

struct Capture<'a> {
    client: &'a Client,
    store: &'a Store,
    target: &'a Target,
    progress: Progress<'a>,
}

/// Why one answer gave no whole file.
enum End {
    StartOver(String),
    /// Cut after so many new bytes; they are in the part.
    Cut(Failure, u64),
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Stopped> for End {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::StartOver(why) => Self::StartOver(why),
            Stopped::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// The bytes of a whole file, and how far the server vouched for their number.
struct Whole {
    written: Written,
    length_told: bool,
    resumed: bool,
}

impl Capture<'_> {
    async fn run(&self, attempt: &mut Attempt) -> Result<Captured, Failure> {
        let result = self.answers(attempt).await;
        if let Err(failure) = &result {
            let (store, id) = (self.store, self.target.resource_id);
            let keep = keeps_part(failure.kind) && part::has_sidecar(store, id);
            // The failure is what counts; a part that can't be removed is not trusted without its sidecar, either.
            let _ = if keep { Ok(()) } else { part::remove(store, id) };
        }
        result
    }

    /// Asks until the file is whole, or asking again is no use.
    async fn answers(&self, attempt: &mut Attempt) -> Result<Captured, Failure> {
        writer::check_space(self.store, self.target.min_free_bytes, 0)?;
        let (mut started_over, mut resumes, mut first_opinion, mut cut) = (false, 0, None, None);
        loop {
            match self.one_answer(attempt).await {
                Ok(whole) if whole.length_told || self.is_expected(whole.written.size) => {
                    return Ok(self.captured(&whole));
                }
                Ok(whole) => match self.second_opinion(&whole.written, first_opinion)? {
                    None => return Ok(self.captured(&whole)),
                    opinion => {
                        first_opinion = opinion;
                        self.forget_part()?;
                    }
                },
                Err(End::StartOver(why)) if !started_over => {
                    debug!(url = redact(&self.target.url), why, "starting over");
                    started_over = true;
                    attempt.resumed_from = None;
                    self.forget_part()?;
                }
                Err(End::StartOver(why)) => {
                    return Err(cut.unwrap_or_else(|| Failure::new(FailureKind::Framing, why)));
                }
                Err(End::Cut(failure, gained)) if gained >= LEAST_GAIN && resumes < MOST_RESUMES => {
                    (cut, resumes) = (Some(failure), resumes + 1);
                    tokio::time::sleep(PAUSE.mul_f64(1.0 - fastrand::f64() / 2.0)).await;
                }
                Err(End::Cut(failure, _) | End::Failed(failure)) => return Err(failure),
            }
        }
    }

    async fn one_answer(&self, attempt: &mut Attempt) -> Result<Whole, End> {
        let part = part::find(self.store, self.target.resource_id, &self.target.url).map_err(tmp)?;
        let asked = self.client.get(self.request(part.as_ref())).await;
        let mut response = asked.map_err(|error| {
            attempt.http_status = error.status.or(attempt.http_status);
            Failure::http(&self.target.url, &error)
        })?;
        note(attempt, &response);
        match (judge(&response, part.as_ref()), part) {
            (Verdict::Useless(failure), _) => Err(failure.into()),
            (Verdict::StartOver(why), _) => Err(End::StartOver(why)),
            (Verdict::Complete, Some(part)) => self.seal(part, attempt).await,
            (Verdict::Rest { total }, Some(part)) => {
                self.check_size(total, part.have)?;
                attempt.resumed_from = Some(part.have);
                let writer = Writer::resumed(self.store, self.target, &part);
                let written = self.transfer(&mut response, writer, attempt, part.from(), total, true).await?;
                Ok(Whole { written, length_told: true, resumed: true })
            }
            (Verdict::Whole | Verdict::Rest { .. } | Verdict::Complete, _) => {
                self.whole_body(&mut response, attempt).await
            }
        }
    }

    async fn whole_body(&self, response: &mut Response, attempt: &mut Attempt) -> Result<Whole, End> {
        attempt.resumed_from = None;
        let framing = response.framing();
        let total = match framing {
            Framing::Length(length) => Some(length),
            Framing::Chunked | Framing::Close => None,
        };
        self.check_size(total, 0)?;
        let sidecar = match framing {
            // A cut could not be told from the end.
            Framing::Close => None,
            Framing::Length(_) | Framing::Chunked => Sidecar::new(
                &self.target.url,
                &response.final_url,
                strong_etag(&response.headers),
                strong_last_modified(&response.headers),
                total,
                attempt.started_at,
            ),
        };
        let file = part::start(self.store, self.target.resource_id, sidecar.as_ref()).map_err(tmp)?;
        let writer = Writer::fresh(self.store, self.target, file);
        let written = self.transfer(response, writer, attempt, 0, total, sidecar.is_some()).await?;
        Ok(Whole { written, length_told: framing != Framing::Close, resumed: false })
    }

    /// Moves the body from the network to the writer. `place` is where the body begins in the file.
    async fn transfer(
        &self,
        response: &mut Response,
        writer: Writer,
        attempt: &mut Attempt,
        place: u64,
        total: Option<u64>,
        resumable: bool,
    ) -> Result<Written, End> {
        let mut received = 0;
        (self.progress)(place, total);
        let broken = loop {
            match response.chunk().await {
                Ok(Some(bytes)) => {
                    received += bytes.len() as u64;
                    attempt.bytes += bytes.len() as u64;
                    if place + received > self.target.max_bytes {
                        break Some(self.too_large());
                    }
                    (self.progress)(place + received, total);
                    if !writer.take(bytes).await {
                        break None;
                    }
                }
                // Chunks end a body cleanly wherever a server likes: such a range is no part of anything.
                Ok(None) if total.is_some_and(|total| place + received != total) => {
                    writer.end().await?;
                    let told = total.unwrap_or_default();
                    return Err(End::StartOver(format!("{} bytes where {told} were told", place + received)));
                }
                Ok(None) => return Ok(writer.complete().await?),
                Err(error) => break Some(Failure::http(&self.target.url, &error)),
            }
        };
        writer.end().await?;
        let failure = broken.unwrap_or_else(|| Failure::new(FailureKind::Io, "the writer ended early"));
        match failure.kind {
            FailureKind::ShortBody if resumable => {
                Err(End::Cut(short(failure, place + received, total), received))
            }
            FailureKind::ShortBody => Err(short(failure, place + received, total).into()),
            _ => Err(failure.into()),
        }
    }

    /// The part was complete before; nothing of it went over the network now.
    async fn seal(&self, part: Resumable, attempt: &mut Attempt) -> Result<Whole, End> {
        attempt.resumed_from = Some(part.have);
        let (store, target) = (self.store.clone(), self.target.clone());
        let sealed = tokio::task::spawn_blocking(move || writer::seal(&store, &target, &part)).await;
        let written = sealed.map_err(|error| Failure::new(FailureKind::Io, error.to_string()))??;
        Ok(Whole { written, length_told: true, resumed: true })
    }

    fn request(&self, part: Option<&Resumable>) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(part) = part {
            let range = format!("bytes={}-", part.from());
            let validator = part.sidecar.validator().unwrap_or_default();
            // Both were header values before, or are made of digits.
            if let (Ok(range), Ok(validator)) = (range.parse(), HeaderValue::from_str(validator)) {
                headers.insert(RANGE, range);
                headers.insert(IF_RANGE, validator);
            }
        }
        let (url, scope) = (self.target.url.clone(), self.target.scope.clone());
        Request { url, scope, lane: Lane::Media, headers, deadline: DEADLINE }
    }

    fn check_size(&self, total: Option<u64>, have: u64) -> Result<(), Failure> {
        let Some(total) = total else { return Ok(()) };
        if total > self.target.max_bytes {
            return Err(self.too_large());
        }
        writer::check_space(self.store, self.target.min_free_bytes, total.saturating_sub(have))
    }

    fn too_large(&self) -> Failure {
        let message = format!("too large: more than {} bytes", self.target.max_bytes);
        Failure::new(FailureKind::TooLarge, message)
    }

    fn forget_part(&self) -> Result<(), Failure> {
        part::remove(self.store, self.target.resource_id).map_err(tmp)
    }

    fn is_expected(&self, size: u64) -> bool {
        self.target.expected_length == Some(size)
    }

    /// A body that just ended, of a length nobody told, is asked for twice: `Some` asks for that. Two that agree are
    /// kept, unless the feed says that there is more.
    fn second_opinion(&self, written: &Written, first: Option<Digest>) -> Result<Option<Digest>, Failure> {
        let suspect = |message: String| Err(Failure::new(FailureKind::Suspect, message));
        match first {
            None => Ok(Some(written.sha256)),
            Some(first) if first != written.sha256 => {
                suspect("two answers of untold length differ".to_owned())
            }
            Some(_) => match self.target.expected_length {
                Some(expected) if written.size < expected => {
                    suspect(format!("{} bytes of untold length where the feed says {expected}", written.size))
                }
                _ => Ok(None),
            },
        }
    }

    fn captured(&self, whole: &Whole) -> Captured {
        let Written { sha256, size, sniffed } = whole.written;
        let expected = self.target.expected_length;
        let off_by_a_twentieth = |expected: u64| size.abs_diff(expected) > expected / 20;
        Captured {
            part: self.store.root().join("tmp").join(part::part_name(self.target.resource_id)),
            resource_id: self.target.resource_id,
            sha256,
            size_bytes: size,
            media_type: sniffed.media_type,
            extension: sniffed.extension,
            flags: Flags {
                length_unverified: !whole.length_told && expected != Some(size),
                length_mismatch: expected.is_some_and(off_by_a_twentieth),
                resumed: whole.resumed,
            },
        }
    }
}

/// What the row says of the answer.
fn note(attempt: &mut Attempt, response: &Response) {
    let text = |name: &HeaderName| response.header(name).map(printable);
    attempt.http_status = Some(response.status);
    attempt.final_url = Some(redact(&response.final_url));
    attempt.etag = text(&ETAG);
    attempt.last_modified = text(&LAST_MODIFIED);
    attempt.content_type = text(&CONTENT_TYPE);
}

fn short(failure: Failure, have: u64, total: Option<u64>) -> Failure {
    match total {
        Some(total) => Failure { message: format!("short body: {have} of {total} bytes"), ..failure },
        None => failure,
    }
}

/// Whether the part is as good after such a failure as it was before.
fn keeps_part(kind: FailureKind) -> bool {
    use FailureKind::{Coding, DiskFull, Framing, Io, NotWanted, Suspect, TooLarge};
    !matches!(kind, TooLarge | NotWanted | Suspect | Framing | Coding | DiskFull | Io)
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn tmp(error: std::io::Error) -> Failure {
    Failure::io("tmp", &error)
}

fn now() -> Time {
    Utc::now().into()
}
