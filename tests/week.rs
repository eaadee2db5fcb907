//! A week in a minute: two hundred runs of a show whose host fails, whose feed is edited, whose clock jumps and whose runs are
//! killed; then one run without any of it. The archive is what it would have been had nothing gone wrong.
//!
//! Case 124 of the fault catalogue. What is compared is an archive that was shown the very documents that the troubled one
//! came to record, one after the other, by runs that nothing disturbed. Chance is played from a seed that is printed
//! (`CASTKEEP_SEED`); `CASTKEEP_WEEK_RUNS` plays a longer week.
//!
//! Two things rightly tell the archives apart. When each row was written; and what a file is called, for it keeps the name
//! that fitted the title and date of its episode when it was captured, which a failure may have delayed.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use castkeep::model::{Digest, Time};

use support::clock;
use support::dice::seed;
use support::host::{Host, Page};
use support::say::say;
use support::scene::{Ran, Scene};
use support::target::Target;

/// An episode as its publisher has it.
#[derive(Clone)]
struct Episode {
    number: u32,
    guid: String,
    title: String,
    notes: String,
    /// Days after New Year 2026.
    day: i64,
    /// The folder of the host that its audio is in.
    folder: &'static str,
    image: bool,
}

impl Episode {
    fn new(number: u32) -> Self {
        Self {
            number,
            guid: format!("guid-{number}"),
            title: format!("#{number} Episode {number}"),
            notes: format!(
                "<p>Notes of {number}, see <a href=\"https://example.org/{number}\">this</a>.</p>"
            ),
            day: i64::from(number),
            folder: "audio",
            image: number.is_multiple_of(3),
        }
    }

    fn file(&self) -> String {
        format!("/{}/{}.mp3", self.folder, self.number)
    }

    fn xml(&self, host: &Host, token: u32) -> String {
        let date =
            Time::from_unix(1_767_225_600 + self.day * 86_400).unwrap().format("%d %b %Y %H:%M:%S +0000");
        let image = if self.image {
            format!("<itunes:image href=\"{}\"/>", host.url(&format!("/image/{}.png", self.number)))
        } else {
            String::new()
        };
        format!(
            "<item><title>{}</title><guid isPermaLink=\"false\">{}</guid><pubDate>{date}</pubDate>\
             <enclosure url=\"{}?token={token}\" length=\"{}\" type=\"audio/mpeg\"/>{image}<description><![CDATA[{}]]></description></item>\n",
            self.title,
            self.guid,
            host.url(&self.file()),
            sound(self.number).len(),
            self.notes
        )
    }
}

/// Every fourth file is long enough for its part to be worth a resume.
fn sound(n: u32) -> Vec<u8> {
    let mut bytes = support::feed::audio(n);
    bytes.truncate(if n.is_multiple_of(4) { 400 } else { 16 } * 417);
    bytes
}

fn picture(n: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(std::iter::repeat_n(n.to_be_bytes(), 100).flatten());
    bytes
}

/// A publisher and the host of the show.
struct Publisher {
    host: Host,
    /// All episodes there ever were, oldest first, as they are today.
    all: Vec<Episode>,
    /// The numbers of those that the feed lists, in its order.
    listed: Vec<u32>,
    token: u32,
    edits: u32,
}

impl Publisher {
    fn new() -> Self {
        let mut publisher =
            Self { host: Host::start(), all: Vec::new(), listed: Vec::new(), token: 0, edits: 0 };
        for _ in 0..6 {
            publisher.publish_episode();
        }
        publisher
    }

    fn publish_episode(&mut self) {
        let number = self.all.len() as u32 + 1;
        self.all.push(Episode::new(number));
        self.listed.insert(0, number);
    }

