//! castkeep on a terminal that a test holds: what stands on the screen.

mod support;

use std::fs;
use std::num::NonZero;
use std::process::Command;

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};
use support::archived::archived;
use support::feed::{audio, feed, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// Whatever a loaded machine needs; no test waits for it to pass.
const PATIENCE: u64 = 30_000;
const ROWS: u16 = 20;

/// A terminal in which castkeep runs.
struct Terminal {
    session: PtySession,
    screen: vt100::Parser,
    /// All that was written so far.
    raw: String,
}

fn nonzero(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

impl Terminal {
    fn start(scene: &Scene, columns: u16, kind: &str, args: &str) -> Self {
        let line = format!(
            "tty > terminal; stty cols {columns} rows {ROWS}; exec {} {args}",
            env!("CARGO_BIN_EXE_castkeep")
        );
        Self::run(scene, columns, kind, &line)
    }

    fn run(scene: &Scene, columns: u16, kind: &str, line: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(scene.path("")).env("TERM", kind);
        for name in ["COLUMNS", "NO_COLOR", "CASTKEEP_CONFIG", "CASTKEEP_LOG", "CASTKEEP_PLAYER"] {
            command.env_remove(name);
        }
        let options = Options::new().timeout_ms(Some(PATIENCE));
        let session = spawn_with_options(command, options).unwrap();
        Self { session, screen: vt100::Parser::new(nonzero(ROWS), nonzero(columns), 0), raw: String::new() }
    }

    fn took(&mut self, text: &str) {
        // rexpect takes each byte for a character.
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
        self.raw += &String::from_utf8_lossy(&bytes);
        self.screen.process(&bytes);
    }

    /// Waits for a text; the screen then.
    #[track_caller]
    fn sees(&mut self, text: &str) -> String {
        let before = self.session.exp_string(text).unwrap();
        self.took(&before);
        self.took(text);
        self.shown()
    }

    fn types(&mut self, text: &str) {
        self.session.send(text).unwrap();
        self.session.flush().unwrap();
    }

    /// Waits for the end; the screen, and the exit code.
    #[track_caller]
    fn ends(&mut self) -> (String, i32) {
        let rest = self.session.exp_eof().unwrap();
        self.took(&rest);
        let status = format!("{:?}", self.session.process().wait().unwrap());
        let code = status.rsplit(", ").next().unwrap().trim_end_matches(')').to_owned();
        (self.shown(), code.parse().unwrap_or_else(|_| panic!("{status}")))
    }

    /// What stands on the screen; a line that was broken at its edge is one.
    fn shown(&self) -> String {
        self.screen.screen().contents().trim_end().to_owned()
    }

    /// The rows of the screen.
    fn rows(&self) -> String {
        let columns = self.screen.screen().size().1.get();
        let rows: Vec<String> =
            self.screen.screen().rows(0, columns).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }
}

impl Terminal {
    /// Bars are drawn again and again; what they stand at last stays.
    #[track_caller]
    fn comes_to(&mut self, want: &str) {
        self.shows(want, without_rates);
    }

    #[track_caller]
    fn shows(&mut self, want: &str, of: impl Fn(&str) -> String) {
        for _ in 0..200 {
            self.sees("left");
            let (rest, end) = self.session.exp_regex("\u{1b}|\r").unwrap();
            self.took(&(rest + &end));
            if of(&self.rows()) == want {
                return;
            }
        }
        assert_eq!(of(&self.rows()), want);
    }

    /// The window gets another width while the program runs.
    fn resize(&mut self, scene: &Scene, columns: u16) {
        let terminal = fs::read_to_string(scene.path("terminal")).unwrap();
        let set = Command::new("stty").args(["-F", terminal.trim(), "cols", &columns.to_string()]).status();
        assert!(set.unwrap().success());
        self.screen.screen_mut().set_size(nonzero(ROWS), nonzero(columns));
    }
}

/// A host with a show of three episodes, of which the last two stand still in the middle of their files.
fn stalled() -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<_> = (1..=3).map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    host.set_audio("/audio/1.mp3", audio(1));
    for n in 2..=3 {
        host.set(&format!("/audio/{n}.mp3"), Page::Stall(audio(n)));
    }
    let scene = Scene::with(&[&host.url("/feed.xml")], "downloads_per_host = 3\n");
    (host, scene)
}

fn go_on(host: &Host) {
    for n in 2..=3 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
}

/// Rates and times are the machine's; the rest of a line is ours.
fn without_rates(screen: &str) -> String {
    let plain = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_rate = |at: usize| {
            let word = words[at];
            word.ends_with("/s") || words.get(at + 1).is_some_and(|next| next.ends_with("/s"))
        };
        let is_time = |word: &str| {
            word == "-:--" || word.contains(':') && word.chars().all(|c| c.is_ascii_digit() || c == ':')
        };
        let kept = (0..words.len()).filter(|at| !is_rate(*at) && !is_time(words[*at]));
        kept.map(|at| words[at]).collect::<Vec<_>>().join(" ")
    };
    sorted(&screen.lines().map(plain).collect::<Vec<_>>().join("\n"))
}

