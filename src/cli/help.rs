//! Help that fits a screen: `-h` in 24 lines, `--help` with all options and examples in 40.
//!
//! Clap's own long form takes three lines an option, so nothing here has a long form: `--help` is all there is, and `-h` is
//! that less what is the same everywhere.

use std::ffi::OsString;

use clap::Command;

use super::GLOBAL;

/// What opens the examples at the end of a command's help.
const EXAMPLES: &str = "Examples:\n";

/// Where `castkeep -h` lists commands; one that stands nowhere here is listed last.
const GROUPS: &[(&str, &[&str])] = &[
    ("Begin", &["demo", "init", "add", "import", "adopt", "remove"]),
    ("Keep", &["sync", "backfill", "watch", "cron", "catch-up", "rename", "report"]),
    ("Look", &["status", "show", "open", "search", "sql", "schema"]),
    ("Care", &["verify", "doctor", "backup", "export"]),
];

/// The command as this command line asks for its help.
pub(super) fn dressed(command: Command, args: impl Iterator<Item = OsString>) -> Command {
    let args: Vec<OsString> = args.skip(1).collect();
    let is_short = args.is_empty() || args.iter().any(|arg| arg == "-h");
    if is_short { overview(short(command)) } else { command }
}

/// Without the options of all commands, without examples.
fn short(command: Command) -> Command {
    let names: Vec<String> = command.get_arguments().filter(|arg| arg.is_global_set()).map(named).collect();
    let more = format!("{GLOBAL}: {}\n\"--help\" tells more", names.join(" "));
    brief(command, &more)
}

fn named(arg: &clap::Arg) -> String {
    format!("--{}", arg.get_long().unwrap_or_else(|| arg.get_id().as_str()))
}

fn brief(command: Command, more: &str) -> Command {
    command
        .mut_args(|arg| {
            let hidden = arg.is_global_set() || arg.is_hide_set();
            let takes_values = arg.get_action().takes_values();
            arg.hide(hidden).hide_possible_values(takes_values)
        })
        .mut_subcommands(|below| brief(below, more))
        .after_help(more.to_owned())
}

/// Commands by what they are for, a line a group.
fn overview(command: Command) -> Command {
    let all: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let is_grouped = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    let line = |title: &str, names: Vec<&str>| format!("  {title:6}{}\n", names.join(", "));
    let mut groups: String = GROUPS
        .iter()
        .map(|(title, names)| {
            line(title, names.iter().copied().filter(|name| all.iter().any(|known| known == name)).collect())
        })
        .collect();
    groups += &line("More", all.iter().map(String::as_str).filter(|name| !is_grouped(name)).collect());
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\nCommands:\n{groups}\nOptions:\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

/// What the end of a command's help says: its remarks, and its examples, a line each.
pub(super) fn remarks(command: &Command) -> (String, Vec<String>) {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (before, after) = text.split_once(EXAMPLES).unwrap_or((&text, ""));
    let (examples, after): (Vec<&str>, Vec<&str>) = after.lines().partition(|line| line.starts_with("  "));
    let remarks = format!("{}\n{}", before.trim(), after.join("\n").trim());
    (remarks.trim().to_owned(), examples.iter().map(|line| line.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// The lines of a command's help on 80 columns, and of all below it.
    fn lines(command: &mut Command, path: &str, found: &mut Vec<(String, usize)>) {
        let help = command.clone().term_width(80).render_help().to_string();
        assert!(!command.get_arguments().any(|arg| arg.get_long_help().is_some()), "{path} has a long form");
        found.push((path.to_owned(), help.lines().count()));
        for below in command.get_subcommands_mut().filter(|below| below.get_name() != "help") {
            let path = format!("{path} {}", below.get_name());
            lines(below, &path, found);
        }
    }

    fn longer_than(most: usize, mut command: Command) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        command.build();
        lines(&mut command, "castkeep", &mut found);
        found.retain(|(_, lines)| *lines > most);
        found
    }

    #[test]
    fn help_fits_a_screen() {
        let as_asked = |flag: &str| {
            dressed(crate::cli::Cli::command(), ["castkeep", flag].map(OsString::from).into_iter())
        };
        assert_eq!(longer_than(24, as_asked("-h")), []);
        // The list of all commands is as long as they are many.
        let mut long = longer_than(40, as_asked("--help"));
        long.retain(|(path, _)| path != "castkeep");
        assert_eq!(long, []);
    }

    /// The examples of all commands that do something.
    fn examples(command: &Command, path: &str, found: &mut Vec<(String, Vec<String>)>) {
        found.push((path.to_owned(), remarks(command).1));
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            examples(below, &format!("{path} {}", below.get_name()), found);
        }
    }

    #[test]
    fn every_command_has_examples_that_it_understands() {
        let mut all = Vec::new();
        examples(&crate::cli::Cli::command(), "castkeep", &mut all);
        for (path, examples) in all {
            assert!((2..=4).contains(&examples.len()), "{path} has {} examples", examples.len());
            for example in examples {
                let line = example.split(" > ").next().unwrap().split(" < ").next().unwrap();
                // What stands far behind is a remark on it.
                let line = line.split("   ").next().unwrap();
                let mut parts = line.split(" | ").flat_map(|part| part.trim_matches(['(', ')']).split("; "));
                let own = parts.find(|part| part.starts_with("castkeep ")).unwrap();
                let words = shlex::split(own).unwrap();
                if let Err(error) = crate::cli::Cli::command().try_get_matches_from(words) {
                    panic!("{example}: {error}");
                }
            }
        }
    }
}
