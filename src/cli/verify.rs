//! `castkeep verify`

use std::io::{self, Write, stdout};
use std::process::ExitCode;

use clap::Args;

use super::failure::DAMAGED;
use super::setting::Setting;
use crate::archive::ABOUT_DAMAGE;
use crate::jobs::{self, Findings, Hashed, Lost, Replaced};
use crate::report::{Outcome, counted, escape, human_bytes};

/// Hash every file anew; name what is missing, damaged or unknown
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Verify {
    /// Only the files of these shows
    #[arg(value_name = "SHOW")]
    shows: Vec<String>,
    /// Hash nothing: look only whether each file is there and has its size, and whether the database can be read
    #[arg(long, conflicts_with = "sample")]
    quick: bool,
    /// As --quick, and hash such a share of the files: those first that were never hashed or not for the longest time
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    sample: Option<f64>,
    /// Fetch again what is missing or damaged
    #[arg(long)]
    repair: bool,
    /// Fetch what was hashed again, to see whether it is still the same where it came from; other bytes are kept beside it
    #[arg(long, conflicts_with = "quick")]
    refetch: bool,
}

/// `5%` or `0.5%`; more than nothing, and no more than all.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim();
    let is_plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let percent = number.parse::<f64>().ok().filter(|_| is_plain);
    percent
        .filter(|percent| *percent > 0.0 && *percent <= 100.0)
        .ok_or_else(|| "a share is more than 0% and no more than 100%, such as 5% or 0.5%".to_owned())
}

const HELP: &str = "Examples:\n\
\x20 castkeep verify\n\
\x20 castkeep verify --sample 5%\n\
\x20 castkeep verify --repair two-kettles";

impl Verify {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let config = setting.load()?;
        let hashed = match self.sample {
            Some(percent) => Hashed::Percent(percent),
            None if self.quick => Hashed::None,
            None => Hashed::All,
        };
        let request =
            jobs::VerifyRequest { shows: self.shows, hashed, repair: self.repair, refetch: self.refetch };
        let ((run, found), signals) = setting.run(|manner| jobs::verify(config, request, manner))?;
        let printed = print(&found, hashed, self.refetch, setting.talk.quiet);
        let code = setting.end(&run, &signals, printed);
        if found.is_damaged() && run.outcome != Outcome::Interrupted {
            if !found.database.is_empty() {
                setting.talk.hint(ABOUT_DAMAGE);
            } else if !self.repair && found.broken() > 0 {
                setting
                    .talk
                    .hint("run \"castkeep verify --repair\" to fetch again what is missing or damaged");
            } else if found.broken() == 0 {
                let strays = counted(found.strays.len() as u64, "file");
                setting.talk.hint(&format!(
                    "exit code 5: {strays} in audio/ that castkeep did not put there; move what is stray away, or \
                     see whether \"castkeep adopt\" takes it in"
                ));
            }
            return Ok(ExitCode::from(DAMAGED));
        }
        Ok(code)
    }
}

fn print(found: &Findings, hashed: Hashed, refetched: bool, quiet: bool) -> io::Result<()> {
    let mut out = stdout().lock();
    for line in lines(found) {
        writeln!(out, "{line}")?;
    }
    if !quiet {
        writeln!(out, "{}", summary(found, hashed))?;
        if refetched {
            let (same, other) = (found.confirmed, found.replaced.len() as u64);
            writeln!(out, "{} files fetched again: {same} the same, {other} with other bytes", same + other)?;
        }
    }
    out.flush()
}

/// What is wrong, a line each: a word, a path, whose it is, why; by tabs.
fn lines(found: &Findings) -> Vec<String> {
    let lost = |word, list: &[Lost]| list.iter().map(|lost| line(word, lost)).collect::<Vec<_>>();
    let plain = |word, list: &[String]| {
        list.iter().map(|text| format!("{word}\t{}", escape(text, &[]))).collect::<Vec<_>>()
    };
    [
        lost("missing", &found.missing),
        lost("damaged", &found.damaged),
        lost("beside", &found.beside),
        plain("stray", &found.strays),
        plain("database", &found.database),
        plain("repaired", found.repaired.as_deref().unwrap_or_default()),
        found.replaced.iter().map(replaced).collect(),
    ]
    .concat()
}

fn line(word: &str, lost: &Lost) -> String {
    by_tabs(word, &[Some(&lost.path), lost.owner.as_ref(), lost.why.as_ref()])
}

fn replaced(replaced: &Replaced) -> String {
    by_tabs("replaced", &[Some(&replaced.path), replaced.owner.as_ref(), Some(&replaced.by)])
}

fn by_tabs(word: &str, parts: &[Option<&String>]) -> String {
    let parts = parts.iter().flatten().map(|part| escape(part, &[]));
    std::iter::once(word.to_owned()).chain(parts).collect::<Vec<_>>().join("\t")
}

/// How many of how many are whole, those counted that were just repaired.
fn summary(found: &Findings, hashed: Hashed) -> String {
    let whole = found.whole + found.repaired.as_ref().map_or(0, Vec::len) as u64;
    let all = found.whole + found.broken() as u64;
    let of = if whole == all { format!("{all} files") } else { format!("{whole} of {all} files") };
    let size = human_bytes(found.bytes);
    let is_damaged = !found.database.is_empty();
    if is_damaged && all == 0 {
        return "the database is damaged; no file was looked at".to_owned();
    }
    let words = match hashed {
        Hashed::All => format!("{of}, {size}: whole"),
        Hashed::None => format!("{of}, {size}: there"),
        Hashed::Percent(_) => {
            let size_hashed = human_bytes(found.hashed_bytes);
            format!("{of}, {size}: there; {} of them, {size_hashed}, hashed and whole", found.hashed)
        }
    };
    if is_damaged { format!("the database is damaged; {words}") } else { words }
}
