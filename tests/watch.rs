//! `castkeep watch`: what cron would do, in one process that stays. Its clock is turned by the test: it stands still until the
//! next round is due, and SIGHUP makes it look at the clock.

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use castkeep::model::Time;

use support::clock;
use support::feed::{audio, feed, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

const BEGIN: &str = "2026-06-01T00:00:00Z";

/// A watch under way.
struct Watch {
    child: Child,
    said: BufReader<ChildStderr>,
    clock: PathBuf,
}

/// What it said in a round, and when the next is.
struct Round {
    said: Vec<String>,
    next: Time,
}

impl Watch {
    fn start(scene: &Scene) -> (Self, Round) {
        let file = scene.path("clock");
        clock::set(&file, BEGIN.parse().unwrap());
        let mut command = clock::standing(scene, &file, &["watch", "--verbose"]);
        command.env("CASTKEEP_LOG", "off").stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let mut watch = Self { child, said, clock: file };
        let round = watch.listen(false);
        (watch, round)
    }

    /// What it says until it rests, once it has looked if it was asked to: it may have been about to begin a round by itself.
    fn listen(&mut self, is_asked: bool) -> Round {
        let (mut said, mut has_looked) = (Vec::new(), !is_asked);
        loop {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "it ended: {said:?}");
            let line = line.trim_end().trim_start_matches("castkeep: ").to_owned();
            has_looked |= line.starts_with("the configuration ");
            match line.strip_prefix("next round at ") {
                Some(at) if has_looked => return Round { said, next: at.parse().unwrap() },
                None if !["nothing new", "the configuration was read again"].contains(&&*line) => {
                    said.push(line);
                }
                _ => {}
            }
        }
    }

    /// The clock says this now, and it looks.
    fn at(&mut self, at: Time) -> Round {
        clock::set(&self.clock, at);
        self.signal("HUP");
        self.listen(true)
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    fn stop(mut self, name: &str) -> Option<i32> {
        self.signal(name);
        let code = self.child.wait().unwrap().code();
        clock::forget(self.child.id());
        code
    }

    /// Memory in use, in kilobytes.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }
}

fn host(more: &str) -> Host {
    let host = Host::start();
    let items: Vec<_> = (1..=3).rev().map(|n| item(n, &host.url(""))).collect();
    host.set_feed("/feed.xml", feed_with("A Show", more, &items));
    for n in 1..=3 {
        host.set_audio(&format!("/audio/{n}.mp3"), audio(n));
    }
    host
}

fn block(slug: &str, host: &Host) -> String {
    format!("[[shows]]\nslug = \"{slug}\"\nfeed = \"{}\"\n", host.url("/feed.xml"))
}

const HTTP: &str = "[http]\nonly_hosts = [\"127.0.0.1\"]\n";

/// Puts another configuration in place, whole: it may be looked at at any time.
fn configure(scene: &Scene, text: &str) {
    fs::write(scene.path("new.toml"), text).unwrap();
    fs::rename(scene.path("new.toml"), scene.path("config.toml")).unwrap();
}

/// Seconds between the requests for the feed of a show.
fn gaps(scene: &Scene, slug: &str) -> Vec<i64> {
    let sql = format!(
        "SELECT f.started_at FROM fetches f JOIN shows s ON s.id = f.show_id WHERE s.slug = '{slug}' ORDER BY f.id"
    );
    let times: Vec<i64> = scene.rows(&sql).iter().map(|at| at.parse::<Time>().unwrap().unix()).collect();
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn a_month_is_as_cron_would_have_it_and_takes_no_more_memory_at_its_end() {
    if !clock::is_there() {
        return;
    }
    let (hourly, ttl, cached, busy) = (host(""), host("<ttl>60</ttl>"), host(""), host(""));
    cached.with_header("Cache-Control", "max-age=7200");
    let scene = Scene::configured(&format!(
        "{HTTP}{}{}{}{}",
        block("hourly", &hourly),
        block("ttl", &ttl),
        block("cached", &cached),
        block("busy", &busy)
    ));
    let (mut watch, first) = Watch::start(&scene);
    let line = first.said.last().unwrap();
    assert!(line.contains("hourly: 3 new, 3 downloaded, 600.5 kB"), "{line}");
    let end = BEGIN.parse::<Time>().unwrap() + Duration::from_hours(30 * 24);
    let busy_from = BEGIN.parse::<Time>().unwrap() + Duration::from_hours(240);
    let (mut next, mut rounds, mut early, mut spoke) = (first.next, 1, 0, Vec::new());
    while next < end {
        if next > busy_from && spoke.is_empty() {
            busy.set("/feed.xml", Page::full(503, &[("Retry-After", "86400")], ""));
        }
        let round = watch.at(next);
        assert!(round.next > next, "it does not spin");
        rounds += 1;
        if rounds == 100 {
            early = watch.memory();
        }
        let failures: Vec<_> = round.said.iter().filter(|line| line.starts_with("busy: ")).collect();
        if let Some(failure) = failures.first() {
            busy.set("/feed.xml", Page::Status(410));
            spoke.push((*failure).clone());
        }
        next = round.next;
    }
    let late = watch.memory();
    assert_eq!(watch.stop("TERM"), Some(143));

    for (slug, seconds, least) in [("hourly", 3600, 710), ("ttl", 3600, 710), ("cached", 7200, 355)] {
        let gaps = gaps(&scene, slug);
        assert!(gaps.len() >= least, "{slug}: {}", gaps.len());
        // Nine tenths of an interval count as the whole, for who comes along when another is due.
        assert!(gaps.iter().all(|gap| (seconds * 9 / 10..seconds + 120).contains(gap)), "{slug}: {gaps:?}");
    }
    // A day of patience, then the end: each told once, no request in between.
    assert_eq!(spoke.len(), 2, "{spoke:?}");
    assert!(
        spoke[0].contains("status 503, retry after 86400 s") && spoke[1].contains("status 410"),
        "{spoke:?}"
    );
    let gaps = gaps(&scene, "busy");
    assert!((86_400..86_400 + 120).contains(gaps.last().unwrap()), "{gaps:?}");
    // How much it is depends on the allocator; that it does not grow with the rounds does not.
    println!("{rounds} rounds: {early} kB after 100, {late} kB at the end");
    assert!(late < early + 8 * 1024, "{early} kB after 100 rounds, {late} kB after {rounds}");
    scene.assert_sound();
}

#[test]
fn the_archive_is_free_between_rounds_and_one_that_is_not_is_told_of_once() {
    if !clock::is_there() {
        return;
    }
    let host = host("");
    let scene = Scene::configured(&(HTTP.to_owned() + &block("a", &host)));
    let (mut watch, first) = Watch::start(&scene);
    assert_eq!(scene.run(&["verify"]).code, 0);
    assert_eq!(scene.run(&["sync", "--force"]).code, 0);

    let lock = fs::OpenOptions::new().write(true).open(scene.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    let later = first.next + Duration::from_hours(9);
    let round = watch.at(later);
    assert!(round.said[0].contains("another castkeep run holds it"), "{:?}", round.said);
    assert!(round.next <= later + Duration::from_mins(6), "it tries again soon");
    lock.unlock().unwrap();
    assert_eq!(watch.at(round.next).said, [""; 0]);

    // A configuration that breaks is told of, and the old one stays; one that is mended counts at once.
    let other = Host::start();
    other.set_feed("/feed.xml", feed("Other", &[item(1, &other.url(""))]));
    other.set_audio("/audio/1.mp3", audio(1));
    configure(&scene, "[htp]\n");
    host.take_log();
    let broken = watch.at(later + Duration::from_hours(2));
    assert!(
        broken.said[0].starts_with("the configuration of before stays in force: config.toml"),
        "{:?}",
        broken.said
    );
    assert_eq!(host.take_paths(), ["/feed.xml"]);
    configure(&scene, &(HTTP.to_owned() + &block("a", &host) + &block("b", &other)));
    // What it still had to say of the broken one may come first, and end a round of its own.
    let rounds: Vec<String> =
        (2..5).flat_map(|hours| watch.at(later + Duration::from_hours(hours)).said).collect();
    assert!(rounds.iter().any(|line| line.starts_with("b: 1 new, 1 downloaded")), "{rounds:?}");
    assert_eq!(watch.stop("INT"), Some(130));
}

#[test]
fn a_clock_that_jumps_neither_stops_it_nor_makes_it_spin() {
    if !clock::is_there() {
        return;
    }
    let host = host("");
    let scene = Scene::configured(&(HTTP.to_owned() + &block("a", &host)));
    let (mut watch, first) = Watch::start(&scene);
    assert_eq!(host.take_paths().len(), 4);
    for at in ["2027-06-01T00:00:00Z", "2026-06-01T00:10:00Z", "1970-01-01T00:00:10Z", "2026-06-01T00:20:00Z"]
    {
        let at: Time = at.parse().unwrap();
        let round = watch.at(at);
        assert_eq!(host.take_paths(), ["/feed.xml"], "{at}");
        assert!((3600..3660).contains(&(round.next.unix() - at.unix())), "{at}: {}", round.next);
    }
    // Looked at when nothing is due, it asks nobody.
    let round = watch.at("2026-06-01T00:30:00Z".parse().unwrap());
    assert_eq!((host.take_paths().len(), round.said), (0, vec![]));
    assert!(round.next > first.next);
    assert_eq!(watch.stop("TERM"), Some(143));
}

#[test]
fn a_signal_stops_it_amid_a_download_and_the_next_one_goes_on() {
    if !clock::is_there() {
        return;
    }
    let host = host("");
    host.set("/audio/2.mp3", Page::Stall(audio(2)));
    let scene = Scene::configured(&(HTTP.to_owned() + &block("a", &host)));
    let child = scene.start(&["watch"]);
    host.wait_for("/audio/2.mp3");
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let ran = Scene::wait(child);
    assert_eq!(ran.code, 143, "{}", ran.stderr);
    host.set_audio("/audio/2.mp3", audio(2));
    assert_eq!(scene.run(&["sync"]).code, 0);
    assert_eq!(scene.value("SELECT count(*) FROM files WHERE state = 'present'"), "3");
    scene.assert_sound();
}
