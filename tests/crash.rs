//! What a crash, and a disk that fails, may leave: killed at any moment, an archive is sound, and the next run finishes it.
//!
//! Cases 99 to 101 of the fault catalogue. The last two use `strace` to strike at a chosen turn of a chosen system call, where
//! that is there: at a sample of the turns, from a seed that is printed (`CASTKEEP_SEED`), or at every one
//! (`CASTKEEP_STRIKES=all`; a number says how many of each call).

mod support;

use std::os::unix::process::ExitStatusExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use support::dice::seed;
use support::feed::{Item, audio, feed, item};
use support::host::Host;
use support::say::say;
use support::scene::Scene;
use support::strace;
use support::target::Target;

/// The episodes of the show.
const ALL: u32 = 50;
/// Those that an archive has already when the others come.
const EARLIER: u32 = 40;

/// The newest `listed` of the first `count` episodes of the show, newest first.
fn items(host: &Host, count: u32, listed: usize) -> Vec<Item> {
    let all = (1..=count).rev().map(|n| Item {
        date: format!("{:02} {} 2026 08:00:00 +0000", n % 28 + 1, ["Jan", "Feb"][(n / 28) as usize % 2]),
        length: sound(n).len() as u64,
        ..item(n, &host.url(""))
    });
    all.take(listed).collect()
}

/// A host with all episodes in `/all.xml`, and the newest ten in `/feed.xml`.
fn host() -> Host {
    let host = Host::start();
    for n in 1..=ALL {
        host.set_audio(&format!("/audio/{n}.mp3"), sound(n));
    }
    lists(&host, ALL);
    host
}

fn lists(host: &Host, count: u32) {
    host.set_feed("/all.xml", feed("A Show", &items(host, count, ALL as usize)));
    host.set_feed("/feed.xml", feed("A Show", &items(host, count, 10)));
}

/// Every fifth file is long enough for its part to be worth a resume.
fn sound(n: u32) -> Vec<u8> {
    let mut bytes = audio(n);
    bytes.truncate(if n.is_multiple_of(5) { 240 } else { 20 } * 417);
    bytes
}

fn scene(host: &Host) -> Scene {
    Scene::configured(&format!(
        "[archive]\nmin_free_mb = 0\n[http]\nonly_hosts = [\"127.0.0.1\"]\npage_pause_seconds = 0.0\n\
         [[shows]]\nslug = \"a-show\"\nfeed = \"{}\"\nhistory_url = \"{}\"\n",
        host.url("/feed.xml"),
        host.url("/all.xml")
    ))
}

/// Kills backfills at random moments until `kills` were made; how many archives that took.
fn kill_and_restart(seed: u64, kills: &AtomicUsize) -> usize {
    const KILLS: usize = 200;
    let mut dice = fastrand::Rng::with_seed(seed);
    let host = host();
    let undisturbed = scene(&host);
    let started = Instant::now();
    assert_eq!(undisturbed.run(&["backfill", "a-show"]).code, 0);
    let (longest, undisturbed) = (started.elapsed(), undisturbed.canon());
    host.take_log();
    let mut archives = 0;
    while kills.load(Ordering::Relaxed) < KILLS {
        let mut target = Target::new(scene(&host));
        // A machine that got busier since the undisturbed run was timed needs longer for the least progress.
        let mut patience = 0.5;
        loop {
            let mut child = target.scene.start(&["backfill", "a-show"]);
            std::thread::sleep(longest.mul_f64(dice.f64() * patience));
            patience *= 1.02;
            child.kill().unwrap();
            let status = child.wait().unwrap();
            target.check(&host);
            if status.signal() == Some(9) {
                kills.fetch_add(1, Ordering::Relaxed);
            } else {
                assert_eq!(status.code(), Some(0));
                break;
            }
        }
        target.check_whole(&undisturbed);
        archives += 1;
    }
    archives
}

