//! A file whose episode the user names.

use super::Judged;
use super::judge::{Evidence, Match, Verdict};
use super::known::Known;
use super::place::Ties;
use super::walk::Found;
use crate::archive::Program;
use crate::jobs::Error;

/// The one file as the episode of this row.
pub(super) fn judged(known: &Known, media: &[Found], episode: i64) -> Result<Vec<Judged>, Error> {
    let place = known.episodes.iter().position(|one| one.row.episode_id == episode);
    let place =
        place.ok_or_else(|| Error::NothingToAdopt("this episode has no audio in its feed".to_owned()))?;
    let [found] = media else {
        return Err(Error::NothingToAdopt("--as takes one file".to_owned()));
    };
    let title = known.episodes.get(place).and_then(|one| one.row.title.clone()).unwrap_or_default();
    let told =
        Evidence { what: "by hand", found: found.path.display().to_string(), expected: title, points: 100 };
    let found_match = Match {
        episode: place,
        points: 100,
        evidence: vec![told],
        is_long_enough: None,
        span: None,
        ties: Ties::default(),
        is_lost: false,
    };
    Ok(vec![Judged {
        found: found.clone(),
        program: Program::Folder,
        verdict: Verdict::Is(found_match),
        is_attested: true,
        sighting: None,
        is_by_date: false,
    }])
}
