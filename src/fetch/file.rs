//! Feeds that the user keeps as files.

use std::fs::File;
use std::io::Read as _;
use std::time::Duration;

use super::{Attempt, Body, FeedRequest, Fetched, Kind, Outcome};
use crate::http::Url;
use crate::model::Digest;

pub(super) async fn read(request: &FeedRequest, attempt: &mut Attempt) -> Result<Fetched, Kind> {
    if !request.scope.allows_file(&request.url) {
        return Err(Kind::FileNotAllowed);
    }
    let (url, cap) = (request.url.clone(), request.max_bytes);
    let read = tokio::task::spawn_blocking(move || read_capped(&url, cap));
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

fn read_capped(url: &Url, cap: u64) -> Result<Vec<u8>, Kind> {
    let path = url.to_file_path().map_err(|()| Kind::FileNotAllowed)?;
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(cap + 1).read_to_end(&mut bytes)).map_err(Kind::File)?;
    if bytes.len() as u64 > cap { Err(Kind::TooLarge(cap)) } else { Ok(bytes) }
}
