//! `doctor`: the installation is looked over, quickly and without changing anything: configuration, clock, disk, database,
//! files. Nothing is hashed; that is what `verify` is for.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::session::{MEGABYTE, now};
use super::{Error, hooks};
use crate::archive::{self, Archive, Depth, FileSystem, Reader, VERSION, about_rights};
use crate::config::Config;
use crate::download::{FileState, Store};
use crate::model::{Time, few};
use crate::report::{counted, human_bytes};

/// What a look at something came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Well,
    /// It is worth knowing, and does no harm.
    Note,
    /// It needs somebody's care.
    Bad,
}

/// One look: at what, what was found, what to think of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// What was found.
    pub found: String,
    /// What to think of it.
    pub verdict: Verdict,
}

fn well(what: &'static str, found: impl Into<String>) -> Finding {
    Finding { what, found: found.into(), verdict: Verdict::Well }
}

fn note(what: &'static str, found: impl Into<String>) -> Finding {
    Finding { verdict: Verdict::Note, ..well(what, found) }
}

fn bad(what: &'static str, found: impl Into<String>) -> Finding {
    Finding { verdict: Verdict::Bad, ..well(what, found) }
}

fn judged(is_well: bool, what: &'static str, found: impl Into<String>) -> Finding {
    if is_well { well(what, found) } else { bad(what, found) }
}

/// SQLite before 3.51.3 can corrupt a database when two connections reset its log at once (sqlite.org/releaselog/3_51_3.html).
const LEAST_SQLITE: i32 = 3_051_003;
/// A log that is so long is kept from being folded in, by a reader that never ends.
const LONG_LOG: u64 = 256 * 1024 * 1024;
/// A file that was not hashed for so long may have rotted unnoticed.
const LONG_UNVERIFIED: Duration = Duration::from_hours(90 * 24);
/// Castkeep is younger than this: a clock that shows an earlier time is wrong.
const BIRTH: i64 = 1_735_689_600;
/// 2100: later is a clock gone wrong, too.
const FAR_AHEAD: i64 = 4_102_444_800;

/// Looks everything over, from the program to the last file.
pub fn examine(config: &Config, path: &Path) -> Result<Vec<Finding>, Error> {
    let shows = counted(config.shows.len() as u64, "show");
    let mut findings = vec![
        well("castkeep", env!("CARGO_PKG_VERSION")),
        judged(Reader::sqlite_number() >= LEAST_SQLITE, "sqlite", Reader::sqlite_version()),
        well("configuration", format!("{}: {shows}", path.display())),
    ];
    findings.extend(
        config
            .naming
            .template
            .iter()
            .map(|template| well("names", format!("{template}, such as {}", template.example()))),
    );
    findings.extend(programs(config));
    let folder = &config.archive.directory;
    match Reader::open(folder) {
        Ok(reader) => {
            findings.push(clock(now(), reader.newest().ok().flatten()));
            findings.extend(archive(config, &reader)?);
        }
        Err(error @ archive::Error::Absent(_)) if config.archive.create => {
            findings.push(clock(now(), None));
            findings.push(well("archive", error.to_string()));
        }
        Err(error) => {
            findings.push(clock(now(), None));
            findings.push(bad("archive", with_cause(&error)));
        }
    }
    Ok(findings)
}

fn with_cause(error: &dyn std::error::Error) -> String {
    let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
    format!("{error}{cause}")
}

/// Times in the archive are those of the clock; nothing in it was written later than now.
fn clock(now: Time, newest: Option<Time>) -> Finding {
    let shown = now.format("%Y-%m-%d %H:%M UTC");
    match newest {
        _ if !(BIRTH..FAR_AHEAD).contains(&now.unix()) => bad("clock", format!("{shown} can't be")),
        Some(newest) if newest > now + Duration::from_mins(5) => {
            bad("clock", format!("{shown}, but the archive was written to at {newest}"))
        }
        _ => well("clock", shown),
    }
}

