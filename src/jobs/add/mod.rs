//! `add`: a show is tried before it is kept: its feed is asked for once, read and recorded.

mod apple;
mod look;

pub use look::{Found, Offer, Tried, look};

use super::Error;
use super::choose::Rules;
use super::pipeline::{Pipeline, Reach};
use super::session::{Manner, Session};
use crate::archive::WhichWanted;
use crate::config::{self, Config};
use crate::report::Run;

/// A show that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Its short name.
    pub slug: String,
    /// How many episodes its feed lists.
    pub episodes: u64,
    /// Some of them have audio that is not here yet.
    pub wants_audio: bool,
    /// Another show in the archive that bears the same `podcast:guid`.
    pub twin: Option<String>,
}

/// Asks for the feed of a show that the configuration does not name yet. `None`, with the failure in the report, if it can't
/// be read; then nothing of it stays in the archive. `tried`: it was asked for already.
pub async fn add(
    mut config: Config,
    show: config::Show,
    tried: Option<Tried>,
    manner: Manner,
) -> Result<(Run, Option<Added>), Error> {
    config.shows = vec![show];
    let mut session = Session::open(config, "add", manner)?;
    let mut added = None;
    let end = run(&mut session, tried, &mut added).await;
    Ok((session.close(end)?, added))
}

async fn run(
    session: &mut Session,
    mut tried: Option<Tried>,
    added: &mut Option<Added>,
) -> Result<(), Error> {
    for show in session.shows(&[])? {
        let mut pipeline = Pipeline::new(session, Reach::Feeds);
        match tried.take() {
            Some(tried) => pipeline.add_answered(&show, tried.feed, tried.answer),
            None => drop(pipeline.add_live(&show)?),
        }
        pipeline.run().await?;
        if session.archive.forget_show(show.row.id)? {
            continue;
        }
        let slug = session.archive.slug(show.row.id)?;
        let episodes = session.archive.coverage(show.row.id)?.marks.len() as u64;
        let roles = Rules::of(&session.config, &show.config).audio_roles();
        let wants_audio = !session.archive.wanted(show.row.id, roles, WhichWanted::Chosen)?.is_empty();
        let twin = session.archive.twin(show.row.id)?;
        *added = Some(Added { slug, episodes, wants_audio, twin });
    }
    Ok(())
}
