//! Feed bodies, kept once a digest, compressed.

use std::io::{self, Read as _};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Archive;
use super::error::{Error, Result};
use crate::model::{Digest, Hasher};

/// A feed body ready to be kept.
#[derive(Debug, Clone)]
pub struct Body {
    digest: Digest,
    size_bytes: u64,
    content: Vec<u8>,
}

/// Compresses a feed body for keeping. Takes a while for a large one: done apart from the writer.
pub fn pack(bytes: &[u8], digest: Digest) -> std::io::Result<Body> {
    let mut content = zstd::bulk::compress(bytes, 3)?;
    // The buffer was made for the worst case, as large as the body.
    content.shrink_to_fit();
    Ok(Body { digest, size_bytes: bytes.len() as u64, content })
}

/// Keeps a body; its row, also if it was kept before.
pub(super) fn keep(db: &Connection, body: &Body) -> rusqlite::Result<i64> {
    let known = db
        .prepare_cached("SELECT id FROM documents WHERE sha256 = ?1")?
        .query_row([body.digest], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO documents (sha256, size_bytes, content) VALUES (?1, ?2, ?3)")?
        .insert(params![body.digest, body.size_bytes as i64, body.content])
}

/// A body as stored.
pub(super) struct Stored {
    id: i64,
    sha256: Digest,
    size_bytes: i64,
    content: Vec<u8>,
}

impl Stored {
    pub(super) fn unpack(self, database: &Path) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        let unpacked = self.unpack_into(&mut |bytes| body.extend_from_slice(bytes));
        let failed = |source| Error::Document { path: database.to_owned(), id: self.id, source };
        unpacked.map(|()| body).map_err(failed)
    }

    /// Hands the body on piece by piece: a length that rotted in the database must not decide how much memory is asked for.
    fn unpack_into(&self, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let size = u64::try_from(self.size_bytes).unwrap_or_default();
        let mut left = zstd::stream::read::Decoder::with_buffer(&self.content[..])?.take(size + 1);
        let mut piece = vec![0; 64 * 1024];
        let (mut length, mut hasher) = (0, Hasher::default());
        loop {
            let count = left.read(&mut piece)?;
            if count == 0 {
                break;
            }
            length += count as u64;
            hasher.update(&piece[..count]);
            take(&piece[..count]);
        }
        if length != size {
            return Err(io::Error::other("its length is not the one recorded"));
        }
        if hasher.finish() != self.sha256 {
            return Err(io::Error::other("its bytes are not those that were stored"));
        }
        Ok(())
    }
}

const STORED: &str = "SELECT d.id, d.sha256, d.size_bytes, d.content FROM documents d";

/// Documents that don't unpack to what was stored, each with its row and what is wrong.
pub(super) fn broken(db: &Connection, go_on: &dyn Fn() -> bool) -> rusqlite::Result<Vec<String>> {
    let mut broken = Vec::new();
    let mut select = db.prepare(&format!("{STORED} ORDER BY d.id"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()?.filter(|_| go_on()) {
        let wrong = match read(row) {
            Ok(stored) => stored.unpack_into(&mut |_| {}).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = wrong {
            let id = row.get(0)?;
            broken.push(format!("document {id} is damaged: {why}{}", fetched(db, id)?));
        }
    }
    Ok(broken)
}

/// Where and when a document was fetched, for people.
fn fetched(db: &Connection, document: i64) -> rusqlite::Result<String> {
    let sql = "SELECT s.slug, f.started_at FROM fetches f JOIN shows s ON s.id = f.show_id WHERE f.document_id = ?1 ORDER BY f.id";
    let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let found = db.prepare_cached(sql)?.query_row([document], read).optional()?;
    Ok(found.map_or_else(String::new, |(show, at)| format!(" (the feed of {show}, fetched {at})")))
}

pub(super) fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<Stored>> {
    db.prepare_cached(&format!("{STORED} WHERE d.id = ?1"))?.query_row([id], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored { id: row.get(0)?, sha256: row.get(1)?, size_bytes: row.get(2)?, content: row.get(3)? })
}

/// The last body of `url` that was read to its end.
pub(super) fn last_of(db: &Connection, show: i64, url: &str) -> rusqlite::Result<Option<Stored>> {
    db.prepare_cached(
        "SELECT d.id, d.sha256, d.size_bytes, d.content FROM fetches f JOIN documents d ON d.id = f.document_id
         WHERE f.show_id = ?1 AND (f.url = ?2 OR f.final_url = ?2) AND f.outcome IN ('new', 'same') ORDER BY f.id DESC LIMIT 1",
    )?
    .query_row(params![show, url], read)
    .optional()
}

impl Archive {
    /// The last good body of `url`, unpacked.
    pub fn last_document(&self, show: i64, url: &str) -> Result<Option<Vec<u8>>> {
        let found = last_of(&self.db, show, url).map_err(self.sql("read the last document"))?;
        found.map(|stored| stored.unpack(&self.database())).transpose()
    }
}
