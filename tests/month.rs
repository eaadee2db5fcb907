//! A month of hourly cron in a minute: when which feed is asked, which nights are silent, and what mails come.
//!
//! The command is the one that `castkeep cron` prints, the clock that of `faketime`. Cron is never on the second: each run is up
//! to a minute early or late. A mail is whatever a run prints.

mod support;

use std::collections::BTreeMap;

use castkeep::model::Time;

use support::clock;
use support::feed::{Item, audio, feed_with, item};
use support::host::{Host, Page};
use support::scene::Scene;

/// A Monday.
const BEGIN: &str = "2026-06-01T00:07:00Z";
const RUNS: u64 = 30 * 24;

/// When run `n` begins, in seconds of Unix.
fn at(n: u64) -> i64 {
    let begin: Time = BEGIN.parse().unwrap();
    begin.unix() + (n * 3600) as i64 + (n * 53 % 121) as i64 - 60
}

/// A show on a host of its own.
struct Show {
    name: &'static str,
    host: Host,
    more: String,
    episodes: Vec<Item>,
}

impl Show {
    fn new(name: &'static str, more: &str) -> Self {
        let mut show = Self { name, host: Host::start(), more: more.to_owned(), episodes: Vec::new() };
        // Weekly on Mondays at eight, the last one a week ago.
        for n in 1..=8 {
            show.publish(
                n,
                BEGIN.parse::<Time>().unwrap().unix() + 8 * 3600 - 420 - i64::from(9 - n) * 7 * 86_400,
            );
        }
        show.serve();
        show
    }

    fn publish(&mut self, n: i32, at: i64) {
        let date = Time::from_unix(at).unwrap().format("%d %b %Y %H:%M:%S +0000");
        let number = u32::try_from(n).unwrap();
        self.host.set_audio(&format!("/audio/{n}.mp3"), audio(number));
        self.episodes.insert(0, Item { date, ..item(number, &self.host.url("")) });
    }

    fn serve(&self) {
        self.host.set_feed("/feed.xml", feed_with(self.name, &self.more, &self.episodes));
    }

    fn config(&self, interval: &str) -> String {
        let feed = self.host.url("/feed.xml");
        format!(
            "[[shows]]\nslug = \"{}\"\nfeed = \"{feed}\"\naudio = false\ninterval = \"{interval}\"\n",
            self.name
        )
    }

    /// Whether its feed was asked since the last call.
    fn was_asked(&self) -> bool {
        let log = self.host.take_log();
        assert!(log.len() <= 1, "{}: {log:?}", self.name);
        !log.is_empty()
    }
}

fn busy() -> Page {
    Page::full(503, &[("Retry-After", "86400")], "")
}

/// All that a month brought: the runs at which each show was asked, and the mails.
struct Month {
    asked: BTreeMap<&'static str, Vec<u64>>,
    mails: Vec<(u64, i32, String)>,
    ports: BTreeMap<&'static str, u16>,
    fetched: u64,
}

/// When what happens, in hours of the month.
const BUSY: std::ops::Range<u64> = 120..192;
const ABSENT: u64 = 240;
const BROKEN: std::ops::Range<u64> = 600..607;
const MOVED: u64 = 300;

