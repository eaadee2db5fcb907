//! `castkeep show`, as a person reads it: in a pipe, with hyperlinks, on a terminal, and when the notes mean harm.

mod support;

use std::process::{Command, Stdio};

use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::say::say;
use support::scene::{Ran, Scene};

const LINKS: [&str; 2] = ["--links", "always"];

/// An archive with one show, whose second and newest episode has these notes.
fn scene(title: &str, notes: &str) -> (Host, Scene) {
    let host = Host::start();
    let mut items = [item(2, &host.url("")), item(1, &host.url(""))];
    items[0].title = title.to_owned();
    items[0].notes = notes.to_owned();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=2 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync"]).code, 0);
    (host, scene)
}

/// Runs `show` in a world without a terminal's variables.
fn show(scene: &Scene, flags: &[&str]) -> Ran {
    let mut command = scene.command(&[&["show", "a-show", "guid-2"], flags].concat());
    for name in ["FORCE_HYPERLINK", "NO_COLOR", "COLUMNS", "TERM"] {
        command.env_remove(name);
    }
    Scene::wait(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// The page below its header, of five lines.
#[track_caller]
fn notes(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let (_, digest) = ran.stdout.split_once("\nsha256 ").unwrap();
    digest.split_once('\n').unwrap().1
}

/// Words that are a hyperlink.
fn link(url: &str, words: &str) -> String {
    format!("\u{1b}]8;;{url}\u{1b}\\{words}\u{1b}]8;;\u{1b}\\")
}

const NOTES: &str = "<p>Sponsored by Acme: <a href=\"https://acme.example/\">acme.example</a></p>\
    <p><strong>Ada #1: <a href=\"https://example.org/a\">First <em>things</em></a></strong></p>\
    <ul><li>One, which goes on for longer than a narrow terminal is wide.\
    <ul><li>Deeper: see https://example.org/bare-address.</li></ul></li>\
    <li><a href=\"https://example.org/x\">Several</a> <a href=\"https://example.org/y\">links</a>, \
    and <a href=\"https://example.org/x\">the first</a> again</li></ul>\
    <pre><code>if a  &lt; b:\n    go(\"a line of code that is longer than a narrow terminal is wide\")</code></pre>\
    <ol><li>in order</li><li>of <b>size</b></li></ol>\
    <p><strong>Joke</strong></p><p>Knock, knock.</p><p>Who is there?</p>\
    <p><strong>Connect with the hosts</strong></p><ul><li><a href=\"mailto:ada@a.example\">ada@a.example</a></li></ul>";

#[test]
fn an_episode_in_a_pipe() {
    let (_host, scene) = scene("#2 Episode 2", NOTES);
    let sha256 = scene.value("SELECT sha256 FROM files WHERE path LIKE '%#2%'");
    let ran = show(&scene, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let want = format!(
        r#"#2 Episode 2
A Show, 2 January 2026
hosted by Ada
paid for by Acme
audio/a-show/2026-01-02 #2 Episode 2.mp3 (200.2 kB, present)
sha256 {sha256}

Sponsored by Acme: acme.example
https://acme.example/

#1 Ada: First things
  https://example.org/a
  - One, which goes on for longer than a narrow terminal is wide.
    - Deeper: see https://example.org/bare-address.
  - Several[1] links[2], and the first[1] again
    [1] https://example.org/x
    [2] https://example.org/y
      if a  < b:
          go("a line of code that is longer than a narrow terminal is wide")
  1. in order
  2. of size

Joke
  Knock, knock.

  Who is there?

Connect with the hosts
  - ada@a.example
"#
    );
    assert_eq!(ran.stdout, want);
    for which in ["latest", "#2", "guid-2", "episode 2"] {
        assert_eq!(scene.run(&["show", "a-show", which]), ran, "{which}");
    }
    let none = scene.run(&["show", "a-show", "7"]);
    assert_eq!(
        (none.code, none.stderr.as_str()),
        (
            2,
            "castkeep: a-show has no episode \"7\"\nhint: name its number, its guid, words of its title, or latest\n"
        )
    );
}

#[test]
fn words_are_hyperlinks_and_lines_fit() {
    let (_host, scene) = scene("#2 Episode 2", NOTES);
    let ran = show(&scene, &[&LINKS[..], &["--width", "40"]].concat());
    let want = format!(
        r#"
Sponsored by Acme: {}

#1 Ada: {}
  - One, which goes on for longer than a
    narrow terminal is wide.
    - Deeper: see
      {}.
  - {} {}, and {} again
      if a  < b:
          go("a line of code that is longer than a narrow terminal is wide")
  1. in order
  2. of size

Joke
  Knock, knock.

  Who is there?

Connect with the hosts
  - {}
"#,
        link("https://acme.example/", "acme.example"),
        link("https://example.org/a", "First things"),
        link("https://example.org/bare-address", "https://example.org/bare-address"),
        link("https://example.org/x", "Several"),
        link("https://example.org/y", "links"),
        link("https://example.org/x", "the first"),
        link("mailto:ada@a.example", "ada@a.example"),
    );
    assert_eq!(notes(&ran), want);
}

#[test]
fn headings_say_number_presenter_and_time_once() {
    let (_host, scene) = scene(
        "Episode 2",
        "<p>Hello.</p><h3>Chapters</h3>\
         <ul><li>00:00 Hello</li><li>01:30 <a href=\"https://example.org/a\">News</a></li><li>1:02:03 Goodbye</li></ul>",
    );
    let want =
        "\nHello.\n\nChapters\n--------\n0:00 Hello\n1:30 News\n  https://example.org/a\n1:02:03 Goodbye\n";
    assert_eq!(notes(&show(&scene, &[])), want);
    assert!(show(&scene, &[]).stdout.starts_with("Episode 2\nA Show, "));
}

#[test]
fn who_brings_extras_is_said_where_the_notes_say_it() {
    let notes = "<p><strong>Extras</strong></p><p>Ada:</p><ul><li>Mugs.</li></ul><p>Jonas:</p><ul><li>A talk.</li></ul>";
    let (_host, scene) = scene("#2 Two", notes);
    let ran = show(&scene, &[]);
    assert!(self::notes(&ran).starts_with("\nExtras\n  Ada:\n  - Mugs.\n"), "{}", ran.stdout);
}

#[test]
fn a_link_without_words_stands_apart_from_those_before_it() {
    let (_host, scene) = scene(
        "One",
        "<p>See <a href=\"https://a.example/c\"><img src=\"x.png\"></a>, and <a href=\"https://a.example/d\"><img alt=\"a door\"></a>.</p>",
    );
    let ran = show(&scene, &[]);
    assert_eq!(notes(&ran), "\nSee https://a.example/c, and a door.\nhttps://a.example/d\n");
}

#[test]
fn extras_of_several_persons_stand_alike() {
    let (_host, scene) = scene(
        "One",
        "<p><strong>Ada #1: A thing</strong></p><p>x</p><p><strong>Jonas #2: Another</strong></p><p>y</p>\
         <h3>Extras</h3><p>Ada:</p><ul><li>one</li></ul><p>Jonas:</p><ul><li>two</li></ul>",
    );
    let ran = show(&scene, &[]);
    assert!(notes(&ran).ends_with("Extras\n  Ada:\n  - one\n\n  Jonas:\n  - two\n"), "{}", notes(&ran));
}

#[test]
fn relative_links_lead_where_the_archive_says() {
    let (host, scene) = scene("Two", "<p>See <a href=\"/about\">this</a>.</p>");
    let about = scene.value("SELECT url FROM links WHERE url LIKE '%about'");
    assert!(about.starts_with("http") && !about.contains(&host.url("/feed")), "{about}");
    assert_eq!(notes(&show(&scene, &[])), format!("\nSee this.\n{about}\n"));
    assert_eq!(notes(&show(&scene, &LINKS)), format!("\nSee {}.\n", link(&about, "this")));
}

/// ESC, C1 and bidirectional controls, as characters and as references, in every place that a feed fills.
#[test]
fn hostile_notes_steer_no_terminal() {
    let (_host, scene) = scene(
        "\u{202e}Two \u{9b}31m",
        "<p>\u{9b}2J &#27;[2J &#x1b;]0;title&#7; \u{202e}gpj.exe \u{2066}x</p>\
         <p><a href=\"https://a.example/&#27;]8;;https://evil.example&#27;\\\u{9c}\u{202e}\">words&#27;[8m</a></p>\
         <p><a href=\"javascript:alert(1)\">script</a> <a href=\"file:///etc/passwd\">file</a></p>\
         <p>https://b.example/\u{9b}31m\u{202e}x</p>\
         <pre>code &#27;[31m\u{9b}\tred</pre>",
    );
    for flags in [&[][..], &LINKS, &["--width", "30"]] {
        let ran = show(&scene, flags);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        let ours = ran.stdout.replace("\u{1b}]8;;", "").replace("\u{1b}\\", "");
        let wrong = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{2069}').contains(&c);
        assert!(!ours.contains(wrong), "{ours:?}");
        assert!(ours.contains("script") && ours.contains("file") && !ours.contains("javascript:"));
    }
    let ran = show(&scene, &LINKS);
    let opened: Vec<_> = ran.stdout.split("\u{1b}]8;;").skip(1).step_by(2).collect();
    assert_eq!(opened.len(), 2, "{}", ran.stdout);
    for words in opened {
        let (target, _) = words.split_once("\u{1b}\\").unwrap();
        assert!(target.starts_with("https://") && target.bytes().all(|c| c.is_ascii_graphic()), "{target}");
    }
}

/// What `script` of util-linux records of a run on a terminal; none where there is no such program.
fn on_a_terminal(scene: &Scene, environment: &[(&str, &str)]) -> Option<String> {
    let line = format!("'{}' show a-show 2", env!("CARGO_BIN_EXE_castkeep"));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(scene.path("")).env_clear().stdin(Stdio::null());
    command.env("PATH", "/usr/bin:/bin").envs(environment.iter().copied());
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
    output.status.success().then_some(text)
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_what_it_can_show() {
    let notes = "<p><strong>Ada #1: <a href=\"https://example.org/a\">First</a></strong></p>\
                 <ul><li>One goes <b>on</b> for <code>longer</code> than this terminal.</li></ul>";
    let (_host, scene) = scene("#2 Two", notes);
    let at = |terminal: &[(&str, &str)]| on_a_terminal(&scene, &[&[("COLUMNS", "24")], terminal].concat());
    let Some(kitty) = at(&[("TERM", "xterm-kitty")]) else {
        return say!("there is no script(1) here: not tested on a terminal");
    };
    let first = format!("\u{1b}[1;4m{}\u{1b}[0m", link("https://example.org/a", "First"));
    let want = format!(
        "\n\u{1b}[1m#1 Ada: \u{1b}[0m{first}\n  - One goes \u{1b}[1mon\u{1b}[0m for\n    \u{1b}[36mlonger\u{1b}[0m than this\n    terminal.\n"
    );
    assert!(kitty.starts_with("\u{1b}[1m#2 Two\u{1b}[0m\n") && kitty.ends_with(&want), "{kitty:?}");

    let plain = "\n#1 Ada: First\n  https://example.org/a\n  - One goes on for\n    longer than this\n    terminal.\n";
    for terminal in [&[("TERM", "dumb")][..], &[("TERM", "xterm-kitty"), ("NO_COLOR", "1")], &[]] {
        let page = at(terminal).unwrap();
        assert!(page.starts_with("#2 Two\n") && page.ends_with(plain), "{terminal:?}: {page:?}");
    }
    let xterm = at(&[("TERM", "xterm")]).unwrap();
    assert!(xterm.contains("\u{1b}[1m") && xterm.contains("\n  https://example.org/a\n"), "{xterm:?}");
}

#[test]
fn a_show_alone_is_a_list_and_words_are_whole_before_they_are_parts() {
    let host = Host::start();
    let titles = [(3, "Story 40"), (1, "The story 4"), (2, "History 4 all")];
    let items: Vec<_> = titles
        .iter()
        .map(|(n, title)| Item { title: (*title).to_owned(), ..item(*n, &host.url("")) })
        .collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    let ran = scene.run(&["show", "a-show"]);
    ran.assert_no_failure();
    let rows: Vec<Vec<&str>> = ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["number", "date", "title"]);
    assert_eq!((rows.len(), rows[1].last(), rows[3].last()), (4, Some(&"40"), Some(&"4")), "{}", ran.stdout);
    assert_eq!(scene.run(&["show", "a-show", "--all"]).stdout, ran.stdout);
    let first = |words: &[&str]| scene.run(&[&["show", "a-show"], words].concat()).stdout;
    assert!(first(&["story", "4"]).contains("The story 4"), "{}", first(&["story", "4"]));
    assert!(first(&["story", "40"]).contains("Story 40"));
    assert!(first(&["histo"]).contains("History 4 all"));
    assert_eq!(scene.run(&["show", "a-show", "--history"]).code, 2);
}