/// The bars of downloads that run side by side, in their order; a blank is as good as several.
fn sorted(screen: &str) -> String {
    let plain = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines: Vec<String> = screen.lines().map(plain).collect();
    if let Some(bars) = lines.get_mut(1..) {
        bars.sort();
    }
    lines.join("\n")
}

/// Whether a sequence sets colours or weight: `ESC [ ... m`.
fn is_coloured(raw: &str) -> bool {
    let ends = |rest: &str| rest.chars().find(|c| !c.is_ascii_digit() && *c != ';');
    raw.split("\u{1b}[").skip(1).any(|rest| ends(rest) == Some('m'))
}

/// As wide as a terminal of so many columns.
fn report(columns: u16) -> &'static str {
    match columns {
        53.. => REPORT,
        40.. => "show    new  downloads      size  warnings\na-show    3          3  600.5 kB         0",
        _ => "show    new  downloads\na-show    3          3",
    }
}

const REPORT: &str = "show    new  changed  gone  downloads      size  warnings\n\
                      a-show    3        0     0          3  600.5 kB         0";

#[test]
fn a_sync_draws_a_bar_for_each_download_and_one_for_all() {
    for (columns, want) in [
        (
            120,
            "[#############.......] 1 of 3 files 400.3 kB of 600.5 kB left\n\
             [##########..........] 50% #2 Episode 2\n[##########..........] 50% #3 Episode 3",
        ),
        (
            60,
            "1 of 3 files 400.3 kB of 600.5 kB left\n\
             [#####.....] 50% #2 Episode 2\n[#####.....] 50% #3 Episode 3",
        ),
        (50, "400.3 kB of 600.5 kB left\n50% #2 Episode 2\n50% #3 Episode 3"),
        (30, "66% left\n50% #2 Episode 2\n50% #3 Episode 3"),
    ] {
        let (host, scene) = stalled();
        let mut terminal = Terminal::start(&scene, columns, "xterm", "sync");
        terminal.comes_to(want);
        go_on(&host);
        let (screen, code) = terminal.ends();
        assert_eq!(code, 0);
        // Nothing of the bars is left.
        assert_eq!(screen, report(columns), "{columns}");
        assert!(!is_coloured(&terminal.raw), "{:?}", terminal.raw);
        scene.assert_sound();
    }
}

#[test]
fn bars_are_set_anew_when_the_window_gets_wider() {
    let (host, scene) = stalled();
    let mut terminal = Terminal::start(&scene, 30, "xterm", "sync");
    terminal.comes_to("66% left\n50% #2 Episode 2\n50% #3 Episode 3");
    terminal.resize(&scene, 120);
    terminal.comes_to(
        "[#############.......] 1 of 3 files 400.3 kB of 600.5 kB left\n\
         [##########..........] 50% #2 Episode 2\n[##########..........] 50% #3 Episode 3",
    );
    go_on(&host);
    assert_eq!(terminal.ends(), (REPORT.to_owned(), 0));
}

