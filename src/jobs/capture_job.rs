//! A resource that is to be captured: what the archive knows of it, and what the download is told.

use super::session::host_of;
use crate::archive::Wanted;
use crate::download::Target;
use crate::http::redact_text;

/// A resource that is to be captured.
#[derive(Clone)]
pub(super) struct CaptureJob {
    pub(super) wanted: Wanted,
    pub(super) target: Target,
    /// A program is called for it once it is stored.
    pub(super) is_hooked: bool,
    /// Why it is left out, should it turn out to be larger than the target allows.
    pub(super) too_large: Option<String>,
}

impl CaptureJob {
    pub(super) fn host(&self) -> String {
        host_of(&self.target.url)
    }

    /// What a person calls it.
    pub(super) fn name(&self) -> String {
        self.wanted.title.clone().unwrap_or_else(|| redact_text(&self.wanted.url))
    }
}
