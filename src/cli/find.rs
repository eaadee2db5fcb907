//! The show that a name on the command line means.

use super::failure::Usage;
use crate::archive::{Reader, ShowRow};
use crate::model::nearest;

/// So many shows are listed for somebody who named none of them.
const FEW: usize = 20;

/// The show of this name in the archive.
pub(super) fn find(reader: &Reader, slug: &str) -> anyhow::Result<ShowRow> {
    if let Some(show) = reader.find_show(slug)? {
        return Ok(show);
    }
    let known = reader.slugs()?;
    let like =
        nearest(slug, known.iter().map(String::as_str)).map(|known| format!("did you mean {known:?}?"));
    let few = (1..=FEW).contains(&known.len()).then(|| format!("there are: {}", known.join(", ")));
    let hint = like.or(few);
    Err(Usage { message: format!("there is no show {slug:?} in the archive"), hint }.into())
}