fn play() -> Month {
    let mut weekly = Show::new("weekly", "");
    let silent = Show::new("silent", "");
    let ttl = Show::new("ttl", "<ttl>60</ttl>");
    let patient = Show::new("patient", "<ttl>180</ttl>");
    let cached = Show::new("cached", "");
    cached.host.with_header("Cache-Control", "max-age=7200");
    let hourly = Show::new("hourly", "");
    hourly.host.with_header("Cache-Control", "max-age=3600");
    let (polite, absent, broken) =
        (Show::new("polite", ""), Show::new("absent", ""), Show::new("broken", ""));
    let (mover, new_place) = (Show::new("mover", ""), Show::new("mover", ""));
    let mut rhythmic = Show::new("rhythmic", "");
    let all = [&silent, &ttl, &patient, &cached, &hourly, &polite, &absent, &broken, &mover]
        .map(|show| show.config("1h"));
    let scene = Scene::configured(&format!(
        "[http]\nonly_hosts = [\"127.0.0.1\"]\nallow_hosts = [\"127.0.0.1\"]\n{}{}{}",
        weekly.config("1h"),
        rhythmic.config("auto"),
        all.concat()
    ));
    let mut month = Month { asked: BTreeMap::new(), mails: Vec::new(), ports: BTreeMap::new(), fetched: 0 };
    for show in [&polite, &absent, &broken] {
        month.ports.insert(show.name, show.host.port());
    }
    for n in 0..RUNS {
        if n % 168 == 8 {
            for show in [&mut weekly, &mut rhythmic] {
                show.publish(9 + i32::try_from(n / 168).unwrap(), at(n) - at(n) % 3600);
                show.serve();
            }
        }
        match n {
            _ if n == BUSY.start => polite.host.set("/feed.xml", busy()),
            _ if n == BUSY.end => polite.serve(),
            ABSENT => absent.host.set("/feed.xml", Page::Status(404)),
            MOVED => mover.host.set("/feed.xml", Page::Redirect(301, new_place.host.url("/feed.xml"))),
            _ if n == BROKEN.start => broken.host.set("/feed.xml", Page::Status(403)),
            _ if n == BROKEN.end => broken.serve(),
            _ => {}
        }
        let ran = clock::run(&scene, &Time::from_unix(at(n)).unwrap().to_string(), &["--quiet", "sync"]);
        let said = ran.stdout + &ran.stderr;
        if !said.is_empty() || ran.code != 0 {
            month.mails.push((n, ran.code, said));
        }
        for show in
            [&weekly, &silent, &ttl, &patient, &cached, &hourly, &polite, &absent, &broken, &mover, &rhythmic]
        {
            if show.was_asked() {
                month.asked.entry(show.name).or_default().push(n);
            }
        }
        if new_place.was_asked() {
            month.asked.entry("new place").or_default().push(n);
        }
    }
    month.fetched = scene.value("SELECT count(*) FROM fetches").parse().unwrap();
    assert_eq!(
        scene.rows("SELECT DISTINCT s.slug || ' ' || count(*) FROM episodes e JOIN shows s ON s.id = e.show_id GROUP BY s.id HAVING count(*) > 8"),
        ["weekly 13", "rhythmic 13"]
    );
    scene.assert_sound();
    month
}

/// The hours of each day of a week at which a show was asked.
fn days_of_week(asked: &[u64], week: u64) -> Vec<Vec<u64>> {
    let of_day = |day: u64| -> Vec<u64> {
        let begin = week * 168 + day * 24;
        asked.iter().filter(|n| (begin..begin + 24).contains(*n)).map(|n| n - begin).collect()
    };
    (0..7).map(of_day).collect()
}

