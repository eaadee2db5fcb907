//! What the tags inside a file say it is. Publishers write them, and so do other programs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lofty::config::ParseOptions;
use lofty::file::TaggedFileExt as _;
use lofty::probe::Probe;
use lofty::tag::{Accessor as _, ItemKey};

/// The words that tell an episode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// The title.
    pub title: Option<String>,
    /// The album: of podcasts, the show.
    pub album: Option<String>,
    /// The guid, which few write.
    pub guid: Option<String>,
}

/// Reads them; none where there are none, or none that can be read.
pub fn tags(path: &Path) -> Tags {
    // A crate that fails on what strangers wrote, be it with a panic, must not end a run.
    catch_unwind(AssertUnwindSafe(|| read(path))).ok().flatten().unwrap_or_default()
}

fn read(path: &Path) -> Option<Tags> {
    let options = ParseOptions::new().read_cover_art(false).read_properties(false);
    let file = Probe::open(path).ok()?.options(options).guess_file_type().ok()?.read().ok()?;
    let tag = file.primary_tag().or_else(|| file.first_tag())?;
    let text = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Tags {
        title: text(tag.title().as_deref()),
        album: text(tag.album().as_deref()),
        guid: text(tag.get_string(ItemKey::PodcastGlobalUniqueId)),
    })
}