#[test]
fn a_sync_that_was_stopped_does_not_say_that_nothing_is_new() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    host.set("/audio/1.mp3", Page::Stall(audio(1)));
    let mut terminal = Terminal::start(&scene, 120, "xterm", "sync");
    terminal.sees("50%");
    terminal.types("\u{3}");
    let stopped = "castkeep: stopped by a signal; the next run goes on from here".to_owned();
    assert_eq!(terminal.ends(), (stopped, 130));
    host.set_audio("/audio/1.mp3", audio(1));
    assert_eq!(scene.run(&["sync"]).code, 0);
    let mut terminal = Terminal::start(&scene, 120, "xterm", "sync");
    let nothing =
        "castkeep: nothing new (feeds that are not due were not asked; --force asks them)".to_owned();
    assert_eq!(terminal.ends(), (nothing, 0));
    scene.assert_sound();
}

/// A show of two episodes, of each of which a stopped run left the half.
fn halves() -> (Host, Scene) {
    let host = Host::start();
    let items: Vec<_> = (1..=2).map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed("A Show", &items));
    for n in 1..=2 {
        host.set(&format!("/audio/{n}.mp3"), Page::Stall(audio(n)));
    }
    let scene = Scene::with(&[&host.url("/feed.xml")], "downloads_per_host = 2\n");
    let mut terminal = Terminal::start(&scene, 120, "xterm", "sync");
    terminal.comes_to(
        "[##########..........] 0 of 2 files 200.2 kB of 400.3 kB left\n\
         [##########..........] 50% #1 Episode 1\n[##########..........] 50% #2 Episode 2",
    );
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().1, 130);
    (host, scene)
}

#[test]
fn what_an_earlier_run_left_does_not_count_as_speed() {
    let (_host, scene) = halves();
    // The rest is promised, and nothing of it comes.
    let mut terminal = Terminal::start(&scene, 120, "xterm", "sync");
    let want = "[#########...........] 0 of 2 files 192.0 kB of 400.3 kB 0 B/s -:-- left\n\
                [#########...........] 47% 0 B/s -:-- #1 Episode 1\n\
                [#########...........] 47% 0 B/s -:-- #2 Episode 2";
    terminal.shows(want, sorted);
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().1, 130);
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let (host, scene) = stalled();
    go_on(&host);
    scene.configure(
        &fs::read_to_string(scene.path("config.toml"))
            .unwrap()
            .replace("downloads_per_host = 3", "downloads_per_host = 1"),
    );
    let mut terminal = Terminal::start(&scene, 80, "dumb", "sync");
    let (screen, code) = terminal.ends();
    let lines = "castkeep: downloaded 1 of 3: #3 Episode 3 (200.2 kB)\n\
                 castkeep: downloaded 2 of 3: #2 Episode 2 (200.2 kB)\n\
                 castkeep: downloaded 3 of 3: #1 Episode 1 (200.2 kB)\n";
    assert_eq!((screen, code), (format!("{lines}{REPORT}"), 0));
    assert!(!terminal.raw.contains('\u{1b}'), "{:?}", terminal.raw);
}

#[test]
fn into_a_pipe_there_are_lines_for_those_who_want_more() {
    let (host, scene) = stalled();
    go_on(&host);
    let ran = scene.run(&["sync", "--verbose"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("castkeep: downloaded ")).count(), 3);
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    let (host, scene) = stalled();
    go_on(&host);
    assert_eq!(scene.run(&["sync"]).stderr, "");
}