#[test]
fn case_99_kill_9_at_random_moments_of_a_backfill() {
    let (seed, kills) = (seed(), AtomicUsize::new(0));
    let archives: usize = std::thread::scope(|scope| {
        let kills = &kills;
        let workers: Vec<_> = (0..3)
            .map(|worker| scope.spawn(move || kill_and_restart(seed.wrapping_mul(3) + worker, kills)))
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    say!("{} kills, {archives} archives", kills.into_inner());
}

/// A run that is struck.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Run {
    /// A whole history, into an archive that is not there yet.
    Backfill,
    /// New episodes, into an archive that has the others.
    Sync,
}

impl Run {
    fn args(self) -> &'static [&'static str] {
        match self {
            Self::Backfill => &["backfill", "a-show"],
            Self::Sync => &["sync", "--force"],
        }
    }

    /// What the run finds, on a host that has everything.
    fn begin(self, host: &Host, earlier: &Scene) -> Target {
        let mut target = Target::new(scene(host));
        if self == Self::Sync {
            target.scene.copy_archive(earlier);
            target.check(host);
        }
        target
    }
}

/// A blow: at which run, at which call, at which of its turns, and what befalls it.
struct Blow {
    run: Run,
    call: String,
    turn: usize,
    fate: &'static str,
}

/// What blows are dealt on: a host, an archive that has the earlier episodes, and what both runs come to undisturbed.
struct Field {
    host: Host,
    earlier: Scene,
    undisturbed: [Vec<String>; 2],
}

impl Field {
    fn new() -> Self {
        let host = host();
        lists(&host, EARLIER);
        let earlier = scene(&host);
        assert_eq!(earlier.run(&["backfill", "a-show"]).code, 0);
        lists(&host, ALL);
        let undisturbed = [Run::Backfill, Run::Sync].map(|run| {
            let target = run.begin(&host, &earlier);
            assert_eq!(target.scene.run(run.args()).code, 0);
            target.scene.canon()
        });
        Self { host, earlier, undisturbed }
    }

    /// Deals the blow, checks what it left, and lets the next run finish the work. Whether the blow hit, and `hit` of it.
    fn deal(&self, blow: &Blow, judge: impl Fn(&Blow, &strace::Struck, &Target) -> bool) -> bool {
        self.host.take_log();
        let undisturbed = &self.undisturbed[blow.run as usize];
        let mut target = blow.run.begin(&self.host, &self.earlier);
        let expression = format!("{}:{}:when={}", blow.call, blow.fate, blow.turn);
        let struck = strace::run(&target.scene, blow.run.args(), ALL, Some(&expression));
        target.check(&self.host);
        let hit = judge(blow, &struck, &target);
        if struck.output.status.code() == Some(0) {
            target.check_whole(undisturbed);
        }
        let ran = target.scene.run(blow.run.args());
        assert_eq!(ran.code, 0, "the next run: {}", ran.stderr);
        target.check(&self.host);
        target.check_whole(undisturbed);
        hit
    }
}

