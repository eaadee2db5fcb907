//! A property list for launchd: launchd.plist(5).

use super::Job;
use super::quote::xml;

const LABEL: &str = "castkeep.sync";

/// The list. What a Mac slept through is made up for when it wakes.
pub(super) fn list(job: &Job) -> String {
    let own = std::iter::once(job.program.as_str()).chain(job.arguments.iter().map(String::as_str));
    let words: String =
        own.chain(["--quiet", "sync"]).map(|word| format!("    <string>{}</string>\n", xml(word))).collect();
    let times: String = job.moment.times().into_iter().map(time).collect();
    let log = xml(&format!("{}/castkeep.log", job.folder));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- ~/Library/LaunchAgents/{LABEL}.plist, then: launchctl bootstrap gui/$UID ~/Library/LaunchAgents/{LABEL}.plist -->\n\
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
