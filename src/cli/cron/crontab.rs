//! The lines for a crontab: crontab(5).

use super::quote::{crontab, shell};
use super::{Job, has};

/// A remark a line, then the line. With `--quiet` nothing is printed but failures, and a run that finds another at work ends
/// without a word: cron mails what is printed.
pub(super) fn lines(job: &Job) -> String {
    let log = crontab(&shell(&format!("{}/castkeep.log", job.folder)));
    format!(
        "# castkeep: what went wrong comes by mail; a night without failures says nothing (put it in with crontab -e)\n\
         # To whom: MAILTO=you@example.org above this line. Into a file instead: >> {log} 2>&1 behind it\n\
         # While one run is at work, another ends at once (exit code 4), without a mail.\n\
         {} {}\n",
        job.moment.crontab(),
        crontab(&command(job))
    )
}

fn command(job: &Job) -> String {
    let polite: &[&str] =
        if has("ionice") { &["nice", "-n", "10", "ionice", "-c", "3"] } else { &["nice", "-n", "10"] };
    let own = std::iter::once(job.program.as_str()).chain(job.arguments.iter().map(String::as_str));
    let words = polite.iter().copied().chain(own).chain(["--quiet", "sync"]);
    words.map(shell).collect::<Vec<_>>().join(" ")
}
