//! `backup`: a copy of the database, of one moment, compared with it. It reads only, also beside a run that writes.

use std::path::Path;

use super::Error;
use super::session::Manner;
use crate::archive::{Copied, Existing, Reader};

/// Copies the database to a file; `None` if it was asked to stop.
pub fn back_up(
    reader: &Reader,
    target: &Path,
    existing: Existing,
    manner: &Manner,
) -> Result<Option<Copied>, Error> {
    let bar = manner.progress.count("pages copied", 0);
    let go_on = |done, all| {
        bar.set(done, Some(all));
        !manner.cancel.is_cancelled()
    };
    Ok(reader.back_up(target, existing, &go_on)?)
}
