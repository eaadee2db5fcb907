//! Old copies of a feed, saved by hand or taken from a web archive: found, and put in order of age.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::session::now;
use crate::http::Url;
use crate::model::Time;
use crate::{feed, fetch};

/// Folders nested deeper than this are not looked into.
const DEEPEST: usize = 16;

/// A copy of a feed in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) path: PathBuf,
    pub(super) url: Url,
    /// When it was made, as far as its name or its own dates tell; else at the beginning of all time.
    pub(super) as_of: Time,
}

/// What was found of copies.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Oldest first.
    pub(super) copies: Vec<Copy>,
    /// Files that were named and are none, and why.
    pub(super) failures: Vec<String>,
    /// Files in folders that are none, and why.
    pub(super) passed_over: Vec<String>,
}

/// Looks at files, and at all files in folders; a larger one than `cap` bytes is not read.
pub(super) fn collect(from: &[PathBuf], cap: u64) -> Copies {
    let mut found = Copies::default();
    for path in from {
        if path.is_dir() {
            let mut files = Vec::new();
            if let Err(error) = walk(path, DEEPEST, &mut files) {
                found.failures.push(format!("read {}: {error}", path.display()));
            }
            for file in files {
                match look(&file, cap) {
                    Ok(copy) => found.copies.push(copy),
                    Err(why) => found.passed_over.push(why),
                }
            }
        } else {
            match look(path, cap) {
                Ok(copy) => found.copies.push(copy),
                Err(why) => found.failures.push(why),
            }
        }
    }
    found.copies.sort_by(|a, b| (a.as_of, &a.path).cmp(&(b.as_of, &b.path)));
    found.copies.dedup();
    found
}

/// The files in a folder and those below it, in order of name. Hidden ones and linked folders are left out.
fn walk(folder: &Path, deeper: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() && deeper > 0 {
            walk(&path, deeper - 1, files)?;
        } else if path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn look(path: &Path, cap: u64) -> Result<Copy, String> {
    let tell = |why: &dyn std::fmt::Display| format!("read {}: {why}", path.display());
    let path = path.canonicalize().map_err(|error| tell(&error))?;
    let url =
        Url::from_file_path(&path).map_err(|()| tell(&"not a path that can be written as an address"))?;
    let bytes = fetch::read_file(&url, cap).map_err(|error| tell(&error.cause))?;
    let parsed = feed::parse(&bytes, feed::Hints::default(), &|_| false).map_err(|error| tell(&error))?;
    let now = now();
    // A name may lie; what lies ahead surely does.
    let of_name = path.file_name().and_then(named).filter(|at| *at <= now);
    let said = of_name.or_else(|| feed::made_at(&parsed, now)).max(feed::newest(&parsed, now));
    // The file's own time is that of its last copying: a document without a date adds what is unknown, and overwrites nothing.
    let as_of = said.or_else(|| Time::from_unix(0)).unwrap_or(now).min(now);
    Ok(Copy { path, url, as_of })
}

/// The date in the name of a file: fourteen digits, as web archives write them, else a day (2019-04-19 or 20190419).
fn named(name: &OsStr) -> Option<Time> {
    let name = name.to_str()?;
    let runs: Vec<&str> = name.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let date = |date: &str, time: &str| -> Option<Time> {
        let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..8)?);
        let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..6)?);
        let at: Time = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()?;
        (at.unix() > 946_684_800).then_some(at)
    };
    let whole = runs.iter().filter(|run| run.len() == 14).find_map(|run| date(&run[..8], &run[8..]));
    let day = || runs.iter().filter(|run| run.len() == 8).find_map(|run| date(run, "000000"));
    let parts = || {
        let is_day = |parts: &&[&str]| parts[0].len() == 4 && parts[1].len() == 2 && parts[2].len() == 2;
        runs.windows(3).filter(is_day).find_map(|parts| date(&parts.concat(), "000000"))
    };
    whole.or_else(day).or_else(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_tell_when_a_copy_was_made() {
        let named = |name: &str| named(OsStr::new(name)).map(|at| at.to_string());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(named("20190405123456.xml"), some("2019-04-05T12:34:56Z"));
        assert_eq!(named("feed-20190405.rss.gz"), some("2019-04-05T00:00:00Z"));
        assert_eq!(named("2019-04-05 my show.xml"), some("2019-04-05T00:00:00Z"));
        assert_eq!(named("rss_2016.xml"), None);
        assert_eq!(named("episode-12345678.xml"), None);
        assert_eq!(named("1970-01-01.xml"), None);
    }
}