fn archive(config: &Config, reader: &Reader) -> Result<Vec<Finding>, Error> {
    let folder = &config.archive.directory;
    let mut found = vec![schema(folder, reader)];
    found.extend(file_system(folder, reader));
    found.extend(permissions(folder));
    if Archive::is_held(folder) {
        found.push(note("lock", "another run holds the archive"));
    }
    found.extend(log(folder));
    found.push(database(reader));
    found.extend(files(folder, reader));
    found.extend(reader.status().unwrap_or_default().iter().map(show));
    found.extend(calls(reader));
    found.push(disk(config)?);
    Ok(found)
}

/// What was called for episodes, where that went badly.
fn calls(reader: &Reader) -> Option<Finding> {
    let trouble = reader.hook_trouble().ok()?;
    let (failed, abandoned) = (trouble.failed, trouble.abandoned);
    (failed + abandoned > 0).then(|| {
        let calls = counted(failed + abandoned, "call");
        let words = "SELECT * FROM hook_list tells why";
        note("hooks", format!("{calls} of on_episode failed, {abandoned} for good: {words}"))
    })
}

/// The programs that are to be called: whether they can be.
fn programs(config: &Config) -> Vec<Finding> {
    let own = config.shows.iter().filter_map(|show| show.on_episode.as_ref());
    let programs: BTreeSet<&str> =
        own.chain([&config.hooks.on_episode]).filter_map(|command| Some(command.first()?.as_str())).collect();
    let look = |program: &str| match hooks::find(program) {
        Some(path) => well("hooks", path.display().to_string()),
        None => bad("hooks", format!("{program} is not there, or not executable")),
    };
    programs.into_iter().map(look).collect()
}

/// A show that can't be had, or not whole, is worth knowing.
fn show(show: &archive::ShowStatus) -> Finding {
    let mut words = format!("{}: {} episodes, {} with audio", show.show, show.episodes, show.with_audio);
    let trouble = [
        (show.missing > 0).then(|| format!("{} missing", show.missing)),
        (show.error_count > 0).then(|| format!("failed polls in a row: {}", show.error_count)),
        (show.state == "gone").then(|| "its feed is gone and not asked for any more".to_owned()),
    ];
    let trouble: Vec<String> = trouble.into_iter().flatten().collect();
    if trouble.is_empty() {
        return well("show", words);
    }
    words.push_str(&format!(", {}", trouble.join(", ")));
    note("show", words)
}

fn schema(folder: &Path, reader: &Reader) -> Finding {
    let found = reader.version();
    let words = format!("{}, schema version {found}", folder.display());
    if found == VERSION {
        return well("archive", words);
    }
    note("archive", format!("{words}: the next run that writes makes it version {VERSION}, after a backup"))
}

fn file_system(folder: &Path, reader: &Reader) -> Option<Finding> {
    let journal = reader.journal_mode().unwrap_or_default();
    match FileSystem::of(folder) {
        FileSystem::Local => None,
        FileSystem::Network(name) => Some(note(
            "file system",
            format!("{name}, over a network (journal: {journal}): let one machine write, and one only"),
        )),
        FileSystem::Fuse => Some(note(
            "file system",
            format!(
                "FUSE (journal: {journal}): if another machine is behind it, let one machine write, and one only"
            ),
        )),
    }
}

/// What this user can't write to; cron may be another.
fn permissions(folder: &Path) -> Vec<Finding> {
    let may_write =
        |path: &PathBuf| rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok() || !path.exists();
    let names = ["", "archive.db", "lock", "audio", "tmp"];
    let paths = names.into_iter().map(|name| folder.join(name));
    paths
        .filter(|path| !may_write(path))
        .map(|path| {
            bad("permissions", format!("{} can't be written: {}", path.display(), about_rights(&path)))
        })
        .collect()
}

fn log(folder: &Path) -> Option<Finding> {
    let size = std::fs::metadata(folder.join("archive.db-wal")).ok()?.len();
    let words =
        format!("{} wait in archive.db-wal: does a program keep the archive open?", human_bytes(size));
    (size > LONG_LOG).then(|| note("log", words))
}

