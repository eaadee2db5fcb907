//! What Tab completes, as the shells that there are make it of the scripts that castkeep prints.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::archived::archived;
use support::say::say;
use support::scene::Scene;

/// What a shell offers for a line, by a script that asks it for it.
fn offered(scene: &Scene, shell: &str, script: &str, line: &str) -> Option<Vec<String>> {
    let bin = Path::new(env!("CARGO_BIN_EXE_castkeep")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let flags: &[&str] = if shell == "bash" { &["--norc", "-c"] } else { &["-c"] };
    let output = Command::new(shell)
        .args(flags)
        .args([script, line])
        .current_dir(scene.path(""))
        .env("PATH", path)
        .output();
    let Ok(output) = output else {
        say!("skipped: there is no {shell}");
        return None;
    };
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell}: {line}");
    let mut all: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    all.retain(|line| !line.is_empty());
    Some(all)
}

/// `$0` is the line.
const BASH: &str = "source <(castkeep completions bash); read -ra COMP_WORDS <<< \"$0\"; \
    [[ $0 == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); COMP_TYPE=9; \
    _clap_complete_castkeep castkeep \"${COMP_WORDS[COMP_CWORD]}\" ''; printf '%s\\n' \"${COMPREPLY[@]}\"";

#[test]
fn bash_completes_shows_where_they_are_named() {
    let (_host, scene) = archived(1);
    scene.meddle("INSERT INTO shows (slug, feed_url, configured_url, first_seen_at) VALUES ('a-second', 'b', 'b', '2026'), ('$(touch x)', 'c', 'c', '2026')");
    let offers = |line: &str| offered(&scene, "bash", BASH, line).unwrap();
    for command in [
        "show",
        "open",
        "sync",
        "backfill",
        "status",
        "remove",
        "verify",
        "reparse",
        "export rss",
        "search --show",
    ] {
        assert_eq!(offers(&format!("castkeep {command} a-s")), ["a-second", "a-show"], "{command}");
    }
    assert_eq!(offers("castkeep show $"), Vec::<String>::new(), "what a shell would run is no short name");
    assert_eq!(offers("castkeep stat"), ["status"]);
    assert_eq!(offers("castkeep sync --dry"), ["--dry-run"]);
    // Of the archive and the configuration that stand in the line.
    let (_host, other) = archived(1);
    other.meddle("UPDATE shows SET slug = 'elsewhere'");
    let archive = other.path("archive").display().to_string();
    assert_eq!(offers(&format!("castkeep --archive {archive} show e")), ["elsewhere"]);
    assert_eq!(offers(&format!("castkeep show --archive={archive} e")), ["elsewhere"]);
    let config = other.path("config.toml").display().to_string();
    assert_eq!(offers(&format!("castkeep sync --config {config} e")), ["elsewhere"]);
    // Whatever is wrong, nothing is said.
    fs::write(scene.path("config.toml"), "broken = [").unwrap();
    assert_eq!(offers("castkeep sync a-s"), Vec::<String>::new());
    assert_eq!(offers("castkeep --archive nowhere sync a-s"), Vec::<String>::new());
    fs::write(scene.path("archive/archive.db"), "no database").unwrap();
    assert_eq!(offers("castkeep --archive archive show a"), Vec::<String>::new());
}

#[test]
fn fish_and_zsh_complete_shows() {
    let (_host, scene) = archived(1);
    for (line, want) in [("castkeep show a", "a-show"), ("castkeep stat", "status")] {
        let Some(offers) = offered(&scene, "fish", FISH, line) else { break };
        assert_eq!(offers.iter().filter_map(|line| line.split('\t').next()).collect::<Vec<_>>(), [want]);
    }
    if let Some(offers) = offered(&scene, "zsh", ZSH, "castkeep show a") {
        assert_eq!(
            offers.iter().map(|line| line.split(':').next().unwrap().trim()).collect::<Vec<_>>(),
            ["a-show"]
        );
    }
}

/// Zsh answers nobody but its line editor: what the script makes of a line is asked for here.
/// `-D`: no dump file. One named by `-d` is replaced by renaming, even a device.
const ZSH: &str = "autoload -Uz compinit; compinit -u -D; source <(castkeep completions zsh); \
    _describe() { print -l -- ${(P)${@[-1]}} }; compadd() { print -l -- ${@[-1]} }; \
    words=(${(s: :)0}); CURRENT=${#words}; [[ $0 == *' ' ]] && CURRENT=$((CURRENT + 1)); \
    _clap_dynamic_completer_castkeep";

const FISH: &str = "castkeep completions fish | source; complete -C $argv[1]";

/// A show whose episodes 9 and 10 are the newest, of titles that a shell could take for more; nobody downloaded them.
fn numbered() -> Scene {
    let (_host, scene) = archived(3);
    scene.meddle(
        "UPDATE episodes SET number = number + 7; UPDATE episodes SET title = 'Ten: $(touch x)\\ `y` \u{1b}[1m' WHERE number = 10;
         INSERT INTO shows (slug, feed_url, configured_url, first_seen_at) VALUES ('b-show', 'b', 'b', '2026')",
    );
    scene
}

#[test]
fn shells_complete_the_newest_episodes() {
    let scene = numbered();
    let newest = ["latest", "10", "9", "8"];
    let (ten, nine) = ("Ten: $(touch x)\\ `y` \\u{1b}[1m", "#2 Episode 2");
    for line in
        ["castkeep open a-show ", "castkeep show --json a-show ", "castkeep catch-up a-show --episode "]
    {
        if let Some(offers) = offered(&scene, "bash", BASH, line) {
            assert_eq!(offers[..4], newest, "{line}");
        }
        if let Some(offers) = offered(&scene, "fish", FISH, line) {
            assert_eq!(
                offers[..3],
                [format!("latest\t{ten}"), format!("10\t{ten}"), format!("9\t{nine}")],
                "{line}"
            );
        }
        if let Some(offers) = offered(&scene, "zsh", ZSH, line) {
            assert_eq!(
                offers[..3],
                [format!("latest:{ten}"), format!("10:{ten}"), format!("9:{nine}")],
                "{line}"
            );
        }
    }
    let offers = |line: &str| offered(&scene, "bash", BASH, line).unwrap();
    assert_eq!(offers("castkeep open a-show 1"), ["10"]);
    assert_eq!(offers("castkeep open a-show l"), ["latest"]);
    assert_eq!(offers("castkeep open b-show l"), Vec::<String>::new(), "it has none");
    assert_eq!(offers("castkeep open nobody l"), Vec::<String>::new());
    assert!(!scene.path("x").exists());
}

#[test]
fn of_an_archive_that_can_not_be_asked_no_episode_is_offered_and_nothing_is_said() {
    let scene = numbered();
    let silent = |what: &str| {
        for (shell, script) in [("bash", BASH), ("zsh", ZSH), ("fish", FISH)] {
            if let Some(offers) = offered(&scene, shell, script, "castkeep open a-show l") {
                assert_eq!(offers, Vec::<String>::new(), "{shell}: {what}");
            }
        }
    };
    let database = scene.path("archive/archive.db");
    let whole = fs::read(&database).unwrap();
    let held = rusqlite::Connection::open(&database).unwrap();
    held.execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").unwrap();
    silent("locked");
    drop(held);
    fs::write(&database, &whole[..whole.len() / 2]).unwrap();
    silent("cut");
    fs::write(&database, "no database").unwrap();
    silent("broken");
    fs::remove_dir_all(scene.path("archive")).unwrap();
    silent("missing");
    assert!(!scene.path("archive").exists(), "nothing is made by asking");
}
