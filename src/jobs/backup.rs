//! `backup` and its like: a copy of the database, of one moment, compared with it. It reads only, also beside a run that writes.

use super::Error;
use super::session::Manner;
use crate::archive::{self, Copied};

/// Has the archive make a copy; `None` if it was asked to stop. `make` is given whom to ask, with pages done and pages in all,
/// whether to go on.
pub fn back_up(
    manner: &Manner,
    make: impl FnOnce(&dyn Fn(u64, u64) -> bool) -> archive::Result<Option<Copied>>,
) -> Result<Option<Copied>, Error> {
    let bar = manner.progress.count("pages copied", 0);
    let go_on = |done, all| {
        bar.set(done, Some(all));
        !manner.cancel.is_cancelled()
    };
    Ok(make(&go_on)?)
}
