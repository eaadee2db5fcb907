//! The prompt of `castkeep sql`, on a terminal that a test holds.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};
use support::archived::archived;
use support::scene::Scene;

/// Whatever a loaded machine needs; no test waits for it to pass.
const PATIENCE: u64 = 30_000;

fn scene() -> Scene {
    archived(2).1
}

/// A terminal of so many columns, with the prompt on it.
struct Terminal(PtySession);

impl Terminal {
    fn open(scene: &Scene, columns: u16, home: Option<&str>) -> Self {
        Self::start(scene, columns, home, "sql")
    }

    fn start(scene: &Scene, columns: u16, home: Option<&str>, args: &str) -> Self {
        let mut command = Command::new("sh");
        let line = format!("stty cols {columns} rows 20; exec {} {args}", env!("CARGO_BIN_EXE_castkeep"));
        command.args(["-c", &line]).current_dir(scene.path("")).env("TERM", "xterm");
        command.env_remove("XDG_STATE_HOME").env_remove("CASTKEEP_CONFIG").env_remove("HOME");
        if let Some(home) = home {
            command.env("HOME", scene.path(home));
        }
        let options = Options::new().timeout_ms(Some(PATIENCE)).strip_ansi_escape_codes(true);
        let mut terminal = Self(spawn_with_options(command, options).unwrap());
        terminal.sees("castkeep> ");
        terminal
    }

    /// Waits for a text; what came before it.
    #[track_caller]
    fn sees(&mut self, text: &str) -> String {
        // It takes each byte for a character.
        let bytes = self.0.exp_string(text).unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect();
        String::from_utf8(bytes).unwrap()
    }

    fn types(&mut self, text: &str) {
        self.0.send(text).unwrap();
        self.0.flush().unwrap();
    }

    /// Types a line; what comes between it and the next prompt.
    #[track_caller]
    fn asks(&mut self, line: &str) -> String {
        self.types(line);
        self.sees(line);
        self.types("\n");
        let answer = self.sees("castkeep> ");
        answer.replace('\r', "").trim_start_matches('\n').to_owned()
    }

    /// Types a line that does not end its statement.
    #[track_caller]
    fn goes_on(&mut self, line: &str) {
        self.types(line);
        self.sees(line);
        self.types("\n");
        self.sees("     ...> ");
    }

    /// Presses Ctrl-D.
    #[track_caller]
    fn leaves(mut self) {
        self.types("\u{4}");
        self.ends();
    }

    /// Nothing more is said, and the exit code is 0.
    #[track_caller]
    fn ends(mut self) {
        self.0.exp_eof().unwrap();
        let status = format!("{:?}", self.0.process().wait().unwrap());
        assert!(status.starts_with("Exited(") && status.ends_with(", 0)"), "{status}");
    }
}

#[test]
fn questions_are_answered_until_ctrl_d() {
    let scene = scene();
    let mut terminal = Terminal::open(&scene, 200, Some("home"));
    assert_eq!(
        terminal.asks("SELECT number, title FROM episode_list ORDER BY 1;"),
        "number  title\n1       #1 Episode 1\n2       #2 Episode 2\n"
    );
    assert_eq!(
        terminal.asks("SELECT titel FROM shows; SELECT 1;"),
        "castkeep: sql: no such column: titel\n  SELECT titel FROM shows;\n         ^\nhint: did you mean title?\n",
        "what follows a failure is not asked"
    );
    assert_eq!(
        terminal.asks("DELETE FROM shows;").lines().next(),
        Some("castkeep: sql: not allowed: DELETE FROM shows; a query may read the archive and nothing else")
    );
    assert_eq!(terminal.asks("SELECT 6 * 7 AS a; SELECT 'x;' AS b;"), "a\n42\nb\nx;\n");
    // A statement over three lines; the third gives it up, and none of it is kept.
    terminal.goes_on("SELECT 40 +");
    terminal.goes_on("2 AS");
    assert_eq!(terminal.asks("sum;"), "sum\n42\n");
    terminal.goes_on("SELECT 'given up'");
    terminal.types("\u{3}");
    terminal.sees("castkeep> ");
    assert_eq!(terminal.asks("SELECT 1 AS a;"), "a\n1\n");
    // What comes all at once is read line by line.
    terminal.types("SELECT 20 +\n22 AS all_at_once;\n");
    terminal.sees("all_at_once\r\n42\r\n");
    terminal.sees("castkeep> ");
    terminal.leaves();
    let kept = fs::read_to_string(scene.path("home/.local/state/castkeep/sql_history")).unwrap();
    assert!(kept.contains("\nSELECT 40 +\\n2 AS\\nsum;\n") && !kept.contains("given up"), "{kept}");
}

