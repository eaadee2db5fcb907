//! A row of the fault table: what the host does, what castkeep is asked to do, what must come of it; and after every run the
//! invariants that no fault may break (I1 to I8 of the fault catalogue).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::hostile::Hostile;
use super::scene::{Ran, Scene};

const FEED: &str = "/feed.xml";
/// The audio that bears the fault; the other episodes' is well.
const AUDIO: &str = "/audio/2.mp3";
/// No run may use more memory (I7), in kilobytes.
const MOST_MEMORY: u64 = 256 * 1024;
/// Nor start more threads, nor hold more files and sockets open (I7).
const MOST_THREADS: u64 = 40;
const MOST_FILES: usize = 80;
/// A run that takes longer hangs.
const LONGEST_RUN: Duration = Duration::from_secs(90);

/// Where the fault sits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// In the answers to the feed; its address stays.
    Feed,
    /// In the address of the feed, so that a redirect leads out of it.
    FeedAddress,
    /// In the answers to the audio of one episode.
    Audio,
    /// In the addresses of all audio.
    AudioAddress,
}

/// How a row ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The fault goes, and the next run gives the archive of an undisturbed one (I5).
    Heals,
    /// The fault is the feed as it is: the next run changes nothing.
    Stays,
    /// A further run is another story: the feed never stays as it is, or the host may not be asked.
    Open,
}

