//! What a captured file turns out to be, before it gets its name: measured, read, held against what the feed says of it.

use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Sha256, Sha384, Sha512};

use super::capture_job::CaptureJob;
use crate::archive::{Content, Wanted};
use crate::download::{self, Captured, Failure, Store, probe};
use crate::model::{ResourceKind, ResourceRole};
use crate::sidecar;

/// Longer texts are no transcript (bytes).
const LONGEST_TEXT: u64 = 12 * 1024 * 1024;
/// A file that plays so much shorter or longer than the feed says is worth a remark; advertisements come and go.
const NEARLY: f64 = 0.1;
/// ... and this many seconds at the least.
const LEAST_SECONDS: f64 = 60.0;

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Inspected {
    pub(super) duration_seconds: Option<f64>,
    pub(super) bitrate: Option<u32>,
    pub(super) content: Content,
    /// What is not as it should be.
    pub(super) remarks: Vec<String>,
}

/// A capture that came to an end, with what is in the file.
pub(super) struct Done {
    pub(super) job: CaptureJob,
    pub(super) attempt: download::Attempt,
    pub(super) inspected: Inspected,
}

/// Looks into what an attempt brought. A text that is not what was wanted turns it into a failure, and goes.
pub(super) async fn look(store: &Store, job: CaptureJob, mut attempt: download::Attempt) -> Done {
    let Ok(captured) = &attempt.result else { return Done { job, attempt, inspected: Inspected::default() } };
    let (captured, wanted, store) = (captured.clone(), job.wanted.clone(), store.clone());
    let sent = attempt.content_type.clone();
    let work = tokio::task::spawn_blocking(move || {
        let found = inspect(&captured.part, &wanted, sent.as_deref());
        if found.is_err() {
            // What can't be removed is swept away by a later run: it has no sidecar.
            let _ = store.finish(captured.resource_id);
        }
        found
    });
    let found = work.await.unwrap_or_else(|error| Err(Failure::not_wanted(format!("not readable: {error}"))));
    let inspected = match found {
        Ok(inspected) => inspected,
        Err(failure) => {
            attempt.result = Err(failure);
            Inspected::default()
        }
    };
    Done { job, attempt, inspected }
}

/// Looks into a file that was captured for a resource; `sent` is the media type it came with.
pub(super) fn inspect(path: &Path, wanted: &Wanted, sent: Option<&str>) -> Result<Inspected, Failure> {
    let mut found = match wanted.role {
        ResourceRole::Transcript => transcript(path, wanted, sent)?,
        ResourceRole::Chapters => chapters(path)?,
        ResourceRole::Image => Inspected::default(),
        ResourceRole::Enclosure | ResourceRole::Alternate => media(path, wanted)?,
    };
    found.remarks.extend(integrity(path, wanted.integrity.as_deref())?);
    Ok(found)
}

fn transcript(path: &Path, wanted: &Wanted, sent: Option<&str>) -> Result<Inspected, Failure> {
    let announced = wanted.media_type.as_deref().or(sent);
    let read = sidecar::transcript(&text(path)?, announced, Some(&wanted.url));
    let read = read.map_err(|error| Failure::not_wanted(format!("not a transcript: {error}")))?;
    let content = Content { cues: read.cues, ..Content::default() };
    Ok(Inspected { content, remarks: counted(&read.warnings), ..Inspected::default() })
}

fn chapters(path: &Path) -> Result<Inspected, Failure> {
    let read = sidecar::chapters(&text(path)?);
    let read = read.map_err(|error| Failure::not_wanted(format!("not a list of chapters: {error}")))?;
    let content = Content { chapters: read.chapters, ..Content::default() };
    Ok(Inspected { content, remarks: counted(&read.warnings), ..Inspected::default() })
}

fn media(path: &Path, wanted: &Wanted) -> Result<Inspected, Failure> {
    if !matches!(wanted.kind, ResourceKind::Audio | ResourceKind::Video) {
        return Ok(Inspected::default());
    }
    let probed = probe(path).map_err(|error| Failure::io("probe", &error))?;
    let mut remarks = counted(&probed.warnings);
    remarks.extend(other_duration(probed.duration_seconds, wanted.duration_seconds));
    Ok(Inspected {
        duration_seconds: probed.duration_seconds,
        bitrate: probed.bitrate,
        content: Content { chapters: probed.chapters, ..Content::default() },
        remarks,
    })
}

