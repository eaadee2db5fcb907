//! Whether a file begins as audio does.

use std::io::Read as _;
use std::path::Path;

use crate::download;
use crate::model::ResourceKind;

pub(super) fn is_audio(path: &Path, size: u64) -> bool {
    judge_head(path, size).is_ok()
}

/// Whether the file begins as audio does; what it is, if not. What can't be read is judged later.
pub(super) fn judge_head(path: &Path, size: u64) -> Result<(), String> {
    let mut head = Vec::with_capacity(download::HEAD);
    let read =
        std::fs::File::open(path).and_then(|file| file.take(download::HEAD as u64).read_to_end(&mut head));
    match read {
        Err(error) => Err(format!("can't be read: {error}")),
        Ok(_) => download::sniff(&head, size, ResourceKind::Audio).map(drop).map_err(|why| why.0),
    }
}