#[test]
fn commands_begin_with_a_dot() {
    let scene = scene();
    let mut terminal = Terminal::open(&scene, 200, Some("home"));
    let tables = terminal.asks(".tables");
    assert!(tables.lines().any(|line| line == "link_list") && !tables.contains("fts_data"), "{tables}");
    assert!(
        terminal.asks(".schema people").starts_with("people (table): A person, under the name as written.\n")
    );
    assert_eq!(
        terminal.asks(".schema peple"),
        "castkeep: there is no table or view peple\nhint: did you mean people?\n"
    );
    assert_eq!(
        terminal.asks(".tabels"),
        "castkeep: there is no command .tabels\nhint: did you mean .tables?\n"
    );
    assert_eq!(terminal.asks(".mode json"), "");
    assert_eq!(terminal.asks("SELECT 1 AS a;"), "[\n{\"a\":1}\n]\n");
    assert_eq!(terminal.asks(".mode"), "json\n");
    assert_eq!(terminal.asks(".timer on"), "");
    assert!(terminal.asks("SELECT 1 AS a;").contains("castkeep: 1 row in "));
    assert_eq!(terminal.asks(".timer off"), "");
    assert_eq!(terminal.asks(".param who=Ada L."), "");
    assert_eq!(terminal.asks("SELECT :who AS a;"), "[\n{\"a\":\"Ada L.\"}\n]\n");
    assert_eq!(terminal.asks("SELECT 1 AS a;"), "[\n{\"a\":1}\n]\n");
    assert_eq!(
        terminal.asks("SELECT :nobody;"),
        "castkeep: sql: no value for :nobody\n  SELECT :nobody;\n         ^\nhint: give it with .param nobody=VALUE\n"
    );
    assert_eq!(
        (terminal.asks(".param"), terminal.asks(".limit")),
        ("who='Ada L.'\n".to_owned(), "100\n".to_owned())
    );
    assert_eq!(
        (terminal.asks(".limit off"), terminal.asks(".limit"), terminal.asks(".timer")),
        (String::new(), "off\n".to_owned(), "off\n".to_owned())
    );
    assert_eq!(
        terminal.asks("show tables;").lines().last(),
        Some("hint: .tables lists the tables and views")
    );
    assert_eq!(
        terminal.asks("DESCRIBE people;").lines().last(),
        Some("hint: .schema people tells its columns")
    );
    let help = terminal.asks(".help");
    assert!(help.contains("\n.limit [N|off]"), "{help}");
    for word in ["help", "HELP;", "?"] {
        assert_eq!(terminal.asks(word), help, "{word}");
    }
    terminal.types(".quit\n");
    terminal.ends();
}

#[test]
fn leaving_needs_no_dot_and_what_is_said_fits_a_narrow_screen() {
    let scene = scene();
    for word in ["exit", "QUIT;", ".exit"] {
        let mut terminal = Terminal::open(&scene, 80, Some("home"));
        terminal.types(&format!("{word}\n"));
        terminal.ends();
    }
    let mut terminal = Terminal::open(&scene, 80, Some("home"));
    assert!(terminal.asks(".help").lines().all(|line| line.chars().count() <= 80));
    terminal.leaves();
    let mut command = Command::new("sh");
    let castkeep = env!("CARGO_BIN_EXE_castkeep");
    let query = "SELECT 1 AS n, printf('%.*c', 200, 'x') AS long";
    let line = format!("stty cols 40 rows 20; {castkeep} sql \"{query}\"; {castkeep} status");
    command.args(["-c", &line]).current_dir(scene.path("")).env_remove("COLUMNS");
    command.env_remove("CASTKEEP_CONFIG");
    let options = Options::new().timeout_ms(Some(PATIENCE));
    let mut terminal = Terminal(spawn_with_options(command, options).unwrap());
    let shown =
        String::from_utf8(terminal.0.exp_eof().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect())
            .unwrap();
    let shown = shown.replace('\r', "");
    assert!(shown.starts_with(&format!("n  long\n1  {}…\n", "x".repeat(36))), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 40), "{shown}");
}

