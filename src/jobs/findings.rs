//! What `verify` found: which files are there, which are not what they were, and whose they are.

use serde::Serialize;

/// A file that is not what it was, or not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Relative to the archive.
    pub path: String,
    /// The show and the episode that it belongs to; `None` if no row tells.
    pub owner: Option<String>,
    /// What is wrong with it; `None` if it is not there.
    pub why: Option<String>,
}

/// A file for which its host serves other bytes now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// Relative to the archive; what it was is there still.
    pub path: String,
    /// The show and the episode that it belongs to; `None` if no row tells.
    pub owner: Option<String>,
    /// Where the other bytes are kept, relative to the archive.
    pub by: String,
}

/// What `verify` found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Findings {
    /// Files that are there, as far as they were looked at.
    pub whole: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Of them, those that were hashed.
    pub hashed: u64,
    /// Bytes of those.
    pub hashed_bytes: u64,
    /// Files that are not there.
    pub missing: Vec<Lost>,
    /// Files whose bytes are not those that were stored.
    pub damaged: Vec<Lost>,
    /// Files that castkeep wrote beside the audio, and that are missing or changed. No damage: they are written again.
    pub beside: Vec<Lost>,
    /// Files that no row names, by path; only looked for when all shows are verified.
    pub strays: Vec<String>,
    /// How many files their hosts served again, byte for byte; of those that were asked for.
    pub confirmed: u64,
    /// Files for which their hosts serve other bytes now.
    pub replaced: Vec<Replaced>,
    /// What is wrong with the database.
    pub database: Vec<String>,
    /// Of the missing and damaged, those that are whole again, by path; `None` if that was not asked for.
    pub repaired: Option<Vec<String>>,
}

impl Findings {
    /// Files that are missing or damaged, those included that were repaired.
    pub fn broken(&self) -> usize {
        self.missing.len() + self.damaged.len()
    }

    /// Something is wrong and was not repaired. A stray file is something to tell, and nothing that a repair could mend.
    pub fn is_damaged(&self) -> bool {
        let repaired = self.repaired.as_ref().map_or(0, Vec::len);
        let stray = self.repaired.is_none() && !self.strays.is_empty();
        self.broken() > repaired || stray || !self.database.is_empty()
    }
}
