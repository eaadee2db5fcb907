//! What a package holds: manual pages, completions, units, under the version of the program. `packaging/prove.sh` installs it.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use support::say::say;
use support::scene::Scene;

/// The commands below these words, as `--help` lists them.
fn commands(scene: &Scene, words: &[&str]) -> Vec<String> {
    let help = scene.run(&[words, &["--help"]].concat()).stdout;
    let Some(list) = help.split("\nCommands:\n").nth(1) else { return Vec::new() };
    let lines = list.split("\n\n").next().unwrap().lines();
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn every_command_has_a_page_that_man_reads_without_a_warning() {
    let scene = Scene::new(&[]);
    let ran = scene.run(&["man", "--out", "a/man1"]);
    let mut want = BTreeSet::from(["castkeep.1".to_owned()]);
    for name in commands(&scene, &[]) {
        want.extend(commands(&scene, &[&name]).iter().map(|below| format!("castkeep-{name}-{below}.1")));
        want.insert(format!("castkeep-{name}.1"));
    }
    let folder = fs::read_dir(scene.path("a/man1")).unwrap();
    let found: BTreeSet<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, want);
    let said = format!("castkeep: wrote {} pages into a/man1\n", want.len());
    assert_eq!((ran.code, ran.stdout, ran.stderr), (0, String::new(), said));
    assert_eq!(scene.run(&["man"]).stdout, fs::read_to_string(scene.path("a/man1/castkeep.1")).unwrap());
    for page in found {
        let path = scene.path("a/man1").join(&page);
        let text = fs::read_to_string(&path).unwrap();
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES"] {
            assert!(text.contains(&format!("\n.SH {section}\n")), "{page} has no {section}");
        }
        let mut man = Command::new("man");
        man.args(["--warnings", "-l"]).arg(&path).env("LC_ALL", "C.UTF-8").env("MANPAGER", "cat");
        let Ok(read) = man.output() else {
            say!("skipped: there is no man");
            return;
        };
        assert_eq!(String::from_utf8_lossy(&read.stderr), "", "{page}");
    }
    // A place that is none.
    let ran = scene.run(&["man", "--out", "config.toml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("castkeep: config.toml: "), "{}", ran.stderr);
}

#[test]
fn the_package_is_of_this_version_and_its_files_are_there() {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = fs::read_to_string("packaging/changelog").unwrap();
    assert!(changelog.starts_with(&format!("castkeep ({version}-1) ")), "{changelog}");
    let install = fs::read_to_string("docs/install.md").unwrap();
    assert!(install.contains(&format!("castkeep_{version}-1_")), "docs/install.md names another package");
    let manifest: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    for asset in deb["assets"].as_array().unwrap() {
        let source = asset[0].as_str().unwrap();
        let is_made = source.starts_with("target/");
        let folder = source.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let is_there = if source.contains('*') { fs::exists(folder) } else { fs::exists(source) };
        assert!(is_made || is_there.unwrap(), "{source} is not there");
    }
    let units = ["castkeep.service", "castkeep.timer"]
        .map(|unit| fs::read_to_string(format!("packaging/{unit}")).unwrap());
    assert!(units[0].contains("\nExecStart=/usr/bin/castkeep --config %E/castkeep/config.toml sync\n"));
}