#[test]
fn no_color_is_honoured_by_logs_and_errors_on_a_terminal() {
    let (_host, scene) = archived(1);
    let castkeep = env!("CARGO_BIN_EXE_castkeep");
    for (kind, variable, coloured) in
        [("xterm", "", true), ("xterm", "NO_COLOR=1", false), ("dumb", "", false)]
    {
        for args in ["snyc", "--help", "sync --force --verbose", "show a-show 1"] {
            // Machines that test set CI, which colours whatever the terminal can do.
            let line = format!("unset CI; stty cols 80 rows 20; {variable} {castkeep} {args}");
            let mut terminal = Terminal::run(&scene, 80, kind, &line);
            terminal.ends();
            let has = terminal.raw.contains("\u{1b}[");
            assert_eq!(has, coloured, "{kind} {variable} {args}: {:?}", terminal.raw);
        }
    }
}

const FOUND: &str = "castkeep: found A Show, which will be called a-show\n\
                     castkeep: the feed lists 1 episode, the newest of 2026-01-01, 200.2 kB of audio (as it says)\n\
                     Add it? [Y/n]";

#[test]
fn add_asks_before_it_writes() {
    let host = Host::start();
    host.set_feed("/feed.xml", feed("A Show", &[item(1, &host.url(""))]));
    let scene = Scene::new(&[]);
    let before = fs::read_to_string(scene.path("config.toml")).unwrap();
    let add = format!("add {}", host.url("/feed.xml"));
    // What is typed (this terminal does not echo it), what the screen then ends with, the exit code.
    for (answer, said, code) in [
        ("n\n", " castkeep: nothing was added", 0),
        ("what?\n", " castkeep: nothing was added", 0),
        ("\u{4}", " \ncastkeep: nothing was added", 0),
        ("\u{3}", "", 130),
    ] {
        let mut terminal = Terminal::start(&scene, 120, "xterm", &add);
        assert_eq!(terminal.sees("[Y/n] "), FOUND);
        terminal.types(answer);
        let (screen, ended) = terminal.ends();
        assert_eq!((screen, ended), (format!("{FOUND}{said}"), code), "{answer:?}");
        assert_eq!(fs::read_to_string(scene.path("config.toml")).unwrap(), before);
        assert_eq!(scene.value("SELECT count(*) FROM shows"), "0");
    }
    let mut terminal = Terminal::start(&scene, 60, "dumb", &add);
    terminal.sees("[Y/n] ");
    terminal.types("\n");
    let (screen, code) = terminal.ends();
    let added = "added a-show: 1 episode\nnext: castkeep sync a-show downloads their audio";
    // On a terminal of 60 columns.
    let found = FOUND.replace("newest of 2026", "newest of\n  2026");
    assert_eq!((screen, code), (format!("{found} {added}"), 0));
    assert!(fs::read_to_string(scene.path("config.toml")).unwrap().contains("slug = \"a-show\""));
    // Who says yes beforehand is not asked.
    scene.configure(&before.replace("[http]", "[archive]\ndirectory = \"second\"\n[http]"));
    let mut terminal = Terminal::start(&scene, 120, "xterm", &format!("{add} --yes"));
    let (screen, code) = terminal.ends();
    assert_eq!((screen, code), (FOUND.replace("Add it? [Y/n]", added), 0));
}

#[test]
fn init_asks_where_the_archive_is_to_be() {
    let question = "The folder of the archive [archive]:";
    for (args, answer, folder) in [
        ("init", "kept \"here\"\n", "kept \"here\""),
        ("init", "\n", "archive"),
        ("init --yes", "", "archive"),
    ] {
        let scene = Scene::new(&[]);
        fs::remove_file(scene.path("config.toml")).unwrap();
        let mut terminal = Terminal::start(&scene, 120, "xterm", args);
        let mut said = String::new();
        if !answer.is_empty() {
            assert_eq!(terminal.sees("[archive]: "), question);
            terminal.types(answer);
            said = format!("{question} ");
        }
        let (screen, code) = terminal.ends();
        let rest = format!(
            "castkeep: wrote config.toml\ncastkeep: the archive is {folder}/archive.db\n\
             castkeep: next: castkeep add URL, then castkeep sync"
        );
        assert_eq!((screen, code), (said + &rest, 0));
        assert!(scene.path(folder).join("archive.db").is_file());
        let written = fs::read_to_string(scene.path("config.toml")).unwrap();
        let config: toml::Table = written.parse().unwrap();
        assert_eq!(config["archive"]["directory"].as_str(), Some(folder));
        assert_eq!(config["archive"]["create"].as_bool(), Some(false), "{written}");
    }
    let scene = Scene::new(&[]);
    fs::remove_file(scene.path("config.toml")).unwrap();
    let mut terminal = Terminal::start(&scene, 60, "dumb", "init");
    terminal.sees("[archive]: ");
    terminal.types("\u{4}");
    assert_eq!(terminal.ends(), (format!("{question} \ncastkeep: nothing was made"), 0));
    assert!(!scene.path("config.toml").exists() && !scene.path("archive").exists());
}

