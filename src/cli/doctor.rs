//! `castkeep doctor`

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::DAMAGED;
use super::setting::Setting;
use crate::archive::{Error, Reader, VERSION};
use crate::config::Config;
use crate::report::human_bytes;

/// Look the installation over: configuration, archive, disk
#[derive(Args)]
pub(super) struct Doctor {}

/// One look: what was looked at, what was found, whether it is well.
struct Finding(&'static str, String, bool);

impl Doctor {
    #[expect(clippy::unused_self, reason = "every command has the same shape")]
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let mut findings = vec![
            Finding("castkeep", env!("CARGO_PKG_VERSION").to_owned(), true),
            Finding("sqlite", Reader::sqlite_version().to_owned(), true),
            Finding(
                "configuration",
                format!("{}: {}", setting.config_path().display(), shows(config.shows.len())),
                true,
            ),
        ];
        findings.extend(archive(&config)?);
        let mut out = stdout().lock();
        for Finding(what, found, is_well) in &findings {
            writeln!(out, "{}  {what}: {found}", if *is_well { "ok  " } else { "BAD " })?;
        }
        let is_well = findings.iter().all(|Finding(.., is_well)| *is_well);
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(DAMAGED) })
    }
}

/// Damage that repeats is told by its first examples.
const MOST_TOLD: usize = 3;

fn shows(count: usize) -> String {
    format!("{count} {}", if count == 1 { "show" } else { "shows" })
}

fn archive(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let folder = &config.archive.directory;
    let reader = match Reader::open(folder) {
        Ok(reader) => reader,
        Err(error @ Error::Absent(_)) => return Ok(vec![Finding("archive", error.to_string(), true)]),
        Err(error) => {
            return Ok(vec![Finding("archive", format!("{:#}", anyhow::Error::from(error)), false)]);
        }
    };
    let mut found = vec![Finding("archive", format!("{}, schema version {VERSION}", folder.display()), true)];
    let broken = reader.integrity()?;
    let words = match broken.len().saturating_sub(MOST_TOLD) {
        _ if broken.is_empty() => "whole".to_owned(),
        0 => broken.join("; "),
        more => format!("{}; and {more} more", broken[..MOST_TOLD].join("; ")),
    };
    found.push(Finding("database", words, broken.is_empty()));
    for show in reader.status()? {
        let words = format!(
            "{}: {} episodes, {} with audio, {} missing, failed polls in a row: {}",
            show.show, show.episodes, show.with_audio, show.missing, show.error_count
        );
        found.push(Finding("show", words, true));
    }
    found.push(disk(config)?);
    Ok(found)
}

fn disk(config: &Config) -> anyhow::Result<Finding> {
    let stat = rustix::fs::statvfs(&config.archive.directory)?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let floor = config.archive.min_free_mb.saturating_mul(1_000_000);
    let words = format!("{} free (downloads stop below {})", human_bytes(free), human_bytes(floor));
    Ok(Finding("disk", words, free >= floor))
}
