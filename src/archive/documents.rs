//! Feed bodies, kept once a digest, compressed.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::{Error, Result};
use crate::model::Digest;

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
    size_bytes: i64,
    content: Vec<u8>,
}

impl Stored {
    pub(super) fn unpack(self, database: &Path) -> Result<Vec<u8>> {
        let size = usize::try_from(self.size_bytes).unwrap_or_default();
        zstd::bulk::decompress(&self.content, size).map_err(|source| Error::Document {
            path: database.to_owned(),
            id: self.id,
            source,
        })
    }
}

pub(super) fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<Stored>> {
    db.prepare_cached("SELECT id, size_bytes, content FROM documents WHERE id = ?1")?
        .query_row([id], read)
        .optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored { id: row.get(0)?, size_bytes: row.get(1)?, content: row.get(2)? })
}

/// The last body of `url` that was read to its end.
pub(super) fn last_of(db: &Connection, show: i64, url: &str) -> rusqlite::Result<Option<Stored>> {
    db.prepare_cached(
        "SELECT d.id, d.size_bytes, d.content FROM fetches f JOIN documents d ON d.id = f.document_id
         WHERE f.show_id = ?1 AND (f.url = ?2 OR f.final_url = ?2) AND f.outcome IN ('new', 'same') ORDER BY f.id DESC LIMIT 1",
    )?
    .query_row(params![show, url], read)
    .optional()
}