    fn document<'a>(&self, episodes: impl Iterator<Item = &'a Episode>) -> String {
        let items: String = episodes.map(|episode| episode.xml(&self.host, self.token)).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
             xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>A Show</title>\
             <link>https://example.org/</link><description>A show, edited {} times</description>\n{items}</channel></rss>\n",
            self.edits
        )
    }

    fn feed(&self) -> String {
        self.document(self.listed.iter().map(|number| &self.all[*number as usize - 1]))
    }

    fn history(&self) -> String {
        self.document(self.all.iter().rev())
    }

    /// Everything is as it should be.
    fn heal(&self) {
        self.host.set_feed("/feed.xml", self.feed());
        self.host.set_feed("/all.xml", self.history());
        for episode in &self.all {
            for folder in ["audio", "cdn"] {
                self.host.set_audio(&format!("/{folder}/{}.mp3?*", episode.number), sound(episode.number));
            }
            let (bytes, media_type) = (picture(episode.number), "image/png".to_owned());
            self.host.set(&format!("/image/{}.png", episode.number), Page::Body { bytes, media_type });
        }
    }

    /// What publishers do.
    fn edit(&mut self, dice: &mut fastrand::Rng) {
        self.edits += 1;
        let edits = self.edits;
        if dice.f64() < 0.3 && self.all.len() < 60 {
            self.publish_episode();
        }
        match dice.u32(0..9) {
            0 if self.listed.len() > 3 => drop(self.listed.pop()),
            1 if self.listed.len() > 3 => drop(self.listed.remove(dice.usize(0..self.listed.len()))),
            2 => self.bring_back(dice),
            3 => dice.shuffle(&mut self.listed),
            4 => self.token += 1,
            _ => {
                let number = self.listed[dice.usize(0..self.listed.len())];
                let episode = &mut self.all[number as usize - 1];
                match dice.u32(0..5) {
                    0 => episode.title = format!("#{number} Episode {number}, take {edits}"),
                    1 => episode.notes = format!("<p>Notes of {number}, edited {edits} times.</p>"),
                    2 => episode.day += 1,
                    3 => episode.guid = format!("https://example.org/{number}/{edits}"),
                    _ => episode.folder = if episode.folder == "cdn" { "audio" } else { "cdn" },
                }
            }
        }
    }

    fn bring_back(&mut self, dice: &mut fastrand::Rng) {
        let gone: Vec<u32> = self
            .all
            .iter()
            .map(|episode| episode.number)
            .filter(|number| !self.listed.contains(number))
            .collect();
        if !gone.is_empty() {
            self.listed.push(gone[dice.usize(0..gone.len())]);
        }
    }

    /// What hosts do, until they are healed; whether to the feed.
    fn fail(&self, dice: &mut fastrand::Rng, has_clock: bool, seen: &[Seen]) -> bool {
        let is_feed_broken = dice.f64() < 0.4;
        if is_feed_broken {
            self.host.set("/feed.xml", self.broken_feed(&self.feed(), dice, has_clock, seen));
        }
        if dice.f64() < 0.3 {
            self.host.set("/all.xml", broken(self.history().into_bytes(), "application/rss+xml", dice));
        }
        for episode in &self.all {
            if dice.f64() < 0.3 {
                self.host
                    .set(&format!("{}?*", episode.file()), broken(sound(episode.number), "audio/mpeg", dice));
            }
            if dice.f64() < 0.3 {
                let page = broken(picture(episode.number), "image/png", dice);
                self.host.set(&format!("/image/{}.png", episode.number), page);
            }
        }
        is_feed_broken
    }

    fn broken_feed(&self, feed: &str, dice: &mut fastrand::Rng, has_clock: bool, seen: &[Seen]) -> Page {
        let body = |text: &str| Page::Body {
            bytes: text.as_bytes().to_vec(),
            media_type: "application/rss+xml".to_owned(),
        };
        match dice.u32(0..10) {
            // Broken off within an item, with a length that agrees.
            0 | 1 => body(&feed[..feed.floor_char_boundary(dice.usize(1..feed.len()))]),
            // A cache that holds an older document. It names nothing that has left the feed: nobody would take that back.
            2 => {
                let old: Vec<_> =
                    seen.iter().filter(|seen| seen.listed.iter().all(|n| self.listed.contains(n))).collect();
                old.get(dice.usize(0..old.len().max(1)))
                    .map_or(Page::Status(404), |seen| body(&seen.document))
            }
            3 if has_clock => {
                let wait = [("Retry-After".to_owned(), dice.u32(600..90_000).to_string())];
                Page::Headers(429, wait.to_vec())
            }
            4 => Page::Status(410),
            _ => broken(feed.as_bytes().to_vec(), "application/rss+xml", dice),
        }
    }
}

