//! `castkeep open`: what is started, with what, and what is not.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use support::archived::archived;
use support::scene::{Ran, Scene};

/// A player that writes down what it was given, an argument a line, and ends with a code.
fn player(scene: &Scene, name: &str, code: i32) -> String {
    let path = scene.path(name);
    let script =
        format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > \"{}\"\nexit {code}\n", scene.path("played").display());
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn open(scene: &Scene, args: &[&str], player: Option<&str>) -> Ran {
    let mut command = scene.command(&[&["open"], args].concat());
    command.env_remove("CASTKEEP_PLAYER");
    if let Some(player) = player {
        command.env("CASTKEEP_PLAYER", player);
    }
    Ran::of(command.output().unwrap())
}

fn played(scene: &Scene) -> Vec<String> {
    let text = fs::read_to_string(scene.path("played")).unwrap_or_default();
    let _ = fs::remove_file(scene.path("played"));
    text.lines().map(str::to_owned).collect()
}

fn ran(code: i32, stdout: &str, stderr: &str) -> Ran {
    Ran { code, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
}

/// An archive of one episode whose title means much to a shell.
fn scene() -> Scene {
    let (_, scene) = archived(1);
    scene.meddle(
        "UPDATE episodes SET title = '$(touch x); `y` \"z\"', link = 'https://example.org/1?a=$(b)&c'",
    );
    scene
}

#[test]
fn the_file_is_an_argument_of_the_player_that_was_named() {
    let scene = scene();
    let file = scene
        .path(&scene.value("SELECT 'archive/' || path FROM files WHERE kind = 'audio'"))
        .display()
        .to_string();
    let (good, bad) = (player(&scene, "a player", 0), player(&scene, "bad-player", 7));
    assert_eq!(open(&scene, &["a-show", "1", "--with", &good], None), ran(0, "", ""));
    assert_eq!(played(&scene), [file.as_str()], "a name with a space in it is one program");
    let plain = player(&scene, "player", 0);
    let with_flags = format!("{plain} --no-video  -x");
    assert_eq!(open(&scene, &["a-show", "latest"], Some(&with_flags)), ran(0, "", ""));
    assert_eq!(played(&scene), ["--no-video", "-x", file.as_str()]);
    // What is named in the line wins.
    assert_eq!(open(&scene, &["a-show", "touch x", "--with", &good], Some("/no/player")), ran(0, "", ""));
    assert_eq!(played(&scene), [file.as_str()]);
    let failed = format!("castkeep: {bad}: exit status: 7\n");
    assert_eq!(open(&scene, &["a-show", "1", "--with", &bad], None), ran(1, "", &failed));
    assert_eq!(open(&scene, &["a-show", "1", "--print"], Some(&bad)), ran(0, &format!("{file}\n"), ""));
    assert!(!scene.path("x").exists(), "no shell has seen the title");
}

#[test]
fn its_web_page_is_opened_as_an_address() {
    let scene = scene();
    let with = player(&scene, "browser", 0);
    assert_eq!(open(&scene, &["a-show", "1", "--page", "--with", &with], None), ran(0, "", ""));
    assert_eq!(played(&scene), ["https://example.org/1?a=$(b)&c"]);
    let print = ["a-show", "1", "--page", "--print"];
    assert_eq!(open(&scene, &print, None), ran(0, "https://example.org/1?a=$(b)&c\n", ""));
    for link in ["file:///etc/passwd", "javascript:alert(1)", "--help", "/etc/passwd"] {
        scene.meddle(&format!("UPDATE episodes SET link = '{link}'"));
        let said = format!("castkeep: {link:?} is no web page: only http and https are opened\n");
        assert_eq!(open(&scene, &["a-show", "1", "--page", "--with", &with], None), ran(1, "", &said));
    }
    scene.meddle("UPDATE episodes SET link = NULL");
    let said = "castkeep: the feed names no web page for it\n";
    assert_eq!(open(&scene, &["a-show", "1", "--page", "--with", &with], None), ran(1, "", said));
    assert_eq!(played(&scene), Vec::<String>::new());
}

#[test]
fn what_can_not_be_played_is_said_with_what_helps() {
    let scene = scene();
    let file = scene.path(&scene.value("SELECT 'archive/' || path FROM files WHERE kind = 'audio'"));
    let hint = "hint: name a player with --with PROGRAM or $CASTKEEP_PLAYER; --print prints the path\n";
    let said = format!("castkeep: no-such-player: there is no such program\n{hint}");
    assert_eq!(open(&scene, &["a-show", "1", "--with", "no-such-player"], None), ran(1, "", &said));
    let said = "castkeep: there is no show \"a-shwo\" in the archive\nhint: did you mean \"a-show\"?\n";
    assert_eq!(open(&scene, &["a-shwo", "1"], None), ran(2, "", said));
    let said = "castkeep: a-show has no episode \"9\"\nhint: name its number, its guid, words of its title, or latest\n";
    assert_eq!(open(&scene, &["a-show", "9"], None), ran(2, "", said));

    fs::remove_file(&file).unwrap();
    let said = format!(
        "castkeep: {}: the file is not there\nhint: \"castkeep verify --repair\" fetches it again\n",
        file.display()
    );
    assert_eq!(open(&scene, &["a-show", "1"], None), ran(1, "", &said));
    scene.meddle("UPDATE files SET path = '../../../../../../etc/passwd'");
    let said = "castkeep: \"../../../../../../etc/passwd\" is not below the archive\n";
    assert_eq!(open(&scene, &["a-show", "1"], None), ran(1, "", said));

    let host = support::host::Host::start();
    host.set_feed("/feed.xml", support::feed::feed("A Show", &[support::feed::item(1, &host.url(""))]));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    let said = "castkeep: its audio was not captured\n\
                hint: \"castkeep sync\" downloads what is missing; --page opens its web page\n";
    assert_eq!(open(&scene, &["a-show", "1"], None), ran(1, "", said));
}

#[test]
fn several_words_of_a_title_need_no_quotes() {
    let (_host, scene) = archived(1);
    let with = player(&scene, "player", 0);
    scene.meddle("UPDATE episodes SET title = 'The tea party'");
    assert_eq!(open(&scene, &["a-show", "tea", "party", "--with", &with], None), ran(0, "", ""));
    assert_eq!(played(&scene).len(), 1);
}

#[test]
fn a_player_that_is_named_with_flags_is_split_as_a_shell_would_where_no_program_has_the_whole_name() {
    let (_host, scene) = archived(1);
    let file = scene.path(&scene.value("SELECT 'archive/' || path FROM files WHERE kind = 'audio'"));
    let file = file.display().to_string();
    player(&scene, "player", 0);
    let line = format!("'{}' --title 'a b'", scene.path("player").display());
    assert_eq!(open(&scene, &["a-show", "1", "--with", &line], None), ran(0, "", ""));
    assert_eq!(played(&scene), ["--title", "a b", file.as_str()]);
    assert_eq!(open(&scene, &["a-show", "1"], Some(&line)), ran(0, "", ""));
    assert_eq!(played(&scene), ["--title", "a b", file.as_str()]);
    let whole = player(&scene, "player --title", 0);
    assert_eq!(open(&scene, &["a-show", "1"], Some(&whole)), ran(0, "", ""));
    assert_eq!(played(&scene), [file.as_str()]);
    let hint = "hint: name a player with --with PROGRAM or $CASTKEEP_PLAYER; --print prints the path\n";
    for (named, program) in [("no-such-player -x", "no-such-player"), ("no-such 'player", "no-such 'player")]
    {
        let said = format!("castkeep: {program}: there is no such program\n{hint}");
        assert_eq!(open(&scene, &["a-show", "1", "--with", named], None), ran(1, "", &said));
    }
}

#[test]
fn what_was_left_out_is_said_with_the_rule_that_did_so() {
    let host = support::host::Host::start();
    host.set_feed("/feed.xml", support::feed::feed("A Show", &[support::feed::item(1, &host.url(""))]));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    let config = fs::read_to_string(scene.path("config.toml")).unwrap();
    scene.configure(&(config.clone() + "types = [\"trailer\"]\n"));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let rule = "hint: that is a rule of config.toml; without it, castkeep sync downloads it; --page opens its web page\n";
    let said = format!("castkeep: its audio was left out: types = [\"trailer\"]\n{rule}");
    assert_eq!(open(&scene, &["a-show", "1"], None), ran(1, "", &said));
    scene.configure(&config);
    assert_eq!(scene.run(&["catch-up", "a-show"]).code, 0);
    let said = "castkeep: its audio was left out: caught up\n\
                hint: castkeep catch-up a-show --episode 'Episode 1' --undo, then castkeep sync, downloads it\n";
    assert_eq!(open(&scene, &["a-show", "Episode", "1"], None), ran(1, "", said));
    // The advice is good.
    assert_eq!(scene.run(&["catch-up", "a-show", "--episode", "Episode 1", "--undo"]).code, 0);
    let said = "castkeep: its audio was not captured\n\
                hint: \"castkeep sync\" downloads what is missing; --page opens its web page\n";
    assert_eq!(open(&scene, &["a-show", "1"], None), ran(1, "", said));
}
