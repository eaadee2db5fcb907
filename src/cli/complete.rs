//! What a shell is answered when it asks how a line could go on: commands, options, the short names of shows, the numbers of
//! their newest episodes.
//!
//! The script of `castkeep completions` runs castkeep with the line so far behind a variable. Whatever goes wrong then is
//! silence: nobody wants an error in the middle of their line.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::time::Duration;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::Cli;
use super::setting::Setting;
use super::talk::Talk;
use crate::archive::EpisodeLine;
use crate::model;
use crate::report::{escape, shortened};

/// Names the shell that asks.
const VARIABLE: &str = "CASTKEEP_COMPLETE";

/// Behind the script of zsh: where it is loaded when it is first needed, as from a package, the first line is completed, too.
const FIRST_TIME: &str = "[ \"$funcstack[1]\" = _castkeep ] && _clap_dynamic_completer_castkeep \"$@\"\n";

/// Nobody waits longer for an archive that another program holds.
const PATIENCE: Duration = Duration::from_secs(1);

/// So many of the newest episodes are offered, with so much of their titles, in characters.
const MOST_EPISODES: u32 = 20;
const LONGEST_TITLE: usize = 60;

/// The answer, if it is a shell that asks.
pub(super) fn answer() -> Option<ExitCode> {
    std::env::var_os(VARIABLE).filter(|shell| !shell.is_empty())?;
    let here = std::env::current_dir().ok();
    let answered = CompleteEnv::with_factory(|| completed(Cli::command()))
        .var(VARIABLE)
        .try_complete(std::env::args_os(), here.as_deref());
    Some(if answered.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The script that a shell is given.
pub(super) fn script(shell: &str) -> std::io::Result<Vec<u8>> {
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(shell) {
        shell.write_registration(VARIABLE, "castkeep", "castkeep", "castkeep", &mut script)?;
    }
    if shell == "zsh" {
        script.extend_from_slice(FIRST_TIME.as_bytes());
    }
    Ok(script)
}

/// Wherever an argument is a show, its name is completed; where it is an episode, its number.
fn completed(command: Command) -> Command {
    let complete = |arg: Arg| match arg.get_id().as_str() {
        "show" | "shows" => arg.add(ArgValueCompleter::new(shows)),
        "episode" | "episodes" => arg.add(ArgValueCompleter::new(episodes)),
        _ => arg,
    };
    command.mut_args(complete).mut_subcommands(completed)
}

fn shows(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    // What is no slug was not made by castkeep, and a shell might take it for more than a word.
    let is_safe = |slug: &String| slug.starts_with(typed) && model::slug(slug) == *slug;
    let known = in_time(|| known(&line())).unwrap_or_default();
    known.into_iter().filter(is_safe).map(CompletionCandidate::new).collect()
}

/// `latest`, and the newest by number; the titles stand beside them where a shell shows them.
fn episodes(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let newest = in_time(|| newest(&line(), place())).flatten().unwrap_or_default();
    let mut offers: Vec<(String, Option<&str>)> = Vec::new();
    if let Some(latest) = newest.first() {
        offers.push(("latest".to_owned(), latest.title.as_deref()));
    }
    // One that is below zero would be an option.
    for (number, line) in newest.iter().filter_map(|line| Some((u64::try_from(line.number?).ok()?, line))) {
        let number = number.to_string();
        if !offers.iter().any(|(known, _)| *known == number) {
            offers.push((number, line.title.as_deref()));
        }
    }
    let title = |title: &str| escape(&shortened(title, LONGEST_TITLE), &[]);
    let offer = |(order, (value, words)): (usize, (String, Option<&str>))| {
        let help = words.map(|words| title(words).into());
        CompletionCandidate::new(value).help(help).display_order(Some(order))
    };
    offers.into_iter().filter(|(value, _)| value.starts_with(typed)).enumerate().map(offer).collect()
}

/// The newest episodes of the show that the line names before the word that is asked for.
fn newest(line: &[OsString], place: usize) -> Option<Vec<EpisodeLine>> {
    let reader = setting(line).reader().ok()?;
    let slugs = reader.slugs().ok()?;
    let words = line.iter().take(place).rev();
    let named = words.filter_map(|word| word.to_str()).find(|word| slugs.iter().any(|slug| slug == word))?;
    let show = reader.find_show(named).ok()??;
    reader.newest_of(show.id, Some(MOST_EPISODES)).ok()
}

/// What comes of some work, if that does not take too long.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(PATIENCE).ok()
}

/// The shows of the archive and of the configuration that the line means.
fn known(line: &[OsString]) -> BTreeSet<String> {
    let setting = setting(line);
    let mut known: BTreeSet<String> = BTreeSet::new();
    if let Ok(Some(config)) = setting.beside_archive(false) {
        known.extend(config.shows.into_iter().filter_map(|show| show.slug));
    }
    if let Ok(slugs) = setting.reader().and_then(|reader| Ok(reader.slugs()?)) {
        known.extend(slugs);
    }
    known
}

fn setting(line: &[OsString]) -> Setting {
    let talk = Talk { quiet: true, verbose: false, json: false };
    let config = flag(line, "--config").or_else(|| std::env::var_os("CASTKEEP_CONFIG").map(PathBuf::from));
    Setting::new(config, flag(line, "--archive"), talk)
}

/// Which word of the line is asked for; without a word of the shell, the last.
fn place() -> usize {
    let told = std::env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
    told.unwrap_or_else(|| line().len().saturating_sub(1))
}

/// The words of the line so far: they stand behind `--`.
fn line() -> Vec<OsString> {
    std::env::args_os().skip_while(|arg| arg != "--").skip(1).collect()
}

/// What a flag of the line says, as the shell would read it. Bash takes `--archive=PATH` for three words.
fn flag(line: &[OsString], name: &str) -> Option<PathBuf> {
    let mut words = line.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(unquoted(value));
        }
        if word == name {
            return words.find(|word| word != "=").map(|value| unquoted(&value));
        }
    }
    None
}

/// A word without its quotes, `~` filled in.
fn unquoted(word: &str) -> PathBuf {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    if let Some(home) = home().filter(|_| word == "~") {
        return home;
    }
    let plain = shlex::split(word).and_then(|mut words| words.pop()).unwrap_or_else(|| word.to_owned());
    match (word.strip_prefix("~/"), home()) {
        (Some(_), Some(home)) => home.join(plain.trim_start_matches("~/")),
        _ => plain.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_found_as_shells_hand_them_over() {
        for line in [
            "castkeep --archive a/b show",
            "castkeep show --archive=a/b",
            "castkeep --archive = a/b",
            "castkeep --archive 'a/b'",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(flag(&words, "--archive"), Some("a/b".into()), "{line}");
            assert_eq!(flag(&words, "--config"), None);
        }
        assert_eq!(flag(&["--archive".into()], "--archive"), None);
        assert_eq!(unquoted("a\\ b"), PathBuf::from("a b"));
        assert_eq!(unquoted("'not closed"), PathBuf::from("'not closed"));
    }
}