/// Where to strike: each call of both runs at `sample` of its turns, or as many as `CASTKEEP_STRIKES` says, by every fate.
fn blows(sample: usize, fates: &[&'static str]) -> Vec<Blow> {
    let per_call = strace::strikes(sample);
    let (field, mut dice) = (Field::new(), fastrand::Rng::with_seed(seed()));
    let mut blows = Vec::new();
    for run in [Run::Backfill, Run::Sync] {
        let target = run.begin(&field.host, &field.earlier);
        let watched = strace::run(&target.scene, run.args(), ALL, None);
        assert_eq!(watched.output.status.code(), Some(0));
        for (call, most) in watched.turns() {
            for fate in fates {
                let count = per_call.min(most);
                let spread = (0..count).map(|n| 1 + n * most / count + dice.usize(0..(most / count)));
                blows.extend(spread.map(|turn| Blow { run, call: call.clone(), turn, fate }));
            }
        }
    }
    dice.shuffle(&mut blows);
    blows
}

/// Deals the blows out to a few threads, each with its own field. How many hit; each that does harm is told.
fn strike(blows: &[Blow], judge: impl Fn(&Blow, &strace::Struck, &Target) -> bool + Sync) -> usize {
    let (next, hits, harm) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let field = Field::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(blow) = blows.get(n) else { return };
                    if n > 0 && n.is_multiple_of(500) {
                        say!("{n} of {} blows", blows.len());
                    }
                    if let Ok(hit) = catch_unwind(AssertUnwindSafe(|| field.deal(blow, &judge))) {
                        hits.fetch_add(usize::from(hit), Ordering::Relaxed);
                    } else {
                        let Blow { run, call, turn, fate } = blow;
                        say!("harm was done by: {run:?}, {call} {turn}, {fate}");
                        harm.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let (hits, blows, harm) = (hits.into_inner(), blows.len(), harm.into_inner());
    say!("{hits} of {blows} blows hit, {harm} did harm");
    assert_eq!(harm, 0);
    hits
}

#[test]
fn case_100_kill_9_at_chosen_system_calls() {
    if !strace::is_there() {
        return;
    }
    let blows = blows(2, &["signal=SIGKILL"]);
    // Threads share the work as it comes: this time none may have had so many turns.
    let hits = strike(&blows, |_, struck, _| struck.output.status.signal() == Some(9));
    assert!(hits * 2 > blows.len());
}

#[test]
fn case_101_a_disk_that_fails_at_chosen_system_calls() {
    if !strace::is_there() {
        return;
    }
    let blows = blows(1, &["error=EIO", "error=ENOSPC", "error=EINTR"]);
    let hits = strike(&blows, |blow, struck, target| {
        let (injected, stderr) = (struck.injected(), String::from_utf8_lossy(&struck.output.stderr));
        let about = format!("{injected:#?}\n{stderr}");
        match struck.output.status.code() {
            // Nothing came of it, or it was tried again.
            Some(0) => {}
            Some(1) => assert!(stderr.contains("castkeep: ") && !stderr.contains("panicked"), "{about}"),
            code => panic!("exit {code:?} {about}"),
        }
        // What a failed sync was to make safe is thrown away, whatever a second one says.
        let unsynced = injected.iter().filter(|line| line.contains("fsync(") && blow.fate != "error=EINTR");
        for path in unsynced.filter_map(|line| line.split_once('<')?.1.split_once('>')).map(|(path, _)| path)
        {
            let is_part = Path::new(path).extension().is_some_and(|ending| ending == "part");
            assert!(!is_part || !target.scene.path(path).exists(), "{about}");
        }
        !injected.is_empty()
    });
    assert!(hits * 2 > blows.len());
}

/// A crash between name and row, and then the episode gets another title.
#[test]
fn a_file_that_a_crash_left_without_a_row_is_taken_up_whatever_its_episode_is_called_now() {
    let host = host();
    lists(&host, 1);
    let (before, mut target) = (scene(&host), Target::new(scene(&host)));
    before.run(&["sync"]).assert_no_failure();
    let (path, sha256) = before.audio().into_iter().next().unwrap();
    std::fs::create_dir_all(target.scene.path("archive")).unwrap();
    target.scene.run(&["sync", "--feeds-only"]).assert_no_failure();
    let folder = target.scene.path("archive/audio/a-show");
    std::fs::create_dir(&folder).unwrap();
    std::fs::rename(before.path("archive").join(&path), target.scene.path("archive").join(&path)).unwrap();

    let retitled = Item { title: "#1 Another title".to_owned(), ..items(&host, 1, 1).remove(0) };
    host.set_feed("/feed.xml", feed("A Show", &[retitled]));
    target.scene.run(&["sync", "--force"]).assert_no_failure();
    assert_eq!(
        target.scene.rows("SELECT outcome, path FROM downloads JOIN files"),
        [format!("stored|{path}")]
    );
    assert_eq!(target.scene.audio().into_iter().collect::<Vec<_>>(), [(path, sha256)]);
    target.check(&host);
    assert_eq!(target.scene.run(&["verify"]).code, 0);
}