/// An answer that brings nothing whole.
fn broken(bytes: Vec<u8>, media_type: &str, dice: &mut fastrand::Rng) -> Page {
    let page = |text: &str| Page::Body { bytes: text.as_bytes().to_vec(), media_type: media_type.to_owned() };
    match dice.u32(0..12) {
        0..=3 => Page::Cut { bytes, media_type: media_type.to_owned() },
        4 => {
            page("<!DOCTYPE html><html><head><title>Error</title></head><body>try again later</body></html>")
        }
        5 => page("{\"error\": \"overloaded\"}"),
        6 => page(""),
        7 => Page::Status(403),
        8 => Page::Status(204),
        9 => Page::Redirect(302, "/nowhere".to_owned()),
        // Asked for three times, which takes a while.
        10 if dice.f64() < 0.1 => Page::Status(503),
        _ => Page::Status(404),
    }
}

/// The clock of a machine.
struct Clock {
    is_there: bool,
    now: Time,
}

impl Clock {
    /// Some hours later, or at a time that is wrong.
    fn tick(&mut self, dice: &mut fastrand::Rng) -> Time {
        self.now = self.now + Duration::from_mins(dice.u64(5..600));
        match dice.u32(0..20) {
            0 => self.now - Duration::from_hours(24),
            1 => self.now + Duration::from_hours(10 * 365 * 24),
            2 => "1970-01-01T00:00:10Z".parse().unwrap(),
            _ => self.now,
        }
    }

    fn command(&self, scene: &Scene, at: Time, args: &[&str]) -> std::process::Command {
        if self.is_there { clock::command(scene, &at.to_string(), args) } else { scene.command(args) }
    }
}

fn configured(host: &Host, folder: &str) -> Scene {
    Scene::configured(&format!(
        "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n\
         [[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\nhistory_url = \"{}\"\n",
        host.url(&format!("{folder}/feed.xml")),
        host.url(&format!("{folder}/all.xml"))
    ))
}

/// The archive that sees what the other one came to record, and no trouble.
struct Calm {
    scene: Scene,
    /// The live documents that it has seen.
    seen: Vec<Seen>,
}

/// A live document, and the episodes that it lists.
struct Seen {
    document: String,
    listed: Vec<u32>,
}

impl Calm {
    fn show(&mut self, host: &Host, name: &str, document: &str, args: &[&str]) {
        host.set_feed(&format!("/calm/{name}"), document.to_owned());
        let ran = self.scene.run(args);
        // The other archive may have seen the history first.
        let code = if self.seen.is_empty() && name == "all.xml" { 3 } else { 0 };
        assert!(ran.code == code, "the calm archive: {ran:?}");
    }
}

/// What an archive is to be compared by.
fn canon(scene: &Scene) -> Vec<String> {
    let nameless = |line: String| {
        let mut parts: Vec<&str> = line.split('|').collect();
        match parts[0] {
            "file" | "disk" => drop(parts.remove(1)),
            "audio" => drop(parts.remove(3)),
            _ => {}
        }
        parts.join("|")
    };
    let mut all: Vec<String> = scene.canon().into_iter().map(nameless).collect();
    all.sort();
    all
}

