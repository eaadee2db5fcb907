//! A property list for launchd: launchd.plist(5).

use super::Job;
use super::quote::xml;

const LABEL: &str = "castkeep.sync";

/// The file's name.
pub(super) const FILE: &str = "castkeep.sync.plist";

/// The list, with where it goes and what is then to be done.
pub(super) fn list(job: &Job) -> String {
    let path = format!("~/Library/LaunchAgents/{FILE}");
    remarked(job, &format!("{path}, then: launchctl bootstrap gui/$UID {path}"))
}

/// What is to be typed once it is at `path`; one that was there before is let go first.
pub(super) fn next(path: &str) -> String {
    format!(
        "launchctl bootout gui/$UID/{LABEL}     # if it ran before\nlaunchctl bootstrap gui/$UID {path}\n"
    )
}

/// The list, with a remark. What a Mac slept through is made up for when it wakes.
pub(super) fn remarked(job: &Job, remark: &str) -> String {
    let own = std::iter::once(job.program.as_str()).chain(job.arguments.iter().map(String::as_str));
    let words: String =
        own.chain(["--quiet", "sync"]).map(|word| format!("    <string>{}</string>\n", xml(word))).collect();
    let times: String = job.moment.times().into_iter().map(time).collect();
    let log = xml(&format!("{}/castkeep.log", job.folder));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- {remark} -->\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\
         \x20 <key>Label</key>\n  <string>{LABEL}</string>\n\
         \x20 <key>ProgramArguments</key>\n  <array>\n{words}  </array>\n\
         \x20 <key>StartCalendarInterval</key>\n  <array>\n{times}  </array>\n\
         \x20 <key>Nice</key>\n  <integer>10</integer>\n\
         \x20 <key>LowPriorityIO</key>\n  <true/>\n\
         \x20 <key>ProcessType</key>\n  <string>Background</string>\n\
         \x20 <key>StandardOutPath</key>\n  <string>{log}</string>\n\
         \x20 <key>StandardErrorPath</key>\n  <string>{log}</string>\n\
         </dict>\n</plist>\n"
    )
}

fn time((hour, minute): (Option<u64>, u64)) -> String {
    let hour = hour.map(|hour| format!("<key>Hour</key><integer>{hour}</integer>")).unwrap_or_default();
    format!("    <dict>{hour}<key>Minute</key><integer>{minute}</integer></dict>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::cron::install::{MARK, install};
    use crate::cli::cron::moment::Moment;

    #[test]
    fn a_list_is_written_where_launchd_looks_and_written_again() {
        let job = Job {
            program: "/opt/castkeep".to_owned(),
            arguments: vec!["--config".to_owned(), "/pods/config.toml".to_owned()],
            folder: "/pods".to_owned(),
            moment: Moment::daily(4, 17),
        };
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("Library/LaunchAgents");
        for _ in 0..2 {
            install(&folder, &[(FILE, remarked(&job, MARK))]).unwrap();
        }
        let text = std::fs::read_to_string(folder.join("castkeep.sync.plist")).unwrap();
        assert!(
            text.contains("<!-- Written by castkeep cron") && text.contains("<string>/opt/castkeep</string>")
        );
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        let arguments = vec!["--config".to_owned(), "/other/config.toml".to_owned()];
        let other = Job { arguments, ..job };
        let refused = install(&folder, &[(FILE, remarked(&other, MARK))]).unwrap_err().to_string();
        let why = "it runs castkeep for /pods/config.toml, not for /other/config.toml";
        assert!(refused.ends_with(why), "{refused}");
        assert_eq!(std::fs::read_to_string(folder.join(FILE)).unwrap(), text);
    }
}