enum Step {
    /// Arguments, and what is told of the run.
    Run(&'static [&'static str], &'static str),
    Revise(u32),
    Script(&'static str, &'static str),
    Change(fn(&Scene)),
    Rows(&'static str, &'static [&'static str]),
}

/// A row of the table.
pub struct Row {
    pub cases: Vec<u32>,
    /// The faults: one a request, separated by spaces, several at once joined by commas. The last one stays.
    pub faults: String,
    at: At,
    end: End,
    feed: &'static str,
    http: String,
    other_show: bool,
    steps: Vec<Step>,
    healed: Option<&'static str>,
}

/// A row whose fault sits in the feed.
pub fn feed(cases: &[u32], faults: &str) -> Row {
    Row {
        cases: cases.to_vec(),
        faults: faults.to_owned(),
        at: At::Feed,
        end: End::Heals,
        feed: "n=3",
        http: String::new(),
        other_show: false,
        steps: Vec::new(),
        healed: None,
    }
}

/// A row whose fault is what the feed says.
pub fn content(cases: &[u32], faults: &str) -> Row {
    Row { end: End::Stays, feed: "n=3&size=20000", ..feed(cases, faults) }
}

/// A row whose fault sits in the audio of one of three episodes.
pub fn audio(cases: &[u32], faults: &str) -> Row {
    Row { at: At::Audio, ..feed(cases, faults) }
}

/// A row whose fault sits in the address of the feed.
pub fn feed_address(cases: &[u32], faults: &str) -> Row {
    Row { at: At::FeedAddress, ..feed(cases, faults) }
}

/// A row whose fault sits in the address of the audio of the one episode.
pub fn audio_address(cases: &[u32], faults: &str) -> Row {
    Row { at: At::AudioAddress, feed: "n=1", ..feed(cases, faults) }
}

impl Row {
    /// `castkeep sync --force`, and what is told of it. `*` stands for any text.
    pub fn sync(self, told: &'static str) -> Self {
        self.run(&["sync", "--force"], told)
    }

    pub fn run(self, args: &'static [&'static str], told: &'static str) -> Self {
        self.step(Step::Run(args, told))
    }

    /// The host goes on to this revision of the feed.
    pub fn revise(self, revision: u32) -> Self {
        self.step(Step::Revise(revision))
    }

    /// From here on the host does this at a path.
    pub fn script(self, path: &'static str, faults: &'static str) -> Self {
        self.step(Step::Script(path, faults))
    }

    /// Somebody meddles with the files.
    pub fn change(self, change: fn(&Scene)) -> Self {
        self.step(Step::Change(change))
    }

    /// The archive now answers a query so.
    pub fn rows(self, sql: &'static str, rows: &'static [&'static str]) -> Self {
        self.step(Step::Rows(sql, rows))
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// What the feed is asked for.
    pub fn of(mut self, query: &'static str) -> Self {
        self.feed = query;
        self
    }

    /// A line in `[http]`.
    pub fn with(mut self, line: &str) -> Self {
        self.http = format!("{}{line}\n", self.http);
        self
    }

    /// Beside a show at the same host whose feed is well.
    pub fn beside_another(mut self) -> Self {
        self.other_show = true;
        self
    }

    /// The next run changes nothing.
    pub fn stays(mut self) -> Self {
        self.end = End::Stays;
        self
    }

    /// Nothing is said of a further run.
    pub fn open_ended(mut self) -> Self {
        self.end = End::Open;
        self
    }

    /// What is told of the run after the fault is gone.
    pub fn healed(mut self, told: &'static str) -> Self {
        self.healed = Some(told);
        self
    }

    fn name(&self) -> String {
        let place = match self.at {
            At::Feed | At::FeedAddress => "feed",
            At::Audio | At::AudioAddress => "audio",
        };
        format!("{:?} {place} {}", self.cases, self.faults)
    }

    /// The configuration, with the fault in an address or without.
    fn config(&self, origin: &str, faulty: bool) -> String {
        let fault = match self.at {
            At::FeedAddress if faulty => format!("&fault={}", self.faults),
            At::AudioAddress if faulty => format!("&audiofault={}", self.faults),
            _ => String::new(),
        };
        let http = if faulty { &self.http } else { "" };
        let other =
            format!("[[shows]]\nslug = \"other\"\nfeed = \"http://{origin}/feed2.xml?n=1&size=30000\"\n");
        format!(
            "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n{http}\
             [[shows]]\nslug = \"show\"\nfeed = \"http://{origin}{FEED}?{}{fault}\"\n{}",
            self.feed,
            if self.other_show { &other } else { "" },
        )
    }
}

/// Archives of undisturbed runs, by configuration.
#[derive(Default)]
pub struct Undisturbed(Mutex<BTreeMap<String, Vec<String>>>);

impl Undisturbed {
    fn canon(&self, row: &Row, host: &Hostile) -> Vec<String> {
        let key = row.config("host", false);
        if let Some(canon) = self.0.lock().unwrap().get(&key) {
            return canon.clone();
        }
        let scene = Scene::configured(&row.config(&host.origins().0, false));
        let ran = scene.run(&["sync"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "the undisturbed run");
        let mut canon = scene.canon();
        canon.sort();
        self.0.lock().unwrap().insert(key, canon.clone());
        canon
    }
}

/// Plays a row on a host; what was not as it should be.
pub fn play(row: &Row, host: &Hostile, undisturbed: &Undisturbed) -> Vec<String> {
    host.reset();
    let canon = (row.end == End::Heals).then(|| undisturbed.canon(row, host));
    host.reset();
    let mut play = Play::new(row, host);
    play.script_fault();
    for (n, step) in row.steps.iter().enumerate() {
        match step {
            Step::Run(args, told) => play.run(args, told, &n.to_string()),
            Step::Revise(revision) => host.revise(*revision),
            Step::Script(path, faults) => host.script(path, faults),
            Step::Change(change) => change(&play.scene),
            Step::Rows(sql, rows) => play.same(&n.to_string(), sql, &rows.join("\n"), &play.rows(sql)),
        }
    }
    play.end(canon);
    host.summary();
    play.wrong
}

/// A row being played.
struct Play<'a> {
    row: &'a Row,
    host: &'a Hostile,
    scene: Scene,
    wrong: Vec<String>,
    /// What earlier runs wrote down for good (I4).
    kept: BTreeSet<String>,
    last: Marks,
}

/// How far the books and the host's log were read.
#[derive(Default, Clone)]
struct Marks {
    fetches: String,
    downloads: String,
    request: u64,
}

impl<'a> Play<'a> {
    fn new(row: &'a Row, host: &'a Hostile) -> Self {
        let scene = Scene::configured(&row.config(&host.origins().0, true));
        Self { row, host, scene, wrong: Vec::new(), kept: BTreeSet::new(), last: Marks::default() }
    }

    fn script_fault(&self) {
        match self.row.at {
            At::Feed => self.host.script(FEED, &self.row.faults),
            At::Audio => self.host.script(AUDIO, &self.row.faults),
            At::FeedAddress | At::AudioAddress => {}
        }
    }

    fn same(&mut self, step: &str, what: &str, expected: &str, found: &str) {
        if !matches(expected, found) {
            let name = self.row.name();
            self.wrong.push(format!(
                "{name}, step {step}: {what}\n    expected: {expected:?}\n    found:    {found:?}"
            ));
        }
    }

    fn must(&mut self, holds: bool, what: &str) {
        if !holds {
            self.wrong.push(format!("{}: {what}", self.row.name()));
        }
    }

    /// One run, with the invariants.
    fn run(&mut self, args: &[&str], told: &str, step: &str) {
        self.last.request = self.host.mark();
        let ran = self.watched(args);
        self.must(
            !ran.stderr.contains(|c: char| c.is_control() && c != '\n'),
            "control characters on stderr",
        );
        self.must(
            (ran.code == 3) == (ran.code != 0 && !ran.stderr.is_empty()),
            &format!("exit {} and stderr {:?}", ran.code, ran.stderr),
        );
        self.must(!format!("{}{}", ran.stdout, ran.stderr).contains("secret"), "a secret was told");
        let found = self.told(&ran);
        self.same(step, "what came of it", told, &found);
        self.invariants();
    }

    /// Runs the binary, with an eye on its memory (I7) and its end.
    fn watched(&mut self, args: &[&str]) -> Ran {
        let mut command = self.scene.command(args);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let id = child.id();
        let watch = std::thread::spawn(move || watch(id));
        let ran = Scene::wait(child);
        let most = watch.join().unwrap();
        self.must(most.memory <= MOST_MEMORY, &format!("{} kB of memory", most.memory));
        self.must(most.threads <= MOST_THREADS, &format!("{} threads", most.threads));
        self.must(most.files <= MOST_FILES, &format!("{} open files", most.files));
        ran
    }

    /// What came of a run: exit code, books, requests.
    fn told(&mut self, ran: &Ran) -> String {
        let marks = self.last.clone();
        let number = |text: &str| if text.is_empty() { "0".to_owned() } else { text.to_owned() };
        let fetches = self.rows(&format!(
            "SELECT outcome || coalesce(' (' || error || ')', '') FROM fetches WHERE id > {} ORDER BY show_id, id",
            number(&marks.fetches)
        ));
        // The audio of the host is shorter than its feed says: that is remarked on everywhere, and shown nowhere here.
        let downloads = self.rows(&format!(
            "SELECT count(*) || ' ' || outcome || coalesce(' (' || error || ')', '') FROM ( \
                 SELECT outcome, nullif(CASE WHEN at > 0 THEN rtrim(substr(error, 1, at - 1), '; ') ELSE error END, '') AS error \
                 FROM (SELECT *, instr(coalesce(error, ''), 'duration_mismatch') AS at FROM downloads WHERE id > {})) \
             GROUP BY outcome, error ORDER BY outcome DESC, error",
            number(&marks.downloads)
        ));
        self.last.fetches = self.rows("SELECT max(id) FROM fetches").replace("NULL", "");
        self.last.downloads = self.rows("SELECT max(id) FROM downloads").replace("NULL", "");
        let counts = self.rows(
            "SELECT (SELECT count(*) FROM episodes) || ' episodes, ' || count(*) || ' files' FROM files WHERE state = 'present'",
        );
        let line = |text: &str| if text.is_empty() { "none".to_owned() } else { text.replace('\n', " + ") };
        let (fetches, downloads) = (line(&fetches), line(&downloads));
        let broken_off = ["stalled", "too slow", "no answer", "too large: ", "header too large"]
            .iter()
            .any(|word| format!("{fetches}{downloads}").contains(word));
        let requests = if broken_off { String::new() } else { format!("; {}", self.requests()) };
        format!("{}: {counts}; feed {fetches}; audio {downloads}{requests}", ran.code)
    }

    /// The statuses of what was asked since the last mark: of the feed, and of the audio with the fault (else their number).
    fn requests(&self) -> String {
        let log: Vec<Value> = self.host.since(self.last.request);
        let statuses = |path: &dyn Fn(&str) -> bool| -> Vec<String> {
            let lines = log.iter().filter(|line| path(line["path"].as_str().unwrap_or_default()));
            lines
                .map(|line| line["status"].as_i64().map_or("-".to_owned(), |status| status.to_string()))
                .collect()
        };
        let feed = statuses(&|path| path == FEED);
        let audio = match self.row.at {
            At::Audio => statuses(&|path| path == AUDIO),
            At::AudioAddress => statuses(&|path| path.starts_with("/audio/")),
            _ => vec![statuses(&|path| path.contains("/audio/")).len().to_string()],
        };
        format!("[{}] [{}]", feed.join(" "), audio.join(" "))
    }

    /// The rows of a query, a line each, without the ports of this run.
    fn rows(&self, sql: &str) -> String {
        if !self.scene.path("archive/archive.db").exists() {
            return String::new();
        }
        let (host, canary) = self.host.origins();
        self.scene.rows(sql).join("\n").replace(&host, "HOST").replace(&canary, "CANARY")
    }

    fn invariants(&mut self) {
        if !self.scene.path("archive/archive.db").exists() {
            return;
        }
        self.scene.assert_sound();
        self.must(no_files_elsewhere(&self.scene), "a file where none belongs");
        let kept = kept(&self.scene);
        let lost: Vec<_> = self.kept.difference(&kept).cloned().collect();
        self.must(lost.is_empty(), &format!("lost: {lost:?}"));
        self.kept = kept;
        let causeless = self.rows(
            "SELECT id FROM fetches WHERE outcome NOT IN ('new', 'same', 'not_modified', 'gone') AND coalesce(error, '') = '' \
             OR duration_ms IS NULL OR outcome <> 'refused' AND status IS NULL AND error IS NULL",
        );
        self.must(causeless.is_empty(), "a fetch row without cause");
        let open = self.rows("SELECT id FROM runs WHERE finished_at IS NULL");
        self.must(open.is_empty(), "a run left open");
    }

    fn end(&mut self, undisturbed: Option<Vec<String>>) {
        match self.row.end {
            End::Open => {}
            End::Stays => {
                let before = (
                    self.scene.canon(),
                    self.rows("SELECT count(*) FROM downloads WHERE outcome = 'stored'"),
                );
                self.run(&["sync", "--force"], "*", "again");
                let after = (
                    self.scene.canon(),
                    self.rows("SELECT count(*) FROM downloads WHERE outcome = 'stored'"),
                );
                self.must(before == after, "the next run changed the archive");
            }
            End::Heals => {
                for path in [FEED, AUDIO] {
                    self.host.script(path, "ok");
                }
                self.scene.configure(&self.row.config(&self.host.origins().0, false));
                self.run(&["sync", "--force"], self.row.healed.unwrap_or("0: *"), "healed");
                let (mut canon, undisturbed) = (self.scene.canon(), undisturbed.unwrap_or_default());
                canon.sort();
                let differs = |one: &[String], other: &[String]| -> Vec<String> {
                    one.iter().filter(|line| !other.contains(line)).cloned().collect()
                };
                let (more, less) = (differs(&canon, &undisturbed), differs(&undisturbed, &canon));
                self.must(
                    canon == undisturbed,
                    &format!("not the archive of an undisturbed run:\n  {more:#?}\nin place of\n  {less:#?}"),
                );
                let parts = fs::read_dir(self.scene.path("archive/tmp")).unwrap().count();
                self.must(parts == 0, "parts are left over");
            }
        }
    }
}

/// The most that a process was seen to use.
#[derive(Default)]
struct Peak {
    /// In kilobytes.
    memory: u64,
    threads: u64,
    files: usize,
}

/// Looks at a process until it ends; one that does not end is killed.
fn watch(id: u32) -> Peak {
    let (started, mut most) = (Instant::now(), Peak::default());
    while let Ok(status) = fs::read_to_string(format!("/proc/{id}/status")) {
        let number = |name: &str| -> u64 {
            let mut lines = status.lines();
            let value =
                lines.find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
            value.unwrap_or(0)
        };
        most.memory = most.memory.max(number("VmHWM:"));
        most.threads = most.threads.max(number("Threads:"));
        let files = fs::read_dir(format!("/proc/{id}/fd")).map_or(0, Iterator::count);
        most.files = most.files.max(files);
        if started.elapsed() > LONGEST_RUN {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    most
}

/// What no later run may change: the books, the documents, the files, the episodes that there are.
pub fn kept(scene: &Scene) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for sql in [
        "SELECT 'fetch', id, show_id, run_id, url, status, outcome, etag, last_modified, document_id, error FROM fetches",
        "SELECT 'download', id, resource_id, run_id, requested_url, outcome, error, file_id FROM downloads",
        "SELECT 'document', id, sha256, size_bytes FROM documents",
        "SELECT 'file', id, sha256, size_bytes, path, stored_at FROM files",
        "SELECT 'episode', id, show_id, first_seen_at FROM episodes",
        "SELECT 'change', id, show_id, episode_id, field, old_value, new_value FROM changes",
        "SELECT 'run', id, command, started_at, finished_at, outcome, counts FROM runs WHERE finished_at IS NOT NULL",
    ] {
        all.extend(scene.rows(sql));
    }
    all.extend(scene.audio().into_iter().map(|(path, sha256)| format!("disk|{path}|{sha256}")));
    all
}

/// I2: there is nothing but what castkeep says it makes, below the folder of the scene and where the host's names point.
fn no_files_elsewhere(scene: &Scene) -> bool {
    let names = |path: &Path| -> BTreeSet<String> {
        let entries = fs::read_dir(path).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let top =
        names(&scene.path("")).into_iter().all(|name| ["archive", "config.toml"].contains(&name.as_str()));
    let archive = names(&scene.path("archive")).into_iter().all(|name| {
        ["audio", "tmp", "lock", "archive.db", "archive.db-wal", "archive.db-shm"].contains(&name.as_str())
    });
    let evil =
        names(Path::new("/tmp")).into_iter().any(|name| name.contains("hostile-evil") || name == "evil.mp3");
    top && archive && !evil
}

/// Whether a text is as a pattern has it, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}