fn other_duration(is: Option<f64>, said: Option<f64>) -> Option<String> {
    let (is, said) = is.zip(said.filter(|said| *said > 0.0))?;
    let apart = (is - said).abs();
    (apart > LEAST_SECONDS && apart > said * NEARLY)
        .then(|| format!("duration_mismatch: the feed says {said} seconds, the file plays {is:.0}"))
}

/// The first of several warnings, and how many there are.
fn counted(warnings: &[String]) -> Vec<String> {
    let more = |count| if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
    warnings.first().map(|first| format!("{first}{}", more(warnings.len()))).into_iter().collect()
}

fn text(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST_TEXT + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::io("read", &error))?;
    if bytes.len() as u64 > LONGEST_TEXT {
        return Err(Failure::not_wanted(format!("a text of more than {LONGEST_TEXT} bytes")));
    }
    Ok(bytes)
}

/// Holds a file against `sri:` hashes (W3C Subresource Integrity): of the strongest kind told, one must agree. Other bytes are
/// kept all the same, for they are what is there to be had. A signature is beyond us.
fn integrity(path: &Path, said: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(hashes) = said.and_then(|said| said.strip_prefix("sri:")) else { return Ok(None) };
    let of = |name: &str| -> Vec<&str> {
        let told = hashes.split_ascii_whitespace().filter_map(|hash| hash.strip_prefix(name));
        told.filter_map(|hash| hash.strip_prefix('-')).filter_map(|hash| hash.split('?').next()).collect()
    };
    let strongest = [("sha512", of("sha512")), ("sha384", of("sha384")), ("sha256", of("sha256"))];
    let Some((name, told)) = strongest.into_iter().find(|(_, told)| !told.is_empty()) else {
        return Ok(None);
    };
    let is = match name {
        "sha512" => hash::<Sha512>(path)?,
        "sha384" => hash::<Sha384>(path)?,
        _ => hash::<Sha256>(path)?,
    };
    let agrees = told.contains(&is.as_str());
    Ok((!agrees)
        .then(|| format!("integrity_mismatch: the feed says {name}-{}, the bytes are {name}-{is}", told[0])))
}

fn hash<H: sha2::Digest>(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::io("hash", &error);
    let (mut file, mut hasher) = (std::fs::File::open(path).map_err(failed)?, H::new());
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(BASE64_STANDARD.encode(hasher.finalize())),
            length => hasher.update(&buffer[..length]),
        }
    }
}

impl Inspected {
    /// Remarks on what came in beside those on how it came, as they stand in `downloads.error`.
    pub(super) fn remark(&self, captured: &Captured, wanted: &Wanted) -> Option<String> {
        let mut remarks = Vec::new();
        if captured.flags.length_mismatch {
            let told = wanted.length_bytes.unwrap_or_default();
            remarks.push(format!(
                "length_mismatch: the feed says {told} bytes, the file has {}",
                captured.size_bytes
            ));
        }
        if captured.flags.length_unverified {
            remarks.push("length_unverified: the server told no length".to_owned());
        }
        if captured.flags.resumed {
            remarks.push("resumed".to_owned());
        }
        remarks.extend(self.remarks.iter().cloned());
        Some(remarks.join("; ")).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_to_differ_only_if_it_does_so_by_much() {
        assert_eq!(other_duration(Some(3500.0), Some(3600.0)), None);
        assert_eq!(other_duration(Some(30.0), Some(80.0)), None);
        assert_eq!(other_duration(Some(30.0), None), None);
        assert_eq!(
            other_duration(Some(1800.4), Some(3600.0)).as_deref(),
            Some("duration_mismatch: the feed says 3600 seconds, the file plays 1800")
        );
    }

    #[test]
    fn the_strongest_hash_decides() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        let check = |said: &str| integrity(file.path(), Some(said)).unwrap();
        // FIPS 180-2, appendix B.1 and D.1, in Base64.
        let sha256 = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        let sha384 = "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn";
        assert_eq!(check(&format!("sri:{sha256}")), None);
        assert_eq!(check(&format!("sri:sha256-wrong {sha384}")), None);
        assert_eq!(check("pgp-signature:abc"), None);
        let wrong = check("sri:sha256-wrong").unwrap();
        assert!(
            wrong.starts_with("integrity_mismatch: the feed says sha256-wrong, the bytes are sha256-ungW"),
            "{wrong}"
        );
    }
}
