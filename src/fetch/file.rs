//! Feeds that the user keeps as files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use super::coding::{self, Coding};
use super::{Attempt, Body, Error, FeedRequest, Fetched, Kind, Outcome};
use crate::http::Url;
use crate::model::Digest;

pub(super) async fn read(request: &FeedRequest, attempt: &mut Attempt) -> Result<Fetched, Kind> {
    if !request.scope.allows_file(&request.url) {
        return Err(Kind::FileNotAllowed);
    }
    let (url, cap) = (request.url.clone(), request.max_bytes);
    let path = url.to_file_path().map_err(|()| Kind::FileNotAllowed)?;
    let read = tokio::task::spawn_blocking(move || read_capped(&path, cap));
    let bytes = read.await.map_err(|error| Kind::File(std::io::Error::other(error)))??;
    attempt.bytes = bytes.len() as u64;
    let digest = Digest::of(&bytes);
    let same = request.known_body == Some(digest);
    Ok(Fetched {
        outcome: if same { Outcome::Same } else { Outcome::New(Body { bytes, digest }) },
        status: 0,
        final_url: request.url.clone(),
        moved_permanently: false,
        etag: None,
        last_modified: None,
        content_type: None,
        max_age: None,
        retry_after: None,
        bytes: attempt.bytes,
        duration: Duration::ZERO,
        warnings: Vec::new(),
    })
}

/// The bytes of a feed at a `file:` address, of at most `cap` bytes; one that was kept compressed (gzip, zstd) is unpacked.
pub fn read_file(url: &Url, cap: u64) -> Result<Vec<u8>, Box<Error>> {
    let path = url.to_file_path().map_err(|()| Kind::FileNotAllowed);
    let read = path.and_then(|path| read_capped(&path, cap));
    read.map_err(|kind| Box::new(Error::new(url, kind, Attempt::default(), Duration::ZERO)))
}

fn read_capped(path: &Path, cap: u64) -> Result<Vec<u8>, Kind> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(cap + 1).read_to_end(&mut bytes)).map_err(Kind::File)?;
    if bytes.len() as u64 > cap {
        return Err(Kind::TooLarge(cap));
    }
    let packed = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => Some(Coding::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Coding::Zstd),
        _ => None,
    };
    Ok(coding::decode(bytes, packed, cap)?.bytes)
}
