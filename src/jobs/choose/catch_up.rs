//! `catch-up`: what a show has published so far is not wanted; what follows is. Asks nobody.

use super::{Rules, apply};
use crate::archive::PassedOver;
use crate::config::Config;
use crate::jobs::Error;
use crate::jobs::session::{Manner, Session};

/// What `catch-up` is to do.
#[derive(Debug, Clone)]
pub struct Request {
    /// Slugs.
    pub shows: Vec<String>,
    /// What of each.
    pub which: PassedOver,
    /// Takes an earlier catch-up back.
    pub undo: bool,
}

/// How a show stands after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaughtUp {
    /// The show.
    pub show: String,
    /// Its feed was never read: there is nothing to catch up with.
    pub is_unread: bool,
    /// Episodes that are left out since they were there; with `undo`, that no longer are.
    pub episodes: u64,
}

/// Runs it.
pub fn catch_up(config: Config, request: &Request, manner: Manner) -> Result<Vec<CaughtUp>, Error> {
    let mut session = Session::open(config, "catch-up", manner)?;
    let done = run(&mut session, request);
    let (done, end) = match done {
        Ok(done) => (done, Ok(())),
        Err(error) => (Vec::new(), Err(error)),
    };
    session.close(end).map(|_| done)
}

fn run(session: &mut Session, request: &Request) -> Result<Vec<CaughtUp>, Error> {
    let mut done = Vec::new();
    for show in session.shows(&request.shows)? {
        let id = show.row.id;
        let episodes = if request.undo {
            session.archive.resume(id, &request.which)?
        } else {
            session.archive.catch_up(id, &request.which)?
        };
        apply(session, id, &Rules::of(&session.config, &show.config))?;
        done.push(CaughtUp { show: show.row.slug, is_unread: show.row.title.is_none(), episodes });
    }
    Ok(done)
}
