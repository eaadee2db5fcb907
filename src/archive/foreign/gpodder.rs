//! gPodder: `Database`, beside `Downloads/{podcast.download_folder}/{episode.download_filename}` (schema versions 1 to 8).

use rusqlite::Connection;

use super::{Remembered, text};
use crate::model::Time;

pub(super) const PODCAST: &[&str] = &["id", "url", "download_folder"];
pub(super) const EPISODE: &[&str] =
    &["podcast_id", "title", "url", "published", "guid", "file_size", "state", "download_filename"];

/// `episode.state` of what was downloaded; 0 is not yet, 2 is deleted.
const DOWNLOADED: i64 = 1;

pub(super) fn read(db: &Connection) -> rusqlite::Result<Vec<Remembered>> {
    let mut select = db.prepare(
        "SELECT p.download_folder, e.download_filename, e.guid, e.url, e.title, e.published, e.file_size, e.state, p.url
         FROM episode e JOIN podcast p ON p.id = e.podcast_id WHERE e.download_filename <> ''",
    )?;
    let rows = select.query_map([], |row| {
        let is_whole = row.get::<_, Option<i64>>(7)? == Some(DOWNLOADED);
        let size = row.get::<_, Option<i64>>(6)?.and_then(|size| u64::try_from(size).ok());
        Ok(Remembered {
            folder: text(row.get(0)?),
            file: text(row.get(1)?),
            guid: text(row.get(2)?),
            url: text(row.get(3)?),
            title: text(row.get(4)?),
            published: row.get::<_, Option<i64>>(5)?.filter(|at| *at > 0).and_then(Time::from_unix),
            size_bytes: size.filter(|size| *size > 0 && is_whole),
            feed_url: text(row.get(8)?),
        })
    })?;
    rows.collect()
}