/// The week of a show.
struct Week {
    publisher: Publisher,
    target: Target,
    calm: Calm,
    clock: Clock,
    dice: fastrand::Rng,
    /// Part of a document was recorded, or an older one: the publisher rests until all of today's is.
    is_partial: bool,
    is_feed_broken: bool,
    last_fetch: i64,
    captured: BTreeSet<String>,
    ends: BTreeMap<String, u32>,
}

impl Week {
    fn new(seed: u64) -> Self {
        let publisher = Publisher::new();
        publisher.heal();
        let target = Target::new(configured(&publisher.host, ""));
        let calm = Calm { scene: configured(&publisher.host, "/calm"), seen: Vec::new() };
        Self {
            publisher,
            target,
            calm,
            clock: Clock { is_there: clock::is_there(), now: "2026-06-01T00:00:00Z".parse().unwrap() },
            dice: fastrand::Rng::with_seed(seed),
            is_partial: false,
            is_feed_broken: false,
            last_fetch: 0,
            captured: BTreeSet::new(),
            ends: BTreeMap::new(),
        }
    }

    /// One run, with all that may go wrong.
    fn go(&mut self) {
        if !self.is_partial && self.dice.f64() < 0.6 {
            self.publisher.edit(&mut self.dice);
        }
        self.publisher.heal();
        self.is_feed_broken = false;
        if self.dice.f64() < 0.8 {
            self.is_feed_broken = self.publisher.fail(&mut self.dice, self.clock.is_there, &self.calm.seen);
        }
        let args: &[&str] = match self.dice.u32(0..20) {
            0 => &["status"],
            1 => &["verify"],
            2 => &["reparse"],
            3 => &["sync", "--feeds-only", "--force"],
            4..=6 => &["backfill", "a-show"],
            7..=10 => &["sync"],
            _ => &["sync", "--force"],
        };
        let at = self.clock.tick(&mut self.dice);
        let mut command = self.clock.command(&self.target.scene, at, args);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let signal = if self.dice.f64() < 0.2 { Some(self.dice.bool()) } else { None };
        if let Some(is_kill) = signal {
            std::thread::sleep(Duration::from_micros(self.dice.u64(0..100_000)));
            let name = if is_kill { "-KILL" } else { "-TERM" };
            if child.try_wait().unwrap().is_none() {
                let _ = std::process::Command::new("kill").args([name, &child.id().to_string()]).output();
            }
        }
        let process = child.id();
        let ran = Scene::wait(child);
        clock::forget(process);
        self.judge(args, &ran, signal.is_some());
        self.learn();
    }

    fn judge(&mut self, args: &[&str], ran: &Ran, was_signalled: bool) {
        *self.ends.entry(format!("{} {}", args[0], ran.code)).or_default() += 1;
        let may = match args[0] {
            // There may be no archive yet.
            "status" | "reparse" if !self.target.has_tables() => [0, 1].contains(&ran.code),
            // A file that a killed run had named, and not come to record.
            "verify" => ran.code == 0 || ran.code == 5 && ran.stdout.starts_with("stray\t"),
            "status" | "reparse" => ran.code == 0,
            _ => [0, 3].contains(&ran.code),
        };
        assert!(may || was_signalled && [-1, 143].contains(&ran.code), "{args:?}: {ran:?}");
        assert!(!ran.stderr.contains("panicked") && !ran.stderr.contains("a task broke"), "{}", ran.stderr);
        self.target.check_sound();
        let asked: BTreeSet<String> =
            self.publisher.host.take_paths().iter().filter_map(|path| file_name(path)).collect();
        let again: Vec<_> = self.captured.intersection(&asked).collect();
        assert!(again.is_empty(), "asked for again: {again:?}");
    }