fn database(reader: &Reader) -> Finding {
    let broken = reader.integrity(Depth::Full);
    judged(
        broken.is_empty(),
        "database",
        if broken.is_empty() { "whole".to_owned() } else { few(&broken, "; ") },
    )
}

/// The files of the archive against its rows, by name and length.
fn files(folder: &Path, reader: &Reader) -> Vec<Finding> {
    let rows = match reader.files(None) {
        Ok(rows) => rows,
        Err(error) => return vec![bad("files", with_cause(&error))],
    };
    let store = match Store::open_existing(folder) {
        Ok(store) => store,
        // Nothing was downloaded yet.
        Err(_) if rows.is_empty() => return Vec::new(),
        Err(error) => return vec![bad("files", error.to_string())],
    };
    let mut broken = Vec::new();
    for file in &rows {
        let path = &file.path;
        match store.check(Path::new(path), file.size_bytes, None) {
            Ok(FileState::Whole) if file.state == "damaged" => broken.push(format!("{path} (damaged)")),
            Ok(FileState::Whole) => {}
            Ok(FileState::Missing) => broken.push(format!("{path} (missing)")),
            Ok(FileState::Damaged(why)) => broken.push(format!("{path} ({why})")),
            Err(error) => broken.push(error.to_string()),
        }
    }
    let words = match broken.len() {
        0 => format!("{} there", rows.len()),
        n => format!("{n} of {} are not as they were: {}", rows.len(), few(&broken, ", ")),
    };
    let mut found = vec![judged(broken.is_empty(), "files", words)];
    found.extend(strays(&store, &reader.paths().unwrap_or_default()));
    found.extend(parts(&store));
    found.push(verified(reader, now()));
    found
}

fn strays(store: &Store, known: &HashSet<PathBuf>) -> Option<Finding> {
    let strays = match store.strays(known) {
        Ok(strays) => strays.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        Err(error) => return Some(bad("strays", error.to_string())),
    };
    (!strays.is_empty())
        .then(|| note("strays", format!("{} that no row names: {}", strays.len(), few(&strays, ", "))))
}

fn parts(store: &Store) -> Option<Finding> {
    let (count, size) = store.parts().unwrap_or_default();
    let downloads = counted(count, "download");
    let words =
        format!("{downloads} under way in tmp/, {}; the next sync goes on with them", human_bytes(size));
    (count > 0).then(|| note("parts", words))
}

fn verified(reader: &Reader, now: Time) -> Finding {
    let verified = match reader.verified() {
        Ok(verified) => verified,
        Err(error) => return bad("verified", with_cause(&error)),
    };
    let words = match verified.since {
        Some(since) => format!(
            "{} of {} files since they were stored; each was looked at since {}",
            verified.files - verified.never,
            verified.files,
            since.format("%Y-%m-%d")
        ),
        None => "no files yet".to_owned(),
    };
    if verified.since.is_none_or(|since| now.since(since) < LONG_UNVERIFIED) {
        return well("verified", words);
    }
    note("verified", format!("{words}: \"castkeep verify --sample 5\" each night goes round in twenty"))
}

fn disk(config: &Config) -> Result<Finding, Error> {
    let stat = rustix::fs::statvfs(&config.archive.directory).map_err(std::io::Error::from)?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let floor = config.archive.min_free_mb.saturating_mul(MEGABYTE);
    let words = format!("{} free (downloads stop below {})", human_bytes(free), human_bytes(floor));
    Ok(judged(free >= floor, "disk", words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_held_against_the_archive() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let verdict = |now: &str, newest: Option<&str>| clock(at(now), newest.map(at)).verdict;
        assert_eq!(verdict("2026-11-23T00:00:00Z", None), Verdict::Well);
        assert_eq!(verdict("2026-11-23T00:00:00Z", Some("2026-11-22T00:00:00Z")), Verdict::Well);
        assert_eq!(verdict("2026-11-21T00:00:00Z", Some("2026-11-22T00:00:00Z")), Verdict::Bad);
        assert_eq!(verdict("1970-01-01T00:00:10Z", None), Verdict::Bad);
        assert_eq!(verdict("2199-01-01T00:00:00Z", None), Verdict::Bad);
    }
}
