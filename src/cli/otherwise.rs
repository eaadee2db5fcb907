//! What other programs call a command: a word that castkeep does not know, and what it calls the same.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Their word, and the command here.
const WORDS: &[(&str, &str)] = &[
    ("check", "verify"),
    ("complete", "completions"),
    ("completion", "completions"),
    ("create", "init"),
    ("cronjob", "cron"),
    ("daemon", "watch"),
    ("delete", "remove"),
    ("diagnose", "doctor"),
    ("dl", "sync"),
    ("download", "sync"),
    ("du", "status"),
    ("episodes", "show"),
    ("feeds", "status"),
    ("fetch", "sync"),
    ("find", "search"),
    ("follow", "add"),
    ("fsck", "verify"),
    ("get", "sync"),
    ("grep", "search"),
    ("health", "doctor"),
    ("info", "show"),
    ("list", "status"),
    ("listen", "open"),
    ("ls", "status"),
    ("mv", "rename"),
    ("new", "init"),
    ("pending", "status"),
    ("play", "open"),
    ("podcasts", "status"),
    ("poll", "sync"),
    ("pull", "sync"),
    ("query", "sql"),
    ("refresh", "sync"),
    ("rm", "remove"),
    ("run", "sync"),
    ("schedule", "cron"),
    ("service", "cron"),
    ("setup", "init"),
    ("shows", "status"),
    ("skip", "catch-up"),
    ("stats", "status"),
    ("subscribe", "add"),
    ("subscriptions", "status"),
    ("systemd", "cron"),
    ("timer", "cron"),
    ("unfollow", "remove"),
    ("unsubscribe", "remove"),
    ("update", "sync"),
    ("validate", "verify"),
    ("view", "show"),
];

/// An error that names the command that is meant, where the word is one of these; clap guesses at misspelt ones.
pub(super) fn told(mut error: clap::Error) -> clap::Error {
    if let Some(tip) = tip(&error) {
        error.remove(ContextKind::SuggestedSubcommand);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// Which command the unknown word stands for.
pub(super) fn tip(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    if error.kind() != ErrorKind::InvalidSubcommand || !is_of_castkeep(error) {
        return None;
    }
    Some(format!("castkeep calls it \"castkeep {}\"", meant(&word.to_ascii_lowercase())?))
}

/// The word stands where the command should, and not below one: `Usage: castkeep [OPTIONS] <COMMAND>`.
fn is_of_castkeep(error: &clap::Error) -> bool {
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else { return false };
    usage.to_string().split_whitespace().nth(2).is_some_and(|word| word.starts_with(['[', '<']))
}

/// `list-shows` is said as `list` is.
fn meant(word: &str) -> Option<&'static str> {
    let first = word.split(['-', '_']).next()?;
    WORDS.iter().find(|(theirs, _)| *theirs == word || *theirs == first).map(|(_, ours)| *ours)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn words_lead_to_commands_that_there_are_and_stand_in_order() {
        let command = crate::cli::Cli::command();
        for (theirs, ours) in WORDS {
            assert!(command.find_subcommand(ours).is_some(), "{ours}");
            assert!(command.find_subcommand(theirs).is_none(), "{theirs}");
        }
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_words_of_other_programs_are_understood_and_misspelt_ones_are_left_to_clap() {
        let said = |words: &str| {
            let arguments = std::iter::once("castkeep").chain(words.split(' '));
            let error = crate::cli::Cli::command().try_get_matches_from(arguments).err().unwrap();
            let text = told(error).to_string();
            text.lines().find_map(|line| line.trim().strip_prefix("tip: ")).map(str::to_owned)
        };
        let calls = |ours: &str| Some(format!("castkeep calls it \"castkeep {ours}\""));
        for (word, ours) in [
            ("update", "sync"),
            ("--quiet fetch", "sync"),
            ("download --force", "sync"),
            ("GET", "sync"),
            ("ls", "status"),
            ("list-shows", "status"),
            ("unsubscribe a-show", "remove"),
            ("play latest", "open"),
            ("grep kettle", "search"),
            ("check", "verify"),
        ] {
            assert_eq!(said(word), calls(ours), "{word}");
        }
        assert_eq!(said("remove-show").as_deref(), Some("a similar subcommand exists: 'remove'"));
        assert_eq!(said("snyc").as_deref(), Some("a similar subcommand exists: 'sync'"));
        assert_eq!(said("zzz"), None);
        assert_eq!(said("config list"), None, "that is no command below it, either");
    }
}
