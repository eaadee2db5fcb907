//! A service and its timer for systemd: systemd.service(5), systemd.timer(5).

use std::time::Duration;

use super::quote::systemd;
use super::{Job, heading};

const FOLDER: &str = "~/.config/systemd/user";

/// Both units, each under the name of its file, and what is to be done with them.
pub(super) fn units(job: &Job) -> String {
    let [service, timer] = files(job).map(|(name, text)| heading(&format!("{FOLDER}/{name}")) + &text);
    format!(
        "{service}\n{timer}\n\
         # then: systemctl --user daemon-reload && systemctl --user enable --now castkeep.timer\n\
         # that it runs while you are not logged in: loginctl enable-linger\n"
    )
}

/// What is to be typed once they are where they should be. It makes systemd read them anew, too.
pub(super) const NEXT: &str = "systemctl --user enable --now castkeep.timer\n\
     loginctl enable-linger        # that it runs while you are not logged in\n";

/// The files and their names.
pub(super) fn files(job: &Job) -> [(&'static str, String); 2] {
    [("castkeep.service", service(job)), ("castkeep.timer", timer(job))]
}

fn service(job: &Job) -> String {
    let own = std::iter::once(&job.program).chain(&job.arguments);
    let words = starter(&job.program).into_iter().map(str::to_owned).chain(own.map(|word| systemd(word)));
    let command: Vec<_> = words.chain(["sync".to_owned()]).collect();
    format!(
        "[Unit]\n\
         Description=castkeep asks the feeds that are due\n\
         Wants=network-online.target\n\
         After=network-online.target\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         ExecStart={}\n\
         # 4: another run is at work; 143: stopped by systemctl. What is said goes into the journal.\n\
         SuccessExitStatus=4 143\n\
         Nice=10\n\
         IOSchedulingClass=idle\n",
        command.join(" ")
    )
}

fn timer(job: &Job) -> String {
    format!(
        "[Unit]\n\
         Description=castkeep by the clock\n\
         \n\
         [Timer]\n\
         OnCalendar={}\n\
         RandomizedDelaySec={}\n\
         # What fell into a time when the machine was off is made up for.\n\
         Persistent=true\n\
         \n\
         [Install]\n\
         WantedBy=timers.target\n",
        job.moment.calendar(),
        delay(job.moment.period).as_secs()
    )
}

/// systemd takes no program whose path has these in it, but an argument may.
fn starter(program: &str) -> Option<&'static str> {
    program.contains(['"', '\'', '\\', '$']).then_some("/usr/bin/env")
}

/// So much by chance that no interval gets shorter than the nine tenths that count as whole.
fn delay(period: Duration) -> Duration {
    (period / 20).min(Duration::from_hours(1))
}