/// The help of a command on a terminal, as lines.
fn help(scene: &Scene, columns: u16, args: &str) -> usize {
    let mut terminal = Terminal::start(scene, columns, "xterm", args);
    let (_, code) = terminal.ends();
    assert_eq!(code, 0);
    terminal.raw.matches('\n').count()
}

#[test]
fn help_fits_the_screen() {
    let scene = Scene::new(&[]);
    for command in ["add", "sync", "search", "export csv"] {
        assert!(help(&scene, 80, &format!("{command} -h")) <= 24, "{command}");
        assert!(help(&scene, 80, &format!("{command} --help")) <= 40, "{command}");
        assert!(
            help(&scene, 120, &format!("{command} --help")) <= help(&scene, 80, &format!("{command} --help"))
        );
    }
    let mut terminal = Terminal::start(&scene, 80, "dumb", "-h");
    let (screen, _) = terminal.ends();
    assert!(
        screen.starts_with("Keeps podcasts: every episode, its audio with a checksum, its notes as rows\n"),
        "{screen}"
    );
    assert!(screen.ends_with("\n\"--help\" tells more"), "{screen}");
}

/// A show of a long name, whose episodes have long titles.
fn long_names() -> (Host, Scene) {
    let host = Host::start();
    let mut items: Vec<_> = (1..=2).map(|n| item(n, &host.url(""))).collect();
    for item in &mut items {
        item.title += ": 数えきれない羊, and whatever else there is to be said of them all";
    }
    host.set_feed("/feed.xml", feed("The Gamma Garden of Many Flowers", &items));
    for n in 1..=2 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    let scene = Scene::new(&[&host.url("/feed.xml")]);
    assert_eq!(scene.run(&["sync", "--feeds-only"]).code, 0);
    (host, scene)
}

/// The lines that a command writes on a terminal.
fn lines(scene: &Scene, columns: u16, args: &str) -> Vec<String> {
    let line =
        format!("unset CI; stty cols {columns} rows {ROWS}; exec {} {args}", env!("CARGO_BIN_EXE_castkeep"));
    let mut terminal = Terminal::run(scene, columns, "dumb", &line);
    terminal.ends();
    terminal.raw.lines().map(str::to_owned).collect()
}