#[test]
fn ctrl_c_drops_a_line_and_stops_a_query() {
    let scene = scene();
    let mut terminal = Terminal::open(&scene, 200, Some("home"));
    terminal.types("SELECT 'never");
    terminal.sees("'never");
    terminal.types("\u{3}");
    terminal.sees("castkeep> ");
    for command in [".mode ndjson", ".limit off"] {
        assert_eq!(terminal.asks(command), "");
    }
    for _ in 0..2 {
        terminal.types("WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r;\n");
        // Rows stand on the screen: it runs.
        terminal.sees("{\"n\":500}");
        terminal.types("\u{3}");
        terminal.sees("castkeep: sql: stopped\r\n");
        terminal.sees("castkeep> ");
    }
    assert_eq!(terminal.asks("SELECT 1 AS a;"), "{\"a\":1}\n");
    terminal.leaves();
}

#[test]
fn a_screen_is_not_flooded() {
    let scene = scene();
    let mut terminal = Terminal::open(&scene, 90, Some("home"));
    // Too long a cell is cut.
    assert_eq!(
        terminal.asks("SELECT 1 AS n, printf('%.*c', 200, 'x') AS long;"),
        format!("n  long\n1  {}…\n", "x".repeat(86))
    );
    // Too many columns are lines.
    let lines = terminal.asks("SELECT * FROM shows;");
    assert!(lines.contains("\n      feed_url  http://127.0.0.1:"), "{lines}");
    assert!(lines.lines().all(|line| line.chars().count() <= 90), "{lines}");
    let many = "WITH r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r) SELECT n FROM r;";
    let answer = terminal.asks(many);
    assert!(answer.ends_with("\n99\n100\ncastkeep: the first 100 rows; .limit off shows all\n"), "{answer}");
    terminal.leaves();
}

#[test]
fn a_query_that_sqlite_cannot_stop_is_left_to_itself() {
    let scene = scene();
    let mut terminal = Terminal::start(&scene, 200, Some("home"), "sql --timeout 1");
    assert_eq!(
        terminal.asks("SELECT instr(printf('%.*c', 9999990, 'a'), printf('%.*c', 5000000, 'a') || 'b');"),
        "castkeep: SQLite could not be stopped: it goes on until the prompt is left\n\
         castkeep: sql: stopped after 1 s\nhint: --timeout SECONDS gives it more\n"
    );
    assert_eq!(terminal.asks("SELECT 6 * 7 AS a;"), "a\n42\n");
    terminal.leaves();
}

#[test]
fn tab_completes_names() {
    let scene = scene();
    let mut terminal = Terminal::open(&scene, 200, Some("home"));
    terminal.asks(".mode csv");
    // Columns come before FROM, too.
    terminal.types("sel\t segment_g\u{8}i\t");
    terminal.sees("select segment_id");
    terminal.types("\u{3}");
    terminal.sees("castkeep> ");
    terminal.types("sel\t count(*) AS many FROM segment_l\t;\n");
    // As typed, there is neither such a word nor such a table.
    terminal.sees("\nmany\r\n");
    let count = scene.value("SELECT count(*) FROM segments");
    assert_eq!(terminal.sees("castkeep> "), format!("{count}\r\n\r"));
    terminal.leaves();
}

#[test]
fn what_was_asked_comes_back_and_is_nobody_elses_business() {
    let scene = scene();
    fs::create_dir(scene.path("home")).unwrap();
    let mut terminal = Terminal::open(&scene, 200, Some("home"));
    assert_eq!(terminal.asks("SELECT 20 + 22 AS sum;"), "sum\n42\n");
    terminal.leaves();
    let path = scene.path("home/.local/state/castkeep/sql_history");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap(), "#V2\nSELECT 20 + 22 AS sum;\n");

    let mut terminal = Terminal::open(&scene, 200, Some("home"));
    terminal.types("\u{1b}[A");
    terminal.sees("SELECT 20 + 22 AS sum;");
    terminal.types("\n");
    assert_eq!(terminal.sees("castkeep> ").replace('\r', ""), "\nsum\n42\n");
    terminal.leaves();
}

#[test]
fn without_a_place_for_its_history_it_does_without() {
    let scene = scene();
    fs::write(scene.path("file"), "no folder").unwrap();
    for home in [None, Some("file"), Some("file/below")] {
        let mut terminal = Terminal::open(&scene, 200, home);
        assert_eq!(terminal.asks("SELECT 6 * 7 AS a;"), "a\n42\n");
        terminal.leaves();
    }
}