#[test]
fn a_month_of_hourly_cron() {
    if !clock::is_there() {
        return;
    }
    let month = play();
    let every = |hours: u64| (0..RUNS).filter(|n| n % hours == 0).collect::<Vec<_>>();
    let asked = |name: &str| month.asked[name].clone();

    // An hour is over after 54 minutes: no run is skipped for being early, whoever asked for the hour.
    for name in ["weekly", "silent", "ttl", "hourly"] {
        assert_eq!(asked(name), every(1), "{name}");
    }
    assert_eq!(asked("patient"), every(3));
    assert_eq!(asked("cached"), every(2));

    // A host that asks for a day gets a whole one, to the second.
    let mut polite: Vec<u64> = (0..=BUSY.start).collect();
    while let Some(last) = polite.last().copied().filter(|last| *last < BUSY.end) {
        polite.push((last..RUNS).find(|n| at(*n) >= at(last) + 86_400).unwrap());
    }
    let again = *polite.last().unwrap();
    let tries = polite.iter().copied().filter(|n| BUSY.contains(n)).collect::<Vec<_>>();
    polite.extend(again + 1..RUNS);
    assert_eq!(asked("polite"), polite);

    // A moved feed is asked at its new place from then on, and nobody is told.
    assert_eq!(asked("mover"), (0..=MOVED).collect::<Vec<_>>());
    assert_eq!(asked("new place"), (MOVED..RUNS).collect::<Vec<_>>());

    // One that fails is asked after an hour, two, four, and as soon as that is over it is well again.
    let broken = asked("broken");
    let around: Vec<u64> =
        broken.iter().copied().filter(|n| (BROKEN.start - 1..=BROKEN.end + 1).contains(n)).collect();
    assert_eq!(around, [599, 600, 601, 603, 607, 608]);
    assert_eq!(broken.len() as u64, RUNS - 4);

    // What stays away is asked ever more seldom, by chance a little sooner or later; never more seldom than once a week.
    let absent: Vec<u64> = asked("absent").into_iter().filter(|n| *n >= ABSENT).collect();
    assert_eq!(absent[..4], [240, 241, 243, 247]);
    for (pair, wait) in absent.windows(2).zip([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 168.0]) {
        let gap = (pair[1] - pair[0]) as f64;
        assert!((wait * 0.855..wait * 1.05 + 1.0).contains(&gap), "{absent:?}");
    }
    assert!((7..=10).contains(&absent.len()), "{absent:?}");

    // In its rhythm: on Mondays from six on hourly, until its episode is there at eight, else every six hours.
    let (monday, other_days) = (vec![2, 6, 7, 8, 14, 20], vec![2, 8, 14, 20]);
    let expected: Vec<_> = std::iter::once(monday).chain(std::iter::repeat_n(other_days, 6)).collect();
    for week in 1..4 {
        assert_eq!(days_of_week(&asked("rhythmic"), week), expected, "week {week}");
    }

    // The mails: each failure when it begins; then once a day; nothing else, ever.
    let mut told: Vec<(u64, String)> = Vec::new();
    let line = |name: &str, why: &str| {
        format!("castkeep: {name}: fetch http://127.0.0.1:{}/feed.xml: {why}", month.ports[name])
    };
    for n in &tries {
        told.push((*n, line("polite", "status 503, retry after 86400 s")));
    }
    let mut last: Option<u64> = None;
    for n in &absent {
        if last.is_none_or(|last| at(*n) - at(last) >= 77_760) {
            told.push((*n, line("absent", "status 404")));
            last = Some(*n);
        }
    }
    told.push((600, line("broken", "status 403")));
    told.sort();
    let mails: Vec<_> = month.mails.iter().filter(|(_, _, said)| !said.is_empty()).collect();
    assert_eq!(
        mails.iter().map(|mail| mail.0).collect::<Vec<_>>(),
        told.iter().map(|mail| mail.0).collect::<Vec<_>>()
    );
    for ((n, code, said), (_, line)) in mails.iter().zip(&told) {
        assert!(said.starts_with(line), "{n}: {said}");
        assert_eq!(*code, 3, "{said}");
    }
    // What is fetched is in the books.
    assert_eq!(month.fetched, month.asked.values().map(|asked| asked.len() as u64).sum::<u64>() - 1);
    // Of what goes on, a mail tells since when, and what can be done.
    let second = &mails.iter().find(|mail| mail.0 == tries[1]).unwrap().2;
    assert_eq!(
        *second,
        format!(
            "{} (failing since 2026-06-06 00:07 UTC, 2 times; it last worked on 2026-06-05 23:06 UTC)\n\
             hint: a host in trouble, or no network: nothing to do, it is tried again; if it lasts, look at the show's page\n",
            line("polite", "status 503, retry after 86400 s")
        )
    );
    // A run in which something failed says so by its exit code, told or not.
    let failed: Vec<u64> = month.mails.iter().map(|mail| mail.0).collect();
    let mut expected: Vec<u64> = tries.iter().chain(&absent).copied().chain([600, 601, 603]).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(failed, expected);
}