    /// Looks at what was recorded, and shows it to the calm archive.
    fn learn(&mut self) {
        if !self.target.has_tables() {
            return;
        }
        let captured = self.target.scene.rows("SELECT url FROM resources WHERE file_id IS NOT NULL");
        self.captured = captured.iter().filter_map(|url| file_name(url)).collect();
        let sql = format!(
            "SELECT f.id, f.outcome, coalesce(d.sha256, ''), f.url FROM fetches f LEFT JOIN documents d ON d.id = f.document_id \
             WHERE f.id > {} ORDER BY f.id",
            self.last_fetch
        );
        self.publisher.heal();
        for row in self.target.scene.rows(&sql) {
            let parts: Vec<&str> = row.split('|').collect();
            self.last_fetch = parts[0].parse().unwrap();
            let is_live = parts[3].ends_with("/feed.xml");
            let document = if is_live { self.publisher.feed() } else { self.publisher.history() };
            let is_whole = parts[1] == "new" && parts[2] == Digest::of(document.as_bytes()).to_string();
            match (is_live, parts[1]) {
                (true, "same" | "not_modified") if !self.is_feed_broken => self.is_partial = false,
                (true, "new") if is_whole => {
                    self.calm.show(&self.publisher.host, "feed.xml", &document, &["sync", "--force"]);
                    let listed = self.publisher.listed.clone();
                    self.calm.seen.push(Seen { document, listed });
                    self.is_partial = false;
                }
                (false, "new") if is_whole => {
                    self.calm.show(&self.publisher.host, "all.xml", &document, &["backfill", "a-show"]);
                }
                // Of an older one: what it took back is not to leave the feed before it is said again.
                (_, "truncated") | (true, "new") => self.is_partial = true,
                _ => {}
            }
        }
        self.publisher.host.take_log();
    }

    /// A run that nothing disturbs.
    fn end(&mut self) {
        self.publisher.heal();
        let at = self.clock.now + Duration::from_hours(10 * 24);
        let output = self.clock.command(&self.target.scene, at, &["backfill", "a-show"]).output().unwrap();
        let ran = Ran::of(output);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "the clean run");
        self.judge(&["backfill"], &ran, false);
        self.learn();
        let (canon, calm) = (canon(&self.target.scene), canon(&self.calm.scene));
        let differs = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|line| !other.contains(line)).cloned().collect()
        };
        let (more, less) = (differs(&canon, &calm), differs(&calm, &canon));
        assert!(canon == calm, "not the archive of calm runs:\n{more:#?}\nin place of\n{less:#?}");
    }
}

/// What a file of audio or a picture is called, whatever folder and token its address names.
fn file_name(address: &str) -> Option<String> {
    let path = address.split('?').next()?;
    let name = path.rsplit('/').next()?;
    [".mp3", ".png"].iter().any(|ending| name.ends_with(ending)).then(|| name.to_owned())
}

#[test]
fn case_124_a_week_of_trouble_ends_as_a_week_of_calm() {
    let runs = std::env::var("CASTKEEP_WEEK_RUNS").map_or(200, |runs| runs.parse().expect("a number"));
    let mut week = Week::new(seed());
    for _ in 0..runs {
        week.go();
    }
    week.end();
    let captured = week.captured.len();
    say!("{captured} files, {} documents, how the runs ended: {:?}", week.calm.seen.len(), week.ends);
}

#[test]
fn an_address_that_comes_back_after_the_audio_was_captured_from_another_is_not_asked_for() {
    let mut publisher = Publisher::new();
    publisher.listed = vec![1];
    let scene = configured(&publisher.host, "");
    let mut sync = |folder: &'static str, is_there: bool| {
        publisher.all[0].folder = folder;
        publisher.heal();
        if !is_there {
            publisher.host.set(&format!("/{folder}/1.mp3?*"), Page::Status(404));
        }
        publisher.host.take_log();
        scene.run(&["sync", "--force"]);
        publisher.host.take_paths().iter().filter(|path| path.contains(".mp3")).count()
    };
    assert_eq!(sync("audio", false), 1);
    assert_eq!(sync("cdn", false), 1);
    assert_eq!(sync("audio", true), 1);
    assert_eq!(sync("cdn", true), 0);
    assert_eq!(scene.value("SELECT count(*) FROM missing_audio"), "0");
}
