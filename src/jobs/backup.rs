//! `backup`: a copy of the database, of one moment, compared with it. It reads only, also beside a run that writes.

use std::path::Path;

use super::Error;
use super::session::Manner;
use crate::archive::{Copied, Existing, Reader};
use crate::report::Bar;

/// Copies the database to a file; `None` if it was asked to stop.
pub fn back_up(
    reader: &Reader,
    target: &Path,
    existing: Existing,
    manner: &Manner,
) -> Result<Option<Copied>, Error> {
    let bar = manner.progress.count("pages copied", 0);
    Ok(reader.back_up(target, existing, &going_on(&bar, manner))?)
}

/// The same without the feeds' documents as they came.
pub fn slim_copy(
    reader: &Reader,
    target: &Path,
    existing: Existing,
    manner: &Manner,
) -> Result<Option<Copied>, Error> {
    let bar = manner.progress.count("pages copied", 0);
    Ok(reader.slim_copy(target, existing, &going_on(&bar, manner))?)
}

fn going_on(bar: &Bar, manner: &Manner) -> impl Fn(u64, u64) -> bool {
    |done, all| {
        bar.set(done, Some(all));
        !manner.cancel.is_cancelled()
    }
}
