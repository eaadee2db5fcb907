//! The show that a name on the command line means.

use super::failure::Usage;
use crate::archive::{Reader, ShowRow};

/// The show of this name in the archive.
pub(super) fn find(reader: &Reader, slug: &str) -> anyhow::Result<ShowRow> {
    if let Some(show) = reader.find_show(slug)? {
        return Ok(show);
    }
    let known = reader.slugs()?;
    let hint = (!known.is_empty()).then(|| format!("there are: {}", known.join(", ")));
    Err(Usage { message: format!("there is no show {slug:?} in the archive"), hint }.into())
}