#[test]
fn tables_are_no_wider_than_the_terminal_and_whole_in_a_pipe() {
    let (host, scene) = long_names();
    let show = "the-gamma-garden-of-many-flowers";
    let dry = scene.run(&["sync", "--dry-run"]);
    assert!(dry.stdout.contains("羊, and whatever else there is to be said of them all"), "{}", dry.stdout);
    for columns in [20, 30, 40, 60, 79, 120, 200] {
        for args in ["sync --dry-run", "status", &format!("show {show}")] {
            for line in lines(&scene, columns, args) {
                // What is said below a table is a sentence: only a word of it may be wider.
                let is_word = !line.trim().contains(' ') || line.starts_with(show);
                let width = unicode_width::UnicodeWidthStr::width(line.as_str());
                assert!(is_word || width <= usize::from(columns), "{columns} {args}: {line}");
            }
        }
    }
    let dry = lines(&scene, 60, "sync --dry-run").join("\n");
    let want = "show                              downloads      size\n\
                the-gamma-garden-of-many-flowers          2  400.3 kB\n\n\
                the-gamma-garden-of-many-flowers: to download\n  \
                2026-01-02  #2 Episode 2: 数えきれない羊, and w…  200.2 kB\n  \
                2026-01-01  #1 Episode 1: 数えきれない羊, and w…  200.2 kB";
    assert_eq!(dry, want);
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.set_feed(
        "/feed.xml",
        feed("The Gamma Garden of Many Flowers", &[item(1, &host.url("")), item(2, &host.url(""))]),
    );
    let report = lines(&scene, 40, "sync --force --report written --feeds-only").join("\n");
    assert_eq!(report, "", "it stands in the file");
    let written = fs::read_to_string(scene.path("written")).unwrap();
    let whole = "sync: ok\nshow                              new  changed  gone  downloads  size  warnings\n\
                 the-gamma-garden-of-many-flowers    0        2     0          0   0 B         0\n";
    assert_eq!(written, whole, "a file is no terminal");
    host.set_feed("/feed.xml", feed("The Gamma Garden", &[item(1, &host.url(""))]));
    let report = lines(&scene, 40, "sync --force").join("\n");
    assert_eq!(report, "show                              gone\nthe-gamma-garden-of-many-flowers     1");
}

#[test]
fn what_is_said_on_stdout_or_below_a_caret_breaks_between_words_too() {
    let (_host, scene) = long_names();
    let said = lines(&scene, 60, "status").join("\n");
    let verdict = "\n\nthe audio of 2 episodes is not downloaded yet\n  (the-gamma-garden-of-many-flowers)\n";
    assert!(said.contains(verdict), "{said}");
    let whole = scene.run(&["status"]).stdout;
    assert!(whole.contains("downloaded yet (the-gamma"), "in a pipe a sentence is a line: {whole}");
    for columns in [60, 120] {
        let said = lines(&scene, columns, "rename --to '{shwo}/{title}'");
        assert_eq!(said[..3], ["castkeep: --to: no template for file names", "{shwo}/{title}", "^^^^^^"]);
        let below: Vec<&str> = said[3..].iter().map(String::as_str).collect();
        assert!(below.iter().all(|line| line.len() <= usize::from(columns)), "{below:?}");
        let hint = "hint: did you mean \"show\"?";
        assert!(below.len() > 2 && below.last() == Some(&hint), "{below:?}");
        let names = below.iter().flat_map(|line| line.split_whitespace());
        assert_eq!(names.clone().filter(|word| *word == "`author`,").count(), 1, "{below:?}");
        let is_whole = |word: &&str| word.matches('`').count().is_multiple_of(2);
        assert!(names.clone().all(|word| is_whole(&word)), "{below:?}");
    }
}

#[test]
fn messages_break_between_words_and_hang() {
    let (host, scene) = long_names();
    assert_eq!(scene.run(&["sync"]).code, 0);
    host.set("/feed.xml", Page::Status(404));
    let said = lines(&scene, 40, "sync --force").join("\n");
    let want = format!(
        "castkeep:\n  the-gamma-garden-of-many-flowers:\n  fetch {}:\n  status 404\n\
         hint: 404: it may have moved; look at\n  the show's page for its address of\n  \
         today and put that into config.toml,\n  or stop with castkeep remove SHOW",
        host.url("/feed.xml")
    );
    assert_eq!(said, want);
    let said = lines(&scene, 30, "--archive archive/nowhere/far/below/what/there/is status").join("\n");
    let want = "castkeep: archive\n  archive/nowhere/far/below/what/there/is:\n  there is no archive.db here\n  yet\n\
                hint: is its disk not mounted?\n  if there never was one,\n  \"castkeep init\" makes it";
    assert_eq!(said, want);
    let whole = scene.run(&["sync", "--force"]).stderr;
    assert_eq!(whole.lines().count(), 2, "in a pipe a message is a line: {whole}");
}
